"""Verbs of one run: simulate a contract, measure real appointments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.cli._arguments import Count, Number, Workers, check_targets
from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.measures.measure import Measurement
    from caretime.model.outcome import SimulationResult
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster


COMPARED = "contracts"
"""What a comparison says it runs, whatever its arms are."""


def register(app: App) -> None:
    """Add the verbs."""
    app.command(simulate)
    app.command(measure)


def simulate(
    folder: Path,
    *,
    contract: str | None = None,
    roster: Path | None = None,
    weeks: Count = 52,
    replications: Count = 10,
    seed: Number = 1,
    workers: Workers = 2,
    report: Path | None = None,
    log: Path | None = None,
    weekly: Path | None = None,
    json: bool = False,
) -> int:
    """
    Run one contract forward from the caseload of the folder.

    Parameters
    ----------
    folder
        The care system.
    contract
        Id of the folder or the casebook, or path of a YAML file; the contract
        in force if not given.
    roster
        Run on these weeks (a folder of caretime roster, a CSV or an Excel file)
        beside the even spread that stands for unknown weeks, and show what the
        real week changes. Who has no week in it works an even one.
    weeks
        How long the book runs forward.
    replications
        How many random years.
    seed
        Seed of the runs.
    workers
        Threads at once, or ray for a Ray cluster; changes no number.
    report
        With --roster: write the comparison as a self-contained HTML report.
    log
        Write every event of the first random year to this Parquet file.
    weekly
        Write counters by random year and week to this CSV file.
    json
        Print the measures as JSON; with --roster the comparison, as caretime
        compare does.
    """
    from caretime.bargaining.questions import find_contract
    from caretime.formats.system import read_system

    check_targets(folder, {"--log": log, "--weekly": weekly, "--report": report})
    if report and roster is None:
        raise PlanError("--report sets weeks side by side: give some with --roster")
    system = read_system(folder)
    built = _built(roster, system)
    named = contract or (built and built.contract_id) or system.contract_in_force
    terms = find_contract(named, system)
    how: dict[str, Any] = {"weeks": weeks, "seed": seed}
    many = {**how, "replications": replications, "workers": workers}
    if built is not None:
        _beside_even(system, terms, built, many, report=report, json=json)
    if built is None or weekly:
        result = _run(system, terms, built, many)
    if log:
        from caretime.simulation import event_log

        events = event_log(system, terms, replication=0, roster=built, **how)
        events.write_parquet(log)
        console.print(f"events: {log}", markup=False)
    if weekly:
        _write_weekly(result, weekly)
        console.print(f"weekly: {weekly}", markup=False)
    if built is None:
        _show(result, system, terms, json=json)
    return ExitCode.DONE


def _built(path: Path | None, system: CareSystem) -> Roster | None:
    if path is None:
        return None
    from caretime.cli._roster_asked import weeks_at

    return weeks_at(path, system)


def _run(
    system: CareSystem, terms: Contract, built: Roster | None, how: Mapping[str, Any]
) -> SimulationResult:
    from caretime.simulation import simulate as run

    with progress("simulate") as show:
        return run(system, terms, roster=built, progress=show, **how)


def _show(
    result: SimulationResult, system: CareSystem, terms: Contract, *, json: bool
) -> None:
    """Print the measures of one run."""
    from caretime.measures.measure import measure as measure_tally

    found = measure_tally(result.tally, system.standards)
    if json:
        emit_json({"made_by": _made_by(result), "measures": _with_estimates(found)})
    else:
        _print(f"{system.name}, {terms.title}", found.values())


def _beside_even(
    system: CareSystem,
    terms: Contract,
    built: Roster,
    how: Mapping[str, Any],
    *,
    report: Path | None,
    json: bool,
) -> None:
    """Run built weeks beside even ones and show what the real week changes."""
    from rich.console import Console

    from caretime.bargaining.built_weeks import compare_weeks
    from caretime.cli._roster_tables import print_weeks

    with progress("simulate") as show:

        def report_runs(done: int, total: int, what: str) -> None:
            # One contract on two kinds of weeks: what is counted are runs of it.
            runs = "replications, even and built weeks"
            show(done, total, runs if what == COMPARED else what)

        comparison = compare_weeks(system, terms, built, progress=report_runs, **how)
    if report:
        from caretime.reports import write_report

        write_report(comparison, report)
        console.print(f"report: {report}", markup=False)
    if json:
        emit_json(comparison)
        return
    out = Console(highlight=False)
    out.print(f"{terms.title}, built weeks beside the even spread", markup=False)
    print_weeks(comparison, out)
    for note in comparison.notes:
        out.print(f"Note: {note}", markup=False)


def measure(folder: Path, *, json: bool = False) -> int:
    """
    Measure waits and access on the appointments a folder really holds.

    Counts from 1 to 10, and those that would give them away, are not shown.

    Parameters
    ----------
    folder
        The care system.
    json
        Print the measures as JSON.
    """
    from caretime.formats.system import read_system
    from caretime.measures.access_from_appointments import access_from_appointments

    system = read_system(folder)
    access = access_from_appointments(system)
    shown = _shown(access.measures.values(), access.slices)
    if json:
        emit_json(
            {
                "inputs_hash": system.inputs_hash,
                "measures": _with_estimates({_key(m): m for m in shown}),
                "used": access.used,
                "left_out": access.left_out,
            }
        )
        return ExitCode.DONE
    _print(f"{system.name}, appointments on record", shown)
    for reason, count in sorted(access.left_out.items()):
        console.print(f"left out: {count} ({reason})", markup=False)
    console.print(
        "These are appointments taken, not every offer made: a patient who chose "
        "later looks like a longer wait.",
        markup=False,
    )
    return ExitCode.DONE


def _shown(
    whole: Iterable[Measurement], slices: Iterable[Measurement]
) -> list[Measurement]:
    """Leave out what would point at a few people."""
    from caretime.measures.suppression import hidden_measurements, is_small

    whole, slices = list(whole), list(slices)
    hidden = hidden_measurements(slices, whole)
    return [m for m in whole if not is_small(m)] + [
        m for m in slices if (m.name, m.dimension, m.part) not in hidden
    ]


def _key(found: Measurement) -> str:
    """Name a measure and, where it is one, its slice."""
    if found.dimension == "all":
        return found.name
    return f"{found.name}[{found.dimension}={found.part}]"


def _with_estimates(found: dict[str, Measurement]) -> dict[str, object]:
    """Put value and interval beside numerator and denominator."""
    return {
        name: {"estimate": one.estimate, "numerators": one.numerators}
        | {"denominators": one.denominators, "excepted": one.excepted}
        for name, one in found.items()
    }


def _print(title: str, found: Iterable[Measurement]) -> None:
    """Print measures in plain words."""
    from rich.console import Console
    from rich.table import Table

    from caretime.cli._bargain_tables import number
    from caretime.measures.measure import definitions, mean_of

    words = {row["name"]: (row["title"], row["unit"]) for row in definitions()}
    table = Table(title=title, title_justify="left")
    for heading in ("Measure", "Of", "Value (95 %)", "Over"):
        table.add_column(heading, justify="right" if heading == "Over" else "left")
    for one in found:
        name, unit = words[one.name]
        part = "all" if one.dimension == "all" else f"{one.dimension} {one.part}"
        below = mean_of(one.denominators)
        if below:
            table.add_row(
                f"{name}, {unit}", part, number(one.estimate), f"{below:,.0f}"
            )
    Console(highlight=False).print(table)


def _made_by(result: SimulationResult) -> dict[str, object]:
    """Say how a result was made."""
    return {
        "version": result.version,
        "inputs_hash": result.inputs_hash,
        "contract_id": result.contract_id,
        "contract_hash": result.contract_hash,
        "seed": result.seed,
        "weeks": result.weeks,
        "replications": result.replications,
        "assumptions": result.assumptions,
    }


def _write_weekly(result: SimulationResult, path: Path) -> None:
    """Write the weekly counters, one row a random year and week."""
    import numpy as np
    import polars as pl

    from caretime.model.log import COUNTERS

    tally = result.tally
    years, weeks = np.divmod(np.arange(tally.replications * tally.weeks), tally.weeks)
    columns = {"replication": years, "week": weeks}
    columns |= {name: tally.counter(name).ravel() for name in COUNTERS}
    pl.DataFrame(columns).write_csv(path)
