"""What is asked of weeks: which sites, whose week, which weeks to set beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from caretime.cli import console
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from caretime.cli._roster_answer import Weeks
    from caretime.cli._roster_files import Files
    from caretime.model.people import Clinician
    from caretime.model.system import CareSystem
    from caretime.model.week import Roster

W = TypeVar("W", bound="Weeks")


def asked(
    system: CareSystem, names: Sequence[str] | None, clinician_id: str | None
) -> tuple[tuple[str, ...], Clinician | None]:
    """Return the sites that are meant and whose week to show; every problem at once."""
    known = {clinic.clinic_id for clinic in system.clinics}
    problems = [
        Problem("--site", 0, "", f"no clinic {name!r}, the folder has {few(known)}")
        for name in names or ()
        if name not in known
    ]
    people = {c.clinician_id: c for c in system.clinicians}
    shown = people.get(clinician_id) if clinician_id is not None else None
    if clinician_id is not None and shown is None:
        text = f"no clinician {clinician_id!r}, the folder has {few(people)}"
        problems.append(Problem("--clinician", 0, "", text))
    sites = tuple(dict.fromkeys(names or ()))
    if shown is not None and sites and shown.clinic_id not in sites:
        text = f"{clinician_id} works at {shown.clinic_id}, not at {', '.join(sites)}"
        problems.append(Problem("--clinician", 0, "", text))
    if problems:
        raise InputError(problems)
    if not sites:
        sites = (shown.clinic_id,) if shown else tuple(sorted(known))
    return sites, shown


def check_drawn(files: Files, shown: Clinician | None, sites: Sequence[str]) -> None:
    """Refuse a picture of several sites."""
    if files.svg is not None and shown is None and len(sites) != 1:
        raise PlanError("--svg draws one picture: give --clinician, or one --site")


def few(names: Iterable[str]) -> str:
    """
    Name the first five.

    >>> few("badcfe")
    'a, b, c, d, e ...'
    """
    ordered = sorted(names)
    return ", ".join(ordered[:5]) + (" ..." if len(ordered) > 5 else "")


def weeks_of(path: Path, system: CareSystem, people: Collection[str]) -> Roster:
    """Read the weeks of a roster, as far as they are those of some people."""
    roster = weeks_at(path, system)
    weeks = tuple(w for w in roster.weeks if w.clinician_id in people)
    return replace(roster, weeks=weeks)


def weeks_at(path: Path, system: CareSystem) -> Roster:
    """
    Read the weeks of a roster, and note where they were built for other inputs.

    Ids such as C-00001 stand in many systems, so that weeks of another one can be
    read without a problem; only the hash beside them tells.
    """
    from caretime.formats.rosters import read_roster

    roster = read_roster(path, system)
    proof = path / "result.json"
    if proof.is_file():
        built_for = loads(proof.read_text(encoding="utf-8"))["inputs_hash"]
        if built_for != system.inputs_hash:
            console.print(
                f"note: {path}: these weeks were built for other inputs: this folder "
                "has changed since, or it is another system",
                markup=False,
            )
    return roster


def looking_at(weeks: W, shown: Clinician | None, sites: Sequence[str]) -> W:
    """Add whose week and which sites are shown."""
    from caretime.reports.site_load import site_load

    loads = tuple(site_load(weeks.roster, weeks.system, site) for site in sites)
    return replace(weeks, shown=shown, sites=loads)


def show_looked_at(weeks: Weeks, out: Console) -> None:
    """Print what differs, the sites hour by hour, the clinician's week."""
    from caretime.cli import _roster_tables as tables

    if weeks.diff is not None:
        from caretime.rostering.diff_text import diff_lines

        out.print("Against the weeks worked now:", style="bold", markup=False)
        for line in diff_lines(weeks.diff):
            out.print(f"  {line}", markup=False)
    for load in weeks.sites:
        tables.print_site(load, out)
    if weeks.shown is not None:
        tables.print_clinician(weeks, weeks.shown, out)
