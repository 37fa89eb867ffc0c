"""How many people of each kind ask for care in a week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from caretime.simulation.streams import MASK


def count_table(
    rates: NDArray[np.float64], dispersion: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """
    Return cumulative thresholds of the weekly number of referrals.

    Poisson where the dispersion is 1, negative binomial above it. The number is
    how many thresholds a draw reaches, so more demand only adds to a count.

    Parameters
    ----------
    rates
        ``(strata,)``: mean referrals a week, zero or more.
    dispersion
        ``(strata,)``: variance over mean.

    Returns
    -------
    ndarray of uint64
        ``(strata, counts)``: column n is the chance of at most n, times 2**64.

    Examples
    --------
    >>> table = count_table(np.array([2.0]), np.array([1.0]))
    >>> float(round(table[0, 0] / 2.0**64, 4))  # exp(-2)
    0.1353
    """
    size = int(max((rates + 8 * np.sqrt(rates * dispersion) + 10).max(), 1))
    extra = np.maximum(dispersion - 1.0, 0.0)
    poisson = extra < 1e-9
    shape = np.where(poisson, 1.0, rates / np.where(poisson, 1.0, extra))
    chance = extra / np.maximum(dispersion, 1.0)
    term = np.where(poisson, np.exp(-rates), (1 - chance) ** shape)
    total = np.zeros(len(rates))
    table = np.zeros((len(rates), size), np.uint64)
    for n in range(size):
        total += term
        reached = total >= 1.0
        below = np.where(reached, 0.0, total) * 2.0**64
        table[:, n] = np.where(reached, np.uint64(MASK), below.astype(np.uint64))
        ratio = np.where(poisson, rates, (shape + n) * chance)
        term = term * ratio / (n + 1)
    return table
