"""
How fast a care system is read and checked, by size, as folder and as workbook.

Run ``python benchmarks/read_system.py`` from the repository. Southern California is
made at a tenth and in full; then its patients and book are tripled. Each figure is
the best of three in one process, after a first reading, and covers everything: files
to text, every check, contracts, nouns, fingerprint. "cpu s" is the processor time of
that reading over all cores: on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from caretime.formats import check_folder, read_system, system_hash, write_system
from caretime.model.system import CareSystem
from caretime.simulation import make_system

TABLES = ("patients", "appointments", "clinicians", "network", "demand", "absences")


def thickened(system: CareSystem, times: int) -> CareSystem:
    """Give every clinician more patients; each visit recurs in later quarters."""
    patients, book = list(system.patients), list(system.appointments)
    for copy in range(1, times):
        patients += [
            replace(p, patient_id=f"{p.patient_id}-{copy}") for p in system.patients
        ]
        # A quarter apart: the same weekday and hour, so nothing overlaps.
        book += [
            replace(
                a,
                appointment_id=f"{a.appointment_id}-{copy}",
                patient_id=f"{a.patient_id}-{copy}",
                start=a.start + timedelta(weeks=13 * copy),
            )
            for a in system.appointments
        ]
    holidays = system.calendar.holidays
    kept = [a for a in book if a.start.date() not in holidays]
    return replace(system, patients=tuple(patients), appointments=tuple(kept))


def best(
    work: Callable[[], Any],
    times: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Return the shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        start = clock()
        work()
        spans.append(clock() - start)
    return min(spans)


def rows_of(system: CareSystem) -> int:
    return sum(len(getattr(system, table)) for table in TABLES)


def measure(name: str, system: CareSystem, folder: Path, *, excel: bool) -> None:
    path = folder / "system"
    write = best(lambda: write_system(system, path, overwrite=True), 1)
    size = sum(file.stat().st_size for file in path.rglob("*.csv")) / 1e6
    if problems := check_folder(path):
        sys.exit(f"{name} is not sound: {problems[0]} and {len(problems) - 1} more")
    check = best(lambda: check_folder(path))
    read = best(lambda: read_system(path))
    cpu = best(lambda: read_system(path), clock=time.process_time)
    mark = best(lambda: system_hash(system))
    rows = rows_of(system)
    figures = [len(system.patients), len(system.appointments), size]
    figures += [check, read, cpu, round(rows / read), write, mark]
    if excel:
        book = folder / "system.xlsx"
        figures.append(best(lambda: write_system(system, book, overwrite=True), 1))
        figures.append(best(lambda: read_system(book), 1))
    cells = (f"{x:>10,}" if isinstance(x, int) else f"{x:>10.2f}" for x in figures)
    print(f"{name:<20}" + "".join(cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-excel", action="store_true")
    excel = not parser.parse_args().no_excel
    full = make_system("southern-california", scale=1.0, seed=1)
    systems = {
        "socal, a tenth": make_system("southern-california", scale=0.1, seed=1),
        "socal": full,
        "socal, three times": thickened(full, 3),
    }
    heads = ("patients", "booked", "MB", "check s", "read s", "cpu s", "rows/s")
    heads += ("write s", "hash s", *(("to xlsx", "xlsx s") if excel else ()))
    print(" " * 20 + "".join(f"{head:>10}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for name, system in systems.items():
            measure(
                name, system, Path(folder), excel=excel and name != "socal, three times"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this process, all systems held: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
