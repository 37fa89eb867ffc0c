"""
Replications on a Ray cluster: the same numbers, more machines.

Start a cluster with ``ray start --head`` and ``ray start --address=HOST:6379`` on
machines of a private network: whoever reaches a cluster's ports may run code on it.
Where no cluster is found, one is started on this machine and stopped afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from caretime.errors import PlanError

if TYPE_CHECKING:
    from caretime.model.log import Tally
    from caretime.simulation.runs import Scenario

REPLICATIONS_PER_TASK = 10
"""Half a second of work and more, beside which a task's own cost is nothing."""

TASKS_PER_CORE = 2
"""Tasks in flight: one at work and one waiting."""

RETRIES = 5
"""How often a task begins again after its worker has died."""

MISSING = (
    "Ray is not installed; install caretime[ray], or run on this machine's threads"
)


def run_on_ray(
    scenarios: Sequence[Scenario],
    todo: Sequence[tuple[int, int]],
    seed: int,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Tally]:
    """
    Run (scenario, replication) cells on a Ray cluster; return tallies in order.

    A cell depends on the scenario, the seed and the replication alone, so a cell
    that is run again after its worker died gives the same numbers.

    Parameters
    ----------
    scenarios
        Sent to the cluster once each, however many tasks need them.
    todo
        Positions in ``scenarios`` and replication numbers.

    Raises
    ------
    PlanError
        If Ray is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray import cloudpickle
    except ImportError:
        raise PlanError(MISSING) from None
    started = _connect(ray)
    try:
        # As bytes: arrays that come straight out of the store cannot be written to,
        # and the engine would be compiled once more for those.
        stored = [ray.put(cloudpickle.dumps(scenario)) for scenario in scenarios]
        task = ray.remote(num_cpus=1, max_retries=RETRIES)(run_chunk)
        limit = TASKS_PER_CORE * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        done: dict[int, Tally] = {}
        waiting: dict[Any, list[int]] = {}
        for positions in _chunks(todo):
            if len(waiting) >= limit:
                _collect(ray, waiting, done)
                _tell(progress, done, todo)
            scenario = stored[todo[positions[0]][0]]
            replications = [todo[p][1] for p in positions]
            # In a list, so that the task gets the reference and may keep the rest.
            waiting[task.remote([scenario], seed, replications)] = positions
        while waiting:
            _collect(ray, waiting, done)
            _tell(progress, done, todo)
        return [done[position] for position in range(len(todo))]
    finally:
        if started:
            ray.shutdown()


def run_chunk(scenario: list[Any], seed: int, replications: list[int]) -> list[Tally]:
    """Run replications of one scenario on a worker."""
    ready = _unpacked(scenario[0])
    return [ready.tally(seed, r) for r in replications]


@lru_cache(maxsize=8)
def _unpacked(reference: Any) -> Scenario:
    """Fetch a scenario from the object store, once for each worker."""
    import ray
    from ray import cloudpickle

    scenario: Scenario = cloudpickle.loads(ray.get(reference))
    return scenario


def _connect(ray: Any) -> bool:
    """Join the cluster there is, or start one here; say whether it is ours to stop."""
    if ray.is_initialized():
        return False
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        ray.init(address="auto", **quiet)
    except ConnectionError:
        ray.init(include_dashboard=False, **quiet)
    return True


def _chunks(todo: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Cut the cells into tasks of one scenario each, as positions in ``todo``."""
    groups: dict[int, list[int]] = {}
    for position, (scenario, _) in enumerate(todo):
        group = groups.setdefault(scenario, [])
        group.append(position)
        if len(group) == REPLICATIONS_PER_TASK:
            yield groups.pop(scenario)
    yield from groups.values()


def _collect(ray: Any, waiting: dict[Any, list[int]], done: dict[int, Tally]) -> None:
    """Wait for one task and file its tallies by position."""
    (reference,), _ = ray.wait(list(waiting), num_returns=1)
    positions = waiting.pop(reference)
    done.update(zip(positions, ray.get(reference), strict=True))


def _tell(
    progress: Callable[[int, int, str], None] | None,
    done: dict[int, Tally],
    todo: Sequence[tuple[int, int]],
) -> None:
    if progress:
        progress(len(done), len(todo), "simulating on Ray")
