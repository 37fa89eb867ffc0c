"""Pictures of differences: against the base, by cause, by assumption."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from caretime.bargaining.comparison import AttributionRow, Comparison, TornadoRow
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.answer import cost_estimate, cost_total
from caretime.reports.charts.differences import Dot, dot_chart
from caretime.reports.charts.named_rows import (
    Step,
    Swing,
    tornado_chart,
    waterfall_chart,
)
from caretime.reports.charts.over_time import NARROW, WIDE
from caretime.reports.how_sure import assumption_title
from caretime.reports.markup import Child, Markup, element
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


def difference_figures(comparison: Comparison) -> list[Markup]:
    """Draw each headline difference against the base as dots with whiskers."""
    found = [_measure_figure(name, comparison) for name in _measured(comparison)]
    cost = _cost_figure(comparison)
    return found if cost is None else [*found, cost]


def attribution_figures(comparison: Comparison) -> list[Markup]:
    """
    Draw, for each measure, how one proposal's number becomes the other's.

    Measures without a clear difference have nothing to split and are left out.
    """
    groups: dict[tuple[str, str, str], list[AttributionRow]] = {}
    for row in comparison.attribution:
        groups.setdefault((row.measure, row.from_arm, row.to_arm), []).append(row)
    return [
        _waterfall(comparison, key, rows)
        for key, rows in groups.items()
        if any(row.cause == "total" and row.share.excludes_zero for row in rows)
    ]


def tornado_figures(comparison: Comparison) -> list[Markup]:
    """Draw, for each measure, what each assumption does to the difference."""
    groups: dict[tuple[str, str, str], list[TornadoRow]] = {}
    for row in comparison.tornado:
        groups.setdefault((row.measure, row.from_arm, row.to_arm), []).append(row)
    return [_tornado(comparison, key, rows) for key, rows in groups.items()]


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
    compared = [
        (names[part.contract_id], COST.scaled(cost_estimate(part)))
        for part in comparison.costs
        if part.part == "total" and part.difference_cents is not None
    ]
    if not compared:
        return None
    return _dots(comparison, "cost", ("Cost", "millions of dollars", ""), compared)


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


def _waterfall(
    comparison: Comparison, key: tuple[str, str, str], rows: Sequence[AttributionRow]
) -> Markup:
    measure, from_arm, to_arm = key
    names = name_arms(comparison)
    told = _measured_as(comparison, measure)
    rows = [replace(row, share=told.scaled(row.share)) for row in rows]
    start = _level(comparison, measure, from_arm)
    causes = [r for r in rows if r.cause in ("clauses", "interaction")]
    total = next(r for r in rows if r.cause == "total").share.value
    steps = [Step(names[from_arm].opening, 0, start, "total", wording.number(start))]
    at = start
    for cause in sorted(causes, key=lambda r: -abs(r.share.value)):
        word = wording.verdict(cause.share, told.better)
        kind = word if word in ("better", "worse") else "neither"
        text = f"{wording.signed(cause.share)} {word if told.better else ''}".strip()
        end = at + cause.share.value
        steps.append(Step(_cause_title(cause), at, end, kind, text))
        at = end
    end = start + total
    steps.append(Step(names[to_arm].opening, 0, end, "total", wording.number(end)))
    cells = [
        (
            _cause_title(r),
            wording.signed(r.share),
            wording.interval(r.share, signed=True),
            ", ".join(r.clause_ids) or r.holder or "–",
        )
        for r in rows
        if r.cause != "total"
    ]
    causes_told = " ".join(f"{cell[0]}: {cell[1]} ({cell[2]})." for cell in cells)
    return figure(
        _figure_name("causes", key, names),
        f"{told.title}: which clauses make the difference?",
        f"From {names[from_arm].full} to {names[to_arm].full}, {told.unit}. "
        f"{causes_told}",
        lambda width: waterfall_chart(steps, width=width, format="~r"),
        table(
            f"Causes of the difference, {told.unit}",
            ("Cause", "Effect", "95 % range", "Clauses or holder"),
            cells,
            kind="numbers",
        ),
        note=f"From {names[from_arm].full} to {names[to_arm].full}, {told.unit}.",
        widths=(WIDE, NARROW),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """How a measure, or the cost, is spoken of in a picture."""

    title: str
    unit: str
    better: str
    factor: float = 1.0

    def scaled(self, number: Estimate) -> Estimate:
        low, high = (
            None if end is None else end * self.factor
            for end in (number.low, number.high)
        )
        return Estimate(number.value * self.factor, low, high, number.replications)


DRAWN = 10
"""Assumptions drawn in a tornado, besides the disputed ones."""

COST = _Told("Cost", "millions of dollars", "", 1e-8)


def _measured_as(comparison: Comparison, measure: str) -> _Told:
    for row in comparison.measures:
        if row.name == measure:
            unit = "points" if row.unit == "%" else row.unit
            return _Told(row.title, unit, row.better)
    return COST


def _level(comparison: Comparison, measure: str, contract_id: str) -> float:
    if any(row.name == measure for row in comparison.measures):
        return comparison.measure(measure, contract_id).estimate.value
    total = cost_total(comparison, contract_id)
    return 0.0 if total is None else total.cents * COST.factor


def _figure_name(kind: str, key: tuple[str, str, str], names: dict[str, Name]) -> str:
    measure, from_arm, to_arm = key
    pair = f"{names[from_arm].index}{names[to_arm].index}"
    return f"{kind}-{measure.replace('_', '-')}-{pair}"


def _cause_title(row: AttributionRow) -> str:
    if row.cause == "interaction":
        return "Clauses acting together"
    if row.cause == "assumption":
        return f"Assumption: {row.title or assumption_title(row.name)}"
    return row.title or row.name


def _tornado(
    comparison: Comparison, key: tuple[str, str, str], rows: Sequence[TornadoRow]
) -> Markup:
    measure, from_arm, to_arm = key
    names = name_arms(comparison)
    told = _measured_as(comparison, measure)
    ordered = [
        replace(
            row,
            at_low=told.scaled(row.at_low),
            at_value=told.scaled(row.at_value),
            at_high=told.scaled(row.at_high),
        )
        for row in sorted(rows, key=lambda row: (-row.swing, row.assumption))
    ]
    drawn = [row for k, row in enumerate(ordered) if k < DRAWN or row.disputed]
    left_out = len(ordered) - len(drawn)
    rest = f" {left_out} that move it less are in the table only." if left_out else ""
    swings = [
        Swing(
            _named_with_unit(r) + (" (matters)" if r.matters else ""),
            r.at_low.value,
            r.at_high.value,
            _holding(r.low, r.holder_low),
            _holding(r.high, r.holder_high),
            r.disputed,
        )
        for r in drawn
    ]
    cells: list[list[Child]] = [
        [
            assumption_title(r.assumption),
            *(
                f"{wording.signed(e)} ({wording.interval(e, signed=True)})"
                for e in (r.at_low, r.at_value, r.at_high)
            ),
            "disputed" if r.disputed else "not disputed",
            r.why or "does not matter",
        ]
        for r in ordered
    ]
    at_value = ordered[0].at_value
    matter = wording.listed(
        [assumption_title(r.assumption) for r in ordered if r.matters]
    )
    return figure(
        _figure_name("tornado", key, names),
        f"{told.title}: which assumptions move the difference?",
        f"{names[to_arm].opening} less {names[from_arm].full}, {told.unit}: "
        f"{wording.signed(at_value)} with the shared assumptions. "
        f"Assumptions that matter: {matter or 'none'}.",
        lambda width: tornado_chart(
            swings, at_value=at_value.value, width=width, format="~r"
        ),
        table(
            f"Difference with each assumption low, shared and high, {told.unit}",
            (
                "Assumption",
                "At low",
                "At shared value",
                "At high",
                "Dispute",
                "Matters",
            ),
            cells,
            kind="numbers",
        ),
        note=element(
            "p",
            f"{names[to_arm].opening} less {names[from_arm].full}, {told.unit}. "
            f"The dark line, at {wording.signed(at_value)}, is the difference with the "
            f"shared values; the thin line is no difference. Blue bars are "
            f"disputed.{rest}",
            class_="unit",
        ),
        widths=(WIDE, NARROW),
    )


def _named_with_unit(row: TornadoRow) -> str:
    title = assumption_title(row.assumption)
    return title if row.unit.lower() in title.lower() else f"{title}, {row.unit}"


def _holding(value: float, holder: str) -> str:
    shown = f"{value:g}".replace("-", wording.MINUS)
    return f"{shown} ({holder})" if holder else shown
