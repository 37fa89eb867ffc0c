"""Below what no plan can go: weak duality over all permitted pairs, in integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from caretime.continuity._verify_asks import Ask, Asked, Sort
from caretime.continuity._verify_costs import Cut
from caretime.continuity._verify_pool import NEVER
from caretime.continuity._verify_table import Book, Table
from caretime.model.matching import LEVELS


def bounds_of(asked: Asked, books: Sequence[Book]) -> tuple[int, ...]:
    """
    Return for each level what the objective up to it cannot go below.

    Returns
    -------
    tuple of int
        In the order of ``LEVELS``, each in units of its own level; the last one is
        the bound of the whole.
    """
    cuts = [Cut(unit) for unit in LEVELS.values()]
    totals = [-sum(cut.paid(book.pool) for book in books) for cut in cuts]
    for sort, by_ask in asked.items():
        for k, part in enumerate(_of_sort(sort, by_ask, books, cuts)):
            totals[k] += part
    # Nothing costs less than nothing, however bad the prices are.
    return tuple(max(total, 0) for total in totals)


def _of_sort(
    sort: Sort,
    by_ask: Mapping[Ask, list[str]],
    books: Sequence[Book],
    cuts: Sequence[Cut],
) -> list[int]:
    """Return what the patients of one sort cost at least, cut by cut."""
    asks = list(by_ask)
    tier = sort.need.risk_tier
    best = [np.full(len(asks), NEVER, np.int64) for _ in cuts]
    for book in books:
        table = Table(sort, asks, book)
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
            total += len(by_ask[ask]) * (cost if ask.pinned else min(cost, left_out))
        totals.append(total)
    return totals
