"""Corruptions of dated visits, planted in a sound plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from corruptions_of_matches import (
    CLINIC,
    DATED,
    Planted,
    match_where,
    series_of,
)

from caretime.model.strike import Booking, StrikePlan, Untimed


def booking_where(*, house: bool) -> Booking:
    return next(b for b in DATED.bookings if b.substitute_id.startswith("C") == house)


def with_booking(old: Booking, **changes: object) -> StrikePlan:
    every = tuple(replace(b, **changes) if b is old else b for b in DATED.bookings)
    return replace(DATED, bookings=every)


def in_limit(booking: Booking, start: datetime) -> bool:
    local = start.astimezone(CLINIC.calendar.zone).date()
    return booking.number > 1 or local <= series_of(DATED, booking.patient_id).limit_day


def moved(booking: Booking, start: datetime) -> Planted:
    """Move a visit, its limit told truly."""
    changes = {"start": start, "within_limit": in_limit(booking, start)}
    return Planted(with_booking(booking, **changes), booking.patient_id)


def two_at_once() -> Planted:
    for one in DATED.bookings:
        for other in DATED.bookings:
            days = abs((one.start - other.start).days)
            same = one.substitute_id == other.substitute_id
            week = [(b.start.date() - DATED.monday).days // 7 for b in (one, other)]
            if one is not other and same and week[0] == week[1] and days < 7:
                planted = moved(other, one.start)
                return replace(planted, who=one.substitute_id)
    raise AssertionError("nobody has two visits in a week")


def a_visit_at_night() -> Planted:
    one = booking_where(house=True)
    return moved(one, one.start.replace(hour=22))


def a_visit_on_an_own_one() -> Planted:
    one = next(
        b
        for b in DATED.bookings
        for a in CLINIC.appointments
        if a.clinician_id == b.substitute_id
        and a.start.isocalendar()[:2] == b.start.isocalendar()[:2]
    )
    own = next(
        a
        for a in CLINIC.appointments
        if a.clinician_id == one.substitute_id
        and a.start.isocalendar()[:2] == one.start.isocalendar()[:2]
    )
    return moved(one, own.start)


def a_visit_on_a_holiday() -> Planted:
    one = booking_where(house=True)
    holiday = replace(
        CLINIC,
        calendar=replace(
            CLINIC.calendar,
            holidays=CLINIC.calendar.holidays | {one.start.date()},
        ),
    )
    return Planted(DATED, one.patient_id, holiday)


def a_visit_in_another_week() -> Planted:
    one = booking_where(house=False)
    return moved(one, one.start + timedelta(days=7))


def a_visit_cut_short() -> Planted:
    one = booking_where(house=True)
    return Planted(with_booking(one, minutes=one.minutes - 10), one.patient_id)


def a_visit_another_way() -> Planted:
    one = booking_where(house=True)
    other = {"telehealth": "in_person", "in_person": "telehealth"}[one.modality]
    return Planted(with_booking(one, modality=other), one.patient_id)


def a_limit_told_wrongly() -> Planted:
    one = booking_where(house=True)
    changed = with_booking(one, within_limit=not one.within_limit)
    return Planted(changed, one.patient_id)


def a_visit_with_somebody_else() -> Planted:
    one = booking_where(house=True)
    other = next(
        s.substitute_id
        for s in DATED.substitutes
        if s.kind == "in_house" and s.substitute_id != one.substitute_id
    )
    return Planted(with_booking(one, substitute_id=other), one.patient_id)


def a_visit_twice() -> Planted:
    one = booking_where(house=False)
    again = replace(one, start=one.start + timedelta(hours=12))
    return Planted(replace(DATED, bookings=(*DATED.bookings, again)), one.patient_id)


def a_visit_without_a_time() -> Planted:
    one = booking_where(house=True)
    kept = tuple(b for b in DATED.bookings if b is not one)
    return Planted(replace(DATED, bookings=kept), one.patient_id)


def a_visit_without_a_time_and_without_a_call() -> Planted:
    one = booking_where(house=True)
    match = match_where(DATED, patient_id=one.patient_id)
    week = match.weeks[one.number - 1]
    kept = tuple(b for b in DATED.bookings if b is not one)
    untimed = Untimed(one.patient_id, one.number, week, "openings_taken")
    plan = replace(DATED, bookings=kept, untimed=(*DATED.untimed, untimed))
    return Planted(plan, one.patient_id)


def a_visit_with_and_without_a_time() -> Planted:
    one = booking_where(house=True)
    untimed = Untimed(one.patient_id, one.number, 0, "openings_taken")
    plan = replace(DATED, untimed=(*DATED.untimed, untimed))
    return Planted(plan, one.patient_id)


BOOKINGS: tuple[tuple[Callable[[], Planted], set[str]], ...] = (
    (two_at_once, {"overlap"}),
    (a_visit_at_night, {"outside_openings"}),
    (a_visit_on_an_own_one, {"own_booking"}),
    (a_visit_in_another_week, {"booking_week"}),
    (a_visit_cut_short, {"booking_length"}),
    (a_visit_another_way, {"booking_way"}),
    (a_limit_told_wrongly, {"booking_limit"}),
    (a_visit_with_somebody_else, {"booking", "untimed"}),
    (a_visit_twice, {"booking"}),
    (a_visit_without_a_time, {"untimed"}),
    (a_visit_without_a_time_and_without_a_call, {"contact"}),
    (a_visit_with_and_without_a_time, {"untimed"}),
)
