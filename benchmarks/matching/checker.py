"""Values and bounds worked out anew, apart from everything that is measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching.cases import Pure


def value_of(pure: Pure, therapist: NDArray[np.int32]) -> int:
    """
    Return what an assignment costs, from the instance alone.

    Parameters
    ----------
    therapist
        ``(patients,)``, -1 where left out.

    Raises
    ------
    AssertionError
        If a pair is none of the instance's, or a therapist has too many.
    """
    placed = np.flatnonzero(therapist >= 0)
    load = np.bincount(therapist[placed], minlength=len(pure.places))
    assert (load <= pure.places).all(), "more patients than places"
    total = int(pure.left_out.sum() - pure.left_out[placed].sum())
    # Pairs ascend by ask; within one, a key of both finds the pair.
    ask = np.repeat(np.arange(len(pure.start) - 1), np.diff(pure.start))
    key = ask * len(pure.places) + pure.therapist
    order = np.argsort(key, kind="stable")
    wanted = pure.ask_of[placed].astype(np.int64) * len(pure.places)
    wanted += therapist[placed]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    assert (key[order][at] == wanted).all(), "a pair that is not allowed"
    return total + int(pure.points[order][at].sum())


def bound_of(pure: Pure, prices: NDArray[np.int64]) -> int:
    """
    Return what no assignment can go below, from any prices of places.

    Each patient takes the cheapest at these prices or is left out; what the places
    earn is taken off again.
    """
    assert (prices >= 0).all(), "a price below nothing"
    paid = pure.points + prices[pure.therapist]
    filled = np.diff(pure.start) > 0
    least = np.full(len(pure.start) - 1, np.iinfo(np.int64).max)
    least[filled] = np.minimum.reduceat(paid, pure.start[:-1][filled])
    each = np.minimum(pure.left_out, least[pure.ask_of])
    return int(each.sum() - (prices * pure.places).sum())


def counts_of(pure: Pure, therapist: NDArray[np.int32]) -> dict[str, int]:
    """Count who is left out, by tier, and the points of those placed."""
    out = therapist < 0
    return {
        f"left out, tier {k}": int((out & (pure.tier == k)).sum()) for k in (1, 2, 3)
    }
