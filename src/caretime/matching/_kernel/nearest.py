"""
The cheapest permitted substitutes of each ask, compiled.

An ask's pairs fall apart into those of its want, which rules alone decide, and what
distance adds. So for each want the permitted substitutes are listed once, by place and
by what stands against them anyway; its asks then walk outward from their zip code and
down the list of those who work by telehealth, and stop where nothing cheaper can come.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

EVERYTHING = 1 << 62
"""A threshold that every pair stays below."""


class Points(NamedTuple):
    """The weights of ``tables/fit_points.csv`` that depend on both of a pair."""

    mile: int
    most_miles: int
    clinic: int
    license: int


class Side(NamedTuple):
    """
    Substitutes of one kind, ranked by what stands against each anyway.

    ``who`` is the index into all substitutes; the other columns run beside it, except
    ``near_start`` ``(zips + 1,)`` with ``near_place`` and ``near_miles``: the places
    within reach of each zip code, nearest first.
    """

    who: NDArray[np.int32]
    standing: NDArray[np.int32]
    profile: NDArray[np.int32]
    place: NDArray[np.int32]
    clinic: NDArray[np.int32]
    license: NDArray[np.int32]
    in_person: NDArray[np.bool_]
    telehealth: NDArray[np.bool_]
    near_start: NDArray[np.int64]
    near_place: NDArray[np.int32]
    near_miles: NDArray[np.float64]


class AskColumns(NamedTuple):
    """
    Asks, ascending by want; ``-1`` where a home or an own place is unknown.

    ``limit`` is ``(counties, licenses)``, infinite where none is stated; ``permitted``
    is ``(wants, profiles)``.
    """

    want: NDArray[np.int32]
    zip: NDArray[np.int32]
    county: NDArray[np.int32]
    in_person: NDArray[np.bool_]
    telehealth: NDArray[np.bool_]
    telehealth_points: NDArray[np.int32]
    clinic: NDArray[np.int32]
    license: NDArray[np.int32]
    own: NDArray[np.int32]
    limit: NDArray[np.float64]
    permitted: NDArray[np.bool_]


class Found(NamedTuple):
    """What was found: ``count`` ``(asks,)``, the rest ``(asks, most)``."""

    count: NDArray[np.int32]
    cost: NDArray[np.int64]
    who: NDArray[np.int32]
    points: NDArray[np.int32]
    telehealth: NDArray[np.bool_]
    miles: NDArray[np.float32]


class Known(NamedTuple):
    """Pairs already known, which are passed over: ranges of ``who``."""

    start: NDArray[np.int64]
    who: NDArray[np.int32]


@njit(cache=True, nogil=True)
def reach(
    homes: NDArray[np.float64],
    most: NDArray[np.float64],
    places: NDArray[np.float64],
    radius: float,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """
    List the places within reach of each home, nearest first; ties by index.

    Parameters
    ----------
    homes, places
        ``(n, 2)`` and ``(m, 2)``: degrees. Of a home that is not a number every
        place is within reach, at a distance that is not a number.
    most
        ``(n,)``: miles, infinite for no limit.
    """
    start = np.zeros(len(homes) + 1, np.int64)
    places_near = np.empty(64, np.int32)
    miles_near = np.empty(64, np.float64)
    here = np.empty(len(places), np.float64)
    listed = np.empty(len(places), np.int32)
    for home in range(len(homes)):
        count = 0
        for place in range(len(places)):
            north = radians(places[place, 0] - homes[home, 0]) / 2
            # The meridian alone is too long: no need for the rest.
            if 2 * radius * abs(north) > most[home] + 1:
                continue
            east = radians(places[place, 1] - homes[home, 1]) / 2
            breadth = cos(radians(homes[home, 0])) * cos(radians(places[place, 0]))
            half = sin(north) ** 2 + breadth * sin(east) ** 2
            miles = 2 * radius * asin(min(1.0, sqrt(half))) if half == half else half
            if miles > most[home]:
                continue
            listed[count], here[count] = place, miles
            count += 1
        end = start[home] + count
        while end > len(places_near):
            places_near = np.append(places_near, np.empty_like(places_near))
            miles_near = np.append(miles_near, np.empty_like(miles_near))
        order = np.argsort(here[:count], kind="mergesort")
        for k in range(count):
            places_near[start[home] + k] = listed[order[k]]
            miles_near[start[home] + k] = here[order[k]]
        start[home + 1] = end
    return start, places_near[: start[-1]], miles_near[: start[-1]]


@njit(cache=True, nogil=True, inline="always")
def _keep(
    found: Found,
    ask: int,
    cost: int,
    who: int,
    points: int,
    telehealth: bool,
    miles: float,
) -> None:
    """Keep a pair if it is among the cheapest, in order; ties by index."""
    most = found.who.shape[1]
    k = found.count[ask]
    if k == most:
        k -= 1
        last = found.cost[ask, k]
        if cost > last or (cost == last and who > found.who[ask, k]):
            return
    else:
        found.count[ask] += 1
    while k > 0 and (
        found.cost[ask, k - 1] > cost
        or (found.cost[ask, k - 1] == cost and found.who[ask, k - 1] > who)
    ):
        found.cost[ask, k] = found.cost[ask, k - 1]
        found.who[ask, k] = found.who[ask, k - 1]
        found.points[ask, k] = found.points[ask, k - 1]
        found.telehealth[ask, k] = found.telehealth[ask, k - 1]
        found.miles[ask, k] = found.miles[ask, k - 1]
        k -= 1
    found.cost[ask, k], found.who[ask, k] = cost, who
    found.points[ask, k], found.telehealth[ask, k] = points, telehealth
    found.miles[ask, k] = miles


@njit(cache=True, nogil=True, inline="always")
def _unlike(asks: AskColumns, side: Side, weight: Points, ask: int, rank: int) -> int:
    """Weigh another license and another clinic than the own clinician's."""
    extra = 0
    if asks.license[ask] >= 0 and asks.license[ask] != side.license[rank]:
        extra += weight.license
    clinic = side.clinic[rank]
    if asks.clinic[ask] >= 0 and clinic >= 0 and asks.clinic[ask] != clinic:
        extra += weight.clinic
    return extra


@njit(cache=True, nogil=True)
def cheapest(
    asks: AskColumns,
    side: Side,
    weight: Points,
    threshold: NDArray[np.int64],
    floor: NDArray[np.int64],
    known: Known,
    first: int,
    last: int,
    found: Found,
) -> None:
    """
    Find the cheapest pairs of the asks from ``first`` to before ``last``.

    A pair's cost is its points in the better way of meeting (in person where both are
    equal) and ``floor`` of the substitute; only pairs below the ask's ``threshold``
    that are not ``known`` are kept, as many as ``found`` has room for.

    Parameters
    ----------
    threshold, floor
        ``(asks,)`` and ``(substitutes,)``; the floor is not negative.
    """
    people, places = len(side.who), 0
    for rank in range(people):
        places = max(places, side.place[rank] + 1)
    by_place = np.zeros(places + 1, np.int32)
    at_place = np.empty(people, np.int32)
    fill = np.empty(places, np.int32)
    by_video = np.empty(people, np.int32)
    base = np.empty(people, np.int64)
    passed = np.full(people, -1, np.int32)
    rank_of = np.full(len(floor), -1, np.int32)
    for rank in range(people):
        rank_of[side.who[rank]] = rank
    want, videos, least = -1, 0, 0
    for ask in range(first, last):
        if threshold[ask] <= 0:
            continue
        # 1. Whom the rules permit for this want: by place, and by video.
        if asks.want[ask] != want:
            want, videos, least = asks.want[ask], 0, EVERYTHING
            by_place[:] = 0
            for rank in range(people):
                base[rank] = side.standing[rank] + floor[side.who[rank]]
                if not asks.permitted[want, side.profile[rank]]:
                    continue
                least = min(least, base[rank])
                if side.in_person[rank]:
                    by_place[side.place[rank] + 1] += 1
                if side.telehealth[rank]:
                    by_video[videos] = rank
                    videos += 1
            for place in range(places):
                by_place[place + 1] += by_place[place]
                fill[place] = by_place[place]
            for rank in range(people):
                if side.in_person[rank] and asks.permitted[want, side.profile[rank]]:
                    at_place[fill[side.place[rank]]] = rank
                    fill[side.place[rank]] += 1
        # 2. Pairs known already, and the own clinician, are passed over.
        for k in range(known.start[ask], known.start[ask + 1]):
            if rank_of[known.who[k]] >= 0:
                passed[rank_of[known.who[k]]] = ask
        if asks.own[ask] >= 0 and rank_of[asks.own[ask]] >= 0:
            passed[rank_of[asks.own[ask]]] = ask
        most = found.who.shape[1]
        bar = threshold[ask] - 1
        video = asks.telehealth_points[ask]
        # 3. In person, outward; who also works by video is judged both ways.
        if asks.in_person[ask]:
            row = asks.zip[ask]
            for near in range(side.near_start[row], side.near_start[row + 1]):
                miles = side.near_miles[near]
                if miles == miles:
                    drive = min(weight.most_miles, int(weight.mile * miles))
                else:
                    drive = weight.most_miles
                if drive + least > bar:
                    break
                place = side.near_place[near]
                if place >= places:
                    continue
                for k in range(by_place[place], by_place[place + 1]):
                    rank = at_place[k]
                    if base[rank] + drive > bar or passed[rank] == ask:
                        continue
                    if miles > asks.limit[asks.county[ask], side.license[rank]]:
                        continue
                    passed[rank] = ask
                    extra = _unlike(asks, side, weight, ask, rank)
                    remote = (
                        asks.telehealth[ask] and side.telehealth[rank] and video < drive
                    )
                    way = video if remote else drive
                    if base[rank] + extra + way > bar:
                        continue
                    _keep(found, ask, base[rank] + extra + way, side.who[rank],
                          side.standing[rank] + extra + way, remote,
                          0.0 if remote else miles)  # fmt: skip
                    if found.count[ask] == most:
                        bar = min(bar, found.cost[ask, most - 1])
        # 4. By video, from what stands least against them.
        if asks.telehealth[ask]:
            for k in range(videos):
                rank = by_video[k]
                if base[rank] + video > bar:
                    if side.standing[rank] + video > bar:
                        break
                    continue
                if passed[rank] == ask:
                    continue
                extra = _unlike(asks, side, weight, ask, rank)
                if base[rank] + extra + video > bar:
                    continue
                _keep(found, ask, base[rank] + extra + video, side.who[rank],
                      side.standing[rank] + extra + video, True, 0.0)  # fmt: skip
                if found.count[ask] == most:
                    bar = min(bar, found.cost[ask, most - 1])


@njit(cache=True, nogil=True)
def _move(
    found: Found,
    ask: int,
    end: int,
    who: NDArray[np.int32],
    points: NDArray[np.int32],
    telehealth: NDArray[np.bool_],
    miles: NDArray[np.float32],
) -> int:
    """Put what was found behind what stands there, and return the new end."""
    for k in range(found.count[ask]):
        who[end], points[end] = found.who[ask, k], found.points[ask, k]
        telehealth[end], miles[end] = found.telehealth[ask, k], found.miles[ask, k]
        end += 1
    return end


@njit(cache=True, nogil=True)
def merge(
    old: tuple[
        NDArray[np.int64],
        NDArray[np.int32],
        NDArray[np.int32],
        NDArray[np.bool_],
        NDArray[np.float32],
    ],
    house: Found,
    network: Found,
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.bool_],
    NDArray[np.float32],
]:
    """
    Add what was found to the old pairs, each ask ascending by points, then index.

    ``old`` and what is returned: ranges, substitutes, points, telehealth, miles.
    """
    asks = len(old[0]) - 1
    start = np.zeros(asks + 1, np.int64)
    for ask in range(asks):
        more = old[0][ask + 1] - old[0][ask] + house.count[ask] + network.count[ask]
        start[ask + 1] = start[ask] + more
    total = start[-1]
    who, points = np.empty(total, np.int32), np.empty(total, np.int32)
    telehealth, miles = np.empty(total, np.bool_), np.empty(total, np.float32)
    for ask in range(asks):
        begin, end = start[ask], start[ask]
        for k in range(old[0][ask], old[0][ask + 1]):
            who[end], points[end] = old[1][k], old[2][k]
            telehealth[end], miles[end] = old[3][k], old[4][k]
            end += 1
        fresh = end
        end = _move(house, ask, end, who, points, telehealth, miles)
        end = _move(network, ask, end, who, points, telehealth, miles)
        for k in range(max(fresh, begin + 1), end):
            person, cost, video, far = who[k], points[k], telehealth[k], miles[k]
            j = k
            while j > begin and (
                points[j - 1] > cost or (points[j - 1] == cost and who[j - 1] > person)
            ):
                who[j], points[j] = who[j - 1], points[j - 1]
                telehealth[j], miles[j] = telehealth[j - 1], miles[j - 1]
                j -= 1
            who[j], points[j], telehealth[j], miles[j] = person, cost, video, far
    return start, who, points, telehealth, miles
