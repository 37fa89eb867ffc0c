"""
What happens at a booked visit, in the plain engine.

The person comes or does not; the course ends or goes on; each return is booked
with the person's own therapist.
"""

from __future__ import annotations

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import INCIDENT
from caretime.simulation._plain.book import Event
from caretime.simulation._plain.booking import (
    book_return,
    find_intake,
    find_return,
    keep_group_seat,
    rehome,
    take_intake,
    take_return,
)
from caretime.simulation._plain.clinic import (
    VT_GROUP,
    VT_INTAKE,
    VT_RETURN,
    VT_URGENT,
    Clinic,
)
from caretime.simulation._plain.people import BOOKABLE, Member, Seat

SUBSTITUTE_DAYS = 10
FIRST_REQUEST_TICK, REQUEST_TICKS = 8, 32  # urgent requests: 08:00 to 16:00


# The visit


def visit(clinic: Clinic, member: Member) -> None:
    """Hold a booked visit that is due, or not."""
    assert member.booking
    seat = member.booking.seat
    if not clinic.is_present(seat):
        provider_cancel(clinic, member, seat)
    elif not comes(clinic, member):
        missed(clinic, member, seat)
    else:
        hold(clinic, member, seat, member.visit_type)
        go_on(clinic, member, seat)


def group_session(clinic: Clinic, member: Member) -> None:
    """Take part in a group session, if it is held."""
    assert member.group
    held_by = member.group.held_by
    if held_by is None:
        clinic.note(EventKind.PROVIDER_CANCEL, member, member.group.leader, VT_GROUP)
        keep_group_seat(clinic, member)
    elif not comes(clinic, member):
        missed(clinic, member, held_by)
    else:
        hold(clinic, member, held_by, VT_GROUP)
        go_on(clinic, member, held_by)


def urgent_visit(clinic: Clinic, member: Member) -> None:
    """Hold an urgent visit; the booked return stays as it is."""
    assert member.urgent
    assert member.booking
    seat = member.urgent.seat
    member.urgent = None
    floor = clinic.tables.no_show[1][0]
    if not clinic.is_present(seat):
        clinic.note(EventKind.PROVIDER_CANCEL, member, seat, VT_URGENT)
    elif member.draw(st.URGENT_SHOWS, member.visits) >= floor:
        hold(clinic, member, seat, VT_URGENT)
    else:
        clinic.note(EventKind.NO_SHOW, member, seat, VT_URGENT)
    clinic.agenda.put(member, Event.VISIT, member.booking.day, member.booking.tick)


def comes(clinic: Clinic, member: Member) -> bool:
    """Draw whether the person comes; the chance of a miss saturates in the wait."""
    wait = clinic.business_days(member.booked_on, clinic.today)
    curve = clinic.tables.no_show[0 if member.visit_type == VT_INTAKE else 1]
    chance: int = curve[min(wait, len(curve) - 1)]
    return member.draw(st.SHOWS, member.bookings) >= chance


def hold(clinic: Clinic, member: Member, seat: Seat, visit_type: int) -> None:
    """Count a held visit: its minutes, the notes it needs, whose patient it was."""
    if visit_type == VT_GROUP:
        assert member.group
        minutes = member.group.minutes  # counted once for the session
        seat.notes_minutes += clinic.terms.notes_group
    else:
        week = clinic.week_of(seat, clinic.today)
        minutes = week.minutes[visit_type]
        seat.visit_minutes += minutes
        is_intake = visit_type == VT_INTAKE
        seat.notes_minutes += (
            clinic.terms.notes_intake if is_intake else clinic.terms.notes_return
        )
        if clinic.tick in week.ticks[BOOKABLE][clinic.today % 5]:
            seat.week_encroached += minutes
    own = int(seat is member.therapist)
    clinic.note(EventKind.ATTENDED, member, seat, visit_type, minutes, own)


def go_on(clinic: Clinic, member: Member, seat: Seat) -> None:
    """After a held visit: the course ends, or the next visit is asked for."""
    member.visits += 1
    ends = clinic.tables.end
    chance = ends[min(member.visits, len(ends) - 1)]
    if member.draw(st.ENDS, member.visits) < chance:
        clinic.note(EventKind.DISCHARGED, member, seat, value=member.visits)
        clinic.leave_care(member)
        return
    member.booking = None
    member.visit_type = VT_RETURN
    member.asked, member.offered = clinic.today, False
    if member.group or (member.visits == 1 and join_group(clinic, member)):
        keep_group_seat(clinic, member)
    elif member.therapist or rehome(clinic, member):
        next_return(clinic, member)
    else:
        book_again(clinic, member, clinic.today + 1)


# Visits that are not held


def missed(clinic: Clinic, member: Member, seat: Seat) -> None:
    """Note that the person did not come: some give up, others get a new date."""
    terms = clinic.terms
    clinic.note(EventKind.NO_SHOW, member, seat, member.visit_type)
    chance = terms.drop_intake if member.visits == 0 else terms.drop_return
    if member.draw(st.DROPS, member.bookings) < chance:
        drop(clinic, member, seat)
        return
    member.booking = None
    if member.group:
        keep_group_seat(clinic, member)
    else:
        book_again(clinic, member, clinic.today + 1)


def cancel(clinic: Clinic, member: Member) -> None:
    """Cancel the visit of the next working day; most people book again."""
    assert member.booking
    booking, member.booking = member.booking, None
    clinic.note(EventKind.LATE_CANCEL, member, booking.seat, member.visit_type)
    clinic.give_back(booking, member.visit_type)
    if member.draw(st.REBOOKS, member.bookings) < clinic.terms.rebook:
        book_again(clinic, member, clinic.today + 2)
    else:
        drop(clinic, member, booking.seat)


def drop(clinic: Clinic, member: Member, seat: Seat) -> None:
    """End a course that was not finished."""
    clinic.note(EventKind.DROPPED, member, seat, member.visit_type, value=member.visits)
    clinic.leave_care(member)


def provider_cancel(clinic: Clinic, member: Member, seat: Seat) -> None:
    """Find a substitute, the network or a new date: the clinician is not there."""
    terms, today = clinic.terms, clinic.today
    clinic.note(EventKind.PROVIDER_CANCEL, member, seat, member.visit_type)
    member.booking = None
    in_incident = clinic.away[seat.number][today] == INCIDENT
    if not in_incident or member.visit_type == VT_INTAKE:
        book_again(clinic, member, today + 1)
        return
    would_substitute = member.draw(st.SUBSTITUTE, member.bookings) < terms.substitute
    if would_substitute and book_substitute(clinic, member):
        return
    if member.draw(st.NETWORK_TOOK, member.bookings) < terms.incident_network:
        clinic.note(
            EventKind.TO_NETWORK, member, None, member.visit_type, value=1, flag=1
        )
        book_again(clinic, member, today + member.interval)
    else:
        next_monday = today + 5 - today % 5
        book_again(clinic, member, next_monday)


def book_substitute(clinic: Clinic, member: Member) -> bool:
    """Book one visit with another clinician within ten days, if there is one."""
    first = clinic.today + 1
    for seat in clinic.seats_from(member):
        if seat.filled and not seat.out and clinic.is_eligible(seat, member):
            day = find_return(clinic, seat, first, first + SUBSTITUTE_DAYS)
            if day is not None:
                take_return(clinic, member, seat, day)
                return True
    return False


def book_again(clinic: Clinic, member: Member, first: int) -> None:
    """Find a new date for a visit that was not held; else the waitlist."""
    if member.visit_type == VT_INTAKE and member.visits == 0:
        found = find_intake(clinic, member, max(first, clinic.today + 1))
        if found:
            take_intake(clinic, member, *found)
            return
    elif member.therapist and book_return(clinic, member, first):
        return
    clinic.note(EventKind.WAITLISTED, member, visit_type=member.visit_type)
    clinic.wait_for_retry(member)


# Returns


def next_return(clinic: Clinic, member: Member) -> None:
    """
    Book the return after a held visit, at the interval or up to two days before.

    The first treatment visit comes within the limit of a first visit, so that a
    longer interval starts with the second.
    """
    gap = member.interval
    if member.visits == 1:
        gap = min(gap, clinic.terms.limit_days)
    gap -= member.draw(st.JITTER, member.visits) % 3
    if not book_return(clinic, member, clinic.today + gap):
        clinic.note(EventKind.WAITLISTED, member, visit_type=VT_RETURN)
        clinic.wait_for_retry(member)
        return
    if member.draw(st.URGENT, member.visits) < clinic.terms.urgent:
        await_urgent_request(clinic, member)


def await_urgent_request(clinic: Clinic, member: Member) -> None:
    """Let the person ask for an urgent visit before the booked one."""
    assert member.booking
    moment = member.draw(st.URGENT_DAY, member.visits)
    day = clinic.today + 1 + moment % max(member.interval - 1, 1)
    will_come = clinic.agenda.event_of(member) == Event.VISIT
    if will_come and day < member.booking.day:
        tick = FIRST_REQUEST_TICK + (moment >> 32) % REQUEST_TICKS
        clinic.agenda.remove(member)
        clinic.agenda.put(member, Event.URGENT_REQUEST, day, tick)


# Groups


def join_group(clinic: Clinic, member: Member) -> bool:
    """Take a free seat in a group that fits, if the person wants one."""
    groups = clinic.groups
    if not groups or member.draw(st.GROUP, 0) >= clinic.terms.group:
        return False
    first = member.draw(st.GROUP, 1) % len(groups)
    for group in groups[first:] + groups[:first]:
        if group.free_seats > 0 and member.stratum in group.fits:
            group.free_seats -= 1
            member.group = group
            return True
    return False
