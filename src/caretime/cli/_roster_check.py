"""Judge the weeks of a roster, ours or imported, clause by clause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime.cli import ExitCode, console, emit_json

if TYPE_CHECKING:
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster
    from caretime.rules.breaches import Violations

KEPT = "kept_blocks"
"""The wish that is about the week worked before."""


def check_weeks(
    folder: Path, path: Path, contract: str | None, *, as_json: bool
) -> int:
    """Judge a roster and print or emit what it breaks; 4 where it breaks anything."""
    from caretime.bargaining.questions import find_contract
    from caretime.cli._roster_asked import weeks_at
    from caretime.formats.system import read_system
    from caretime.rules.roster import check_roster

    system = read_system(folder)
    roster = weeks_at(path, system)
    name = contract or roster.contract_id or system.contract_in_force
    terms = find_contract(name, system)
    found = check_roster(roster, system, terms)
    statement = stated(path, system, terms, roster)
    if as_json:
        told = _document(system, terms, roster, found)
        emit_json(told | ({} if statement is None else {"stated": statement}))
    else:
        _print(path, system, terms, roster, found)
        if statement is not None:
            _print_statement(statement)
        if contract is None and not roster.contract_id:
            console.print(
                f"note: judged by {terms.contract_id}, the contract in force; "
                "--contract judges by another",
                markup=False,
            )
    return ExitCode.BROKEN if found else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Statement:
    """
    What the builder stated of weeks, and what of it holds for these.

    Parameters
    ----------
    edited
        Whether the weeks are others than those the statement was made of.
    objective, bound, gap, seed, budget
        As stated.
    stated_points, counted_points
        Points without those for kept blocks, which need the week worked before: as
        stated, and counted again from the blocks; ``None`` where inputs or contract
        are others than those stated.
    """

    edited: bool
    status: str
    objective: int
    bound: int
    gap: float
    seed: int
    budget: int
    stated_points: int
    counted_points: int | None


def stated(
    path: Path, system: CareSystem, terms: Contract, roster: Roster
) -> Statement | None:
    """Return what the folder of a roster states, set beside its weeks."""
    from caretime.formats import contract_hash
    from caretime.formats.rosters import roster_hash

    proof = path / "result.json"
    if not proof.is_file():
        return None
    # The reader of the weeks has checked every key of it.
    body = loads(proof.read_text(encoding="utf-8"))
    made_for = (body["inputs_hash"], body["contract_hash"])
    same = made_for == (system.inputs_hash, contract_hash(terms))
    return Statement(
        edited=body["roster_hash"] != roster_hash(roster),
        status=body["status"],
        objective=body["objective"],
        bound=body["bound"],
        gap=body["gap"],
        seed=body["seed"],
        budget=body["budget"],
        stated_points=body["objective"]
        - sum(one["points"] for one in body["preferences"] if one["name"] == KEPT),
        counted_points=_points(system, terms, roster) if same else None,
    )


def _points(system: CareSystem, terms: Contract, roster: Roster) -> int:
    """Count the points of the wishes again, from the blocks alone."""
    from caretime.cli._roster_answer import Weeks, ledger_of
    from caretime.rostering import score_roster

    weeks = Weeks(system=system, contract=terms, roster=roster)
    people = {c.clinician_id: c for c in system.clinicians}
    wanted = {}
    for week in roster.weeks:
        openings = ledger_of(people[week.clinician_id], weeks, week).openings
        wanted[week.clinician_id] = openings.total - openings.group
    found = score_roster(roster, system, openings_wanted=wanted)
    return sum(one.points for one in found if one.name != KEPT)


def _print_statement(statement: Statement) -> None:
    """Print what was stated, whether it is of these weeks, and what counting finds."""
    from rich.console import Console

    out = Console(highlight=False)
    if statement.edited:
        out.print(
            "roster.csv was edited since result.json was written: what that states "
            "is of other weeks.",
            markup=False,
        )
    counted, points = statement.counted_points, statement.stated_points
    if counted is None:
        out.print(
            "Points are not counted again: they are stated for other inputs or "
            "another contract.",
            markup=False,
        )
    else:
        # Other points than the usual can be asked for in Python only.
        verdict = "as stated" if counted == points else f"but {points:,} are stated"
        out.print(
            f"Counted again from the blocks, without kept blocks: {counted:,} points, "
            f"{verdict}.",
            markup=False,
        )
    if statement.status == "infeasible":
        return
    out.print(
        f"Bound {statement.bound:,} and gap {statement.gap:.2%} are the builder's "
        f"statement; building again with the same options (seed {statement.seed}, "
        f"budget {statement.budget:,}) recomputes them.",
        markup=False,
    )


def _document(
    system: CareSystem, terms: Contract, roster: Roster, found: Violations
) -> dict[str, Any]:
    """Return the verdict as data; the manual describes its fields."""
    from caretime.cli._roster_answer import violation_document
    from caretime.formats import contract_hash
    from caretime.formats.rosters import roster_hash

    return {
        "inputs_hash": system.inputs_hash,
        "contract_id": terms.contract_id,
        "contract_hash": contract_hash(terms),
        "roster_hash": roster_hash(roster),
        "weeks": len(roster.weeks),
        "broken": Counter(one.clause_id for one in found),
        "violations": [violation_document(one, terms) for one in found],
    }


def _print(
    path: Path, system: CareSystem, terms: Contract, roster: Roster, found: Violations
) -> None:
    from rich.console import Console

    from caretime.cli import _roster_tables as tables

    out = Console(highlight=False)
    weeks = tables.counted(len(roster.weeks), "week")
    by = f"{weeks} of {path} on {system.name}, judged by {terms.title}"
    if not found:
        out.print(f"{by}: every clause, law and rule is kept.", markup=False)
        return
    whole = tables.counted(len(found), "breach", "breaches")
    terms_broken = len({one.clause_id for one in found})
    clauses = tables.counted(terms_broken, "clause or rule", "clauses or rules")
    people = len({one.clinician_id for one in found} - {""})
    out.print(
        f"{by}: {whole} of {clauses}, {tables.counted(people, 'clinician')}.",
        markup=False,
    )
    tables.print_counts(found, out)
    tables.print_violations(found, terms, out)
