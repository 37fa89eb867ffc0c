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
)
from caretime.rules.week_terms import GRID

Literal = Any
"""A Boolean of the solver; its library has no types."""


LAW_MEAL = 30 // GRID


@dataclass(slots=True)
class Piece:
    """
    Something of fixed length that may start at quarters of a day.

    ``forms`` has the shape of each kind: alike on the grid, not in its minutes;
    ``numbers`` how many of the starts are of each kind.
    """

    forms: dict[str, VisitForm]
    numbers: dict[str, Any] = field(default_factory=dict)
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

    def cells_of(self, index: int) -> list[tuple[int, int]]:
        """Return the quarters that the row of a fact touches."""
        span = self.guards[index].span
        assert span is not None
        d, start, end = span
        ticks = range(start // GRID, -(-end // GRID))
        return [(d, t) for t in ticks if (d, t) in self.desk]

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
