"""
Match series to substitutes: the whole with its proof.

Pairs are looked at as few as will do: the cheapest of each ask first, then whatever
the prices say could still be worth it, until nothing is left out that could change
the proof. The bound therefore holds over all pairs that are permitted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from caretime.matching._forced import forced, is_forced
from caretime.matching._kept import is_again, kept, offer_of
from caretime.matching._levels import level_values, levels_of, points_of
from caretime.matching._problem import Wanted, fewer_outside, problem_of, ways_of
from caretime.matching._spare import improved
from caretime.matching.candidates import Candidates, Finder
from caretime.matching.engine import (
    Problem,
    Solution,
    least_at,
    left_out_money,
    solve,
)
from caretime.matching.explain import what_to_buy, why_left_out
from caretime.model.incident import Series
from caretime.model.matching import (
    LEVELS,
    Match,
    Matching,
    Price,
)

Progress = Callable[[int, int, str], None]

WIDENINGS = 2
"""How often the match is solved anew with the pairs that the prices call for."""

CLOSINGS = 12
"""How often pairs are added for the bound alone, at most."""


def match(
    finder: Finder,
    series: Sequence[Series],
    *,
    monday: date,
    seed: int = 1,
    inputs_hash: str = "",
    pins: Mapping[str, str] | None = None,
    waits: Collection[str] = (),
    offered: Mapping[str, str] | None = None,
    declined: Mapping[str, Collection[str]] | None = None,
    before: Matching | None = None,
    progress: Progress | None = None,
) -> Matching:
    """
    Give each series to one substitute, the highest risk first.

    Parameters
    ----------
    finder
        Of the patients of the series, in their order, and of the substitutes.
    monday
        First day of week 0 of the plan.
    seed
        Noted in the result; nothing here is drawn.
    pins
        Substitute by patient, decided beforehand; empty for nobody.
    waits
        Patients who chose to wait.
    offered
        Substitute by patient as offered before: kept unless a higher level gains.
    declined
        Substitutes by patient who are not to be offered again.
    before
        The match that this one follows, of the same patients or others. Pins take the
        weeks they had in it. With offers it is begun from: they stand, those without
        a place look for one, and an offer is taken back only for somebody of a higher
        tier.

    Returns
    -------
    Matching
        One match for each series, in their order.
    """
    wanted = Wanted(
        series=tuple(series),
        limit_week=np.array(
            [(s.limit_day - monday).days // 7 for s in series], np.int64
        ),
        pins=dict(pins or {}),
        waits=frozenset(waits),
        offered=dict(offered or {}),
        declined={p: frozenset(s) for p, s in (declined or {}).items()},
        before={m.patient_id: m for m in before.matches} if before else {},
    )
    if is_forced(finder, wanted):
        return forced(finder, wanted, seed=seed, inputs_hash=inputs_hash)
    found, problem, rows, solution = _begun(finder, wanted, progress)
    _tell(progress, 4, "filling what is left")
    found, solution = improved(finder, wanted, found, problem, solution)
    _tell(progress, 5, "proving the bound")
    everything = _closed(finder, found, problem, solution, wanted)
    solved = _Solved(finder, wanted, rows, problem, solution)
    matches = _matches(solved, found)
    left = np.flatnonzero([m.outcome == "left_out" for m in matches]).astype(np.int32)
    values = level_values(matches, series, wanted)
    pinned = level_values(matches, series, wanted, pinned=True)
    levels, bound = levels_of(values, everything, solution.prices, pinned)
    value = sum(LEVELS[name] * count for name, count in values.items())
    return Matching(
        status="optimal" if value == bound else "within_gap",
        matches=matches,
        levels=levels,
        value=value,
        bound=bound,
        prices=_prices(solved),
        left_out=why_left_out(finder, left, _free(solved)),
        scarce=what_to_buy(finder, left, _worth(solved, everything)),
        seed=seed,
        version=version("caretime"),
        inputs_hash=inputs_hash,
        work=solution.work,
    )


def _begun(
    finder: Finder, wanted: Wanted, progress: Progress | None
) -> tuple[Candidates, Problem, NDArray[np.int64], Solution]:
    """Solve the match, or begin from the offers of the one before it."""
    _tell(progress, 0, "finding candidates")
    if is_again(finder, wanted):
        # The bound needs the best of each kind that was not declined.
        most = 1 + max(map(len, wanted.declined.values()), default=0)
        found = finder.first(most)
        problem, rows = problem_of(finder, found, wanted)
        _tell(progress, 1, "keeping offers")
        return found, problem, rows, kept(finder, wanted, problem)
    found = fewer_outside(finder, finder.first(finder.policy.candidates))
    problem, rows = problem_of(finder, found, wanted)
    _tell(progress, 1, "matching")
    solution = solve(problem)
    for turn in range(WIDENINGS if problem.is_network.all() else 0):
        wider = _wider(finder, found, problem, solution)
        if wider is found:
            break
        _tell(progress, 2 + turn, "matching with more candidates")
        found = wider
        problem, rows = problem_of(finder, found, wanted)
        better = solve(problem)
        solution = better if better.value <= solution.value else solution
    return found, problem, rows, solution


def _tell(progress: Progress | None, done: int, what: str) -> None:
    if progress:
        progress(done, 6, what)


@dataclass(frozen=True)
class _Solved:
    """A solution with what it was made from; ``rows`` are the patients in it."""

    finder: Finder
    wanted: Wanted
    rows: NDArray[np.int64]
    problem: Problem
    solution: Solution


def _wider(
    finder: Finder, found: Candidates, problem: Problem, solution: Solution
) -> Candidates:
    """Add the pairs that the prices leave worth looking at; the same if none."""
    least = least_at(problem, solution.prices)
    threshold = np.zeros(found.asks, np.int64)
    whole = problem.plain_ask >= 0
    np.maximum.at(threshold, problem.plain_ask[whole], least[whole])
    priced = np.where(problem.openings > 0, solution.prices, np.iinfo(np.int64).max)
    floor = np.where((problem.openings > 0).any(axis=1), priced.min(axis=1), 1 << 60)
    return finder.below(found, threshold, floor)


def _closed(
    finder: Finder,
    found: Candidates,
    problem: Problem,
    solution: Solution,
    wanted: Wanted,
) -> Problem:
    """Return the problem with every pair that the bound could turn on."""
    # With week prices alone the fewest points of each ask are enough.
    for _ in range(CLOSINGS if problem.is_network.all() else 0):
        wider = _wider(finder, found, problem, solution)
        if wider is found:
            break
        found = wider
        problem, _ = problem_of(finder, found, wanted)
    return problem


def _matches(solved: _Solved, found: Candidates) -> tuple[Match, ...]:
    """Return one match for each series."""
    wanted, finder = solved.wanted, solved.finder
    matches = [wanted.settled(row) for row in range(len(wanted.series))]
    ids = [s.substitute_id for s in finder.substitutes]
    own, first = solved.solution.substitute, solved.solution.first_week
    points = points_of(solved.problem, solved.solution)
    weeks = len(finder.substitutes[0].openings) if finder.substitutes else 0
    ways = ways_of(finder, found, solved.rows, own)
    for at, row in enumerate(solved.rows.tolist()):
        series, s = wanted.series[row], int(own[at])
        if s < 0:
            continue
        shift = int(first[at]) - series.weeks[0]
        telehealth, miles = ways[at]
        old = offer_of(wanted, row)
        if old is not None and (old.substitute_id, old.weeks[0]) == (
            ids[s],
            int(first[at]),
        ):
            # The pair stands as it was, and need not be among those looked at.
            telehealth, miles = old.telehealth, old.miles
        matches[row] = Match(
            patient_id=series.patient_id,
            outcome="placed",
            substitute_id=ids[s],
            kind=finder.substitutes[s].kind,
            weeks=tuple(w + shift for w in series.weeks if w + shift < weeks),
            within_limit=bool(first[at] <= solved.problem.limit[at]),
            points=int(points[at]),
            telehealth=telehealth,
            miles=miles,
        )
    return tuple(matches)


def _prices(solved: _Solved) -> tuple[Price, ...]:
    """Return the prices that are not 0, by substitute and week."""
    found = []
    for s, week in zip(*np.nonzero(solved.solution.prices), strict=True):
        name = solved.finder.substitutes[s].substitute_id
        price = int(solved.solution.prices[s, week])
        found.append(Price(name, int(week), price))
    return tuple(found)


def _free(solved: _Solved) -> NDArray[np.int64]:
    """Return the openings that nobody took, by substitute."""
    taken = np.zeros(len(solved.problem.openings), np.int64)
    own = solved.solution.substitute
    placed = np.flatnonzero(own >= 0)
    many = np.where(
        solved.problem.is_network[own[placed]],
        1,
        [len(solved.wanted.series[row].weeks) for row in solved.rows[placed].tolist()],
    )
    np.add.at(taken, own[placed], many)
    return np.maximum(0, solved.problem.openings.sum(axis=1) - taken)


def _worth(solved: _Solved, everything: Problem) -> NDArray[np.int64]:
    """Return what placing each patient would save at the prices."""
    worth = np.zeros(len(solved.wanted.series), np.int64)
    worth[solved.rows] = np.minimum(solved.solution.cost, left_out_money(everything))
    return worth
