"""Better plans: one employee priced anew, or a few solved together."""

from __future__ import annotations

from math import ceil

import numpy as np

from benchmarks.shift_scheduling.columns import Columns, Left
from benchmarks.shift_scheduling.cpsat import Model


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


def neighborhood(columns: Columns, plan: np.ndarray, cells: int, rng) -> np.ndarray:
    """Choose employee-days to open: many employees for a while, or a few for all."""
    staff, days = plan.shape
    open_ = np.zeros(plan.shape, bool)
    length = int(rng.choice([7, 14, 28, days]))
    length = min(length, days)
    count = int(np.clip(cells // length, 2, staff))
    start = int(rng.integers(0, days - length + 1))
    who = rng.choice(staff, count, replace=False)
    open_[who, start : start + length] = True
    return open_


def improve(columns: Columns, plan: np.ndarray, left: Left, seed: int = 1):
    """Open one neighborhood after another until the bound or the budget is met."""
    rng = np.random.default_rng(seed)
    instance = columns.instance
    plan = reprice(columns, plan, rng, left)
    penalty = instance.penalty(plan)
    kinds = len(instance.shifts)
    size = 1_000.0
    turn = 0
    while left() > 0 and penalty > ceil(columns.bound - 1e-6):
        turn += 1
        cells = max(28, int(size) // kinds)
        model = Model(instance, plan, neighborhood(columns, plan, cells, rng))
        model.hint()
        found, _, proven = model.solve(min(left(), 3.0), columns.workers, turn)
        size *= 1.1 if proven else 0.85
        if found is not None and (price := instance.penalty(found)) <= penalty:
            plan, penalty = found, price
    return plan
