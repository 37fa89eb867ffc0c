"""What each series costs with each substitute at the plan's prices, by pattern."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from caretime.continuity._verify_pool import NEVER, Ints, Pool
from caretime.model.incident import Series
from caretime.model.matching import LEVELS, MOST_POINTS, LevelProof
from caretime.rules.fit import waiting_points, weights

NAMES = tuple(LEVELS)


@dataclass(frozen=True)
class Pattern:
    """
    When a series has its visits, and from which week on it is late.

    ``intake`` says whether the next visit is a first one, which in-house takes an
    intake opening in place of a return opening.
    """

    weeks: tuple[int, ...]
    last_in_time: int
    tier: int
    intake: bool = False

    @cached_property
    def first(self) -> Pattern:
        """The pattern with its first week alone."""
        return Pattern(self.weeks[:1], self.last_in_time, self.tier)

    def starts(self, weeks: int) -> list[tuple[int, tuple[int, ...], bool]]:
        """Return delay, weeks inside the plan and lateness of each way to begin."""
        return [
            (
                delay,
                tuple(w + delay for w in self.weeks if w + delay < weeks),
                self.weeks[0] + delay > self.last_in_time,
            )
            for delay in range(weeks - self.weeks[0])
        ]


def pattern_of(series: Series, week_of_limit: int, weeks: int) -> Pattern:
    """Return the pattern; limits beyond the plan, or before it, are alike."""
    last = min(max(week_of_limit, -1), weeks)
    return Pattern(series.weeks, last, series.risk_tier, series.visit_type == "intake")


@dataclass(frozen=True)
class Cut:
    """
    The objective up to a level: what one of each level costs, and what openings do.

    Parameters
    ----------
    level
        The last level that costs anything.
    proof
        Money of the levels and prices of weeks as the plan states them; without,
        weights and prices of the plan are cut off at this level's weight.
    """

    level: str
    proof: LevelProof | None = None

    @cached_property
    def costs(self) -> dict[str, int]:
        """Money of one of each level, 0 for those after this one."""
        unit = LEVELS[self.level]
        if self.proof is None:
            return {name: LEVELS[name] // unit for name in NAMES}
        stated = [*self.proof.before, self.proof.unit]
        return {name: 0 for name in NAMES} | dict(zip(NAMES, stated, strict=False))

    @property
    def counts_points(self) -> bool:
        """Whether points cost anything: in the whole objective alone."""
        return self.cost("points") > 0

    def cost(self, level: str) -> int:
        """Return what one of a level costs in this cut."""
        return self.costs[level]

    def left_out(self, tier: int) -> int:
        """Return what it costs to leave somebody out."""
        return self.cost(f"tier_{tier}_left_out")

    def prices(self, pool: Pool) -> Ints:
        """Return the pool's prices in the money of this cut."""
        if self.proof is None:
            unit = LEVELS[self.level]
            return (pool.prices + unit // 2) // unit
        stated = getattr(self.proof, pool.kind)
        return np.zeros_like(pool.prices) + np.array(stated, np.int64)

    def paid(self, pool: Pool) -> int:
        """Return the prices of all openings together."""
        prices = self.prices(pool)
        # Whole numbers of Python: the sum may pass 2**63.
        return sum(
            price * count
            for price, count in zip(
                prices.ravel().tolist(), pool.openings.ravel().tolist(), strict=True
            )
        )


def start_costs(
    pool: Pool, prices: Ints, weeks: tuple[int, ...], *, intake: bool
) -> Ints:
    """Return what the openings cost of a series in these weeks, by substitute."""
    if pool.kind == "network":
        offered = np.where(pool.openings > 0, prices, NEVER)[:, : weeks[0] + 1]
        cheapest: Ints = offered.min(axis=1)
        return cheapest
    # Intake openings have no price: what limits them is left out of the bound.
    columns = list(weeks[1:] if intake else weeks)
    paid = prices[:, columns].sum(axis=1)
    has = (pool.openings[:, columns] > 0).all(axis=1)
    if intake:
        has &= pool.intakes[:, weeks[0]] > 0
    return np.where(has, paid, NEVER)


def most_fit(pool: Pool) -> int:
    """Return the most points a pair of the pool can have before any waiting."""
    table = weights()
    standing = int(pool.standing.max(initial=0))
    way = max(table["miles"].most, table["telehealth"].most)
    return standing + table["another_clinic"].most + table["another_license"].most + way


class PatternCosts:
    """Costs by pattern and cut for all substitutes of a pool, each worked out once."""

    def __init__(self, pool: Pool, weeks: int) -> None:
        self.pool = pool
        self.weeks = weeks
        self._prices: dict[str, Ints] = {}
        self._known: dict[tuple[Pattern, str], Ints] = {}
        self._capped: dict[Pattern, list[tuple[int, Ints]]] = {}
        self._most = most_fit(pool)

    def cheapest(self, pattern: Pattern, cut: Cut) -> Ints:
        """
        Return the cost of the best start, the pair's own points left aside.

        Of the whole objective: among starts whose points cannot reach the most;
        ``capped`` has the others.
        """
        key = (pattern, cut.level)
        if key not in self._known:
            best = np.full(len(self.pool.ids), NEVER, np.int64)
            for delay, paid in self._starts(pattern, cut):
                waiting = waiting_points(delay) if cut.counts_points else 0
                if self._most + waiting <= MOST_POINTS:
                    best = np.minimum(best, paid + waiting)
            self._known[key] = best
        return self._known[key]

    def capped(self, pattern: Pattern) -> list[tuple[int, Ints]]:
        """Return waiting points and cost of the starts whose points may be cut off."""
        if pattern not in self._capped:
            self._capped[pattern] = [
                (waiting_points(delay), paid)
                for delay, paid in self._starts(pattern, Cut("points"))
                if self._most + waiting_points(delay) > MOST_POINTS
            ]
        return self._capped[pattern]

    def _starts(self, pattern: Pattern, cut: Cut) -> list[tuple[int, Ints]]:
        if cut.level not in self._prices:
            self._prices[cut.level] = cut.prices(self.pool)
        prices = self._prices[cut.level]
        late_cost = cut.cost(f"tier_{pattern.tier}_late")
        return [
            (
                delay,
                start_costs(self.pool, prices, weeks, intake=pattern.intake)
                + late * late_cost,
            )
            for delay, weeks, late in pattern.starts(self.weeks)
        ]
