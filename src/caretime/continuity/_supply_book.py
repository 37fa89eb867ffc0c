"""What is free in the weeks of those at work: openings less leave, less the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from caretime.continuity._supply_odd import Judge, close_refused
from caretime.continuity._supply_weeks import INTAKE, RETURN, Bools, Ints, Weeks
from caretime.continuity._supply_weeks import weeks_of as lay_out_weeks
from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.incident import GroupCover
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster

DAYS = 7
MINUTES_PER_WEEK = DAYS * MINUTES_PER_DAY
NO_CAP = 1 << 20
GROUP = VISIT_TYPES.index("group")


@dataclass(frozen=True, slots=True)
class Booked:
    """
    Appointments as columns: those with people of the house.

    Parameters
    ----------
    clinician
        Row among those at work, -1 for others.
    patient
        Row of ``system.patients``, -1 for a patient who is not in the table.
    minute
        Start, minutes from the plan's Monday 00:00 on the wall clock.
    minutes
        Length.
    visit_type
        Counts ``VISIT_TYPES``; a group stands once for each seat.
    """

    clinician: Ints
    patient: Ints
    minute: Ints
    minutes: Ints
    visit_type: Ints

    @property
    def group(self) -> Bools:
        """Say which are seats in a group."""
        is_group: Bools = self.visit_type == GROUP
        return is_group


@dataclass(frozen=True, slots=True)
class Book:
    """
    The weeks of those at work, and what is free in them.

    Parameters
    ----------
    people
        Row of ``system.clinicians`` for each of those at work.
    works
        Shape ``(people, weeks, 7)``: days worked.
    free
        Shape ``(people, weeks, n)``: openings of ``weeks`` nobody has taken.
    booked
        The appointments.
    sessions
        Shape ``(4, n)``: person, start and end (from the plan's Monday), ``GROUP`` of
        group sessions led.
    """

    people: tuple[int, ...]
    weeks: Weeks
    works: Bools
    free: Bools
    booked: Booked
    sessions: Ints

    def count(self, kind: int) -> Ints:
        """Count the free openings of a kind: shape ``(people, weeks)``."""
        is_kind = self.weeks.kind[self.weeks.row] == kind
        counted: Ints = (self.free & is_kind).sum(axis=2)
        return counted


def book_of(
    system: CareSystem,
    contract: Contract,
    absences: Sequence[Absence],
    *,
    monday: date,
    weeks: int,
    groups: Sequence[GroupCover] = (),
    roster: Roster | None = None,
) -> Book:
    """
    Read what is free in the weeks of everybody at work on a weekday of the plan.

    An opening is free where no holiday, leave, appointment, group of one's own or
    group taken over lies on it or on the minutes beside it, and where the caps still
    allow it when all that is booked and reserved is held.
    """
    works = _works(system, absences, monday, weeks)
    # Free weekends between weeks away make nobody a substitute.
    at_work = works[:, :, :WORKING_DAYS].any(axis=(1, 2))
    people = tuple(np.flatnonzero(at_work).tolist())
    works = works[list(people)]
    laid = lay_out_weeks(
        system, contract, people, monday=monday, weeks=weeks, roster=roster
    )
    booked = _booked(system, people, monday)
    sessions = _sessions(system, people, works, monday, weeks)
    free = _at_work(laid, works)
    visits = np.stack(
        [
            booked.clinician,
            booked.minute,
            booked.minute + booked.minutes,
            booked.visit_type,
        ]
    )[:, (booked.clinician >= 0) & ~booked.group]
    taken = _taken_over(system, people, groups, monday, weeks)
    held = _in_plan(np.concatenate([visits, sessions, taken], axis=1), weeks)
    _take(free, laid, held)
    close_refused(free, laid, held, Judge(system, contract, people, monday))
    _keep_to_caps(free, laid, held)
    return Book(people, laid, works, free, booked, sessions)


def kept_for_own(system: CareSystem, book: Book) -> Ints:
    """
    Count the returns kept for own patients: shape ``(people, weeks)``.

    By each patient's interval after the last visit booked. A visit that falls on
    days away, or finds no opening, is due in the next week at work: who waits longest
    goes first.
    """
    weeks = book.free.shape[1]
    person, due, interval = _first_due(system, book)
    room = book.count(RETURN)
    kept = np.zeros_like(room)
    for week in range(weeks):
        waits = np.flatnonzero((due <= week) & (person >= 0))
        waits = waits[np.lexsort((waits, due[waits], person[waits]))]
        who = person[waits]
        rank = np.arange(len(who)) - np.searchsorted(who, who)
        seen = waits[rank < room[who, week]]
        kept[:, week] = np.bincount(person[seen], minlength=len(room))
        due[seen] = week + interval[seen]
    return kept


def _works(
    system: CareSystem, absences: Sequence[Absence], monday: date, weeks: int
) -> Bools:
    """Say which days each clinician works: shape ``(clinicians, weeks, 7)``."""
    days = weeks * DAYS
    works = np.ones((len(system.clinicians), days), dtype=np.bool_)
    row = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    for k, person in enumerate(system.clinicians):
        works[k, : max(0, (person.hired_on - monday).days)] = False
    for absence in (*absences, *system.absences):
        first = max(0, (absence.first_day - monday).days)
        last = days
        if absence.last_day is not None:
            last = (absence.last_day - monday).days + 1
        if absence.clinician_id in row and first < last:
            works[row[absence.clinician_id], first:last] = False
    for day in range(days):
        if monday + timedelta(days=day) in system.calendar.holidays:
            works[:, day] = False
    # The book is known as of the first day: what lies before it is past.
    works[:, : max(0, (system.first_day - monday).days)] = False
    return works.reshape(len(works), weeks, DAYS)


def _booked(system: CareSystem, people: Sequence[int], monday: date) -> Booked:
    zone = system.calendar.zone
    person = {system.clinicians[k].clinician_id: i for i, k in enumerate(people)}
    patient = {p.patient_id: k for k, p in enumerate(system.patients)}
    zero = monday.toordinal()
    columns = np.array(
        [
            (
                person.get(a.clinician_id, -1),
                patient.get(a.patient_id, -1),
                (local.toordinal() - zero) * MINUTES_PER_DAY
                + local.hour * 60
                + local.minute,
                a.minutes,
                VISIT_TYPES.index(a.visit_type),
            )
            for a in system.appointments
            if a.status == "booked"
            for local in (
                a.start if a.start.tzinfo is zone else a.start.astimezone(zone),
            )
        ],
        dtype=np.int64,
    ).reshape(-1, 5)
    return Booked(*columns.T)


def _sessions(
    system: CareSystem, people: Sequence[int], works: Bools, monday: date, weeks: int
) -> Ints:
    """Return the sessions that those at work lead, one a week, as in ``Book``."""
    person = {system.clinicians[k].clinician_id: i for i, k in enumerate(people)}
    found = []
    for group in system.groups:
        for leader in (group.leader_id, group.co_leader_id):
            if leader not in person:
                continue
            for week in range(weeks):
                if works[person[leader], week, group.weekday]:
                    day = week * DAYS + group.weekday
                    start = day * MINUTES_PER_DAY + group.start
                    end = start + group.minutes
                    found.append((person[leader], start, end, GROUP))
    return np.array(found, dtype=np.int64).reshape(-1, 4).T


def _taken_over(
    system: CareSystem,
    people: Sequence[int],
    groups: Sequence[GroupCover],
    monday: date,
    weeks: int,
) -> Ints:
    """Return the sessions that substitutes run, as in ``Book``."""
    person = {system.clinicians[k].clinician_id: i for i, k in enumerate(people)}
    known = {group.group_id: group for group in system.groups}
    found = []
    for cover in groups:
        if cover.cover != "substitute" or cover.substitute_id not in person:
            continue
        group = known[cover.group_id]
        for session in cover.sessions:
            day = (session - monday).days
            if 0 <= day < weeks * DAYS:
                start = day * MINUTES_PER_DAY + group.start
                end = start + group.minutes
                found.append((person[cover.substitute_id], start, end, GROUP))
    return np.array(found, dtype=np.int64).reshape(-1, 4).T


def _at_work(weeks: Weeks, works: Bools) -> Bools:
    """Say which openings exist: shape ``(people, weeks, n)``."""
    start = weeks.start[weeks.row]
    day = np.maximum(start, 0) // MINUTES_PER_DAY
    exists: Bools = (start >= 0) & np.take_along_axis(works, day, axis=2)
    return exists


def _in_plan(held: Ints, weeks: int) -> Ints:
    inside = (held[1] >= 0) & (held[1] < weeks * MINUTES_PER_WEEK)
    kept: Ints = held[:, inside]
    return kept


def _take(free: Bools, weeks: Weeks, held: Ints) -> None:
    """Take the openings that something held overlaps, with the minutes beside them."""
    person, start, end, _ = held
    week = start // MINUTES_PER_WEEK
    start = (start - week * MINUTES_PER_WEEK)[:, None]
    end = (end - week * MINUTES_PER_WEEK)[:, None]
    row = weeks.row[person, week]
    tail = weeks.tail[row]
    hit = (weeks.start[row] < end + tail) & (start < weeks.end[row] + tail)
    which, opening = np.nonzero(hit)
    free[person[which], week[which], opening] = False


def _keep_to_caps(free: Bools, weeks: Weeks, held: Ints) -> None:
    """Close returns, the last ones first, that the caps of day and week forbid."""
    people, count, _ = free.shape
    ledgers = weeks.ledgers
    credit = np.array([ledger.group_credit for ledger in ledgers])
    person, day = held[0], held[1] // MINUTES_PER_DAY
    patients = np.zeros((people, count * DAYS), dtype=np.int64)
    group = credit[weeks.row[person, day // DAYS]]
    np.add.at(patients, (person, day), np.where(held[3] == GROUP, group, 1))
    patients = patients.reshape(people, count, DAYS)
    kind = weeks.kind[weeks.row]
    start = np.maximum(weeks.start[weeks.row], 0)
    for name in ("daily_cap", "weekly_cap"):
        caps = [NO_CAP if (c := getattr(x, name)) is None else c for x in ledgers]
        cap = np.array(caps)[weeks.row]
        spans = range(DAYS) if name == "daily_cap" else (None,)
        for day in spans:
            now = free if day is None else free & (start // MINUTES_PER_DAY == day)
            booked = patients.sum(axis=2) if day is None else patients[:, :, day]
            reserved = (now & (kind != RETURN)).sum(axis=2)
            left = cap - booked - reserved
            returns = now & (kind == RETURN)
            free &= ~(returns & (np.cumsum(returns, axis=2) > left[:, :, None]))


def _first_due(system: CareSystem, book: Book) -> tuple[Ints, Ints, Ints]:
    """
    Return person, week of the first visit not booked, and interval of each patient.

    Person is -1 for patients of others, and for those who come to a group alone.
    """
    row = {system.clinicians[k].clinician_id: i for i, k in enumerate(book.people)}
    person = np.array([row.get(p.clinician_id, -1) for p in system.patients], np.int64)
    interval = np.array([p.interval_weeks for p in system.patients], np.int64)
    booked = book.booked
    alone = ~booked.group & (booked.patient >= 0)
    never = np.iinfo(np.int64).min
    last = np.full(len(person), never)
    np.maximum.at(last, booked.patient[alone], booked.minute[alone])
    has = last > never
    day = np.where(has, last, 0) // MINUTES_PER_DAY
    week = day // DAYS
    due = week + interval
    inside = has & (person >= 0) & (day >= 0) & (week < book.works.shape[1])
    lost = np.zeros(len(person), dtype=np.bool_)
    lost[inside] = ~book.works[person[inside], week[inside], day[inside] % DAYS]
    due[lost] = week[lost]
    # Nothing is known of those without a visit: they are spread over their interval.
    turn = np.arange(len(person))
    due = np.where(has, due, turn % np.maximum(interval, 1))
    seats = {member.patient_id for member in system.group_members}
    in_group = np.array([p.patient_id in seats for p in system.patients], np.bool_)
    person[in_group & ~has] = -1
    return person, due, interval


def intakes_lent(book: Book, share: float) -> Ints:
    """Count the intake openings lent to series: shape ``(people, weeks)``."""
    lent: Ints = np.floor(book.count(INTAKE) * share + 1e-9).astype(np.int64)
    return lent
