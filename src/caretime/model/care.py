"""What is planned and what is asked: appointments, groups, demand, absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

VISIT_TYPES = ("intake", "return", "group", "urgent")
STATUSES = ("booked", "attended", "no_show", "late_cancelled", "cancelled")


@dataclass(frozen=True, slots=True)
class Appointment:
    """
    A planned contact.

    ``requested_at`` and ``offered_at`` are never edited: waits are computed
    from them. Both may be absent for returns booked before records began.
    """

    appointment_id: str
    patient_id: str
    clinician_id: str
    visit_type: str
    start: datetime
    minutes: int
    modality: str
    status: str
    requested_at: datetime | None
    offered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """A weekly group; ``weekday`` 0 is Monday, ``start`` minutes from midnight."""

    group_id: str
    leader_id: str
    co_leader_id: str | None
    weekday: int
    start: int
    minutes: int
    seats: int
    age_group: str
    language: str
    need: str


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One patient's seat in a group."""

    group_id: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class Demand:
    """
    Referrals of one kind of person.

    ``dispersion`` is variance over mean of the weekly count: 1 is Poisson.
    """

    county: str
    age_group: str
    language: str
    need: str
    referrals_per_week: float
    dispersion: float


@dataclass(frozen=True, slots=True)
class Absence:
    """One clinician is away from a day, up to and including a day or open-ended."""

    clinician_id: str
    first_day: date
    last_day: date | None
