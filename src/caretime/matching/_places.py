"""Places: what openings become in the market, and who holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from caretime.model.matching import LEVELS, MOST_POINTS
from caretime.rules.fit import waiting_points

if TYPE_CHECKING:
    from caretime.matching._kernel.market import Market
    from caretime.matching.engine import Problem

TIERS = (1, 2, 3)


class Places(NamedTuple):
    """Kinds of place: owner, pattern, how many, first week; by owner."""

    owner: NDArray[np.int32]
    pattern: NDArray[np.int64]
    many: NDArray[np.int64]
    opens: NDArray[np.int64]


def network_places(problem: Problem) -> Places:
    """Return the places of the network, one kind for each week in which some open."""
    held = np.where(problem.is_network[:, None], problem.openings, 0)
    owner, week = np.nonzero(held > 0)
    return Places(
        owner.astype(np.int32),
        np.zeros(len(owner), np.int64),
        held[owner, week],
        week.astype(np.int64),
    )


def market_of(
    problem: Problem, places: Places, weights: Mapping[str, int] = LEVELS
) -> Market:
    """
    Pack a problem for the kernel: nobody has a place, all is free of charge.

    ``weights`` is the money of each level.
    """
    from caretime.matching._kernel import market as k

    n = problem.patients
    out = np.array([0, *(weights[f"tier_{tier}_left_out"] for tier in TIERS)])
    late = np.array([0, *(weights[f"tier_{tier}_late"] for tier in TIERS)])
    point = weights["points"]
    patient = np.zeros((n, k.COLUMNS), np.int64)
    patient[:, k.PLACE] = k.NOBODY
    patient[:, k.ASK] = problem.ask_of
    patient[:, k.FIRST] = problem.first
    patient[:, k.LIMIT] = problem.limit
    patient[:, k.WEEKS] = problem.weeks
    patient[:, k.INTAKE] = problem.intake if len(problem.intake) else 0
    patient[:, k.OUT] = patient[:, k.WORTH] = out[problem.tier]
    patient[:, k.LATE] = late[problem.tier]
    patient[:, k.OFFERED] = problem.offered if len(problem.offered) else -1
    kinds = np.arange(len(problem.is_network) + 1)
    return k.Market(
        start=problem.start,
        sub=problem.substitute,
        pts=problem.points * point,
        network=problem.is_network,
        begin=np.searchsorted(places.owner, kinds).astype(np.int64),
        place=np.stack(
            [places.pattern, places.many, 0 * places.many, places.opens], axis=1
        ).astype(np.int64),
        owner=places.owner,
        used=np.zeros(len(places.owner), np.int64),
        slot=np.concatenate([[0], np.cumsum(places.many)]).astype(np.int64),
        holder=np.full(max(1, int(places.many.sum())), -1, np.int32),
        patient=patient,
        weeks=problem.openings.shape[1],
        wait=waiting_points(1) * point,
        most=MOST_POINTS * point,
        moved=weights["moved_after_offer"],
    )
