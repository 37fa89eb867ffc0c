"""The tables of a run, in Markdown; what failed is in them with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any

from benchmarks.matching.gap import summary

Found = Mapping[str, Any]

PARTS = ("match", "candidates", "plan", "resolve", "office", "gap")

TITLES = {
    "match": "The match alone, one week with places",
    "candidates": "The cheapest candidates of everybody",
    "plan": "A whole plan, 60 % away, 13,000 network therapists",
    "resolve": "After 5 % of those placed decline",
    "office": "What an office does today, and the plan",
    "gap": "Published generalized assignment",
}

COLUMNS = {
    "match": (
        "patients", "pairs", "places", "way", "building", "seconds", "ratio",
        "megabytes", "value", "proven",
    ),
    "candidates": (
        "patients", "asks", "pairs", "way", "building", "seconds", "ratio",
        "megabytes",
    ),
    "plan": (
        "patients", "clinicians", "affected", "supply", "match", "times", "other",
        "verification", "seconds", "megabytes", "MB of the system", "status", "gap",
        "placed", "faults",
    ),
    "resolve": (
        "patients", "declined", "from scratch", "seconds", "ratio", "moved",
        "left without", "gap of the first", "gap",
    ),
    "office": (
        "incident", "way", "patients", "placed", "highest risk",
        "highest risk placed", "within limit", "highest risk within limit",
        "in-house", "by telehealth", "miles in person", "visits",
    ),
    "gap": (
        "class", "instances", "agents", "jobs", "best known met", "proven", "above",
        "worst above", "bound below", "mean seconds", "megabytes",
    ),
}  # fmt: skip
HEADS = {
    "seconds": "s", "building": "s before", "megabytes": "MB", "gap": "gap %",
    "gap of the first": "gap % of the first plan", "from scratch": "s from scratch",
    "moved": "others moved", "left without": "declined and left without",
    "above": "above the best known, mean %", "worst above": "worst %",
    "bound below": "bound below it, mean %", "mean seconds": "s, mean",
    "affected": "affected, s", "supply": "supply, s", "match": "match, s",
    "times": "times, s", "other": "other, s", "verification": "verification, s",
}  # fmt: skip
RATIOS = {
    "match": "times the engine's s",
    "candidates": "times the finder's s",
    "resolve": "times as fast",
}


def all_tables(found: Sequence[Found]) -> str:
    """Return every table that there are rows for."""
    lines: list[str] = []
    for part in PARTS:
        mine = [one for one in found if one["part"] == part]
        if mine:
            lines += _table(part, mine)
    return "\n".join(lines)


def _table(part: str, found: Sequence[Found]) -> Iterator[str]:
    columns = COLUMNS[part]
    heads = {**HEADS, "ratio": RATIOS.get(part, "")}
    yield f"### {TITLES[part]}\n"
    yield "| " + " | ".join(heads.get(name, name) for name in columns) + " |"
    yield "|---|" + "---:|" * (len(columns) - 1)
    for one in found:
        if "failed" in one:
            reason = str(one["failed"]).replace("|", "/")
            yield f"| {one['name']} | failed: {reason} |" + " |" * (len(columns) - 2)
            continue
        rows = [summary(one["rows"])] if part == "gap" else one["rows"]
        for row in rows:
            whole = {**row, "megabytes": one["megabytes"]}
            if part == "match":
                whole["ratio"] = _beside_the_engine(row, found)
            yield "| " + " | ".join(cell(name, whole) for name in columns) + " |"
    yield ""
    if part in ("match", "plan") and (told := growth(found)):
        yield f"{told}\n"


def _beside_the_engine(row: Found, found: Sequence[Found]) -> float | None:
    """Return how many times the engine's seconds a peer took on the same instance."""
    for one in found:
        for mine in one.get("rows", ()):
            if mine["way"] == "the engine" and mine["patients"] == row["patients"]:
                return float(row["seconds"] / mine["seconds"])
    return None


def growth(found: Sequence[Found]) -> str:
    """Say by which power of the number of patients the seconds grow."""
    points: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        for row in one.get("rows", ()):
            name = row.get("way", "the plan")
            points.setdefault(name, []).append((row["patients"], row["seconds"]))
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
    if name.startswith("gap"):
        return f"{100 * value:.3f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
