"""What an incident takes away: appointments, courses, sessions, supervision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from caretime.model.care import Absence
from caretime.model.incident import Incident, Series


@dataclass(frozen=True, slots=True)
class AffectedVisit:
    """
    One booked appointment on a day on which its clinician is away.

    Parameters
    ----------
    limit_day
        Last day on which it still keeps ``standard_id``; of a group session, which
        has no clock, its own day.
    has_contact
        Whether the record has a telephone number or an e-mail address.
    decide_by
        Day on which a plan that rolls day by day must have decided about it.
    group_id
        Of a group session, else empty.
    co_leader_id
        Who is at work and may run the session; else empty.
    """

    appointment_id: str
    patient_id: str
    clinician_id: str
    visit_type: str
    start: datetime
    limit_day: date
    standard_id: str
    risk_tier: int
    has_contact: bool
    decide_by: date
    group_id: str = ""
    co_leader_id: str = ""


@dataclass(frozen=True, slots=True)
class AffectedGroup:
    """
    A group whose leader is away, and on which days it would meet.

    ``co_led`` are those of its ``sessions`` that the co-leader is there to run.
    """

    group_id: str
    leader_id: str
    co_leader_id: str | None
    sessions: tuple[date, ...]
    co_led: tuple[date, ...]
    patient_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LostSupervision:
    """
    A stretch of days on which an associate has no supervisor.

    ``sidelined`` says that the associate would be at work on some of them.
    """

    clinician_id: str
    supervisor_id: str
    first_day: date
    last_day: date | None
    sidelined: bool


@dataclass(frozen=True, slots=True)
class AffectedTotals:
    """
    The whole in numbers.

    Parameters
    ----------
    clinicians
        Away at some time, sidelined associates among them.
    sidelined
        Associates who would be at work but for their supervisor.
    people
        Patients with a visit or a group session that falls away.
    highest_risk
        Those of tier 1 among them.
    unreachable
        Those without telephone and e-mail among them.
    booked
        Appointments in the book that fall away, group sessions by the seat.
    due
        Visits and seats that fall away and are not booked yet.
    referrals
        Intakes among ``booked``.
    groups, sessions
        Groups whose leader is away, and how often they would meet.
    co_led
        Sessions that the co-leader may run.
    """

    clinicians: int
    sidelined: int
    people: int
    highest_risk: int
    unreachable: int
    booked: int
    due: int
    referrals: int
    groups: int
    sessions: int
    co_led: int

    @property
    def touched(self) -> int:
        """Visits and seats that fall away, booked or not."""
        return self.booked + self.due


@dataclass(frozen=True, slots=True)
class AffectedDay:
    """
    What falls on one day, and what must be decided by its end.

    Parameters
    ----------
    booked, due
        As in ``AffectedTotals``, of this day.
    booked_highest_risk
        Of ``booked``, of patients of tier 1.
    decide
        Booked appointments of coming days about which a rolling plan must have
        decided, and called, by the end of this day.
    decide_highest_risk
        Of ``decide``, of patients of tier 1.
    """

    day: date
    booked: int
    booked_highest_risk: int
    due: int
    decide: int
    decide_highest_risk: int


DIMENSIONS = (
    "week",
    "county",
    "language",
    "county_language",
    "risk_tier",
    "visit_type",
)


@dataclass(frozen=True, slots=True)
class AffectedCount:
    """
    The numbers of one part: a week, a county, a language ...

    Parameters
    ----------
    dimension
        One of ``DIMENSIONS``.
    part
        The value; of ``county_language`` the two with ``, `` between them, of
        ``week`` its Monday.
    """

    dimension: str
    part: str
    people: int
    unreachable: int
    booked: int
    due: int


@dataclass(frozen=True, slots=True)
class AffectedRange:
    """
    How far the totals could be off: by the path, and by who it is.

    Parameters
    ----------
    low, high
        With the ends of the path's range; ``None`` where the incident has none.
    tenth, ninetieth
        Percentiles of each number by itself over ``draws`` of who is away; ``None``
        where nobody is drawn or nothing was asked for.
    """

    low: AffectedTotals | None
    high: AffectedTotals | None
    tenth: AffectedTotals | None
    ninetieth: AffectedTotals | None
    draws: int


@dataclass(frozen=True, slots=True)
class Affected:
    """
    Everything an incident touches, before anything is decided.

    Parameters
    ----------
    monday, weeks
        First day of week 0, and how many weeks were looked at.
    notice_days
        Business days between a decision about an appointment and the appointment.
    absent
        Who is away, sidelined associates among them.
    visits
        Booked appointments, in the order of the book.
    series
        As `continuity.affected.series_of` gives them.
    """

    incident: Incident
    monday: date
    weeks: int
    seed: int
    version: str
    inputs_hash: str
    notice_days: int
    absent: tuple[Absence, ...]
    visits: tuple[AffectedVisit, ...]
    series: tuple[Series, ...]
    groups: tuple[AffectedGroup, ...]
    supervision: tuple[LostSupervision, ...]
    days: tuple[AffectedDay, ...]
    counts: tuple[AffectedCount, ...]
    totals: AffectedTotals
    range: AffectedRange

    def counts_by(self, dimension: str) -> tuple[AffectedCount, ...]:
        """
        Return the numbers of the parts of one dimension.

        Raises
        ------
        ValueError
            If it is not one of ``DIMENSIONS``.
        """
        if dimension not in DIMENSIONS:
            raise ValueError(f"dimension must be one of {DIMENSIONS}, got {dimension}")
        return tuple(count for count in self.counts if count.dimension == dimension)
