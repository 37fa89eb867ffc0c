"""What one term buys and costs: protected hours against access against cost."""

from __future__ import annotations

from collections.abc import Iterator

from caretime.bargaining.comparison import Comparison
from caretime.bargaining.frontier import Frontier
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.charts.over_time import HALF, NARROW, Line, Scale, line_chart
from caretime.reports.markup import Markup
from caretime.reports.possible import possible
from caretime.reports.sections.effects import Told
from caretime.reports.sections.figures import figure
from caretime.reports.sections.money import AXIS_LEAST
from caretime.reports.tabular import table

COST = "cost"
SHOWN = (
    "within_intake",
    "wait_intake_median",
    "visits_per_week",
    "unpaid_minutes",
    COST,
)


def trade_off_figures(comparison: Comparison, frontier: Frontier) -> list[Markup]:
    """Draw each measure against the term that was varied."""
    titles = {row.name: (row.title, row.unit) for row in comparison.measures}
    titles[COST] = ("Cost of the run", _money_unit(frontier)[0])
    return [
        _figure(frontier, name, *titles[name])
        for name in SHOWN
        if name in titles and name in frontier.points[0].measures
    ]


def _figure(frontier: Frontier, name: str, title: str, unit: str) -> Markup:
    found = [
        (value, possible(name, unit, own)) for value, own in _numbers(frontier, name)
    ]
    term = frontier.vary.replace("_", " ")
    line = Line(
        "",
        0,
        [value for value, _ in found],
        [estimate.value for _, estimate in found],
        [estimate.low for _, estimate in found],
        [estimate.high for _, estimate in found],
    )
    scale = Scale(from_zero=False, least_span=0.5)
    rows = [
        (f"{value:g}", wording.number(own.value), wording.interval(own))
        for value, own in found
    ]
    told = "; ".join(f"{row[0]}: {row[1]} ({row[2]})" for row in rows)
    return figure(
        f"trade-off-{name.replace('_', '-')}",
        title,
        f"{title}, {unit}, at each value of {term}: {told}.",
        lambda width: line_chart(
            [line], scale, width=width, x_title=f"{term.capitalize()}, {frontier.unit}"
        ),
        table(
            f"{title}, {unit}",
            (term.capitalize(), "Value", "95 % range"),
            rows,
            kind="numbers",
        ),
        note=unit,
        widths=(HALF, NARROW),
    )


def _numbers(frontier: Frontier, name: str) -> Iterator[tuple[float, Estimate]]:
    for point in sorted(frontier.points, key=lambda point: point.value):
        own = point.measures[name]
        if name != COST:
            yield point.value, own
            continue
        yield point.value, Told("", "", "", _money_unit(frontier)[1]).scaled(own)


def _money_unit(frontier: Frontier) -> tuple[str, float]:
    """Choose the unit of the cost axis by its largest point."""
    costs = [p.measures[COST].value for p in frontier.points if COST in p.measures]
    return wording.money_unit(max(costs, default=0.0), least=AXIS_LEAST)
