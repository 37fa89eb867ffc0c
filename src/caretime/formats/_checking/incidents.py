"""Checks of incidents: who is away, from when, until when; never why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.tables import Incidents, Tables
from caretime.model.incident import LAWFUL_NOTICE_DAYS

Row = Mapping[str, Any]


def incidents_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find incidents twice told, without people, with odd ranges or without end."""
    seen: dict[str, str] = {}
    for incidents in tables.incidents:
        for row in incidents.frame.iter_rows(named=True):
            name = row.get("incident_id")
            if name and name in seen:
                message = f"{name} stands twice, first in {seen[name]}"
                yield incidents.problem(row, "incident_id", message)
            seen.setdefault(str(name), incidents.source)
            for check in (_days, _people, _ranges, _ends):
                yield from check(incidents, row)
            yield from _strangers(tables, incidents, row)


def _days(incidents: Incidents, row: Row) -> Iterator[Problem]:
    """Find notice given after the first day, and last days before it."""
    first, notice, last = (
        row.get(key) for key in ("first_day", "notice_day", "last_day")
    )
    if first and notice and notice > first:
        message = f"notice on {notice} is later than the first day {first}"
        yield incidents.problem(row, "notice_day", message)
    if first and last and last < first:
        message = f"{last} is before the first day {first}"
        yield incidents.problem(row, "last_day", message)


def _people(incidents: Incidents, row: Row) -> Iterator[Problem]:
    """Find incidents with both shares and names, or with neither."""
    shares, names = row.get("shares"), row.get("clinician_ids")
    if shares and names:
        message = "stands beside shares, expected one of them"
        hint = "shares where nobody knows who is away, ids where it is known"
        yield incidents.problem(row, "clinician_ids", message, hint)
    faulty = (incidents.is_faulty(row, key) for key in ("shares", "clinician_ids"))
    if not shares and not names and not any(faulty):
        message = "neither shares nor clinician_ids, expected one of them"
        yield incidents.problem(row, "shares", message)


def _ranges(incidents: Incidents, row: Row) -> Iterator[Problem]:
    """Find ranges that are not as long as the shares, or not around them."""
    shares = _numbers(row.get("shares"))
    for key, sign, word in (("shares_low", 1, "above"), ("shares_high", -1, "below")):
        ends = _numbers(row.get(key))
        if not ends or incidents.is_faulty(row, "shares"):
            continue
        if len(ends) != len(shares):
            message = f"{len(ends)} values, expected as many as shares, {len(shares)}"
            yield incidents.problem(row, key, message)
            continue
        for week, (end, share) in enumerate(zip(ends, shares, strict=True)):
            if sign * end > sign * share:
                message = f"{end:g} in week {week} is {word} the share {share:g}"
                yield incidents.problem(row, key, message)
                break


def _numbers(cell: str | None) -> Sequence[float]:
    return [float(item) for item in cell.split(";")] if cell else []


def _ends(incidents: Incidents, row: Row) -> Iterator[Problem]:
    """Find named lists without an end or with two, and days that end a path."""
    last, is_open = row.get("last_day"), row.get("open_ended")
    if row.get("clinician_ids"):
        if last and is_open:
            message = f"open, but the last day is {last}: expected one of them"
            yield incidents.problem(row, "open_ended", message)
        unclear = incidents.is_faulty(row, "last_day") or incidents.is_faulty(
            row, "open_ended"
        )
        if not last and not is_open and not unclear:
            message = "expected a day, or open_ended: yes while nobody knows it"
            yield incidents.problem(row, "last_day", message)
    elif row.get("shares") and last:
        message = "stands beside shares, which say themselves how long it lasts"
        yield incidents.problem(row, "last_day", message, "repeat the last share")


def _strangers(tables: Tables, incidents: Incidents, row: Row) -> Iterator[Problem]:
    """Find sites and clinicians that stand nowhere, and names given twice."""
    for key, table, column in (
        ("clinic_ids", "clinics", "clinic_id"),
        ("clinician_ids", "clinicians", "clinician_id"),
    ):
        known = tables.rows(table, column)[column]
        lost = set((row.get(key) or "").split(";")) - set(known) - {""}
        if not lost or not known.len():
            continue
        meant = hints.alike(lost, known.to_list())
        for identifier in sorted(lost):
            message = f"{identifier!r} stands nowhere in {table}"
            hint = hints.did_you_mean(meant.get(identifier, ""))
            yield Problem(*incidents.place(row, key, identifier), message, hint)


def names_twice_told(names: pl.DataFrame, source: str) -> Iterator[Problem]:
    """Find clinicians who stand twice in the list of those away."""
    if "clinician_id" not in names.columns:
        return
    first = pl.col(LINE).min().over("clinician_id")
    rows = names.drop_nulls().with_columns(first.alias("first"))
    rows = rows.filter(pl.col("first") != pl.col(LINE))
    for line, name, before in rows.select(LINE, "clinician_id", "first").iter_rows():
        message = f"{name} stands twice, first in line {before}"
        yield Problem(source, line, "clinician_id", message)


def notice_shorter_than_the_law_asks(tables: Tables) -> Iterator[Problem]:
    """Find incidents that became known fewer days before than a strike would."""
    for incidents in tables.incidents:
        for row in incidents.frame.iter_rows(named=True):
            first, notice = row.get("first_day"), row.get("notice_day")
            if not first or not notice or (first - notice).days >= LAWFUL_NOTICE_DAYS:
                continue
            message = (
                f"{(first - notice).days} days before the first day; fine where nobody "
                f"could know beforehand; before a strike the law asks for "
                f"{LAWFUL_NOTICE_DAYS} days"
            )
            yield incidents.problem(row, "notice_day", message)
