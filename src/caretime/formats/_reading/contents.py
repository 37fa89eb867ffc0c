"""What a system folder, or one workbook, holds: raw tables, settings, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caretime.formats._checking.hints import did_you_mean, near
from caretime.formats._reading.grid import read_grid
from caretime.formats._reading.incidents import IncidentText, read_incident_text
from caretime.formats._reading.mapping import Entry, read_mapping
from caretime.formats._reading.raw import LARGEST_YAML_BYTES, Findings, Raw
from caretime.formats._reading.text import plain_text, read_bytes
from caretime.formats._reading.workbook import Workbook, open_workbook
from caretime.formats.dictionary import CSV_TABLES, SHEETS, dictionary

SETTINGS_FILE = "system.yaml"

_LOCKS = ("~$", ".~lock.")

_STAND_INS = {
    "network": "there are taken to be no network therapists",
    "groups": "there are taken to be no groups",
    "group_members": "the groups are taken to be empty",
    "assumptions": "every behavior number is the shipped one",
    "absences": "nobody is taken to be away",
}
"""What is read in place of a table; standards stand in by the jurisdiction stated."""


@dataclass(frozen=True, slots=True)
class ContractText:
    """The YAML of one contract, and where each of its lines stood."""

    source: str
    text: bytes
    lines: tuple[int, ...] | None = None
    contract_id: str = ""


@dataclass(slots=True)
class Contents:
    """Everything found, before anything is understood."""

    settings: Mapping[str, Entry] | None = None
    settings_source: str = SETTINGS_FILE
    tables: dict[str, Raw] = field(default_factory=dict)
    incidents: list[IncidentText] = field(default_factory=list)
    contracts: list[ContractText] = field(default_factory=list)
    contracts_read: bool = True
    contracts_folder: Path | None = None


def read_contents(path: Path, findings: Findings) -> Contents | None:
    """Read a folder, or a workbook where the path is a file."""
    if not path.exists():
        findings.problem(str(path), 0, "", "there is no such folder or workbook")
        return None
    if path.is_dir():
        return _read_folder(path, findings)
    if path.suffix.lower() != ".xlsx":
        findings.problem(
            path.name, 0, "", "expected a folder or an Excel workbook (.xlsx)"
        )
        return None
    book = open_workbook(path, findings)
    return None if book is None else _read_book(book, findings)


def _read_folder(path: Path, findings: Findings) -> Contents:
    contents = Contents()
    contents.settings = _yaml(path / SETTINGS_FILE, SETTINGS_FILE, findings)
    for name in CSV_TABLES:
        source = f"{name}.csv"
        if not (path / source).exists() and not dictionary(name).required:
            _tell_stand_in(name, source, "file", findings)
            continue
        raw = read_grid(path / source, name, source, findings)
        if raw is not None:
            contents.tables[name] = raw
    _report_strangers(path, findings)
    contents.incidents = _incidents(path / "incidents", findings)
    contents.contracts_folder = path / "contracts"
    for file in _yaml_files(contents.contracts_folder, findings):
        source = f"contracts/{file.name}"
        data = read_bytes(file, source, LARGEST_YAML_BYTES, findings)
        if data is None:
            contents.contracts_read = False
            continue
        text = plain_text(data, source, findings)
        contents.contracts.append(ContractText(source, text))
    _report_no_contract(contents, "contracts", findings)
    return contents


def _yaml(path: Path, source: str, findings: Findings) -> dict[str, Entry] | None:
    data = read_bytes(path, source, LARGEST_YAML_BYTES, findings)
    if data is None:
        return None
    return read_mapping(plain_text(data, source, findings), source, findings)


def _incidents(folder: Path, findings: Findings) -> list[IncidentText]:
    """Read every incident; lists of names stand beside them as CSV."""
    aside = Findings()
    texts = [
        text
        for file in _yaml_files(folder, aside)
        if (text := read_incident_text(file, f"incidents/{file.name}", findings))
    ]
    named = {text.names.source for text in texts if text.names is not None}
    findings.problems.extend(aside.problems)
    findings.doubts.extend(d for d in aside.doubts if d.source not in named)
    return texts


def _yaml_files(folder: Path, findings: Findings) -> list[Path]:
    if not folder.exists():
        return []
    if not folder.is_dir():
        findings.problem(folder.name, 0, "", "expected a folder, found a file")
        return []
    files = [
        file
        for file in sorted(folder.iterdir())
        if not _is_lock(file, f"{folder.name}/{file.name}", findings)
        and not file.name.startswith(".")
    ]
    for file in files:
        if file.suffix not in (".yaml", ".yml"):
            findings.doubt(f"{folder.name}/{file.name}", 0, "", "is no YAML; not read")
    return [file for file in files if file.suffix in (".yaml", ".yml")]


def _is_lock(file: Path, source: str, findings: Findings) -> bool:
    """Tell of a file that a spreadsheet program keeps beside an open document."""
    if not file.name.startswith(_LOCKS):
        return False
    message = "is the lock file of an open document; not read"
    hint = "close the document if it may be changing"
    findings.doubt(source, 0, "", message, hint)
    return True


def _report_strangers(path: Path, findings: Findings) -> None:
    """Name tables we do not know: a misspelt file would be left out unseen."""
    known = {f"{name}.csv" for name in CSV_TABLES} | {SETTINGS_FILE}
    for file in sorted(path.iterdir()):
        if _is_lock(file, file.name, findings):
            continue
        if file.suffix.lower() in (".csv", ".yaml", ".yml") and file.name not in known:
            absent = [name for name in known if not (path / name).exists()]
            findings.problem(
                file.name,
                0,
                "",
                "no table of this name is read",
                did_you_mean(near(file.name, absent))
                or "move it out of the system folder",
            )


def _tell_stand_in(name: str, source: str, word: str, findings: Findings) -> None:
    """Say what holds in place of an optional table that is not there."""
    if name in _STAND_INS:
        findings.doubt(source, 0, "", f"no such {word}; {_STAND_INS[name]}")


def _report_no_contract(contents: Contents, source: str, findings: Findings) -> None:
    if not contents.contracts and contents.contracts_read:
        findings.problem(
            source, 0, "", "no contract, expected at least the one in force"
        )


def _read_book(book: Workbook, findings: Findings) -> Contents:
    contents = Contents(settings_source=book.source("system"))
    for sheet in book.sheets:
        if sheet not in SHEETS:
            findings.doubt(
                book.source(sheet),
                0,
                "",
                "no table of this name; not read",
                did_you_mean(near(sheet, set(SHEETS) - set(book.sheets))),
            )
    for name in (*CSV_TABLES, "incidents"):
        if name not in book.sheets:
            source = book.source(name)
            if dictionary(name).required:
                _report_no_sheet(book, name, findings)
            else:
                _tell_stand_in(name, source, "sheet", findings)
            continue
        raw = book.raw(name, name, findings)
        if raw is not None and name == "incidents":
            contents.incidents.append(IncidentText(raw))
        elif raw is not None:
            contents.tables[name] = raw
    contents.settings = _book_settings(book, findings)
    _book_contracts(book, contents, findings)
    _report_no_contract(contents, book.source("contracts"), findings)
    return contents


def _report_no_sheet(book: Workbook, name: str, findings: Findings) -> None:
    meant = near(name, set(book.sheets) - set(SHEETS))
    hint = f"did you mean the sheet {meant!r}?" if meant else ""
    findings.problem(book.source(name), 0, "", "the sheet is missing", hint)


def _book_settings(book: Workbook, findings: Findings) -> dict[str, Entry] | None:
    """Read the sheet of keys and values; a key may stand in several rows."""
    rows = _columns(book, "system", ("key", "value"), findings)
    if rows is None:
        return None
    entries: dict[str, Entry] = {}
    for line, (key, value) in rows:
        before = entries.get(key.strip())
        if before is None:
            entries[key.strip()] = Entry(value, line)
            continue
        texts = (before.value,) if isinstance(before.value, str) else before.value
        entries[key.strip()] = Entry((*texts, value), before.line)
    return entries


def _book_contracts(book: Workbook, contents: Contents, findings: Findings) -> None:
    """Put the lines of each contract together again, in the order of the sheet."""
    rows = _columns(book, "contracts", ("contract_id", "text"), findings)
    if rows is None:
        contents.contracts_read = False
        return
    texts: dict[str, tuple[list[str], list[int]]] = {}
    for line, (contract_id, text) in rows:
        lines, places = texts.setdefault(contract_id.strip(), ([], []))
        lines.append(text)
        places.append(line)
    for contract_id, (lines, places) in texts.items():
        data = "\n".join([*lines, ""]).encode()
        source = book.source("contracts")
        contents.contracts.append(
            ContractText(source, data, tuple(places), contract_id)
        )


def _columns(
    book: Workbook, sheet: str, names: tuple[str, ...], findings: Findings
) -> list[tuple[int, tuple[str, ...]]] | None:
    """Return some columns of a sheet row by row, with line numbers."""
    source = book.source(sheet)
    if sheet not in book.sheets:
        _report_no_sheet(book, sheet, findings)
        return None
    raw = book.raw(sheet, sheet, findings)
    if raw is None:
        return None
    headers = {header.strip(): header for header in raw.cells.columns}
    absent = [name for name in names if name not in headers]
    for name in absent:
        findings.problem(source, 1, name, "the column is missing")
    if absent:
        return None
    cells = raw.cells.select(headers[name] for name in names)
    return list(zip(raw.lines.to_list(), cells.rows(), strict=True))
