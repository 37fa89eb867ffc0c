"""Statistics of wait histograms: exact, because every whole wait has its own bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from caretime.model.log import BINS


def share_within(counts: NDArray[np.int64], limit: int) -> NDArray[np.float64]:
    """
    Return the share of waits of at most ``limit`` units.

    Parameters
    ----------
    counts
        Shape ``(..., BINS)``: how many waited 0, 1, 2, ... units.
    limit
        0 to 126; the last bin, 127 and more, is never within a limit.

    Returns
    -------
    ndarray of float
        Shape of the leading axes; ``nan`` where nobody was counted.

    Raises
    ------
    ValueError
        If ``limit`` cannot be judged from the histogram.

    Examples
    --------
    >>> counts = np.zeros(BINS, np.int64)
    >>> counts[[3, 10, 11]] = 1, 2, 1
    >>> float(share_within(counts, 10))
    0.75
    """
    if not 0 <= limit < BINS - 1:
        raise ValueError(f"limit must be 0 to {BINS - 2}, got {limit}")
    return ratio(counts[..., : limit + 1].sum(-1), counts.sum(-1))


def mean_wait(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Return the mean wait; a wait of 127 and more counts as 127.

    Examples
    --------
    >>> counts = np.zeros(BINS, np.int64)
    >>> counts[[2, 6]] = 3, 1
    >>> float(mean_wait(counts))
    3.0
    """
    return ratio(counts @ np.arange(BINS, dtype=np.int64), counts.sum(-1))


def percentile(counts: NDArray[np.int64], percent: int) -> NDArray[np.float64]:
    """
    Return the smallest wait that at least ``percent`` in 100 do not exceed.

    It is a wait that somebody had (numpy's ``inverted_cdf``), computed in
    whole numbers, so it is exact at any size.

    Parameters
    ----------
    counts
        Shape ``(..., BINS)``.
    percent
        1 to 100.

    Returns
    -------
    ndarray of float
        Shape of the leading axes; ``nan`` where nobody was counted, 127 where
        the answer is 127 or more.

    Examples
    --------
    >>> counts = np.zeros(BINS, np.int64)
    >>> counts[[2, 6]] = 1, 1
    >>> float(percentile(counts, 50)), float(percentile(counts, 51))
    (2.0, 6.0)
    """
    if not 1 <= percent <= 100:
        raise ValueError(f"percent must be 1 to 100, got {percent}")
    below = counts.cumsum(-1)
    total = below[..., -1]
    reached = below * 100 >= total[..., None] * percent
    waits = reached.argmax(-1).astype(np.float64)
    return np.where(total > 0, waits, np.nan)


def ratio(top: NDArray[np.int64], bottom: NDArray[np.int64]) -> NDArray[np.float64]:
    """Divide, ``nan`` where the denominator is zero."""
    result = np.full(np.shape(bottom), np.nan)
    np.divide(top, bottom, out=result, where=np.asarray(bottom) > 0)
    return result
