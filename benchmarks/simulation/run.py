"""One run of the whole benchmark, in tables."""

from __future__ import annotations

import argparse
import os
import platform

from benchmarks.simulation import california, pairing, reduced

PARTS = ("engines", "growth", "california", "pairing")


def main() -> None:
    """Read what to run from the command line, and run it."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it")
    given = parser.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = given.parts or PARTS
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    rounds = 3 if given.quick else 9
    if "engines" in parts:
        reduced.engines(rounds)
        reduced.intakes(rounds)
        reduced.memory()
    if "growth" in parts:
        reduced.growth(3, 2_400 if given.quick else 24_000)
    if "california" in parts:
        scale = 0.1 if given.quick else 1.0
        california.whole(scale, rounds, 4 if given.quick else 20)
    if "pairing" in parts:
        pairing.keyed(0.1 if given.quick else 0.25, 12 if given.quick else 60)
        pairing.one_stream(8 if given.quick else 60)
