"""The appointment book, compiled: events to come, visits found and booked."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.model.log import BINS, EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    CHUNK,
    INTAKE,
    VT_GROUP,
    VT_INTAKE,
    VT_RETURN,
)
from caretime.simulation._kernel.draws import draw, inline, kernel, pick, record
from caretime.simulation._kernel.openings import (
    FARTHEST,
    clear_opening,
    is_eligible,
    lowest,
    next_open,
)

EV_CANCEL, EV_VISIT, EV_URGENT, EV_GROUP, EV_REQUEST, EV_RETRY = 0, 1, 2, 3, 4, 5
# Positions in ``at``: free rows and pieces and where unused ones begin, the row of
# nobody; how many were never seen yet, were seen, and have no booking.
FREE_ROW, ROWS, FREE_CHUNK, CHUNKS, NO_ROW = 1, 2, 3, 4, 5
NEW, TREATED, WAITING = 6, 7, 8
NOBODY, ANYBODY = -1, -2  # in ``concerns``, where it is not one seat
INTAKE_CLOCK, FIRST_CLOCK, FOLLOW_CLOCK, URGENT_CLOCK, NOTED = 0, 1, 2, 3, 8
RETRY_TICK = 8
K_OFFER, K_TRANSFERRED = int(EventKind.OFFER), int(EventKind.TRANSFERRED)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@inline("i")
def class_of(kind: int) -> int:
    """Order inside a tick: cancellations 0, visits 1, requests 2."""
    if kind == EV_CANCEL:
        return 0
    return 1 if kind <= EV_GROUP else 2


@kernel("w")
def new_chunk(w: Any) -> int:
    """Take a free piece for a bucket; return its first slot."""
    slot = w.at[FREE_CHUNK]
    if slot >= 0:
        w.at[FREE_CHUNK] = w.slots[slot]
        return slot
    slot = w.at[CHUNKS]
    w.at[CHUNKS] = slot + CHUNK
    for place in range(CHUNK):  # whoever looks ahead finds nobody, not chaos
        w.slots[slot + place] = w.at[NO_ROW]
    return slot


@inline("wi")
def drop_chunk(w: Any, slot: int) -> None:
    """Give back the piece a slot stands in."""
    first = slot & ~(CHUNK - 1)
    w.slots[first] = w.at[FREE_CHUNK]
    w.at[FREE_CHUNK] = first


@inline("wiiii")
def push(w: Any, m: int, kind: int, day: int, tick: int) -> None:
    """
    Put a member's next event at the end of its bucket.

    A bucket is a chain of pieces of one cache line each, so that booking touches
    no other member's row, and whoever empties it sees whose rows to fetch next.
    """
    cls = class_of(kind)
    row = w.members[m]
    row.ev_day = day
    row.ev_tick = tick
    row.ev_kind = kind
    if kind == EV_RETRY:
        w.at[WAITING] += 1
    slot = np.int64(w.tails[cls, day, tick])
    if slot < 0:
        slot = new_chunk(w)
        w.heads[cls, day, tick] = slot
    elif slot & (CHUNK - 1) == CHUNK - 1:
        more = new_chunk(w)
        w.slots[slot] = more
        slot = more
    w.slots[slot] = m
    row.slot = slot
    w.tails[cls, day, tick] = slot + 1


@inline("wi")
def unpush(w: Any, m: int) -> None:
    """Take a member's event out of its bucket; the slot stays empty."""
    row = w.members[m]
    if row.ev_day >= 0:
        w.slots[row.slot] = w.at[NO_ROW]
        row.ev_day = -1
        if row.ev_kind == EV_RETRY:
            w.at[WAITING] -= 1


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
        bits = w.avail[INTAKE, day, k] & w.eligible[stratum, k] & w.accept[k]
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
    kept = 0 if row.tier == 1 else par.priority_openings
    # No search begins earlier from now on.
    w.hint[s] = max(w.hint[s], today + 1)
    w.at[FARTHEST] = max(w.at[FARTHEST], today + 1)
    last = min(today + par.horizon, par.days)
    for day in range(max(first, w.hint[s]), last):
        some = ready = _ZERO
        if w.free_intakes[day] > 0:
            for k in range(w.accept.shape[0]):
                here = w.avail[INTAKE, day, k] & w.eligible[s, k]
                some |= here
                ready |= here & w.accept[k]
        if ready != _ZERO and (w.free_intakes[day] > kept or day - today <= 1):
            return day, first_from(w, day, s, start)
        if some == _ZERO and w.hint[s] == day:
            w.hint[s] = day + 1
            w.at[FARTHEST] = max(w.at[FARTHEST], day + 1)
    return -1, -1


@inline("wii")
def assign(w: Any, m: int, seat: int) -> None:
    """Make a seat, or nobody (-1), the therapist of record."""
    row = w.members[m]
    if row.clin >= 0:
        w.seats[row.clin].caseload -= 1
        update_accept(w, row.clin)
    row.clin = seat
    w.concerns[m] = seat if seat >= 0 else ANYBODY
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


@inline("wiiiiii")
def offer(w: Any, m: int, day: int, tick: int, seat: int, wait: int, flag: int) -> None:
    """Record a first offer, by license where a clinician was offered."""
    row = w.members[m]
    c = w.seats[seat].clinician if seat >= 0 else -1
    record(w, day, tick, K_OFFER, row.mid, c, row.stratum, row.vtype, wait, flag)
    if seat >= 0:
        w.by_license[
            flag & 7, w.seats[seat].license, flag >> 3, min(wait, BINS - 1)
        ] += 1


@inline("wiii")
def find_return(w: Any, seat: int, first: int, last: int) -> int:
    """Find the first day with a return opening of a seat, or -1."""
    par = w.par[0]
    return next_open(w, par.return_plane, seat, first, min(last, par.days))


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
    if seat != row.clin:
        w.concerns[m] = ANYBODY
    schedule(w, m, today)


@inline("wiii")
def offer_return(w: Any, m: int, today: int, tick: int) -> None:
    """Record the first offer of a return; its wait runs from the last visit."""
    par = w.par[0]
    row = w.members[m]
    if row.offered == 1:
        return
    row.offered = 1
    clock = FIRST_CLOCK if row.visits == 1 else FOLLOW_CLOCK
    if (
        row.visits != 1
        and row.interval > par.limit_days
        and row.group < 0
        and draw(row.key, st.EXCEPTION, 0) < par.exception
    ):
        clock += NOTED
    wait = w.business[row.reg_day] - w.business[row.asked]
    offer(w, m, today, tick, row.seat, wait, clock)


@inline("wiiii")
def book_return(w: Any, m: int, first: int, today: int, tick: int) -> bool:
    """Book the next return with the own therapist on or after a day, if any."""
    row = w.members[m]
    day = find_return(w, row.clin, max(first, today + 1), today + w.par[0].horizon)
    if day < 0:
        return False
    take_return(w, m, row.clin, day, today)
    offer_return(w, m, today, tick)
    return True


@kernel("wiii")
def rehome(w: Any, m: int, today: int, tick: int) -> bool:
    """Give a member without a therapist the first accepting, eligible seat."""
    row = w.members[m]
    seats = w.par[0].seats
    start = pick(draw(row.key, st.START, row.bookings), seats)
    for step in range(seats):
        seat = start + step
        if seat >= seats:
            seat -= seats
        open_ = (w.accept[seat >> 6] >> np.uint64(seat & 63)) & _ONE
        if open_ != _ZERO and is_eligible(w, row.stratum, seat):
            assign(w, m, seat)
            record(
                w, today, tick, K_TRANSFERRED, row.mid, w.seats[seat].clinician,
                row.stratum, -1, 0, 0,
            )  # fmt: skip
            return True
    return False


@kernel("wii")
def wait_for_retry(w: Any, m: int, today: int) -> None:
    """Let the member try again in a week."""
    w.members[m].reg_day = -1
    w.members[m].urg_day = -1
    push(w, m, EV_RETRY, today + 5, RETRY_TICK)


@inline("wi")
def is_holiday(w: Any, day: int) -> bool:
    """Say whether a working day is a holiday."""
    before = w.business[day - 1] if day > 0 else 0
    return w.business[day] == before


@kernel("wii")
def session_after(w: Any, g: int, today: int) -> int:
    """Return the next day on which a group meets; holidays are skipped."""
    day = today + 1 + (w.groups[g].weekday - today - 1) % 5
    while is_holiday(w, day) and day + 5 < w.par[0].days:
        day += 5
    return day


@kernel("wiii")
def next_session(w: Any, m: int, today: int, tick: int) -> None:
    """Keep a group member's seat for the next session."""
    row = w.members[m]
    day = session_after(w, row.group, today)
    row.vtype = VT_GROUP
    row.booked_on = today
    row.bookings += 1
    row.reg_day, row.reg_tick = day, w.groups[row.group].tick
    row.seat = w.groups[row.group].leader
    offer_return(w, m, today, tick)
    push(w, m, EV_GROUP, day, row.reg_tick)


@kernel("w")
def new_row(w: Any) -> int:
    """Take a free member row."""
    m = w.at[FREE_ROW]
    if m >= 0:
        w.at[FREE_ROW] = w.members[m].slot
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
    w.concerns[m] = NOBODY
    w.at[TREATED if row.visits > 0 else NEW] -= 1
    row.alive = 0
    row.ev_day = -1
    row.slot = w.at[FREE_ROW]
    w.at[FREE_ROW] = m
