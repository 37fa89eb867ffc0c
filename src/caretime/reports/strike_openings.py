"""Openings of substitutes week by week: what the plan uses, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caretime.model.matching import Match
from caretime.model.strike import StrikePlan

Ints = NDArray[np.int64]

RETURNS: Final = 0
INTAKES: Final = 1
PLACES: Final = 2


@dataclass(frozen=True, slots=True)
class Openings:
    """
    Openings of the plan's weeks and what is used of them.

    Parameters
    ----------
    offered, used
        Shape ``(3, weeks)``: return visits in-house, first visits in-house, and
        patients whom the network takes on, by the week in which their place opens
        or in which they start.
    """

    offered: Ints
    used: Ints

    @property
    def left(self) -> Ints:
        """
        What is left, shape ``(3, weeks)``.

        In-house of each week; of the network after each week, because a place that
        is not used stays open.
        """
        left = self.offered - self.used
        left[PLACES] = left[PLACES].cumsum()
        return left.clip(min=0)

    @property
    def in_all(self) -> int:
        """How many are left; a patient more needs at least one of them."""
        left = self.left
        return int(left[:PLACES].sum() + left[PLACES, -1:].sum())


def openings_of(plan: StrikePlan) -> Openings:
    """Count the openings of a plan, and what its matches use of them."""
    weeks = plan.weeks
    offered = np.zeros((3, weeks), np.int64)
    for one in plan.substitutes:
        returns = PLACES if one.kind == "network" else RETURNS
        for row, openings in ((returns, one.openings), (INTAKES, one.intakes)):
            some = openings[:weeks]
            offered[row, : len(some)] += np.array(some, np.int64)
    used = np.zeros((3, weeks), np.int64)
    kind_of = {one.patient_id: one.visit_type for one in plan.series}
    for match in plan.matching.matches:
        for row, week in _uses(match, kind_of[match.patient_id]):
            if week < weeks:
                used[row, week] += 1
    return Openings(offered, used)


def _uses(match: Match, visit_type: str) -> list[tuple[int, int]]:
    """Name the openings that a match uses, each by its row and week."""
    if match.outcome != "placed" or not match.weeks:
        return []
    if match.kind == "network":
        return [(PLACES, match.weeks[0])]
    first = INTAKES if visit_type == "intake" else RETURNS
    return [
        (first, match.weeks[0]),
        *((RETURNS, week) for week in match.weeks[1:]),
    ]
