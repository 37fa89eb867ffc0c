"""What a site asks of the weeks worked there, and what people say of theirs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unavailability:
    """
    A span of every week in which a clinician cannot work; never why.

    ``weekday`` 0 is Monday; ``start`` and ``end`` are minutes from midnight.
    """

    clinician_id: str
    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WorkPlace:
    """
    Where a clinician works in a span of every week, if not freely chosen.

    ``place`` is the id of a clinic or ``telehealth``. Between two clinics on one
    day stand ``travel_minutes`` of travel before the later span.
    """

    clinician_id: str
    weekday: int
    start: int
    end: int
    place: str
    travel_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """
    A crisis or walk-in shift of every week that a site must staff.

    Parameters
    ----------
    licenses
        Who may hold it; empty for anybody who works at the site.
    clinicians
        How many at once.
    """

    clinic_id: str
    weekday: int
    start: int
    end: int
    licenses: tuple[str, ...]
    clinicians: int


@dataclass(frozen=True, slots=True)
class TeamMeeting:
    """A weekly meeting of everyone at a site; ``None`` leaves the time open."""

    clinic_id: str
    minutes: int
    weekday: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class NetworkHours:
    """
    A span of every week in which a network therapist sees patients of this system.

    ``weekday`` 0 is Monday; ``start`` and ``end`` are minutes from midnight.
    """

    therapist_id: str
    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StatedTime:
    """
    A span of every week in which a patient can come, as the patient stated it.

    ``weekday`` 0 is Monday; ``start`` and ``end`` are minutes from midnight.
    """

    patient_id: str
    weekday: int
    start: int
    end: int
