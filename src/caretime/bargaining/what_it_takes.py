"""The fewest hires or network openings at which a contract meets a standard."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from caretime.bargaining.compare import provenance
from caretime.bargaining.comparison import Provenance
from caretime.bargaining.run_plan import COST, RunPlan, values_of
from caretime.bargaining.words import check_measures, measure_title
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, estimate
from caretime.model.assumptions import Assumptions
from caretime.model.log import CLOCKS
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract, covers

ENOUGH = 10
"""Replications from which a share of random years is worth reading."""

THERAPISTS = Clause("therapists", "unmodeled", covers=("therapist",))
STANDARD_TARGET = 90.0
"""Percent within the limit where the standard sets no share: federal practice
for marketplace plans and Medicaid (facts 2.6) [C]; California sets none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """
    One value of the lever that was run.

    ``met`` is the share of replications that meet the target, 0 to 1;
    ``within`` the measure, ``network_visits`` a week and ``cost`` in cents.
    """

    value: int
    met: float
    within: Estimate
    network_visits: Estimate
    cost: Estimate


@dataclass(frozen=True, slots=True)
class WhatItTakes:
    """
    The answer, or that there is none up to the cap.

    ``fewest`` is ``None`` where no value up to ``cap`` meets the target in a
    share ``confidence`` of the replications; ``reason`` says so in words.
    ``trials`` are in increasing order of value; ``notes`` are sentences a reader
    must see.
    """

    contract_id: str
    measure: str
    target: float
    confidence: float
    lever: str
    unit: str
    cap: int
    fewest: int | None
    reason: str
    trials: tuple[Trial, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()


def what_it_takes(
    system: CareSystem,
    contract: Contract,
    *,
    plan: RunPlan,
    standard: str = "intake",
    target: float | None = None,
    lever: str = "hires",
    confidence: float = 0.9,
    cap: int | None = None,
    assumptions: Assumptions | None = None,
) -> WhatItTakes:
    """
    Find the fewest hires or network openings at which a standard is met.

    Parameters
    ----------
    standard
        A clock: ``intake``, ``first_treatment``, ``follow_up`` or ``urgent``.
    target
        Percent of offers that must be within the limit; the standard's own
        share where it sets one, else 90.
    lever
        ``hires``: clinicians added on the first day, alike in mix to the
        therapists there. ``network_visits``: openings a week added to the
        network in proportion; trials give the visits they turn into.
    confidence
        Share of replications (years that could come) that must meet the target.
    cap
        Most that is tried; a quarter of the clinicians, or ten openings a week
        for each 100 clinicians times ten, where not given.

    Returns
    -------
    WhatItTakes

    Raises
    ------
    PlanError
        If the question contradicts itself.

    Notes
    -----
    Bisection on whole numbers, all values on the same random keys. More of
    either lever is taken to never do harm, which holds on the same keys but
    for noise; the trials are returned so that a reader can check.
    """
    _check(standard, lever, confidence, target)
    check_measures((f"within_{standard}",), system)
    assumptions = assumptions or system.assumptions
    target = _target(system, standard) if target is None else target
    cap = _cap(system, lever) if cap is None else cap
    measure = f"within_{standard}"
    trials: dict[int, Trial] = {}
    first: list[SimulationResult] = []

    def meets(value: int) -> bool:
        if value not in trials:
            changed = LEVERS[lever](system, value)
            (result,) = plan.run(
                changed, (contract,), assumptions, what=f"{value} {UNITS[lever]}"
            )
            first.append(result)
            trials[value] = _trial(
                changed, contract, result, assumptions, measure, target, value
            )
        return trials[value].met >= confidence

    fewest = _fewest(meets, cap)
    return WhatItTakes(
        contract_id=contract.contract_id,
        measure=measure,
        target=target,
        confidence=confidence,
        lever=lever,
        unit=UNITS[lever],
        cap=cap,
        fewest=fewest,
        reason=_reason(fewest, cap, lever, measure, target, trials),
        trials=tuple(trials[value] for value in sorted(trials)),
        provenance=provenance(first[:1], assumptions),
        notes=_notes(plan.replications),
    )


def with_hires(system: CareSystem, count: int) -> CareSystem:
    """
    Return the system with clinicians added on its first day.

    They are copies of the therapists there, evenly picked over the list so that
    counties, licenses and languages keep their proportions, full-time or not
    as those are, without a caseload and leading no groups.
    """
    models = [
        c
        for c in system.clinicians
        if covers(THERAPISTS, c.license) and c.supervisor_id is None
    ]
    if count and not models:
        raise PlanError("no therapist to model hires on")
    picked = [models[(2 * k + 1) * len(models) // (2 * count)] for k in range(count)]
    added = tuple(
        replace(
            model,
            clinician_id=f"HIRE-{number:04d}",
            hired_on=system.first_day,
            leads_groups=False,
        )
        for number, model in enumerate(picked, 1)
    )
    if not added:
        return system
    return replace(
        system,
        clinicians=(*system.clinicians, *added),
        inputs_hash=f"{system.inputs_hash}+{count} hires",
    )


def with_network_openings(system: CareSystem, count: int) -> CareSystem:
    """Return the system with openings a week added to its network in proportion."""
    total = sum(t.openings_per_week for t in system.network)
    if not count:
        return system
    if not total:
        raise PlanError("the network has no openings to add to")
    factor = 1 + count / total
    return replace(
        system,
        network=tuple(
            replace(t, openings_per_week=t.openings_per_week * factor)
            for t in system.network
        ),
        inputs_hash=f"{system.inputs_hash}+{count} network openings",
    )


LEVERS: Mapping[str, Callable[[CareSystem, int], CareSystem]] = MappingProxyType(
    {"hires": with_hires, "network_visits": with_network_openings}
)
UNITS = MappingProxyType(
    {"hires": "hires", "network_visits": "network openings a week added"}
)


def _check(standard: str, lever: str, confidence: float, target: float | None) -> None:
    """Refuse a question that contradicts itself."""
    if standard not in CLOCKS:
        raise PlanError(f"standard must be one of {', '.join(CLOCKS)}, got {standard}")
    if lever not in LEVERS:
        raise PlanError(f"lever must be one of {', '.join(LEVERS)}, got {lever}")
    if not 0 < confidence <= 1:
        raise PlanError(f"confidence must be above 0 and at most 1, got {confidence:g}")
    if target is not None and not 0 <= target <= 100:
        raise PlanError(f"target must be 0 to 100 percent, got {target:g}")


def _target(system: CareSystem, clock: str) -> float:
    """Return the share the standard sets in percent, or the stand-in."""
    shares = [s.target_share for s in system.standards if s.clock == clock]
    return 100 * max(shares) if any(shares) else STANDARD_TARGET


def _cap(system: CareSystem, lever: str) -> int:
    """Return the most that is tried where the reader does not say."""
    if lever == "hires":
        return max(1, len(system.clinicians) // 4)
    return max(10, len(system.clinicians))


def _fewest(meets: Callable[[int], bool], cap: int) -> int | None:
    """Bisect for the smallest value that meets, ``None`` if the cap does not."""
    if meets(0):
        return 0
    if not meets(cap):
        return None
    low, high = 0, cap
    while high - low > 1:
        middle = (low + high) // 2
        if meets(middle):
            high = middle
        else:
            low = middle
    return high


def _trial(
    system: CareSystem,
    contract: Contract,
    result: SimulationResult,
    assumptions: Assumptions,
    measure: str,
    target: float,
    value: int,
) -> Trial:
    """Measure one value of the lever."""
    names = (measure, "network_visits", COST)
    found = values_of(system, contract, result, assumptions, names)
    known = [share for share in found[measure] if not math.isnan(share)]
    met = sum(share >= target for share in known) / len(known) if known else 0.0
    return Trial(value, met, *(estimate(found[name]) for name in names))


def _notes(replications: int) -> tuple[str, ...]:
    """Warn where a share of random years is a coarse number."""
    if replications >= ENOUGH:
        return ()
    return (
        f"only {replications} replications: a share of so few random years is "
        f"coarse, and the answer may change with more; ask for {ENOUGH} or more",
    )


def _reason(
    fewest: int | None,
    cap: int,
    lever: str,
    measure: str,
    target: float,
    trials: Mapping[int, Trial],
) -> str:
    """Say the answer in a sentence."""
    if fewest == 0:
        return "the contract meets the target as it stands"
    if fewest is not None:
        share = 100 * trials[fewest].met
        return f"met in {share:.0f} % of replications with {fewest} {UNITS[lever]}"
    best = trials[cap]
    title = f"'{measure_title(measure)}'"
    return (
        f"no value up to {cap} {UNITS[lever]} is enough: with {cap}, "
        f"{title} is {best.within.value:.1f} % of {target:g} asked, met in "
        f"{100 * best.met:.0f} % of replications"
    )
