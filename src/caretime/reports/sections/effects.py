"""Pictures of differences against the base, and how each is spoken of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caretime.bargaining.comparison import Comparison
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.answer import cost_estimate, cost_total
from caretime.reports.charts.differences import Dot, dot_chart
from caretime.reports.markup import Markup
from caretime.reports.names import Name, name_arms
from caretime.reports.sections.figures import SMALL, figure
from caretime.reports.tabular import table

DIFFERENCES = (
    "within_intake",
    "wait_intake_median",
    "within_follow_up",
    "patients_lost",
    "visits_per_week",
    "meals_missed",
    "unpaid_minutes",
    "leavers",
)


@dataclass(frozen=True, slots=True)
class Told:
    """How a measure, or the cost, is spoken of in a picture."""

    title: str
    unit: str
    better: str
    factor: float = 1.0

    def scaled(self, number: Estimate) -> Estimate:
        """Return an estimate in the unit it is spoken of in."""
        low, high = (
            None if end is None else end * self.factor
            for end in (number.low, number.high)
        )
        return Estimate(number.value * self.factor, low, high, number.replications)


def cost_told(comparison: Comparison) -> Told:
    """Say in which unit cost is spoken of: what suits the largest difference."""
    totals = [part for part in comparison.costs if part.part == "total"]
    unit, factor = wording.money_unit(
        max((abs(part.difference_cents or 0) for part in totals), default=0)
        or max((part.cents for part in totals), default=0)
    )
    return Told("Cost", unit, "", factor)


def measured_as(comparison: Comparison, measure: str) -> Told:
    """Say how a measure is spoken of; what is no measure is the cost."""
    for row in comparison.measures:
        if row.name == measure:
            unit = "points" if row.unit == "%" else row.unit
            return Told(row.title, unit, row.better)
    return cost_told(comparison)


def level_of(comparison: Comparison, measure: str, contract_id: str) -> float:
    """Return a measure of an arm, or its cost in the unit of `cost_told`."""
    if any(row.name == measure for row in comparison.measures):
        return comparison.measure(measure, contract_id).estimate.value
    total = cost_total(comparison, contract_id)
    return 0.0 if total is None else total.cents * cost_told(comparison).factor


def difference_figures(comparison: Comparison) -> list[Markup]:
    """Draw each headline difference against the base as dots with whiskers."""
    found = [_measure_figure(name, comparison) for name in _measured(comparison)]
    cost = _cost_figure(comparison)
    return found if cost is None else [*found, cost]


def _measured(comparison: Comparison) -> Iterator[str]:
    present = {row.name for row in comparison.measures}
    return (name for name in DIFFERENCES if name in present)


def _measure_figure(name: str, comparison: Comparison) -> Markup:
    names = name_arms(comparison)
    row = next(row for row in comparison.measures if row.name == name)
    compared = [
        (names[value.contract_id], value.difference)
        for value in row.values
        if value.difference is not None and math.isfinite(value.difference.value)
    ]
    unit = "points" if row.unit == "%" else row.unit
    return _dots(comparison, name, (row.title, unit, row.better), compared)


def _cost_figure(comparison: Comparison) -> Markup | None:
    names = name_arms(comparison)
    told = cost_told(comparison)
    compared = [
        (names[part.contract_id], told.scaled(cost_estimate(part)))
        for part in comparison.costs
        if part.part == "total" and part.difference_cents is not None
    ]
    if not compared:
        return None
    return _dots(comparison, "cost", (told.title, told.unit, told.better), compared)


def _dots(
    comparison: Comparison,
    name: str,
    words: tuple[str, str, str],
    compared: Sequence[tuple[Name, Estimate]],
) -> Markup:
    title, unit, better = words
    base = name_arms(comparison)[comparison.base]
    places = max(wording.places_of(difference) for _, difference in compared)
    dots = [
        Dot(
            who.short,
            who.index,
            difference.value,
            difference.low,
            difference.high,
            difference.excludes_zero,
            wording.number(difference.value, places=places, signed=True),
        )
        for who, difference in compared
    ]
    rows = [
        (
            who.opening,
            wording.signed(difference),
            wording.interval(difference, signed=True),
            wording.verdict(difference, better),
        )
        for who, difference in compared
    ]
    told = " ".join(f"{r[0]}: {r[1]} ({r[2]}), {r[3]}." for r in rows)
    return figure(
        f"difference-{name.replace('_', '-')}",
        title,
        f"Difference against {base.full}, {unit}. {told}",
        lambda width: dot_chart(dots, width=width, format="~r", better=better),
        table(
            f"{title}, {unit}",
            ("Proposal", "Difference", "95 % range", "Verdict"),
            rows,
            kind="numbers",
        ),
        note=unit,
        widths=(SMALL,),
    )
