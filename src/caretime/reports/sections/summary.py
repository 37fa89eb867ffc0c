"""The summary table: measures that matter by proposals, with ranges and marks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from caretime.bargaining.comparison import ArmValue, Comparison, CostPart, MeasureRow
from caretime.measures.estimate import Estimate
from caretime.reports import exceptions, wording
from caretime.reports.answer import cost_estimate, cost_total
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import Name, name_arms
from caretime.reports.possible import possible
from caretime.reports.tabular import table

GROUPS = (
    (
        "Patients",
        (
            "within_intake",
            "within_first_treatment",
            "within_follow_up",
            "within_urgent",
            "wait_intake_median",
            "wait_intake_p90",
            "patients_lost",
            "visits_per_week",
            "network_patients",
        ),
    ),
    ("Clinicians", ("meals_missed", "unpaid_minutes", "load", "leavers", "vacancies")),
)


def summary_table(comparison: Comparison) -> Markup:
    """Write the table of the measures that matter, one column a proposal."""
    names = name_arms(comparison)
    arms = [names[arm.contract_id] for arm in comparison.arms]
    return table(
        "Each cell: the value, its 95 % range, and the difference against "
        f"{names[comparison.base].full}.",
        ("Measure", *(name.opening for name in arms)),
        _rows(comparison, arms),
        kind="numbers pairs summary",
        labels=("Measure", *(name.short for name in arms)),
    )


def mark(word: str) -> Markup:
    """Write a verdict with its symbol; the word stands beside it, always."""
    kind = {wording.BETTER: "better", wording.WORSE: "worse"}.get(word, "plain")
    symbol = element("span", wording.MARKS[word], aria_hidden="true")
    return element("span", symbol, f" {word}", class_=f"mark {kind}")


def key_to_marks() -> Markup:
    """Explain the marks in one line."""
    return element(
        "p",
        mark(wording.BETTER),
        " and ",
        mark(wording.WORSE),
        " are from the point of view of the people in the heading; ",
        mark(wording.NO_CLEAR_DIFFERENCE),
        " means that the range of the difference holds zero; ",
        mark(wording.DIFFERS),
        " marks a clear difference that is neither good nor bad by itself.",
        class_="key",
    )


def all_measures(comparison: Comparison) -> Markup:
    """Write every measure of the comparison, with its meaning."""
    names = name_arms(comparison)
    arms = [names[arm.contract_id] for arm in comparison.arms]
    return table(
        "Every measure that was computed.",
        ("Measure", *(name.opening for name in arms)),
        (
            cells
            for row in comparison.measures
            for cells in _measure_rows(comparison, row)
        ),
        kind="numbers pairs",
        labels=("Measure", *(name.short for name in arms)),
    )


def _rows(comparison: Comparison, arms: list[Name]) -> Iterator[list[Child]]:
    by_name = {row.name: row for row in comparison.measures}
    for heading, wanted in GROUPS:
        found = [by_name[name] for name in wanted if name in by_name]
        if found:
            yield [heading]
        for row in found:
            yield from _measure_rows(comparison, row)
    totals = [cost_total(comparison, name.contract_id) for name in arms]
    if any(totals):
        yield ["Cost"]
        yield [
            element("span", "All paid parts", class_="what"),
            *(_cost_cell(total) for total in totals),
        ]


def _measure_rows(comparison: Comparison, row: MeasureRow) -> Iterator[list[Child]]:
    """Write a measure, and below it what it is with all exceptions counted."""
    beside = exceptions.left_out(comparison, row.name)
    what = _what(row.title, f"{row.unit} {beside}".strip(), row.meaning)
    yield [what, *(_cell(row, value) for value in row.values)]
    if beside:
        yield _late_row(comparison, row)


def _what(title: str, unit: str, meaning: str) -> Markup:
    return element(
        "span",
        element("span", title, class_="what"),
        " ",
        element("span", unit, class_="unit"),
        title=meaning,
    )


def _late_row(comparison: Comparison, row: MeasureRow) -> list[Child]:
    """Write the share of all offers: from counts, so without range and verdict."""
    what = _what(
        f"{row.title}, exceptions counted as late",
        "% of all offers, replications pooled, so without a range",
        "Offers within the limit over all offers, with and without an exception",
    )
    base = exceptions.counted_late(comparison, row.name, comparison.base)
    cells: list[Child] = [what]
    for arm in comparison.arms:
        share = exceptions.counted_late(comparison, row.name, arm.contract_id)
        if share is None:
            cells.append(element("span", "not measured", class_="range"))
            continue
        parts: list[Child] = [
            element("span", f"{wording.number(share, places=1)} %", class_="value")
        ]
        if base is not None and arm.contract_id != comparison.base:
            change = wording.number(share - base, places=1, signed=True)
            parts.append(element("span", change, class_="difference"))
        cells.append(element("div", parts, class_="cell"))
    return cells


def _cell(row: MeasureRow, value: ArmValue) -> Markup:
    own = possible(row.name, row.unit, value.estimate)
    if not math.isfinite(own.value):
        return element("span", "not measured", class_="range")
    shown = wording.number(own.value, places=wording.places_of(own))
    unit = " %" if row.unit == "%" else ""
    parts: list[Child] = [
        element("span", f"{shown}{unit}", class_="value"),
        " ",
        element("span", wording.interval(own), class_="range"),
    ]
    difference = value.difference
    if difference is not None and math.isfinite(difference.value):
        parts.append(_difference(difference, row.better))
    if own.split:
        parts.append(" ")
        parts.append(element("span", "two groups, see notes", class_="range aside"))
    return element("div", parts, class_="cell")


def _difference(difference: Estimate, better: str) -> Markup:
    return element(
        "span",
        wording.signed(difference),
        " ",
        mark(wording.verdict(difference, better)),
        class_="difference",
        title=f"95 % range: {wording.interval(difference, signed=True)}",
    )


def _cost_cell(part: CostPart | None) -> Markup:
    if part is None:
        return element("span", "not priced", class_="range")
    cells: list[Child] = [element("span", wording.dollars(part.cents), class_="value")]
    if part.low is not None and part.high is not None:
        ends = f"{wording.dollars(max(0, part.low))} to {wording.dollars(part.high)}"
        cells += [" ", element("span", ends, class_="range")]
    if part.difference_cents is not None:
        difference = cost_estimate(part)
        shown = wording.dollars(part.difference_cents, signed=True)
        told: Child = shown
        if not difference.excludes_zero:
            told = [f"{shown} ", mark(wording.NO_CLEAR_DIFFERENCE)]
        cells.append(element("span", told, class_="difference"))
    return element("div", cells, class_="cell")
