"""A visit in somebody's calendar: booked, moved, canceled, and told out of order."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as File
from test_ical import lines_of, parts_of

from caretime.formats.invitations import VisitNotice, visit_cancel, visit_request

HERE = ZoneInfo("America/Los_Angeles")
SAID = datetime(2026, 11, 24, 18, tzinfo=UTC)
FIRST = VisitNotice(
    "A-7",
    datetime(2026, 12, 1, 15, 30, tzinfo=HERE),
    50,
    0,
    "visits@example.org",
    "ben@example.org",
)
MOVED = replace(FIRST, sequence=1, start=datetime(2026, 12, 3, 9, tzinfo=HERE))
CANCELED = replace(MOVED, sequence=2)


class Diary:
    """A calendar program: keeps, by uid, what RFC 5546 says is newest."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[int, datetime], datetime | None]] = {}

    def receive(self, octets: bytes) -> None:
        file = File.from_ical(octets)
        (event,) = file.walk("VEVENT")
        age = event["SEQUENCE"], event.decoded("dtstamp")
        uid = str(event["UID"])
        if uid in self._kept and age < self._kept[uid][0]:
            return
        start = event.decoded("dtstart") if file["METHOD"] == "REQUEST" else None
        self._kept[uid] = age, start

    @property
    def visits(self) -> list[datetime]:
        return [start for _, start in self._kept.values() if start is not None]


def request(notice: VisitNotice, said: datetime = SAID) -> bytes:
    return visit_request(notice, made_at=said)


def cancel(notice: VisitNotice, said: datetime = SAID) -> bytes:
    return visit_cancel(notice, made_at=said)


def test_a_visit_moves_and_goes_in_a_real_calendar():
    diary, seen = Diary(), []

    for file in (request(FIRST), request(MOVED), cancel(CANCELED)):
        diary.receive(file)
        seen.append(diary.visits)

    assert seen == [[FIRST.start], [MOVED.start], []]


def test_whatever_order_files_arrive_in_the_end_is_the_same():
    files = request(FIRST), request(MOVED), cancel(CANCELED)

    for order in itertools.permutations(files + files[:1]):
        diary = Diary()
        for file in order:
            diary.receive(file)
        assert diary.visits == []


def test_another_visit_is_left_alone():
    other = replace(FIRST, visit="A-8")
    diary = Diary()

    for file in (request(FIRST), request(other), cancel(replace(other, sequence=1))):
        diary.receive(file)

    assert diary.visits == [FIRST.start]


def test_a_visit_has_one_uid_however_often_it_moves():
    uids = {
        parts_of(file, "VEVENT")[0]["UID"]
        for file in (request(FIRST), request(MOVED), cancel(CANCELED))
    }

    assert uids == {FIRST.uid}
    assert "A-7" not in FIRST.uid


def test_a_file_has_what_an_invitation_must_have():
    file = request(MOVED)

    lines = lines_of(file)
    assert lines.count("METHOD:REQUEST") == 1
    assert lines.count("SEQUENCE:1") == 1
    assert lines.count("STATUS:CONFIRMED") == 1
    assert lines.count("DTSTAMP:20261124T180000Z") == 1
    assert lines.count("ORGANIZER:mailto:visits@example.org") == 1
    (event,) = File.from_ical(file).walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:ben@example.org"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    canceled = lines_of(cancel(CANCELED))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"} <= set(canceled)


@pytest.mark.parametrize("month", [1, 3, 7, 11])
def test_a_moment_is_the_same_in_winter_and_summer(month):
    start = datetime(2026, month, 20, 15, 30, tzinfo=HERE)

    (event,) = File.from_ical(request(replace(FIRST, start=start))).walk("VEVENT")

    assert event.decoded("dtstart") == start


def test_a_visit_over_the_change_of_the_clock_has_its_true_length():
    before = datetime(2026, 11, 1, 0, 30, tzinfo=HERE)
    file = request(replace(FIRST, start=before, minutes=120))

    (event,) = File.from_ical(file).walk("VEVENT")
    start, end = event.decoded("dtstart"), event.decoded("dtend")

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=2)


def test_no_word_tells_of_the_kind_of_care():
    text = "\n".join(lines_of(request(FIRST)))

    assert not re.search("patient|therap|clinic|health|treat|session", text, re.I)
    assert "CLASS:PRIVATE" in text
    assert "ben@example.org" not in repr(FIRST)


def test_words_in_any_script_and_with_commas_come_back_whole():
    notice = replace(FIRST, summary="نوبت, 預約; \\ x", place="Suite 4, 2nd floor")

    (event,) = File.from_ical(request(notice)).walk("VEVENT")

    assert event["SUMMARY"] == notice.summary
    assert event["LOCATION"] == notice.place


@pytest.mark.parametrize(
    "parts",
    [
        {"start": FIRST.start.replace(tzinfo=None)},
        {"minutes": 0},
        {"sequence": -1},
        {"attendee": "a@b.org\r\nX-EVIL:1"},
        {"organizer": "nobody"},
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(parts):
    with pytest.raises(ValueError, match="visit A-7"):
        replace(FIRST, **parts)


def test_a_file_says_when_it_was_made():
    with pytest.raises(ValueError, match="no time zone"):
        request(FIRST, SAID.replace(tzinfo=None))
    assert request(FIRST) == request(FIRST)
