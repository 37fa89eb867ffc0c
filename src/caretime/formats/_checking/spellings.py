"""Cells of a roster typed by hand: what can mean one thing only is understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import polars as pl

from caretime import tables
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import TELEHEALTH

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_HALF_DAY = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::00)?\s*([ap])\.?\s?m\.?", re.I)
_DIGITS = re.compile(r"(\d{1,2})(\d{2})")
_FRACTION = re.compile(r"0?\.\d{4,}|0\.\d+")

FIRST_PLAIN_HOUR = 7
"""From here on an hour of one digit is read as written; 2:00 may be after noon."""

_FRACTION_SLACK = 0.02
"""Minutes by which a day's fraction with four or more decimals may be off."""

_DAYS = {
    "Mon": ("mo", "mon", "monday"),
    "Tue": ("tu", "tue", "tues", "tuesday"),
    "Wed": ("we", "wed", "weds", "wednesday"),
    "Thu": ("th", "thu", "thur", "thurs", "thursday"),
    "Fri": ("fr", "fri", "friday"),
}

_OTHER_WORDS = {
    "lunch": "meal",
    "lunch break": "meal",
    "meal break": "meal",
    "meal period": "meal",
    "charting": "notes",
    "rest break": "paid_rest",
}
"""Words of the field that name one activity, besides its code and title."""

HEADERS = {"clinician": "clinician_id", "day": "weekday"}
"""Headers that can mean one column only."""


def clock_of(cell: str) -> str:
    """
    Return a time of day as ``08:30``, or the cell where it may mean two things.

    Half days, four digits, seconds of zero, and the fraction of a day that a
    spreadsheet keeps are understood. An hour from 1 to 6 of one digit, without am
    or pm, is left: two o'clock is rarely meant at night.

    >>> [clock_of(c) for c in ("8:00", "1:30 PM", "0800", "0.354166667", "2:00")]
    ['08:00', '13:30', '08:00', '08:30', '2:00']
    """
    if found := _HALF_DAY.fullmatch(cell):
        hour, minute = int(found[1]), int(found[2] or 0)
        if 1 <= hour <= 12:
            return _clock(hour % 12 + 12 * (found[3].lower() == "p"), minute)
        return cell
    if _FRACTION.fullmatch(cell):
        minutes = float(cell) * MINUTES_PER_DAY
        near = round(minutes)
        return (
            _clock(*divmod(near, 60)) if abs(minutes - near) < _FRACTION_SLACK else cell
        )
    found = _CLOCK.fullmatch(cell) or _DIGITS.fullmatch(cell)
    if not found:
        return cell
    hour, minute = int(found[1]), int(found[2])
    is_small = len(found[1]) == 1 and 0 < hour < FIRST_PLAIN_HOUR
    return cell if is_small else _clock(hour, minute)


def _clock(hour: int, minute: int) -> str:
    return f"{hour:02d}:{minute:02d}"


def weekday_of(cell: str) -> str:
    """
    Return a day of the week as ``Mon``, or the cell.

    >>> weekday_of("Tuesdays"), weekday_of("thurs."), weekday_of("T")
    ('Tue', 'Thu', 'T')
    """
    word = cell.casefold().rstrip(".")
    return _days().get(word, _days().get(word.removesuffix("s"), cell))


@cache
def _days() -> Mapping[str, str]:
    return {word: day for day, words in _DAYS.items() for word in words}


def activity_of(cell: str) -> str:
    """
    Return the code of an activity given by code or title, or the cell.

    >>> activity_of("Return visits"), activity_of("PAID-REST"), activity_of("lunch")
    ('return', 'paid_rest', 'meal')
    """
    return _activities().get(_words(cell), cell)


@cache
def _activities() -> Mapping[str, str]:
    """Return every spelling that stands for one activity."""
    meant: dict[str, set[str]] = {}
    for row in tables.rows("activities"):
        code = row["activity"]
        for name in (_words(code), _words(row["title"])):
            for spelling in (name, f"{name}s", name.removesuffix("s")):
                meant.setdefault(spelling, set()).add(code)
    plain = {
        name: next(iter(codes)) for name, codes in meant.items() if len(codes) == 1
    }
    return plain | _OTHER_WORDS


def _words(cell: str) -> str:
    return re.sub(r"[\s_-]+", " ", cell.casefold()).strip()


def place_of(cell: str) -> str:
    """
    Return ``telehealth`` however it is written, any other cell as it is.

    >>> place_of("Tele-Health"), place_of("LA-1")
    ('telehealth', 'LA-1')
    """
    return TELEHEALTH if re.sub(r"[\s_-]", "", cell.casefold()) == TELEHEALTH else cell


def column_of(cell: str) -> str:
    """
    Return the name of a column however it is written.

    >>> column_of("Clinician ID"), column_of("Day")
    ('clinician_id', 'weekday')
    """
    name = re.sub(r"[\s_-]+", "_", cell.strip().casefold())
    return HEADERS.get(name, name)


def looks_like_data(headers: Iterable[str]) -> bool:
    """
    Say whether a first line holds a block instead of headers.

    >>> looks_like_data(["C-1", "Mon", "8:00", "9:00", "return", "LA-1"])
    True
    """
    return any(clock_of(cell.strip())[2:3] == ":" for cell in headers)


_READINGS: dict[str, Callable[[str], str]] = {
    "weekday": weekday_of,
    "start": clock_of,
    "end": clock_of,
    "activity": activity_of,
    "place": place_of,
}


def understood(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells stripped and spelled our way, as far as they are plain."""
    cells = cells.select(pl.all().str.strip_chars())
    for name, reading in _READINGS.items():
        if name in cells.columns:
            distinct = cells[name].unique().to_list()
            meant = {cell: reading(cell) for cell in distinct}
            cells = cells.with_columns(
                pl.col(name).replace_strict(meant, return_dtype=pl.String)
            )
    return cells
