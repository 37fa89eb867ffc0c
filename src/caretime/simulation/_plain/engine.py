"""
The plain engine: what a simulated year is, to be read and checked.

It does what the compiled engine does, one object at a time, with lists and
sets; for the same keys both write the same log, to the last row. Read it in
this order: this file (the order of things), ``requests`` (who asks), ``booking``
(what is found), ``visits`` (what happens then), ``staff`` (clinicians),
``people`` and ``book`` (the nouns).

Chance is a coin with a name: ``member.draw(DROPS, 3)`` is the same number
whatever else happens, and a coin says yes where it is below a threshold.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import TICKS, Draws, Outcome, Pool
from caretime.simulation._plain.book import Event
from caretime.simulation._plain.booking import find_return, keep_group_seat
from caretime.simulation._plain.clinic import (
    RETRY_TICK,
    VT_INTAKE,
    VT_RETURN,
    Clinic,
)
from caretime.simulation._plain.log import Log
from caretime.simulation._plain.people import (
    INTAKE,
    Booking,
    Group,
    Member,
    Seat,
    Week,
)
from caretime.simulation._plain.requests import ask_urgent, refer, retry
from caretime.simulation._plain.staff import (
    evening,
    friday,
    monday,
    morning,
    open_days,
    release,
)
from caretime.simulation._plain.visits import (
    cancel,
    group_session,
    urgent_visit,
    visit,
)

WHAT_HAPPENS = {
    Event.CANCEL: cancel,
    Event.VISIT: visit,
    Event.URGENT_VISIT: urgent_visit,
    Event.GROUP_SESSION: group_session,
    Event.URGENT_REQUEST: ask_urgent,
    Event.RETRY: retry,
}
LAST_TICK = TICKS - 1
Referrals = dict[tuple[int, int], list[tuple[int, int, int]]]
"""Number, key and stratum of who is referred, by day and tick."""


def run_pool(pool: Pool, draws: Draws, trace: bool = False) -> Outcome:
    """Run one pool for one replication, as the compiled engine does."""
    clinic = _read(pool, draws)
    for seat in clinic.seats:
        if seat.filled:
            open_days(clinic, seat, 0)
    for row, key in zip(pool.start, draws.member_keys, strict=True):
        enter(clinic, row, int(key))
    referrals = _referrals(clinic, draws)
    for today in range(5 * clinic.terms.weeks):
        clinic.today = today
        day(clinic, referrals)
    return clinic.log.count(
        {seat.clinician: seat.license for seat in clinic.seats}, pool.licenses, trace
    )


def day(clinic: Clinic, referrals: Referrals) -> None:
    """
    Let one day pass.

    Quarter hour by quarter hour: cancellations, visits, requests (urgent ones
    and second tries), each in the order in which they were booked; then new
    referrals.
    """
    clinic.tick = 0
    if clinic.today % 5 == 0:
        monday(clinic)
    release(clinic)
    morning(clinic)
    for tick in range(TICKS):
        clinic.tick = tick
        for order in range(3):
            while due := clinic.agenda.next(clinic.today, tick, order):
                member, event = due
                WHAT_HAPPENS[event](clinic, member)
        for referral in referrals.get((clinic.today, tick), []):
            refer(clinic, *referral)
    clinic.tick = LAST_TICK
    evening(clinic)
    if clinic.today % 5 == 4:
        friday(clinic)


def enter(clinic: Clinic, row: Any, key: int) -> None:
    """Enter a patient in treatment, with the group or the booking they have."""
    has_group = row["group"] >= 0
    member = Member(
        key=key,
        number=int(row["mid"]),
        stratum=int(row["stratum"]),
        tier=int(row["tier"]),
        interval=int(row["interval"]),
        visit_type=int(row["vtype"]),
        usual_tick=max(int(row["tick"]), 0),
        offered=True,
        visits=int(row["visits"]),
        group=clinic.groups[row["group"]] if has_group else None,
    )
    clinic.in_care[member.number] = member
    therapist = clinic.seats[row["clin"]]
    clinic.assign(member, therapist)
    if has_group:
        keep_group_seat(clinic, member)
    elif row["day"] < 0 or not move_booking(clinic, member, therapist, int(row["day"])):
        # Without a booking: the person asks on one of the first days.
        member.visit_type = VT_INTAKE if member.visits == 0 else VT_RETURN
        first = member.draw(st.START, 0) % 5
        clinic.agenda.put(member, Event.RETRY, first, RETRY_TICK)


def move_booking(clinic: Clinic, member: Member, seat: Seat, booked: int) -> bool:
    """
    Keep a booking from before the first day, under the contract's new week.

    On the day of the booking where the new week has an opening, at the same hour
    if it can be; else on the first later day, which is noted as a move.
    """
    terms = clinic.terms
    booked = min(booked, terms.days - 1)  # beyond the calendar: at its end
    plane = INTAKE if member.visit_type == VT_INTAKE else terms.return_plane
    day = _first_day(clinic, plane, seat, booked)
    if day is None:
        plane = terms.return_plane
        day = find_return(clinic, seat, booked, terms.days)
    if day != booked:
        clinic.note(
            EventKind.MOVED,
            member,
            seat,
            member.visit_type,
            -1 if day is None else day,
        )
    if day is None:
        return False
    ticks = clinic.openings.on(plane, seat, day)
    tick = member.usual_tick if member.usual_tick in ticks else ticks[0]
    clinic.book(member, plane, Booking(seat, day, tick))
    return True


def _first_day(clinic: Clinic, plane: int, seat: Seat, first: int) -> int | None:
    for day in range(first, clinic.terms.days):
        if clinic.openings.on(plane, seat, day):
            return day
    return None


# From arrays to objects


def _read(pool: Pool, draws: Draws) -> Clinic:
    terms = SimpleNamespace(
        **{name: int(pool.par[0][name]) for name in pool.par.dtype.names or ()}
    )
    seats = [_seat(number, row) for number, row in enumerate(draws.seats)]
    masks = pool.masks.tolist()
    return Clinic(
        terms=terms,
        seats=seats,
        groups=[
            _group(row, seats, fits)
            for row, fits in zip(pool.groups, pool.group_eligible, strict=True)
        ],
        weeks=[
            [
                Week(
                    ticks=[[_ticks(m) for m in kind] for kind in masks[phase][t]],
                    minutes=pool.minutes[phase, t].tolist(),
                    indirect=pool.indirect[phase, t].tolist(),
                    offered=pool.offered[phase, t].tolist(),
                    paid=int(pool.paid[phase, t]),
                )
                for t in range(len(masks[phase]))
            ]
            for phase in range(len(masks))
        ],
        phase=pool.phase.tolist(),
        may_treat=[_members_of(words) for words in pool.eligible.tolist()],
        business=pool.business.tolist(),
        works=draws.works.tolist(),
        away=draws.away.tolist(),
        tables=SimpleNamespace(
            end=pool.end.tolist(),
            no_show=pool.no_show.tolist(),
            leave=pool.leave.tolist(),
            interval=pool.interval.tolist(),
            network=pool.network.tolist(),
            network_class=pool.network_class.tolist(),
        ),
        log=Log(pool.strata.tolist(), terms.weeks),
    )


def _ticks(mask: int) -> list[int]:
    """Return the positions of the set bits of a mask."""
    return [tick for tick in range(TICKS) if mask >> tick & 1]


def _members_of(words: list[int]) -> set[int]:
    """Return the positions of the set bits of a row of 64-bit words."""
    return {64 * k + bit for k, word in enumerate(words) for bit in _ticks(word)}


def _seat(number: int, row: Any) -> Seat:
    hired = int(row["hired"])
    return Seat(
        number=number,
        key=int(row["key"]),
        clinician=int(row["clinician"]),
        template=int(row["template"]),
        license=int(row["license"]),
        caseload_cap=int(row["cap"]),
        days_per_week=int(row["days"]),
        opens_in_week=int(row["opens"]),
        filled=bool(row["filled"]),
        strain=int(row["strain"]),
        hired_in_week=hired if hired >= 0 else None,
    )


def _group(row: Any, seats: list[Seat], fits: Any) -> Group:
    co_leader = int(row["co_leader"])
    return Group(
        leader=seats[int(row["leader"])],
        co_leader=seats[co_leader] if co_leader >= 0 else None,
        weekday=int(row["weekday"]),
        tick=int(row["tick"]),
        minutes=int(row["minutes"]),
        free_seats=int(row["free"]),
        fits=set(np.flatnonzero(fits).tolist()),
    )


def _referrals(clinic: Clinic, draws: Draws) -> Referrals:
    found: Referrals = {}
    terms = clinic.terms
    for row, key in zip(draws.referrals, draws.referral_keys, strict=True):
        number = terms.patients + int(row["n"]) * terms.pools + terms.pool
        when = (int(row["day"]), int(row["tick"]))
        found.setdefault(when, []).append((number, int(key), int(row["stratum"])))
    return found
