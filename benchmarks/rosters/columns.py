"""The builder's own columns as an integer program: what rounding by solver gives."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from benchmarks.rosters.team import plans_of, week_of
from caretime.model.calendar import WORKING_DAYS
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering import RosterPolicy
from caretime.rostering._asked import bands
from caretime.rostering._bound import CLOSE, ROUNDS, _Generation
from caretime.rostering._columns import DAYS, INTAKES, PAID, URGENT
from caretime.rostering._kernel import days as kernel
from caretime.rostering._label import label
from caretime.rostering._load import KINDS
from caretime.rostering._site import FIRST_PRICE
from caretime.rostering._week import Prices, WorkedDay, length_of, solve_week
from caretime.rules.week_terms import effective_day


@dataclass(frozen=True)
class Chosen:
    """What a solver made of the columns; ``bound`` is that of the column generation."""

    status: str
    roster: Roster | None
    points: float
    bound: float
    columns: int
    seconds: float


@dataclass
class _Kept(_Generation):
    """A column generation that keeps the day behind each column."""

    kept: dict[int, tuple[int, int, np.ndarray]] = field(default_factory=dict)
    waiting: list[tuple[int, int, np.ndarray] | None] = field(default_factory=list)

    def _column(
        self, p: int, day: int, home: bool, path: np.ndarray, held: list[int]
    ) -> None:
        super()._column(p, day, home, path, held)
        self.waiting += [None] * (len(self.pending) - len(self.waiting) - 1)
        self.waiting.append((p, day, path.copy()))

    def flush(self) -> None:
        first = self.master.columns
        super().flush()
        for i, behind in enumerate(self.waiting):
            if behind is not None:
                self.kept[first + i] = behind
        self.waiting = []


def by_columns(
    system: CareSystem, contract: Contract, seconds: float, workers: int
) -> Chosen:
    """
    Bound a team by columns, then choose among them within the seconds left.

    The columns are those of the bound, and the builder's first weeks to begin with;
    none are made for whole numbers.
    """
    policy = RosterPolicy()
    plans = plans_of(system, contract, policy)
    start = time.perf_counter()
    (clinic,) = system.clinics
    made = _Kept(plans, [], policy, clinic.rooms, [0] * len(plans), frozenset())
    first = Prices(np.full(len(bands()), FIRST_PRICE * policy.worth("asked_times")))
    made.begin([solve_week(plan, first, policy) for plan in plans])
    bound = np.inf
    for _ in range(ROUNDS):
        made.master.solve()
        bound = min(bound, made.master.objective + made.price())
        close = bound - made.master.objective <= CLOSE * abs(bound)
        spent = time.perf_counter() - start
        if close or not made.found or spent > seconds:
            break
        made.flush()
    made.flush()
    left = max(0.1, seconds - (time.perf_counter() - start))
    solver = _whole(made, left, workers)
    groups = sum(b.activity == "group" for plan in plans for b in plan.fixed)
    held = policy.worth("openings") * groups
    status = solver.modelStatusToString(solver.getModelStatus()).lower()
    roster, points = None, 0.0
    if solver.getInfo().primal_solution_status == 2:
        values = np.array(solver.getSolution().col_value)
        roster = _roster(made, values, system, contract)
        points = float(solver.getInfo().objective_function_value) + held
        points += _shifts_lost(made, roster, policy)
    spent = time.perf_counter() - start
    return Chosen(status, roster, points, bound + held, len(made.kept), spent)


def _whole(made: _Kept, seconds: float, workers: int) -> Any:
    """Ask for whole columns whose weeks hold exactly what the ledgers ask."""
    solver = made.master._highs
    highspy.Highs.resetGlobalScheduler(True)  # begun with one thread for the bound
    for p, plan in enumerate(made.plans):
        base = made.layout.of_plan(p)
        exact = {
            base + INTAKES: float(plan.load.counts[0]),
            base + URGENT: float(plan.load.counts[2]),
            base + PAID: float(plan.load.paid),
        }
        for day in range(WORKING_DAYS):
            frame = made.frames[p, day, False]
            assert frame is not None
            if (frame.fixed > 0).any():
                exact[made.layout.of_day(p, day)] = 1.0
        for row, value in exact.items():
            solver.changeRowBounds(row, value, value)
        solver.changeRowBounds(base + DAYS, 0.0, float(plan.load.ledger.days))
    for column, (p, _, path) in made.kept.items():
        solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        rested = _is_rested(made, p, made.kept[column][1], path)
        solver.changeColBounds(column, 0.0, 1.0 if rested else 0.0)
    for option, value in (
        ("time_limit", solver.getRunTime() + seconds), ("threads", workers),
        ("parallel", "choose"), ("solver", "choose"), ("presolve", "on"),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    solver.run()
    return solver


def _is_rested(made: _Kept, p: int, day: int, path: np.ndarray) -> bool:
    """Say whether a day has its rests, which the bound leaves out."""
    load, frame = made.plans[p].load, made.frames[p, day, False]
    assert frame is not None
    actions = path[:, 0]
    counts = np.bincount(actions[actions < len(KINDS)], minlength=len(KINDS))
    desk = int((actions == kernel.A_DESK).sum())
    worked = int(counts @ load.lengths) + desk + frame.paid
    spare = min(desk, int(frame.rule[kernel.SPARE]))
    return bool(load.rests[worked] <= int(counts @ load.holders) + spare)


def _roster(
    made: _Kept, values: np.ndarray, system: CareSystem, contract: Contract
) -> Roster:
    days: dict[tuple[int, int], WorkedDay] = {}
    for column, (p, day, path) in made.kept.items():
        if values[column] < 0.5:
            continue
        items = tuple(
            (int(action), int(tick))
            for action, tick in path
            if action != kernel.A_FIXED
        )
        plan = made.plans[p]
        ends = [b.end for b in plan.fixed if b.day == day]
        begins = [b.tick for b in plan.fixed if b.day == day]
        ends += [tick + length_of(action, plan.load) for action, tick in items]
        begins += [tick for _, tick in items]
        days[p, day] = WorkedDay(min(begins), max(ends), items)
    weeks = tuple(
        label(plan, week_of(plan, [days.get((p, d)) for d in range(WORKING_DAYS)]))
        for p, plan in enumerate(made.plans)
    )
    first = max(effective_day(contract, system.first_day), system.first_day)
    return Roster(contract.contract_id, weeks, first_day=first)


def _shifts_lost(made: _Kept, roster: Roster, policy: RosterPolicy) -> float:
    """Return what early and late days cost, which no column counts."""
    from caretime.rostering.score import score_week

    asked = {plan.person.clinician_id: plan.person.asked for plan in made.plans}
    over = sum(
        score_week(week, asked[week.clinician_id], policy)["fair_shifts"].got
        for week in roster.weeks
    )
    return float(policy.worth("fair_shifts") * over)
