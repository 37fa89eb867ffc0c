"""One legal day as a column of the master program: points, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.site import Cover
from caretime.rostering._asked import bands
from caretime.rostering._kernel import days as kernel
from caretime.rostering._load import KINDS, TICKS
from caretime.rostering._person import Day, Plan, band_ticks
from caretime.rostering._week import in_rooms, length_of
from caretime.rostering.policy import RosterPolicy
from caretime.rules.week_terms import GRID

INTAKES, RETURNS, URGENT, PAID, DESK, DAYS, HOME, VISITS, HELD = range(9)
NOTED, NOTING, LATER = 9, 10, 11
BANDS = 12

_FIXED_DESK, _FIXED_VISIT, _FIXED_BREAK = 20, 21, 22

_BAND = band_ticks()


@dataclass(frozen=True)
class Shift:
    """
    One cover shift in quarter hours.

    ``may`` has the plans whose people may hold it, each with the visits that the
    week loses at least for a shift of this length: of any number of shifts, and of
    each but the minutes a week has to spare (``Plan.cover_free``).
    """

    cover: Cover
    tick: int
    ticks: int
    may: Mapping[int, tuple[float, float]]


@dataclass(frozen=True)
class Column:
    """Points of a day, the rows it touches and how much, the shifts it holds."""

    points: float
    rows: list[int]
    values: list[float]
    held: list[int]


@dataclass(frozen=True)
class Layout:
    """Where the rows of plans, shifts and rooms begin; rooms are -1 where free."""

    first_shift: int
    first_room: int

    @staticmethod
    def of_plan(p: int) -> int:
        """Return the first row of a plan."""
        return p * (BANDS + len(bands()) + WORKING_DAYS)

    @staticmethod
    def of_day(p: int, day: int) -> int:
        """Return the row that allows a plan one such day."""
        return Layout.of_plan(p) + BANDS + len(bands()) + day


@dataclass(frozen=True)
class PathOfDay:
    """A legal day of a plan: its arrays, items in order, and shifts held."""

    plan: Plan
    frame: Day
    path: NDArray[np.int64]
    held: list[Shift]
    home: bool


def column_of(
    p: int,
    day: int,
    one: PathOfDay,
    worth: NDArray[np.float64],
    held: list[int],
    rows_of: Layout,
    policy: RosterPolicy,
) -> Column:
    """
    Return a day as a column.

    Parameters
    ----------
    worth
        ``(kinds, ticks)``: points of a visit by its start, without prices.
    held
        Numbers of the shifts among the rows.
    """
    load, frame, base = one.plan.load, one.frame, rows_of.of_plan(p)
    actions, ticks = one.path[:, 0], one.path[:, 1]
    visits = actions < len(KINDS)
    counts = np.bincount(actions[visits], minlength=len(KINDS))
    desk = int((actions == kernel.A_DESK).sum()) + frame.desk
    paid = int(counts @ load.lengths) + desk - frame.desk + frame.paid
    paid += sum(shift.ticks for shift in one.held)
    visits_held = float(counts.sum())
    lost = visits_held + sum(shift.may[p][0] for shift in one.held)
    later = visits_held + sum(shift.may[p][1] for shift in one.held)
    found = {base + k: float(n) for k, n in enumerate(counts)}
    found |= {base + PAID: float(paid), base + DAYS: 1.0, base + DESK: float(desk)}
    found |= {base + VISITS: lost, base + HOME: float(one.home)}
    found |= {base + HELD: float(len(one.held)), base + LATER: later}
    needy = load.rule[kernel.NEEDY : kernel.NEEDY + len(KINDS)]
    found |= {base + NOTED: -float(counts @ needy), base + NOTING: -GRID * desk}
    in_bands = np.bincount(_BAND[ticks[visits]] + 1, minlength=len(bands()) + 1)
    for b in range(len(bands())):
        found[base + BANDS + b] = -float(in_bands[b + 1])
    found[rows_of.of_day(p, day)] = 1.0
    for s in held:
        found[rows_of.first_shift + s] = 1.0
    if rows_of.first_room >= 0 and not one.home:
        here = in_rooms(one.plan, day, home=False)
        for action, tick in zip(actions[visits], ticks[visits], strict=True):
            for t in range(tick, tick + int(load.visit_ticks[action])):
                found[rows_of.first_room + day * TICKS + t] = here[t]
    points = float(worth[actions[visits], ticks[visits]].sum())
    touched = {row: value for row, value in found.items() if value}
    return Column(
        points - _costs(one, policy), list(touched), list(touched.values()), held
    )


def _costs(one: PathOfDay, policy: RosterPolicy) -> float:
    """Return what runs and stretches of a path cost, told as the program does."""
    run, stretches, runs = 0, 0, 0
    at_desk = False
    clock = None
    for action, tick in _with_fixed(one):
        if clock is not None and tick > clock:
            run, at_desk = 0, False
        if action in (kernel.A_DESK, _FIXED_DESK):
            stretches += not at_desk
            run, at_desk = 0, True
        elif action < len(KINDS) or action == _FIXED_VISIT:
            runs += run >= policy.longest_run
            run, at_desk = run + 1, False
        else:
            run, at_desk = 0, False
        clock = tick + _ticks(action, tick, one)
    return -(
        policy.worth("long_runs") * runs + policy.worth("desk_stretches") * stretches
    )


def _with_fixed(one: PathOfDay) -> list[tuple[int, int]]:
    """Return the items of a path with the fixed blocks among them, in order."""
    names = {
        kernel.AT_DESK: _FIXED_DESK,
        kernel.A_VISIT: _FIXED_VISIT,
        kernel.BREAK: _FIXED_BREAK,
    }
    items = [(int(a), int(t)) for a, t in one.path if a != kernel.A_FIXED]
    for t in np.flatnonzero(one.frame.fixed > 0):
        items.append((names[int(one.frame.nature[t])], int(t)))
    return sorted(items, key=lambda item: item[1])


def _ticks(action: int, tick: int, one: PathOfDay) -> int:
    if action >= _FIXED_DESK:
        return int(one.frame.fixed[tick])
    if action == kernel.A_DUTY:
        return next(shift.ticks for shift in one.held if shift.tick == tick)
    return length_of(action, one.plan.load)


def rooms_of_groups(plans: Iterable[Plan]) -> NDArray[np.int64]:
    """Return ``(days, ticks)``: rooms that groups take of those never at home."""
    taken = np.zeros((WORKING_DAYS, TICKS), np.int64)
    for plan in plans:
        for block in plan.fixed:
            if block.activity == "group":
                span = slice(block.tick, block.tick + -(-block.minutes // GRID))
                here = in_rooms(plan, block.day, home=False)
                taken[block.day, span] += here[span].astype(np.int64)
    return taken


def may_hold(plan: Plan, row: Cover) -> bool:
    """Say whether somebody has a license for a shift and could be there."""
    if row.licenses and plan.person.clinician.license not in row.licenses:
        return False
    if row.weekday >= WORKING_DAYS:
        return False
    away = plan.person.away[row.weekday, row.start // GRID : -(-row.end // GRID)]
    return not away.any()


def shifts_of(
    cover: Sequence[Cover],
    plans: Sequence[Plan],
    lost: Callable[[int, int], tuple[float, float]],
) -> list[Shift]:
    """
    Return the shifts of a site with those who may hold them.

    ``lost(plan, minutes)`` is what a shift costs a week at least, in visits: the
    first of any number of shifts, and each beyond what a week has to spare.
    """
    shifts = []
    for row in cover:
        tick, end = row.start // GRID, -(-row.end // GRID)
        may = {
            p: lost(p, (end - tick) * GRID)
            for p, plan in enumerate(plans)
            if may_hold(plan, row)
        }
        shifts.append(Shift(row, tick, end - tick, may))
    return shifts
