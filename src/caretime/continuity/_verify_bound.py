"""Below what no plan can go: weak duality over all permitted pairs, in integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from caretime.continuity._verify_asks import Ask, Sort, asks_of
from caretime.continuity._verify_costs import Cut, PatternCosts
from caretime.continuity._verify_pool import (
    NEVER,
    Ints,
    Pool,
    candidates,
    miles_to,
    pool_of,
    way_points,
)
from caretime.continuity._verify_scene import Scene
from caretime.model.matching import LEVELS

CELLS = 1 << 20
"""Pairs looked at together: few enough to stay near the processor."""

KINDS = ("in_house", "network")


def bounds_of(scene: Scene) -> tuple[int, ...]:
    """
    Return for each level what the objective up to it cannot go below.

    Returns
    -------
    tuple of int
        In the order of ``LEVELS``, each in units of its own level; the last one is
        the bound of the whole.
    """
    sorts = asks_of(scene)
    cuts = [Cut(unit) for unit in LEVELS.values()]
    zips = sorted({ask.zip for asks in sorts.values() for ask in asks})
    needs = {sort.need for sort in sorts}
    books = [_Book(scene, pool_of(scene, kind, needs), zips) for kind in KINDS]
    totals = [-sum(cut.paid(book.pool) for book in books) for cut in cuts]
    for sort, counted in sorts.items():
        for k, part in enumerate(_of_sort(sort, counted, books, cuts)):
            totals[k] += part
    return tuple(totals)


class _Book:
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


def _of_sort(
    sort: Sort, counted: Counter[Ask], books: Sequence[_Book], cuts: Sequence[Cut]
) -> list[int]:
    """Return what the patients of one sort cost at least, cut by cut."""
    asks = list(counted)
    tier = sort.need.risk_tier
    best = [np.full(len(asks), NEVER, np.int64) for _ in cuts]
    for book in books:
        table = _Table(sort, asks, book)
        for k, cut in enumerate(cuts):
            # Nothing before the own level costs anything, except where decided.
            if cut.left_out(tier) or any(ask.pinned for ask in asks):
                np.minimum(best[k], table.cheapest(cut), out=best[k])
    totals = []
    for cut, costs in zip(cuts, best, strict=True):
        left_out = cut.left_out(tier)
        total = 0
        for ask, cost in zip(asks, costs.tolist(), strict=True):
            # A decision for a substitute leaves no other choice.
            total += counted[ask] * (cost if ask.pinned else min(cost, left_out))
        totals.append(total)
    return totals


class _Table:
    """The asks of one sort against the candidates of one pool."""

    def __init__(self, sort: Sort, asks: list[Ask], book: _Book) -> None:
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
                whole = np.where(near < NEVER, np.minimum(near + waiting, 1023), NEVER)
                costs[rows] = np.minimum(costs[rows], whole + paid[self.who])
        return costs

    def _heed(self, costs: Ints, chunk: slice, cut: Cut) -> None:
        """Take offers, refusals and decisions into account."""
        moved = cut.cost("moved_after_offer")
        for row, ask in enumerate(self.asks[chunk]):
            if not ask.is_special:
                continue
            offered = self._columns([ask.offered])
            if ask.offered:
                costs[row] += moved
                costs[row, offered] -= moved
            costs[row, self._columns(ask.declined)] = NEVER
            if ask.pinned is not None:
                kept = self._columns([ask.pinned])
                decided = costs[row, kept]
                costs[row] = NEVER
                costs[row, kept] = decided

    def _columns(self, substitutes: Sequence[str]) -> Ints:
        """Return the columns of some substitutes, as far as they are candidates."""
        rows = [self.book.pool.row.get(who, -1) for who in substitutes]
        return np.flatnonzero(np.isin(self.who, rows))


def _codes(values: Sequence[object], distinct: Sequence[object]) -> Ints:
    number = {value: k for k, value in enumerate(distinct)}
    return np.array([number[value] for value in values], np.int64)
