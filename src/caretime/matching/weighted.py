"""
Jobs of different lengths into the free minutes of those who may take them.

Generalized assignment: where visits last 30, 50 or 90 minutes, an opening is not a
place any more but so many minutes, and what fits beside what matters. The idea is that
of the match: prices for minutes guide who takes what, moves in chains improve it, and
the same prices prove how far from the best it can be at most.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BUDGET = 300_000_000
"""Work units where none are given: moves looked at, and cells of knapsacks."""

PRICE_ROUNDS = 200
KNAPSACK_ROUNDS = 400
PRICED_SHARE = 0.25
"""Of the budget, at most, that goes into the bound."""

TRIED = 6
"""Agents that the search tries for each job, the best at the prices found."""

FORBIDDEN = 1 << 58
"""In the place of what a pair exceeds the cheapest by, where it is not allowed."""

MOST = 1 << 52
"""What all costs together stay below, so that parts of them can be summed."""

GENTLE = 100
"""By how much overload costs less at first than its price."""

RISE = 100
"""Per cent by which overload gets dearer where it stays."""

BEGIN = 1 << 14
"""Work units that beginning a descent counts for."""

POOL = 12
"""Assignments kept to go on from."""

Ints = NDArray[np.int64]


class Weighted(NamedTuple):
    """
    An assignment, what it costs, and what no assignment can go below.

    ``assignment`` has the agent of each job, -1 where it is left out; ``value``
    includes what leaving out costs. ``work`` counts the units used.
    """

    assignment: Ints
    value: int
    bound: int
    work: int


def solve_weighted(
    cost: Ints,
    use: Ints,
    capacity: Ints,
    left_out: Ints | None = None,
    *,
    seed: int = 1,
    budget: int = BUDGET,
) -> Weighted:
    """
    Give each job to one agent within capacities, at little cost and with a bound.

    Parameters
    ----------
    cost
        ``(agents, jobs)``; points against each pair, 0 or more.
    use
        ``(agents, jobs)``; what the job takes of the agent's capacity (minutes), 0 or
        more. More than the capacity marks a pair that is not allowed.
    capacity
        ``(agents,)``, 0 or more.
    left_out
        ``(jobs,)``; what it costs to leave a job out. ``None``: as much as makes it
        the last resort, more than all jobs together can cost.
    budget
        Work units; equal inputs, seed and budget give equal answers.

    Returns
    -------
    Weighted
        It need not be the best; it is where ``value`` equals ``bound``.

    Raises
    ------
    ValueError
        If shapes disagree or something is negative.

    Notes
    -----
    1. Subgradient steps find a price for each agent's unit of capacity.
    2. They give each job a price, from which subgradient steps go on: at given
       prices of jobs each agent's best choice is a knapsack, solved whole where its
       capacity is below ``WIDEST`` (divided by what all uses have in common), relaxed
       otherwise. Prices are whole numbers, so the bound is exact.
    3. The choices, put right, and what lies between two of the best assignments
       found, are where a search by ejection chains begins; overload costs its price,
       raised where it stays and lowered where it is gone [1]_.

    References
    ----------
    .. [1] M. Yagiura, T. Ibaraki, F. Glover (2006). A path relinking approach with
       ejection chains for the generalized assignment problem. European Journal of
       Operational Research 169, 548-569.

    Examples
    --------
    Two visits of 50 minutes and one of 30; an hour each with two clinicians:

    >>> cost = np.array([[1, 2, 3], [4, 9, 4]])
    >>> use = np.array([[50, 50, 30], [50, 50, 30]])
    >>> found = solve_weighted(cost, use, np.array([60, 60]), np.array([50, 50, 20]))
    >>> found.assignment.tolist(), found.value, found.bound
    ([1, 0, -1], 26, 26)
    """
    cost, use, capacity = _checked(cost, use, capacity, left_out)
    if cost.shape[1] == 0:
        return Weighted(np.zeros(0, np.int64), 0, 0, 0)
    search = _Search(cost, use, capacity, seed, budget)
    search.run()
    nobody = len(capacity) - 1
    return Weighted(
        np.where(search.best == nobody, -1, search.best),
        search.value,
        search.bound,
        search.work,
    )


def _checked(
    cost: Ints, use: Ints, capacity: Ints, left_out: Ints | None
) -> tuple[Ints, Ints, Ints]:
    """Return whole arrays with a last agent for leaving out, uses without divisor."""
    cost, use = np.asarray(cost, np.int64), np.asarray(use, np.int64)
    capacity = np.asarray(capacity, np.int64)
    if cost.ndim != 2 or use.shape != cost.shape or capacity.shape != cost.shape[:1]:
        raise ValueError("cost and use are (agents, jobs), capacity is (agents,)")
    if left_out is None:
        dear = int(cost.max(axis=0, initial=0).sum()) + 1
        left_out = np.full(cost.shape[1], dear, np.int64)
    left_out = np.asarray(left_out, np.int64)
    if left_out.shape != cost.shape[1:]:
        raise ValueError("left_out is (jobs,)")
    if any(a.size and a.min() < 0 for a in (cost, use, capacity, left_out)):
        raise ValueError("costs, uses and capacities are 0 or more")
    if int(left_out.sum()) + int(cost.max(axis=0, initial=0).sum()) >= MOST:
        raise ValueError("costs add up to more than can be counted exactly")
    allowed = use <= capacity[:, None]
    divisor = max(1, int(np.gcd.reduce(use[allowed], initial=0)))
    use = np.where(allowed, use // divisor, (capacity // divisor)[:, None] + 1)
    cost = np.where(allowed, cost, left_out + 1)
    return (
        np.vstack((cost, left_out)),
        np.vstack((use, np.zeros_like(left_out))),
        np.append(capacity // divisor, 0),
    )


class _Search:
    """
    The state of one solve.

    Everything is counted in parts of ``SCALE`` above ``low``, the bound at the prices
    of capacity: what a pair exceeds the job's cheapest by, and capacity left unused.
    """

    def __init__(
        self, cost: Ints, use: Ints, capacity: Ints, seed: int, budget: int
    ) -> None:
        from caretime.matching._kernel.weighted import SCALE, price_capacity

        self.cost, self.use, self.capacity = cost * SCALE, use, capacity
        self.budget, self.work = budget, PRICE_ROUNDS * cost.size
        self.draws = np.random.default_rng(seed)
        self.price = price_capacity(cost, use, capacity, PRICE_ROUNDS)
        priced = self.cost + self.price[:, None] * use
        self.wish = priced.min(axis=0)
        self.low = int(self.wish.sum() - self.price @ capacity)
        self.bound = max(0, -(-self.low // SCALE))
        self.excess = np.where(use > capacity[:, None], FORBIDDEN, priced - self.wish)
        self.order = self._tried()
        self.usual = np.maximum(self.price, int(self.price.mean()) // 10 + 1)
        self.best = np.full(cost.shape[1], len(capacity) - 1, np.int64)
        self.least = int(self.cost[-1].sum()) - self.low
        self.pool: list[Ints] = [self.best]

    @property
    def value(self) -> int:
        """What the best assignment costs."""
        from caretime.matching._kernel.weighted import SCALE

        return int(self.least + self.low) // SCALE

    def run(self) -> None:
        """Prove, and improve between the best, until the budget is used."""
        self._improve(np.argmin(self.excess, axis=0))
        self._prove()
        while self.work < self.budget and self.value > self.bound:
            self._improve(self._between())

    def _tried(self) -> Ints:
        """Return the agents tried for each job; leaving out is always among them."""
        nobody = len(self.capacity) - 1
        order = np.argsort(self.excess, axis=0, kind="stable")[:TRIED]
        without = ~(order == nobody).any(axis=0)
        order[-1, without] = nobody
        order[np.take_along_axis(self.excess, order, axis=0) == FORBIDDEN] = nobody
        return np.ascontiguousarray(order.T)

    def _improve(self, holder: Ints) -> None:
        """
        Descend again and again, overload dearer each time, until it is gone.

        So cost gives way slowly, where it gives way most cheaply.
        """
        from caretime.matching._kernel.ejection import Market, descend

        weight = np.maximum(1, self.usual // GENTLE)
        while self.work < self.budget:
            market = Market(
                self.excess, self.use, self.capacity, self.price, weight, self.order
            )
            start = int(self.draws.integers(len(holder)))
            self.least, used = descend(
                market, holder, self.best, self.least, start, self.budget - self.work
            )
            self.work += int(used) + BEGIN
            over = self._load(holder) > self.capacity
            if not over.any():
                break
            weight[over] += weight[over] * RISE // 100 + 1
        self._keep(holder)
        self._keep(self.best.copy())

    def _load(self, holder: Ints) -> Ints:
        load = np.zeros_like(self.capacity)
        np.add.at(load, holder, self.use[holder, np.arange(len(holder))])
        return load

    def _worth(self, holder: Ints) -> int:
        """Return what an assignment costs at the weights of now."""
        room = self.capacity - self._load(holder)
        beside = np.where(room >= 0, self.price * room, -self.usual * room)
        return int(self.excess[holder, np.arange(len(holder))].sum() + beside.sum())

    def _keep(self, holder: Ints) -> None:
        if any(np.array_equal(holder, other) for other in self.pool):
            return
        self.pool.append(holder)
        self.pool.sort(key=self._worth)
        del self.pool[POOL:]

    def _between(self) -> Ints:
        """Return an assignment on the way from one of the best to another."""
        one, other = self.draws.integers(len(self.pool), size=2)
        holder, guide = self.pool[one].copy(), self.pool[other]
        apart = np.flatnonzero(holder != guide)
        if len(apart) < 4:
            return self._shaken(holder)
        some = self.draws.permutation(apart)[: self.draws.integers(1, len(apart))]
        holder[some] = guide[some]
        return holder

    def _shaken(self, holder: Ints) -> Ints:
        """Move a few jobs to any of the agents tried for them."""
        some = self.draws.integers(len(holder), size=max(2, len(holder) // 20))
        at = self.draws.integers(min(4, self.order.shape[1]), size=len(some))
        holder[some] = self.order[some, at]
        return holder

    def _prove(self) -> None:
        """Raise the bound by subgradient steps on the jobs' prices."""
        from caretime.matching._kernel.weighted import PATIENCE, SCALE, knapsacks

        wish, highest, hoped, since = self.wish, self.low, SCALE, 0
        best_wish = wish
        taken, holder = np.empty_like(wish), np.empty_like(wish)
        limit = self.work + PRICED_SHARE * self.budget
        for number in range(KNAPSACK_ROUNDS):
            total, used = knapsacks(
                self.cost, self.use, self.capacity, wish, taken, holder
            )
            self.work += int(used)
            if total > highest:
                hoped = total // 200 + SCALE if number == 0 else hoped * 6 // 5
                best_wish, highest, since = wish, total, 0
                self.bound = max(self.bound, int(-(-total // SCALE)))
            else:
                since += 1
            if number % 40 == 0:
                self._improve(np.where(holder >= 0, holder, self.order[:, 0]))
            slope = 1 - taken
            norm = int((slope * slope).sum())
            if norm == 0 or self.bound >= self.value or self.work > limit:
                break
            if since == PATIENCE:
                hoped, since, wish = hoped // 2 + 1, 0, best_wish
                continue
            length = (highest + hoped - total) / norm
            wish = wish + np.round(length * slope).astype(np.int64)
