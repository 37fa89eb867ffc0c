"""Where patients live, by zip area, and the windows through which a map shows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from caretime.reports.strike_hidden import SafeTable
from caretime.reports.strike_tally import Tally
from caretime.tables import rows

CLOSE_DEGREES = 0.4
"""Half of the size of the closer map, in degrees of latitude."""


@dataclass(frozen=True, slots=True)
class Area:
    """
    One zip area: where its patients live, how many, and how many have nobody.

    ``share`` is 0 to 1, or ``None`` where the count must not be shown.
    """

    name: str
    county: str
    latitude: float
    longitude: float
    affected: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the map and how it is drawn, in degrees and user units."""

    south: float
    north: float
    west: float
    east: float
    width: float

    @property
    def height(self) -> float:
        """Height in user units, true to the shape of the land."""
        squeeze = cos(radians((self.south + self.north) / 2))
        return (
            self.width * (self.north - self.south) / (self.east - self.west) / squeeze
        )

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return the place of a point."""
        return (
            (longitude - self.west) / (self.east - self.west) * self.width,
            (self.north - latitude) / (self.north - self.south) * self.height,
        )

    def holds(self, latitude: float, longitude: float) -> bool:
        """Say whether a point is in sight."""
        in_height = self.south <= latitude <= self.north
        return in_height and self.west <= longitude <= self.east

    def holds_area(self, area: Area) -> bool:
        """Say whether the middle of an area is in sight."""
        return self.holds(area.latitude, area.longitude)


def areas_of(tally: Tally, shown: SafeTable) -> tuple[Area, ...]:
    """Place the zip areas of a table that stand in it by themselves."""
    points: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    places = zip_places()
    for person in tally.people:
        if person.zip in places:
            points[person.zip[:3]].append((*places[person.zip], person.county))
    found = []
    for k, name in enumerate(shown.parts):
        here = points.get(name)
        if not here:
            continue
        affected = int(shown.counts[k].sum())
        nobody = None if shown.hidden[k, -1] else int(shown.counts[k, -1]) / affected
        found.append(
            Area(
                name,
                Counter(county for _, _, county in here).most_common(1)[0][0],
                sum(north for north, _, _ in here) / len(here),
                sum(east for _, east, _ in here) / len(here),
                affected,
                nobody,
            )
        )
    return tuple(found)


def map_frames(
    areas: Sequence[Area], dots: Sequence[tuple[float, float]], width: int
) -> tuple[Frame, ...]:
    """Choose the windows: all areas, and the densest part where they crowd."""
    points = [*dots, *((area.latitude, area.longitude) for area in areas)]
    whole = _around(points, 0.08, width)
    if whole.north - whole.south < 3 * CLOSE_DEGREES or len(areas) < 2:
        return (whole,)
    crowd = max(([b for b in areas if _near(a, b)] for a in areas), key=_patients)
    close = [(area.latitude, area.longitude) for area in crowd]
    return whole, _around(close, 0.12, width)


def _around(points: Sequence[tuple[float, float]], edge: float, width: int) -> Frame:
    """Return the window around points, with an edge in degrees."""
    north, east = ([point[k] for point in points] for k in (0, 1))
    return Frame(
        min(north) - edge, max(north) + edge, min(east) - edge, max(east) + edge, width
    )


def _near(area: Area, other: Area) -> bool:
    """Say whether two areas fit into one closer map."""
    across = abs(other.longitude - area.longitude) * cos(radians(area.latitude))
    down = abs(other.latitude - area.latitude)
    return down < CLOSE_DEGREES and across < CLOSE_DEGREES


def _patients(areas: Sequence[Area]) -> int:
    return sum(area.affected for area in areas)


@cache
def all_zips() -> tuple[tuple[tuple[float, float], str], ...]:
    """Return place and county of every zip code."""
    return tuple(
        ((float(row["latitude"]), float(row["longitude"])), row["county"])
        for row in rows("zip_centroids")
    )


@cache
def zip_places() -> dict[str, tuple[float, float]]:
    """Return latitude and longitude by zip code."""
    return {
        row["zip"]: (float(row["latitude"]), float(row["longitude"]))
        for row in rows("zip_centroids")
    }
