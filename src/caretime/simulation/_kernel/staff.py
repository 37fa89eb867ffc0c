"""Clinicians, compiled: the Monday review, the end of a day, the end of a week."""

from __future__ import annotations

from typing import Any

import numpy as np

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import (
    BOOKABLE,
    INCIDENT,
    INTAKE,
    PRESENT,
    RETURN,
    URGENT,
    VT_INTAKE,
    VT_URGENT,
)
from caretime.simulation._kernel.book import (
    ANYBODY,
    EV_VISIT,
    NEW,
    ROWS,
    TREATED,
    WAITING,
    assign,
    book_return,
    find_intake,
    is_holiday,
    leave_care,
    push,
    rehome,
    take_intake,
    unpush,
    update_accept,
    wait_for_retry,
)
from caretime.simulation._kernel.draws import draw, inline, kernel, record
from caretime.simulation._kernel.openings import (
    count,
    give_back,
    next_open,
    set_day,
    thin,
)
from caretime.simulation._kernel.requests import calendar_day

K_LEFT, K_HIRED = int(EventKind.CLINICIAN_LEFT), int(EventKind.CLINICIAN_HIRED)
K_PROVIDER, K_ABSENT = int(EventKind.PROVIDER_CANCEL), int(EventKind.ABSENT)
K_LOST = int(EventKind.LOST_IN_TRANSFER)
K_PAID, K_VISITS = int(EventKind.WEEK_PAID), int(EventKind.WEEK_VISITS)
K_NOTES, K_MEALS = int(EventKind.WEEK_NOTES), int(EventKind.WEEK_MEALS)
K_UNPAID, K_ENCROACHED = int(EventKind.WEEK_UNPAID), int(EventKind.WEEK_ENCROACHED)
K_LEVELS = int(EventKind.LEVELS)
MEAL_MINUTES, CUT_MINUTES = 30, 10
_ONE, _ZERO = np.uint64(1), np.uint64(0)
_TNAA_CAP, _TNAA_DAYS = 182, 130  # half a year, in calendar and in working days
_LANE, _LANES = np.uint64(0xFFFF), np.uint64(0x0001_0001_0001_0001)
_SIGNS = np.uint64(0x8000_8000_8000_8000)


@inline("wii")
def ramps(w: Any, seat: int, week: int) -> bool:
    """Say whether a clinician is too new to offer every opening of the week."""
    hired = w.seats[seat].hired
    return hired >= 0 and week - hired < w.par[0].ramp_weeks


@inline("wiii")
def openings_of(w: Any, seat: int, kind: int, day: int) -> Any:
    """Return a seat's openings of a kind; a new clinician offers a share of them."""
    mask = w.masks[w.phase[day // 5], w.seats[seat].template, kind, day % 5]
    if mask != _ZERO and ramps(w, seat, day // 5):
        mask = thin(mask, w.par[0].ramp_permille)
    return mask


@kernel("wii")
def open_days(w: Any, seat: int, first: int) -> None:
    """Lay out a seat's openings from a day to the end of the calendar."""
    par = w.par[0]
    for day in range(first, par.days):
        if w.works[seat, day] == 0:
            continue
        for kind in (RETURN, INTAKE, URGENT):
            mask = openings_of(w, seat, kind, day)
            if mask != _ZERO:
                plane = par.return_plane if kind == RETURN else kind
                set_day(w, plane, seat, day, w.free[plane, seat, day] | mask)


@kernel("wiii")
def hand_on(w: Any, m: int, gone: int, today: int) -> None:
    """Find a new place for one patient or booking of a clinician who left."""
    par = w.par[0]
    row = w.members[m]
    unpush(w, m)
    booked = row.reg_day >= 0 and row.seat == gone
    if row.clin != gone and not booked:  # an urgent visit only; the return stays
        row.urg_day = -1
        record(
            w, today, 0, K_PROVIDER, row.mid, w.seats[gone].clinician, row.stratum,
            VT_URGENT, 0, 0,
        )  # fmt: skip
        push(w, m, EV_VISIT, row.reg_day, row.reg_tick)
        return
    if row.reg_day >= 0 and row.seat != gone:
        give_back(w, row.seat, row.reg_day, row.reg_tick, row.vtype, today)
    if row.urg_day >= 0 and row.urg_seat != gone:
        give_back(w, row.urg_seat, row.urg_day, row.urg_tick, VT_URGENT, today)
    row.urg_day = -1
    if row.clin != gone:
        record(
            w, today, 0, K_PROVIDER, row.mid, w.seats[gone].clinician, row.stratum,
            row.vtype, 0, 0,
        )  # fmt: skip
        if not book_return(w, m, today + 1, today, 0):
            wait_for_retry(w, m, today)
        return
    assign(w, m, -1)
    if row.vtype == VT_INTAKE and row.visits == 0:
        day, seat = find_intake(w, m, today + 1, today)
        if day >= 0:
            take_intake(w, m, day, seat, today)
        else:
            wait_for_retry(w, m, today)
        return
    if draw(row.key, st.TRANSFER, row.bookings) < par.transfer_loss:
        record(
            w, today, 0, K_LOST, row.mid, w.seats[gone].clinician, row.stratum,
            -1, row.visits, 0,
        )  # fmt: skip
        leave_care(w, m)
        return
    due = max(row.reg_day, today + 1)
    if not (rehome(w, m, today, 0) and book_return(w, m, due, today, 0)):
        wait_for_retry(w, m, today)


@inline("ui")
def has(four: Any, value: int) -> bool:
    """Say whether one of four 16-bit numbers in a word may have a value."""
    apart = four ^ ((np.uint64(value) & _LANE) * _LANES)
    return (apart - _LANES) & ~apart & _SIGNS != _ZERO


@kernel("wii")
def depart(w: Any, gone: int, today: int) -> None:
    """Let a clinician go: close the calendar, hand every patient on by id."""
    par = w.par[0]
    row = w.seats[gone]
    row.filled = 0
    update_accept(w, gone)
    for plane in (RETURN, INTAKE, URGENT):
        day = next_open(w, plane, gone, today, par.days)
        while day >= 0:
            set_day(w, plane, gone, day, _ZERO)
            day = next_open(w, plane, gone, day + 1, par.days)
    record(w, today, 0, K_LEFT, -1, row.clinician, -1, -1, 0, 0)
    found = np.empty(w.at[ROWS], np.int64)
    mids = np.empty(w.at[ROWS], np.int64)
    n = 0
    for four in range((w.at[ROWS] + 3) // 4):
        if not (has(w.fours[four], gone) or has(w.fours[four], ANYBODY)):
            continue
        for m in range(4 * four, min(4 * four + 4, w.at[ROWS])):
            one = w.members[m]
            if one.alive == 1 and one.group < 0:
                booked = one.reg_day >= today and one.seat == gone
                urgent = one.urg_day >= today and one.urg_seat == gone
                if one.clin == gone or booked or urgent:
                    found[n] = m
                    mids[n] = one.mid
                    n += 1
    for k in np.argsort(mids[:n]):
        hand_on(w, found[k], gone, today)
    row.backlog = 0


@kernel("wi")
def pull_trigger(w: Any, today: int) -> None:
    """Open bookable protected time next week where access was missed last week."""
    par = w.par[0]
    week = today // 5
    if par.trigger_permille <= 0 or week == 0:
        return
    total = np.int64(0)
    within = np.int64(0)
    for wait in range(w.weekly_waits.shape[3]):
        here = np.int64(w.weekly_waits[week - 1, 0, 0, wait])
        total += here
        if wait <= par.limit_days:
            within += here
    if total == 0 or within * 1000 >= par.trigger_permille * total:
        return
    plane = par.return_plane
    for seat in range(par.seats):
        row = w.seats[seat]
        for day in range(today + 5, min(today + 10, par.days)):
            if row.filled == 1 and w.works[seat, day] == 1:
                extra = w.masks[w.phase[day // 5], row.template, BOOKABLE, day % 5]
                if extra != _ZERO:
                    set_day(w, plane, seat, day, w.free[plane, seat, day] | extra)


@inline("wiii")
def third_next(w: Any, plane: int, seat: int, today: int) -> int:
    """Return calendar days to the third next opening, at most 182."""
    seen = 0
    last = min(today + _TNAA_DAYS, w.par[0].days)
    day = next_open(w, plane, seat, today, last)
    while day >= 0:
        seen += count(w.free[plane, seat, day])
        if seen >= 3:
            return calendar_day(day) - calendar_day(today)
        day = next_open(w, plane, seat, day + 1, last)
    return _TNAA_CAP


@kernel("wi")
def survey(w: Any, today: int) -> None:
    """Ask every filled seat for its third next intake and return opening."""
    par = w.par[0]
    days = np.zeros(2, np.int64)
    seats = 0
    for seat in range(par.seats):
        if w.seats[seat].filled == 1:
            seats += 1
            days[0] += third_next(w, INTAKE, seat, today)
            days[1] += third_next(w, par.return_plane, seat, today)
    for k in range(2):
        record(w, today, 0, K_LEVELS, -1, -1, -1, 8 + 2 * k, days[k], 0)
        record(w, today, 0, K_LEVELS, -1, -1, -1, 9 + 2 * k, seats, 0)


@kernel("wi")
def monday(w: Any, today: int) -> None:
    """Review every seat, then the trigger, the network and the survey."""
    par = w.par[0]
    week = today // 5
    for seat in range(par.seats):
        row = w.seats[seat]
        away = 1 if w.away[seat, today] == INCIDENT else 0
        if away != row.away:
            row.away = away
            update_accept(w, seat)
        if row.filled == 1:
            chance = w.leave[min(row.strain >> 2, 63)]
            if draw(row.key, st.LEAVES, week) < chance:
                depart(w, seat, today)
        elif row.opens <= week and draw(row.key, st.HIRED, week) < par.hire:
            row.filled = 1
            row.hired = week
            row.strain = par.reference_strain
            record(w, today, 0, K_HIRED, -1, row.clinician, -1, -1, 0, 0)
            open_days(w, seat, today)
            update_accept(w, seat)
    pull_trigger(w, today)
    for c in range(w.tokens.shape[0]):
        w.tokens[c] = w.tokens[c] % 1000 + w.network[c]
    survey(w, today)


@kernel("wi")
def morning(w: Any, today: int) -> None:
    """Note who is away and which groups are held."""
    for seat in range(w.par[0].seats):
        row = w.seats[seat]
        row.visit_min = 0
        row.need_min = 0
        row.here = row.filled
        if row.filled == 1 and w.away[seat, today] != PRESENT:
            row.here = 0
            flag = 1 if w.away[seat, today] == INCIDENT else 0
            record(w, today, 0, K_ABSENT, -1, row.clinician, -1, -1, 0, flag)
    holiday = is_holiday(w, today)
    for g in range(w.groups.shape[0]):
        group = w.groups[g]
        w.held[g] = -1
        if group.weekday != today % 5 or holiday:
            continue
        for leader in (group.leader, group.co_leader):
            if leader >= 0 and w.held[g] < 0 and w.seats[leader].here == 1:
                w.held[g] = leader
                w.seats[leader].wk_visits += group.minutes


@kernel("wi")
def evening(w: Any, today: int) -> None:
    """Fit the day's notes into the paid day; the rest eats meals and evenings."""
    par = w.par[0]
    week, weekday = today // 5, today % 5
    phase = w.phase[week]
    offered = np.int64(0)
    unused = np.int64(0)
    for seat in range(par.seats):
        row = w.seats[seat]
        present = w.away[seat, today] == PRESENT and w.works[seat, today] == 1
        if row.filled == 0 or not present:
            continue
        if ramps(w, seat, week):
            for kind in (RETURN, INTAKE, URGENT):
                offered += count(openings_of(w, seat, kind, today))
        else:
            offered += w.openings[phase, row.template, weekday]
        for kind in (RETURN, INTAKE, URGENT):
            here = w.avail[kind, today, seat >> 6] >> np.uint64(seat & 63)
            if here & _ONE != _ZERO:
                unused += count(w.free[kind, seat, today])
        idle = w.offered[phase, row.template, weekday] - row.visit_min
        if idle > 0:  # part of the time of missed and open visits serves for notes
            idle = idle * par.idle_permille // 1000
        room = w.indirect[phase, row.template, weekday] + idle
        need = (
            row.need_min
            + row.backlog
            + row.caseload * par.management_centimin // (100 * row.days)
        )
        done = min(need, max(room, 0))
        rest = need - done
        row.backlog = min(rest, par.carry_minutes)
        rest -= row.backlog
        meal = min(rest, MEAL_MINUTES)
        row.wk_visits += row.visit_min
        row.wk_notes += done
        row.wk_meals += meal
        row.wk_cut += 1 if meal >= CUT_MINUTES else 0
        row.wk_unpaid += rest - meal
    record(w, today, 63, K_LEVELS, -1, -1, -1, 6, offered, 0)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 7, unused, 0)


@inline("wi")
def head_count(w: Any, today: int) -> None:
    """Count members in treatment, waiting for an intake, without a booking, booked."""
    treated, new, waiting = w.at[TREATED], w.at[NEW], w.at[WAITING]
    record(w, today, 63, K_LEVELS, -1, -1, -1, 0, treated, 0)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 1, new, 0)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 2, waiting, 0)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 3, treated + new - waiting, 0)


@kernel("wi")
def friday(w: Any, today: int) -> None:
    """Close the week of every seat, and count who is where."""
    par = w.par[0]
    filled = np.int64(0)
    vacant = np.int64(0)
    phase = w.phase[today // 5]
    for seat in range(par.seats):
        row = w.seats[seat]
        if row.filled == 0:
            vacant += 1 if row.opens <= today // 5 else 0
            continue
        filled += 1
        paid = w.paid[phase, row.template]
        c = row.clinician
        record(w, today, 63, K_PAID, -1, c, -1, -1, paid, 0)
        w.staff[today // 5, row.license] += paid
        record(w, today, 63, K_VISITS, -1, c, -1, -1, row.wk_visits, 0)
        record(w, today, 63, K_NOTES, -1, c, -1, -1, row.wk_notes, 0)
        record(w, today, 63, K_MEALS, -1, c, -1, -1, row.wk_meals, row.wk_cut)
        record(w, today, 63, K_UNPAID, -1, c, -1, -1, row.wk_unpaid, 0)
        record(w, today, 63, K_ENCROACHED, -1, c, -1, -1, row.encroached, 0)
        over = (row.wk_meals + row.wk_unpaid) * 1000 // paid
        row.strain = (row.strain * 7 + over) // 8
        row.wk_visits = row.wk_notes = row.wk_meals = 0
        row.wk_cut = row.wk_unpaid = row.encroached = 0
    head_count(w, today)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 4, filled, 0)
    record(w, today, 63, K_LEVELS, -1, -1, -1, 5, vacant, 0)
