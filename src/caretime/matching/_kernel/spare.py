"""
Places nobody took, and places held by people of lower tiers, for those without.

Patients come in an order, the highest tier first: left out, or placed later than
their limit. Each takes the pair of least money that has room, or puts out one patient
of a lower tier; whoever is late moves only to where it is in time. Every step is
better in the strict order of levels.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from caretime.matching._kernel.market import (
    ASK,
    FAR,
    FIRST,
    LATE,
    LIMIT,
    OUT,
    Flags,
    Ints,
    Market,
    columns_left,
    inline,
    kernel,
    needs,
    pair_money,
)


class Seats(NamedTuple):
    """
    Who is where, and what is left.

    Parameters
    ----------
    own, begins, opens, cost
        ``(n,)`` substitute or -1, first week, week in which a network place opens,
        money of the pair or of being left out.
    free
        ``(s, 2 * w)`` openings left by week, then intakes left by week; of the
        network, places by the week in which they open.
    """

    own: Ints
    begins: Ints
    opens: Ints
    cost: Ints
    free: Ints


class Seat(NamedTuple):
    """A way to be placed: substitute or -1, first week, opening week, money."""

    own: Any
    begins: Any
    opens: Any
    cost: Any


@kernel
def all_left(seats: Seats) -> Ints:
    """Return the columns in which something is left, by substitute."""
    left = np.zeros(len(seats.free), np.int64)
    for s in range(len(left)):
        left[s] = columns_left(seats.free, s)
    return left


@inline
def add(m: Market, seats: Seats, left: Ints, p: Any, many: int) -> None:
    """Give back the openings of a patient, or take them with ``many`` -1."""
    s = seats.own[p]
    if m.network[s]:
        seats.free[s, seats.opens[p]] += many
    else:
        bits, week = needs(m, p, seats.begins[p]), 0
        while bits >> week:
            if bits >> week & 1:
                seats.free[s, week] += many
            week += 1
    left[s] = columns_left(seats.free, s)


@inline
def take(m: Market, seats: Seats, left: Ints, p: int, seat: Any) -> None:
    """Place a patient."""
    seats.own[p] = seat.own
    seats.begins[p] = seat.begins
    seats.opens[p] = seat.opens
    seats.cost[p] = seat.cost
    add(m, seats, left, p, -1)


@inline
def ends(m: Market, seats: Seats, p: int) -> int:
    """Return the week before which a series must begin for a move to be worth it."""
    if seats.own[p] < 0:
        return m.weeks
    return int(min(m.weeks, m.patient[p, LIMIT] + 1))


@inline
def stake(m: Market, seats: Seats, p: int) -> int:
    """Return what it costs that a patient is left out, or late."""
    if seats.own[p] < 0:
        return int(m.patient[p, OUT])
    return int(m.patient[p, LATE])


@inline
def settled(m: Market, seats: Seats, p: int) -> bool:
    """Say whether a patient is placed in time."""
    return bool(seats.own[p] >= 0 and seats.begins[p] <= m.patient[p, LIMIT])


@inline
def opening_for(left: int, first: int, weeks: int) -> int:
    """Return the week of the network place to take, -1 for none."""
    # The place that opened last: those before it serve who begins sooner.
    opens = -1
    for week in range(weeks):
        if left >> week & 1 and (week <= first or opens < 0):
            opens = week
    return opens


@kernel
def with_room(m: Market, seats: Seats, p: int) -> Flags:
    """Say which substitutes have room for a patient, or would without a lower tier."""
    left = all_left(seats)
    out, first, end = stake(m, seats, p), m.patient[p, FIRST], ends(m, seats, p)
    room = m.network & (left & ((1 << end) - 1) > 0)
    for begins in range(first, end):
        bits = needs(m, p, begins)
        for s in range(len(room)):
            if not m.network[s] and not bits & ~left[s]:
                room[s] = True
    for q in range(len(m.patient)):
        s = seats.own[q]
        if s < 0 or room[s] or m.patient[q, OUT] >= out:
            continue
        freed = left[s] | needs(m, q, seats.begins[q])
        room[s] = m.network[s] and seats.opens[q] < end
        for begins in range(first, end):
            room[s] = room[s] or not needs(m, p, begins) & ~freed
    return room


@kernel
def hand_out(m: Market, seats: Seats, order: Ints) -> int:
    """Give places nobody took to those without, in order; return how many."""
    left = all_left(seats)
    bits = np.zeros(m.weeks, np.int64)
    placed = 0
    for p in order:
        if settled(m, seats, p):
            continue
        first, ask, end = m.patient[p, FIRST], m.patient[p, ASK], ends(m, seats, p)
        for begins in range(first, end):
            bits[begins] = needs(m, p, begins)
        best = Seat(-1, 0, 0, seats.cost[p])
        for k in range(m.start[ask], m.start[ask + 1]):
            s = np.int64(m.sub[k])
            if not left[s]:
                continue
            if m.pts[k] >= best.cost:
                break
            start: Any = np.int64(m.weeks)
            opens: Any = np.int64(0)
            if m.network[s]:
                opens = opening_for(left[s], first, m.weeks)
                start = max(first, opens) if opens >= 0 else start
            else:
                start = first
                while start < end and bits[start] & ~left[s]:
                    start += 1
                opens = start
            if start < end:
                money = pair_money(m, p, m.pts[k], int(s), start)
                if money < best.cost:
                    best = Seat(s, start, opens, money)
        if best.own >= 0:
            if seats.own[p] >= 0:
                add(m, seats, left, p, 1)
            take(m, seats, left, p, best)
            placed += 1
    return placed


@kernel
def put_out(m: Market, seats: Seats, order: Ints) -> int:
    """
    Let those without take the place of one patient of a lower tier.

    Of the lowest tier where that can be, at the substitute of the fewest points.
    Whoever is put out is left out. Returns how many changed places.
    """
    count = len(m.patient)
    left = all_left(seats)
    # Chains of entries, not of patients: who moves has an entry in each chain.
    head = np.full(len(m.network), -1, np.int64)
    after = np.full(count + len(order), -1, np.int64)
    entry = np.empty(count + len(order), np.int64)
    entries = 0
    held = np.zeros(count, np.int64)
    least = np.full(len(m.network), FAR)
    most = np.zeros(len(m.network), np.int64)
    for p in range(count):
        s = seats.own[p]
        if s >= 0:
            entry[entries], after[entries], head[s] = p, head[s], entries
            entries += 1
            held[p] = needs(m, p, seats.begins[p])
            most[s] |= held[p]
            least[s] = min(least[s], m.patient[p, OUT])
    missing = np.zeros(m.weeks, np.int64)
    bits = np.zeros(m.weeks, np.int64)
    changed = 0
    for p in order:
        if settled(m, seats, p):
            continue
        first, ask, end = m.patient[p, FIRST], m.patient[p, ASK], ends(m, seats, p)
        for begins in range(first, end):
            bits[begins] = needs(m, p, begins)
        loss, whom = np.int64(stake(m, seats, p)), np.int64(-1)
        best = Seat(-1, 0, 0, FAR)
        for k in range(m.start[ask], m.start[ask + 1]):
            s = np.int64(m.sub[k])
            if least[s] >= loss:
                continue
            fits = m.network[s]
            for begins in range(first, end):
                missing[begins] = bits[begins] & ~left[s]
                fits = fits or not missing[begins] & ~most[s]
            # All of them together would not make room: nor does one.
            place = head[s] if fits else np.int64(-1)
            while place >= 0:
                q = entry[place]
                if m.patient[q, OUT] < loss and seats.own[q] == s:
                    start: Any = np.int64(first)
                    if m.network[s]:
                        start = max(first, seats.opens[q])
                    else:
                        while start < end and missing[start] & ~held[q]:
                            start += 1
                    if start < end:
                        opens = seats.opens[q] if m.network[s] else start
                        money = pair_money(m, p, m.pts[k], int(s), start)
                        loss, whom = m.patient[q, OUT], q
                        best = Seat(s, start, opens, money)
                place = after[place]
        if whom >= 0:
            add(m, seats, left, whom, 1)
            seats.own[whom] = -1
            seats.cost[whom] = m.patient[whom, OUT]
            if seats.own[p] >= 0:
                add(m, seats, left, p, 1)
            take(m, seats, left, p, best)
            held[p] = needs(m, p, best.begins)
            s = best.own
            entry[entries], after[entries], head[s] = p, head[s], entries
            entries += 1
            most[s] |= held[p]
            changed += 1
    return changed
