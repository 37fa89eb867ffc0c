"""
Generalized assignment with known best values, read from the published files.

Each job goes to one agent within capacities; the nearest published problem to visits
of different lengths in free minutes. Nothing is tuned to an instance: one budget of
work units, the product's own, holds for all.
"""

from __future__ import annotations

import csv
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Told = dict[str, Any]
Ints = NDArray[np.int64]

ARCHIVE = "gap_instances_and_best_solutions.tar.gz"
KNOWN = "best_known.csv"
CLASSES = ("gap", "a", "b", "c", "d", "e")
"""Beginnings of names: the small set of 1994, then types A to E."""

QUICK_JOBS = 100


def known_of(folder: Path) -> list[Mapping[str, str]]:
    """Read the table of best known values."""
    with (folder / KNOWN).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def class_of(path: str) -> str:
    """
    Return the class that a name begins with.

    >>> class_of("cattrysse1994/gap1-0"), class_of("yagiura2004/e20400")
    ('gap', 'e')
    """
    name = path.rsplit("/", 1)[-1]
    return "gap" if name.startswith("gap") else name[0]


def read_instance(text: str) -> tuple[Ints, Ints, Ints]:
    """Read costs, uses and capacities from the text of one instance."""
    numbers = np.array(text.split(), np.int64)
    agents, jobs = int(numbers[0]), int(numbers[1])
    cost, use, capacity = np.split(numbers[2:], [agents * jobs, 2 * agents * jobs])
    if len(capacity) != agents:
        raise ValueError(f"{len(capacity)} capacities for {agents} agents")
    return cost.reshape(agents, jobs), use.reshape(agents, jobs), capacity


def judge(text: str, assignment: list[int]) -> int:
    """
    Price an assignment from the text alone, by lists and one job at a time.

    Raises
    ------
    AssertionError
        If a job has no agent, or an agent more than it can hold.
    """
    numbers = [int(word) for word in text.split()]
    agents, jobs = numbers[:2]
    assert len(assignment) == jobs, "another number of jobs"
    total, load = 0, [0] * agents
    for job, agent in enumerate(assignment):
        assert 0 <= agent < agents, f"job {job} has no agent"
        total += numbers[2 + agent * jobs + job]
        load[agent] += numbers[2 + agents * jobs + agent * jobs + job]
    capacities = numbers[2 + 2 * agents * jobs :]
    for agent in range(agents):
        assert load[agent] <= capacities[agent], f"agent {agent} holds too much"
    return total


def texts_of(folder: Path, kind: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the rows of one class with the text of their instance."""
    with tarfile.open(folder / ARCHIVE) as archive:
        for row in known_of(folder):
            if class_of(row["Path"]) == kind:
                file = archive.extractfile(f"data/{row['Path']}")
                if file is None:
                    raise FileNotFoundError(row["Path"])
                yield row, file.read().decode()


def solved(folder: str, kind: str, quick: bool) -> list[Told]:
    """Solve one class, and compare it with what is known."""
    from caretime.matching.weighted import BUDGET, solve_weighted

    budget = BUDGET // 30 if quick else BUDGET
    rows: list[Told] = []
    for known, text in texts_of(Path(folder), kind):
        if quick and int(known["Item number"]) > QUICK_JOBS:
            continue
        cost, use, capacity = read_instance(text)
        if not rows:
            solve_weighted(cost, use, capacity, budget=1)
        start = time.perf_counter()
        found = solve_weighted(cost, use, capacity, budget=budget)
        seconds = time.perf_counter() - start
        whole = bool((found.assignment >= 0).all())
        assert not whole or judge(text, found.assignment.tolist()) == found.value
        best, bound = (
            int(known[name])
            for name in ("Best known solution value", "Best known bound")
        )
        assert found.bound <= best, "a bound above a known value"
        rows.append(
            {
                "class": kind,
                "instance": known["Path"],
                "agents": len(capacity),
                "jobs": cost.shape[1],
                "value": found.value if whole else None,
                "bound": found.bound,
                "best": best,
                "best bound": bound,
                "seconds": seconds,
            }
        )
    return rows


def summary(rows: list[Told]) -> Told:
    """Add up one class: how far above the best known, how far below it the bound."""
    whole = [row for row in rows if row["value"] is not None]
    above = [100 * (row["value"] - row["best"]) / row["best"] for row in whole]
    below = [100 * (row["best"] - row["bound"]) / row["best"] for row in rows]
    agents = sorted({row["agents"] for row in rows})
    jobs = sorted({row["jobs"] for row in rows})
    return {
        "class": {"gap": "small, 1994"}.get(rows[0]["class"], rows[0]["class"].upper()),
        "instances": len(rows),
        "agents": f"{agents[0]} to {agents[-1]}",
        "jobs": f"{jobs[0]} to {jobs[-1]}",
        "without any": len(rows) - len(whole),
        "best known met": sum(row["value"] == row["best"] for row in rows),
        "proven": sum(row["value"] == row["bound"] for row in rows),
        "above": float(np.mean(above)) if above else float("nan"),
        "worst above": max(above, default=float("nan")),
        "bound below": float(np.mean(below)),
        "mean seconds": float(np.mean([row["seconds"] for row in rows])),
    }
