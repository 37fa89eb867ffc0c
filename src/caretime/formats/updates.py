"""
What became known since a plan was made: answers, decisions, returns, openings.

A folder with any of these files, one of them alone, or a workbook with them as
sheets::

    answers.csv     patient_id, answer, at, note_license, cosigned_by, noted_at,
                    note, extends_to
    pins.csv        patient_id, substitute_id
    returned.csv    clinician_id, day
    absent.csv      clinician_id, first_day, last_day
    openings.csv    substitute_id, week, openings
    choices.csv     patient_id, choice, still_planned
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from caretime.errors import InputError, Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import typed
from caretime.formats._checking.tables import Tables
from caretime.formats._checking.update import UPDATE_CHECKS, UPDATE_DOUBTS
from caretime.formats._reading.grid import read_grid
from caretime.formats._reading.raw import Findings, Raw
from caretime.formats._reading.workbook import open_workbook
from caretime.formats.dictionary import UPDATE_TABLES, dictionary
from caretime.model.care import Absence
from caretime.model.request import Extension
from caretime.model.strike import Answer, Update

if TYPE_CHECKING:
    from caretime.model.strike import StrikePlan
    from caretime.model.system import CareSystem

_NAMES = tuple(table.removeprefix("update/") for table in UPDATE_TABLES)
_FILES = tuple(f"{name}.csv" for name in _NAMES)


@dataclass(frozen=True, slots=True)
class UpdateInspection:
    """What one pass over an update gave: the update is there if it is sound."""

    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    update: Update | None


def read_update(path: str | Path, plan: StrikePlan, system: CareSystem) -> Update:
    """
    Read and check what became known since a plan was made.

    Parameters
    ----------
    path
        A folder with some of ``answers.csv``, ``pins.csv``, ``returned.csv``,
        ``absent.csv``, ``openings.csv`` and ``choices.csv``; one such file; or a
        workbook with sheets of these names.
    plan
        The plan that the patients were told of.
    system
        Care system that the plan was made for.

    Returns
    -------
    Update
        Openings are full rows: weeks that the file leaves out stay as the plan has
        them.

    Raises
    ------
    InputError
        With every problem found, not the first.

    Notes
    -----
    A patient who waits beyond the limit without a clinician's note is no error,
    because it happened: ``inspect_update`` tells of it as a doubt, and the next
    plan asks a clinician to record.
    """
    found = inspect_update(path, plan, system)
    if found.update is None:
        raise InputError(found.problems)
    return found.update


def inspect_update(
    path: str | Path, plan: StrikePlan, system: CareSystem
) -> UpdateInspection:
    """Return problems, doubts and, where there is no problem, the update."""
    findings = Findings()
    raws = _raws(Path(path), findings)
    zone = system.calendar.zone
    tables = Tables(
        frames={raw.table: typed(raw, zone, findings) for raw in raws},
        sources={raw.table: raw.source for raw in raws},
        settings={},
        settings_source="",
        settings_lines={},
        calendar=system.calendar,
        contracts={},
        contract_sources={},
        contracts_read=False,
        incidents=(),
    )
    for check in UPDATE_CHECKS:
        findings.problems.extend(check(tables, plan, system))
    for doubt in UPDATE_DOUBTS:
        findings.doubts.extend(doubt(tables, plan, system))
    update = None if findings.problems else _update(tables, plan)
    doubts = tuple(sorted(findings.doubts))
    return UpdateInspection(findings.in_order(), doubts, update)


def _raws(path: Path, findings: Findings) -> list[Raw]:
    """Return the tables that are there, or say why there is none."""
    if not path.exists():
        findings.problem(str(path), 0, "", "there is no such folder or file")
        return []
    if path.is_dir():
        return _folder(path, findings)
    if path.suffix.lower() == ".xlsx":
        return _book(path, findings)
    if path.name not in _FILES:
        expected = f"expected a folder, a workbook (.xlsx) or {', '.join(_FILES)}"
        hint = hints.did_you_mean(hints.near(path.name, _FILES))
        findings.problem(path.name, 0, "", expected, hint)
        return []
    raw = read_grid(path, f"update/{path.stem}", path.name, findings)
    return [] if raw is None else [raw]


def _folder(path: Path, findings: Findings) -> list[Raw]:
    held = {file.name for file in path.iterdir()}
    for name in sorted(held - set(_FILES)):
        if name.endswith((".csv", ".yaml", ".yml")):
            hint = hints.did_you_mean(hints.near(name, set(_FILES) - held))
            findings.problem(name, 0, "", "no table of this name is read", hint)
    if not held & set(_FILES):
        expected = f"nothing that is read, expected one of {', '.join(_FILES)}"
        findings.problem(str(path), 0, "", expected)
    raws = (
        read_grid(path / f"{name}.csv", f"update/{name}", f"{name}.csv", findings)
        for name in _NAMES
        if f"{name}.csv" in held
    )
    return [raw for raw in raws if raw is not None]


def _book(path: Path, findings: Findings) -> list[Raw]:
    book = open_workbook(path, findings)
    if book is None:
        return []
    for sheet in book.sheets:
        if sheet not in _NAMES:
            hint = hints.did_you_mean(hints.near(sheet, set(_NAMES) - set(book.sheets)))
            message = "no table of this name; not read"
            findings.doubt(book.source(sheet), 0, "", message, hint)
    there = [name for name in _NAMES if name in book.sheets]
    if not there:
        expected = f"no sheet that is read, expected one of {', '.join(_NAMES)}"
        findings.problem(path.name, 0, "", expected)
    raws = (book.raw(name, f"update/{name}", findings) for name in there)
    return [raw for raw in raws if raw is not None]


def _update(tables: Tables, plan: StrikePlan) -> Update:
    """Build the update of tables without problems."""
    return Update(
        answers=tuple(_answers(tables)),
        pins={patient: other or "" for patient, other in _cells(tables, "pins")},
        returned=dict(_cells(tables, "returned")),
        absent=tuple(Absence(*cells) for cells in _cells(tables, "absent")),
        openings=_openings(tables, plan),
        choices={who: choice for who, choice, _ in _cells(tables, "choices") if choice},
        still_planned={
            who: visits
            for who, _, visits in _cells(tables, "choices")
            if visits is not None
        },
    )


def _cells(tables: Tables, name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table in the order of its dictionary, times local."""
    frame = tables.frames.get(f"update/{name}")
    if frame is None:
        return
    frame = frame.select(list(dictionary(f"update/{name}").attributes))
    zone = tables.calendar.time_zone
    yield from frame.with_columns(
        pl.col(column).dt.convert_time_zone(zone)
        for column, dtype in frame.schema.items()
        if dtype == pl.Datetime
    ).iter_rows()


def _answers(tables: Tables) -> Iterator[Answer]:
    """Yield the answers; anything noted about waiting makes an extension."""
    for patient, answer, at, license_code, cosigned, noted, note, until in _cells(
        tables, "answers"
    ):
        extension = None
        if any((license_code, cosigned, noted, note, until)):
            extension = Extension(
                "longer_wait",
                license_code or "",
                noted,
                note or "",
                cosigned or "",
                until,
            )
        yield Answer(patient, answer, at, extension)


def _openings(tables: Tables, plan: StrikePlan) -> dict[str, tuple[int, ...]]:
    """Return whole rows of openings: the plan's, with the weeks given put in."""
    before = {s.substitute_id: s.openings for s in plan.substitutes}
    rows: dict[str, list[int]] = {}
    for substitute, week, openings in _cells(tables, "openings"):
        if substitute not in rows:
            known = (*before.get(substitute, ()), *[0] * plan.weeks)
            rows[substitute] = list(known[: plan.weeks])
        rows[substitute][week] = openings
    return {substitute: tuple(row) for substitute, row in rows.items()}
