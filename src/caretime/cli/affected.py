"""What an incident takes away from whom; a dry run, which writes nothing."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.cli._arguments import Count, Number, check_targets
from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.cli._affected_parts import Parts
    from caretime.model.affected import Affected
    from caretime.model.incident import Incident
    from caretime.model.system import CareSystem

CSV_COLUMNS = (
    "appointment_id",
    "patient_id",
    "clinician_id",
    "visit_type",
    "start",
    "limit_day",
    "standard_id",
    "risk_tier",
    "has_contact",
    "decide_by",
    "group_id",
    "co_leader_id",
    "county",
    "language",
)


def register(app: App) -> None:
    """Add the verb."""
    app.command(affected)


def affected(
    folder: Path,
    *,
    incident: str,
    seed: Number = 1,
    seeds: Count = 1,
    weeks: Count | None = None,
    notice_days: Number = 2,
    csv: Path | None = None,
    json: bool = False,
) -> int:
    """
    Say whom an incident touches: visits, people, groups, and what to decide first.

    A dry run: nothing is decided, and nothing is written but the file of --csv.
    Appointments are decided day by day as they come near and never cancelled in one
    block, so whoever comes back early finds the book as it was.

    In the tables by county, language, risk and kind of visit, counts from 1 to 10
    and those that would give them away are not shown, nor in --json. Totals and days
    are shown as they are, and the list of --csv is complete: both are for those who
    call people; look at them before they leave the house.

    Parameters
    ----------
    folder
        The care system.
    incident
        Id of an incident of the folder, or path of a YAML file.
    seed
        Of who is away, where only shares are known.
    seeds
        Draw who is away this many times, from the seed on, and give the 10th and
        90th percentile.
    weeks
        Weeks to look at, from the Monday on which the incident's week begins; if
        not given, those of the incident, at most 8.
    notice_days
        Business days before an appointment by which it is decided and the patient
        called.
    csv
        Write one row for each affected appointment to this file.
    json
        Print the answer as JSON; the appointments themselves are in --csv.
    """
    from rich.console import Console

    from caretime.cli._affected_parts import parts_of
    from caretime.cli._affected_tables import print_affected
    from caretime.continuity.affected import affected as find_affected
    from caretime.formats.system import read_system

    check_targets(folder, {"--csv": csv})
    with progress("affected") as show:
        show(0, 1, f"reading {folder}")
        system = read_system(folder)
        asked = find_incident(incident, system)
        found = find_affected(
            system,
            asked,
            seed=seed,
            weeks=weeks,
            notice_days=notice_days,
            draws=seeds if seeds > 1 else 0,
            progress=show,
        )
    if csv is not None:
        _write(found, system, csv)
        console.print(f"appointments: {csv}", markup=False)
    parts = parts_of(found)
    if json:
        emit_json(_document(found, parts))
    else:
        print_affected(found, parts, system.name, Console(highlight=False))
    for note in _notes(found, system):
        console.print(f"note: {note}", markup=False)
    return ExitCode.DONE


def find_incident(name: str, system: CareSystem) -> Incident:
    """
    Find an incident by id in the system folder, or read a YAML file.

    Raises
    ------
    InputError
        If a file is not sound.
    PlanError
        If there is none of that id; the message names the nearest, or all.
    """
    known = {incident.incident_id: incident for incident in system.incidents}
    if name in known:
        return known[name]
    if Path(name).suffix in (".yaml", ".yml"):
        from caretime.formats.incidents import read_incident

        return read_incident(name, system)
    near = get_close_matches(name.casefold(), known, n=1)
    if near:
        text = f"no incident {name!r} in the folder; did you mean {near[0]}?"
    elif known:
        text = f"no incident {name!r}; the folder has {', '.join(known)}"
    else:
        text = f"no incident {name!r}: the folder has none"
    raise PlanError(text if near else f"{text}; a file's path ends in .yaml")


def _notes(found: Affected, system: CareSystem) -> Iterator[str]:
    """Yield what the reader should know about the question itself."""
    incident = found.incident
    sites = set(incident.clinic_ids)
    named = set(incident.clinician_ids)
    outside = [
        c.clinician_id
        for c in system.clinicians
        if sites and c.clinician_id in named and c.clinic_id not in sites
    ]
    if outside:
        more = f" and {len(outside) - 1:,} more" if len(outside) > 1 else ""
        yield (
            f"{outside[0]}{more} named in the incident but not at its sites; counted "
            "as away, because a name says more than a site"
        )
    if incident.shares:
        yield (
            "who is away is drawn: a rehearsal of how many, and no forecast of anybody"
        )
    if incident.open_ended:
        yield f"no end is known: the first {found.weeks} weeks are counted"
    if found.monday < system.first_day:
        yield (
            f"the incident begins before {system.first_day}, the first day of the "
            "folder: what was booked before it is not known"
        )
    if found.totals.touched and not found.totals.booked:
        yield "nothing is booked in these weeks yet: all visits are due by cadence"


def _document(found: Affected, parts: Parts) -> dict[str, Any]:
    """Return the answer for programs; single appointments and courses left out."""
    left_out = {"visits", "series", "counts"}
    names = [name for name in found.__dataclass_fields__ if name not in left_out]
    weeks = found.counts_by("week")
    return {
        **{name: getattr(found, name) for name in names},
        "by_week": weeks,
        "by_part": parts,
        "series": len(found.series),
    }


def _write(found: Affected, system: CareSystem, path: Path) -> None:
    """Write the appointments whole or not at all."""
    people = {p.patient_id: p for p in system.patients}
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(CSV_COLUMNS)
            for visit in found.visits:
                person = people[visit.patient_id]
                table.writerow(
                    [
                        visit.appointment_id,
                        visit.patient_id,
                        visit.clinician_id,
                        visit.visit_type,
                        visit.start.isoformat(),
                        visit.limit_day,
                        visit.standard_id,
                        visit.risk_tier,
                        "yes" if visit.has_contact else "no",
                        visit.decide_by,
                        visit.group_id,
                        visit.co_leader_id,
                        person.county,
                        person.language,
                    ]
                )
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
