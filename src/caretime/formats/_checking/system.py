"""From what was read to typed tables, with every check run in one pass."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from caretime.errors import InputError, Problem
from caretime.formats._checking import book, incidents, keys, people, week
from caretime.formats._checking.cells import ID
from caretime.formats._checking.columns import typed
from caretime.formats._checking.hints import near
from caretime.formats._checking.tables import Incidents, Tables
from caretime.formats._reading.contents import Contents, ContractText
from caretime.formats._reading.incidents import IncidentText
from caretime.formats._reading.mapping import Entry, as_raw
from caretime.formats._reading.raw import Findings, Raw
from caretime.formats.dictionary import dictionary
from caretime.model.calendar import Calendar
from caretime.model.terms import Contract

_UTC = ZoneInfo("UTC")
_YEARS_AHEAD = 5

CHECKS = (
    keys.duplicate_keys,
    keys.broken_references,
    keys.ids_of_two_people,
    keys.settings_at_odds,
    keys.foreign_standards,
    incidents.incidents_at_odds,
    people.clinics_that_close_before_they_open,
    people.missing_supervisors,
    people.unfit_supervisors,
    people.supervision_in_circles,
    people.absences_at_odds,
    people.assumptions_at_odds,
    book.appointments_on_closed_days,
    book.appointments_out_of_hours,
    book.double_bookings,
    book.times_out_of_order,
    book.appointments_before_hiring,
    book.groups_too_full,
    book.groups_without_a_leader,
    book.groups_at_odds_with_the_day,
    week.spans_that_end_before_they_start,
    week.places_that_stand_nowhere,
    week.people_in_two_places,
    week.team_meetings_at_odds,
)
"""Every check across rows and tables; each yields problems."""


def checked(contents: Contents, findings: Findings) -> Tables:
    """Type every table and run every check; problems go to ``findings``."""
    faulty = {problem.source.removesuffix(".csv") for problem in findings.problems}
    settings, lines = _settings(contents, findings)
    zone = ZoneInfo(settings.get("time_zone") or "America/Los_Angeles")
    frames = {name: typed(raw, zone, findings) for name, raw in contents.tables.items()}
    contracts, sources, all_read = _contracts(contents, findings)
    tables = Tables(
        frames=frames,
        sources={name: raw.source for name, raw in contents.tables.items()},
        settings=settings,
        settings_source=contents.settings_source,
        settings_lines=lines,
        calendar=_calendar(settings, contents, zone, findings),
        contracts=contracts,
        contract_sources=sources,
        contracts_read=all_read,
        incidents=tuple(
            checked_incidents(text, zone, findings) for text in contents.incidents
        ),
        unread=frozenset(faulty - frames.keys()),
    )
    for check in CHECKS:
        findings.problems.extend(check(tables))
    return tables


def checked_incidents(
    text: IncidentText, zone: ZoneInfo, findings: Findings
) -> Incidents:
    """Type the incidents of a file or a sheet, and the list of names beside it."""
    own = Findings()
    frame = _with_lines(text.raw, text.entries, zone, own)
    lines = _key_lines(text.entries, "incidents")
    faults = {(problem.row, problem.field) for problem in own.problems}
    names = None
    if text.names is not None:
        names = typed(text.names, zone, own)
        own.problems.extend(incidents.names_twice_told(names, text.names.source))
    ids = text.entries.get("clinician_ids")
    if ids is not None and not ids.value and text.is_listed:
        faults.add((ids.line, "clinician_ids"))
    findings.problems.extend(own.problems)
    findings.doubts.extend(own.doubts)
    return Incidents(
        frame,
        text.raw.source,
        lines,
        frozenset(faults),
        names,
        text.names.source if text.names is not None else "",
    )


def _settings(
    contents: Contents, findings: Findings
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the settings by key, and the line each stood in."""
    if contents.settings is None:
        return {}, {}
    notes = contents.settings.get("notes")
    entries = {k: v for k, v in contents.settings.items() if k != "notes"}
    raw = as_raw(entries, "system", contents.settings_source)
    frame = _with_lines(raw, entries, _UTC, findings)
    settings = frame.row(0, named=True)
    if notes is not None and notes.value:
        value = notes.value
        settings["notes"] = (value,) if isinstance(value, str) else value
    settings["holidays_stated"] = "holidays" in entries
    return settings, _key_lines(entries, "system")


def _with_lines(
    raw: Raw, entries: Mapping[str, Entry], zone: ZoneInfo, findings: Findings
) -> pl.DataFrame:
    """Check a mapping as a table of one row; each problem gets its key's line."""
    own = Findings()
    frame = typed(raw, zone, own)
    lines = _key_lines(entries, raw.table)
    for found, all_found in (
        (own.problems, findings.problems),
        (own.doubts, findings.doubts),
    ):
        for problem in found:
            row = lines.get(problem.field, 0) if entries else problem.row
            all_found.append(replace(problem, row=row))
    return frame


def _key_lines(entries: Mapping[str, Entry], table: str) -> dict[str, int]:
    """Return the line of each key, found by a misspelt key as well."""
    lines = {key: entry.line for key, entry in entries.items()}
    for name in dictionary(table).attributes:
        strange = set(entries) - set(dictionary(table).attributes)
        if name not in lines and (key := near(name, sorted(strange))):
            lines[name] = entries[key].line
    return lines


def _calendar(
    settings: Mapping[str, Any], contents: Contents, zone: ZoneInfo, findings: Findings
) -> Calendar:
    """Return the holidays stated; where none are, propose the jurisdiction's."""
    from caretime.rules.access import business_calendar, profiles

    if settings.get("holidays_stated"):
        days = filter(None, (settings["holidays"] or "").split(";"))
        return Calendar(zone.key, frozenset(map(date.fromisoformat, days)))
    first = settings.get("first_day")
    profile = settings.get("jurisdiction")
    if first is None or profile not in profiles():
        return Calendar(zone.key)
    findings.doubt(
        contents.settings_source,
        0,
        "holidays",
        f"not stated; the public holidays of {profile} stand in",
        "list your own days under holidays",
    )
    return business_calendar(
        profile, first.year - 1, first.year + _YEARS_AHEAD, zone.key
    )


def _contracts(
    contents: Contents, findings: Findings
) -> tuple[dict[str, Contract], dict[str, str], bool]:
    """Read every contract; one may be based on another that stands beside it."""
    contracts: dict[str, Contract] = {}
    sources: dict[str, str] = {}
    all_read = contents.contracts_read
    with _shelf(contents) as folder:
        for text in contents.contracts:
            contract = _contract(text, folder, findings)
            if contract is None:
                all_read = False
            elif contract.contract_id in contracts:
                known = sources[contract.contract_id]
                message = f"{contract.contract_id} stands twice, first in {known}"
                findings.problem(text.source, 0, "id", message)
            else:
                contracts[contract.contract_id] = contract
                sources[contract.contract_id] = text.source
    return contracts, sources, all_read


@contextmanager
def _shelf(contents: Contents) -> Iterator[Path]:
    """Yield the folder of the contracts; those of a workbook are laid out in one."""
    if contents.contracts_folder is not None:
        yield contents.contracts_folder
        return
    with tempfile.TemporaryDirectory() as folder:
        for text in contents.contracts:
            if re.match(ID, text.contract_id):
                (Path(folder) / f"{text.contract_id}.yaml").write_bytes(text.text)
        yield Path(folder)


def _contract(text: ContractText, folder: Path, findings: Findings) -> Contract | None:
    from caretime.formats.contracts import inspect_contract_text

    try:
        contract, doubts = inspect_contract_text(
            text.text.decode(), source=text.source, folder=folder
        )
    except InputError as error:
        findings.problems.extend(_placed(problem, text) for problem in error.problems)
        return None
    # What a base leaves to doubt is told where the base itself is read.
    own = [doubt for doubt in doubts if doubt.source == text.source]
    findings.contract_doubts.extend(_placed(doubt, text) for doubt in own)
    return contract


def _placed(problem: Problem, text: ContractText) -> Problem:
    """Turn a line of a contract's text into the row of the workbook it stood in."""
    row = problem.row
    if text.lines is not None and problem.source == text.source:
        row = text.lines[row - 1] if 0 < row <= len(text.lines) else row
    return replace(problem, row=row)
