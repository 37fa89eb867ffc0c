"""Access measured on the appointments a system really has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from caretime.measures.measure import Measurement, measure, measure_slices
from caretime.model.calendar import Calendar
from caretime.model.care import Appointment
from caretime.model.log import BINS, CLOCKS, COUNTERS, Tally
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.rules.access import wait

CANCELLED = ("late_cancelled", "cancelled")
SLICED = ("county", "language", "age_group")
_DAYS = Standard("", "", "intake", "any", "request", 0, "business_days", False, 0, "")
_HOURS = Standard("", "", "urgent", "any", "request", 0, "hours", False, 0, "")


@dataclass(frozen=True, slots=True)
class RealAccess:
    """
    Access measures of real appointments and what could not be used.

    Parameters
    ----------
    measures
        ``within_...`` and ``wait_...`` of each clock, by name.
    slices
        The same by county, language, age group and license; counts are not yet
        suppressed.
    used
        Waits that were counted, by clock.
    left_out
        Appointments that gave no wait, by reason.
    """

    measures: Mapping[str, Measurement]
    slices: tuple[Measurement, ...]
    used: Mapping[str, int]
    left_out: Mapping[str, int]


def access_from_appointments(system: CareSystem) -> RealAccess:
    """
    Measure access on ``appointments.csv``.

    The first visit runs from the request to the start of the appointment
    offered; first treatment and follow-up from the visit attended before it;
    urgent visits from the request in elapsed hours.

    Returns
    -------
    RealAccess
        One "replication": no interval, because the records are the whole.

    Notes
    -----
    The table holds the appointment a patient took, not every offer made. A
    patient who chose later than was offered looks like a longer wait, so the
    shares are a lower bound of what the law asks (*offered* in time). No
    exception is on record in this table either, so none is counted. A person
    who still waits without an appointment is not in it at all.
    """
    counts: dict[str, int] = defaultdict(int)
    waits = list(_waits(system, counts))
    tally = _tally(system, waits)
    measures = {
        name: found
        for name, found in measure(tally, system.standards).items()
        if name.startswith(("within_", "wait_"))
    }
    used = {clock: sum(w.clock == clock for w in waits) for clock in CLOCKS}
    return RealAccess(
        measures, measure_slices(tally, system.standards), used, dict(counts)
    )


@dataclass(frozen=True, slots=True)
class _Wait:
    """One wait and whose it was."""

    clock: str
    units: int
    patient_id: str
    clinician_id: str


def _waits(system: CareSystem, left_out: dict[str, int]) -> Iterator[_Wait]:
    """Yield every wait the appointments tell, count the others by reason."""
    by_patient: dict[str, list[Appointment]] = defaultdict(list)
    for appointment in system.appointments:
        by_patient[appointment.patient_id].append(appointment)
    for patient_id in sorted(by_patient):
        course = sorted(by_patient[patient_id], key=lambda a: a.start)
        yield from _waits_of_course(course, system.calendar, left_out)


def _waits_of_course(
    course: Iterable[Appointment], calendar: Calendar, left_out: dict[str, int]
) -> Iterator[_Wait]:
    """Yield the waits of one patient's appointments, in order of their start."""
    before: Appointment | None = None
    for appointment in course:
        clock, begins, reason = _clock(appointment, before)
        if appointment.status == "attended":
            before = appointment
        if begins is None:
            left_out[reason] += 1
            continue
        if begins > appointment.start:
            left_out["requested after its start"] += 1
            continue
        unit = _HOURS if clock == "urgent" else _DAYS
        units = wait(unit, begins, appointment.start, calendar)
        yield _Wait(clock, units, appointment.patient_id, appointment.clinician_id)


def _clock(
    appointment: Appointment, before: Appointment | None
) -> tuple[str, datetime | None, str]:
    """Say which clock an appointment stops and when it began, or why neither."""
    if appointment.visit_type == "group":
        return "", None, "group sessions have no clock"
    if appointment.status in CANCELLED and appointment.offered_at is None:
        return "", None, "cancelled, no offer on record"
    if appointment.visit_type in ("intake", "urgent"):
        return appointment.visit_type, appointment.requested_at, "no request on record"
    if before is None:
        return "", None, "no attended visit before it on record"
    clock = "first_treatment" if before.visit_type == "intake" else "follow_up"
    return clock, before.start, ""


def _tally(system: CareSystem, waits: list[_Wait]) -> Tally:
    """Count waits into a tally without any other event."""
    patients = {patient.patient_id: patient for patient in system.patients}
    licenses = {c.clinician_id: c.license for c in system.clinicians}
    labels = []
    for found in waits:
        patient = patients[found.patient_id]
        parts = [(name, str(getattr(patient, name))) for name in SLICED]
        code = licenses.get(found.clinician_id)
        labels.append([*parts, ("license", code)] if code else parts)
    slices = [("all", "all")]
    for dimension in (*SLICED, "license"):
        slices += sorted({p for parts in labels for p in parts if p[0] == dimension})
    place = {part: index for index, part in enumerate(slices)}
    shape = (1, len(CLOCKS), len(slices), 2, BINS)
    histogram: NDArray[np.int64] = np.zeros(shape, dtype=np.int64)
    for found, parts in zip(waits, labels, strict=True):
        for part in (("all", "all"), *parts):
            spot = (CLOCKS.index(found.clock), place[part])
            histogram[0, spot[0], spot[1], 0, min(found.units, BINS - 1)] += 1
    codes = tuple(sorted(set(licenses.values())))
    return Tally(
        weekly=np.zeros((1, 1, len(COUNTERS)), dtype=np.int64),
        waits=histogram,
        weekly_waits=np.zeros((1, 1, len(CLOCKS), 2, BINS), dtype=np.int64),
        staff=np.zeros((1, 1, len(codes)), dtype=np.int64),
        slices=tuple(slices),
        licenses=codes,
    )
