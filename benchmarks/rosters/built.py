"""Builds measured: seconds, processor seconds, proof, and what the judge finds."""

from __future__ import annotations

import os
import time
from collections import Counter
from statistics import median
from typing import Any

from benchmarks.rosters.cases import (
    contract_for,
    kinds_in_force,
    one_clinician,
    region,
    site_of_sixty,
)
from caretime.errors import PlanError
from caretime.formats import casebook_contract, casebook_ids
from caretime.model.outcome import RosterResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rostering import build_roster
from caretime.rules.roster import check_roster

LONG = 10.0
"""Seconds beyond which a build is not repeated."""

Told = dict[str, Any]


def warm_up() -> None:
    """Load what is compiled, and build once what everything after it builds."""
    system = one_clinician(region(0.01))
    build_roster(system, contract_for(system))


def measured(
    system: CareSystem, contract: Contract, *, repeats: int = 5, **options: Any
) -> tuple[Told, RosterResult]:
    """
    Build so often that a short time can be trusted; return figures and the weeks.

    ``seconds`` and ``cpu`` are medians; ``cpu`` counts the workers that have ended.
    """
    walls: list[float] = []
    cpus: list[float] = []
    while len(walls) < repeats and (not walls or sum(walls) < LONG):
        wall, cpu = time.perf_counter(), _cpu()
        result = build_roster(system, contract, **options)
        walls.append(time.perf_counter() - wall)
        cpus.append(_cpu() - cpu)
    broken = check_roster(result.roster, system, contract)
    told = {
        "clinicians": len(system.clinicians),
        "seconds": median(walls),
        "cpu": median(cpus),
        "repeats": len(walls),
        "work": result.work,
        "status": result.status,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "violations": len(broken),
        "broken": dict(Counter(v.clause_id for v in broken)),
        "clashes": sum(len(clash.clinician_ids) for clash in result.clashes),
        "shortages": len(result.shortages),
    }
    return told, result


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def person(quick: bool) -> list[Told]:
    """Build one clinician's week under every contract of the casebook."""
    warm_up()
    system = one_clinician(region(0.01))
    rows = []
    for contract_id in casebook_ids():
        contract = casebook_contract(contract_id)
        row: Told = {"contract": contract_id}
        try:
            row["kinds"] = kinds_in_force(contract, system.first_day)
            told, _ = measured(system, contract, repeats=1 if quick else 5)
            row |= told
        except PlanError as error:
            row["failed"] = str(error)
        rows.append(row)
    return rows


def site(rooms: int | None, quick: bool) -> list[Told]:
    """Build the site of sixty with so many rooms."""
    warm_up()
    system = site_of_sixty(rooms, quick=quick)
    told, _ = measured(system, contract_for(system), repeats=3)
    present = sum((1 - c.telehealth_share) * min(1.0, c.fte) for c in system.clinicians)
    return [{"rooms": system.clinics[0].rooms, "present": present, **told}]


def whole_region(scale: float) -> list[Told]:
    """Build Southern California at a scale, with two workers."""
    warm_up()
    system = region(scale)
    told, _ = measured(system, contract_for(system), repeats=3, workers=2)
    return [{"scale": scale, "sites": len(system.clinics), **told}]
