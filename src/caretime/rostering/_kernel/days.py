"""The best legal day at given prices: longest path over quarter hours."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = -1e18
"""Value of what is not allowed; any real value is far above it."""

# Fields of ``rule``, the integers of one clinician's day.
(
    FIRST,  # earliest start of work, tick
    LAST,  # latest end, tick
    SHORTEST,  # paid ticks of a working day, at least
    LONGEST,  # and at most
    MEAL,  # ticks of the meal
    MEAL_FROM,  # ticks of work before the meal, at least
    MEAL_BY,  # and at most; longer days than this have a meal
    CAP,  # visits of the day
    RUN,  # visits in a row without points lost
    DESK,  # shortest stretch of desk time, ticks
    SPARE,  # rests of a day that may be taken from desk time
    NEEDY,  # three fields: whether a kind of visit needs desk time for its notes
    _,
    _,
    NOTES,  # minutes of notes each of them needs on its day
    NOTED,  # points of a visit whose notes have their time
    RULES,
) = range(17)

# Actions on a path; smaller numbers are kinds of visits.
A_DESK, A_MEAL, A_DUTY, A_FIXED = 10, 11, 12, 13

# What a fixed block is to the hours around it.
BREAK, AT_DESK, A_VISIT = 0, 1, 2


@njit(cache=True, nogil=True, forceinline=True)
def _note(
    value: NDArray[np.float64],
    back: NDArray[np.int64],
    state: tuple[int, int, int, int],
    one: float,
    action: int,
    ticks: int,
    here: int,
) -> None:
    """Keep a way to a state if it is the best so far: what was done, and whence."""
    if one > value[state]:
        value[state] = one
        back[state] = (action + 100 * ticks) * 1000000 + here


@njit(cache=True, nogil=True, forceinline=True)
def _after_visit(q: int, run: int, run_cost: float) -> tuple[int, float]:
    """Return the phase after a visit, and what it costs in a long run."""
    if q > run:
        return 1, 0.0
    return min(q + 1, run), run_cost if q == run else 0.0


@njit(cache=True, nogil=True)
def _way_back(
    back: NDArray[np.int64],
    start: int,
    state: tuple[int, int, int, int],
    phases: int,
    path: NDArray[np.int64],
) -> int:
    """Write the path to a state and return its length."""
    t, v, q, m = state
    count = 0
    while t > start:
        code, here = back[t, v, q, m] // 1000000, back[t, v, q, m] % 1000000
        t -= code // 100
        v, q, m = here // 2 // phases, here // 2 % phases, here % 2
        path[count, 0] = code % 100
        path[count, 1] = t
        count += 1
    path[:count] = path[:count][::-1].copy()
    return count


@njit(cache=True, nogil=True)
def best_day(
    rule: NDArray[np.int64],
    lengths: NDArray[np.int64],
    starts: NDArray[np.bool_],
    fixed: NDArray[np.int64],
    nature: NDArray[np.int64],
    duty: NDArray[np.int64],
    gain: NDArray[np.float64],
    desk_gain: NDArray[np.float64],
    duty_gain: NDArray[np.float64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    run_cost: float,
    stretch_cost: float,
    path: NDArray[np.int64],
) -> tuple[float, int, int]:
    """
    Return value, first tick and number of actions of the best day.

    Parameters
    ----------
    lengths, gain
        ``(kinds,)`` ticks a visit takes on the book; ``(kinds, ticks)`` what one
        that starts there is worth, ``NEVER`` where it may not.
    starts
        ``(ticks,)``: work may begin here.
    fixed
        ``(ticks,)``: length of a block that must stand here if work goes on at
        this tick; negative for a span in which nobody works, unpaid.
    nature
        ``(ticks,)``: what a fixed block is: a break, desk time or a visit.
    duty, duty_gain
        ``(ticks,)``: length and worth of an optional shift beginning here.
    path
        ``(ticks, 2)``, filled with action and tick, in order.

    Notes
    -----
    For each start a forward program over (tick, visits so far, phase, meal taken).
    Phases 0 to RUN are visits since the last break, the DESK phases after them
    quarter hours of the present stretch of desk time; the last one is just after a
    fixed block of desk time, which further desk time continues.
    """
    ticks = len(fixed)
    run, desk, cap, meal = rule[RUN], rule[DESK], rule[CAP], rule[MEAL]
    phases = run + desk + 2
    ripe = run + desk
    after = ripe + 1
    value = np.empty((ticks + 1, cap + 1, phases, 2), np.float64)
    back = np.empty((ticks + 1, cap + 1, phases, 2), np.int64)
    away = np.zeros(ticks + 1, np.int64)
    free = np.full(ticks + 1, ticks, np.int64)
    first_fixed, last_fixed = ticks, 0
    for t in range(ticks):
        away[t + 1] = away[t] - min(0, fixed[t])
        if fixed[t] > 0:
            first_fixed = min(first_fixed, t)
            last_fixed = max(last_fixed, t + fixed[t])
    for t in range(ticks - 1, -1, -1):
        free[t] = t if fixed[t] != 0 else free[t + 1]
    best, best_start, best_state = NEVER, -1, (0, 0, 0, 0)
    # 1. Every start, then the best one again for its path.
    for again in range(2):
        for s in range(rule[FIRST], rule[LAST]):
            if again and s != best_start:
                continue
            if not starts[s] or s > first_fixed or fixed[s] < 0:
                continue
            value[s : rule[LAST] + 1] = NEVER
            value[s, 0, 0, 0] = begin[s]
            # 2. Forward over ticks.
            for t in range(s, rule[LAST] + 1):
                for v in range(cap + 1):
                    for q in range(phases):
                        for m in range(2):
                            now = value[t, v, q, m]
                            if now <= NEVER:
                                continue
                            worked = t - s - meal * m - (away[t] - away[s])
                            if worked > rule[LONGEST]:
                                continue
                            rested = q <= run or q >= ripe
                            here = (v * phases + q) * 2 + m
                            # 3. The day may end here.
                            if (
                                rested
                                and worked >= rule[SHORTEST]
                                and (m == 1 or worked <= rule[MEAL_BY])
                                and t >= last_fixed
                                and again == 0
                                and now + end[t] > best
                            ):
                                best = now + end[t]
                                best_start = s
                                best_state = (t, v, q, m)
                            if t >= rule[LAST]:
                                continue
                            # 4. What must stand here stands here.
                            if fixed[t] != 0:
                                n = abs(fixed[t])
                                if t + n > rule[LAST] or not rested:
                                    continue
                                one, p = now, 0
                                if nature[t] == AT_DESK:
                                    p = after
                                    if q <= run:
                                        one -= stretch_cost
                                elif nature[t] == A_VISIT:
                                    p, cost = _after_visit(q, run, run_cost)
                                    one -= cost
                                to = (t + n, v, p, m)
                                _note(value, back, to, one, A_FIXED, n, here)
                                continue
                            room = min(free[t], rule[LAST]) - t
                            # 5. A visit.
                            if rested and v < cap:
                                p, cost = _after_visit(q, run, run_cost)
                                for k in range(len(lengths)):
                                    n = lengths[k]
                                    if n > room or gain[k, t] <= NEVER:
                                        continue
                                    one = now + gain[k, t] - cost
                                    to = (t + n, v + 1, p, m)
                                    _note(value, back, to, one, k, n, here)
                            # 6. A quarter hour at the desk.
                            if room >= 1:
                                one = now + desk_gain[t]
                                p = run + 1
                                if q <= run:
                                    one -= stretch_cost
                                elif q <= ripe:
                                    p = min(q + 1, ripe)
                                _note(
                                    value, back, (t + 1, v, p, m), one, A_DESK, 1, here
                                )
                            # 7. The meal.
                            if (
                                m == 0
                                and rested
                                and meal <= room
                                and rule[MEAL_FROM] <= worked <= rule[MEAL_BY]
                            ):
                                to = (t + meal, v, 0, 1)
                                _note(value, back, to, now, A_MEAL, meal, here)
                            # 8. An optional shift.
                            n = duty[t]
                            if n > 0 and rested and n <= room:
                                one = now + duty_gain[t]
                                to = (t + n, v, 0, m)
                                _note(value, back, to, one, A_DUTY, n, here)
    if best_start < 0:
        return NEVER, -1, 0
    return best, best_start, _way_back(back, best_start, best_state, phases, path)
