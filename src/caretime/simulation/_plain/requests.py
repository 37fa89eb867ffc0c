"""Who asks for a visit, in the plain engine: referrals, retries, urgent requests."""

from __future__ import annotations

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import PRESENT
from caretime.simulation._plain.book import Event
from caretime.simulation._plain.booking import (
    HIGH_PRIORITY,
    INTAKE_CLOCK,
    book_return,
    find_intake,
    rehome,
    take_intake,
)
from caretime.simulation._plain.clinic import VT_INTAKE, VT_URGENT, Clinic
from caretime.simulation._plain.people import URGENT, Booking, Member, Seat

ORDINARY = 3
URGENT_CLOCK = 3
URGENT_DAYS = 5
WHOLE_TOKEN = 1000


# First visits


def refer(clinic: Clinic, number: int, key: int, stratum: int) -> None:
    """Receive a new person who asks for care."""
    one_two_three_weeks, high = clinic.tables.interval[:3], clinic.tables.interval[3]
    chance = st.draw(key, st.INTERVAL, 0)
    weeks = next((k for k in range(3) if chance < one_two_three_weeks[k]), 3) + 1
    is_high = st.draw(key, st.TIER, 0) < high
    member = Member(
        key=key,
        number=number,
        stratum=stratum,
        tier=HIGH_PRIORITY if is_high else ORDINARY,
        interval=5 * weeks,
        visit_type=VT_INTAKE,
        usual_tick=clinic.tick,
        asked=clinic.today,
    )
    clinic.in_care[number] = member
    clinic.note(EventKind.REFERRAL, member, flag=member.tier)
    request_intake(clinic, member)


def request_intake(clinic: Clinic, member: Member) -> None:
    """
    Offer the first intake.

    Where none is free, or only past the limit, a network therapist is offered;
    who declines takes the late one, or waits. Some decline the first offer for
    one a week or more later: the offer counts, the wait is theirs.
    """
    member.visit_type = VT_INTAKE
    found = find_intake(clinic, member, clinic.today + 1)
    wait = clinic.business_days(member.asked, found[1]) if found else 0
    is_late = found is None or wait > clinic.terms.limit_days
    if is_late and to_network(clinic, member):
        return
    if found is None:
        clinic.note(EventKind.WAITLISTED, member, visit_type=VT_INTAKE)
        clinic.wait_for_retry(member)
        return
    if not member.offered:
        member.offered = True
        seat, day = found
        clinic.note(EventKind.OFFER, member, seat, VT_INTAKE, wait, INTAKE_CLOCK)
        if member.draw(st.LATER, 0) < clinic.terms.later:
            found = find_intake(clinic, member, day + 5) or found
    take_intake(clinic, member, *found)


def to_network(clinic: Clinic, member: Member) -> bool:
    """Hand the person to a network therapist, where one can be had and is wanted."""
    terms = clinic.terms
    language = clinic.tables.network_class[member.stratum]
    if clinic.network_tokens[language] < WHOLE_TOKEN:
        return False
    if member.draw(st.NETWORK, member.bookings) < terms.network_refusal:
        clinic.note(EventKind.NETWORK_OFFER_DECLINED, member, visit_type=VT_INTAKE)
        return False
    clinic.network_tokens[language] -= WHOLE_TOKEN
    if not member.offered:
        # From 1 to twice the mean less 1, all equally likely.
        span = max(2 * terms.network_wait - 1, 1)
        network_wait = 1 + member.draw(st.NETWORK_WAIT, 0) % span
        wait = clinic.business_days(member.asked, clinic.today) + network_wait
        clinic.note(EventKind.OFFER, member, None, VT_INTAKE, wait, INTAKE_CLOCK)
    clinic.note(EventKind.TO_NETWORK, member, value=terms.network_visits)
    clinic.leave_care(member)
    return True


def retry(clinic: Clinic, member: Member) -> None:
    """Someone without a booking asks again, or gives up."""
    number = member.bookings
    member.bookings += 1
    if member.draw(st.GIVES_UP, number) < clinic.terms.give_up:
        clinic.note(
            EventKind.LOST_WAITING,
            member,
            visit_type=member.visit_type,
            value=member.visits,
        )
        clinic.leave_care(member)
    elif member.visits == 0:
        request_intake(clinic, member)
    else:
        has_therapist = member.therapist is not None or rehome(clinic, member)
        if not (has_therapist and book_return(clinic, member, clinic.today + 1)):
            clinic.wait_for_retry(member)


# Urgent returns


def ask_urgent(clinic: Clinic, member: Member) -> None:
    """Look for an urgent visit before the booked one, and offer what is first."""
    assert member.booking
    clinic.note(EventKind.URGENT_REQUEST, member, member.therapist, VT_URGENT)
    found = find_urgent(clinic, member)
    if found and is_before(found[0], member.booking):
        member.urgent, plane = found
        offer_urgent(clinic, member, member.urgent)
        visit = member.urgent
        clinic.openings.take(plane, visit.seat, visit.day, visit.tick)
        clinic.agenda.put(member, Event.URGENT_VISIT, visit.day, visit.tick)
    else:
        offer_urgent(clinic, member, member.booking)
        day, tick = member.booking.day, member.booking.tick
        clinic.agenda.put(member, Event.VISIT, day, tick)


def is_before(one: Booking, other: Booking) -> bool:
    """Say whether a visit begins before another."""
    return (one.day, one.tick) < (other.day, other.tick)


def offer_urgent(clinic: Clinic, member: Member, visit: Booking) -> None:
    """Write the offer of an urgent visit; its wait is in hours of the clock."""
    days = calendar_day(visit.day) - calendar_day(clinic.today)
    hours = max(days * 96 + visit.tick - clinic.tick, 0) // 4
    clinic.note(EventKind.OFFER, member, visit.seat, VT_URGENT, hours, URGENT_CLOCK)


def find_urgent(clinic: Clinic, member: Member) -> tuple[Booking, int] | None:
    """
    Return an urgent visit from today to four working days on, and its plane.

    Day by day: the own therapist's urgent openings, the own therapist's return
    openings, then urgent openings of others who are eligible, or their return
    openings on days whose urgent openings have been released.
    """
    terms, own = clinic.terms, member.therapist
    assert own
    for day in range(clinic.today, min(clinic.today + URGENT_DAYS, terms.days)):
        for plane in (URGENT, terms.return_plane):
            tick = first_tick_left(clinic, plane, own, day)
            if tick is not None and is_expected(clinic, own, day):
                return Booking(own, day, tick), plane
        released = day - clinic.today <= terms.urgent_release
        plane = terms.return_plane if released else URGENT
        for seat in clinic.seats_from(member):
            tick = first_tick_left(clinic, plane, seat, day)
            if (
                tick is not None
                and clinic.is_eligible(seat, member)
                and is_expected(clinic, seat, day)
            ):
                return Booking(seat, day, tick), plane
    return None


def first_tick_left(clinic: Clinic, plane: int, seat: Seat, day: int) -> int | None:
    """Return the first opening of a seat's day that is still to come."""
    for tick in clinic.openings.on(plane, seat, day):
        if day > clinic.today or tick > clinic.tick:
            return tick
    return None


def is_expected(clinic: Clinic, seat: Seat, day: int) -> bool:
    """Say whether the desk expects the clinician: not out, not away today."""
    if seat.out:
        return False
    is_away_today = clinic.away[seat.number][clinic.today] != PRESENT
    return day > clinic.today or not is_away_today


def calendar_day(day: int) -> int:
    """Return calendar days since the first Monday."""
    return (day // 5) * 7 + day % 5
