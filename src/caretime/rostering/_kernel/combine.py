"""Five days make a week: the best compositions that add up to what it holds."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = -1e18


@njit(cache=True, nogil=True)
def combine_days(
    choices: NDArray[np.int64],
    worth: NDArray[np.float64],
    first: NDArray[np.int64],
    total: NDArray[np.int64],
    chosen: NDArray[np.int64],
) -> float:
    """
    Choose one row for each day so that the week's totals come out at best value.

    Parameters
    ----------
    choices, worth
        ``(rows, 4)``: intakes, returns, urgent visits and paid ticks of a possible
        day; ``(rows,)`` its value. A day off is a row of zeros.
    first
        ``(days + 1,)``: where each day's rows begin.
    total
        Intakes, returns, urgent visits, paid ticks of the week. Returns may stay
        below theirs, the others must be met.
    chosen
        ``(days,)``, filled with the row of each day.

    Returns
    -------
    float
        The value, ``NEVER`` where no combination adds up.
    """
    days = len(first) - 1
    size = (days, total[0] + 1, total[1] + 1, total[2] + 1, total[3] + 1)
    value = np.full(size, NEVER)
    row = np.full(size, -1, np.int32)
    least, most = np.zeros(days + 1, np.int64), np.zeros(days + 1, np.int64)
    # 1. Paid ticks that the days still to come can bring, at least and at most.
    for day in range(days - 1, -1, -1):
        low, high = 1 << 30, 0
        for r in range(first[day], first[day + 1]):
            low = min(low, choices[r, 3])
            high = max(high, choices[r, 3])
        least[day], most[day] = least[day + 1] + low, most[day + 1] + high
    # 2. Forward.
    for day in range(days):
        for r in range(first[day], first[day + 1]):
            i, n, u, p = choices[r, 0], choices[r, 1], choices[r, 2], choices[r, 3]
            if i > total[0] or n > total[1] or u > total[2] or p > total[3]:
                continue
            if day == 0:
                rest = total[3] - p
                if least[1] <= rest <= most[1] and worth[r] > value[0, i, n, u, p]:
                    value[0, i, n, u, p] = worth[r]
                    row[0, i, n, u, p] = r
                continue
            low = max(0, total[3] - p - most[day + 1])
            high = min(total[3] - p, total[3] - p - least[day + 1])
            if day == days - 1:
                low = high = total[3] - p
            for i0 in range(total[0] + 1 - i):
                if day == days - 1 and i0 + i != total[0]:
                    continue
                for n0 in range(total[1] + 1 - n):
                    for u0 in range(total[2] + 1 - u):
                        if day == days - 1 and u0 + u != total[2]:
                            continue
                        for p0 in range(low, high + 1):
                            before = value[day - 1, i0, n0, u0, p0]
                            if before <= NEVER:
                                continue
                            one = before + worth[r]
                            if one > value[day, i0 + i, n0 + n, u0 + u, p0 + p]:
                                value[day, i0 + i, n0 + n, u0 + u, p0 + p] = one
                                row[day, i0 + i, n0 + n, u0 + u, p0 + p] = r
    # 3. The best number of returns, and back from it.
    best, n = NEVER, -1
    for returns in range(total[1] + 1):
        one = value[days - 1, total[0], returns, total[2], total[3]]
        if one > best:
            best, n = one, returns
    if n < 0:
        return NEVER
    i, u, p = total[0], total[2], total[3]
    for day in range(days - 1, -1, -1):
        r = row[day, i, n, u, p]
        chosen[day] = r
        i -= choices[r, 0]
        n -= choices[r, 1]
        u -= choices[r, 2]
        p -= choices[r, 3]
    return best
