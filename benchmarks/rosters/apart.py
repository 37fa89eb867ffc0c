"""Rows in processes of their own: memory watched, answers kept, failures told."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EVERY = 0.1
"""Seconds between two looks at the memory; each look reads the most held so far."""

LONGEST = 2 * 3600.0
"""Seconds after which a row is given up."""


@dataclass(frozen=True)
class Row:
    """One piece of the benchmark: ``part`` is its table, ``work`` what it runs."""

    part: str
    name: str
    work: str
    arguments: tuple[Any, ...] = ()


def fingerprint(package: str = "rosters") -> str:
    """Return a hash of all that the figures depend on: the product and the rows."""
    told = hashlib.sha256()
    for folder in (ROOT / "src" / "caretime", ROOT / "benchmarks" / package):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".csv", ".yaml", ".c"):
                told.update(path.relative_to(ROOT).as_posix().encode())
                told.update(path.read_bytes())
    return told.hexdigest()[:16]


def kept(
    row: Row, folder: Path, *, any_source: bool = False, package: str = "rosters"
) -> dict[str, Any] | None:
    """
    Return what an earlier run found, ``None`` where nothing still holds.

    A row that failed is run again, and so is one that an older source gave, unless
    ``any_source`` says otherwise.
    """
    path = _path(row, folder)
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = found["source"] == fingerprint(package) or any_source
    return found if same and "failed" not in found else None


def run(
    row: Row, folder: Path, *, longest: float = LONGEST, package: str = "rosters"
) -> dict[str, Any]:
    """Run a row in a process of its own, and keep what it found."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(row, folder)
    answer = path.with_suffix(".answer")
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"benchmarks.{package}", "--row", row.work]
    command += ["--arguments", json.dumps(row.arguments), "--answer", str(answer)]
    log = path.with_suffix(".log")
    source, start = fingerprint(package), time.perf_counter()
    with log.open("w", encoding="utf-8") as told:
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told)
        megabytes, in_time = _watch(process, start + longest)
    # What was changed while the row ran is not kept for the next run.
    found: dict[str, Any] = {
        "source": source if source == fingerprint(package) else "changed",
        "part": row.part,
        "name": row.name,
        "megabytes": megabytes,
        "row_seconds": time.perf_counter() - start,
    }
    if not in_time:
        found["failed"] = f"given up after {longest:.0f} s"
    elif process.returncode or not answer.exists():
        lines = log.read_text(encoding="utf-8").strip().splitlines()
        found["failed"] = lines[-1] if lines else f"ended with {process.returncode}"
    else:
        found["rows"] = json.loads(answer.read_text(encoding="utf-8"))
        answer.unlink()
        log.unlink()
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _path(row: Row, folder: Path) -> Path:
    name = "".join(c if c.isalnum() else "-" for c in f"{row.part} {row.name}")
    return folder / f"{name}.json"


def _watch(process: subprocess.Popen[bytes], until: float) -> tuple[float, bool]:
    """Wait for a process; return the megabytes that it and its workers held at most."""
    most: dict[int, int] = {}
    try:
        while process.poll() is None and time.perf_counter() < until:
            for pid in _family(process.pid):
                most[pid] = max(most.get(pid, 0), _held(pid))
            time.sleep(EVERY)
        in_time = process.poll() is not None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return sum(most.values()) / 1024, in_time


def _family(pid: int) -> Sequence[int]:
    """Return a process and all that it has started."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                children = Path(f"/proc/{one}/task/{task}/children").read_text()
                found += [int(child) for child in children.split()]
        except OSError:
            continue
    return found


def _held(pid: int) -> int:
    """Return the most kilobytes a process has held so far."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
