"""Rows of plans made anew: 5 % of those placed decline."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks.matching.cases import incident_of
from benchmarks.matching.meter import Meter
from benchmarks.matching.whole import (
    AWAY,
    faults_by_kind,
    planned_with,
    system_for,
    warm_up,
)
from caretime.continuity.plan import finder_of
from caretime.continuity.replan import replan
from caretime.continuity.verify import verify_plan
from caretime.matching.match import match
from caretime.model.matching import LEVELS, Matching
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.simulation import make_system

Told = dict[str, Any]

DECLINED = 0.05


def declining(plan: StrikePlan, seed: int = 1) -> tuple[str, ...]:
    """Draw one in twenty of those placed, at least one."""
    placed = [m.patient_id for m in plan.matching.matches if m.outcome == "placed"]
    count = max(1, round(DECLINED * len(placed)))
    rng = np.random.default_rng(seed)
    return tuple(rng.choice(sorted(placed), count, replace=False).tolist())


def update_of(plan: StrikePlan, who: Collection[str]) -> Update:
    """Return the news that these patients decline whom they were offered."""
    at = datetime.combine(plan.monday, datetime.min.time(), tzinfo=UTC)
    return Update(tuple(Answer(one, "declined", at) for one in sorted(who)))


def without_moves(matching: Matching) -> int:
    """Return a match's value with nothing counted for who was moved."""
    return sum(
        LEVELS[level.name] * level.value
        for level in matching.levels
        if level.name != "moved_after_offer"
    )


def compared(
    offered: dict[str, str], those: Collection[str], again: Matching, scratch: Matching
) -> Told:
    """Tell what the match after the offers has beside one that forgets them."""
    told: Told = {"declined": len(those)}
    now = {m.patient_id: m.substitute_id for m in again.matches}
    told["declined and placed"] = sum(bool(now[who]) for who in those)
    told["value above, %"] = (
        100 * (without_moves(again) - without_moves(scratch)) / without_moves(scratch)
    )
    kept = set(offered) - set(those)
    for name, matching in (("", again), (" from scratch", scratch)):
        other = {m.patient_id: m.substitute_id for m in matching.matches}
        told[f"moved{name}"] = sum(other[who] != offered[who] for who in kept)
        told[f"placed{name}"] = sum(map(bool, other.values()))
        for what, end in (("out", "_left_out"), ("late", "_late")):
            told[f"{what}{name}"] = " + ".join(
                f"{level.value:,}"
                for level in matching.levels
                if level.name.endswith(end)
            )
    return told


def _matched(system: CareSystem, plan: StrikePlan, **more: Any) -> Matching:
    """Match the series of a plan, candidates included."""
    finder = finder_of(system, plan.series, plan.substitutes, plan.policy)
    return match(
        finder, plan.series, monday=plan.monday, inputs_hash=system.inputs_hash, **more
    )


def _timed(system: CareSystem, plan: StrikePlan, **more: Any) -> tuple[Matching, float]:
    start = time.perf_counter()
    found = _matched(system, plan, **more)
    return found, time.perf_counter() - start


def declined(size: int) -> list[Told]:
    """Plan, let one in twenty of those placed decline, and match and plan anew."""
    clinic = make_system("clinic-of-eight", seed=1)
    small = warm_up()
    first = update_of(small, declining(small))
    replan(clinic, clinic.contracts[clinic.contract_in_force], small, first)
    system = system_for(size)
    contract = system.contracts[system.contract_in_force]
    meter = Meter()
    plan = planned_with(system, incident_of(system, AWAY), meter)
    offered = {
        m.patient_id: m.substitute_id
        for m in plan.matching.matches
        if m.outcome == "placed"
    }
    those = declining(plan)
    refused = {who: {offered[who]} for who in those}
    stands = {who: other for who, other in offered.items() if who not in refused}
    again, seconds = _timed(
        system, plan, declined=refused, offered=stands, before=plan.matching
    )
    scratch, whole = _timed(system, plan, declined=refused)
    told = {"patients": len(plan.series), "what": "the match"}
    told |= compared(offered, those, again, scratch)
    told |= {"from scratch": whole, "seconds": seconds, "ratio": whole / seconds}
    start = time.perf_counter()
    new, _ = replan(system, contract, plan, update_of(plan, those))
    seconds = time.perf_counter() - start
    proof = verify_plan(new, system, contract)
    whole = sum(meter.seconds.values())
    return [
        told,
        {
            "patients": len(plan.series),
            "what": "the plan, with dates",
            **compared(offered, those, new.matching, scratch),
            "from scratch": whole,
            "seconds": seconds,
            "ratio": whole / seconds,
            "faults": len(proof.faults),
            "kinds of faults": faults_by_kind(proof.faults),
        },
    ]
