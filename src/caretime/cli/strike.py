"""Plan an incident: who takes over whom, by when, proven, written and told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from caretime.cli import ExitCode, console, progress
from caretime.cli._arguments import Count, Number
from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.cli._strike_run import Asked


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
        What became known: answers, pins, returned, absent, openings; a folder or
        file.
    verify
        Only check the plan in this folder, against the care system as it is.
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
    from caretime.cli._strike_run import Asked, look, plan, plan_again

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
        recovery=recovery,
        weeks_after=weeks_after,
        replications=replications,
        force=force,
    )
    _check(asked)
    run = look if verify else plan_again if based_on else plan
    with progress("strike") as show:
        answer = run(asked, show)
    for note in answer.notes:
        console.print(f"note: {note}", markup=False)
    answer.tell(as_json=json)
    if answer.proof.holds:
        return ExitCode.DONE
    # A plan just made that does not hold is a fault of the planner; one that was
    # read may have been made for another book.
    return ExitCode.BROKEN if verify else ExitCode.BUG


def _check(asked: Asked) -> None:
    """Refuse, before anything runs, what does not go together."""
    from caretime.cli._arguments import check_new_folder
    from caretime.formats._plan_head import PLAN_FILE
    from caretime.formats.dictionary import PLAN_TABLES
    from caretime.formats.plans import REPORT_FILE

    problems = []
    given = {"--incident": asked.incident, "--out": asked.out}
    again = {"--based-on": asked.based_on, "--update": asked.update}
    if asked.verify is not None:
        beside = {**given, **again, "--policy": asked.policy}
        problems += [
            f"--verify only looks at a plan: leave out {name}"
            for name, value in beside.items()
            if value is not None
        ]
    elif asked.based_on is not None or asked.update is not None:
        problems += [
            f"--based-on and --update go together: give {name}"
            for name, value in again.items()
            if value is None
        ]
        kept = {"--incident": asked.incident, "--policy": asked.policy}
        problems += [
            f"the plan of --based-on says it already: leave out {name}"
            for name, value in kept.items()
            if value is not None
        ]
    elif asked.incident is None:
        problems.append("give --incident: an id of the folder, or a YAML file")
    if asked.verify is None and asked.out is None:
        problems.append("give --out: the folder to write the plan to")
    if problems:
        raise PlanError("; ".join(problems))
    names = [f"{table.removeprefix('plan/')}.csv" for table in PLAN_TABLES]
    ours = (PLAN_FILE, REPORT_FILE, *names)
    check_new_folder(asked.folder, "--out", asked.out, force=asked.force, ours=ours)
