"""Clocks and tables of the benchmark."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return processor seconds of this thread, and the result."""
    before = time.thread_time()
    result = work()
    return time.thread_time() - before, result


def both_seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """Return seconds on the clock, and processor seconds of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def in_turn(
    work: dict[str, Callable[[], Any]], rounds: int
) -> dict[str, tuple[float, Any]]:
    """Run each piece of work once a round; return median seconds, last result."""
    spans: dict[str, list[float]] = {name: [] for name in work}
    results: dict[str, Any] = {}
    for _ in range(rounds):
        for name, piece in work.items():
            span, results[name] = cpu_seconds(piece)
            spans[name].append(span)
    return {name: (median(spans[name]), results[name]) for name in work}


def alone(code: str, **environment: str) -> dict[str, float]:
    """
    Run Python code in a process of its own.

    The code may print ``name value`` lines; ``wall`` and ``cpu`` seconds and
    ``megabytes``, the most memory held, are added.
    """
    # Not ``ru_maxrss``, which begins at what the parent held.
    tail = (
        "\nfor line in open('/proc/self/status'):\n"
        "    if line.startswith('VmHWM'):\n"
        "        print('megabytes', int(line.split()[1]) / 1024)"
    )
    before, used = time.perf_counter(), _children()
    run = subprocess.run(
        [sys.executable, "-c", code + tail],
        check=True, capture_output=True, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    told = {"wall": time.perf_counter() - before, "cpu": _children() - used}
    for line in run.stdout.splitlines():
        name, value = line.split()
        told[name] = float(value)
    return told


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|---|" + "---:|" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(shown(cell) for cell in row) + " |")
    sys.stdout.flush()


def shown(cell: Any) -> str:
    """Write a number with three figures, and thousands apart."""
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"
