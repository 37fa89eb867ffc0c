"""A time zone as iCalendar says it: when the clock changes, by rule or by date."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

_YEARS_AHEAD = 20
"""How far ahead an irregular zone is listed where a feed has no end."""

_DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of the clock; ``onset`` is the wall-clock time just before it."""

    onset: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool


def time_zone(zone: ZoneInfo, first_day: date, last_day: date | None) -> Any:
    """
    Return the ``VTIMEZONE`` that holds from a day on.

    Notes
    -----
    RFC 5545, 3.6.5: an onset is in the wall-clock time that holds before the
    change. A change on the same weekday of the same month every year is a rule, so
    that a feed without an end stays right.
    """
    from icalendar import Timezone

    last_year = last_day.year if last_day else first_day.year + _YEARS_AHEAD
    changes = _changes(zone, first_day.year - 1, last_year)
    component = Timezone()
    component.add("tzid", zone.key)
    if not changes or changes[0].onset.date() >= first_day:
        start = datetime(first_day.year - 1, 1, 1, tzinfo=zone)
        offset = start.utcoffset() or timedelta()
        name = start.tzname() or zone.key
        always = _Change(start.replace(tzinfo=None), offset, offset, name, False)
        component.add_component(_observance([always], ruled=False))
    kinds = {(c.before, c.after, c.name, c.is_daylight): None for c in changes}
    for kind in kinds:
        alike = [
            c for c in changes if (c.before, c.after, c.name, c.is_daylight) == kind
        ]
        component.add_component(_observance(alike, ruled=True))
    return component


@cache
def _changes(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[_Change, ...]:
    """Return every change of the clock in some years: a region has many feeds."""
    return tuple(_found(zone, first_year, last_year))


def _found(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[_Change]:
    """Look for changes day by day, then to the second."""
    low = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while low < end:
        high = low + timedelta(days=1)
        before, after = _offset(low, zone), _offset(high, zone)
        if before != after:
            at = _moment(low, high, zone)
            local = at.astimezone(zone)
            yield _Change(
                at.replace(tzinfo=None) + before,
                before,
                after,
                local.tzname() or zone.key,
                bool(local.dst()),
            )
        low = high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _moment(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Halve a span of whole seconds until the change is its end."""
    before = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _observance(changes: Sequence[_Change], *, ruled: bool) -> Any:
    """Return the part of a zone that begins with each of some equal changes."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    first = changes[0]
    part = TimezoneDaylight() if first.is_daylight else TimezoneStandard()
    part.add("dtstart", first.onset)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    part.add("tzname", first.name)
    rule = _yearly([change.onset for change in changes]) if ruled else None
    if rule is not None:
        part.add("rrule", rule)
    elif len(changes) > 1:
        part.add("rdate", [change.onset for change in changes[1:]])
    return part


def _yearly(onsets: Sequence[datetime]) -> dict[str, Any] | None:
    """Return the rule that gives one onset a year, ``None`` where there is none."""
    years = [onset.year for onset in onsets]
    if len(onsets) < 2 or years != list(range(years[0], years[0] + len(years))):
        return None
    if len({(o.month, o.weekday(), o.time()) for o in onsets}) > 1:
        return None
    numbers = {(onset.day - 1) // 7 + 1 for onset in onsets}
    is_last = all(o.day + 7 > monthrange(o.year, o.month)[1] for o in onsets)
    if len(numbers) > 1 and not is_last:
        return None
    number = -1 if is_last and len(numbers) > 1 else numbers.pop()
    day = _DAY_NAMES[onsets[0].weekday()]
    return {"freq": "yearly", "bymonth": onsets[0].month, "byday": f"{number}{day}"}
