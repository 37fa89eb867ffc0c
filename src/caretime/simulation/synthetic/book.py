"""The appointment book at the start: who is booked where, and who is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from caretime.model.assumptions import Assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import Absence
from caretime.model.people import Clinician
from caretime.model.terms import Contract
from caretime.model.week import Template
from caretime.rules.even_week import STAGGERS, even_template
from caretime.rules.ledger import Ledger, week_ledger
from caretime.simulation.synthetic.draws import Bools, Draws, Ints

Numbers = Mapping[str, float]
WEEKS = 16
"""How far the book reaches; nobody in the examples is booked later than this."""

DAYS = 5
_NEVER = 2.0


@dataclass(frozen=True)
class Weeks:
    """
    The weekly openings of every clinician, as columns.

    Parameters
    ----------
    ledgers
        One for each clinician.
    template
        Row of ``starts`` for each clinician.
    starts
        For each visit type shape ``(templates, openings)``: minutes from Monday
        00:00, -1 where there is no further opening.
    """

    ledgers: tuple[Ledger, ...]
    template: Ints
    starts: Mapping[str, Ints]

    def of(self, visit_type: str) -> Ints:
        """Return the openings of every clinician: shape ``(clinicians, n)``."""
        return self.starts[visit_type][self.template]


def make_weeks(
    clinicians: Sequence[Clinician], contract: Contract, first_day: date
) -> Weeks:
    """Lay out the week of every clinician under a contract."""
    ledgers: dict[tuple[object, ...], Ledger] = {}
    rows: dict[tuple[str, int], int] = {}
    templates: list[Template] = []
    own, numbers = [], []
    for row, c in enumerate(clinicians):
        key = (c.license, c.fte, c.ages, c.leads_groups)
        if key not in ledgers:
            ledgers[key] = week_ledger(
                contract,
                license_code=c.license,
                fte=c.fte,
                on=first_day,
                ages=c.ages,
                leads_groups=c.leads_groups,
            )
        # Licenses with equal terms share templates: there are few distinct weeks.
        like = (repr(replace(ledgers[key], license_code="")), row % STAGGERS)
        if like not in rows:
            rows[like] = len(templates)
            templates.append(even_template(ledgers[key], stagger=row % STAGGERS))
        own.append(ledgers[key])
        numbers.append(rows[like])
    return Weeks(
        tuple(own),
        np.array(numbers),
        {kind: _starts(templates, kind) for kind in ("intake", "return", "group")},
    )


def make_absences(
    clinicians: Sequence[Clinician],
    first_day: date,
    assumptions: Assumptions,
    draws: Draws,
) -> tuple[tuple[Absence, ...], Ints]:
    """
    Draw the planned leave that is known at the start, in whole weeks.

    Returns
    -------
    absences
        One a clinician and week, Monday to Friday.
    away
        Shape ``(clinicians, WEEKS)``, 1 where away.
    """
    known = min(int(assumptions["leave_known_weeks"]), WEEKS)
    away = np.zeros((len(clinicians), WEEKS), dtype=np.int64)
    drawn = draws.uniform("leave", len(clinicians), known)
    away[:, :known] = drawn < assumptions["leave_weeks"] / 52
    absences = tuple(
        Absence(
            clinicians[int(row)].clinician_id,
            first_day + timedelta(weeks=int(week)),
            first_day + timedelta(weeks=int(week), days=4),
        )
        for row, week in np.argwhere(away)
    )
    return absences, away


def open_slots(starts: Ints, away: Ints, first_day: date, calendar: Calendar) -> Bools:
    """
    Say which openings exist in which week: shape ``(clinicians, WEEKS, n)``.

    Holidays and planned leave have none.
    """
    works = np.array(
        [
            [
                calendar.is_business_day(first_day + timedelta(weeks=w, days=d))
                for d in range(DAYS)
            ]
            for w in range(WEEKS)
        ]
    )
    day = np.maximum(starts, 0) // 1440
    here = works[:, day].transpose(1, 0, 2) & (away == 0)[:, :, None]
    opens: Bools = here & (starts >= 0)[:, None, :]
    return opens


def place(
    clinician: Ints, due: Ints, opens: Bools, draws: Draws, purpose: str
) -> tuple[Ints, Ints]:
    """
    Put each patient into an opening of the own clinician, in or after the week due.

    Parameters
    ----------
    clinician, due
        Row of the clinician and first possible week of each patient.
    opens
        Shape ``(clinicians, WEEKS, n)``: openings that are free.

    Returns
    -------
    week, opening
        Where each one stands, -1 where the book has no room. Those due earlier go
        first; among equals chance decides, and which opening of the week it is.
    """
    shuffle = draws.uniform(f"{purpose}/slots", *opens.shape)
    order = np.argsort(np.where(opens, shuffle, _NEVER), axis=2, kind="stable")
    room = opens.sum(axis=2)
    turn = draws.uniform(f"{purpose}/turn", len(clinician))
    week = np.full(len(clinician), -1, dtype=np.int64)
    opening = np.full(len(clinician), -1, dtype=np.int64)
    for w in range(opens.shape[1]):
        waits = np.flatnonzero((week < 0) & (due <= w))
        sorted_ = waits[np.lexsort((turn[waits], due[waits], clinician[waits]))]
        who = clinician[sorted_]
        rank = np.arange(len(who)) - np.searchsorted(who, who)
        fits = rank < room[who, w]
        chosen = sorted_[fits]
        week[chosen] = w
        opening[chosen] = order[who[fits], w, rank[fits]]
    return week, opening


class Clock:
    """Turn weeks and minutes of a week into local times, quickly."""

    def __init__(self, first_day: date, calendar: Calendar) -> None:
        self._first = first_day
        self._calendar = calendar
        self._days: dict[int, datetime] = {}
        self._moved: dict[int, int] = {}

    def at(self, day: int, minute: int) -> datetime:
        """Return the local time ``day`` days after the first day."""
        midnight = self._days.get(day)
        if midnight is None:
            midnight = datetime.combine(
                self._first + timedelta(days=day), time(), tzinfo=self._calendar.zone
            )
            self._days[day] = midnight
        return midnight.replace(hour=minute // 60, minute=minute % 60)

    def working(self, day: int) -> int:
        """Return the day itself, or the last business day before it."""
        if day not in self._moved:
            moved = day
            while not self._calendar.is_business_day(
                self._first + timedelta(days=moved)
            ):
                moved -= 1
            self._moved[day] = moved
        return self._moved[day]

    def before(self, business_days: int) -> int:
        """Return the day that lies so many business days before the first day."""
        day = 0
        for _ in range(business_days):
            day = self.working(day - 1)
        return day


def _starts(templates: Sequence[Template], kind: str) -> Ints:
    """Return the starts of one activity in each template, padded with -1."""
    found = [
        [block.start for block in template.blocks if block.activity == kind]
        for template in templates
    ]
    width = max([1, *map(len, found)])
    return np.array([row + [-1] * (width - len(row)) for row in found])
