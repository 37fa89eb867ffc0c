"""What happens to a member, compiled: requests, visits, misses, second tries."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.model.log import BINS, EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    BOOKABLE,
    INCIDENT,
    PRESENT,
    VT_GROUP,
    VT_INTAKE,
    VT_RETURN,
    VT_URGENT,
)
from caretime.simulation._kernel_book import (
    EV_GROUP,
    EV_REQUEST,
    EV_URGENT,
    EV_VISIT,
    book_return,
    clear_opening,
    find_intake,
    find_return,
    find_urgent,
    give_back,
    is_eligible,
    leave_care,
    new_row,
    push,
    take_intake,
    take_return,
    unpush,
)
from caretime.simulation._kernel_draws import draw, inline, kernel, pick, record
from caretime.simulation._kernel_staff import calendar_day, rehome, wait_for_retry

K_REFERRAL, K_OFFER = int(EventKind.REFERRAL), int(EventKind.OFFER)
K_WAITLISTED, K_ATTENDED = int(EventKind.WAITLISTED), int(EventKind.ATTENDED)
K_NO_SHOW, K_CANCEL = int(EventKind.NO_SHOW), int(EventKind.LATE_CANCEL)
K_PROVIDER, K_DONE = int(EventKind.PROVIDER_CANCEL), int(EventKind.DISCHARGED)
K_DROPPED, K_GAVE_UP = int(EventKind.DROPPED), int(EventKind.LOST_WAITING)
K_NETWORK, K_URGENT = int(EventKind.TO_NETWORK), int(EventKind.URGENT_REQUEST)
K_DECLINED = int(EventKind.NETWORK_OFFER_DECLINED)
INTAKE_CLOCK, FIRST_CLOCK, FOLLOW_CLOCK, URGENT_CLOCK, NOTED = 0, 1, 2, 3, 8
FIRST_TRY, MISSED_TRY, SUBSTITUTE_DAYS = 1, 1, 10
_ONE, _ZERO = np.uint64(1), np.uint64(0)


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
        extra = pick(draw(row.key, st.NETWORK_WAIT, 0), 2 * par.network_wait - 1)
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
    day, seat = find_intake(w, m, today + FIRST_TRY, today)
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


@kernel("wiiii")
def rebook(w: Any, m: int, first: int, today: int, tick: int) -> None:
    """Book again after a visit that was not held; never silently lost."""
    row = w.members[m]
    if row.vtype == VT_INTAKE and row.visits == 0:
        day, seat = find_intake(w, m, max(first, today + 1), today)
        if day >= 0:
            take_intake(w, m, day, seat, today)
            return
    elif row.clin >= 0 and book_return(w, m, first, today):
        return
    record(w, today, tick, K_WAITLISTED, row.mid, -1, row.stratum, row.vtype, 0, 0)
    wait_for_retry(w, m, today)


@kernel("wiii")
def cancel(w: Any, m: int, today: int, tick: int) -> None:
    """Cancel a booked visit the working day before; most people book again."""
    par = w.par[0]
    row = w.members[m]
    c = w.seats[row.seat].clinician
    record(w, today, tick, K_CANCEL, row.mid, c, row.stratum, row.vtype, 0, 0)
    give_back(w, row.seat, row.reg_day, row.reg_tick, row.vtype, today)
    row.reg_day = -1
    if draw(row.key, st.REBOOKS, row.bookings) < par.rebook:
        rebook(w, m, today + 2, today, tick)
    else:
        record(
            w, today, tick, K_DROPPED, row.mid, c, row.stratum, row.vtype,
            row.visits, 0,
        )  # fmt: skip
        leave_care(w, m)


@inline("wiii")
def next_return(w: Any, m: int, today: int, tick: int) -> None:
    """After a visit: book the next one at the intended interval, and offer it."""
    par = w.par[0]
    row = w.members[m]
    # The first treatment visit comes within two weeks; others at the interval or
    # up to two days before, so that a two-week interval can keep a ten-day limit.
    gap = min(row.interval, par.limit_days) if row.visits == 1 else row.interval
    gap -= pick(draw(row.key, st.JITTER, row.visits), 3)
    if not book_return(w, m, today + gap, today):
        record(w, today, tick, K_WAITLISTED, row.mid, -1, row.stratum, VT_RETURN, 0, 0)
        wait_for_retry(w, m, today)
        return
    clock = FIRST_CLOCK if row.visits == 1 else FOLLOW_CLOCK
    if (
        row.visits > 1
        and row.interval > par.limit_days
        and draw(row.key, st.EXCEPTION, 0) < par.exception
    ):
        clock += NOTED
    wait = w.business[row.reg_day] - w.business[today]
    offer(w, m, today, tick, row.seat, wait, clock)
    if draw(row.key, st.URGENT, row.visits) < par.urgent:
        moment = draw(row.key, st.URGENT_DAY, row.visits)
        day = today + 1 + pick(moment, max(row.interval - 1, 1))
        if row.ev_kind == EV_VISIT and day < row.reg_day:
            unpush(w, m)
            push(w, m, EV_REQUEST, day, 8 + pick(moment >> np.uint64(32), 32))


@kernel("wii")
def session_after(w: Any, g: int, today: int) -> int:
    """Return the next day on which a group meets; holidays are skipped."""
    day = today + 1 + (w.groups[g].weekday - today - 1) % 5
    while day < w.par[0].days and w.business[day] == w.business[day - 1]:
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
    if today >= 0 and row.visits > 0:
        clock = FIRST_CLOCK if row.visits == 1 else FOLLOW_CLOCK
        wait = w.business[day] - w.business[today]
        offer(w, m, today, tick, row.seat, wait, clock)
    push(w, m, EV_GROUP, day, row.reg_tick)


@kernel("wi")
def join_group(w: Any, m: int) -> bool:
    """Take a free seat in a group that fits, if the person wants one."""
    row = w.members[m]
    n = w.groups.shape[0]
    if n == 0 or draw(row.key, st.GROUP, 0) >= w.par[0].group:
        return False
    start = pick(draw(row.key, st.GROUP, 1), n)
    for step in range(n):
        g = start + step
        if g >= n:
            g -= n
        if w.group_free[g] > 0 and w.group_eligible[g, row.stratum] == 1:
            w.group_free[g] -= 1
            row.group = g
            return True
    return False


@kernel("wiii")
def provider_cancel(w: Any, m: int, today: int, tick: int) -> None:
    """Find a substitute, the network or a new date: the clinician is away."""
    par = w.par[0]
    row = w.members[m]
    seat = row.seat
    c = w.seats[seat].clinician
    record(w, today, tick, K_PROVIDER, row.mid, c, row.stratum, row.vtype, 0, 0)
    row.reg_day = -1
    if w.away[seat, today] != INCIDENT or row.vtype == VT_INTAKE:
        rebook(w, m, today + 1, today, tick)
        return
    if draw(row.key, st.SUBSTITUTE, row.bookings) < par.substitute:
        start = pick(draw(row.key, st.START, row.bookings), par.seats)
        for step in range(par.seats):
            other = start + step
            if other >= par.seats:
                other -= par.seats
            one = w.seats[other]
            if (
                one.filled == 0
                or one.away == 1
                or not is_eligible(w, row.stratum, other)
            ):
                continue
            day = find_return(w, other, today + 1, today + 1 + SUBSTITUTE_DAYS)
            if day >= 0:
                take_return(w, m, other, day, today)
                return
    if draw(row.key, st.NETWORK_TOOK, row.bookings) < par.incident_network:
        record(w, today, tick, K_NETWORK, row.mid, -1, row.stratum, row.vtype, 1, 1)
        rebook(w, m, today + row.interval, today, tick)
        return
    rebook(w, m, today + 5 - today % 5, today, tick)


@inline("wiii")
def missed(w: Any, m: int, today: int, tick: int) -> None:
    """Let a person who did not come give up, or book a new date."""
    par = w.par[0]
    row = w.members[m]
    c = w.seats[row.seat].clinician
    record(w, today, tick, K_NO_SHOW, row.mid, c, row.stratum, row.vtype, 0, 0)
    chance = par.drop_intake if row.visits == 0 else par.drop_return
    if draw(row.key, st.DROPS, row.bookings) < chance:
        record(
            w, today, tick, K_DROPPED, row.mid, c, row.stratum, row.vtype,
            row.visits, 0,
        )  # fmt: skip
        leave_care(w, m)
        return
    row.reg_day = -1
    if row.group >= 0:
        next_session(w, m, today, tick)
    else:
        rebook(w, m, today + MISSED_TRY, today, tick)


@inline("wii")
def shows(w: Any, m: int, today: int) -> bool:
    """Draw whether the person comes; the chance of missing saturates in the wait."""
    row = w.members[m]
    wait = w.business[today] - w.business[max(row.booked_on, 0)]
    kind = 0 if row.vtype == VT_INTAKE else 1
    chance = w.no_show[kind, min(wait, 63)]
    return draw(row.key, st.SHOWS, row.bookings) >= chance


@inline("wiiiii")
def held(w: Any, m: int, seat: int, vtype: int, today: int, tick: int) -> None:
    """Count a held visit: minutes, notes, and whether it was the own therapist."""
    par = w.par[0]
    row = w.members[m]
    one = w.seats[seat]
    if vtype == VT_GROUP:
        minutes = w.groups[row.group].minutes
        one.need_min += par.notes_group
    else:
        phase = w.phase[today // 5]
        minutes = w.minutes[phase, one.template, vtype]
        one.visit_min += minutes
        one.need_min += par.notes_intake if vtype == VT_INTAKE else par.notes_return
        opened = w.masks[phase, one.template, BOOKABLE, today % 5]
        if (opened >> np.uint64(tick)) & _ONE != _ZERO:
            one.encroached += minutes
    own = 1 if seat == row.clin else 0
    record(
        w, today, tick, K_ATTENDED, row.mid, one.clinician, row.stratum, vtype,
        minutes, own,
    )  # fmt: skip


@inline("wiii")
def visit(w: Any, m: int, today: int, tick: int) -> None:
    """Hold a booked visit that comes due, or say why not."""
    row = w.members[m]
    if row.ev_kind == EV_GROUP:
        seat = w.held[row.group]
        if seat < 0:
            leader = w.groups[row.group].leader
            c = w.seats[leader].clinician
            record(w, today, tick, K_PROVIDER, row.mid, c, row.stratum, VT_GROUP, 0, 0)
            next_session(w, m, today, tick)
            return
    else:
        seat = np.int64(row.seat)
        if w.seats[seat].filled == 0 or w.away[seat, today] != PRESENT:
            provider_cancel(w, m, today, tick)
            return
    if not shows(w, m, today):
        missed(w, m, today, tick)
        return
    held(w, m, seat, row.vtype, today, tick)
    row.visits += 1
    if draw(row.key, st.ENDS, row.visits) < w.end[min(row.visits, 127)]:
        c = w.seats[seat].clinician
        record(w, today, tick, K_DONE, row.mid, c, row.stratum, -1, row.visits, 0)
        leave_care(w, m)
        return
    row.reg_day = -1
    if row.group >= 0 or (row.visits == 1 and join_group(w, m)):
        next_session(w, m, today, tick)
    elif row.clin >= 0 or rehome(w, m, today):
        next_return(w, m, today, tick)
    else:
        rebook(w, m, today + 1, today, tick)


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
        push(w, m, EV_URGENT, day, at)
    else:
        push(w, m, EV_VISIT, row.reg_day, row.reg_tick)


@kernel("wiii")
def urgent_visit(w: Any, m: int, today: int, tick: int) -> None:
    """Hold an urgent visit; the booked return stays as it is."""
    row = w.members[m]
    seat = np.int64(row.urg_seat)
    c = w.seats[seat].clinician
    row.urg_day = -1
    if w.seats[seat].filled == 0 or w.away[seat, today] != PRESENT:
        record(w, today, tick, K_PROVIDER, row.mid, c, row.stratum, VT_URGENT, 0, 0)
    elif shows(w, m, today):
        held(w, m, seat, VT_URGENT, today, tick)
    else:
        record(w, today, tick, K_NO_SHOW, row.mid, c, row.stratum, VT_URGENT, 0, 0)
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
        (row.clin >= 0 or rehome(w, m, today)) and book_return(w, m, today + 1, today)
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
    row.next = row.prev = row.ev_day = row.reg_day = row.urg_day = -1
    row.clin = row.seat = row.urg_seat = row.group = -1
    row.stratum = ref.stratum
    row.visits = row.bookings = row.offered = 0
    row.booked_on = row.asked = ref.day
    row.reg_tick = ref.tick
    row.alive = 1
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
