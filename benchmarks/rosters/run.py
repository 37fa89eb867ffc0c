"""One run of the rosters' benchmark, row by row; a run broken off goes on."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.rosters.apart import ROOT, Row, fingerprint, kept, run
from benchmarks.rosters.tables import PARTS, all_tables

PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- tables of weeks: begin -->", "<!-- tables of weeks: end -->"
FOLDER = ROOT / "out" / "benchmarks" / "rosters"

WORK = {
    "person": ("built", "person"),
    "site": ("built", "site"),
    "region": ("built", "whole_region"),
    "even": ("even", "compared"),
    "builder": ("peers", "builder"),
    "solver": ("peers", "solver"),
    "columns": ("peers", "columns"),
    "explainer": ("peers", "explainer"),
    "inner": ("inner", "against_c"),
}
"""What a row may run: module and function, loaded in the row's own process."""

SCALES = {24: 0.01, 240: 0.1, 2_400: 1.0}
PEERS = ("CP-SAT", "HiGHS")
SHORTEST = 1.0
"""Seconds a solver has at least, where the builder needs less."""

MINUTE = 60.0

SAME = "same time"
"""In the place of a solver's seconds: as long as the builder took for the team."""


def rows(quick: bool) -> Iterator[Row]:
    """Yield the rows in order; those of a solver come after their builder's."""
    yield Row("person", "casebook", "person", (quick,))
    for rooms in (None, 3) if quick else (None, 30, 16, 14, 12):
        name = "its own rooms" if rooms is None else f"{rooms} rooms"
        yield Row("site", name, "site", (rooms, quick))
    for size in (24,) if quick else SCALES:
        yield Row("region", f"{size} clinicians", "region", (SCALES[size],))
    yield Row("even", "even and built", "even", (SCALES[24 if quick else 240],))
    for size in (1, 3) if quick else (1, 5, 10):
        yield Row("peers", f"{size}, the builder", "builder", (size,))
        if size == 1:
            given = 5.0 if quick else MINUTE
            name = f"1, CP-SAT by clauses, {given:.0f} s"
            yield Row("peers", name, "explainer", (given,))
        for seconds in (SAME,) if quick else (SAME, MINUTE):
            given = seconds if seconds == SAME else f"{seconds:.0f} s"
            for peer in PEERS:
                name = f"{size}, {peer}, {given}"
                yield Row("peers", name, "solver", (size, peer, seconds))
            name = f"{size}, HiGHS on columns, {given}"
            yield Row("peers", name, "columns", (size, seconds))
    yield Row("inner", "engine and C", "inner", (quick,))


def timed(row: Row, found: Sequence[dict[str, Any]]) -> Row | None:
    """Give a solver the seconds of its team's builder; ``None`` where that failed."""
    if SAME not in row.arguments:
        return row
    size = row.arguments[0]
    for one in found:
        if one["part"] == "peers" and one["name"] == f"{size}, the builder":
            if "rows" not in one:
                return None
            seconds = max(SHORTEST, round(one["rows"][0]["seconds"], 2))
            given = tuple(seconds if a == SAME else a for a in row.arguments)
            return Row(row.part, row.name, row.work, given)
    return None


def told_of(found: dict[str, Any]) -> str:
    """Return one line about a row that has been run."""
    if "failed" in found:
        return f"failed: {found['failed']}"
    line = f"{found['row_seconds']:.0f} s, {found['megabytes']:.0f} MB"
    for row in found["rows"][-1:]:
        if row.get("gap") is not None:
            line += f", gap {100 * row['gap']:.2f} %"
        if row.get("violations"):
            line += f", {row['violations']} violations"
    return line


def run_all(
    todo: Sequence[Row], folder: Path, *, again: bool, keep: bool
) -> list[dict[str, Any]]:
    """Run the rows that are not there yet, and tell of each."""
    found: list[dict[str, Any]] = []
    for number, row in enumerate(todo, start=1):
        print(f"[{number}/{len(todo)}] {row.part}: {row.name} ... ", end="", flush=True)
        one = None if again else kept(row, folder, any_source=keep)
        if one is None:
            ready = timed(row, found)
            one = run(ready, folder) if ready else _skipped(row)
            print(told_of(one), flush=True)
        else:
            print(f"kept: {told_of(one)}", flush=True)
        found.append(one)
    return found


def _skipped(row: Row) -> dict[str, Any]:
    reason = "the builder's row of this team is missing"
    return {"part": row.part, "name": row.name, "megabytes": 0, "failed": reason}


def into_page(tables: str, page: str) -> str:
    """Return the page of the manual with these tables between its two marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables.strip()}\n\n{END}{after}"


def main(given: Sequence[str] | None = None) -> None:
    """Read what to run from the command line, and run it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks rosters", description=__doc__
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it")
    parser.add_argument("--again", action="store_true", help="run every row anew")
    parser.add_argument(
        "--keep", action="store_true", help="keep rows of an older source too"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the tables into the manual's page"
    )
    parser.add_argument("--row", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--arguments", default="[]", help=argparse.SUPPRESS)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(given)
    if chosen.row:
        answer = work_of(chosen.row)(*json.loads(chosen.arguments))
        chosen.answer.write_text(json.dumps(answer), encoding="utf-8")
        return
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    folder = FOLDER / ("quick" if chosen.quick else "full")
    parts = chosen.parts or PARTS
    todo = [row for row in rows(chosen.quick) if row.part in parts]
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    print(f"source {fingerprint()}, rows in {folder.relative_to(ROOT)}")
    found = run_all(todo, folder, again=chosen.again, keep=chosen.keep)
    if len({one.get("source") for one in found if "failed" not in one}) > 1:
        print("rows of more than one source", file=sys.stderr)
    text = all_tables(found)
    (folder / "tables.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(into_page(text, page), encoding="utf-8")


def work_of(name: str) -> Callable[..., list[dict[str, Any]]]:
    """Return the function that measures a row."""
    module, function = WORK[name]
    found = import_module(f"benchmarks.rosters.{module}")
    return getattr(found, function)  # type: ignore[no-any-return]
