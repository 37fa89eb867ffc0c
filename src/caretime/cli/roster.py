"""Weeks that keep every clause: build them, show them, say why there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGINT, signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.cli._arguments import Count, Number
from caretime.cli._roster_files import check_files, write_files
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.cli._roster_answer import RosterAnswer
    from caretime.model.outcome import RosterResult
    from caretime.model.people import Clinician
    from caretime.model.roster_diff import RosterDiff
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster

Sites = Annotated[list[str] | None, Parameter(consume_multiple=True)]


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
    budget: Count | None = None,
    gap: float = 1.0,
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

    Parameters
    ----------
    folder
        The care system.
    contract
        Id of the folder or the casebook, or path of a YAML file; the contract in
        force if not given.
    site
        Clinics to build for, and to show hour by hour; all if not given.
    clinician
        Show this clinician's week and ledger. Builds for the clinician's site
        alone if --site is not given.
    week_now
        The weeks worked now, as a roster's folder, CSV or Excel file. Visits stay
        where they stand unless something better is won, and what changes is told.
    only_site
        With --week-now: rebuild this clinic alone after a change, touching as few
        weeks as can be; all others stay as they are.
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
        Write roster.csv and result.json to this new folder.
    force
        Replace a roster that stands in the folder of --out.
    svg
        Draw the week of --clinician, or else the hours of the one site, to this file.
    ical
        Write the weeks as iCalendar: to a file for --clinician, or else to a folder
        with one file a clinician.
    excel
        Write the weeks as an Excel workbook.
    json
        Print the answer as JSON.
    """
    from caretime.bargaining.questions import find_contract
    from caretime.formats.system import read_system

    check_files(folder, out, svg, ical, excel, force=force, one=clinician)
    if not 0 <= gap < 100:
        raise PlanError(f"--gap is a percent, 0 or more and below 100, got {gap:g}")
    if only_site is not None and (week_now is None or site):
        raise PlanError("--only-site takes its weeks from --week-now, without --site")
    system = read_system(folder)
    terms = find_contract(contract or system.contract_in_force, system)
    named = [only_site] if only_site is not None else site
    sites, shown = _asked(system, named, clinician)
    if svg is not None and shown is None and len(sites) != 1:
        raise PlanError("--svg draws one picture: give --clinician, or one --site")
    search = _Search(gap / 100, seed, budget, workers)
    if only_site is not None and week_now is not None:
        answer = _rebuild(system, terms, only_site, week_now, search)
    else:
        answer = _build(system, terms, sites, week_now, search)
    drawn = sites if named or (svg and shown is None) else ()
    answer = _looked_at(answer, shown, drawn)
    write_files(answer, out=out, svg=svg, ical=ical, excel=excel)
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

    gap: float
    seed: int
    budget: int | None
    workers: int

    @property
    def options(self) -> dict[str, Any]:
        """What every builder takes; a budget only where one was given."""
        from caretime.rostering.policy import RosterPolicy

        options: dict[str, Any] = {
            "policy": RosterPolicy(gap=self.gap),
            "seed": self.seed,
        }
        return options if self.budget is None else {**options, "budget": self.budget}


def _asked(
    system: CareSystem, names: Sequence[str] | None, clinician_id: str | None
) -> tuple[tuple[str, ...], Clinician | None]:
    """Return the sites to build for and whose week to show; every problem at once."""
    known = {clinic.clinic_id for clinic in system.clinics}
    problems = [
        Problem("--site", 0, "", f"no clinic {name!r}, the folder has {_few(known)}")
        for name in names or ()
        if name not in known
    ]
    people = {c.clinician_id: c for c in system.clinicians}
    shown = people.get(clinician_id) if clinician_id is not None else None
    if clinician_id is not None and shown is None:
        text = f"no clinician {clinician_id!r}, the folder has {_few(people)}"
        problems.append(Problem("--clinician", 0, "", text))
    sites = tuple(dict.fromkeys(names or ()))
    if shown is not None and sites and shown.clinic_id not in sites:
        text = f"{clinician_id} works at {shown.clinic_id}, which is not built"
        problems.append(Problem("--clinician", 0, "", text))
    if problems:
        raise InputError(problems)
    if not sites:
        sites = (shown.clinic_id,) if shown else tuple(sorted(known))
    return sites, shown


def _few(names: Iterable[str]) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:5]) + (" ..." if len(ordered) > 5 else "")


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
    now = None if week_now is None else _week_now(week_now, system, people)
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
    now = _week_now(week_now, system, known)
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
        result=result,
        violations=check_roster(result.roster, system, terms),
        clinicians=tuple(
            c
            for c in system.clinicians
            if c.clinician_id in people and c.hired_on <= day
        ),
        diff=diff,
    )


def _week_now(path: Path, system: CareSystem, people: Collection[str]) -> Roster:
    """Read the weeks worked now, as far as they are those of some people."""
    from caretime.formats.rosters import read_roster

    roster = read_roster(path, system)
    weeks = tuple(w for w in roster.weeks if w.clinician_id in people)
    return replace(roster, weeks=weeks)


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


def _looked_at(
    answer: RosterAnswer, shown: Clinician | None, sites: Sequence[str]
) -> RosterAnswer:
    """Add whose week and which sites are shown."""
    from caretime.reports.site_load import site_load

    loads = tuple(site_load(answer.result.roster, answer.system, s) for s in sites)
    return replace(answer, shown=shown, sites=loads)


def _show(answer: RosterAnswer) -> None:
    """Print the answer, then what was looked at."""
    from rich.console import Console

    from caretime.cli import _roster_tables as tables

    out = Console(highlight=False)
    tables.print_answer(answer, out)
    if answer.diff is not None:
        from caretime.rostering.diff_text import diff_lines

        out.print("Against the weeks worked now:", style="bold", markup=False)
        for line in diff_lines(answer.diff):
            out.print(f"  {line}", markup=False)
    for load in answer.sites:
        tables.print_site(load, out)
    if answer.shown is not None:
        tables.print_clinician(answer, answer.shown, out)
