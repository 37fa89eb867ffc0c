"""The best day for every composition: so many visits of each kind, so much desk."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = -1e18

FIRST, LAST, SHORTEST, LONGEST, MEAL, MEAL_FROM, MEAL_BY, CAP, RUN, DESK = range(10)
SPARE, NEEDY, NOTES, NOTED = 10, 11, 14, 15

DESK_ACTION, MEAL_ACTION = 10, 11

AT_DESK, A_VISIT = 1, 2


@njit(cache=True, nogil=True)
def _pass_fixed(
    q: int,
    start: int,
    stop: int,
    fixed: NDArray[np.int64],
    nature: NDArray[np.int64],
    run: int,
    ripe: int,
    run_cost: float,
    stretch_cost: float,
) -> tuple[int, float]:
    """Return the phase after the fixed blocks of a span and what they cost."""
    cost = 0.0
    t = start
    while t < stop:
        if run < q < ripe:
            return -1, 0.0
        if nature[t] == AT_DESK and fixed[t] > 0:
            if q <= run:
                cost += stretch_cost
            q = ripe + 1
        elif nature[t] == A_VISIT and fixed[t] > 0:
            if q == run:
                cost += run_cost
            q = 1 if q > run else min(q + 1, run)
        else:
            q = 0
        t += abs(fixed[t])
    return q, cost


@njit(cache=True, nogil=True)
def _timeline(
    s: int,
    last: int,
    fixed: NDArray[np.int64],
    at: NDArray[np.int64],
    paid: NDArray[np.int64],
) -> int:
    """
    Lay the free quarter hours from ``s`` on out; return how many there are.

    ``at`` becomes the tick of each, ``paid`` the fixed paid ticks before it.
    """
    count, before = 0, 0
    t = s
    while t < last:
        if fixed[t] != 0:
            if fixed[t] > 0:
                before += fixed[t]
            t += abs(fixed[t])
            continue
        at[count] = t
        paid[count] = before
        count += 1
        t += 1
    at[count] = t
    paid[count] = before
    return count


@njit(cache=True, nogil=True)
def compose_day(
    rule: NDArray[np.int64],
    most: NDArray[np.int64],
    lengths: NDArray[np.int64],
    holders: NDArray[np.int64],
    rests: NDArray[np.int64],
    starts: NDArray[np.bool_],
    fixed: NDArray[np.int64],
    nature: NDArray[np.int64],
    gain: NDArray[np.float64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    run_cost: float,
    stretch_cost: float,
    table: NDArray[np.float64],
    table_start: NDArray[np.int64],
    only: int,
    target: NDArray[np.int64],
    path: NDArray[np.int64],
) -> int:
    """
    Fill the table of best values by composition; with ``only`` trace one of them.

    Parameters
    ----------
    most
        Most (intakes, returns, urgent visits, quarter hours of desk) of the day.
    lengths, holders
        Ticks of the three kinds of visits; whether a paid rest fits beside one.
    rests
        ``(paid ticks,)``: paid rests a day of that length owes. As many as the rule
        spares may be taken from desk time, the others beside visits.
    table, table_start
        Shape ``most + 1``: the best value, and the tick at which that day begins.
    only, target, path
        First tick and composition of a day to trace; -1 fills the table. The path
        gets (action, tick) in order and its length is returned.

    Notes
    -----
    Within one start the tick follows from what was done so far, so that the state
    is (composition, phase, meal taken), phases as in ``best_day``.
    """
    a_max, b_max, c_max, d_max = most[0], most[1], most[2], most[3]
    run, meal, cap = rule[RUN], rule[MEAL], rule[CAP]
    ripe = run + rule[DESK]
    phases = ripe + 2
    last = rule[LAST]
    shape = (a_max + 1, b_max + 1, c_max + 1, d_max + 1, 2, phases)
    value = np.empty(shape, np.float64)
    back = np.zeros(shape, np.int16)
    at = np.zeros(len(fixed) + 2, np.int64)
    paid_before = np.zeros(len(fixed) + 2, np.int64)
    first_fixed, must_paid = last, 0
    for t in range(len(fixed)):
        if fixed[t] > 0:
            first_fixed = min(first_fixed, t)
            must_paid += fixed[t]
    if only < 0:
        table[:] = NEVER
    found = NEVER
    final = (0, 0)
    for s in range(rule[FIRST], last):
        if only >= 0 and s != only:
            continue
        if not starts[s] or s > first_fixed or fixed[s] < 0:
            continue
        count = _timeline(s, last, fixed, at, paid_before)
        value[:] = NEVER
        value[0, 0, 0, 0, 0, 0] = begin[s]
        for a in range(a_max + 1):
            for b in range(b_max + 1):
                for c in range(c_max + 1):
                    if a + b + c > cap:
                        continue
                    visits = a * lengths[0] + b * lengths[1] + c * lengths[2]
                    if visits > count:
                        continue
                    held = a * holders[0] + b * holders[1] + c * holders[2]
                    for d in range(d_max + 1):
                        if visits + d > rule[LONGEST] or visits + d > count:
                            break
                        for m in range(2):
                            used = visits + d + meal * m
                            if used > count:
                                continue
                            # 1. Where the clock stands, and whether a fixed block
                            #    lies just behind.
                            t = at[used]
                            passed = used > 0 and t != at[used - 1] + 1
                            passed = passed or (used == 0 and t != s)
                            worked = visits + d + paid_before[used]
                            if worked > rule[LONGEST]:
                                continue
                            # A day ends behind its last fixed block, so before an
                            # unpaid span unless one stands after that.
                            behind = at[used - 1] + 1 if used > 0 else s
                            over = step = behind
                            while step < t:
                                if fixed[step] > 0:
                                    over = step + fixed[step]
                                step += abs(fixed[step])
                            ends = (
                                paid_before[used] == must_paid
                                and worked >= rule[SHORTEST]
                                and (m == 1 or worked <= rule[MEAL_BY])
                                and over <= last
                                and rests[worked] <= held + min(d, rule[SPARE])
                            )
                            free = 1
                            while (
                                used + free < count
                                and free < 20
                                and at[used + free] == t + free
                            ):
                                free += 1
                            if used >= count:
                                free = 0
                            for q in range(phases):
                                now = value[a, b, c, d, m, q]
                                if now <= NEVER:
                                    continue
                                # 2. The day may end.
                                if ends:
                                    p, cost = _pass_fixed(
                                        q,
                                        behind,
                                        over,
                                        fixed,
                                        nature,
                                        run,
                                        ripe,
                                        run_cost,
                                        stretch_cost,
                                    )
                                    whole = now + end[over] - cost
                                    # Visits whose notes find no time are worth less.
                                    needy = a * rule[NEEDY] + b * rule[NEEDY + 1]
                                    needy += c * rule[NEEDY + 2]
                                    late = needy - 15 * d // max(1, rule[NOTES])
                                    noted = a + b + c - max(0, late)
                                    whole += rule[NOTED] * noted
                                    if p < 0 or run < p < ripe:
                                        pass
                                    elif only < 0:
                                        if whole > table[a, b, c, d]:
                                            table[a, b, c, d] = whole
                                            table_start[a, b, c, d] = s
                                    elif (
                                        a == target[0]
                                        and b == target[1]
                                        and c == target[2]
                                        and d == target[3]
                                        and whole > found
                                    ):
                                        found = whole
                                        final = (m, q)
                                if free == 0:
                                    continue
                                code = q * 16
                                p = q
                                if passed:
                                    p, cost = _pass_fixed(
                                        q,
                                        behind,
                                        t,
                                        fixed,
                                        nature,
                                        run,
                                        ripe,
                                        run_cost,
                                        stretch_cost,
                                    )
                                    if p < 0:
                                        continue
                                    now -= cost
                                rested = p <= run or p >= ripe
                                # 3. A visit.
                                if rested and a + b + c < cap:
                                    turn = p + 1 if p < run else run
                                    cost = run_cost if p == run else 0.0
                                    if p > run:
                                        turn = 1
                                    for k in range(3):
                                        n = lengths[k]
                                        if n > free or gain[k, t] <= NEVER:
                                            continue
                                        e, f, g = a, b, c
                                        if k == 0:
                                            e += 1
                                        elif k == 1:
                                            f += 1
                                        else:
                                            g += 1
                                        if e > a_max or f > b_max or g > c_max:
                                            continue
                                        one = now + gain[k, t] - cost
                                        if one > value[e, f, g, d, m, turn]:
                                            value[e, f, g, d, m, turn] = one
                                            back[e, f, g, d, m, turn] = code + k
                                # 4. A quarter hour at the desk.
                                if d < d_max:
                                    one, turn = now, run + 1
                                    if p <= run:
                                        one -= stretch_cost
                                    elif p <= ripe:
                                        turn = min(p + 1, ripe)
                                    if one > value[a, b, c, d + 1, m, turn]:
                                        value[a, b, c, d + 1, m, turn] = one
                                        back[a, b, c, d + 1, m, turn] = (
                                            code + DESK_ACTION
                                        )
                                # 5. The meal.
                                if (
                                    m == 0
                                    and rested
                                    and meal <= free
                                    and rule[MEAL_FROM] <= worked <= rule[MEAL_BY]
                                    and now > value[a, b, c, d, 1, 0]
                                ):
                                    value[a, b, c, d, 1, 0] = now
                                    back[a, b, c, d, 1, 0] = code + MEAL_ACTION
    if only < 0 or found <= NEVER:
        return 0
    return _trace(only, last, fixed, lengths, meal, target, final, back, at, path)


@njit(cache=True, nogil=True)
def _trace(
    s: int,
    last: int,
    fixed: NDArray[np.int64],
    lengths: NDArray[np.int64],
    meal: int,
    target: NDArray[np.int64],
    final: tuple[int, int],
    back: NDArray[np.int16],
    at: NDArray[np.int64],
    path: NDArray[np.int64],
) -> int:
    a, b, c, d = target[0], target[1], target[2], target[3]
    m, q = final
    n = 0
    while a + b + c + d + m > 0:
        code = back[a, b, c, d, m, q]
        action, before = code % 16, code // 16
        if action == 0:
            a -= 1
        elif action == 1:
            b -= 1
        elif action == 2:
            c -= 1
        elif action == DESK_ACTION:
            d -= 1
        else:
            m = 0
        q = before
        used = a * lengths[0] + b * lengths[1] + c * lengths[2] + d + meal * m
        path[n, 0] = action
        path[n, 1] = at[used]
        n += 1
    path[:n] = path[:n][::-1].copy()
    return n
