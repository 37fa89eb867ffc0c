"""Breakdowns of who is affected in which no count points at a few people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.measures.suppression import THRESHOLD, hidden_rows
from caretime.reports.strike_hidden import safe_table

if TYPE_CHECKING:
    from caretime.model.affected import Affected, AffectedCount

Count = int | None
"""``None`` where it is hidden."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a breakdown; ``parts`` are several where few people are in each."""

    parts: tuple[str, ...]
    people: Count
    booked: Count
    due: Count
    unreachable: Count = None


@dataclass(frozen=True, slots=True)
class Parts:
    """
    Breakdowns that may be shown; empty where the whole is too small to break down.

    Parameters
    ----------
    crossed
        People by language (rows, as in ``languages``) and county (columns, as in
        ``counties``).
    """

    counties: tuple[Part, ...] = ()
    languages: tuple[Part, ...] = ()
    crossed: tuple[tuple[Count, ...], ...] = ()
    tiers: tuple[Part, ...] = ()
    visit_types: tuple[Part, ...] = ()


def parts_of(found: Affected, *, threshold: int = THRESHOLD) -> Parts:
    """
    Return the breakdowns of what an incident touches.

    Counties, then languages, with fewer than ``threshold`` people are put together;
    cells of language by county from 1 to ``threshold - 1`` are hidden, and others
    from which they would follow. Tiers and kinds of visits hide whole rows. What
    everybody at a desk needs in full, appointment by appointment, is a list and not
    a table.
    """
    if found.totals.people < threshold:
        return Parts()
    counties = _merged(found.counts_by("county"), threshold)
    names = [one.part for one in found.counts_by("language")]
    cell = _cells(found)
    by_county = np.array(
        [
            [sum(cell.get((c, name), 0) for c in group) for group in counties]
            for name in names
        ],
        np.int64,
    )
    table = safe_table(names, by_county, threshold=threshold)
    languages = [(part,) if part else table.merged for part in table.parts]
    crossed = [
        tuple(
            None if hide else int(count) for count, hide in zip(row, mask, strict=True)
        )
        for row, mask in zip(table.counts, table.hidden, strict=True)
    ]
    return Parts(
        counties=_rows(found.counts_by("county"), counties, threshold),
        languages=_rows(found.counts_by("language"), languages, threshold),
        crossed=tuple(crossed),
        tiers=_whole_rows(found.counts_by("risk_tier"), threshold),
        visit_types=_whole_rows(found.counts_by("visit_type"), threshold),
    )


def _cells(found: Affected) -> dict[tuple[str, str], int]:
    """Return people by county and language."""
    pairs = {one.part: one.people for one in found.counts_by("county_language")}
    return {
        (part.rpartition(", ")[0], part.rpartition(", ")[2]): people
        for part, people in pairs.items()
    }


def _merged(counts: Sequence[AffectedCount], threshold: int) -> list[tuple[str, ...]]:
    """Put together the parts with too few people, the largest part first."""
    people = np.array([[one.people] for one in counts], np.int64)
    table = safe_table([one.part for one in counts], people, threshold=threshold)
    return [(part,) if part else table.merged for part in table.parts]


def _rows(
    counts: Sequence[AffectedCount],
    groups: Iterable[tuple[str, ...]],
    threshold: int,
) -> tuple[Part, ...]:
    """Add up groups of parts; people are enough in each, visits may be too few."""
    known = {one.part: one for one in counts}
    sums = [
        (
            group,
            sum(known[part].people for part in group),
            sum(known[part].booked for part in group),
            sum(known[part].due for part in group),
        )
        for group in groups
    ]
    hide = _hidden([row[2:] for row in sums], threshold)
    return tuple(
        Part(group, people, None if few else booked, None if few else due)
        for (group, people, booked, due), few in zip(sums, hide, strict=True)
    )


def _whole_rows(counts: Sequence[AffectedCount], threshold: int) -> tuple[Part, ...]:
    """Hide rows with few people or visits, and apart from them few unreachable."""
    rows = _hidden([(one.people, one.booked, one.due) for one in counts], threshold)
    contact = _hidden([(one.unreachable,) for one in counts], threshold)
    return tuple(
        Part(
            parts=(one.part,),
            people=None if hide else one.people,
            booked=None if hide else one.booked,
            due=None if hide else one.due,
            unreachable=None if alone else one.unreachable,
        )
        for one, hide, alone in zip(counts, rows, contact, strict=True)
    )


def _hidden(rows: Sequence[tuple[int, ...]], threshold: int) -> NDArray[np.bool_]:
    return hidden_rows(np.array(rows, np.int64), threshold=threshold)
