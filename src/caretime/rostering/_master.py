"""The master linear program of a column generation, on HiGHS."""

from __future__ import annotations

import os
import sys

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

INFINITY = highspy.kHighsInf
"""The bound of a row or column that has none."""

CHOOSE, PRIMAL = 0, 4
"""
Strategies of the simplex. New columns leave the last basis feasible, and going
on from it by the primal took 8 s over 30 rounds where the dual took 13 s
(1,700 rows, 550 new columns of 11 entries a round).
"""


def _made_quietly() -> highspy.Highs:
    """
    Return a new solver without the banner it writes before any option is heard.

    The banner would stand in the JSON that a program reads from standard output.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            return highspy.Highs()
        finally:
            os.dup2(kept, 1)
            os.close(kept)


class Master:
    """
    Maximize a linear objective over columns that arrive in rounds.

    Rows come first, empty; columns are added round by round as arrays, and
    :meth:`solve` goes on from the last basis. Simplex on one thread with a
    fixed seed and no clock: equal calls give equal duals, to the last bit.

    Examples
    --------
    Two goods share 12 hours of one machine and 18 of another; the second hour
    is worth 1 at the margin, so a good that takes 3 of it must earn 3.

    >>> import numpy as np
    >>> master = Master()
    >>> master.add_rows([-INFINITY, -INFINITY], [12.0, 18.0])
    0
    >>> master.add_columns([3.0, 5.0], [0, 1], [1, 0, 1], [3.0, 2.0, 2.0])
    0
    >>> master.solve()
    >>> master.objective, master.values.tolist(), master.duals.tolist()
    (36.0, [2.0, 6.0], [1.5, 1.0])
    """

    def __init__(self, *, presolve: bool = False) -> None:
        highs = _made_quietly()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("solver", "simplex"),
            ("presolve", "on" if presolve else "off"),
        ):
            highs.setOptionValue(option, value)
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._highs = highs
        self._duals = np.empty(0)
        self._values = np.empty(0)
        self._objective = 0.0
        self._feasible = False

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self._highs.getNumRow())

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self._highs.getNumCol())

    @property
    def duals(self) -> NDArray[np.float64]:
        """
        Worth of one more unit of each row's right-hand side, as last solved.

        So 0 or more where a row is held at its upper bound, 0 or less where at
        its lower. A column earns its cost less ``duals @ column``; one that
        earns more than 0 can raise the objective.
        """
        return self._duals

    @property
    def values(self) -> NDArray[np.float64]:
        """How much of each column is taken, as last solved."""
        return self._values

    @property
    def objective(self) -> float:
        """What the columns taken earn, as last solved."""
        return self._objective

    def add_rows(self, lower: ArrayLike, upper: ArrayLike) -> int:
        """
        Add rows without entries and return the index of the first.

        Parameters
        ----------
        lower, upper
            Bounds, shape (rows,); ``-INFINITY`` or ``INFINITY`` for none.
        """
        first = self.rows
        low = np.ascontiguousarray(lower, np.float64)
        high = np.ascontiguousarray(upper, np.float64)
        starts = np.zeros(len(low), np.int32)
        self._feasible = False
        self._highs.addRows(
            len(low), low, high, 0, starts, np.empty(0, np.int32), np.empty(0)
        )
        return first

    def add_columns(
        self,
        costs: ArrayLike,
        starts: ArrayLike,
        indices: ArrayLike,
        values: ArrayLike,
        upper: ArrayLike = INFINITY,
    ) -> int:
        """
        Add columns of at least 0 and return the index of the first.

        Parameters
        ----------
        costs
            What one unit of each column earns, shape (columns,).
        starts
            Where each column's entries begin, shape (columns,) or one longer.
        indices, values
            Row and value of every entry, column after column.
        upper
            Upper bound, one for all or shape (columns,).
        """
        first = self.columns
        earned = np.ascontiguousarray(costs, np.float64)
        count = len(earned)
        entries = np.ascontiguousarray(values, np.float64)
        self._highs.addCols(
            count,
            earned,
            np.zeros(count),
            np.ascontiguousarray(np.broadcast_to(upper, count), np.float64),
            len(entries),
            np.ascontiguousarray(starts, np.int32)[:count],
            np.ascontiguousarray(indices, np.int32),
            entries,
        )
        return first

    def bound_rows(self, rows: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """Give the rows of these indices new bounds."""
        index = np.ascontiguousarray(rows, np.int32)
        low = np.ascontiguousarray(np.broadcast_to(lower, len(index)), np.float64)
        high = np.ascontiguousarray(np.broadcast_to(upper, len(index)), np.float64)
        self._feasible = False
        self._highs.changeRowsBounds(len(index), index, low, high)

    def bound_columns(
        self, columns: ArrayLike, lower: ArrayLike, upper: ArrayLike
    ) -> None:
        """Give the columns of these indices new bounds, to fix them or let go."""
        index = np.ascontiguousarray(columns, np.int32)
        low = np.ascontiguousarray(np.broadcast_to(lower, len(index)), np.float64)
        high = np.ascontiguousarray(np.broadcast_to(upper, len(index)), np.float64)
        self._feasible = False
        self._highs.changeColsBounds(len(index), index, low, high)

    def drop_columns(self, mask: ArrayLike) -> NDArray[np.bool_]:
        """
        Forget columns, but for those the last basis stands on.

        Parameters
        ----------
        mask
            True for a column to be dropped, shape (columns,).

        Returns
        -------
        numpy.ndarray
            True for each old column that stays, shape (columns,); the others
            close up, so ``flatnonzero`` of it maps new indices to old.
        """
        highs = self._highs
        drop = np.array(mask, np.bool_)
        basis = highs.getBasis()
        if basis.valid:
            basic = highspy.HighsBasisStatus.kBasic
            drop &= np.array([status != basic for status in basis.col_status])
        gone = np.flatnonzero(drop).astype(np.int32)
        if len(gone):
            statuses = basis.col_status
            highs.deleteCols(len(gone), gone)
            if basis.valid:
                basis.col_status = [statuses[i] for i in np.flatnonzero(~drop)]
                highs.setBasis(basis)
        self._values = self._values[~drop[: len(self._values)]]
        return ~drop

    def solve(self) -> None:
        """
        Solve from the last basis, then read duals, values and objective.

        Raises
        ------
        ValueError
            If the rows contradict each other or the objective has no bound.
            Give every row that may fall short a slack column with a price.
        """
        highs = self._highs
        strategy = PRIMAL if self._feasible else CHOOSE
        highs.setOptionValue("simplex_strategy", strategy)
        highs.run()
        self._feasible = False
        status = highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            name = highs.modelStatusToString(status)
            raise ValueError(f"master program not solved: {name}")
        self._feasible = True
        solution = highs.getSolution()
        self._duals = np.array(solution.row_dual, np.float64)
        self._values = np.array(solution.col_value, np.float64)
        self._objective = float(highs.getInfo().objective_function_value)
