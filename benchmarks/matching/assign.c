/*
 * Patients to places at least cost, by successive shortest paths.
 *
 * A patient at a time, those who are dearest to leave out first. Prices of therapists
 * keep every pair in use as cheap for its patient as any other, so that Dijkstra's
 * search for the next path runs on costs that are never below nothing. A path ends at
 * a free place or at somebody whom it is cheapest to leave out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t far;
    int32_t who;
} Entry;

static void push(Entry *heap, int64_t *size, Entry entry)
{
    int64_t at = (*size)++;
    while (at > 0) {
        int64_t above = (at - 1) / 4;
        if (heap[above].far <= entry.far)
            break;
        heap[at] = heap[above];
        at = above;
    }
    heap[at] = entry;
}

static Entry pop(Entry *heap, int64_t *size)
{
    Entry first = heap[0], last = heap[--(*size)];
    int64_t at = 0;
    for (;;) {
        int64_t low = 4 * at + 1, best = -1;
        int64_t least = last.far;
        for (int64_t k = low; k < low + 4 && k < *size; k++)
            if (heap[k].far < least) {
                least = heap[k].far;
                best = k;
            }
        if (best < 0)
            break;
        heap[at] = heap[best];
        at = best;
    }
    heap[at] = last;
    return first;
}

/*
 * ask_of[n], start[asks + 1], sub[], points[]: pairs, patients of one ask share theirs.
 * out[n]: cost of leaving out. places[s]. order[n]: patients, dearest first.
 * own[n], price[s] are filled. Returns 0, or 1 without memory.
 */
int64_t assign(int64_t n, int64_t s, const int32_t *ask_of, const int64_t *start,
               const int32_t *sub, const int32_t *points, const int64_t *out,
               const int64_t *places, const int32_t *order, int32_t *own,
               int64_t *price)
{
    int64_t total = 0;
    int64_t *first = malloc((s + 1) * sizeof *first);
    for (int64_t t = 0; t < s; t++) {
        first[t] = total;
        total += places[t];
    }
    first[s] = total;
    int32_t *holder = malloc((total + 1) * sizeof *holder);
    int32_t *count = calloc(s, sizeof *count);
    int64_t *worth = calloc(n, sizeof *worth);
    int64_t *far = malloc(s * sizeof *far);
    int32_t *from = malloc(s * sizeof *from); /* patient through whom t is reached */
    int32_t *mark = calloc(s, sizeof *mark);  /* 2k: reached for k, 2k + 1: settled */
    int32_t *slot = malloc(n * sizeof *slot);
    int32_t *done = malloc(s * sizeof *done);
    int64_t room = 1 << 16;
    Entry *heap = malloc(room * sizeof *heap);
    if (!first || !holder || !count || !worth || !far || !from || !mark || !slot ||
        !done || !heap)
        return 1;
    memset(price, 0, s * sizeof *price);
    for (int64_t i = 0; i < n; i++)
        own[i] = -1;
    for (int64_t turn = 0; turn < n; turn++) {
        int32_t i = order[turn];
        int32_t round = (int32_t)(2 * (turn + 1));
        int64_t size = 0, settled = 0;
        /* 1. What the patient pays at least. */
        int64_t least = out[i];
        for (int64_t e = start[ask_of[i]]; e < start[ask_of[i] + 1]; e++) {
            int64_t paid = points[e] + price[sub[e]];
            if (places[sub[e]] > 0 && paid < least)
                least = paid;
        }
        worth[i] = least;
        int64_t end = out[i] - least;
        int32_t leaver = i, target = -1, k = i;
        if (end == 0)
            continue;
        /* 2. The nearest end. */
        int64_t here = 0;
        for (;;) {
            for (int64_t e = start[ask_of[k]]; e < start[ask_of[k] + 1]; e++) {
                int32_t t = sub[e];
                if (places[t] == 0 || mark[t] == round + 1)
                    continue;
                int64_t next = here + points[e] + price[t] - worth[k];
                if (next >= end || (mark[t] == round && next >= far[t]))
                    continue;
                far[t] = next;
                from[t] = k;
                mark[t] = round;
                if (count[t] < places[t]) {
                    end = next;
                    target = t;
                    continue;
                }
                if (size == room) {
                    Entry *more = realloc(heap, 2 * room * sizeof *heap);
                    if (!more)
                        return 1;
                    heap = more;
                    room *= 2;
                }
                push(heap, &size, (Entry){next, t});
            }
            /* Holders of one settled therapist come one after the other. */
            if (settled > 0) {
                int32_t t = done[settled - 1];
                int64_t next = slot[k] + 1;
                if (k != i && own[k] == t && next < first[t] + count[t]) {
                    k = holder[next];
                    if (here + out[k] - worth[k] < end) {
                        end = here + out[k] - worth[k];
                        leaver = k;
                        target = -1;
                    }
                    continue;
                }
            }
            int32_t t = -1;
            while (size > 0) {
                Entry entry = pop(heap, &size);
                if (mark[entry.who] == round && far[entry.who] == entry.far) {
                    t = entry.who;
                    here = entry.far;
                    break;
                }
            }
            if (t < 0 || here >= end)
                break;
            mark[t] = round + 1;
            done[settled++] = t;
            k = holder[first[t]];
            if (here + out[k] - worth[k] < end) {
                end = here + out[k] - worth[k];
                leaver = k;
                target = -1;
            }
        }
        /* 3. Prices of what was settled. */
        for (int64_t d = 0; d < settled; d++) {
            int32_t t = done[d];
            int64_t more = end - far[t];
            price[t] += more;
            for (int64_t h = first[t]; h < first[t] + count[t]; h++)
                worth[holder[h]] += more;
        }
        worth[i] += end;
        /* 4. Along the path, from its end. */
        int32_t t = target, where = -1;
        if (t < 0) {
            if (leaver == i)
                continue;
            where = slot[leaver];
            t = own[leaver];
            own[leaver] = -1;
        } else {
            where = (int32_t)(first[t] + count[t]++);
        }
        for (;;) {
            int32_t who = from[t], before = own[who], left = slot[who];
            own[who] = t;
            slot[who] = where;
            holder[where] = who;
            if (who == i)
                break;
            t = before;
            where = left;
        }
    }
    free(first), free(holder), free(count), free(worth), free(far), free(from);
    free(mark), free(slot), free(done), free(heap);
    return 0;
}
