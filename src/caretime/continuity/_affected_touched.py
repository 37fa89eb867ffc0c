"""Everything planned in some weeks, individual and in groups, to be counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from caretime.continuity._affected_planned import (
    INTAKE,
    NONE,
    Ints,
    Planned,
    away_by_day,
    local_day,
    planned_visits,
)
from caretime.model.affected import AffectedTotals
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.system import CareSystem

GROUP = VISIT_TYPES.index("group")
HIGHEST = 1


@dataclass(frozen=True, slots=True)
class Touched:
    """
    One patient's visit or seat in a session, a row; days are ordinals.

    Parameters
    ----------
    clinician
        Who holds it: row in the system's clinicians.
    co_leader
        Of a session, else ``NONE``.
    appointment
        Row in the system's appointments, ``NONE`` where nothing is booked yet.
    group
        Row in the system's groups, else ``NONE``.
    """

    patient: Ints
    clinician: Ints
    co_leader: Ints
    appointment: Ints
    kind: Ints
    day: Ints
    group: Ints

    def where(self, rows: NDArray[np.bool_] | Ints) -> Touched:
        """Return the rows that are marked, or numbered, in their order."""
        return Touched(*(getattr(self, f.name)[rows] for f in fields(self)))

    @property
    def booked(self) -> NDArray[np.bool_]:
        """Which rows stand in the book."""
        in_the_book: NDArray[np.bool_] = self.appointment != NONE
        return in_the_book


@dataclass(frozen=True, slots=True)
class Scene:
    """
    What is planned in some weeks of a system, whoever is away.

    Parameters
    ----------
    tier
        By patient.
    unreachable
        By patient: neither telephone nor e-mail on record.
    leave
        ``(clinicians, days)``: on leave that has nothing to do with an incident.
    """

    system: CareSystem
    monday: date
    weeks: int
    planned: Planned
    touched: Touched
    tier: Ints
    unreachable: NDArray[np.bool_]
    leave: NDArray[np.bool_]

    @classmethod
    def of(cls, system: CareSystem, monday: date, weeks: int) -> Scene:
        """Lay out some weeks of a system."""
        planned = planned_visits(system, monday, weeks)
        return cls(
            system=system,
            monday=monday,
            weeks=weeks,
            planned=planned,
            touched=_touched(system, planned, monday, weeks),
            tier=np.array([p.risk_tier for p in system.patients], np.int64),
            unreachable=np.array(
                [not (p.has_phone or p.has_email) for p in system.patients], np.bool_
            ),
            leave=away_by_day(system, system.absences, monday, weeks),
        )

    def gone(self, away: NDArray[np.bool_]) -> Touched:
        """Return what falls on days on which who holds it is away."""
        everything = self.touched
        day = everything.day - self.monday.toordinal()
        return everything.where(away[everything.clinician, day])

    def may_be_led(self, gone: Touched, away: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each row whether a co-leader is at work to run the session."""
        there = ~(away | self.leave)
        day = gone.day - self.monday.toordinal()
        led: NDArray[np.bool_] = (gone.co_leader != NONE) & there[gone.co_leader, day]
        return led


def totals_of(
    scene: Scene, own: Iterable[Absence], whole: Iterable[Absence]
) -> AffectedTotals:
    """
    Count what falls away.

    Parameters
    ----------
    own, whole
        Who is away, without and with the associates who are sidelined.
    """
    system, monday, weeks = scene.system, scene.monday, scene.weeks
    away = away_by_day(system, whole, monday, weeks)
    gone = scene.gone(away)
    people = np.unique(gone.patient)
    session = np.flatnonzero(gone.group != NONE)
    meets = np.unique(
        np.column_stack([gone.group[session], gone.day[session]]),
        axis=0,
        return_index=True,
    )[1]
    led = scene.may_be_led(gone, away)[session][meets]
    alone = away_by_day(system, own, monday, weeks)
    booked = gone.booked
    return AffectedTotals(
        clinicians=int(away.any(axis=1).sum()),
        sidelined=int((away & ~alone).any(axis=1).sum()),
        people=len(people),
        highest_risk=int((scene.tier[people] == HIGHEST).sum()),
        unreachable=int(scene.unreachable[people].sum()),
        booked=int(booked.sum()),
        due=int((~booked).sum()),
        referrals=int((gone.kind[booked] == INTAKE).sum()),
        groups=len(np.unique(gone.group[session])),
        sessions=len(meets),
        co_led=int(led.sum()),
    )


def _touched(system: CareSystem, planned: Planned, monday: date, weeks: int) -> Touched:
    """Put courses, sessions and whatever else is booked into one table."""
    none = np.full(len(planned.patient), NONE, np.int64)
    courses = Touched(
        patient=planned.patient,
        clinician=planned.clinician,
        co_leader=none,
        appointment=planned.appointment,
        kind=planned.kind,
        day=planned.day,
        group=none,
    )
    booked = set(planned.appointment.tolist())
    rest = _other_booked(system, booked, monday, weeks)
    seats = _seats(system, monday, weeks)
    held = {(who, day): row for who, _, _, row, kind, day, _ in rest if kind == GROUP}
    table: list[tuple[int, ...]] = []
    for who, leader, co_leader, group, day in seats:
        row = held.pop((who, day), NONE)
        table.append((who, leader, co_leader, row, GROUP, day, group))
    seated = {entry[3] for entry in table}
    table += [entry for entry in rest if entry[3] not in seated]
    extra = np.array(table, np.int64).reshape(-1, 7).T
    return Touched(
        *(
            np.concatenate([getattr(courses, f.name), column])
            for f, column in zip(fields(Touched), extra, strict=True)
        )
    )


def _other_booked(
    system: CareSystem, taken: set[int], monday: date, weeks: int
) -> list[tuple[int, ...]]:
    """Return sessions, urgent visits, and visits with another clinician."""
    zone, first = system.calendar.zone, monday.toordinal()
    patient = {p.patient_id: k for k, p in enumerate(system.patients)}
    clinician = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    found: list[tuple[int, ...]] = []
    for row, a in enumerate(system.appointments):
        # No absence touches a visit with somebody of the network.
        if row in taken or a.status != "booked" or a.clinician_id not in clinician:
            continue
        day = local_day(a.start, zone)
        if first <= day < first + 7 * weeks:
            who, by = patient[a.patient_id], clinician[a.clinician_id]
            kind = VISIT_TYPES.index(a.visit_type)
            found.append((who, by, NONE, row, kind, day, NONE))
    return found


def _seats(
    system: CareSystem, monday: date, weeks: int
) -> list[tuple[int, int, int, int, int]]:
    """Return patient, leader, co-leader, group and day of every seat of a session."""
    patient = {p.patient_id: k for k, p in enumerate(system.patients)}
    clinician = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    place = {g.group_id: k for k, g in enumerate(system.groups)}
    first = monday.toordinal()
    found = []
    for member in system.group_members:
        row = place[member.group_id]
        group = system.groups[row]
        who = patient[member.patient_id]
        leader = clinician[group.leader_id]
        second = clinician[group.co_leader_id] if group.co_leader_id else NONE
        for week in range(weeks):
            day = first + 7 * week + group.weekday
            if system.calendar.is_business_day(date.fromordinal(day)):
                found.append((who, leader, second, row, day))
    return found
