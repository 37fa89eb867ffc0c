/*
 * The two inner programs of the builder, written by hand: what a compiler of a
 * lower language makes of the same steps. Same inputs, same answers to the bit;
 * arrays as in caretime.rostering._kernel.days and .compose, where the steps are
 * told. States and tables are laid out as there; scratch memory is allocated once
 * and kept from call to call.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef uint8_t u8;

static const double NEVER = -1e18;

enum {
    FIRST, LAST, SHORTEST, LONGEST, MEAL, MEAL_FROM, MEAL_BY, CAP, RUN, DESK, SPARE,
    NEEDY, NOTES = NEEDY + 3, NOTED
};
enum { A_DESK = 10, A_MEAL, A_DUTY, A_FIXED };
enum { BREAK, AT_DESK, A_VISIT };

/* A block of scratch that only grows. */
static void *grown(void **block, size_t *held, size_t wanted)
{
    if (*held < wanted) {
        free(*block);
        *block = malloc(wanted);
        *held = *block ? wanted : 0;
    }
    return *block;
}

static i64 absolute(i64 n) { return n < 0 ? -n : n; }

static i64 lesser(i64 a, i64 b) { return a < b ? a : b; }

/* --- the best day ------------------------------------------------------------ */

i64 best_day(
    i64 ticks, i64 kinds, const i64 *rule, const i64 *lengths, const u8 *starts,
    const i64 *fixed, const i64 *nature, const i64 *duty, const double *gain,
    const double *desk_gain, const double *duty_gain, const double *begin,
    const double *end, double run_cost, double stretch_cost, i64 *path,
    double *best_value, i64 *best_begin)
{
    static void *value_block, *back_block, *tick_block;
    static size_t value_held, back_held, tick_held;
    const i64 run = rule[RUN], cap = rule[CAP], meal = rule[MEAL], last = rule[LAST];
    const i64 phases = run + rule[DESK] + 2, ripe = run + rule[DESK], after = ripe + 1;
    const i64 per_visit = phases * 2, per_tick = (cap + 1) * per_visit;
    const size_t states = (size_t)((ticks + 1) * per_tick);
    double *value = grown(&value_block, &value_held, states * sizeof *value);
    i64 *back = grown(&back_block, &back_held, states * sizeof *back);
    i64 *away = grown(&tick_block, &tick_held, (size_t)(2 * ticks + 2) * sizeof *away);
    i64 *open = away + ticks + 1;
    i64 first_fixed = ticks, last_fixed = 0;

    away[0] = 0;
    for (i64 t = 0; t < ticks; t++) {
        away[t + 1] = away[t] - (fixed[t] < 0 ? fixed[t] : 0);
        if (fixed[t] > 0) {
            first_fixed = lesser(first_fixed, t);
            if (t + fixed[t] > last_fixed)
                last_fixed = t + fixed[t];
        }
    }
    open[ticks] = ticks;
    for (i64 t = ticks - 1; t >= 0; t--)
        open[t] = fixed[t] != 0 ? t : open[t + 1];

    double best = NEVER;
    i64 best_start = -1, bt = 0, bv = 0, bq = 0, bm = 0;
    for (int again = 0; again < 2; again++) {
        for (i64 s = rule[FIRST]; s < last; s++) {
            if (again && s != best_start)
                continue;
            if (!starts[s] || s > first_fixed || fixed[s] < 0)
                continue;
            for (i64 i = s * per_tick; i < (last + 1) * per_tick; i++)
                value[i] = NEVER;
            value[s * per_tick] = begin[s];
            for (i64 t = s; t <= last; t++)
            for (i64 v = 0; v <= cap; v++)
            for (i64 q = 0; q < phases; q++)
            for (i64 m = 0; m < 2; m++) {
                const i64 here = (v * phases + q) * 2 + m;
                const double now = value[t * per_tick + here];
                if (now <= NEVER)
                    continue;
                const i64 worked = t - s - meal * m - (away[t] - away[s]);
                if (worked > rule[LONGEST])
                    continue;
                const int rested = q <= run || q >= ripe;
                if (rested && worked >= rule[SHORTEST] && (m || worked <= rule[MEAL_BY])
                    && t >= last_fixed && !again && now + end[t] > best) {
                    best = now + end[t];
                    best_start = s;
                    bt = t, bv = v, bq = q, bm = m;
                }
                if (t >= last)
                    continue;
                if (fixed[t] != 0) {
                    const i64 n = absolute(fixed[t]);
                    if (t + n > last || !rested)
                        continue;
                    double one = now;
                    i64 p = 0;
                    if (nature[t] == AT_DESK) {
                        p = after;
                        if (q <= run)
                            one -= stretch_cost;
                    } else if (nature[t] == A_VISIT) {
                        p = q < run ? q + 1 : run;
                        if (q == run)
                            one -= run_cost;
                        if (q > run)
                            p = 1;
                    }
                    const i64 to = (t + n) * per_tick + v * per_visit + p * 2 + m;
                    if (one > value[to]) {
                        value[to] = one;
                        back[to] = (A_FIXED + 100 * n) * 1000000 + here;
                    }
                    continue;
                }
                const i64 room = lesser(open[t], last) - t;
                if (rested && v < cap)
                    for (i64 k = 0; k < kinds; k++) {
                        const i64 n = lengths[k];
                        const double worth = gain[k * ticks + t];
                        if (n > room || worth <= NEVER)
                            continue;
                        double one = now + worth;
                        i64 p = q < run ? q + 1 : run;
                        if (q == run)
                            one -= run_cost;
                        if (q > run)
                            p = 1;
                        const i64 to =
                            (t + n) * per_tick + (v + 1) * per_visit + p * 2 + m;
                        if (one > value[to]) {
                            value[to] = one;
                            back[to] = (k + 100 * n) * 1000000 + here;
                        }
                    }
                if (room >= 1) {
                    double one = now + desk_gain[t];
                    i64 p = run + 1;
                    if (q <= run)
                        one -= stretch_cost;
                    else if (q <= ripe)
                        p = lesser(q + 1, ripe);
                    const i64 to = (t + 1) * per_tick + v * per_visit + p * 2 + m;
                    if (one > value[to]) {
                        value[to] = one;
                        back[to] = (A_DESK + 100) * 1000000 + here;
                    }
                }
                if (!m && rested && meal <= room && rule[MEAL_FROM] <= worked
                    && worked <= rule[MEAL_BY]) {
                    const i64 to = (t + meal) * per_tick + v * per_visit + 1;
                    if (now > value[to]) {
                        value[to] = now;
                        back[to] = (A_MEAL + 100 * meal) * 1000000 + here;
                    }
                }
                if (duty[t] > 0 && rested && duty[t] <= room) {
                    const double one = now + duty_gain[t];
                    const i64 to = (t + duty[t]) * per_tick + v * per_visit + m;
                    if (one > value[to]) {
                        value[to] = one;
                        back[to] = (A_DUTY + 100 * duty[t]) * 1000000 + here;
                    }
                }
            }
        }
    }
    *best_value = best;
    *best_begin = best_start;
    if (best_start < 0)
        return 0;
    i64 t = bt, here = (bv * phases + bq) * 2 + bm, count = 0;
    while (t > best_start) {
        const i64 code = back[t * per_tick + here];
        t -= code / 1000000 / 100;
        here = code % 1000000;
        path[2 * count] = code / 1000000 % 100;
        path[2 * count + 1] = t;
        count++;
    }
    for (i64 a = 0, b = count - 1; a < b; a++, b--)
        for (int side = 0; side < 2; side++) {
            const i64 kept = path[2 * a + side];
            path[2 * a + side] = path[2 * b + side];
            path[2 * b + side] = kept;
        }
    return count;
}

/* --- the best day of every composition --------------------------------------- */

/* The phase after the fixed blocks of a span, -1 where desk time is cut short. */
static i64 pass_fixed(
    i64 q, i64 start, i64 stop, const i64 *fixed, const i64 *nature, i64 run,
    i64 ripe, double run_cost, double stretch_cost, double *cost)
{
    *cost = 0.0;
    for (i64 t = start; t < stop; t += absolute(fixed[t])) {
        if (run < q && q < ripe) {
            *cost = 0.0;
            return -1;
        }
        if (nature[t] == AT_DESK && fixed[t] > 0) {
            if (q <= run)
                *cost += stretch_cost;
            q = ripe + 1;
        } else if (nature[t] == A_VISIT && fixed[t] > 0) {
            if (q == run)
                *cost += run_cost;
            q = q > run ? 1 : lesser(q + 1, run);
        } else
            q = 0;
    }
    return q;
}

void compose_day(
    i64 ticks, const i64 *rule, const i64 *most, const i64 *lengths,
    const i64 *holders, const i64 *rests, const u8 *starts, const i64 *fixed,
    const i64 *nature, const double *gain, const double *begin, const double *end,
    double run_cost, double stretch_cost, double *table, i64 *table_start)
{
    static void *value_block, *tick_block;
    static size_t value_held, tick_held;
    const i64 a_max = most[0], b_max = most[1], c_max = most[2], d_max = most[3];
    const i64 run = rule[RUN], meal = rule[MEAL], cap = rule[CAP], last = rule[LAST];
    const i64 ripe = run + rule[DESK], phases = ripe + 2;
    const i64 of_m = phases, of_d = 2 * of_m, of_c = (d_max + 1) * of_d;
    const i64 of_b = (c_max + 1) * of_c, of_a = (b_max + 1) * of_b;
    const i64 step[3] = {of_a, of_b, of_c};
    const i64 states = (a_max + 1) * of_a, rows = states / of_d;
    double *value = grown(&value_block, &value_held, (size_t)states * sizeof *value);
    i64 *at = grown(&tick_block, &tick_held, (size_t)(2 * ticks + 4) * sizeof *at);
    i64 *paid = at + ticks + 2;
    i64 first_fixed = last, must_paid = 0;

    for (i64 t = 0; t < ticks; t++)
        if (fixed[t] > 0) {
            first_fixed = lesser(first_fixed, t);
            must_paid += fixed[t];
        }
    for (i64 i = 0; i < rows; i++)
        table[i] = NEVER;
    for (i64 s = rule[FIRST]; s < last; s++) {
        if (!starts[s] || s > first_fixed || fixed[s] < 0)
            continue;
        i64 count = 0, before = 0, clock = s;
        while (clock < last) {
            if (fixed[clock] != 0) {
                before += fixed[clock] > 0 ? fixed[clock] : 0;
                clock += absolute(fixed[clock]);
                continue;
            }
            at[count] = clock++;
            paid[count++] = before;
        }
        at[count] = clock;
        paid[count] = before;
        for (i64 i = 0; i < states; i++)
            value[i] = NEVER;
        value[0] = begin[s];
        for (i64 a = 0; a <= a_max; a++)
        for (i64 b = 0; b <= b_max; b++)
        for (i64 c = 0; c <= c_max; c++) {
            const i64 visits = a * lengths[0] + b * lengths[1] + c * lengths[2];
            if (a + b + c > cap || visits > count)
                continue;
            const i64 held = a * holders[0] + b * holders[1] + c * holders[2];
            const int more[3] = {a < a_max, b < b_max, c < c_max};
            for (i64 d = 0; d <= d_max; d++) {
                if (visits + d > rule[LONGEST] || visits + d > count)
                    break;
                for (i64 m = 0; m < 2; m++) {
                    const i64 used = visits + d + meal * m;
                    if (used > count)
                        continue;
                    const i64 t = at[used];
                    const i64 behind = used > 0 ? at[used - 1] + 1 : s;
                    const int passed = t != behind;
                    const i64 worked = visits + d + paid[used];
                    if (worked > rule[LONGEST])
                        continue;
                    const i64 needy = a * rule[NEEDY] + b * rule[NEEDY + 1]
                        + c * rule[NEEDY + 2];
                    const i64 late = needy - 15 * d / (rule[NOTES] > 1 ? rule[NOTES] : 1);
                    const i64 noted = a + b + c - (late > 0 ? late : 0);
                    i64 over = behind;
                    while (over < last && fixed[over] > 0)
                        over += fixed[over];
                    const int ends = paid[used] == must_paid
                        && worked >= rule[SHORTEST] && (m || worked <= rule[MEAL_BY])
                        && over <= last && rests[worked] <= held + lesser(d, rule[SPARE]);
                    i64 room = 1;
                    while (used + room < count && room < 20 && at[used + room] == t + room)
                        room++;
                    if (used >= count)
                        room = 0;
                    const i64 row = a * of_a + b * of_b + c * of_c + d * of_d;
                    const i64 base = row + m * of_m;
                    for (i64 q = 0; q < phases; q++) {
                        double now = value[base + q], cost;
                        if (now <= NEVER)
                            continue;
                        if (ends) {
                            const i64 p = pass_fixed(q, behind, over, fixed, nature, run,
                                                     ripe, run_cost, stretch_cost, &cost);
                            const double whole =
                                now + end[over] - cost + (double)(rule[NOTED] * noted);
                            if (p >= 0 && !(run < p && p < ripe)
                                && whole > table[row / of_d]) {
                                table[row / of_d] = whole;
                                table_start[row / of_d] = s;
                            }
                        }
                        if (room == 0)
                            continue;
                        i64 p = q;
                        if (passed) {
                            p = pass_fixed(q, behind, t, fixed, nature, run, ripe,
                                           run_cost, stretch_cost, &cost);
                            if (p < 0)
                                continue;
                            now -= cost;
                        }
                        const int rested = p <= run || p >= ripe;
                        if (rested && a + b + c < cap) {
                            const i64 turn = p > run ? 1 : p < run ? p + 1 : run;
                            cost = p == run ? run_cost : 0.0;
                            for (int k = 0; k < 3; k++) {
                                const double worth = gain[k * ticks + t];
                                if (lengths[k] > room || worth <= NEVER || !more[k])
                                    continue;
                                const double one = now + worth - cost;
                                double *to = value + base + step[k] + turn;
                                if (one > *to)
                                    *to = one;
                            }
                        }
                        if (d < d_max) {
                            double one = now;
                            i64 turn = run + 1;
                            if (p <= run)
                                one -= stretch_cost;
                            else if (p <= ripe)
                                turn = lesser(p + 1, ripe);
                            double *to = value + base + of_d + turn;
                            if (one > *to)
                                *to = one;
                        }
                        if (!m && rested && meal <= room && rule[MEAL_FROM] <= worked
                            && worked <= rule[MEAL_BY] && now > value[row + of_m])
                            value[row + of_m] = now;
                    }
                }
            }
        }
    }
}
