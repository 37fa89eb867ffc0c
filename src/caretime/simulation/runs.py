"""Run contracts on a system: paired replications, on threads or a cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from caretime.errors import PlanError
from caretime.formats import contract_hash, roster_hash
from caretime.model.assumptions import Assumptions
from caretime.model.incident import Incident
from caretime.model.log import LOG_COLUMNS, Tally
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.simulation._arrays import Draws, Outcome, Pool
from caretime.simulation._merge import merge, slice_matrix, slices_of
from caretime.simulation._pack import pack
from caretime.simulation._population import Population, populate
from caretime.simulation._roster_checks import check_fits

if TYPE_CHECKING:
    import polars

Progress = Callable[[int, int, str], None]
WORKING_DAYS_PER_YEAR = 261
ENGINES = ("kernel", "plain")
ENGINE = "caretime.simulation._kernel.engine"


@dataclass(frozen=True)
class Scenario:
    """
    A contract on a system, ready to run: the warm state a what-if starts from.

    With a roster of the contract its weeks are worked in place of even ones.

    Building it reads every contract term once; a replication then costs a tenth
    of a second at the size of Southern California.
    """

    population: Population
    contract: Contract
    assumptions: Assumptions
    pools: tuple[Pool, ...]
    incident: Incident | None = None
    slices: tuple[tuple[str, str], ...] = field(default=())
    posts: int = 0
    roster_hash: str = ""

    @classmethod
    def build(
        cls,
        population: Population,
        contract: Contract,
        assumptions: Assumptions,
        incident: Incident | None = None,
        roster: Roster | None = None,
    ) -> Scenario:
        """
        Pack a contract, and the weeks built for it, for a population.

        Raises
        ------
        InputError
            If the engines cannot run the roster as it stands.
        PlanError
            If the roster was built for another contract or holds in no week.
        """
        if roster is not None:
            roster = _by_contract([roster], [contract])[contract.contract_id]
            check_fits(roster, population.system)
        pools = pack(population, contract, assumptions, roster)
        posts = 1 + max(int(p.seats["clinician"].max()) for p in pools)
        return cls(
            population=population,
            contract=contract,
            assumptions=assumptions,
            pools=pools,
            incident=incident,
            slices=slices_of(population),
            posts=posts,
            roster_hash=roster_hash(roster) if roster is not None else "",
        )

    def draws(self, seed: int, replication: int) -> list[Draws]:
        """Draw what chance decides before the book opens, pool by pool."""
        from caretime.simulation._draws import draw_pool, participation

        a = self.assumptions
        out = participation(
            self.population,
            self.incident,
            self.posts,
            seed=seed,
            replication=replication,
        )
        return [
            draw_pool(
                self.population,
                pool,
                seed=seed,
                replication=replication,
                leave_share=a["leave_weeks"] / 52,
                sick_share=a["sick_days"] / WORKING_DAYS_PER_YEAR,
                known_weeks=round(a["leave_known_weeks"]),
                out=out,
            )
            for pool in self.pools
        ]

    def outcomes(
        self,
        seed: int,
        replication: int,
        *,
        trace: bool = False,
        engine: str = "kernel",
    ) -> list[Outcome]:
        """Run one replication of every pool."""
        if engine == "plain":
            from caretime.simulation._plain.engine import run_pool
        else:
            from caretime.simulation._kernel.engine import run_pool
        return [
            run_pool(pool, draws, trace)
            for pool, draws in zip(
                self.pools, self.draws(seed, replication), strict=True
            )
        ]

    def tally(self, seed: int, replication: int) -> Tally:
        """Run one replication and count it."""
        matrix = slice_matrix(self.population, self.slices)
        outcomes = self.outcomes(seed, replication)
        return merge(self.population, self.pools, outcomes, self.slices, matrix)


def simulate(
    system: CareSystem,
    contract: Contract,
    *,
    assumptions: Assumptions | None = None,
    weeks: int = 52,
    replications: int = 10,
    seed: int = 1,
    workers: int | str = 2,
    incident: Incident | None = None,
    roster: Roster | None = None,
    first_replication: int = 0,
    progress: Progress | None = None,
) -> SimulationResult:
    """
    Run one contract on a system.

    Parameters
    ----------
    assumptions
        The folder's own by default.
    weeks
        1 or more; week 0 begins on the system's first day.
    replications
        How many; replication r depends on ``seed`` and r alone, so a longer run
        repeats a shorter one.
    workers
        Threads, or ``"ray"`` for a Ray cluster (extra ``caretime[ray]``); the
        numbers are the same to the bit.
    incident
        Absences over weeks on top of leave and sickness.
    roster
        Built weeks to work in place of the even ones. They hold for the contract
        they were built for (a roster that names none is for the contract run), from
        the roster's first day to its last, by whole weeks. Before and after, in
        phases under another contract, in vacant posts, and for whoever has no week
        in it, the even week stays. A post keeps its week when somebody else is
        hired into it; a group meets when its leader's built week says, from the
        first day of the run on.

    Raises
    ------
    InputError
        If the roster has weeks of unknown clinicians, visits off the quarter hour
        or outside 06:00 to 22:00, work on weekends, or visits of one type and two
        lengths in a week; with all problems at once.
    PlanError
        If weeks or replications are below 1, or the roster was built for another
        contract or holds in no week of the run.

    Examples
    --------
    >>> from caretime.simulation import make_system, simulate
    >>> system = make_system("clinic-of-eight", seed=1)
    >>> contract = system.contracts[system.contract_in_force]
    >>> result = simulate(system, contract, weeks=4, replications=2)
    >>> result.tally.weekly.shape[:2]
    (2, 4)
    """
    return simulate_many(
        system,
        [contract],
        assumptions=assumptions,
        weeks=weeks,
        replications=replications,
        seed=seed,
        workers=workers,
        incident=incident,
        rosters=() if roster is None else (roster,),
        first_replication=first_replication,
        progress=progress,
    )[0]


def simulate_many(
    system: CareSystem,
    contracts: Sequence[Contract],
    *,
    assumptions: Assumptions | None = None,
    weeks: int = 52,
    replications: int = 10,
    seed: int = 1,
    workers: int | str = 2,
    incident: Incident | None = None,
    rosters: Sequence[Roster] = (),
    first_replication: int = 0,
    progress: Progress | None = None,
) -> tuple[SimulationResult, ...]:
    """
    Run several contracts on one system with the same random keys.

    Replication r of each contract meets the same referrals, the same no-show
    coins and the same clinicians who fall ill: differences are the contracts'.
    Parameters as in ``simulate``; of ``rosters`` there may be one for each contract.
    """
    if weeks < 1 or replications < 1:
        raise PlanError(f"nothing to run: {weeks} weeks, {replications} replications")
    built = _by_contract(rosters, contracts)
    used = assumptions if assumptions is not None else system.assumptions
    if progress:
        progress(0, len(contracts) * replications, "laying out the book")
    population = recent_population(system, used, weeks)
    scenarios = [
        Scenario.build(population, c, used, incident, built.get(c.contract_id))
        for c in contracts
    ]
    todo = [
        (s, first_replication + r)
        for r in range(replications)
        for s in range(len(contracts))
    ]
    tallies = run_cells(scenarios, todo, seed, workers, progress)
    return tuple(
        SimulationResult(
            contract_id=scenario.contract.contract_id,
            seed=seed,
            weeks=weeks,
            version=version("caretime"),
            inputs_hash=system.inputs_hash,
            contract_hash=contract_hash(scenario.contract),
            assumptions=dict(used),
            tally=Tally.stack(tallies[s :: len(scenarios)]),
            roster_hash=scenario.roster_hash,
        )
        for s, scenario in enumerate(scenarios)
    )


def _by_contract(
    rosters: Sequence[Roster], contracts: Sequence[Contract]
) -> dict[str, Roster]:
    """Return each contract's roster; refuse what belongs to none or is one of two."""
    known = [contract.contract_id for contract in contracts]
    if len(known) == 1:
        # A table of weeks typed by hand does not say for which contract it is.
        rosters = [replace(r, contract_id=r.contract_id or known[0]) for r in rosters]
    found = {roster.contract_id: roster for roster in rosters}
    if len(found) < len(rosters):
        raise PlanError("two rosters were built for one contract")
    for contract_id in found:
        if contract_id not in known:
            raise PlanError(
                f"the roster was built for contract {contract_id!r}, "
                f"which is not run here; there are {', '.join(known)}"
            )
    return found


_recent: list[tuple[CareSystem, tuple[float, ...], Population]] = []
_RECENT = 3
LAYOUT_NUMBERS = ("vacancy_share", "network_use")
"""The only behavior numbers that a population is built from."""


def recent_population(
    system: CareSystem, assumptions: Assumptions, weeks: int
) -> Population:
    """Return the system's population, built anew only if it is not at hand."""
    key = (float(weeks), *(assumptions[name] for name in LAYOUT_NUMBERS))
    for known, its_key, population in _recent:
        if known is system and its_key == key:
            return population
    population = populate(system, assumptions, weeks)
    _recent.insert(0, (system, key, population))
    del _recent[_RECENT:]
    return population


def run_cells(
    scenarios: Sequence[Scenario],
    todo: Sequence[tuple[int, int]],
    seed: int,
    workers: int | str,
    progress: Progress | None = None,
) -> list[Tally]:
    """Run (scenario, replication) cells and return their tallies in order."""
    if workers == "ray":
        from caretime.simulation.cluster import run_on_ray

        return run_on_ray(scenarios, todo, seed, progress)
    total = len(todo)
    warm_up(progress, total)
    done: list[Tally] = []
    with ThreadPoolExecutor(int(workers)) as threads:
        waiting = [threads.submit(scenarios[s].tally, seed, r) for s, r in todo]
        for cell in waiting:
            done.append(cell.result())
            if progress:
                progress(len(done), total, "simulating")
    return done


def warm_up(progress: Progress | None = None, total: int = 1) -> None:
    """Load the compiled engine; the first time on a machine it is compiled."""
    if ENGINE in sys.modules:
        return
    from caretime.simulation._kernel.draws import watched

    def tell(part: int, parts: int) -> None:
        if progress:
            what = f"compiling the engine, once on each machine: {part} of {parts}"
            progress(0, total, what)

    with watched(tell):
        import_module(ENGINE)


def event_log(
    system: CareSystem,
    contract: Contract,
    *,
    assumptions: Assumptions | None = None,
    weeks: int = 52,
    replication: int = 0,
    seed: int = 1,
    incident: Incident | None = None,
    roster: Roster | None = None,
    engine: str = "kernel",
) -> polars.DataFrame:
    """
    Run one replication and return every event.

    Parameters
    ----------
    engine
        ``kernel``, or ``plain`` for the readable reference; the logs are equal.

    Returns
    -------
    polars.DataFrame
        Columns ``model.log.LOG_COLUMNS``, in order of day, then of pool.
    """
    import polars

    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {ENGINES}, got {engine!r}")
    used = assumptions if assumptions is not None else system.assumptions
    population = populate(system, used, weeks)
    scenario = Scenario.build(population, contract, used, incident, roster)
    outcomes = scenario.outcomes(seed, replication, trace=True, engine=engine)
    log = np.concatenate([o.log for o in outcomes])
    log = log[np.argsort(log[:, 0] * 64 + log[:, 1], kind="stable")]
    return polars.DataFrame({name: log[:, k] for k, name in enumerate(LOG_COLUMNS)})


def strata_of(
    system: CareSystem, *, assumptions: Assumptions | None = None
) -> tuple[tuple[str, str, str], ...]:
    """Return (county, language, age group) of the log's ``stratum`` numbers."""
    used = assumptions if assumptions is not None else system.assumptions
    population = populate(system, used, 1)
    return tuple((s.county, s.language, s.age_group) for s in population.strata)
