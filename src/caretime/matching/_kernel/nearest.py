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
    is ``(wants, profiles)``. ``telehealth`` is wished for (``remote_wish``) and
    consented to.
    """

    want: NDArray[np.int32]
    zip: NDArray[np.int32]
    county: NDArray[np.int32]
    in_person: NDArray[np.bool_]
    telehealth: NDArray[np.bool_]
    remote_wish: NDArray[np.bool_]
    telehealth_points: NDArray[np.int32]
    clinic: NDArray[np.int32]
    license: NDArray[np.int32]
    own: NDArray[np.int32]
    limit: NDArray[np.float64]
    permitted: NDArray[np.bool_]


class Found(NamedTuple):
    """What was found: ``counts`` ``(asks,)``, the rest ``(asks, most)``."""

    counts: NDArray[np.int32]
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


@njit(cache=True, nogil=True, forceinline=True)
def _keep(
    costs: NDArray[np.int64],
    marks: NDArray[np.int64],
    count: int,
    cost: int,
    mark: int,
) -> int:
    """Keep a pair if it is among the cheapest, in order, and return how many are."""
    if count == len(costs):
        count -= 1
        if (cost, mark) >= (costs[count], marks[count]):
            return count + 1
    k = count
    while k > 0 and (
        costs[k - 1] > cost or (costs[k - 1] == cost and marks[k - 1] > mark)
    ):
        costs[k], marks[k] = costs[k - 1], marks[k - 1]
        k -= 1
    costs[k], marks[k] = cost, mark
    return count + 1


@njit(cache=True, nogil=True)
def _permit(
    permitted: NDArray[np.bool_],
    side: Side,
    by_place: NDArray[np.int32],
    at_place: NDArray[np.int32],
    by_video: NDArray[np.int32],
) -> int:
    """List whom the rules permit, by place and by video; return how many by video."""
    videos, places = 0, len(by_place) - 1
    by_place[:] = 0
    for rank in range(len(side.who)):
        if permitted[side.profile[rank]]:
            if side.in_person[rank]:
                by_place[side.place[rank] + 1] += 1
            if side.telehealth[rank]:
                by_video[videos] = rank
                videos += 1
    for place in range(places):
        by_place[place + 1] += by_place[place]
    fill = by_place.copy()
    for rank in range(len(side.who)):
        if permitted[side.profile[rank]] and side.in_person[rank]:
            at_place[fill[side.place[rank]]] = rank
            fill[side.place[rank]] += 1
    return videos


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
    # Columns are taken out of their tuples once: in a loop that costs more than all.
    who, standing = side.who, side.standing
    clinics, licenses, limits = side.clinic, side.license, asks.limit
    near_place, near_miles, by_telehealth = (
        side.near_place, side.near_miles, side.telehealth,
    )  # fmt: skip
    people, places, most = len(who), 0, found.who.shape[1]
    for rank in range(people):
        places = max(places, side.place[rank] + 1)
    by_place = np.zeros(places + 1, np.int32)
    at_place, by_video = np.empty(people, np.int32), np.empty(people, np.int32)
    base, passed = np.empty(people, np.int64), np.full(people, -1, np.int32)
    rank_of = np.full(len(floor), -1, np.int32)
    least = EVERYTHING
    for rank in range(people):
        rank_of[who[rank]] = rank
        base[rank] = standing[rank] + floor[who[rank]]
        least = min(least, base[rank])
    costs, marks = np.empty(most, np.int64), np.empty(most, np.int64)
    far = np.empty(people, np.float32)
    want, videos = -1, 0
    for ask in range(first, last):
        if threshold[ask] <= least:
            continue
        # 1. Whom the rules permit for this want.
        if asks.want[ask] != want:
            want = asks.want[ask]
            videos = _permit(asks.permitted[want], side, by_place, at_place, by_video)
        # 2. Pairs known already, and the own clinician, are passed over.
        for k in range(known.start[ask], known.start[ask + 1]):
            if rank_of[known.who[k]] >= 0:
                passed[rank_of[known.who[k]]] = ask
        if asks.own[ask] >= 0 and rank_of[asks.own[ask]] >= 0:
            passed[rank_of[asks.own[ask]]] = ask
        count, bar, video = 0, threshold[ask] - 1, asks.telehealth_points[ask]
        home, own_license, county = (
            asks.clinic[ask],
            asks.license[ask],
            asks.county[ask],
        )
        # 3. In person, outward; who also works by video is judged both ways.
        begin, end = side.near_start[asks.zip[ask]], side.near_start[asks.zip[ask] + 1]
        if not asks.in_person[ask]:
            end = begin
        for near in range(begin, end):
            miles, drive = near_miles[near], weight.most_miles
            if miles == miles:
                drive = min(drive, int(weight.mile * miles))
            if drive + least > bar:
                break
            place = near_place[near]
            for k in range(by_place[place], by_place[place + 1]):
                rank = at_place[k]
                if base[rank] + drive > bar or passed[rank] == ask:
                    continue
                if miles > limits[county, licenses[rank]]:
                    continue
                passed[rank] = ask
                cost, remote = base[rank] + drive, False
                if asks.telehealth[ask] and by_telehealth[rank] and video < drive:
                    cost, remote = base[rank] + video, True
                if own_license >= 0 and licenses[rank] != own_license:
                    cost += weight.license
                if home >= 0 and clinics[rank] >= 0 and clinics[rank] != home:
                    cost += weight.clinic
                if cost > bar:
                    continue
                far[rank] = 0.0 if remote else miles
                mark = np.int64(who[rank]) << 1 | remote
                count = _keep(costs, marks, count, cost, mark)
                if count == most:
                    bar = min(bar, costs[most - 1])
        # 4. By video, from what stands least against them.
        for k in range(videos if asks.telehealth[ask] else 0):
            rank = by_video[k]
            cost = base[rank] + video
            if cost > bar:
                if standing[rank] + video > bar:
                    break
                continue
            if own_license >= 0 and licenses[rank] != own_license:
                cost += weight.license
            if home >= 0 and clinics[rank] >= 0 and clinics[rank] != home:
                cost += weight.clinic
            if cost > bar or passed[rank] == ask:
                continue
            far[rank] = 0.0
            count = _keep(costs, marks, count, cost, np.int64(who[rank]) << 1 | 1)
            if count == most:
                bar = min(bar, costs[most - 1])
        # 5. Write down what was kept.
        found.counts[ask] = count
        for k in range(count):
            person = marks[k] >> 1
            found.who[ask, k] = person
            found.points[ask, k] = costs[k] - floor[person]
            found.telehealth[ask, k] = marks[k] & 1
            found.miles[ask, k] = far[rank_of[person]]


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
    for k in range(found.counts[ask]):
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
        more = old[0][ask + 1] - old[0][ask] + house.counts[ask] + network.counts[ask]
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
