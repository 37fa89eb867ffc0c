"""Shifts of crisis cover that are short on a date: whoever holds them is on leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from caretime.model.calendar import MINUTES_PER_DAY, days_between
from caretime.model.dated import DatedPlan
from caretime.model.outcome import Violation
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rules.roster_people import cover_short
from caretime.rules.roster_scene import scene_of


def cover_lacking(
    plan: DatedPlan,
    roster: Roster,
    system: CareSystem,
    contract: Contract,
    *,
    first: date,
    last: date,
    clinic_ids: Collection[str] | None = None,
) -> tuple[tuple[date, Violation], ...]:
    """
    Return the shifts that too few people hold on the days from first to last.

    Parameters
    ----------
    plan
        Of everyone in the roster, on the same days.
    clinic_ids
        Whose shifts are looked at; those of all clinics where not given.

    Returns
    -------
    tuple of date and Violation
        In the order of the days. ``where`` names clinic and span; ``observed`` is
        the fewest people there were in it. Holidays have no shifts, and days on
        which the roster does not hold none either.

    Notes
    -----
    The rule is the one that judges whole rosters (``cover_short``), asked about one
    day at a time.
    """
    held: dict[date, dict[str, list[tuple[Block, str]]]] = defaultdict(dict)
    for block in plan.blocks:
        if block.activity == "crisis_cover":
            start = block.day.weekday() * MINUTES_PER_DAY + block.start
            of_day = held[block.day].setdefault(block.clinician_id, [])
            of_day.append((Block(start, block.minutes, block.activity), block.place))
    found = []
    for day in days_between(first, last):
        shifts = tuple(
            shift
            for shift in system.cover
            if shift.weekday == day.weekday()
            and (clinic_ids is None or shift.clinic_id in clinic_ids)
        )
        if not shifts or not system.calendar.is_business_day(day):
            continue
        if (roster.first_day and day < roster.first_day) or (
            roster.last_day and day > roster.last_day
        ):
            continue
        weeks = tuple(
            _week(week.clinician_id, held[day].get(week.clinician_id, []))
            for week in roster.weeks
        )
        scene = scene_of(
            replace(roster, weeks=weeks), replace(system, cover=shifts), contract, day
        )
        found += [(day, violation) for violation in cover_short(scene)]
    return tuple(found)


def _week(clinician_id: str, shifts: list[tuple[Block, str]]) -> RosterWeek:
    """Return a week that holds shifts of cover alone."""
    ordered = sorted(shifts)
    return RosterWeek(
        clinician_id,
        Template(tuple(block for block, _ in ordered)),
        tuple(place for _, place in ordered),
    )
