"""
Prices of weeks from a pooled program: all openings of a week taken together.

Whoever may be treated by anybody in-house, or in the network, may have any opening of
that kind in the program. That leaves something out, so its optimum is no more than
that of the match, and its prices bound every plan. Intake openings have no price.
Patients alike in tier, weeks and limit are one row, so it is small however many there
are.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from caretime.model.matching import LEVELS, LevelProof

if TYPE_CHECKING:
    from caretime.matching.engine import Problem

SCALE = LEVELS["tier_3_late"]
"""Money is counted in this unit: points are left to the match itself."""

UNIT = 1 << 20
"""Money of one of a level in its proof: prices may be any fraction of one."""

COUNTED = tuple(name for name in LEVELS if name.startswith("tier_"))
"""Levels that count patients."""


class WeekPrices(NamedTuple):
    """``(w,)`` money of an in-house opening, of a network place opening then."""

    inside: NDArray[np.int64]
    outside: NDArray[np.int64]


def week_prices(problem: Problem) -> WeekPrices:
    """
    Return the prices that bound the counted levels best, each week having one.

    Examples
    --------
    Two patients of tiers 2 and 3 ask for one visit that is open:

    >>> import numpy as np
    >>> from caretime.matching.engine import Problem
    >>> one = np.array([[1]])
    >>> prices = week_prices(Problem(np.zeros(2, np.int32), np.array([0, 1]),
    ...     np.zeros(1, np.int32), np.zeros(1, np.int32), np.array([2, 3], np.int8),
    ...     np.zeros(2, np.int32), np.zeros(2, np.int32), np.array([1, 1]),
    ...     np.array([False]), one))
    >>> int(prices.inside[0]) >= LEVELS["tier_3_left_out"]
    True
    """
    weeks = problem.openings.shape[1]
    program = _Program(weeks, {name: LEVELS[name] / SCALE for name in COUNTED}, {})
    duals = _duals(program, problem, _sorts(problem))
    prices = _whole(duals, SCALE)
    return WeekPrices(np.array(prices[:weeks]), np.array(prices[weeks:]))


def level_proofs(problem: Problem, values: Mapping[str, int]) -> dict[str, LevelProof]:
    """
    Return the numbers that bound each level best for plans as good before it.

    Parameters
    ----------
    values
        What the plan has on each level, without those decided beforehand.

    Returns
    -------
    dict
        By name, of ``COUNTED``.
    """
    sorts = _sorts(problem)
    return {name: _level_proof(problem, sorts, values, name) for name in COUNTED}


def _level_proof(
    problem: Problem,
    sorts: Sequence[tuple[Sort, int]],
    values: Mapping[str, int],
    name: str,
) -> LevelProof:
    weeks = problem.openings.shape[1]
    before = COUNTED[: COUNTED.index(name)]
    program = _Program(weeks, {name: 1.0}, {level: values[level] for level in before})
    money = _whole(_duals(program, problem, sorts), UNIT)
    # Most programs have whole prices: then they are told in ones.
    common = gcd(UNIT, *money)
    money = [one // common for one in money]
    return LevelProof(
        unit=UNIT // common,
        before=tuple(money[2 * weeks :]),
        in_house=tuple(money[:weeks]),
        network=tuple(money[weeks : 2 * weeks]),
    )


def _whole(duals: NDArray[np.float64], unit: int) -> list[int]:
    """Return duals as whole money of 0 or more."""
    money: list[int] = np.maximum(0, np.rint(duals * unit)).astype(np.int64).tolist()
    return money


def _duals(
    program: _Program, problem: Problem, sorts: Sequence[tuple[Sort, int]]
) -> NDArray[np.float64]:
    """Solve a program; return what one more of each of its limits would save."""
    import highspy

    for key, count in sorts:
        program.add(key, count)
    solver = _made_quietly(highspy)
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        solver.setOptionValue(option, value)
    capacity = np.concatenate(
        [
            problem.openings[~problem.is_network].sum(axis=0),
            problem.openings[problem.is_network].sum(axis=0),
        ]
    )
    solver.passModel(program.model(highspy, capacity))
    solver.run()
    return -np.array(solver.getSolution().row_dual[: program.limits])


def _made_quietly(highspy: Any) -> Any:
    """Return a solver without its banner, which would stand in a program's JSON."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            return highspy.Highs()
        finally:
            os.dup2(kept, 1)
            os.close(kept)


Sort = tuple[int, ...]
"""Tier, first week, last within the limit, bits of weeks, intake, in-house, network."""


def _sorts(problem: Problem) -> list[tuple[Sort, int]]:
    """Return the sorts of patients and how many there are of each."""
    sorts = problem.sorts
    one, ask = sorts.one, problem.ask_of[sorts.one]
    intake = problem.intake if len(problem.intake) else 0 * problem.weeks
    columns = (
        problem.tier[one],
        problem.first[one],
        np.clip(problem.limit[one], -1, problem.openings.shape[1]),
        problem.weeks[one],
        intake[one],
        sorts.inside[ask],
        sorts.outside[ask],
    )
    counts: Counter[Sort] = Counter()
    keys = zip(*(column.tolist() for column in columns), strict=True)
    for key, many in zip(keys, sorts.many.tolist(), strict=True):
        counts[key] += many
    return sorted(counts.items())


class _Program:
    """
    Columns and rows: openings of each week and kind, levels held, then each sort.

    ``cost`` has what one of each level costs, ``held`` how many there may be at most.
    """

    def __init__(
        self, weeks: int, cost: Mapping[str, float], held: Mapping[str, int]
    ) -> None:
        self._weeks = weeks
        self._level_cost = cost
        self._held = held
        self._row_of = {name: 2 * weeks + k for k, name in enumerate(held)}
        self._counts: list[int] = []
        self._cost: list[float] = []
        self._start = [0]
        self._rows: list[int] = []

    @property
    def limits(self) -> int:
        """Rows that have a limit from above."""
        return 2 * self._weeks + len(self._held)

    def add(self, sort: Sort, count: int) -> None:
        """Add a sort with every way to take it over, and to leave it out."""
        tier, first, limit, bits, intake, inside, outside = sort
        row = self.limits + len(self._counts)
        self._counts.append(count)
        late = f"tier_{tier}_late"
        for begins in range(first, self._weeks):
            moved = bits << (begins - first)
            if intake:
                moved &= ~(1 << begins)
            if inside:
                used = [w for w in range(self._weeks) if moved >> w & 1]
                self._column(late if begins > limit else "", [*used, row])
        for opens in range(self._weeks):
            if outside:
                is_late = max(opens, first) > limit
                self._column(late if is_late else "", [self._weeks + opens, row])
        self._column(f"tier_{tier}_left_out", [row])

    def _column(self, level: str, rows: list[int]) -> None:
        self._cost.append(self._level_cost.get(level, 0.0))
        self._rows.extend(rows)
        if level in self._row_of:
            self._rows.append(self._row_of[level])
        self._start.append(len(self._rows))

    def model(self, highspy: Any, capacity: NDArray[np.int64]) -> Any:
        """Return the linear program."""
        program = highspy.HighsLp()
        columns, counts = len(self._cost), np.array(self._counts, np.float64)
        limits = np.concatenate([capacity, list(self._held.values())])
        program.num_col_ = columns
        program.num_row_ = self.limits + len(counts)
        program.col_cost_ = np.array(self._cost)
        program.col_lower_ = np.zeros(columns)
        program.col_upper_ = np.full(columns, 1e30)
        program.row_lower_ = np.concatenate([np.full(self.limits, -1e30), counts])
        program.row_upper_ = np.concatenate([limits.astype(np.float64), counts])
        program.a_matrix_.start_ = np.array(self._start, np.int32)
        program.a_matrix_.index_ = np.array(self._rows, np.int32)
        program.a_matrix_.value_ = np.ones(len(self._rows))
        return program
