"""Who is permitted, near and by telehealth: sums for wants and zip codes, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from caretime.matching._kernel.nearest import Side

# What a code says of a want and a profile, bit by bit: permitted as asked, or only with
# one thing given up.
AS_ASKED, GENDER, PAYER, TIER, SUPERVISOR = 1, 2, 4, 8, 16

# What a state says of a substitute, bit by bit.
HAS_OPENING, HAS_PLACE, HAS_LENT = 1, 2, 4

# Columns of the sums: permitted as asked; of them with an opening in the plan, with a
# place left, with intake openings to lend; with a place, but only if the patient's
# wish, the payer or the tier were given up, or the associate had another supervisor.
(ALL, OPENING, PLACE, LENT, BY_GENDER, BY_PAYER, BY_TIER, BY_SUPERVISOR, SUMS) = range(
    9
)


class Sums(NamedTuple):
    """
    Sums over substitutes.

    Parameters
    ----------
    anyhow
        ``(wants, 2)``: permitted as asked, all and those who meet in person.
    remote
        ``(wants, SUMS)``: those who meet by telehealth.
    near
        ``(spots, 2, SUMS)``: those who meet in person within the limit; apart those
        who do not and those who do meet by telehealth as well.
    beyond
        ``(spots, 2)``: the same, permitted as asked and with a place left, beyond the
        limit but within the next.
    """

    anyhow: NDArray[np.int32]
    remote: NDArray[np.int32]
    near: NDArray[np.int32]
    beyond: NDArray[np.int32]


@njit(cache=True, nogil=True)
def add(sums: NDArray[np.int32], code: int, has: int) -> None:
    """Add one substitute to a row of sums."""
    if code & AS_ASKED:
        sums[ALL] += 1
        sums[OPENING] += (has & HAS_OPENING) != 0
        sums[PLACE] += (has & HAS_PLACE) != 0
        sums[LENT] += (has & HAS_LENT) != 0
    elif has & HAS_PLACE:
        sums[BY_GENDER] += (code & GENDER) != 0
        sums[BY_PAYER] += (code & PAYER) != 0
        sums[BY_TIER] += (code & TIER) != 0
        sums[BY_SUPERVISOR] += (code & SUPERVISOR) != 0


@njit(cache=True, nogil=True)
def sum_wants(
    side: Side, codes: NDArray[np.uint8], state: NDArray[np.uint8], sums: Sums
) -> None:
    """
    Sum over everybody, and over who meets by telehealth, for each want.

    Parameters
    ----------
    codes, state
        ``(wants, profiles)`` and ``(substitutes,)``: bits as above.
    """
    for want in range(len(codes)):
        for rank in range(len(side.who)):
            code = codes[want, side.profile[rank]]
            if not code:
                continue
            if code & AS_ASKED:
                sums.anyhow[want, 0] += 1
                sums.anyhow[want, 1] += side.in_person[rank]
            if side.telehealth[rank]:
                add(sums.remote[want], code, state[side.who[rank]])


@njit(cache=True, nogil=True)
def sum_spots(
    side: Side,
    codes: NDArray[np.uint8],
    state: NDArray[np.uint8],
    spots: NDArray[np.int32],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
    first: int,
    last: int,
    sums: Sums,
) -> None:
    """
    Sum over who meets in person near each spot from ``first`` to before ``last``.

    Parameters
    ----------
    side
        With the places near each zip code as far as the next limits.
    spots
        ``(spots, 3)``: want, zip code and county, ascending by want.
    limits
        ``(counties, licenses)`` each: the limit in miles and the next one.
    """
    people, places = len(side.who), 0
    for rank in range(people):
        places = max(places, side.place[rank] + 1)
    start, at_place = np.zeros(places + 1, np.int32), np.empty(people, np.int32)
    bits = np.empty(people, np.uint8)
    limit, next_limit = limits
    want = -1
    for spot in range(first, last):
        # 1. Those who may matter to the want, by place.
        if spots[spot, 0] != want:
            want = spots[spot, 0]
            start[:] = 0
            for rank in range(people):
                bits[rank] = codes[want, side.profile[rank]] * side.in_person[rank]
                start[side.place[rank] + 1] += bits[rank] != 0
            for place in range(places):
                start[place + 1] += start[place]
            fill = start.copy()
            for rank in range(people):
                if bits[rank]:
                    at_place[fill[side.place[rank]]] = rank
                    fill[side.place[rank]] += 1
        # 2. Outward; a distance that is not a number is not judged.
        zip_code, county = spots[spot, 1], spots[spot, 2]
        for near in range(side.near_start[zip_code], side.near_start[zip_code + 1]):
            miles, place = side.near_miles[near], side.near_place[near]
            for k in range(start[place], start[place + 1]):
                rank = at_place[k]
                has, code = state[side.who[rank]], side.license[rank]
                remote = np.int64(side.telehealth[rank])
                if not miles > limit[county, code]:
                    add(sums.near[spot, remote], bits[rank], has)
                elif miles <= next_limit[county, code] and bits[rank] & AS_ASKED:
                    sums.beyond[spot, remote] += (has & HAS_PLACE) != 0
