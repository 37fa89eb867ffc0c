"""Rows of whole plans: seconds and memory by part, proof included."""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.matching.cases import PATIENTS_AT_WHOLE, incident_of, region
from benchmarks.matching.meter import Meter, Watched, most_held
from caretime.continuity import plan as planner
from caretime.continuity.verify import verify_plan
from caretime.matching.candidates import Finder
from caretime.model.incident import Incident
from caretime.model.strike import StrikePlan
from caretime.model.system import CareSystem
from caretime.simulation import make_system

Told = dict[str, Any]

AWAY = "60 %"

PARTS: tuple[Watched, ...] = (
    (planner, "absent", "affected"),
    (planner, "series_of", "affected"),
    (planner, "cover_groups", "supply"),
    (planner, "substitutes_of", "supply"),
    (planner, "finder_of", "candidates"),
    (Finder, "first", "candidates"),
    (Finder, "below", "candidates"),
    (planner, "match", "match"),
    (planner, "give_times", "times"),
)
"""What a plan is put together from; whatever else it does is "other"."""

WAY_BACK_UP_TO = 60_000
"""Patients above which the way back is not planned and simulated as well."""


def system_for(size: int) -> CareSystem:
    """
    Return a system in which 60 % away leave about so many patients without.

    All of Southern California has 62,000 of them; more come of more clinicians and
    patients by the same rule, beside the network of the whole.
    """
    return region(round(size / (0.6 * PATIENTS_AT_WHOLE), 3))


def planned_with(
    system: CareSystem, incident: Incident, meter: Meter, *, with_times: bool = True
) -> StrikePlan:
    """Plan under the contract in force, part by part."""
    contract = system.contracts[system.contract_in_force]
    with meter.watching(PARTS), meter.part("other"):
        return planner.plan_incident(system, incident, contract, with_times=with_times)


def warm_up() -> StrikePlan:
    """Plan and verify a small clinic, so that what is compiled is loaded."""
    clinic = make_system("clinic-of-eight", seed=1)
    plan = planned_with(clinic, incident_of(clinic, AWAY), Meter())
    verify_plan(plan, clinic, clinic.contracts[clinic.contract_in_force])
    return plan


def planned(size: int) -> list[Told]:
    """Plan for so many patients, verify it, and tell what each part took."""
    warm_up()
    system = system_for(size)
    contract = system.contracts[system.contract_in_force]
    before, meter = most_held(), Meter()
    plan = planned_with(system, incident_of(system, AWAY), meter)
    with meter.part("verification"):
        proof = verify_plan(plan, system, contract)
    seconds = sum(meter.seconds.values())
    if len(plan.series) <= 1.1 * WAY_BACK_UP_TO:
        with meter.part("way back"):
            planner.add_way_back(plan, system, contract)
    return [
        {
            "patients": len(plan.series),
            "clinicians": len(system.clinicians),
            "network": len(system.network),
            **meter.told,
            "seconds": seconds,
            "MB of the system": before,
            "status": plan.matching.status,
            "placed": sum(m.outcome == "placed" for m in plan.matching.matches),
            "faults": len(proof.faults),
            "kinds of faults": faults_by_kind(proof.faults),
            **levels_of(plan),
        }
    ]


def levels_of(plan: StrikePlan) -> dict[str, str]:
    """Tell of each tier who is left out and late, and below what no plan can go."""
    names = {"left_out": "out", "late": "late"}
    return {
        f"{number} {short}": f"{level.value:,} ({level.bound:,})"
        for level in plan.matching.levels
        for number in (1, 2, 3)
        for name, short in names.items()
        if level.name == f"tier_{number}_{name}"
    }


def faults_by_kind(faults: Any) -> str:
    """Count faults by their kind, in one line."""
    kinds = Counter(fault.kind for fault in faults)
    return ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
