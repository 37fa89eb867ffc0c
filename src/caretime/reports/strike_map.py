"""Where patients were left without anybody: circles by zip area, without a base map."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, cos, radians, sqrt

from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element
from caretime.reports.strike_hidden import SafeTable
from caretime.reports.strike_tally import Tally
from caretime.tables import rows

DEEPEST = 0.55
"""Opacity of the deepest shade: ink on it keeps a contrast above 6, light or dark."""

NUMBERED = 11
"""Least radius of a circle that holds its number."""

CLOSE_DEGREES = 0.42
"""Half of the height of the closer map, in degrees of latitude."""

MILES_PER_DEGREE = 69.1


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
    north = [latitude for latitude, _ in dots] + [area.latitude for area in areas]
    east = [longitude for _, longitude in dots] + [area.longitude for area in areas]
    edge = 0.08
    whole = Frame(
        min(north) - edge, max(north) + edge, min(east) - edge, max(east) + edge, width
    )
    middle = max(areas, key=lambda area: _near(area, areas))
    if whole.north - whole.south < 3 * CLOSE_DEGREES:
        return (whole,)
    high = CLOSE_DEGREES
    wide = high / cos(radians(middle.latitude)) * (1 if width < 500 else 1.5)
    close = Frame(
        middle.latitude - high,
        middle.latitude + high,
        middle.longitude - wide,
        middle.longitude + wide,
        width,
    )
    return whole, close


def map_svg(
    tally: Tally, areas: Sequence[Area], *, width: int, name: str, description: str
) -> Markup:
    """
    Draw the zip areas as circles: as large as they have patients, as dark as nobody.

    The number in a circle is how many of a hundred have nobody. Faint dots are all
    zip codes of these counties, so that the shape of the land is seen.
    """
    counties = {area.county for area in areas}
    dots = [place for place, county in _zips() if county in counties]
    frames = map_frames(areas, dots, width)
    most = max(area.affected for area in areas)
    parts, at = [], 0.0
    for k, frame in enumerate(frames):
        close = frames[1] if len(frames) == 2 and k == 0 else None
        parts.append(
            element(
                "svg",
                list(_panel(tally, areas, dots, frame, most, close)),
                x=0,
                y=f"{at:.1f}",
                width=f"{frame.width:.1f}",
                height=f"{frame.height:.1f}",
                viewBox=f"0 0 {frame.width:.1f} {frame.height:.1f}",
            )
        )
        at += frame.height + 16
    return element(
        "svg",
        element("title", "Patients without anybody, by zip area", id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {at:.0f}",
        width=width,
        height=f"{at:.0f}",
        class_="narrow" if width < 500 else "wide",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )


def _panel(
    tally: Tally,
    areas: Sequence[Area],
    dots: Sequence[tuple[float, float]],
    frame: Frame,
    most: int,
    close: Frame | None,
) -> Iterator[Markup | None]:
    seen = [frame.at(*dot) for dot in dots if frame.holds(*dot)]
    yield element(
        "path",
        d="".join(f"M{x:.1f} {y:.1f}h0" for x, y in seen),
        stroke=palette.GRID,
        stroke_width=4,
        stroke_linecap="round",
        fill="none",
    )
    largest = frame.width / (20 if close else 15)
    for area in sorted(areas, key=lambda area: -area.affected):
        if frame.holds(area.latitude, area.longitude):
            radius = max(4.0, largest * sqrt(area.affected / most))
            inside = close is not None and close.holds(area.latitude, area.longitude)
            yield _circle(area, frame, radius, numbered=not inside)
    for clinic in tally.system.clinics:
        if frame.holds(clinic.latitude, clinic.longitude):
            yield _clinic(*frame.at(clinic.latitude, clinic.longitude))
    if close is not None:
        yield from _counties(areas, frame)
        yield _window(frame, close)
    yield from _scale(frame)


def _circle(area: Area, frame: Frame, radius: float, *, numbered: bool) -> Markup:
    x, y = frame.at(area.latitude, area.longitude)
    few = area.share is None
    share = area.share or 0.0
    told = "too few to show" if few else f"{100 * share:.0f} of 100 have nobody"
    text = None
    if numbered and radius >= NUMBERED:
        text = _text(x, y + 4, "–" if few else f"{100 * share:.0f}", middle=True)
    return element(
        "g",
        element("title", f"{area.name}, {area.county}: {area.affected:,}, {told}"),
        element(
            "circle",
            cx=f"{x:.1f}",
            cy=f"{y:.1f}",
            r=f"{radius:.1f}",
            fill=palette.PAPER,
            fill_opacity="0.8",
        ),
        element(
            "circle",
            cx=f"{x:.1f}",
            cy=f"{y:.1f}",
            r=f"{radius:.1f}",
            fill=palette.PARTS[0],
            fill_opacity="0" if few else f"{DEEPEST * ceil(share * 5) / 5:g}",
            stroke=palette.INK,
            stroke_width="1",
            stroke_dasharray="3 2" if few else None,
        ),
        text,
    )


def _clinic(x: float, y: float) -> Markup:
    return element(
        "path",
        element("title", "Clinic"),
        d=f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6Z",
        fill=palette.LIMIT,
        stroke=palette.PAPER,
        stroke_width="1.5",
    )


def _counties(areas: Iterable[Area], frame: Frame) -> Iterator[Markup]:
    """Name each county above its northernmost area."""
    top: dict[str, Area] = {}
    for area in areas:
        if area.county not in top or area.latitude > top[area.county].latitude:
            top[area.county] = area
    for county, area in top.items():
        x, y = frame.at(area.latitude, area.longitude)
        yield _text(
            min(max(x, 44), frame.width - 54), max(12, y - 22), county, middle=True
        )


def _window(frame: Frame, close: Frame) -> Markup:
    """Frame what the closer map shows."""
    x, y = frame.at(close.north, close.west)
    x2, y2 = frame.at(close.south, close.east)
    return element(
        "rect",
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=f"{x2 - x:.1f}",
        height=f"{y2 - y:.1f}",
        fill="none",
        stroke=palette.SOFT,
        stroke_dasharray="5 3",
    )


def _scale(frame: Frame) -> Iterator[Markup]:
    """Draw how long some miles are."""
    per_mile = frame.height / (frame.north - frame.south) / MILES_PER_DEGREE
    miles = next(m for m in (50, 20, 10, 5, 2, 1) if m * per_mile < frame.width / 4)
    x, y = 8.0, frame.height - 10
    yield element(
        "path",
        d=f"M{x:.1f} {y - 5:.1f}v5h{miles * per_mile:.1f}v-5",
        fill="none",
        stroke=palette.INK,
    )
    yield _text(x + miles * per_mile + 6, y, f"{miles} miles")


def _text(x: float, y: float, text: str, *, middle: bool = False) -> Markup:
    return element(
        "text",
        text,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        font_size=12,
        fill=palette.INK,
        stroke=palette.PAPER,
        stroke_width="3",
        paint_order="stroke",
        text_anchor="middle" if middle else None,
    )


def _near(area: Area, areas: Sequence[Area]) -> int:
    """Count the patients within the reach of a closer map around an area."""
    reach = CLOSE_DEGREES
    return sum(
        other.affected
        for other in areas
        if abs(other.latitude - area.latitude) < reach
        and abs(other.longitude - area.longitude) < reach * 1.2
    )


@cache
def _zips() -> tuple[tuple[tuple[float, float], str], ...]:
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
