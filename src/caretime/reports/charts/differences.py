"""Dots with whiskers: one measure's difference for every proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caretime.reports.charts import palette
from caretime.reports.charts._render import Spec

CHARACTER = 6.6


@dataclass(frozen=True, slots=True)
class Dot:
    """
    One arm's difference; ``low`` and ``high`` bound its interval.

    ``clear`` is true where the interval leaves zero out; the dot is then full.
    """

    label: str
    index: int
    value: float
    low: float | None
    high: float | None
    clear: bool
    text: str


def dot_chart(
    dots: Sequence[Dot], *, width: int, format: str, better: str = ""
) -> Spec:
    """
    Draw one measure's difference for every arm, with the line of no difference.

    ``better`` is ``higher``, ``lower`` or empty; the better side is named.
    """
    left = min(150, round(max(len(d.label) for d in dots) * CHARACTER) + 16)
    reach = [v for d in dots for v in (d.value, d.low, d.high, 0.0) if v is not None]
    low, high = min(reach), max(reach)
    margin = (high - low or 1.0) * 0.22
    rows = [
        {
            "label": d.label,
            "arm": palette.arm_color(d.index),
            "value": d.value,
            "low": d.value if d.low is None else d.low,
            "high": d.value if d.high is None else d.high,
            "fill": palette.arm_color(d.index) if d.clear else palette.PAPER,
            "text": d.text,
        }
        for d in dots
    ]
    return {
        "width": width - left - 14,
        "height": 34 * len(dots),
        "padding": {"left": left, "right": 14, "top": 20, "bottom": 26},
        "data": {"values": rows},
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "axis": {
                    "title": None,
                    "domain": False,
                    "ticks": False,
                    "labelColor": palette.INK,
                },
            },
            "x": {
                "type": "quantitative",
                "scale": {"domain": [low - margin, high + margin], "nice": False},
                "axis": {"title": None, "format": format, "tickCount": 4},
            },
        },
        "layer": [
            _zero_line(34 * len(dots)),
            *_better_side(better),
            *_whiskers_and_dots(),
        ],
    }


def _whiskers_and_dots() -> list[Spec]:
    color = {"field": "arm", "type": "nominal", "scale": None}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 3},
            "encoding": {
                "x": {"field": "low"},
                "x2": {"field": "high"},
                "color": color,
            },
        },
        {
            "mark": {"type": "point", "size": 80, "strokeWidth": 2, "opacity": 1},
            "encoding": {
                "x": {"field": "value"},
                "stroke": color,
                "fill": {"field": "fill", "type": "nominal", "scale": None},
            },
        },
        {
            "mark": {"type": "text", "dy": -11, "fontSize": 11},
            "encoding": {"x": {"field": "value"}, "text": {"field": "text"}},
        },
    ]


def _zero_line(height: float) -> Spec:
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": palette.SOFT, "strokeWidth": 1},
        "encoding": {
            "x": {"field": "zero"},
            "y": {"value": 0},
            "y2": {"value": height},
        },
    }


def _better_side(better: str) -> list[Spec]:
    if better not in ("higher", "lower"):
        return []
    right = better == "higher"
    return [
        {
            "data": {"values": [{"zero": 0}]},
            "mark": {
                "type": "text",
                "align": "left" if right else "right",
                "baseline": "bottom",
                "dx": 4 if right else -4,
                "dy": -4,
                "fill": palette.SOFT,
                "fontSize": 11,
            },
            "encoding": {
                "x": {"field": "zero"},
                "y": {"value": 0},
                "text": {"value": "better →" if right else "← better"},
            },
        }
    ]
