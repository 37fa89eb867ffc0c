"""The short table with which a comparison ends on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from caretime.bargaining.comparison import ArmValue, Comparison, MeasureRow
from caretime.reports import exceptions, wording
from caretime.reports.answer import cost_estimate, cost_total
from caretime.reports.names import name_arms

if TYPE_CHECKING:
    from rich.console import Console

ROWS = (
    "within_intake",
    "wait_intake_median",
    "within_follow_up",
    "patients_lost",
    "visits_per_week",
    "meals_missed",
    "unpaid_minutes",
    "leavers",
)
STYLES = {wording.BETTER: "green", wording.WORSE: "red"}


def print_summary(comparison: Comparison, console: Console) -> None:
    """
    Print the measures that matter most, one column a proposal.

    Each cell holds the value and, below it, the difference against the base with
    its mark; a mark is a symbol first and a color second. Fits 100 columns with
    four proposals.

    Parameters
    ----------
    comparison
        What to show.
    console
        Where to print; the caller decides between standard output and error.
    """
    from rich.table import Table
    from rich.text import Text

    names = name_arms(comparison)
    base = names[comparison.base]
    table = Table(
        title=f"{comparison.system_name}, {comparison.provenance.weeks} weeks, "
        f"{comparison.provenance.replications} replications",
        caption=f"Differences against {base.full}: ✓ better, ✗ worse, ↕ differs, "
        "≈ no clear difference (95 %)",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("Measure", overflow="fold")
    for arm in comparison.arms:
        table.add_column(names[arm.contract_id].short, justify="right")
    for row in _rows(comparison):
        cells = [Text.from_markup(_cell(row, value)) for value in row.values]
        beside = exceptions.left_out(comparison, row.name)
        unit = f"{row.unit} {beside}".strip()
        table.add_row(Text(f"{row.title} ({unit})"), *cells)
    if any(cost_total(comparison, arm.contract_id) for arm in comparison.arms):
        table.add_row(
            Text("Cost, all paid parts"),
            *(
                Text.from_markup(_cost(comparison, arm.contract_id))
                for arm in comparison.arms
            ),
        )
    console.print(table)


def _rows(comparison: Comparison) -> list[MeasureRow]:
    by_name = {row.name: row for row in comparison.measures}
    return [by_name[name] for name in ROWS if name in by_name]


def _cell(row: MeasureRow, value: ArmValue) -> str:
    own = value.estimate
    if not math.isfinite(own.value):
        return "–"
    shown = wording.number(own.value, places=wording.places_of(own))
    difference = value.difference
    if difference is None or not math.isfinite(difference.value):
        return shown
    word = wording.verdict(difference, row.better)
    return f"{shown}\n{_styled(wording.signed(difference), word)}"


def _cost(comparison: Comparison, contract_id: str) -> str:
    part = cost_total(comparison, contract_id)
    if part is None:
        return "–"
    shown = wording.dollars(part.cents)
    if part.difference_cents is None:
        return shown
    difference = wording.dollars(part.difference_cents, signed=True)
    if cost_estimate(part).excludes_zero:
        return f"{shown}\n{difference}"
    return f"{shown}\n{_styled(difference, wording.NO_CLEAR_DIFFERENCE)}"


def _styled(text: str, word: str) -> str:
    style = STYLES.get(word, "dim")
    return f"[{style}]{text} {wording.MARKS[word]}[/{style}]"
