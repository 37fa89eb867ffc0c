"""
The compiled engine: one pool, one replication, event by event.

Order is part of the model. Days follow each other; a Monday begins with the
review of every seat; then reserved openings are released and absences noted;
within a day quarter hours follow each other, and within a quarter hour
cancellations come first, then visits, then requests (urgent returns, people who
try again, then referrals), each in the order in which they were booked.
``_plain.engine`` says the same in readable Python; both write the same log.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from caretime.model.log import BINS, CLOCKS, COUNTERS, EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    CHUNK,
    INTAKE,
    MEMBER,
    SEAT,
    TICKS,
    VT_INTAKE,
    VT_RETURN,
    Draws,
    Outcome,
    Pool,
)
from caretime.simulation._kernel.book import (
    EV_REQUEST,
    EV_RETRY,
    EV_URGENT,
    NEW,
    NO_ROW,
    NOBODY,
    RETRY_TICK,
    TREATED,
    WAITING,
    assign,
    drop_chunk,
    find_return,
    next_session,
    push,
    schedule,
    update_accept,
)
from caretime.simulation._kernel.draws import (
    COLUMNS,
    draw,
    inline,
    kernel,
    make,
    pick,
    record,
)
from caretime.simulation._kernel.openings import (
    clear_opening,
    lowest,
    next_open,
    release,
)
from caretime.simulation._kernel.requests import ask_urgent, refer, retry
from caretime.simulation._kernel.staff import (
    evening,
    friday,
    monday,
    morning,
    open_days,
)
from caretime.simulation._kernel.visits import cancel, urgent_visit, visit
from caretime.simulation._kernel.world import address_table, as_world, prefetch

FAR, NEAR = 5, 2  # how many patients ahead rows and days are fetched
K_MOVED = int(EventKind.MOVED)
_ONE, _ZERO = np.uint64(1), np.uint64(0)


@kernel("wi")
def enter(w: Any, m: int) -> None:
    """Enter one patient; a booking without an opening in the new week is moved."""
    par = w.par[0]
    one = w.start[m]
    row = w.members[m]
    row.stratum, row.visits, row.interval = one.stratum, one.visits, one.interval
    row.group, row.tier, row.vtype = one.group, one.tier, one.vtype
    row.clin = row.seat = row.urg_seat = -1
    row.slot = row.ev_day = row.reg_day = row.urg_day = -1
    row.alive = row.offered = 1
    w.at[TREATED if one.visits > 0 else NEW] += 1
    assign(w, m, one.clin)
    if one.group >= 0:
        next_session(w, m, -1, 0)
        return
    # A booking beyond the calendar stands at its end.
    seat, day = np.int64(one.clin), min(np.int64(one.day), par.days - 1)
    tick = np.int64(one.tick)
    row.reg_tick = max(tick, 0)
    if day >= 0:
        plane = INTAKE if one.vtype == VT_INTAKE else par.return_plane
        if (w.free[plane, seat, day] >> np.uint64(tick)) & _ONE == _ZERO:
            moved = next_open(w, plane, seat, day, par.days)
            if moved < 0:
                moved = find_return(w, seat, day, par.days)
                plane = par.return_plane
            if moved != day:
                c = w.seats[seat].clinician
                record(w, 0, 0, K_MOVED, row.mid, c, row.stratum, row.vtype, moved, 0)
            day = moved
        if day >= 0:
            mask = w.free[plane, seat, day]
            if (mask >> np.uint64(tick)) & _ONE == _ZERO:
                tick = lowest(mask)
            clear_opening(w, plane, seat, day, tick)
            row.reg_day, row.reg_tick, row.seat = day, tick, seat
            schedule(w, m, -1)
            return
    row.vtype = VT_INTAKE if row.visits == 0 else VT_RETURN
    push(w, m, EV_RETRY, pick(draw(row.key, st.START, 0), 5), RETRY_TICK)


@kernel("w")
def open_book(w: Any) -> None:
    """Lay out the calendar, then enter everyone in treatment and their bookings."""
    par = w.par[0]
    for seat in range(par.seats):
        if w.seats[seat].filled == 1:
            open_days(w, seat, 0)
            update_accept(w, seat)
    for m in range(w.start.shape[0]):
        enter(w, m)


@inline("wi")
def fetch_row(w: Any, slot: int) -> None:
    """Fetch the row of whoever will be seen in a moment."""
    prefetch(w.members, w.slots[slot])


@inline("wii")
def fetch_week(w: Any, slot: int, today: int) -> None:
    """Fetch the therapist, and the days that will be searched for the next visit."""
    row = w.members[w.slots[slot]]
    plane, due = w.par[0].return_plane, today + row.interval - 1
    prefetch(w.seats, row.clin)
    prefetch(w.ahead, (plane, row.clin, due >> 6))
    prefetch(w.free, (plane, row.clin, due))


@inline("wiii")
def dispatch(w: Any, cls: int, today: int, tick: int) -> None:
    """Empty one bucket, first in, first out."""
    slot = np.int64(w.heads[cls, today, tick])
    while slot != w.tails[cls, today, tick]:
        place = slot & (CHUNK - 1)
        if place == CHUNK - 1:
            following = np.int64(w.slots[slot])
            drop_chunk(w, slot)
            slot, place = following, np.int64(0)
        if place == 0:
            for ahead in range(FAR):
                fetch_row(w, slot + ahead)
        if place + FAR < CHUNK - 1:
            fetch_row(w, slot + FAR)
        if place + NEAR < CHUNK - 1:
            fetch_week(w, slot + NEAR, today)
        m = np.int64(w.slots[slot])
        slot += 1
        if m == w.at[NO_ROW]:
            continue
        row = w.members[m]
        row.ev_day = -1
        if cls == 0:
            cancel(w, m, today, tick)
        elif cls == 1:
            if row.ev_kind == EV_URGENT:
                urgent_visit(w, m, today, tick)
            else:
                visit(w, m, today, tick)
        elif row.ev_kind == EV_REQUEST:
            ask_urgent(w, m, today, tick)
        else:
            w.at[WAITING] -= 1
            retry(w, m, today, tick)
    drop_chunk(w, slot - 1)
    w.heads[cls, today, tick] = w.tails[cls, today, tick] = -1


@kernel("t")
def run(table: Any) -> None:
    """Run the pool over its weeks; ``table`` is an address table."""
    w = as_world(table)
    par = w.par[0]
    open_book(w)
    r = 0
    for today in range(5 * par.weeks):
        if today % 5 == 0:
            monday(w, today)
        release(w, today)
        morning(w, today)
        for tick in range(TICKS):
            for cls in range(3):
                if w.heads[cls, today, tick] >= 0:
                    dispatch(w, cls, today, tick)
            while (
                r < w.referrals.shape[0]
                and w.referrals[r].day == today
                and w.referrals[r].tick == tick
            ):
                refer(w, r, w.referral_keys[r])
                r += 1
        evening(w, today)
        if today % 5 == 4:
            friday(w, today)


make(run)


def run_pool(pool: Pool, draws: Draws, trace: bool = False) -> Outcome:
    """
    Run one pool for one replication.

    Parameters
    ----------
    trace
        Write the event log; it takes no draws and changes no number.
    """
    log_rows = 0
    if trace:
        log_rows = 1 << 16
    while True:
        world = _world(pool, draws, log_rows)
        run(address_table(world))
        written = int(world["at"][0])
        if written <= log_rows or not trace:
            break
        log_rows = written
    return Outcome(
        weekly=world["weekly"],
        waits=world["waits"],
        by_license=world["by_license"],
        weekly_waits=world["weekly_waits"],
        staff=world["staff"],
        log=world["log"][:written],
    )


def aligned(rows: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return room for rows that begins at a multiple of 64 bytes, a cache line."""
    raw = np.empty(rows * kind.itemsize + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + rows * kind.itemsize].view(kind)


def _world(pool: Pool, draws: Draws, log_rows: int) -> dict[str, NDArray[Any]]:
    """Lay out fresh memory for one run."""
    par = pool.par[0]
    weeks, days, seats = int(par["weeks"]), int(par["days"]), int(par["seats"])
    strata, words = pool.eligible.shape
    licenses = pool.licenses
    rows = len(pool.start) + len(draws.referrals) + 1
    members = aligned(rows, MEMBER)
    members.view(np.uint8)[:] = 0
    members["mid"][: len(pool.start)] = pool.start["mid"]
    members["key"][: len(pool.start)] = draws.member_keys
    at = np.array([0, -1, len(pool.start), -1, 0, rows - 1, 0, 0, 0, 0], np.int64)
    seat_rows = aligned(seats, SEAT)
    seat_rows[:] = draws.seats
    concerns = np.full((rows + 3) // 4 * 4, NOBODY, np.int16)
    # A piece of a bucket may hold one event alone; a slot left empty stays so until
    # its day, at most one a week for a patient. Memory never touched costs nothing.
    pieces = 3 * (days + 5) * TICKS + 2 * rows
    openings = np.bitwise_count(pool.masks[:, :, :3]).sum(axis=2, dtype=np.int64)
    return {
        "par": pool.par,
        "members": members,
        "concerns": concerns,
        "fours": concerns.view(np.uint64),
        "seats": seat_rows,
        "start": pool.start,
        "groups": pool.groups,
        "group_free": pool.groups["free"].astype(np.int64),
        "group_eligible": pool.group_eligible,
        "held": np.full(len(pool.groups), -1, np.int64),
        "free": np.zeros((3, seats, days), np.uint64),
        "heads": np.full((3, days + 5, TICKS), -1, np.int32),
        "tails": np.full((3, days + 5, TICKS), -1, np.int32),
        "slots": aligned(pieces * CHUNK, np.dtype(np.int32)),
        "avail": np.zeros((3, days, words), np.uint64),
        "ahead": np.zeros((3, seats, (days + 63) // 64), np.uint64),
        "eligible": pool.eligible,
        "accept": np.zeros(words, np.uint64),
        "free_intakes": np.zeros(days, np.int64),
        "hint": np.zeros(strata, np.int64),
        "business": pool.business,
        "works": draws.works,
        "away": draws.away,
        "masks": pool.masks,
        "openings": openings,
        "minutes": pool.minutes,
        "indirect": pool.indirect,
        "offered": pool.offered,
        "paid": pool.paid,
        "phase": pool.phase,
        "end": pool.end,
        "no_show": pool.no_show,
        "leave": pool.leave,
        "interval": pool.interval,
        "network": pool.network,
        "network_class": pool.network_class,
        "tokens": np.zeros(len(pool.network), np.int64),
        "referrals": draws.referrals,
        "referral_keys": draws.referral_keys,
        "strata": pool.strata,
        "weekly": np.zeros((weeks, len(COUNTERS)), np.int64),
        "waits": np.zeros((len(CLOCKS), strata, 2, BINS), np.int32),
        "by_license": np.zeros((len(CLOCKS), licenses, 2, BINS), np.int32),
        "weekly_waits": np.zeros((weeks, len(CLOCKS), 2, BINS), np.int32),
        "staff": np.zeros((weeks, licenses), np.int64),
        "log": np.zeros((log_rows, COLUMNS), np.int64),
        "at": at,
    }
