"""What built weeks change against the even spread, all else equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from caretime.bargaining.compare import compare
from caretime.bargaining.comparison import Comparison
from caretime.bargaining.run_plan import Progress, Simulator
from caretime.formats.rosters import roster_hash
from caretime.model.assumptions import Assumptions
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster

EVEN, BUILT = "even-weeks", "built-weeks"
"""Ids under which the two arms stand; the contract of both is the same."""


def compare_weeks(
    system: CareSystem,
    contract: Contract,
    roster: Roster,
    *,
    assumptions: Assumptions | None = None,
    weeks: int = 52,
    replications: int = 10,
    seed: int = 1,
    workers: int | str = 2,
    progress: Progress | None = None,
) -> Comparison:
    """
    Run one contract on a roster's weeks, beside the same contract spread evenly.

    Replication r of both arms meets the same referrals, no-shows and sick days, so
    the paired differences are what the real week makes of the contract.

    Parameters
    ----------
    roster
        The weeks of the second arm.

    Returns
    -------
    Comparison
        Two arms, ``even-weeks`` (the base) and ``built-weeks``.

    Raises
    ------
    PlanError
        If there is nothing to run, or the roster does not fit the system.
    """
    titles = {EVEN: "Even weeks", BUILT: "Built weeks"}
    comparison = compare(
        system,
        [
            replace(contract, contract_id=arm, title=f"{title} of {contract.title}")
            for arm, title in titles.items()
        ],
        base=EVEN,
        assumptions=assumptions,
        weeks=weeks,
        replications=replications,
        seed=seed,
        workers=workers,
        with_leaving_off=False,
        progress=progress,
        simulator=_on_weeks(contract, {EVEN: None, BUILT: roster}),
    )
    note = (
        f"Built weeks of {len(roster.weeks):,} of {len(system.clinicians):,} "
        f"clinicians under {contract.contract_id} (SHA-256 of the weeks "
        f"{roster_hash(roster)}); everyone else works an even week in both."
    )
    return replace(comparison, notes=(note, *comparison.notes))


def _on_weeks(contract: Contract, rosters: dict[str, Roster | None]) -> Simulator:
    """Return a simulator that runs the contract itself on the weeks of each arm."""

    def run(
        system: CareSystem, contracts: Sequence[Contract], **how: Any
    ) -> tuple[SimulationResult, ...]:
        from caretime.simulation import simulate

        return tuple(
            replace(
                simulate(system, contract, roster=rosters[arm.contract_id], **how),
                contract_id=arm.contract_id,
            )
            for arm in contracts
        )

    return run
