"""Judge the weeks of a roster, ours or imported, clause by clause."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime.cli import ExitCode, emit_json

if TYPE_CHECKING:
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster
    from caretime.rules.breaches import Violations


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
    if as_json:
        emit_json(_document(system, terms, roster, found))
    else:
        _print(path, system, terms, roster, found)
    return ExitCode.BROKEN if found else ExitCode.DONE


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
