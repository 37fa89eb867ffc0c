"""Nobody silently lost: who has a visit due while the own clinician is away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import NamedTuple

from caretime.continuity._verify_scene import Findings, Scene, is_in
from caretime.model.calendar import monday_of
from caretime.model.care import Appointment
from caretime.model.incident import Series
from caretime.model.people import Patient
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.rules.access import standard_for
from caretime.rules.clocks import clock_of, limit_day

_DUE = ("return", "intake")


def check_series(scene: Scene, findings: Findings) -> None:
    """Compare the plan's series with those that the appointments give."""
    due = series_due(scene)
    stated = Counter(s.patient_id for s in scene.plan.series)
    findings.checked["series"] = len(due)
    for patient_id, count in stated.items():
        if count > 1:
            findings.add(
                "twice", patient_id, count, 1, f"{patient_id} has {count} series"
            )
        if patient_id not in due:
            findings.add(
                "not_due", patient_id, "a series", "none",
                f"{patient_id} has no visit due with somebody away",
            )  # fmt: skip
    for patient_id, series in due.items():
        if patient_id not in stated:
            findings.add(
                "lost", patient_id, "none", series.first_due,
                f"{patient_id} has a visit due on {series.first_due} with "
                f"{series.clinician_id}, who is away, and is not in the plan",
            )  # fmt: skip
        elif scene.series[patient_id] != series:
            _tell_differences(scene.series[patient_id], series, findings)


def _tell_differences(stated: Series, due: Series, findings: Findings) -> None:
    for part in fields(Series):
        found, expected = getattr(stated, part.name), getattr(due, part.name)
        if found != expected:
            findings.add(
                "series", stated.patient_id, f"{part.name} {found}", expected,
                f"{part.name} of {stated.patient_id} is {expected}, not {found}",
            )  # fmt: skip


def check_absent(scene: Scene, findings: Findings) -> None:
    """See that named clinicians, and associates without supervisor, are away."""
    monday, weeks = scene.plan.monday, scene.plan.weeks
    if weeks != scene.series_weeks:
        findings.add(
            "span", "", weeks, scene.series_weeks,
            f"the plan covers {weeks} weeks, its incident and policy "
            f"{scene.series_weeks}",
        )  # fmt: skip
    days = [monday + timedelta(days=k) for k in range(7 * weeks)]
    incident = scene.plan.incident
    last = incident.last_day or date.max
    named = [d for d in days if incident.first_day <= d <= last]
    returned = scene.update.returned
    for who in incident.clinician_ids:
        until = returned.get(who, date.max)
        gone = [day for day in named if day < until]
        _must_be_away(scene, who, gone, findings, "is named")
    for who, clinician in scene.clinicians.items():
        absences = scene.away.get(clinician.supervisor_id or "", ())
        if absences:
            lost = [day for day in days if is_in(absences, day)]
            _must_be_away(scene, who, lost, findings, "has no supervisor")
    for who in scene.away:
        findings.checked["absent"] += 1
        if who not in scene.clinicians:
            findings.add(
                "absent", who, "away", "no such clinician",
                f"{who} is away and is no clinician of the system",
            )  # fmt: skip


def _must_be_away(
    scene: Scene, who: str, days: Iterable[date], findings: Findings, why: str
) -> None:
    absences = scene.away.get(who, ())
    at_work = [day for day in days if not is_in(absences, day)]
    if at_work:
        findings.add(
            "absent", who, "at work", "away",
            f"{who} {why} and stands as at work on {at_work[0]}",
        )  # fmt: skip


class _Visit(NamedTuple):
    """A visit as planned: its day, and the visit or request its clock starts at."""

    day: date
    kind: str
    appointment_id: str
    starts_on: date
    after_intake: bool


def series_due(scene: Scene) -> dict[str, Series]:
    """Return by patient what falls into the plan while the own clinician is away."""
    booked: dict[str, list[Appointment]] = defaultdict(list)
    attended: dict[str, date] = {}
    for a in scene.system.appointments:
        if a.status == "booked" and a.visit_type in _DUE:
            booked[a.patient_id].append(a)
        elif a.status == "attended" and a.visit_type != "group":
            day = _day(a.start, scene)
            attended[a.patient_id] = max(day, attended.get(a.patient_id, day))
    grouped = {member.patient_id for member in scene.system.group_members}
    found, clocks = {}, _Clocks(scene.system)
    for patient in scene.system.patients:
        if patient.clinician_id not in scene.away:
            continue
        own = sorted(
            (
                a
                for a in booked.get(patient.patient_id, ())
                if a.clinician_id == patient.clinician_id
            ),
            key=lambda a: a.start,
        )
        if not own and patient.patient_id in grouped:
            continue
        visits = _visits(scene, patient, own, attended.get(patient.patient_id))
        lost = [v for v in visits if is_in(scene.away[patient.clinician_id], v.day)]
        if lost:
            found[patient.patient_id] = _series(scene, patient, lost, clocks)
    return found


def _visits(
    scene: Scene, patient: Patient, own: list[Appointment], seen: date | None
) -> list[_Visit]:
    """Return the visits in the weeks of the plan: booked, then by cadence."""
    step = timedelta(days=7 * patient.interval_weeks)
    visits: list[_Visit] = []
    after_intake = patient.visits_attended == 1
    for a in own:
        day = _day(a.start, scene)
        asked = day - step if a.requested_at is None else _day(a.requested_at, scene)
        since = visits[-1].day if visits else asked
        first = after_intake and a.visit_type == "return"
        visits.append(_Visit(day, a.visit_type, a.appointment_id, since, first))
        after_intake = a.visit_type == "intake"
    kind = "return"
    if visits:
        anchor = since = visits[-1].day
    else:
        # Who has nothing booked is due an interval after the last visit attended.
        anchor = max(seen or date.min, scene.system.first_day - step)
        since = seen or anchor
        kind = "return" if patient.visits_attended else "intake"
    end, day = scene.day_of(scene.plan.weeks), anchor + step
    while day < end:
        held = _off_holiday(day, scene)
        visits.append(_Visit(held, kind, "", since, after_intake))
        day, since, kind, after_intake = day + step, held, "return", False
    return [v for v in visits if scene.plan.monday <= v.day < end]


def _off_holiday(day: date, scene: Scene) -> date:
    """Return the working day of the week on which a visit by cadence is held."""
    if day not in scene.system.calendar.holidays:
        return day
    monday = monday_of(day)
    working = [
        other
        for other in (monday + timedelta(days=k) for k in range(5))
        if scene.system.calendar.is_business_day(other)
    ]
    later = [other for other in working if other > day]
    return (later[:1] or working[-1:] or [day])[0]


class _Clocks:
    """Standards and limits, each looked up once."""

    def __init__(self, system: CareSystem) -> None:
        self._system = system
        self._standards: dict[tuple[str, str], Standard | None] = {}
        self._limits: dict[tuple[Standard | None, date, date], date] = {}

    def standard(self, clock: str, license_code: str) -> Standard | None:
        key = (clock, license_code)
        if key not in self._standards:
            self._standards[key] = standard_for(self._system.standards, *key)
        return self._standards[key]

    def limit(self, standard: Standard | None, starts_on: date, planned: date) -> date:
        key = (standard, starts_on, planned)
        if key not in self._limits:
            calendar = self._system.calendar
            self._limits[key] = limit_day(
                standard, calendar.at(starts_on, 0), planned, calendar
            )
        return self._limits[key]


def _series(
    scene: Scene, patient: Patient, lost: list[_Visit], clocks: _Clocks
) -> Series:
    first = lost[0]
    own = scene.clinicians[patient.clinician_id]
    clock = clock_of(first.kind, after_intake=first.after_intake)
    standard = clocks.standard(clock, own.license)
    return Series(
        patient_id=patient.patient_id,
        clinician_id=patient.clinician_id,
        visit_type=first.kind,
        appointment_id=first.appointment_id,
        first_due=first.day,
        limit_day=clocks.limit(standard, first.starts_on, first.day),
        standard_id=standard.standard_id if standard else "",
        weeks=tuple(dict.fromkeys(scene.week_of(v.day) for v in lost)),
        interval_weeks=patient.interval_weeks,
        risk_tier=patient.risk_tier,
    )


def _day(moment: datetime, scene: Scene) -> date:
    return moment.astimezone(scene.system.calendar.zone).date()
