"""Better plans: one employee priced anew, or part of the plan opened and solved."""

from __future__ import annotations

from math import ceil

import numpy as np

from benchmarks.shift_scheduling.columns import OPEN, Columns
from benchmarks.shift_scheduling.cpsat import Left, Model

WORK = 1.0
"""CP-SAT's deterministic time for one neighborhood."""


def reprice(columns: Columns, plan: np.ndarray, rng, left: Left) -> np.ndarray:
    """Give one employee after another the best schedule beside all others."""
    instance = columns.instance
    penalty = instance.penalty(plan)
    since = 0
    while since < len(plan):
        for worker in rng.permutation(len(plan)):
            if left() <= 0:
                return plan
            found = columns.legal(worker, columns.marginal(plan, worker), tries=6)
            since += 1
            if found is None:
                continue
            trial = plan.copy()
            trial[worker] = found
            if (price := instance.penalty(trial)) < penalty:
                plan, penalty, since = trial, price, 0
    return plan


def neighborhood(plan: np.ndarray, cells: float, rng) -> np.ndarray:
    """Choose employee-days to open: many employees for a while, or a few for all."""
    staff, days = plan.shape
    open_ = np.zeros(plan.shape, bool)
    length = min(int(rng.choice([7, 14, 28, days])), days)
    count = int(np.clip(cells / length, 2, staff))
    start = int(rng.integers(0, days - length + 1))
    who = rng.choice(staff, count, replace=False)
    open_[who, start : start + length] = True
    return open_


def improve(columns: Columns, plan: np.ndarray, left: Left, seed: int = 1):
    """
    Open one part after another until the bound or the budget is met.

    CP-SAT and a dive over columns get equal time; each opens more where it finished
    easily and less where it did not.
    """
    rng = np.random.default_rng(seed)
    instance = columns.instance
    plan = reprice(columns, plan, rng, left)
    penalty = instance.penalty(plan)
    fewest = 2.0 * min(28, plan.shape[1])
    size = {"cp-sat": fewest, "dive": 4 * fewest}
    spent = {"dive": 0.0, "cp-sat": 0.0}
    turn = 0
    while left() > 0 and penalty > ceil(columns.bound - 1e-6):
        turn += 1
        way = min(spent, key=spent.__getitem__)
        before = left()
        open_ = neighborhood(plan, size[way], rng)
        if way == "dive":
            found = columns.dive(left, np.where(open_, OPEN, plan), rng)
            easy = instance.penalty(found) <= penalty
        else:
            model = Model(instance, plan, open_)
            model.hint()
            found, _, easy = model.solve(left, WORK, columns.workers, turn)
        spent[way] += before - left()
        size[way] = min(max(fewest, size[way] * (1.1 if easy else 0.9)), plan.size)
        if found is not None and (price := instance.penalty(found)) <= penalty:
            plan, penalty = found, price
    return plan
