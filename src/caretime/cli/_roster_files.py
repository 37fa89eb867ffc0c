"""The files of a built roster: weeks, workbook, calendars, picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from caretime.cli import console
from caretime.cli._arguments import check_new_folder, check_targets
from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.cli._roster_answer import Weeks
    from caretime.model.outcome import RosterResult
    from caretime.model.people import Clinician
    from caretime.model.week import Roster, RosterWeek

OURS = ("roster.csv", "result.json")
"""What --out writes, and --force may replace."""

OURS_DATED = ("dated.csv", "lost.csv")
"""The same of weeks with dates."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is to be written where."""

    out: Path | None
    svg: Path | None
    ical: Path | None
    excel: Path | None
    force: bool

    @property
    def any(self) -> bool:
        """Whether anything is to be written."""
        return any((self.out, self.svg, self.ical, self.excel))


def check_files(
    folder: Path, files: Files, *, one: str | None, ours: Sequence[str] = OURS
) -> None:
    """Refuse what must not be written; calendars of many people are a folder."""
    excel, ical, force = files.excel, files.ical, files.force
    single = {"--svg": files.svg, "--excel": excel, "--ical": ical if one else None}
    check_targets(folder, single)
    if excel is not None and excel.suffix.lower() != ".xlsx":
        raise PlanError(f"--excel {excel}: expected a name that ends in .xlsx")
    check_new_folder(folder, "--out", files.out, force=force, ours=ours)
    many = None if one else ical
    check_new_folder(folder, "--ical", many, force=force, ours=(".ics",))


def write_files(
    weeks: Weeks, files: Files, *, result: RosterResult | None = None
) -> None:
    """
    Write what was asked for, and say on standard error where it is.

    Parameters
    ----------
    result
        What --out writes, if anything was built.
    """
    from caretime.formats.rosters import write_result, write_roster

    if files.out is not None and result is not None:
        write_result(result, files.out)
        console.print(f"roster: {files.out}", markup=False)
    if files.excel is not None:
        write_roster(_asked_for(weeks), files.excel)
        console.print(f"workbook: {files.excel}", markup=False)
    if files.ical is not None:
        _write_calendars(weeks, files.ical)
        console.print(f"calendar: {files.ical}", markup=False)
    if files.svg is not None and (picture := _picture(weeks)):
        files.svg.write_text(picture, encoding="utf-8")
        console.print(f"picture: {files.svg}", markup=False)


def _asked_for(weeks: Weeks) -> Roster:
    """Keep the week of the clinician who is looked at, or else all."""
    if weeks.shown is None:
        return weeks.roster
    one = weeks.roster.week_of(weeks.shown.clinician_id)
    return replace(weeks.roster, weeks=() if one is None else (one,))


def _write_calendars(answer: Weeks, path: Path) -> None:
    """Write the clinician's calendar, or everybody's into a folder."""
    from caretime.formats.ical import write_calendar

    system, roster = answer.system, answer.roster
    files = {
        week.clinician_id: path / f"{week.clinician_id}.ics" for week in roster.weeks
    }
    if answer.shown is not None:
        files = {answer.shown.clinician_id: path}
    else:
        path.mkdir(exist_ok=True)
    for week in roster.weeks:
        if week.clinician_id in files:
            write_calendar(
                week,
                files[week.clinician_id],
                system.calendar,
                first_day=roster.first_day or system.first_day,
                last_day=roster.last_day,
                absences=system.absences,
            )


def _picture(answer: Weeks) -> str:
    """Draw the clinician's week, or the one site; empty where there is no week."""
    if answer.shown is None:
        from caretime.reports.site_map import site_svg

        return site_svg(answer.sites[0])
    week = answer.roster.week_of(answer.shown.clinician_id)
    return "" if week is None else _week_picture(answer, answer.shown, week)


def _week_picture(answer: Weeks, person: Clinician, week: RosterWeek) -> str:
    from caretime.cli._roster_answer import ledger_of, week_title
    from caretime.reports.week_picture import week_svg
    from caretime.rostering.diff import standing_times

    ledger = ledger_of(person, answer, week)
    openings = {b.start for b in week.template.blocks if b.activity == "return"}
    standing = standing_times(answer.system).get(person.clinician_id, {})
    return week_svg(
        week.template,
        title=week_title(answer, week),
        places=week.places,
        standing=openings & set(standing),
        protected={line.activity for line in ledger.lines if line.protected},
    )
