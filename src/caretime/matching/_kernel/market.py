"""
The market of places: what it holds, one patient's choice, coming and going.

Money is summed weights of the levels, in whole numbers. A place takes one series.
That of a network therapist opens in a week and serves any start from then on; an
in-house place is a pattern of openings, and serves a series whose visits lie within
it.

What is known of one patient stands in one row, two cache lines long, because the
engine jumps from patient to patient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]
Function = TypeVar("Function", bound=Callable[..., Any])

NOBODY = -1
"""Left out."""
FAR = 1 << 62
NEVER = 127
"""A series cannot begin."""

# Columns of a patient.
WORTH = 0  # least money at the prices, which whoever has a place pays
FIRST = 1  # planned week of the next visit
LIMIT = 2  # last week within the limit
LATE = 3  # money of being late
PLACE = 4  # kind of place held, or NOBODY
WEEKS = 5  # bits of the weeks with a visit
OFFERED = 6  # substitute offered before, or -1
INTAKE = 7  # 1 where the next visit is a first visit
COST = 8  # money of the pair without prices
ASK = 9  # row of ``start``
OUT = 10  # money of being left out
BEGINS = 11  # week in which the series begins where it is
COLUMNS = 16

# Columns of a kind of place.
PATTERN = 0  # bits of its openings: returns by week, then intakes by week
MANY = 1  # how many places there are
PRICE = 2  # money of one
OPENS = 3  # first week


def kernel(function: Function) -> Function:
    """Compile a function once on each machine."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def inline(function: Function) -> Function:
    """Compile a small step into whatever calls it."""
    return cast(Function, njit(cache=True, nogil=True, inline="always")(function))


class Market(NamedTuple):
    """
    Everything about a match.

    Parameters
    ----------
    start, sub, pts
        Ranges by ask, and its pairs: substitute and points, ascending in points.
    network
        ``(s,)`` whether a place serves any start from its week on.
    begin
        ``(s + 1,)`` ranges of the kinds of place of each substitute.
    place
        ``(k, 4)``: pattern, how many, price, first week.
    owner, used, slot
        ``(k,)`` substitute and places taken; ``(k + 1,)`` where its holders begin.
    holder
        Patients in the slots of places.
    patient
        ``(n, COLUMNS)``.
    weeks, wait, most, moved
        Weeks of the plan; points a week of delay, greatest points, money of moving
        away from what was offered.
    """

    start: Ints
    sub: Small
    pts: Small
    network: Flags
    begin: Ints
    place: Ints
    owner: Small
    used: Ints
    slot: Ints
    holder: Small
    patient: Ints
    weeks: int
    wait: int
    most: int
    moved: int


class Adjacent(NamedTuple):
    """
    Who may be taken by whom.

    ``start`` gives each substitute's range of ``pair`` (row of ``sub``) and
    ``ask`` (its ask); ``begin`` each ask's range of ``patient``.
    """

    start: Ints
    pair: Small
    ask: Small
    begin: Ints
    patient: Small


class Choice(NamedTuple):
    """The best place of a patient at these prices, or being left out."""

    net: int
    place: int
    begins: int
    cost: int


@inline
def needs(m: Market, p: int, begins: int) -> int:
    """
    Return the openings that a series takes in-house when it begins in a week.

    A first visit takes an intake opening.
    """
    full = (1 << m.weeks) - 1
    bits = (m.patient[p, WEEKS] << (begins - m.patient[p, FIRST])) & full
    if m.patient[p, INTAKE]:
        bits = (bits & ~(1 << begins)) | (1 << (m.weeks + begins))
    return int(bits)


@inline
def columns_left(free: Ints, s: int) -> int:
    """Return the columns of a substitute in which something is left, as bits."""
    bits = 0
    for week in range(free.shape[1]):
        if free[s, week] > 0:
            bits |= 1 << week
    return bits


@inline
def begins_in(m: Market, p: int, k: int) -> int:
    """Return the first week in which a series could begin at a place, or NEVER."""
    first = m.patient[p, FIRST]
    if m.network[m.owner[k]]:
        return int(max(first, m.place[k, OPENS]))
    for week in range(first, m.weeks):
        if not needs(m, p, week) & ~m.place[k, PATTERN]:
            return int(week)
    return NEVER


@inline
def pair_money(m: Market, p: int, pts: int, s: int, begins: int) -> int:
    """Return the money of a pair when the series begins in a week."""
    money = min(m.most, pts + m.wait * (begins - m.patient[p, FIRST]))
    if begins > m.patient[p, LIMIT]:
        money += m.patient[p, LATE]
    if m.patient[p, OFFERED] >= 0 and m.patient[p, OFFERED] != s:
        money += m.moved
    return money


@kernel
def choose(m: Market, p: int) -> Choice:
    """Find what is best for a patient at these prices."""
    net, place, starts, cost = m.patient[p, OUT], NOBODY, 0, m.patient[p, OUT]
    for k in range(m.start[m.patient[p, ASK]], m.start[m.patient[p, ASK] + 1]):
        s, pts = m.sub[k], m.pts[k]
        if pts >= net:
            break
        for r in range(m.begin[s], m.begin[s + 1]):
            if m.place[r, PRICE] >= net or m.place[r, MANY] < 1:
                continue
            week = begins_in(m, p, r)
            if week == NEVER:
                continue
            money = pair_money(m, p, pts, s, week)
            if money + m.place[r, PRICE] < net:
                net = money + m.place[r, PRICE]
                place, starts, cost = r, week, money
    return Choice(net, place, starts, cost)


@kernel
def least_money(m: Market) -> Ints:
    """Return the least money of each patient at these prices."""
    least = np.empty(len(m.patient), np.int64)
    for p in range(len(m.patient)):
        least[p] = choose(m, p).net
    return least
