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


@njit(cache=True, nogil=True, forceinline=True)
def _pass_fixed(
    q: int,
    start: int,
    stop: int,
    fixed: NDArray[np.int64],
    nature: NDArray[np.int64],
    habits: tuple[int, int, float, float],
) -> tuple[int, float]:
    """Return the phase after the fixed blocks of a span and what they cost."""
    run, ripe, run_cost, stretch_cost = habits
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


@njit(cache=True, nogil=True, forceinline=True)
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


@njit(cache=True, nogil=True, forceinline=True)
def _keep(
    value: NDArray[np.float64],
    back: NDArray[np.int16],
    state: tuple[int, int, int, int, int, int],
    one: float,
    code: int,
) -> None:
    """Keep a way to a state if it is the best so far: what was done, and whence."""
    if one > value[state]:
        value[state] = one
        back[state] = code


@njit(cache=True, nogil=True, forceinline=True)
def _behind_fixed(start: int, stop: int, fixed: NDArray[np.int64]) -> int:
    """Return where the last fixed block of a span ends, unpaid spans left out."""
    over = step = start
    while step < stop:
        if fixed[step] > 0:
            over = step + fixed[step]
        step += abs(fixed[step])
    return over


@njit(cache=True, nogil=True, forceinline=True)
def _free_run(at: NDArray[np.int64], used: int, count: int) -> int:
    """Return how many free quarter hours follow one another from here."""
    if used >= count:
        return 0
    free = 1
    while used + free < count and free < 20 and at[used + free] == at[used] + free:
        free += 1
    return free


@njit(cache=True, nogil=True, forceinline=True)
def _noted(rule: NDArray[np.int64], a: int, b: int, c: int, d: int) -> int:
    """Return how many of a day's visits have time for their notes."""
    needy = a * rule[NEEDY] + b * rule[NEEDY + 1] + c * rule[NEEDY + 2]
    return a + b + c - max(0, needy - 15 * d // max(1, rule[NOTES]))


@njit(cache=True, nogil=True, forceinline=True)
def _visit(
    value: NDArray[np.float64],
    back: NDArray[np.int16],
    state: tuple[int, int, int, int, int, int],
    now: float,
    p: int,
    gain: NDArray[np.float64],
    lengths: NDArray[np.int64],
    free: int,
    t: int,
    most: NDArray[np.int64],
    habits: tuple[int, int, float, float],
) -> None:
    """Go on from a state by a visit of each kind that fits."""
    a, b, c, d, m, q = state
    run, _, run_cost, _ = habits
    turn, cost = min(p + 1, run), run_cost if p == run else 0.0
    if p > run:
        turn = 1
    for k in range(3):
        if lengths[k] > free or gain[k, t] <= NEVER:
            continue
        e, f, g = a + (k == 0), b + (k == 1), c + (k == 2)
        if e <= most[0] and f <= most[1] and g <= most[2]:
            one = now + gain[k, t] - cost
            _keep(value, back, (e, f, g, d, m, turn), one, q * 16 + k)


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
    run, meal, cap = rule[RUN], rule[MEAL], rule[CAP]
    ripe = run + rule[DESK]
    phases = ripe + 2
    last = rule[LAST]
    habits = (run, ripe, run_cost, stretch_cost)
    shape = (most[0] + 1, most[1] + 1, most[2] + 1, most[3] + 1, 2, phases)
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
    wanted = (target[0], target[1], target[2], target[3])
    for s in range(rule[FIRST], last):
        if only >= 0 and s != only:
            continue
        if not starts[s] or s > first_fixed or fixed[s] < 0:
            continue
        count = _timeline(s, last, fixed, at, paid_before)
        value[:] = NEVER
        value[0, 0, 0, 0, 0, 0] = begin[s]
        for a in range(most[0] + 1):
            for b in range(most[1] + 1):
                for c in range(most[2] + 1):
                    if a + b + c > cap:
                        continue
                    visits = a * lengths[0] + b * lengths[1] + c * lengths[2]
                    if visits > count:
                        continue
                    held = a * holders[0] + b * holders[1] + c * holders[2]
                    for d in range(most[3] + 1):
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
                            over = _behind_fixed(behind, t, fixed)
                            ends = (
                                paid_before[used] == must_paid
                                and worked >= rule[SHORTEST]
                                and (m == 1 or worked <= rule[MEAL_BY])
                                and over <= last
                                and rests[worked] <= held + min(d, rule[SPARE])
                            )
                            free = _free_run(at, used, count)
                            bonus = end[over] + rule[NOTED] * _noted(rule, a, b, c, d)
                            for q in range(phases):
                                now = value[a, b, c, d, m, q]
                                if now <= NEVER:
                                    continue
                                # 2. The day may end.
                                if ends:
                                    p, cost = _pass_fixed(
                                        q, behind, over, fixed, nature, habits
                                    )
                                    whole = now + bonus - cost
                                    if p < 0 or run < p < ripe:
                                        pass
                                    elif only < 0 and whole > table[a, b, c, d]:
                                        table[a, b, c, d] = whole
                                        table_start[a, b, c, d] = s
                                    elif whole > found and (a, b, c, d) == wanted:
                                        found, final = whole, (m, q)
                                p, cost = q, 0.0
                                if passed:
                                    p, cost = _pass_fixed(
                                        q, behind, t, fixed, nature, habits
                                    )
                                if free == 0 or p < 0:
                                    continue
                                now -= cost
                                rested = p <= run or p >= ripe
                                here = (a, b, c, d, m, q)
                                # 3. A visit.
                                if rested and a + b + c < cap:
                                    _visit(
                                        value, back, here, now, p, gain, lengths, free,
                                        t, most, habits,
                                    )  # fmt: skip
                                # 4. A quarter hour at the desk.
                                if d < most[3]:
                                    one, turn = now, run + 1
                                    if p <= run:
                                        one -= stretch_cost
                                    elif p <= ripe:
                                        turn = min(p + 1, ripe)
                                    to = (a, b, c, d + 1, m, turn)
                                    _keep(value, back, to, one, q * 16 + DESK_ACTION)
                                # 5. The meal.
                                if (
                                    m == 0
                                    and rested
                                    and meal <= free
                                    and rule[MEAL_FROM] <= worked <= rule[MEAL_BY]
                                ):
                                    to = (a, b, c, d, 1, 0)
                                    _keep(value, back, to, now, q * 16 + MEAL_ACTION)
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
