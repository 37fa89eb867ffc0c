"""
Incidents from and to a YAML file: who is away, from when to when, never why.

::

    incident_id: strike-60              # a path of shares, drawn from everybody
    first_day: 2024-10-21
    notice_day: 2024-10-10
    shares: [0.6, 0.6, 0.55, 0.5]
    shares_low: [0.55, 0.5, 0.45, 0.4]
    shares_high: [0.65, 0.65, 0.65, 0.6]

    incident_id: one-ill                # a named list
    first_day: 2024-10-21
    notice_day: 2024-10-20
    clinician_ids: [C-00017]
    last_day: 2024-11-01

A long list may stand in a CSV with the one column ``clinician_id``:
``clinician_file: absent.csv`` names it, beside the YAML file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from caretime.errors import InputError, Problem
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.incidents import (
    incidents_at_odds,
    notice_shorter_than_the_law_asks,
)
from caretime.formats._checking.system import checked_incidents
from caretime.formats._checking.tables import Tables
from caretime.formats._nouns import nouns
from caretime.formats._reading.incidents import read_incident_text
from caretime.formats._reading.raw import Findings
from caretime.formats._writing import beside, dump_yaml, incident_mapping
from caretime.model.incident import Incident

if TYPE_CHECKING:
    from caretime.model.system import CareSystem


@dataclass(frozen=True, slots=True)
class IncidentInspection:
    """What one pass over a file gave: the incident is there if it is sound."""

    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    incident: Incident | None


def read_incident(path: str | Path, system: CareSystem) -> Incident:
    """
    Read and check one incident from a YAML file outside a system folder.

    Parameters
    ----------
    system
        Its sites and clinicians are the only ones that may be named.

    Raises
    ------
    InputError
        With every problem found, not the first.
    """
    found = inspect_incident(path, system)
    if found.incident is None:
        raise InputError(found.problems)
    return found.incident


def inspect_incident(path: str | Path, system: CareSystem) -> IncidentInspection:
    """Return problems, doubts and, where there is no problem, the incident."""
    path, findings = Path(path), Findings()
    zone = system.calendar.zone
    text = read_incident_text(path, path.name, findings)
    if text is None:
        return IncidentInspection(findings.in_order(), (), None)
    tables = Tables(
        frames={
            "clinics": _ids("clinic_id", [c.clinic_id for c in system.clinics]),
            "clinicians": _ids(
                "clinician_id", [c.clinician_id for c in system.clinicians]
            ),
        },
        sources={},
        settings={},
        settings_source="",
        settings_lines={},
        calendar=system.calendar,
        contracts={},
        contract_sources={},
        contracts_read=False,
        incidents=(checked_incidents(text, zone, findings),),
    )
    findings.problems.extend(incidents_at_odds(tables))
    findings.doubts.extend(notice_shorter_than_the_law_asks(tables))
    incident = None
    if not findings.problems:
        (incident,) = nouns("incidents", tables.incidents[0].frame, zone)
    doubts = tuple(sorted(findings.doubts))
    return IncidentInspection(findings.in_order(), doubts, incident)


def _ids(column: str, ids: list[str]) -> pl.DataFrame:
    lines = pl.Series(LINE, [0] * len(ids), dtype=pl.Int64)
    return pl.DataFrame([lines, pl.Series(column, ids, dtype=pl.String)])


def write_incident(incident: Incident, path: str | Path) -> None:
    """
    Write one incident to a YAML file, in one step; what stood there is replaced.

    Raises
    ------
    ValueError
        If the path does not end in ``.yaml`` or ``.yml``.
    """
    path = Path(path)
    if path.suffix not in (".yaml", ".yml"):
        raise ValueError(f"{path.name}: expected a name that ends in .yaml")
    with beside(path) as new:
        dump_yaml(incident_mapping(incident), new)
        os.replace(new, path)
