"""Plan an incident: who takes over whom, by when, proven, written and told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from caretime.cli import console, progress
from caretime.cli._arguments import Count, Day, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from caretime.cli._strike_asked import Asked
    from caretime.cli._strike_book import BookAnswer
    from caretime.cli._strike_run import Progress, StrikeAnswer


def register(app: App) -> None:
    """Add the verb."""
    app.command(strike)


def strike(
    folder: Path,
    *,
    incident: str | None = None,
    out: Path | None = None,
    contract: str | None = None,
    seed: Number = 1,
    path: Literal["shares", "shares_low", "shares_high"] = "shares",
    policy: Path | None = None,
    roster: Path | None = None,
    based_on: Path | None = None,
    update: Path | None = None,
    verify: Path | None = None,
    apply: Path | None = None,
    call_off: Path | None = None,
    before: Path | None = None,
    today: Day | None = None,
    recovery: bool = True,
    weeks_after: Count = 26,
    replications: Count = 10,
    force: bool = False,
    json: bool = False,
) -> int:
    """
    Plan who takes over the patients of clinicians who are away, and prove it.

    Everything is decided for everybody affected: a substitute and dated visits, or
    the reason why there is nobody, what would help, and a day to call. The plan is
    checked by a second reading of the rules before anything is told. Nothing is sent
    to anybody, and nothing is written but the folder of --out.

    Parameters
    ----------
    folder
        The care system.
    incident
        Id of an incident of the folder, or path of a YAML file.
    out
        Folder to write the plan to: tables for schedulers, the proof, the report.
        With --apply and --call-off the care system as it is then; without it they
        only tell.
    contract
        Under which those at work see patients meanwhile: an id of the folder or the
        casebook, or a YAML file; if not given, the one in force.
    seed
        Of who is away, where only shares are known, and of ties.
    path
        Which end of the range of shares to plan for.
    policy
        YAML file with what the plan may do, where that differs from the defaults.
    roster
        Built weeks of the contract: a folder, a CSV or a workbook.
    based_on
        Folder of an earlier plan, to plan anew from what became known since.
    update
        What became known: answers, pins, returned, absent, openings, choices; a
        folder or file. Of --call-off: who is back, and who stays.
    verify
        Only check the plan in this folder, against the care system as it is.
    apply
        Write the visits of the plan in this folder into the book.
    call_off
        Take the plan in this folder out of the book again: every row that nobody
        touched since.
    before
        The care system that the plan of --call-off was made for.
    today
        Visits before this day stay as they are when a plan is called off.
    recovery
        Simulate when the backlog is over, which takes the longest.
    weeks_after
        Weeks after the incident that are simulated.
    replications
        Of that simulation.
    force
        Replace a plan that stands in the folder of --out.
    json
        Print the answer as JSON; patients and their visits are in the folder.
    """
    from caretime.cli._strike_asked import Asked, check

    asked = Asked(
        folder=folder,
        incident=incident,
        out=out,
        contract=contract,
        seed=seed,
        path=path,
        policy=policy,
        roster=roster,
        based_on=based_on,
        update=update,
        verify=verify,
        apply=apply,
        call_off=call_off,
        before=before,
        today=today,
        recovery=recovery,
        weeks_after=weeks_after,
        replications=replications,
        force=force,
    )
    check(asked)
    with progress("strike") as show:
        answer = _run_of(asked)(asked, show)
    for note in answer.notes:
        console.print(f"note: {note}", markup=False)
    answer.tell(as_json=json)
    return answer.code


def _run_of(asked: Asked) -> Callable[[Asked, Progress], StrikeAnswer | BookAnswer]:
    """Return what is to be done."""
    from caretime.cli._strike_book import take_out, write_in
    from caretime.cli._strike_run import look, plan, plan_again

    if asked.apply:
        return write_in
    if asked.call_off:
        return take_out
    if asked.verify:
        return look
    return plan_again if asked.based_on else plan
