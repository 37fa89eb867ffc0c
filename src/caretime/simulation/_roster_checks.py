"""What a roster must be so that the engines can run it as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from caretime.errors import InputError, Problem
from caretime.model.system import CareSystem
from caretime.model.week import Block, Roster, RosterWeek
from caretime.rules.spans import paid_activities, visit_activities, where
from caretime.simulation._arrays import TICKS
from caretime.simulation._population import FIRST_MINUTE, QUARTER
from caretime.tables import rows

SOURCE = "roster"
LAST_MINUTE = FIRST_MINUTE + TICKS * QUARTER
WORKING_DAYS = 5


def check_fits(roster: Roster, system: CareSystem) -> None:
    """
    Refuse a roster that would have to be rounded or cut to be run.

    Visits must begin on quarter hours from 06:00 to 21:45 of Monday to Friday, all
    other work must lie between 06:00 and 22:00, visits of a type must have one
    length in a week, and each week must be that of a known clinician and hold paid
    time. Clauses are not looked at: ``rules.roster`` judges those.

    Raises
    ------
    InputError
        With every problem of every week.
    """
    known = {clinician.clinician_id for clinician in system.clinicians}
    problems = [p for week in roster.weeks for p in _problems(week, known)]
    if problems:
        raise InputError(problems)


def _problems(week: RosterWeek, known: set[str]) -> Iterator[Problem]:
    who = week.clinician_id
    if who not in known:
        yield Problem(SOURCE, 0, "clinician_id", f"{who} is no clinician of the system")
    blocks = week.template.blocks
    for block in blocks:
        for field, message in _faults(block):
            place = f"{who} {where(block.start)} {block.activity}"
            yield Problem(SOURCE, 0, field, f"{place}: {message}")
    if not week.template.minutes_of(*paid_activities()):
        yield Problem(
            SOURCE,
            0,
            "clinician_id",
            f"{who} has a week without paid time",
            "leave the clinician out to let the even week stand",
        )
    for visit in sorted(visit_activities()):
        lengths = sorted({b.minutes for b in blocks if b.activity == visit})
        if len(lengths) > 1:
            told = " and ".join(str(minutes) for minutes in lengths)
            message = f"{who} has {visit} visits of {told} minutes, expected one length"
            yield Problem(SOURCE, 0, "end", message)


def _faults(block: Block) -> Iterator[tuple[str, str]]:
    if block.activity not in _activities():
        yield "activity", "no activity of tables/activities.csv"
    if block.day >= WORKING_DAYS:
        yield "weekday", "work on a weekend, simulated are Monday to Friday"
    first, last = block.minute_of_day, block.minute_of_day + block.minutes
    if first < FIRST_MINUTE or last > LAST_MINUTE:
        yield "start", "outside the simulated day, 06:00 to 22:00"
    if block.activity in visit_activities() and first % QUARTER:
        yield "start", "visits are simulated from quarter hours on"


@cache
def _activities() -> frozenset[str]:
    return frozenset(row["activity"] for row in rows("activities"))
