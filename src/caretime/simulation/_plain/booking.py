"""How visits are found and booked, in the plain engine."""

from __future__ import annotations

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._plain.book import Event
from caretime.simulation._plain.clinic import (
    VT_GROUP,
    VT_INTAKE,
    VT_RETURN,
    Clinic,
)
from caretime.simulation._plain.people import INTAKE, Booking, Member, Seat

INTAKE_CLOCK, FIRST_CLOCK, FOLLOW_CLOCK, EXCEPTION = 0, 1, 2, 8
HIGH_PRIORITY = 1


# Intakes


def find_intake(clinic: Clinic, member: Member, first: int) -> tuple[Seat, int] | None:
    """
    Return seat and day of the first intake opening from a day on.

    The seat must accept new patients and be eligible. Among several on one day
    the search begins at a drawn seat, so that nobody is first in every list.
    """
    last = min(clinic.today + clinic.terms.horizon, clinic.terms.days)
    for day in range(first, last):
        if not is_kept_for_priority(clinic, member, day):
            for seat in clinic.seats_from(member):
                free = clinic.openings.on(INTAKE, seat, day)
                if free and seat.accepts and clinic.is_eligible(seat, member):
                    return seat, day
    return None


def is_kept_for_priority(clinic: Clinic, member: Member, day: int) -> bool:
    """Say whether what is left on a day is kept for people of high priority."""
    if member.tier == HIGH_PRIORITY or day - clinic.today <= 1:
        return False
    left = clinic.openings.count(INTAKE, day)
    return left <= clinic.terms.priority_openings


def take_intake(clinic: Clinic, member: Member, seat: Seat, day: int) -> None:
    """Book the earliest intake of a day: the seat is therapist of record at once."""
    tick = clinic.openings.on(INTAKE, seat, day)[0]
    member.visit_type = VT_INTAKE
    clinic.assign(member, seat)
    clinic.book(member, INTAKE, Booking(seat, day, tick))


# Returns


def book_return(clinic: Clinic, member: Member, first: int) -> bool:
    """Book the own therapist's first return opening on or after a day, if any."""
    assert member.therapist
    first = max(first, clinic.today + 1)
    last = clinic.today + clinic.terms.horizon
    day = find_return(clinic, member.therapist, first, last)
    if day is None:
        return False
    take_return(clinic, member, member.therapist, day)
    offer_return(clinic, member)
    return True


def find_return(clinic: Clinic, seat: Seat, first: int, last: int) -> int | None:
    """Return the first day before ``last`` with a return opening of the seat."""
    for day in range(first, min(last, clinic.terms.days)):
        if clinic.openings.on(clinic.terms.return_plane, seat, day):
            return day
    return None


def take_return(clinic: Clinic, member: Member, seat: Seat, day: int) -> None:
    """Book a return, at the hour of the last visit where that is free."""
    plane = clinic.terms.return_plane
    ticks = clinic.openings.on(plane, seat, day)
    tick = member.usual_tick if member.usual_tick in ticks else ticks[0]
    member.visit_type = VT_RETURN
    clinic.book(member, plane, Booking(seat, day, tick))


def offer_return(clinic: Clinic, member: Member) -> None:
    """Write the first offer of a return; its wait runs from the last visit."""
    if member.offered:
        return
    assert member.booking
    member.offered = True
    clock = FIRST_CLOCK if member.visits == 1 else FOLLOW_CLOCK
    is_long = member.interval > clinic.terms.limit_days and not member.group
    if clock == FOLLOW_CLOCK and is_long:
        # Once and for all: whether the clinician has put the exception on record.
        clock += EXCEPTION * (member.draw(st.EXCEPTION, 0) < clinic.terms.exception)
    wait = clinic.business_days(member.asked, member.booking.day)
    clinic.note(
        EventKind.OFFER, member, member.booking.seat, member.visit_type, wait, clock
    )


def rehome(clinic: Clinic, member: Member) -> bool:
    """Give a member without a therapist the first seat that may take them."""
    for seat in clinic.seats_from(member):
        if seat.accepts and clinic.is_eligible(seat, member):
            clinic.assign(member, seat)
            clinic.note(EventKind.TRANSFERRED, member, seat)
            return True
    return False


def keep_group_seat(clinic: Clinic, member: Member) -> None:
    """Keep a group member's seat for the next session; holidays are skipped."""
    group = member.group
    assert group
    day = clinic.today + 1 + (group.weekday - clinic.today - 1) % 5
    while clinic.is_holiday(day) and day + 5 < clinic.terms.days:
        day += 5
    member.visit_type = VT_GROUP
    member.booked_on = clinic.today
    member.bookings += 1
    member.booking = Booking(group.leader, day, group.tick)
    member.usual_tick = group.tick
    offer_return(clinic, member)
    clinic.agenda.put(member, Event.GROUP_SESSION, day, group.tick)
