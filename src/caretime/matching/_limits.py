"""The next distance that could be asked of somebody."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from caretime.tables import rows


@cache
def next_limit_of(miles: float) -> float:
    """
    Return the next limit of ``region_standards`` above this one; twice the widest.

    >>> next_limit_of(15), next_limit_of(60)
    (30, 120)
    """
    stated = sorted({int(row["miles"]) for row in rows("region_standards")})
    above = bisect_right(stated, miles)
    return stated[above] if above < len(stated) else 2 * miles


def next_limits(limit: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return the next limit above each, infinite stays so.

    >>> next_limits(np.array([15.0, 60.0, np.inf]))
    array([ 30., 120.,  inf])
    """
    result = np.full_like(limit, inf)
    for miles in np.unique(limit):
        result[limit == miles] = next_limit_of(float(miles))
    return result
