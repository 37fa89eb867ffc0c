"""Asks and substitutes as the compiled search reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching._asks import Asks
from caretime.matching._pool import Pool, numbered
from caretime.model.people import Patient
from caretime.rules.fit import weights
from caretime.rules.region import EARTH_RADIUS_MILES, limit_miles
from caretime.tables import rows

if TYPE_CHECKING:
    from caretime.matching._kernel.nearest import AskColumns, Side


@dataclass(frozen=True)
class Zips:
    """
    Where the patients of the asks live.

    Parameters
    ----------
    of, county
        ``(asks,)``: rows in ``point`` and ``limit``.
    point
        ``(zips, 2)``: latitude and longitude, not a number where unknown.
    limit
        ``(counties, licenses)``: miles, infinite where none is stated.
    """

    of: NDArray[np.int32]
    county: NDArray[np.int32]
    point: NDArray[np.float64]
    limit: NDArray[np.float64]


def zips_of(asks: Asks, patients: Sequence[Patient], pool: Pool) -> Zips:
    """Look up where the asks come from, and how far they may be sent."""
    asked = [patients[row] for row in asks.patient]
    zips = numbered(p.zip for p in asked)
    counties = numbered(p.county for p in asked)
    known = {
        row["zip"]: (float(row["latitude"]), float(row["longitude"]))
        for row in rows("zip_centroids")
    }
    nowhere = (np.nan, np.nan)
    limits = [[limit_miles(c, code) for code in pool.licenses] for c in counties]
    limit = np.array(
        [[np.inf if miles is None else miles for miles in row] for row in limits],
        np.float64,
    ).reshape(len(counties), len(pool.licenses))
    zip_of = np.array([zips[p.zip] for p in asked], np.int32)
    county = np.array([counties[p.county] for p in asked], np.int32)
    point = np.array([known.get(code, nowhere) for code in zips]).reshape(-1, 2)
    return Zips(zip_of, county, point, limit)


def reach_of(zips: Zips, limit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the widest limit of anybody in each zip code; ``limit`` as in ``Zips``."""
    reach = np.zeros(len(zips.point), np.float64)
    np.maximum.at(reach, zips.of, limit.max(axis=1, initial=0)[zips.county])
    return reach


def ask_columns(
    asks: Asks,
    patients: Sequence[Patient],
    pool: Pool,
    zips: Zips,
    permitted: NDArray[np.bool_],
) -> AskColumns:
    """Set the asks out in columns; ``permitted`` is ``(profiles, wants)``."""
    from caretime.matching._kernel import nearest

    asked = [patients[row] for row in asks.patient]
    homes = [("", "", -1) if home is None else home for home in asks.home]
    video = weights()["telehealth"].points
    wish = np.array([p.modality != "in_person" for p in asked], np.bool_)
    consent = np.array([p.telehealth_consent for p in asked], np.bool_)
    return nearest.AskColumns(
        asks.want,
        zips.of,
        zips.county,
        np.array([p.modality != "telehealth" for p in asked], np.bool_),
        wish & consent,
        wish,
        np.array([video * (p.modality == "either") for p in asked], np.int32),
        np.array([pool.clinics.get(home[0], -1) for home in homes], np.int32),
        np.array([pool.licenses.get(home[1], -1) for home in homes], np.int32),
        np.array([home[2] for home in homes], np.int32),
        zips.limit,
        np.ascontiguousarray(permitted.T),
    )


def side_of(
    pool: Pool, zips: Zips, chosen: NDArray[np.bool_], reach: NDArray[np.float64]
) -> Side:
    """
    Rank the chosen substitutes and list which places are near which zip code.

    ``reach`` is ``(zips,)``: miles.
    """
    from caretime.matching._kernel import nearest

    who = np.flatnonzero(chosen).astype(np.int32)
    who = who[np.argsort(pool.standing[who], kind="stable")]
    places, place = np.unique(pool.point[who], axis=0, return_inverse=True)
    near = nearest.reach(zips.point, reach, places, EARTH_RADIUS_MILES)
    return nearest.Side(
        who,
        pool.standing[who],
        pool.profile[who],
        place.ravel().astype(np.int32),
        pool.clinic[who],
        pool.license[who],
        pool.in_person[who],
        pool.telehealth[who],
        *near,
    )
