/* The reduced appointment book in C: the kernel's model with every feature off.

   Therapists with like openings, one plane of them for first visits and returns;
   intakes take the first opening of anyone from the next day on, returns the first
   of the own therapist around an interval, at the hour of the last visit where that
   is free; missed visits are booked again; the course ends with a fixed chance.
   Draws, order and integers are the kernel's, so the counts are equal, not alike. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 64, FIRST_TICK = 8, BINS = 128 };
enum { INTAKE, RETURN, MISSED, DONE, COUNTS };
static const uint64_t GOLDEN = 0x9E3779B97F4A7C15u;

typedef struct {
    int64_t seats, days, weeks, horizon, openings, interval, referrals;
    int64_t shows, ends, jitter, start; /* purposes of draws */
    uint64_t no_show, end;              /* thresholds */
} Model;

typedef struct {
    uint64_t key;
    int32_t next, day, asked, bookings;
    int16_t seat, visits;
    int8_t tick, intake, offered;
} Member;

typedef struct {
    const Model *p;
    Member *members;
    uint64_t *free, *room; /* openings by seat and day; seats with any, by day */
    int32_t *heads, *tails, spare, used, hint, words;
    int64_t *weekly;
    int32_t *waits;
} Book;

static inline uint64_t draw(uint64_t key, uint64_t purpose, uint64_t index) {
    uint64_t v = key + ((purpose << 32 | index) + 1) * GOLDEN;
    v = (v ^ v >> 30) * 0xBF58476D1CE4E5B9u;
    v = (v ^ v >> 27) * 0x94D049BB133111EBu;
    return v ^ v >> 31;
}

static inline void take(Book *b, int32_t m, int64_t seat, int64_t day, int tick) {
    uint64_t *mask = &b->free[seat * b->p->days + day];
    Member *row = &b->members[m];
    *mask &= ~(1ull << tick);
    if (!*mask) b->room[day * b->words + (seat >> 6)] &= ~(1ull << (seat & 63));
    row->seat = (int16_t)seat;
    row->day = (int32_t)day;
    row->tick = (int8_t)tick;
    row->next = -1;
    row->bookings++;
    int64_t bucket = day * TICKS + tick;
    if (b->tails[bucket] < 0) b->heads[bucket] = m;
    else b->members[b->tails[bucket]].next = m;
    b->tails[bucket] = m;
}

static inline void offered(Book *b, Member *row, int clock) {
    if (row->offered) return;
    row->offered = 1;
    int32_t wait = row->day - row->asked;
    b->waits[clock * BINS + (wait < BINS ? wait : BINS - 1)]++;
}

static int book_intake(Book *b, int32_t m, int64_t today) {
    const Model *p = b->p;
    Member *row = &b->members[m];
    int64_t start = (int64_t)(draw(row->key, p->start, row->bookings) % p->seats);
    int64_t last = today + p->horizon < p->days ? today + p->horizon : p->days;
    int64_t day = today + 1 > b->hint ? today + 1 : b->hint;
    for (; day < last; day++) {
        const uint64_t *room = &b->room[day * b->words];
        for (int32_t step = 0; step <= b->words; step++) {
            int64_t k = (start >> 6) + step;
            if (k >= b->words) k -= b->words;
            uint64_t bits = room[k];
            if (step == 0) bits &= ~0ull << (start & 63);
            else if (step == b->words) bits &= ~(~0ull << (start & 63));
            if (!bits) continue;
            int64_t seat = k * 64 + __builtin_ctzll(bits);
            b->hint = (int32_t)day;
            take(b, m, seat, day, __builtin_ctzll(b->free[seat * p->days + day]));
            return 1;
        }
    }
    return 0;
}

static inline int book_return(Book *b, int32_t m, int64_t first, int64_t today) {
    const Model *p = b->p;
    Member *row = &b->members[m];
    int64_t last = today + p->horizon < p->days ? today + p->horizon : p->days;
    const uint64_t *free = &b->free[row->seat * p->days];
    for (int64_t day = first; day < last; day++) {
        if (!free[day]) continue;
        int same = free[day] >> row->tick & 1;
        take(b, m, row->seat, day, same ? row->tick : __builtin_ctzll(free[day]));
        offered(b, row, row->visits == 1 ? 1 : 2);
        return 1;
    }
    return 0;
}

static inline int visit(Book *b, int32_t m, int64_t today) {
    const Model *p = b->p;
    Member *row = &b->members[m];
    int64_t *count = &b->weekly[today / 5 * COUNTS];
    if (draw(row->key, p->shows, row->bookings) < p->no_show) {
        count[MISSED]++;
        if (row->visits == 0) return book_intake(b, m, today);
        return book_return(b, m, today + 1, today);
    }
    count[row->visits ? RETURN : INTAKE]++;
    row->visits++;
    if (draw(row->key, p->ends, row->visits) < p->end) {
        count[DONE]++;
        row->next = b->spare;
        b->spare = m;
        return 1;
    }
    row->asked = (int32_t)today;
    row->offered = 0;
    int64_t gap = p->interval - (int64_t)(draw(row->key, p->jitter, row->visits) % 3);
    return book_return(b, m, today + gap, today);
}

static int refer(Book *b, uint64_t key, int32_t day) {
    int32_t m = b->spare;
    if (m >= 0) b->spare = b->members[m].next;
    else m = b->used++;
    b->members[m] = (Member){.key = key, .asked = day};
    if (!book_intake(b, m, day)) return 0;
    offered(b, &b->members[m], 0);
    return 1;
}

static void open_book(Book *b) {
    const Model *p = b->p;
    uint64_t all = ((1ull << p->openings) - 1) << FIRST_TICK;
    for (int64_t k = 0; k < p->seats * p->days; k++) b->free[k] = all;
    for (int64_t day = 0; day < p->days; day++)
        for (int64_t seat = 0; seat < p->seats; seat++)
            b->room[day * b->words + (seat >> 6)] |= 1ull << (seat & 63);
    memset(b->heads, -1, sizeof(int32_t) * p->days * TICKS);
    memset(b->tails, -1, sizeof(int32_t) * p->days * TICKS);
}

static int run(Book *b, const int32_t *days, const int32_t *ticks,
               const uint64_t *keys) {
    const Model *p = b->p;
    int64_t r = 0;
    for (int64_t today = 0; today < 5 * p->weeks; today++)
        for (int tick = 0; tick < TICKS; tick++) {
            int32_t m = b->heads[today * TICKS + tick];
            while (m >= 0) {
                int32_t next = b->members[m].next;
                if (next >= 0) __builtin_prefetch(&b->members[next]);
                if (!visit(b, m, today)) return 0;
                m = next;
            }
            for (; r < p->referrals && days[r] == today && ticks[r] == tick; r++)
                if (!refer(b, keys[r], days[r])) return 0;
        }
    return 1;
}

/* Run the book. Returns 1; 0 where someone found no opening (use the kernel then). */
int book(const Model *p, const int32_t *days, const int32_t *ticks,
         const uint64_t *keys, int64_t *weekly, int32_t *waits) {
    Book b = {.p = p, .spare = -1, .words = (int32_t)((p->seats + 63) / 64),
              .weekly = weekly, .waits = waits};
    b.members = malloc(sizeof(Member) * (p->referrals + 1));
    b.free = malloc(sizeof(uint64_t) * p->seats * p->days);
    b.room = calloc(p->days * b.words, sizeof(uint64_t));
    b.heads = malloc(sizeof(int32_t) * p->days * TICKS);
    b.tails = malloc(sizeof(int32_t) * p->days * TICKS);
    int done = 0;
    if (b.members && b.free && b.room && b.heads && b.tails) {
        open_book(&b);
        done = run(&b, days, ticks, keys);
    }
    free(b.members), free(b.free), free(b.room), free(b.heads), free(b.tails);
    return done;
}
