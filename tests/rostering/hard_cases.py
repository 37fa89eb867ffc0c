"""Sites that are hard to plan, made by hand: one trouble each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from caretime.model.site import Cover, Unavailability
from caretime.model.terms import Clause
from rostering.hard_sites import (
    BREAKS,
    FULLEST,
    OTHER,
    SUPERVISION,
    TWO_SITES,
    Case,
    associates,
    at,
    case,
    group,
    meets,
    off,
    shift,
    team,
)
from rostering.tiny import SITE, clause, clinic, clinician

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
        clause("W", "work_week", start=600, latest=1110),
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
        "a group after hours": case(
            clinician("C-1", leads_groups=True),
            clinician("C-2"),
            site=clinic(closes=17 * 60),
            groups=(group("C-1", 1, 16.5),),
        ),
        "a group beside meetings and protected time": case(
            clinician("C-1", fte=0.6, leads_groups=True),
            groups=(group("C-1", 1, 13),),
            terms=(
                clause("P", "protected_hours", hours_per_week=5),
                clause("M", "activity_hours", activity="meeting", hours_per_week=2.5),
            ),
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
