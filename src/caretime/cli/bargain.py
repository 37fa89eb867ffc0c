"""Verbs of the table: compare, claims, frontier, reproduce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.cli._arguments import Count, Number, Workers, check_targets

if TYPE_CHECKING:
    from caretime.model.system import CareSystem

Many = Annotated[list[str], Parameter(consume_multiple=True)]
SomeNames = Annotated[list[str] | None, Parameter(consume_multiple=True)]
SomeNumbers = Annotated[list[float] | None, Parameter(consume_multiple=True)]
HOURS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)


def register(app: App) -> None:
    """Add the verbs."""
    app.command(compare)
    app.command(claims)
    app.command(frontier)
    app.command(reproduce)


def compare(
    folder: Path,
    *,
    contracts: Many,
    base: str | None = None,
    weeks: Count = 52,
    replications: Count = 10,
    precision: Many | None = None,
    seed: Number = 1,
    workers: Workers = 2,
    clauses: bool = False,
    attribution: bool = False,
    tornado: Many | None = None,
    between: Many | None = None,
    deep_replications: Count = 4,
    leaving_off: bool = True,
    report: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """
    Put contracts side by side on one care system.

    Differences are paired: replication by replication, both contracts meet the
    same referrals, the same no-shows and the same sick days.

    Parameters
    ----------
    folder
        The care system.
    contracts
        Two or more: ids of the folder or the casebook, or paths of YAML files.
    base
        What differences are taken against; the first contract if not given.
    weeks
        How long the book runs forward.
    replications
        How many random years; not used with --precision.
    precision
        Half-widths asked of paired differences, as measure=width pairs, for
        instance within_intake=0.5. Replications are added until they hold.
    seed
        Seed of the runs.
    workers
        Threads at once, or ray for a Ray cluster; changes no number.
    clauses
        Also price each clause by taking it away.
    attribution
        Also split the difference to the base among clauses and accounts.
    tornado
        Also try each assumption's range on the difference of these measures.
    between
        Two of the contracts whose difference --attribution and --tornado look
        into; the base against each other contract if not given.
    deep_replications
        Replications of --clauses, --attribution and --tornado.
    leaving_off
        Also run with no effect of load on leaving.
    report
        Write a self-contained HTML report to this file.
    out
        Write the result as JSON to this file, for caretime reproduce.
    json
        Print the result as JSON.
    """
    from caretime.cli._bargain_tables import print_findings

    request: dict[str, Any] = {
        "folder": folder,
        "base": base,
        "weeks": weeks,
        "replications": replications,
        "precision": _widths(precision or ()),
        "seed": seed,
        "with_leaving_off": leaving_off,
        "clauses": clauses,
        "deep_replications": deep_replications,
        "tornado": tornado,
    }
    check_targets(folder, {"--out": out, "--report": report})
    system = _read(folder)
    contracts = request["contracts"] = _at_least_two(contracts, base, system)
    deep = attribution or tornado
    request["pairs"] = _pairs(contracts, base, between, system) if deep else []
    result = _ask("comparison", request, system, workers, out)
    if report:
        from caretime.reports import write_report

        write_report(result, report)
        console.print(f"report: {report}", markup=False)
    if json:
        emit_json(result)
    else:
        print_findings(result)
    return ExitCode.DONE


def claims(
    folder: Path,
    *,
    contract: str | None = None,
    only: SomeNames = None,
    weeks: Count = 52,
    replications: Count = 5,
    seed: Number = 1,
    workers: Workers = 2,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """
    Run the public claims of both sides as experiments.

    Parameters
    ----------
    folder
        The care system.
    contract
        What the claims change; the contract in force if not given.
    only
        Ids of claims; all if not given.
    weeks, replications, seed, workers
        As for caretime compare.
    out
        Write the result as JSON to this file, for caretime reproduce.
    json
        Print the result as JSON.
    """
    from caretime.cli._bargain_tables import print_claims

    check_targets(folder, {"--out": out})
    system = _read(folder)
    request = {
        "folder": folder,
        "contract": contract or system.contract_in_force,
        "claims": only,
        "weeks": weeks,
        "replications": replications,
        "seed": seed,
    }
    result = _ask("claims", request, system, workers, out)
    if json:
        emit_json(result)
    else:
        print_claims(result)
    return ExitCode.DONE


def frontier(
    folder: Path,
    *,
    contract: str,
    vary: str = "protected_hours",
    values: SomeNumbers = None,
    needs: str | None = None,
    lever: str = "hires",
    target: float | None = None,
    confidence: float = 0.9,
    cap: Number | None = None,
    weeks: Count = 52,
    replications: Count = 10,
    seed: Number = 1,
    workers: Workers = 2,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """
    Trace protected hours against access against cost, or ask what it takes.

    With --needs CLOCK the question is turned around: the fewest hires or
    network openings at which the contract meets that standard. Exit code 5
    where no number up to the cap does.

    Parameters
    ----------
    folder
        The care system.
    contract
        Id of the folder or the casebook, or path of a YAML file.
    vary
        The term that varies: protected_hours.
    values
        Its values; 2 to 8 hours if not given.
    needs
        intake, first_treatment, follow_up or urgent.
    lever
        hires or network_visits.
    target
        Percent that must be offered in time; the standard's own, else 90.
    confidence
        Share of random years that must reach the target.
    cap
        Most that is tried.
    weeks, replications, seed, workers
        As for caretime compare.
    out
        Write the result as JSON to this file, for caretime reproduce.
    json
        Print the result as JSON.
    """
    from caretime.cli._bargain_tables import print_frontier, print_what_it_takes

    request: dict[str, Any] = {
        "folder": folder,
        "contract": contract,
        "weeks": weeks,
        "replications": replications,
        "seed": seed,
    }
    check_targets(folder, {"--out": out})
    system = _read(folder)
    if needs is None:
        request |= {"vary": vary, "values": list(values or HOURS)}
        result = _ask("frontier", request, system, workers, out)
        if json:
            emit_json(result)
        else:
            print_frontier(result)
        return ExitCode.DONE
    request |= {"standard": needs, "lever": lever, "target": target}
    request |= {"confidence": confidence, "cap": cap}
    result = _ask("what_it_takes", request, system, workers, out)
    if json:
        emit_json(result)
    else:
        print_what_it_takes(result)
    return ExitCode.INFEASIBLE if result.fewest is None else ExitCode.DONE


def reproduce(
    result: Path,
    *,
    folder: Path | None = None,
    workers: Workers = 2,
    json: bool = False,
) -> int:
    """
    Run a result again and say whether every number comes out the same.

    Exit code 0 where it does, 4 where a number differs, 3 where the file, the
    folder or a contract was changed since.

    Parameters
    ----------
    result
        A JSON file written with --out.
    folder
        The care system, if it has moved.
    workers
        Threads at once, or ray for a Ray cluster; changes no number.
    json
        Print the answer as JSON.
    """
    from caretime.bargaining.reproduce import reproduce as run_again
    from caretime.cli._bargain_tables import print_reproduction

    with progress("again") as report:
        answer = run_again(result, folder=folder, workers=workers, progress=report)
    if json:
        emit_json(answer)
    else:
        print_reproduction(result, answer)
    return ExitCode.DONE if answer.matches else ExitCode.BROKEN


def _read(folder: Path) -> CareSystem:
    from caretime.formats.system import read_system

    return read_system(folder)


def _ask(
    kind: str,
    request: Mapping[str, Any],
    system: CareSystem,
    workers: Workers,
    out: Path | None,
) -> Any:
    """Answer the question and, where asked, write the sealed document."""
    from caretime.bargaining.document import plain, write_document
    from caretime.bargaining.questions import ask
    from caretime.bargaining.reproduce import document_of

    request = plain(request)
    with progress(kind.replace("_", " ")) as report:
        answer = ask(kind, request, system, workers=workers, progress=report)
    if out:
        write_document(document_of(kind, request, answer, system), out)
        console.print(f"result: {out}", markup=False)
    return answer


def _at_least_two(
    contracts: list[str], base: str | None, system: CareSystem
) -> list[str]:
    """Put the base in front where it is not among the contracts."""
    from caretime.bargaining.questions import find_contract
    from caretime.errors import PlanError

    ids = [find_contract(name, system).contract_id for name in contracts]
    if base and find_contract(base, system).contract_id not in ids:
        contracts = [base, *contracts]
    if len(contracts) < 2:
        raise PlanError(
            f"nothing to compare {ids[0]} with: name two contracts or more after "
            "--contracts, or another one after --base; caretime simulate runs one"
        )
    return contracts


def _pairs(
    contracts: list[str],
    base: str | None,
    between: list[str] | None,
    system: CareSystem,
) -> list[tuple[str, str]]:
    """Pair the two that were named, or the base with every other, by contract id."""
    from caretime.bargaining.questions import find_contract
    from caretime.errors import PlanError

    ids = [find_contract(name, system).contract_id for name in contracts]
    if between:
        two = [find_contract(name, system).contract_id for name in between]
        if len(two) != 2 or not set(two) <= set(ids) or two[0] == two[1]:
            raise PlanError("--between takes two of the contracts compared")
        return [(two[0], two[1])]
    first = find_contract(base, system).contract_id if base else ids[0]
    return [(first, other) for other in ids if other != first]


def _widths(pairs: Iterable[str]) -> dict[str, float]:
    """Read ``measure=width`` pairs."""
    from caretime.errors import PlanError

    widths = {}
    for pair in pairs:
        name, _, width = pair.partition("=")
        try:
            widths[name] = float(width)
        except ValueError:
            raise PlanError(
                f"--precision expects measure=width, got {pair!r}"
            ) from None
    return widths
