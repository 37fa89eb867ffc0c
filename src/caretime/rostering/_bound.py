"""
What no roster of a site can exceed: column generation over legal days.

A column is one legal day of one clinician. The master program chooses shares of
days under the week's totals, rooms and cover; its prices make the dynamic program
look for better days. At every round the master's value plus what the best days
could still add is a bound on all weeks, listed or not. What is left out of the
master (team meetings and supervision pairs at one time, equal shares of early
days) only makes real weeks worse, so the bound holds for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.site import Cover
from caretime.rostering._asked import bands
from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.days import best_day
from caretime.rostering._master import INFINITY, Master
from caretime.rostering._person import (
    KINDS,
    TICKS,
    Day,
    Plan,
    band_ticks,
    base_gain,
    day_of,
)
from caretime.rostering._week import Week, length_of
from caretime.rostering.policy import RosterPolicy
from caretime.rules.week_terms import GRID

INTAKES, RETURNS, URGENT, PAID, DESK, DAYS, HOME, VISITS = range(8)
BANDS = 8
UNSTAFFED = 50_000.0
"""Points lost by a shift nobody holds; far above any week without it."""

DESK_SHORT = 5_000.0
CLOSE = 1e-3
"""Share of the bound within which the master counts as solved."""

ROUNDS = 40

_BAND = band_ticks()


@dataclass(frozen=True)
class Shift:
    """
    One cover shift in quarter hours.

    ``may`` has the plans whose people may hold it, each with the visits that the
    week loses at least for a shift of this length, others of its kind among them.
    """

    cover: Cover
    tick: int
    ticks: int
    may: Mapping[int, float]


@dataclass
class Bound:
    """
    The bound of one site and the prices behind it.

    Parameters
    ----------
    points
        No roster has more.
    bands
        ``(plans, bands)``: price of one more opening in a band.
    rooms
        ``(days, ticks)``: price of a room.
    held
        ``(shifts, plans)``: share of a shift each clinician holds.
    rounds
        Sweeps over the site's clinicians that were made.
    """

    points: float
    bands: NDArray[np.float64]
    rooms: NDArray[np.float64]
    held: NDArray[np.float64]
    rounds: int


def bound_of(
    plans: Sequence[Plan],
    shifts: Sequence[Shift],
    seeds: Sequence[Week | None],
    policy: RosterPolicy,
    *,
    rooms: int | None = None,
    home_days: Sequence[int] = (),
    rounds: int = ROUNDS,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[], None] | None = None,
) -> Bound:
    """
    Bound the points of a site.

    Parameters
    ----------
    plans
        Loads without cover, and only those fixed blocks that every week has.
    seeds
        A week for each plan, to begin with.
    rooms
        Rooms of the site, ``None`` where they cannot run short.
    home_days
        With ``rooms``: how many days each clinician works from home.
    """
    column = _Generation(list(plans), list(shifts), policy, rooms, list(home_days))
    column.begin(seeds)
    best = np.inf
    done = 0
    while done < rounds:
        done += 1
        column.master.solve()
        best = min(best, column.master.objective + column.price())
        if progress:
            progress()
        close = best - column.master.objective <= CLOSE * abs(best)
        if close or not column.found or stop():
            break
        column.flush()
    groups = sum(b.activity == "group" for plan in plans for b in plan.fixed)
    return column.result(best + policy.worth("openings") * groups, done)


@dataclass
class _Generation:
    """Rows, columns and prices of one site's master program."""

    plans: list[Plan]
    shifts: list[Shift]
    policy: RosterPolicy
    rooms: int | None
    home_days: list[int]
    master: Master = field(default_factory=Master)
    found: int = 0

    def __post_init__(self) -> None:
        self.per_plan = BANDS + len(bands()) + WORKING_DAYS
        self.modes = (False,) if self.rooms is None else (False, True)
        self.frames: dict[tuple[int, int, bool], Day | None] = {}
        for p, plan in enumerate(self.plans):
            for day in range(WORKING_DAYS):
                for home in self.modes:
                    self.frames[p, day, home] = self._frame(plan, day, home)
        self.bases = [
            [base_gain(plan.person, day, self.policy) for day in range(WORKING_DAYS)]
            for plan in self.plans
        ]
        self.held_by: list[tuple[int, int]] = []
        self.held_columns: list[int] = []
        self.pending: list[tuple[float, list[int], list[float], list[int], int]] = []
        self._rows()

    def _frame(self, plan: Plan, day: int, home: bool) -> Day | None:
        # Without rooms in the master a day may be worked from either place.
        frame = day_of(
            plan.person, plan.load, plan.fixed, day, telehealth=home, policy=self.policy
        )
        if self.rooms is not None or frame is None or not self.home_days:
            return frame
        other = day_of(
            plan.person, plan.load, plan.fixed, day, telehealth=True, policy=self.policy
        )
        return frame if other is None else replace(frame, may=frame.may | other.may)

    def _rows(self) -> None:
        low: list[float] = []
        high: list[float] = []
        for p, plan in enumerate(self.plans):
            load = plan.load
            counts = [float(n) for n in load.counts]
            home = float(self.home_days[p]) if self.home_days else 0.0
            low += [-INFINITY] * 4 + [float(load.desk)] + [-INFINITY] * 3
            high += [*counts, float(load.paid), INFINITY]
            high += [float(load.ledger.days), home, float(load.visits)]
            low += [-INFINITY] * (len(bands()) + WORKING_DAYS)
            high += [0.0] * len(bands()) + [1.0] * WORKING_DAYS
        self.first_shift = len(low)
        for shift in self.shifts:
            low.append(float(shift.cover.clinicians))
            high.append(float(shift.cover.clinicians))
        self.first_room = len(low)
        if self.rooms is not None:
            taken = _rooms_of_groups(self.plans)
            low += [-INFINITY] * (WORKING_DAYS * TICKS)
            high += np.maximum(0.0, (self.rooms - taken).ravel()).tolist()
        self.master.add_rows(np.array(low), np.array(high))
        self._slack()

    def _slack(self) -> None:
        """Add what makes every start feasible: openings asked for, what lacks."""
        worth = float(self.policy.worth("asked_times"))
        for p, plan in enumerate(self.plans):
            base = p * self.per_plan
            for b, wanted in enumerate(plan.load.wanted):
                self._queue(worth, [base + BANDS + b], [1.0], [], wanted)
            self._queue(-DESK_SHORT, [base + DESK], [1.0], [], -1)
        for s in range(len(self.shifts)):
            self._queue(-UNSTAFFED, [self.first_shift + s], [1.0], [], -1)
        self.flush()

    def _queue(
        self,
        cost: float,
        rows: list[int],
        values: list[float],
        held: list[int],
        upper: int,
    ) -> None:
        self.pending.append((cost, rows, values, held, upper))

    def flush(self) -> None:
        """Hand the waiting columns to the master."""
        if not self.pending:
            return
        sizes = [len(rows) for _, rows, _, _, _ in self.pending]
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        upper = [INFINITY if u < 0 else float(u) for *_, u in self.pending]
        first = self.master.add_columns(
            np.array([c for c, *_ in self.pending]),
            starts,
            np.concatenate([np.array(r, np.int64) for _, r, *_ in self.pending]),
            np.concatenate([np.array(v, float) for _, _, v, *_ in self.pending]),
            np.array(upper),
        )
        for i, (_, rows, _, held, _) in enumerate(self.pending):
            for s in held:
                self.held_by.append((s, rows[0] // self.per_plan))
                self.held_columns.append(first + i)
        self.pending = []

    def begin(self, seeds: Sequence[Week | None]) -> None:
        """Add the days of the weeks to begin with."""
        for p, week in enumerate(seeds):
            for day, worked in enumerate(week.days if week else ()):
                if worked is not None:
                    path = np.array(worked.items, np.int64).reshape(-1, 2)
                    home = (
                        self.rooms is not None
                        and week is not None
                        and (day in week.telehealth)
                    )
                    self._column(p, day, home, path, [])
        self.flush()

    def price(self) -> float:
        """Queue every day that would improve the master; return what they add."""
        duals = self.master.duals
        rooms = None
        if self.rooms is not None:
            rooms = duals[self.first_room :].reshape(WORKING_DAYS, TICKS)
        added, self.found = 0.0, 0
        path = np.zeros((TICKS, 2), np.int64)
        for p, plan in enumerate(self.plans):
            y = duals[p * self.per_plan : (p + 1) * self.per_plan]
            for day in range(WORKING_DAYS):
                best = 0.0
                for home in self.modes:
                    value, count, held = self._best(p, plan, day, home, y, rooms, path)
                    if value > 1e-6 * abs(float(self.policy.worth("openings"))):
                        self._column(p, day, home, path[:count], held)
                        self.found += 1
                    best = max(best, value)
                added += best
        return added

    def _best(
        self,
        p: int,
        plan: Plan,
        day: int,
        home: bool,
        y: NDArray[np.float64],
        rooms: NDArray[np.float64] | None,
        path: NDArray[np.int64],
    ) -> tuple[float, int, list[int]]:
        frame = self.frames[p, day, home]
        if frame is None:
            return 0.0, 0, []
        load = plan.load
        gain = self.bases[p][day].copy()
        gain -= (y[:3] + y[PAID] * load.lengths + y[VISITS])[:, None]
        gain += np.append(y[BANDS : BANDS + len(bands())], 0.0)[_BAND]
        if rooms is not None and not home:
            for k, n in enumerate(load.visit_ticks):
                run = np.concatenate(([0.0], np.cumsum(rooms[day])))
                gain[k, : TICKS - n + 1] -= run[n:] - run[:-n]
        gain[~frame.may] = kernel.NEVER
        duty, duty_gain, which = self._duty(p, day, y[PAID], y[VISITS])
        value, _, count = best_day(
            frame.rule,
            load.lengths,
            frame.starts,
            frame.fixed,
            frame.nature,
            duty,
            gain,
            np.full(TICKS + 1, -y[PAID] - y[DESK]),
            duty_gain,
            _ZERO,
            _ZERO,
            -float(self.policy.worth("long_runs")),
            -float(self.policy.worth("desk_stretches")),
            path,
        )
        value -= y[DAYS] + y[BANDS + len(bands()) + day] + (y[HOME] if home else 0.0)
        value -= frame.paid * y[PAID] + frame.desk * y[DESK]
        held = [which[int(t)] for a, t in path[:count] if a == kernel.A_DUTY]
        return float(value), count, held

    def _duty(
        self, p: int, day: int, paid: float, visits: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], dict[int, int]]:
        duty = np.zeros(TICKS + 1, np.int64)
        gain = np.full(TICKS + 1, kernel.NEVER)
        which: dict[int, int] = {}
        for s, shift in enumerate(self.shifts):
            if shift.cover.weekday == day and p in shift.may:
                one = -self.master.duals[self.first_shift + s] - paid * shift.ticks
                one -= visits * shift.may[p]
                if one > gain[shift.tick]:
                    gain[shift.tick] = one
                    duty[shift.tick] = shift.ticks
                    which[shift.tick] = s
        return duty, gain, which

    def _column(
        self, p: int, day: int, home: bool, path: NDArray[np.int64], held: list[int]
    ) -> None:
        """Queue one day: its points, and what it takes of each row."""
        plan, frame = self.plans[p], self.frames[p, day, home]
        assert frame is not None
        load, base = plan.load, p * self.per_plan
        actions, ticks = path[:, 0], path[:, 1]
        visits = actions < len(KINDS)
        counts = np.bincount(actions[visits], minlength=len(KINDS))
        desk = int((actions == kernel.A_DESK).sum()) + frame.desk
        shifts = sum(self.shifts[s].ticks for s in held)
        paid = int(counts @ load.lengths) + desk - frame.desk + frame.paid + shifts
        points = float(self.bases[p][day][actions[visits], ticks[visits]].sum())
        points -= self._costs(plan, frame, path)
        rows = [base + k for k in range(3) if counts[k]] + [base + PAID, base + DAYS]
        values = [float(n) for n in counts if n] + [float(paid), 1.0]
        lost = float(counts.sum()) + sum(self.shifts[s].may[p] for s in held)
        if lost:
            rows.append(base + VISITS)
            values.append(lost)
        if desk:
            rows.append(base + DESK)
            values.append(float(desk))
        if home:
            rows.append(base + HOME)
            values.append(1.0)
        in_bands = np.bincount(_BAND[ticks[visits]] + 1, minlength=len(bands()) + 1)
        for b in range(len(bands())):
            if in_bands[b + 1]:
                rows.append(base + BANDS + b)
                values.append(-float(in_bands[b + 1]))
        rows.append(base + BANDS + len(bands()) + day)
        values.append(1.0)
        for s in held:
            rows.append(self.first_shift + s)
            values.append(1.0)
        if self.rooms is not None and not home:
            for action, tick in zip(actions[visits], ticks[visits], strict=True):
                for t in range(tick, tick + int(load.visit_ticks[action])):
                    rows.append(self.first_room + day * TICKS + t)
                    values.append(1.0)
        self._queue(points, rows, values, held, -1)

    def _costs(self, plan: Plan, frame: Day, path: NDArray[np.int64]) -> float:
        """Return what runs and stretches of a path cost, told as the program does."""
        run, stretches, runs = 0, 0, 0
        longest = self.policy.longest_run
        at_desk = False
        clock = None
        for action, tick in _with_fixed(frame, path, plan):
            if clock is not None and tick > clock:
                run, at_desk = 0, False
            if action == kernel.A_DESK or action == _FIXED_DESK:
                stretches += not at_desk
                run, at_desk = 0, True
            elif action < len(KINDS) or action == _FIXED_VISIT:
                runs += run >= longest
                run, at_desk = run + 1, False
            else:
                run, at_desk = 0, False
            clock = tick + _ticks(action, tick, frame, plan, self.shifts)
        return -(
            self.policy.worth("long_runs") * runs
            + self.policy.worth("desk_stretches") * stretches
        )

    def result(self, points: float, rounds: int) -> Bound:
        """Return the bound, prices, and who holds the shifts."""
        duals = self.master.duals
        bands_at = np.array(
            [
                duals[p * self.per_plan + BANDS :][: len(bands())]
                for p in range(len(self.plans))
            ]
        ).reshape(len(self.plans), len(bands()))
        rooms = np.zeros((WORKING_DAYS, TICKS))
        if self.rooms is not None:
            rooms = duals[self.first_room :].reshape(WORKING_DAYS, TICKS).copy()
        held = np.zeros((len(self.shifts), len(self.plans)))
        values = self.master.values
        for (s, p), column in zip(self.held_by, self.held_columns, strict=True):
            held[s, p] += values[column]
        return Bound(points, bands_at, rooms, held, rounds)


_ZERO = np.zeros(TICKS + 1)
_FIXED_DESK, _FIXED_VISIT, _FIXED_BREAK = 20, 21, 22


def _with_fixed(
    frame: Day, path: NDArray[np.int64], plan: Plan
) -> list[tuple[int, int]]:
    """Return the items of a path with the fixed blocks among them, in order."""
    names = {
        kernel.AT_DESK: _FIXED_DESK,
        kernel.A_VISIT: _FIXED_VISIT,
        kernel.BREAK: _FIXED_BREAK,
    }
    items = [(int(a), int(t)) for a, t in path if a != kernel.A_FIXED]
    for t in np.flatnonzero(frame.fixed > 0):
        items.append((names[int(frame.nature[t])], int(t)))
    return sorted(items, key=lambda item: item[1])


def _ticks(
    action: int, tick: int, frame: Day, plan: Plan, shifts: Sequence[Shift]
) -> int:
    if action >= _FIXED_DESK:
        return int(frame.fixed[tick])
    if action == kernel.A_DUTY:
        return next(s.ticks for s in shifts if s.tick == tick)
    return length_of(action, plan.load)


def _rooms_of_groups(plans: Sequence[Plan]) -> NDArray[np.int64]:
    taken = np.zeros((WORKING_DAYS, TICKS), np.int64)
    for plan in plans:
        for block in plan.fixed:
            if block.activity == "group":
                taken[block.day, block.tick : block.end] += 1
    return taken


def shifts_of(
    cover: Sequence[Cover],
    plans: Sequence[Plan],
    lost: Callable[[int, int], float],
) -> list[Shift]:
    """
    Return the shifts of a site with those who may hold them.

    ``lost(plan, minutes)`` is what a shift costs a week at least, in visits.
    """
    shifts = []
    for row in cover:
        tick, end = row.start // GRID, -(-row.end // GRID)
        may = {
            p: lost(p, (end - tick) * GRID)
            for p, plan in enumerate(plans)
            if not row.licenses or plan.person.clinician.license in row.licenses
            if not plan.person.away[row.weekday, tick:end].any()
        }
        shifts.append(Shift(row, tick, end - tick, may))
    return shifts
