"""Weeks with dates: what falls away, what breaks a clause, and the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from caretime.cli import ExitCode, console, emit_json, progress
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.cli._roster_answer import Weeks
    from caretime.cli._roster_files import Files
    from caretime.model.dated import DatedPlan, DayChange, LoneSupervision, LostVisit
    from caretime.model.outcome import Violation
    from caretime.rules.breaches import Violations

MOST_DAYS = 366

MOST_NAMES = 4
"""Clinicians of one day that are named; more are counted, the files have them all."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Days to give weeks to, and the file of changes to single ones."""

    first: date
    last: date
    changes: Path | None

    @classmethod
    def of(
        cls, first: date | None, last: date | None, changes: Path | None
    ) -> Dates | None:
        """
        Return the dates asked for, if any were.

        Raises
        ------
        PlanError
            If only some of the options were given, or the days are no span of at
            most a year.
        """
        if first is None and last is None and changes is None:
            return None
        if first is None or last is None:
            raise PlanError(
                "give --from and --to, the first and the last day, such as "
                "--from 2025-06-02 --to 2025-06-29"
            )
        if last < first:
            raise PlanError(f"--to {last} is before --from {first}")
        if (last - first).days >= MOST_DAYS:
            raise PlanError(f"at most {MOST_DAYS} days, got {first} to {last}")
        return cls(first, last, changes)


@dataclass(frozen=True, slots=True)
class DatedAnswer:
    """Days worked, what is lost with them, and what breaks a clause."""

    weeks: Weeks
    dates: Dates
    people: Collection[str]
    one: bool
    plan: DatedPlan
    uncovered: tuple[tuple[date, Violation], ...]
    violations: Violations

    @property
    def mondays(self) -> list[date]:
        """The Monday of each week that has a day in it."""
        from caretime.model.calendar import days_between, monday_of

        first = monday_of(self.dates.first)
        return list(days_between(first, self.dates.last)[::7])

    def holidays(self, monday: date) -> list[date]:
        """Return the holidays asked for that fall on days of work of a week."""
        off = self.weeks.system.calendar.holidays
        days = (monday + timedelta(days=k) for k in range(5))
        return [
            d for d in days if d in off and self.dates.first <= d <= self.dates.last
        ]


def date_weeks(
    weeks: Weeks, dates: Dates, people: Collection[str], files: Files, *, as_json: bool
) -> int:
    """Give weeks dates, print or emit what that means, and write the files."""
    with progress("dates") as report:
        report(0, 1, "days worked, and what falls away")
        answer = _dated(weeks, dates, people)
        report(1, 1, "days worked, and what falls away")
    _write(answer, files)
    if as_json:
        emit_json(_document(answer))
    else:
        _show(answer)
    return ExitCode.BROKEN if answer.violations else ExitCode.DONE


def made_by(weeks: Weeks) -> dict[str, Any]:
    """Say which inputs, contract and weeks an answer is about."""
    from importlib.metadata import version

    from caretime.formats import contract_hash
    from caretime.formats.rosters import roster_hash

    return {
        "made_by": {
            "version": version("caretime"),
            "inputs_hash": weeks.system.inputs_hash,
            "contract_id": weeks.contract.contract_id,
            "contract_hash": contract_hash(weeks.contract),
            "roster_hash": roster_hash(weeks.roster),
        }
    }


def _dated(weeks: Weeks, dates: Dates, people: Collection[str]) -> DatedAnswer:
    """Plan and judge; of the whole answer keep the part of some people."""
    from caretime.rostering.dated import check_dated, plan_dates

    _note_when_it_holds(weeks, dates)
    changes, problems = _changes(weeks, dates)
    span: dict[str, Any] = {
        "first": dates.first,
        "last": dates.last,
        "changes": changes,
    }
    try:
        plan = plan_dates(weeks.roster, weeks.system, **span)
    except InputError as error:
        name = dates.changes.name if dates.changes else ""
        problems += [replace(p, source=name) for p in error.problems]
    if problems:
        raise InputError(sorted(problems))
    found = check_dated(weeks.roster, weeks.system, weeks.contract, **span)
    uncovered = () if weeks.shown else _uncovered(weeks, dates, people, plan)
    leaders = {g.group_id: (g.leader_id, g.co_leader_id) for g in weeks.system.groups}
    return DatedAnswer(
        weeks,
        dates,
        people,
        weeks.shown is not None,
        replace(
            plan,
            blocks=tuple(b for b in plan.blocks if b.clinician_id in people),
            lost=tuple(v for v in plan.lost if v.clinician_id in people),
            unled=tuple(
                u for u in plan.unled if set(leaders[u.group_id]) & set(people)
            ),
            unsupervised=tuple(
                u
                for u in plan.unsupervised
                if u.clinician_id in people or u.supervisor_id in people
            ),
        ),
        uncovered,
        tuple(v for v in found if v.clinician_id in people),
    )


def _uncovered(
    weeks: Weeks, dates: Dates, people: Collection[str], plan: DatedPlan
) -> tuple[tuple[date, Violation], ...]:
    """Return the shifts that nobody, or too few, hold at the sites of some people."""
    from caretime.rostering.dated_cover import cover_lacking

    staff = weeks.system.clinicians
    return cover_lacking(
        plan,
        weeks.roster,
        weeks.system,
        weeks.contract,
        first=dates.first,
        last=dates.last,
        clinic_ids={c.clinic_id for c in staff if c.clinician_id in people},
    )


def _note_when_it_holds(weeks: Weeks, dates: Dates) -> None:
    """Refuse days on which the weeks do not hold; note it where some are such."""
    first, last = weeks.roster.first_day, weeks.roster.last_day
    since = f"from {first}" if first else ""
    text = f"the weeks hold {since}{f' to {last}' if last else ''}".rstrip()
    if (first and dates.last < first) or (last and last < dates.first):
        raise PlanError(f"{text}, not from {dates.first} to {dates.last}")
    if (first and dates.first < first) or (last and last < dates.last):
        console.print(f"note: {text}; other days stay empty", markup=False)


def _changes(weeks: Weeks, dates: Dates) -> tuple[tuple[DayChange, ...], list[Problem]]:
    """Read the changes; note those of other days than the ones asked for."""
    if dates.changes is None:
        return (), []
    from caretime.formats.day_changes import changes_and_problems

    changes, problems = changes_and_problems(dates.changes, weeks.system)
    outside = [
        str(change.line)
        for change in changes
        if all(
            day is None or not dates.first <= day <= dates.last
            for day in (change.day, change.to_day)
        )
    ]
    if outside:
        console.print(
            f"note: {dates.changes.name}, line {', '.join(outside[:5])}"
            f"{' and others' if len(outside) > 5 else ''}: not a day from "
            f"{dates.first} to {dates.last}, changes nothing here",
            markup=False,
        )
    return changes, list(problems)


def _write(answer: DatedAnswer, files: Files) -> None:
    """Write what was asked for, and say on standard error where it is."""
    from caretime.formats.dated_tables import write_dated, write_dated_book

    system = answer.weeks.system
    if files.out is not None:
        write_dated(answer.plan, system, files.out)
        console.print(f"dated weeks: {files.out}", markup=False)
    if files.excel is not None:
        write_dated_book(answer.plan, system, files.excel)
        console.print(f"workbook: {files.excel}", markup=False)
    if files.ical is not None:
        _write_calendars(answer, files.ical)
        console.print(f"calendar: {files.ical}", markup=False)


def _write_calendars(answer: DatedAnswer, path: Path) -> None:
    """Write the one calendar, or everybody's into a folder."""
    from caretime.formats.ical import write_dated_calendar
    from caretime.model.week import Block

    rows: dict[str, list[tuple[date, Block, str]]] = defaultdict(list)
    for block in answer.plan.blocks:
        held = Block(block.start, block.minutes, block.activity)
        rows[block.clinician_id].append((block.day, held, block.place))
    held_by = [w.clinician_id for w in answer.weeks.roster.weeks]
    if not answer.one:
        path.mkdir(exist_ok=True)
    for who in held_by:
        if who in answer.people:
            target = path if answer.one else path / f"{who}.ics"
            write_dated_calendar(who, rows[who], target, answer.weeks.system.calendar)


def _document(answer: DatedAnswer) -> dict[str, Any]:
    """Return dated weeks as data; the manual describes its fields."""
    from caretime.cli._roster_answer import violation_document

    plan, terms = answer.plan, answer.weeks.contract
    return {
        **made_by(answer.weeks),
        "first_day": answer.dates.first,
        "last_day": answer.dates.last,
        "blocks": len(plan.blocks),
        "weeks": [
            {
                "monday": monday,
                "holidays": answer.holidays(monday),
                "lost": Counter(v.visit_type for v in in_week(plan.lost, monday)),
                "unled": len(in_week(plan.unled, monday)),
                "unsupervised": len(in_week(plan.unsupervised, monday)),
            }
            for monday in answer.mondays
        ],
        "lost": plan.lost,
        "unled": plan.unled,
        "unsupervised": plan.unsupervised,
        "cover_lacking": [
            {"day": day, "where": one.where, "found": one.observed, "asked": one.limit}
            for day, one in answer.uncovered
        ],
        "violations": [violation_document(one, terms) for one in answer.violations],
    }


class _HasDay(Protocol):
    @property
    def day(self) -> date: ...


D = TypeVar("D", bound=_HasDay)


def in_week(things: Iterable[D], monday: date) -> list[D]:
    """Return what is of one week."""
    end = monday + timedelta(days=7)
    return [thing for thing in things if monday <= thing.day < end]


def _show(answer: DatedAnswer) -> None:
    """Print what falls away week by week, then what breaks a clause."""
    from rich.console import Console

    from caretime.cli._roster_tables import counted, print_violations

    out = Console(highlight=False)
    weeks, broken = answer.weeks, answer.violations
    count = sum(w.clinician_id in answer.people for w in weeks.roster.weeks)
    kept = counted(len(broken), "breach", "breaches") + ", see below"
    out.print(
        f"{weeks.system.name}, {weeks.contract.title}: {counted(count, 'week')} from "
        f"{answer.dates.first} to {answer.dates.last}; clauses and laws "
        f"{kept if broken else 'all kept'}.",
        style="bold",
        markup=False,
    )
    for monday in answer.mondays:
        for line in _week_lines(answer, monday):
            out.print(line, markup=False)
    if broken:
        print_violations(broken, weeks.contract, out)


def _week_lines(answer: DatedAnswer, monday: date) -> Iterator[str]:
    """Say what falls away in a week: a line for each day and cause."""
    from caretime.cli._roster_tables import counted

    lost = in_week(answer.plan.lost, monday)
    alike: dict[tuple[date, str], list[LostVisit]] = {
        (day, "holiday"): [] for day in answer.holidays(monday)
    }
    for visit in lost:
        alike.setdefault((visit.day, visit.cause), []).append(visit)
    told: list[tuple[date, str, str]] = []
    for (day, cause), visits in alike.items():
        text = _counted(visits) or "no opening"
        if cause != "holiday":
            who = sorted({visit.clinician_id for visit in visits})
            many = counted(len(who), "clinician")
            text += f" of {many if len(who) > MOST_NAMES else ', '.join(who)}"
        told.append((day, cause, text))
    told += [
        (one.day, "no leader", f"group {one.group_id}")
        for one in in_week(answer.plan.unled, monday)
    ]
    told += [
        (one.day, "unsupervised", _alone(one))
        for one in in_week(answer.plan.unsupervised, monday)
    ]
    told += [
        (day, "cover short", f"{one.where}: {one.observed} of {one.limit}")
        for day, one in answer.uncovered
        if monday <= day < monday + timedelta(days=7)
    ]
    verb = "falls" if len(lost) == 1 else "fall"
    what = _counted(lost) or ("no opening" if told else "nothing")
    yield f"Week of {monday}: {what} {verb if lost else 'falls'} away."
    for day, cause, text in sorted(told):
        yield f"  {_named(day)}  {cause:<13}{text}"


def _counted(lost: Sequence[LostVisit]) -> str:
    from caretime.cli._roster_answer import OPENINGS
    from caretime.cli._roster_tables import counted

    often = Counter(visit.visit_type for visit in lost)
    return ", ".join(
        counted(often[kind], noun) for kind, noun in OPENINGS.items() if often[kind]
    )


def _alone(one: LoneSupervision) -> str:
    """Say whose supervision it is, when, and without whom."""
    from caretime.rules.roster_scene import span_words

    # The words of a Monday: minutes of a day are those of the week's first day.
    _, span = span_words((one.start, one.start + one.minutes)).split()
    without = f"supervision without {one.supervisor_id}"
    return f"{one.clinician_id} {span}, {without}"


def _named(day: date) -> str:
    from caretime.rules.spans import DAY_NAMES

    return f"{DAY_NAMES[day.weekday()]} {day}"
