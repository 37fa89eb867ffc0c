"""The tables of a run, in Markdown; what failed is in them with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from benchmarks.matching.gap import summary

Found = Mapping[str, Any]

PARTS = ("match", "candidates", "plan", "resolve", "office", "gap")

STEPS = (
    "affected", "supply", "candidates", "match", "times", "other", "verification",
)  # fmt: skip
"""What the seconds of a whole plan are made of."""


@dataclass(frozen=True)
class Table:
    """One table: which part it is of, and what it shows of each row."""

    part: str
    title: str
    columns: tuple[str, ...]


TABLES = (
    Table(
        "match",
        "The match alone, one week with places",
        (
            "patients", "pairs", "places", "way", "building", "seconds", "ratio",
            "megabytes", "value", "proven",
        ),
    ),
    Table(
        "candidates",
        "The cheapest candidates of everybody",
        (
            "patients", "asks", "pairs", "way", "building", "seconds", "ratio",
            "megabytes",
        ),
    ),
    Table(
        "plan",
        "A whole plan, 60 % away, 13,000 network therapists: seconds",
        ("patients", "clinicians", *STEPS, "seconds", "way back"),
    ),
    Table(
        "plan",
        "The same: the most megabytes held",
        (
            "patients", "MB of the system", *(f"MB, {step}" for step in STEPS),
            "MB, way back", "megabytes",
        ),
    ),
    Table(
        "plan",
        "The same: who is placed, and what is proven",
        ("patients", "placed", *(f"{n} {what}" for n in (1, 2, 3)
         for what in ("out", "late")), "status", "faults", "kinds of faults"),
    ),
    Table(
        "resolve",
        "After 5 % of those placed decline",
        (
            "patients", "what", "declined", "from scratch", "seconds", "ratio",
            "megabytes", "declined and placed", "moved", "moved from scratch", "faults",
        ),
    ),
    Table(
        "resolve",
        "The same: beside a match from scratch that knows who declined",
        (
            "patients", "what", "placed", "placed from scratch", "out",
            "out from scratch", "late", "late from scratch", "value above, %",
        ),
    ),
    Table(
        "office",
        "What an office does today, and the plan",
        (
            "incident", "way", "patients", "placed", "highest risk",
            "highest risk placed", "within limit", "highest risk within limit",
            "in-house", "own clinic", "same license", "by telehealth",
            "miles in person", "visits", "points a pair", "seconds",
        ),
    ),
    Table(
        "gap",
        "Published generalized assignment",
        (
            "class", "instances", "agents", "jobs", "best known met", "proven", "above",
            "worst above", "bound below", "mean seconds", "megabytes",
        ),
    ),
)  # fmt: skip
HEADS = {
    "seconds": "s", "building": "s before", "megabytes": "MB",
    "from scratch": "s from scratch", "moved": "others moved",
    "moved from scratch": "others moved, from scratch",
    "out": "left out, tiers 1 + 2 + 3", "out from scratch": "from scratch",
    "late": "late, tiers 1 + 2 + 3", "late from scratch": "from scratch",
    "declined and placed": "of those who declined placed again",
    "value above, %": "value above that of scratch, %",
    "above": "above the best known, mean %", "worst above": "worst %",
    "bound below": "bound below it, mean %", "mean seconds": "s, mean",
    **{step: f"{step}, s" for step in (*STEPS, "way back")},
    **{f"{n} out": f"tier {n} left out (no fewer than)" for n in (1, 2, 3)},
    **{f"{n} late": f"tier {n} late (no fewer than)" for n in (1, 2, 3)},
}  # fmt: skip
RATIOS = {
    "match": "times the engine's s",
    "candidates": "times the finder's s",
    "resolve": "times as fast",
}


def all_tables(found: Sequence[Found]) -> str:
    """Return every table that there are rows for."""
    lines: list[str] = []
    for table in TABLES:
        mine = [one for one in found if one["part"] == table.part]
        if mine:
            lines += _table(table, mine)
    return "\n".join(lines)


def _table(table: Table, found: Sequence[Found]) -> Iterator[str]:
    columns, part = table.columns, table.part
    heads = {**HEADS, "ratio": RATIOS.get(part, "")}
    yield f"### {table.title}\n"
    yield "| " + " | ".join(heads.get(name, name) for name in columns) + " |"
    yield "|---|" + "---:|" * (len(columns) - 1)
    for one in found:
        if "failed" in one:
            reason = str(one["failed"]).replace("|", "/")
            yield f"| {one['name']} | failed: {reason} |" + " |" * (len(columns) - 2)
            continue
        rows = [summary(one["rows"])] if part == "gap" else one["rows"]
        for row in rows:
            whole = {"megabytes": one["megabytes"], **row}
            if part == "match":
                whole["ratio"] = _beside_the_engine(row, found)
            yield "| " + " | ".join(cell(name, whole) for name in columns) + " |"
    yield ""
    if part == "match" or columns[-1] == "way back":
        parts = ("seconds",) if part == "match" else ("seconds", *STEPS)
        if told := growth(found, parts):
            yield f"{told}\n"


def _beside_the_engine(row: Found, found: Sequence[Found]) -> float | None:
    """Return how many times the engine's seconds a peer took on the same instance."""
    for one in found:
        for mine in one.get("rows", ()):
            if mine["way"] == "the engine" and mine["patients"] == row["patients"]:
                return float(row["seconds"] / mine["seconds"])
    return None


def growth(found: Sequence[Found], parts: Sequence[str] = ("seconds",)) -> str:
    """Say by which power of the number of patients the seconds of parts grow."""
    points: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        for row in one.get("rows", ()):
            for part in parts:
                name = part if part != "seconds" else row.get("way", "the whole")
                if row.get(part, 0) > 0:
                    points.setdefault(name, []).append((row["patients"], row[part]))
    told = [
        f"{name} {slope:.2f}"
        for name, spots in points.items()
        if (slope := exponent(spots)) is not None
    ]
    return f"Seconds grow with patients to the power of: {', '.join(told)}." * bool(
        told
    )


def exponent(spots: Sequence[tuple[float, float]]) -> float | None:
    """
    Return the slope of logarithms, least squares; ``None`` of fewer than two sizes.

    >>> exponent([(10, 1.0), (100, 100.0)])
    2.0
    """
    x, y = [log(size) for size, _ in spots], [log(span) for _, span in spots]
    if len(set(x)) < 2:
        return None
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return round(above / sum((a - mean_x) ** 2 for a in x), 6)


def cell(name: str, row: Found) -> str:
    """Write one figure of a row; empty where it has none."""
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
