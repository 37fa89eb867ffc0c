"""What the rules of a roster look at, gathered once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from caretime.model.outcome import Violation
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Unavailability, WorkPlace
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block, Roster, RosterWeek
from caretime.rules.spans import Span, visit_activities, where
from caretime.rules.week_terms import clauses_on
from caretime.tables import rows

SITE = "site"
"""The ``kind`` of violations whose ``clause_id`` is a rule of a roster."""

Stated = TypeVar("Stated", Unavailability, WorkPlace)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit in person: who holds it, when and where."""

    clinician: Clinician
    block: Block
    clinic: Clinic


@dataclass(frozen=True, slots=True)
class Scene:
    """
    A roster beside the system it is for, indexed.

    Parameters
    ----------
    staff
        Each clinician of the system that has a week, with it, in the order of the
        roster.
    unknown
        Weeks of people who are not in the system.
    by_id
        Weeks of the staff.
    clinics
        By id, all of the system.
    planned
        Clinics that the roster plans: those where somebody has a week, or all
        where nobody has one.
    visits
        Visits in person at clinics of the system, in the order of the staff.
    clauses
        Those in force by license.
    unavailable, work_places
        Of each clinician who stated any, in the order of the week.
    """

    system: CareSystem
    on: date
    staff: tuple[tuple[Clinician, RosterWeek], ...]
    unknown: tuple[RosterWeek, ...]
    by_id: Mapping[str, RosterWeek]
    clinics: Mapping[str, Clinic]
    planned: frozenset[str]
    visits: tuple[Visit, ...]
    clauses: Mapping[str, tuple[Clause, ...]]
    unavailable: Mapping[str, list[Unavailability]]
    work_places: Mapping[str, list[WorkPlace]]


def scene_of(roster: Roster, system: CareSystem, contract: Contract, on: date) -> Scene:
    """
    Set a roster beside its system.

    Raises
    ------
    PlanError
        If the contract has ended before the day.
    """
    people = {c.clinician_id: c for c in system.clinicians}
    clinics = {c.clinic_id: c for c in system.clinics}
    staff = tuple(
        (people[week.clinician_id], week)
        for week in roster.weeks
        if week.clinician_id in people
    )
    worked = frozenset(clinician.clinic_id for clinician, _ in staff)
    return Scene(
        system=system,
        on=on,
        staff=staff,
        unknown=tuple(w for w in roster.weeks if w.clinician_id not in people),
        by_id={week.clinician_id: week for _, week in staff},
        clinics=clinics,
        planned=worked or frozenset(clinics),
        visits=tuple(_visits(staff, clinics)),
        clauses={
            code: clauses_on(contract, on, license_code=code)
            for code in {clinician.license for clinician in people.values()}
        },
        unavailable=_by_clinician(system.unavailable),
        work_places=_by_clinician(system.work_places),
    )


@cache
def roster_rules() -> Mapping[str, str]:
    """
    Return the rules of a roster and their titles, in the order they are judged.

    >>> roster_rules()["rooms"]
    'Rooms'
    """
    return MappingProxyType({row["rule"]: row["title"] for row in rows("roster_rules")})


def broken(
    rule: str,
    clinician_id: str,
    place: str,
    figures: tuple[int, int, str],
    message: str,
) -> Violation:
    """
    Return the violation of a rule of a roster.

    Parameters
    ----------
    rule
        A row of ``tables/roster_rules.csv``.
    place
        Day and time; a rule of a whole site sets the clinic before them.
    figures
        Observed, limit and unit.
    """
    return Violation(rule, SITE, clinician_id, place, *figures, message)


def span_words(span: Span) -> str:
    """
    Name a span of the week.

    >>> span_words((540, 590))
    'Mon 09:00-09:50'
    """
    return f"{where(span[0])}-{where(span[1])[4:]}"


def _visits(
    staff: Iterable[tuple[Clinician, RosterWeek]], clinics: Mapping[str, Clinic]
) -> Iterable[Visit]:
    kinds = visit_activities()
    for clinician, week in staff:
        for block, place in week.placed():
            if block.activity in kinds and place in clinics:
                yield Visit(clinician, block, clinics[place])


def _by_clinician(stated: Iterable[Stated]) -> dict[str, list[Stated]]:
    found: dict[str, list[Stated]] = defaultdict(list)
    for one in sorted(stated, key=lambda s: (s.weekday, s.start)):
        found[one.clinician_id].append(one)
    return dict(found)
