"""A week as a feed: judged by another reader, and by the rules of the text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar as Feed

from caretime import tables
from caretime.formats.ical import (
    WORDS,
    dated_calendar,
    week_calendar,
    write_calendar,
    write_dated_calendar,
)
from caretime.model.calendar import Calendar
from caretime.model.care import Absence
from caretime.model.week import TELEHEALTH, Block, RosterWeek, Template
from strategies import templates

FIRST = date(2024, 10, 16)
THANKSGIVING = date(2024, 11, 28)
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = RosterWeek(
    "C-12",
    Template(
        (
            Block(9 * 60, 60, "intake"),
            Block(3 * 1440 + 10 * 60, 30, "urgent"),
            Block(4 * 1440 + 23 * 60, 60, "meal"),
        )
    ),
    ("S-1", TELEHEALTH, ""),
)


def lines_of(feed: bytes) -> list[str]:
    """Return the unfolded lines of a feed, after judging the folded ones."""
    assert feed.endswith(b"\r\n")
    assert b"\n" not in feed.replace(b"\r\n", b"")
    assert b"\r" not in feed.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))
    return feed.decode().replace("\r\n ", "").splitlines()


def parts_of(feed: bytes, name: str) -> list[dict[str, str]]:
    """Return the properties of each component of a name, by hand."""
    found: list[dict[str, str]] = []
    inside = False
    for line in lines_of(feed):
        if line == f"BEGIN:{name}":
            inside = True
            found.append({})
        elif line == f"END:{name}":
            inside = False
        elif inside:
            key, _, value = line.partition(":")
            found[-1][key] = value
    return found


def local(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007


def offset_of(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))


def onsets(part: dict[str, str], years: range) -> list[datetime]:
    """Return when a part of a zone begins, its rule followed by hand."""
    first = local(part["DTSTART"])
    listed = [local(text) for text in part.get("RDATE", "").split(",") if text]
    if "RRULE" not in part:
        return [first, *listed]
    rule = dict(item.split("=") for item in part["RRULE"].split(";"))
    number, day = int(rule["BYDAY"][:-2]), DAY_NAMES.index(rule["BYDAY"][-2:])
    found = []
    for year in years:
        month = date(year, int(rule["BYMONTH"]), 1)
        days = [month + timedelta(days=k) for k in range(31)]
        same = [d for d in days if d.month == month.month and d.weekday() == day]
        chosen = same[number - 1] if number > 0 else same[number]
        found.append(datetime.combine(chosen, first.time()))
    return [onset for onset in found if onset >= first]


def offset_at(feed: bytes, moment: datetime) -> timedelta:
    """Return the offset that the feed's own zone gives a wall-clock time."""
    years = range(moment.year - 2, moment.year + 1)
    changes = [
        (onset, offset_of(part["TZOFFSETTO"]))
        for name in ("STANDARD", "DAYLIGHT")
        for part in parts_of(feed, name)
        for onset in onsets(part, years)
    ]
    return max(change for change in changes if change[0] <= moment)[1]


def occurrences(event: dict[str, str], zone: str, end: date) -> list[datetime]:
    """Return the local starts of a weekly event up to a day, by hand."""
    start = local(event[f"DTSTART;TZID={zone}"])
    rule = dict(item.split("=") for item in event["RRULE"].split(";"))
    assert rule["FREQ"] == "WEEKLY"
    assert rule["BYDAY"] == DAY_NAMES[start.weekday()]
    left_out = event.get(f"EXDATE;TZID={zone}", "").split(",")
    found = []
    while start.date() <= end:
        found.append(start)
        start += timedelta(days=7)
    if "UNTIL" in rule:
        until = datetime.strptime(rule["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        found = [s for s in found if s.replace(tzinfo=ZoneInfo(zone)) <= until]
    return [s for s in found if f"{s:%Y%m%dT%H%M%S}" not in left_out]


def test_the_clock_time_is_right_across_the_change_of_the_clock():
    feed = week_calendar(WEEK, Calendar(), first_day=FIRST)

    starts = occurrences(parts_of(feed, "VEVENT")[0], "America/Los_Angeles", FIRST)
    assert starts == []
    year_after_next = date(2027, 12, 31)
    starts = occurrences(
        parts_of(feed, "VEVENT")[0], "America/Los_Angeles", year_after_next
    )
    assert len(starts) == 167
    assert {start.hour for start in starts} == {9}
    in_utc = [(start - offset_at(feed, start)).replace(tzinfo=UTC) for start in starts]
    assert in_utc == [Calendar().at(start.date(), 9 * 60) for start in starts]
    assert {moment.hour for moment in in_utc} == {16, 17}


@pytest.mark.parametrize("last_day", [None, date(2027, 6, 30)])
@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/London",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/Phoenix",
    ],
)
def test_a_zone_says_the_offset_of_every_noon(zone, last_day):
    feed = week_calendar(WEEK, Calendar(zone), first_day=FIRST, last_day=last_day)

    for count in range(0, 990, 3):
        noon = datetime(2024, 10, 16, 12) + timedelta(days=count)  # noqa: DTZ001
        aware = noon.replace(tzinfo=ZoneInfo(zone))
        assert offset_at(feed, noon) == aware.utcoffset(), noon


def test_a_feed_in_utc_needs_no_zone():
    feed = week_calendar(WEEK, Calendar("UTC"), first_day=FIRST)

    assert "DTSTART:20241021T090000Z" in lines_of(feed)
    assert parts_of(feed, "VTIMEZONE") == []


@given(
    template=templates(),
    zone=st.sampled_from(("America/Los_Angeles", "Australia/Lord_Howe")),
    length=st.integers(0, 100),
    holidays=st.frozensets(st.integers(0, 100), max_size=5),
    away=st.tuples(st.integers(-20, 100), st.integers(0, 40)),
)
def test_an_event_stands_on_exactly_the_days_that_are_worked(
    template, zone, length, holidays, away
):
    last = FIRST + timedelta(days=length)
    calendar = Calendar(zone, frozenset(FIRST + timedelta(days=d) for d in holidays))
    gone = FIRST + timedelta(days=away[0])
    back = gone + timedelta(days=away[1])
    week = RosterWeek("C-1", template, ("S-1",) * len(template.blocks))

    feed = week_calendar(
        week,
        calendar,
        first_day=FIRST,
        last_day=last,
        absences=[Absence("C-1", gone, back), Absence("C-2", FIRST, None)],
    )

    days = [FIRST + timedelta(days=d) for d in range(length + 1)]
    expected = sorted(
        datetime.combine(day, datetime.min.time())
        + timedelta(minutes=block.minute_of_day)
        for day in days
        for block in template.on_day(day.weekday())
        if day not in calendar.holidays and not gone <= day <= back
    )
    events = parts_of(feed, "VEVENT")
    found = [start for e in events for start in occurrences(e, zone, last)]
    assert sorted(found) == expected
    assert len({event["UID"] for event in events}) == len(events)


def test_another_reader_finds_the_same_blocks():
    feed = Feed.from_ical(week_calendar(WEEK, Calendar(), first_day=FIRST))

    found = [
        (
            str(event["summary"]),
            event.decoded("dtstart").isoformat(),
            event.decoded("dtend") - event.decoded("dtstart"),
            str(event.get("location", "")),
        )
        for event in feed.walk("VEVENT")
    ]
    assert found == [
        ("Visit", "2024-10-21T09:00:00-07:00", timedelta(hours=1), "S-1"),
        ("Held time", "2024-10-17T10:00:00-07:00", timedelta(minutes=30), "Online"),
        ("Lunch", "2024-10-18T23:00:00-07:00", timedelta(hours=1), ""),
    ]
    assert feed["method"] == "PUBLISH"


def test_a_series_on_a_holiday_begins_a_week_later():
    calendar = Calendar(holidays=frozenset({date(2024, 10, 21), THANKSGIVING}))

    visit, held, _ = parts_of(week_calendar(WEEK, calendar, first_day=FIRST), "VEVENT")

    zone = "TZID=America/Los_Angeles"
    assert visit[f"DTSTART;{zone}"] == "20241028T090000"
    assert f"EXDATE;{zone}" not in visit
    assert held[f"EXDATE;{zone}"] == "20241128T100000"


def test_an_absence_without_an_end_ends_the_series():
    away = [Absence("C-12", date(2024, 10, 28), None)]

    feed = week_calendar(WEEK, Calendar(), first_day=FIRST, absences=away)

    rules = [event["RRULE"] for event in parts_of(feed, "VEVENT")]
    assert rules[0] == "FREQ=WEEKLY;UNTIL=20241021T160000Z;BYDAY=MO"


def test_someone_away_throughout_has_an_empty_feed():
    away = [Absence("C-12", date(2024, 1, 1), None)]

    feed = week_calendar(WEEK, Calendar(), first_day=FIRST, absences=away)

    assert parts_of(feed, "VEVENT") == []
    assert lines_of(feed)[0] == "BEGIN:VCALENDAR"


def test_no_word_of_a_feed_tells_of_the_kind_of_care():
    activities = {row["activity"] for row in tables.rows("activities")}

    assert set(WORDS) == activities
    clinical = (
        r"patient|therap|intake|return|crisis|supervis|urgent|treat|clinic|health"
    )
    assert [w for w in WORDS.values() if re.search(clinical, w, re.IGNORECASE)] == []
    feed = week_calendar(WEEK, Calendar(), first_day=FIRST)
    shown = [line for line in lines_of(feed) if not line.startswith("PRODID")]
    assert [line for line in shown if re.search(clinical, line, re.IGNORECASE)] == []


def test_an_event_keeps_its_id_when_its_activity_and_place_change():
    changed = RosterWeek(
        "C-12",
        Template((Block(9 * 60, 30, "notes"), *WEEK.template.blocks[1:])),
        (TELEHEALTH, *WEEK.places[1:]),
    )

    before, after = (
        [event["UID"] for event in parts_of(feed, "VEVENT")]
        for feed in (
            week_calendar(WEEK, Calendar(), first_day=FIRST),
            week_calendar(changed, Calendar(), first_day=date(2025, 1, 1)),
        )
    )

    assert before == after


def test_equal_weeks_give_equal_bytes_and_a_time_of_making_shows():
    made = datetime(2024, 10, 1, 8, 30, tzinfo=ZoneInfo("America/Los_Angeles"))

    one, two = (week_calendar(WEEK, Calendar(), first_day=FIRST) for _ in range(2))
    stamped = week_calendar(WEEK, Calendar(), first_day=FIRST, made_at=made)

    assert one == two
    assert parts_of(stamped, "VEVENT")[0]["DTSTAMP"] == "20241001T153000Z"
    with pytest.raises(ValueError, match="no time zone"):
        week_calendar(
            WEEK, Calendar(), first_day=FIRST, made_at=made.replace(tzinfo=None)
        )


def test_a_week_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before the first"):
        week_calendar(
            WEEK, Calendar(), first_day=FIRST, last_day=FIRST - timedelta(days=1)
        )


def test_dated_blocks_stand_on_their_days_only():
    friday = date(2024, 11, 8)
    rows = [
        (friday, Block(4 * 1440 + 13 * 60, 90, "group"), "S-1"),
        (date(2024, 11, 1), Block(4 * 1440 + 13 * 60, 90, "group"), TELEHEALTH),
        (friday, Block(4 * 1440 + 9 * 60, 50, "return"), "S-1"),
    ]

    feed = dated_calendar("C-12", rows, Calendar())

    events = parts_of(feed, "VEVENT")
    zone = "DTSTART;TZID=America/Los_Angeles"
    assert [(event[zone], event["SUMMARY"]) for event in events] == [
        ("20241101T130000", "Group"),
        ("20241108T090000", "Visit"),
        ("20241108T130000", "Group"),
    ]
    assert not any("RRULE" in event for event in events)
    assert len({event["UID"] for event in events}) == 3
    starts = [e.decoded("dtstart") for e in Feed.from_ical(feed).walk("VEVENT")]
    assert [start.astimezone(UTC).hour for start in starts] == [20, 17, 21]


def test_a_feed_of_nothing_is_a_calendar_all_the_same():
    assert lines_of(dated_calendar("C-12", [], Calendar()))[-1] == "END:VCALENDAR"


def test_files_are_written_whole(tmp_path):
    write_calendar(WEEK, tmp_path / "week.ics", Calendar(), first_day=FIRST)
    row = (FIRST, Block(2 * 1440 + 600, 30, "notes"), "")
    write_dated_calendar("C-12", [row], tmp_path / "days.ics", Calendar())

    names = sorted(file.name for file in tmp_path.iterdir())

    assert names == ["days.ics", "week.ics"]
    expected = week_calendar(WEEK, Calendar(), first_day=FIRST)
    assert (tmp_path / "week.ics").read_bytes() == expected
