"""Solvers alone on small teams: the same weeks, points and time as the builder's."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.rosters.built import Told, measured, warm_up
from benchmarks.rosters.cases import contract_for, team
from benchmarks.rosters.columns import by_columns
from benchmarks.rosters.program import FREE, SOLVERS
from benchmarks.rosters.team import TeamProgram
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering import score_roster
from caretime.rules.roster import check_roster

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


def _weighed(
    roster: Roster, system: CareSystem, contract: Contract, points: float
) -> Told:
    """
    Judge and score the weeks as any others.

    The program counts all desk time of a day for notes, the score only what is left
    when the week is written down: so it may count less than the solver, never more.
    """
    scored = sum(p.points for p in score_roster(roster, system))
    if scored > round(points):
        raise AssertionError(f"the solver counts {points}, the score {scored}")
    return {
        "objective": scored,
        "counted": round(points),
        "violations": len(check_roster(roster, system, contract)),
    }


def _with_gap(row: Told) -> Told:
    if row.get("objective") is not None and row["bound"] is not None:
        row["gap"] = (row["bound"] - row["objective"]) / max(1, abs(row["bound"]))
    return row
