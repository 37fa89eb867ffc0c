"""
Waterfall, tornado and stacked bars: rows whose names stand above their bars.

Each function returns a Vega-Lite specification for one width. Because long names
never stand beside the bars, the same drawing works on a phone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from caretime.reports.charts import palette
from caretime.reports.charts._render import Spec

LINE = 15
CHARACTER = 6.6
SMALL = 6.2
STEP_COLORS = {
    "total": palette.NEUTRAL,
    "better": palette.BETTER,
    "worse": palette.WORSE,
    "neither": palette.SOFT,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: from ``start`` to ``end``; ``kind`` colors it."""

    label: str
    start: float
    end: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Swing:
    """
    One assumption's bar: the result at its low and at its high value.

    ``low_text`` and ``high_text`` say the value and who holds it.
    """

    label: str
    at_low: float
    at_high: float
    low_text: str
    high_text: str
    disputed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of one row's stacked bar; ``total`` is the words for the row."""

    row: str
    part: int
    amount: float
    total: str


def waterfall_chart(steps: Sequence[Step], *, width: int, format: str) -> Spec:
    """
    Draw how one arm's number becomes another's, cause by cause.

    ``kind`` of a step is ``total``, ``better``, ``worse`` or ``neither``. Totals
    are marks, not bars, because the axis starts where the numbers are.
    """
    rows = [
        {
            "row": k,
            "start": step.start,
            "end": step.end,
            "name": _wrapped(step.label, width),
            "right": step.end if step.kind == "total" else max(step.start, step.end),
            "color": STEP_COLORS[step.kind],
            "text": step.text,
        }
        for k, step in enumerate(steps)
    ]
    ends = [step.end for step in steps]
    room = _room(8, max(len(step.text) for step in steps))
    bars = [row for row in rows if row["color"] != palette.NEUTRAL]
    totals = [row for row in rows if row["color"] == palette.NEUTRAL]
    below = _below_names(rows)
    spec = _named_rows(
        rows, ends, width=width, format=format, room=room, from_zero=False
    )
    spec["layer"] += [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 13, "yOffset": below},
            "encoding": {
                "x": {"field": "start"},
                "x2": {"field": "end"},
                "color": {"field": "color", "type": "nominal", "scale": None},
            },
        },
        {
            "data": {"values": totals},
            "mark": {
                "type": "tick",
                "orient": "vertical",
                "size": 22,
                "thickness": 5,
                "yOffset": below,
                "color": palette.INK,
            },
            "encoding": {"x": {"field": "end"}},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "dy": below},
            "encoding": {"x": {"field": "right"}, "text": {"field": "text"}},
        },
    ]
    return spec


def tornado_chart(
    swings: Sequence[Swing], *, at_value: float, width: int, format: str
) -> Spec:
    """
    Draw what each assumption does to the difference between two arms.

    The line ``at_value`` is the difference with every assumption at its shared
    value; zero, where it is in sight, is no difference at all.
    """
    rows: list[Spec] = [
        {
            "row": k,
            "low": s.at_low,
            "high": s.at_high,
            "name": _wrapped(s.label, width),
            "from": s.low_text if s.at_low <= s.at_high else s.high_text,
            "to": s.high_text if s.at_low <= s.at_high else s.low_text,
            "left": min(s.at_low, s.at_high),
            "right": max(s.at_low, s.at_high),
            "color": palette.PARTS[0] if s.disputed else palette.NEUTRAL,
        }
        for k, s in enumerate(swings)
    ]
    ends = [v for s in swings for v in (s.at_low, s.at_high)] + [at_value]
    room = _room(*(max(len(row[end]) for row in rows) for end in ("from", "to")))
    below = _below_names(rows)
    spec = _named_rows(rows, ends, width=width, format=format, room=room)
    spec["layer"] += [
        {
            "mark": {"type": "bar", "height": 13, "yOffset": below},
            "encoding": {
                "x": {"field": "left"},
                "x2": {"field": "right"},
                "color": {"field": "color", "type": "nominal", "scale": None},
            },
        },
        *_row_ticks(at_value, len(rows), below, palette.INK),
        _end_text("right", "to", "left", below),
        _end_text("left", "from", "right", below),
    ]
    return spec


def stacked_chart(pieces: Sequence[Piece], *, width: int, format: str) -> Spec:
    """Draw one stacked bar a row, with the words for its total at the end."""
    rows: list[Spec] = []
    names = list(dict.fromkeys(piece.row for piece in pieces))
    for row, name in enumerate(names):
        at = 0.0
        for piece in (piece for piece in pieces if piece.row == name):
            rows.append(
                {
                    "row": row,
                    "start": at,
                    "end": at + piece.amount,
                    "name": [name] if at == 0 else [""],
                    "color": palette.PARTS[piece.part % len(palette.PARTS)],
                    "right": "",
                }
            )
            at += piece.amount
        rows[-1]["right"] = next(p.total for p in pieces if p.row == name)
    ends = [row["end"] for row in rows]
    room = _room(0, max(len(row["right"]) for row in rows))
    below = _below_names(rows)
    spec = _named_rows(rows, ends, width=width, format=format, room=room)
    spec["layer"] += [
        {
            "mark": {
                "type": "bar",
                "height": 16,
                "yOffset": below,
                "stroke": palette.PAPER,
                "strokeWidth": 1,
            },
            "encoding": {
                "x": {"field": "start"},
                "x2": {"field": "end"},
                "color": {"field": "color", "type": "nominal", "scale": None},
            },
        },
        _end_text("end", "right", "left", below),
    ]
    return spec


def _named_rows(
    rows: Sequence[Spec],
    ends: Sequence[float],
    *,
    width: int,
    format: str,
    room: tuple[float, float],
    from_zero: bool = True,
) -> Spec:
    """Lay out rows whose names stand above their bars; ``room`` in pixels."""
    anchor = (0.0,) if from_zero else ()
    low, high = min(*anchor, *ends), max(*anchor, *ends)
    span = (high - low) or 1.0
    inner = max(60.0, width - 28 - sum(room))
    low, high = low - span * room[0] / inner, high + span * room[1] / inner
    height = 34 + 2 * _below_names(rows)
    count = 1 + max(r["row"] for r in rows)
    return {
        "width": width - 28,
        "height": height * count,
        "padding": {"left": 14, "right": 14, "top": 8, "bottom": 28},
        "data": {"values": list(rows)},
        "encoding": {
            "y": {
                "field": "row",
                "type": "ordinal",
                "axis": None,
                "scale": {"domain": list(range(count)), "padding": 0},
            },
            "x": {
                "type": "quantitative",
                "scale": {"domain": [low, high], "nice": False},
                "axis": {
                    "title": None,
                    "grid": False,
                    "format": format,
                    "tickCount": 4 if width < 500 else 7,
                },
            },
        },
        "layer": [
            *(
                _row_ticks(0.0, count, _below_names(rows), palette.NEUTRAL)
                if low < 0 < high
                else ()
            ),
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "top",
                    "dy": -height / 2 + 4,
                    "lineHeight": LINE,
                },
                "encoding": {"x": {"value": 0}, "text": {"field": "name"}},
            },
        ],
    }


def _below_names(rows: Sequence[Spec]) -> float:
    """Say how far under the middle of its row a bar stands, below the longest name."""
    return LINE * max(len(row["name"]) for row in rows) / 2


def _room(left: int, right: int) -> tuple[float, float]:
    """Return the pixels that words of so many characters need on either side."""
    return (left * SMALL + 8, right * SMALL + 8)


def _row_ticks(x: float, count: int, below: float, color: str) -> list[Spec]:
    """Draw a line at x beside the bars only, so that no name is crossed."""
    return [
        {
            "data": {"values": [{"row": row, "x": x} for row in range(count)]},
            "mark": {
                "type": "tick",
                "orient": "vertical",
                "size": 24,
                "thickness": 1.5,
                "yOffset": below,
                "color": color,
            },
            "encoding": {"x": {"field": "x"}},
        }
    ]


def _end_text(field: str, words: str, align: str, below: float) -> Spec:
    return {
        "mark": {
            "type": "text",
            "align": align,
            "dx": 5 if align == "left" else -5,
            "dy": below,
            "fontSize": 11,
        },
        "encoding": {"x": {"field": field}, "text": {"field": words}},
    }


def _wrapped(label: str, width: int) -> list[str]:
    return textwrap.wrap(label, max(20, int((width - 30) / CHARACTER))) or [""]
