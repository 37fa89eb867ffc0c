"""Care systems from and to a folder of files or one workbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from caretime.errors import InputError, Problem, warn_assumption
from caretime.formats._checking.doubts import DOUBTS
from caretime.formats._checking.system import checked
from caretime.formats._checking.tables import Tables
from caretime.formats._nouns import nouns
from caretime.formats._reading.contents import read_contents
from caretime.formats._reading.raw import Findings
from caretime.formats.assumptions import default_assumptions, with_rows
from caretime.formats.dictionary import CSV_TABLES
from caretime.formats.hashes import system_hash
from caretime.model.standards import Standard
from caretime.model.system import CareSystem


def check_folder(path: str | Path) -> tuple[Problem, ...]:
    """
    Return every problem of a folder or workbook, in the order of its files.

    A table whose header cannot be read comes first: mend it before the others.
    Nothing is raised and nothing is written. What is odd but may be so is told
    by ``notices``.

    Examples
    --------
    >>> for problem in check_folder("no-such-folder"):
    ...     print(problem)
    no-such-folder: there is no such folder or workbook
    """
    findings = Findings()
    _tables(Path(path), findings)
    return findings.in_order()


def notices(path: str | Path) -> tuple[Problem, ...]:
    """
    Return every doubt about a folder or workbook: accepted, but worth a look.

    Defaults that stand in, spaces that were ignored, patients whose therapist
    does not list their language, demand that nobody serves.
    """
    return inspect_folder(path).doubts


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one pass over a folder gave: the system is there if it is sound."""

    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    system: CareSystem | None


def inspect_folder(path: str | Path) -> Inspection:
    """Return problems, doubts and, where there is no problem, the system."""
    findings = Findings()
    tables = _tables(Path(path), findings)
    system = None
    if tables is not None:
        for doubt in DOUBTS:
            findings.doubts.extend(doubt(tables))
        system = None if findings.problems else _system(tables)
    doubts = sorted([*findings.doubts, *findings.contract_doubts])
    return Inspection(findings.in_order(), tuple(doubts), system)


def read_system(path: str | Path) -> CareSystem:
    """
    Read and check a care system from a folder, or from one workbook.

    Parameters
    ----------
    path
        A folder as the manual's "system folder" page describes it, or an Excel
        workbook (``.xlsx``) with the same tables as sheets.

    Returns
    -------
    CareSystem
        With ``inputs_hash`` set: two folders with equal content have equal
        hashes, whatever the order of their columns or the spaces in them.

    Raises
    ------
    InputError
        With every problem found, not the first.

    Warns
    -----
    AssumptionWarning
        If the settings state no holidays: the jurisdiction's stand in. For each
        doubt about a contract.

    Notes
    -----
    One table may have 100 MB (about 750,000 appointments). Memory is about ten
    times the size of the files.
    """
    findings = Findings()
    tables = _tables(Path(path), findings)
    if findings.problems or tables is None:
        raise InputError(findings.problems)
    for doubt in findings.contract_doubts:
        warn_assumption(str(doubt))
    if not tables.settings["holidays_stated"]:
        warn_assumption(
            f"{tables.settings_source} states no holidays; those of "
            f"{tables.settings['jurisdiction']} stand in. List yours under holidays."
        )
    return _system(tables)


def _tables(path: Path, findings: Findings) -> Tables | None:
    contents = read_contents(path, findings)
    return None if contents is None else checked(contents, findings)


def _system(tables: Tables) -> CareSystem:
    """Build the nouns of tables without problems."""
    settings, zone = tables.settings, tables.calendar.zone
    built = {
        name: nouns(name, tables.frames[name], zone)
        for name in CSV_TABLES
        if name in tables.frames
    }
    system = CareSystem(
        name=settings["name"],
        first_day=settings["first_day"],
        members=settings["members"],
        jurisdiction=settings["jurisdiction"],
        contract_in_force=settings["contract_in_force"],
        pooling=settings["pooling"],
        calendar=tables.calendar,
        assumptions=with_rows(default_assumptions(), built.get("assumptions", ())),
        standards=built.get("standards") or _profile(settings["jurisdiction"]),
        contracts=dict(sorted(tables.contracts.items())),
        clinics=built["clinics"],
        clinicians=built["clinicians"],
        network=built.get("network", ()),
        patients=built["patients"],
        appointments=built["appointments"],
        groups=built.get("groups", ()),
        group_members=built.get("group_members", ()),
        demand=built["demand"],
        absences=built.get("absences", ()),
        unavailable=built.get("unavailable", ()),
        work_places=built.get("work_places", ()),
        cover=built.get("cover", ()),
        team_meetings=built.get("team_meetings", ()),
        network_hours=built.get("network_hours", ()),
        stated_times=built.get("stated_times", ()),
        incidents=tuple(
            sorted(
                (
                    incident
                    for group in tables.incidents
                    for incident in nouns("incidents", group.frame, zone)
                ),
                key=lambda incident: str(incident.incident_id),
            )
        ),
        notes=tuple(settings.get("notes", ())),
    )
    return replace(system, inputs_hash=system_hash(system, tables.frames))


def _profile(jurisdiction: str) -> tuple[Standard, ...]:
    from caretime.rules.access import load_standards

    return load_standards(jurisdiction)
