"""A question as data: what a command was asked, answered the same way each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from caretime.bargaining.attribute import attribute, attribute_accounts
from caretime.bargaining.claims import try_claims
from caretime.bargaining.clause_costs import cost_of_clauses
from caretime.bargaining.compare import compare, provenance
from caretime.bargaining.comparison import Comparison, Provenance
from caretime.bargaining.findings import ClaimVerdict
from caretime.bargaining.frontier import frontier
from caretime.bargaining.run_plan import Progress, RunPlan, Simulator
from caretime.bargaining.tornado import tornado
from caretime.bargaining.what_it_takes import what_it_takes
from caretime.bargaining.words import check_measures
from caretime.errors import InputError, Problem
from caretime.model.system import CareSystem
from caretime.model.terms import Contract


@dataclass(frozen=True, slots=True)
class ClaimsAnswer:
    """Verdicts on claims, and how they were reached."""

    contract_id: str
    verdicts: tuple[ClaimVerdict, ...]
    provenance: Provenance


def ask(
    kind: str,
    request: Mapping[str, Any],
    system: CareSystem,
    *,
    workers: int | str = 2,
    progress: Progress | None = None,
    simulator: Simulator | None = None,
) -> Any:
    """
    Answer a question given as data.

    Parameters
    ----------
    kind
        ``comparison``, ``claims``, ``frontier`` or ``what_it_takes``.
    request
        The fields of that kind; `reproduce` asks the same ones again. Workers
        are not among them, because they change no number.

    Returns
    -------
    Comparison, ClaimsAnswer, Frontier or WhatItTakes
        Each has ``provenance``.

    Raises
    ------
    InputError
        If a contract cannot be found or read.
    PlanError
        If the question contradicts itself.
    """
    plan = RunPlan(
        weeks=int(request["weeks"]),
        replications=int(request["replications"]),
        seed=int(request["seed"]),
        workers=workers,
        progress=progress,
        simulator=simulator,
    )
    if kind == "comparison":
        return _compare(request, system, plan)
    contract = find_contract(request["contract"], system)
    if kind == "claims":
        verdicts = try_claims(
            system, plan=plan, contract=contract, claim_ids=request["claims"]
        )
        (result,) = plan.with_replications(1).run(
            system, (contract,), system.assumptions, what="hashes"
        )
        made = provenance((result,), system.assumptions)
        made = replace(made, replications=plan.replications)
        return ClaimsAnswer(contract.contract_id, verdicts, made)
    if kind == "frontier":
        return frontier(
            system,
            contract,
            plan=plan,
            vary=request["vary"],
            values=request["values"],
        )
    if kind == "what_it_takes":
        return what_it_takes(
            system,
            contract,
            plan=plan,
            standard=request["standard"],
            target=request["target"],
            lever=request["lever"],
            confidence=request["confidence"],
            cap=request["cap"],
        )
    raise ValueError(f"unknown kind of question {kind!r}")


def find_contract(name: str, system: CareSystem) -> Contract:
    """
    Find a contract by id in the system folder or the casebook, or read a file.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.
    """
    from caretime.formats.casebook import casebook_contract, casebook_ids
    from caretime.formats.contracts import read_contract

    if name in system.contracts:
        return system.contracts[name]
    if name in casebook_ids():
        return casebook_contract(name)
    if Path(name).suffix in (".yaml", ".yml"):
        return read_contract(Path(name))
    here = sorted(system.contracts)
    shipped = [known for known in casebook_ids() if known not in here]
    text = f"no contract {name!r}; the folder has {', '.join(here)}"
    if shipped:
        text += f"; the casebook has {', '.join(shipped)}"
    meant = get_close_matches(name.casefold(), [*here, *shipped], n=1, cutoff=0.8)
    if meant:
        text = f"no contract {name!r} in the folder or the casebook"
    hint = f"did you mean {meant[0]}?" if meant else "a file's path ends in .yaml"
    raise InputError([Problem("contracts", 0, "", text, hint)])


def _compare(
    request: Mapping[str, Any], system: CareSystem, plan: RunPlan
) -> Comparison:
    """Compare, then look as deep as was asked."""
    contracts = tuple(find_contract(name, system) for name in request["contracts"])
    check_measures(request["tornado"] or (), system)
    base = request["base"]
    comparison = compare(
        system,
        contracts,
        base=find_contract(base, system).contract_id if base else None,
        weeks=plan.weeks,
        replications=plan.replications,
        seed=plan.seed,
        workers=plan.workers,
        precision=request["precision"],
        with_leaving_off=request["with_leaving_off"],
        progress=plan.progress,
        simulator=plan.simulator,
    )
    few = plan.with_replications(int(request["deep_replications"]))
    by_id = {contract.contract_id: contract for contract in contracts}
    pairs = [(by_id[a], by_id[b]) for a, b in request["pairs"]]
    if request["clauses"]:
        comparison = replace(
            comparison,
            clause_costs=tuple(
                row
                for contract in contracts
                for row in cost_of_clauses(system, contract, plan=few)
            ),
        )
    for one, other in pairs:
        rows = attribute(system, one, other, plan=few)
        rows += attribute_accounts(system, one, other, plan=few)
        comparison = replace(comparison, attribution=comparison.attribution + rows)
        if request["tornado"]:
            swings = tornado(system, one, other, request["tornado"], plan=few)
            comparison = replace(comparison, tornado=comparison.tornado + swings)
    return comparison
