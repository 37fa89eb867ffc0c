"""Rows of whole plans: seconds by part, memory, re-plans, and the office beside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.matching.cases import PATIENTS_AT_WHOLE, incident_of, region
from benchmarks.matching.office import by_office, over_openings, told_of
from caretime.model.incident import Incident
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.simulation import make_system

Told = dict[str, Any]

AWAY = "60 %"
DECLINED = 0.05
OFFICE_SCALE = 0.5
"""Of incidents compared with the office: a half, its network in proportion."""

STEPS: Mapping[str, tuple[str, ...]] = {
    "affected": ("absent", "series_of"),
    "supply": ("substitutes_of", "cover_groups"),
    "match": ("match",),
    "times": ("give_times",),
}
"""What a plan is put together from: functions of the planner by part."""


def system_for(size: int) -> CareSystem:
    """Return a system in which 60 % away leave about so many patients without."""
    return region(round(size / (0.6 * PATIENTS_AT_WHOLE), 3))


@contextmanager
def parts(module: ModuleType, seconds: dict[str, float]) -> Iterator[None]:
    """Add up the seconds that a module's functions take, by part."""

    def timed(part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*given, **more)
            finally:
                spent = time.perf_counter() - start
                seconds[part] = seconds.get(part, 0.0) + spent

        return run

    with ExitStack() as patches:
        for part, names in STEPS.items():
            for name in names:
                if hasattr(module, name):
                    work = timed(part, getattr(module, name))
                    patches.enter_context(mock.patch.object(module, name, work))
        yield


def most_held() -> float:
    """Return the most megabytes that this process has held so far."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _planned(
    system: CareSystem, incident: Incident, seconds: dict[str, float]
) -> StrikePlan:
    """Plan, with everything compiled already loaded."""
    from caretime.continuity import plan as planner

    contract = system.contracts[system.contract_in_force]
    with parts(planner, seconds):
        start = time.perf_counter()
        found = planner.plan_incident(system, incident, contract)
        seconds["planned"] = time.perf_counter() - start
    return found


def warm_up() -> None:
    """Plan and verify a small clinic, so that what is compiled is loaded."""
    from caretime.continuity.verify import verify_plan

    clinic = make_system("clinic-of-eight", seed=1)
    plan = _planned(clinic, incident_of(clinic, AWAY), {})
    verify_plan(plan, clinic, clinic.contracts[clinic.contract_in_force])


def planned(size: int) -> list[Told]:
    """Plan for so many patients, verify it, and tell what each part took."""
    from caretime.continuity.verify import verify_plan

    warm_up()
    system = system_for(size)
    incident, contract = (
        incident_of(system, AWAY), system.contracts[system.contract_in_force]
    )  # fmt: skip
    before, seconds = most_held(), dict[str, float]()
    plan = _planned(system, incident, seconds)
    start = time.perf_counter()
    proof = verify_plan(plan, system, contract)
    seconds["verification"] = time.perf_counter() - start
    named = sum(seconds.get(part, 0.0) for part in STEPS)
    return [
        {
            "patients": len(plan.series),
            "clinicians": len(system.clinicians),
            "network": len(system.network),
            **seconds,
            "other": seconds["planned"] - named,
            "seconds": seconds["planned"] + seconds["verification"],
            "MB of the system": before,
            "status": plan.matching.status,
            "gap": plan.matching.gap,
            "placed": sum(m.outcome == "placed" for m in plan.matching.matches),
            "faults": len(proof.faults),
        }
    ]


def declined(size: int) -> list[Told]:
    """Plan, let one in twenty of those placed decline, and plan again."""
    from caretime.continuity.replan import replan

    warm_up()
    system = system_for(size)
    contract = system.contracts[system.contract_in_force]
    seconds: dict[str, float] = {}
    plan = _planned(system, incident_of(system, AWAY), seconds)
    offered = {
        m.patient_id: m.substitute_id
        for m in plan.matching.matches
        if m.outcome == "placed"
    }
    count = round(DECLINED * len(offered))
    rng = np.random.default_rng(1)
    those = rng.choice(sorted(offered), count, replace=False).tolist()
    at = datetime.combine(plan.monday, datetime.min.time(), tzinfo=UTC)
    update = Update(tuple(Answer(who, "declined", at) for who in those))
    start = time.perf_counter()
    again = replan(plan, system, contract, update)
    spent = time.perf_counter() - start
    now = {m.patient_id: m.substitute_id for m in again.matching.matches}
    moved = sum(
        now[who] != substitute
        for who, substitute in offered.items()
        if who not in set(those)
    )
    return [
        {
            "patients": len(plan.series),
            "declined": count,
            "from scratch": seconds["planned"],
            "seconds": spent,
            "ratio": seconds["planned"] / spent,
            "moved": moved,
            "left without": sum(not now[who] for who in those),
            "gap": again.matching.gap,
            "gap of the first": plan.matching.gap,
        }
    ]


def beside_the_office(kind: str, scale: float = OFFICE_SCALE) -> list[Told]:
    """Plan one incident and let the office place the same series."""
    warm_up()
    system = make_system("southern-california", scale=scale, seed=1)
    seconds: dict[str, float] = {}
    plan = _planned(system, incident_of(system, kind), seconds)
    away = {absence.clinician_id for absence in plan.absent}
    present = [c for c in system.clinicians if c.clinician_id not in away]
    office = by_office(
        system,
        plan.series,
        plan.substitutes,
        present,
        monday=plan.monday,
        policy=plan.policy,
    )
    assert not list(over_openings(office, plan.substitutes)), "the office overbooked"
    return [
        {"incident": kind, "way": way, **told_of(matches, plan.series)}
        for way, matches in (("the plan", plan.matching.matches), ("office", office))
    ]
