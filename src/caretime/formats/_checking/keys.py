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
    target, column = attribute.references.split(".")
    if column not in getattr(tables.frames.get(target), "columns", ()):
        return
    known = tables.rows(target, column)[column]
    rows = tables.rows(name, attribute.name)
    lost = rows.filter(~pl.col(attribute.name).is_in(known.implode()))
    if not lost.height:
        return
    suggestions = similar(lost[attribute.name], known)
    source = tables.sources[name]
    for line, value in lost.select(LINE, attribute.name).iter_rows():
        yield Problem(
            source,
            line,
            attribute.name,
            f"{value!r} stands nowhere in {tables.sources[target]}",
            hints.did_you_mean(suggestions.get(value, "")),
        )


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
