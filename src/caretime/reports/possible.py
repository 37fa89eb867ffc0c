"""Ranges cut at what a measure can be: a symmetric interval does not know it."""

from __future__ import annotations

import math
from dataclasses import replace

from caretime.measures.estimate import Estimate

PERCENT = "%"
BEYOND_A_HUNDRED = ("leavers", "offered_of_referrals")
"""Percents that are no parts of a whole: a seat can be left twice in a year."""


def possible(name: str, unit: str, level: Estimate) -> Estimate:
    """
    Cut the interval of a level at what its measure can be.

    For display only, and never for a difference, which may have either sign.

    Parameters
    ----------
    name, unit
        Of the measure, as in ``tables/measures.csv``.
    level
        Of one arm; without an interval it is returned as it is.

    Examples
    --------
    >>> cut = possible("within_urgent", "%", Estimate(72.0, 43.3, 101.0, 3))
    >>> cut.low, cut.high
    (43.3, 100.0)
    """
    low, high = (cut(name, unit, end) for end in (level.low, level.high))
    return replace(level, low=low, high=high)


def cut(name: str, unit: str, end: float | None) -> float | None:
    """
    Cut one end: at zero, and a part of a whole at 100 %.

    >>> cut("visits", "visits a week", -3.0), cut("leavers", "%", 130.0)
    (0.0, 130.0)
    """
    if end is None:
        return None
    whole = unit == PERCENT and name not in BEYOND_A_HUNDRED
    return min(max(0.0, end), 100.0 if whole else math.inf)
