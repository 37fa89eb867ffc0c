"""
Weeks with dates: templates less holidays and absences, with one-off changes.

The steps of one clinician's day, in this order:

1. The template's blocks of that weekday, if the roster holds on the day and the
   clinician is already hired.
2. Moves take their blocks out of the day they stand on, so that a visit of a
   holiday can be moved off it.
3. Leave: a holiday or a planned absence takes every block, being away for a while
   takes its hours. A visit that reaches into them falls away whole, other blocks
   lose the minutes. A meal stays while there is work on both sides of it: nobody
   works in the hours away.
4. Blocks added and blocks moved here are set. A visit they cover falls away and is
   reported. Desk time under a new visit stays, so that the judge finds the visit
   in protected time; desk time under another new block gives way.
5. Other places are written in.

An associate's supervision stays where the supervisor is not there: it is told with
what is lost, as a group without leader is.

What leave takes from the totals of a week is no violation, what a change takes is:
see ``check_dated``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from caretime.errors import InputError, PlanError, Problem
from caretime.model.calendar import MINUTES_PER_DAY, days_between, monday_of
from caretime.model.care import Absence
from caretime.model.dated import DatedPlan, DayChange, LostVisit, UnledGroup
from caretime.model.outcome import Violation
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block, DatedBlock, Roster
from caretime.rostering._dated_days import CHANGES_FILE, Frame, days_of
from caretime.rostering.dated_supervision import (
    lone_supervision,
    supervision_alone,
    supervision_shared,
)
from caretime.rules.breaches import Violations
from caretime.rules.check import Circumstances, broken_clauses, judge_week
from caretime.rules.spans import DAY_NAMES, paid_activities
from caretime.rules.week_terms import clauses_on

Judge = Callable[[Sequence[Block]], Violations]

UPPER_TOTALS = frozenset({"visit_cap_weekly", "work_week"})
"""Totals of a week that are limits from above: no leave can break them."""


def dated_weeks(
    roster: Roster,
    system: CareSystem,
    *,
    first: date,
    last: date,
    changes: Sequence[DayChange] = (),
) -> tuple[DatedBlock, ...]:
    """
    Return the blocks of each day from the first to the last.

    Template less holidays, less planned absences, with one-off changes. What is
    lost with them is told by ``plan_dates``.

    Parameters
    ----------
    first, last
        Days, both included.

    Returns
    -------
    tuple of DatedBlock
        In the order of clinician, day and time. Blocks may overlap only where a
        change sets a visit into desk time.

    Raises
    ------
    PlanError
        If the last day is before the first, or the roster has weeks of people who
        are not in the system.
    InputError
        With every change that does not fit its day.
    """
    return plan_dates(roster, system, first=first, last=last, changes=changes).blocks


def plan_dates(
    roster: Roster,
    system: CareSystem,
    *,
    first: date,
    last: date,
    changes: Sequence[DayChange] = (),
) -> DatedPlan:
    """
    Return the blocks of ``dated_weeks``, and what is lost with them.

    That is visits, group sessions without leader and supervision without supervisor.
    """
    people = _people(roster, system, first, last)
    problems: list[Problem] = []
    by_person = _by_person(changes, people, problems)
    absences: dict[str, list[Absence]] = defaultdict(list)
    for absence in system.absences:
        absences[absence.clinician_id].append(absence)
    blocks: list[DatedBlock] = []
    lost: list[LostVisit] = []
    for week in roster.weeks:
        weekdays: dict[int, list[tuple[Block, str]]] = defaultdict(list)
        for block, place in week.placed():
            weekdays[block.day].append((block, place))
        frame = Frame(
            people[week.clinician_id],
            weekdays,
            roster.first_day,
            roster.last_day,
            system.calendar.holidays,
            tuple(absences[week.clinician_id]),
        )
        days = days_of(
            frame, first, last, by_person.get(week.clinician_id, ()), problems
        )
        for day in days:
            blocks += sorted(day.blocks)
            lost += day.lost
    if problems:
        raise InputError(problems)
    lost, unled = _groups(system, blocks, lost)
    alone = supervision_alone(_weeks_of(blocks), roster, system)
    return DatedPlan(
        tuple(blocks),
        tuple(sorted(lost)),
        tuple(sorted(unled)),
        tuple(sorted(lone_supervision(alone, system))),
    )


def check_dated(
    roster: Roster,
    system: CareSystem,
    contract: Contract,
    *,
    first: date,
    last: date,
    changes: Sequence[DayChange] = (),
) -> Violations:
    """
    Judge dated weeks by the clauses in force on their Mondays, and by the law.

    Whole weeks are judged: all that touch the days from first to last.

    Returns
    -------
    tuple of Violation
        Of each clinician, week by week; ``where`` holds the date as well.

    Notes
    -----
    Clauses about a day or a visit (daily cap, lengths, buffers, meals, rests, the
    hours of the day, visits in protected time) are judged on every day worked, and
    so are limits of the week from above (weekly cap, paid hours, days).

    A total that a week owes (protected hours, hours of an activity, notes, intakes,
    urgent openings, groups) is judged in full in weeks without leave. Contracts do
    not say what a week of three days owes, so in a week with leave a total is judged
    against the same week without the other changes: what leave took is no
    violation, what a change took on top of it is. So it is with hours of
    supervision, of which the minutes without supervisor do not count: those that
    leave of the supervisor took are no violation of the associate's week, and
    ``plan_dates`` tells them.

    Raises
    ------
    PlanError, InputError
        As ``dated_weeks``; also if the contract has ended before a week.
    """
    first = monday_of(first)
    last = monday_of(last) + timedelta(days=6)
    plan = plan_dates(roster, system, first=first, last=last, changes=changes)
    leave = [change for change in changes if change.change == "away"]
    bare = plan
    if len(leave) < len(changes):
        bare = plan_dates(roster, system, first=first, last=last, changes=leave)
    after, before = _weeks_of(plan.blocks), _weeks_of(bare.blocks)
    shared, shared_before = (
        supervision_shared(weeks, roster, system) for weeks in (after, before)
    )
    shared_undated = supervision_shared(
        {(week.clinician_id, first): week.template.blocks for week in roster.weeks},
        roster,
        replace(system, absences=()),
    )
    leaders = {group.leader_id for group in system.groups}
    people = {c.clinician_id: c for c in system.clinicians}
    found: list[Violation] = []
    for week in roster.weeks:
        person = people[week.clinician_id]
        # As in check_roster: clauses for leaders hold for who leads a group.
        leads = person.leads_groups and person.clinician_id in leaders
        who = Circumstances(person.clinician_id, person.license, person.fte, leads)
        for monday in days_between(first, last)[::7]:
            key = (week.clinician_id, monday)
            clauses = clauses_on(contract, monday, license_code=who.license_code)
            is_short = _paid(before[key]) < _paid(week.template.blocks)
            judge, judge_supervision = _judges(clauses, who)
            found += _judge(
                after[key], before[key] if is_short else None, judge, monday
            )
            # The supervisor's leave excuses hours of supervision, nothing else.
            bare_shared = shared_before.get(key, [])
            whole = shared_undated[week.clinician_id, first]
            is_short = is_short or _paid(bare_shared) < _paid(whole)
            found += _judge(
                shared.get(key, []),
                bare_shared if is_short else None,
                judge_supervision,
                monday,
            )
    return tuple(found)


def _people(
    roster: Roster, system: CareSystem, first: date, last: date
) -> dict[str, Clinician]:
    if last < first:
        raise PlanError(f"the last day {last} is before the first day {first}")
    people = {c.clinician_id: c for c in system.clinicians}
    strange = [w.clinician_id for w in roster.weeks if w.clinician_id not in people]
    if strange:
        raise PlanError(
            f"the roster has weeks of {', '.join(strange[:5])}"
            f"{' and others' if len(strange) > 5 else ''}, not in the system"
        )
    return {w.clinician_id: people[w.clinician_id] for w in roster.weeks}


def _by_person(
    changes: Sequence[DayChange],
    people: Mapping[str, Clinician],
    problems: list[Problem],
) -> dict[str, list[DayChange]]:
    found: dict[str, list[DayChange]] = defaultdict(list)
    for change in changes:
        if change.clinician_id in people:
            found[change.clinician_id].append(change)
        else:
            text = f"{change.clinician_id} has no week in the roster"
            problems.append(Problem(CHANGES_FILE, change.line, "clinician_id", text))
    return found


def _weeks_of(
    blocks: Iterable[DatedBlock],
) -> defaultdict[tuple[str, date], list[Block]]:
    weeks: defaultdict[tuple[str, date], list[Block]] = defaultdict(list)
    for block in blocks:
        start = block.day.weekday() * MINUTES_PER_DAY + block.start
        weeks[block.clinician_id, monday_of(block.day)].append(
            Block(start, block.minutes, block.activity)
        )
    return weeks


def _paid(blocks: Iterable[Block]) -> int:
    return sum(b.minutes for b in blocks if b.activity in paid_activities())


def _judges(clauses: Sequence[Clause], who: Circumstances) -> tuple[Judge, Judge]:
    """Return who judges a week but for hours of supervision, and who judges them."""
    own = {
        clause.clause_id
        for clause in clauses
        if clause.kind == "activity_hours" and clause["activity"] == "supervision"
    }

    def all_else(blocks: Sequence[Block]) -> Violations:
        found = judge_week(blocks, clauses, who)
        return tuple(v for v in found if v.clause_id not in own)

    def supervision(blocks: Sequence[Block]) -> Violations:
        found = broken_clauses(blocks, clauses, who, kinds=("activity_hours",))
        return tuple(v for v in found if v.clause_id in own)

    return all_else, supervision


def _judge(
    blocks: Sequence[Block],
    bare: Sequence[Block] | None,
    judge: Judge,
    monday: date,
) -> Iterable[Violation]:
    """Judge one week; ``bare`` is the week with leave alone, if it has leave."""
    found = judge(blocks)
    if bare is not None:
        excused = {
            (v.clause_id, v.kind): abs(v.limit - v.observed)
            for v in (found if bare == blocks else judge(bare))
            if v.where == "week" and v.kind not in UPPER_TOTALS
        }
        found = tuple(
            v
            for v in found
            if v.where != "week"
            or abs(v.limit - v.observed) > excused.get((v.clause_id, v.kind), 0)
        )
    return (_with_date(v, monday) for v in found)


def _with_date(violation: Violation, monday: date) -> Violation:
    if violation.where == "week":
        where = f"week of {monday}"
    else:
        name, *clock = violation.where.split()
        day = monday + timedelta(days=DAY_NAMES.index(name))
        where = " ".join([name, str(day), *clock])
    message = f"{violation.message} (week of {monday})"
    return replace(violation, where=where, message=message)


def _groups(
    system: CareSystem, blocks: Iterable[DatedBlock], lost: Sequence[LostVisit]
) -> tuple[list[LostVisit], list[UnledGroup]]:
    """Find sessions nobody leads; one that a co-leader leads is not lost."""
    held = {(b.day, b.clinician_id, b.start) for b in blocks if b.activity == "group"}
    missing = {
        (v.day, v.clinician_id, v.start): v for v in lost if v.visit_type == "group"
    }
    unled = []
    led: set[LostVisit] = set()
    for key, visit in missing.items():
        for group in system.groups:
            leaders = {group.leader_id, group.co_leader_id} - {None}
            if visit.clinician_id not in leaders or group.start != visit.start:
                continue
            if group.weekday != visit.day.weekday() or visit.cause == "holiday":
                continue
            if any((visit.day, str(one), visit.start) in held for one in leaders):
                led.add(missing[key])
            else:
                unled.append(UnledGroup(visit.day, group.group_id, group.leader_id))
    return [visit for visit in lost if visit not in led], list(dict.fromkeys(unled))
