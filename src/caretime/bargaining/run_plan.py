"""How experiments are run: the same weeks, seed and keys for every arm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from caretime.bargaining.cost import bill
from caretime.errors import PlanError
from caretime.measures.measure import measure
from caretime.model.assumptions import Assumptions
from caretime.model.incident import Incident
from caretime.model.log import Tally
from caretime.model.outcome import SimulationResult
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

Progress = Callable[[int, int, str], None]
Simulator = Callable[..., tuple[SimulationResult, ...]]

COMPILING = "compiling"
COST = "cost"
"""Name under which the total cost in cents stands among measures."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """
    Weeks, replications, seed and workers shared by all arms of an experiment.

    Parameters
    ----------
    progress
        Called with done, total and what is being run; may be ``None``.
    simulator
        Stands in for `caretime.simulation.simulate_many`, which is the default.
    first
        Number of the first replication.

    Raises
    ------
    PlanError
        If there are no weeks, no replications or no workers.
    """

    weeks: int = 52
    replications: int = 10
    seed: int = 1
    workers: int | str = 2
    progress: Progress | None = None
    simulator: Simulator | None = None
    first: int = 0

    def __post_init__(self) -> None:
        """Refuse a run of nothing."""
        for name in ("weeks", "replications", "workers"):
            count = getattr(self, name)
            if not isinstance(count, str) and count < 1:
                raise PlanError(f"{name} must be 1 or more, got {count}")

    def extend(
        self,
        results: Sequence[SimulationResult],
        system: CareSystem,
        contracts: Sequence[Contract],
        assumptions: Assumptions,
        *,
        what: str = "",
    ) -> tuple[SimulationResult, ...]:
        """Add replications up to the plan's own number; the first never change."""
        done = results[0].replications
        if done >= self.replications:
            return tuple(results)
        more = replace(self, replications=self.replications - done, first=done).run(
            system, contracts, assumptions, what=what
        )
        return tuple(
            replace(old, tally=Tally.stack([old.tally, new.tally]))
            for old, new in zip(results, more, strict=True)
        )

    def run(
        self,
        system: CareSystem,
        contracts: Sequence[Contract],
        assumptions: Assumptions,
        *,
        incident: Incident | None = None,
        what: str = "",
    ) -> tuple[SimulationResult, ...]:
        """Simulate the arms; replication r of each uses the same random keys."""
        simulator = self.simulator
        if simulator is None:
            from caretime.simulation import simulate_many

            simulator = simulate_many
        return simulator(
            system,
            tuple(contracts),
            assumptions=assumptions,
            weeks=self.weeks,
            replications=self.replications,
            seed=self.seed,
            first_replication=self.first,
            workers=self.workers,
            incident=incident,
            progress=self._labeled(what),
        )

    def values(
        self,
        system: CareSystem,
        contracts: Sequence[Contract],
        assumptions: Assumptions,
        names: Sequence[str],
        *,
        what: str = "",
    ) -> tuple[Mapping[str, tuple[float, ...]], ...]:
        """
        Run the arms and return measures by name, one value a replication.

        ``cost`` among the names stands for the total cost in cents.
        """
        results = self.run(system, contracts, assumptions, what=what)
        return tuple(
            values_of(system, contract, result, assumptions, names)
            for contract, result in zip(contracts, results, strict=True)
        )

    def with_replications(self, replications: int) -> RunPlan:
        """Return the plan with another number of replications."""
        return replace(self, replications=replications)

    def quiet(self) -> RunPlan:
        """Return the plan without progress, for steps that report themselves."""
        return replace(self, progress=None)

    def report(self, done: int, total: int, what: str) -> None:
        """Say how far an experiment of many runs is."""
        if self.progress is not None:
            self.progress(done, total, what)

    def _labeled(self, what: str) -> Progress | None:
        """Put what is being run in front of what the engine says."""
        if self.progress is None or not what:
            return self.progress
        report = self.progress

        def show(done: int, total: int, step: str) -> None:
            report(done, total, step if step.startswith(COMPILING) else what)

        return show


def values_of(
    system: CareSystem,
    contract: Contract,
    result: SimulationResult,
    assumptions: Assumptions,
    names: Sequence[str],
) -> Mapping[str, tuple[float, ...]]:
    """Read measures (and ``cost``) from a result, one value a replication."""
    found = measure(result.tally, system.standards)
    values = {name: found[name].values for name in names if name != COST}
    if COST in names:
        priced = bill(system, contract, result.tally, assumptions)
        values[COST] = tuple(float(cents) for cents in priced.total)
    return values
