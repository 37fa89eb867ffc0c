"""Why nobody takes an ask over: permitted substitutes counted, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from caretime.matching._kernel.nearest import AskColumns, Side

# What a code of ``codes`` says of a want and a profile, bit by bit: permitted as asked,
# or only with one thing given up.
AS_ASKED, GENDER, PAYER, TIER, SUPERVISOR = 1, 2, 4, 8, 16

# Columns of the counts. The first four count anybody, the others those with places.
(
    PERMITTED,  # by the rules of the want
    MEETING,  # and in a way that the patient can be met, consent and distance aside
    ELIGIBLE,  # and with consent and within distance
    OPENING,  # and with an opening in the plan
    FREE,  # and with a place left
    BY_LENT,  # with intake openings that could be lent
    BY_SUPERVISOR,  # associates, were somebody to supervise them
    BY_TELEHEALTH,
    BY_IN_PERSON,
    BY_FARTHER,  # at the next limit
    BY_GENDER,
    BY_PAYER,
    BY_TIER,
    COUNTS,
) = range(14)


@njit(cache=True, nogil=True)
def count_permitted(
    asks: AskColumns,
    side: Side,
    codes: NDArray[np.uint8],
    next_limit: NDArray[np.float64],
    state: NDArray[np.uint8],
    rows: NDArray[np.int32],
    first: int,
    last: int,
    counts: NDArray[np.int32],
) -> None:
    """
    Count for the asks ``rows[first:last]`` who could take them over, and how.

    Parameters
    ----------
    side
        All substitutes, near places as far as ``next_limit``.
    codes
        ``(wants, profiles)``: bits as above.
    next_limit
        ``(counties, licenses)``: miles, where ``asks.limit`` to be given up.
    state
        ``(substitutes,)``: 1 has an opening in the plan, 2 has a place left, 4 has
        intake openings that could be lent.
    rows
        Asks, ascending, so that those of one want stand together.
    counts
        ``(rows, COUNTS)``, zeros; filled.
    """
    people, places = len(side.who), 0
    for rank in range(people):
        places = max(places, side.place[rank] + 1)
    here = np.full(places, np.inf)
    listed, bits = np.empty(people, np.int32), np.empty(people, np.uint8)
    near_place, near_miles = side.near_place, side.near_miles
    who, place, licenses = side.who, side.place, side.license
    meets_in_person, meets_by_video = side.in_person, side.telehealth
    limit = asks.limit
    want, length = -1, 0
    for row in range(first, last):
        ask = rows[row]
        # 1. Whom the rules permit, as asked or with one thing given up.
        if asks.want[ask] != want:
            want, length = asks.want[ask], 0
            for rank in range(people):
                code = codes[want, side.profile[rank]]
                if code:
                    listed[length], bits[length] = rank, code
                    length += 1
        # 2. How far everybody is.
        begin, end = side.near_start[asks.zip[ask]], side.near_start[asks.zip[ask] + 1]
        for near in range(begin, end):
            here[near_place[near]] = near_miles[near]
        in_person, telehealth = asks.in_person[ask], asks.telehealth[ask]
        remote_wish = telehealth or asks.remote_wish[ask]
        county, own, tally = asks.county[ask], asks.own[ask], counts[row]
        # 3. Each in turn; a distance that is not a number is not judged.
        for k in range(length):
            rank = listed[k]
            person, code, miles = who[rank], bits[k], here[place[rank]]
            if person == own:
                continue
            has = state[person]
            free = (has & 2) != 0
            near_enough = not miles > limit[county, licenses[rank]]
            by_video = meets_by_video[rank] and telehealth
            fits = by_video or (in_person and meets_in_person[rank] and near_enough)
            if code & AS_ASKED:
                tally[PERMITTED] += 1
                if (in_person and meets_in_person[rank]) or (
                    remote_wish and meets_by_video[rank]
                ):
                    tally[MEETING] += 1
                if fits:
                    tally[ELIGIBLE] += 1
                    tally[OPENING] += has & 1
                    tally[FREE] += free
                    tally[BY_LENT] += (has & 4) != 0
                elif free:
                    if meets_by_video[rank] and not telehealth:
                        tally[BY_TELEHEALTH] += 1
                    if meets_in_person[rank]:
                        if not in_person:
                            tally[BY_IN_PERSON] += near_enough
                        elif not miles > next_limit[county, licenses[rank]]:
                            tally[BY_FARTHER] += 1
            elif fits and free:
                tally[BY_GENDER] += (code & GENDER) != 0
                tally[BY_PAYER] += (code & PAYER) != 0
                tally[BY_TIER] += (code & TIER) != 0
                tally[BY_SUPERVISOR] += (code & SUPERVISOR) != 0
        for near in range(begin, end):
            here[near_place[near]] = np.inf
