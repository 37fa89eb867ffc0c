"""One clinician's best whole week at given prices: days composed, then combined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.rostering._asked import bands
from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.combine import combine_days
from caretime.rostering._kernel.compose import DESK_ACTION, compose_day
from caretime.rostering._load import KINDS, TICKS, Load
from caretime.rostering._person import (
    Day,
    Fixed,
    Plan,
    band_ticks,
    base_gain,
    day_of,
    place_ticks,
)
from caretime.rostering.policy import RosterPolicy
from caretime.rules.week_terms import GRID

_BAND = band_ticks()


@dataclass(frozen=True)
class Prices:
    """
    What other clinicians' weeks make an hour worth to this one.

    Parameters
    ----------
    bands
        Points of one more opening in each band.
    rooms
        ``(days, ticks)``: points a visit in person costs in each quarter hour.
    full
        ``(days, ticks)`` bool: no room is free.
    shift
        Points an early or late day costs.
    """

    bands: NDArray[np.float64]
    rooms: NDArray[np.float64] | None = None
    full: NDArray[np.bool_] | None = None
    shift: float = 0.0


@dataclass(frozen=True)
class WorkedDay:
    """A day's items in order: (action, tick), actions as in ``_kernel.days``."""

    start: int
    end: int
    items: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Week:
    """
    A week of items, and what it is worth.

    ``points`` is its part of the objective; ``in_bands`` its openings by band,
    ``shifts`` its early and late days.
    """

    days: tuple[WorkedDay | None, ...]
    fixed: tuple[Fixed, ...]
    telehealth: frozenset[int]
    points: int
    in_bands: tuple[int, ...]
    shifts: int
    returns: int


def gains(
    plan: Plan, day: int, frame: Day, prices: Prices, policy: RosterPolicy
) -> NDArray[np.float64]:
    """Return ``(kinds, ticks)``: what a visit is worth here, prices counted."""
    gain = base_gain(plan.person, day, policy)
    priced = np.append(prices.bands, 0.0)  # the last one is for ticks in no band
    gain += priced[_BAND]
    if prices.rooms is not None or prices.full is not None:
        here = in_rooms(plan, day)
        for k, n in enumerate(plan.load.visit_ticks):
            if prices.rooms is not None:
                gain[k, : TICKS - n + 1] -= _sums(prices.rooms[day] * here, int(n))
            if prices.full is not None:
                busy = _sums(prices.full[day] * here, int(n)) > 0
                gain[k, : TICKS - n + 1][busy] = kernel.NEVER
    gain[~frame.may] = kernel.NEVER
    return gain


def in_rooms(plan: Plan, day: int, *, home: bool | None = None) -> NDArray[np.float64]:
    """
    Return ``(ticks,)``: 1 where a visit would take a room of the own clinic.

    ``home`` says whether the day is one of telehealth; by default the plan does.
    """
    if home is None:
        home = day in plan.telehealth
    where = place_ticks(plan.person, day, telehealth=home)
    return np.asarray(where == plan.person.clinic.clinic_id, np.float64)


def shift_costs(
    load: Load, policy: RosterPolicy, cost: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what it costs to begin, and to end, at each tick."""
    ticks = np.arange(TICKS + 1) * GRID
    begin = np.where(ticks < policy.early_before, -cost, 0.0)
    end = np.where(ticks > policy.late_after, -cost, 0.0)
    return begin, end


def solve_week(plan: Plan, prices: Prices, policy: RosterPolicy) -> Week | None:
    """
    Return the best week at these prices, ``None`` where there is none.

    Days are first looked for with nearly equal numbers of visits, then with any.
    """
    frames = frames_of(plan, policy)
    if frames is None:
        return None
    tables = _Tables(plan, frames, prices, policy)
    for spread in (2, TICKS):
        intakes = int(plan.load.counts[0])
        week = tables.combine(spread, intakes)
        # Where returns were given up, intakes go with them.
        while week is not None and intakes > _intakes_for(plan, week.returns):
            intakes -= 1
            week = tables.combine(spread, intakes)
        if week is not None:
            return week
    return None


def _intakes_for(plan: Plan, returns: int) -> int:
    """Return how many intakes the agreed mix allows beside so many returns."""
    visits = returns + int(plan.load.counts[2])  # urgent visits count as returns
    allowed = [
        ceil(visits / clause["returns_per_intake"])
        for clause in plan.person.clauses
        if clause.kind == "intake_mix" and clause["returns_per_intake"]
    ]
    return min(allowed, default=int(plan.load.counts[0]))


def frames_of(plan: Plan, policy: RosterPolicy) -> list[Day] | None:
    """Return the arrays of the five days, ``None`` where what is fixed clashes."""
    frames = []
    if any(block.day >= WORKING_DAYS for block in plan.fixed):
        return None
    for day in range(WORKING_DAYS):
        frame = day_of(
            plan.person,
            plan.load,
            plan.fixed,
            day,
            telehealth=day in plan.telehealth,
            policy=policy,
        )
        if frame is None:
            return None
        frames.append(frame)
    return frames


def most_of(load: Load) -> NDArray[np.int64]:
    """Return the most visits of each kind, and desk ticks, a day is tried with."""
    days = load.ledger.days
    visits = -(-load.counts // days) + np.array([1, 2, 1])
    visits = np.minimum(np.minimum(visits, load.counts), load.rule[kernel.CAP])
    left = load.paid - int(load.counts @ load.lengths)
    desk = -(-left // days) + 3 * int(load.lengths[1])
    return np.append(visits, min(desk, load.rule[kernel.LONGEST]))


@dataclass
class _Tables:
    """The best value of every composition of every day."""

    plan: Plan
    frames: list[Day]
    prices: Prices
    policy: RosterPolicy
    most: NDArray[np.int64] = field(init=False)
    tables: list[NDArray[np.float64]] = field(init=False, default_factory=list)
    begins: list[NDArray[np.int64]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.most = most_of(self.plan.load)
        self.gains = [
            gains(self.plan, day, frame, self.prices, self.policy)
            for day, frame in enumerate(self.frames)
        ]
        self.edges = shift_costs(self.plan.load, self.policy, self.prices.shift)
        for day in range(WORKING_DAYS):
            table = np.empty(self.most + 1)
            begin = np.zeros(self.most + 1, np.int64)
            self._run(day, table, begin, -1, np.zeros(4, np.int64), _PATH)
            self.tables.append(table)
            self.begins.append(begin)

    def _run(
        self,
        day: int,
        table: NDArray[np.float64],
        begin: NDArray[np.int64],
        only: int,
        target: NDArray[np.int64],
        path: NDArray[np.int64],
    ) -> int:
        load, frame = self.plan.load, self.frames[day]
        return int(
            compose_day(
                frame.rule,
                self.most,
                load.lengths,
                load.holders,
                load.rests,
                frame.starts,
                frame.fixed,
                frame.nature,
                self.gains[day],
                *self.edges,
                -float(self.policy.worth("long_runs")),
                -float(self.policy.worth("desk_stretches")),
                table,
                begin,
                only,
                target,
                path,
            )
        )

    def combine(self, spread: int, intakes: int) -> Week | None:
        load = self.plan.load
        rows: list[NDArray[np.int64]] = []
        worth: list[NDArray[np.float64]] = []
        compositions = []
        first = [0]
        for day, table in enumerate(self.tables):
            found = np.argwhere(table > kernel.NEVER / 2)
            found = found[self._even(found, day, spread)]
            ticks = found[:, :3] @ load.lengths + found[:, 3] + self.frames[day].paid
            choice = np.column_stack([found[:, :3], ticks])
            value = table[tuple(found.T)]
            works = self.plan.works
            if works is not None and day not in works:
                found, choice, value = found[:0], choice[:0], value[:0]
            if not self.frames[day].paid and (works is None or day not in works):
                choice = np.vstack([choice, np.zeros((1, 4), np.int64)])
                found = np.vstack([found, np.full((1, 4), -1)])
                value = np.append(value, 0.0)
            rows.append(choice)
            worth.append(value)
            compositions.append(found)
            first.append(first[-1] + len(choice))
        chosen = np.zeros(WORKING_DAYS, np.int64)
        total = np.array([intakes, *load.counts[1:], load.paid])
        value_of_week = combine_days(
            np.concatenate(rows),
            np.concatenate(worth),
            np.array(first, np.int64),
            total,
            chosen,
        )
        if value_of_week <= kernel.NEVER / 2:
            return None
        picked = (compositions[d][row - first[d]] for d, row in enumerate(chosen))
        worked = [self._trace(day, one) for day, one in enumerate(picked)]
        return finished(self.plan, worked, value_of_week, self.prices, self.policy)

    def _even(
        self, found: NDArray[np.int64], day: int, spread: int
    ) -> NDArray[np.bool_]:
        load = self.plan.load
        mean = load.counts[1] / load.ledger.days
        lost = self.frames[day].paid / load.lengths[1]
        even = found[:, 1] >= mean - spread - lost
        return even & (found[:, 1] <= mean + spread)

    def _trace(self, day: int, composition: NDArray[np.int64]) -> WorkedDay | None:
        if composition[0] < 0:
            return None
        start = int(self.begins[day][tuple(composition)])
        path = np.zeros((TICKS, 2), np.int64)
        count = self._run(
            day, self.tables[day], self.begins[day], start, composition, path
        )
        items = tuple((int(a), int(t)) for a, t in path[:count])
        fixed = [b for b in self.plan.fixed if b.day == day]
        ends = [b.end for b in fixed]
        if items:
            action, tick = items[-1]
            ends.append(tick + length_of(action, self.plan.load))
        return WorkedDay(start, max(ends), items)


_PATH = np.zeros((TICKS, 2), np.int64)


def length_of(action: int, load: Load) -> int:
    """Return the ticks an item takes."""
    if action < len(KINDS):
        return int(load.lengths[action])
    return 1 if action == DESK_ACTION else int(load.rule[kernel.MEAL])


def finished(
    plan: Plan,
    worked: Sequence[WorkedDay | None],
    value: float,
    prices: Prices,
    policy: RosterPolicy,
) -> Week:
    """Return a week with its true points: prices taken out, limits put in."""
    counts = [0] * len(bands())
    returns = 0
    shifts = 0
    rooms = 0.0
    for day, one in enumerate(worked):
        if one is None:
            continue
        early = one.start * GRID < policy.early_before
        shifts += early + (one.end * GRID > policy.late_after)
        for action, tick in one.items:
            if action >= len(KINDS):
                continue
            returns += action == 1
            if (band := _BAND[tick]) >= 0:
                counts[band] += 1
            if prices.rooms is not None:
                n = int(plan.load.visit_ticks[action])
                price = prices.rooms[day] * in_rooms(plan, day)
                rooms += float(price[tick : tick + n].sum())
    points = value + rooms + prices.shift * shifts
    points -= float(np.dot(prices.bands, counts))
    wanted = plan.load.wanted
    asked = sum(min(n, w) for n, w in zip(counts, wanted, strict=True))
    points += policy.worth("asked_times") * asked
    points += policy.worth("fair_shifts") * max(0, shifts - plan.load.shifts)
    points += policy.worth("openings") * sum(b.activity == "group" for b in plan.fixed)
    return Week(
        days=tuple(worked),
        fixed=tuple(plan.fixed),
        telehealth=plan.telehealth,
        points=round(points),
        in_bands=tuple(counts),
        shifts=shifts,
        returns=returns,
    )


def best_week(
    plan: Plan, prices: Prices, policy: RosterPolicy, *, tries: int = 3
) -> Week | None:
    """
    Return the best week found when band prices follow their limits.

    A band's points count up to the number asked for, which a price cannot say: the
    week is solved again with the price of bands overfilled taken away, and of
    bands short of their number raised to the full points.
    """
    best: Week | None = None
    worth = float(policy.worth("asked_times"))
    now = prices
    for _ in range(tries):
        week = solve_week(plan, now, policy)
        if week is None:
            return best
        if best is None or week.points > best.points:
            best = week
        wanted = np.array(plan.load.wanted)
        counts = np.array(week.in_bands)
        turned = now.bands.copy()
        turned[counts > wanted] *= 0.4
        turned[counts < wanted] = (turned[counts < wanted] + worth) / 2
        shift = now.shift
        if week.shifts > plan.load.shifts:
            shift = max(shift, -float(policy.worth("fair_shifts")))
        if (turned == now.bands).all() and shift == now.shift:
            return best
        now = Prices(turned, prices.rooms, prices.full, shift)
    return best


def _sums(values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return the sums over each ``n`` neighbors."""
    run = np.concatenate(([0.0], np.cumsum(values)))
    return run[n:] - run[:-n]
