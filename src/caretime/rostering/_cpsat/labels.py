"""Turns the solver's quarter hours into blocks with activities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block, Template
from caretime.rostering._cpsat.desk import FIXED, Protection
from caretime.rostering._cpsat.grid import Grid
from caretime.rostering._cpsat.terms import fixed_form, fixed_slot
from caretime.rules.labor import rest_rule
from caretime.rules.spans import Span, merge, subtract
from caretime.rules.week_terms import (
    GRID,
    RestRule,
    VisitSlot,
    clause_minutes,
    round_half_up,
)

FILLER = "patient_management"

Placed = tuple[int, str, VisitSlot, int]
"""First minute of a visit, its kind, its slot and the minutes a rest may take."""


def write_down(grid: Grid, classes: Sequence[Protection], solver: Any) -> Template:
    """Return the week the solver found, every minute of it labelled."""
    placed = sorted(_placed(grid, solver), key=lambda visit: visit[0])
    resting = _resting(grid, placed, solver)
    blocks: list[Block] = []
    for visit in placed:
        blocks += _slot(*visit, resting.get(visit[0], 0))
    blocks += _rests_alone(grid, solver)
    for (d, t, n), meal in grid.meals.items():
        if solver.boolean_value(meal):
            blocks.append(Block(_minute(d, t), n * GRID, "meal"))
    blocks += _desk_blocks(grid, classes, solver, sum(v[1] == "group" for v in placed))
    return Template(tuple(blocks))


def _minute(day: int, quarter: int) -> int:
    return day * MINUTES_PER_DAY + quarter * GRID


def _placed(grid: Grid, solver: Any) -> Iterator[Placed]:
    for piece in grid.pieces:
        held = [c for c, start in piece.starts.items() if solver.boolean_value(start)]
        plain, *others = piece.forms
        special = [k for k in others for _ in range(solver.value(piece.numbers[k]))]
        kinds = _spread(plain, special, len(held))
        for cell, kind in zip(held, kinds, strict=True):
            form = piece.forms[kind]
            yield _minute(*cell), kind, form.slot, form.rest_room
    for _, held_at, guard in grid.groups:
        if guard.group and solver.boolean_value(held_at):
            slot = fixed_slot(guard.group, grid.forms["group"][0].slot)
            _, _, room = fixed_form(guard.group, grid.forms["group"])
            minute = guard.group.weekday * MINUTES_PER_DAY + guard.group.start
            yield minute, "group", slot, room


def _spread(plain: str, special: Sequence[str], places: int) -> list[str]:
    """
    Spread reserved openings evenly among plain ones.

    >>> _spread("return", ["urgent"], 3)
    ['return', 'urgent', 'return']
    """
    kinds = [plain] * places
    for number, kind in enumerate(special):
        kinds[(2 * number + 1) * places // (2 * len(special))] = kind
    return kinds


def _resting(grid: Grid, placed: Sequence[Placed], solver: Any) -> dict[int, int]:
    """Return the minutes of rest taken beside visits, by first minute of the visit."""
    rules = _rest_rules(grid)
    taken: dict[int, int] = {}
    for day in range(grid.days):
        minutes = solver.value(grid.quarters[day]) * GRID
        owed = max((rule.rests(minutes) for rule in rules), default=0)
        owed -= sum(
            solver.boolean_value(start)
            for (d, _), start in (grid.rests.starts.items() if grid.rests else ())
            if d == day
        )
        today = [v for v in placed if v[0] // MINUTES_PER_DAY == day]
        # The roomiest first, so that every rule finds rests of its length.
        for start, _, _, room in sorted(today, key=lambda v: -v[3])[: max(0, owed)]:
            fitting = [rule.minutes for rule in rules if rule.minutes <= room]
            taken[start] = max(fitting, default=0)
    return taken


def _rest_rules(grid: Grid) -> list[RestRule]:
    rules = [rest_rule() for guard in grid.guards if guard.is_law]
    rules += [
        RestRule(
            g.clause["minutes"],
            round_half_up(g.clause["per_hours"] * 60),
            round_half_up(g.clause["none_below_hours"] * 60),
            (),
        )
        for g in grid.guards
        if g.clause and g.clause.kind == "rest" and g.clause["minutes"]
    ]
    return rules


def _slot(
    start: int, kind: str, slot: VisitSlot, room: int, rest: int
) -> Iterator[Block]:
    """Yield a visit and what stands beside it: notes, buffer, rest, in this order."""
    beside = slot.buffer + slot.pad
    parts = [
        (kind, slot.minutes),
        ("notes", slot.notes),
        ("buffer", beside - room if rest else beside),
        ("paid_rest", rest),
        ("buffer", room - rest if rest else 0),
    ]
    for activity, minutes in parts:
        if minutes > 0:
            yield Block(start, minutes, activity)
            start += minutes


def _rests_alone(grid: Grid, solver: Any) -> Iterator[Block]:
    if grid.rests is None:
        return
    slot = grid.rests.form.slot
    for cell, literal in grid.rests.starts.items():
        if solver.boolean_value(literal):
            yield Block(_minute(*cell), slot.minutes, "paid_rest")


# Desk time --------------------------------------------------------------------


def _desk_blocks(
    grid: Grid, classes: Sequence[Protection], solver: Any, sessions: int
) -> Iterator[Block]:
    plain = merge([*_stretches(grid, grid.desk, solver), *_beside_rests(grid, solver)])
    inside = [_stretches(grid, cells, solver) for cells in grid.protected]
    owed = _owed(grid, sessions)
    fixed = [
        (FIXED[g.name], g.span) for g in grid.guards if g.name in FIXED and not g.clause
    ]
    for activity, span in fixed:
        if span is None:
            continue
        day = span[0] * MINUTES_PER_DAY
        where = [(day + span[1], day + span[2])]
        for runs in (plain, *inside):
            for start, end in subtract(runs, subtract(runs, where)):
                yield from _labelled([(start, end)], activity)
                owed[activity] -= end - start
            runs[:] = subtract(runs, where)
    for activity in _in_order(owed, classes):
        home = next((c for c, p in enumerate(classes) if activity in p.counts), None)
        places = [plain] if home is None else [inside[home], plain]
        if home is not None and activity not in classes[home].shared:
            # Protected minutes that every clause counts are kept for them.
            places.reverse()
        yield from _labelled(_take(places, owed[activity]), activity)
    yield from _labelled(plain, FILLER)
    for protection, runs in zip(classes, inside, strict=True):
        counts = sorted(protection.shared or protection.counts)
        yield from _labelled(runs, FILLER if FILLER in counts else counts[0])


def _in_order(owed: Iterable[str], classes: Sequence[Protection]) -> list[str]:
    """Put what has least choice first: counted nowhere, by some clauses, by all."""
    somewhere = frozenset().union(*(p.counts for p in classes))
    by_all = frozenset().union(*(p.shared for p in classes))
    return sorted(owed, key=lambda a: (a in somewhere, a in by_all))


def _beside_rests(grid: Grid, solver: Any) -> Iterator[Span]:
    """Yield what is left of the quarter hours in which a rest stands alone."""
    for rest in _rests_alone(grid, solver):
        if left := -rest.minutes % GRID:
            yield rest.end, rest.end + left


def _stretches(
    grid: Grid, cells: dict[tuple[int, int], Any], solver: Any
) -> list[Span]:
    held = [
        (_minute(*c), _minute(*c) + GRID)
        for c, lit in cells.items()
        if solver.boolean_value(lit)
    ]
    runs = merge(held)
    if grid.odd and cells is grid.desk:
        odd = next(
            (d for d, lit in enumerate(grid.odd) if solver.boolean_value(lit)), None
        )
        if odd is not None:
            start, end = max(run for run in runs if run[0] // MINUTES_PER_DAY == odd)
            runs[runs.index((start, end))] = (start, end - GRID + grid.odd_minutes)
    return runs


def _owed(grid: Grid, sessions: int) -> Counter[str]:
    """Return the minutes of each activity."""
    owed: Counter[str] = Counter()
    prepared = 0
    for guard in grid.guards:
        clause = guard.clause
        if clause is None and guard.name == "duties":
            owed.update(dict(grid.who.duties))
        elif clause and clause.kind == "activity_hours":
            owed[clause["activity"]] += clause_minutes(clause, grid.who.fte)
        elif clause and clause.kind == "groups":
            prepared = clause["preparation_minutes"] * sessions
    owed["group_preparation"] += prepared
    return owed


def _take(places: Sequence[list[Span]], minutes: int) -> list[Span]:
    """Take minutes out of stretches, earliest first; the stretches lose them."""
    taken: list[Span] = []
    for runs in places:
        while runs and minutes > 0:
            start, end = runs[0]
            cut = min(end, start + minutes)
            taken.append((start, cut))
            minutes -= cut - start
            runs[:1] = [(cut, end)] if cut < end else []
    return taken


def _labelled(spans: Iterable[Span], activity: str) -> Iterator[Block]:
    return (Block(start, end - start, activity) for start, end in spans)
