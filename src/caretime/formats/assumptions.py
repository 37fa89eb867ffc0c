"""The shipped behavior numbers, and a folder's own in their place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from caretime import tables
from caretime.model.assumptions import Assumption, Assumptions

_SHARED = ("confirmed", "assumption")


@cache
def default_assumptions() -> Assumptions:
    """
    Return the behavior numbers that ship, one shared row a name and sides' rows.

    Read from ``tables/assumptions.csv``; every row has its source there.

    Examples
    --------
    >>> default_assumptions().row("no_show_intake_floor").unit
    'share'
    """
    rows = [
        Assumption(
            name=row["name"],
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            unit=row["unit"],
            source=row["source"],
            holder=row["holder"],
        )
        for row in tables.rows("assumptions")
    ]
    return Assumptions.of(_in_order(rows))


def with_rows(table: Assumptions, rows: Iterable[Assumption]) -> Assumptions:
    """
    Return a table in which some rows stand in place of their like.

    A row replaces the one of the same name and holder; ``confirmed`` and
    ``assumption`` are one holder here, because a name has one shared row. The rows
    come back in the order of the shipped table, shared rows first.

    Examples
    --------
    >>> table = default_assumptions()
    >>> mine = Assumption("late_cancel_share", 0.1, 0.1, 0.1, "share", "our log",
    ...                   "confirmed")
    >>> with_rows(table, [mine])["late_cancel_share"]
    0.1
    """
    merged = {_place(row): row for row in stated_rows(table)}
    for row in rows:
        merged[_place(row)] = row
    return Assumptions.of(_in_order(merged.values()))


def stated_rows(table: Assumptions) -> tuple[Assumption, ...]:
    """Return the rows of a table with the values that are in use now."""
    return _in_order(
        table.row(row.name) if row.holder in _SHARED else row for row in table.rows
    )


def _in_order(rows: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Sort by the shipped names, a name's shared row first; others at the end."""
    names = list(meanings())
    place = {name: number for number, name in enumerate(names)}
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                place.get(row.name, len(names)),
                row.name,
                row.holder not in _SHARED,
                row.holder,
            ),
        )
    )


def meanings() -> dict[str, str]:
    """Return what each shipped name means."""
    known: dict[str, str] = {}
    for row in tables.rows("assumptions"):
        known.setdefault(row["name"], row["meaning"])
    return known


def _place(row: Assumption) -> tuple[str, str]:
    return row.name, "shared" if row.holder in _SHARED else row.holder
