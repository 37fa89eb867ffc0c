"""Typed tables to nouns and back, and their canonical text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import attrgetter, index
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from caretime.formats._checking.cells import WEEKDAYS
from caretime.formats.collector import without_collector
from caretime.formats.dictionary import LATER_COLUMNS, Attribute, dictionary
from caretime.model.assumptions import Assumption
from caretime.model.care import (
    Absence,
    Appointment,
    Demand,
    Group,
    GroupMember,
)
from caretime.model.incident import GroupCover, Incident, Series
from caretime.model.matching import LeftOut, Match, Price, Scarce
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.site import (
    Cover,
    NetworkHours,
    StatedTime,
    TeamMeeting,
    Unavailability,
    WorkPlace,
)
from caretime.model.standards import Standard
from caretime.model.strike import Booking, HomeGoing, NextContact, Untimed
from caretime.model.way_back import CaughtUp

NOUNS: dict[str, Any] = {
    "clinics": Clinic,
    "clinicians": Clinician,
    "network": NetworkTherapist,
    "patients": Patient,
    "appointments": Appointment,
    "groups": Group,
    "group_members": GroupMember,
    "demand": Demand,
    "assumptions": Assumption,
    "absences": Absence,
    "unavailable": Unavailability,
    "work_places": WorkPlace,
    "cover": Cover,
    "team_meetings": TeamMeeting,
    "network_hours": NetworkHours,
    "stated_times": StatedTime,
    "standards": Standard,
    "incidents": Incident,
    "plan/series": Series,
    "plan/matches": Match,
    "plan/bookings": Booking,
    "plan/untimed": Untimed,
    "plan/left_out": LeftOut,
    "plan/contacts": NextContact,
    "plan/groups": GroupCover,
    "plan/to_buy": Scarce,
    "plan/home": HomeGoing,
    "plan/caught_up": CaughtUp,
    "plan/prices": Price,
}
_FEW_VALUES = ("code", "language", "text")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def nouns(table: str, frame: pl.DataFrame, zone: ZoneInfo) -> tuple[Any, ...]:
    """Build the nouns of one typed table, in its order."""
    attributes = _attributes(table)
    blank = _blank(table)
    with without_collector():
        columns = [
            _objects(a, _filled(frame[a.name], a.name in blank), zone)
            for a in attributes
        ]
        return tuple(map(NOUNS[table], *columns)) if frame.height else ()


def frame_of(table: str, things: Sequence[Any]) -> pl.DataFrame:
    """
    Return the typed table of some nouns.

    Raises
    ------
    ValueError
        If a text could not be read back as it is, or a time has no zone.
    """
    attributes = _attributes(table)
    blank = _blank(table)
    values = list(
        zip(*map(attrgetter(*(a.name for a in attributes)), things), strict=True)
    )
    return pl.DataFrame(
        [
            _series(
                attribute,
                _emptied(values[place] if values else (), attribute.name in blank),
            )
            for place, attribute in enumerate(attributes)
        ]
    )


def canonical(table: str, frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """
    Return a typed table as text, the one way we write it; nothing is null.

    Columns of ``LATER_COLUMNS`` that hold nothing but their default are left out.
    """
    return frame.select(
        _text(attribute, frame[attribute.name], zone)
        for attribute in dictionary(table).attributes.values()
        if attribute.name in frame.columns
        and not (
            attribute.name in LATER_COLUMNS.get(table, ())
            and _says_nothing(attribute, frame[attribute.name])
        )
    )


def _says_nothing(attribute: Attribute, column: pl.Series) -> bool:
    """Say whether every cell means what an empty one would mean."""
    if not attribute.default:
        return column.null_count() == column.len()
    default = (
        {"yes": True, "no": False}.get(attribute.default)
        if (attribute.type == "yes_no")
        else int(attribute.default)
    )
    return bool((column.fill_null(default) == default).all())


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table of text as UTF-8 with line feeds and quotes where needed."""
    return frame.write_csv(line_terminator="\n", quote_style="necessary").encode()


def _attributes(table: str) -> list[Attribute]:
    """Return the attributes that a noun has, in the order it takes them."""
    return [dictionary(table)[field.name] for field in fields(NOUNS[table])]


@cache
def _blank(table: str) -> frozenset[str]:
    """Return the texts of a noun that are ``""``, not ``None``, in an empty cell."""
    known = dictionary(table)
    return frozenset(
        field.name
        for field in fields(NOUNS[table])
        if field.type == "str" and not known[field.name].required
    )


def _filled(column: pl.Series, blank: bool) -> pl.Series:
    return column.fill_null("") if blank else column


def _emptied(values: Sequence[Any], blank: bool) -> Sequence[Any]:
    return [value or None for value in values] if blank else values


def _objects(attribute: Attribute, column: pl.Series, zone: ZoneInfo) -> list[Any]:
    """Return a column as Python objects, equal ones shared where they are few."""
    kind = attribute.type
    if kind == "datetime":
        return _shared(column.dt.convert_time_zone(zone.key), None)
    if kind in _ITEMS:
        item = _ITEMS[kind]
        return _shared(
            column.fill_null(""),
            lambda cell: tuple(map(item, cell.split(";"))) if cell else (),
        )
    if kind in _FEW_VALUES or attribute.references:
        return _shared(column, None)
    return column.to_list()


def _shared(column: pl.Series, make: Callable[[str], Any] | None) -> list[Any]:
    """Build each distinct value once."""
    distinct = column.unique()
    if distinct.len() > column.len() // 2:
        return [cell if make is None else make(cell) for cell in column.to_list()]
    keys = column.to_physical() if column.dtype.is_temporal() else column
    names = distinct.to_physical() if column.dtype.is_temporal() else distinct
    made = distinct.to_list() if make is None else [make(c) for c in distinct.to_list()]
    pool = dict(zip(names.to_list(), made, strict=True))
    return list(map(pool.__getitem__, keys.to_list()))


def _series(attribute: Attribute, values: Sequence[Any]) -> pl.Series:
    """Return one attribute of many nouns as a typed column."""
    name, kind = attribute.name, attribute.type
    if kind == "datetime":
        return _moments(name, values)
    if kind in ("ids", "codes", "languages"):
        return _text_series(attribute, [_joined(name, items) for items in values])
    if kind in _WRITTEN:
        item = _WRITTEN[kind]
        texts = [";".join(map(item, items)) or None for items in values]
        return pl.Series(name, texts, pl.String)
    dtype = _DTYPES.get(kind)
    if dtype is not None:
        return pl.Series(name, values, dtype)
    return _text_series(attribute, values)


_ITEMS: dict[str, Callable[[str], Any]] = {
    "ids": str,
    "codes": str,
    "languages": str,
    "shares": float,
    "integers": int,
    "dates": date.fromisoformat,
}
_WRITTEN: dict[str, Callable[[Any], str]] = {
    "shares": lambda share: repr(float(share)),
    "integers": lambda number: str(index(number)),
    "dates": date.isoformat,
}
_DTYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "clock": pl.Int64,
    "weekday": pl.Int64,
    "number": pl.Float64,
    "share": pl.Float64,
    "yes_no": pl.Boolean,
    "date": pl.Date,
}


def _joined(name: str, items: Sequence[str]) -> str | None:
    if any(";" in item or item != item.strip() or not item for item in items):
        raise ValueError(f"{name}: an item cannot be written in a list: {items!r}")
    return ";".join(items) or None


def _text_series(attribute: Attribute, values: Sequence[str | None]) -> pl.Series:
    series = pl.Series(attribute.name, values, pl.String)
    lost = (series.str.strip_chars() != series) | series.str.contains(
        r"[\x00-\x1f\x7f]"
    )
    lost |= series == ""
    if lost.any():
        raise ValueError(
            f"{attribute.name}: empty, or with spaces around it or signs that no "
            f"cell can hold, in row {lost.arg_max()}"
        )
    return series


def _moments(name: str, values: Sequence[datetime | None]) -> pl.Series:
    # Python takes the two moments of a clock time that comes twice for equal: the
    # later one of them, fold 1, must not be looked up.
    pool: dict[datetime | None, int | None] = {None: None}
    for moment in set(values):
        if moment is not None:
            if moment.tzinfo is None:
                raise ValueError(f"{name}: {moment} has no time zone")
            pool[moment] = _microseconds(moment.replace(fold=0))
    numbers = [
        _microseconds(moment) if moment is not None and moment.fold else pool[moment]
        for moment in values
    ]
    return pl.Series(name, numbers, pl.Int64).cast(pl.Datetime("us", "UTC"))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _text(attribute: Attribute, column: pl.Series, zone: ZoneInfo) -> pl.Series:
    kind = attribute.type
    if kind in ("number", "share"):
        text = pl.Series(
            [None if x is None else repr(x) for x in column], dtype=pl.String
        )
    elif kind == "yes_no":
        text = column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    elif kind == "date":
        text = column.dt.to_string("%Y-%m-%d")
    elif kind == "datetime":
        local = column.dt.convert_time_zone(zone.key)
        text = local.dt.to_string("%Y-%m-%dT%H:%M:%S%.f%:z")
    elif kind == "clock":
        hours, minutes = ((column // 60), (column % 60))
        text = (
            hours.cast(pl.String).str.zfill(2)
            + ":"
            + minutes.cast(pl.String).str.zfill(2)
        )
    elif kind == "weekday":
        names = dict(enumerate(WEEKDAYS))
        text = column.replace_strict(names, return_dtype=pl.String)
    else:
        text = column.cast(pl.String)
    return text.alias(attribute.name)
