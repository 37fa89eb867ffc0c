"""
Bound and first plan: columns are one employee's legal schedules.

The master program chooses one column an employee at least cost of requests and
cover; the dynamic program of ``price.py`` finds the column that its duals want
most. Duals of the cover lie between minus the weight for over and the weight
for under, so for any such duals the priced optima of all employees add up to a
lower bound on every plan.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from benchmarks.shift_scheduling.cpsat import Left
from benchmarks.shift_scheduling.price import BARRED, Pricer, weekends_of
from benchmarks.shift_scheduling.read import Instance
from caretime.rostering._master import INFINITY, Master

CONVERGED = 0.02
"""Stop where master and bound are this close; penalties are whole numbers."""

OPEN = -2
"""In a plan partly fixed: not decided; -1 is a day off."""

ROUNDS = 10
"""Most rounds of pricing between two fixings of a dive."""

UNPLANNED = 1e5
"""Price of an employee without a schedule, until columns give one."""

STEEP = 1_000.0
"""Price of one unit over a limit kept as a row, until columns keep it."""


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
        self.of_worker: list[list[int]] = [[] for _ in range(staff)]
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
        cover, conv = np.arange(cells), np.arange(cells, cells + staff)
        soft = np.r_[cover, cover, conv, np.arange(len(caps)) + cells + staff]
        sign = np.ones(len(soft))
        sign[cells : 2 * cells] = sign[2 * cells + staff :] = -1.0
        weight = np.r_[
            given.under.ravel(), given.over.ravel(),
            np.full(staff, UNPLANNED), np.full(len(caps), STEEP),
        ]  # fmt: skip
        master.add_columns(-weight, np.arange(len(soft)), soft, sign)
        self.first_column = master.columns

    def price_all(
        self, prices: Prices, staff=None, fixed=None
    ) -> list[tuple[float, np.ndarray]]:
        """Price the best schedule of every employee, two at a time."""
        staff = range(len(self.instance.workers)) if staff is None else staff

        def one(worker):
            gain = prices.cover - self.instance.cost[worker] - prices.kind[worker]
            must = None
            if fixed is not None:
                days = np.flatnonzero(fixed[worker] != OPEN)
                must = fixed[worker] >= 0
                kept = gain[must, fixed[worker, must]]
                gain[days] = BARRED
                gain[must, fixed[worker, must]] = kept
            return self.pricer.price(worker, gain, prices.weekend[worker], must)

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
            self.of_worker[worker].append(len(self.pool))
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

    def greedy(self, left: Left) -> np.ndarray | None:
        """Plan one employee after another; none if time or a legal plan runs out."""
        plans = np.full((len(self.instance.workers), self.instance.days), -1)
        for worker in range(len(plans)):
            found = self.legal(worker, self.marginal(plans, worker))
            if found is None or left() <= 0:
                return None
            plans[worker] = found
        self.add(list(enumerate(plans)))
        return plans

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

    def dive(self, left: Left, start: np.ndarray | None = None, rng=None) -> np.ndarray:
        """
        Fix the days most agreed on, price again, until every plan is whole.

        Parameters
        ----------
        left
            Seconds left; when none are, the best legal plans end the dive.
        start
            Shifts fixed from the first, shape (E, D), OPEN where free.
        rng
            Shakes the order of fixing, so that dives differ.
        """
        staff, days = len(self.instance.workers), self.instance.days
        fixed = np.full((staff, days), OPEN) if start is None else start.copy()
        self.hold(fixed, range(staff))
        share = self.shares(fixed, left)
        while left() > 0:
            top = np.where(fixed == OPEN, share.max(axis=2), 1.0)
            who, day = np.nonzero(top < 0.999)
            if not len(who):
                break
            lead = top[who, day]
            if rng is not None:
                lead = lead + rng.uniform(0, 0.2, len(lead))
            order = np.argsort(-lead, kind="stable")
            sure = int((top[who, day] > 0.85).sum())
            count = max(1, min(sure, len(who) // 4), len(who) // 20)
            who, day = who[order[:count]], day[order[:count]]
            # The last place is the day off: its index, less the kinds, is -1.
            best = share[who, day].argmax(axis=1)
            fixed[who, day] = np.where(best == share.shape[2] - 1, -1, best)
            self.hold(fixed, np.unique(who))
            share = self.shares(fixed, left)
        return self.whole(share)

    def hold(self, fixed: np.ndarray, staff) -> None:
        """Bar the columns of these employees that differ from what is fixed."""
        for worker in staff:
            index = np.array(self.of_worker[worker], np.int64)
            plans = np.array([self.pool[i][1] for i in index])
            agree = ((plans == fixed[worker]) | (fixed[worker] == OPEN)).all(axis=1)
            upper = np.where(agree, INFINITY, 0.0)
            self.master.bound_columns(self.first_column + index, 0.0, upper)

    def shares(self, fixed: np.ndarray, left: Left) -> np.ndarray:
        """Price beside what is fixed; how much of each shift is taken (E, D, S + 1)."""
        staff, days, kinds = self.instance.cost.shape
        open_ = np.flatnonzero((fixed == OPEN).any(axis=1))
        self.master.solve()
        for _ in range(ROUNDS):
            priced = self.price_all(self.duals(), open_, fixed)
            own = self.master.duals[days * kinds :]
            fresh = []
            for worker, (value, plan) in zip(open_, priced, strict=True):
                if value < -1e10:
                    fixed[worker] = OPEN
                    self.hold(fixed, [worker])
                elif value > own[worker] + 1e-4:
                    fresh.append((worker, plan))
            if left() <= 0 or not self.add(fresh):
                break
            self.master.solve()
        share = np.zeros((staff, days, kinds + 1))
        taken = self.master.values[self.first_column :]
        for index in np.flatnonzero(taken > 1e-6):
            worker, plan = self.pool[index]
            share[worker, np.arange(days), plan] += taken[index]
        return share

    def whole(self, share: np.ndarray) -> np.ndarray:
        """Read plans; who has none that is whole and legal is planned beside them."""
        plans = share.argmax(axis=2)
        plans[plans == share.shape[2] - 1] = -1
        known = {(w, plan.astype(np.int8).tobytes()) for w, plan in self.pool}
        broken = [
            worker
            for worker, plan in enumerate(plans)
            if (worker, plan.astype(np.int8).tobytes()) not in known
            or not self.keeps(worker, plan)
        ]
        plans[broken] = -1
        for worker in broken:
            found = self.legal(worker, self.marginal(plans, worker))
            # The first column of everybody comes from the greedy plan, so it is legal.
            first = self.pool[self.of_worker[worker][0]][1]
            plans[worker] = first if found is None else found
        self.add(list(enumerate(plans)))
        return plans

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
