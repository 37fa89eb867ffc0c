"""A search that moves jobs between agents, alone, in pairs and in threes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Market(NamedTuple):
    """
    What does not change in a descent.

    Parameters
    ----------
    excess
        ``(agents, jobs)``: what a pair costs, its use at the agent's price included,
        above the cheapest pair of the job.
    use, capacity
        ``(agents, jobs)``, ``(agents,)``.
    price, weight
        ``(agents,)``: of a unit of capacity that is left unused, and of one beyond.
        At these, cost is a constant and the sum of excesses and of what loads cost.
    order
        ``(jobs, looked at)``: the agents tried for each job, ascending by excess.
    """

    excess: NDArray[np.int64]
    use: NDArray[np.int64]
    capacity: NDArray[np.int64]
    price: NDArray[np.int64]
    weight: NDArray[np.int64]
    order: NDArray[np.int64]


class Places(NamedTuple):
    """
    Where the jobs are.

    ``jobs_of[i, : held[i]]`` are the jobs of agent i, ``place`` where in it each job
    stands. ``cost`` is what each load costs, ``worst`` the largest excess of an
    agent's jobs.
    """

    holder: NDArray[np.int64]
    load: NDArray[np.int64]
    jobs_of: NDArray[np.int64]
    held: NDArray[np.int64]
    place: NDArray[np.int64]
    cost: NDArray[np.int64]
    worst: NDArray[np.int64]


@njit(cache=True, nogil=True)
def places_of(market: Market, holder: NDArray[np.int64]) -> Places:
    """Lay out an assignment; ``holder`` itself is changed by what follows."""
    agents, jobs = market.use.shape
    places = Places(
        holder,
        np.zeros(agents, np.int64),
        np.empty((agents, jobs), np.int64),
        np.zeros(agents, np.int64),
        np.empty(jobs, np.int64),
        np.empty(agents, np.int64),
        np.empty(agents, np.int64),
    )
    for j in range(jobs):
        i = holder[j]
        places.place[j] = places.held[i]
        places.jobs_of[i, places.held[i]] = j
        places.held[i] += 1
        places.load[i] += market.use[i, j]
    for i in range(agents):
        _look(i, market, places)
    return places


@njit(cache=True, nogil=True, inline="always")
def _beside(i: int, load: int, market: Market) -> int:
    """Return what a load costs that is not the capacity: unused, or too much."""
    room = market.capacity[i] - load
    return market.price[i] * room if room >= 0 else -market.weight[i] * room


@njit(cache=True, nogil=True)
def _look(i: int, market: Market, places: Places) -> None:
    """Work out an agent's cost and worst excess."""
    places.cost[i] = _beside(i, places.load[i], market)
    worst = 0
    for n in range(places.held[i]):
        worst = max(worst, market.excess[i, places.jobs_of[i, n]])
    places.worst[i] = worst


@njit(cache=True, nogil=True)
def _move(j: int, agent: int, market: Market, places: Places) -> None:
    """Give a job to another agent."""
    before = places.holder[j]
    places.held[before] -= 1
    last = places.jobs_of[before, places.held[before]]
    places.jobs_of[before, places.place[j]] = last
    places.place[last] = places.place[j]
    places.jobs_of[agent, places.held[agent]] = j
    places.place[j] = places.held[agent]
    places.held[agent] += 1
    places.load[before] -= market.use[before, j]
    places.load[agent] += market.use[agent, j]
    places.holder[j] = agent
    _look(before, market, places)
    _look(agent, market, places)


@njit(cache=True, nogil=True)
def _third(
    ends: NDArray[np.int64],
    low: int,
    part: int,
    most: int,
    market: Market,
    places: Places,
    chain: NDArray[np.int64],
) -> tuple[int, int]:
    """
    Find a job of d, and an agent for it, that end a chain of two moves best.

    ``ends`` has a, b, d and what they hold after the two moves, ``part`` what these
    change without what d's load costs after them, ``low`` the best chain so far.
    """
    excess, use = market.excess, market.use
    a, b, d, left, rest, after = ends
    work = 0
    for n in range(places.held[d]):
        m = places.jobs_of[d, n]
        work += 1
        half = part - excess[d, m] + _beside(d, after - use[d, m], market)
        if half - most >= low or m == chain[3, 0]:
            continue
        for e in market.order[m]:
            if e == d:
                continue
            work += 1
            was, now = places.load[e], places.cost[e]
            if e in (a, b):
                was = left if e == a else rest
                now = _beside(e, was, market)
            elif half + excess[e, m] - most >= low:
                break
            total = half + excess[e, m] - now
            total += _beside(e, was + use[e, m], market)
            if total < low:
                low = total
                chain[:2] = chain[3:5]
                chain[2, 0], chain[2, 1] = m, e
    return low, work


@njit(cache=True, nogil=True)
def _best_chain(
    j: int,
    most: int,
    worst: int,
    market: Market,
    places: Places,
    chain: NDArray[np.int64],
) -> tuple[int, int]:
    """
    Find up to three moves that begin with a job and lower the sum most.

    ``chain`` is filled in its first three rows with jobs and agents, -1 where there is
    none; the other rows are those being tried.
    """
    excess, use, load, cost = market.excess, market.use, places.load, places.cost
    chain[:] = -1
    a, chain[3, 0] = places.holder[j], j
    left, work, low = load[a] - use[a, j], 0, 0
    leave = _beside(a, left, market) - cost[a]
    ends = np.empty(6, np.int64)
    for b in market.order[j]:
        if b == a:
            continue
        # 1. The job alone.
        work += 1
        chain[3, 1] = b
        gone = excess[b, j] - excess[a, j]
        more = load[b] + use[b, j]
        total = gone + leave + _beside(b, more, market) - cost[b]
        if total < low:
            low = total
            chain[:3] = -1
            chain[0] = chain[3]
        # 2. With one of b's, which goes to a (an exchange) or to a third.
        for n in range(places.held[b]):
            k = places.jobs_of[b, n]
            work += 1
            rest = more - use[b, k]
            half = gone - excess[b, k] - cost[b] + _beside(b, rest, market)
            for at in range(-1, market.order.shape[1]):
                d = a if at < 0 else market.order[k, at]
                if d == b or (d == a and at >= 0):
                    continue
                work += 1
                if d == a:
                    part, after = half + excess[a, k] - cost[a], left + use[a, k]
                else:
                    part = half + leave + excess[d, k] - cost[d]
                    after = load[d] + use[d, k]
                    if half + leave + excess[d, k] - 2 * most - worst >= low:
                        break
                total = part + _beside(d, after, market)
                chain[4, 0], chain[4, 1] = k, d
                if total < low:
                    low = total
                    chain[2] = -1
                    chain[:2] = chain[3:]
                # 3. With one of d's as well.
                if part - most - places.worst[d] < low:
                    ends[:] = (a, b, d, left, rest, after)
                    low, used = _third(ends, low, part, most, market, places, chain)
                    work += used
    return low, work


@njit(cache=True, nogil=True)
def descend(
    market: Market,
    holder: NDArray[np.int64],
    best: NDArray[np.int64],
    best_value: int,
    begin: int,
    budget: int,
) -> tuple[int, int]:
    """
    Move jobs as long as what exceeds the bound falls; keep the best that fits.

    Parameters
    ----------
    holder
        ``(jobs,)``: agent of each job, changed in place.
    best, best_value
        The best assignment that fits so far, changed in place, and its sum.
    begin
        Job to begin with.

    Returns
    -------
    tuple
        The sum of the best that fits, and the moves looked at.

    Notes
    -----
    For each job j of agent a, and each agent b tried:

    1. j goes to b;
    2. j goes to b and a job k of b to an agent d, which may be a (an exchange);
    3. j goes to b, k to d, and a job m of d to an agent e.

    The best of them is made if it lowers the sum. No load can cost less than
    nothing, so agents whose excess is beyond what the loads cost now need not be
    looked at.
    """
    jobs, work, idle, j = len(holder), 0, 0, begin
    places = places_of(market, holder)
    chain = np.empty((5, 2), np.int64)
    most, worst = places.cost.max(), places.worst.max()
    while idle < jobs and work < budget:
        change, used = _best_chain(j, most, worst, market, places, chain)
        work += used
        j = j + 1 if j + 1 < jobs else 0
        if change == 0:
            idle += 1
            continue
        idle = 0
        for n in range(3):
            if chain[n, 1] >= 0:
                _move(chain[n, 0], chain[n, 1], market, places)
        most, worst = places.cost.max(), places.worst.max()
        if (places.load <= market.capacity).all():
            value = places.cost.sum()
            for n in range(jobs):
                value += market.excess[holder[n], n]
            if value < best_value:
                best_value = value
                best[:] = holder
    return best_value, work
