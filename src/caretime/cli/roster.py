"""Weeks that keep every clause: build them, show them, say why there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.cli._arguments import Count, Day, Number
from caretime.cli._roster_asked import (
    asked,
    check_drawn,
    looking_at,
    show_looked_at,
    weeks_of,
)
from caretime.cli._roster_dated import Dates
from caretime.cli._roster_files import Files, check_files, write_files
from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.cli._roster_answer import RosterAnswer
    from caretime.model.outcome import RosterResult
    from caretime.model.roster_diff import RosterDiff
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract

Sites = Annotated[list[str] | None, Parameter(consume_multiple=True)]
From = Annotated[Day | None, Parameter(name="--from")]
To = Annotated[Day | None, Parameter(name="--to")]
GAP = 1.0


def register(app: App) -> None:
    """Add the verb."""
    app.command(roster)


def roster(
    folder: Path,
    *,
    contract: str | None = None,
    site: Sites = None,
    clinician: str | None = None,
    week_now: Path | None = None,
    only_site: str | None = None,
    roster: Path | None = None,
    first: From = None,
    last: To = None,
    changes: Path | None = None,
    budget: Count | None = None,
    gap: float = GAP,
    seed: Number = 1,
    workers: Count = 1,
    out: Path | None = None,
    force: bool = False,
    svg: Path | None = None,
    ical: Path | None = None,
    excel: Path | None = None,
    json: bool = False,
) -> int:
    """
    Build each clinician's week under a contract, and prove how good it is.

    Says how many weeks were built, whether they keep every clause and law (judged
    apart from the builder), how far they are from the best there can be, and which
    wishes they meet. Exit code 5 where somebody has no week or a site lacks rooms
    or people: the answer names the clauses that clash and what would free a week.

    With --roster nothing is built: weeks that stand are looked at, compared with
    others, or given dates, with leave, holidays and changes. Dated weeks are
    judged; exit code 4 where they break a clause.

    Parameters
    ----------
    folder
        The care system.
    contract
        Id of the folder or the casebook, or path of a YAML file. If not given, what
        the weeks of --roster were built for, else the contract in force.
    site
        Clinics to build for, and to show hour by hour; all if not given.
    clinician
        Show this clinician's week and ledger. Builds for the clinician's site
        alone if --site is not given.
    week_now
        The weeks worked now, as a roster's folder, CSV or Excel file. Visits stay
        where they stand unless something better is won, and what changes is told.
        With --roster: tell what differs between these weeks and those.
    only_site
        With --week-now: rebuild this clinic alone after a change, touching as few
        weeks as can be; all others stay as they are.
    roster
        Take these weeks as they stand (a roster's folder, CSV or Excel file) and
        build none.
    first
        With --roster and --to: give the weeks dates, from this day on, such as
        2025-06-02; tell what falls away with leave and holidays, and judge every
        week.
    last
        The last of the days, a year after the first at most.
    changes
        CSV file of changes to single days: somebody is away, a block is added or
        moved, a day is worked elsewhere.
    budget
        Sweeps allowed over each site's clinicians; equal budgets give equal weeks on
        any machine.
    gap
        Percent of the proven bound within which weeks are good enough to stop.
    seed
        Seed of the search.
    workers
        Sites at once; changes no week. With one, an interrupt (Ctrl-C) ends the
        search and answers with the weeks at hand.
    out
        Write roster.csv and result.json to this new folder; of dated weeks
        dated.csv and lost.csv.
    force
        Replace a roster that stands in the folder of --out.
    svg
        Draw the week of --clinician, or else the hours of the one site, to this file.
    ical
        Write the weeks as iCalendar: to a file for --clinician, or else to a folder
        with one file a clinician. With dates, leave and changes are in it.
    excel
        Write the weeks as an Excel workbook; with --clinician the one.
    json
        Print the answer as JSON.
    """
    files = Files(out, svg, ical, excel, force)
    search = _Search(gap / 100, seed, budget, workers)
    dates = Dates.of(first, last, changes)
    if roster is not None:
        from caretime.cli._roster_given import Given, look_at

        if only_site is not None or search != _Search():
            raise PlanError(
                "--roster takes weeks as they stand and builds none: leave out "
                "--only-site, --budget, --gap, --seed and --workers"
            )
        given = Given(folder, roster, contract, site, clinician, week_now, dates)
        return look_at(given, files, as_json=json)
    if dates is not None:
        raise PlanError("--from and --to give dates to weeks: name them with --roster")
    if only_site is not None and (week_now is None or site):
        raise PlanError("--only-site takes its weeks from --week-now, without --site")
    if not 0 <= gap < 100:
        raise PlanError(f"--gap is a percent, 0 or more and below 100, got {gap:g}")
    check_files(folder, files, one=clinician)
    answer = _answer(
        folder, contract, site, clinician, week_now, only_site, search, files
    )
    write_files(answer, files, result=answer.result)
    if json:
        from caretime.cli._roster_answer import document

        emit_json(document(answer))
    else:
        _show(answer)
    if not answer.complete:
        return ExitCode.INFEASIBLE
    return ExitCode.BROKEN if answer.violations else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class _Search:
    """How weeks are looked for."""

    gap: float = GAP / 100
    seed: int = 1
    budget: int | None = None
    workers: int = 1

    @property
    def options(self) -> dict[str, Any]:
        """What every builder takes; a budget only where one was given."""
        from caretime.rostering.policy import RosterPolicy

        options: dict[str, Any] = {
            "policy": RosterPolicy(gap=self.gap),
            "seed": self.seed,
        }
        return options if self.budget is None else {**options, "budget": self.budget}


def _answer(
    folder: Path,
    contract: str | None,
    site: Sequence[str] | None,
    clinician: str | None,
    week_now: Path | None,
    only_site: str | None,
    search: _Search,
    files: Files,
) -> RosterAnswer:
    """Read, build or rebuild, and judge; with what is to be looked at."""
    from caretime.bargaining.questions import find_contract
    from caretime.formats.system import read_system

    system = read_system(folder)
    terms = find_contract(contract or system.contract_in_force, system)
    named = [only_site] if only_site is not None else site
    sites, shown = asked(system, named, clinician)
    check_drawn(files, shown, sites)
    if only_site is not None and week_now is not None:
        answer = _rebuild(system, terms, only_site, week_now, search)
    else:
        answer = _build(system, terms, sites, week_now, search)
    drawn = sites if named or (files.svg and shown is None) else ()
    return looking_at(answer, shown, drawn)


def _build(
    system: CareSystem,
    terms: Contract,
    sites: Sequence[str],
    week_now: Path | None,
    search: _Search,
) -> RosterAnswer:
    """Build the weeks of the sites and compare them with those worked now."""
    from caretime.rostering.build import build_roster

    people = {c.clinician_id for c in system.clinicians if c.clinic_id in sites}
    now = None if week_now is None else weeks_of(week_now, system, people)
    with progress("roster") as report, _stoppable(search.workers) as stop:
        result = build_roster(
            system,
            terms,
            clinic_ids=sites,
            week_now=now,
            workers=search.workers,
            progress=report,
            stop=stop,
            **search.options,
        )
    diff = None
    if now is not None:
        from caretime.rostering.diff import diff_rosters

        diff = diff_rosters(now, result.roster, system=system)
    return _judged(system, terms, result, diff, people)


def _rebuild(
    system: CareSystem, terms: Contract, site: str, week_now: Path, search: _Search
) -> RosterAnswer:
    """Rebuild one site with least disturbance; everyone else keeps their week."""
    from caretime.rostering.reroster import reroster

    known = {c.clinician_id for c in system.clinicians}
    now = weeks_of(week_now, system, known)
    with progress("roster") as report:
        report(0, 1, f"weeks of {site}, as few as can be")
        result, diff = reroster(system, terms, now, clinic_id=site, **search.options)
        report(1, 1, f"weeks of {site}, as few as can be")
    planned = {week.clinician_id for week in now.weeks}
    planned |= {c.clinician_id for c in system.clinicians if c.clinic_id == site}
    return _judged(system, terms, result, diff, planned)


def _judged(
    system: CareSystem,
    terms: Contract,
    result: RosterResult,
    diff: RosterDiff | None,
    people: Collection[str],
) -> RosterAnswer:
    """Judge the weeks by the rules, apart from whoever built them."""
    from caretime.cli._roster_answer import RosterAnswer
    from caretime.rules.roster import check_roster

    day = result.roster.first_day or system.first_day
    return RosterAnswer(
        system=system,
        contract=terms,
        roster=result.roster,
        result=result,
        violations=check_roster(result.roster, system, terms),
        clinicians=tuple(
            c
            for c in system.clinicians
            if c.clinician_id in people and c.hired_on <= day
        ),
        diff=diff,
    )


@contextmanager
def _stoppable(workers: int) -> Iterator[Callable[[], bool]]:
    """
    Let one interrupt end the search with the weeks at hand, a second one leave.

    Sites built side by side are processes of their own, which an interrupt ends.
    """
    asked: list[bool] = []
    if workers > 1 or current_thread() is not main_thread():
        yield lambda: False
        return

    def finish(*_: object) -> None:
        asked.append(True)
        signal(SIGINT, before)
        console.print("finishing with the weeks at hand; again to leave at once")

    before = signal(SIGINT, finish)
    try:
        yield lambda: bool(asked)
    finally:
        signal(SIGINT, before)


def _show(answer: RosterAnswer) -> None:
    """Print the answer, then what was looked at."""
    from rich.console import Console

    from caretime.cli import _roster_tables as tables

    out = Console(highlight=False)
    tables.print_answer(answer, out)
    show_looked_at(answer, out)
