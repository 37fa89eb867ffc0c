"""Who asks for a visit, compiled: referrals, second tries, urgent requests."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    PRESENT,
    URGENT,
    VT_INTAKE,
    VT_RETURN,
    VT_URGENT,
)
from caretime.simulation._kernel.book import (
    ANYBODY,
    EV_URGENT,
    EV_VISIT,
    INTAKE_CLOCK,
    NEW,
    URGENT_CLOCK,
    book_return,
    find_intake,
    leave_care,
    new_row,
    offer,
    push,
    rehome,
    take_intake,
    wait_for_retry,
)
from caretime.simulation._kernel.draws import draw, inline, kernel, pick, record
from caretime.simulation._kernel.openings import clear_opening, lowest

K_REFERRAL, K_WAITLISTED = int(EventKind.REFERRAL), int(EventKind.WAITLISTED)
K_GAVE_UP, K_NETWORK = int(EventKind.LOST_WAITING), int(EventKind.TO_NETWORK)
K_URGENT, K_DECLINED = (
    int(EventKind.URGENT_REQUEST),
    int(EventKind.NETWORK_OFFER_DECLINED),
)
URGENT_DAYS = 5
_ALL, _ONE, _ZERO = np.uint64(0xFFFF_FFFF_FFFF_FFFF), np.uint64(1), np.uint64(0)


@inline("i")
def calendar_day(day: int) -> int:
    """Return calendar days since the first Monday."""
    return (day // 5) * 7 + day % 5


@kernel("wiii")
def to_network(w: Any, m: int, today: int, tick: int) -> bool:
    """Offer a network therapist where one can be had; the person may decline."""
    par = w.par[0]
    row = w.members[m]
    kind = w.network_class[row.stratum]
    if w.tokens[kind] < 1000:
        return False
    if draw(row.key, st.NETWORK, row.bookings) < par.network_refusal:
        record(w, today, tick, K_DECLINED, row.mid, -1, row.stratum, VT_INTAKE, 0, 0)
        return False
    w.tokens[kind] -= 1000
    if row.offered == 0:
        extra = pick(
            draw(row.key, st.NETWORK_WAIT, 0), max(2 * par.network_wait - 1, 1)
        )
        wait = w.business[today] - w.business[row.asked] + 1 + extra
        offer(w, m, today, tick, -1, wait, INTAKE_CLOCK)
    record(
        w, today, tick, K_NETWORK, row.mid, -1, row.stratum, -1,
        par.network_visits, 0,
    )  # fmt: skip
    leave_care(w, m)
    return True


@kernel("wiii")
def request_intake(w: Any, m: int, today: int, tick: int) -> None:
    """Offer the first intake; past the limit the network; else the waitlist."""
    par = w.par[0]
    row = w.members[m]
    row.vtype = VT_INTAKE
    day, seat = find_intake(w, m, today + 1, today)
    wait = w.business[day] - w.business[row.asked] if day >= 0 else 0
    if (day < 0 or wait > par.limit_days) and to_network(w, m, today, tick):
        return
    if day < 0:
        record(w, today, tick, K_WAITLISTED, row.mid, -1, row.stratum, VT_INTAKE, 0, 0)
        wait_for_retry(w, m, today)
        return
    if row.offered == 0:
        row.offered = 1
        offer(w, m, today, tick, seat, wait, INTAKE_CLOCK)
        if draw(row.key, st.LATER, 0) < par.later:
            day2, seat2 = find_intake(w, m, day + 5, today)
            if day2 >= 0:
                day, seat = day2, seat2
    take_intake(w, m, day, seat, today)


@kernel("wiii")
def is_here(w: Any, seat: int, day: int, today: int) -> bool:
    """Say whether the desk expects the seat on a day: not out, not sick today."""
    if w.seats[seat].away == 1:
        return False
    return day > today or w.away[seat, today] == PRESENT


@kernel("wiiiiiu")
def other_from(
    w: Any, m: int, plane: int, day: int, today: int, start: int, allowed: Any
) -> int:
    """Find the first seat, cyclically, that may and can give an urgent visit."""
    stratum = w.members[m].stratum
    words = w.accept.shape[0]
    first, bit = start >> 6, np.uint64(start & 63)
    for step in range(words + 1):
        k = first + step
        if k >= words:
            k -= words
        bits = w.avail[plane, day, k] & w.eligible[stratum, k]
        if step == 0:
            bits &= _ALL << bit
        elif step == words:
            bits &= ~(_ALL << bit)
        while bits != _ZERO:
            seat = k * 64 + lowest(bits)
            bits &= bits - _ONE
            if w.free[plane, seat, day] & allowed != _ZERO and is_here(
                w, seat, day, today
            ):
                return seat
    return -1


@kernel("wiii")
def find_urgent(w: Any, m: int, today: int, tick: int) -> tuple[int, int, int, int]:
    """
    Find (day, tick, seat, plane) of an urgent visit within four days.

    Day by day: the own therapist's urgent openings, the own therapist's return
    openings, then urgent openings of others, cyclically from a drawn start, or
    their return openings on days whose urgent openings have been released.
    """
    par = w.par[0]
    row = w.members[m]
    start = pick(draw(row.key, st.START, row.bookings), par.seats)
    later = _ALL << np.uint64(tick + 1) if tick < 63 else _ZERO
    for day in range(today, min(today + URGENT_DAYS, par.days)):
        allowed = later if day == today else _ALL
        for plane in (URGENT, par.return_plane):
            bits = w.free[plane, row.clin, day] & allowed
            if bits != _ZERO and is_here(w, row.clin, day, today):
                return day, lowest(bits), row.clin, plane
        others: Any = URGENT
        if day - today <= par.urgent_release:
            others = np.int64(par.return_plane)
        seat = other_from(w, m, others, day, today, start, allowed)
        if seat >= 0:
            bits = w.free[others, seat, day] & allowed
            return day, lowest(bits), seat, others
    return -1, -1, -1, -1


@kernel("wiii")
def ask_urgent(w: Any, m: int, today: int, tick: int) -> None:
    """Look for an urgent visit before the booked one."""
    row = w.members[m]
    c = w.seats[row.clin].clinician
    record(w, today, tick, K_URGENT, row.mid, c, row.stratum, VT_URGENT, 0, 0)
    day, at, seat, plane = find_urgent(w, m, today, tick)
    sooner = day >= 0 and (
        day < row.reg_day or (day == row.reg_day and at < row.reg_tick)
    )
    if not sooner:
        day, at, seat = (
            np.int64(row.reg_day),
            np.int64(row.reg_tick),
            np.int64(row.seat),
        )
    quarters = (calendar_day(day) - calendar_day(today)) * 96 + at - tick
    row.vtype = VT_URGENT
    offer(w, m, today, tick, seat, max(quarters, 0) // 4, URGENT_CLOCK)
    row.vtype = VT_RETURN
    if sooner:
        clear_opening(w, plane, seat, day, at)
        row.urg_day, row.urg_tick, row.urg_seat = day, at, seat
        if seat != row.clin:
            w.concerns[m] = ANYBODY
        push(w, m, EV_URGENT, day, at)
    else:
        push(w, m, EV_VISIT, row.reg_day, row.reg_tick)


@kernel("wiii")
def retry(w: Any, m: int, today: int, tick: int) -> None:
    """Someone without a booking tries again, or gives up."""
    par = w.par[0]
    row = w.members[m]
    n = row.bookings
    row.bookings = n + 1
    if draw(row.key, st.GIVES_UP, n) < par.give_up:
        record(
            w, today, tick, K_GAVE_UP, row.mid, -1, row.stratum, row.vtype,
            row.visits, 0,
        )  # fmt: skip
        leave_care(w, m)
    elif row.visits == 0:
        request_intake(w, m, today, tick)
    elif not (
        (row.clin >= 0 or rehome(w, m, today, tick))
        and book_return(w, m, today + 1, today, tick)
    ):
        wait_for_retry(w, m, today)


@kernel("wiu")
def refer(w: Any, r: int, key: Any) -> None:
    """Let a new person ask for care."""
    par = w.par[0]
    ref = w.referrals[r]
    m = new_row(w)
    row = w.members[m]
    row.mid = par.patients + np.int64(ref.n) * par.pools + par.pool
    row.key = key
    row.slot = row.ev_day = row.reg_day = row.urg_day = -1
    row.clin = row.seat = row.urg_seat = row.group = -1
    row.stratum = ref.stratum
    row.visits = row.bookings = row.offered = 0
    row.booked_on = row.asked = ref.day
    row.reg_tick = ref.tick
    row.alive = 1
    w.at[NEW] += 1
    row.vtype = VT_INTAKE
    draw_ = draw(key, st.INTERVAL, 0)
    row.interval = 20
    for k in range(3):
        if draw_ < w.interval[k]:
            row.interval = 5 * (k + 1)
            break
    row.tier = 1 if draw(key, st.TIER, 0) < w.interval[3] else 3
    record(w, ref.day, ref.tick, K_REFERRAL, row.mid, -1, ref.stratum, -1, 0, row.tier)
    request_intake(w, m, ref.day, ref.tick)
