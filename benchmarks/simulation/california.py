"""Southern California with every feature on: a year, a comparison, a what-if."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.simulation.measure import alone, both_seconds, cpu_seconds, table
from caretime.formats import write_system
from caretime.model.log import COUNTER
from caretime.simulation import make_system, simulate
from caretime.simulation._population import populate
from caretime.simulation.runs import Scenario, run_cells

WEEKS = 52
DUE = [
    COUNTER[name]
    for name in (
        "visits_intake", "visits_return", "visits_group", "visits_urgent", "no_shows",
        "late_cancels", "provider_cancels",
    )
]  # fmt: skip

COMPARE = """
import time
from caretime.formats import read_system
from caretime.simulation import simulate_many
first = time.perf_counter()
system = read_system({folder!r})
print("reading", time.perf_counter() - first)
contracts = list(system.contracts.values())[:4]
first = time.perf_counter()
simulate_many(system, contracts, weeks=52, replications={replications}, workers=2)
print("running", time.perf_counter() - first)
print("contracts", len(contracts))
"""
LOAD = "import caretime.simulation._kernel.engine, caretime.simulation._draws"


def whole(scale: float, rounds: int, replications: int) -> None:
    """Measure one replication, four contracts, a what-if, threads and start-up."""
    system = make_system("southern-california", scale=scale, seed=1)
    contract = system.contracts[system.contract_in_force]
    population = populate(system, system.assumptions, WEEKS)
    scenario = Scenario.build(population, contract, system.assumptions)
    outcomes = scenario.outcomes(1, 0)
    events = sum(int(o.weekly[:, DUE].sum()) for o in outcomes)
    spans = {"kernel": [], "draws": [], "all": []}
    from caretime.simulation._kernel.engine import run_pool

    for r in range(rounds):
        span, draws = cpu_seconds(lambda r=r: scenario.draws(1, r))
        spans["draws"].append(span)
        pairs = list(zip(scenario.pools, draws, strict=True))
        span, _ = cpu_seconds(lambda pairs=pairs: [run_pool(p, d) for p, d in pairs])
        spans["kernel"].append(span)
        spans["all"].append(cpu_seconds(lambda r=r: scenario.tally(1, r))[0])
    kernel = median(spans["kernel"])
    sizes = [len(p.seats) for p in scenario.pools]
    rows = [
        ("clinicians", len(system.clinicians)),
        ("pools, largest", f"{len(sizes)}, {max(sizes)}"),
        ("visits that came due", events),
        ("one replication, cpu s", median(spans["all"])),
        ("of that, referrals and absences", median(spans["draws"])),
        ("of that, the engine", kernel),
        ("engine, ns a visit", 1e9 * kernel / events),
    ]
    rows += _threads(scenario, replications)
    rows += _what_if(system, contract)
    rows += _apart(system, replications)
    table(f"Southern California, scale {scale}, every feature, 52 weeks",
          ("what", "figure"), rows)  # fmt: skip


def _threads(scenario: Scenario, replications: int) -> list[tuple[str, float]]:
    todo = [(0, r) for r in range(replications)]
    found = {1: [], 2: []}
    for _ in range(3):
        for threads, spans in found.items():
            work = partial(run_cells, [scenario], todo, 1, threads)
            spans.append(both_seconds(work))
    (one, _), (two, cpu) = (np.median(spans, axis=0) for spans in found.values())
    n = len(todo)
    return [
        (f"{n} replications, 1 thread, s", float(one)),
        (f"{n} replications, 2 threads, s", float(two)),
        ("the same, cpu s", float(cpu)),
        ("speed-up of the second thread", float(one / two)),
    ]


def _what_if(system, contract) -> list[tuple[str, float]]:
    """Change an assumption of a system that is at hand, and ask again."""
    spans = []
    for k in range(6):
        changed = system.assumptions.with_value("notes_return", 12.0 + k)
        work = partial(
            simulate, system, contract,
            assumptions=changed, replications=10, workers=2,
        )  # fmt: skip
        spans.append(both_seconds(work))
    wall, cpu = np.median(spans[1:], axis=0)
    return [
        ("what-if, 10 replications, 2 workers, warm, s", float(wall)),
        ("the same, cpu s", float(cpu)),
    ]


def _apart(system, replications: int) -> list[tuple[str, float]]:
    """Measure in processes of their own: everything from the start."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "system"
        write_system(system, folder)
        code = COMPARE.format(folder=str(folder), replications=replications)
        compared = alone(code)
        new = alone(LOAD, NUMBA_CACHE_DIR=f"{place}/cache")
        again = alone(LOAD, NUMBA_CACHE_DIR=f"{place}/cache")
    n = f"{compared['contracts']:.0f} contracts x {replications}, 2 workers"
    return [
        (f"{n}, from start to end, s", compared["wall"]),
        ("the same, cpu s", compared["cpu"]),
        ("of that, reading the folder", compared["reading"]),
        ("of that, running", compared["running"]),
        ("most memory, MB", compared["megabytes"]),
        ("first use, compiling the engine, s", new["wall"]),
        ("the same, cpu s", new["cpu"]),
        ("later uses, loading it, s", again["wall"]),
        ("the same, cpu s", again["cpu"]),
    ]
