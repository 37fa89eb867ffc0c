"""An incident: who is away, from when; and what it takes away from whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LAWFUL_NOTICE_DAYS = 10
"""Notice due before a strike at a health-care employer (NLRA 8(g), facts 2.3) [C]."""


@dataclass(frozen=True, slots=True)
class Incident:
    """
    Clinicians are away, at once and for a while; no reason is kept.

    Either a named list, or a path of shares, week by week. Of a path nobody knows
    beforehand who is away: it is drawn, and never recorded.

    Parameters
    ----------
    shares
        Share of the covered clinicians away in each week from ``first_day``, each
        0 to 1; after the last week everyone is back, unless ``open_ended``, when
        the last share holds on.
    clinic_ids
        Sites covered; empty means all.
    shares_low, shares_high
        Range of the path, as long as it or empty.
    clinician_ids
        The named list; then there are no shares.
    last_day
        Last day away of a named list; ``None`` only if ``open_ended``.

    Raises
    ------
    ValueError
        If there are both shares and names or neither, or ranges do not fit.

    Examples
    --------
    >>> Incident("I-1", date(2024, 10, 21), date(2024, 10, 10), (0.6, 0.5)).weeks
    2
    """

    incident_id: str
    first_day: date
    notice_day: date
    shares: tuple[float, ...] = ()
    clinic_ids: tuple[str, ...] = ()
    shares_low: tuple[float, ...] = ()
    shares_high: tuple[float, ...] = ()
    clinician_ids: tuple[str, ...] = ()
    last_day: date | None = None
    open_ended: bool = False

    def __post_init__(self) -> None:
        if bool(self.shares) == bool(self.clinician_ids):
            raise ValueError("an incident has either shares or clinician_ids")
        for path in (self.shares_low, self.shares_high):
            if path and len(path) != len(self.shares):
                raise ValueError("a range of shares is as long as the shares")
        if self.clinician_ids and (self.last_day is None) != self.open_ended:
            raise ValueError("a named list has a last day or is open-ended")
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"last day {self.last_day} is before {self.first_day}")

    @property
    def weeks(self) -> int:
        """Weeks that the incident is known to last; of an open end the known part."""
        if self.shares:
            return len(self.shares)
        if self.last_day is None:
            return 1
        return (self.last_day - self.first_day).days // 7 + 1


@dataclass(frozen=True, slots=True)
class Series:
    """
    What is left of one patient's course while the own clinician is away.

    Parameters
    ----------
    clinician_id
        The own clinician, who is away.
    visit_type
        ``return``, or ``intake`` for a referral in progress.
    appointment_id
        Of the next visit; empty where it is due by cadence and not booked.
    first_due
        Day of the next visit as planned.
    limit_day
        Last day on which the next visit still keeps ``standard_id``.
    weeks
        Planned weeks of the visits, ascending, counted from the plan's Monday; only
        weeks in which the own clinician is away.
    risk_tier
        1 (highest) to 3.
    """

    patient_id: str
    clinician_id: str
    visit_type: str
    appointment_id: str
    first_due: date
    limit_day: date
    standard_id: str
    weeks: tuple[int, ...]
    interval_weeks: int
    risk_tier: int


GROUP_COVERS = ("co_leader", "substitute", "none")
"""Who runs a group: its co-leader, another leader, or nobody."""


@dataclass(frozen=True, slots=True)
class GroupCover:
    """
    A group whose leader is away, and who runs it.

    Parameters
    ----------
    sessions
        Days on which it would meet while the leader is away.
    patient_ids
        Its members.
    cover
        One of ``GROUP_COVERS``.
    substitute_id
        Who runs it; empty where nobody does.
    reason
        Why nobody does, a code of ``matching.explain.REASONS``; else empty.
    """

    group_id: str
    leader_id: str
    sessions: tuple[date, ...]
    patient_ids: tuple[str, ...]
    cover: str = "none"
    substitute_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Substitute:
    """
    Somebody who can take over, and how much, week by week.

    Parameters
    ----------
    kind
        ``in_house`` or ``network``.
    openings
        By week of the plan. In-house: return visits that still fit into that week
        beside the own patients. Network: new patients that can be taken on in that
        week; what is not used stays open in the weeks after it.
    intakes
        By week of the plan, in-house only: intake openings that are free. By the
        rules of booking a referral in progress takes one of these for its first
        visit, no return opening. Empty where not counted.
    """

    substitute_id: str
    kind: str
    openings: tuple[int, ...]
    intakes: tuple[int, ...] = ()
