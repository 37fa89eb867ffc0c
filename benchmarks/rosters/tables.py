"""The tables of a run, in Markdown; what failed is in them with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]

PARTS = ("person", "site", "region", "even", "peers", "inner")

TITLES = {
    "person": "One full-time clinician under each contract of the casebook",
    "site": "A site with cover, a team meeting and supervision, by its rooms",
    "region": "Southern California, two workers",
    "even": "Even weeks and built weeks of the same people",
    "peers": "Teams whose rooms bind, against solvers alone on two cores",
    "inner": "The two inner programs, engine and C",
}

FEWER = ("long_runs", "desk_stretches", "fair_shifts")
"""Preferences of which fewer are better, and nothing is wanted."""

BUILT = ("seconds", "cpu", "work", "status", "objective", "bound", "gap", "megabytes")
COLUMNS = {
    "person": ("contract", "kinds", *BUILT, "broken"),
    "site": ("rooms", "present", "clinicians", *BUILT, "broken", "shortages"),
    "region": ("clinicians", "sites", *BUILT, "broken", "clashes", "shortages"),
    "even": (
        "week", "openings", "asked_times", "standing_times", "notes", "long_runs",
        "desk_stretches", "fair_shifts", "objective", "clauses and law", "site rules",
        "cover hours", "seconds",
    ),
    "peers": (
        "name", "budget", "seconds", "status", "objective", "bound", "gap",
        "megabytes", "broken",
    ),
    "inner": ("program", "calls", "engine", "c", "ratio"),
}  # fmt: skip
HEADS = {
    "kinds": "kinds of clauses", "seconds": "s", "cpu": "cpu s",
    "work": "sweeps", "gap": "gap %", "megabytes": "MB",
    "broken": "violations", "present": "people in person a day",
    "budget": "s given", "asked_times": "asked times met",
    "openings": "openings", "standing_times": "standing times kept",
    "long_runs": "visits beyond three in a row",
    "desk_stretches": "desk stretches", "notes": "notes the same day",
    "fair_shifts": "early and late days beyond a share",
    "site rules": "site rules broken", "clauses and law": "clauses and law broken",
    "calls": "calls timed", "engine": "engine, µs a call", "c": "C, µs a call",
    "ratio": "times C's time", "objective": "points", "name": "team, program",
}  # fmt: skip


def all_tables(found: Sequence[Found]) -> str:
    """Return every table that there are rows for."""
    return "\n".join(
        "\n".join(_table(part, [one for one in found if one["part"] == part]))
        for part in PARTS
        if any(one["part"] == part for one in found)
    )


def _table(part: str, found: Sequence[Found]) -> Iterator[str]:
    columns = COLUMNS[part]
    yield f"### {TITLES[part]}\n"
    yield "| " + " | ".join(HEADS.get(name, name) for name in columns) + " |"
    yield "|---|" + "---:|" * (len(columns) - 1)
    for one in found:
        rows = one.get("rows") or [{"failed": one["failed"]}]
        for row in rows:
            whole = {"name": one["name"], "megabytes": one["megabytes"], **row}
            if "failed" in row:
                first = whole.get(columns[0], one["name"])
                reason = str(row["failed"]).replace("|", "/")
                yield f"| {first} | failed: {reason} |" + " |" * (len(columns) - 2)
            else:
                cells = (cell(name, whole) for name in columns)
                yield "| " + " | ".join(cells) + " |"
    yield ""


def cell(name: str, row: Found) -> str:
    """Write one figure of a row; empty where it has none."""
    value = row.get("notes_same_day") if name == "notes" else row.get(name)
    if name == "broken":
        return _broken(row)
    if value is None:
        return ""
    if name in ("engine", "c"):
        return f"{1e6 * value:,.1f}"
    if name == "gap":
        return f"{100 * value:.2f}"
    if isinstance(value, list):
        got, wanted = value
        return f"{got:,}" if name in FEWER else f"{got:,} of {wanted:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {n:,}" for key, n in value.items()) or "none"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _broken(row: Found) -> str:
    """Write how many violations there are, and of what."""
    if "violations" not in row:
        return ""
    kinds = ", ".join(f"{key} {n}" for key, n in row.get("broken", {}).items())
    return f"{row['violations']}" + (f" ({kinds})" if kinds else "")
