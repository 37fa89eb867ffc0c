"""Quarter hours into blocks: what stands in a slot, what is done at the desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block, RosterWeek, Template
from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.compose import DESK_ACTION
from caretime.rostering._load import KINDS
from caretime.rostering._person import Fixed, Plan, place_ticks
from caretime.rostering._week import Week, WorkedDay
from caretime.rules.spans import work_spans
from caretime.rules.week_terms import GRID

IN_SLOTS = frozenset({"intake", "return", "urgent", "group", "buffer", "paid_rest"})
LEFT = "patient_management"
"""What desk time is that nothing else claims."""

ORDERS = 24
"""Orders of activities tried so that no protected stretch becomes too short."""


@dataclass
class _Stretch:
    """Desk time in one piece; rests are taken from its beginning or its end."""

    start: int
    minutes: int
    taken: list[tuple[str, int]] = field(default_factory=list)
    after: list[tuple[str, int]] = field(default_factory=list)

    @property
    def day(self) -> int:
        return self.start // MINUTES_PER_DAY

    @property
    def left(self) -> int:
        rests = (*self.taken, *self.after)
        return self.minutes - sum(minutes for _, minutes in rests)


def label(plan: Plan, week: Week) -> RosterWeek:
    """Return the week's blocks with their places."""
    blocks: list[Block] = []
    stretches: list[_Stretch] = []
    for day, worked in enumerate(week.days):
        if worked is not None:
            of_day = _day(plan, week, day, worked)
            stretches += of_day.stretches
            blocks += of_day.blocks
    blocks += _fill(plan, blocks, stretches)
    template = Template(tuple(blocks))
    places = tuple(_place(plan, week, block) for block in template.blocks)
    return RosterWeek(plan.person.clinician_id, template, places)


@dataclass
class _DaySheet:
    blocks: list[Block] = field(default_factory=list)
    stretches: list[_Stretch] = field(default_factory=list)
    tails: list[Block] = field(default_factory=list)


def _day(plan: Plan, week: Week, day: int, worked: WorkedDay) -> _DaySheet:
    sheet = _DaySheet()
    ledger = plan.load.ledger
    midnight = day * MINUTES_PER_DAY
    desk: list[int] = []
    for action, tick in worked.items:
        start = midnight + tick * GRID
        if action < len(KINDS):
            _slot(sheet, plan, KINDS[action], start)
        elif action == DESK_ACTION:
            desk.append(tick)
        else:
            sheet.blocks.append(Block(start, ledger.meal_minutes, "meal"))
    for block in week.fixed:
        if block.day == day:
            _fixed(sheet, plan, midnight, block)
    for first, count in _runs(desk):
        sheet.stretches.append(_Stretch(midnight + first * GRID, count * GRID))
    _take_rests(sheet, plan, worked, midnight)
    return sheet


def _slot(
    sheet: _DaySheet, plan: Plan, kind: str, start: int, minutes: int = 0
) -> None:
    slot = plan.load.ledger.visits[kind]
    visit = minutes or slot.minutes
    sheet.blocks.append(Block(start, visit, kind))
    now = start + visit
    if slot.notes:
        sheet.blocks.append(Block(now, slot.notes, "notes"))
        now += slot.notes
    if free := -(-(visit + slot.notes + slot.buffer) // GRID) * GRID - (now - start):
        buffer = Block(now, free, "buffer")
        sheet.blocks.append(buffer)
        if slot.holds_rest:
            sheet.tails.append(buffer)


def _fixed(sheet: _DaySheet, plan: Plan, midnight: int, block: Fixed) -> None:
    start = midnight + block.tick * GRID
    if block.activity == "group":
        _slot(sheet, plan, "group", start, block.minutes)
    else:
        sheet.blocks.append(Block(start, block.ticks * GRID, block.activity))


def _runs(ticks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first tick and length of each unbroken run."""
    first, count = 0, 0
    for tick in ticks:
        if count and tick == first + count:
            count += 1
            continue
        if count:
            yield first, count
        first, count = tick, 1
    if count:
        yield first, count


def _take_rests(sheet: _DaySheet, plan: Plan, worked: WorkedDay, midnight: int) -> None:
    """Take the day's rests in the buffers nearest their places, else at the desk."""
    desk = sum(stretch.minutes for stretch in sheet.stretches)
    minutes = sum(e - s for s, e in work_spans(sheet.blocks)) + desk
    due = int(plan.load.rests[minutes // GRID])
    rest = plan.load.ledger.rest_minutes or 10
    begin = midnight + worked.start * GRID
    end = midnight + worked.end * GRID
    tails = list(sheet.tails)
    # Nobody rests before work begins or just after the meal, if it can be helped.
    meals = {block.end for block in sheet.blocks if block.activity == "meal"}
    for i in range(due):
        if not tails:
            longest = max(sheet.stretches, key=lambda s: s.left, default=None)
            if longest is not None:
                after = longest.start == begin or longest.start in meals
                where = longest.after if after else longest.taken
                where.append(("paid_rest", rest))
            continue
        wished = begin + (2 * i + 1) / (2 * due) * (end - begin)
        tail = min(tails, key=lambda block: abs(block.start - wished))
        tails.remove(tail)
        sheet.blocks.remove(tail)
        sheet.blocks.append(Block(tail.start, rest, "paid_rest"))
        if left := tail.minutes - rest:
            sheet.blocks.append(Block(tail.start + rest, left, "buffer"))


def _fill(
    plan: Plan, blocks: Sequence[Block], stretches: list[_Stretch]
) -> list[Block]:
    """Give the desk time to the activities the ledger asks for."""
    ledger = plan.load.ledger
    owed = {}
    for activity in dict.fromkeys(line.activity for line in ledger.lines):
        if activity in IN_SLOTS or activity in ("meal", LEFT):
            continue
        done = sum(b.minutes for b in blocks if b.activity == activity)
        if (lacking := ledger.minutes_of(activity) - done) > 0:
            owed[activity] = lacking
    counted = _counted(plan)
    needs = _notes_needed(plan, blocks)
    least = ledger.minimum_block_minutes
    others = [activity for activity in owed if activity not in counted]
    rest = [activity for activity in owed if activity in counted]
    best = min(
        (
            _dealt(owed, [*order, *rest], stretches, least, needs, counted)
            for order in islice(permutations(others), ORDERS)
        ),
        key=lambda dealt: dealt[0],
    )
    filled: list[Block] = []
    for stretch, given in zip(stretches, best[1], strict=True):
        now = stretch.start
        for activity, minutes in [*stretch.taken, *given]:
            filled.append(Block(now, minutes, activity))
            now += minutes
        if left := stretch.left - sum(minutes for _, minutes in given):
            filled.append(Block(now, left, LEFT))
            now += left
        for activity, minutes in stretch.after:
            filled.append(Block(now, minutes, activity))
            now += minutes
    return _joined(filled)


def _counted(plan: Plan) -> frozenset[str]:
    """Return the activities that stand for protected time beside patients' affairs."""
    return frozenset(
        activity
        for clause in plan.person.clauses
        if clause.kind == "protected_hours"
        for activity in clause["counts"]
    )


def _notes_needed(plan: Plan, blocks: Sequence[Block]) -> dict[int, int]:
    """Return the minutes of notes that each day's visits want at the desk."""
    rule = plan.load.rule
    needy = {kind: int(rule[kernel.NEEDY + k]) for k, kind in enumerate(KINDS)}
    needs: dict[int, int] = defaultdict(int)
    for block in blocks:
        needs[block.day] += needy.get(block.activity, 0) * int(rule[kernel.NOTES])
    return needs


def _dealt(
    owed: dict[str, int],
    order: Sequence[str],
    stretches: Sequence[_Stretch],
    least: int,
    needs: Mapping[int, int],
    counted: Collection[str],
) -> tuple[int, list[list[tuple[str, int]]]]:
    """
    Deal activities out in an order; return minutes spoilt, and what each got.

    What counts as protected comes last in a stretch, next to what is left of it.
    """
    left = [stretch.left for stretch in stretches]
    given: list[list[tuple[str, int]]] = [[] for _ in stretches]
    lacking = 0
    for activity in order:
        minutes = owed[activity]
        while minutes > 0 and any(left):
            if activity in counted:
                k = _longest(left)
                take = min(minutes, left[k])
            else:
                k = _stretch_for(minutes, left, least, _spare(stretches, left, needs))
                take = min(minutes, left[k])
                if 0 < left[k] - take < least < left[k]:
                    take = left[k] - least  # the rest of it goes elsewhere
            given[k].append((activity, take))
            left[k] -= take
            minutes -= take
        lacking += minutes
    held = [
        rest + sum(minutes for activity, minutes in got if activity in counted)
        for rest, got in zip(left, given, strict=True)
    ]
    spoilt = sum(minutes for minutes in held if 0 < minutes < least)
    return spoilt + 1000 * lacking, given


def _spare(
    stretches: Sequence[_Stretch], left: Sequence[int], needs: Mapping[int, int]
) -> list[int]:
    """Return for each stretch the minutes its day has beyond its notes."""
    by_day: dict[int, int] = defaultdict(int)
    for stretch, minutes in zip(stretches, left, strict=True):
        by_day[stretch.day] += minutes
    return [by_day[s.day] - needs.get(s.day, 0) for s in stretches]


def _stretch_for(
    minutes: int, left: Sequence[int], least: int, spare: Sequence[int]
) -> int:
    """
    Choose a stretch for an activity.

    One too short to count, else one that leaves none such, else the longest; among
    equals one of the day that has most time beyond its notes.
    """
    if short := [k for k, n in enumerate(left) if 0 < n < least]:
        return min(short, key=lambda k: left[k])
    fits = [k for k, n in enumerate(left) if n == minutes or n - minutes >= least]
    whole = [k for k, n in enumerate(left) if 0 < n < minutes]
    if fits:
        return max(
            fits,
            key=lambda k: (spare[k] >= minutes, left[k] == minutes, spare[k], -left[k]),
        )
    if whole:
        return max(whole, key=lambda k: (spare[k], left[k]))
    return _longest(left)


def _longest(left: Sequence[int]) -> int:
    return max(range(len(left)), key=lambda k: left[k])


def _joined(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in sorted(blocks):
        last = joined[-1] if joined else None
        # Two rests that touch are two rests.
        same = last and last.activity == block.activity != "paid_rest"
        if last and same and last.end == block.start:
            joined[-1] = Block(last.start, last.minutes + block.minutes, block.activity)
        else:
            joined.append(block)
    return joined


def _place(plan: Plan, week: Week, block: Block) -> str:
    if block.activity in ("meal", "travel"):
        return ""
    if block.activity == "crisis_cover":
        return plan.person.clinic.clinic_id
    where = place_ticks(plan.person, block.day, telehealth=block.day in week.telehealth)
    return str(where[block.minute_of_day // GRID])
