"""A plan written into the book of appointments, and taken out of it again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from caretime.errors import PlanError
from caretime.model.care import Appointment, Group
from caretime.model.incident import GroupCover, Series
from caretime.model.strike import Booking, StrikePlan
from caretime.model.system import CareSystem
from caretime.model.way_back import CalledOff, Kept

HELD = ("attended", "no_show", "late_cancelled")
"""Statuses of a visit whose time has come."""

_Row = TypeVar("_Row", Appointment, Group)


def apply_plan(system: CareSystem, plan: StrikePlan) -> CareSystem:
    """
    Return the system with the plan in its book.

    The next visit of a placed series keeps its id, its request and its offer, which
    are never edited, and moves to the substitute, at the dated time. The visits after
    it are added at the end of the book, with ids of their own. A group that has a
    cover is led by whoever covers it, on the days of the plan also in the book.
    Nothing else changes: who waits or was left out keeps the appointment as it was.

    Raises
    ------
    PlanError
        If the plan was applied to this system before.

    Notes
    -----
    The result has no ``inputs_hash``, as no folder holds it yet. A visit with a
    network therapist stands in the book under the therapist's id.
    """
    changed = _changes(system, plan)
    known = {a.appointment_id for a in system.appointments}
    for row_id in changed.added:
        if row_id in known:
            raise PlanError(f"{row_id} stands in the book: the plan was applied before")
    book = [changed.moved.get(a.appointment_id, a) for a in system.appointments]
    return replace(
        system,
        appointments=(*book, *changed.added.values()),
        groups=tuple(changed.groups.get(g.group_id, g) for g in system.groups),
        inputs_hash="",
    )


def call_off(
    system_now: CareSystem,
    system_before: CareSystem,
    plan: StrikePlan,
    *,
    returned: Mapping[str, date] = MappingProxyType({}),
    staying: Collection[str] = (),
    today: date | None = None,
) -> CalledOff:
    """
    Take a plan out of the book again: every row that nobody touched since.

    Parameters
    ----------
    system_now
        The system as it stands, the plan applied and lived with since.
    system_before
        The system to which the plan was applied.
    returned
        First day back of own clinicians and leaders of groups: their rows alone go
        back, from that day on. Empty takes back everything.
    staying
        Patients who stay with the substitute by their own choice. Groups go home as
        a whole.
    today
        Visits before this day stay as they are, and so does what would go back to a
        day before it; all may be taken back where not given.

    Returns
    -------
    CalledOff
        A row that equals what the plan wrote is put back as it was before, or taken
        out where the plan had added it. A row that is different was edited or held
        since; it stays and is told. Everything the plan did not write stays.

    Notes
    -----
    Somebody may have been given the time that a restored row takes again; the row is
    restored all the same and the two are told together.
    """
    changed = _changes(system_before, plan, returned)
    spared = _Spared(plan, system_now.calendar.zone, returned, staying, today)
    book = _Undoing(changed.moved | changed.added, "appointments", spared)
    before = {a.appointment_id: a for a in system_before.appointments}
    now = {a.appointment_id: a for a in system_now.appointments}
    appointments = book.rows_back(before, now)
    led = _Undoing(changed.groups, "groups", spared)
    groups = led.rows_back(
        {g.group_id: g for g in system_before.groups},
        {g.group_id: g for g in system_now.groups},
    )
    system = replace(
        system_now, appointments=appointments, groups=groups, inputs_hash=""
    )
    if system == replace(system_before, inputs_hash=""):
        system = system_before
    return CalledOff(
        system=system,
        restored=book.restored + led.restored,
        kept=(*book.kept, *led.kept),
        clashes=tuple(_clashes(appointments, before, book.back)),
    )


@dataclass(frozen=True, slots=True)
class _Changes:
    """Rows as a plan writes them, by id: moved, added, and groups."""

    moved: dict[str, Appointment]
    added: dict[str, Appointment]
    groups: dict[str, Group]


def _changes(
    system: CareSystem, plan: StrikePlan, only: Collection[str] = ()
) -> _Changes:
    """Return what a plan writes; of the patients and groups of some, where named."""
    booked = {a.appointment_id: a for a in system.appointments if a.status == "booked"}
    bookings: dict[str, list[Booking]] = {}
    for booking in plan.bookings:
        bookings.setdefault(booking.patient_id, []).append(booking)
    changes = _Changes({}, {}, {})
    for series in plan.series:
        if only and series.clinician_id not in only:
            continue
        visits = sorted(bookings.get(series.patient_id, ()), key=lambda b: b.number)
        for row in _visits(plan, series, visits, booked):
            known = row.appointment_id == series.appointment_id
            (changes.moved if known else changes.added)[row.appointment_id] = row
    covers = [
        cover
        for cover in plan.groups
        if cover.substitute_id and (not only or cover.leader_id in only)
    ]
    groups = {g.group_id: g for g in system.groups}
    for cover in covers:
        if cover.group_id in groups:
            changes.groups[cover.group_id] = _led_by(groups[cover.group_id], cover)
    for row in _sessions(system, covers, groups):
        changes.moved[row.appointment_id] = row
    return changes


def _visits(
    plan: StrikePlan,
    series: Series,
    visits: list[Booking],
    booked: Mapping[str, Appointment],
) -> Iterator[Appointment]:
    """Yield one patient's appointments with the substitute, in their order."""
    asked = None
    for visit in visits:
        first = booked.get(series.appointment_id) if visit.number == 1 else None
        number = f"{plan.incident.incident_id}.{series.patient_id}.{visit.number}"
        row = first or Appointment(
            appointment_id=number,
            patient_id=series.patient_id,
            clinician_id=visit.substitute_id,
            visit_type=series.visit_type if visit.number == 1 else "return",
            start=visit.start,
            minutes=visit.minutes,
            modality=visit.modality,
            status="booked",
            # The clock of a follow-up starts at the visit before it.
            requested_at=asked,
            offered_at=None,
        )
        yield replace(
            row,
            clinician_id=visit.substitute_id,
            start=visit.start,
            minutes=visit.minutes,
            modality=visit.modality,
        )
        asked = visit.start


def _led_by(group: Group, cover: GroupCover) -> Group:
    """Return a group under its cover; a co-leader changes places with the leader."""
    co_leader = group.co_leader_id
    if co_leader == cover.substitute_id:
        co_leader = group.leader_id
    return replace(group, leader_id=cover.substitute_id, co_leader_id=co_leader)


def _sessions(
    system: CareSystem, covers: list[GroupCover], groups: Mapping[str, Group]
) -> Iterator[Appointment]:
    """Yield the booked sessions of covered groups, with who runs them."""
    runs = {}
    for cover in covers:
        if cover.group_id in groups:
            minute = groups[cover.group_id].start
            for day in cover.sessions:
                for patient_id in cover.patient_ids:
                    runs[cover.leader_id, patient_id, day, minute] = cover.substitute_id
    zone = system.calendar.zone
    for a in system.appointments if runs else ():
        if a.visit_type == "group" and a.status == "booked":
            start = a.start.astimezone(zone)
            minute = start.hour * 60 + start.minute
            leader = runs.get((a.clinician_id, a.patient_id, start.date(), minute))
            if leader is not None:
                yield replace(a, clinician_id=leader)


class _Spared:
    """Says which appointments stay although nobody touched them."""

    def __init__(
        self,
        plan: StrikePlan,
        zone: ZoneInfo,
        returned: Mapping[str, date],
        staying: Collection[str],
        today: date | None,
    ) -> None:
        self._own = {s.patient_id: s.clinician_id for s in plan.series}
        self._zone = zone
        self._staying = frozenset(staying)
        self._today = today or date.min
        self._returned = returned

    def why(self, row: Appointment, old: Appointment | None) -> str:
        """Say why a row stays with the substitute; empty where it may go back."""
        if row.patient_id in self._staying and row.visit_type != "group":
            return "stays"
        own = old.clinician_id if old else self._own.get(row.patient_id, "")
        first = max(self._today, self._returned.get(own, date.min))
        starts = [one.start.astimezone(self._zone) for one in (row, old) if one]
        return "past" if any(start.date() < first for start in starts) else ""


class _Undoing:
    """The rows of one table that a plan wrote, taken back one by one."""

    def __init__(
        self,
        wrote: Mapping[str, Appointment] | Mapping[str, Group],
        table: str,
        spared: _Spared,
    ) -> None:
        self._wrote: Mapping[str, object] = wrote
        self._table = table
        self._spared = spared
        self.restored = 0
        self.kept: list[Kept] = []
        self.back: list[str] = []

    def rows_back(
        self, before: Mapping[str, _Row], now: Mapping[str, _Row]
    ) -> tuple[_Row, ...]:
        """Return the rows of the table, in the order in which they stand now."""
        rows = []
        for row_id, row in now.items():
            old = before.get(row_id)
            if row_id not in self._wrote or row == old:
                rows.append(row)
            elif why := self._why_kept(row_id, row, old):
                self.kept.append(Kept(self._table, row_id, why))
                rows.append(row)
            else:
                self.restored += 1
                if old is not None:
                    self.back.append(row_id)
                    rows.append(old)
        gone = [i for i in self._wrote if i in before and i not in now]
        self.kept += [Kept(self._table, row_id, "removed") for row_id in gone]
        return tuple(rows)

    def _why_kept(self, row_id: str, row: _Row, old: _Row | None) -> str:
        """Say why a row stays as it is; empty where it may go back."""
        if isinstance(row, Appointment) and row.status in HELD:
            return "held"
        if row != self._wrote[row_id]:
            return "edited"
        if isinstance(row, Appointment):
            return self._spared.why(row, old if isinstance(old, Appointment) else None)
        return ""


def _clashes(
    book: tuple[Appointment, ...],
    before: Mapping[str, Appointment],
    back: list[str],
) -> Iterator[tuple[str, str]]:
    """Yield restored appointments that meet one which was booked or moved since."""
    since: dict[str, list[Appointment]] = {}
    for a in book:
        if a.status == "booked" and before.get(a.appointment_id) != a:
            since.setdefault(a.clinician_id, []).append(a)
    for row_id in back if since else ():
        old = before[row_id]
        for other in since.get(old.clinician_id, ()):
            if other.start < _end(old) and old.start < _end(other):
                yield row_id, other.appointment_id


def _end(a: Appointment) -> datetime:
    return a.start + timedelta(minutes=a.minutes)
