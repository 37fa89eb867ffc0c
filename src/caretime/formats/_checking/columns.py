"""One raw table to one typed table, and a problem for every cell at fault."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.cells import (
    MAY_REPEAT,
    is_list,
    is_outside,
    item_attribute,
    items,
    parse,
)
from caretime.formats._reading.raw import Findings, Raw
from caretime.formats.dictionary import (
    LATER_COLUMNS,
    Attribute,
    Table,
    dictionary,
    table_names,
)

LINE = "line"
_LONGEST_SHOWN = 40
_PERSONAL = (
    "name",
    "phone",
    "email",
    "birth",
    "ssn",
    "mrn",
    "address",
    "reason",
    "why",
    "cause",
)
_REASONS = ("reason", "why", "cause")


def typed(raw: Raw, zone: ZoneInfo, findings: Findings) -> pl.DataFrame:
    """
    Return the table with typed columns and the line of each row.

    A cell at fault is null, and so is an empty one without a default. Problems
    and doubts go to ``findings``.
    """
    table = dictionary(raw.table)
    cells = _aligned(raw, table, findings)
    frame: dict[str, pl.Series] = {LINE: raw.lines}
    for name, attribute in table.attributes.items():
        if name in cells:
            frame[name] = typed_column(attribute, cells[name], raw, zone, findings)
        elif not attribute.required:
            default = pl.Series([attribute.default])
            frame[name] = parse(attribute, default).new_from_index(0, len(raw.lines))
    if not raw.lines.len() and table.least:
        findings.problem(raw.source, 0, "", f"no rows, expected at least {table.least}")
    return pl.DataFrame(frame)


def _aligned(raw: Raw, table: Table, findings: Findings) -> dict[str, pl.Series]:
    """Find each column of the dictionary by its header, misspelt ones as well."""
    found: dict[str, pl.Series] = {}
    strange: list[str] = []
    for header in raw.cells.columns:
        name = header.strip()
        told, _, again = header.partition("\0")
        if name in table.attributes and name not in found:
            found[name] = raw.cells[header]
        elif not again if told.strip() else (raw.cells[header] != "").any():
            strange.append(header)
    for header in strange:
        missing = [name for name in table.attributes if name not in found]
        meant = hints.near(header.strip(), missing)
        told = header.partition("\0")[0].strip()
        _report_strange(told, meant, table, raw, findings)
        if meant:
            found[meant] = raw.cells[header]
    for name, attribute in table.attributes.items():
        if name not in found and attribute.required:
            message = f"the {raw.word} is missing, expected {attribute.expectation}"
            if f"{table.name}.{name}" in _referred():
                message += "; references to it were not checked"
                findings.unread.add(raw.source)
            findings.problem(raw.source, 1, name, message)
        elif (
            name not in found and raw.lines.len() and _is_worth_telling(raw, attribute)
        ):
            taken = attribute.default or "empty in every row"
            findings.doubt(
                raw.source, 1, name, f"no such {raw.word}; it is taken to be {taken}"
            )
    return found


@cache
def _referred() -> frozenset[str]:
    """Return the columns, as ``table.column``, that others refer to."""
    return frozenset(
        place
        for name in table_names()
        for attribute in dictionary(name).attributes.values()
        for place in attribute.references
    )


def _is_worth_telling(raw: Raw, attribute: Attribute) -> bool:
    """Say whether what stands in for an absent column may surprise."""
    if attribute.name in LATER_COLUMNS.get(raw.table, ()) or "/" in raw.table:
        return False
    # Settings and incidents have keys that most leave out, and that mean nothing
    # then; a column that is left out is left out for every row.
    return bool(attribute.default) or raw.table not in ("system", "incidents")


def _report_strange(
    header: str, meant: str, table: Table, raw: Raw, findings: Findings
) -> None:
    if not header:
        findings.problem(raw.source, 1, "", "a column has values but no header")
        return
    suggestion = hints.did_you_mean(meant)
    if not meant:
        suggestion = "remove it, or see the dictionary of this table"
        if any(word in header.casefold() for word in _PERSONAL):
            suggestion = "remove it: no names, contacts or reasons in a system folder"
        if any(word in header.casefold() for word in _REASONS) and table.is_of_absence:
            suggestion = "remove it: the reason of an absence is never stored"
    findings.problem(
        raw.source,
        1,
        header,
        f"unknown {raw.word} in {table.name}",
        suggestion,
    )


def typed_column(
    attribute: Attribute,
    cells: pl.Series,
    raw: Raw,
    zone: ZoneInfo,
    findings: Findings,
) -> pl.Series:
    """Return one column as ``typed`` does; ``raw`` says where its cells stood."""
    text = cells.str.strip_chars()
    if spaced := int((text != cells).sum()):
        findings.doubt(
            raw.source,
            int(raw.lines.filter(text != cells)[0]),
            attribute.name,
            f"spaces around {spaced:,} values; they are ignored",
        )
    empty = text == ""
    if attribute.default and empty.any():
        text = text.set(empty, attribute.default)
    parsed = parse(attribute, text)
    if attribute.required and empty.any():
        message = f"is empty, expected {attribute.expectation}"
        findings.problems.extend(
            Problem(raw.source, line, attribute.name, message)
            for line in raw.lines.filter(empty)
        )
    bad = parsed.is_null() & (text != "")
    if bad.any():
        explained = {
            cell: explain(attribute, cell, zone) for cell in text.filter(bad).unique()
        }
        findings.problems.extend(_each(attribute, text, bad, raw, explained))
    return parsed.alias(attribute.name)


def _each(
    attribute: Attribute,
    text: pl.Series,
    bad: pl.Series,
    raw: Raw,
    explained: Mapping[str, tuple[str, str]],
) -> list[Problem]:
    pairs = zip(raw.lines.filter(bad), text.filter(bad), strict=True)
    return [
        Problem(raw.source, line, attribute.name, *explained[cell])
        for line, cell in pairs
    ]


def explain(attribute: Attribute, cell: str, zone: ZoneInfo) -> tuple[str, str]:
    """
    Say what is wrong with a cell, and what it was probably meant to be.

    >>> from caretime.formats.dictionary import dictionary
    >>> zone = ZoneInfo("America/Los_Angeles")
    >>> explain(dictionary("clinicians")["fte"], "0,8", zone)[1]
    'did you mean 0.8?'
    """
    if is_list(attribute):
        return _explain_list(attribute, cell, zone)
    offers = [
        offer
        for offer in hints.candidates(attribute, cell, zone)
        if offer and parse(attribute, pl.Series([offer]))[0] is not None
    ]
    return _found(attribute, cell), hints.did_you_mean(*offers)


def _found(attribute: Attribute, cell: str) -> str:
    expected = f"expected {attribute.expectation}"
    if attribute.choices and attribute.type in ("code", "codes"):
        return f"unknown {attribute.name} {_shown(attribute, cell)}, {expected}"
    if not attribute.choices and is_outside(attribute, cell):
        return f"{cell} is out of range, {expected}"
    return f"found {_shown(attribute, cell)}, {expected}"


def _shown(attribute: Attribute, cell: str) -> str:
    """Show a cell, but never one that could be a person's name."""
    free = attribute.type in ("id", "ids", "place", "text") and not attribute.choices
    if free and (not cell.isascii() or " " in cell or len(cell) > _LONGEST_SHOWN):
        return f"a value of {len(cell)} characters with spaces or other signs"
    if len(cell) > _LONGEST_SHOWN:
        return f"{cell[:_LONGEST_SHOWN]!r}…"
    return repr(cell)


def _explain_list(attribute: Attribute, cell: str, zone: ZoneInfo) -> tuple[str, str]:
    one = item_attribute(attribute)
    found = items(cell)
    if len(set(found)) < len(found) and one.type not in MAY_REPEAT:
        return f"{_shown(attribute, cell)} repeats an item", ""
    if len(found) == 1 and any(mark in cell for mark in ",/|"):
        parts = [part.strip() for mark in ",/|" for part in cell.split(mark)]
        parts = [part for part in parts if len(part) < len(cell)]
        if parts and not parse(one, pl.Series(parts)).null_count():
            offer = hints.did_you_mean(";".join(dict.fromkeys(parts)))
            return (
                f"found {_shown(attribute, cell)}, expected semicolons between",
                offer,
            )
    for item in found:
        if not item:
            return f"{_shown(attribute, cell)} has an empty item", ""
        if parse(one, pl.Series([item]))[0] is None:
            return explain(one, item, zone)
    return _found(attribute, cell), ""
