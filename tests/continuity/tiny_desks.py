"""Patients, appointments and matches of tiny systems, readable in a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from caretime.model.calendar import Calendar, monday_of
from caretime.model.care import Appointment, Group, GroupMember
from caretime.model.incident import Series, Substitute
from caretime.model.matching import Match, Matching
from caretime.model.outcome import Verdict
from caretime.model.people import NetworkTherapist, Patient
from caretime.model.strike import Booking
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Block, Roster
from caretime.rules.booking import BookedWeek, Visit, may_book
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from rostering.tiny import MONDAY

OPENINGS = ("return", "intake", "urgent")


def day(weekday: int, week: int = 0) -> date:
    return MONDAY + timedelta(weeks=week, days=weekday)


def patient(patient_id: str, clinician_id: str = "C-1", **changes: object) -> Patient:
    """Return an adult in therapy every week."""
    told: dict[str, object] = {
        "county": "Los Angeles",
        "zip": "90012",
        "age_group": "adult",
        "language": "en",
        "need": "therapy",
        "risk_tier": 3,
        "clinician_id": clinician_id,
        "interval_weeks": 1,
        "visits_attended": 4,
        "modality": "either",
        "telehealth_consent": True,
        "has_phone": True,
        "has_email": True,
        **changes,
    }
    return Patient(patient_id, **told)  # type: ignore[arg-type]


def appointment(
    patient_id: str,
    clinician_id: str,
    on: date,
    start: int,
    *,
    visit_type: str = "return",
    minutes: int = 50,
) -> Appointment:
    """Return a booked visit of Los Angeles."""
    return Appointment(
        f"A-{patient_id}-{on}",
        patient_id,
        clinician_id,
        visit_type,
        Calendar().at(on, start),
        minutes,
        "in_person",
        "booked",
        None,
        None,
    )


def therapist(therapist_id: str, **changes: object) -> NetworkTherapist:
    """Return a network therapist with one opening a week who takes everybody on."""
    told: dict[str, object] = {
        "license": "LMFT",
        "languages": ("en",),
        "ages": ("adult",),
        "needs": ("therapy",),
        "county": "Los Angeles",
        "zip": "90013",
        "latitude": 34.05,
        "longitude": -118.24,
        "telehealth": True,
        "openings_per_week": 1.0,
        "price_per_visit_cents": 12_000,
        "acceptance": 1.0,
        **changes,
    }
    return NetworkTherapist(therapist_id, **told)  # type: ignore[arg-type]


def group(group_id: str, leader_id: str, **changes: object) -> Group:
    """Return a group of adults on Mondays from 10:00 to 11:30."""
    told: dict[str, object] = {
        "co_leader_id": None,
        "weekday": 0,
        "start": 600,
        "minutes": 90,
        "seats": 8,
        "age_group": "adult",
        "language": "en",
        "need": "therapy",
        **changes,
    }
    return Group(group_id, leader_id, **told)  # type: ignore[arg-type]


def seats(group_id: str, *patient_ids: str) -> tuple[GroupMember, ...]:
    return tuple(GroupMember(group_id, patient_id) for patient_id in patient_ids)


def series(patient_id: str, weeks: Sequence[int] = (0,), **changes: object) -> Series:
    """Return what is left of a course with C-1; the limit is far."""
    told: dict[str, object] = {
        "clinician_id": "C-1",
        "visit_type": "return",
        "appointment_id": "",
        "first_due": day(0, weeks[0]),
        "limit_day": day(4, 50),
        "standard_id": "ca-follow-up",
        "weeks": tuple(weeks),
        "interval_weeks": 1,
        "risk_tier": 3,
        **changes,
    }
    return Series(patient_id, **told)  # type: ignore[arg-type]


def placed(
    one: Series, substitute_id: str, kind: str = "in_house", **changes: object
) -> Match:
    told: dict[str, object] = {"weeks": one.weeks, **changes}
    return Match(one.patient_id, "placed", substitute_id, kind, **told)  # type: ignore[arg-type]


def matching(*matches: Match) -> Matching:
    return Matching("optimal", matches, (), 0, 0, (), (), (), 0, "", "")


def first_that_fits(
    ones: Sequence[Series], substitutes: Sequence[Substitute]
) -> Matching:
    """Match one by one, highest tier first, to the first with openings; no rules."""
    left = {s.substitute_id: list(s.openings) for s in substitutes}
    intakes = {s.substitute_id: list(s.intakes) for s in substitutes}
    found: dict[int, Match] = {}
    for k in sorted(range(len(ones)), key=lambda k: ones[k].risk_tier):
        one = ones[k]
        found[k] = Match(one.patient_id, "left_out")
        for s in substitutes:
            book, own = left[s.substitute_id], intakes[s.substitute_id]
            is_intake = one.visit_type == "intake"
            used = [
                (own if is_intake and week == one.weeks[0] else book, week)
                for week in one.weeks
            ]
            if s.kind == "in_house" and all(b[w] > 0 for b, w in used):
                for openings, week in used:
                    openings[week] -= 1
                found[k] = placed(one, s.substitute_id, telehealth=k % 2 == 0)
                break
    return matching(*(found[k] for k in range(len(ones))))


def judged(
    bookings: Sequence[Booking],
    ones: Sequence[Series],
    system: CareSystem,
    contract: Contract,
    roster: Roster | None = None,
) -> Iterator[Verdict]:
    """Yield what the guard of a booking says of each in turn, the others standing."""
    rows = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    kind = {one.patient_id: one.visit_type for one in ones}
    needs = {p.patient_id: p.asks for p in system.patients}
    standing = _standing(system)
    now = system.calendar.at(system.first_day, 0)
    for booking in bookings:
        if booking.substitute_id not in rows:
            continue
        person = system.clinicians[rows[booking.substitute_id]]
        monday = monday_of(booking.start.date())
        own = roster.week_of(person.clinician_id) if roster else None
        if own is None:
            ledger = week_ledger(
                contract,
                license_code=person.license,
                fte=person.fte,
                on=monday,
                ages=person.ages,
                leads_groups=person.leads_groups
                and any(g.leader_id == person.clinician_id for g in system.groups),
            )
            turn = rows[person.clinician_id] % 20
            blocks = even_template(ledger, stagger=turn).blocks
        else:
            blocks = own.template.blocks
        key = (person.clinician_id, monday)
        week = BookedWeek(
            person,
            monday,
            tuple(b for b in blocks if b.activity in OPENINGS),
            tuple(b for b in blocks if b.activity not in OPENINGS),
            tuple(standing.get(key, ())),
        )
        first = booking.number == 1 and kind[booking.patient_id] == "intake"
        visit = Visit("intake" if first else "return", booking.start, booking.minutes)
        yield may_book(
            visit,
            needs[booking.patient_id],
            week,
            contract,
            system.calendar,
            now=now,
        )
        standing.setdefault(key, []).append(
            _block(booking.start, booking.minutes, visit.visit_type)
        )


def shifted(system: CareSystem, minutes: Sequence[int]) -> CareSystem:
    """Return the system with each visit moved by so many minutes, in turn."""
    moved = tuple(
        a
        if a.visit_type == "group"
        else replace(a, start=a.start + timedelta(minutes=minutes[k % len(minutes)]))
        for k, a in enumerate(system.appointments)
    )
    return replace(system, appointments=moved)


def _standing(system: CareSystem) -> dict[tuple[str, date], list[Block]]:
    held: dict[tuple[str, date], list[Block]] = {}
    for a in system.appointments:
        if a.visit_type != "group":
            key = (a.clinician_id, monday_of(a.start.date()))
            held.setdefault(key, []).append(_block(a.start, a.minutes, a.visit_type))
    return held


def _block(start: object, minutes: int, activity: str) -> Block:
    minute = start.weekday() * 1440 + start.hour * 60 + start.minute  # type: ignore[attr-defined]
    return Block(minute, minutes, activity)
