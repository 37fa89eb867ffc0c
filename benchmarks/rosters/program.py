"""An integer program in arrays, and the two solvers that may be handed it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

FREE = float("inf")

Terms = Iterable[tuple[int, float]]


@dataclass
class Program:
    """Maximize integers times their points, under rows with two bounds each."""

    points: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    constant: float = 0.0

    def add(self, points: float = 0.0, upper: int = 1) -> int:
        """Add an integer of 0 to ``upper``; return its number."""
        self.points.append(points)
        self.upper.append(upper)
        return len(self.points) - 1

    def hold(self, terms: Terms, low: float = -FREE, high: float = FREE) -> None:
        """Hold a sum of integers times factors between two bounds."""
        for index, value in terms:
            self.indices.append(index)
            self.values.append(value)
        self.starts.append(len(self.indices))
        self.low.append(low)
        self.high.append(high)

    def row(self, number: int) -> list[tuple[int, float]]:
        """Return the terms of a row, each integer once."""
        span = slice(self.starts[number], self.starts[number + 1])
        found: dict[int, float] = {}
        for index, value in zip(self.indices[span], self.values[span], strict=True):
            found[index] = found.get(index, 0.0) + value
        return list(found.items())


@dataclass(frozen=True)
class Answer:
    """What a solver said: status, values of the integers if any, and its bound."""

    status: str
    values: np.ndarray | None
    bound: float
    seconds: float


def by_cpsat(program: Program, seconds: float, workers: int) -> Answer:
    """Hand a program to CP-SAT."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    integers = [
        model.new_int_var(0, int(upper), "") if upper > 1 else model.new_bool_var("")
        for upper in program.upper
    ]
    most = 1 << 30
    for r, (low, high) in enumerate(zip(program.low, program.high, strict=True)):
        terms = program.row(r)
        total = cp_model.LinearExpr.weighted_sum(
            [integers[i] for i, _ in terms], [int(v) for _, v in terms]
        )
        bounds = (int(max(low, -most)), int(min(high, most)))
        model.add_linear_constraint(total, *bounds)
    model.maximize(
        cp_model.LinearExpr.weighted_sum(integers, [int(p) for p in program.points])
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = seconds
    start = time.perf_counter()
    status = solver.status_name(solver.solve(model)).lower()
    spent = time.perf_counter() - start
    told = solver.best_objective_bound
    # Zero stands where no bound was found, before the first relaxation is solved.
    bound = program.constant + told if told else FREE
    if status not in ("optimal", "feasible"):
        return Answer(status, None, bound, spent)
    values = np.array([solver.value(i) for i in integers], float)
    return Answer(status, values, bound, spent)


def by_highs(program: Program, seconds: float, workers: int) -> Answer:
    """Hand a program to the branch and cut of HiGHS."""
    import highspy

    rows = [program.row(r) for r in range(len(program.low))]
    highspy.Highs.resetGlobalScheduler(True)  # it may have begun with one thread
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False), ("threads", workers), ("random_seed", 1),
        ("time_limit", float(seconds)), ("mip_rel_gap", 0.0),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    columns, entries = len(program.points), sum(map(len, rows))
    by_row, maximize = 2, -1
    solver.passModel(
        columns, len(rows), entries, by_row, maximize, program.constant,
        np.array(program.points, float),
        np.zeros(columns), np.array(program.upper, float),
        np.array(program.low, float), np.array(program.high, float),
        np.cumsum([0, *map(len, rows)], dtype=np.int32)[:-1],
        np.array([i for row in rows for i, _ in row], np.int32),
        np.array([v for row in rows for _, v in row], float),
        np.ones(columns, np.int32),
    )  # fmt: skip
    start = time.perf_counter()
    solver.run()
    spent = time.perf_counter() - start
    told = solver.getInfo()
    status = solver.modelStatusToString(solver.getModelStatus()).lower()
    bound = float(told.mip_dual_bound)
    if told.primal_solution_status != 2:
        return Answer(status, None, bound if abs(bound) < FREE else FREE, spent)
    values = np.array(solver.getSolution().col_value, float).round()
    return Answer(status, values, bound, spent)


SOLVERS = {"CP-SAT": by_cpsat, "HiGHS": by_highs}
