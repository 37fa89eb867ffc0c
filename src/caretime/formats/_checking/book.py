"""Checks of the appointment book and of groups."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.tables import Tables

_HELD = ("booked", "attended", "no_show")


def _book(tables: Tables, *columns: str) -> pl.DataFrame:
    """Return the appointments that take up time, with local day and minutes."""
    needed = ("appointment_id", "clinician_id", "start", "minutes", "status")
    rows = tables.rows("appointments", *dict.fromkeys((*needed, *columns)))
    local = pl.col("start").dt.convert_time_zone(tables.calendar.time_zone)
    clock = local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute().cast(pl.Int64)
    return rows.filter(pl.col("status").is_in(_HELD)).with_columns(
        local.dt.date().alias("day"),
        clock.alias("from"),
        (clock + pl.col("minutes")).alias("until"),
        (pl.col("start") + pl.duration(minutes="minutes")).alias("end"),
    )


def appointments_on_closed_days(tables: Tables) -> Iterator[Problem]:
    """Find appointments on a weekend or holiday."""
    rows = _book(tables)
    weekend = rows.filter(pl.col("day").dt.weekday() > 5)
    message = pl.format("{} is a {}", "day", pl.col("day").dt.to_string("%A"))
    yield from tables.tell(
        "appointments", "start", weekend, pl.format("{}, expected Mon to Fri", message)
    )
    holidays = sorted(tables.calendar.holidays)
    holiday = rows.filter(
        (pl.col("day").dt.weekday() <= 5)
        & pl.col("day").is_in(pl.Series(holidays, dtype=pl.Date).implode())
    )
    message = pl.format("{} is a holiday", "day")
    yield from tables.tell("appointments", "start", holiday, message)


def appointments_out_of_hours(tables: Tables) -> Iterator[Problem]:
    """Find appointments that begin before the site opens or end after it closes."""
    rows = _at_clinic(tables, _book(tables))
    early = rows.filter(pl.col("from") < pl.col("opens"))
    message = pl.format(
        "starts at {}, {} opens at {}", clock("from"), "clinic_id", clock("opens")
    )
    yield from tables.tell("appointments", "start", early, message)
    late = rows.filter(pl.col("until") > pl.col("closes"))
    message = pl.format(
        "ends at {}, {} closes at {}", clock("until"), "clinic_id", clock("closes")
    )
    yield from tables.tell("appointments", "minutes", late, message)


def _at_clinic(
    tables: Tables, rows: pl.DataFrame, by: str = "clinician_id"
) -> pl.DataFrame:
    sites = tables.rows("clinicians", "clinician_id", "clinic_id").drop(LINE)
    hours = tables.rows("clinics", "clinic_id", "opens", "closes").drop(LINE)
    where = sites.unique("clinician_id").join(hours.unique("clinic_id"), on="clinic_id")
    return rows.join(where, left_on=by, right_on="clinician_id")


def clock(column: str) -> pl.Expr:
    """Write minutes from midnight as a time of day."""
    minutes = pl.col(column)
    return pl.format(
        "{}:{}",
        (minutes // 60).cast(pl.String).str.zfill(2),
        (minutes % 60).cast(pl.String).str.zfill(2),
    )


def double_bookings(tables: Tables) -> Iterator[Problem]:
    """
    Find appointments of one clinician, or of one patient, that overlap.

    The visits of one group session are one block of the clinician's time.
    """
    rows = _book(tables, "visit_type")
    group = pl.col("visit_type") == "group"
    session = rows.filter(group).unique(
        ["clinician_id", "start", "minutes"], keep="first", maintain_order=True
    )
    yield from _overlaps(
        tables, pl.concat([rows.filter(~group), session]), "clinician_id"
    )
    yield from _overlaps(tables, _book(tables, "patient_id"), "patient_id")


def _overlaps(tables: Tables, rows: pl.DataFrame, who: str) -> Iterator[Problem]:
    rows = rows.sort(who, "start", LINE)
    # Whoever overlaps at all overlaps a neighbor: few people remain to look at.
    near = (pl.col("start") < pl.col("end").shift(1)) & (
        pl.col(who) == pl.col(who).shift(1)
    )
    suspects = rows.filter(near)[who].unique()
    if not suspects.len():
        return
    rows = rows.filter(pl.col(who).is_in(suspects.implode()))
    latest = pl.col("end").cum_max()
    last = pl.when(pl.col("end") == latest).then("appointment_id").forward_fill()
    rows = rows.with_columns(
        latest.shift(1).over(who).alias("busy_until"),
        last.shift(1).over(who).alias("other"),
    ).filter(pl.col("start") < pl.col("busy_until"))
    message = pl.format("overlaps {} of {} {}", "other", pl.lit(who[:-3]), who)
    yield from tables.tell("appointments", "start", rows, message)


def times_out_of_order(tables: Tables) -> Iterator[Problem]:
    """Find appointments offered before they were asked for, or after they began."""
    rows = tables.rows("appointments", "requested_at", "offered_at")
    rows = rows.filter(pl.col("offered_at") < pl.col("requested_at"))
    message = "offered before it was requested"
    yield from tables.tell("appointments", "offered_at", rows, message)
    for column in ("requested_at", "offered_at"):
        rows = tables.rows("appointments", column, "start")
        rows = rows.filter(pl.col(column) > pl.col("start"))
        message = f"{column.removesuffix('_at')} after the appointment began"
        yield from tables.tell("appointments", column, rows, message)


def appointments_before_hiring(tables: Tables) -> Iterator[Problem]:
    """Find appointments with a clinician who was not employed yet."""
    hired = tables.rows("clinicians", "clinician_id", "hired_on").drop(LINE)
    rows = _book(tables).join(hired.unique("clinician_id"), on="clinician_id")
    rows = rows.filter(pl.col("day") < pl.col("hired_on"))
    message = pl.format("{} is hired on {} only", "clinician_id", "hired_on")
    yield from tables.tell("appointments", "start", rows, message)


def groups_too_full(tables: Tables) -> Iterator[Problem]:
    """Find groups with more members than seats."""
    members = tables.rows("group_members", "group_id")["group_id"].value_counts()
    rows = tables.rows("groups", "group_id", "seats").join(members, on="group_id")
    rows = rows.filter(pl.col("count") > pl.col("seats"))
    message = pl.format("{} seats, but {} members", "seats", "count")
    yield from tables.tell("groups", "seats", rows, message)


def groups_without_a_leader(tables: Tables) -> Iterator[Problem]:
    """Find groups led by someone who leads none, or twice by the same person."""
    leads = tables.rows("clinicians", "clinician_id", "leads_groups").drop(LINE)
    for column in ("leader_id", "co_leader_id"):
        rows = tables.rows("groups", column).join(
            leads.unique("clinician_id"), left_on=column, right_on="clinician_id"
        )
        rows = rows.filter(~pl.col("leads_groups"))
        message = pl.format("leads_groups is no for {}", column)
        yield from tables.tell("groups", column, rows, message)
    rows = tables.rows("groups", "leader_id", "co_leader_id")
    rows = rows.filter(pl.col("leader_id") == pl.col("co_leader_id"))
    same = "leader and co-leader are the same"
    yield from tables.tell("groups", "co_leader_id", rows, same)


def groups_at_odds_with_the_day(tables: Tables) -> Iterator[Problem]:
    """Find groups out of hours, and groups of one leader that overlap."""
    rows = tables.rows("groups", "group_id", "leader_id", "weekday", "start", "minutes")
    rows = rows.with_columns((pl.col("start") + pl.col("minutes")).alias("until"))
    sited = _at_clinic(tables, rows, "leader_id")
    out = sited.filter(
        (pl.col("start") < pl.col("opens")) | (pl.col("until") > pl.col("closes"))
    )
    message = pl.format(
        "held {} to {}, {} is open {} to {}",
        clock("start"),
        clock("until"),
        "clinic_id",
        clock("opens"),
        clock("closes"),
    )
    yield from tables.tell("groups", "start", out, message)
    rows = rows.sort("leader_id", "weekday", "start", LINE)
    busy = pl.col("until").cum_max().shift(1).over("leader_id", "weekday")
    rows = rows.filter(pl.col("start") < busy)
    message = pl.format("overlaps another group of {}", "leader_id")
    yield from tables.tell("groups", "start", rows, message)
