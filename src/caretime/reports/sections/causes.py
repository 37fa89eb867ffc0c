"""Where a difference comes from: clauses, and assumptions that would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from caretime.bargaining.comparison import AttributionRow, Comparison, TornadoRow
from caretime.reports import wording
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
from caretime.reports.sections.effects import Told, level_of, measured_as
from caretime.reports.sections.figures import figure
from caretime.reports.tabular import table

DRAWN = 10
"""Assumptions drawn in a tornado, besides the disputed ones."""


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


def fewer_replications(comparison: Comparison) -> str | None:
    """Own up to runs shorter than the headline's; ``None`` where there are none."""
    runs = [row.at_value.replications for row in comparison.tornado]
    runs += [row.share.replications for row in comparison.attribution]
    headline = comparison.provenance.replications
    if not runs or min(runs) >= headline:
        return None
    used = " to ".join(dict.fromkeys(f"{number}" for number in (min(runs), max(runs))))
    return (
        f"The runs of this part use {used} replications, the tables above {headline}. "
        "Their differences may therefore differ slightly from those of the tables."
    )


def _waterfall(
    comparison: Comparison, key: tuple[str, str, str], rows: Sequence[AttributionRow]
) -> Markup:
    measure, from_arm, to_arm = key
    names = name_arms(comparison)
    told = measured_as(comparison, measure)
    rows = [replace(row, share=told.scaled(row.share)) for row in rows]
    start = level_of(comparison, measure, from_arm)
    end = start + next(row.share.value for row in rows if row.cause == "total")
    steps = [
        Step(names[from_arm].opening, 0, start, "total", wording.number(start)),
        *_steps(rows, start, told),
        Step(names[to_arm].opening, 0, end, "total", wording.number(end)),
    ]
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


def _steps(rows: Sequence[AttributionRow], start: float, told: Told) -> Iterator[Step]:
    """Walk from the first arm's number by its causes, the largest first."""
    causes = [row for row in rows if row.cause in ("clauses", "interaction")]
    for cause in sorted(causes, key=lambda row: -abs(row.share.value)):
        word = wording.verdict(cause.share, told.better)
        kind = word if word in ("better", "worse") else "neither"
        text = f"{wording.signed(cause.share)} {word if told.better else ''}".strip()
        end = start + cause.share.value
        yield Step(_cause_title(cause), start, end, kind, text)
        start = end


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
    told = measured_as(comparison, measure)
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
    swings = [_swing(row) for row in drawn]
    pair = f"{names[to_arm].opening} less {names[from_arm].full}, {told.unit}"
    at_value = ordered[0].at_value
    matter = wording.listed(
        [assumption_title(r.assumption) for r in ordered if r.matters]
    )
    return figure(
        _figure_name("tornado", key, names),
        f"{told.title}: which assumptions move the difference?",
        f"{pair}: {wording.signed(at_value)} with the shared assumptions. "
        f"Assumptions that matter: {matter or 'none'}.",
        lambda width: tornado_chart(
            swings, at_value=at_value.value, width=width, format="~r"
        ),
        _swing_table(ordered, told),
        note=element(
            "p",
            f"{pair}. The dark line, at {wording.signed(at_value)}, is the difference "
            "with the shared values; the thin line is no difference. Blue bars are "
            f"disputed.{rest}",
            class_="unit",
        ),
        widths=(WIDE, NARROW),
    )


def _swing(row: TornadoRow) -> Swing:
    return Swing(
        _named_with_unit(row) + (" (matters)" if row.matters else ""),
        row.at_low.value,
        row.at_high.value,
        _holding(row.low, row.holder_low),
        _holding(row.high, row.holder_high),
        row.disputed,
    )


def _swing_table(rows: Sequence[TornadoRow], told: Told) -> Markup:
    cells: list[list[Child]] = [
        [
            assumption_title(row.assumption),
            *(
                f"{wording.signed(at)} ({wording.interval(at, signed=True)})"
                for at in (row.at_low, row.at_value, row.at_high)
            ),
            "disputed" if row.disputed else "not disputed",
            row.why or "does not matter",
        ]
        for row in rows
    ]
    return table(
        f"Difference with each assumption low, shared and high, {told.unit}",
        ("Assumption", "At low", "At shared value", "At high", "Dispute", "Matters"),
        cells,
        kind="numbers",
    )


def _named_with_unit(row: TornadoRow) -> str:
    title = assumption_title(row.assumption)
    return title if row.unit.lower() in title.lower() else f"{title}, {row.unit}"


def _holding(value: float, holder: str) -> str:
    shown = f"{value:g}".replace("-", wording.MINUS)
    return f"{shown} ({holder})" if holder else shown
