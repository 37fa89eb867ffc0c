"""Where patients were left without anybody: circles by zip area, without a base map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil, hypot, sqrt

from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element
from caretime.reports.strike_places import (
    Area,
    Frame,
    all_zips,
    map_frames,
)
from caretime.reports.strike_tally import Tally

DEEPEST = 0.55
"""Opacity of the deepest shade: ink on it keeps a contrast above 6, light or dark."""

LEAST_RADIUS = 11.0
"""Of a circle, so that it holds its number."""

CLEAR = 16.0
"""A clinic stands at least so far from the number in a circle."""

ROUNDS = 60
"""How often circles that cover each other are moved apart by a step."""

SPOTS = sorted(
    product(range(-120, 121, 8), range(-120, 121, 6)), key=lambda spot: hypot(*spot)
)
"""Where a name may stand beside the middle of its county, the nearest first."""

MILES_PER_DEGREE = 69.1


def map_svg(
    tally: Tally, areas: Sequence[Area], *, width: int, name: str, description: str
) -> Markup:
    """
    Draw the zip areas as circles: as large as they have patients, as dark as nobody.

    The number in a circle is how many of a hundred have nobody. Faint dots are all
    zip codes of these counties, so that the shape of the land is seen.
    """
    counties = {area.county for area in areas}
    dots = [place for place, county in all_zips() if county in counties]
    frames = map_frames(areas, dots, width)
    parts, at = [], 0.0
    for k, frame in enumerate(frames):
        close = frames[1] if len(frames) == 2 and k == 0 else None
        here = [area for area in areas if frame.holds_area(area)]
        if close is not None:
            here = [area for area in here if not close.holds_area(area)]
        seen = [dot for dot in dots if frame.holds(*dot)]
        panel = [
            _dots([frame.at(*dot) for dot in seen]),
            *_panel(tally, _placed(here, areas, frame), frame, close),
        ]
        parts.append(element("g", panel, transform=f"translate(0 {at:.1f})"))
        at += frame.height + 24
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


Box = tuple[float, float, float, float]
"""Left, top, right and bottom of something drawn."""


@dataclass(slots=True)
class _Placed:
    """An area with its circle."""

    area: Area
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        r = self.radius
        return (self.x - r, self.y - r, self.x + r, self.y + r)


def _placed(here: Sequence[Area], areas: Sequence[Area], frame: Frame) -> list[_Placed]:
    """Give areas their circles, and move those apart that cover each other."""
    most = max(area.affected for area in areas)
    largest = frame.width / 15
    circles = [
        _Placed(
            area,
            *frame.at(area.latitude, area.longitude),
            max(LEAST_RADIUS, largest * sqrt(area.affected / most)),
        )
        for area in sorted(here, key=lambda area: (-area.affected, area.name))
    ]
    for _ in range(ROUNDS):
        for one, other in combinations(circles, 2):
            across, down = other.x - one.x, other.y - one.y
            apart = hypot(across, down) or 1e-9
            step = (one.radius + other.radius + 1 - apart) / 2
            if step > 0:
                # Two circles at one point part sideways.
                side = (across / apart, down / apart) if apart > 1e-6 else (1.0, 0.0)
                for circle, sign in ((one, -step), (other, step)):
                    circle.x += sign * side[0]
                    circle.y += sign * side[1]
    for circle in circles:
        edge = circle.radius + 1
        circle.x = min(max(circle.x, edge), frame.width - edge)
        circle.y = min(max(circle.y, edge), frame.height - edge)
    return circles


def _panel(
    tally: Tally, circles: Sequence[_Placed], frame: Frame, close: Frame | None
) -> Iterator[Markup]:
    taken = [circle.box for circle in circles]
    for circle in circles:
        yield _circle(circle)
    for clinic in tally.system.clinics:
        place = (clinic.latitude, clinic.longitude)
        if frame.holds(*place) and not (close is not None and close.holds(*place)):
            x, y = frame.at(*place)
            while any(hypot(x - c.x, y - c.y) < CLEAR for c in circles):
                x += 2
            taken.append((x - 6, y - 6, x + 6, y + 6))
            yield _clinic(x, y)
    if close is not None:
        yield from _window(frame, close, taken)
    yield from _counties(circles, frame, taken)
    yield from _scale(frame)


def _dots(places: Sequence[tuple[float, float]]) -> Markup:
    """Draw zip codes as faint dots."""
    return element(
        "path",
        d="".join(f"M{x:.0f} {y:.0f}h0" for x, y in places),
        stroke=palette.GRID,
        stroke_width=4,
        stroke_linecap="round",
        fill="none",
    )


def _circle(circle: _Placed) -> Markup:
    area, few = circle.area, circle.area.share is None
    share = area.share or 0.0
    told = "too few to show" if few else f"{100 * share:.0f} of 100 have nobody"
    place = {
        "cx": f"{circle.x:.1f}",
        "cy": f"{circle.y:.1f}",
        "r": f"{circle.radius:.1f}",
    }
    return element(
        "g",
        element("title", f"{area.name}, {area.county}: {area.affected:,}, {told}"),
        element("circle", fill=palette.PAPER, **place),
        element(
            "circle",
            **place,
            fill=palette.PARTS[0],
            fill_opacity="0" if few else f"{DEEPEST * ceil(share * 5) / 5:g}",
            stroke=palette.INK,
            stroke_width="1",
            stroke_dasharray="3 2" if few else None,
        ),
        _text(
            circle.x, circle.y + 4, "–" if few else f"{100 * share:.0f}", middle=True
        ),
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


def _counties(
    circles: Iterable[_Placed], frame: Frame, taken: list[Box]
) -> Iterator[Markup]:
    """Name each county near the middle of its areas, clear of numbers and names."""
    here: dict[str, list[_Placed]] = defaultdict(list)
    for circle in circles:
        here[circle.area.county].append(circle)
    for county, group in here.items():
        x = sum(circle.x for circle in group) / len(group)
        y = sum(circle.y for circle in group) / len(group)
        half = 3.5 * len(county)
        x = min(max(x, half + 2), frame.width - half - 2)
        boxes = [
            (x + dx - half, y + dy - 10, x + dx + half, y + dy + 4)
            for dx, dy in SPOTS
            if half < x + dx < frame.width - half and 10 < y + dy < frame.height - 20
        ]
        box = next((box for box in boxes if not _meets(box, taken)), boxes[0])
        taken.append(box)
        yield _text(box[0] + half, box[3] - 4, county, middle=True)


def _meets(box: Box, taken: Iterable[Box]) -> bool:
    return any(
        box[0] < other[2]
        and other[0] < box[2]
        and box[1] < other[3]
        and other[1] < box[3]
        for other in taken
    )


def _window(frame: Frame, close: Frame, taken: list[Box]) -> Iterator[Markup]:
    """Frame what the closer map shows."""
    x, y = frame.at(close.north, close.west)
    x2, y2 = frame.at(close.south, close.east)
    taken.append((x, y, x2, y2))
    yield element(
        "rect",
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=f"{x2 - x:.1f}",
        height=f"{y2 - y:.1f}",
        fill="none",
        stroke=palette.SOFT,
        stroke_dasharray="5 3",
    )
    yield _text((x + x2) / 2, (y + y2) / 2 + 4, "see below", middle=True)


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
