"""
Builds the weeks of one site and proves how good they are.

The order, each step seen by everything after it:

1. Read who works there; those whose contract has no week are left out, with reason.
2. Choose the team meeting; find everyone a week, with longer or shorter days where
   none of the usual length is legal.
3. Bound what any roster can reach (``_bound``); its prices guide what follows.
4. Assign cover, pair associates with supervisors, choose telehealth days: a change
   is taken only where everyone it touches still has a week.
5. Solve every week at the prices, rooms counted; again while rooms are short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from caretime.model.calendar import WORKING_DAYS
from caretime.model.outcome import Shortage
from caretime.model.week import RosterWeek
from caretime.rostering._asked import bands
from caretime.rostering._bound import bound_of
from caretime.rostering._columns import Shift, shifts_of
from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.compose import DESK_ACTION
from caretime.rostering._label import label
from caretime.rostering._lacks import rooms_short, unpaired, unstaffed_shift
from caretime.rostering._person import Fixed, Plan, telehealth_days
from caretime.rostering._prices import Bound
from caretime.rostering._staff import SLACKS, Staff, Task
from caretime.rostering._sweeps import settle
from caretime.rostering._together import (
    Desk,
    assign_cover,
    choose_home_days,
    equal_shares,
    least_losses,
    meeting_time,
    pair_up,
    pieces_of,
)
from caretime.rostering._week import Prices, Week, solve_week
from caretime.rostering.score import score_week
from caretime.rules.week_terms import GRID

FIRST_PRICE = 0.6
"""Share of the points of a band that a week is first tried with."""


@dataclass(frozen=True)
class SiteRoster:
    """
    One site's weeks.

    Parameters
    ----------
    openings
        Visits, groups left out, that each planned clinician's ledger has room for.
    unplanned
        Clinician id to the reason why there is no week: of the ledger, or empty
        where what is fixed and stated leaves none.
    stopped
        Whether it ended before the bound was close.
    """

    clinic_id: str
    weeks: tuple[RosterWeek, ...]
    openings: dict[str, int]
    points: int
    bound: float
    work: int
    unplanned: dict[str, str]
    shortages: tuple[Shortage, ...]
    stopped: bool


def build_site(
    task: Task,
    *,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[], None] | None = None,
) -> SiteRoster:
    """
    Build one site.

    Parameters
    ----------
    stop
        Asked between sweeps; once it says yes, the weeks at hand are finished.
    progress
        Called after each sweep.
    """
    staff = Staff.of(task)
    tick = progress or (lambda: None)
    data_fixed = [list(plan.fixed) for plan in staff.plans]
    plans, weeks = _first_weeks(staff)
    kept = [p for p, week in enumerate(weeks) if week is not None]
    desk = Desk(staff, [plans[p] for p in kept], [w for w in weeks if w is not None])
    unplanned = {
        plan.person.clinician_id: ""
        for plan, week in zip(plans, weeks, strict=True)
        if week is None
    }
    tick()
    rates = _cover_rates(staff, desk.plans)
    shifts = shifts_of(
        task.cover,
        desk.plans,
        lambda p, minutes: (rates[p][0] * minutes, rates[p][1] * minutes),
    )
    bound = _bound(task, desk, [data_fixed[p] for p in kept], shifts, stop, tick)
    lacks = list(assign_cover(desk, shifts, bound.held))
    shortages = [unstaffed_shift(task, shift, lacking) for shift, lacking in lacks]
    shortages += [
        unpaired(task, desk.plans[p], minutes) for p, minutes in pair_up(desk)
    ]
    choose_home_days(desk)
    tick()
    unstaffed = sum(lacking for _, lacking in lacks)
    passes, over = settle(task, desk, bound, stop, tick)
    shortages += rooms_short(task, over)
    stopped = stop() or bound.rounds >= task.budget
    labelled = tuple(
        label(plan, week) for plan, week in zip(desk.plans, desk.weeks, strict=True)
    )
    return SiteRoster(
        clinic_id=task.clinic.clinic_id,
        weeks=labelled,
        openings={plan.person.clinician_id: _openings(plan) for plan in desk.plans},
        points=_points(task, desk, labelled),
        bound=bound.with_shortages(unstaffed, over),
        work=bound.rounds + passes + 1,
        unplanned={**staff.unplanned, **unplanned},
        shortages=tuple(shortages),
        stopped=stopped,
    )


def _points(task: Task, desk: Desk, weeks: Sequence[RosterWeek]) -> int:
    """Return the points of weeks as their blocks show them."""
    points = 0
    for plan, week in zip(desk.plans, weeks, strict=True):
        counts = score_week(
            week,
            plan.person.asked,
            task.policy,
            openings=_openings(plan),
            now=task.week_now.get(week.clinician_id),
        )
        points += sum(task.policy.worth(n) * count.got for n, count in counts.items())
    return points


def _openings(plan: Plan) -> int:
    openings = plan.load.ledger.openings
    return openings.total - openings.group


def _cover_rates(staff: Staff, plans: Sequence[Plan]) -> list[tuple[float, float]]:
    """Say how many shifts each may hold; return the openings a minute of it costs."""
    cover, over = staff.task.cover, staff.task.policy.cover_over_share
    rates = []
    for plan, share in zip(plans, equal_shares(plans, cover), strict=True):
        plan.most_cover = share + over if share else 0
        first, steep, plan.cover_free = least_losses(staff, plan, cover)
        rates.append((first, steep))
    return rates


def _first_weeks(staff: Staff) -> tuple[list[Plan], list[Week | None]]:
    """Choose the meetings, and give everyone a first week with them."""
    policy = staff.task.policy
    prices = Prices(np.full(len(bands()), FIRST_PRICE * policy.worth("asked_times")))
    for meeting in staff.task.meetings:
        time = meeting_time(meeting, staff.plans, staff.task.cover)
        for plan in staff.plans:
            plan.fixed.append(time)
    plans: list[Plan] = []
    weeks: list[Week | None] = []
    for plan in staff.plans:
        week = None
        for slack in SLACKS:
            tried = staff.reload(plan, plan.fixed, slack)
            if tried is None:
                continue
            plan = tried
            week = solve_week(plan, prices, policy)
            if week is not None:
                break
        plans.append(plan)
        weeks.append(week)
    return plans, weeks


def _bound(
    task: Task,
    desk: Desk,
    data_fixed: Sequence[list[Fixed]],
    shifts: Sequence[Shift],
    stop: Callable[[], bool],
    tick: Callable[[], None],
) -> Bound:
    """Bound the site by weeks that need not meet at the same time."""
    stated = _stated_meetings(task, shifts)
    free = []
    for p, (plan, fixed) in enumerate(zip(desk.plans, data_fixed, strict=True)):
        meetings = [b for b in plan.fixed if b.source == "team_meetings"]
        kept = [b for b in meetings if (b.day, b.tick) in stated]
        # What is left out may be shorter than desk time is otherwise.
        left = [b.ticks for b in meetings if b not in kept] + pieces_of(desk, p)
        rule = plan.load.rule.copy()
        rule[kernel.DESK] = min([int(rule[kernel.DESK]), *left])
        load = replace(plan.load, rule=rule)
        free.append(replace(plan, load=load, fixed=[*fixed, *kept]))
    home = [
        telehealth_days(plan.person.clinician, plan.load.most_days) for plan in free
    ]
    present = sum(plan.load.ledger.days for plan in free) - sum(home)
    tight = present / WORKING_DAYS > task.clinic.rooms - task.visitors.max(initial=0)
    return bound_of(
        free,
        shifts,
        _seeds(free, desk.weeks),
        task.policy,
        rooms=task.clinic.rooms if tight else None,
        home_days=home,
        starts=_starts(desk, shifts),
        rounds=task.budget,
        stop=stop,
        progress=tick,
    )


def _stated_meetings(task: Task, shifts: Sequence[Shift]) -> set[tuple[int, int]]:
    """Return day and tick of the meetings at a stated time that excuse nobody."""
    times = set()
    for meeting in task.meetings:
        if meeting.weekday is None or meeting.start is None:
            continue
        tick, end = meeting.start // GRID, -(-(meeting.start + meeting.minutes) // GRID)
        if not any(
            shift.cover.weekday == meeting.weekday
            and shift.tick < end
            and tick < shift.tick + shift.ticks
            for shift in shifts
        ):
            times.add((meeting.weekday, tick))
    return times


def _starts(desk: Desk, shifts: Sequence[Shift]) -> set[tuple[int, int]]:
    """Return where a day may begin with what the bound leaves free."""
    meetings = {(b.day, b.tick) for plan in desk.plans for b in plan.fixed}
    return meetings | {(shift.cover.weekday, shift.tick) for shift in shifts}


def _seeds(free: Sequence[Plan], weeks: Sequence[Week]) -> list[Week | None]:
    """Return the first weeks with their meetings as desk time like any other."""
    seeds: list[Week | None] = []
    for plan, week in zip(free, weeks, strict=True):
        loose = [b for b in week.fixed if b not in plan.fixed]
        days = []
        for day, worked in enumerate(week.days):
            more = [
                (DESK_ACTION, t)
                for b in loose
                if b.day == day
                for t in range(b.tick, b.end)
            ]
            if worked is not None and more:
                items = sorted([*worked.items, *more], key=lambda item: item[1])
                worked = replace(worked, items=tuple(items))
            days.append(worked)
        seeds.append(replace(week, days=tuple(days)))
    return seeds
