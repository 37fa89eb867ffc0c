"""The same numbers on a cluster of two nodes, even where a worker is killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from caretime.errors import PlanError
from caretime.simulation import Scenario, make_system
from caretime.simulation._population import populate
from caretime.simulation.cluster import run_on_ray
from caretime.simulation.runs import run_cells

WEEKS, REPLICATIONS, DEADLY = 6, 25, 13


class Fragile:
    """A scenario that takes its worker with it, once."""

    def __init__(self, scenario: Scenario, marker: Path) -> None:
        self.scenario, self.marker = scenario, marker

    def tally(self, seed: int, replication: int):
        if replication == DEADLY and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.scenario.tally(seed, replication)


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    system = make_system("clinic-of-eight", seed=4)
    population = populate(system, system.assumptions, WEEKS)
    return [
        Scenario.build(population, contract, system.assumptions)
        for contract in list(system.contracts.values())[:2]
    ]


def test_without_ray_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(PlanError, match=r"caretime\[ray\]"):
        run_on_ray([], [], 1)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_killed_worker_loses_nothing_on_two_nodes(scenarios, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    ray = pytest.importorskip("ray", reason="Ray is not installed (caretime[ray])")
    cluster_utils = pytest.importorskip("ray.cluster_utils")
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    fragile = [Fragile(scenarios[0], tmp_path / "killed"), *scenarios[1:]]
    todo = [(s, r) for r in range(REPLICATIONS) for s in range(len(scenarios))]
    told: list[int] = []
    cluster = cluster_utils.Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False},
    )
    try:
        cluster.add_node(num_cpus=1)
        monkeypatch.setenv("RAY_ADDRESS", cluster.address)

        spread = run_on_ray(fragile, todo, 1, lambda done, *_: told.append(done))

    finally:
        cluster.shutdown()
    assert (tmp_path / "killed").exists()
    assert told[-1] == len(todo)
    for one, other in zip(spread, run_cells(scenarios, todo, 1, 1), strict=True):
        for name in ("weekly", "waits", "weekly_waits", "staff"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
