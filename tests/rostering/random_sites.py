"""Small sites by seed: anything the tables may say, a little of each."""

from __future__ import annotations

from random import Random
from typing import Any

from caretime.model.people import Clinician
from caretime.model.terms import Clause
from rostering.hard_sites import BREAKS, SUPERVISION, Case, at, case, group, meets, off
from rostering.hard_sites import shift as cover_shift
from rostering.tiny import clause, clinic, clinician

LICENSES = ("LCSW", "LCSW", "LMFT", "PSYCHOLOGIST", "PMHNP", "PSYCHIATRIST")
FTES = (1.0, 1.0, 0.8, 0.55, 0.5, 0.33, 0.2, 0.1)
AGES = (("adult",), ("adult", "older"), ("child", "teen"))


def random_site(seed: int) -> Case:
    """Return a site of two to five people with stated facts and some clauses."""
    random = Random(f"site {seed}")
    people = _people(random)
    size = len(people)
    return case(
        *people,
        terms=_terms(random),
        site=clinic(
            rooms=random.choice((9, 9, 9, size, size - 1)),
            opens=random.choice((420, 480, 480, 540)),
            closes=random.choice((1020, 1080, 1200)),
        ),
        **_stated(random, people),
    )


def _people(random: Random) -> tuple[Clinician, ...]:
    people = [
        clinician(
            f"C-{k}",
            license=random.choice(LICENSES),
            fte=random.choice(FTES),
            ages=random.choice(AGES),
            telehealth_share=random.choice((0.0, 0.0, 0.33, 0.5, 1.0)),
        )
        for k in range(1, random.randint(2, 4))
    ]
    people.append(clinician("C-8", fte=random.choice((1.0, 0.6))))
    people += [
        clinician(f"C-9{k}", license="AMFT", fte=0.5, supervisor_id="C-8")
        for k in range(random.choice((0, 0, 1, 2)))
    ]
    return tuple(people)


def _terms(random: Random) -> tuple[Clause, ...]:
    """Return the breaks and supervision, and some of what contracts ask."""
    asked = [
        clause(
            "PMT",
            "protected_hours",
            hours_per_week=random.choice((2, 4, 5)),
            minimum_block_minutes=random.choice((15, 30, 60)),
        ),
        clause("MEET", "activity_hours", activity="meeting", hours_per_week=2.5),
        clause("TRAIN", "activity_hours", activity="training", hours_per_week=0.5),
        clause(
            "NOTE",
            "notes_per_visit",
            visit_type=random.choice(("all", "return")),
            minutes=random.choice((5, 10, 15, 25)),
        ),
        clause("BUF", "buffer", minutes=10, holds_rest=random.random() < 0.5),
        clause("CAP", "visit_cap_daily", patients=random.choice((6, 7, 8, 9))),
        clause("MIX", "intake_mix", returns_per_intake=random.choice((2, 4))),
        clause("IN", "visit_length", visit_type="intake", minutes=90),
        clause(
            "RET",
            "visit_length",
            visit_type="return",
            minutes=random.choice((30, 45, 60)),
        ),
        clause("URG", "urgent_reserve", slots_per_week=2),
        clause("WEEK", "work_week", days=random.choice((4, 5))),
    ]
    chosen = random.sample(asked, random.randint(0, 5))
    return (*chosen, SUPERVISION, *BREAKS)


def _stated(random: Random, people: tuple[Clinician, ...]) -> dict[str, Any]:
    ids = [one.clinician_id for one in people]
    away = tuple(
        off(who, random.randrange(5), start, start + random.choice((1, 2.5, 4)))
        for who in ids
        if random.random() < 0.3
        for start in (random.choice((8, 10, 11.25, 15)),)
    )
    home = tuple(
        at(who, random.randrange(5), 0, 24, "telehealth")
        for who in ids
        if random.random() < 0.15
    )
    cover = tuple(
        cover_shift(
            random.randrange(5),
            start,
            start + random.choice((0.75, 1, 2, 3)),
            *random.choice(((), (), ("LCSW", "LMFT"), ("PMHNP",))),
        )
        for _ in range(random.choice((0, 0, 1, 3, 6)))
        for start in (random.choice((8, 8.25, 9, 9, 13, 16)),)
    )
    meetings = random.choice(
        (
            (),
            (),
            (meets(60),),
            (meets(30, 2, 12),),
            (meets(45, 1, 9.25), meets(60)),
        )
    )
    groups = ()
    if random.random() < 0.2:
        groups = (group("C-8", random.randrange(5), random.choice((9, 13, 17))),)
    return {
        "unavailable": away,
        "work_places": home,
        "cover": cover,
        "team_meetings": meetings,
        "groups": groups,
    }
