"""Incidents as they are written: one YAML file each, long lists in a CSV beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caretime.formats._checking.cells import ID
from caretime.formats._reading.grid import read_grid
from caretime.formats._reading.mapping import Entry, as_raw, read_mapping
from caretime.formats._reading.raw import LARGEST_YAML_BYTES, Findings, Raw
from caretime.formats._reading.text import plain_text, read_bytes

NAMES_KEY = "clinician_file"
"""Key of a YAML file that names the CSV in which the clinicians stand."""


@dataclass(frozen=True, slots=True)
class IncidentText:
    """
    What one file, or the sheet of a workbook, says.

    Parameters
    ----------
    raw
        As a table; a file has one row.
    entries
        Keys and lines of a file; empty for a sheet.
    names
        The CSV of the clinicians, where the file names one that can be read.
    is_listed
        Whether the file names one.
    """

    raw: Raw
    entries: Mapping[str, Entry] = field(default_factory=dict)
    names: Raw | None = None
    is_listed: bool = False


def read_incident_text(
    file: Path, source: str, findings: Findings
) -> IncidentText | None:
    """Read one YAML file and the CSV it names; ``None`` where it is no YAML."""
    data = read_bytes(file, source, LARGEST_YAML_BYTES, findings)
    if data is None:
        return None
    entries = read_mapping(plain_text(data, source, findings), source, findings)
    if entries is None:
        return None
    named = entries.pop(NAMES_KEY, None)
    names = None
    if named is not None:
        names = _names(file.parent, named, source, findings)
        if "clinician_ids" in entries:
            message = "stands beside clinician_ids, expected one of them"
            findings.problem(source, named.line, NAMES_KEY, message)
        else:
            ids = () if names is None else _cells(names)
            entries["clinician_ids"] = Entry(ids, named.line)
    raw = as_raw(entries, "incidents", source)
    return IncidentText(raw, entries, names, is_listed=named is not None)


def _names(folder: Path, named: Entry, source: str, findings: Findings) -> Raw | None:
    """Read the CSV of the clinicians, which stands beside the YAML file."""
    name = named.cell
    if not name or Path(name).name != name:
        message = "expected the name of a CSV file beside this one"
        findings.problem(source, named.line, NAMES_KEY, message)
        return None
    place = (Path(source).parent / name).as_posix()
    return read_grid(folder / name, "incident/clinicians", place, findings)


def _cells(names: Raw) -> tuple[str, ...]:
    """Return the ids that stand there, each once; others are told later."""
    for header in names.cells.columns:
        if header.strip() == "clinician_id":
            cells = names.cells[header].str.strip_chars()
            sound = cells.filter(cells.str.contains(ID))
            return tuple(dict.fromkeys(sound.to_list()))
    return ()
