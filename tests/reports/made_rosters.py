"""A site of three people whose loads can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

from caretime.model.care import Group
from caretime.model.site import Cover
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template
from caretime.simulation import make_system

MON, TUE = 0, 24 * 60
NINE = 9 * 60


def small_system(*, rooms=2, cover=(), groups=()):
    system = make_system("clinic-of-eight", seed=1)
    people = system.clinicians[:3]
    return replace(
        system,
        clinics=(replace(system.clinics[0], rooms=rooms),),
        clinicians=people,
        cover=cover,
        groups=groups,
    )


def week(clinician_id, *blocks):
    """Build a week of (start, minutes, activity, place)."""
    ordered = sorted(blocks)
    return RosterWeek(
        clinician_id,
        Template(tuple(Block(*block[:3]) for block in ordered)),
        tuple(block[3] for block in ordered),
    )


def busy_morning():
    """Two visits at the clinic and one by telehealth, Monday from nine to ten."""
    return Roster(
        "made",
        (
            week("C-00001", (NINE, 60, "return", "S-01")),
            week("C-00002", (NINE, 60, "intake", "S-01")),
            week(
                "C-00003",
                (NINE, 60, "return", TELEHEALTH),
                (NINE + 60, 60, "notes", TELEHEALTH),
            ),
        ),
    )


def shift(day=0, *, licenses=(), clinicians=1):
    return Cover("S-01", day, NINE, NINE + 120, licenses, clinicians)


def group_of_two():
    return Group("G-1", "C-00001", "C-00002", 0, NINE, 90, 8, "adult", "en", "therapy")
