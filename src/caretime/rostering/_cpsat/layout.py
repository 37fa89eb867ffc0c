"""Lays a grid out: where pieces may start, and what makes days unbroken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ortools.sat.python import cp_model

from caretime.rostering._cpsat.grid import LAW_MEAL, Grid, Literal, Piece
from caretime.rostering._cpsat.terms import (
    Guard,
    Situation,
    VisitForm,
    fixed_form,
    visit_forms,
)
from caretime.rules.week_terms import GRID, MEAL_AFTER, VisitSlot

EARLIEST, LATEST = 7 * 60 // GRID, 20 * 60 // GRID
"""Quarters between which a work week may lie at all (tables/clause_fields.csv)."""

WEEKDAYS = 5


def make_grid(
    guards: Sequence[Guard],
    who: Situation,
    *,
    classes: int,
    free_kinds: Sequence[str],
    merge: bool,
    odd_minutes: int,
) -> Grid:
    """
    Return the decisions of a week and what makes its days unbroken.

    Parameters
    ----------
    classes
        Kinds of protected desk time, each with its own quarters.
    free_kinds
        Visit types that may start anywhere.
    merge
        Whether types of equal shape share their starts and are told apart by
        number only.
    odd_minutes
        Paid minutes of the week beyond whole quarters: they end one of its days.
    """
    model = cp_model.CpModel()
    days = _days(guards)
    grid = Grid(
        model,
        who,
        guards,
        [model.new_bool_var(guard.name) for guard in guards],
        *_hours(guards),
        days,
        visit_forms(guards, who),
    )
    _place_visits(grid, free_kinds, merge)
    _place_rests(grid)
    _place_groups(grid)
    _place_rest_of_day(grid, classes)
    if odd_minutes:
        grid.odd_minutes = odd_minutes
        grid.odd = [grid.bool() for _ in range(days)]
    _fill_quarters(grid)
    _join_days(grid)
    _count_visits(grid)
    return grid


def _days(guards: Sequence[Guard]) -> int:
    """Return the days of the week, up to the last with a group or a team meeting."""
    groups = [g.group.weekday for g in guards if g.group]
    meetings = [g.span[0] for g in guards if g.name == "team_meetings" and g.span]
    return max([WEEKDAYS, *(day + 1 for day in groups + meetings)])


def _hours(guards: Sequence[Guard]) -> tuple[int, int]:
    """Return first and last quarter that anything of the week may touch."""
    groups = [guard.group for guard in guards if guard.group]
    meetings = [g.span for g in guards if g.name == "team_meetings" and g.span]
    first = [g.start // GRID for g in groups] + [s[1] // GRID for s in meetings]
    last = [-(-(g.start + g.minutes) // GRID) + 2 for g in groups]
    last += [-(-s[2] // GRID) for s in meetings]
    return min([EARLIEST, *first]), max([LATEST, *last])


def _place_visits(grid: Grid, kinds: Sequence[str], merge: bool) -> None:
    """Give each shape its starts; equal shapes share them where merged."""
    shared: dict[tuple[object, ...], Piece] = {}
    for kind in kinds:
        for form in grid.forms[kind]:
            alike = merge and kind != "group"
            key = (form.profile, form.barred_by) if alike else (kind, form)
            if key in shared:
                shared[key].forms[kind] = form
                continue
            piece = shared[key] = Piece({kind: form})
            for d, t in grid.cells:
                if t + form.quarters <= grid.last:
                    start = piece.starts[d, t] = grid.bool()
                    grid.holders.setdefault(d, []).append((form.rest_room, start))
            for index in form.barred_by:
                for start in piece.starts.values():
                    grid.model.add_implication(start, ~grid.lit[index])
    grid.pieces = list(shared.values())


def _place_rests(grid: Grid) -> None:
    """Let paid rests stand alone, for shapes without room for them."""
    longest = max(
        [10 * any(g.name == "ca-rest" for g in grid.guards)]
        + [
            g.clause["minutes"]
            for g in grid.guards
            if g.clause and g.clause.kind == "rest"
        ]
    )
    if not longest:
        return
    slot = VisitSlot(longest, pad=-longest % GRID)
    grid.rests = Piece({"paid_rest": VisitForm(slot, longest, ())})
    for d, t in grid.cells:
        if t + grid.rests.form.quarters <= grid.last:
            start = grid.rests.starts[d, t] = grid.bool()
            grid.holders.setdefault(d, []).append((longest, start))


def _place_groups(grid: Grid) -> None:
    for index, guard in enumerate(grid.guards):
        if guard.group is None:
            continue
        held = grid.bool()
        grid.groups.append((index, held, guard))
        grid.model.add_implication(grid.lit[index], held)
        _, _, room = fixed_form(guard.group, grid.forms["group"])
        grid.holders.setdefault(guard.group.weekday, []).append((room, held))


def _place_rest_of_day(grid: Grid, classes: int) -> None:
    lengths = {LAW_MEAL} | {
        -(-g.clause["minutes"] // GRID)
        for g in grid.guards
        if g.clause and g.clause.kind == "meal"
    }
    grid.protected = [{} for _ in range(classes)]
    away = {
        (weekday, t)
        for guard in grid.guards
        if guard.name == "unavailable" and guard.span
        for weekday, start, end in (guard.span,)
        for t in range(start // GRID, -(-end // GRID))
    }
    for cell in grid.cells:
        grid.desk[cell] = grid.bool()
        grid.pre[cell], grid.post[cell] = grid.bool(), grid.bool()
        for cells in grid.protected:
            cells[cell] = grid.bool()
        if cell in away:
            grid.gaps[cell] = grid.bool()
        for n in sorted(lengths):
            if cell[1] + n < grid.last:
                grid.meals[(*cell, n)] = grid.bool()


def _fill_quarters(grid: Grid) -> None:
    """Give each quarter to exactly one thing."""
    filling: dict[tuple[int, int], list[Literal]] = {cell: [] for cell in grid.cells}

    def stand(day: int, start: int, quarters: int, literal: Literal) -> None:
        for t in range(start, min(start + quarters, grid.last)):
            filling[day, t].append(literal)

    for piece in grid.pieces + ([grid.rests] if grid.rests else []):
        for (d, t), start in piece.starts.items():
            stand(d, t, piece.form.quarters, start)
    for _, held, guard in grid.groups:
        assert guard.group is not None
        first, quarters, _ = fixed_form(guard.group, grid.forms["group"])
        stand(guard.group.weekday, first, quarters, held)
    for (d, t, n), meal in grid.meals.items():
        stand(d, t, n, meal)
    for cells in (grid.desk, grid.gaps, grid.pre, grid.post, *grid.protected):
        for (d, t), literal in cells.items():
            stand(d, t, 1, literal)
    for literals in filling.values():
        grid.model.add_exactly_one(literals)


def _join_days(grid: Grid) -> None:
    """Make each day one stretch of work but for a meal and stated gaps."""
    add = grid.model.add_implication
    first, last = grid.first, grid.last - 1
    for d in range(grid.days):
        works, long = grid.bool(), grid.bool()
        grid.works.append(works)
        grid.long_days.append(long)
        for t in range(first, last):
            add(grid.pre[d, t + 1], grid.pre[d, t])
            add(grid.post[d, t], grid.post[d, t + 1])
        # A day off is all before, a day of work has something in it.
        add(~works, grid.pre[d, last])
        add(works, ~grid.pre[d, last])
        add(~works, ~grid.post[d, last])
        _keep_inside(grid, d)
        meals = [m for (day, _, _), m in grid.meals.items() if day == d]
        grid.model.add_at_most_one(meals)
        span = last + 1 - first
        quarters = grid.model.new_int_var(0, span, "")
        grid.quarters.append(quarters)
        grid.model.add(quarters == grid.elapsed(d))
        # Says nothing new, but lets the solver count without looking at the clock.
        grid.model.add(quarters == grid.occupied(d))
        whole = MEAL_AFTER // GRID
        grid.model.add(quarters <= whole + (span - whole) * long)
        if grid.odd:
            _end_oddly(grid, d)


def _keep_inside(grid: Grid, d: int) -> None:
    """Let neither a meal nor a gap stand at an end of the day."""
    for (day, t, n), meal in grid.meals.items():
        if day == d:
            if t == grid.first:
                grid.clause(~meal)
            else:
                grid.clause(~meal, ~grid.pre[d, t - 1])
            grid.clause(~meal, ~grid.post[d, t + n])
    for (day, t), gap in grid.gaps.items():
        if day != d:
            continue
        if t in (grid.first, grid.last - 1):
            grid.clause(~gap)
            continue
        grid.clause(~gap, ~grid.pre[d, t - 1])
        grid.clause(~gap, ~grid.post[d, t + 1])


def _end_oddly(grid: Grid, d: int) -> None:
    """Let the day with the odd minutes end in desk time."""
    odd = grid.odd[d]
    grid.model.add_implication(odd, grid.works[d])
    for t in range(grid.first, grid.last - 1):
        grid.clause(~odd, ~grid.post[d, t + 1], grid.post[d, t], grid.desk[d, t])
    last = grid.last - 1
    grid.clause(~odd, grid.post[d, last], grid.desk[d, last])


def _count_visits(grid: Grid) -> None:
    """Say how many visits of each type a week and a day have."""
    split: dict[str, list[Any]] = {}
    for piece in grid.pieces:
        starts = grid.total(list(piece.starts.values()))
        for kind in piece.forms:
            alone = len(piece.forms) == 1
            number = starts if alone else grid.model.new_int_var(0, 200, "")
            piece.numbers[kind] = number
            split.setdefault(kind, []).append(number)
        if len(piece.forms) > 1:
            grid.model.add(grid.total(list(piece.numbers.values())) == starts)
    held = [literal for _, literal, _ in grid.groups]
    split.setdefault("group", []).append(grid.total(held))
    grid.counts = {
        kind: grid.total(split.get(kind, [0]))
        for kind in ("intake", "return", "group", "urgent")
    }
    for d in range(grid.days):
        singles = [
            start
            for piece in grid.pieces
            for (day, _), start in piece.starts.items()
            if day == d and "group" not in piece.forms
        ]
        grid.daily[d, "single"] = grid.total(singles)
        grid.daily[d, "group"] = grid.total(
            [
                start
                for piece in grid.pieces
                for (day, _), start in piece.starts.items()
                if day == d and "group" in piece.forms
            ]
            + [
                held
                for _, held, guard in grid.groups
                if guard.group and guard.group.weekday == d
            ]
        )
