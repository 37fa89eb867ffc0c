"""Below what no plan can go: weak duality over all permitted pairs, in integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from caretime.continuity._verify_asks import Ask
from caretime.continuity._verify_costs import Cut
from caretime.continuity._verify_pool import NEVER
from caretime.continuity._verify_table import Book, Table
from caretime.model.matching import LEVELS

CUTS = tuple(Cut(unit) for unit in LEVELS.values())
"""The objective cut off after each level; the last one is the whole."""


class Bound:
    """
    What the objective up to each level cannot go below, added up sort by sort.

    In units of each level; the prices of all openings are taken off at the start.
    """

    def __init__(self, books: Sequence[Book]) -> None:
        self._totals = [-sum(cut.paid(book.pool) for book in books) for cut in CUTS]

    def add(self, by_ask: Mapping[Ask, list[str]], tables: Sequence[Table]) -> None:
        """Add what the patients of one sort cost at least, cut by cut."""
        asks = list(by_ask)
        tier = asks[0].pattern.tier
        decided = any(ask.pinned for ask in asks)
        for k, cut in enumerate(CUTS):
            left_out = cut.left_out(tier)
            # Nothing before the own level costs anything, except where decided.
            if not left_out and not decided:
                continue
            best = np.full(len(asks), NEVER, np.int64)
            for table in tables:
                np.minimum(best, table.cheapest(cut, left_out), out=best)
            for ask, cost in zip(asks, best.tolist(), strict=True):
                self._totals[k] += len(by_ask[ask]) * _least(ask, cost, left_out)

    def levels(self) -> tuple[int, ...]:
        """Return the bounds in the order of ``LEVELS``, the whole as the last."""
        # Nothing costs less than nothing, however bad the prices are.
        return tuple(max(total, 0) for total in self._totals)


def _least(ask: Ask, cost: int, left_out: int) -> int:
    """Return what an ask costs at least; a decision leaves no other choice."""
    if ask.pinned:
        return cost if cost < NEVER else 0
    return min(cost, left_out)
