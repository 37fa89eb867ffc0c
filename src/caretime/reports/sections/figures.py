"""From a comparison to its pictures: each a question, a drawing, a data table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from caretime.bargaining.comparison import Comparison, WaitHistogram, WeeklySeries
from caretime.reports import exceptions, wording
from caretime.reports.charts._render import Spec, draw
from caretime.reports.charts.over_time import (
    HALF,
    NARROW,
    Line,
    Scale,
    line_chart,
)
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import Name, name_arms
from caretime.reports.possible import cut
from caretime.reports.tabular import details, table

SMALL = 330
RISEN = 0.95
"""A curve of waits is cut where the slowest proposal has risen to this share."""
CLOCKS = {
    "intake": "How long do people wait for the offer of a first visit?",
    "first_treatment": "How long from the first visit to treatment?",
    "follow_up": "How long between visits?",
    "urgent": "How long for an urgent visit?",
}
WEEKLY = (
    ("within_intake", "How many first visits are offered in time?"),
    ("within_follow_up", "How many follow-up visits are offered in time?"),
    ("wait_intake_mean", "How long is the mean wait for a first visit?"),
    ("wait_follow_up_mean", "How long is the gap between visits?"),
    ("visits", "How many visits are held each week?"),
    ("waiting_intake", "How many people wait for their first visit?"),
    ("meals_missed", "How many meals are cut short?"),
    ("unpaid_minutes", "How many minutes are worked unpaid?"),
    ("vacancies", "How many seats stand empty?"),
)

NOT_FROM_ZERO = ("within_intake", "within_follow_up", "visits", "filled_seats")
"""Series whose axis starts where the lines are, because zero is far away."""


def figure(
    name: str,
    question: str,
    description: str,
    specs: Callable[[int], Spec],
    data: Markup,
    *,
    note: Child = None,
    widths: Sequence[int] = (HALF, NARROW),
) -> Markup:
    """
    Write one figure: a question, the drawing at each width, its numbers in a fold.

    With two widths the style sheet shows the one that fits the screen.
    """
    sizes = ("wide", "narrow") if len(widths) == 2 else ("one",)
    pictures = [
        draw(
            specs(width),
            name=f"{name}-{size}",
            title=question,
            description=description,
            size=size,
        )
        for width, size in zip(widths, sizes, strict=True)
    ]
    return element(
        "figure",
        element("figcaption", element("h3", question), _note(note)),
        element("div", *pictures, class_="chart"),
        details("The numbers", data),
        id=name,
        class_="small" if len(widths) == 1 else None,
    )


def weekly_figures(comparison: Comparison) -> list[Markup]:
    """Draw the weekly series that are there, in the order of the house."""
    by_name: dict[str, list[WeeklySeries]] = {}
    for series in comparison.weekly:
        by_name.setdefault(series.name, []).append(series)
    return [
        _weekly_figure(comparison, name, question, by_name[name])
        for name, question in WEEKLY
        if name in by_name
    ]


def wait_figures(comparison: Comparison) -> list[Markup]:
    """Draw the distribution of waits on each clock, with its legal limit."""
    by_clock: dict[str, list[WaitHistogram]] = {}
    for histogram in comparison.waits:
        by_clock.setdefault(histogram.clock, []).append(histogram)
    return [_wait_figure(comparison, clock, found) for clock, found in by_clock.items()]


def _note(note: Child) -> Child:
    return (
        element("p", note, class_="unit")
        if isinstance(note, str) and not isinstance(note, Markup)
        else note
    )


def _weekly_figure(
    comparison: Comparison, name: str, question: str, found: Sequence[WeeklySeries]
) -> Markup:
    names = name_arms(comparison)
    found = [_possible(series) for series in found]
    unit = found[0].unit
    beside = exceptions.left_out(comparison, name)
    percent = unit == "%"
    scale = Scale(
        format=",.0f",
        from_zero=name not in NOT_FROM_ZERO,
        least_span=10.0 if percent else 0.01,
        most=100.0 if percent else None,
    )
    lines = [
        Line(
            names[s.contract_id].short,
            names[s.contract_id].index,
            list(range(1, len(s.value) + 1)),
            s.value,
            s.low,
            s.high,
        )
        for s in found
    ]
    weeks = len(found[0].value)
    every = range(0, weeks, max(1, weeks // 13))
    rows = [
        (f"Week {week + 1}", *(_week_cell(series, week) for series in found))
        for week in every
    ]
    heads = ("Week", *(names[s.contract_id].opening for s in found))
    return figure(
        f"week-{name.replace('_', '-')}",
        question,
        f"{found[0].title}, {unit}, by week. {_ends(found, names)}",
        lambda width: line_chart(lines, scale, width=width, x_title="Week"),
        table(f"{found[0].title}, {unit}", heads, rows, kind="numbers"),
        note=f"{found[0].title}{_unit_of(found[0])}; the band is the 95 % range."
        + (f" {beside.capitalize()}." if beside else ""),
    )


def _unit_of(series: WeeklySeries) -> str:
    """Give the unit; where the title names the things counted, say so."""
    inside = series.unit.split()[0].lower() in series.title.lower()
    return f", number of {series.unit}" if inside else f", {series.unit}"


def _possible(series: WeeklySeries) -> WeeklySeries:
    """Cut the band at what is possible."""
    low, high = (
        tuple(cut(series.name, series.unit, end) for end in ends)
        for ends in (series.low, series.high)
    )
    return replace(series, low=low, high=high)


def _ends(found: Sequence[WeeklySeries], names: dict[str, Name]) -> str:
    told = []
    for series in found:
        known = [v for v in series.value if v is not None and math.isfinite(v)]
        if known:
            told.append(
                f"{names[series.contract_id].opening}: {wording.number(known[0])} in "
                f"the first week, {wording.number(known[-1])} in the last."
            )
    return " ".join(told)


def _week_cell(series: WeeklySeries, week: int) -> str:
    value, low, high = series.value[week], series.low[week], series.high[week]
    if value is None:
        return "–"
    shown = wording.number(value)
    if low is None or high is None:
        return shown
    return f"{shown} ({wording.number(low)} to {wording.number(high)})"


def _wait_figure(
    comparison: Comparison, clock: str, found: Sequence[WaitHistogram]
) -> Markup:
    names = name_arms(comparison)
    unit, limit = found[0].unit, found[0].limit
    at_limit = {h.contract_id: _within(comparison, h) for h in found}
    shares = {h.contract_id: cumulative(h.counts) for h in found}
    last = max(
        (next((w for w, s in enumerate(c) if s >= RISEN), len(c) - 1))
        for c in shares.values()
    )
    last = min(126, max(last, round((limit or 0) * 1.5), 5))
    lines = [
        Line(
            f"{names[i].short} {at_limit[i]}".strip(),
            names[i].index,
            list(range(last + 1)),
            [100 * s for s in share[: last + 1]],
        )
        for i, share in shares.items()
    ]
    scale = Scale(format=".0f", most=100.0)
    marked = None if limit is None else (float(limit), f"limit {limit}")
    told = " ".join(
        f"{names[i].opening}: {share} within {limit} {unit}."
        for i, share in at_limit.items()
        if share
    )
    return figure(
        f"wait-{clock.replace('_', '-')}",
        CLOCKS.get(clock, clock),
        f"Percent of offers made within each number of {unit}. {told}",
        lambda width: line_chart(
            lines, scale, width=width, x_title=unit, mark_x=marked, key_inside=True
        ),
        _wait_table(found, shares, names),
        note=_wait_note(comparison, found[0]),
    )


def _within(comparison: Comparison, histogram: WaitHistogram) -> str:
    """Give the percent within the limit as the tables of the report do."""
    if histogram.limit is None:
        return ""
    for row in comparison.measures:
        for value in row.values:
            if (row.name, value.contract_id) == (
                f"within_{histogram.clock}",
                histogram.contract_id,
            ) and math.isfinite(value.estimate.value):
                places = wording.places_of(value.estimate)
                shown = wording.number(value.estimate.value, places=places)
                return wording.of_unit(shown, "%")
    share = cumulative(histogram.counts)[histogram.limit]
    return wording.of_unit(wording.number(100 * share, places=0), "%")


def _wait_note(comparison: Comparison, histogram: WaitHistogram) -> str:
    """Say what the curve counts, and why the key can differ from it a little."""
    limit, unit = histogram.limit, histogram.unit
    note = f"Percent of offers made within so many {unit}"
    beside = exceptions.left_out(comparison, f"within_{histogram.clock}")
    note += f", {beside}." if beside else "."
    if limit is None:
        return note
    return (
        f"{note} The key gives the percent within {limit} as the tables do; the curve "
        "pools all replications."
    )


def _wait_table(
    found: Sequence[WaitHistogram],
    shares: dict[str, list[float]],
    names: dict[str, Name],
) -> Markup:
    unit, limit = found[0].unit, found[0].limit
    at = sorted({0, 1, 2, 3, 5, 10, 15, 20, 30, 48, 60, 96, limit or 0})
    rows = [
        (
            f"{w} {unit}" + (" (limit)" if w == limit else ""),
            *(f"{100 * share[w]:.1f} %" for share in shares.values()),
        )
        for w in at
        if w < len(found[0].counts)
    ]
    heads = ("Within", *(names[i].opening for i in shares))
    title = f"Percent of offers within a wait, {unit}, all replications pooled"
    return table(title, heads, rows, kind="numbers")


def cumulative(counts: Sequence[float | None]) -> list[float]:
    """
    Turn counts by wait into the share of offers within each wait.

    Hidden counts are taken as none, so a share can be short by a few people.

    >>> cumulative([1.0, None, 3.0])
    [0.25, 0.25, 1.0]
    """
    total = sum(c for c in counts if c is not None) or 1.0
    running, shares = 0.0, []
    for count in counts:
        running += count or 0.0
        shares.append(running / total)
    return shares
