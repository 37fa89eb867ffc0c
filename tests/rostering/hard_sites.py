"""What sites that are hard to plan are made of, and what is wrong with an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

from caretime.model.care import Group
from caretime.model.outcome import RosterResult, Violation
from caretime.model.people import Clinician
from caretime.model.site import Cover, TeamMeeting, Unavailability, WorkPlace
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rostering import build as build_module
from caretime.rostering import build_roster
from caretime.rostering._site import SiteRoster, build_site
from caretime.rules.roster import check_roster
from rostering.tiny import SITE, clause, clinic, clinician, contract, system

OTHER = "S-2"
BREAKS = (clause("REST", "rest"), clause("MEAL", "meal"))


@dataclass
class Built:
    """A result, and what the builder said of each site before it was put together."""

    result: RosterResult
    sites: list[SiteRoster]


def build(town: CareSystem, terms: Contract, **options: Any) -> Built:
    """Build in this process, keeping each site's own points and bound."""
    sites: list[SiteRoster] = []

    def kept(*task: Any, **more: Any) -> SiteRoster:
        sites.append(build_site(*task, **more))
        return sites[-1]

    with mock.patch.object(build_module, "build_site", kept):
        return Built(build_roster(town, terms, **options), sites)


UNKEPT = "the weeks built do not keep"


def faults(town: CareSystem, terms: Contract, **options: Any) -> list[str]:
    """Say what is wrong with the answer for a system; nothing if it is honest."""
    return list(faults_of(build(town, terms, **options), town, terms))


def faults_of(made: Built, town: CareSystem, terms: Contract) -> Iterator[str]:
    """Yield sentences about breaches unsaid, weeks lost, and wrong numbers."""
    result = made.result
    without = [clash for clash in result.clashes if not clash.text.startswith(UNKEPT)]
    clashing = {who for clash in without for who in clash.clinician_ids}
    yield from (clash.text for clash in result.clashes if clash not in without)
    for site in made.sites:
        if site.points > site.bound + 1e-6:
            yield f"bound {site.bound} of {site.clinic_id} is below {site.points}"
    points = sum(site.points for site in made.sites)
    if points != result.objective:
        yield f"the engine counts {points}, the score {result.objective}"
    if result.objective != sum(p.points for p in result.preferences):
        yield "preferences do not add up to the objective"
    planned = {site.clinic_id for site in made.sites}
    day = result.roster.first_day or town.first_day
    for one in town.clinicians:
        if one.clinic_id in planned and one.hired_on <= day:
            has = result.roster.week_of(one.clinician_id) is not None
            if has == (one.clinician_id in clashing):
                yield f"{one.clinician_id} has a week and a clash, or neither"
    broken = check_roster(result.roster, town, terms)
    for violation in broken:
        if not _is_said(violation, result, clashing, town):
            yield f"{violation.clause_id} {violation.clinician_id}: {violation.message}"
    for short in result.shortages:
        if short.text.startswith("nobody works"):
            continue  # the judge looks at clinics that are planned
        if not _is_seen(short.resource, broken):
            yield f"no breach stands behind: {short.text}"
    wrong = result.clashes or result.shortages
    if (result.status == "infeasible") != bool(wrong):
        yield f"status is {result.status}"


def _is_said(
    violation: Violation, result: RosterResult, clashing: set[str], town: CareSystem
) -> bool:
    """Say whether the result itself names what a violation finds."""
    who = violation.clinician_id
    said = {(s.resource, s.clinic_id): s for s in result.shortages}
    if violation.clause_id in ("weeks", "groups"):
        return who in clashing
    if violation.clause_id == "supervisor_id":
        of = {c.clinician_id: c.supervisor_id for c in town.clinicians}
        named = any(
            s.resource == "supervision" and f"{who} " in s.text
            for s in result.shortages
        )
        return named or of[who] in clashing
    if violation.clause_id in ("rooms", "cover"):
        place = violation.where.split(" ")[0]
        when = violation.where.split(" ")[1]
        return any(
            s.resource == violation.clause_id
            and s.clinic_id == place
            and when in s.where
            for s in said.values()
        ) or any(
            s.resource == violation.clause_id and when in s.where
            for s in result.shortages
        )
    return False


def _is_seen(resource: str, broken: tuple[Violation, ...]) -> bool:
    rule = {"supervision": "supervisor_id"}.get(resource, resource)
    return any(v.clause_id == rule for v in broken)


# --- made by hand ---------------------------------------------------------------


def team(size: int, **changes: object) -> tuple[Clinician, ...]:
    """Return so many alike."""
    return tuple(clinician(f"C-{k}", **changes) for k in range(1, size + 1))


def shift(
    weekday: int, start: float, end: float, *licenses: str, people: int = 1
) -> Cover:
    """Return a shift at the site, in hours of the day."""
    return Cover(SITE, weekday, int(start * 60), int(end * 60), licenses, people)


def off(who: str, weekday: int, start: float, end: float) -> Unavailability:
    """Say that somebody cannot work between two hours of a day."""
    return Unavailability(who, weekday, int(start * 60), int(end * 60))


def group(leader: str, weekday: int, start: float, **changes: object) -> Group:
    """Return a group of 90 minutes."""
    told: dict[str, object] = {
        "group_id": f"G-{leader}-{weekday}-{start:g}",
        "leader_id": leader,
        "co_leader_id": None,
        "weekday": weekday,
        "start": int(start * 60),
        "minutes": 90,
        "seats": 8,
        "age_group": "adult",
        "language": "en",
        "need": "therapy",
        **changes,
    }
    return Group(**told)  # type: ignore[arg-type]


def associates(
    size: int, *, fte: float = 0.5, at: str = SITE, **boss: object
) -> tuple[Clinician, ...]:
    """Return a supervisor and so many associates."""
    head = clinician("C-0", **boss)
    return (
        head,
        *(
            clinician(
                f"C-{k}", license="AMFT", fte=fte, clinic_id=at, supervisor_id="C-0"
            )
            for k in range(1, size + 1)
        ),
    )


SUPERVISION = clause(
    "SUP",
    "activity_hours",
    covers=("ASW", "AMFT", "APCC"),
    activity="supervision",
    hours_per_week=1,
    base="flat",
)

FULLEST = (
    clause("PMT", "protected_hours", hours_per_week=5, minimum_block_minutes=60),
    clause("MEET", "activity_hours", activity="meeting", hours_per_week=2.5),
    clause("TRAIN", "activity_hours", activity="training", hours_per_week=0.5),
    clause("NOTE", "notes_per_visit", visit_type="all", minutes=10),
    clause("CAP", "visit_cap_daily", patients=8),
    clause("MIX", "intake_mix", returns_per_intake=5),
    clause("INTAKE", "visit_length", visit_type="intake", minutes=90),
    clause("URGENT", "urgent_reserve", slots_per_week=2),
    SUPERVISION,
    *BREAKS,
)
"""A clause of every kind that shapes a day."""

Case = tuple[CareSystem, Contract]


def case(*people: Clinician, terms: Sequence[Clause] = BREAKS, **tables: Any) -> Case:
    """Return a system and a contract of some clauses."""
    made = contract(*terms)
    return system(*people, terms=made, **tables), made


def meets(minutes: int, weekday: int | None = None, hour: float | None = None) -> Any:
    """Return a team meeting at the site."""
    start = None if hour is None else int(hour * 60)
    return TeamMeeting(SITE, minutes, weekday, start)


def at(who: str, weekday: int, start: float, end: float, place: str, travel: int = 0):
    """State where somebody works."""
    return WorkPlace(who, weekday, int(start * 60), int(end * 60), place, travel)


TWO_SITES = (clinic(), clinic(name=OTHER))
