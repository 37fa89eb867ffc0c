"""One run of the benchmark of matches, row by row; a run broken off goes on."""

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

from benchmarks.matching import alone, search
from benchmarks.matching.cases import INCIDENTS, SIZES, SMALL_SIZES
from benchmarks.matching.gap import CLASSES
from benchmarks.matching.peers import MOST_PATIENTS, WAYS
from benchmarks.matching.tables import PARTS, all_tables
from benchmarks.rosters.apart import ROOT, Row, fingerprint, kept, run

PACKAGE = "matching"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- tables of matches: begin -->", "<!-- tables of matches: end -->"
FOLDER = ROOT / "out" / "benchmarks" / PACKAGE
LONGEST = 300.0
"""Seconds after which a row is given up."""

WORK = {
    "solved": ("alone", "solved"),
    "searched": ("search", "searched"),
    "planned": ("whole", "planned"),
    "declined": ("again", "declined"),
    "office": ("beside", "beside_the_office"),
    "gap": ("gap", "solved"),
}
"""What a row may run: module and function, loaded in the row's own process."""

QUICK_OFFICE = 0.02


def rows(quick: bool, gap: Path | None) -> Iterator[Row]:
    """Yield the rows in order, those of the published set only with its folder."""
    sizes = SMALL_SIZES if quick else SIZES
    for size in sizes:
        for way in WAYS:
            if size <= MOST_PATIENTS.get(way, size):
                yield Row("match", f"{size}, {way}", "solved", (size, way))
    for size in sizes:
        for way in ("the finder", *search.WAYS):
            if size <= search.MOST_PATIENTS.get(way, size):
                yield Row("candidates", f"{size}, {way}", "searched", (size, way))
    for size in sizes:
        yield Row("plan", f"{size} patients", "planned", (size,))
    for size in sizes[1:]:
        yield Row("resolve", f"{size} patients", "declined", (size,))
    for kind in INCIDENTS:
        given = (kind, QUICK_OFFICE) if quick else (kind,)
        yield Row("office", kind, "office", given)
    if gap is not None:
        for kind in CLASSES:
            yield Row("gap", f"type {kind}", "gap", (str(gap), kind, quick))


def told_of(found: dict[str, Any]) -> str:
    """Return one line about a row that has been run."""
    if "failed" in found:
        return f"failed: {found['failed']}"
    return f"{found['row_seconds']:.0f} s, {found['megabytes']:.0f} MB"


def run_all(
    todo: Sequence[Row], folder: Path, *, again: bool, keep: bool
) -> list[dict[str, Any]]:
    """Run the rows that are not there yet, and tell of each."""
    found: list[dict[str, Any]] = []
    for number, row in enumerate(todo, start=1):
        print(f"[{number}/{len(todo)}] {row.part}: {row.name} ... ", end="", flush=True)
        one = None if again else kept(row, folder, any_source=keep, package=PACKAGE)
        before = "kept: " if one else ""
        if one is None:
            one = run(row, folder, longest=LONGEST, package=PACKAGE)
        print(f"{before}{told_of(one)}", flush=True)
        found.append(one)
    return found


def differing(found: Sequence[dict[str, Any]]) -> list[str]:
    """Name the rows of one instance whose exact optimum is not the flow's."""
    values: dict[int, int] = {}
    said: list[str] = []
    for one in found:
        for row in one.get("rows", ()) if one["part"] == "match" else ():
            least = values.setdefault(row["patients"], row["value"])
            if row["value"] != least:
                said.append(f"{one['name']}: {row['value']}, not {least}")
    return said


def into_page(tables: str, page: str) -> str:
    """Return the page of the manual with these tables between its two marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables.strip()}\n\n{END}{after}"


def main(given: Sequence[str] | None = None) -> None:
    """Read what to run from the command line, and run it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks matching", description=__doc__
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
    parser.add_argument(
        "--gap", type=Path, metavar="FOLDER", help="folder of the published set"
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
    if "gap" in chosen.parts and chosen.gap is None:
        parser.error("part gap needs --gap FOLDER")
    _measure(
        list(rows(chosen.quick, chosen.gap)),
        FOLDER / ("quick" if chosen.quick else "full"),
        chosen,
    )


def _measure(every: Sequence[Row], folder: Path, chosen: argparse.Namespace) -> None:
    todo = [row for row in every if row.part in (chosen.parts or PARTS)]
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    print(f"source {fingerprint(PACKAGE)}, rows in {folder.relative_to(ROOT)}")
    alone.FOLDER.mkdir(parents=True, exist_ok=True)
    found = run_all(todo, folder, again=chosen.again, keep=chosen.keep)
    text = all_tables(found)
    (folder / "tables.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")
    if wrong := differing(found):
        sys.exit("other values of one instance:\n" + "\n".join(wrong))
    if chosen.write:
        text = all_tables(whole(every, found, folder, keep=chosen.keep))
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(into_page(text, page), encoding="utf-8")


def whole(
    every: Sequence[Row],
    found: Sequence[dict[str, Any]],
    folder: Path,
    *,
    keep: bool = False,
) -> list[dict[str, Any]]:
    """
    Return what all rows have found, by this run or by others of the same source.

    What failed in this run is among them with its reason.

    Raises
    ------
    SystemExit
        If some have not been measured yet, with their parts.
    """
    now = {(one["part"], one["name"]): one for one in found}
    held = [
        now.get((row.part, row.name))
        or kept(row, folder, any_source=keep, package=PACKAGE)
        for row in every
    ]
    missing = dict.fromkeys(
        row.part for row, one in zip(every, held, strict=True) if one is None
    )
    if missing:
        sys.exit(f"not written: {', '.join(missing)} not measured yet with this source")
    return [one for one in held if one is not None]


def work_of(name: str) -> Callable[..., list[dict[str, Any]]]:
    """Return the function that measures a row."""
    module, function = WORK[name]
    found = import_module(f"benchmarks.{PACKAGE}.{module}")
    return getattr(found, function)  # type: ignore[no-any-return]
