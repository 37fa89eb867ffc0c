"""
Weeks, clocks and pairs written so that a steward can check them.

Each call in a spec test is one row of a table. The row is run as a test, and the
manual prints it (``docs/spec_pages.py``): what is printed is what was run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from site_words import MONDAY, site_of

from caretime.model.calendar import MINUTES_PER_DAY, Calendar
from caretime.model.outcome import Violation
from caretime.model.request import Extension, Offer, Request
from caretime.model.terms import Clause
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rules.access import (
    business_calendar,
    judge,
    load_standards,
    profiles,
)
from caretime.rules.check import Circumstances, broken_clauses, broken_law
from caretime.rules.clause_kinds import make_clause
from caretime.rules.roster import SITE_RULES
from caretime.rules.roster_scene import scene_of
from caretime.rules.spans import DAY_NAMES

CALENDAR = business_calendar("california", 2024, 2026, "America/Los_Angeles")

BLOCK = re.compile(
    r"(?P<first>\w{3})(?:-(?P<last>\w{3}))? "
    r"(?P<from>\d\d:\d\d)-(?P<to>\d\d:\d\d) "
    r"(?P<activity>\w+)(?: x(?P<times>\d+))?"
)

clause = make_clause


@dataclass
class Row:
    """One line of a printed table, and the line of its test in the file."""

    cells: dict[str, str]
    line: int = 0


@dataclass
class Table:
    """The rows that the tests of one file gave, in their order."""

    rows: list[Row] = field(default_factory=list)

    def add(self, **cells: str) -> None:
        self.rows.append(
            Row({name.replace("_", " "): text for name, text in cells.items()})
        )


def week_of(text: str) -> tuple[Block, ...]:
    """
    Read a week: ``Mon 12:00-12:30 meal; Mon-Fri 08:00-12:00 return x4``.

    ``x4`` cuts the time into four equal blocks; a span of days repeats it.
    """
    blocks = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        found = BLOCK.fullmatch(part)
        assert found, f"cannot read {part!r}"
        first = DAY_NAMES.index(found["first"])
        last = DAY_NAMES.index(found["last"] or found["first"])
        start, end = minutes(found["from"]), minutes(found["to"])
        times = int(found["times"] or 1)
        each, rest = divmod(end - start, times)
        assert not rest, f"{part!r} does not divide evenly"
        blocks += [
            Block(day * MINUTES_PER_DAY + start + k * each, each, found["activity"])
            for day in range(first, last + 1)
            for k in range(times)
        ]
    return tuple(blocks)


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def moment(text: str) -> datetime:
    """Read ``Fri 2025-05-02 16:00`` in Los Angeles; the weekday must be true."""
    name, day, clock = text.split()
    found = CALENDAR.at(date.fromisoformat(day), minutes(clock))
    assert DAY_NAMES[found.weekday()] == name, f"{text} is no {name}"
    return found


def words(violation: Violation) -> str:
    """Say a violation as a steward would note it."""
    side = "over" if violation.observed > violation.limit else "under"
    return (
        f"{violation.clause_id} {violation.where} {violation.observed} "
        f"{violation.unit} {side} {violation.limit} {violation.unit}"
    )


class WeekSpec:
    """Judge a week by clauses: ``spec(clause(...), week=..., violations=[...])``."""

    def __init__(self, table: Table, title: str) -> None:
        self.table, self.title = table, title

    def __call__(
        self,
        *clauses: Clause,
        week: str,
        violations: Sequence[str] = (),
        **who: object,
    ) -> None:
        found = broken_clauses(week_of(week), clauses, Circumstances(**who))
        self._judge(found, clauses, week, violations, who)

    def law(self, *, week: str, violations: Sequence[str] = (), **who: object) -> None:
        found = broken_law(week_of(week), (), Circumstances(**who))
        self._judge(found, (), week, violations, who)

    def _judge(self, found, clauses, week, violations, who) -> None:
        assert [words(v) for v in found] == list(violations)
        known = {"clause": "; ".join(map(terms, clauses))} if clauses else {}
        given = [
            f"{name.replace('_', ' ')} {spoken(value)}" for name, value in who.items()
        ]
        self.table.add(
            case=self.title,
            **known,
            week="; ".join([week.strip(), *given]),
            violations="; ".join(violations) or "none",
        )


class ClockSpec:
    """Judge one request by one standard."""

    def __init__(self, table: Table, title: str) -> None:
        self.table, self.title = table, title

    def __call__(
        self,
        standard_id: str,
        *,
        starts: str,
        offered: str | Sequence[str] = (),
        told: str | None = None,
        withdrawn: str | None = None,
        note: Extension | None = None,
        in_person_only: bool = False,
        telehealth: bool = False,
        closed: str | None = None,
        now: str = "Wed 2026-12-30 12:00",
        says: str,
        wait: int,
        flaw: str | None = None,
        calendar: Calendar = CALENDAR,
    ) -> None:
        offers = (offered,) if isinstance(offered, str) else tuple(offered)
        request = Request(
            moment(starts),
            tuple(
                Offer(
                    moment(told or starts),
                    moment(text),
                    in_person=not telehealth,
                    withdrawn_at=moment(withdrawn) if withdrawn else None,
                )
                for text in offers
            ),
            extensions=(note,) if note else (),
            in_person_only=in_person_only,
            closed_at=moment(closed) if closed else None,
        )
        standard = by_id(standard_id)
        found = judge(standard, request, calendar, now=moment(now))
        assert f"{found.outcome}: {found.reason}" == says
        assert found.wait == wait
        assert found.flaws == ((flaw,) if flaw else ())
        record = [
            written(note) if note else "",
            f"taken back {withdrawn}" if withdrawn else "",
            f"patient stopped asking {closed}" if closed else "",
            "asked for care in person" if in_person_only else "",
            "offer by telehealth" if telehealth else "",
        ]
        self.table.add(
            case=self.title,
            standard=f"`{standard_id}`",
            clock_starts=starts,
            offered="; ".join(offers) or "nothing",
            on_record="; ".join(filter(None, record)) or "–",
            judged_on=now if now != "Wed 2026-12-30 12:00" else "later",
            answer=says.replace("_", " "),
            wait=f"{wait} of {found.limit} {found.unit.replace('_', ' ')}",
        )


class RowSpec:
    """Print a row of any shape whose test has asserted it itself."""

    def __init__(self, table: Table, title: str) -> None:
        self.table, self.title = table, title

    def __call__(self, **cells: object) -> None:
        self.table.add(case=self.title, **{k: str(v) for k, v in cells.items()})


class SiteSpec:
    """Judge weeks by one rule of a site; ``C1: Mon 09:00-09:50 return @S1``."""

    def __init__(self, table: Table, title: str) -> None:
        self.table, self.title = table, title

    def __call__(
        self,
        rule: str,
        *clauses: Clause,
        weeks: str,
        violations: Sequence[str] = (),
        rooms: int = 9,
        **tables: str,
    ) -> None:
        system = site_of(clauses, rooms, **tables)
        roster = Roster("made", tuple(map(placed_week, weeks.split("|"))))
        terms_of_all = system.contracts["made"]
        found = SITE_RULES[rule](scene_of(roster, system, terms_of_all, MONDAY))
        assert [site_words(v) for v in found] == list(violations)
        facts = [f"rooms {rooms}"] if rooms != 9 else []
        facts += [f"{name.replace('_', ' ')}: {t}" for name, t in tables.items()]
        facts += map(terms, clauses)
        self.table.add(
            case=self.title,
            rule=f"`{rule}`",
            site=". ".join(facts),
            weeks=weeks.replace("|", "; "),
            violations="; ".join(violations) or "none",
        )


def placed_week(text: str) -> RosterWeek:
    """Read ``C1: Mon 09:00-09:50 return @S1; Mon 10:00-10:30 notes``."""
    who, _, week = text.strip().partition(":")
    placed = []
    for part in filter(None, (piece.strip() for piece in week.split(";"))):
        block, _, place = part.partition(" @")
        placed += [(made, place) for made in week_of(block)]
    placed.sort()
    return RosterWeek(
        who, Template(tuple(b for b, _ in placed)), tuple(p for _, p in placed)
    )


def site_words(violation: Violation) -> str:
    """Say a violation of a site's rule: whose, when, how much."""
    found, limit = violation.observed, violation.limit
    who = f"{violation.clinician_id} " if violation.clinician_id else ""
    side = "over" if found > limit else "under"
    return f"{who}{violation.where}: {found} {violation.unit} {side} {limit}"


FIXTURES = {"spec": WeekSpec, "clock": ClockSpec, "row": RowSpec, "site": SiteSpec}


def note(
    license_code: str,
    at: str | None,
    text: str = "no harm in waiting",
    *,
    kind: str = "longer_wait",
    cosigned_by: str = "",
    until: str | None = None,
) -> Extension:
    """Write a clinician's note as it stands in the record."""
    return Extension(
        kind,
        license_code,
        moment(at) if at else None,
        text,
        cosigned_by,
        moment(until) if until else None,
    )


def written(extension: Extension) -> str:
    """Say a note in a few words."""
    what = extension.kind.replace("_", " ")
    when = extension.noted_at
    stamp = f"{DAY_NAMES[when.weekday()]} {when:%Y-%m-%d %H:%M}" if when else "undated"
    parts = [f"{what} noted by {extension.license}, {stamp}"]
    if extension.cosigned_by:
        parts.append(f"signed by {extension.cosigned_by}")
    if extension.extends_to:
        parts.append(f"until {extension.extends_to:%Y-%m-%d %H:%M}")
    if not extension.note.strip():
        parts.append("no text")
    return ", ".join(parts)


def by_id(standard_id: str):
    """Return a shipped standard."""
    (found,) = (
        s for p in profiles() for s in load_standards(p) if s.standard_id == standard_id
    )
    return found


def terms(one: Clause) -> str:
    """Say a clause: its id, kind and what the spec set."""
    defaults = make_clause_defaults(one.kind)
    given = [
        f"{name} {spoken(value)}"
        for name, value in one.terms.items()
        if value != defaults.get(name)
    ]
    return f"{one.clause_id} {one.kind}" + (f" ({', '.join(given)})" if given else "")


def make_clause_defaults(kind: str) -> dict[str, object]:
    """Return what a clause of the kind says where the contract is silent."""
    from caretime.rules.clause_kinds import fields_of

    return {name: f.default for name, f in fields_of(kind).items()}


NAMES = {
    word.lower(): word
    for word in [
        "Monday",
        "Friday",
        "Saturday",
        "Thanksgiving",
        "Medicaid",
        "Maryland",
        "NHS",
        "VA",
        "York",
        "New",
        "Spanish",
        "Los",
        "Angeles",
        "Kern",
    ]
}
"""Words that keep their capital when a test's name becomes a sentence."""


def sentence(name: str) -> str:
    """Turn a test's name into the sentence it is."""
    text = name.removeprefix("test_").split("_")
    words = [NAMES.get(word, word) for word in text]
    # "New" is a name before York only.
    for place, word in enumerate(words[:-1]):
        if word == "New" and words[place + 1] != "York":
            words[place] = "new"
    sentence = " ".join(words)
    return sentence[0].upper() + sentence[1:]


def spoken(value: object) -> str:
    """Say a value of a spec as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(map(str, value))
    return str(value)
