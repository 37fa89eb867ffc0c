"""Where the people of a synthetic system live and are seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from caretime.model.people import Clinic
from caretime.rules.region import miles_matrix
from caretime.simulation.synthetic.draws import (
    Draws,
    Floats,
    Ints,
    apportion,
    cumulative,
    positions,
)
from caretime.tables import rows

KM_PER_MILE = 1.609344


@dataclass(frozen=True)
class Places:
    """
    Counties with their ZIP codes and clinics.

    Parameters
    ----------
    counties
        Rows of ``tables/counties.csv``, in their order.
    zips
        ZIP codes of those counties, in order.
    zip_county
        Row of ``counties`` for each ZIP code.
    points
        Shape ``(zips, 2)``: latitude and longitude.
    weights
        How likely somebody of the county lives in the ZIP code, up to a factor.
    clinics
        Sites, county by county.
    """

    counties: tuple[dict[str, str], ...]
    zips: tuple[str, ...]
    zip_county: Ints
    points: Floats
    weights: Floats
    clinics: tuple[Clinic, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the counties."""
        return tuple(county["county"] for county in self.counties)

    @cached_property
    def clinic_county(self) -> Ints:
        """Row of ``counties`` for each clinic."""
        return np.array([self.names.index(clinic.county) for clinic in self.clinics])

    @cached_property
    def miles(self) -> Floats:
        """Miles from each clinic to each ZIP code: shape ``(clinics, zips)``."""
        sites = [(clinic.latitude, clinic.longitude) for clinic in self.clinics]
        return miles_matrix(sites, self.points)

    def near_clinics(self, clinics: Ints, at: Floats, near_km: float) -> Ints:
        """Draw a home for patients of the given clinics, in the clinic's county."""
        homes = np.empty(len(clinics), dtype=np.int64)
        fall = 1 / (1 + (self.miles * KM_PER_MILE / near_km) ** 2)
        for clinic, county in enumerate(self.clinic_county):
            mine = clinics == clinic
            weights = self.weights * fall[clinic] * (self.zip_county == county)
            homes[mine] = positions(cumulative(weights), at[mine])
        return homes

    def in_counties(self, counties: Ints, at: Floats) -> Ints:
        """Draw a ZIP code in each of the given counties."""
        homes = np.empty(len(counties), dtype=np.int64)
        for county in range(len(self.counties)):
            mine = counties == county
            weights = self.weights * (self.zip_county == county)
            homes[mine] = positions(cumulative(weights), at[mine])
        return homes


def build_places(
    counties: tuple[dict[str, str], ...],
    sites: int,
    clinicians: int,
    *,
    spread_km: float,
    draws: Draws,
) -> Places:
    """
    Choose the clinics: the first ones of each county's list.

    Parameters
    ----------
    sites
        Clinics in all; at least one a county and no more than a county lists.
    clinicians
        Clinicians in all, which sets the rooms of a clinic.
    spread_km
        Distance to the third-nearest ZIP centroid at which the weight of a ZIP
        code has fallen to half: close centroids mean many people.
    """
    names = [county["county"] for county in counties]
    table = [row for row in rows("zip_centroids") if row["county"] in names]
    points = np.array([(float(r["latitude"]), float(r["longitude"])) for r in table])
    third = np.sort(miles_matrix(points, points), axis=1)[:, 3] * KM_PER_MILE
    people = [float(county["population"]) for county in counties]
    per_county = apportion(people, max(sites, len(counties)), least=1)
    where = {row["zip"]: row for row in table}
    chosen = [
        (county["county"], zip_code)
        for county, count in zip(counties, per_county, strict=True)
        for zip_code in county["site_zips"].split(";")[: int(count)]
    ]
    earlier = draws.uniform("clinics", len(chosen)) < 0.5
    rooms = -(-clinicians * 9 // (10 * len(chosen)))
    clinics = tuple(
        Clinic(
            f"S-{number:02d}",
            county,
            zip_code,
            float(where[zip_code]["latitude"]),
            float(where[zip_code]["longitude"]),
            max(rooms, 2),
            (7 if earlier[number - 1] else 8) * 60,
            19 * 60,
        )
        for number, (county, zip_code) in enumerate(chosen, start=1)
    )
    return Places(
        counties,
        tuple(row["zip"] for row in table),
        np.array([names.index(row["county"]) for row in table]),
        points,
        1 / (1 + (third / spread_km) ** 2),
        clinics,
    )
