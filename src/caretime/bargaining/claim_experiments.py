"""How a claim is run: from parameters and assumptions to a number found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

import numpy as np

from caretime.bargaining.run_plan import RunPlan
from caretime.bargaining.terms import with_protected_hours
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, estimate, paired_difference
from caretime.measures.measure import VISITS
from caretime.model.assumptions import Assumptions
from caretime.model.incident import Incident
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.counting import count, counting_rules
from caretime.rules.ledger import week_ledger

MINUTES_AN_HOUR = 60
WEEKS_A_MONTH = 52 / 12
CLINICIANS_COUNTED = 2000
"""Clinicians of whom ``employer_fte_affected`` are a part (facts 1.2)."""

Views = Mapping[str, Assumptions]
Experiment = Callable[
    [CareSystem, Contract, Mapping[str, float], Views, RunPlan], dict[str, Estimate]
]


def protected_hours(contract: Contract) -> float:
    """Return the protected hours of a full-time therapist's week."""
    ledger = week_ledger(contract)
    return sum(x.minutes for x in ledger.lines if x.protected) / MINUTES_AN_HOUR


def extra_hours(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Change the protected hours and count the visits a week gained or lost."""
    changed = _by_hours(contract, parameters["hours"])
    found = _visit_gaps(system, contract, changed, views, plan)
    return {**found, **_arithmetic(system, parameters["hours"], 1.0)}


def protected_hours_to(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Set the protected hours and count the visits a month gained or lost."""
    changed = with_protected_hours(contract, parameters["hours"], bookable_hours=0)
    found = {
        view: estimate(WEEKS_A_MONTH * gap for gap in weekly.values)
        for view, weekly in _visit_gaps(system, contract, changed, views, plan).items()
    }
    more = parameters["hours"] - protected_hours(contract)
    return {**found, **_arithmetic(system, more, WEEKS_A_MONTH)}


def extra_hours_percent(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Change the protected hours and give the change of visits in percent."""
    changed = _by_hours(contract, parameters["hours"])
    found = {}
    for view, assumptions in views.items():
        base, other = _visits(system, contract, changed, assumptions, plan, view)
        pairs = zip(other, base, strict=True)
        found[view] = estimate(100 * (b / a - 1) for b, a in pairs)
    return found


def hours_not_with_patients(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Count the week's hours without patients under each counting rule."""
    changed = with_protected_hours(contract, parameters["hours"], bookable_hours=0)
    ledger = week_ledger(changed)
    found = {r.title: _exact(count(ledger, r).hours) for r in counting_rules()}
    full_time = ledger.paid_minutes / MINUTES_AN_HOUR
    for view, shares in _shares_without(system, changed, views, plan).items():
        found[view] = estimate(full_time * share for share in shares)
    return found


def share_not_with_patients(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Give the week's share without patients under each counting rule."""
    changed = with_protected_hours(contract, parameters["hours"], bookable_hours=0)
    ledger = week_ledger(changed)
    found = {r.title: _exact(count(ledger, r).percent) for r in counting_rules()}
    for view, shares in _shares_without(system, changed, views, plan).items():
        found[view] = estimate(100 * share for share in shares)
    return found


def leaving_ratio(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Change the protected hours and give leaving over leaving before."""
    changed = _by_hours(contract, parameters["hours"])
    found = {}
    for view, assumptions in views.items():
        base, other = plan.values(
            system, (contract, changed), assumptions, ("leavers",), what=view
        )
        pairs = zip(other["leavers"], base["leavers"], strict=True)
        found[view] = estimate(b / a if a else float("nan") for b, a in pairs)
    return found


def network_clinicians(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Count outside clinicians as listed, and those that can really be had."""
    listed = sum(t.openings_per_week > 0 for t in system.network)
    found = {"the list as it stands": _exact(listed)}
    for view, assumptions in views.items():
        found[view] = _exact(listed * assumptions["network_use"])
    return found


def visits_in_absence(
    system: CareSystem,
    contract: Contract,
    parameters: Mapping[str, float],
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Send a share of clinicians away and give the visits still held, in percent."""
    week = int(parameters["weeks"])
    if week > plan.weeks:
        raise PlanError(f"this claim needs {week} weeks or more, got {plan.weeks}")
    incident = Incident(
        incident_id="claim",
        first_day=system.first_day,
        notice_day=system.first_day - timedelta(days=10),
        shares=(parameters["absent"],) * week,
        clinic_ids=tuple(clinic.clinic_id for clinic in system.clinics),
    )
    found = {}
    for view, assumptions in views.items():
        (calm,) = plan.run(system, (contract,), assumptions, what=view)
        (away,) = plan.run(
            system, (contract,), assumptions, incident=incident, what=view
        )
        pairs = zip(_visits_in(away, week), _visits_in(calm, week), strict=True)
        found[view] = estimate(100 * b / a for b, a in pairs)
    return found


EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {
        "extra_hours": extra_hours,
        "extra_hours_percent": extra_hours_percent,
        "protected_hours_to": protected_hours_to,
        "hours_not_with_patients": hours_not_with_patients,
        "share_not_with_patients": share_not_with_patients,
        "leaving_ratio": leaving_ratio,
        "network_clinicians": network_clinicians,
        "visits_in_absence": visits_in_absence,
    }
)


def _by_hours(contract: Contract, hours: float) -> Contract:
    """Return the contract with more or fewer protected hours, never below none."""
    return with_protected_hours(contract, max(0.0, protected_hours(contract) + hours))


def _visits(
    system: CareSystem,
    contract: Contract,
    changed: Contract,
    assumptions: Assumptions,
    plan: RunPlan,
    view: str,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return visits a week before and after the change, by replication."""
    base, other = plan.values(
        system, (contract, changed), assumptions, ("visits_per_week",), what=view
    )
    return base["visits_per_week"], other["visits_per_week"]


def _visit_gaps(
    system: CareSystem,
    contract: Contract,
    changed: Contract,
    views: Views,
    plan: RunPlan,
) -> dict[str, Estimate]:
    """Return the paired change of visits a week under each set of assumptions."""
    found = {}
    for view, assumptions in views.items():
        base, other = _visits(system, contract, changed, assumptions, plan, view)
        found[view] = paired_difference(other, base)
    return found


def _arithmetic(system: CareSystem, hours: float, factor: float) -> dict[str, Estimate]:
    """Give the sums a speaker may have made without a model: an hour is a visit."""
    everyone = sum(c.fte for c in system.clinicians)
    affected = (
        system.assumptions["employer_fte_affected"] * everyone / CLINICIANS_COUNTED
    )
    return {
        "plain arithmetic, one visit an hour for every FTE": _exact(
            -hours * everyone * factor
        ),
        "plain arithmetic, one visit an hour for the FTE the employer counted": _exact(
            -hours * affected * factor
        ),
    }


def _shares_without(
    system: CareSystem, changed: Contract, views: Views, plan: RunPlan
) -> dict[str, list[float]]:
    """
    Return the share of paid time in which no patient was there, by replication.

    What happens and not what the week says: missed visits, unused openings,
    leave and sickness count as time without a patient.
    """
    found = {}
    for view, assumptions in views.items():
        (result,) = plan.run(system, (changed,), assumptions, what=view)
        with_patients, paid = (
            result.tally.counter(name).sum(axis=1)
            for name in ("visit_minutes", "paid_minutes")
        )
        pairs = zip(with_patients, paid, strict=True)
        label = f"what happens (missed visits, leave and all), {view}"
        found[label] = [
            1 - float(a) / float(b) if b else float("nan") for a, b in pairs
        ]
    return found


def _exact(value: float) -> Estimate:
    """Return a number that no run stands behind: its interval is itself."""
    return Estimate(value, value, value, 1, False, (value,))


def _visits_in(result: SimulationResult, week: int) -> list[float]:
    """Return the visits held in one week (1 is the first), by replication."""
    held = np.sum([result.tally.counter(name) for name in VISITS], axis=0)
    return [float(count) for count in held[:, week - 1]]
