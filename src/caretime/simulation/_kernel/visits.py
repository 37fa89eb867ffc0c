"""What happens at a booked visit, compiled: held, missed, cancelled, booked again."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    BOOKABLE,
    INCIDENT,
    VT_GROUP,
    VT_INTAKE,
    VT_RETURN,
    VT_URGENT,
)
from caretime.simulation._kernel.book import (
    EV_GROUP,
    EV_REQUEST,
    EV_VISIT,
    NEW,
    TREATED,
    book_return,
    find_intake,
    find_return,
    leave_care,
    next_session,
    push,
    rehome,
    take_intake,
    take_return,
    unpush,
    wait_for_retry,
)
from caretime.simulation._kernel.draws import draw, inline, kernel, pick, record
from caretime.simulation._kernel.openings import give_back, is_eligible

K_WAITLISTED, K_ATTENDED = int(EventKind.WAITLISTED), int(EventKind.ATTENDED)
K_NO_SHOW, K_CANCEL = int(EventKind.NO_SHOW), int(EventKind.LATE_CANCEL)
K_PROVIDER, K_DONE = int(EventKind.PROVIDER_CANCEL), int(EventKind.DISCHARGED)
K_DROPPED, K_NETWORK = int(EventKind.DROPPED), int(EventKind.TO_NETWORK)
SUBSTITUTE_DAYS = 10
_ONE, _ZERO = np.uint64(1), np.uint64(0)


@kernel("wiiii")
def rebook(w: Any, m: int, first: int, today: int, tick: int) -> None:
    """Book again after a visit that was not held; never silently lost."""
    row = w.members[m]
    if row.vtype == VT_INTAKE and row.visits == 0:
        day, seat = find_intake(w, m, max(first, today + 1), today)
        if day >= 0:
            take_intake(w, m, day, seat, today)
            return
    elif row.clin >= 0 and book_return(w, m, first, today, tick):
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
    """After a visit: book the next one at the intended interval."""
    par = w.par[0]
    row = w.members[m]
    # The first treatment visit comes within two weeks; others at the interval or
    # up to two days before, so that a two-week interval can keep a ten-day limit.
    gap = min(row.interval, par.limit_days) if row.visits == 1 else row.interval
    gap -= pick(draw(row.key, st.JITTER, row.visits), 3)
    if not book_return(w, m, today + gap, today, tick):
        record(w, today, tick, K_WAITLISTED, row.mid, -1, row.stratum, VT_RETURN, 0, 0)
        wait_for_retry(w, m, today)
        return
    if draw(row.key, st.URGENT, row.visits) < par.urgent:
        moment = draw(row.key, st.URGENT_DAY, row.visits)
        day = today + 1 + pick(moment, max(row.interval - 1, 1))
        if row.ev_kind == EV_VISIT and day < row.reg_day:
            unpush(w, m)
            push(w, m, EV_REQUEST, day, 8 + pick(moment >> np.uint64(32), 32))


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


@inline("wiiii")
def missed(w: Any, m: int, seat: int, today: int, tick: int) -> None:
    """Let a person who did not come give up, or book a new date."""
    par = w.par[0]
    row = w.members[m]
    c = w.seats[seat].clinician
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
        rebook(w, m, today + 1, today, tick)


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
        if w.seats[seat].here == 0:
            provider_cancel(w, m, today, tick)
            return
    if not shows(w, m, today):
        missed(w, m, seat, today, tick)
        return
    held(w, m, seat, row.vtype, today, tick)
    if row.visits == 0:
        w.at[NEW] -= 1
        w.at[TREATED] += 1
    row.visits += 1
    if draw(row.key, st.ENDS, row.visits) < w.end[min(row.visits, 127)]:
        c = w.seats[seat].clinician
        record(w, today, tick, K_DONE, row.mid, c, row.stratum, -1, row.visits, 0)
        leave_care(w, m)
        return
    row.reg_day = -1
    row.vtype = VT_RETURN
    row.asked, row.offered = today, 0
    if row.group >= 0 or (row.visits == 1 and join_group(w, m)):
        next_session(w, m, today, tick)
    elif row.clin >= 0 or rehome(w, m, today, tick):
        next_return(w, m, today, tick)
    else:
        rebook(w, m, today + 1, today, tick)


@kernel("wiii")
def urgent_visit(w: Any, m: int, today: int, tick: int) -> None:
    """Hold an urgent visit; the booked return stays as it is."""
    row = w.members[m]
    seat = np.int64(row.urg_seat)
    c = w.seats[seat].clinician
    row.urg_day = -1
    if w.seats[seat].here == 0:
        record(w, today, tick, K_PROVIDER, row.mid, c, row.stratum, VT_URGENT, 0, 0)
    elif draw(row.key, st.URGENT_SHOWS, row.visits) >= w.no_show[1, 0]:
        held(w, m, seat, VT_URGENT, today, tick)
    else:
        record(w, today, tick, K_NO_SHOW, row.mid, c, row.stratum, VT_URGENT, 0, 0)
    push(w, m, EV_VISIT, row.reg_day, row.reg_tick)
