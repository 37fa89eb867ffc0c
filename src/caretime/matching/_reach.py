"""Count, ask by ask, who could take over the patients who were left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching._columns import reach_of, side_of
from caretime.matching._limits import next_limit_of, next_limits
from caretime.matching._pool import Person
from caretime.matching._threads import in_parts
from caretime.matching.candidates import Finder
from caretime.model.people import Clinician
from caretime.rules.eligibility import (
    eligibility_matrix,
    is_independent,
    license_scope,
)
from caretime.rules.region import miles_between
from caretime.tables import rows

if TYPE_CHECKING:
    from caretime.matching._kernel.left_out import Sums

_Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Reach:
    """
    Of each ask how many substitutes there are.

    Parameters
    ----------
    permitted
        By license, need, supervision, ages, language, gender, payer and tier.
    meeting
        Of them in a way the patient wishes, consent and distance aside; may count
        somebody who meets both ways twice.
    eligible, opening, place
        Of them with consent and within distance; with an opening in the plan; with
        a place left.
    opened
        By relaxation: how many with a place it adds.
    """

    permitted: _Counts
    meeting: _Counts
    eligible: _Counts
    opening: _Counts
    place: _Counts
    opened: dict[str, _Counts]


def reach_of_asks(
    finder: Finder,
    asks: NDArray[np.int32],
    free: NDArray[np.int64],
    lent: NDArray[np.int64] | None,
) -> Reach:
    """
    Count for each ask who is permitted, and whom a relaxation would add.

    Whoever meets in person depends on want, zip code and county only, so that is
    summed once for each such spot; consent and the own clinician come after it.
    """
    from caretime.matching._kernel import left_out

    state = finder.pool.has_opening * np.uint8(left_out.HAS_OPENING)
    state |= (free > 0) * np.uint8(left_out.HAS_PLACE)
    if lent is not None:
        state |= (lent > 0) * np.uint8(left_out.HAS_LENT)
    codes = _codes(finder)
    near = _Nearby.of(finder, asks, codes, state.astype(np.uint8))
    place, ask = left_out.PLACE, finder.columns
    in_person, telehealth = ask.in_person[asks], ask.telehealth[asks]
    wish = ask.remote_wish[asks]
    # Who also meets by telehealth counts once, as such where the patient consents.
    person = in_person[:, None] * (near.alone + ~telehealth[:, None] * near.both)
    fits = telehealth[:, None] * near.remote + person
    driven = near.alone[:, place] + ~telehealth * near.both[:, place]
    farther = near.beyond[:, 0] + ~telehealth * near.beyond[:, 1]
    opened = {
        "other_weeks": fits[:, place],
        "intake_lent": fits[:, left_out.LENT],
        "another_supervisor": fits[:, left_out.BY_SUPERVISOR],
        "telehealth": ~telehealth
        * (near.remote - in_person[:, None] * near.both)[:, place],
        "in_person": ~in_person * driven,
        "farther": in_person * farther,
        "gender_preference": fits[:, left_out.BY_GENDER],
        "another_payer": fits[:, left_out.BY_PAYER],
        "risk_tier": fits[:, left_out.BY_TIER],
    }
    meeting = in_person * near.anyhow[:, 1] + wish * near.remote[:, left_out.ALL]
    return Reach(
        near.anyhow[:, 0],
        meeting,
        fits[:, left_out.ALL],
        fits[:, left_out.OPENING],
        fits[:, place],
        opened,
    )


@dataclass(frozen=True)
class _Nearby:
    """The sums of ``_kernel.left_out`` by ask, the own clinician taken out."""

    anyhow: _Counts
    remote: _Counts
    alone: _Counts
    both: _Counts
    beyond: _Counts

    @classmethod
    def of(
        cls,
        finder: Finder,
        asks: NDArray[np.int32],
        codes: NDArray[np.uint8],
        state: NDArray[np.uint8],
    ) -> _Nearby:
        columns, zips = finder.columns, finder.zips
        keys = np.stack((columns.want, zips.of, zips.county), axis=1)[asks]
        spots, spot = np.unique(keys, axis=0, return_inverse=True)
        sums = _sums(finder, codes, state, np.ascontiguousarray(spots))
        spot, want = spot.ravel(), columns.want[asks]
        nearby = cls(
            sums.anyhow[want],
            sums.remote[want],
            sums.near[spot, 0],
            sums.near[spot, 1],
            sums.beyond[spot],
        )
        for row in np.flatnonzero(columns.own[asks] >= 0).tolist():
            nearby._without_own(finder, row, int(asks[row]), codes, state)
        return nearby

    def _without_own(
        self,
        finder: Finder,
        row: int,
        ask: int,
        codes: NDArray[np.uint8],
        state: NDArray[np.uint8],
    ) -> None:
        """Take the own clinician out of the sums of one ask."""
        from caretime.matching._kernel import left_out

        pool, own = finder.pool, finder.columns.own[ask]
        code = codes[finder.columns.want[ask], pool.profile[own]]
        counted = np.zeros(left_out.SUMS, np.int32)
        left_out.add(counted, code, state[own])
        self.anyhow[row] -= counted[left_out.ALL] * np.array([1, pool.in_person[own]])
        remote = bool(pool.telehealth[own])
        if remote:
            self.remote[row] -= counted
        if not pool.in_person[own]:
            return
        home, place = finder.zips.point[finder.zips.of[ask]], pool.point[own]
        miles = np.nan if np.isnan(home[0]) else miles_between(*home, *place)
        limit = finder.zips.limit[finder.zips.county[ask], pool.license[own]]
        if not miles > limit:
            (self.both if remote else self.alone)[row] -= counted
        elif miles <= next_limit_of(float(limit)):
            self.beyond[row, int(remote)] -= counted[left_out.PLACE]


def _sums(
    finder: Finder,
    codes: NDArray[np.uint8],
    state: NDArray[np.uint8],
    spots: NDArray[np.int32],
) -> Sums:
    from caretime.matching._kernel import left_out

    farther = next_limits(finder.zips.limit)
    everybody = np.ones(len(finder.substitutes), np.bool_)
    side = side_of(finder.pool, finder.zips, everybody, reach_of(finder.zips, farther))
    sums = left_out.Sums(
        np.zeros((len(codes), 2), np.int32),
        np.zeros((len(codes), left_out.SUMS), np.int32),
        np.zeros((len(spots), 2, left_out.SUMS), np.int32),
        np.zeros((len(spots), 2), np.int32),
    )
    left_out.sum_wants(side, codes, state, sums)
    limits = (finder.zips.limit, farther)
    in_parts(
        len(spots),
        lambda first, last: left_out.sum_spots(
            side, codes, state, spots, limits, first, last, sums
        ),
    )
    return sums


def _codes(finder: Finder) -> NDArray[np.uint8]:
    """Say of each want and profile whether it is permitted, or what forbids it."""
    from caretime.matching._kernel import left_out

    wants, people = finder.asks.wants, finder.pool.profiles
    as_asked = finder.columns.permitted
    codes = as_asked.astype(np.uint8) * np.uint8(left_out.AS_ASKED)
    given_up = (
        (left_out.GENDER, people, [replace(w, gender_preference=None) for w in wants]),
        (left_out.PAYER, people, [replace(w, payer=None) for w in wants]),
        (left_out.TIER, people, [replace(w, risk_tier=3) for w in wants]),
        (left_out.SUPERVISOR, [_supervised(p) for p in people], wants),
    )
    for bit, asked_of, asked in given_up:
        permitted = eligibility_matrix(
            asked_of,
            asked,
            present=(*finder.present.values(), _supervisor()),
            associates_see_tier_1=finder.policy.associates_see_tier_1,
        ).T
        codes |= (permitted & ~as_asked) * np.uint8(bit)
    return np.ascontiguousarray(codes)


def _supervised(person: Person) -> Person:
    """Return the person, an associate with somebody present to supervise them."""
    if isinstance(person, Clinician) and not is_independent(person.license):
        return replace(person, supervisor_id=_supervisor().clinician_id)
    return person


@cache
def _supervisor() -> Clinician:
    """Return somebody who may supervise whatever an associate's license allows."""
    code = max(
        (row["license"] for row in rows("licenses") if is_independent(row["license"])),
        key=lambda code: len(license_scope(code)),
    )
    return Clinician("another supervisor", code, (), (), (), 1.0, "", 0.0, None,
                     date.min, "therapist", 1, False)  # fmt: skip
