"""Distinct asks of one sort against all candidates of one pool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caretime.continuity._verify_asks import Ask, Sort
from caretime.continuity._verify_costs import Cut, PatternCosts
from caretime.continuity._verify_pool import (
    NEVER,
    Ints,
    Pool,
    candidates,
    miles_to,
    way_points,
)
from caretime.continuity._verify_scene import Scene
from caretime.model.matching import MOST_POINTS

CELLS = 1 << 18
"""Pairs looked at together: few enough to stay near the processor."""


class Book:
    """A pool with its distances and costs."""

    def __init__(self, scene: Scene, pool: Pool, zips: list[str]) -> None:
        self.pool = pool
        self.miles = miles_to(scene, zips, pool)
        self.zip_row = {code: k for k, code in enumerate(zips)}
        self.costs = PatternCosts(pool, scene.plan.weeks)
        self._homes: dict[tuple[str, str], Ints] = {}
        self._clinicians = {
            (c.clinic_id, c.license): c for c in scene.system.clinicians
        }

    def from_home(self, home: tuple[str, str]) -> Ints:
        """Return the points for leaving a home clinic and license, by substitute."""
        if home not in self._homes:
            own = self._clinicians.get(home)
            self._homes[home] = self.pool.from_home(own)
        return self._homes[home]


class Table:
    """The asks of one sort against the candidates of one pool."""

    def __init__(self, sort: Sort, asks: list[Ask], book: Book) -> None:
        self.asks = asks
        self.book = book
        pool = book.pool
        self.who = candidates(pool, sort.need, consent=sort.consent)
        zips = list(dict.fromkeys(ask.zip for ask in asks))
        self.way = way_points(
            pool,
            book.miles[[book.zip_row[code] for code in zips]],
            sort.need,
            consent=sort.consent,
            who=self.who,
        )
        self.zip = _codes([ask.zip for ask in asks], zips)
        self.homes = list(dict.fromkeys(ask.home for ask in asks))
        self.home = _codes([ask.home for ask in asks], self.homes)
        self.patterns = list(dict.fromkeys(ask.pattern for ask in asks))
        self.pattern = _codes([ask.pattern for ask in asks], self.patterns)

    def cheapest(self, cut: Cut) -> Ints:
        """Return the least cost of each ask, ``NEVER`` where nobody may."""
        least = np.full(len(self.asks), NEVER, np.int64)
        if not len(self.who):
            return least
        rows = max(1, CELLS // len(self.who))
        price = np.stack(
            [self.book.costs.cheapest(p, cut)[self.who] for p in self.patterns]
        )
        fit = self._fit() if cut.unit == 1 else None
        for begin in range(0, len(self.asks), rows):
            chunk = slice(begin, begin + rows)
            costs = self._costs(chunk, cut, price, fit)
            self._heed(costs, chunk, cut)
            least[chunk] = costs.min(axis=1)
        return least

    def _fit(self) -> Ints:
        """Return the points that do not depend on the way, ``(homes, who)``."""
        homes = [self.book.from_home(home)[self.who] for home in self.homes]
        return np.stack(homes) + self.book.pool.standing[self.who]

    def _costs(self, chunk: slice, cut: Cut, price: Ints, fit: Ints | None) -> Ints:
        way = self.way[self.zip[chunk]]
        costs = price[self.pattern[chunk]]
        if fit is None:
            return np.where(way < NEVER, costs, NEVER)
        points = way + fit[self.home[chunk]]
        costs += points
        for k, pattern in enumerate(self.patterns):
            rows = np.flatnonzero(self.pattern[chunk] == k)
            for waiting, paid in self.book.costs.capped(pattern) if len(rows) else ():
                near = points[rows]
                whole = np.where(
                    near < NEVER, np.minimum(near + waiting, MOST_POINTS), NEVER
                )
                costs[rows] = np.minimum(costs[rows], whole + paid[self.who])
        return costs

    def _heed(self, costs: Ints, chunk: slice, cut: Cut) -> None:
        """Take offers, refusals and decisions into account."""
        moved = cut.cost("moved_after_offer")
        for row, ask in enumerate(self.asks[chunk]):
            if not ask.is_special:
                continue
            offered = self.columns([ask.offered])
            if ask.offered:
                costs[row] += moved
                costs[row, offered] -= moved
            costs[row, self.columns(ask.ruled_out)] = NEVER
            if ask.pinned is not None:
                kept = self.columns([ask.pinned])
                decided = costs[row, kept]
                costs[row] = NEVER
                costs[row, kept] = decided

    def columns(self, substitutes: Sequence[str]) -> Ints:
        """Return the columns of some substitutes, as far as they are candidates."""
        rows = [self.book.pool.row.get(who, -1) for who in substitutes]
        return np.flatnonzero(np.isin(self.who, rows))


def _codes(values: Sequence[object], distinct: Sequence[object]) -> Ints:
    number = {value: k for k, value in enumerate(distinct)}
    return np.array([number[value] for value in values], np.int64)
