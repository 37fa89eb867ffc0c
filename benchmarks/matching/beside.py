"""Rows of the office beside the plan: the same series, openings and rules."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.matching.cases import incident_of
from benchmarks.matching.meter import Meter
from benchmarks.matching.office import by_office, over_openings, told_of
from benchmarks.matching.whole import planned_with, warm_up
from caretime.simulation import make_system

Told = dict[str, Any]


def beside_the_office(kind: str, scale: float = 1.0) -> list[Told]:
    """
    Plan one incident and let the office place the same series.

    No hours are given: both ways are judged by weeks.
    """
    warm_up()
    system = make_system("southern-california", scale=scale, seed=1)
    meter = Meter()
    plan = planned_with(system, incident_of(system, kind), meter, with_times=False)
    away = {absence.clinician_id for absence in plan.absent}
    present = [c for c in system.clinicians if c.clinician_id not in away]
    start = time.perf_counter()
    office = by_office(
        system,
        plan.series,
        plan.substitutes,
        present,
        monday=plan.monday,
        policy=plan.policy,
    )
    spent = time.perf_counter() - start
    ways = (
        ("the plan", plan.matching.matches, sum(meter.seconds.values())),
        ("office", office, spent),
    )
    rows = []
    for way, matches, seconds in ways:
        over = list(over_openings(matches, plan.series, plan.substitutes))
        assert not over, f"{way} gives {over[0]} more than there are openings"
        told = told_of(matches, plan.series, system)
        rows.append({"incident": kind, "way": way, **told, "seconds": seconds})
    return rows
