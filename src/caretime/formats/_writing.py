"""Care systems to a folder of files or one workbook, whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from caretime.formats._checking.cells import ID
from caretime.formats._nouns import canonical, csv_bytes, frame_of
from caretime.formats._reading.contents import SETTINGS_FILE
from caretime.formats.assumptions import meanings, stated_rows
from caretime.formats.contracts import contract_text
from caretime.formats.dictionary import CSV_TABLES, WEEK_TABLES, dictionary
from caretime.model.incident import Incident
from caretime.model.system import CareSystem

_EXCEL_ROWS = 1_048_576
_EXCEL_SIGNS = 32_767
_FOLDERS = ("contracts", "incidents")


def write_system(
    system: CareSystem, path: str | Path, *, overwrite: bool = False
) -> None:
    """
    Write a care system to a folder, or to one workbook if the path is ``.xlsx``.

    Everything is written beside the target first and moved there in one step, so
    that a failure leaves nothing half written. The same system gives the same
    bytes.

    Parameters
    ----------
    system
        What to write. It is not checked again: see ``check_folder``.
    path
        Folder or ``.xlsx`` file; its parent must exist.
    overwrite
        Replace a system that stands there. Files that are no part of a system
        are never removed.

    Raises
    ------
    FileExistsError
        If the target holds something and ``overwrite`` is false, or holds files
        that are no part of a system.
    ValueError
        If a value cannot be written so that it reads back the same.
    """
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        if path.exists() and not overwrite:
            raise _exists(path, "exists already")
        with beside(path) as new:
            _write_book(system, new)
            os.replace(new, path)
        return
    known = {SETTINGS_FILE, *_FOLDERS, *(f"{name}.csv" for name in CSV_TABLES)}
    refuse_to_replace(path, known, "a system", overwrite=overwrite)
    with beside(path) as new:
        new.mkdir()
        _write_folder(system, new)
        move_folder(new, path)


def move_folder(new: Path, path: Path) -> None:
    """
    Put a finished folder in the place of another, or where none is.

    If that fails, what stood there is put back. A program that is ended between the
    two moves leaves it beside, as ``.NAME.old-…``.
    """
    if not path.exists():
        new.rename(path)
        return
    old = path.parent / f".{path.name}.old-{os.getpid()}"
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        old.rename(path)
        raise
    shutil.rmtree(old)


def refuse_to_replace(
    path: Path, known: set[str], what: str, *, overwrite: bool
) -> None:
    """
    Make sure that nothing is lost when a folder is put at this path.

    Raises
    ------
    FileExistsError
        If it holds something and ``overwrite`` is false, or files other than those
        known, which are no part of ``what``.
    """
    if not path.exists():
        return
    if not path.is_dir():
        raise _exists(path, "is a file, expected a folder")
    held = [file.name for file in path.iterdir()]
    if held and not overwrite:
        raise _exists(path, "is not empty")
    strangers = sorted(set(held) - known) + [
        f"{folder}/{file.name}"
        for folder in _FOLDERS
        if folder in known and (path / folder).is_dir()
        for file in sorted((path / folder).iterdir())
        if not _is_part(file)
    ]
    if strangers:
        shown = ", ".join(strangers[:5])
        raise _exists(path, f"holds files that are no part of {what}: {shown}")


def _is_part(file: Path) -> bool:
    """Say whether it is a contract, an incident, or a list that an incident names."""
    if file.suffix == ".csv":
        texts = (other.read_bytes() for other in file.parent.glob("*.y*ml"))
        return any(file.name.encode() in text for text in texts)
    return file.suffix in (".yaml", ".yml")


def _exists(path: Path, message: str) -> FileExistsError:
    return FileExistsError(errno.EEXIST, message, str(path))


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a name next to the target; whatever stands there later is removed."""
    beside = path.parent / f".{path.name}.new-{os.getpid()}"
    try:
        yield beside
    finally:
        if beside.is_dir():
            shutil.rmtree(beside)
        else:
            beside.unlink(missing_ok=True)


def _frames(system: CareSystem) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each table that is written, typed, in the order of the dictionaries."""
    for table in CSV_TABLES:
        if table == "assumptions":
            rows = stated_rows(system.assumptions)
            known = meanings()
            meaning = pl.Series(
                "meaning", [known.get(row.name) for row in rows], pl.String
            )
            yield table, frame_of(table, rows).with_columns(meaning)
        elif _is_written(system, table):
            yield table, frame_of(table, getattr(system, table))


def _is_written(system: CareSystem, table: str) -> bool:
    if table in WEEK_TABLES:
        return bool(getattr(system, table))
    return table != "standards" or _has_own_standards(system)


def _has_own_standards(system: CareSystem) -> bool:
    from caretime.rules.access import load_standards, profiles

    known = system.jurisdiction in profiles()
    return not known or system.standards != load_standards(system.jurisdiction)


def _settings(system: CareSystem) -> dict[str, Any]:
    """Return the settings as they are written; a text must survive its reading."""
    for text in (system.name, system.jurisdiction, system.contract_in_force):
        if text != text.strip() or not text or re.search(r"[\x00-\x1f\x7f]", text):
            raise ValueError(f"a setting cannot be written: {text!r}")
    return {
        "format": 1,
        "name": system.name,
        "time_zone": system.calendar.time_zone,
        "first_day": system.first_day,
        "members": system.members,
        "jurisdiction": system.jurisdiction,
        "pooling": system.pooling,
        "contract_in_force": system.contract_in_force,
        "holidays": sorted(system.calendar.holidays),
        "notes": list(system.notes),
    }


def _write_folder(system: CareSystem, folder: Path) -> None:
    dump_yaml(_settings(system), folder / SETTINGS_FILE)
    for table, frame in _frames(system):
        text = canonical(table, frame, system.calendar.zone)
        (folder / f"{table}.csv").write_bytes(csv_bytes(text))
    (folder / "contracts").mkdir()
    for contract_id, contract in sorted(system.contracts.items()):
        name = _file_name(contract_id)
        (folder / "contracts" / name).write_bytes(contract_text(contract).encode())
    if system.incidents:
        (folder / "incidents").mkdir()
    for incident in system.incidents:
        name = _file_name(incident.incident_id)
        dump_yaml(incident_mapping(incident), folder / "incidents" / name)


def incident_mapping(incident: Incident) -> dict[str, Any]:
    """Return an incident as its file holds it: the keys that say something."""
    mapping: dict[str, Any] = {
        "incident_id": incident.incident_id,
        "first_day": incident.first_day,
        "notice_day": incident.notice_day,
    }
    for key in ("shares", "shares_low", "shares_high"):
        if path := getattr(incident, key):
            mapping[key] = [float(share) for share in path]
    if incident.clinician_ids:
        mapping["clinician_ids"] = list(incident.clinician_ids)
    if incident.last_day is not None:
        mapping["last_day"] = incident.last_day
    if incident.open_ended:
        mapping["open_ended"] = "yes"
    mapping["clinic_ids"] = list(incident.clinic_ids)
    return mapping


def _file_name(identifier: str) -> str:
    if not re.match(ID, identifier):
        raise ValueError(f"{identifier!r} cannot name a file")
    return f"{identifier}.yaml"


def dump_yaml(mapping: dict[str, Any], path: Path) -> None:
    """Write a mapping as YAML, one item of a list a line."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(mapping, text)
    path.write_bytes(text.getvalue().encode())


def new_book(path: Path) -> Any:
    """Return an empty workbook that takes text as text and bears no date."""
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    # The day of writing would make equal systems unequal files.
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
    return book


def _write_book(system: CareSystem, path: Path) -> None:
    """Write one sheet a table; numbers as numbers, everything else as text."""
    book = new_book(path)
    write_rows(book, "system", ["key", "value"], _setting_rows(system))
    for table, frame in _frames(system):
        _write_table(book, table, frame, system)
    if system.incidents:
        _write_table(book, "incidents", frame_of("incidents", system.incidents), system)
    rows = [
        (contract_id, number, line)
        for contract_id, contract in sorted(system.contracts.items())
        for number, line in enumerate(
            contract_text(contract).removesuffix("\n").split("\n"), start=1
        )
    ]
    write_rows(book, "contracts", ["contract_id", "line", "text"], rows)
    book.close()


def _setting_rows(system: CareSystem) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in _settings(system).items():
        if key == "notes":
            rows.extend((key, note) for note in value)
        elif isinstance(value, list):
            rows.append((key, ";".join(day.isoformat() for day in value)))
        else:
            rows.append((key, value.isoformat() if isinstance(value, date) else value))
    return rows


def _write_table(
    book: Any, table: str, frame: pl.DataFrame, system: CareSystem
) -> None:
    text = canonical(table, frame, system.calendar.zone)
    numeric = ("integer", "number", "share")
    columns = [
        frame[name] if dictionary(table)[name].type in numeric else text[name]
        for name in text.columns
    ]
    write_rows(
        book, table, text.columns, zip(*(c.to_list() for c in columns), strict=True)
    )


def write_rows(book: Any, name: str, header: list[str], rows: Any) -> None:
    """Write one sheet, its header frozen; an empty text leaves its cell empty."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 18)
    for place, title in enumerate(header):
        sheet.write_string(0, place, title)
    for line, row in enumerate(rows, start=1):
        if line >= _EXCEL_ROWS:
            raise ValueError(f"{name} has more rows than a sheet; use a folder")
        for place, value in enumerate(row):
            if isinstance(value, str):
                if len(value) > _EXCEL_SIGNS:
                    raise ValueError(
                        f"{name}, row {line + 1}: a cell holds {_EXCEL_SIGNS:,} signs; "
                        "use a folder"
                    )
                if value:
                    sheet.write_string(line, place, value)
            elif value is not None:
                _write_number(sheet, line, place, value)


def _write_number(sheet: Any, line: int, place: int, value: float) -> None:
    """
    Write a number; as text where a workbook would change it.

    A sheet keeps 16 digits, and our reader of sheets gives 9 decimals.
    """
    if float(f"{value:.16G}") == float(f"{value:.9f}") == value:
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, repr(value))
