"""The lists of what falls away: appointments, groups, supervision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from caretime.continuity._affected_clocks import Clock, Clocks
from caretime.continuity._affected_planned import NONE
from caretime.continuity._affected_touched import Scene, Touched
from caretime.continuity.absent import Stretch, stretches_of
from caretime.model.affected import AffectedGroup, AffectedVisit, LostSupervision
from caretime.model.calendar import Calendar
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.system import CareSystem

_DAY = timedelta(days=1)


def affected_visits(
    scene: Scene,
    gone: Touched,
    led: NDArray[np.bool_],
    notice_day: date,
    notice_days: int,
) -> tuple[AffectedVisit, ...]:
    """Return the booked ones of what falls away, in the order of the book."""
    system = scene.system
    rows = np.flatnonzero(gone.booked)
    rows = rows[np.argsort(gone.appointment[rows])]
    clocks = Clocks(system)
    clock = dict(_clocks(scene, clocks, gone))
    decide = DecideBy(system.calendar, notice_day, notice_days)
    booked = gone.where(rows)
    found = []
    for who, clinician, second, number, kind, day, group, may in zip(
        *(getattr(booked, f.name).tolist() for f in fields(Touched)),
        led[rows].tolist(),
        strict=True,
    ):
        patient, appointment = system.patients[who], system.appointments[number]
        planned = date.fromordinal(day)
        standard_id, limit = clock.get(number) or clocks.at(
            clinician, kind, appointment.requested_at, planned
        )
        found.append(
            AffectedVisit(
                appointment_id=appointment.appointment_id,
                patient_id=patient.patient_id,
                clinician_id=appointment.clinician_id,
                visit_type=VISIT_TYPES[kind],
                start=appointment.start,
                limit_day=limit,
                standard_id=standard_id,
                risk_tier=patient.risk_tier,
                has_contact=patient.has_phone or patient.has_email,
                decide_by=decide.by(planned),
                group_id="" if group == NONE else system.groups[group].group_id,
                co_leader_id=system.clinicians[second].clinician_id if may else "",
            )
        )
    return tuple(found)


def _clocks(scene: Scene, clocks: Clocks, gone: Touched) -> Iterator[tuple[int, Clock]]:
    """Yield the clock of each booked visit of a course, by row in the book."""
    rows = np.isin(scene.planned.appointment, gone.appointment[gone.booked])
    booked = scene.planned.where(rows)
    for number, *key in zip(
        booked.appointment.tolist(),
        booked.clinician.tolist(),
        booked.kind.tolist(),
        booked.after_intake.tolist(),
        booked.since.tolist(),
        booked.day.tolist(),
        strict=True,
    ):
        yield number, clocks.of(*key)


class DecideBy:
    """By which day an appointment is decided about, each day worked out once."""

    def __init__(self, calendar: Calendar, notice_day: date, notice_days: int) -> None:
        self._calendar = calendar
        self._notice_day = notice_day
        self._notice_days = notice_days
        self._known: dict[date, date] = {}

    def by(self, planned: date) -> date:
        """Return the day, never before the notice of the incident."""
        if planned not in self._known:
            day, left = planned, self._notice_days
            while left:
                day -= _DAY
                left -= self._calendar.is_business_day(day)
            self._known[planned] = max(day, min(self._notice_day, planned))
        return self._known[planned]


def affected_groups(scene: Scene, away: NDArray[np.bool_]) -> tuple[AffectedGroup, ...]:
    """Return the groups whose leader is away when they would meet."""
    system, first = scene.system, scene.monday
    row = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    members: dict[str, list[str]] = {}
    for member in system.group_members:
        members.setdefault(member.group_id, []).append(member.patient_id)
    there = ~(away | scene.leave)
    found = []
    for group in system.groups:
        days = [7 * week + group.weekday for week in range(scene.weeks)]
        sessions = [
            k
            for k in days
            if away[row[group.leader_id], k]
            and system.calendar.is_business_day(first + k * _DAY)
        ]
        if not sessions or group.group_id not in members:
            continue
        second = group.co_leader_id
        led = [k for k in sessions if second is not None and there[row[second], k]]
        found.append(
            AffectedGroup(
                group_id=group.group_id,
                leader_id=group.leader_id,
                co_leader_id=second,
                sessions=tuple(first + k * _DAY for k in sessions),
                co_led=tuple(first + k * _DAY for k in led),
                patient_ids=tuple(members[group.group_id]),
            )
        )
    return tuple(found)


def lost_supervision(
    system: CareSystem, own: Iterable[Absence], whole: Iterable[Absence]
) -> tuple[LostSupervision, ...]:
    """Return for each associate the stretches without a supervisor."""
    alone, away = stretches_of(own), stretches_of(whole)
    return tuple(
        LostSupervision(
            clinician_id=clinician.clinician_id,
            supervisor_id=clinician.supervisor_id,
            first_day=first,
            last_day=last,
            sidelined=not _within((first, last), alone.get(clinician.clinician_id, [])),
        )
        for clinician in system.clinicians
        if clinician.supervisor_id is not None
        for first, last in away.get(clinician.supervisor_id, ())
    )


def _within(stretch: Stretch, others: list[Stretch]) -> bool:
    """Say whether one of the others, which do not meet, covers a stretch."""
    first, last = stretch
    return any(
        begins <= first and (ends is None or (last is not None and last <= ends))
        for begins, ends in others
    )
