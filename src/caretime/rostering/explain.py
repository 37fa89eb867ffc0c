"""Why there is no week: the clauses that clash, and what would free one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from caretime.model.outcome import Clash
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rostering._changes import cheapest_change
from caretime.rostering._clash_reason import reason
from caretime.rostering._clash_words import clash_words
from caretime.rostering._cpsat import Situation, WeekSolver, best_week, situation_of
from caretime.rostering._cpsat.smallest import smallest_clash
from caretime.rostering._shortages import explain_sites
from caretime.rules.week_terms import clauses_on, effective_day

__all__ = [
    "explain_clauses",
    "explain_sites",
    "explain_terms",
    "explain_week",
    "explain_weeks",
    "with_weeks",
]

BUDGET = 4.0
"""Deterministic seconds of the solver for each week asked for."""


def explain_week(
    system: CareSystem,
    contract: Contract,
    clinician: Clinician,
    *,
    on: date | None = None,
    budget: float = BUDGET,
) -> Clash | None:
    """
    Say which clauses leave a clinician no week, and the cheapest change.

    Parameters
    ----------
    on
        Day on which the clauses are read; the system's first day by default.
    budget
        Work of the solver for each question, in its deterministic seconds.

    Returns
    -------
    Clash or None
        ``None`` where a week exists that keeps the clauses, the law and what the
        system states of this clinician, and where the budget ran out before that
        was known: a clash is only named when it is proven. ``with_weeks`` tells
        the two apart.

    Raises
    ------
    PlanError
        If the contract has ended before the day.
    """
    found = explain_weeks(system, contract, [clinician], on=on, budget=budget)
    return found[0] if found else None


def explain_weeks(
    system: CareSystem,
    contract: Contract,
    clinicians: Iterable[Clinician],
    *,
    on: date | None = None,
    budget: float = BUDGET,
) -> tuple[Clash, ...]:
    """
    Explain several clinicians, those with equal terms and facts once.

    Returns
    -------
    tuple of Clash
        One for each kind of situation without a week, in the order of its first
        clinician.
    """
    day = effective_day(contract, on or system.first_day)
    found = []
    for situation, ids in _alike(system, contract, clinicians, day).items():
        clauses = clauses_on(contract, day, license_code=situation.license_code)
        clash = explain_clauses(clauses, situation, tuple(ids), budget=budget)
        if clash is not None:
            found.append(clash)
    return tuple(found)


def with_weeks(
    system: CareSystem,
    contract: Contract,
    clinicians: Iterable[Clinician],
    *,
    on: date | None = None,
    budget: float = BUDGET,
) -> frozenset[str]:
    """
    Return the ids of those for whom a week is known to exist.

    Each such week was written down and accepted by the judge: it keeps the clauses,
    the law and what the system states of this clinician. Of the others nothing is
    said: they may clash, or the budget ran out.
    """
    day = effective_day(contract, on or system.first_day)
    found: set[str] = set()
    for situation, ids in _alike(system, contract, clinicians, day).items():
        clauses = clauses_on(contract, day, license_code=situation.license_code)
        week = best_week(clauses, situation, points={}, budget=budget)
        if week.template is not None:
            found.update(ids)
    return frozenset(found)


def _alike(
    system: CareSystem, contract: Contract, clinicians: Iterable[Clinician], day: date
) -> dict[Situation, list[str]]:
    """Return ids by situation, in the order of the first of each."""
    alike: dict[Situation, list[str]] = {}
    for clinician in clinicians:
        situation = situation_of(system, contract, clinician, day)
        alike.setdefault(situation, []).append(clinician.clinician_id)
    return alike


def explain_terms(
    contract: Contract,
    *,
    license_code: str = "LCSW",
    fte: float = 1.0,
    ages: Sequence[str] = ("adult",),
    leads_groups: bool = False,
    on: date | None = None,
    budget: float = BUDGET,
) -> Clash | None:
    """
    Explain a contract for one kind of post, without a system.

    Examples
    --------
    >>> from caretime.rules.clause_kinds import make_clause
    >>> contract = Contract("c", "C", date(2025, 1, 1), "assumption", "made up", (
    ...     make_clause("CAP", "visit_cap_daily", patients=2),
    ...     make_clause("INTAKES", "intake_mix", intakes_per_week=12)))
    >>> clash = explain_terms(contract)
    >>> clash.clause_ids, clash.change
    (('CAP', 'INTAKES'), 'INTAKES: 10 intakes a week instead of 12')
    """
    day = effective_day(contract, on)
    who = Situation(license_code, fte, tuple(ages), leads_groups)
    clauses = clauses_on(contract, day, license_code=license_code)
    return explain_clauses(clauses, who, (), budget=budget)


def explain_clauses(
    clauses: Sequence[Clause],
    who: Situation,
    clinician_ids: tuple[str, ...],
    *,
    budget: float = BUDGET,
) -> Clash | None:
    """Explain one situation; ``None`` where it has a week or none is known."""
    solver = WeekSolver(clauses, who, budget=budget)
    clash = smallest_clash(solver)
    if clash is None:
        return None
    guards = [solver.guards[index] for index in clash.indices]
    text = f"{clash_words(guards, who)}; but {reason(guards, who)}"
    if not clash.is_smallest:
        text += " (the budget ran out before a smaller set was ruled out)"
    clashing = [guard.clause for guard in guards if guard.clause]
    change = cheapest_change(clauses, who, clashing, budget=budget)
    return Clash(
        clinician_ids,
        tuple(dict.fromkeys(guard.name for guard in guards)),
        text,
        change.words if change else "",
    )
