"""The typed tables of one system, as the checks across tables see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking.columns import LINE
from caretime.formats.dictionary import dictionary
from caretime.model.calendar import Calendar
from caretime.model.terms import Contract


@dataclass(frozen=True, slots=True)
class Incidents:
    """
    Incidents of one file or sheet; a file has a line for each key.

    Parameters
    ----------
    faults
        Lines and keys of the values that could not be read.
    names, names_source
        Clinicians of a file that has them in a CSV, and what messages call it.
    """

    frame: pl.DataFrame
    source: str
    lines: Mapping[str, int]
    faults: frozenset[tuple[int, str]] = frozenset()
    names: pl.DataFrame | None = None
    names_source: str = ""

    def problem(
        self, row: Mapping[str, Any], key: str, message: str, suggestion: str = ""
    ) -> Problem:
        """Return one problem with one value of one incident."""
        return Problem(self.source, self._line(row, key), key, message, suggestion)

    def is_faulty(self, row: Mapping[str, Any], key: str) -> bool:
        """Say whether a value is there and could not be read."""
        return (self._line(row, key), key) in self.faults

    def place(
        self, row: Mapping[str, Any], key: str, identifier: str
    ) -> tuple[str, int, str]:
        """Return source, line and field in which one id of a list stands."""
        if self.names is not None and key == "clinician_ids":
            stood = self.names.filter(pl.col("clinician_id") == identifier)
            return self.names_source, int(stood[LINE][0]), "clinician_id"
        return self.source, self._line(row, key), key

    def _line(self, row: Mapping[str, Any], key: str) -> int:
        line: int = self.lines.get(key, row[LINE])
        return line


@dataclass(frozen=True, slots=True)
class Tables:
    """
    Everything that was read, cells at fault being null.

    Parameters
    ----------
    frames, sources
        Typed tables with a ``line`` column, and what messages call them.
    settings, settings_source, settings_lines
        Values of ``system.yaml`` by key, and where they stood.
    calendar
        Business days, holidays proposed where the settings have none.
    contracts, contract_sources
        Contracts by id and their files; ``contracts_read`` is false where a file
        is at fault, so that nothing is said about ids that it may hold.
    incidents
        One for each file, or one for the sheet.
    unread
        Tables that are there and could not be read: nothing is said about ids that
        they may hold.
    """

    frames: Mapping[str, pl.DataFrame]
    sources: Mapping[str, str]
    settings: Mapping[str, Any]
    settings_source: str
    settings_lines: Mapping[str, int]
    calendar: Calendar
    contracts: Mapping[str, Contract]
    contract_sources: Mapping[str, str]
    contracts_read: bool
    incidents: tuple[Incidents, ...]
    unread: frozenset[str] = frozenset()

    @property
    def first_day(self) -> date | None:
        """Monday of week 0, ``None`` if the settings do not say."""
        day: date | None = self.settings.get("first_day")
        return day

    def rows(self, table: str, *columns: str) -> pl.DataFrame:
        """Return the rows in which all of these columns could be read."""
        frame = self.frames.get(table)
        if frame is None or any(column not in frame.columns for column in columns):
            schema = {LINE: pl.Int64} | {c: _dtype(table, c) for c in columns}
            return pl.DataFrame(schema=schema)
        return frame.select(LINE, *columns).drop_nulls()

    def optional(self, table: str, needed: tuple[str, ...], extra: str) -> pl.DataFrame:
        """Return rows as ``rows`` does, with one more column that may be null."""
        rows = self.rows(table, *needed)
        frame = self.frames.get(table)
        if frame is None or extra not in frame.columns:
            return rows.with_columns(pl.lit(None, _dtype(table, extra)).alias(extra))
        return rows.join(frame.select(LINE, extra), on=LINE, how="left")

    def tell(
        self,
        table: str,
        field: str,
        rows: pl.DataFrame,
        message: pl.Expr | str,
        suggestion: str = "",
    ) -> Iterator[Problem]:
        """Yield one problem for each row, its message built by an expression."""
        if not rows.height:
            return
        text = pl.lit(message) if isinstance(message, str) else message
        told = rows.select(LINE, text.alias("message"))
        source = self.sources[table]
        for line, words in told.iter_rows():
            yield Problem(source, line, field, words, suggestion)

    def setting(self, key: str, message: str, suggestion: str = "") -> Problem:
        """Return one problem about a setting."""
        line = self.settings_lines.get(key, 0)
        return Problem(self.settings_source, line, key, message, suggestion)


_DTYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "clock": pl.Int64,
    "weekday": pl.Int64,
    "number": pl.Float64,
    "share": pl.Float64,
    "yes_no": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime("us", "UTC"),
}


def _dtype(table: str, column: str) -> Any:
    return _DTYPES.get(dictionary(table)[column].type, pl.String)
