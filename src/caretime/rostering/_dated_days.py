"""One clinician's days from a template: leave, moves, additions, other places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from caretime.errors import Problem
from caretime.model.calendar import MINUTES_PER_DAY, days_between
from caretime.model.care import Absence
from caretime.model.dated import DayChange, LostVisit
from caretime.model.people import Clinician
from caretime.model.week import Block, DatedBlock
from caretime.rules.spans import (
    DAY_NAMES,
    Span,
    intersect,
    paid_activities,
    subtract,
    visit_activities,
)

CHANGES_FILE = "changes.csv"


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for one clinician on every day."""

    who: Clinician
    weekdays: Mapping[int, Sequence[tuple[Block, str]]]
    first_day: date | None
    last_day: date | None
    holidays: frozenset[date]
    absences: tuple[Absence, ...]

    def template_on(self, day: date) -> list[DatedBlock]:
        """Return the template's blocks of a day, before leave."""
        if (
            (self.first_day and day < self.first_day)
            or (self.last_day and day > self.last_day)
            or day < self.who.hired_on
        ):
            return []
        return [
            DatedBlock(
                self.who.clinician_id,
                day,
                block.minute_of_day,
                block.minutes,
                block.activity,
                place,
            )
            for block, place in self.weekdays.get(day.weekday(), ())
        ]

    def leave_on(self, day: date) -> str:
        """Return what takes the whole day: holiday, absence or nothing."""
        if day in self.holidays:
            return "holiday"
        away = any(
            a.first_day <= day and (a.last_day is None or day <= a.last_day)
            for a in self.absences
        )
        return "absence" if away else ""


@dataclass(slots=True)
class Day:
    """One clinician's day while it is put together."""

    day: date
    leave: str
    blocks: list[DatedBlock]
    placed: list[tuple[DatedBlock, DayChange]] = field(default_factory=list)
    lost: list[LostVisit] = field(default_factory=list)

    def lose(self, block: DatedBlock, cause: str) -> None:
        """Record a visit that falls away; other blocks go unrecorded."""
        if block.activity in visit_activities():
            self.lost.append(
                LostVisit(
                    self.day,
                    block.clinician_id,
                    block.start,
                    block.minutes,
                    block.activity,
                    cause,
                )
            )


def days_of(
    frame: Frame,
    first: date,
    last: date,
    changes: Sequence[DayChange],
    problems: list[Problem],
) -> list[Day]:
    """Put the days of one clinician together, in the steps of the module."""
    # A move may leave or enter the span of days asked for.
    also = {change.day for change in changes}
    also |= {change.to_day for change in changes if change.to_day}
    days = {
        day: Day(day, frame.leave_on(day), frame.template_on(day))
        for day in sorted({*days_between(first, last), *also})
    }
    for change in changes:
        if change.change == "move":
            _take_out(days, change, problems)
    for day in days.values():
        _leave(day, _away(changes, day))
    for change in changes:
        if change.change == "add":
            _add(days[change.day], _added(change), change, problems)
    for day in days.values():
        _settle(day, _away(changes, day), frame.who.clinic_id, problems)
    for change in changes:
        if change.change == "place":
            _elsewhere(days[change.day], change, problems)
    return [day for day in days.values() if first <= day.day <= last]


def _take_out(
    days: Mapping[date, Day], change: DayChange, problems: list[Problem]
) -> None:
    """Lift a block out of its day, and set it down where it goes."""
    day = days[change.day]
    found = [b for b in day.blocks if b.start == change.start]
    if not found or change.to_start is None:
        text = f"no block starts at {_clock(change.start)} on {_named(change.day)}"
        problems.append(_problem(change, "start", text))
        return
    if change.to_start + found[0].minutes > MINUTES_PER_DAY:
        text = f"the block of {found[0].minutes} minutes would cross midnight"
        problems.append(_problem(change, "to_start", text))
        return
    day.blocks.remove(found[0])
    target = change.to_day or change.day
    block = replace(found[0], day=target, start=change.to_start)
    _add(days[target], block, change, problems)


def _added(change: DayChange) -> DatedBlock:
    return DatedBlock(
        change.clinician_id,
        change.day,
        change.start,
        change.end - change.start,
        change.activity,
        change.place,
    )


def _add(
    day: Day, block: DatedBlock, change: DayChange, problems: list[Problem]
) -> None:
    if day.leave:
        text = f"{change.clinician_id} does not work on {_named(day.day)}: {day.leave}"
        problems.append(_problem(change, "to_day" if change.to_day else "day", text))
        return
    for other, one in day.placed:
        if _meet(other, block):
            text = f"stands on the change at {_clock(other.start)}"
            text += f" (line {one.line})" if one.line else ""
            problems.append(_problem(change, "start", text))
            return
    day.placed.append((block, change))


def _away(changes: Sequence[DayChange], day: Day) -> list[Span]:
    return [
        (c.start, c.end) for c in changes if c.change == "away" and c.day == day.day
    ]


def _leave(day: Day, away: Sequence[Span]) -> None:
    """Take out what a holiday, an absence or hours away take."""
    if day.leave:
        for block in day.blocks:
            day.lose(block, day.leave)
        day.blocks = []
        return
    for span in away:
        kept = []
        for block in day.blocks:
            if block.activity == "meal" or not intersect(span, _span(block)):
                kept.append(block)
            elif block.activity in visit_activities():
                day.lose(block, "away")
            else:
                kept += _outside(block, [span])
        day.blocks = kept
    if away:
        day.blocks = _without_idle_meals(day.blocks)


def _without_idle_meals(blocks: Sequence[DatedBlock]) -> list[DatedBlock]:
    work = [b for b in blocks if b.activity in paid_activities()]
    first = min((b.start for b in work), default=MINUTES_PER_DAY)
    last = max((b.end for b in work), default=0)
    return [b for b in blocks if b.activity != "meal" or first < b.start < last]


def _settle(
    day: Day, away: Sequence[Span], clinic_id: str, problems: list[Problem]
) -> None:
    """Set the placed blocks among those of the template."""
    for new, change in day.placed:
        if any(intersect(span, _span(new)) for span in away):
            problems.append(_problem(change, "start", "stands in hours away"))
        kept = []
        for block in day.blocks:
            if not _meet(new, block):
                kept.append(block)
            elif block.activity in visit_activities():
                day.lose(block, "displaced")
            elif new.activity in visit_activities():
                kept.append(block)
            else:
                kept += _outside(block, [_span(new)])
        day.blocks = kept
    settled = [
        replace(block, place=change.place or _place_near(day, block, clinic_id))
        for block, change in day.placed
    ]
    day.blocks += settled


def _place_near(day: Day, new: DatedBlock, clinic_id: str) -> str:
    """Return where the day is worked nearest to a block's time."""
    if new.activity == "meal":
        return ""
    near = [(abs(b.start - new.start), b.start, b.place) for b in day.blocks if b.place]
    return min(near, default=(0, 0, clinic_id))[2]


def _elsewhere(day: Day, change: DayChange, problems: list[Problem]) -> None:
    span = (change.start, change.end)
    touched = [b for b in day.blocks if b.place and intersect(span, _span(b))]
    if not touched:
        text = f"nothing is worked then on {_named(day.day)}"
        problems.append(_problem(change, "start", text))
    day.blocks = [
        replace(b, place=change.place) if b in touched else b for b in day.blocks
    ]


def _span(block: DatedBlock) -> tuple[int, int]:
    return block.start, block.end


def _meet(one: DatedBlock, other: DatedBlock) -> bool:
    return one.start < other.end and other.start < one.end


def _outside(block: DatedBlock, taken: Iterable[tuple[int, int]]) -> list[DatedBlock]:
    return [
        replace(block, start=start, minutes=end - start)
        for start, end in subtract([_span(block)], taken)
    ]


def _problem(change: DayChange, column: str, text: str) -> Problem:
    return Problem(CHANGES_FILE, change.line, column, text)


def _named(day: date) -> str:
    return f"{DAY_NAMES[day.weekday()]} {day}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
