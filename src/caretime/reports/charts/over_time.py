"""
Charts over time: weekly lines with bands, and how waits are distributed.

Each function returns a Vega-Lite specification for one width. Lines carry their
names at their ends, spread apart where they would collide, so no legend has to
be looked up; the ends are joined to the names by a short stroke.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caretime.reports.charts import palette
from caretime.reports.charts._render import Spec

WIDE, HALF, NARROW = 700, 500, 330
LINE_GAP = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One arm's numbers along x; ``low`` and ``high`` bound its band."""

    label: str
    index: int
    x: Sequence[float]
    value: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """
    How the y axis reads.

    ``format`` is a d3 format; ``least`` and ``most`` bound the axis where the
    data do not reach, ``from_zero`` starts it at zero.
    """

    format: str = ",.0f"
    from_zero: bool = True
    least_span: float = 1.0
    most: float | None = None


def line_chart(
    lines: Sequence[Line],
    scale: Scale,
    *,
    width: int,
    x_title: str,
    height: int = 0,
    mark_x: tuple[float, str] | None = None,
    key_inside: bool = False,
) -> Spec:
    """
    Draw lines with bands and names at their ends, or in the lower right corner.

    Parameters
    ----------
    lines
        One an arm; missing values leave a gap.
    width
        Of the whole picture, in pixels.
    x_title
        Words under the x axis.
    mark_x
        A place on the x axis and the words for it, for instance a legal limit.
    key_inside
        Names stand one below the other in the lower right corner: for curves
        that rise to one point, where names at the ends could not be told apart.
    """
    narrow = width < HALF
    height = height or (210 if narrow else 240)
    bottom, top = y_domain(lines, scale)
    longest = max(len(line.label) for line in lines)
    right = 14 if key_inside else min(190, round(longest * 6.7) + 26)
    first = min(line.x[0] for line in lines)
    last = max(line.x[-1] for line in lines)
    per_pixel = (top - bottom) / height
    plot = width - right - 52
    layers: list[Spec] = [_bands(lines), _strokes(lines)]
    if mark_x is not None:
        layers += _mark(mark_x, (bottom, top), near_end=mark_x[0] > 0.6 * last)
    x_per_pixel = (last - first) / plot
    if key_inside:
        corner = (last - (longest * 6.7 + 4) * x_per_pixel, bottom)
        layers += _key(lines, corner, per_pixel, x_per_pixel)
    else:
        layers += _names(lines, bottom, per_pixel, x_per_pixel)
    return {
        "width": plot,
        "height": height,
        "padding": {"left": 52, "right": right, "top": 16, "bottom": 44},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": {"domain": [first, last], "nice": False, "zero": False},
                "axis": {
                    "title": x_title,
                    "grid": False,
                    "tickCount": 5 if narrow else 9,
                    "titlePadding": 6,
                },
            },
            "y": {
                "type": "quantitative",
                "scale": {"domain": [bottom, top], "nice": False, "zero": False},
                "axis": {
                    "title": None,
                    "format": scale.format if top - bottom > 4 else "~r",
                    "tickCount": 5,
                    "domain": False,
                    "ticks": False,
                },
            },
        },
        "layer": layers,
    }


def y_domain(lines: Sequence[Line], scale: Scale) -> tuple[float, float]:
    """
    Choose round ends for the y axis that hold every line and band.

    Examples
    --------
    >>> y_domain([Line("a", 0, [0, 1], [3.2, 8.9])], Scale())
    (0.0, 10.0)
    >>> y_domain([Line("a", 0, [0], [0.52]), Line("b", 1, [0], [0.97])],
    ...          Scale(from_zero=False, least_span=0.2, most=1.0))
    (0.5, 1.0)
    """
    known = [
        number
        for line in lines
        for numbers in (line.value, line.low, line.high)
        for number in numbers
        if number is not None and math.isfinite(number)
    ]
    if not known:
        return (0.0, scale.most or scale.least_span)
    low = 0.0 if scale.from_zero and min(known) >= 0 else min(known)
    high = max(known)
    if high - low < scale.least_span:
        missing = scale.least_span - (high - low)
        low = low if scale.from_zero else max(0.0, low - missing / 2)
        high = max(high, low + scale.least_span)
    step = _round_step((high - low) / 5)
    bottom = math.floor(low / step + 1e-9) * step
    top = math.ceil(high / step - 1e-9) * step
    return (_tidy(bottom), _tidy(top if scale.most is None else min(top, scale.most)))


def spread(wanted: Sequence[float], gap: float, low: float) -> list[float]:
    """
    Move labels apart so that none is nearer than ``gap`` to its neighbor.

    Order is kept, and the lot is shifted as little as can be.

    Examples
    --------
    >>> spread([10.0, 11.0, 30.0], 4.0, 0.0)
    [8.5, 12.5, 30.0]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    groups: list[list[float]] = []  # sum of wished starts, count
    for k in order:
        groups.append([wanted[k], 1])
        while len(groups) > 1 and _start(groups[-2]) + gap * groups[-2][1] > _start(
            groups[-1]
        ):
            total, count = groups.pop()
            before = groups[-1]
            before[0] += total - gap * before[1] * count
            before[1] += count
    placed: list[float] = [0.0] * len(wanted)
    position = 0
    for group in groups:
        start = max(_start(group), low)
        for offset in range(int(group[1])):
            placed[order[position]] = start + gap * offset
            position += 1
    return placed


def _start(group: list[float]) -> float:
    return group[0] / group[1]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    for factor in (1, 2, 2.5, 5, 10):
        if rough <= factor * power * 1.0001:
            return factor * power
    return 10 * power


def _tidy(number: float) -> float:
    return round(number, 9)


def _bands(lines: Sequence[Line]) -> Spec:
    values = [
        {"arm": line.index, "x": x, "low": low, "high": high}
        for line in lines
        for x, low, high in zip(line.x, line.low, line.high, strict=False)
        if low is not None and high is not None
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "area", "opacity": 0.12},
        "encoding": {
            "y": {"field": "low"},
            "y2": {"field": "high"},
            "color": _arm_colors(lines),
        },
    }


def _strokes(lines: Sequence[Line]) -> Spec:
    values = [
        {"arm": line.index, "x": x, "y": value}
        for line in lines
        for x, value in zip(line.x, line.value, strict=True)
    ]
    return {
        "data": {"values": values},
        "mark": {
            "type": "line",
            "strokeWidth": 2,
            "invalid": "break-paths-show-domains",
        },
        "encoding": {
            "y": {"field": "y"},
            "color": _arm_colors(lines),
            "strokeDash": _dashes(lines),
        },
    }


def _dashes(lines: Sequence[Line]) -> Spec:
    return {
        "field": "arm",
        "type": "nominal",
        "legend": None,
        "scale": {
            "domain": [line.index for line in lines],
            "range": [list(palette.arm_dash(line.index)) for line in lines],
        },
    }


def _arm_colors(lines: Sequence[Line]) -> Spec:
    return {
        "field": "arm",
        "type": "nominal",
        "legend": None,
        "scale": {
            "domain": [line.index for line in lines],
            "range": [palette.arm_color(line.index) for line in lines],
        },
    }


def _key(
    lines: Sequence[Line],
    corner: tuple[float, float],
    per_pixel: float,
    x_per_pixel: float,
) -> list[Spec]:
    x, bottom = corner
    rows = [
        {
            "arm": line.index,
            "label": line.label,
            "x": x - 30 * x_per_pixel,
            "x2": x - 6 * x_per_pixel,
            "place": bottom + (len(lines) - k) * (LINE_GAP + 3) * per_pixel,
        }
        for k, line in enumerate(lines)
    ]
    # Where there is little room a curve or the limit would run through the words.
    paper = {
        "x": x - 34 * x_per_pixel,
        "x2": max(line.x[-1] for line in lines),
        "y": bottom + 2 * per_pixel,
        "y2": bottom + (len(lines) + 0.7) * (LINE_GAP + 3) * per_pixel,
    }
    return [
        {
            "data": {"values": [paper]},
            "mark": {"type": "rect", "color": palette.PAPER, "opacity": 0.85},
            "encoding": {
                "y": {"field": "y"},
                "y2": {"field": "y2"},
                "x2": {"field": "x2"},
            },
        },
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {
                "y": {"field": "place"},
                "x2": {"field": "x2"},
                "color": _arm_colors(lines),
                "strokeDash": _dashes(lines),
            },
        },
        _label_layer(rows),
    ]


def _names(
    lines: Sequence[Line], bottom: float, per_pixel: float, x_per_pixel: float
) -> list[Spec]:
    ends = [
        (line, [v for v in line.value if v is not None and math.isfinite(v)])
        for line in lines
    ]
    shown = [(line, values[-1]) for line, values in ends if values and line.label]
    places = spread([end for _, end in shown], LINE_GAP * per_pixel, bottom)
    rows = [
        {
            "arm": line.index,
            "label": line.label,
            "x": line.x[-1] + 2 * x_per_pixel,
            "x2": line.x[-1] + 14 * x_per_pixel,
            "end": end,
            "place": place,
        }
        for (line, end), place in zip(shown, places, strict=True)
    ]
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2, "clip": False},
            "encoding": {
                "y": {"field": "end"},
                "y2": {"field": "place"},
                "x2": {"field": "x2"},
                "color": _arm_colors(lines),
            },
        },
        _label_layer(rows),
    ]


def _label_layer(rows: Sequence[Spec]) -> Spec:
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 3},
        "encoding": {
            "x": {"field": "x2"},
            "y": {"field": "place"},
            "text": {"field": "label"},
        },
    }


def _mark(
    mark: tuple[float, str], ends: tuple[float, float], *, near_end: bool
) -> list[Spec]:
    place = [{"x": mark[0], "label": mark[1], "bottom": ends[0], "top": ends[1]}]
    return [
        {
            "data": {"values": place},
            "mark": {
                "type": "rule",
                "strokeDash": [4, 3],
                "strokeWidth": 1.5,
                "color": palette.LIMIT,
            },
            "encoding": {"y": {"field": "bottom"}, "y2": {"field": "top"}},
        },
        {
            "data": {"values": place},
            "mark": {
                "type": "text",
                "align": "right" if near_end else "left",
                "baseline": "bottom",
                "dx": -3 if near_end else -6,
                "dy": -3,
                "fill": palette.LIMIT,
            },
            "encoding": {"y": {"field": "top"}, "text": {"field": "label"}},
        },
    ]
