"""
How fast the cheapest permitted substitutes of everybody are found, by size.

Run ``python -m benchmarks.matching.candidates`` from the repository (``--quick`` for
small sizes, ``--folder`` for a system of your own). Everybody in Southern California
whose clinician is one of the first 60 % is to be seen by the other 40 % or by one of
13,000 network therapists, all with openings; above the patients there are, more are
drawn, each with the zip code of somebody else in the county. Three ways give the same
pairs: the compiled search; a KD-tree for each want, which finds those near, and NumPy
for the rest; NumPy alone. All three are given the asks and the table of wants, so only
the search itself is compared. Each figure is the best of some runs after a first;
"cpu s" is the processor time of "first" over all cores: on a busy machine it says more
than the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from caretime.formats import read_system
from caretime.matching.candidates import Candidates, Finder
from caretime.matching.explain import why_left_out
from caretime.model.incident import Substitute
from caretime.model.system import CareSystem
from caretime.rules.fit import weights
from caretime.rules.region import EARTH_RADIUS_MILES, miles_matrix
from caretime.simulation import make_system

MOST = 24
Pairs = tuple[int, NDArray[np.int64], NDArray[np.int64]]
"""An ask, its substitutes and their points, in order."""


def instance(system: CareSystem, size: int) -> Finder:
    """Return the finder of a system in which ``size`` patients need somebody."""
    rng = np.random.default_rng(size)
    away = {
        c.clinician_id for c in system.clinicians[: len(system.clinicians) * 6 // 10]
    }
    patients = [p for p in system.patients if p.clinician_id in away]
    homes: dict[str, list[str]] = {}
    for patient in patients:
        homes.setdefault(patient.county, []).append(patient.zip)
    drawn = rng.permutation(len(patients))[:size].tolist()
    chosen = [patients[row] for row in drawn]
    for number, row in enumerate(rng.integers(len(patients), size=size - len(chosen))):
        patient = patients[row]
        near = homes[patient.county]
        chosen.append(
            replace(
                patient,
                patient_id=f"{patient.patient_id}-{number}",
                zip=near[rng.integers(len(near))],
            )
        )
    substitutes = [
        Substitute(c.clinician_id, "in_house", (1,))
        for c in system.clinicians
        if c.clinician_id not in away
    ]
    substitutes += [Substitute(t.therapist_id, "network", (1,)) for t in system.network]
    return Finder(system, chosen, substitutes)


def cheapest(finder: Finder, ask: int, who: Any, miles: Any) -> Iterator[Pairs]:
    """Weigh an ask's permitted substitutes at hand and keep the cheapest of a kind."""
    pool, asks, weight = finder.pool, finder.columns, weights()
    limit = asks.limit[asks.county[ask], pool.license[who]]
    drive = np.minimum(weight["miles"].most, weight["miles"].points * miles).astype(int)
    here = asks.in_person[ask] & pool.in_person[who] & (miles <= limit)
    remote = asks.telehealth[ask] & pool.telehealth[who]
    way = np.minimum(
        np.where(here, drive, 1 << 20),
        np.where(remote, asks.telehealth_points[ask], 1 << 20),
    )
    unlike = weight["another_license"].points * (pool.license[who] != asks.license[ask])
    away = (pool.clinic[who] >= 0) & (pool.clinic[who] != asks.clinic[ask])
    points = pool.standing[who] + way + unlike + weight["another_clinic"].points * away
    for kind in (False, True):
        mine = np.flatnonzero((way < 1 << 20) & (pool.network[who] == kind))
        if len(mine) > MOST:
            # Ties by row: points and row in one number.
            keys = points[mine].astype(np.int64) << 20 | who[mine]
            mine = mine[np.argpartition(keys, MOST)[:MOST]]
        yield ask, who[mine], points[mine]


def by_numpy(finder: Finder) -> list[Pairs]:
    """Search with arrays alone: all permitted, want by want."""
    pool, asks, found = finder.pool, finder.columns, []
    for want in range(len(finder.asks.wants)):
        who = np.flatnonzero(asks.permitted[want, pool.profile])
        those = np.flatnonzero(asks.want == want)
        for block in np.array_split(those, max(1, len(those) // 256)):
            points = finder.zips.point[finder.zips.of[block]]
            far = miles_matrix(points, pool.point[who])
            for row, ask in enumerate(block.tolist()):
                found.extend(cheapest(finder, ask, who, far[row]))
    return found


def by_tree(finder: Finder) -> list[Pairs]:
    """Search with a KD-tree for each want: those near, and who works by telehealth."""
    pool, asks, found = finder.pool, finder.columns, []
    for want in range(len(finder.asks.wants)):
        who = np.flatnonzero(asks.permitted[want, pool.profile])
        if not len(who):
            continue
        tree = cKDTree(on_sphere(pool.point[who]))
        remote = pool.telehealth[who]
        near: dict[tuple[int, int], Any] = {}
        for ask in np.flatnonzero(asks.want == want).tolist():
            spot = int(asks.zip[ask]), int(asks.county[ask])
            if spot not in near:
                point = finder.zips.point[spot[0]]
                reach = 2 * np.sin(asks.limit[spot[1]].max() / EARTH_RADIUS_MILES / 2)
                inside = np.zeros(len(who), np.bool_)
                hits = tree.query_ball_point(on_sphere(point[None])[0], reach + 1e-9)
                inside[hits] = True
                far = np.full(len(who), np.inf)
                far[hits] = miles_matrix([point], pool.point[who[hits]])[0]
                near[spot] = inside, far
            inside, far = near[spot]
            chosen = inside | remote if asks.telehealth[ask] else inside
            found.extend(cheapest(finder, ask, who[chosen], far[chosen]))
    return found


def on_sphere(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points in degrees as unit vectors."""
    north, east = np.radians(points).T
    flat = np.cos(north)
    return np.stack((flat * np.cos(east), flat * np.sin(east), np.sin(north)), axis=1)


def total(found: list[Pairs]) -> tuple[int, int, int]:
    """Return a mark by which equal answers are known."""
    return (
        sum(len(who) for _, who, _ in found),
        sum(int(points.sum()) for _, _, points in found),
        sum(int((ask + 1) * who.sum()) for ask, who, _ in found),
    )


def total_of(found: Candidates) -> tuple[int, int, int]:
    ask = np.repeat(np.arange(1, found.asks + 1), np.diff(found.start))
    who = found.substitute.astype(np.int64)
    return len(found.points), int(found.points.sum()), int((ask * who).sum())


def best(
    work: Callable[[], Any],
    times: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Return the shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        start = clock()
        work()
        spans.append(clock() - start)
    return min(spans)


def measure(system: CareSystem, size: int, *, peers: bool) -> None:
    finder = instance(system, size)
    found = finder.first(MOST)
    args = (system, finder.patients, finder.substitutes)
    build = best(lambda: Finder(*args), 3)
    first = best(lambda: finder.first(MOST), 3)
    cpu = best(lambda: finder.first(MOST), 3, time.process_time)
    floor = np.full(len(finder.substitutes), 1 << 30, np.int64)
    price = best(
        lambda: finder.below(found, np.full(found.asks, (1 << 30) + 200), floor), 3
    )
    everybody = np.arange(size, dtype=np.int32)
    full = np.zeros(len(finder.substitutes), np.int64)
    why = best(lambda: why_left_out(finder, everybody, full), 2)
    spans = "".join(f" {span:>7.2f}" for span in (build, first, cpu, price, why))
    pairs = len(found.points)
    print(f"{size:>8,} {found.asks:>7,} {pairs:>10,}{spans}", end="", flush=True)
    for way in (by_tree, by_numpy) if peers else ():
        start = time.perf_counter()
        same = total(way(finder)) == total_of(found)
        span = time.perf_counter() - start
        print(f" {span:>7.1f}{'' if same else ' (differs)'}", end="", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the search for candidates.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.folder:
        system = read_system(given.folder)
    else:
        system = make_system("southern-california", seed=1)
    names = ("build", "first", "cpu s", "below", "why", "tree", "numpy")
    print("patients    asks      pairs" + "".join(f" {name:>7}" for name in names))
    for size in (1_000, 5_000) if given.quick else (5_000, 20_000, 60_000, 150_000):
        measure(system, size, peers=size <= 60_000)


if __name__ == "__main__":
    main()
