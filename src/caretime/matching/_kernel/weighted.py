"""Inner loops of weighted assignment: prices, knapsacks, and a search by ejection."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SCALE = 1024
"""Parts of a cost that prices are counted in, so that bounds are exact."""

PATIENCE = 6
"""Rounds without a higher bound after which less is hoped for."""

WIDEST = 1 << 16
"""Most units of a capacity for which a knapsack is solved whole, not relaxed."""


@njit(cache=True, nogil=True)
def price_capacity(
    cost: NDArray[np.int64],
    use: NDArray[np.int64],
    capacity: NDArray[np.int64],
    rounds: int,
) -> NDArray[np.int64]:
    """
    Find a price for each agent's unit of capacity by subgradient steps.

    How far above the best bound the next is hoped to be grows where it comes true
    and shrinks where it does not.

    Parameters
    ----------
    cost, use, capacity
        ``(agents, jobs)``, ``(agents, jobs)``, ``(agents,)``; the last agent stands
        for leaving out, and uses nothing.

    Returns
    -------
    ndarray of int
        ``(agents,)``, 0 or more, in parts of ``SCALE``: of all rounds those with
        the highest bound.
    """
    agents, jobs = cost.shape
    price, best = np.zeros(agents), np.zeros(agents)
    highest, hoped, since = -np.inf, 0.0, 0
    load = np.zeros(agents)
    for _ in range(rounds):
        bound = 0.0
        load[:] = 0.0
        for j in range(jobs):
            least, at = np.inf, 0
            for i in range(agents):
                value = cost[i, j] + price[i] * use[i, j]
                if value < least:
                    least, at = value, i
            bound += least
            load[at] += use[at, j]
        for i in range(agents):
            bound -= price[i] * capacity[i]
        # 1. Where to step from, and how far.
        if bound > highest:
            hoped = 0.05 * bound + 1.0 if highest == -np.inf else 1.2 * hoped
            highest, since = bound, 0
            best[:] = price
        else:
            since += 1
            if since == PATIENCE:
                hoped, since = hoped / 2, 0
                price[:] = best
                continue
        # 2. Along overloads; a price that is 0 cannot fall.
        norm = 0.0
        for i in range(agents):
            slope = load[i] - capacity[i]
            if slope > 0 or price[i] > 0.0:
                norm += slope * slope
        if norm == 0.0:
            break
        length = (highest + hoped - bound) / norm
        for i in range(agents):
            price[i] = max(0.0, price[i] + length * (load[i] - capacity[i]))
    return np.round(best * SCALE).astype(np.int64)


@njit(cache=True, nogil=True)
def knapsacks(
    cost: NDArray[np.int64],
    use: NDArray[np.int64],
    capacity: NDArray[np.int64],
    wish: NDArray[np.int64],
    taken: NDArray[np.int64],
    holder: NDArray[np.int64],
) -> tuple[int, int]:
    """
    Let each agent take the jobs that pay most at the jobs' prices, within capacity.

    Parameters
    ----------
    cost
        In parts of ``SCALE``.
    wish
        ``(jobs,)``: what somebody earns who takes the job, in parts of ``SCALE``.
    taken, holder
        ``(jobs,)``, filled: by how many it is taken, and by whom at the least cost
        less price; -1 by nobody.

    Returns
    -------
    tuple
        A bound on all assignments in parts of ``SCALE``, and the cells worked out.
    """
    agents, jobs = cost.shape
    taken[:] = 0
    holder[:] = -1
    total, work = 0, agents * jobs
    item = np.empty(jobs, np.int64)
    kept = np.empty(jobs, np.bool_)
    for j in range(jobs):
        total += wish[j]
    for i in range(agents):
        count, whole = 0, 0
        for j in range(jobs):
            if cost[i, j] < wish[j] and use[i, j] <= capacity[i]:
                item[count] = j
                count += 1
                whole += use[i, j]
        # 1. All fit, or the table is small enough, or the relaxation must do.
        if whole <= capacity[i]:
            kept[:count] = True
            for n in range(count):
                total += cost[i, item[n]] - wish[item[n]]
        elif capacity[i] <= WIDEST:
            total += _whole(cost[i], use[i], capacity[i], wish, item[:count], kept)
            work += count * (capacity[i] + 1)
        else:
            total += _relaxed(cost[i], use[i], capacity[i], wish, item[:count], kept)
            work += 16 * count
        # 2. Who holds what.
        for n in range(count):
            if kept[n]:
                j = item[n]
                taken[j] += 1
                if holder[j] < 0 or cost[i, j] < cost[holder[j], j]:
                    holder[j] = i
    return total, work


@njit(cache=True, nogil=True)
def _whole(
    cost: NDArray[np.int64],
    use: NDArray[np.int64],
    capacity: int,
    wish: NDArray[np.int64],
    item: NDArray[np.int64],
    kept: NDArray[np.bool_],
) -> int:
    """Solve one knapsack by a table over its capacity."""
    count = len(item)
    value = np.zeros(capacity + 1, np.int64)
    better = np.zeros((count, capacity + 1), np.bool_)
    for n in range(count):
        j = item[n]
        size, gain = use[j], cost[j] - wish[j]
        for room in range(capacity, size - 1, -1):
            if value[room - size] + gain < value[room]:
                value[room] = value[room - size] + gain
                better[n, room] = True
    room = capacity
    for n in range(count - 1, -1, -1):
        kept[n] = better[n, room]
        if kept[n]:
            room -= use[item[n]]
    return value[capacity]


@njit(cache=True, nogil=True)
def _relaxed(
    cost: NDArray[np.int64],
    use: NDArray[np.int64],
    capacity: int,
    wish: NDArray[np.int64],
    item: NDArray[np.int64],
    kept: NDArray[np.bool_],
) -> int:
    """Fill one knapsack by worth a unit, the last job in part: no less than best."""
    count = len(item)
    rate = np.empty(count)
    for n in range(count):
        rate[n] = (cost[item[n]] - wish[item[n]]) / max(use[item[n]], 1e-9)
    value, room, full = 0, capacity, False
    for n in np.argsort(rate):
        j = item[n]
        gain = cost[j] - wish[j]
        kept[n] = not full and use[j] <= room
        if kept[n]:
            value += gain
            room -= use[j]
        elif not full:
            # Rounded down, which keeps it a bound.
            value += gain * room // use[j]
            full = True
    return value
