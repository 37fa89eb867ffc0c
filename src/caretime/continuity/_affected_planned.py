"""Every visit planned with the own clinician: booked, then by cadence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import Calendar, monday_of
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.system import CareSystem

Ints = NDArray[np.int64]
INTAKE, RETURN = VISIT_TYPES.index("intake"), VISIT_TYPES.index("return")
NONE = -1
WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Planned:
    """
    Visits planned in some weeks, one a row, by patient and then by day.

    Days are ordinals (``date.toordinal``). Nothing here depends on who is away, so
    one table serves every draw.

    Parameters
    ----------
    patient, clinician
        Row in the system's tables.
    appointment
        Row in the system's appointments; ``NONE`` where it is due by cadence.
    kind
        ``INTAKE`` or ``RETURN``.
    since
        Day on which its clock starts: of the visit before it, or of the request.
    after_intake
        1 where the visit before it is the intake.
    """

    patient: Ints
    clinician: Ints
    appointment: Ints
    kind: Ints
    day: Ints
    since: Ints
    after_intake: Ints

    def where(self, rows: NDArray[np.bool_] | Ints) -> Planned:
        """Return the rows that are marked, or numbered, in their order."""
        return Planned(*(getattr(self, f.name)[rows] for f in fields(self)))


def planned_visits(system: CareSystem, monday: date, weeks: int) -> Planned:
    """
    Lay out the individual visits of some weeks as the own clinicians planned them.

    Booked visits stand on their day; after the last one follow visits by cadence. A
    visit by cadence that would fall on a holiday is held on the next working day of
    its week, or on the one before. Somebody without any booked visit is due one
    interval after the last visit attended, but not before the system's first day.
    Where none is on record the clock starts one interval before the day due. Members
    of a group without an individual visit are seen in the group alone and
    stand nowhere here.
    """
    booked = _booked(system)
    due = _by_cadence(system, booked, monday, weeks)
    both = Planned(
        *(
            np.concatenate([getattr(booked, f.name), getattr(due, f.name)])
            for f in fields(Planned)
        )
    )
    first = monday.toordinal()
    both = both.where((both.day >= first) & (both.day < first + 7 * weeks))
    return both.where(np.lexsort((both.day, both.patient)))


def away_by_day(
    system: CareSystem, absences: Iterable[Absence], monday: date, weeks: int
) -> NDArray[np.bool_]:
    """Return who is away on which day, ``(clinicians, 7 * weeks)``."""
    row = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    away = np.zeros((len(row), 7 * weeks), np.bool_)
    first = monday.toordinal()
    for absence in absences:
        begins = max(absence.first_day.toordinal() - first, 0)
        last = absence.last_day
        end = 7 * weeks if last is None else last.toordinal() - first + 1
        away[row[absence.clinician_id], begins : max(end, 0)] = True
    return away


def local_day(moment: datetime, zone: tzinfo) -> int:
    """Return the ordinal of the local day of a moment."""
    local = moment if moment.tzinfo is zone else moment.astimezone(zone)
    return local.toordinal()


def _booked(system: CareSystem) -> Planned:
    """Return the individual visits booked with the own clinician, by patient, day."""
    patients, zone = system.patients, system.calendar.zone
    row = {p.patient_id: k for k, p in enumerate(patients)}
    found: list[tuple[int, ...]] = []
    for place, a in enumerate(system.appointments):
        if a.status != "booked" or a.visit_type not in ("intake", "return"):
            continue
        patient = row[a.patient_id]
        if a.clinician_id != patients[patient].clinician_id:
            continue
        since_on = NONE if a.requested_at is None else local_day(a.requested_at, zone)
        code = VISIT_TYPES.index(a.visit_type)
        found.append((patient, local_day(a.start, zone), place, code, since_on))
    table = np.array(found, np.int64).reshape(-1, 5)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    who, day, number, kind, asked = table.T
    span, clinician, attended = _of_patients(system)
    follows = np.zeros(len(who), np.bool_)
    follows[1:] = who[1:] == who[:-1]
    since = np.where(asked == NONE, day - span[who], asked)
    since[1:] = np.where(follows[1:], day[:-1], since[1:])
    first_treatment = attended[who] == 1
    first_treatment[1:] = np.where(
        follows[1:], kind[:-1] == INTAKE, first_treatment[1:]
    )
    return Planned(
        patient=who,
        clinician=clinician[who],
        appointment=number,
        kind=kind,
        day=day,
        since=since,
        after_intake=(first_treatment & (kind == RETURN)).astype(np.int64),
    )


def _of_patients(system: CareSystem) -> tuple[Ints, Ints, Ints]:
    """Return days of the interval, row of the clinician, and visits attended."""
    place = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    rows = [
        (7 * p.interval_weeks, place[p.clinician_id], p.visits_attended)
        for p in system.patients
    ]
    span, clinician, attended = np.array(rows, np.int64).reshape(-1, 3).T
    return span, clinician, attended


def _by_cadence(
    system: CareSystem, booked: Planned, monday: date, weeks: int
) -> Planned:
    """Return the visits after the last booked one, from the plan's Monday on."""
    span, clinician, attended = _of_patients(system)
    anchor, since, kind = _anchors(system, booked, span, attended)
    first, calendar = monday.toordinal(), system.calendar
    begins = np.maximum(-(-(first - anchor) // np.maximum(span, 1)), 1)
    found = []
    for k in range(weeks + 1):
        step = begins + k
        day = (anchor + step * span).astype(np.int64)
        who = np.flatnonzero((anchor != NONE) & (day < first + 7 * weeks))
        if not len(who):
            break
        earliest = step[who] == 1
        before = np.where(earliest, since[who], (day - span)[who])
        starts = earliest & (kind[who] == NONE)
        found.append(
            np.column_stack(
                [
                    who,
                    np.where(starts & (attended[who] == 0), INTAKE, RETURN),
                    _working(day[who], calendar),
                    np.where(earliest, before, _working(before, calendar)),
                    earliest & _follows_intake(kind[who], attended[who]),
                ]
            )
        )
    table = np.concatenate(found or [np.zeros((0, 5), np.int64)])
    who, kinds, days, starts_on, after = table.T
    nothing = np.full(len(who), NONE, np.int64)
    return Planned(who, clinician[who], nothing, kinds, days, starts_on, after)


def _follows_intake(kind: Ints, attended: Ints) -> NDArray[np.bool_]:
    """Say whose last visit was the intake: booked, or the only one attended."""
    intake: NDArray[np.bool_] = (kind == INTAKE) | ((kind == NONE) & (attended == 1))
    return intake


def _anchors(
    system: CareSystem, booked: Planned, span: Ints, attended: Ints
) -> tuple[Ints, Ints, Ints]:
    """
    Return from which day each patient's cadence counts, and where the clock starts.

    The kind is that of the last booked visit, ``NONE`` without one. The day is
    ``NONE`` for those who are seen in a group alone.
    """
    zone, opens = system.calendar.zone, system.first_day.toordinal()
    row = {p.patient_id: k for k, p in enumerate(system.patients)}
    seen = np.full(len(row), NONE, np.int64)
    for a in system.appointments:
        if a.status == "attended" and a.visit_type != "group":
            who = row[a.patient_id]
            seen[who] = max(seen[who], local_day(a.start, zone))
    anchor = np.maximum(seen, opens - span)
    since = np.where(seen == NONE, anchor, seen)
    grouped = [row[m.patient_id] for m in system.group_members]
    anchor[np.array(grouped, np.int64)] = NONE
    kind = np.full(len(row), NONE, np.int64)
    # The rows are in order of the day, so the last of a patient's stays.
    anchor[booked.patient] = booked.day
    since[booked.patient] = booked.day
    kind[booked.patient] = booked.kind
    return anchor, since, kind


def _working(days: Ints, calendar: Calendar) -> Ints:
    """Move days off a holiday, within their week where it has a working day."""
    unique, place = np.unique(days, return_inverse=True)
    moved = [_off_holiday(date.fromordinal(int(d)), calendar) for d in unique]
    return np.array(moved, np.int64)[place]


def _off_holiday(day: date, calendar: Calendar) -> int:
    if day not in calendar.holidays:
        return day.toordinal()
    week = [monday_of(day) + timedelta(days=k) for k in range(WORKDAYS)]
    working = [d for d in week if calendar.is_business_day(d)]
    later = [d for d in working if d > day]
    return (later[:1] or working[-1:] or [day])[0].toordinal()
