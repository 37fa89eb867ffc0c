"""The bound of a site as an answer: points, and the prices behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNSTAFFED = 50_000.0
"""Points lost by a shift nobody holds; far above any week without it."""


@dataclass
class Bound:
    """
    The bound of one site and the prices behind it.

    Parameters
    ----------
    points
        No roster has more that keeps rooms and cover.
    at_prices
        The same at the prices below, which are those of the last round.
    bands
        ``(plans, bands)``: price of one more opening in a band.
    rooms
        ``(days, ticks)``: price of a room.
    held
        ``(shifts, plans)``: share of a shift each clinician holds.
    rounds
        Sweeps over the site's clinicians that were made.
    """

    points: float
    at_prices: float
    bands: NDArray[np.float64]
    rooms: NDArray[np.float64]
    held: NDArray[np.float64]
    rounds: int

    def with_shortages(self, unstaffed: int, over: NDArray[np.int64]) -> float:
        """
        Return what no roster can exceed that lacks so much.

        Parameters
        ----------
        unstaffed
            People lacking over all shifts; each is counted as ``UNSTAFFED``.
        over
            ``(days, ticks)``: visits in person beyond the rooms, at their prices.
        """
        points = self.points
        if over.any():
            points = self.at_prices + float((np.maximum(0.0, self.rooms) * over).sum())
        return points + UNSTAFFED * unstaffed
