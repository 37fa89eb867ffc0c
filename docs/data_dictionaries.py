"""The reference pages that print data dictionaries, and tables as Markdown."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from caretime import tables
from caretime.formats.dictionary import TYPES

DICTIONARY = Path(tables.__file__).parent / "dictionary"

STANDING = (
    "Brackets give the standing of a source: [C] read in the named source, "
    "[C-union] and [C-employer] that side's account, [D] derived by arithmetic, "
    "[M] from memory and unverified. Numbers such as *facts 2.1* are sections of "
    "[the facts](../explanation/facts.md).\n"
)


def table(rows: Iterable[dict[str, str]], columns: dict[str, str]) -> str:
    """Return a Markdown table; a column in backquotes is set as code."""

    def cell(text: str, title: str) -> str:
        return f"`{text}`" if text and title.startswith("`") else plain(text)

    heads = [title.strip("`") for title in columns.values()]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = [cell(row[name], title) for name, title in columns.items()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return text that Markdown takes as it stands."""
    for mark in ("\\", "|", "*", "<", "$"):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def folder() -> Iterator[str]:
    """Yield the page of the system folder, one heading a table."""
    yield "# The system folder\n"
    yield (
        "A care system is a folder: `system.yaml`, one CSV file a table, contracts "
        "in `contracts/` and incidents in `incidents/`. One Excel workbook with a "
        "sheet a table does as well. The code reads these same dictionaries.\n"
    )
    yield STANDING
    yield "## Kinds of cell\n"
    kinds = [{"type": name, "looks": looks} for name, looks in TYPES.items()]
    yield table(kinds, {"type": "`type`", "looks": "looks like"})
    yield from dictionaries("", WHOLE)


WHOLE = {
    "attribute": "`column`",
    "type": "type",
    "unit": "unit",
    "required": "required",
    "default": "default",
    "low": "low",
    "high": "high",
    "choices": "choices",
    "references": "stands in",
    "meaning": "meaning",
    "source": "source",
}
SHORT = {
    name: WHOLE[name]
    for name in ("attribute", "type", "unit", "required", "choices", "meaning")
}


def dictionaries(folder: str, columns: dict[str, str]) -> Iterator[str]:
    """Yield the data dictionaries of a folder, one heading a table."""
    for path in sorted((DICTIONARY / folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["choices"] = row["choices"].replace(";", ", ")
            row["references"] = row["references"].replace(";", " or ")
        yield f"## {path.stem}\n"
        yield table(rows, columns)


def plan() -> Iterator[str]:
    """Yield the page of the tables of a plan for an incident."""
    yield "# The plan folder\n"
    yield (
        "What `caretime strike --out` writes: `plan.json`, `report.html` and one CSV "
        "file a table, put there whole or not at all. A table that was changed by hand "
        "is refused when the plan is read: its numbers would not be those proven. "
        "Decisions go into [an update](update.md). Kinds of cell are those of "
        "[the system folder](folder.md).\n"
    )
    yield from dictionaries("plan", SHORT)


def update() -> Iterator[str]:
    """Yield the page of the tables of an update."""
    yield "# Updates to a plan\n"
    yield (
        "What became known since a plan: a folder with any of these files, one of them "
        "alone, or a workbook with them as sheets. Kinds of cell are those of "
        "[the system folder](folder.md).\n"
    )
    yield from dictionaries("update", SHORT)
