"""The levels of a match: what it has, and what no plan can go below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching.engine import bound_at
from caretime.model.incident import Series
from caretime.model.matching import LEVELS, Level, Match

if TYPE_CHECKING:
    from caretime.matching._problem import Wanted
    from caretime.matching.engine import Problem, Solution


def points_of(problem: Problem, solution: Solution) -> NDArray[np.int64]:
    """Return ``(n,)`` the points of each pair, waiting included."""
    points: NDArray[np.int64] = solution.cost % LEVELS["moved_after_offer"]
    return points


def level_values(
    matches: Sequence[Match],
    series: Sequence[Series],
    wanted: Wanted,
    *,
    pinned: bool = False,
) -> dict[str, int]:
    """Count the levels of a match, or of what is pinned in it alone."""
    values = dict.fromkeys(LEVELS, 0)
    for row, (match, one) in enumerate(zip(matches, series, strict=True)):
        if pinned and not match.pinned:
            continue
        if match.outcome == "left_out":
            values[f"tier_{one.risk_tier}_left_out"] += 1
        elif match.outcome == "placed" and match.weeks:
            values["points"] += match.points
            late = int(match.weeks[0] > wanted.limit_week[row])
            values[f"tier_{one.risk_tier}_late"] += late
            offer = wanted.offered.get(one.patient_id, match.substitute_id)
            refused = wanted.declined.get(one.patient_id, ())
            values["moved_after_offer"] += (
                offer != match.substitute_id and offer not in refused
            )
    return values


def levels_of(
    values: dict[str, int],
    everything: Problem,
    prices: NDArray[np.int64],
    pinned: dict[str, int],
) -> tuple[tuple[Level, ...], int]:
    """
    Return the levels with their bounds, and the bound of the whole.

    A bound up to a level, less what the levels before it have, is what no plan can
    go below that is as good before it.

    Parameters
    ----------
    everything
        The problem with all pairs the bound could turn on.
    pinned
        Levels of those who were decided beforehand.
    """
    levels, names, bound = [], list(LEVELS), 0
    for k, name in enumerate(names):
        unit = LEVELS[name]
        fixed = sum(LEVELS[n] // unit * pinned[n] for n in names[: k + 1])
        if name == "moved_after_offer" and not len(everything.offered):
            levels.append(Level(name, values[name], 0))
            continue
        bound = max(0, bound_at(everything, prices, unit) + fixed)
        before = sum(values[n] * (LEVELS[n] // unit) for n in names[:k])
        levels.append(Level(name, values[name], max(0, bound - before)))
    return tuple(levels), bound
