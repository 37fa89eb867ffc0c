"""Cells of text, and where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from caretime.errors import Problem

LARGEST_FILE_BYTES = 100_000_000
"""Refused above: one table of 100 MB is about 750,000 appointments."""

LARGEST_YAML_BYTES = 2_000_000
"""Refused above: settings, contracts and incidents are written by people."""


@dataclass(frozen=True, slots=True)
class Raw:
    """
    One table as it was found.

    Parameters
    ----------
    table
        Name of its dictionary.
    source
        What messages call it.
    cells
        Every column as text, headers as found, an empty cell is ``""``.
    lines
        Line number of each row as an editor counts it.
    """

    table: str
    source: str
    cells: pl.DataFrame
    lines: pl.Series

    @property
    def word(self) -> str:
        """What the source calls a field: a YAML file has keys."""
        return "key" if self.source.endswith((".yaml", ".yml")) else "column"


@dataclass(slots=True)
class Findings:
    """
    What is wrong (problems) and what is odd but accepted (doubts).

    Doubts about contracts stand apart: a plain read warns of them. ``unread`` are
    sources whose header could not be read; what is wrong there comes first.
    """

    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    contract_doubts: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def in_order(self) -> tuple[Problem, ...]:
        """Return the problems in file order, after those of unread headers."""
        return tuple(
            sorted(self.problems, key=lambda p: (p.source not in self.unread, p))
        )

    def problem(
        self, source: str, row: int, column: str, message: str, suggestion: str = ""
    ) -> None:
        """Add one problem."""
        self.problems.append(Problem(source, row, column, message, suggestion))

    def doubt(
        self, source: str, row: int, column: str, message: str, suggestion: str = ""
    ) -> None:
        """Add one doubt."""
        self.doubts.append(Problem(source, row, column, message, suggestion))


def cells_of(
    columns: Sequence[Sequence[str]], names: Sequence[str], lines: Sequence[int]
) -> tuple[pl.DataFrame, pl.Series]:
    """Build the two frames of a ``Raw`` from plain lists."""
    cells = pl.DataFrame(
        {
            name: pl.Series(name, column, dtype=pl.String)
            for name, column in zip(names, columns, strict=True)
        }
    )
    return cells, pl.Series("line", lines, dtype=pl.Int64)


def without_empty_rows(raw: Raw) -> Raw:
    """Drop rows in which no cell holds anything: spreadsheets leave them behind."""
    if not raw.cells.height or not raw.cells.width:
        return raw
    blank = raw.cells.select(
        pl.all_horizontal(pl.all().str.strip_chars().eq("")).alias("blank")
    )["blank"]
    if not blank.any():
        return raw
    return Raw(
        raw.table, raw.source, raw.cells.filter(~blank), raw.lines.filter(~blank)
    )
