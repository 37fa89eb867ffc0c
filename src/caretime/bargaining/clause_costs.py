"""What each clause of a contract costs: the contract with it less without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from caretime.bargaining.cost import bill
from caretime.bargaining.findings import ClauseCost
from caretime.bargaining.run_plan import COST, RunPlan, values_of
from caretime.bargaining.terms import is_pay, without_clause
from caretime.measures.estimate import Estimate, paired_difference
from caretime.model.assumptions import Assumptions
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rules.clause_kinds import clause_kinds

EFFECTS = ("within_intake", "wait_intake_mean", "visits_per_week", "unpaid_minutes")
LEFT_OUT = ("unmodeled", "phase_in", "wages")
"""Text has no effect, a phase-in goes with its clause, and without a wage scale
nothing could be priced."""


def cost_of_clauses(
    system: CareSystem,
    contract: Contract,
    *,
    plan: RunPlan,
    assumptions: Assumptions | None = None,
    effects: Sequence[str] = EFFECTS,
) -> tuple[ClauseCost, ...]:
    """
    Price every clause by taking it away, one at a time.

    A clause about time is taken away and the year run again on the same random
    keys; a pay clause is priced on the hours of the full contract. The costs
    do not add up to the cost of the contract, because clauses act together.

    Parameters
    ----------
    effects
        Measures whose change is given too (time clauses only).

    Returns
    -------
    tuple of ClauseCost
        In the order of the contract; ``cents`` is positive where the clause
        makes the contract dearer.
    """
    assumptions = assumptions or system.assumptions
    clauses = [c for c in contract.clauses if c.kind not in LEFT_OUT]
    timed = [c for c in clauses if not is_pay(c.kind)]
    without = [without_clause(contract, c.clause_id) for c in timed]
    whole, *others = plan.run(
        system, (contract, *without), assumptions, what="each clause taken away"
    )
    names = (*effects, COST)
    values = values_of(system, contract, whole, assumptions, names)
    found: dict[str, ClauseCost] = {}
    for clause, less, result in zip(timed, without, others, strict=True):
        rest = values_of(system, less, result, assumptions, names)
        changes = {n: paired_difference(values[n], rest[n]) for n in names}
        cost = changes.pop(COST)
        found[clause.clause_id] = _row(contract, clause, "simulated", cost, changes)
    for clause in clauses:
        if is_pay(clause.kind):
            cost = _priced(system, contract, clause, whole, assumptions)
            found[clause.clause_id] = _row(contract, clause, "priced", cost, {})
    return tuple(found[clause.clause_id] for clause in clauses)


def _priced(
    system: CareSystem,
    contract: Contract,
    clause: Clause,
    result: SimulationResult,
    assumptions: Assumptions,
) -> Estimate:
    """Price a pay clause on the hours of the contract with it."""
    less = without_clause(contract, clause.clause_id)
    whole, rest = (
        bill(system, terms, result.tally, assumptions).total.astype(float).tolist()
        for terms in (contract, less)
    )
    return paired_difference(whole, rest)


def _row(
    contract: Contract,
    clause: Clause,
    how: str,
    cost: Estimate,
    effects: Mapping[str, Estimate],
) -> ClauseCost:
    """Build the row of one clause."""
    return ClauseCost(
        contract_id=contract.contract_id,
        clause_id=clause.clause_id,
        kind=clause.kind,
        title=clause_kinds()[clause.kind],
        how=how,
        cents=round(cost.value),
        low=None if cost.low is None else round(cost.low),
        high=None if cost.high is None else round(cost.high),
        effects=dict(effects),
    )
