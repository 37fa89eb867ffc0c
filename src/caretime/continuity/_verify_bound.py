"""Below what no plan can go: weak duality over all permitted pairs, in integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

import numpy as np

from caretime.continuity._verify_asks import Ask
from caretime.continuity._verify_costs import Cut
from caretime.continuity._verify_pool import MOST_PRICE, NEVER
from caretime.continuity._verify_table import Book, Table
from caretime.model.matching import LEVELS, Level


def cuts_of(levels: Sequence[Level], weeks: int) -> tuple[Cut, ...]:
    """
    Return the objective up to each level; the last one is the whole.

    A level's own proof is used where its numbers can be; else the plan's prices are.
    """
    stated = {level.name: level.proof for level in levels if is_sound(level, weeks)}
    return tuple(Cut(name, stated.get(name)) for name in LEVELS)


def is_sound(level: Level, weeks: int) -> bool:
    """Say whether a level's numbers have the right shape, and are none below 0."""
    proof = level.proof
    if proof is None or level.name not in LEVELS:
        return proof is None
    numbers = (*proof.before, *proof.in_house, *proof.network)
    return (
        level.name.startswith("tier_")
        and len(proof.before) == list(LEVELS).index(level.name)
        and len(proof.in_house) == len(proof.network) == weeks
        and 0 < proof.unit <= MOST_PRICE
        and all(0 <= number <= MOST_PRICE for number in numbers)
    )


class Bound:
    """
    What the objective up to each level cannot go below, added up sort by sort.

    In the money of each cut; the prices of all openings are taken off at the start.
    ``decided`` are the levels of those of whom it was decided beforehand; ``offers``
    says whether anybody was offered a substitute before.
    """

    def __init__(
        self,
        cuts: Sequence[Cut],
        books: Sequence[Book],
        decided: Mapping[str, int],
        *,
        offers: bool,
    ) -> None:
        self._cuts = cuts
        # Where nothing was offered nobody can be moved: 0, without looking.
        self._skipped = "" if offers else "moved_after_offer"
        self._totals = [
            sum(cut.cost(level) * count for level, count in decided.items())
            - sum(cut.paid(book.pool) for book in books)
            for cut in cuts
        ]

    def add(self, by_ask: Mapping[Ask, list[str]], tables: Sequence[Table]) -> None:
        """Add what the patients of one sort cost at least, cut by cut."""
        asks = list(by_ask)
        tier = asks[0].pattern.tier
        count = np.array([len(patients) for patients in by_ask.values()], np.int64)
        for k, cut in enumerate(self._cuts):
            left_out = cut.left_out(tier)
            # Nothing before the own level costs anything.
            if cut.level == self._skipped or not left_out:
                continue
            best = np.full(len(asks), NEVER, np.int64)
            for table in tables:
                np.minimum(best, table.cheapest(cut, left_out), out=best)
            least = np.minimum(best, left_out)
            # Costs and counts are far below what would overflow together.
            self._totals[k] += int((least * count).sum())

    def levels(self, values: Mapping[str, int]) -> tuple[Level, ...]:
        """
        Return the levels with their bounds, in the order of ``LEVELS``.

        A bound up to a level, less what the levels before it have, is what no plan
        can go below that is as good before it. Where all values meet their bounds no
        plan is better in the strict order of levels.
        """
        return tuple(
            Level(cut.level, values[cut.level], self._least(cut, total, values))
            for cut, total in zip(self._cuts, self._totals, strict=True)
        )

    def _least(self, cut: Cut, total: int, values: Mapping[str, int]) -> int:
        if cut.level == self._skipped:
            return 0
        names = list(LEVELS)
        before = names[: names.index(cut.level)]
        rest = total - sum(cut.cost(name) * values[name] for name in before)
        # Counts are whole: what is more than two is three at least.
        return max(0, ceil(Fraction(rest, cut.cost(cut.level))))

    @property
    def whole(self) -> int:
        """What the summed weights cannot go below: nothing costs less than nothing."""
        return max(0, self._totals[-1])
