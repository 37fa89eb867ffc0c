"""The public claims of both sides, run as experiments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caretime import tables
from caretime.bargaining.claim_experiments import EXPERIMENTS, Experiment
from caretime.bargaining.findings import ClaimFinding, ClaimVerdict
from caretime.bargaining.run_plan import RunPlan
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate
from caretime.model.assumptions import Assumptions
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

ENOUGH = 10
"""Replications from which intervals are worth reading."""

ANSWERS: Mapping[bool | None, str] = {
    True: "holds",
    False: "does not hold",
    None: "cannot tell",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """
    Something said in public that can be run.

    ``experiment`` names how (`claim_experiments.EXPERIMENTS`), ``parameters``
    with what; ``low`` and ``high`` bound what was said, ``None`` for no bound.
    A claim said of a number of clinicians has ``per_clinicians`` among its
    parameters and is scaled to the system it is tried on.
    """

    claim_id: str
    claim: str
    said_by: str
    standing: str
    source: str
    experiment: str
    unit: str
    low: float | None
    high: float | None
    parameters: Mapping[str, float]
    note: str

    def scale(self, clinicians: int) -> float:
        """Return what the bounds are multiplied by on a system of this size."""
        reference = self.parameters.get("per_clinicians")
        return clinicians / reference if reference else 1.0


def claims() -> tuple[Claim, ...]:
    """
    Return the claims that ship, ``tables/claims.csv``.

    >>> claims()[0].parameters["hours"]
    1.0
    """
    return tuple(
        Claim(
            row["claim_id"],
            row["claim"],
            row["said_by"],
            row["standing"],
            row["source"],
            row["experiment"],
            row["unit"],
            _bound(row["claimed_low"]),
            _bound(row["claimed_high"]),
            _parameters(row["parameters"]),
            row["note"],
        )
        for row in tables.rows("claims")
    )


def try_claims(
    system: CareSystem,
    *,
    plan: RunPlan,
    contract: Contract | None = None,
    claim_ids: Iterable[str] | None = None,
) -> tuple[ClaimVerdict, ...]:
    """
    Run claims on a system and say under which assumptions each holds.

    Parameters
    ----------
    contract
        What the claims change; the contract in force where not given.
    claim_ids
        Which claims; all where not given.

    Returns
    -------
    tuple of ClaimVerdict
        In the order of the table. A claim holds under a set of assumptions
        where the whole interval found lies within what was said, does not hold
        where all of it lies outside; else the runs cannot tell.

    Raises
    ------
    PlanError
        If a claim is unknown.
    """
    contract = contract or system.contracts[system.contract_in_force]
    known = {claim.claim_id: claim for claim in claims()}
    chosen = tuple(known) if claim_ids is None else tuple(claim_ids)
    if unknown := [name for name in chosen if name not in known]:
        raise PlanError(f"no claim {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(_try(system, contract, known[name], plan) for name in chosen)


def _try(
    system: CareSystem, contract: Contract, claim: Claim, plan: RunPlan
) -> ClaimVerdict:
    """Run one claim under every set of assumptions."""
    scale = claim.scale(len(system.clinicians))
    low, high = _times(claim.low, scale), _times(claim.high, scale)
    experiment: Experiment = EXPERIMENTS[claim.experiment]
    found = experiment(system, contract, claim.parameters, _views(system), plan)
    findings = tuple(
        ClaimFinding(view, number, within(number, low, high))
        for view, number in found.items()
    )
    note = claim.note + _few(findings, plan)
    if scale != 1:
        note += f" ({scale:.3g} times: {len(system.clinicians)} clinicians)"
    return ClaimVerdict(
        claim_id=claim.claim_id,
        claim=claim.claim,
        said_by=claim.said_by,
        standing=claim.standing,
        source=claim.source,
        experiment=claim.experiment,
        unit=claim.unit,
        claimed_low=low,
        claimed_high=high,
        findings=findings,
        verdict=verdict(findings),
        note=note,
    )


def _views(system: CareSystem) -> dict[str, Assumptions]:
    """Return the sets of assumptions a claim is tried under."""
    shared = system.assumptions
    views = {"the shared numbers": shared}
    for side in ("union", "employer"):
        if any(row.holder == side for row in shared.rows):
            views[f"the {side}'s numbers"] = shared.seen_by(side)
    return views


def verdict(findings: Sequence[ClaimFinding]) -> str:
    """
    Say in a sentence under which assumptions a claim holds.

    >>> yes = ClaimFinding("A", Estimate(2.0, 1.0, 3.0, 2), True)
    >>> no = ClaimFinding("B", Estimate(9.0, 8.0, 10.0, 2), False)
    >>> unsure = ClaimFinding("C", Estimate(3.0, 1.0, 5.0, 2), None)
    >>> verdict([yes, no, unsure])
    'holds under A; does not hold under B; cannot tell under C'
    """
    parts = []
    for answer, words in ANSWERS.items():
        names = [f.assumptions for f in findings if f.holds is answer]
        if names:
            parts.append(f"{words} under {_listed(names)}")
    return "; ".join(parts) or "cannot tell under any assumptions: nothing was run"


def _listed(names: Sequence[str]) -> str:
    """Join names with commas and a last 'and'."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def within(number: Estimate, low: float | None, high: float | None) -> bool | None:
    """
    Say whether a number found lies within what was said.

    Returns
    -------
    bool or None
        Yes where the whole interval lies within the bounds, no where all of it
        lies outside, ``None`` where it straddles a bound or there is none.

    >>> within(Estimate(64.1, -248.0, 377.0, 2), 54, 66) is None
    True
    """
    if number.low is None or number.high is None:
        return None
    if (low is None or number.low >= low) and (high is None or number.high <= high):
        return True
    below = low is not None and number.high < low
    above = high is not None and number.low > high
    return False if below or above else None


def _few(findings: Sequence[ClaimFinding], plan: RunPlan) -> str:
    """Warn where a run stands behind a finding and has few replications."""
    if plan.replications >= ENOUGH or not any(_was_run(f.found) for f in findings):
        return ""
    return (
        f"; only {plan.replications} replications: where an interval straddles what "
        "was said, more of them may tell"
    )


def _was_run(found: Estimate) -> bool:
    """Say whether random years stand behind a number, not plain arithmetic."""
    return not (found.low == found.value == found.high and found.replications == 1)


def _times(bound: float | None, scale: float) -> float | None:
    return None if bound is None else bound * scale


def _bound(text: str) -> float | None:
    return float(text) if text else None


def _parameters(text: str) -> dict[str, float]:
    """Read ``name=value`` pairs."""
    pairs = (pair.split("=") for pair in text.split(";") if pair)
    return {name: float(value) for name, value in pairs}
