"""Bars by day and how they are set into the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from caretime.reports.charts import palette
from caretime.reports.charts._render import Spec
from caretime.reports.charts.over_time import HALF
from caretime.reports.markup import Child, Markup, element
from caretime.reports.sections.figures import figure
from caretime.reports.strike_hidden import hidden_by_column
from caretime.reports.strike_sections.breakdown import hidden_cell
from caretime.reports.strike_words import day
from caretime.reports.tabular import table

COLORS = (palette.PARTS[0], palette.PARTS[3], palette.PARTS[5], palette.WORSE)
"""Colors of layers, and the classes of ``report.css`` that swatches of them bear."""

SWATCHES = ("part-0", "part-3", "part-5", "outcome-6")
LEFT, RIGHT, TOP, BOTTOM, WIDEST = 52, 8, 12, 42, 60


@dataclass(frozen=True, slots=True)
class Days:
    """
    Counts by day in layers, small ones hidden.

    Parameters
    ----------
    days
        In order.
    names
        Of the layers, at most as many as ``COLORS``.
    counts
        Shape ``(days, layers)``.
    """

    days: tuple[date, ...]
    names: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Cells that must not be shown; the total of a layer may be known."""
        return hidden_by_column(self.counts)


def day_figure(
    name: str, question: str, given: Days, *, caption: str, note: str = ""
) -> Markup:
    """Write a figure of bars by day, with its key and its table."""
    hidden = given.hidden
    left_out = "" if not hidden.any() else " Days with too few people are not drawn."
    key = element(
        "ul",
        [
            element(
                "li",
                element("span", "", class_=f"swatch {SWATCHES[k]}"),
                title,
            )
            for k, title in enumerate(given.names)
        ],
        class_="key",
    )
    return figure(
        name,
        question,
        f"{_described(given)}{left_out}",
        lambda width: day_bars(given, hidden, width=width),
        days_table(given, caption),
        note=[
            element("p", f"{note}{left_out}", class_="unit")
            if note or left_out
            else "",
            key if len(given.names) > 1 else "",
        ],
        widths=(700, 330),
    )


def days_table(given: Days, caption: str, *, head: str = "Day") -> Markup:
    """Write counts by day as text; days without anything are left out."""
    return table(caption, (head, *given.names), day_rows(given), kind="numbers columns")


def day_rows(given: Days) -> list[list[Child]]:
    """Write the rows of a table by day, for instance to fold the later ones."""
    hidden = given.hidden
    return [
        [
            day(when, weekday=True),
            *(
                hidden_cell() if hidden[k, n] else f"{int(given.counts[k, n]):,}"
                for n in range(len(given.names))
            ),
        ]
        for k, when in enumerate(given.days)
        if given.counts[k].any()
    ]


def day_bars(given: Days, hidden: NDArray[np.bool_], *, width: int) -> Spec:
    """Draw one stacked bar a day; Mondays are named."""
    narrow = width < HALF
    layers = range(len(given.names))
    return {
        "width": min(width - LEFT - RIGHT, max(200, WIDEST * len(given.days))),
        "height": 190 if narrow else 210,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "data": {"values": list(_pieces(given, hidden))},
        "mark": {"type": "bar"},
        "encoding": {
            "x": _day_axis(given.days, most_named=4 if narrow else 9),
            "y": {
                "field": "y",
                "type": "quantitative",
                "axis": {
                    "title": None,
                    "format": ",.0f",
                    "tickCount": 5,
                    "tickMinStep": 1,
                    "domain": False,
                    "ticks": False,
                },
            },
            "y2": {"field": "y2"},
            "color": {
                "field": "n",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": [*layers], "range": [COLORS[n] for n in layers]},
            },
        },
    }


def _pieces(given: Days, hidden: NDArray[np.bool_]) -> Iterator[Spec]:
    """Yield what is shown of each day, one layer above the other."""
    shown = np.where(hidden, 0, given.counts).tolist()
    for when, counts in zip(given.days, shown, strict=True):
        at = 0
        for n, many in enumerate(counts):
            if many:
                yield {"x": when.isoformat(), "y": at, "y2": at + many, "n": n}
            at += many


def _day_axis(days: Sequence[date], *, most_named: int) -> Spec:
    mondays = [when for when in days if when.weekday() == 0]
    step = max(1, -(-len(mondays) // most_named))
    named = {when.isoformat(): f"{when:%b} {when.day}" for when in mondays[::step]}
    label = "".join(f"datum.value=='{iso}'?'{text}':" for iso, text in named.items())
    return {
        "field": "x",
        "type": "ordinal",
        "scale": {"domain": [when.isoformat() for when in days], "paddingInner": 0.15},
        "axis": {
            "title": "Day (Mondays are named)",
            "values": list(named),
            "labelExpr": f"{label}''",
            "labelAngle": 0,
            "grid": False,
        },
    }


def span_of(days: Sequence[date]) -> tuple[date, ...]:
    """Return every day from the first to the last; weekends where something falls."""
    if not days:
        return ()
    there = set(days)
    first, last = min(days).toordinal(), max(days).toordinal()
    between = (date.fromordinal(n) for n in range(first, last + 1))
    return tuple(d for d in between if d.weekday() < 5 or d in there)


def _described(given: Days) -> str:
    totals = given.counts.sum(axis=1)
    most = int(totals.argmax())
    return (
        f"Bars by day from {day(given.days[0])} to {day(given.days[-1])}; the most on "
        f"{day(given.days[most], weekday=True)}."
    )
