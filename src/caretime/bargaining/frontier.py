"""Protected hours against access against cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caretime.bargaining.compare import provenance
from caretime.bargaining.comparison import Provenance
from caretime.bargaining.run_plan import COST, RunPlan, values_of
from caretime.bargaining.terms import with_protected_hours
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, estimate, paired_difference
from caretime.model.assumptions import Assumptions
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

VARIED = ("protected_hours",)
SHOWN = (
    "within_intake",
    "within_follow_up",
    "wait_intake_median",
    "visits_per_week",
    "load",
    "meals_missed",
    "unpaid_minutes",
    "leavers",
    COST,
)


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """
    One value of the varied term.

    ``measures`` and ``differences`` (against the first point, paired, empty
    there) are by name; ``cost`` is in cents over the run.
    """

    value: float
    measures: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Frontier:
    """What a contract does as one of its terms varies."""

    contract_id: str
    vary: str
    unit: str
    points: tuple[FrontierPoint, ...]
    provenance: Provenance


def frontier(
    system: CareSystem,
    contract: Contract,
    *,
    plan: RunPlan,
    vary: str = "protected_hours",
    values: Sequence[float] = (2, 3, 4, 5, 6, 7, 8),
    assumptions: Assumptions | None = None,
    measures: Sequence[str] = SHOWN,
) -> Frontier:
    """
    Run a contract at several values of one term, on the same random keys.

    Parameters
    ----------
    vary
        ``protected_hours``: hours of a full-time week, never more bookable
        than the contract has.
    values
        In any order; the first point is what differences are taken against.
    measures
        Names of measures, and ``cost``.

    Raises
    ------
    PlanError
        If the term cannot be varied, no value is given, or a value does not
        fit into the week.
    """
    if vary not in VARIED:
        raise PlanError(f"cannot vary {vary!r}; can vary {', '.join(VARIED)}")
    if not values:
        raise PlanError("no value to try")
    assumptions = assumptions or system.assumptions
    contracts = tuple(with_protected_hours(contract, value) for value in values)
    if len({c.contract_id for c in contracts}) < len(contracts):
        raise PlanError("a value stands twice")
    results = plan.run(system, contracts, assumptions, what=f"{len(values)} values")
    found = [
        values_of(system, terms, result, assumptions, measures)
        for terms, result in zip(contracts, results, strict=True)
    ]
    points = tuple(
        FrontierPoint(
            value=float(value),
            measures={name: estimate(numbers[name]) for name in measures},
            differences={
                name: paired_difference(numbers[name], found[0][name])
                for name in measures
                if numbers is not found[0]
            },
        )
        for value, numbers in zip(values, found, strict=True)
    )
    return Frontier(
        contract.contract_id,
        vary,
        "hours a week",
        points,
        provenance(results, assumptions),
    )
