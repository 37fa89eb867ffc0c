"""Rosters to typed tables and back: one row a block, equal blocks shared."""

from __future__ import annotations

import re
from itertools import groupby
from operator import itemgetter

import polars as pl

from caretime.formats._checking.cells import ID, WEEKDAYS
from caretime.formats.dictionary import dictionary
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template

COLUMNS = tuple(dictionary("roster").attributes)
_CLOCKS = tuple(f"{m // 60:02d}:{m % 60:02d}" for m in range(MINUTES_PER_DAY + 1))


def weeks_of(rows: pl.DataFrame, empty: list[str]) -> tuple[RosterWeek, ...]:
    """
    Build the weeks of a sound table.

    Parameters
    ----------
    rows
        Typed, as ``dictionary("roster")`` says; no block overlaps another.
    empty
        Clinicians whose week may have no block at all.
    """
    ordered = rows.select(
        "clinician_id",
        (pl.col("weekday") * MINUTES_PER_DAY + pl.col("start")).alias("at"),
        (pl.col("end") - pl.col("start")).alias("minutes"),
        "activity",
        pl.col("place").fill_null(""),
    ).sort("clinician_id", "at")
    pool: dict[tuple[int, int, str], Block] = {}
    weeks = []
    for who, its in groupby(ordered.iter_rows(), key=itemgetter(0)):
        blocks, places = [], []
        for _, at, minutes, activity, place in its:
            key = (at, minutes, activity)
            block = pool.get(key) or pool.setdefault(key, Block(*key))
            blocks.append(block)
            places.append(place)
        weeks.append(RosterWeek(who, Template(tuple(blocks)), tuple(places)))
    held = {week.clinician_id for week in weeks}
    nothing = [
        RosterWeek(who, Template(()), ())
        for who in dict.fromkeys(empty)
        if who not in held
    ]
    return (*weeks, *nothing)


def roster_table(roster: Roster) -> pl.DataFrame:
    """
    Return the table of a roster as text, the one way we write it.

    A week without blocks is one row with its clinician alone.

    Raises
    ------
    ValueError
        If a value could not be read back: a day that is not Mon to Fri, an unknown
        activity, an id that no cell can hold.
    """
    rows: list[tuple[str | None, ...]] = []
    for week in roster.weeks:
        who = week.clinician_id
        if not week.places:
            rows.append((who, None, None, None, None, None))
        for block, place in week.placed():
            if block.day >= len(WEEKDAYS):
                raise ValueError(f"{who}: {block} is not on Mon to Fri")
            start = block.minute_of_day
            rows.append(
                (
                    who,
                    WEEKDAYS[block.day],
                    _CLOCKS[start],
                    _CLOCKS[start + block.minutes],
                    block.activity,
                    place or None,
                )
            )
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    _refuse_unreadable(frame)
    return frame


def _refuse_unreadable(frame: pl.DataFrame) -> None:
    known = dictionary("roster")["activity"].choices
    for code in frame["activity"].drop_nulls().unique().to_list():
        if code not in known:
            raise ValueError(f"unknown activity {code!r}")
    for column in ("clinician_id", "place"):
        for name in frame[column].drop_nulls().unique().to_list():
            is_lookalike = column == "place" and name.casefold() == TELEHEALTH != name
            if not re.match(ID, name) or name.endswith("\n") or is_lookalike:
                raise ValueError(f"{column}: {name!r} cannot be read back")
