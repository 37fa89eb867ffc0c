"""Weeks that stand: looked at, compared with others, or given dates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime.cli import ExitCode, emit_json
from caretime.cli._roster_asked import (
    asked,
    check_drawn,
    looking_at,
    show_looked_at,
    weeks_at,
    weeks_of,
)
from caretime.cli._roster_dated import Dates, date_weeks, made_by
from caretime.cli._roster_files import OURS_DATED, Files, check_files, write_files
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.cli._roster_answer import Weeks
    from caretime.model.people import Clinician


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked of weeks that stand, as it was typed."""

    folder: Path
    roster: Path
    contract: str | None
    site: list[str] | None
    clinician: str | None
    week_now: Path | None
    dates: Dates | None


def look_at(given: Given, files: Files, *, as_json: bool) -> int:
    """Read weeks that stand and show what was asked of them."""
    from caretime.bargaining.questions import find_contract
    from caretime.cli._roster_answer import Weeks
    from caretime.formats.system import read_system

    _check(given, files)
    ours = OURS_DATED if given.dates else ()
    check_files(given.folder, files, one=given.clinician, ours=ours)
    system = read_system(given.folder)
    sites, shown = asked(system, given.site, given.clinician)
    people = {c.clinician_id for c in system.clinicians if c.clinic_id in sites}
    roster = weeks_at(given.roster, system)
    name = given.contract or roster.contract_id or system.contract_in_force
    weeks = Weeks(system=system, contract=find_contract(name, system), roster=roster)
    if given.dates is not None:
        weeks = replace(weeks, shown=shown)
        one = {shown.clinician_id} if shown else people
        return date_weeks(weeks, given.dates, one, files, as_json=as_json)
    check_drawn(files, shown, sites)
    drawn = sites if given.site or (files.svg and shown is None) else ()
    weeks = _compared(_only(weeks, people), given.week_now, people, shown)
    weeks = looking_at(weeks, shown, drawn)
    write_files(weeks, files)
    if as_json:
        emit_json(_document(weeks))
    else:
        _show(weeks, given.roster)
    return ExitCode.DONE


def _check(given: Given, files: Files) -> None:
    """Refuse what does not go together, every point of it at once."""
    if not given.roster.exists():
        raise InputError(
            [Problem("--roster", 0, "", f"no such file or folder: {given.roster}")]
        )
    problems = []
    if given.dates is not None:
        beside = {"--week-now": given.week_now, "--svg": files.svg}
        problems += [
            f"{option} is about the repeating week: leave out --from and --to"
            for option, value in beside.items()
            if value is not None
        ]
    elif files.out is not None:
        problems.append(
            "--out with --roster writes weeks with dates: give --from and --to"
        )
    elif not (given.week_now or given.clinician or given.site or files.any):
        problems.append(
            "say what to do with --roster: --from and --to give its weeks dates, "
            "--week-now compares, --clinician or --site shows, --excel and --ical "
            "write; caretime check --roster judges them"
        )
    if problems:
        raise PlanError("; ".join(problems))


def _only(weeks: Weeks, people: Collection[str]) -> Weeks:
    """Keep the weeks of some people."""
    held = tuple(w for w in weeks.roster.weeks if w.clinician_id in people)
    return replace(weeks, roster=replace(weeks.roster, weeks=held))


def _compared(
    weeks: Weeks,
    week_now: Path | None,
    people: Collection[str],
    shown: Clinician | None,
) -> Weeks:
    """Add what differs from the weeks worked now, if some were given."""
    if week_now is None:
        return weeks
    from caretime.rostering.diff import diff_rosters

    system = weeks.system
    now = weeks_of(week_now, system, people)
    diff = diff_rosters(now, weeks.roster, system=system)
    return replace(weeks, diff=diff.of({shown.clinician_id}) if shown else diff)


def _document(weeks: Weeks) -> dict[str, Any]:
    """Return what was looked at as data; the manual describes its fields."""
    from caretime.cli._roster_answer import looked_at

    return {**made_by(weeks), "weeks": len(weeks.roster.weeks), **looked_at(weeks)}


def _show(weeks: Weeks, path: Path) -> None:
    from rich.console import Console

    from caretime.cli._roster_tables import counted

    out = Console(highlight=False)
    out.print(
        f"{weeks.system.name}, {weeks.contract.title}: "
        f"{counted(len(weeks.roster.weeks), 'week')} of {path}, as they stand.",
        style="bold",
        markup=False,
    )
    show_looked_at(weeks, out)
