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

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.rostering._asked import bands
from caretime.rostering._columns import (
    BANDS,
    DAYS,
    DESK,
    HELD,
    HOME,
    LATER,
    NOTED,
    NOTING,
    PAID,
    VISITS,
    Column,
    Layout,
    PathOfDay,
    Shift,
    column_of,
    rooms_of_groups,
)
from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.days import best_day
from caretime.rostering._load import KINDS, TICKS
from caretime.rostering._master import INFINITY, Master
from caretime.rostering._person import Day, Plan, band_ticks, base_gain, day_of
from caretime.rostering._prices import UNSTAFFED, Bound
from caretime.rostering._week import Week, in_rooms
from caretime.rostering.policy import RosterPolicy
from caretime.rules.week_terms import GRID

DESK_SHORT = 5_000.0
CLOSE = 1e-3
"""Share of the bound within which the master counts as solved."""

ROUNDS = 40

_BAND = band_ticks()


def bound_of(
    plans: Sequence[Plan],
    shifts: Sequence[Shift],
    seeds: Sequence[Week | None],
    policy: RosterPolicy,
    *,
    rooms: int | None = None,
    home_days: Sequence[int] = (),
    starts: Collection[tuple[int, int]] = (),
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
    starts
        Days and ticks at which work may begin beside those of the policy: what is
        left out of ``plans`` may stand there.
    """
    if not plans:
        return _bound_of_nobody(shifts)
    column = _Generation(
        list(plans), list(shifts), policy, rooms, list(home_days), frozenset(starts)
    )
    column.begin(seeds)
    best = last = np.inf
    done = 0
    while done < rounds:
        done += 1
        column.master.solve()
        last = column.master.objective + column.price()
        best = min(best, last)
        if progress:
            progress()
        close = best - column.master.objective <= CLOSE * abs(best)
        if close or not column.found or stop():
            break
        column.flush()
    groups = sum(b.activity == "group" for plan in plans for b in plan.fixed)
    held = policy.worth("openings") * groups
    return column.result(best + held, last + held, done)


def _bound_of_nobody(shifts: Sequence[Shift]) -> Bound:
    lost = -UNSTAFFED * sum(shift.cover.clinicians for shift in shifts)
    nobody = np.zeros((0, len(bands())))
    rooms = np.zeros((WORKING_DAYS, TICKS))
    return Bound(lost, lost, nobody, rooms, np.zeros((len(shifts), 0)), 0)


@dataclass
class _Generation:
    """Rows, columns and prices of one site's master program."""

    plans: list[Plan]
    shifts: list[Shift]
    policy: RosterPolicy
    rooms: int | None
    home_days: list[int]
    starts: frozenset[tuple[int, int]]
    master: Master = field(default_factory=Master)
    found: int = 0

    def __post_init__(self) -> None:
        self.modes = (False,) if self.rooms is None else (False, True)
        self.frames: dict[tuple[int, int, bool], Day | None] = {}
        for p, plan in enumerate(self.plans):
            for day in range(WORKING_DAYS):
                for home in self.modes:
                    self.frames[p, day, home] = self._frame(plan, day, home)
        self.bases = [
            [self._worth(plan, day) for day in range(WORKING_DAYS)]
            for plan in self.plans
        ]
        self.held: list[tuple[int, int, int]] = []
        self.pending: list[tuple[Column, int, float]] = []
        self._rows()

    def _frame(self, plan: Plan, day: int, home: bool) -> Day | None:
        # Without rooms in the master a day may be worked from either place.
        frame = day_of(
            plan.person, plan.load, plan.fixed, day, telehealth=home, policy=self.policy
        )
        if frame is not None:
            free = [t for d, t in self.starts if d == day and frame.fixed[t] == 0]
            frame.starts[free] = True
        if self.rooms is not None or frame is None or not self.home_days:
            return frame
        other = day_of(
            plan.person, plan.load, plan.fixed, day, telehealth=True, policy=self.policy
        )
        return frame if other is None else replace(frame, may=frame.may | other.may)

    def _worth(self, plan: Plan, day: int) -> NDArray[np.float64]:
        """Return a visit's points by its start; those with notes beside have them."""
        needy = plan.load.rule[kernel.NEEDY : kernel.NEEDY + len(KINDS)]
        noted = self.policy.worth("notes_same_day") * (1 - needy)
        return base_gain(plan.person, day, self.policy) + noted[:, None]

    def _rows(self) -> None:
        low: list[float] = []
        high: list[float] = []
        for p, plan in enumerate(self.plans):
            load = plan.load
            counts = [float(n) for n in load.counts]
            home = float(self.home_days[p]) if self.home_days else 0.0
            low += [-INFINITY] * 4 + [float(load.desk)] + [-INFINITY] * 7
            high += [*counts, float(load.paid), INFINITY]
            days = WORKING_DAYS if plan.person.away.any() else load.most_days
            high += [float(days), home, float(load.visits)]
            high += [float(plan.most_cover), 0.0, -float(load.other_desk)]
            high.append(float(load.visits) + plan.cover_free)
            low += [-INFINITY] * (len(bands()) + WORKING_DAYS)
            high += [0.0] * len(bands()) + [1.0] * WORKING_DAYS
        first_shift = len(low)
        for shift in self.shifts:
            low.append(float(shift.cover.clinicians))
            high.append(float(shift.cover.clinicians))
        self.layout = Layout(first_shift, -1 if self.rooms is None else len(low))
        if self.rooms is not None:
            taken = rooms_of_groups(
                plan
                for plan, days in zip(self.plans, self.home_days, strict=True)
                if not days
            )
            low += [-INFINITY] * (WORKING_DAYS * TICKS)
            high += np.maximum(0.0, (self.rooms - taken).ravel()).tolist()
        self.master.add_rows(np.array(low), np.array(high))
        self._slack()

    def _slack(self) -> None:
        """Add what makes every start feasible: openings asked for, what lacks."""
        worth = float(self.policy.worth("asked_times"))
        for p, plan in enumerate(self.plans):
            base = self.layout.of_plan(p)
            for b, wanted in enumerate(plan.load.wanted):
                self._queue(worth, base + BANDS + b, float(wanted))
            short = Column(
                -DESK_SHORT, [base + DESK, base + NOTING], [1.0, -float(GRID)], []
            )
            self.pending.append((short, -1, INFINITY))
            # Visits whose notes find time: no more than need it, nor than fit.
            noted = Column(
                float(self.policy.worth("notes_same_day")),
                [base + NOTED, base + NOTING],
                [1.0, float(self.policy.notes_minutes)],
                [],
            )
            self.pending.append((noted, -1, INFINITY))
        for s in range(len(self.shifts)):
            self._queue(-UNSTAFFED, self.layout.first_shift + s, INFINITY)
        self.flush()

    def _queue(self, points: float, row: int, upper: float) -> None:
        self.pending.append((Column(points, [row], [1.0], []), -1, upper))

    def flush(self) -> None:
        """Hand the waiting columns to the master."""
        if not self.pending:
            return
        columns = [column for column, _, _ in self.pending]
        sizes = [len(column.rows) for column in columns]
        first = self.master.add_columns(
            np.array([column.points for column in columns]),
            np.concatenate(([0], np.cumsum(sizes)[:-1])),
            np.concatenate([np.array(column.rows, np.int64) for column in columns]),
            np.concatenate([np.array(column.values) for column in columns]),
            np.array([upper for _, _, upper in self.pending]),
        )
        for i, (column, p, _) in enumerate(self.pending):
            self.held += [(s, p, first + i) for s in column.held]
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
            rooms = duals[self.layout.first_room :].reshape(WORKING_DAYS, TICKS)
        added, self.found = 0.0, 0
        for p, plan in enumerate(self.plans):
            y = duals[self.layout.of_plan(p) : self.layout.of_plan(p + 1)]
            for day in range(WORKING_DAYS):
                best = 0.0
                for home in self.modes:
                    value, path, held = self._best(p, plan, day, home, y, rooms)
                    if value > 1e-6 * abs(float(self.policy.worth("openings"))):
                        self._column(p, day, home, path, held)
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
    ) -> tuple[float, NDArray[np.int64], list[int]]:
        frame = self.frames[p, day, home]
        if frame is None:
            return 0.0, _PATH[:0], []
        load = plan.load
        gain = self.bases[p][day].copy()
        gain -= (y[:3] + y[PAID] * load.lengths + y[VISITS] + y[LATER])[:, None]
        needy = load.rule[kernel.NEEDY : kernel.NEEDY + len(KINDS)]
        gain += (y[NOTED] * needy)[:, None]
        gain += np.append(y[BANDS : BANDS + len(bands())], 0.0)[_BAND]
        if rooms is not None and not home:
            run = np.concatenate(
                ([0.0], np.cumsum(rooms[day] * in_rooms(plan, day, home=False)))
            )
            for k, n in enumerate(load.visit_ticks):
                gain[k, : TICKS - n + 1] -= run[n:] - run[:-n]
        gain[~frame.may] = kernel.NEVER
        value, best, held = kernel.NEVER, _PATH[:0], list[int]()
        for duty, duty_gain, which in self._duties(p, day, y):
            one, _, count = best_day(
                frame.rule,
                load.lengths,
                frame.starts,
                frame.fixed,
                frame.nature,
                duty,
                gain,
                np.full(TICKS + 1, -y[PAID] - y[DESK] + GRID * y[NOTING]),
                duty_gain,
                _ZERO,
                _ZERO,
                -float(self.policy.worth("long_runs")),
                -float(self.policy.worth("desk_stretches")),
                _PATH,
            )
            if one > value:
                value, best = one, _PATH[:count].copy()
                held = [which[int(t)] for a, t in best if a == kernel.A_DUTY]
        value -= y[DAYS] + y[BANDS + len(bands()) + day] + (y[HOME] if home else 0.0)
        value -= frame.paid * y[PAID] + frame.desk * (y[DESK] - GRID * y[NOTING])
        return float(value), best, held

    def _duties(
        self, p: int, day: int, y: NDArray[np.float64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], dict[int, int]]]:
        """Yield the shifts a day may hold, no two of which begin together."""
        best: dict[tuple[int, int], tuple[float, int]] = {}
        for s, shift in enumerate(self.shifts):
            if shift.cover.weekday == day and p in shift.may:
                one = (
                    -self.master.duals[self.layout.first_shift + s]
                    - y[PAID] * shift.ticks
                )
                first, later = shift.may[p]
                one -= y[VISITS] * first + y[LATER] * later + y[HELD]
                known = best.get((shift.tick, shift.ticks))
                if known is None or one > known[0]:
                    best[shift.tick, shift.ticks] = one, s
        # Of shifts that begin together a longer one may serve the day better.
        lengths: dict[int, list[int]] = defaultdict(list)
        for tick, ticks in best:
            lengths[tick].append(ticks)
        for chosen in product(*lengths.values()):
            duty = np.zeros(TICKS + 1, np.int64)
            gain = np.full(TICKS + 1, kernel.NEVER)
            which: dict[int, int] = {}
            for tick, ticks in zip(lengths, chosen, strict=True):
                duty[tick] = ticks
                gain[tick], which[tick] = best[tick, ticks]
            yield duty, gain, which

    def _column(
        self, p: int, day: int, home: bool, path: NDArray[np.int64], held: list[int]
    ) -> None:
        """Queue one day."""
        frame = self.frames[p, day, home]
        assert frame is not None
        shifts = [self.shifts[s] for s in held]
        one = PathOfDay(self.plans[p], frame, path.copy(), shifts, home)
        column = column_of(
            p, day, one, self.bases[p][day], held, self.layout, self.policy
        )
        self.pending.append((column, p, INFINITY))

    def result(self, points: float, at_prices: float, rounds: int) -> Bound:
        """Return the bound, prices, and who holds the shifts."""
        duals = self.master.duals
        bands_at = np.array(
            [
                duals[self.layout.of_plan(p) + BANDS :][: len(bands())]
                for p in range(len(self.plans))
            ]
        ).reshape(len(self.plans), len(bands()))
        rooms = np.zeros((WORKING_DAYS, TICKS))
        if self.rooms is not None:
            rooms = duals[self.layout.first_room :].reshape(WORKING_DAYS, TICKS).copy()
        held = np.zeros((len(self.shifts), len(self.plans)))
        values = self.master.values
        for s, p, column in self.held:
            if column < len(values):  # later ones were never solved with
                held[s, p] += values[column]
        return Bound(points, at_prices, bands_at, rooms, held, rounds)


_ZERO = np.zeros(TICKS + 1)
_PATH = np.zeros((TICKS, 2), np.int64)
