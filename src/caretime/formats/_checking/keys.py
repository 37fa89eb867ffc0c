"""Ids that stand twice, and ids that stand nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.tables import Tables
from caretime.formats.dictionary import Attribute, dictionary


def duplicate_keys(tables: Tables) -> Iterator[Problem]:
    """Find rows that share the key of an earlier row."""
    for name in tables.frames:
        key = list(dictionary(name).key)
        if not key:
            continue
        rows = tables.rows(name, *key)
        rows = rows.with_columns(pl.col(LINE).min().over(key).alias("first"))
        rows = rows.filter(pl.col("first") != pl.col(LINE))
        shown = pl.concat_str(*key, separator=", ")
        message = pl.format("{} stands twice, first in line {}", shown, "first")
        yield from tables.tell(name, key[0], rows, message)


def broken_references(tables: Tables) -> Iterator[Problem]:
    """Find ids that stand in no row of the table they refer to."""
    for name in tables.frames:
        for attribute in dictionary(name).attributes.values():
            if attribute.references and attribute.type == "id":
                yield from _broken(tables, name, attribute)


def _broken(tables: Tables, name: str, attribute: Attribute) -> Iterator[Problem]:
    places = [place.split(".") for place in attribute.references]
    if not all(_is_known(tables, table, column) for table, column in places):
        return
    known = pl.concat([tables.rows(*place)[place[1]] for place in places])
    rows = tables.rows(name, attribute.name)
    lost = rows.filter(~pl.col(attribute.name).is_in(known.implode()))
    if not lost.height:
        return
    suggestions = similar(lost[attribute.name], known)
    source = tables.sources[name]
    where = " or ".join(tables.sources[t] for t, _ in places if t in tables.sources)
    for line, value in lost.select(LINE, attribute.name).iter_rows():
        yield Problem(
            source,
            line,
            attribute.name,
            f"{value!r} stands nowhere in {where}",
            hints.did_you_mean(suggestions.get(value, "")),
        )


def _is_known(tables: Tables, table: str, column: str) -> bool:
    """Say whether all ids of a table are known: it was read, or may be left out."""
    frame = tables.frames.get(table)
    if frame is None:
        return table not in tables.unread and not dictionary(table).required
    return column in frame.columns


def ids_of_two_people(tables: Tables) -> Iterator[Problem]:
    """Find therapists of the network with the id of a clinician: the book has one."""
    staff = tables.rows("clinicians", "clinician_id")["clinician_id"]
    rows = tables.rows("network", "therapist_id")
    rows = rows.filter(pl.col("therapist_id").is_in(staff.implode()))
    message = pl.format("{} is the id of a clinician as well", "therapist_id")
    yield from tables.tell("network", "therapist_id", rows, message)


def similar(lost: pl.Series, known: pl.Series) -> dict[str, str]:
    """Return, for ids that stand nowhere, the one id people take them for."""
    return hints.alike(lost.unique().to_list(), known.to_list())


def settings_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find settings that no table or list bears out."""
    from caretime.rules.access import profiles

    day = tables.first_day
    if day is not None and day.weekday():
        yield tables.setting("first_day", f"{day} is a {day:%A}, expected a Monday")
    contract = tables.settings.get("contract_in_force")
    if contract and tables.contracts_read and contract not in tables.contracts:
        meant = hints.near(contract, tables.contracts)
        yield tables.setting(
            "contract_in_force",
            f"no contract {contract!r} in contracts",
            hints.did_you_mean(meant),
        )
    profile = tables.settings.get("jurisdiction")
    if profile and "standards" not in tables.frames and profile not in profiles():
        yield tables.setting(
            "jurisdiction",
            f"unknown profile {profile!r}, expected one of {', '.join(profiles())}",
            hints.did_you_mean(hints.near(profile, profiles())),
        )


def foreign_standards(tables: Tables) -> Iterator[Problem]:
    """Find rows of a system's own standards that are of another profile."""
    profile = tables.settings.get("jurisdiction")
    if profile is None:
        return
    rows = tables.rows("standards", "profile").filter(pl.col("profile") != profile)
    message = pl.format(
        "profile {}, expected the jurisdiction " + str(profile), "profile"
    )
    yield from tables.tell("standards", "profile", rows, message)
