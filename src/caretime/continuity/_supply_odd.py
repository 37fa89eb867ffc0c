"""Openings that the rules of booking refuse because of visits that stand oddly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from caretime.continuity._supply_weeks import KINDS, Bools, Ints, Weeks
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.care import VISIT_TYPES
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block, Template
from caretime.rules.breaches import Violations
from caretime.rules.check import Circumstances, broken_clauses, broken_law
from caretime.rules.week_terms import clauses_on

MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY

DAY_KINDS = ("meal", "rest", "buffer")
"""Clauses that a visit on an opening can break because of others on its day."""

Place = tuple[int, int, int]
"""Person, week and weekday."""


@dataclass(frozen=True)
class Judge:
    """Says which visits of a day the clauses and the law let be added."""

    system: CareSystem
    contract: Contract
    people: tuple[int, ...]
    monday: date

    @cached_property
    def _clauses(self) -> dict[tuple[str, int], tuple[Clause, ...]]:
        return {}

    def lets_in(
        self, place: Place, standing: Sequence[Block], visits: Sequence[Block]
    ) -> list[bool]:
        """
        Say of each visit whether it can be held with those before it.

        Judged as a booking is: by what is broken more with it than without.
        """
        if self._adds_nothing(place, standing, [*standing, *visits]):
            return [True] * len(visits)
        held = list(standing)
        answers = []
        for visit in visits:
            answers.append(self._adds_nothing(place, held, [*held, visit]))
            if answers[-1]:
                held.append(visit)
        return answers

    def _adds_nothing(
        self, place: Place, before: Sequence[Block], after: Sequence[Block]
    ) -> bool:
        known = _excess(self._broken(place, before))
        more = _excess(self._broken(place, after))
        return all(excess <= known.get(key, 0) for key, excess in more.items())

    def _broken(self, place: Place, blocks: Sequence[Block]) -> Violations:
        person = self.system.clinicians[self.people[place[0]]]
        key = (person.license, place[1])
        if key not in self._clauses:
            day = self.monday + timedelta(weeks=place[1])
            clauses = clauses_on(self.contract, day, license_code=person.license)
            self._clauses[key] = clauses
        clauses = self._clauses[key]
        who = Circumstances(person.clinician_id, person.license, person.fte)
        broken = broken_clauses(blocks, clauses, who, kinds=DAY_KINDS)
        return broken + broken_law(blocks, clauses, who)


def _excess(violations: Violations) -> dict[tuple[str, str, str], int]:
    return {
        (v.clause_id, v.kind, v.where): abs(v.observed - v.limit) for v in violations
    }


def close_refused(free: Bools, weeks: Weeks, held: Ints, judge: Judge) -> None:
    """
    Close the openings that may not be booked because of visits off the openings.

    A week is lawful with every opening used. A visit that stands on no opening may
    leave too few free minutes to the visits beside it, cut a meal or a rest, or
    lengthen the day: what is free beside it, or on its day, is put to the rules.

    Parameters
    ----------
    held
        Shape ``(4, n)``: person, start and end from the plan's Monday, visit type.
    """
    odd = _odd_ones(weeks, held)
    if not odd:
        return
    standing: dict[Place, list[Block]] = defaultdict(list)
    for person, start, end, kind in held.T.tolist():
        week, minute = divmod(start, MINUTES_PER_WEEK)
        place = (person, week, minute // MINUTES_PER_DAY)
        if place in odd:
            block = Block(minute, end - start, VISIT_TYPES[kind])
            standing[place].append(block)
    for place, spans in odd.items():
        person, week, day = place
        row = int(weeks.row[person, week])
        of_day = free[person, week] & (weeks.start[row] // MINUTES_PER_DAY == day)
        doubtful = of_day & _doubtful(weeks, row, spans)
        if not doubtful.any():
            continue
        others = [
            b for b in weeks.templates[row].on_day(day) if b.activity not in KINDS
        ]
        safe = _blocks(weeks, row, of_day & ~doubtful)
        answers = judge.lets_in(
            place, [*others, *standing[place], *safe], _blocks(weeks, row, doubtful)
        )
        free[person, week, np.flatnonzero(doubtful)[~np.array(answers)]] = False


def _odd_ones(weeks: Weeks, held: Ints) -> dict[Place, list[tuple[int, int]]]:
    """Return the visits that stand on no opening, by person and day."""
    person, start, end, _ = held
    week = start // MINUTES_PER_WEEK
    start, end = start - week * MINUTES_PER_WEEK, end - week * MINUTES_PER_WEEK
    row = weeks.row[person, week]
    on = (weeks.start[row] <= start[:, None]) & (end[:, None] <= weeks.end[row])
    odd: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for k in np.flatnonzero(~on.any(axis=1)).tolist():
        first, last = int(start[k]), int(end[k])
        day = first // MINUTES_PER_DAY
        planned = weeks.templates[int(row[k])].on_day(day)
        if not any(
            block.activity == "group" and block.start <= first and last <= block.end
            for block in planned
        ):
            odd[int(person[k]), int(week[k]), day].append((first, last))
    return dict(odd)


def _doubtful(weeks: Weeks, row: int, spans: Sequence[tuple[int, int]]) -> Bools:
    """Say which openings of a week the visits of one day may make unbookable."""
    opens, closes = weeks.start[row], weeks.end[row]
    day = spans[0][0] // MINUTES_PER_DAY
    today: Bools = (opens >= 0) & (opens // MINUTES_PER_DAY == day)
    near: Bools = np.zeros_like(today)
    for start, end in spans:
        if _cuts_or_lengthens(weeks.templates[row], start, end):
            return today
        before = np.flatnonzero(today & (closes <= start))
        after = np.flatnonzero(today & (opens >= end))
        near[before[-1:]] = True
        near[after[:1]] = True
    return near


def _cuts_or_lengthens(template: Template, start: int, end: int) -> bool:
    """Say whether a visit takes of a meal or rest, or of time that is not worked."""
    under = [
        block
        for block in template.on_day(start // MINUTES_PER_DAY)
        if block.start < end and start < block.end
    ]
    if any(block.activity in ("meal", "paid_rest") for block in under):
        return True
    return sum(min(b.end, end) - max(b.start, start) for b in under) < end - start


def _blocks(weeks: Weeks, row: int, which: Bools) -> list[Block]:
    return [
        Block(
            int(weeks.start[row, k]),
            int(weeks.end[row, k] - weeks.start[row, k]),
            KINDS[int(weeks.kind[row, k])],
        )
        for k in np.flatnonzero(which).tolist()
    ]
