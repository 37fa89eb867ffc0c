"""
Clinicians in the plain engine.

The Monday review, the end of a day with its notes, the end of a week.
"""

from __future__ import annotations

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import INCIDENT, PRESENT
from caretime.simulation._plain.book import Event
from caretime.simulation._plain.booking import (
    book_return,
    find_intake,
    rehome,
    take_intake,
)
from caretime.simulation._plain.clinic import VT_INTAKE, VT_URGENT, Clinic
from caretime.simulation._plain.people import (
    BOOKABLE,
    INTAKE,
    RETURN,
    URGENT,
    Member,
    Seat,
)
from caretime.simulation._plain.requests import calendar_day

PLANES = (RETURN, INTAKE, URGENT)
MEAL_MINUTES, CUT_MINUTES = 30, 10
THIRD_NEXT_CAP = 182
LEVEL_OPENINGS, LEVEL_UNUSED = 6, 7
LEVEL_THIRD_NEXT = ((8, 9), (10, 11))  # days and clinicians, intakes and returns


# Opening the calendar


def open_days(clinic: Clinic, seat: Seat, first: int) -> None:
    """Lay out a seat's openings from a day to the end of the calendar."""
    for day in range(first, clinic.terms.days):
        if clinic.works[seat.number][day]:
            for kind in PLANES:
                ticks = ticks_of(clinic, seat, kind, day)
                plane = clinic.terms.return_plane if kind == RETURN else kind
                clinic.openings.add(plane, seat, day, ticks)


def ticks_of(clinic: Clinic, seat: Seat, kind: int, day: int) -> list[int]:
    """Return a seat's openings of a kind; a new clinician offers a share of them."""
    ticks = clinic.week_of(seat, day).ticks[kind][day % 5]
    hired, terms = seat.hired_in_week, clinic.terms
    if hired is not None and day // 5 - hired < terms.ramp_weeks:
        return ticks[: len(ticks) * terms.ramp_permille // 1000]
    return ticks


def release(clinic: Clinic) -> None:
    """
    Turn reserved openings nobody took into return openings, some days before.

    On Mondays for all days up to then, as new clinicians have just opened theirs.
    """
    terms, today = clinic.terms, clinic.today
    for plane, lead in (
        (URGENT, terms.urgent_release),
        (INTAKE, terms.intake_release),
    ):
        if lead < 0 or plane == terms.return_plane:  # kept to the end, or shared
            continue
        first = today if today % 5 == 0 else today + lead
        for day in range(first, min(today + lead + 1, terms.days)):
            for seat in clinic.seats:
                ticks = clinic.openings.close(plane, seat, day)
                clinic.openings.add(terms.return_plane, seat, day, ticks)


# Monday


def monday(clinic: Clinic) -> None:
    """Review every seat, then the trigger, the network and the survey."""
    for seat in clinic.seats:
        seat.out = clinic.away[seat.number][clinic.today] == INCIDENT
        if seat.filled:
            chances = clinic.tables.leave  # in steps of 4/1000 of strain
            chance = chances[min(seat.strain // 4, len(chances) - 1)]
            if seat.draw(st.LEAVES, clinic.week) < chance:
                depart(clinic, seat)
        elif is_hired(clinic, seat):
            hire(clinic, seat)
    pull_trigger(clinic)
    for kind, weekly in enumerate(clinic.tables.network):
        # What is left of a whole intake is kept; whole ones are not saved up.
        clinic.network_tokens[kind] = clinic.network_tokens[kind] % 1000 + weekly
    survey(clinic)


def is_hired(clinic: Clinic, seat: Seat) -> bool:
    """Draw whether a vacant seat, once there is one, is filled this week."""
    if seat.opens_in_week > clinic.week:
        return False
    return seat.draw(st.HIRED, clinic.week) < clinic.terms.hire


def hire(clinic: Clinic, seat: Seat) -> None:
    """Fill a vacant seat."""
    seat.filled = True
    seat.hired_in_week = clinic.week
    seat.strain = clinic.terms.reference_strain
    clinic.note_seat(EventKind.CLINICIAN_HIRED, seat)
    open_days(clinic, seat, clinic.today)


def depart(clinic: Clinic, gone: Seat) -> None:
    """
    Let a clinician go: close the calendar, hand everyone on by number.

    Members of groups keep their place: the group waits for the next leader.
    """
    gone.filled = False
    for day in range(clinic.today, clinic.terms.days):
        for plane in PLANES:
            clinic.openings.close(plane, gone, day)
    clinic.note_seat(EventKind.CLINICIAN_LEFT, gone)
    for number in sorted(clinic.in_care):
        member = clinic.in_care[number]
        if member.group is None and concerns(member, gone):
            hand_on(clinic, member, gone)
    gone.backlog = 0


def concerns(member: Member, gone: Seat) -> bool:
    """Say whether a member is a patient of a seat or has a booking with it."""
    bookings = (member.booking, member.urgent)
    return member.therapist is gone or any(b and b.seat is gone for b in bookings)


def hand_on(clinic: Clinic, member: Member, gone: Seat) -> None:
    """Find a new place for one patient or booking of a clinician who left."""
    booking, urgent = member.booking, member.urgent
    clinic.agenda.remove(member)
    member.urgent = None
    if member.therapist is not gone and booking and booking.seat is not gone:
        # Only an urgent visit was with the one who left; the return stays.
        clinic.note(EventKind.PROVIDER_CANCEL, member, gone, VT_URGENT)
        clinic.agenda.put(member, Event.VISIT, booking.day, booking.tick)
        return
    if booking and booking.seat is not gone:
        clinic.give_back(booking, member.visit_type)
    if urgent and urgent.seat is not gone:
        clinic.give_back(urgent, VT_URGENT)
    if member.therapist is not gone:
        clinic.note(EventKind.PROVIDER_CANCEL, member, gone, member.visit_type)
        if not book_return(clinic, member, clinic.today + 1):
            clinic.wait_for_retry(member)
        return
    clinic.assign(member, None)
    if member.visit_type == VT_INTAKE and member.visits == 0:
        hand_on_intake(clinic, member)
    elif member.draw(st.TRANSFER, member.bookings) < clinic.terms.transfer_loss:
        clinic.note(EventKind.LOST_IN_TRANSFER, member, gone, value=member.visits)
        clinic.leave_care(member)
    else:
        due = max(booking.day if booking else 0, clinic.today + 1)
        if not (rehome(clinic, member) and book_return(clinic, member, due)):
            clinic.wait_for_retry(member)


def hand_on_intake(clinic: Clinic, member: Member) -> None:
    """Book a first visit with somebody else."""
    found = find_intake(clinic, member, clinic.today + 1)
    if found:
        take_intake(clinic, member, *found)
    else:
        clinic.wait_for_retry(member)


def pull_trigger(clinic: Clinic) -> None:
    """Open bookable protected time next week where access was missed last week."""
    terms, today = clinic.terms, clinic.today
    if terms.trigger_permille <= 0 or clinic.week == 0:
        return
    waits = clinic.log.intake_waits[clinic.week - 1]
    within = sum(wait <= terms.limit_days for wait in waits)
    if within * 1000 >= terms.trigger_permille * len(waits):
        return
    for seat in clinic.seats:
        for day in range(today + 5, min(today + 10, terms.days)):
            if seat.filled and clinic.works[seat.number][day]:
                ticks = clinic.week_of(seat, day).ticks[BOOKABLE][day % 5]
                clinic.openings.add(terms.return_plane, seat, day, ticks)


def survey(clinic: Clinic) -> None:
    """Ask every filled seat for its third next intake and return opening."""
    filled = [seat for seat in clinic.seats if seat.filled]
    planes = (INTAKE, clinic.terms.return_plane)
    for plane, (level_days, level_clinicians) in zip(
        planes, LEVEL_THIRD_NEXT, strict=True
    ):
        days = sum(third_next(clinic, plane, seat) for seat in filled)
        clinic.note_level(level_days, days)
        clinic.note_level(level_clinicians, len(filled))


def third_next(clinic: Clinic, plane: int, seat: Seat) -> int:
    """Return calendar days to the third next opening of a seat, at most 182."""
    seen = 0
    for day in range(clinic.today, clinic.terms.days):
        seen += len(clinic.openings.on(plane, seat, day))
        if seen >= 3:
            days = calendar_day(day) - calendar_day(clinic.today)
            return min(days, THIRD_NEXT_CAP)
    return THIRD_NEXT_CAP


# Every day


def morning(clinic: Clinic) -> None:
    """Note who is away and which groups are held."""
    for seat in clinic.seats:
        seat.visit_minutes = seat.notes_minutes = 0
        state = clinic.away[seat.number][clinic.today]
        if seat.filled and state != PRESENT:
            clinic.note_seat(EventKind.ABSENT, seat, flag=int(state == INCIDENT))
    for group in clinic.groups:
        group.held_by = None
        if group.weekday != clinic.today % 5 or clinic.is_holiday(clinic.today):
            continue
        for leader in (group.leader, group.co_leader):
            if leader and not group.held_by and clinic.is_present(leader):
                group.held_by = leader
                leader.week_visits += group.minutes


def evening(clinic: Clinic) -> None:
    """Fit the day's notes into the paid day, and count openings nobody used."""
    offered = unused = 0
    for seat in clinic.seats:
        if clinic.is_present(seat) and clinic.works[seat.number][clinic.today]:
            for kind in PLANES:
                offered += len(ticks_of(clinic, seat, kind, clinic.today))
                unused += len(clinic.openings.on(kind, seat, clinic.today))
            write_notes(clinic, seat)
    clinic.note_level(LEVEL_OPENINGS, offered)
    clinic.note_level(LEVEL_UNUSED, unused)


def write_notes(clinic: Clinic, seat: Seat) -> None:
    """Do notes in paid time; the rest waits, then eats the meal, then the evening."""
    terms, weekday = clinic.terms, clinic.today % 5
    week = clinic.week_of(seat, clinic.today)
    idle = week.offered[weekday] - seat.visit_minutes
    if idle > 0:  # part of the time of missed and open visits serves for notes
        idle = idle * terms.idle_permille // 1000
    room = max(week.indirect[weekday] + idle, 0)
    management = (
        len(seat.patients) * terms.management_centimin // (100 * seat.days_per_week)
    )
    need = seat.notes_minutes + seat.backlog + management
    done = min(need, room)
    seat.backlog = min(need - done, terms.carry_minutes)
    too_much = need - done - seat.backlog
    meal = min(too_much, MEAL_MINUTES)
    seat.week_visits += seat.visit_minutes
    seat.week_notes += done
    seat.week_meals += meal
    seat.week_meals_cut += int(meal >= CUT_MINUTES)
    seat.week_unpaid += too_much - meal


# Friday


def friday(clinic: Clinic) -> None:
    """Close the week of every seat, and count who is where."""
    filled = [seat for seat in clinic.seats if seat.filled]
    for seat in filled:
        close_week(clinic, seat)
    members = clinic.in_care.values()
    without_booking = sum(
        clinic.agenda.event_of(member) == Event.RETRY for member in members
    )
    vacant = sum(
        not seat.filled and seat.opens_in_week <= clinic.week for seat in clinic.seats
    )
    clinic.note_level(0, sum(member.visits > 0 for member in members))
    clinic.note_level(1, sum(member.visits == 0 for member in members))
    clinic.note_level(2, without_booking)
    clinic.note_level(3, len(members) - without_booking)
    clinic.note_level(4, len(filled))
    clinic.note_level(5, vacant)


def close_week(clinic: Clinic, seat: Seat) -> None:
    """Write a seat's week; its strain follows the overload of about eight weeks."""
    paid = clinic.week_of(seat, clinic.today).paid
    clinic.note_seat(EventKind.WEEK_PAID, seat, paid)
    clinic.note_seat(EventKind.WEEK_VISITS, seat, seat.week_visits)
    clinic.note_seat(EventKind.WEEK_NOTES, seat, seat.week_notes)
    clinic.note_seat(EventKind.WEEK_MEALS, seat, seat.week_meals, seat.week_meals_cut)
    clinic.note_seat(EventKind.WEEK_UNPAID, seat, seat.week_unpaid)
    clinic.note_seat(EventKind.WEEK_ENCROACHED, seat, seat.week_encroached)
    overload = (seat.week_meals + seat.week_unpaid) * 1000 // paid
    seat.strain = (seat.strain * 7 + overload) // 8
    seat.week_visits = seat.week_notes = seat.week_meals = 0
    seat.week_meals_cut = seat.week_unpaid = seat.week_encroached = 0
