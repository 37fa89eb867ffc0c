"""The levels of a match: what it has, and what no plan can go below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching._pooled import level_proofs
from caretime.matching.engine import bound_at
from caretime.model.incident import Series
from caretime.model.matching import LEVELS, Level, LevelProof, Match

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
    free = {name: values[name] - pinned[name] for name in LEVELS}
    by_week = not everything.is_network.all()
    proofs = level_proofs(everything, free) if by_week else {}
    levels, bound = [], 0
    for name, unit in LEVELS.items():
        weights = {level: LEVELS[level] // unit for level in LEVELS}
        if name == "moved_after_offer" and not len(everything.offered):
            levels.append(Level(name, values[name], 0))
            continue
        bound = bound_at(everything, (prices + unit // 2) // unit, weights)
        level = Level(name, values[name], _below(bound, weights, free, pinned, name))
        if name in proofs:
            proven = _proven(everything, free, pinned, name, proofs[name])
            level = proven if proven.bound > level.bound else level
        levels.append(level)
    whole = sum(weight * pinned[name] for name, weight in LEVELS.items())
    return tuple(levels), max(0, bound + whole)


def _proven(
    problem: Problem,
    free: Mapping[str, int],
    pinned: Mapping[str, int],
    name: str,
    proof: LevelProof,
) -> Level:
    """Return a level with a proof of its own, at one price a week."""
    weights = dict.fromkeys(LEVELS, 0) | dict(zip(LEVELS, proof.before, strict=False))
    weights[name] = proof.unit
    prices = np.where(
        problem.is_network[:, None], [proof.network], [proof.in_house]
    ).astype(np.int64)
    bound = bound_at(problem, np.where(problem.openings > 0, prices, 0), weights)
    value = free[name] + pinned[name]
    return Level(name, value, _below(bound, weights, free, pinned, name), proof)


def _below(
    bound: int,
    weights: Mapping[str, int],
    free: Mapping[str, int],
    pinned: Mapping[str, int],
    name: str,
) -> int:
    """Return what a level cannot go below where those before it are as they are."""
    names = list(LEVELS)
    before = sum(weights[n] * free[n] for n in names[: names.index(name)])
    least = -((before - bound) // weights[name])
    return max(0, least + pinned[name])
