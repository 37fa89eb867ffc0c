"""People of the plain engine: members, the seats of clinicians, groups, weeks."""

from __future__ import annotations

from dataclasses import dataclass, field

from caretime.simulation import streams

RETURN, INTAKE, URGENT, BOOKABLE = range(4)
"""Kinds of openings, in the order of ``_arrays``."""


@dataclass(frozen=True)
class Week:
    """
    A clinician's week under the contract, in one of its phases.

    ``ticks[kind][weekday]`` are the quarter hours at which openings begin;
    ``minutes`` are by visit type; ``indirect`` (notes and patient management)
    and ``offered`` (openings) are minutes by weekday; ``paid`` is for the week.
    """

    ticks: list[list[list[int]]]
    minutes: list[int]
    indirect: list[int]
    offered: list[int]
    paid: int


@dataclass(eq=False)
class Seat:
    """A post and the clinician who fills it; who leaves is followed by another."""

    number: int
    key: int
    clinician: int
    template: int
    license: int
    caseload_cap: int
    days_per_week: int
    opens_in_week: int
    filled: bool
    strain: int  # smoothed overload, 1/1000 of paid minutes
    hired_in_week: int | None = None
    out: bool = False  # kept away by an incident this week
    patients: set[Member] = field(default_factory=set)
    backlog: int = 0  # minutes of notes carried over to the next day
    visit_minutes: int = 0  # held today
    notes_minutes: int = 0  # owed for today's visits
    week_visits: int = 0  # minutes of this week, as below
    week_notes: int = 0
    week_meals: int = 0
    week_unpaid: int = 0
    week_encroached: int = 0
    week_meals_cut: int = 0  # how many

    @property
    def accepts(self) -> bool:
        """Say whether a new patient may be given to this seat."""
        return self.filled and not self.out and len(self.patients) < self.caseload_cap

    def draw(self, purpose: int, index: int) -> int:
        """Return this seat's random integer for a purpose."""
        return streams.draw(self.key, purpose, index)


@dataclass(eq=False)
class Group:
    """A treatment group that meets once a week."""

    leader: Seat
    co_leader: Seat | None
    weekday: int
    tick: int
    minutes: int
    free_seats: int
    fits: set[int]  # strata
    held_by: Seat | None = None  # today


@dataclass(frozen=True)
class Booking:
    """A quarter hour of a clinician that is kept for a member."""

    seat: Seat
    day: int
    tick: int


@dataclass(eq=False)
class Member:
    """A person who asked for care and has not left it."""

    key: int
    number: int
    stratum: int
    tier: int
    interval: int  # intended working days between returns
    visit_type: int  # of the booked visit, or the one asked for
    usual_tick: int  # the hour of the last booking
    asked: int = 0  # day of the request now open or last offered
    offered: bool = False  # whether that request has had its first offer
    visits: int = 0  # attended so far
    bookings: int = 0  # made so far; numbers the draws
    booked_on: int = 0  # day on which the booked visit was booked
    therapist: Seat | None = None
    booking: Booking | None = None
    urgent: Booking | None = None  # a visit before the booked one
    group: Group | None = None

    def draw(self, purpose: int, index: int) -> int:
        """Return this member's random integer for a purpose."""
        return streams.draw(self.key, purpose, index)
