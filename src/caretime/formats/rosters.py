"""Rosters from and to tables that people type, and results with their proof."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime.errors import InputError
from caretime.formats._checking.roster import checked_roster
from caretime.formats._checking.spellings import column_of, looks_like_data
from caretime.formats._nouns import csv_bytes
from caretime.formats._reading.grid import read_grid
from caretime.formats._reading.raw import LARGEST_YAML_BYTES, Findings, Raw
from caretime.formats._reading.text import read_bytes
from caretime.formats._reading.workbook import open_workbook
from caretime.formats._roster_results import (
    RESULT_FILE,
    header_of,
    read_body,
    result_of,
    result_text,
)
from caretime.formats._roster_tables import COLUMNS, roster_table, weeks_of
from caretime.formats._writing import beside, new_book, write_rows
from caretime.model.outcome import RosterResult
from caretime.model.week import Roster

if TYPE_CHECKING:
    import polars as pl

    from caretime.model.system import CareSystem

ROSTER_FILE = "roster.csv"
SHEET = "roster"
LARGEST_ROSTER_BYTES = 50_000_000
"""Refused above: 2,400 clinicians with 80 blocks each are 9 MB."""

_HEADER_LINE = ",".join(COLUMNS)


def read_roster(path: str | Path, system: CareSystem | None = None) -> Roster:
    """
    Read the weeks of a roster, typed by hand or written by Caretime.

    Parameters
    ----------
    path
        A ``.csv`` file with the columns ``clinician_id, weekday, start, end,
        activity, place``; a workbook (``.xlsx``) with them in its sheet ``roster``,
        or in its only sheet; or a folder that holds ``roster.csv``. A row with a
        clinician alone is a week without blocks.
    system
        Where given, every clinician and clinic must be one of it.

    Returns
    -------
    Roster
        With the contract and days that ``result.json`` in the folder states; a
        file alone says neither: its contract is empty and its days are open.

    Raises
    ------
    InputError
        With every problem found: file, row, column, what was found and expected.

    Notes
    -----
    What can mean one thing only is understood: ``8:00``, ``1:30 PM`` and a
    spreadsheet's fractions for times, ``Monday`` for Mon, titles such as "Return
    visit" for activities, any spelling of telehealth, spaces around a value.
    """
    findings = Findings()
    path = Path(path)
    roster = _read(path, system, findings)
    if roster is None or findings.problems:
        raise InputError(findings.problems)
    return roster


def write_roster(roster: Roster, path: str | Path) -> None:
    """
    Write the weeks of a roster to ``.csv`` or ``.xlsx``, by the path's ending.

    Written beside the target first and moved there in one step; equal weeks give
    equal bytes. Contract and days are not part of the table: see ``write_result``.

    Raises
    ------
    ValueError
        If the ending is another, or a value could not be read back.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"{path.name}: expected a name that ends in .csv or .xlsx")
    table = roster_table(roster)
    with beside(path) as new:
        write(table, new)
        os.replace(new, path)


def roster_hash(roster: Roster) -> str:
    """Return the SHA-256 of a roster's weeks, as 64 hex digits."""
    return _hash(roster_table(roster))


def write_result(result: RosterResult, folder: str | Path) -> None:
    """
    Write a result to a folder: ``roster.csv``, and ``result.json`` with its proof.

    The folder is made where there is none; other files in it stay. Each file is
    replaced in one step, and ``result.json`` holds the hash of the weeks, so that
    a roster and a result that do not belong together are never read as one.

    Raises
    ------
    ValueError
        If a value could not be read back.
    """
    folder = Path(folder)
    table = roster_table(result.roster)
    text = result_text(result, _hash(table))
    folder.mkdir(parents=True, exist_ok=True)
    with beside(folder / ROSTER_FILE) as weeks, beside(folder / RESULT_FILE) as proof:
        _write_csv(table, weeks)
        proof.write_bytes(text.encode())
        os.replace(weeks, folder / ROSTER_FILE)
        os.replace(proof, folder / RESULT_FILE)


def read_result(folder: str | Path, system: CareSystem | None = None) -> RosterResult:
    """
    Read what ``write_result`` wrote: an equal result.

    Raises
    ------
    InputError
        With every problem found, or if the weeks were changed since: objective and
        bound would not be theirs. ``read_roster`` reads changed weeks.
    """
    findings = Findings()
    folder = Path(folder)
    roster = _read(folder, system, findings)
    body = _body(folder, Findings()) if (folder / RESULT_FILE).exists() else None
    if body is None and not findings.problems:
        findings.problem(RESULT_FILE, 0, "", "the file is missing")
    if roster is None or body is None or findings.problems:
        raise InputError(findings.problems)
    if body["roster_hash"] != roster_hash(roster):
        message = f"{ROSTER_FILE} was changed since this result was written"
        hint = "read it as a roster and judge it anew"
        findings.problem(RESULT_FILE, 0, "roster_hash", message, hint)
        raise InputError(findings.problems)
    return result_of(body, roster)


def _read(path: Path, system: CareSystem | None, findings: Findings) -> Roster | None:
    """Read a file, or a folder with what its result says of contract and days."""
    header: dict[str, Any] = {"contract_id": ""}
    if path.is_dir():
        if (path / RESULT_FILE).exists():
            body = _body(path, findings)
            header = header_of(body) if body is not None else header
        path = path / ROSTER_FILE
    raw = _raw(path, findings)
    if raw is None:
        return None
    rows, empty = checked_roster(raw, system, findings)
    if findings.problems:
        return None
    return Roster(weeks=weeks_of(rows, empty), **header)


def _body(folder: Path, findings: Findings) -> dict[str, Any] | None:
    file = folder / RESULT_FILE
    data = read_bytes(file, RESULT_FILE, LARGEST_YAML_BYTES, findings)
    return None if data is None else read_body(data, RESULT_FILE, findings)


def _raw(path: Path, findings: Findings) -> Raw | None:
    """Return the cells of a file with our headers; ``None`` where there are none."""
    ending = path.suffix.lower()
    if not path.is_file():
        findings.problem(str(path), 0, "", "there is no such file")
        return None
    if ending not in _READERS:
        message = "expected a .csv file, an Excel workbook (.xlsx) or a folder"
        findings.problem(path.name, 0, "", message)
        return None
    if (size := path.stat().st_size) > LARGEST_ROSTER_BYTES:
        most = f"at most {LARGEST_ROSTER_BYTES / 1e6:,.0f} MB are read"
        message = f"has {size / 1e6:,.0f} MB, {most}"
        findings.problem(path.name, 0, "", message, "one row a block of a week")
        return None
    raw = _READERS[ending](path, findings)
    return None if raw is None else _with_headers(raw, findings)


def _read_csv(path: Path, findings: Findings) -> Raw | None:
    return read_grid(path, "roster", path.name, findings)


def _read_book(path: Path, findings: Findings) -> Raw | None:
    """Read the sheet of the roster; the only sheet does under any name."""
    book = open_workbook(path, findings)
    if book is None:
        return None
    named = [sheet for sheet in book.sheets if sheet.strip().casefold() == SHEET]
    if not named and len(book.sheets) > 1:
        found = ", ".join(book.sheets[:5])
        message = f"no sheet {SHEET!r}, found {found}"
        findings.problem(path.name, 0, "", message, "rename the sheet that is meant")
        return None
    return book.raw((named or list(book.sheets))[0], "roster", findings)


_READERS: dict[str, Callable[[Path, Findings], Raw | None]] = {
    ".csv": _read_csv,
    ".xlsx": _read_book,
}


def _with_headers(raw: Raw, findings: Findings) -> Raw | None:
    """Spell the headers our way; say so where the first line is none."""
    names: dict[str, str] = {}
    for header in raw.cells.columns:
        name = column_of(header)
        names[header] = header if name in names.values() else name
    if not set(COLUMNS) & set(names.values()) and looks_like_data(raw.cells.columns):
        message = f"the first line is no header, expected {_HEADER_LINE}"
        findings.problem(raw.source, 1, "", message)
        return None
    return Raw(raw.table, raw.source, raw.cells.rename(names), raw.lines)


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    path.write_bytes(csv_bytes(table))


def _write_book(table: pl.DataFrame, path: Path) -> None:
    book = new_book(path)
    write_rows(book, SHEET, table.columns, table.iter_rows())
    book.close()


_WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_book,
}


def _hash(table: pl.DataFrame) -> str:
    return sha256(csv_bytes(table)).hexdigest()
