"""
Solve a match in arrays, and prove how good it is.

Network places are a flow and are solved exactly. In-house, a series needs several
weeks at once: openings are filled at the prices of weeks that a pooled program finds,
the network is matched exactly with the others, and what is free in-house then goes to
whoever is worth more in the network than there. The bound rests on prices alone, so
the gap that is stated is an honest one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from caretime.matching._places import market_of, network_places
from caretime.matching._pooled import WeekPrices, week_prices
from caretime.model.matching import LEVELS, MOST_POINTS

if TYPE_CHECKING:
    from caretime.matching._kernel.fill import House
    from caretime.matching._kernel.market import Market

NO_OFFER = -1


def _none32() -> NDArray[np.int32]:
    return np.empty(0, np.int32)


def _none64() -> NDArray[np.int64]:
    return np.empty((0, 0), np.int64)


class Sorts(NamedTuple):
    """
    Patients alike in tier, weeks, limit, first visit, and kinds of substitute.

    Parameters
    ----------
    one, many
        Somebody of each sort, and how many there are.
    of
        ``(n,)`` the sort of each patient.
    inside, outside
        ``(asks,)`` whether anybody in-house, or of the network, may take an ask over.
    """

    one: NDArray[np.int64]
    of: NDArray[np.int64]
    many: NDArray[np.int64]
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """
    A match in arrays.

    Parameters
    ----------
    ask_of
        ``(n,)`` the ask of each patient: patients of one ask share their pairs.
    start, substitute, points
        ``(asks + 1,)`` ranges of the pairs, ascending in points within an ask.
    tier
        ``(n,)`` 1 (highest) to 3.
    first, limit
        ``(n,)`` planned week of the next visit, and last week within its limit.
    weeks
        ``(n,)`` bits of the weeks with a visit; the lowest is ``first``.
    is_network
        ``(s,)``.
    openings, intakes
        ``(s, w)`` as in ``model.incident.Substitute``; ``intakes`` may be empty.
    intake
        ``(n,)`` 1 where the next visit is a first visit; empty means nowhere.
    offered
        ``(n,)`` substitute offered before, ``NO_OFFER`` where none was; or empty.
    plain_ask
        ``(n,)`` the ask among the finder's candidates, -1 where the patient has an
        ask of its own; or empty.
    """

    ask_of: NDArray[np.int32]
    start: NDArray[np.int64]
    substitute: NDArray[np.int32]
    points: NDArray[np.int32]
    tier: NDArray[np.int8]
    first: NDArray[np.int32]
    limit: NDArray[np.int32]
    weeks: NDArray[np.int64]
    is_network: NDArray[np.bool_]
    openings: NDArray[np.int64]
    intakes: NDArray[np.int64] = field(default_factory=_none64)
    intake: NDArray[np.int32] = field(default_factory=_none32)
    offered: NDArray[np.int32] = field(default_factory=_none32)
    plain_ask: NDArray[np.int32] = field(default_factory=_none32)

    @property
    def patients(self) -> int:
        """How many ask."""
        return len(self.ask_of)

    @cached_property
    def sorts(self) -> Sorts:
        """Who is alike but for points."""
        asks = len(self.start) - 1
        ask = np.repeat(np.arange(asks), np.diff(self.start))
        network = self.is_network[self.substitute]
        inside = np.bincount(ask[~network], minlength=asks) > 0
        outside = np.bincount(ask[network], minlength=asks) > 0
        count = np.arange(self.patients)
        offered = self.offered if len(self.offered) else np.full_like(count, NO_OFFER)
        of = np.zeros(self.patients, np.int64)
        for column in (
            self.tier,
            self.first,
            np.clip(self.limit, -1, self.openings.shape[1]),
            self.weeks,
            self.intake if len(self.intake) else np.zeros_like(count),
            inside[self.ask_of],
            outside[self.ask_of],
            # Whoever was offered somebody is like nobody else.
            np.where(offered == NO_OFFER, -1, count),
        ):
            kinds, place = np.unique(column, return_inverse=True)
            _, of = np.unique(of * len(kinds) + place, return_inverse=True)
        one, many = np.unique(of, return_index=True, return_counts=True)[1:]
        return Sorts(one, of, many, inside, outside)

    @property
    def columns(self) -> NDArray[np.int64]:
        """Openings by week, then intakes by week: ``(s, 2 * w)``."""
        intakes = self.intakes if self.intakes.size else np.zeros_like(self.openings)
        return np.concatenate([self.openings, intakes], axis=1)


@dataclass(frozen=True)
class Solution:
    """
    Who goes where, with prices that bound every plan from below.

    Parameters
    ----------
    substitute
        ``(n,)``, -1 where left out.
    first_week
        ``(n,)`` in which the series begins, -1 where left out.
    opening_week
        ``(n,)`` of a network place the week it opens in; else as ``first_week``.
    prices
        ``(s, w)`` summed weights, 0 or more. Intakes have no price: what limits them
        is left out of the bound, which stays valid.
    cost
        ``(n,)`` summed weights of each patient.
    value, bound
        Sum of ``cost``; what no plan can go below.
    work
        Bids made.
    """

    substitute: NDArray[np.int32]
    first_week: NDArray[np.int32]
    opening_week: NDArray[np.int32]
    prices: NDArray[np.int64]
    cost: NDArray[np.int64]
    value: int
    bound: int
    work: int


def solve(problem: Problem) -> Solution:
    """
    Match patients to substitutes.

    Returns
    -------
    Solution
        The same for the same arguments.
    """
    from caretime.matching._kernel import market as k
    from caretime.matching._kernel import paths

    m = market_of(problem, network_places(problem))
    if problem.is_network.all():
        work = paths.come_in(m, _order(m))
        prices = np.zeros_like(problem.openings)
        prices[m.owner, m.place[:, k.OPENS]] = m.place[:, k.PRICE]
        return _solution(problem, m, _house(problem), prices, work)
    weekly = week_prices(problem)
    m, inside, work = _with_house(problem, m, weekly)
    prices = np.where(
        problem.is_network[:, None], weekly.outside[None, :], weekly.inside[None, :]
    )
    return _solution(
        problem, m, inside, np.where(problem.openings > 0, prices, 0), work
    )


def _with_house(
    problem: Problem, m: Market, weekly: WeekPrices
) -> tuple[Market, House, int]:
    """
    Fill in-house openings, then network places, then what is free in-house.

    Whoever moves in-house at the end leaves a network place behind: ``_spare`` gives
    it to somebody left out.

    Returns
    -------
    tuple
        The network part, the in-house part, looks made.
    """
    from caretime.matching._kernel import fill, paths
    from caretime.matching._kernel import market as k

    inside, out = _house(problem), m.patient[:, k.OUT]
    price = np.concatenate([weekly.inside, 0 * weekly.inside])
    outside = _outside_at(problem, m, weekly.outside)
    least = fill.least_by_week(m, price, _far(problem, weekly.outside))
    order = np.lexsort((least, -out))
    fill.fill(m, inside, order, price, np.minimum(out, outside) + MOST_POINTS)
    rest = _order(m)
    work = paths.come_in(m, rest[inside.own[rest] < 0])
    lost = np.flatnonzero((m.patient[:, k.PLACE] < 0) & (inside.own < 0))
    lost = lost[np.argsort(-out[lost], kind="stable")]
    fill.fill(m, inside, lost, 0 * price, out)
    rest = order[inside.own[order] < 0]
    fill.fill(m, inside, rest, 0 * price, m.patient[:, k.WORTH])
    return m, inside, work


def _far(problem: Problem, price: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the prices of network weeks, out of reach where no place opens."""
    from caretime.matching._kernel.market import FAR

    opens = problem.openings[problem.is_network].sum(axis=0) > 0
    return np.where(opens, price, FAR)


def _outside_at(
    problem: Problem, m: Market, price: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return each patient's least money in the network at prices of weeks."""
    from caretime.matching._kernel import market as k

    priced = m._replace(place=m.place.copy())
    priced.place[:, k.PRICE] = price[m.place[:, k.OPENS]]
    return k.least_money(priced)


def _order(m: Market) -> NDArray[np.int64]:
    """Return the patients, dearest to leave out first."""
    from caretime.matching._kernel import market as k

    return np.argsort(-m.patient[:, k.OUT], kind="stable").astype(np.int64)


def _house(problem: Problem) -> House:
    """Return the in-house part, empty."""
    from caretime.matching._kernel.fill import House

    n = problem.patients
    return House(
        free=np.where(problem.is_network[:, None], 0, problem.columns),
        own=np.full(n, -1, np.int64),
        begins=np.zeros(n, np.int64),
        cost=np.zeros(n, np.int64),
    )


def _solution(
    problem: Problem,
    m: Market,
    house: House,
    prices: NDArray[np.int64],
    work: int,
) -> Solution:
    """Return the state as a solution."""
    from caretime.matching._kernel import market as k

    place = m.patient[:, k.PLACE]
    outside, inside = place >= 0, house.own >= 0
    # The last entry stands for nobody's place, which is -1.
    owner, opening = np.append(m.owner, -1), np.append(m.place[:, k.OPENS], 0)
    own = np.where(inside, house.own, owner[place])
    begins = np.where(inside, house.begins, m.patient[:, k.BEGINS])
    cost = np.where(
        inside,
        house.cost,
        np.where(outside, m.patient[:, k.COST], m.patient[:, k.OUT]),
    )
    placed = own >= 0
    opens = np.where(inside, begins, opening[place])
    return Solution(
        substitute=own.astype(np.int32),
        first_week=np.where(placed, begins, -1).astype(np.int32),
        opening_week=np.where(placed, opens, -1).astype(np.int32),
        prices=prices,
        cost=cost,
        value=int(cost.sum()),
        bound=bound_at(problem, prices),
        work=work,
    )


def bound_at(
    problem: Problem,
    prices: NDArray[np.int64],
    weights: Mapping[str, int] = LEVELS,
) -> int:
    """
    Return what no plan can go below, worked out from any prices of 0 or more.

    ``weights`` is the money of each level.
    """
    least = least_at(problem, prices, weights)
    return int(least.sum()) - int((prices * problem.openings).sum())


def left_out_money(problem: Problem) -> NDArray[np.int64]:
    """Return ``(n,)`` what leaving each patient out costs, in summed weights."""
    from caretime.matching._kernel import market as k

    whole: NDArray[np.int64] = market_of(problem, network_places(problem)).patient[
        :, k.OUT
    ]
    return whole


def least_at(
    problem: Problem,
    prices: NDArray[np.int64],
    weights: Mapping[str, int] = LEVELS,
) -> NDArray[np.int64]:
    """Return ``(n,)`` the least money of each patient at prices."""
    from caretime.matching._kernel import market as k
    from caretime.matching._kernel.fill import least_by_week

    m = market_of(problem, network_places(problem), weights)
    if problem.is_network.all():
        m.place[:, k.PRICE] = prices[m.owner, m.place[:, k.OPENS]]
        return k.least_money(m)
    weekly = _weekly(problem, prices)
    price = np.concatenate([weekly.inside, 0 * weekly.inside])
    if weights["points"]:
        return least_by_week(m, price, weekly.outside)
    # Without points whoever has the same sort costs the same.
    few = m._replace(patient=m.patient[problem.sorts.one])
    return least_by_week(few, price, weekly.outside)[problem.sorts.of]


def _weekly(problem: Problem, prices: NDArray[np.int64]) -> WeekPrices:
    """Return the least prices of each week; of the network, FAR where none opens."""
    from caretime.matching._kernel.market import FAR

    network, there = problem.is_network[:, None], problem.openings > 0
    inside = np.where(~network & there, prices, FAR).min(axis=0, initial=FAR)
    outside = np.where(network & there, prices, FAR).min(axis=0, initial=FAR)
    return WeekPrices(np.where(inside == FAR, 0, inside), outside)
