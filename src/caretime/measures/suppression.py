"""Small-number suppression: no count that could point at a few people."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from caretime.measures.measure import Measurement, mean_of

THRESHOLD = 11
"""Counts of 1 to 10 are hidden, the habit of United States health statistics [M]."""


def hidden_rows(
    counts: NDArray[np.int64], *, threshold: int = THRESHOLD
) -> NDArray[np.bool_]:
    """
    Say which parts of a table must be hidden.

    Parameters
    ----------
    counts
        Shape ``(parts, columns)``, zero or more. The parts make up a whole
        whose column totals are shown too.
    threshold
        Counts from 1 to ``threshold - 1`` are small.

    Returns
    -------
    ndarray of bool
        Shape ``(parts,)``; a hidden part hides all of its columns.

    Notes
    -----
    First every part with a small count is hidden. Then more parts, smallest
    first, until no small count follows from the totals: a reader who knows the
    totals, the shown parts and this rule knows the sum of the hidden ones and
    that each is at least 1, so the sum must leave every hidden count a range of
    at least ``threshold`` values. Where even that is not enough, or the whole
    itself is small, all parts are hidden, those with zero as well.

    Examples
    --------
    Hiding 4 alone would give it away (100 - 96), so the next smallest goes too:

    >>> hidden_rows(np.array([[4], [76], [20]])).tolist()
    [True, False, True]
    """
    if threshold < 2:
        raise ValueError(f"threshold must be 2 or more, got {threshold}")
    small = (counts > 0) & (counts < threshold)
    hidden = np.asarray(small.any(axis=1))
    whole = counts.sum(axis=0)
    if ((whole > 0) & (whole < threshold)).any():
        return np.ones(len(counts), dtype=np.bool_)
    for row in np.argsort(counts.sum(axis=1), kind="stable"):
        if not _gives_away(counts, small, hidden, threshold):
            return hidden
        if counts[row].any():
            hidden[row] = True
    if _gives_away(counts, small, hidden, threshold):
        return np.ones(len(counts), dtype=np.bool_)
    return hidden


def _gives_away(
    counts: NDArray[np.int64],
    small: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
    threshold: int,
) -> bool:
    """Say whether a small count follows from the totals and the shown parts."""
    within = small & hidden[:, None]
    slack = counts[hidden].sum(axis=0) - hidden.sum()
    return bool((within.any(axis=0) & (slack < threshold - 1)).any())


def hidden_measurements(
    measurements: Iterable[Measurement],
    whole: Iterable[Measurement] = (),
    *,
    threshold: int = THRESHOLD,
) -> frozenset[tuple[str, str, str]]:
    """
    Return ``(name, dimension, part)`` of the slices that must not be shown.

    Judged on mean counts over replications, rounded: the denominator, for
    shares also the numerator and its complement. Medians and percentiles
    follow the count of people they are taken over.

    Parameters
    ----------
    measurements
        Slices, as `measure_slices` returns them.
    whole
        Measures of all people; where such a count is itself small, every slice
        of that measure is hidden.
    """
    small_wholes = {m.name for m in whole if is_small(m, threshold=threshold)}
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for measurement in measurements:
        key = (measurement.name, measurement.dimension)
        groups.setdefault(key, []).append(measurement)
    hidden: set[tuple[str, str, str]] = set()
    for (name, dimension), parts in groups.items():
        mask = hidden_rows(np.array([_counts(p) for p in parts]), threshold=threshold)
        hidden.update(
            (name, dimension, part.part)
            for part, hide in zip(parts, mask, strict=True)
            if hide or name in small_wholes
        )
    return frozenset(hidden)


def _counts(measurement: Measurement) -> list[int]:
    """Give the counts of people that a measure shows or lets a reader subtract."""
    below = round(mean_of(measurement.denominators) or 0)
    if not measurement.name.startswith(("within_", "wait_")):
        return []
    if measurement.name.startswith("wait_"):
        return [below]
    above = round(mean_of(measurement.numerators) or 0)
    return [below, above, below - above]


def is_small(measurement: Measurement, *, threshold: int = THRESHOLD) -> bool:
    """Say whether a measure rests on, or gives away, a small count of people."""
    return any(0 < count < threshold for count in _counts(measurement))
