"""
In-house openings filled by price: whose series go into whose weeks.

Patients come in an order; each takes the option of least money and price that has
room in every week it needs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from caretime.matching._kernel.market import (
    ASK,
    FAR,
    FIRST,
    LIMIT,
    OFFERED,
    OUT,
    Ints,
    Market,
    columns_left,
    inline,
    kernel,
    needs,
    pair_money,
)


class House(NamedTuple):
    """
    The in-house part.

    Parameters
    ----------
    free
        ``(s, 2 * w)`` openings left by week, then intakes left by week.
    own, begins, cost
        ``(n,)`` in-house substitute or -1, first week, money of the pair.
    """

    free: Ints
    own: Ints
    begins: Ints
    cost: Ints


class Option(NamedTuple):
    """A way to be in-house: substitute or -1, first week, money, and with prices."""

    own: Any
    begins: Any
    cost: Any
    net: Any


@inline
def price_of(price: Ints, bits: int) -> int:
    """Return the sum of the prices of the columns in ``bits``."""
    total, w = 0, 0
    while bits:
        if bits & 1:
            total += price[w]
        bits >>= 1
        w += 1
    return total


@kernel
def best_inside(m: Market, room: Ints, price: Ints, p: int) -> Option:
    """
    Find the in-house option of least money and price that has room.

    ``room`` ``(s,)``: bits of the columns of each substitute that have something left.
    """
    best = Option(np.int64(-1), np.int64(0), np.int64(0), np.int64(FAR))
    for begins in range(m.patient[p, FIRST], m.weeks):
        bits = needs(m, p, begins)
        paid = price_of(price, bits)
        if begins > m.patient[p, LIMIT] and best.own >= 0:
            break
        for k in range(m.start[m.patient[p, ASK]], m.start[m.patient[p, ASK] + 1]):
            s = m.sub[k]
            if m.network[s] or bits & ~room[s]:
                continue
            money = pair_money(m, p, m.pts[k], s, begins)
            if money + paid < best.net:
                best = Option(np.int64(s), begins, money, money + paid)
    return best


@kernel
def put_in(m: Market, house: House, p: int, option: Option) -> None:
    """Put a patient's series into a substitute's weeks."""
    s = option.own
    house.own[p], house.begins[p], house.cost[p] = s, option.begins, option.cost
    bits = needs(m, p, option.begins)
    for w in range(house.free.shape[1]):
        house.free[s, w] -= bits >> w & 1


@kernel
def fill(m: Market, house: House, order: Ints, price: Ints, most: Ints) -> int:
    """
    Let patients come in, in order; return how many found room.

    ``most`` ``(n,)``: what each would pay at most, prices included.
    """
    count = 0
    room = np.empty(len(house.free), np.int64)
    for s in range(len(room)):
        room[s] = columns_left(house.free, s)
    for p in order:
        if house.own[p] >= 0:
            continue
        option = best_inside(m, room, price, p)
        if option.own >= 0 and option.net < most[p]:
            put_in(m, house, p, option)
            room[option.own] = columns_left(house.free, option.own)
            count += 1
    return count


@inline
def points_of_kind(m: Market, p: int, network: bool, s: int) -> int:
    """Return the points of a pair, or of the best one of its kind; -1 for none."""
    best = -1
    for k in range(m.start[m.patient[p, ASK]], m.start[m.patient[p, ASK] + 1]):
        if m.network[m.sub[k]] == network:
            if m.sub[k] == s:
                return int(m.pts[k])
            if best < 0:
                best = m.pts[k]
                if s < 0:
                    break
    return best


@kernel
def least_inside(m: Market, price: Ints, p: int) -> int:
    """Return the least money and price in-house, wherever there is an opening."""
    pts = points_of_kind(m, p, False, -1)
    if pts < 0:
        return FAR
    # Whoever was offered is dearer in points, perhaps, but moves nobody.
    kept, kept_pts = m.patient[p, OFFERED], -1
    if kept >= 0 and not m.network[kept]:
        kept_pts = points_of_kind(m, p, False, kept)
    least = FAR
    for begins in range(m.patient[p, FIRST], m.weeks):
        money = pair_money(m, p, pts, -2, begins)
        if kept_pts >= 0:
            money = min(money, pair_money(m, p, kept_pts, kept, begins))
        least = min(least, money + price_of(price, needs(m, p, begins)))
    return least


@kernel
def least_outside(m: Market, price: Ints, p: int) -> int:
    """Return the least money and price in the network, whoever has a place."""
    pts = points_of_kind(m, p, True, -1)
    least = FAR
    if pts < 0:
        return least
    kept, kept_pts = m.patient[p, OFFERED], -1
    if kept >= 0 and m.network[kept]:
        kept_pts = points_of_kind(m, p, True, kept)
    for opens in range(m.weeks):
        if price[opens] < FAR:
            begins = max(opens, m.patient[p, FIRST])
            money = pair_money(m, p, pts, -2, begins)
            if kept_pts >= 0:
                money = min(money, pair_money(m, p, kept_pts, kept, begins))
            least = min(least, money + price[opens])
    return least


@kernel
def least_by_week(m: Market, inside: Ints, outside: Ints) -> Ints:
    """
    Return the least money of each patient at prices of weeks.

    The fewest points stand first in every ask, so this is below what any pair costs
    that is permitted, whether it was looked at or not. ``outside`` is ``FAR`` in
    weeks in which no place opens.
    """
    least = np.empty(len(m.patient), np.int64)
    for p in range(len(least)):
        least[p] = min(
            m.patient[p, OUT],
            least_outside(m, outside, p),
            least_inside(m, inside, p),
        )
    return least
