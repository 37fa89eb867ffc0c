"""How far a person may have to travel: miles between points, limits by county."""

from __future__ import annotations

from functools import cache
from math import asin, cos, radians, sin, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from caretime.tables import rows

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius; the error against the ellipsoid stays under 0.6 %."""


def miles_between(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """
    Return the great-circle distance in miles between two points in degrees.

    Roads are longer, so a pair refused for distance is refused on the road as well,
    while a pair allowed may be too far by car. Haversine formula.

    Examples
    --------
    Los Angeles to San Diego, city halls:

    >>> round(miles_between(34.0537, -118.2427, 32.7170, -117.1628), 1)
    111.4
    """
    north = radians(other_latitude - latitude) / 2
    east = radians(other_longitude - longitude) / 2
    breadth = cos(radians(latitude)) * cos(radians(other_latitude))
    half = sin(north) ** 2 + breadth * sin(east) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(half)))


def miles_matrix(points: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """
    Return all distances between two lists of points, as ``miles_between``.

    Parameters
    ----------
    points, others
        Shapes ``(n, 2)`` and ``(m, 2)``: latitude and longitude in degrees.

    Returns
    -------
    ndarray of float
        Shape ``(n, m)``, miles.

    Examples
    --------
    >>> miles_matrix([[34.0, -118.0]], [[34.0, -118.0], [35.0, -118.0]]).round(1)
    array([[ 0. , 69.1]])
    """
    one = np.radians(np.asarray(points, dtype=np.float64))[:, None, :]
    two = np.radians(np.asarray(others, dtype=np.float64))[None, :, :]
    north, east = np.moveaxis((two - one) / 2, 2, 0)
    breadth = np.cos(one[..., 0]) * np.cos(two[..., 0])
    half = np.sin(north) ** 2 + breadth * np.sin(east) ** 2
    distances: NDArray[np.float64] = (
        2 * EARTH_RADIUS_MILES * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    )
    return distances


def limit_miles(county: str, license_code: str) -> int | None:
    """
    Return how many miles a person of a county may have to travel to this license.

    A row for the license's own provider type (``physician``, ``non_physician``) goes
    before a row for ``any``. ``None`` where the tables state no limit for the county:
    then distance is not judged.

    >>> limit_miles("Los Angeles", "LCSW"), limit_miles("Kern", "LCSW")
    (15, 45)
    >>> limit_miles("Atlantis", "LCSW") is None
    True
    """
    county_class = _county_classes().get(county)
    if county_class is None:
        return None
    own = (county_class, _provider_types().get(license_code, "non_physician"))
    return _limits().get(own, _limits().get((county_class, "any")))


@cache
def _county_classes() -> dict[str, str]:
    return {row["county"]: row["county_class"] for row in rows("county_classes")}


@cache
def _limits() -> dict[tuple[str, str], int]:
    return {
        (row["county_class"], row["provider"]): int(row["miles"])
        for row in rows("region_standards")
    }


@cache
def _provider_types() -> dict[str, str]:
    return {
        row["license"]: "physician" if row["physician"] == "yes" else "non_physician"
        for row in rows("licenses")
    }
