"""
A weekly template that spreads a ledger evenly over its working days.

The steps, in this order:

1. Choose the days: ``ledger.days`` of Monday to Friday, evenly spaced.
2. Spread groups, intakes and urgent openings over the days, starting on a day
   that ``stagger`` turns; give each return to the day with the least work.
3. Cut meetings and other activities into pieces of at most an hour, each to the
   day with the least work; level the days with patient management.
4. Lay each day out: visits with one stretch of patient management in the middle
   of the first half, other work at midday, the rest of it at the end; the meal
   where half of the work is done, at the latest at the end of the fifth hour.
5. Take paid rests in the buffers nearest to the middle of each half; where
   buffers cannot hold them, they are blocks of their own.

Openings and meals always start on a quarter hour. So does other work, except
what fills the minutes beside a visit or a rest and what ends the day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from caretime.model.week import Block, Template
from caretime.rules import _day_layout
from caretime.rules._day_layout import Day, Piece
from caretime.rules.ledger import Ledger
from caretime.rules.week_terms import GRID

PIECE = 60
"""Meetings and other activities are cut into pieces of at most an hour."""

START_STEP = 30
"""Clinicians of one site start at up to four times, half an hour apart."""

STAGGERS = 20
"""Even weeks of one ledger that differ: the n-th of a system turns by n modulo it."""

WEEKDAYS = 5

NOT_CUT = frozenset(
    {"intake", "return", "group", "urgent", "notes", "buffer"}
    | {"patient_management", "paid_rest", "meal"}
)
"""Activities that stand beside visits, level the days or break them."""


def even_template(ledger: Ledger, *, stagger: int = 0) -> Template:
    """
    Return a repeating week that holds exactly what the ledger holds.

    Parameters
    ----------
    stagger
        Zero or more; turns the days of intakes, urgent openings, groups and (in
        part-time weeks) work, and shifts the start of the day, so that the
        clinicians of one site differ.

    Returns
    -------
    Template
        Minutes per paid activity equal the ledger's. Each day with more than
        five hours of work has a meal that begins by the end of the fifth hour.

    Raises
    ------
    ValueError
        If ``stagger`` is negative or a day does not fit between the ledger's
        earliest start and latest end.

    Examples
    --------
    >>> from datetime import date
    >>> from caretime.model.terms import Contract
    >>> from caretime.rules.clause_kinds import make_clause
    >>> from caretime.rules.ledger import week_ledger
    >>> contract = Contract("c", "C", date(2025, 1, 1), "assumption", "made up", (
    ...     make_clause("PMT", "protected_hours", hours_per_week=5),))
    >>> ledger = week_ledger(contract)
    >>> week = even_template(ledger)
    >>> week.minutes_of("return") == ledger.minutes_of("return")
    True
    """
    if stagger < 0:
        raise ValueError(f"stagger must be zero or more, got {stagger}")
    return _laid_out(_Alike.of(ledger), stagger)


@dataclass(frozen=True, slots=True)
class _Alike:
    """A ledger as a key: equal for ledgers whose weeks are equal."""

    text: str
    ledger: Ledger = field(compare=False)

    @classmethod
    def of(cls, ledger: Ledger) -> _Alike:
        """Take from a ledger what says nothing about its minutes."""
        bare = replace(ledger, contract_id="", license_code="", on=date.min)
        return cls(repr(bare), bare)


@lru_cache(maxsize=1024)
def _laid_out(alike: _Alike, stagger: int) -> Template:
    """Lay out a week; the same few are asked for by every part of a plan."""
    ledger = alike.ledger
    days = [Day(index) for index in range(ledger.days)]
    _spread_visits(ledger, days, stagger)
    _spread_activities(ledger, days)
    _spread_rests(ledger, days)
    _level_with_management(ledger, days)
    blocks: list[Block] = []
    for day, weekday in zip(days, _weekdays(ledger.days, stagger), strict=True):
        blocks += _day_layout.lay_out(
            day, weekday, _start(ledger, day, stagger), ledger, turn=stagger
        )
    return Template(tuple(blocks))


def _weekdays(days: int, stagger: int) -> list[int]:
    spaced = ((i * WEEKDAYS) // days for i in range(days))
    return sorted((day + stagger) % WEEKDAYS for day in spaced)


def _start(ledger: Ledger, day: Day, stagger: int) -> int:
    # The day needs its paid minutes, its meal and up to a quarter hour of slack.
    last = ledger.latest - day.minutes - ledger.meal_minutes - GRID
    if last < ledger.start - GRID:
        raise ValueError(
            f"a day of {day.minutes} paid minutes does not fit between minute "
            f"{ledger.start} and minute {ledger.latest}"
        )
    wanted = ledger.start + START_STEP * (stagger % 4)
    return max(ledger.start, min(wanted, last // GRID * GRID))


def _spread_visits(ledger: Ledger, days: list[Day], stagger: int) -> None:
    counts = {
        "group": ledger.openings.group,
        "intake": ledger.openings.intake,
        "urgent": ledger.openings.urgent,
    }
    turn = stagger
    for kind, count in counts.items():
        for i in range(count):
            spaced = (i * len(days)) // count if count < len(days) else i
            wished = _from(days, spaced + turn)
            room = [day for day in wished if _has_room(ledger, day, kind)]
            day = _fewest(room or wished, kind)
            day.visits.append(_visit(ledger, kind))
        # The next kind starts on another day, so that a day is not all specials.
        turn += 2
    for _ in range(ledger.openings.return_):
        wished = _from(days, stagger)
        room = [day for day in wished if _has_room(ledger, day, "return")]
        _lightest(room or wished).visits.append(_visit(ledger, "return"))
    _share_holders(days, _rests(ledger) // len(days))


def _share_holders(days: list[Day], each: int) -> None:
    """Move visits whose buffer holds a rest to days that have too few of them."""
    while True:
        short = [day for day in days if day.holders < each]
        rich = [day for day in days if day.holders > each]
        if not short or not rich:
            return
        giver = max(rich, key=lambda day: day.minutes)
        visit = next(v for v in reversed(giver.visits) if v.holds_rest)
        giver.visits.remove(visit)
        _lightest(short).visits.append(visit)


def _from(days: list[Day], first: int) -> list[Day]:
    """Return the days beginning with one of them."""
    first %= len(days)
    return days[first:] + days[:first]


def _lightest(days: list[Day]) -> Day:
    return min(days, key=lambda day: day.minutes)


def _fewest(days: list[Day], activity: str) -> Day:
    return min(days, key=lambda day: day.count(activity))


def _has_room(ledger: Ledger, day: Day, kind: str) -> bool:
    if ledger.daily_cap is None:
        return True
    credit = {"group": ledger.group_credit}
    held = sum(credit.get(visit.activity, 1) for visit in day.visits)
    return held + credit.get(kind, 1) <= ledger.daily_cap


def _visit(ledger: Ledger, kind: str) -> Piece:
    slot = ledger.visits[kind]
    return Piece(
        kind, slot.minutes, slot.notes, slot.buffer + slot.pad, slot.holds_rest
    )


def _spread_activities(ledger: Ledger, days: list[Day]) -> None:
    for activity in dict.fromkeys(line.activity for line in ledger.lines):
        if activity in NOT_CUT:
            continue
        for minutes in _cut(ledger.minutes_of(activity)):
            without = [day for day in days if not day.count(activity)]
            _lightest(without or days).work.append(Piece(activity, minutes))


def _cut(minutes: int) -> list[int]:
    """Return pieces of an hour; less than a quarter hour joins the last one."""
    whole, rest = divmod(minutes, PIECE)
    pieces = [PIECE] * whole
    if rest >= GRID or (rest and not pieces):
        pieces.append(rest)
    elif rest:
        pieces[-1] += rest
    return pieces


def _spread_rests(ledger: Ledger, days: list[Day]) -> None:
    """Give each day its rests: as many as its buffers hold, the others beside."""
    due = _rests(ledger)
    held = min(due, sum(day.holders for day in days))
    each = due // len(days)
    for day in days:
        day.held_rests = min(each, day.holders)
    lacking = held - sum(day.held_rests for day in days)
    beside = due - held
    for day in days:
        more = min(lacking, day.holders - day.held_rests)
        day.held_rests += more
        lacking -= more
        day.rests = min(beside, max(0, each - day.held_rests))
        day.rest_minutes = ledger.rest_minutes
        beside -= day.rests


def _rests(ledger: Ledger) -> int:
    if not ledger.rest_minutes:
        return 0
    return ledger.minutes_of("paid_rest") // ledger.rest_minutes


def _level_with_management(ledger: Ledger, days: list[Day]) -> None:
    """Level the days by quarter hours, then join what is below the least block."""
    quarters, rest = divmod(ledger.minutes_of("patient_management"), GRID)
    for _ in range(quarters):
        _lightest(days).management += GRID
    least = max(GRID, ledger.minimum_block_minutes)
    while short := [d for d in days if 0 < d.management < least]:
        day = min(short, key=lambda d: d.management)
        others = [d for d in days if d.management and d is not day]
        if not others:
            break
        moved, day.management = day.management, 0
        _lightest(others).management += moved
    # Joining the longest stretch keeps the odd minutes from standing alone.
    max(days, key=lambda d: d.management).management += rest
