"""Checks of sites, supervision, absences and numbers that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from caretime import tables as shipped
from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.tables import Tables

SHARED = ("confirmed", "assumption")


def clinics_that_close_before_they_open(tables: Tables) -> Iterator[Problem]:
    """Find sites whose working day has no length."""
    rows = tables.rows("clinics", "opens", "closes")
    rows = rows.filter(pl.col("closes") <= pl.col("opens"))
    message = "closes at or before it opens, expected a later time"
    yield from tables.tell("clinics", "closes", rows, message)


def missing_supervisors(tables: Tables) -> Iterator[Problem]:
    """Find clinicians who may not practice alone and have no supervisor."""
    rows = tables.optional("clinicians", ("license",), "supervisor_id").filter(
        ~pl.col("license").is_in(_independent()) & pl.col("supervisor_id").is_null()
    )
    message = pl.format("is empty, but license {} needs a supervisor", "license")
    yield from tables.tell("clinicians", "supervisor_id", rows, message)


def unfit_supervisors(tables: Tables) -> Iterator[Problem]:
    """Find supervisors who may not practice independently themselves."""
    rows = tables.rows("clinicians", "supervisor_id").join(
        tables.rows("clinicians", "clinician_id", "license").drop(LINE),
        left_on="supervisor_id",
        right_on="clinician_id",
    )
    rows = rows.filter(~pl.col("license").is_in(_independent()))
    message = pl.format(
        "supervisor {} is {}, expected a license to practice independently",
        "supervisor_id",
        "license",
    )
    yield from tables.tell("clinicians", "supervisor_id", rows, message)


def supervision_in_circles(tables: Tables) -> Iterator[Problem]:
    """Find clinicians who supervise themselves, directly or by way of others."""
    rows = tables.rows("clinicians", "clinician_id", "supervisor_id")
    above = dict(rows.select("clinician_id", "supervisor_id").iter_rows())
    settled: set[str] = set()
    for line, start, _ in rows.iter_rows():
        chain: list[str] = []
        at: str | None = start
        while at is not None and at not in settled and at not in chain:
            chain.append(at)
            at = above.get(at)
        if at in chain:
            circle = [*chain[chain.index(str(at)) :], str(at)]
            message = f"supervision runs in a circle: {' → '.join(circle[:8])}"
            yield Problem(tables.sources["clinicians"], line, "supervisor_id", message)
        settled.update(chain)


def _independent() -> list[str]:
    return [
        row["license"]
        for row in shipped.rows("licenses")
        if row["independent"] == "yes"
    ]


def absences_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find absences that end before they begin, or run into one another."""
    rows = tables.optional("absences", ("clinician_id", "first_day"), "last_day")
    backward = rows.filter(pl.col("last_day") < pl.col("first_day"))
    message = pl.format("{} is before the first day {}", "last_day", "first_day")
    yield from tables.tell("absences", "last_day", backward, message)
    rows = rows.sort("clinician_id", "first_day", LINE).with_columns(
        pl.col("last_day").fill_null(pl.date(2999, 1, 1)).alias("until")
    )
    before = pl.col("until").cum_max().shift(1).over("clinician_id")
    message = pl.format("absence of {} overlaps an earlier one", "clinician_id")
    yield from tables.tell(
        "absences", "first_day", rows.filter(pl.col("first_day") <= before), message
    )


def assumptions_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find numbers outside their own range, in another unit, or shared twice."""
    rows = tables.rows("assumptions", "name", "value", "low", "high")
    rows = rows.filter(~pl.col("value").is_between("low", "high"))
    message = pl.format("{} is not within low {} to high {}", "value", "low", "high")
    yield from tables.tell("assumptions", "value", rows, message)
    units = {row["name"]: row["unit"] for row in shipped.rows("assumptions")}
    for line, name, unit in tables.rows("assumptions", "name", "unit").iter_rows():
        if unit != units[name]:
            yield Problem(
                tables.sources["assumptions"],
                line,
                "unit",
                f"found {unit!r}, {name} is in {units[name]!r}",
                hints.did_you_mean(units[name]),
            )
    rows = tables.rows("assumptions", "name", "holder").filter(
        pl.col("holder").is_in(SHARED)
    )
    # Equal holders are a double key and told there.
    rows = rows.filter(
        (pl.col(LINE) > pl.col(LINE).min().over("name"))
        & (pl.col("holder") != pl.col("holder").first().over("name"))
    )
    message = pl.format("{} has two shared rows (confirmed and assumption)", "name")
    yield from tables.tell("assumptions", "holder", rows, message)
