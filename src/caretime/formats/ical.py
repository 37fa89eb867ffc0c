"""A clinician's week as an iCalendar feed: neutral words, never a patient."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from caretime.formats._time_zone import time_zone
from caretime.formats._writing import beside
from caretime.model.calendar import Calendar
from caretime.model.care import Absence
from caretime.model.week import TELEHEALTH, Block, RosterWeek

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "intake": "Visit",
        "return": "Visit",
        "group": "Group",
        "urgent": "Held time",
        "notes": "Notes",
        "patient_management": "Desk time",
        "group_preparation": "Preparation",
        "meeting": "Meeting",
        "training": "Training",
        "supervision": "Meeting",
        "crisis_cover": "Cover",
        "travel": "Travel",
        "admin": "Desk time",
        "buffer": "Free minutes",
        "paid_rest": "Break",
        "meal": "Lunch",
    }
)
"""What a feed calls an activity: nothing of the kind of care, or of the person."""

_ONLINE = "Online"
_DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def write_calendar(
    week: RosterWeek,
    path: str | Path,
    calendar: Calendar,
    *,
    first_day: date,
    last_day: date | None = None,
    absences: Iterable[Absence] = (),
    made_at: datetime | None = None,
) -> None:
    """
    Write one clinician's repeating week as an ``.ics`` file, whole or not at all.

    See ``week_calendar`` for the parameters.
    """
    _write(
        week_calendar(
            week,
            calendar,
            first_day=first_day,
            last_day=last_day,
            absences=absences,
            made_at=made_at,
        ),
        Path(path),
    )


def write_dated_calendar(
    clinician_id: str,
    rows: Iterable[tuple[date, Block, str]],
    path: str | Path,
    calendar: Calendar,
    *,
    made_at: datetime | None = None,
) -> None:
    """Write dated blocks as an ``.ics`` file; see ``dated_calendar``."""
    _write(dated_calendar(clinician_id, rows, calendar, made_at=made_at), Path(path))


def week_calendar(
    week: RosterWeek,
    calendar: Calendar,
    *,
    first_day: date,
    last_day: date | None = None,
    absences: Iterable[Absence] = (),
    made_at: datetime | None = None,
) -> bytes:
    """
    Return one clinician's repeating week as iCalendar: an event a block.

    Parameters
    ----------
    calendar
        Gives the time zone, and the holidays on which no event stands.
    first_day, last_day
        Days for which the week holds, both included; ``None`` has no end.
    absences
        Planned absences; those of others are passed over. One with an open end
        ends the series before it.
    made_at
        When the weeks were made, with its zone; midnight UTC of the first day
        where it is not given, so that equal weeks give equal bytes.

    Returns
    -------
    bytes
        RFC 5545: UTF-8, lines of at most 75 octets that end in CR LF. An event
        keeps its id as long as its clinician, weekday and start stay the same.

    Raises
    ------
    ValueError
        If the last day is before the first, or ``made_at`` has no zone.
    """
    if last_day is not None and last_day < first_day:
        raise ValueError(f"the last day {last_day} is before the first {first_day}")
    own = [a for a in absences if a.clinician_id == week.clinician_id]
    for absence in own:
        if absence.last_day is None:
            before = absence.first_day - timedelta(days=1)
            last_day = before if last_day is None else min(last_day, before)
    stamp = _stamp(made_at, first_day)
    events = []
    for block, place in week.placed():
        days = _Series(block, calendar, first_day, last_day, own)
        if days.first is not None:
            key = f"week|{week.clinician_id}|{block.day}|{block.minute_of_day}"
            event = _event(key, days.first, block, place, calendar, stamp)
            days.repeat(event)
            events.append(event)
    return _feed(week.clinician_id, events, calendar, first_day, last_day)


def dated_calendar(
    clinician_id: str,
    rows: Iterable[tuple[date, Block, str]],
    calendar: Calendar,
    *,
    made_at: datetime | None = None,
) -> bytes:
    """
    Return dated blocks as iCalendar: an event a row, none of them repeating.

    Parameters
    ----------
    rows
        Day, block and place; of the block its time of day counts, not its weekday.
        Holidays and absences are the caller's: every row becomes an event.
    calendar, made_at
        As in ``week_calendar``.

    Examples
    --------
    >>> feed = dated_calendar(
    ...     "C-1", [(date(2024, 10, 21), Block(540, 60, "intake"), "S-1")], Calendar())
    >>> [line for line in feed.decode().splitlines() if "Visit" in line]
    ['SUMMARY:Visit']
    """
    ordered = sorted(rows, key=lambda row: (row[0], row[1].minute_of_day))
    first = ordered[0][0] if ordered else date(1970, 1, 1)
    last = ordered[-1][0] if ordered else first
    stamp = _stamp(made_at, first)
    events = [
        _event(
            f"day|{clinician_id}|{day.isoformat()}|{block.minute_of_day}",
            day,
            block,
            place,
            calendar,
            stamp,
        )
        for day, block, place in ordered
    ]
    return _feed(clinician_id, events, calendar, first, last)


class _Series:
    """The days on which one block of a week is worked."""

    def __init__(
        self,
        block: Block,
        calendar: Calendar,
        first_day: date,
        last_day: date | None,
        absences: list[Absence],
    ) -> None:
        self._block, self._calendar = block, calendar
        start = first_day + timedelta(days=(block.day - first_day.weekday()) % 7)
        off = set(self._away(absences)) | calendar.holidays
        self._off = {
            day
            for day in off
            if day.weekday() == block.day % 7
            and day >= start
            and (last_day is None or day <= last_day)
        }
        while start in self._off:
            start += timedelta(days=7)
        self.first = start if last_day is None or start <= last_day else None
        self._last = last_day

    def _away(self, absences: list[Absence]) -> Iterator[date]:
        for absence in absences:
            if absence.last_day is not None:
                days = (absence.last_day - absence.first_day).days
                for count in range(days + 1):
                    yield absence.first_day + timedelta(days=count)

    def repeat(self, event: Any) -> None:
        """Add the rule of the series, and the days that are left out."""
        if self.first is None:
            return
        start = self._block.minute_of_day
        rule: dict[str, Any] = {"freq": "weekly", "byday": _DAY_NAMES[self._block.day]}
        if self._last is not None:
            weeks = (self._last - self.first).days // 7
            last = self.first + timedelta(days=7 * weeks)
            # RFC 5545, 3.3.10: the end is in UTC where the start has a time zone.
            rule["until"] = _at(self._calendar, last, start).astimezone(UTC)
        event.add("rrule", rule)
        left_out = sorted(day for day in self._off if day > self.first)
        if left_out:
            event.add("exdate", [_at(self._calendar, day, start) for day in left_out])


def _at(calendar: Calendar, day: date, minute: int) -> datetime:
    """Return a wall-clock time; minute 1,440 is midnight of the next day."""
    midnight = datetime.combine(day, time.min, tzinfo=calendar.zone)
    return midnight + timedelta(minutes=minute)


def _stamp(made_at: datetime | None, first_day: date) -> datetime:
    if made_at is None:
        return datetime.combine(first_day, time.min, tzinfo=UTC)
    if made_at.tzinfo is None:
        raise ValueError(f"made_at {made_at} has no time zone")
    return made_at.astimezone(UTC).replace(microsecond=0)


def _event(
    key: str,
    day: date,
    block: Block,
    place: str,
    calendar: Calendar,
    stamp: datetime,
) -> Any:
    from icalendar import Event

    start = block.minute_of_day
    event = Event()
    event.add("uid", f"{sha256(key.encode()).hexdigest()[:32]}@caretime")
    event.add("dtstamp", stamp)
    event.add("dtstart", _at(calendar, day, start))
    event.add("dtend", _at(calendar, day, start + block.minutes))
    event.add("summary", WORDS.get(block.activity, "Work"))
    if place:
        event.add("location", _ONLINE if place == TELEHEALTH else place)
    return event


def _feed(
    clinician_id: str,
    events: list[Any],
    calendar: Calendar,
    first_day: date,
    last_day: date | None,
) -> bytes:
    from icalendar import Calendar as Feed

    feed = Feed()
    feed.add("prodid", "-//Caretime//Week//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", f"Week of {clinician_id}")
    if events and calendar.time_zone != "UTC":
        feed.add_component(time_zone(calendar.zone, first_day, last_day))
    for event in events:
        feed.add_component(event)
    text: bytes = feed.to_ical()
    return text


def _write(feed: bytes, path: Path) -> None:
    with beside(path) as new:
        new.write_bytes(feed)
        os.replace(new, path)
