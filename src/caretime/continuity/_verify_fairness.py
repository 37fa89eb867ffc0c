"""Nobody is left out beside a place they could have, or a place held by less need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from caretime.continuity._verify_asks import Ask
from caretime.continuity._verify_capacity import openings_used
from caretime.continuity._verify_costs import Pattern
from caretime.continuity._verify_pool import NEVER, Bools, Ints, Pool
from caretime.continuity._verify_scene import Findings, Scene
from caretime.continuity._verify_table import Book, Table

Weeks = tuple[int, ...]

ALL_TIERS = 4
"""One above the lowest tier: nobody holds such a place."""


class Fairness:
    """
    Looks, for everybody left out, for a free place and for one of a lower risk.

    One exchange is looked at: somebody left out for one placed patient of a lower
    risk tier whose place was not decided beforehand.
    """

    def __init__(self, scene: Scene, books: Sequence[Book], findings: Findings) -> None:
        self._findings = findings
        self._rooms = [_Rooms(scene, book.pool) for book in books]
        self._left_out = {
            patient_id
            for patient_id, match in scene.matches.items()
            if match.outcome == "left_out" and not match.pinned
        }
        findings.checked["left_out"] = len(self._left_out)

    def look(self, by_ask: Mapping[Ask, list[str]], tables: Sequence[Table]) -> None:
        """Look at the patients of one sort; each is told once."""
        waiting = {
            k: [p for p in patients if p in self._left_out]
            for k, patients in enumerate(by_ask.values())
        }
        rows = [k for k, patients in waiting.items() if patients]
        told: set[int] = set()
        for table, rooms in zip(tables, self._rooms, strict=True):
            still = [k for k in rows if k not in told]
            for row, tier, who in _found(table, rooms, np.array(still, np.int64)):
                told.add(row)
                for patient_id in waiting[row]:
                    _tell(patient_id, tier, who, table.asks[row], self._findings)


def _tell(patient_id: str, tier: int, who: str, ask: Ask, findings: Findings) -> None:
    own = ask.pattern.tier
    if tier == ALL_TIERS:
        findings.add(
            "free_place", patient_id, "left out", who,
            f"{patient_id} is left out, and {who} may treat them and has a place",
        )  # fmt: skip
    else:
        findings.add(
            "priority", patient_id, "left out", who,
            f"{patient_id} of tier {own} is left out, and somebody of tier {tier} "
            f"holds a place with {who} that they could have",
        )  # fmt: skip


def _found(table: Table, rooms: _Rooms, rows: Ints) -> Iterator[tuple[int, int, str]]:
    """Yield each ask that could have a place, the tier that gives way, and where."""
    if not len(table.who):
        return
    for k, pattern in enumerate(table.patterns):
        mine = rows[table.pattern[rows] == k]
        lowest = rooms.held_by(pattern)[table.who]
        if not len(mine) or lowest.max() <= pattern.tier:
            continue
        open_to = np.where(table.way[table.spot[mine]] < NEVER, lowest, 0)
        for at, row in enumerate(mine.tolist()):
            if table.asks[row].ruled_out:
                open_to[at, table.columns(table.asks[row].ruled_out)] = 0
        best = open_to.argmax(axis=1)
        tiers = open_to[np.arange(len(mine)), best]
        for at in np.flatnonzero(tiers > pattern.tier).tolist():
            who = table.book.pool.ids[int(table.who[best[at]])]
            yield int(mine[at]), int(tiers[at]), who


class _Rooms:
    """Which substitutes have room for a pattern, and whom it would be taken from."""

    def __init__(self, scene: Scene, pool: Pool) -> None:
        self.pool = pool
        self.weeks = scene.plan.weeks
        self.left, self.intakes = pool.openings.copy(), pool.intakes.copy()
        held: dict[tuple[Weeks, Weeks, int], set[int]] = defaultdict(set)
        for patient_id, match in scene.matches.items():
            row, series = (
                pool.row.get(match.substitute_id),
                scene.series.get(patient_id),
            )
            # What is decided is taken off the pool's openings already.
            if match.outcome != "placed" or match.pinned or row is None:
                continue
            if series is None:
                continue
            returns, intakes = (
                [week for week in used if week < self.weeks]
                for used in openings_used(match, series)
            )
            self.left[row, returns] -= 1
            self.intakes[row, intakes] -= 1
            held[tuple(returns), tuple(intakes), series.risk_tier].add(row)
        self.held = {key: np.array(sorted(rows)) for key, rows in held.items()}
        self._known: dict[Pattern, Ints] = {}

    def held_by(self, pattern: Pattern) -> Ints:
        """
        Return for each substitute the lowest risk that a place could be had from.

        ``ALL_TIERS`` for a free place, 0 where there is no place at all.
        """
        if pattern not in self._known:
            fits = self._fits(self.left, self.intakes, pattern)
            lowest = np.where(fits, ALL_TIERS, 0)
            for (returns, first, tier), rows in self.held.items():
                if tier <= pattern.tier:
                    continue
                left, intakes = self.left[rows], self.intakes[rows]
                left[:, list(returns)] += 1
                intakes[:, list(first)] += 1
                fits = self._fits(left, intakes, pattern)
                lowest[rows] = np.maximum(lowest[rows], np.where(fits, tier, 0))
            self._known[pattern] = lowest
        return self._known[pattern]

    def _fits(self, left: Ints, intakes: Ints, pattern: Pattern) -> Bools:
        """Say where a series of the pattern fits into what is left."""
        if self.pool.kind == "network":
            # A place stays open, so the last week of the plan has all there are.
            fits: Bools = left.sum(axis=1) > 0
            return fits
        fits = np.zeros(len(left), np.bool_)
        for _, weeks, _ in pattern.starts(self.weeks):
            returns = list(weeks[1:] if pattern.intake else weeks)
            here = (left[:, returns] > 0).all(axis=1)
            if pattern.intake:
                here &= intakes[:, weeks[0]] > 0
            fits |= here
        return fits
