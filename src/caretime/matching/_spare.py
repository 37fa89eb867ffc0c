"""After a match: places left over, or held by lower tiers, for those without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from caretime.matching._places import market_of, network_places
from caretime.matching._problem import Wanted, pairs_of
from caretime.matching.candidates import Candidates, Finder
from caretime.matching.engine import Problem, Solution

if TYPE_CHECKING:
    from caretime.matching._kernel.market import Market
    from caretime.matching._kernel.spare import Seats

TURNS = 48
"""How often it is looked whether anybody can still be placed, at most."""

LATE_TURNS = 12
"""How often it is looked whether anybody who is late can be in time."""

ONE_LIMIT = 64
"""Above all weeks of a plan, and what stands for those left out."""

EVERY = 1 << 20
"""Above the points of every pair."""

ONE_TIER = 1 << 40
"""Above the bits of all weeks of a plan."""

NONE = 1 << 60
"""No pair is worth so much."""

Rows = NDArray[np.int64]


def improved(
    finder: Finder,
    wanted: Wanted,
    found: Candidates,
    problem: Problem,
    solution: Solution,
) -> tuple[Candidates, Solution]:
    """
    Leave nobody out beside a place that is free, or held by a lower tier.

    A match looks at the nearest substitutes of everybody. Here those left out look at
    all who have room for them, or see somebody of a lower tier where they would fit,
    however far down their list these stand; and those who are late at all with whom
    they would be in time. Who is put out looks again.

    Returns
    -------
    tuple
        Candidates that have the pairs of the solution, and the solution.
    """
    from caretime.matching._kernel.spare import hand_out, put_out

    seats = seats_of(problem, solution)
    rows = np.array(
        [row for row in range(len(wanted.series)) if wanted.is_free(row)], np.int64
    )
    whole = market_of(problem, network_places(problem))
    sort = _sort_of(problem)
    in_vain: dict[int, _Vain] = {}
    for turn in range(TURNS):
        changed = 0
        for mine, pairs in _groups(
            finder, found, rows, whole, sort, seats, in_vain, late=turn < LATE_TURNS
        ):
            m = _market(finder, wanted, pairs, rows, mine, problem)
            changed += hand_out(m, seats, mine) + put_out(m, seats, mine)
            placed = mine[seats.own[mine] >= 0]
            found = _joined(found, pairs, rows, placed, seats.own)
        if not changed:
            break
    return found, _solution(solution, seats)


def seats_of(problem: Problem, solution: Solution) -> Seats:
    """Return who is where, and what is left."""
    from caretime.matching._kernel.spare import Seats

    free = problem.columns.copy()
    weeks = problem.openings.shape[1]
    placed = np.flatnonzero(solution.substitute >= 0)
    own, begins = solution.substitute[placed], solution.first_week[placed]
    network = problem.is_network[own]
    np.add.at(free, (own[network], solution.opening_week[placed][network]), -1)
    bits = problem.weeks[placed] << np.maximum(begins - problem.first[placed], 0)
    intake = _intake(problem)[placed]
    for week in range(weeks):
        held = ~network & (bits >> week & 1 == 1)
        first = held & intake & (begins == week)
        np.add.at(free, (own[held & ~first], week), -1)
        np.add.at(free, (own[first], weeks + week), -1)
    return Seats(
        solution.substitute.astype(np.int64),
        solution.first_week.astype(np.int64),
        solution.opening_week.astype(np.int64),
        solution.cost.copy(),
        free,
    )


def _intake(problem: Problem) -> NDArray[np.bool_]:
    if not len(problem.intake):
        return np.zeros(problem.patients, np.bool_)
    firsts: NDArray[np.bool_] = problem.intake == 1
    return firsts


def _groups(
    finder: Finder,
    found: Candidates,
    rows: Rows,
    whole: Market,
    sort: Rows,
    seats: Seats,
    in_vain: dict[int, _Vain],
    *,
    late: bool,
) -> Iterator[tuple[Rows, Candidates]]:
    """
    Yield those left out, or ``late``, of one sort, and pairs that have room.

    Those left out come first in their tier.
    """
    from caretime.matching._kernel.market import LIMIT
    from caretime.matching._kernel.spare import with_room

    limit = whole.patient[:, LIMIT]
    now = _kind_of(sort, seats, limit)
    for kind in _kinds(now, late=late):
        # Whoever was left out when the turn began may be late by now.
        mine = np.flatnonzero(now == kind)
        if not len(mine):
            continue
        has = with_room(whole, seats, int(mine[0]))
        if in_vain.get(kind, _Vain.none(has)).covers(mine, has):
            continue
        threshold = np.zeros(found.asks, np.int64)
        threshold[found.ask_of[rows[mine]]] = EVERY
        floor = np.where(has, 0, NONE).astype(np.int64)
        pairs = finder.below(finder.none(), threshold, floor)
        before = seats.own[mine]
        if len(pairs.substitute):
            yield mine, pairs
            now = _kind_of(sort, seats, limit)
        if (seats.own[mine] == before).all():
            in_vain[kind] = _Vain(mine, has)


class _Vain(NamedTuple):
    """Who found nothing, with whom there was room."""

    mine: Rows
    has: NDArray[np.bool_]

    @classmethod
    def none(cls, has: NDArray[np.bool_]) -> _Vain:
        """Return what covers nobody."""
        return cls(np.zeros(0, np.int64), np.zeros_like(has))

    def covers(self, mine: Rows, has: NDArray[np.bool_]) -> bool:
        """Say whether the same or fewer people would look at the same or fewer."""
        fewer = not (has & ~self.has).any()
        return fewer and bool(np.isin(mine, self.mine, assume_unique=True).all())


def _kind_of(sort: Rows, seats: Seats, limit: Rows) -> Rows:
    """
    Return the sort of those without a place in time, -1 of all others.

    Of those who are late the limit counts as well.
    """
    left, late = seats.own < 0, seats.begins > limit
    kind: Rows = sort * ONE_LIMIT
    kind += np.where(left, 0, np.clip(limit, -1, ONE_LIMIT - 4) + 2)
    return np.where(left | late, kind, -1)


def _kinds(now: Rows, *, late: bool) -> list[int]:
    """Return the kinds there are, tier by tier, those left out before the late."""
    kinds = np.unique(now).tolist()
    of_left = [k for k in kinds if k >= 0 and not k % ONE_LIMIT]
    of_late = [k for k in kinds if k % ONE_LIMIT and k >= 0 and late]
    return sorted(
        of_left + of_late,
        key=lambda k: (k // ONE_LIMIT // ONE_TIER, k % ONE_LIMIT > 0, k),
    )


def _sort_of(problem: Problem) -> Rows:
    """Return a number by tier, weeks and whether the next visit is a first one."""
    tier = problem.tier.astype(np.int64) * ONE_TIER
    sort: Rows = tier + problem.weeks * 2 + _intake(problem)
    return sort


def _market(
    finder: Finder,
    wanted: Wanted,
    pairs: Candidates,
    rows: Rows,
    mine: Rows,
    problem: Problem,
) -> Market:
    """Return the market of some pairs alone, without those that ``mine`` declined."""
    ask, start, kept = pairs_of(finder, pairs, wanted, rows, mine)
    own = replace(
        problem,
        ask_of=ask,
        start=start,
        substitute=pairs.substitute[kept],
        points=pairs.points[kept],
    )
    return market_of(own, network_places(own))


def _joined(
    found: Candidates,
    pairs: Candidates,
    rows: Rows,
    placed: Rows,
    own: Rows,
) -> Candidates:
    """Add the pairs that were made to those that were looked at first."""
    new: dict[tuple[int, int], int] = {}
    for p in placed.tolist():
        ask = int(pairs.ask_of[rows[p]])
        span = slice(pairs.start[ask], pairs.start[ask + 1])
        place = np.flatnonzero(pairs.substitute[span] == own[p])
        known = found.substitute[found.start[ask] : found.start[ask + 1]]
        if len(place) and own[p] not in known:
            new[ask, int(own[p])] = int(pairs.start[ask] + place[0])
    if not new:
        return found
    order = sorted(new)
    take = np.array([new[key] for key in order])
    asks = np.array([ask for ask, _ in order])
    at = [
        found.start[ask]
        + np.searchsorted(
            found.points[found.start[ask] : found.start[ask + 1]],
            pairs.points[k],
            side="right",
        )
        for ask, k in zip(asks.tolist(), take.tolist(), strict=True)
    ]
    more = np.bincount(asks, minlength=found.asks)
    return Candidates(
        found.ask_of,
        found.start + np.concatenate([[0], np.cumsum(more)]),
        *(
            np.insert(getattr(found, name), at, getattr(pairs, name)[take])
            for name in ("substitute", "points", "telehealth", "miles")
        ),
    )


def _solution(solution: Solution, seats: Seats) -> Solution:
    placed = seats.own >= 0
    return replace(
        solution,
        substitute=seats.own.astype(np.int32),
        first_week=np.where(placed, seats.begins, -1).astype(np.int32),
        opening_week=np.where(placed, seats.opens, -1).astype(np.int32),
        cost=seats.cost,
        value=int(seats.cost.sum()),
    )
