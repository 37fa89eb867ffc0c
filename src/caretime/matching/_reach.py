"""Count, ask by ask, who could take patients over who were left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from caretime.matching._columns import reach_of, side_of
from caretime.matching._limits import next_limits
from caretime.matching._pool import Person
from caretime.matching._threads import in_parts
from caretime.matching.candidates import Finder
from caretime.model.people import Clinician
from caretime.rules.eligibility import eligibility_matrix, is_independent, license_scope
from caretime.tables import rows

_ANYBODY = "supervisor"


def counts_of(
    finder: Finder,
    asks: NDArray[np.int32],
    free: NDArray[np.int64],
    lent: NDArray[np.int64] | None,
) -> NDArray[np.int32]:
    """
    Count for each ask, ascending, who is permitted and who would be.

    Returns
    -------
    ndarray of int32
        ``(asks, COUNTS)``, columns of ``_kernel.left_out``.
    """
    from caretime.matching._kernel import left_out

    everybody = np.ones(len(finder.substitutes), np.bool_)
    farther = next_limits(finder.zips.limit)
    side = side_of(finder.pool, finder.zips, everybody, reach_of(finder.zips, farther))
    state = finder.pool.has_opening.astype(np.uint8) | (free > 0) * np.uint8(2)
    if lent is not None:
        state |= (lent > 0) * np.uint8(4)
    counts = np.zeros((len(asks), left_out.COUNTS), np.int32)
    codes = _codes(finder)
    in_parts(
        len(asks),
        lambda first, last: left_out.count_permitted(
            finder.columns, side, codes, farther, state, asks, first, last, counts
        ),
    )
    return counts


def _codes(finder: Finder) -> NDArray[np.uint8]:
    """Say of each want and profile whether it is permitted, or what forbids it."""
    from caretime.matching._kernel import left_out

    wants = finder.asks.wants
    people = finder.pool.profiles
    as_asked = finder.columns.permitted
    codes = as_asked.astype(np.uint8) * np.uint8(left_out.AS_ASKED)
    given_up = (
        (left_out.GENDER, people, [replace(w, gender_preference=None) for w in wants]),
        (left_out.PAYER, people, [replace(w, payer=None) for w in wants]),
        (left_out.TIER, people, [replace(w, risk_tier=3) for w in wants]),
        (left_out.SUPERVISOR, [_supervised(p) for p in people], list(wants)),
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
        return replace(person, supervisor_id=_ANYBODY)
    return person


@cache
def _supervisor() -> Clinician:
    """Return somebody who may supervise whatever an associate's license allows."""
    code = max(
        (row["license"] for row in rows("licenses") if is_independent(row["license"])),
        key=lambda code: len(license_scope(code)),
    )
    return Clinician(_ANYBODY, code, (), (), (), 1.0, "", 0.0, None, date.min,
                     "therapist", 1, False)  # fmt: skip
