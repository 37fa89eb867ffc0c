"""The quarter hours of a week as decisions: who stands where, in unbroken days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from caretime.rostering._cpsat.terms import (
    Guard,
    Situation,
    VisitForm,
    fixed_form,
    visit_forms,
)
from caretime.rules.week_terms import GRID, MEAL_AFTER, VisitSlot

Literal = Any
"""A Boolean of the solver; its library has no types."""

EARLIEST, LATEST = 7 * 60 // GRID, 20 * 60 // GRID
"""Quarters between which a work week may lie at all (tables/clause_fields.csv)."""

WEEKDAYS = 5

LAW_MEAL = 30 // GRID


@dataclass(slots=True)
class Piece:
    """
    Something of fixed length that may start at quarters of a day.

    ``forms`` has the shape of each kind: alike on the grid, not in its minutes.
    """

    forms: dict[str, VisitForm]
    starts: dict[tuple[int, int], Literal] = field(default_factory=dict)

    @property
    def form(self) -> VisitForm:
        """What the grid sees of it."""
        return next(iter(self.forms.values()))


@dataclass(slots=True)
class Grid:
    """
    All decisions about one week.

    ``desk`` and each list of ``protected`` say which quarters are desk time; before
    the day begins stand ``pre`` quarters, after it ends ``post`` ones.
    """

    model: Any
    who: Situation
    guards: Sequence[Guard]
    lit: list[Literal]
    first: int
    last: int
    days: int
    forms: Mapping[str, tuple[VisitForm, ...]]
    pieces: list[Piece] = field(default_factory=list)
    rests: Piece | None = None
    groups: list[tuple[int, Literal, Guard]] = field(default_factory=list)
    meals: dict[tuple[int, int, int], Literal] = field(default_factory=dict)
    desk: dict[tuple[int, int], Literal] = field(default_factory=dict)
    protected: list[dict[tuple[int, int], Literal]] = field(default_factory=list)
    gaps: dict[tuple[int, int], Literal] = field(default_factory=dict)
    pre: dict[tuple[int, int], Literal] = field(default_factory=dict)
    post: dict[tuple[int, int], Literal] = field(default_factory=dict)
    works: list[Literal] = field(default_factory=list)
    long_days: list[Literal] = field(default_factory=list)
    quarters: list[Any] = field(default_factory=list)
    odd: list[Literal] = field(default_factory=list)
    odd_minutes: int = 0
    holders: dict[int, list[tuple[int, Literal]]] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    daily: dict[tuple[int, str], Any] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Day and quarter of the day, in order."""
        return [(d, t) for d in range(self.days) for t in range(self.first, self.last)]

    def total(self, terms: Sequence[Any]) -> Any:
        """Add up literals or expressions."""
        return cp_model.LinearExpr.sum(list(terms))

    def clause(self, *literals: Literal) -> None:
        """Demand that one of the literals holds."""
        self.model.add_bool_or(literals)

    def bool(self) -> Literal:
        """Return a fresh Boolean."""
        return self.model.new_bool_var("")

    def under(self, index: int, constraint: Any) -> None:
        """Demand a sum, as long as a guard is held."""
        self.model.add(constraint).only_enforce_if(self.lit[index])

    def elapsed(self, day: int) -> Any:
        """Return the paid quarters of a day: those neither off nor a meal."""
        ticks = range(self.first, self.last)
        off = [self.pre[day, t] for t in ticks] + [self.post[day, t] for t in ticks]
        off += [self.gaps[day, t] for t in ticks if (day, t) in self.gaps]
        meals = [n * m for (d, _, n), m in self.meals.items() if d == day]
        return len(ticks) - self.total(off) - self.total(meals)

    def occupied(self, day: int) -> Any:
        """Return the same quarters, as what they are given to."""
        sized = [
            (piece.form.quarters, start)
            for piece in self.pieces + ([self.rests] if self.rests else [])
            for (d, _), start in piece.starts.items()
            if d == day
        ]
        sized += [
            (fixed_form(guard.group, self.forms["group"])[1], held)
            for _, held, guard in self.groups
            if guard.group and guard.group.weekday == day
        ]
        sized += [
            (1, literal)
            for cells in (self.desk, *self.protected)
            for (d, _), literal in cells.items()
            if d == day
        ]
        return self.total([n * literal for n, literal in sized])

    def paid_minutes(self) -> Any:
        """Return the paid minutes of the week."""
        whole = GRID * self.total(self.quarters)
        return whole - (GRID - self.odd_minutes) * self.total(self.odd)


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
    days = max([WEEKDAYS, *(g.group.weekday + 1 for g in guards if g.group)])
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
        starts = list(piece.starts.values())
        if len(piece.forms) == 1:
            (only,) = piece.forms
            split.setdefault(only, []).append(grid.total(starts))
            continue
        parts = [grid.model.new_int_var(0, 200, "") for _ in piece.forms]
        grid.model.add(grid.total(parts) == grid.total(starts))
        for kind, part in zip(piece.forms, parts, strict=True):
            split.setdefault(kind, []).append(part)
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
