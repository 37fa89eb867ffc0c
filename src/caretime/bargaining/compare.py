"""Two or more contracts on one care system, with paired differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from caretime.bargaining._arms import arm_of
from caretime.bargaining._tables import (
    cost_parts,
    measure_rows,
    slice_rows,
    wait_histograms,
    weekly_series,
)
from caretime.bargaining.comparison import AssumptionRow, Comparison, Provenance
from caretime.bargaining.cost import bill
from caretime.bargaining.run_plan import Progress, RunPlan, Simulator
from caretime.bargaining.words import CLOCK_WORDS, check_measures, measure_title
from caretime.errors import PlanError
from caretime.measures.estimate import paired_difference, t_quantile
from caretime.measures.measure import Measurement, measure
from caretime.model.assumptions import Assumptions
from caretime.model.log import BINS, CLOCKS, Tally
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

LEAVING = "turnover_load_slope"
FIRST_LOOK = 10
STEP = 5
LOOK_AHEAD = 5
CAP = 100
LONG_WAITS_SHOWN = 0.005
UNITS = {"urgent": "hours"}
"""What waits are counted in, where not in business days."""


def compare(
    system: CareSystem,
    contracts: Sequence[Contract],
    *,
    base: str | None = None,
    assumptions: Assumptions | None = None,
    weeks: int = 52,
    replications: int = 10,
    seed: int = 1,
    workers: int | str = 2,
    precision: Mapping[str, float] | None = None,
    cap: int = CAP,
    with_leaving_off: bool = True,
    progress: Progress | None = None,
    simulator: Simulator | None = None,
) -> Comparison:
    """
    Compare contracts on one care system over the same random year.

    Parameters
    ----------
    contracts
        Two or more (one is allowed and has nothing to differ from), ids unique.
    base
        Id of the contract that differences are taken against; the first where
        not given.
    assumptions
        The system's own where not given.
    replications
        A fixed count; not used where ``precision`` is given.
    precision
        Half-width asked of the paired difference of each arm to the base, by
        name of measure, in its unit: ``{"within_intake": 0.5}``. Replications
        are then added by the rule of Hoad, Robinson and Davies [1]_: start with
        ten, add five until every half-width holds, and go on for five more
        during which each must still hold.
    cap
        Most replications under ``precision``.
    with_leaving_off
        Also run every arm with no effect of load on leaving, because no
        published coefficient exists; shown beside each value.
    simulator
        Stands in for `caretime.simulation.simulate_many`.

    Returns
    -------
    Comparison
        Its `Provenance.stopped_by` says ``count``, ``precision`` or ``cap``.

    Raises
    ------
    PlanError
        If ids are not unique, the base is not among them, or a precision is
        asked of something that is no measure.

    References
    ----------
    .. [1] K. Hoad, S. Robinson, R. Davies (2010). Automated selection of the
       number of replications for a discrete-event simulation. Journal of the
       Operational Research Society 61, 1632-1644.
    """
    contracts = tuple(contracts)
    base = base or (contracts[0].contract_id if contracts else "")
    _check(contracts, base)
    check_measures(precision or (), system)
    assumptions = assumptions or system.assumptions
    plan = RunPlan(weeks, replications, seed, workers, progress, simulator)
    results, stopped_by = _run(
        plan, system, contracts, assumptions, base, precision or {}, cap
    )
    arms = _measured(system, results)
    calm = None
    if with_leaving_off:
        plan = plan.with_replications(results[0].replications)
        off = assumptions.with_value(LEAVING, 0.0)
        calm = _measured(
            system,
            plan.run(system, contracts, off, what="without load on leaving"),
        )
    return _assemble(
        system, contracts, results, assumptions, base, arms, calm, stopped_by, precision
    )


def _check(contracts: tuple[Contract, ...], base: str) -> None:
    """Refuse a question that contradicts itself."""
    ids = [contract.contract_id for contract in contracts]
    if not ids:
        raise PlanError("nothing to compare: no contract given")
    if len(set(ids)) < len(ids):
        raise PlanError(f"a contract stands twice among {', '.join(ids)}")
    if base not in ids:
        raise PlanError(f"base {base!r} is not among {', '.join(ids)}")


def _measured(
    system: CareSystem, results: Sequence[SimulationResult]
) -> dict[str, Mapping[str, Measurement]]:
    """Measure each result, by contract id."""
    return {r.contract_id: measure(r.tally, system.standards) for r in results}


def _run(
    plan: RunPlan,
    system: CareSystem,
    contracts: tuple[Contract, ...],
    assumptions: Assumptions,
    base: str,
    precision: Mapping[str, float],
    cap: int,
) -> tuple[tuple[SimulationResult, ...], str]:
    """Simulate a fixed count, or until every asked half-width holds."""
    if not precision:
        return plan.run(system, contracts, assumptions, what="contracts"), "count"
    count = min(FIRST_LOOK + LOOK_AHEAD, cap)
    results = plan.with_replications(count).run(
        system, contracts, assumptions, what="contracts"
    )
    while True:
        results = plan.with_replications(count).extend(
            results, system, contracts, assumptions, what=f"up to {count} replications"
        )
        gaps = _gaps(system, results, base, precision)
        stop = _stop_at(gaps, count)
        if stop is not None:
            return tuple(_first(result, stop) for result in results), "precision"
        if count >= cap:
            return results, "cap"
        count = min(cap, max(count + STEP, _foreseen(gaps) + LOOK_AHEAD))


def _gaps(
    system: CareSystem,
    results: Sequence[SimulationResult],
    base: str,
    precision: Mapping[str, float],
) -> list[tuple[tuple[float, ...], float]]:
    """Return paired differences and the half-width asked of each."""
    arms = _measured(system, results)
    return [
        (paired_difference(arms[arm][n].values, arms[base][n].values).values, width)
        for n, width in precision.items()
        for arm in arms
        if arm != base
    ]


def _stop_at(gaps: list[tuple[tuple[float, ...], float]], count: int) -> int | None:
    """Return the replications the rule needs, look-ahead included, if it stops."""
    for looked in range(FIRST_LOOK, count - LOOK_AHEAD + 1, STEP):
        ahead = range(looked, looked + LOOK_AHEAD + 1)
        if all(_holds(values[:n], width) for n in ahead for values, width in gaps):
            return looked + LOOK_AHEAD
    return None


def _holds(values: tuple[float, ...], width: float) -> bool:
    """Say whether the half-width of the mean is no wider than asked."""
    return paired_difference(values, [0.0] * len(values)).half_width <= width


def _foreseen(gaps: list[tuple[tuple[float, ...], float]]) -> int:
    """Guess how many replications will be enough, from the spread so far."""
    needed = FIRST_LOOK
    for values, width in gaps:
        half = paired_difference(values, [0.0] * len(values)).half_width
        if math.isfinite(half) and width > 0:
            growth = (half / width) ** 2
            tail = t_quantile(0.975, 60) / t_quantile(0.975, len(values) - 1)
            needed = max(needed, math.ceil(len(values) * growth * tail**2))
    return STEP * math.ceil(needed / STEP)


def _first(result: SimulationResult, count: int) -> SimulationResult:
    """Keep the first replications: later ones never change them."""
    tally = result.tally
    kept: dict[str, Any] = {
        name: getattr(tally, name)[:count]
        for name in ("weekly", "waits", "weekly_waits", "staff")
    }
    tally = Tally(slices=tally.slices, licenses=tally.licenses, **kept)
    return replace(result, tally=tally, stopped_by="precision")


def _assemble(
    system: CareSystem,
    contracts: tuple[Contract, ...],
    results: Sequence[SimulationResult],
    assumptions: Assumptions,
    base: str,
    arms: Mapping[str, Mapping[str, Measurement]],
    calm: Mapping[str, Mapping[str, Measurement]] | None,
    stopped_by: str,
    precision: Mapping[str, float] | None,
) -> Comparison:
    """Put the tables together."""
    tallies = {r.contract_id: r.tally for r in results}
    hashes = {r.contract_id: r.contract_hash for r in results}
    bills = {
        c.contract_id: bill(system, c, tallies[c.contract_id], assumptions)
        for c in contracts
    }
    standards = system.standards
    return Comparison(
        system_name=system.name,
        members=system.members,
        first_day=system.first_day.isoformat(),
        clinicians=len(system.clinicians),
        patients=len(system.patients),
        base=base,
        arms=tuple(arm_of(c, hashes[c.contract_id]) for c in contracts),
        measures=measure_rows(arms, base, calm),
        slices=tuple(
            row
            for arm, tally in tallies.items()
            for row in slice_rows(arm, tally, standards, arms[arm])
        ),
        weekly=tuple(
            series
            for arm, tally in tallies.items()
            for series in weekly_series(arm, tally, standards)
        ),
        waits=tuple(
            histogram
            for arm, tally in tallies.items()
            for histogram in wait_histograms(arm, tally, standards)
        ),
        costs=tuple(cost_parts(bills, base)),
        provenance=provenance(results, assumptions, stopped_by, precision),
        notes=tuple(_notes(tallies, arms)),
    )


def provenance(
    results: Sequence[SimulationResult],
    assumptions: Assumptions,
    stopped_by: str = "count",
    precision: Mapping[str, float] | None = None,
) -> Provenance:
    """Say how results were made, and what was assumed and by whom."""
    first = results[0]
    shared = [assumptions.row(name) for name in assumptions]
    sides = [row for row in assumptions.rows if row.holder in ("union", "employer")]
    return Provenance(
        version=first.version,
        inputs_hash=first.inputs_hash,
        contract_hashes={r.contract_id: r.contract_hash for r in results},
        seed=first.seed,
        replications=first.replications,
        weeks=first.weeks,
        stopped_by=stopped_by,
        precision=dict(precision or {}),
        assumptions=tuple(
            AssumptionRow(a.name, a.value, a.low, a.high, a.unit, a.holder, a.source)
            for a in [*shared, *sides]
        ),
    )


def _notes(
    tallies: Mapping[str, Tally], arms: Mapping[str, Mapping[str, Measurement]]
) -> list[str]:
    """List what a reader must know before trusting a mean."""
    notes = []
    for arm, tally in tallies.items():
        split = [
            name
            for name in ("within_intake", "wait_intake_mean", "waitlist")
            if name in arms[arm] and arms[arm][name].estimate.split
        ]
        if split:
            titles = "; ".join(measure_title(name) for name in split)
            notes.append(
                f"{arm}: the replications fall into two groups ({titles}); "
                "the mean describes neither, look at the single values."
            )
        whole = tally.waits[:, :, tally.slice_index("all", "all")].sum(axis=(0, 2))
        for clock, counts in zip(CLOCKS, whole, strict=True):
            total = int(counts.sum())
            if total and counts[BINS - 1] > LONG_WAITS_SHOWN * total:
                share = 100 * counts[BINS - 1] / total
                words, unit = CLOCK_WORDS[clock], UNITS.get(clock, "business days")
                notes.append(
                    f"{arm}: {share:.1f} % of waits for {words} are {BINS - 1} {unit} "
                    f"or more and count as {BINS - 1}; their mean is too low."
                )
        if tally.replications < FIRST_LOOK:
            notes.append(
                f"{arm}: only {tally.replications} replications; intervals are wide "
                "or missing."
            )
    return notes
