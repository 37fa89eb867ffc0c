"""Compiled loops on all processors: a range in parts, each on its own thread."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise


def in_parts(count: int, work: Callable[[int, int], object]) -> None:
    """Do compiled work on ranges of ``count`` at once, on all processors allowed."""
    if hasattr(os, "sched_getaffinity"):
        workers = len(os.sched_getaffinity(0))
    else:
        workers = os.cpu_count() or 1
    if workers == 1 or count < 256:
        work(0, count)
        return
    cuts = [count * part // (4 * workers) for part in range(4 * workers + 1)]
    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(work, a, b) for a, b in pairwise(cuts)]:
            done.result()
