"""One visit as a calendar file that books, moves and cancels: neutral words only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")


@dataclass(frozen=True, slots=True)
class VisitNotice:
    """
    What a calendar is told of one visit.

    Parameters
    ----------
    visit
        Id of the visit; the same when it moves. A calendar sees a digest of it.
    start
        With its zone.
    sequence
        0 at first, one more whenever the visit moves or is canceled: a calendar keeps
        the highest and passes over what comes late.
    organizer, attendee
        Mail addresses. The attendee's is put in by whoever sends, at the last moment,
        and stays out of ``repr``.
    summary
        What the calendar shows; never the kind of care.
    place
        Where; or empty.

    Raises
    ------
    ValueError
        If the start has no zone, minutes or sequence are out of range, or an address
        is none.
    """

    visit: str
    start: datetime
    minutes: int
    sequence: int
    organizer: str
    attendee: str = field(repr=False)
    summary: str = "Visit"
    place: str = ""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError(f"visit {self.visit}: the start has no time zone")
        if self.minutes < 1 or self.sequence < 0:
            raise ValueError(f"visit {self.visit}: minutes or sequence out of range")
        if not all(map(_ADDRESS.fullmatch, (self.organizer, self.attendee))):
            raise ValueError(f"visit {self.visit}: not an address")

    @property
    def uid(self) -> str:
        """What the visit is called in every calendar, however often it moves."""
        return f"{sha256(f'visit|{self.visit}'.encode()).hexdigest()[:32]}@caretime"


def visit_request(notice: VisitNotice, *, made_at: datetime) -> bytes:
    """
    Return the file that puts a visit into a calendar, or moves it there.

    Parameters
    ----------
    made_at
        When this is said, with its zone.

    Returns
    -------
    bytes
        RFC 5545 and 5546, ``METHOD:REQUEST``: UTF-8, lines of at most 75 octets.
        Equal notices give equal bytes. Moments are in UTC, which each calendar shows
        on its owner's clock; no hour of a year is then told in two ways.

    Examples
    --------
    >>> start = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    >>> notice = VisitNotice("A-7", start, 50, 1, "visits@example.org", "b@example.org")
    >>> lines = visit_request(notice, made_at=start).decode().splitlines()
    >>> [line for line in lines if line.startswith(("METHOD", "SEQ", "DTSTART"))]
    ['METHOD:REQUEST', 'DTSTART:20261201T233000Z', 'SEQUENCE:1']
    """
    return _file(notice, made_at, method="REQUEST", status="CONFIRMED")


def visit_cancel(notice: VisitNotice, *, made_at: datetime) -> bytes:
    """
    Return the file that takes a visit out of a calendar.

    The notice bears a higher sequence than the last request; otherwise as in
    ``visit_request``, with ``METHOD:CANCEL``.
    """
    return _file(notice, made_at, method="CANCEL", status="CANCELLED")


def _file(notice: VisitNotice, made_at: datetime, *, method: str, status: str) -> bytes:
    from icalendar import Calendar as File

    if made_at.tzinfo is None:
        raise ValueError("made_at has no time zone")
    file = File()
    file.add("prodid", "-//Caretime//Visit//EN")
    file.add("version", "2.0")
    file.add("method", method)
    file.add_component(_event(notice, made_at, status))
    text: bytes = file.to_ical()
    return text


def _event(notice: VisitNotice, made_at: datetime, status: str) -> Any:
    from icalendar import Event, vCalAddress

    start = notice.start.astimezone(UTC)
    attendee = vCalAddress(f"mailto:{notice.attendee}")
    # The answer is given by the message's link, not from the calendar.
    attendee.params["RSVP"] = "FALSE"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    event = Event()
    event.add("uid", notice.uid)
    event.add("dtstamp", made_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=notice.minutes))
    event.add("sequence", notice.sequence)
    event.add("status", status)
    event.add("summary", notice.summary)
    if notice.place:
        event.add("location", notice.place)
    event.add("class", "PRIVATE")
    event.add("organizer", vCalAddress(f"mailto:{notice.organizer}"))
    event.add("attendee", attendee)
    return event
