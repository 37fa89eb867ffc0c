"""
Bound and first plan: columns are one employee's legal schedules.

The master program chooses one column an employee at least cost of requests and
cover; the dynamic program of ``price.py`` finds the column that its duals want
most. Duals of the cover lie between minus the weight for over and the weight
for under, so for any such duals the priced optima of all employees add up to a
lower bound on every plan.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from benchmarks.shift_scheduling.price import Pricer, weekends_of
from benchmarks.shift_scheduling.read import Instance
from caretime.rostering._master import INFINITY, Master

CONVERGED = 0.02
"""Stop where master and bound are this close; penalties are whole numbers."""

STEEP = 1_000.0
"""Price of one unit over a limit kept as a row, until columns keep it."""

Left = Callable[[], float]
"""Seconds left of a part of the budget."""


@dataclass
class Prices:
    """Worth of cover (D, S); price of weekends (E,) and shifts of a kind (E, S)."""

    cover: np.ndarray
    weekend: np.ndarray
    kind: np.ndarray

    def between(self, other: Prices, share: float) -> Prices:
        """Go ``share`` of the way from these to the others."""
        return Prices(*(
            (1 - share) * mine + share * theirs
            for mine, theirs in zip(
                (self.cover, self.weekend, self.kind),
                (other.cover, other.weekend, other.kind),
                strict=True,
            )
        ))  # fmt: skip


@dataclass
class Columns:
    """The growing program of one instance, and the best bound so far."""

    instance: Instance
    workers: int = 2
    bound: float = -np.inf
    pool: list[tuple[int, np.ndarray]] = field(default_factory=list)

    def __post_init__(self) -> None:
        given = self.instance
        self.pricer = Pricer.of(given)
        staff, days, kinds = given.cost.shape
        self.most_of = np.array([w.most_of for w in given.workers])
        self.most_weekends = np.array([w.most_weekends for w in given.workers])
        self.limited = (self.most_of > 0) & (self.most_of < days)
        self.zero = Prices(
            np.zeros((days, kinds)), np.zeros(staff), np.zeros((staff, kinds))
        )
        self.center = self.zero
        self.seen: set[tuple[int, bytes]] = set()
        self.first_column = 0
        self.build()

    def build(self) -> None:
        """Set up the rows, and the columns for too few, too many and over limits."""
        given, staff = self.instance, len(self.instance.workers)
        cells = given.need.size
        need = given.need.ravel().astype(float)
        self.kind_row = np.full(self.limited.shape, -1)
        self.kind_row[self.limited] = np.arange(self.limited.sum()) + cells + staff
        at = cells + staff + int(self.limited.sum())
        self.weekend_row = np.full(staff, -1)
        weekends = np.empty(0)
        if not self.pricer.counts_weekends:
            self.weekend_row = np.arange(staff) + at
            weekends = self.most_weekends.astype(float)
        caps = np.r_[self.most_of[self.limited].astype(float), weekends]
        master = self.master = Master()
        master.add_rows(
            np.r_[need, np.ones(staff), np.full(len(caps), -INFINITY)],
            np.r_[need, np.ones(staff), caps],
        )
        soft = np.r_[np.arange(cells), np.arange(cells), np.arange(len(caps))]
        soft[2 * cells :] += cells + staff
        sign = np.r_[np.ones(cells), -np.ones(cells), -np.ones(len(caps))]
        weight = np.r_[
            given.under.ravel(), given.over.ravel(), np.full(len(caps), STEEP)
        ]
        master.add_columns(-weight, np.arange(len(soft)), soft, sign)
        self.first_column = master.columns

    def price_all(self, prices: Prices, staff=None) -> list[tuple[float, np.ndarray]]:
        """Price the best schedule of every employee, two at a time."""
        staff = range(len(self.instance.workers)) if staff is None else staff

        def one(worker):
            gain = prices.cover - self.instance.cost[worker] - prices.kind[worker]
            return self.pricer.price(worker, gain, prices.weekend[worker])

        with ThreadPoolExecutor(self.workers) as threads:
            return list(threads.map(one, staff))

    def lift(self, prices: Prices, priced) -> float:
        """Bound from these prices, and the best kept with its prices."""
        bound = self.instance.constant + (prices.cover * self.instance.need).sum()
        bound -= sum(value for value, _ in priced)
        bound -= (prices.kind * self.most_of * self.limited).sum()
        bound -= (prices.weekend * self.most_weekends).sum()
        if bound > self.bound:
            self.bound, self.center = float(bound), prices
        return float(bound)

    def add(self, fresh) -> int:
        """Add columns not there yet, (employee, plan), and count them."""
        costs, starts, rows, values = [], [], [], []
        days, kinds = self.instance.need.shape
        for worker, plan in fresh:
            key = worker, plan.astype(np.int8).tobytes()
            if key in self.seen:
                continue
            self.seen.add(key)
            self.pool.append((worker, plan))
            day = np.flatnonzero(plan >= 0)
            shift = plan[day]
            used = np.bincount(shift, minlength=kinds)
            kind = np.flatnonzero(self.limited[worker] & (used > 0))
            row = [day * kinds + shift, [days * kinds + worker]]
            value = [np.ones(len(day) + 1), used[kind]]
            row.append(self.kind_row[worker, kind])
            if self.weekend_row[worker] >= 0:
                row.append([self.weekend_row[worker]])
                value.append([weekends_of(plan)])
            starts.append(sum(map(len, rows)))
            rows.append(np.concatenate(row))
            values.append(np.concatenate(value))
            costs.append(-self.instance.cost[worker, day, shift].sum())
        if costs:
            self.master.add_columns(
                costs, starts, np.concatenate(rows), np.concatenate(values)
            )
        return len(costs)

    def duals(self) -> Prices:
        """Prices as the master's duals give them."""
        days, kinds = self.instance.need.shape
        duals = self.master.duals
        kind, weekend = self.zero.kind.copy(), self.zero.weekend.copy()
        kind[self.limited] = np.maximum(duals[self.kind_row[self.limited]], 0)
        if not self.pricer.counts_weekends:
            weekend = np.maximum(duals[self.weekend_row], 0)
        cover = -duals[: days * kinds].reshape(days, kinds)
        cover = np.clip(cover, -self.instance.over, self.instance.under)
        return Prices(cover, weekend, kind)

    def ascend(self, left: Left, rounds: int = 60) -> None:
        """Raise the bound by subgradients: the prices the columns start from."""
        given = self.instance
        prices, heading = self.zero, np.zeros(given.need.shape)
        step, idle = 0.1 * float(given.under.mean()), 0
        for _ in range(rounds):
            if left() <= 0:
                return
            before = self.bound
            priced = self.price_all(prices)
            self.lift(prices, priced)
            self.add([(w, plan) for w, (_, plan) in enumerate(priced)])
            count = np.zeros(given.need.shape)
            for _, plan in priced:
                day = np.flatnonzero(plan >= 0)
                count[day, plan[day]] += 1
            heading = 0.6 * heading + 0.4 * (given.need - count)
            idle = 0 if self.bound > before else idle + 1
            if idle == 3:
                step, idle = step / 2, 0
            cover = np.clip(prices.cover + step * heading, -given.over, given.under)
            prices = Prices(cover, self.zero.weekend, self.zero.kind)

    def converge(self, left: Left) -> None:
        """Solve and price in turn until bound and master meet or time is up."""
        constant = self.instance.constant
        near = 0.5
        while left() > 0:
            self.master.solve()
            worth = constant - self.master.objective
            if worth - self.bound < CONVERGED:
                return
            for share in (near, 1.0):
                prices = self.center.between(self.duals(), share)
                priced = self.price_all(prices)
                self.lift(prices, priced)
                if self.add([(w, plan) for w, (_, plan) in enumerate(priced)]):
                    break
            else:
                return
            near = min(1.0, near + 0.02)

    def dive(self, left: Left) -> np.ndarray:
        """Fix the columns most taken, price again, until every employee has one."""
        staff = len(self.instance.workers)
        plans = np.full((staff, self.instance.days), -2)
        while (open_ := np.flatnonzero(plans[:, 0] == -2)).size:
            if left() <= 0:
                break
            self.master.solve()
            for _ in range(2):
                prices = self.duals()
                priced = self.price_all(prices, open_)
                if left() <= 0 or not self.add(
                    [(w, plan) for w, (_, plan) in zip(open_, priced, strict=True)]
                ):
                    break
                self.master.solve()
            self.fix(plans, open_)
        for worker in np.flatnonzero(plans[:, 0] == -2):
            plans[worker] = self.legal(worker, self.marginal(plans, worker))
        return plans

    def fix(self, plans: np.ndarray, open_: np.ndarray) -> None:
        """Give the surest employees the column they lean to most."""
        taken = self.master.values[self.first_column :]
        best: dict[int, tuple[float, int]] = {}
        for index in np.flatnonzero(taken > 1e-6):
            worker, plan = self.pool[index]
            if plans[worker, 0] == -2 and self.keeps(worker, plan):
                best[worker] = max(best.get(worker, (0.0, 0)), (taken[index], index))
        order = sorted(best.items(), key=lambda item: -item[1][0])
        sure = [item for item in order if item[1][0] > 0.75]
        chosen = sure[: max(1, len(plans) // 5)] or order[: max(1, len(plans) // 20)]
        if not chosen:
            worker = open_[0]
            prices = self.duals()
            gain = prices.cover - self.instance.cost[worker]
            plan = self.legal(worker, gain)
            self.add([(worker, plan)])
            key = [w == worker and np.array_equal(p, plan) for w, p in self.pool]
            chosen = [(worker, (1.0, key.index(True)))]
        for worker, (_, index) in chosen:
            plans[worker] = self.pool[index][1]
            self.master.bound_columns([self.first_column + index], 1.0, 1.0)

    def keeps(self, worker: int, plan: np.ndarray) -> bool:
        """Whether a column also keeps the limits that are rows."""
        over, weekends = self.pricer.excess(worker, plan)
        return not over.any() and not weekends

    def marginal(self, plans: np.ndarray, worker: int) -> np.ndarray:
        """What each shift gains if the employee works it and all others stay."""
        given = self.instance
        others = plans.copy()
        others[worker] = -1
        who, day = np.nonzero(others >= 0)
        count = np.zeros(given.need.shape, np.int64)
        np.add.at(count, (day, others[who, day]), 1)
        worth = np.where(count < given.need, given.under, -given.over)
        return (worth - given.cost[worker]).astype(float)

    def legal(self, worker: int, gain: np.ndarray, tries: int = 30):
        """Find a good schedule that keeps every limit, by raising prices."""
        gain, charge, step = gain.copy(), 0.0, 2.0
        for _ in range(tries):
            value, plan = self.pricer.price(worker, gain, charge)
            if value < -1e10:
                return None
            over, weekends = self.pricer.excess(worker, plan)
            if not over.any() and not weekends:
                return plan
            gain[:, over > 0] -= step
            charge += step if weekends else 0.0
            step *= 1.3
        return None
