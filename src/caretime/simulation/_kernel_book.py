"""The appointment book, compiled: buckets of events, masks of openings."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    INTAKE,
    PRESENT,
    URGENT,
    VT_INTAKE,
    VT_RETURN,
)
from caretime.simulation._kernel_draws import draw, inline, kernel, pick

EV_CANCEL, EV_VISIT, EV_URGENT, EV_GROUP, EV_REQUEST, EV_RETRY = 0, 1, 2, 3, 4, 5
FREE_ROW, ROWS = 1, 2  # positions in ``at``: free list, rows in use
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_DEBRUIJN = np.uint64(0x03F7_9D71_B4CB_0A89)
_SHIFT = np.uint64(58)
_table = np.zeros(64, np.int64)
for _bit in range(64):
    _table[((1 << _bit) * 0x03F7_9D71_B4CB_0A89 & (2**64 - 1)) >> 58] = _bit
_TABLE: Any = _table


@inline("u")
def lowest(mask: Any) -> int:
    """Return the position of the lowest set bit; the mask is not zero."""
    return _TABLE[((mask & (~mask + _ONE)) * _DEBRUIJN) >> _SHIFT]


@inline("u")
def count(mask: Any) -> Any:
    """Count the set bits."""
    m = mask - ((mask >> _ONE) & np.uint64(0x5555_5555_5555_5555))
    m = (m & np.uint64(0x3333_3333_3333_3333)) + (
        (m >> np.uint64(2)) & np.uint64(0x3333_3333_3333_3333)
    )
    m = (m + (m >> np.uint64(4))) & np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    return np.int64((m * np.uint64(0x0101_0101_0101_0101)) >> np.uint64(56))


@inline("i")
def class_of(kind: int) -> int:
    """Order inside a tick: cancellations 0, visits 1, requests 2."""
    if kind == EV_CANCEL:
        return 0
    return 1 if kind <= EV_GROUP else 2


@inline("wiiii")
def push(w: Any, m: int, kind: int, day: int, tick: int) -> None:
    """Put a member's next event at the end of its bucket."""
    cls = class_of(kind)
    row = w.members[m]
    row.ev_day = day
    row.ev_tick = tick
    row.ev_kind = kind
    row.next = -1
    last = w.tails[cls, day, tick]
    row.prev = last
    if last < 0:
        w.heads[cls, day, tick] = m
    else:
        w.members[last].next = m
    w.tails[cls, day, tick] = m


@inline("wi")
def unpush(w: Any, m: int) -> None:
    """Take a member's event out of its bucket."""
    row = w.members[m]
    if row.ev_day < 0:
        return
    cls = class_of(row.ev_kind)
    if row.prev < 0:
        w.heads[cls, row.ev_day, row.ev_tick] = row.next
    else:
        w.members[row.prev].next = row.next
    if row.next < 0:
        w.tails[cls, row.ev_day, row.ev_tick] = row.prev
    else:
        w.members[row.next].prev = row.prev
    row.ev_day = -1


@inline("wiiii")
def clear_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Take an opening; the intake plane keeps its bit sets in step."""
    left = w.free[plane, seat, day] & ~(_ONE << np.uint64(tick))
    w.free[plane, seat, day] = left
    if plane == INTAKE:
        w.free_intakes[day] -= 1
        if left == _ZERO:
            w.avail[day, seat >> 6] &= ~(_ONE << np.uint64(seat & 63))


@kernel("wiiii")
def set_opening(w: Any, plane: int, seat: int, day: int, tick: int) -> None:
    """Give an opening back."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = before | (_ONE << np.uint64(tick))
    if plane == INTAKE:
        w.free_intakes[day] += 1
        if before == _ZERO:
            w.avail[day, seat >> 6] |= _ONE << np.uint64(seat & 63)
        for s in range(w.hint.shape[0]):
            if w.hint[s] > day:
                w.hint[s] = day


@kernel("wiiiu")
def set_day(w: Any, plane: int, seat: int, day: int, mask: Any) -> None:
    """Replace all openings of a kind on a seat's day."""
    before = w.free[plane, seat, day]
    w.free[plane, seat, day] = mask
    if plane == INTAKE:
        w.free_intakes[day] += count(mask) - count(before)
        bit = _ONE << np.uint64(seat & 63)
        if mask == _ZERO:
            w.avail[day, seat >> 6] &= ~bit
        else:
            w.avail[day, seat >> 6] |= bit
            for s in range(w.hint.shape[0]):
                if w.hint[s] > day:
                    w.hint[s] = day


@kernel("wiiiii")
def give_back(w: Any, seat: int, day: int, tick: int, vtype: int, today: int) -> None:
    """Return a booked opening to the plane it came from, if it still can be used."""
    par = w.par[0]
    row = w.seats[seat]
    if day <= today or row.filled == 0 or w.works[seat, day] == 0:
        return
    if vtype == VT_INTAKE and day - today > par.intake_release:
        set_opening(w, INTAKE, seat, day, tick)
    else:
        set_opening(w, par.return_plane, seat, day, tick)


@inline("wi")
def update_accept(w: Any, seat: int) -> None:
    """Say whether the seat takes new patients: filled, below the cap, not away."""
    row = w.seats[seat]
    bit = _ONE << np.uint64(seat & 63)
    if row.filled == 1 and row.caseload < row.cap and row.away == 0:
        w.accept[seat >> 6] |= bit
    else:
        w.accept[seat >> 6] &= ~bit


@inline("wii")
def schedule(w: Any, m: int, today: int) -> None:
    """Draw whether the booked visit will be cancelled late and wait for it."""
    par = w.par[0]
    row = w.members[m]
    n = row.bookings
    row.bookings = n + 1
    row.booked_on = today
    before = row.reg_day - 1
    if before > today and draw(row.key, st.CANCELS, n) < par.late_cancel:
        push(w, m, EV_CANCEL, before, row.reg_tick)
    else:
        push(w, m, EV_VISIT, row.reg_day, row.reg_tick)


@kernel("wiii")
def first_from(w: Any, day: int, stratum: int, start: int) -> int:
    """Find the first accepting, eligible seat with an intake opening, cyclically."""
    words = w.accept.shape[0]
    first, bit = start >> 6, np.uint64(start & 63)
    for step in range(words + 1):
        k = first + step
        if k >= words:
            k -= words
        bits = w.avail[day, k] & w.eligible[stratum, k] & w.accept[k]
        if step == 0:
            bits &= _ALL << bit
        elif step == words:
            bits &= ~(_ALL << bit)
        if bits != _ZERO:
            return k * 64 + lowest(bits)
    return -1


@kernel("wiii")
def find_intake(w: Any, m: int, first: int, today: int) -> tuple[int, int]:
    """
    Find day and seat of the first intake opening for a member, or (-1, -1).

    Openings kept for high priority are passed over until one day before.
    """
    par = w.par[0]
    row = w.members[m]
    s = row.stratum
    start = pick(draw(row.key, st.START, row.bookings), par.seats)
    words = w.accept.shape[0]
    day = max(first, w.hint[s])
    last = min(today + par.horizon, par.days)
    while day < last:
        if w.free_intakes[day] > 0:
            some = _ZERO
            for k in range(words):
                some |= w.avail[day, k] & w.eligible[s, k]
            if some != _ZERO:
                if (
                    row.tier == 1
                    or day - today <= 1
                    or w.free_intakes[day] > par.priority_openings
                ):
                    seat = first_from(w, day, s, start)
                    if seat >= 0:
                        return day, seat
            elif w.hint[s] == day:
                w.hint[s] = day + 1
        elif w.hint[s] == day:
            w.hint[s] = day + 1
        day += 1
    return -1, -1


@inline("wii")
def assign(w: Any, m: int, seat: int) -> None:
    """Make a seat, or nobody (-1), the therapist of record."""
    row = w.members[m]
    if row.clin >= 0:
        w.seats[row.clin].caseload -= 1
        update_accept(w, row.clin)
    row.clin = seat
    if seat >= 0:
        w.seats[seat].caseload += 1
        update_accept(w, seat)


@kernel("wiiii")
def take_intake(w: Any, m: int, day: int, seat: int, today: int) -> None:
    """Book an intake: the seat becomes the therapist of record at once."""
    row = w.members[m]
    tick = lowest(w.free[INTAKE, seat, day])
    clear_opening(w, INTAKE, seat, day, tick)
    row.vtype = VT_INTAKE
    row.reg_day, row.reg_tick, row.seat = day, tick, seat
    assign(w, m, seat)
    schedule(w, m, today)


@inline("wiii")
def find_return(w: Any, seat: int, first: int, last: int) -> int:
    """Find the first day with a return opening of a seat, or -1."""
    plane = w.par[0].return_plane
    for day in range(first, min(last, w.par[0].days)):
        if w.free[plane, seat, day] != _ZERO:
            return day
    return -1


@inline("wiiii")
def take_return(w: Any, m: int, seat: int, day: int, today: int) -> None:
    """Book a return, at the same hour as the last visit where that is free."""
    row = w.members[m]
    plane = w.par[0].return_plane
    mask = w.free[plane, seat, day]
    tick = np.int64(row.reg_tick)
    if (mask >> np.uint64(tick)) & _ONE == _ZERO:
        tick = lowest(mask)
    clear_opening(w, plane, seat, day, tick)
    row.vtype = VT_RETURN
    row.reg_day, row.reg_tick, row.seat = day, tick, seat
    schedule(w, m, today)


@inline("wiii")
def book_return(w: Any, m: int, first: int, today: int) -> bool:
    """Book the next return with the own therapist on or after a day, if any."""
    row = w.members[m]
    day = find_return(w, row.clin, max(first, today + 1), today + w.par[0].horizon)
    if day < 0:
        return False
    take_return(w, m, row.clin, day, today)
    return True


@kernel("wiii")
def is_here(w: Any, seat: int, day: int, today: int) -> bool:
    """Say whether the desk expects the seat on a day: not out, not sick today."""
    if w.seats[seat].away == 1:
        return False
    return day > today or w.away[seat, today] == PRESENT


@kernel("wii")
def is_eligible(w: Any, stratum: int, seat: int) -> bool:
    """Say whether the seat may treat the stratum."""
    word = w.eligible[stratum, seat >> 6]
    return (word >> np.uint64(seat & 63)) & _ONE != _ZERO


@kernel("wiii")
def find_urgent(w: Any, m: int, today: int, tick: int) -> tuple[int, int, int, int]:
    """
    Find (day, tick, seat, plane) of an urgent visit within four days.

    Day by day: the own therapist's urgent openings, the own therapist's return
    openings, then urgent openings of others, cyclically from a drawn start.
    """
    par = w.par[0]
    row = w.members[m]
    start = pick(draw(row.key, st.START, row.bookings), par.seats)
    later = _ALL << np.uint64(tick + 1) if tick < 63 else _ZERO
    for day in range(today, min(today + 5, par.days)):
        allowed = later if day == today else _ALL
        for plane in (URGENT, par.return_plane):
            bits = w.free[plane, row.clin, day] & allowed
            if bits != _ZERO and is_here(w, row.clin, day, today):
                return day, lowest(bits), row.clin, plane
        for step in range(par.seats):
            seat = start + step
            if seat >= par.seats:
                seat -= par.seats
            bits = w.free[URGENT, seat, day] & allowed
            if (
                bits != _ZERO
                and is_eligible(w, row.stratum, seat)
                and is_here(w, seat, day, today)
            ):
                return day, lowest(bits), seat, URGENT
    return -1, -1, -1, -1


@kernel("w")
def new_row(w: Any) -> int:
    """Take a free member row."""
    m = w.at[FREE_ROW]
    if m >= 0:
        w.at[FREE_ROW] = w.members[m].next
        return m
    m = w.at[ROWS]
    w.at[ROWS] = m + 1
    return m


@inline("wi")
def leave_care(w: Any, m: int) -> None:
    """End a member's stay: caseload, group seat and row are free again."""
    row = w.members[m]
    assign(w, m, -1)
    if row.group >= 0:
        w.group_free[row.group] += 1
        row.group = -1
    row.alive = 0
    row.ev_day = -1
    row.next = w.at[FREE_ROW]
    w.at[FREE_ROW] = m


@kernel("wi")
def release(w: Any, today: int) -> None:
    """Turn reserved openings nobody took into return openings, some days before."""
    par = w.par[0]
    for plane, lead in ((URGENT, par.urgent_release), (INTAKE, par.intake_release)):
        day = today + lead
        if lead < 0 or day >= par.days or plane == par.return_plane:
            continue
        for seat in range(par.seats):
            mask = w.free[plane, seat, day]
            if mask != _ZERO:
                set_day(w, plane, seat, day, _ZERO)
                goal = par.return_plane
                set_day(w, goal, seat, day, w.free[goal, seat, day] | mask)
