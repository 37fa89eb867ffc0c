"""Tables by sort of patient, in which no small count is shown or can be worked out."""

from __future__ import annotations

from collections.abc import Sequence

from caretime.measures.suppression import THRESHOLD
from caretime.reports.markup import Child, Markup, element
from caretime.reports.strike_hidden import SafeTable
from caretime.reports.strike_words import of_hundred
from caretime.reports.tabular import table

HIDDEN = "hidden"
TOO_FEW = f"Fewer than {THRESHOLD} people, or would give such a count away"


def breakdown(
    caption: Child,
    head: str,
    shown: SafeTable,
    columns: Sequence[str],
    *,
    rate: str = "",
) -> Markup:
    """
    Write a table of counts by part, with the total of each row.

    Parameters
    ----------
    head
        Over the names of the parts.
    rate
        Head of a last column that gives the last count of a row as so many of a
        hundred; without it there is none.
    """
    heads = [head, "All", *columns, *([rate] if rate else [])]
    return table(
        caption,
        heads,
        [_row(shown, k, rated=bool(rate)) for k in range(len(shown.parts))],
        kind="numbers columns",
    )


def part_name(shown: SafeTable, row: int) -> str:
    """Return the name of a row; of the one that merges small ones, whom it holds."""
    name = shown.parts[row]
    if name:
        return name
    if len(shown.merged) > 6:
        return f"{len(shown.merged)} others, too few to stand alone"
    return f"{', '.join(sorted(shown.merged))} (together)"


def hidden_cell() -> Markup:
    """Write the cell of a count that must not be shown."""
    return element("span", HIDDEN, class_="unit", title=TOO_FEW)


def cell(shown: SafeTable, row: int, column: int) -> Child:
    """Write one count, or that it is hidden."""
    if shown.hidden[row, column]:
        return hidden_cell()
    return f"{int(shown.counts[row, column]):,}"


def _row(shown: SafeTable, row: int, *, rated: bool) -> list[Child]:
    total = int(shown.counts[row].sum())
    last = shown.counts.shape[1] - 1
    cells: list[Child] = [part_name(shown, row), f"{total:,}"]
    cells += [cell(shown, row, column) for column in range(last + 1)]
    if rated:
        is_hidden = shown.hidden[row, last]
        share = of_hundred(int(shown.counts[row, last]), total)
        cells.append(hidden_cell() if is_hidden else share)
    return cells
