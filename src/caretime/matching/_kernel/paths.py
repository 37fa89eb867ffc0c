"""
Shortest paths: patients come in one by one, and places are left one by one.

Whoever comes in takes a place along the cheapest chain of moves: somebody moves
on, and on, until a place is free or somebody is left out. Prices rise by what the
chain costs, so that everybody always has the best that the prices leave. A place
that is left is filled, or loses its price, along the cheapest chain backward. The
result is optimal, with the prices as proof (successive shortest paths; Ahuja,
Magnanti and Orlin, Network Flows, 1993, chapter 9).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from caretime.matching._kernel.heap import Heap, make_heap, pop, raise_up
from caretime.matching._kernel.market import (
    ASK,
    BEGINS,
    COST,
    FIRST,
    LATE,
    LIMIT,
    MANY,
    NEVER,
    NOBODY,
    OFFERED,
    OPENS,
    OUT,
    PLACE,
    PRICE,
    WORTH,
    Ints,
    Market,
    Small,
    begins_in,
    choose,
    inline,
    kernel,
)


class Search(NamedTuple):
    """
    Room for a search.

    ``far``, ``came``, ``mark`` by kind of place: money to reach it, the patient who
    would come there, whether this search has seen (even) or settled (odd) it.
    ``done`` lists the settled ones.
    """

    far: Ints
    came: Small
    mark: Ints
    done: Small
    turn: Ints


@kernel
def make_search(size: int) -> Search:
    """Return the room for searches over so many kinds of place."""
    return Search(
        np.zeros(size, np.int64),
        np.zeros(size, np.int32),
        np.zeros(size, np.int64),
        np.zeros(size, np.int32),
        np.zeros(1, np.int64),
    )


@kernel
def come_in(m: Market, order: Ints) -> int:
    """
    Let patients who have no place come in, one after the other; return looks made.

    Those who are left out count as come in. The prices must leave everybody inside
    the best they could have.
    """
    search, heap = make_search(len(m.place)), make_heap(len(m.place))
    work = 0
    for p in order:
        best = choose(m, p)
        m.patient[p, WORTH] = best.net
        m.patient[p, PLACE] = NOBODY
        if best.net < m.patient[p, OUT]:
            work += _come(m, search, heap, p)
    return work


@kernel
def _come(m: Market, search: Search, heap: Heap, p: int) -> int:
    """Find the cheapest chain from one patient, make its moves, raise the prices."""
    search.turn[0] += 2
    turn = search.turn[0]
    heap.size[0] = 0
    end = m.patient[p, OUT] - m.patient[p, WORTH]
    leaver, target, settled, work = p, -1, 0, 0
    k, here, h, last = p, 0, 0, 0
    while True:
        found, end, looks = _widen(m, search, heap, k, here, end)
        work += looks
        if found >= 0:
            target, leaver = found, -1
        h += 1
        if h >= last:
            if not heap.size[0] or search.far[heap.node[0]] >= end:
                break
            r = pop(heap, search.far)
            here = search.far[r]
            search.mark[r] = turn + 1
            search.done[settled] = r
            settled += 1
            h, last = m.slot[r], m.slot[r] + m.used[r]
        k = m.holder[h]
        out = here + m.patient[k, OUT] - m.patient[k, WORTH]
        if out < end:
            end, leaver, target = out, k, -1
    for d in range(settled):
        r = search.done[d]
        _reprice(m, r, end - search.far[r])
    m.patient[p, WORTH] += end
    _move_along(m, search, p, leaver, target)
    return work


@kernel
def _widen(
    m: Market, search: Search, heap: Heap, k: int, here: int, end: int
) -> tuple[int, int, int]:
    """
    Look where a patient could go from here for less than ``end``.

    Returns
    -------
    tuple of int
        The nearest kind of place with room or -1; the new end; looks made.
    """
    turn, found, looks = search.turn[0], -1, 0
    # One number at a time: a row taken out as an array is counted each time.
    patient, place, mark, far = m.patient, m.place, search.mark, search.far
    base, ask = here - patient[k, WORTH], patient[k, ASK]
    first, limit, late = patient[k, FIRST], patient[k, LIMIT], patient[k, LATE]
    offered = patient[k, OFFERED]
    for e in range(m.start[ask], m.start[ask + 1]):
        s, pts = m.sub[e], m.pts[e]
        if base + pts >= end:
            break
        moved = m.moved if offered >= 0 and offered != s else 0
        for r in range(m.begin[s], m.begin[s + 1]):
            if mark[r] > turn or place[r, MANY] < 1:
                continue
            looks += 1
            ahead = base + place[r, PRICE]
            if ahead >= end:
                continue
            if m.network[s]:
                week = max(first, place[r, OPENS])
            else:
                week = begins_in(m, k, r)
                if week == NEVER:
                    continue
            money = ahead + min(m.most, pts + m.wait * (week - first)) + moved
            if week > limit:
                money += late
            is_new = mark[r] != turn
            if money >= end or (not is_new and money >= far[r]):
                continue
            far[r], search.came[r], mark[r] = money, k, turn
            if m.used[r] < place[r, MANY]:
                end, found = money, r
            else:
                raise_up(heap, far, r, is_new)
    return found, end, looks


@kernel
def _reprice(m: Market, r: int, more: int) -> None:
    """Change a price, and with it what the place is worth to its holders."""
    m.place[r, PRICE] += more
    for q in range(m.slot[r], m.slot[r] + m.used[r]):
        m.patient[m.holder[q], WORTH] += more


@kernel
def _move_along(m: Market, search: Search, p: int, leaver: int, target: int) -> None:
    """Make the moves of a chain that ends at ``target``, or with ``leaver`` out."""
    if target < 0 and leaver == p:
        return
    r = target
    if target < 0:
        r = m.patient[leaver, PLACE]
        where = _slot_of(m, leaver, r)
        m.patient[leaver, PLACE] = NOBODY
    else:
        where = m.slot[r] + m.used[r]
        m.used[r] += 1
    while True:
        k = search.came[r]
        before = m.patient[k, PLACE]
        left = _slot_of(m, k, before) if k != p else -1
        settle(m, k, r)
        m.holder[where] = k
        if k == p:
            break
        r, where = before, left


@inline
def _slot_of(m: Market, p: int, r: int) -> int:
    """Return the slot that a patient holds."""
    at = m.slot[r]
    while m.holder[at] != p:
        at += 1
    return int(at)


@kernel
def settle(m: Market, p: int, r: int) -> None:
    """Note where a patient is now; worth stays as the prices leave it."""
    week = begins_in(m, p, r)
    m.patient[p, PLACE], m.patient[p, BEGINS] = r, week
    m.patient[p, COST] = m.patient[p, WORTH] - m.place[r, PRICE]
