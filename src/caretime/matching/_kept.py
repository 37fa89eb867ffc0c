"""A match that begins from the one before it: what was offered stands."""

from __future__ import annotations

import numpy as np

from caretime.matching._pooled import week_prices
from caretime.matching._problem import Wanted
from caretime.matching.candidates import Finder
from caretime.matching.engine import Problem, Solution, bound_at, left_out_money
from caretime.model.matching import LEVELS, Match


def is_again(finder: Finder, wanted: Wanted) -> bool:
    """
    Say whether offers of a match before are to be kept.

    Where all are of the network the match is exact, offers included, and is solved.
    """
    has_before = bool(wanted.offered) and bool(wanted.before)
    return has_before and not bool(finder.pool.network.all())


def offer_of(wanted: Wanted, row: int) -> Match | None:
    """Return the pair of the match before where it is the offer, and still may be."""
    series = wanted.series[row]
    old = wanted.before.get(series.patient_id)
    if old is None or not old.weeks:
        return None
    name = old.substitute_id
    is_offer = wanted.offered.get(series.patient_id) == name
    return old if is_offer and name not in wanted.refused(row) else None


def kept(finder: Finder, wanted: Wanted, problem: Problem) -> Solution:
    """
    Return the offers as a solution, all others left out.

    Where more were offered than there are openings now, the highest tier keeps its
    own, then whoever comes first in the order of the series.
    """
    names = {s.substitute_id: k for k, s in enumerate(finder.substitutes)}
    rows = [row for row in range(len(wanted.series)) if wanted.is_free(row)]
    weeks = problem.openings.shape[1]
    free = problem.columns.tolist()
    own = np.full(len(rows), -1, np.int32)
    begins, opens = np.full_like(own, -1), np.full_like(own, -1)
    cost = left_out_money(problem)
    for at in np.argsort(problem.tier, kind="stable").tolist():
        old = offer_of(wanted, rows[at])
        if old is None or old.substitute_id not in names:
            continue
        s, first = names[old.substitute_id], old.weeks[0]
        left = free[s]
        if problem.is_network[s]:
            used = [week for week in range(first + 1) if left[week] > 0][-1:]
        else:
            used = list(old.weeks)
            if wanted.series[rows[at]].visit_type == "intake":
                used[0] += weeks
        if not used or any(left[column] < 1 for column in used):
            continue
        for column in used:
            left[column] -= 1
        own[at], begins[at] = s, first
        opens[at] = used[0] if problem.is_network[s] else first
        late = LEVELS[f"tier_{problem.tier[at]}_late"]
        cost[at] = old.points + late * int(first > problem.limit[at])
    weekly = week_prices(problem)
    network = problem.is_network[:, None]
    prices = np.where(network, weekly.outside[None, :], weekly.inside[None, :])
    prices = np.where(problem.openings > 0, prices, 0)
    return Solution(
        substitute=own,
        first_week=begins,
        opening_week=opens,
        prices=prices,
        cost=cost,
        value=int(cost.sum()),
        bound=bound_at(problem, prices),
        work=0,
    )
