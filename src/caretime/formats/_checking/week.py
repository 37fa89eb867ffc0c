"""Checks of what stands in every week: spans, places, cover and team meetings."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from caretime.errors import Problem
from caretime.formats._checking import hints
from caretime.formats._checking.book import clock
from caretime.formats._checking.columns import LINE
from caretime.formats._checking.keys import similar
from caretime.formats._checking.tables import Tables
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import TELEHEALTH

_SPANS = ("unavailable", "work_places", "cover", "network_hours", "stated_times")


def spans_that_end_before_they_start(tables: Tables) -> Iterator[Problem]:
    """Find spans of the week without a length; none may cross midnight."""
    for name in _SPANS:
        rows = tables.rows(name, "start", "end")
        rows = rows.filter(pl.col("end") <= pl.col("start"))
        message = pl.format(
            "{} is not after the start {}, expected a later time of the same day",
            clock("end"),
            clock("start"),
        )
        yield from tables.tell(name, "end", rows, message)


def places_that_stand_nowhere(tables: Tables) -> Iterator[Problem]:
    """Find places of work that are neither a clinic nor telehealth."""
    if "clinic_id" not in getattr(tables.frames.get("clinics"), "columns", ()):
        return
    clinics = tables.rows("clinics", "clinic_id")
    taken = clinics.filter(pl.col("clinic_id") == TELEHEALTH)
    message = f"{TELEHEALTH} is the place without a site, expected another id"
    yield from tables.tell("clinics", "clinic_id", taken, message)
    known = clinics["clinic_id"]
    rows = tables.rows("work_places", "place")
    lost = rows.filter(
        ~pl.col("place").is_in(known.implode()) & (pl.col("place") != TELEHEALTH)
    )
    choices = [*known.to_list(), TELEHEALTH]
    meant = similar(lost["place"], pl.Series(choices, dtype=pl.String))
    for line, place in lost.iter_rows():
        yield Problem(
            tables.sources["work_places"],
            line,
            "place",
            f"{place!r} stands nowhere in {tables.sources['clinics']} and is not "
            f"{TELEHEALTH}",
            hints.did_you_mean(meant.get(place, "")),
        )


def people_in_two_places(tables: Tables) -> Iterator[Problem]:
    """Find places of work, and hours of the network, of one person that overlap."""
    for name, who in (
        ("work_places", "clinician_id"),
        ("network_hours", "therapist_id"),
    ):
        rows = tables.rows(name, who, "weekday", "start", "end")
        rows = rows.sort(who, "weekday", "start", LINE)
        busy = pl.col("end").cum_max().shift(1).over(who, "weekday")
        rows = rows.with_columns(busy.alias("busy")).filter(pl.col("start") < busy)
        message = pl.format(
            "overlaps an earlier span of {}, which ends at {}", who, clock("busy")
        )
        yield from tables.tell(name, "start", rows, message)


def team_meetings_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find meetings with half a time, beyond midnight, or two at one time."""
    frame = tables.frames.get("team_meetings")
    columns = (LINE, "clinic_id", "weekday", "start", "minutes")
    if frame is None or any(column not in frame.columns for column in columns):
        return
    rows = frame.select(columns)
    for given, absent in (("weekday", "start"), ("start", "weekday")):
        half = rows.filter(pl.col(given).is_not_null() & pl.col(absent).is_null())
        message = f"none beside the {given}, expected both or neither"
        yield from tables.tell("team_meetings", absent, half, message)
    rows = rows.with_columns((pl.col("start") + pl.col("minutes")).alias("until"))
    late = rows.filter(pl.col("until") > MINUTES_PER_DAY)
    message = "the meeting does not end before midnight"
    yield from tables.tell("team_meetings", "minutes", late, message)
    rows = rows.drop_nulls().sort("clinic_id", "weekday", "start", LINE)
    busy = pl.col("until").cum_max().shift(1).over("clinic_id", "weekday")
    both = rows.filter(pl.col("start") < busy)
    told = pl.format("overlaps another meeting of {}", "clinic_id")
    yield from tables.tell("team_meetings", "start", both, told)


def shifts_out_of_hours(tables: Tables) -> Iterator[Problem]:
    """Find cover and meetings outside the hours in which the site is open."""
    hours = tables.rows("clinics", "clinic_id", "opens", "closes").drop(LINE)
    hours = hours.unique("clinic_id")
    cover = tables.rows("cover", "clinic_id", "start", "end")
    meetings = tables.rows("team_meetings", "clinic_id", "start", "minutes")
    meetings = meetings.with_columns((pl.col("start") + pl.col("minutes")).alias("end"))
    for name, rows in (("cover", cover), ("team_meetings", meetings)):
        out = rows.join(hours, on="clinic_id").filter(
            (pl.col("start") < pl.col("opens")) | (pl.col("end") > pl.col("closes"))
        )
        message = pl.format(
            "{} to {}, {} is open {} to {}",
            clock("start"),
            clock("end"),
            "clinic_id",
            clock("opens"),
            clock("closes"),
        )
        yield from tables.tell(name, "start", out, message)


def cover_nobody_can_hold(tables: Tables) -> Iterator[Problem]:
    """Find shifts that ask for more people with a license than the site has."""
    staff = tables.rows("clinicians", "clinic_id", "license").drop(LINE)
    held = list(staff.iter_rows())
    rows = tables.optional("cover", ("clinic_id", "clinicians"), "licenses")
    for line, clinic_id, asked, licenses in rows.iter_rows():
        wanted = set(licenses.split(";")) if licenses else None
        there = sum(
            site == clinic_id and (wanted is None or code in wanted)
            for site, code in held
        )
        if there < asked:
            who = f" with license {' or '.join(sorted(wanted))}" if wanted else ""
            message = f"{asked} at once, but {clinic_id} has {there}{who}"
            yield Problem(tables.sources["cover"], line, "clinicians", message)


def travel_at_odds(tables: Tables) -> Iterator[Problem]:
    """Find travel longer than the time before it, and travel from nowhere."""
    who = ("clinician_id", "weekday")
    columns = (*who, "start", "end", "place", "travel_minutes")
    rows = tables.rows("work_places", *columns).sort(*who, "start", LINE)
    sited = pl.col("place") != TELEHEALTH
    rows = rows.with_columns(
        pl.col("end").shift(1).over(who).alias("busy_until"),
        pl.when(sited)
        .then("place")
        .forward_fill()
        .shift(1)
        .over(who)
        .alias("came_from"),
    ).filter(pl.col("travel_minutes") > 0)
    journey = (sited & (pl.col("came_from") != pl.col("place"))).fill_null(value=False)
    message = pl.format("{} minutes, but from no other clinic", "travel_minutes")
    hint = "travel counts between two clinics on one day"
    field = "travel_minutes"
    yield from tables.tell("work_places", field, rows.filter(~journey), message, hint)
    free = pl.col("start") - pl.col("busy_until")
    short = rows.filter(journey & (free < pl.col("travel_minutes")))
    message = pl.format(
        "{} minutes, but the span before ends {} minutes earlier; travel takes the "
        "rest of it",
        "travel_minutes",
        free,
    )
    yield from tables.tell("work_places", field, short, message)


WEEK_DOUBTS = (shifts_out_of_hours, cover_nobody_can_hold, travel_at_odds)
"""Every question about the week whose answer is a doubt."""
