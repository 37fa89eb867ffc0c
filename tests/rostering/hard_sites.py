"""Sites that are hard to plan, made by hand and by seed, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
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
HOUR = 60


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


def faults(town: CareSystem, terms: Contract, **options: Any) -> list[str]:
    """Say what is wrong with the answer for a system; nothing if it is honest."""
    return list(faults_of(build(town, terms, **options), town, terms))


def faults_of(made: Built, town: CareSystem, terms: Contract) -> Iterator[str]:
    """Yield sentences about breaches unsaid, weeks lost, and wrong numbers."""
    result = made.result
    clashing = {who for clash in result.clashes for who in clash.clinician_ids}
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
        if not _is_seen(short.resource, broken):
            yield f"no breach stands behind: {short.text}"
    wrong = clashing or result.shortages
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
            s.resource == "supervision" and s.text.startswith(f"{who} ")
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
_VISIT = "visit_length"

CLAUSES: dict[str, tuple[Clause, ...]] = {
    "four days of ten hours": (clause("WEEK", "work_week", hours=40, days=4), *BREAKS),
    "a meal of an hour": (clause("REST", "rest"), clause("M", "meal", minutes=60)),
    "no clause at all": (),
    "rests of 15 minutes": (clause("R", "rest", minutes=15), clause("MEAL", "meal")),
    "rests of 15 minutes beside notes": (
        clause("R", "rest", minutes=15),
        clause("MEAL", "meal"),
        clause("N", "notes_per_visit", minutes=10),
    ),
    "notes of 15 minutes": (clause("N", "notes_per_visit", minutes=15), *BREAKS),
    "notes of 25 minutes": (clause("N", "notes_per_visit", minutes=25), *BREAKS),
    "buffers that hold no rest": (
        clause("B", "buffer", minutes=10, holds_rest=False),
        *BREAKS,
    ),
    "buffers of 20 minutes": (clause("B", "buffer", minutes=20), *BREAKS),
    "blocks of an hour": (
        clause("P", "protected_hours", hours_per_week=6, minimum_block_minutes=60),
        *BREAKS,
    ),
    "blocks of two hours": (
        clause("P", "protected_hours", hours_per_week=8, minimum_block_minutes=120),
        *BREAKS,
    ),
    "a fifth protected": (
        clause("P", "protected_hours", percent=20, base="scheduled"),
        *BREAKS,
    ),
    "a third protected net of meetings": (
        clause("P", "protected_hours", percent=33, base="net_of_meetings_37_5"),
        clause("M", "activity_hours", activity="meeting", hours_per_week=2.5),
        *BREAKS,
    ),
    "minutes earned by visits": (
        clause("P", "protected_hours", minutes_per_visit=12, base="per_visit"),
        *BREAKS,
    ),
    "six a day": (clause("C", "visit_cap_daily", patients=6), *BREAKS),
    "twenty a week": (clause("C", "visit_cap_weekly", patients=20), *BREAKS),
    "urgent visits of 20 minutes": (
        clause("U", "urgent_reserve", slots_per_week=5, minutes=20),
        *BREAKS,
    ),
    "as many intakes as returns": (
        clause("I", "intake_mix", returns_per_intake=1),
        clause("L", _VISIT, visit_type="intake", minutes=90),
        *BREAKS,
    ),
    "days from ten to six": (
        clause("W", "work_week", start="10:00", latest="18:30"),
        *BREAKS,
    ),
    "groups without any group": (
        clause("G", "groups", sessions_per_week=2, preparation_minutes=30),
        *BREAKS,
    ),
    "hours of every activity": (
        *(
            clause(a.upper(), "activity_hours", activity=a, hours_per_week=1.5)
            for a in ("meeting", "training", "admin", "travel", "supervision")
        ),
        *BREAKS,
    ),
    **{
        f"returns of {n} minutes": (
            clause("L", _VISIT, visit_type="return", minutes=n),
            *BREAKS,
        )
        for n in (20, 30, 45, 50, 60, 90)
    },
    "the fullest": FULLEST,
}


def clause_cases() -> dict[str, Case]:
    """Return sites of three people, each under other clauses."""
    return {
        name: case(
            clinician("C-1"),
            clinician("C-2", fte=0.55, telehealth_share=0.33),
            clinician("C-3", license="PMHNP", fte=0.8, ages=("child", "teen")),
            terms=terms,
        )
        for name, terms in CLAUSES.items()
    }


def fte_cases() -> dict[str, Case]:
    """Return posts of every size under a plain and a full contract."""
    return {
        f"{fte:g} FTE, {name}": case(clinician("C-1", fte=fte), terms=terms)
        for fte in (0.05, 0.1, 0.2, 0.25, 0.33, 0.4, 0.5, 0.55, 0.7, 0.85, 1.0)
        for name, terms in (("plain", BREAKS), ("full", FULLEST))
    }


def stated_cases() -> dict[str, Case]:
    """Return sites with something stated that is hard to keep."""
    hours9to5 = clinic(opens=9 * 60, closes=17 * 60)
    third = clause("THIRD", "activity_hours", activity="meeting", hours_per_week=1)
    long_groups = tuple(
        group("C-1", d, h, minutes=90) for d in range(5) for h in (9, 13)
    )
    return {
        "a day off": case(*team(2), unavailable=(off("C-1", 2, 0, 24),)),
        "three days off": case(
            *team(2), unavailable=tuple(off("C-1", d, 0, 24) for d in (0, 1, 2))
        ),
        "every day off": case(
            *team(2), unavailable=tuple(off("C-1", d, 0, 24) for d in range(5))
        ),
        "school at three": case(
            *team(2), unavailable=tuple(off("C-1", d, 15, 17) for d in range(5))
        ),
        "off at odd minutes": case(
            *team(2),
            unavailable=(
                Unavailability("C-1", 1, 9 * 60 + 10, 9 * 60 + 20),
                Unavailability("C-1", 1, 13 * 60 + 50, 14 * 60 + 5),
            ),
        ),
        "off around the day": case(
            *team(1), unavailable=(off("C-1", 0, 0, 9), off("C-1", 0, 12, 16))
        ),
        "off while the group meets": case(
            clinician("C-1", leads_groups=True),
            clinician("C-2"),
            groups=(group("C-1", 1, 10),),
            unavailable=(off("C-1", 1, 9, 11),),
        ),
        "a weekend off": case(*team(2), unavailable=(off("C-1", 5, 8, 12),)),
        "two clinics in a day": case(
            *team(2),
            clinics=TWO_SITES,
            work_places=(
                at("C-1", 0, 8, 12, SITE),
                at("C-1", 0, 13, 17, OTHER, 45),
            ),
        ),
        "two clinics and back": case(
            *team(1),
            clinics=TWO_SITES,
            work_places=(
                at("C-1", 0, 8, 10, SITE),
                at("C-1", 0, 11, 14, OTHER, 30),
                at("C-1", 0, 15, 18, SITE, 30),
            ),
        ),
        "a day at another clinic": case(
            *team(1), clinics=TWO_SITES, work_places=(at("C-1", 3, 9, 16, OTHER),)
        ),
        "a weekend at another clinic": case(
            *team(1), clinics=TWO_SITES, work_places=(at("C-1", 6, 9, 16, OTHER),)
        ),
        "mornings at home": case(
            *team(2),
            work_places=tuple(at("C-1", d, 8, 12, "telehealth") for d in range(5)),
        ),
        "a third at home": case(*team(3, telehealth_share=0.33)),
        "all at home": case(
            *team(3, telehealth_share=1.0), site=clinic(rooms=0, opens=540, closes=600)
        ),
        "all at home by statement": case(
            *team(2),
            site=clinic(rooms=0),
            work_places=tuple(
                at(w, d, 0, 24, "telehealth") for w in ("C-1", "C-2") for d in range(5)
            ),
        ),
        "at home and asked for cover": case(
            clinician("C-1", telehealth_share=1.0), cover=(shift(0, 9, 11),)
        ),
        "no room": case(*team(2), site=clinic(rooms=0)),
        "no room for two who can go home": case(
            *team(3, telehealth_share=0.6), site=clinic(rooms=0)
        ),
        "one room for three": case(*team(3), site=clinic(rooms=1)),
        "two rooms for three": case(*team(3), site=clinic(rooms=2)),
        "two rooms and a half": case(
            *team(5, telehealth_share=0.5), site=clinic(rooms=2), terms=FULLEST
        ),
        "a group in the only room": case(
            clinician("C-1", leads_groups=True),
            clinician("C-2"),
            site=clinic(rooms=1),
            groups=(group("C-1", 1, 10), group("C-1", 3, 14, minutes=75)),
        ),
        "nine to five": case(*team(3), site=hours9to5),
        "nine to five under the fullest": case(*team(3), site=hours9to5, terms=FULLEST),
        "shut in the day": case(*team(1), site=clinic(opens=600, closes=660)),
        "cover all day": case(*team(4), cover=tuple(shift(d, 8, 18) for d in range(5))),
        "cover by the hour all day": case(
            *team(4),
            cover=tuple(shift(d, h, h + 1) for d in range(5) for h in range(9, 17)),
        ),
        "cover nobody may hold": case(*team(2), cover=(shift(0, 9, 11, "PMHNP"),)),
        "cover of more than there are": case(
            *team(2), cover=(shift(0, 9, 11, people=3),)
        ),
        "cover before the day": case(*team(2), cover=(shift(0, 6, 7),)),
        "cover on a quarter past": case(
            *team(3), cover=(shift(0, 8.25, 10.25), shift(3, 8.75, 9.25))
        ),
        "cover at odd minutes": case(
            *team(2), cover=(Cover(SITE, 0, 545, 605, (), 1),)
        ),
        "cover one inside another": case(
            *team(3), cover=(shift(0, 9, 12), shift(0, 9, 10), shift(0, 11, 12))
        ),
        "cover at once by license": case(
            clinician("C-1"),
            clinician("C-2", license="PMHNP"),
            cover=(shift(2, 10, 12, "PMHNP"), shift(2, 10, 12, "LCSW", "PMHNP")),
        ),
        "cover on Saturday": case(*team(2), cover=(shift(5, 9, 11),)),
        "five shifts for one": case(
            *team(1), cover=tuple(shift(d, 9, 11) for d in range(5))
        ),
        "seven short shifts for one": case(
            *team(1),
            cover=tuple(
                Cover(SITE, d, h * 60, h * 60 + 45, (), 1)
                for d, h in ((0, 9), (0, 14), (1, 9), (1, 14), (2, 9), (3, 9), (4, 9))
            ),
        ),
        "cover through the meeting": case(
            *team(3), cover=(shift(1, 9, 17),), team_meetings=(meets(60, 1, 12),)
        ),
        "a meeting": case(*team(3), team_meetings=(meets(60),)),
        "two meetings": case(*team(3), team_meetings=(meets(60), meets(30, 2))),
        "one meeting stated, one open": case(
            *team(3), team_meetings=(meets(30, 1, 9.25), meets(60))
        ),
        "a meeting at a quarter past": case(
            *team(3), team_meetings=(meets(60, 1, 8.25),)
        ),
        "a meeting of 50 minutes": case(*team(3), team_meetings=(meets(50),)),
        "a meeting the contract gives": case(
            *team(3), terms=(third, *BREAKS), team_meetings=(meets(60),)
        ),
        "a meeting before dawn": case(*team(2), team_meetings=(meets(60, 1, 5),)),
        "a meeting on Sunday": case(*team(2), team_meetings=(meets(60, 6, 10),)),
        "a meeting one cannot come to": case(
            *team(2),
            team_meetings=(meets(60, 1, 12),),
            unavailable=(off("C-1", 1, 11, 14),),
        ),
        "a meeting on a part-timer's day off": case(
            clinician("C-1", fte=0.2),
            clinician("C-2"),
            team_meetings=(meets(60, 1, 12),),
            unavailable=(off("C-1", 1, 0, 24),),
        ),
        "an associate": case(*associates(1), terms=(SUPERVISION, *BREAKS)),
        "six associates at half time": case(
            *associates(6), terms=(SUPERVISION, *BREAKS)
        ),
        "six associates of a half-time supervisor": case(
            *associates(6, fte=0.5)[1:],
            clinician("C-0", fte=0.5),
            terms=(SUPERVISION, *BREAKS),
        ),
        "a supervisor of another clinic": case(
            *associates(1, at=OTHER), clinics=TWO_SITES, terms=(SUPERVISION, *BREAKS)
        ),
        "a supervisor with no common time": case(
            *associates(1),
            terms=(SUPERVISION, *BREAKS),
            unavailable=(
                *(off("C-0", d, 12, 24) for d in range(5)),
                *(off("C-1", d, 0, 12) for d in range(5)),
            ),
        ),
        "groups nobody agreed on": case(
            clinician("C-1", leads_groups=True),
            groups=(group("C-1", 0, 9), group("C-1", 0, 13), group("C-1", 4, 15)),
        ),
        "a group of no leader by flag": case(
            clinician("C-1"), groups=(group("C-1", 0, 9),)
        ),
        "ten groups": case(
            clinician("C-1", leads_groups=True), groups=long_groups, terms=FULLEST
        ),
        "more groups than the contract's": case(
            clinician("C-1", leads_groups=True),
            groups=(group("C-1", 0, 9), group("C-1", 1, 9), group("C-1", 2, 9)),
            terms=(
                clause("G", "groups", sessions_per_week=1, preparation_minutes=30),
                *FULLEST,
            ),
        ),
        "fewer groups than the contract's": case(
            clinician("C-1", leads_groups=True),
            groups=(group("C-1", 0, 9),),
            terms=(clause("G", "groups", sessions_per_week=3), *FULLEST),
        ),
        "shorter groups than the contract's": case(
            clinician("C-1", leads_groups=True),
            groups=(group("C-1", 0, 9, minutes=60),),
            terms=(clause("G", "groups", sessions_per_week=1, minutes=90), *FULLEST),
        ),
        "a group on Saturday": case(
            clinician("C-1", leads_groups=True), groups=(group("C-1", 5, 9),)
        ),
        "a group with a second leader": case(
            clinician("C-1", leads_groups=True),
            clinician("C-2", leads_groups=True),
            groups=(group("C-1", 0, 9, co_leader_id="C-2"),),
        ),
        "groups at one time": case(
            clinician("C-1", leads_groups=True),
            groups=(group("C-1", 0, 9), group("C-1", 0, 10)),
        ),
        "a group of 50 minutes off the quarter hour": case(
            clinician("C-1", leads_groups=True),
            groups=(replace(group("C-1", 0, 9, minutes=50), start=9 * 60 + 10),),
        ),
        "hired later": case(
            clinician("C-1"), clinician("C-2", hired_on=date(2026, 1, 1))
        ),
        "prescribers": case(
            clinician("C-1", license="PMHNP"),
            clinician("C-2", license="PSYCHIATRIST", fte=0.6),
            terms=FULLEST,
        ),
        "a clinic where nobody works": case(*team(1), clinics=TWO_SITES),
        "cover where nobody works": case(
            *team(1), clinics=TWO_SITES, cover=(Cover(OTHER, 0, 540, 600, (), 1),)
        ),
    }


def cases() -> dict[str, Case]:
    """Return every site made by hand."""
    return {**clause_cases(), **fte_cases(), **stated_cases()}
