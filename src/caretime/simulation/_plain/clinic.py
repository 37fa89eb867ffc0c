"""The plain engine's clinic: everyone, the book and the clock, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caretime.model.log import EventKind
from caretime.simulation import streams as st
from caretime.simulation._arrays import PRESENT
from caretime.simulation._plain.book import Agenda, Event, Openings
from caretime.simulation._plain.log import NOBODY, Log
from caretime.simulation._plain.people import (
    INTAKE,
    URGENT,
    Booking,
    Group,
    Member,
    Seat,
    Week,
)

VT_INTAKE, VT_RETURN, VT_GROUP, VT_URGENT = range(4)
RETRY_TICK = 8


class Clinic:
    """
    One pool in one replication.

    Parameters
    ----------
    terms
        Numbers of the contract and the assumptions (``_arrays.PARAMETERS``);
        chances are thresholds a draw must stay below.
    weeks
        ``weeks[phase][template]``.
    phase
        Which phase of the contract holds in each week.
    may_treat
        For each stratum the numbers of the seats that may treat it.
    business
        Business days up to and including each day.
    works, away
        By seat and day: whether the seat works at all, and its state.
    """

    def __init__(
        self,
        *,
        terms: Any,
        seats: list[Seat],
        groups: list[Group],
        weeks: list[list[Week]],
        phase: list[int],
        may_treat: list[set[int]],
        business: list[int],
        works: list[list[int]],
        away: list[list[int]],
        tables: Any,
        log: Log,
    ) -> None:
        self.terms = terms
        self.seats = seats
        self.groups = groups
        self.weeks = weeks
        self.phase = phase
        self.may_treat = may_treat
        self.business = business
        self.works = works
        self.away = away
        self.tables = tables  # chances by wait, visit number and strain
        self.log = log
        self.openings = Openings(terms.days)
        self.agenda = Agenda()
        self.in_care: dict[int, Member] = {}
        self.network_tokens = [0] * len(tables.network)
        self.today = -1  # the book is entered before the first day
        self.tick = 0

    # Days

    @property
    def week(self) -> int:
        """Number of this week."""
        return self.today // 5

    def is_holiday(self, day: int) -> bool:
        """Say whether a working day is a holiday."""
        before = self.business[day - 1] if day > 0 else 0
        return self.business[day] == before

    def business_days(self, first: int, last: int) -> int:
        """Count the business days after ``first`` up to and including ``last``."""
        return self.business[last] - self.business[max(first, 0)]

    # Clinicians

    def week_of(self, seat: Seat, day: int) -> Week:
        """Return the week a seat works under the contract on a day."""
        return self.weeks[self.phase[day // 5]][seat.template]

    def is_present(self, seat: Seat) -> bool:
        """Say whether there is a clinician in the seat, and not away today."""
        return seat.filled and self.away[seat.number][self.today] == PRESENT

    def seats_from(self, member: Member) -> Iterator[Seat]:
        """Go once around all seats, from one that is drawn for the booking."""
        first = member.draw(st.START, member.bookings) % len(self.seats)
        yield from self.seats[first:]
        yield from self.seats[:first]

    def is_eligible(self, seat: Seat, member: Member) -> bool:
        """Say whether the seat may treat the member."""
        return seat.number in self.may_treat[member.stratum]

    # Openings and bookings

    def give_back(self, booking: Booking, visit_type: int) -> None:
        """Return a booked opening to where it came from, if it can still be used."""
        if booking.day > self.today:
            plane = self.plane_of(booking, visit_type)
            self.openings.add(plane, booking.seat, booking.day, [booking.tick])

    def plane_of(self, booking: Booking, visit_type: int) -> int:
        """Return the plane of a booked opening; released ones are for returns."""
        reserved = {
            VT_INTAKE: (INTAKE, self.terms.intake_release),
            VT_URGENT: (URGENT, self.terms.urgent_release),
        }
        returns: int = self.terms.return_plane
        if visit_type not in reserved:
            return returns
        plane, lead = reserved[visit_type]
        week = self.week_of(booking.seat, booking.day)
        is_reserved = booking.tick in week.ticks[plane][booking.day % 5]
        return plane if is_reserved and booking.day - self.today > lead else returns

    def book(self, member: Member, plane: int, booking: Booking) -> None:
        """
        Take an opening for a member.

        Whether the person will cancel late is drawn at once, for the working day
        before the visit; a visit booked for tomorrow is not cancelled.
        """
        self.openings.take(plane, booking.seat, booking.day, booking.tick)
        member.booking = booking
        member.usual_tick = booking.tick
        member.booked_on = self.today
        number = member.bookings
        member.bookings += 1
        before = booking.day - 1
        cancels = member.draw(st.CANCELS, number) < self.terms.late_cancel
        if cancels and before > self.today:
            self.agenda.put(member, Event.CANCEL, before, booking.tick)
        else:
            self.agenda.put(member, Event.VISIT, booking.day, booking.tick)

    def wait_for_retry(self, member: Member) -> None:
        """Let a member without a booking ask again in a week."""
        member.booking = member.urgent = None
        self.agenda.put(member, Event.RETRY, self.today + 5, RETRY_TICK)

    # Members

    def assign(self, member: Member, seat: Seat | None) -> None:
        """Make a seat, or nobody, the therapist of record."""
        if member.therapist:
            member.therapist.patients.remove(member)
        member.therapist = seat
        if seat:
            seat.patients.add(member)

    def leave_care(self, member: Member) -> None:
        """End a member's stay: caseload and group seat are free again."""
        self.assign(member, None)
        if member.group:
            member.group.free_seats += 1
        del self.in_care[member.number]

    # The log

    def note(
        self,
        kind: EventKind,
        member: Member,
        seat: Seat | None = None,
        visit_type: int = NOBODY,
        value: int = 0,
        flag: int = 0,
    ) -> None:
        """Write what happened to a member now."""
        self.log.write(
            kind,
            self.today,
            self.tick,
            member=member.number,
            clinician=seat.clinician if seat else NOBODY,
            stratum=member.stratum,
            visit_type=visit_type,
            value=value,
            flag=flag,
        )

    def note_seat(
        self, kind: EventKind, seat: Seat, value: int = 0, flag: int = 0
    ) -> None:
        """Write what happened to a clinician now."""
        self.log.write(
            kind,
            self.today,
            self.tick,
            clinician=seat.clinician,
            value=value,
            flag=flag,
        )

    def note_level(self, level: int, value: int) -> None:
        """Write a level (``model.log.LEVELS``) of the pool."""
        self.log.write(
            EventKind.LEVELS, self.today, self.tick, visit_type=level, value=value
        )
