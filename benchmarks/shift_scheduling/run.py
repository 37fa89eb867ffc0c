"""One run over the set: our columns and CP-SAT alone, judged from the files."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from math import ceil
from pathlib import Path

import numpy as np

from benchmarks.shift_scheduling.columns import Columns
from benchmarks.shift_scheduling.cpsat import Model
from benchmarks.shift_scheduling.improve import improve
from benchmarks.shift_scheduling.judge import judge
from benchmarks.shift_scheduling.read import Instance, read_instance

CORES = 2
BOUND_SHARE, DIVE_SHARE = 0.4, 0.6
"""Shares of the budget by whose end bounding and diving must be over."""


def by_columns(instance: Instance, budget: float):
    """Bound by columns, dive, then improve; the plan and the bound."""
    start = time.process_time()

    def until(share: float):
        return lambda: start + share * budget - time.process_time()

    columns = Columns(instance, workers=CORES)
    plan = columns.greedy(until(1.0))
    if plan is None:
        return None, None
    columns.converge(until(BOUND_SHARE))
    if until(BOUND_SHARE)() > 0:
        dived = columns.dive(until(DIVE_SHARE))
        plan = min(plan, dived, key=instance.penalty)
    plan = improve(columns, plan, until(1.0))
    return plan, lowest(columns.bound)


def by_cpsat(instance: Instance, budget: float):
    """CP-SAT on the whole model; the plan and the bound, if any."""
    start = time.process_time()

    def left() -> float:
        return start + budget - time.process_time()

    model = Model(instance, left=left)
    if left() <= 0:
        return None, None
    plan, bound, _ = model.solve(left, float("inf"), CORES)
    return plan, lowest(bound + instance.constant)


def lowest(bound: float) -> int | None:
    """Round a bound up to the whole penalty that it proves; none below nothing."""
    return ceil(bound - 1e-6) if bound > 0 else None


METHODS = {"columns": by_columns, "cp-sat": by_cpsat}


def one(path: Path, method: str, budget: float) -> dict[str, object]:
    """Solve one instance by one method in this process."""
    instance = read_instance(path)
    Columns(instance, workers=1).pricer.price(0, np.zeros(instance.need.shape))
    start = time.process_time()
    plan, bound = METHODS[method](instance, budget)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"bound": bound, "seconds": seconds, "megabytes": memory}
    if plan is not None:
        names = np.array([*instance.shifts, ""])
        found["penalty"] = instance.penalty(plan)
        found["schedule"] = {
            worker.worker_id: names[days].tolist()
            for worker, days in zip(instance.workers, plan, strict=True)
        }
    return found


def apart(path: Path, method: str, budget: float) -> dict[str, object]:
    """Solve in a process of its own, and judge what it returns."""
    command = [sys.executable, "-m", "benchmarks.shift_scheduling", str(path)]
    command += ["--method", method, "--budget", str(budget)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            timeout=10 * budget + 60,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        return {"failed": type(error).__name__, "why": str(error.stderr)[-2000:]}
    found = json.loads(done.stdout.splitlines()[-1])
    if "schedule" in found:
        penalty, breaches = judge(path, found.pop("schedule"))
        if breaches or penalty != found["penalty"]:
            raise AssertionError(f"{path.stem} {method}: {penalty}, {breaches[:3]}")
    return found


def gap(penalty: int | None, best: int) -> str:
    """Per cent above the best known, as shown."""
    return "" if penalty is None else f"{100 * (penalty - best) / best:.1f}"


def row(path: Path, best: int, budget: float) -> str:
    """Solve one instance by every method; the row of the table."""
    instance = read_instance(path)
    staff, days, shifts = instance.cost.shape
    cells = [path.stem.removeprefix("Instance"), f"{days} x {staff} x {shifts}", best]
    for method in METHODS:
        found = apart(path, method, budget)
        if "failed" in found:
            print(found, file=sys.stderr)
        penalty = found.get("penalty")
        cells += [
            f"{penalty:,}" if penalty is not None else "none",
            f"{found['bound']:,}" if found.get("bound") is not None else "none",
            gap(penalty, best),
            f"{found['seconds']:.0f}" if "seconds" in found else "",
            f"{found['megabytes']:.0f}" if "megabytes" in found else "",
        ]
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Run a folder of the set, or one file by one method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="folder of the set, or one file")
    parser.add_argument("--budget", type=float, default=60.0, help="processor seconds")
    parser.add_argument("--method", choices=METHODS, help="one file, answer as JSON")
    parser.add_argument("--only", nargs="*", type=int, help="numbers of instances")
    given = parser.parse_args()
    if given.method:
        print(json.dumps(one(given.path, given.method, given.budget)))
        return
    known = (given.path / "best_known.csv").read_text(encoding="utf-8").split()[1:]
    print("| instance | days x staff x shifts | best known ", end="")
    print("| ours | bound | gap % | s | MB ", end="")
    print("| CP-SAT | bound | gap % | s | MB |")
    print("|---:|---|---:" + "|---:" * 10 + "|", flush=True)
    for line in known:
        name, best = line.split(",")
        if given.only and int(name.removeprefix("Instance")) not in given.only:
            continue
        path = given.path / f"{name}.txt"
        print(row(path, int(best), given.budget), flush=True)
