"""Plans written down by rule, for tests that need one without planning it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from caretime.model.care import Absence, Appointment
from caretime.model.incident import GroupCover, Incident, Series, Substitute
from caretime.model.matching import Match, Matching, MatchPolicy
from caretime.model.people import Patient
from caretime.model.strike import Booking, StrikePlan
from caretime.model.system import CareSystem

Choice = Callable[[int, Series], tuple[str, str]]
"""Number and series to kind and substitute; an outcome and nobody where not placed."""


def monday_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def in_turn(system: CareSystem, away: Sequence[str]) -> Choice:
    """Take over in turn: in-house, network, waits, left out."""
    at_work = [c for c in system.clinicians if c.clinician_id not in away]

    def choose(number: int, series: Series) -> tuple[str, str]:
        ways = [("waits", ""), ("left_out", "")]
        if at_work:
            one = at_work[number % len(at_work)]
            ways.insert(0, ("in_house", one.clinician_id))
        if system.network:
            other = system.network[number % len(system.network)]
            ways.insert(-2, ("network", other.therapist_id))
        return ways[number % len(ways)]

    return choose


def plan_for(
    system: CareSystem,
    away: Sequence[str],
    *,
    first_day: date | None = None,
    weeks: int = 4,
    choose: Choice | None = None,
    covers: Mapping[str, tuple[str, str]] | None = None,
    incident_id: str = "I-1",
) -> StrikePlan:
    """
    Write down a plan: somebody is away for some weeks, series go where ``choose`` says.

    A visit with a substitute is a day after the own one, on the same hour; so dates
    are in order, but nobody looked whether the substitute has time.

    Parameters
    ----------
    covers
        Kind of cover and who runs it, by group; the others are run by nobody.
    """
    first = first_day or system.first_day
    monday = monday_before(first)
    last = monday + timedelta(days=7 * weeks - 1)
    choose = choose or in_turn(system, away)
    series, matches, bookings = [], [], []
    patients = {p.patient_id: p for p in system.patients}
    for number, visit in enumerate(_next_visits(system, away, first, last)):
        one = _series_of(visit, patients[visit.patient_id], monday, weeks)
        kind, substitute = choose(number, one)
        series.append(one)
        if kind in ("waits", "left_out"):
            matches.append(Match(one.patient_id, kind))
            continue
        matches.append(
            Match(one.patient_id, "placed", substitute, kind, one.weeks, True)
        )
        bookings += _bookings(visit, one, substitute, kind)
    return StrikePlan(
        incident=Incident(
            incident_id,
            first,
            first - timedelta(days=11),
            clinician_ids=tuple(away),
            last_day=last,
        ),
        policy=MatchPolicy(),
        monday=monday,
        weeks=weeks,
        seed=1,
        version="0",
        inputs_hash=system.inputs_hash,
        absent=tuple(Absence(who, first, last) for who in away),
        series=tuple(series),
        substitutes=tuple(
            Substitute(m.substitute_id, m.kind, (1,) * weeks)
            for m in {m.substitute_id: m for m in matches if m.kind}.values()
        ),
        groups=_covers(system, away, first, last, covers or {}),
        matching=_matching(matches),
        bookings=tuple(bookings),
    )


def _next_visits(
    system: CareSystem, away: Sequence[str], first: date, last: date
) -> list[Appointment]:
    """Return each patient's first booked visit while the own clinician is away."""
    home = {p.patient_id: p.clinician_id for p in system.patients}
    found: dict[str, Appointment] = {}
    for a in sorted(system.appointments, key=lambda a: (a.start, a.appointment_id)):
        if (
            a.status == "booked"
            and a.visit_type in ("return", "intake")
            and a.clinician_id in away
            and home[a.patient_id] == a.clinician_id
            and first <= a.start.astimezone(system.calendar.zone).date() <= last
        ):
            found.setdefault(a.patient_id, a)
    return list(found.values())


def _series_of(
    visit: Appointment, patient: Patient, monday: date, weeks: int
) -> Series:
    day = visit.start.date()
    week = max((day - monday).days // 7, 0)
    return Series(
        patient_id=visit.patient_id,
        clinician_id=visit.clinician_id,
        visit_type=visit.visit_type,
        appointment_id=visit.appointment_id,
        first_due=day,
        limit_day=day + timedelta(days=3),
        standard_id="ca-follow-up",
        weeks=tuple(range(week, weeks, patient.interval_weeks)),
        interval_weeks=patient.interval_weeks,
        risk_tier=patient.risk_tier,
    )


def _bookings(
    visit: Appointment, series: Series, substitute: str, kind: str
) -> list[Booking]:
    return [
        Booking(
            patient_id=series.patient_id,
            substitute_id=substitute,
            number=number,
            start=visit.start + timedelta(days=1 + 7 * (week - series.weeks[0])),
            minutes=visit.minutes,
            modality="telehealth",
            place="telehealth",
            standing="booked" if kind == "in_house" else "proposed",
            within_limit=True,
        )
        for number, week in enumerate(series.weeks, start=1)
    ]


def _covers(
    system: CareSystem,
    away: Sequence[str],
    first: date,
    last: date,
    covers: Mapping[str, tuple[str, str]],
) -> tuple[GroupCover, ...]:
    found = []
    for group in system.groups:
        if group.leader_id not in away:
            continue
        days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        kind, substitute = covers.get(group.group_id, ("none", ""))
        found.append(
            GroupCover(
                group_id=group.group_id,
                leader_id=group.leader_id,
                sessions=tuple(d for d in days if d.weekday() == group.weekday),
                patient_ids=tuple(
                    m.patient_id
                    for m in system.group_members
                    if m.group_id == group.group_id
                ),
                cover=kind,
                substitute_id=substitute,
            )
        )
    return tuple(found)


def _matching(matches: Sequence[Match]) -> Matching:
    """Return a matching that says nothing about how good it is."""
    return Matching("stopped", tuple(matches), (), 0, 0, (), (), (), 1, "0", "")
