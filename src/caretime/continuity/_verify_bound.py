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
    ``decided`` are the levels of those of whom it was decided beforehand; ``offers``
    says whether anybody was offered a substitute before.
    """

    def __init__(
        self, books: Sequence[Book], decided: Mapping[str, int], *, offers: bool
    ) -> None:
        # Where nothing was offered nobody can be moved: 0, without looking.
        self._skipped = None if offers else Cut(LEVELS["moved_after_offer"])
        self._totals = [
            sum(cut.cost(level) * count for level, count in decided.items())
            - sum(cut.paid(book.pool) for book in books)
            for cut in CUTS
        ]

    def add(self, by_ask: Mapping[Ask, list[str]], tables: Sequence[Table]) -> None:
        """Add what the patients of one sort cost at least, cut by cut."""
        asks = list(by_ask)
        tier = asks[0].pattern.tier
        count = np.array([len(patients) for patients in by_ask.values()], np.int64)
        for k, cut in enumerate(CUTS):
            left_out = cut.left_out(tier)
            # Nothing before the own level costs anything.
            if cut == self._skipped or not left_out:
                continue
            best = np.full(len(asks), NEVER, np.int64)
            for table in tables:
                np.minimum(best, table.cheapest(cut, left_out), out=best)
            least = np.minimum(best, left_out)
            # Costs and counts are far below what would overflow together.
            self._totals[k] += int((least * count).sum())

    def levels(self) -> tuple[int, ...]:
        """Return the bounds in the order of ``LEVELS``, the whole as the last."""
        # Nothing costs less than nothing, however bad the prices are.
        return tuple(
            0 if cut == self._skipped else max(total, 0)
            for cut, total in zip(CUTS, self._totals, strict=True)
        )
