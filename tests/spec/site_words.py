"""Tables of a site written so that a steward can read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from caretime.formats import default_assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import Group
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Cover, TeamMeeting, Unavailability, WorkPlace
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rules.spans import DAY_NAMES

MONDAY = date(2025, 6, 2)

TIME = r"(?P<day>\w{3}) (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
PERSON = re.compile(
    r"(?P<who>\w+) (?P<license>\w+)(?: at (?P<clinic>\w+))?(?: under (?P<under>\w+))?"
    r"(?: telehealth (?P<share>[\d.]+))?(?: hired (?P<hired>[\d-]+))?"
)
UNAVAILABLE = re.compile(rf"(?P<who>\w+) {TIME}")
WORK_PLACE = re.compile(
    rf"(?P<who>\w+) {TIME} (?P<place>\w+)(?: travel (?P<travel>\d+))?"
)
COVER = re.compile(rf"(?P<clinic>\w+) {TIME} x(?P<times>\d+)(?: (?P<licenses>[\w/]+))?")
MEETING = re.compile(
    r"(?P<clinic>\w+) (?P<minutes>\d+) min(?: (?P<day>\w{3}) (?P<start>\d\d:\d\d))?"
)
GROUP = re.compile(rf"(?P<group>\w+) (?P<who>\w+)(?:/(?P<with>\w+))? {TIME}")


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def site_of(clauses: Sequence[Clause], rooms: int, **tables: str) -> CareSystem:
    """Make a system of S1 and S2, open 08:00 to 18:00, from tables in words."""
    unknown = set(tables) - {"people", *READERS}
    assert not unknown, f"no table {unknown}"
    read = {
        name: lines(reader, pattern, tables.get(name, ""))
        for name, (pattern, reader) in READERS.items()
    }
    terms = Contract("made", "Made", date(2025, 1, 1), "assumption", "", tuple(clauses))
    return CareSystem(
        name="Small",
        first_day=MONDAY,
        members=1000,
        jurisdiction="california",
        contract_in_force="made",
        pooling="site",
        calendar=Calendar(),
        clinics=tuple(
            Clinic(name, "Los Angeles", "90027", 34.1, -118.3, rooms, 480, 1080)
            for name in ("S1", "S2")
        ),
        clinicians=lines(person, PERSON, tables["people"]),
        network=(),
        patients=(),
        appointments=(),
        group_members=(),
        demand=(),
        assumptions=default_assumptions(),
        standards=(),
        contracts={"made": terms},
        **read,
    )


def lines(
    reader: Callable[[dict[str, str]], object], pattern: re.Pattern[str], text: str
) -> tuple[object, ...]:
    made = []
    for line in filter(None, (piece.strip() for piece in text.split(";"))):
        found = pattern.fullmatch(line)
        assert found, f"cannot read {line!r}"
        made.append(reader(found.groupdict()))
    return tuple(made)


def person(row):
    return Clinician(
        row["who"],
        row["license"],
        ("en",),
        ("adult",),
        ("therapy",),
        1.0,
        row["clinic"] or "S1",
        float(row["share"] or 0),
        row["under"],
        date.fromisoformat(row["hired"] or "2020-01-06"),
        "therapist",
        1,
        False,
    )


def span(row):
    return DAY_NAMES.index(row["day"]), minutes(row["start"]), minutes(row["end"])


def unavailable(row):
    return Unavailability(row["who"], *span(row))


def work_place(row):
    return WorkPlace(row["who"], *span(row), row["place"], int(row["travel"] or 0))


def cover(row):
    licenses = tuple((row["licenses"] or "").split("/")) if row["licenses"] else ()
    return Cover(row["clinic"], *span(row), licenses, int(row["times"]))


def meeting(row):
    if row["day"] is None:
        return TeamMeeting(row["clinic"], int(row["minutes"]))
    day, start = DAY_NAMES.index(row["day"]), minutes(row["start"])
    return TeamMeeting(row["clinic"], int(row["minutes"]), day, start)


def therapy_group(row):
    day, start, end = span(row)
    seats = (8, "adult", "en", "therapy")
    return Group(row["group"], row["who"], row["with"], day, start, end - start, *seats)


READERS = {
    "unavailable": (UNAVAILABLE, unavailable),
    "work_places": (WORK_PLACE, work_place),
    "cover": (COVER, cover),
    "team_meetings": (MEETING, meeting),
    "groups": (GROUP, therapy_group),
}
"""How each table of a site is read, by the system's name for it."""
