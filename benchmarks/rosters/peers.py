"""Solvers alone on small teams: the same weeks, points and time as the builder's."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from benchmarks.rosters.built import Told, measured, warm_up
from benchmarks.rosters.cases import contract_for, team
from benchmarks.rosters.columns import by_columns
from benchmarks.rosters.program import FREE, SOLVERS
from benchmarks.rosters.team import TeamProgram, plans_of
from caretime.model.calendar import WORKING_DAYS
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster, RosterWeek
from caretime.rostering import RosterPolicy, score_roster
from caretime.rostering._cpsat import best_week, situation_of
from caretime.rostering._load import KINDS, TICKS
from caretime.rostering._person import Plan, band_ticks, base_gain
from caretime.rules.roster import check_roster
from caretime.rules.week_terms import clauses_on, effective_day

CORES = 2


def builder(size: int) -> list[Told]:
    """Build a team's weeks."""
    warm_up()
    system = team(size)
    told, _ = measured(system, contract_for(system), repeats=3)
    return [{"program": "the builder", "rooms": system.clinics[0].rooms, **told}]


def solver(size: int, name: str, seconds: float) -> list[Told]:
    """
    Hand a team's weeks to a solver as one integer program.

    The seconds are the solver's alone: reading and laying out come on top of them,
    and are shown as ``laid_out``.
    """
    system = team(size)
    contract = contract_for(system)
    start = time.perf_counter()
    laid = TeamProgram(system, contract)
    laid_out = time.perf_counter() - start
    answer = SOLVERS[name](laid.program, seconds, CORES)
    row: Told = {
        "program": name,
        "budget": seconds,
        "seconds": answer.seconds,
        "laid_out": laid_out,
        "integers": len(laid.program.points),
        "status": answer.status,
        "bound": None if answer.bound == FREE else round(answer.bound),
    }
    if answer.values is not None:
        points = laid.program.constant + float(
            answer.values @ np.array(laid.program.points)
        )
        row |= _weighed(laid.roster(answer.values), system, contract, points)
    return [_with_gap(row)]


def columns(size: int, seconds: float) -> list[Told]:
    """Choose among the builder's own columns by the branch and cut of HiGHS."""
    warm_up()
    system = team(size)
    contract = contract_for(system)
    found = by_columns(system, contract, seconds, CORES)
    row: Told = {
        "program": "HiGHS on columns",
        "budget": seconds,
        "seconds": found.seconds,
        "integers": found.columns,
        "status": found.status,
        "bound": round(found.bound),
    }
    if found.roster is not None:
        row |= _weighed(found.roster, system, contract, found.points)
    return [_with_gap(row)]


def explainer(seconds: float) -> list[Told]:
    """
    Ask the constraint program behind the explanations for one clinician's best week.

    It stands on clauses, law and facts alone. Its points belong to starts of visits,
    with the full points for an hour asked for: what the score says of limits, runs,
    desk time and early days it does not see. ``seconds`` are the solver's own
    deterministic ones, on one worker.
    """
    system = team(1)
    contract = contract_for(system)
    (plan,) = plans_of(system, contract, RosterPolicy())
    clinician = plan.person.clinician
    on = effective_day(contract, system.first_day)
    clauses = clauses_on(contract, on, license_code=clinician.license)
    start = time.perf_counter()
    best = best_week(
        clauses, situation_of(system, contract, clinician, on),
        points=_points(plan), openings=_openings(plan), budget=seconds,
    )  # fmt: skip
    row: Told = {
        "program": "CP-SAT by clauses", "budget": seconds,
        "seconds": time.perf_counter() - start, "status": best.status, "bound": None,
    }  # fmt: skip
    if best.template is not None:
        places = tuple(
            "" if block.activity == "meal" else clinician.clinic_id
            for block in best.template.blocks
        )
        week = RosterWeek(clinician.clinician_id, best.template, places)
        day = max(on, system.first_day)
        roster = Roster(contract.contract_id, (week,), first_day=day)
        row["objective"] = sum(p.points for p in score_roster(roster, system))
        broken = check_roster(roster, system, contract)
        row["violations"] = len(broken)
        row["broken"] = dict(Counter(v.clause_id for v in broken))
    return [row]


def _points(plan: Plan) -> dict[str, np.ndarray]:
    policy = RosterPolicy()
    asked = float(policy.worth("asked_times"))
    band = band_ticks()[:TICKS]
    wanted = np.array([*plan.load.wanted, 0]) > 0
    gains = [base_gain(plan.person, day, policy) for day in range(WORKING_DAYS)]
    return {
        kind: np.array([gain[k, :TICKS] + asked * wanted[band] for gain in gains], int)
        for k, kind in enumerate(KINDS)
    }


def _openings(plan: Plan) -> dict[str, int]:
    counts = dict(zip(KINDS, (int(n) for n in plan.load.counts), strict=True))
    counts["group"] = sum(block.activity == "group" for block in plan.fixed)
    return {kind: n for kind, n in counts.items() if n}


def _weighed(
    roster: Roster, system: CareSystem, contract: Contract, points: float
) -> Told:
    """
    Judge and score the weeks as any others.

    The program counts all desk time of a day for notes, the score only what is left
    when the week is written down: so it may count less than the solver, never more.
    """
    scored = sum(p.points for p in score_roster(roster, system))
    broken = check_roster(roster, system, contract)
    if scored > round(points):
        raise AssertionError(f"the solver counts {points}, the score {scored}")
    return {
        "objective": scored,
        "counted": round(points),
        "violations": len(broken),
        "broken": dict(Counter(v.clause_id for v in broken)),
    }


def _with_gap(row: Told) -> Told:
    if row.get("objective") is not None and row["bound"] is not None:
        row["gap"] = (row["bound"] - row["objective"]) / max(1, abs(row["bound"]))
    return row
