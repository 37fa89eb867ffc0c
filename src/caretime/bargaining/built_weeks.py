"""What built weeks change against the even spread, all else equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from caretime.bargaining.compare import compare
from caretime.bargaining.comparison import Comparison
from caretime.bargaining.run_plan import Progress, Simulator
from caretime.formats.rosters import roster_hash
from caretime.model.assumptions import Assumptions
from caretime.model.care import VISIT_TYPES
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rules.ledger import Ledger, week_ledger

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
    why = why_weeks_differ(system, contract, roster)
    return replace(comparison, notes=(note, why, *comparison.notes))


LEFT_OUT = MappingProxyType(
    {
        "crisis_cover": "crisis cover",
        "supervision": "supervision given",
        "meeting": "team meetings",
        "travel": "travel",
    }
)
"""What sites ask for and clauses may not: an even week gives it clause hours only."""


def why_weeks_differ(system: CareSystem, contract: Contract, roster: Roster) -> str:
    """
    Say what built weeks give to what even weeks leave out, and what that costs.

    An even week holds a contract's clauses and nothing else. A built week also holds
    the shifts of cover, the supervision of associates, the team meeting and the
    journeys that the system's tables ask for.

    Returns
    -------
    str
        Hours a week of each, beyond those in the even weeks of the same people, and
        the openings that the built weeks have fewer or more.
    """
    people = {c.clinician_id: c for c in system.clinicians}
    leaders = {group.leader_id for group in system.groups}
    day = max(filter(None, (system.first_day, contract.effective, roster.first_day)))

    @cache
    def ledger_of(
        code: str, fte: float, ages: tuple[str, ...], *, leads: bool
    ) -> Ledger:
        return week_ledger(
            contract, license_code=code, fte=fte, on=day, ages=ages, leads_groups=leads
        )

    more: Counter[str] = Counter()
    even = built = 0
    for week in roster.weeks:
        who = people[week.clinician_id]
        leads = who.leads_groups and who.clinician_id in leaders
        ledger = ledger_of(who.license, who.fte, who.ages, leads=leads)
        for activity in LEFT_OUT:
            given = week.template.minutes_of(activity)
            more[activity] += given - ledger.minutes_of(activity)
        had = ledger.openings
        even += had.return_ + had.intake + had.urgent + had.group
        built += sum(b.activity in VISIT_TYPES for b in week.template.blocks)
    hours = sum(more.values()) / 60
    parts = [
        f"{title} {_figure(more[activity] / 60)}"
        for activity, title in LEFT_OUT.items()
        if more[activity]
    ]
    listed = f" ({', '.join(parts)})" if parts else ""
    fewer = "fewer" if built < even else "more"
    apart = abs(even - built)
    noun = "opening" if apart == 1 else "openings"
    figures = f"{apart:,} {noun} {fewer} ({built:,}, not {even:,})"
    count = figures if built != even else f"as many openings ({built:,})"
    return (
        f"Why they differ: the built weeks give {_figure(hours)} hours a week to what "
        f"even weeks leave out{listed} and have {count}."
    )


def _figure(hours: float) -> str:
    return f"{hours:,.1f}".replace("-", "−")


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
