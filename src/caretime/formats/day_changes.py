"""
One-off changes to single days, from and to ``changes.csv``.

::

    clinician_id,day,change,start,end,activity,place,to_day,to_start
    C-00012,2025-06-03,away,13:00,,,,,
    C-00012,2025-06-04,add,16:00,17:00,meeting,,,
    C-00013,2025-06-03,move,09:00,,,,2025-06-04,10:00
    C-00014,2025-06-05,place,,,,telehealth,,

``away`` and ``place`` hold from start to end, all day where these are empty.
``add`` sets a block. ``move`` takes the block that starts at ``start`` to
``to_start``, on ``to_day`` where given. Columns that no row uses may be left out.
Why somebody is away has no column.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime.errors import InputError, Problem
from caretime.formats._checking.hints import did_you_mean, near
from caretime.formats._reading.raw import Findings
from caretime.formats._reading.text import plain_text, read_bytes
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.dated import CHANGES, DayChange
from caretime.model.week import TELEHEALTH
from caretime.rules.clause_kinds import clock_minutes
from caretime.tables import rows

if TYPE_CHECKING:
    from caretime.model.system import CareSystem

COLUMNS = (
    "clinician_id",
    "day",
    "change",
    "start",
    "end",
    "activity",
    "place",
    "to_day",
    "to_start",
)
REQUIRED = COLUMNS[:3]
LARGEST_BYTES = 20_000_000

NEEDS: Mapping[str, tuple[str, ...]] = {
    "away": (),
    "add": ("start", "end", "activity"),
    "move": ("start", "to_start"),
    "place": ("place",),
}
USES: Mapping[str, tuple[str, ...]] = {
    "away": ("start", "end"),
    "add": ("start", "end", "activity", "place"),
    "move": ("start", "place", "to_day", "to_start"),
    "place": ("start", "end", "place"),
}


def read_changes(
    path: str | Path, system: CareSystem | None = None
) -> tuple[DayChange, ...]:
    """
    Read one-off changes.

    Parameters
    ----------
    system
        Where given, clinicians and places must be of it.

    Returns
    -------
    tuple of DayChange
        In the order of the file, each with its line.

    Raises
    ------
    InputError
        With every problem of the file. Whether a change fits its day is told when
        the dated weeks are made.
    """
    changes, problems = changes_and_problems(path, system)
    if problems:
        raise InputError(problems)
    return changes


def changes_and_problems(
    path: str | Path, system: CareSystem | None = None
) -> tuple[tuple[DayChange, ...], tuple[Problem, ...]]:
    """
    Return the sound changes of a file, and every problem of the others.

    For who wants to know as well whether the sound ones fit their days, so that
    all problems are told at once; ``read_changes`` refuses a file with a problem.
    """
    path = Path(path)
    findings = Findings()
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        message = "this is a workbook, expected a CSV file"
        findings.problem(path.name, 0, "", message, "save the sheet as 'CSV UTF-8'")
        return (), tuple(findings.problems)
    data = read_bytes(path, path.name, LARGEST_BYTES, findings)
    if data is None:
        return (), tuple(findings.problems)
    text = plain_text(data, path.name, findings).decode(errors="replace")
    reader = csv.reader(StringIO(text))
    header = [name.strip() for name in next(reader, [])]
    _check_header(header, path.name, findings)
    reading = _Reading(path.name, findings, _clinicians(system), _places(system))
    found = [
        reading.change(line, dict(zip(header, cells, strict=False)))
        for line, cells in _lines(reader, header, path.name, findings)
    ]
    changes = tuple(change for change in found if change is not None)
    return changes, tuple(findings.problems)


def write_changes(changes: Iterable[DayChange], path: str | Path) -> None:
    """Write one-off changes; what is read back is equal."""
    path = Path(path)
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(change) for change in changes)
    os.replace(new, path)


@dataclass
class _Reading:
    """What the cells of one file are read and checked with."""

    source: str
    findings: Findings
    clinicians: Collection[str] | None
    places: Collection[str] | None
    activities: tuple[str, ...] = field(
        default_factory=lambda: tuple(row["activity"] for row in rows("activities"))
    )

    def change(self, line: int, cells: Mapping[str, str]) -> DayChange | None:
        """Read one row; ``None`` where it has a problem."""
        before = len(self.findings.problems)
        told = {name: cells.get(name, "").strip() for name in COLUMNS}
        kind = self._one_of(line, "change", told["change"], CHANGES)
        for name in (*REQUIRED[:2], *NEEDS.get(kind, ())):
            if not told[name]:
                need = f"a row of change {kind}" if kind else "every row"
                self._problem(line, name, f"empty, but {need} needs it")
        for name in COLUMNS[3:] if kind else ():
            if told[name] and name not in USES[kind]:
                self._problem(
                    line, name, f"{told[name]!r}, but change {kind} has no use for it"
                )
        day = self._day(line, "day", told["day"])
        to_day = self._day(line, "to_day", told["to_day"])
        start = self._clock(line, "start", told["start"])
        end = self._clock(line, "end", told["end"])
        to_start = self._clock(line, "to_start", told["to_start"])
        self._one_of(line, "clinician_id", told["clinician_id"], self.clinicians)
        self._one_of(line, "activity", told["activity"], self.activities)
        self._one_of(line, "place", told["place"], self.places)
        first = start or 0
        last = MINUTES_PER_DAY if end is None else end
        if first >= last:
            self._problem(
                line, "end", f"{told['end'] or '24:00'} is not after {told['start']}"
            )
        if len(self.findings.problems) > before or day is None:
            return None
        return DayChange(
            told["clinician_id"],
            day,
            kind,
            first,
            last,
            told["activity"],
            told["place"],
            to_day,
            to_start,
            line,
        )

    def _day(self, line: int, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._problem(
                line, name, f"expected a date such as 2025-06-03, got {text!r}"
            )
            return None

    def _clock(self, line: int, name: str, text: str) -> int | None:
        if not text:
            return None
        if text == "24:00":
            return MINUTES_PER_DAY
        try:
            return clock_minutes(text)
        except ValueError:
            message = f"expected a time of day such as 08:30, got {text!r}"
            self._problem(line, name, message)
            return None

    def _one_of(
        self, line: int, name: str, text: str, choices: Collection[str] | None
    ) -> str:
        """Return the text where it is one of the choices, or nothing."""
        if not text or choices is None or text in choices:
            if not text and name == "change":
                self._problem(line, name, f"empty; expected {', '.join(CHANGES)}")
            return text
        listed = f"; expected {', '.join(choices)}" if len(choices) < 6 else ""
        hint = did_you_mean(near(text, choices))
        self._problem(line, name, f"unknown {name} {text!r}{listed}", hint)
        return ""

    def _problem(self, line: int, name: str, message: str, hint: str = "") -> None:
        self.findings.problem(self.source, line, name, message, hint)


def _check_header(header: list[str], source: str, findings: Findings) -> None:
    for name in REQUIRED:
        if name not in header:
            findings.problem(source, 1, name, "the column is missing")
    for name in header:
        if name not in COLUMNS:
            hint = did_you_mean(near(name, COLUMNS))
            findings.problem(source, 1, name, f"no column {name!r} is known", hint)
        elif header.count(name) > 1:
            findings.problem(source, 1, name, "the column stands twice")


def _lines(
    reader: Any, header: list[str], source: str, findings: Findings
) -> Iterable[tuple[int, list[str]]]:
    """Yield line numbers and cells of the rows that hold anything."""
    if not set(REQUIRED) <= set(header):
        return
    for cells in reader:
        line: int = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            message = f"{len(cells)} cells under {len(header)} columns"
            findings.problem(source, line, "", message)
            continue
        yield line, cells


def _clinicians(system: CareSystem | None) -> Collection[str] | None:
    return None if system is None else {c.clinician_id for c in system.clinicians}


def _places(system: CareSystem | None) -> Collection[str] | None:
    if system is None:
        return None
    return (*sorted(c.clinic_id for c in system.clinics), TELEHEALTH)


def _cells(change: DayChange) -> tuple[str, ...]:
    uses = USES[change.change]
    whole = change.start == 0 and change.end == MINUTES_PER_DAY
    times = "" if whole and change.change in ("away", "place") else None
    return (
        change.clinician_id,
        change.day.isoformat(),
        change.change,
        _clock(change.start) if times is None else times,
        _clock(change.end) if times is None and "end" in uses else "",
        change.activity,
        change.place,
        change.to_day.isoformat() if change.to_day else "",
        "" if change.to_start is None else _clock(change.to_start),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
