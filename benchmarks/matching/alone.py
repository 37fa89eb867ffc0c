"""Rows of the match alone: one way and one size in each."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.matching.cases import finder_of, load, pure_of
from benchmarks.matching.checker import bound_of, counts_of, value_of
from benchmarks.matching.peers import WAYS
from benchmarks.rosters.apart import ROOT, fingerprint

Told = dict[str, Any]

FOLDER = ROOT / "out" / "benchmarks" / "matching" / "instances"
SHORT = 3.0
"""Seconds below which a way is run three times, and its median taken."""

WARM = 200
"""Patients of a first solve, by which everything compiled is loaded."""


def made(size: int, path: str) -> list[Told]:
    """Make an instance and save it."""
    start = time.perf_counter()
    pure_of(finder_of(size)).save(Path(path))
    return [{"patients": size, "seconds": time.perf_counter() - start}]


def _file(size: int) -> Path:
    """Return an instance's file, made in a process of its own for its memory."""
    path = FOLDER / f"{size}-{fingerprint('matching')}.npz"
    if not path.exists():
        code = (
            f"from benchmarks.matching.alone import made; made({size}, {str(path)!r})"
        )
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return path


def solved(size: int, way: str) -> list[Told]:
    """Solve an instance by one way, and work out what it has found."""
    pure = load(_file(size))
    few = replace(pure, ask_of=pure.ask_of[:WARM], tier=pure.tier[:WARM])
    WAYS[way](few)
    answers = [WAYS[way](pure)]
    while len(answers) < 3 and answers[0].solving < SHORT:
        answers.append(WAYS[way](pure))
    answer = answers[0]
    value = value_of(pure, answer.therapist)
    told: Told = {
        "patients": size,
        "asks": len(pure.start) - 1,
        "pairs": len(pure.by_patient()[0]),
        "places": int(pure.places.sum()),
        "way": way,
        "building": median(one.building for one in answers),
        "seconds": median(one.solving for one in answers),
        "value": value,
        **counts_of(pure, answer.therapist),
    }
    if answer.prices is not None:
        told["bound"] = bound_of(pure, answer.prices)
        told["proven"] = "yes" if told["bound"] == value else "no"
    return [told]
