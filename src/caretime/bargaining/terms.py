"""Contracts with one thing changed: an hour more, a clause less, a swap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from caretime.errors import PlanError
from caretime.model.terms import Clause, Contract
from caretime.rules.clause_kinds import clause_family, clause_kinds, make_clause

PROTECTED = "protected_hours"
HOURS_FIELD = "hours_per_week"


def is_pay(kind: str) -> bool:
    """Say whether a kind of clause is about money only and never about time."""
    return clause_family(kind) == "pay"


def with_protected_hours(
    contract: Contract, hours: float, *, bookable_hours: float | None = None
) -> Contract:
    """
    Return the contract with that many protected hours in a full-time week.

    The first clause of the kind is set and others of the kind are taken away,
    as are phase-ins of any of them; covered licenses stay as they are. A
    contract without such a clause gets one that covers therapists.

    Parameters
    ----------
    hours
        0 to 40.
    bookable_hours
        Hours of those that may be booked; not given: as the clause has it, at
        most ``hours``.

    Raises
    ------
    PlanError
        If ``hours`` is outside 0 to 40.
    """
    if not 0 <= hours <= 40:
        raise PlanError(f"protected hours must be 0 to 40, got {hours:g}")
    ids = [c.clause_id for c in contract.clauses if c.kind == PROTECTED]
    clause = next(
        (c for c in contract.clauses if c.kind == PROTECTED),
        make_clause("PROTECTED", PROTECTED, covers=("therapist",)),
    )
    terms = dict(clause.terms)
    bookable = float(terms.get("bookable_hours") or 0)
    if bookable_hours is not None:
        bookable = bookable_hours
    terms |= {HOURS_FIELD: hours, "percent": None, "minutes_per_visit": None}
    terms |= {"base": "full_time", "bookable_hours": min(bookable, hours)}
    terms["reduced_to_hours"] = None
    if not terms["bookable_hours"]:
        terms["bookable_trigger"] = "never"
    changed = replace(clause, terms=MappingProxyType(terms))
    kept = tuple(
        c
        for c in contract.clauses
        if c.kind != PROTECTED
        and not (c.kind == "phase_in" and c.terms.get("clause") in ids)
    )
    return replace(
        contract,
        contract_id=f"{contract.contract_id}+{hours:g}h",
        title=f"{contract.title} with {hours:g} protected hours",
        clauses=(changed, *kept),
    )


def without_clause(contract: Contract, clause_id: str) -> Contract:
    """Return the contract without a clause and without phase-ins of it."""
    return replace(
        contract,
        contract_id=f"{contract.contract_id}-{clause_id}",
        clauses=tuple(
            c
            for c in contract.clauses
            if c.clause_id != clause_id
            and not (c.kind == "phase_in" and c.terms.get("clause") == clause_id)
        ),
    )


def group_of(contract: Contract, clause: Clause, by: str) -> str:
    """
    Return the group a clause is swapped with: its ``kind`` or its ``family``.

    A phase-in goes with the clause it phases in.
    """
    if clause.kind == "phase_in":
        for other in contract.clauses:
            if other.clause_id == clause.terms.get("clause"):
                clause = other
                break
    return clause.kind if by == "kind" else clause_family(clause.kind)


def differing_groups(one: Contract, other: Contract, by: str) -> tuple[str, ...]:
    """
    Return the groups whose terms differ, in the order of the table of kinds.

    Clause ids, sources and standings are no terms; text that cannot be modeled
    has no effect and makes no difference.
    """
    first, second = _terms_by_group(one, by), _terms_by_group(other, by)
    order = list(clause_kinds())
    if by == "family":
        order = list(dict.fromkeys(clause_family(kind) for kind in order))
    differing = {
        group
        for group in first.keys() | second.keys()
        if first.get(group) != second.get(group)
    }
    return tuple(sorted(differing, key=order.index))


def swap_groups(
    one: Contract, other: Contract, groups: Iterable[str], by: str
) -> Contract:
    """Return the first contract with some groups' clauses taken from the second."""
    chosen = frozenset(groups)
    kept = [c for c in one.clauses if group_of(one, c, by) not in chosen]
    taken = [c for c in other.clauses if group_of(other, c, by) in chosen]
    used = {c.clause_id for c in kept}
    renamed = {c.clause_id: f"{c.clause_id}~" for c in taken if c.clause_id in used}
    moved = [_renamed(clause, renamed) for clause in taken]
    label = ",".join(sorted(chosen))
    return replace(
        one,
        contract_id=f"{one.contract_id}<{label}>{other.contract_id}",
        clauses=(*kept, *(_on_other_dates(c, other, one) for c in moved)),
    )


def _renamed(clause: Clause, renamed: Mapping[str, str]) -> Clause:
    """Give a clause a new id where its own is taken, phase-ins following."""
    terms: Mapping[str, Any] = clause.terms
    if clause.kind == "phase_in" and terms.get("clause") in renamed:
        terms = MappingProxyType({**terms, "clause": renamed[terms["clause"]]})
    return replace(
        clause, clause_id=renamed.get(clause.clause_id, clause.clause_id), terms=terms
    )


def _on_other_dates(clause: Clause, source: Contract, target: Contract) -> Clause:
    """Shift a clause's own dates, so that it begins as long after the contract."""
    shift = target.effective - source.effective

    def moved(value: Any) -> Any:
        return value + shift if hasattr(value, "toordinal") else value

    terms = {key: moved(value) for key, value in clause.terms.items()}
    if clause.kind == "phase_in":
        terms["steps"] = tuple((moved(on), value) for on, value in terms["steps"])
    return replace(
        clause,
        terms=MappingProxyType(terms),
        effective=moved(clause.effective),
        until=moved(clause.until),
    )


def _terms_by_group(contract: Contract, by: str) -> dict[str, set[str]]:
    """Collect what each group says, as comparable text."""
    said: dict[str, set[str]] = {}
    for clause in contract.clauses:
        if clause.kind == "unmodeled":
            continue
        text = repr(
            (
                clause.kind,
                sorted(
                    (k, repr(_relative(v, contract))) for k, v in clause.terms.items()
                ),
                sorted(clause.covers),
                _relative(clause.effective, contract),
                _relative(clause.until, contract),
            )
        )
        said.setdefault(group_of(contract, clause, by), set()).add(text)
    return said


def _relative(value: Any, contract: Contract) -> Any:
    """Return dates as days after the contract's first."""
    if hasattr(value, "toordinal"):
        return value.toordinal() - contract.effective.toordinal()
    if isinstance(value, (list, tuple)):
        return [_relative(item, contract) for item in value]
    return value
