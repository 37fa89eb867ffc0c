"""What a roster is worth, read from its blocks alone: one number a preference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caretime.model.calendar import WORKING_DAYS
from caretime.model.outcome import Preference
from caretime.model.system import CareSystem
from caretime.model.week import Block, Roster, RosterWeek
from caretime.rostering._asked import MOST_AT_ONE_TIME, Asked, asked_of, bands
from caretime.rostering.policy import RosterPolicy
from caretime.rules.spans import by_day, visit_activities, work_spans

BESIDE = ("notes", "paid_rest", "buffer")
"""
What neither ends a run of visits nor begins a stretch at the desk, where it follows a
visit in this order; a second rest, or notes after the buffer, are desk time.
"""

BREAKS = frozenset({"meal", "crisis_cover"})
NOTED = ("notes", "patient_management")
"""Desk time in which notes can be written."""

TIMED = ("intake", "return", "urgent")
"""Visits whose time is free to choose; groups have theirs."""

UNITS = {
    "openings": "openings",
    "asked_times": "openings",
    "standing_times": "patients",
    "notes_same_day": "visits",
    "long_runs": "visits",
    "desk_stretches": "stretches",
    "fair_shifts": "days",
    "kept_blocks": "visits",
}


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a preference one week has, and how much there was to have."""

    got: int
    wanted: int


def score_roster(
    roster: Roster,
    system: CareSystem,
    policy: RosterPolicy | None = None,
    *,
    openings_wanted: Mapping[str, int] | None = None,
    asked: Mapping[str, Asked] | None = None,
    week_now: Roster | None = None,
) -> tuple[Preference, ...]:
    """
    Return what each preference counts and adds to the objective, by rank.

    Parameters
    ----------
    openings_wanted
        For each clinician the visits that the contract's ledger has room for; what
        the week holds where left out. The hours asked for are shares of them.
    asked
        What is asked of each clinician, where it was read from the system before.
    week_now
        The roster now worked, for the blocks kept.

    Returns
    -------
    tuple of Preference
        ``points`` add up to the objective of a build under this policy.
    """
    policy = policy or RosterPolicy()
    asked = asked or asked_of(system)
    now = {week.clinician_id: week for week in week_now.weeks} if week_now else {}
    totals = {name: [0, 0] for name in policy.points}
    wanted = openings_wanted or {}
    for week in roster.weeks:
        counts = score_week(
            week,
            asked.get(week.clinician_id, Asked({}, {})),
            policy,
            openings=wanted.get(week.clinician_id),
            now=now.get(week.clinician_id),
        )
        for name in totals:
            totals[name][0] += counts[name].got
            totals[name][1] += counts[name].wanted
    return tuple(
        Preference(name, got, most, UNITS[name], got * policy.worth(name))
        for name, (got, most) in totals.items()
    )


def score_week(
    week: RosterWeek,
    asked: Asked,
    policy: RosterPolicy,
    *,
    openings: int | None = None,
    now: RosterWeek | None = None,
) -> dict[str, Count]:
    """
    Count each preference in one week.

    Parameters
    ----------
    openings
        Visits, groups left out, that the ledger has room for; what the week holds
        where ``None``.
    """
    blocks = week.template.blocks
    visits = [b for b in blocks if b.activity in visit_activities()]
    timed = [b for b in visits if b.activity in TIMED]
    most = len(timed) if openings is None else openings
    groups = len(visits) - len(timed)
    runs, stretches = _runs_and_stretches(blocks, policy.longest_run)
    days = {start // 1440 for start, _ in work_spans(blocks)}
    return {
        "openings": Count(len(visits), max(len(visits), most + groups)),
        "asked_times": _asked_times(timed, asked, most),
        "standing_times": _standing(timed, asked),
        "notes_same_day": Count(_noted(blocks, policy.notes_minutes), len(timed)),
        "long_runs": Count(runs, 0),
        "desk_stretches": Count(stretches, len(days)),
        "fair_shifts": Count(_shifts_over(blocks, len(days), policy), 0),
        "kept_blocks": _kept(timed, now),
    }


def _asked_times(timed: list[Block], asked: Asked, visits: int) -> Count:
    wanted = asked.wanted(visits)
    got = 0
    for band, most in zip(bands(), wanted, strict=True):
        inside = sum(band.start <= b.minute_of_day < band.end for b in timed)
        got += min(inside, most)
    return Count(got, sum(wanted))


def _standing(timed: list[Block], asked: Asked) -> Count:
    openings = {(b.day, b.minute_of_day) for b in timed if b.activity == "return"}
    got = sum(n for time, n in asked.standing.items() if time in openings)
    return Count(got, sum(min(n, MOST_AT_ONE_TIME) for n in asked.standing.values()))


def _noted(blocks: tuple[Block, ...], minutes: int) -> int:
    """Count the visits whose notes stand beside them or fit the desk that day."""
    noted = 0
    for of_day in by_day(blocks).values():
        visits = [b for b in of_day if b.activity in TIMED]
        ends = {b.end for b in of_day if b.activity in visit_activities()}
        beside = {b.start for b in of_day if b.activity == "notes"} & ends
        desk = sum(
            b.minutes for b in of_day if b.activity in NOTED and b.start not in beside
        )
        direct = sum(b.end in beside for b in visits)
        noted += direct + min(len(visits) - direct, desk // minutes)
    return noted


def _runs_and_stretches(blocks: tuple[Block, ...], longest: int) -> tuple[int, int]:
    """Return visits beyond the longest run, and stretches of desk time."""
    over = stretches = 0
    for of_day in by_day(blocks).values():
        run, at_desk = 0, False
        for what in _told(of_day):
            if what == "visit":
                over += run >= longest
                run, at_desk = run + 1, False
            elif what == "desk":
                stretches += not at_desk
                run, at_desk = 0, True
            else:
                run, at_desk = 0, False
    return over, stretches


def _told(blocks: list[Block]) -> Iterator[str]:
    """Yield a day as visits, desk time and breaks; time without work is a break."""
    before: Block | None = None
    beside: tuple[str, ...] = ()  # what may still stand beside the last visit
    for block in blocks:
        if before is not None and block.start > before.end:
            yield "break"
            beside = ()
        before = block
        if block.activity in beside:
            beside = beside[beside.index(block.activity) + 1 :]
            continue
        is_visit = block.activity in visit_activities()
        beside = BESIDE if is_visit else ()
        if block.activity in BREAKS:
            yield "break"
        else:
            yield "visit" if is_visit else "desk"


def _shifts_over(blocks: tuple[Block, ...], days: int, policy: RosterPolicy) -> int:
    """Count early and late days beyond an equal share."""
    shifts = 0
    for of_day in by_day(blocks).values():
        work = [b for b in of_day if b.activity != "meal"]
        if work:
            shifts += work[0].minute_of_day < policy.early_before
            last = max(b.end for b in work) - work[0].day * 1440
            shifts += last > policy.late_after
    return max(0, shifts + policy.shifts_of_five * -days // WORKING_DAYS)


def _kept(timed: list[Block], now: RosterWeek | None) -> Count:
    if now is None:
        return Count(0, 0)
    before = {(b.start, b.activity) for b in now.template.blocks if b.activity in TIMED}
    return Count(sum((b.start, b.activity) in before for b in timed), len(before))
