"""Comma-separated text to cells, each row with its line number."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl

from caretime.formats._reading.raw import (
    LARGEST_FILE_BYTES,
    Findings,
    Raw,
    cells_of,
    without_empty_rows,
)
from caretime.formats._reading.text import plain_text, read_bytes


def read_grid(path: Path, table: str, source: str, findings: Findings) -> Raw | None:
    """Read one CSV file; ``None`` where there is nothing to go on with."""
    data = read_bytes(path, source, LARGEST_FILE_BYTES, findings)
    if data is None:
        return None
    data = plain_text(data, source, findings)
    if not data.strip():
        findings.problem(source, 0, "", "the file is empty, expected a header line")
        return None
    if _has_other_separators(data, source, findings):
        return None
    raw = _read_plain(data, table, source)
    if raw is None:
        raw = _read_quoted(data.decode(), table, source, findings)
    return without_empty_rows(raw)


def _has_other_separators(data: bytes, source: str, findings: Findings) -> bool:
    """Refuse a table without commas: its lists would be taken for columns."""
    header = data.lstrip(b"\n").split(b"\n", 1)[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if header.count(mark.encode()) > header.count(b","):
            findings.problem(
                source,
                1,
                "",
                f"columns are separated by {name}, expected commas; its rows, and "
                "references to it, were not checked",
                "save it as comma-separated UTF-8, or hand in the workbook itself",
            )
            findings.unread.add(source)
            return True
    return False


def _read_plain(data: bytes, table: str, source: str) -> Raw | None:
    """
    Read text without quotes and with equally long rows, in parallel.

    ``None`` where the text is not so simple: the other reader is slower and says
    which line is at fault.
    """
    if b'"' in data or data.startswith(b"\n"):
        return None
    data = data if data.endswith(b"\n") else data + b"\n"
    marks = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(marks == ord("\n"))
    at = np.flatnonzero(marks == ord(","))
    counts = np.diff(np.searchsorted(at, ends), prepend=0)
    if (counts != counts[0]).any():
        return None
    header = data[: int(ends[0])].decode().split(",")
    if len(set(header)) < len(header) or not header[-1].strip():
        return None
    cells = pl.read_csv(
        data,
        infer_schema=False,
        empty_string_is_null=False,
        quote_char=None,
        extra_columns="raise",
        missing_columns="raise",
    )
    lines = pl.int_range(2, cells.height + 2, eager=True).alias("line")
    return Raw(table, source, cells, lines)


def _read_quoted(text: str, table: str, source: str, findings: Findings) -> Raw:
    """Read any text, row by row; rows of the wrong length are problems."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    filled = 0
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            here, line = line, reader.line_num + 1
            if not row:
                continue
            if not header:
                header, filled = row, _filled(row)
            elif len(row) in (filled, len(header)):
                rows.append(row + [""] * (len(header) - len(row)))
                lines.append(here)
            elif any(cell.strip() for cell in row):
                findings.problem(
                    source,
                    here,
                    "",
                    f"{len(row)} values, expected {len(header)} as in the header",
                    "a comma inside a value needs quotes around the value"
                    if len(row) > len(header)
                    else "",
                )
    except csv.Error as error:
        findings.problem(source, line, "", f"cannot be read from here on: {error}")
    if filled < len(header) and not any(_filled(row) > filled for row in rows):
        message = f"{len(header) - filled} empty columns at the end of the header"
        findings.doubt(source, 1, "", f"{message}; they are ignored")
        header, rows = header[:filled], [row[:filled] for row in rows]
    names = _distinct(header, source, findings)
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    cells, numbers = cells_of(columns, names, lines)
    return Raw(table, source, cells, numbers)


def _filled(row: list[str]) -> int:
    """Return how many cells there are up to the last that holds anything."""
    places = (place for place, cell in enumerate(row, start=1) if cell.strip())
    return max(places, default=0)


def _distinct(header: list[str], source: str, findings: Findings) -> list[str]:
    """Give a repeated header a name of its own, and say so."""
    seen: set[str] = set()
    names = []
    for place, name in enumerate(header, start=1):
        if name in seen:
            if name.strip():
                findings.problem(source, 1, name.strip(), "the column stands twice")
            name = f"{name}\0{place}"
        seen.add(name)
        names.append(name)
    return names
