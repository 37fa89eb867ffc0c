"""One column of text to one typed column: ``null`` where a cell cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

import polars as pl

from caretime.formats.dictionary import Attribute

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_CODE = r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?$"
_DATETIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"
    r"(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_CLOCK = r"^([0-9]{2}):([0-9]{2})(:00)?$"
_ITEM_TYPES = {
    "ids": "id",
    "codes": "code",
    "languages": "language",
    "shares": "share",
    "dates": "date",
    "integers": "integer",
}
MAY_REPEAT = ("share", "integer")


def parse(attribute: Attribute, text: pl.Series) -> pl.Series:
    """
    Read a column of stripped text; empty and unreadable cells become null.

    Lists come back as their canonical text (items stripped, semicolons between),
    clocks as minutes from midnight, weekdays as 0 to 4, times in UTC.
    """
    if attribute.type in _ITEM_TYPES:
        return _parse_lists(attribute, text)
    parsed = _plain(attribute, text)
    low, high = _bounds(attribute)
    if low is not None:
        parsed = parsed.set(_true(parsed < low), None)
    if high is not None:
        parsed = parsed.set(_true(parsed > high), None)
    return parsed


def is_outside(attribute: Attribute, text: str) -> bool:
    """Say whether a cell can be read and lies outside the bounds."""
    series = pl.Series([text])
    return (
        _plain(attribute, series)[0] is not None and parse(attribute, series)[0] is None
    )


def _true(mask: pl.Series) -> pl.Series:
    return mask.fill_null(False)


@cache
def _bounds(attribute: Attribute) -> tuple[object, object]:
    low, high = (
        _plain(attribute, pl.Series([_as_cell(attribute, bound)], dtype=pl.String))[0]
        if bound
        else None
        for bound in (attribute.low, attribute.high)
    )
    return low, high


def _as_cell(attribute: Attribute, bound: str) -> str:
    return f"{bound}T00:00:00Z" if attribute.type == "datetime" else bound


def _plain(attribute: Attribute, text: pl.Series) -> pl.Series:
    """Read without looking at the bounds."""
    if attribute.choices and attribute.type in ("id", "code"):
        return _kept(text, text.is_in(attribute.choices))
    return _PARSERS[attribute.type](text)


def _kept(text: pl.Series, good: pl.Series) -> pl.Series:
    return text.set(~good, None)


def _matching(pattern: str) -> Callable[[pl.Series], pl.Series]:
    return lambda text: _kept(text, text.str.contains(pattern))


def _integers(text: pl.Series) -> pl.Series:
    return (
        _matching(r"^[+-]?[0-9]+$")(text)
        .str.strip_prefix("+")
        .cast(pl.Int64, strict=False)
    )


def _numbers(text: pl.Series) -> pl.Series:
    numbers = (
        _matching(_NUMBER)(text).str.strip_prefix("+").cast(pl.Float64, strict=False)
    )
    return numbers.set(_true(numbers.is_infinite()), None)


def _yes_no(text: pl.Series) -> pl.Series:
    words = {"yes": True, "no": False, "true": True, "false": False}
    return text.str.to_lowercase().replace_strict(
        words, default=None, return_dtype=pl.Boolean
    )


def _dates(text: pl.Series) -> pl.Series:
    good = _matching(_DATE)(text)
    return good.str.head(10).str.to_date("%Y-%m-%d", strict=False)


def _datetimes(text: pl.Series) -> pl.Series:
    good = _matching(_DATETIME)(text).str.replace("Z", "+00:00", literal=True)
    parsed = _moments(good, "%Y-%m-%dT%H:%M:%S%:z")
    for layout in ("%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%.f%:z"):
        if parsed.null_count() == good.null_count():
            break
        rest = _moments(good, layout)
        parsed = parsed.zip_with(parsed.is_not_null(), rest)
    return parsed


def _moments(text: pl.Series, layout: str) -> pl.Series:
    return text.str.to_datetime(layout, time_unit="us", time_zone="UTC", strict=False)


def _clocks(text: pl.Series) -> pl.Series:
    hours = text.str.extract(_CLOCK, 1).cast(pl.Int64)
    minutes = text.str.extract(_CLOCK, 2).cast(pl.Int64)
    clock = hours * 60 + minutes
    return clock.set(_true((minutes > 59) | (clock > 24 * 60)), None)


def _weekdays(text: pl.Series) -> pl.Series:
    numbers = {name: number for number, name in enumerate(WEEKDAYS)}
    return text.replace_strict(numbers, default=None, return_dtype=pl.Int64)


def _zones(text: pl.Series) -> pl.Series:
    return _kept(text, text.is_in(list(available_timezones())))


_PARSERS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "id": _matching(ID),
    "place": _matching(ID),
    "code": _matching(_CODE),
    "language": _matching(_LANGUAGE),
    "text": _matching(r"^[^\x00-\x1f\x7f]+$"),
    "zip": _matching(r"^[0-9]{5}$"),
    "integer": _integers,
    "number": _numbers,
    "share": _numbers,
    "yes_no": _yes_no,
    "date": _dates,
    "datetime": _datetimes,
    "clock": _clocks,
    "weekday": _weekdays,
    "time_zone": _zones,
}


def item_attribute(attribute: Attribute) -> Attribute:
    """Return the attribute of one item of a list."""
    return replace(attribute, type=_ITEM_TYPES[attribute.type])


def is_list(attribute: Attribute) -> bool:
    """Say whether a cell holds several items."""
    return attribute.type in _ITEM_TYPES


def items(text: str) -> list[str]:
    """
    Return the items of a list cell.

    >>> items("en; es;")
    ['en', 'es', '']
    """
    return [item.strip() for item in re.split(r"[;\n]", text)]


def _parse_lists(attribute: Attribute, text: pl.Series) -> pl.Series:
    """Read each distinct cell once: a column holds few different lists."""
    one = item_attribute(attribute)
    table = {
        cell: _canonical_list(one, cell) for cell in text.unique().to_list() if cell
    }
    return text.replace_strict(table, default=None, return_dtype=pl.String)


def _canonical_list(one: Attribute, cell: str) -> str | None:
    found = items(cell)
    repeated = len(set(found)) < len(found) and one.type not in MAY_REPEAT
    if repeated or parse(one, pl.Series(found)).null_count():
        return None
    if one.type == "share":
        found = [repr(float(item)) for item in found]
    if one.type == "integer":
        found = [str(int(item)) for item in found]
    return ";".join(found)
