"""Distinct asks of one sort against all candidates of one pool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caretime.continuity._verify_asks import Ask, Sort
from caretime.continuity._verify_costs import Cut, Pattern, PatternCosts
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

Miles = NDArray[np.float64]

CELLS = 1 << 18
"""Pairs looked at together: few enough to stay near the processor."""


NOWHERE = -1


class Book:
    """A pool with its distances and costs."""

    def __init__(self, scene: Scene, pool: Pool, spots: list[tuple[str, str]]) -> None:
        self.pool = pool
        self._miles = miles_to(scene, [code for _, code in spots], pool)
        self._spot = {spot: k for k, spot in enumerate(spots)}
        self._limits = {county: pool.limits(county) for county, _ in spots}
        self.costs = PatternCosts(pool, scene.plan.weeks)
        self._homes: dict[tuple[str, str], Ints] = {}

    def from_home(self, home: tuple[str, str]) -> Ints:
        """Return the points for leaving a home clinic and license, by substitute."""
        if home not in self._homes:
            self._homes[home] = self.pool.from_home(*home)
        return self._homes[home]

    def miles(self, spots: list[tuple[str, str]], who: Ints) -> Miles:
        """Return the miles from where patients live to substitutes."""
        rows = np.array([self._spot[spot] for spot in spots], np.int64)
        return self._miles[np.ix_(rows, self.pool.place[who])]

    def limits(self, spots: list[tuple[str, str]], who: Ints) -> Miles:
        """Return how far they may have to travel there, as ``miles``."""
        counties = list(dict.fromkeys(county for county, _ in spots))
        table = np.stack([self._limits[county][who] for county in counties])
        return table[_codes([county for county, _ in spots], counties)]

    def home(self, ask: Ask) -> tuple[str, str]:
        """Return what matters of the home: in the network only the license."""
        return ("", ask.home[1]) if self.pool.kind == "network" else ask.home

    def pattern(self, ask: Ask) -> Pattern:
        """Return what matters of the pattern: in the network only the first week."""
        if self.pool.kind == "network":
            return ask.pattern.first
        return ask.pattern


class Table:
    """The asks of one sort against the candidates of one pool."""

    def __init__(self, sort: Sort, asks: list[Ask], book: Book) -> None:
        self.asks = asks
        self.book = book
        pool = book.pool
        self.who = candidates(pool, sort.need, consent=sort.consent)
        spots = list(dict.fromkeys(ask.spot for ask in asks))
        self.way = way_points(
            pool,
            book.miles(spots, self.who),
            book.limits(spots, self.who),
            sort.need,
            consent=sort.consent,
            who=self.who,
        )
        self.spot = _codes([ask.spot for ask in asks], spots)
        homes = [book.home(ask) for ask in asks]
        self.homes = list(dict.fromkeys(homes))
        self.home = _codes(homes, self.homes)
        patterns = [book.pattern(ask) for ask in asks]
        self.patterns = list(dict.fromkeys(patterns))
        self.pattern = _codes(patterns, self.patterns)
        self.special = [k for k, ask in enumerate(asks) if ask.is_special]
        self.column = np.full(len(pool.ids), NOWHERE, np.int64)
        self.column[self.who] = np.arange(len(self.who))

    def cheapest(self, cut: Cut, most: int) -> Ints:
        """Return the least cost of each ask, ``most`` or more where none is less."""
        price = np.stack(
            [self.book.costs.cheapest(p, cut)[self.who] for p in self.patterns]
        )
        columns = self._worth_it(price, cut, most)
        if not len(columns):
            return np.full(len(self.asks), NEVER, np.int64)
        price = price[:, columns]
        fit = self._fit(columns) if cut.counts_points else None
        rows, same = self._rows(cut)
        least = np.empty(len(rows), np.int64)
        size = max(1, CELLS // len(columns))
        for begin in range(0, len(rows), size):
            chunk = rows[begin : begin + size]
            costs = self._costs(chunk, columns, price, fit)
            if self.special:
                self._heed(costs, chunk, columns, cut)
            least[begin : begin + size] = costs.min(axis=1)
        return least[same]

    def _worth_it(self, price: Ints, cut: Cut, most: int) -> Ints:
        """Return the columns of those who can cost less than leaving somebody out."""
        every = np.arange(len(self.who))
        if cut.counts_points and any(map(self.book.costs.capped, self.patterns)):
            return every
        worth: Ints = np.flatnonzero(price.min(axis=0) < most)
        return worth

    def _rows(self, cut: Cut) -> tuple[Ints, Ints]:
        """Return one ask for those of equal cost, and which of them each ask is."""
        number = np.arange(len(self.asks))
        alike = self.spot * len(self.patterns) + self.pattern
        if cut.counts_points:
            # Without points the home makes no difference.
            alike = alike * len(self.homes) + self.home
        alike[self.special] = -1 - number[self.special]
        _, first, same = np.unique(alike, return_index=True, return_inverse=True)
        return first, same

    def _fit(self, columns: Ints) -> Ints:
        """Return the points that do not depend on the way, ``(homes, columns)``."""
        who = self.who[columns]
        homes = [self.book.from_home(home)[who] for home in self.homes]
        return np.stack(homes) + self.book.pool.standing[who]

    def _costs(self, rows: Ints, columns: Ints, price: Ints, fit: Ints | None) -> Ints:
        way = self.way[np.ix_(self.spot[rows], columns)]
        costs = price[self.pattern[rows]]
        if fit is None:
            costs[way >= NEVER] = NEVER
            return costs
        way += fit[self.home[rows]]
        costs += way
        for k, pattern in enumerate(self.patterns):
            capped = self.book.costs.capped(pattern)
            mine = np.flatnonzero(self.pattern[rows] == k) if capped else ()
            for waiting, paid in capped if len(mine) else ():
                points = way[mine]
                most = np.minimum(points + waiting, MOST_POINTS)
                whole = np.where(points < NEVER, most, NEVER)
                whole += paid[self.who[columns]]
                costs[mine] = np.minimum(costs[mine], whole)
        return costs

    def _heed(self, costs: Ints, rows: Ints, columns: Ints, cut: Cut) -> None:
        """Take offers and refusals into account."""
        moved = cut.cost("moved_after_offer")
        place = np.full(len(self.who), NOWHERE, np.int64)
        place[columns] = np.arange(len(columns))
        for row, number in enumerate(rows.tolist()):
            ask = self.asks[number]
            if ask.offered:
                costs[row] += moved
                costs[row, self._among([ask.offered], place)] -= moved
            if ask.ruled_out:
                costs[row, self._among(ask.ruled_out, place)] = NEVER

    def columns(self, substitutes: Sequence[str]) -> list[int]:
        """Return the columns of some substitutes, as far as they are candidates."""
        rows = self.book.pool.row
        found = [int(self.column[rows[who]]) for who in substitutes if who in rows]
        return [column for column in found if column != NOWHERE]

    def _among(self, substitutes: Sequence[str], place: Ints) -> list[int]:
        found = [int(place[column]) for column in self.columns(substitutes)]
        return [column for column in found if column != NOWHERE]


def _codes(values: Sequence[object], distinct: Sequence[object]) -> Ints:
    number = {value: k for k, value in enumerate(distinct)}
    return np.array([number[value] for value in values], np.int64)
