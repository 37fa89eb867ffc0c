"""Desk time: the quarters that activities and protected hours need of a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from caretime.rostering._cpsat.grid import Grid
from caretime.rostering._cpsat.terms import Guard, share_of
from caretime.rules.week_terms import GRID, clause_minutes, round_half_up

FULL_WEEK = 40
SCALE = 1000
"""Ratios and percents are read to three places, so that sums stay whole."""


FIXED = {"team_meetings": "meeting", "work_places": "travel"}
"""Tables of facts whose rows stand at a fixed hour, and as what."""

Stood = dict[str, tuple[list[Any], list[Any]]]
"""By activity, minutes at fixed hours: outside protected time, and within it."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Protected-hours clauses that may count the same minutes, kept as one class."""

    guards: tuple[int, ...]
    counts: frozenset[str]
    """What any of them counts."""
    shared: frozenset[str]
    """What all of them count."""


def protections(guards: Sequence[Guard]) -> tuple[Protection, ...]:
    """Join the protected-hours clauses whose counted activities overlap."""
    classes: list[Protection] = []
    for index, guard in enumerate(guards):
        if guard.clause is None or guard.clause.kind != "protected_hours":
            continue
        counts = frozenset(guard.clause["counts"])
        new = Protection((index,), counts, counts)
        for other in [c for c in classes if c.counts & counts]:
            classes.remove(other)
            new = Protection(
                other.guards + new.guards,
                other.counts | new.counts,
                other.shared & new.shared,
            )
        classes.append(new)
    return tuple(classes)


def desk_time(grid: Grid, classes: Sequence[Protection]) -> None:
    """
    Give the desk as many quarters as activities and protected hours need.

    Activities that a class of protection counts may stand in its quarters; no other
    may. That all find room is a transport problem, and these are its cuts.
    """
    plain = GRID * grid.total(list(grid.desk.values()))
    plain -= (GRID - grid.odd_minutes) * grid.total(grid.odd)
    if grid.rests:
        # The minutes between a rest of its own and the next quarter hour.
        plain += grid.rests.form.slot.pad * grid.total(list(grid.rests.starts.values()))
    stood = _standing(grid, classes)
    asked = _owed(grid, stood)
    anywhere = frozenset().union(*(c.counts for c in classes))
    owed = grid.total([0, *(m for a, m in asked if a not in anywhere)])
    counted = [
        grid.total([0, *(m for a, m in asked if a in c.counts)]) for c in classes
    ]
    in_plain = [
        grid.total([0, *(m for a in c.counts for m in stood.get(a, ([], []))[0])])
        for c in classes
    ]
    grid.model.add(plain >= owed + grid.total([0, *in_plain]))
    inside = [GRID * grid.total(list(cells.values())) for cells in grid.protected]
    for size in range(1, len(classes) + 1):
        for some in combinations(range(len(classes)), size):
            room = plain + grid.total([inside[c] for c in some])
            # What stands outside protected time at a fixed hour has no other place.
            least = [counted[c] if c in some else m for c, m in enumerate(in_plain)]
            grid.model.add(room >= owed + grid.total(least))
    for c, protection in enumerate(classes):
        needs = [_need(grid, index) for index in protection.guards]
        beside = _notes_that_count(grid, protection)
        grid.model.add(inside[c] + beside >= grid.total(needs))
        for index in protection.guards:
            _least_stretch(grid, c, index)
        for some in _unlike(grid, protection):
            # What none of these clauses counts takes minutes of its own.
            names = frozenset().union(*(_counts(grid, i) for i in some))
            other = [m for a, m in asked if a in protection.counts - names]
            least = [
                n for i, n in zip(protection.guards, needs, strict=True) if i in some
            ]
            room = plain + inside[c] + beside
            grid.model.add(room >= owed + grid.total(other + least))


def _unlike(grid: Grid, protection: Protection) -> Iterator[tuple[int, ...]]:
    """Yield the sets of clauses that leave out something the class counts."""
    for size in range(1, len(protection.guards)):
        for some in combinations(protection.guards, size):
            if frozenset().union(*(_counts(grid, i) for i in some)) < protection.counts:
                yield some


def _counts(grid: Grid, index: int) -> frozenset[str]:
    clause = grid.guards[index].clause
    assert clause is not None
    return frozenset(clause["counts"])


def _standing(grid: Grid, classes: Sequence[Protection]) -> Stood:
    """
    Return what stands at fixed hours; keep it out of classes that do not count it.

    A quarter is given to one thing: a meeting within protected time that does not
    count meetings would be time promised twice.
    """
    stood: Stood = {}
    for index, guard in enumerate(grid.guards):
        if guard.name not in FIXED or guard.clause or guard.span is None:
            continue
        activity = FIXED[guard.name]
        plain, inside = stood.setdefault(activity, ([], []))
        _, start, end = guard.span
        for cell in grid.cells_of(index):
            minutes = min(end, (cell[1] + 1) * GRID) - max(start, cell[1] * GRID)
            plain.append(minutes * _held(grid, index, grid.desk[cell]))
            for protection, cells in zip(classes, grid.protected, strict=True):
                if activity in protection.counts:
                    inside.append(minutes * _held(grid, index, cells[cell]))
                else:
                    grid.clause(~grid.lit[index], ~cells[cell])
    return stood


def _held(grid: Grid, index: int, cell: Any) -> Any:
    """Return a literal that is true where a guard is held and the quarter is so."""
    both = grid.bool()
    grid.clause(~grid.lit[index], ~cell, both)
    return both


def _owed(grid: Grid, stood: Stood) -> list[tuple[str, Any]]:
    """
    Return activities and their minutes, which for one activity add up.

    Of an activity at fixed hours at least what stands there.
    """
    owed: list[tuple[str, Any]] = []
    for index, guard in enumerate(grid.guards):
        if guard.name == "duties" and guard.clause is None:
            owed += [(a, m * grid.lit[index]) for a, m in grid.who.duties]
        elif guard.clause and guard.clause.kind == "activity_hours":
            minutes = clause_minutes(guard.clause, grid.who.fte)
            owed.append((guard.clause["activity"], minutes * grid.lit[index]))
    if prepared := _preparation(grid):
        owed += [("group_preparation", minutes) for minutes in prepared]
    for activity, (outside, inside) in stood.items():
        asked = grid.total([0, *(m for a, m in owed if a == activity)])
        most = grid.model.new_int_var(0, 60 * 24 * 7, "")
        grid.model.add(most >= asked)
        grid.model.add(most >= grid.total(outside + inside))
        owed = [(a, m) for a, m in owed if a != activity] + [(activity, most)]
    return owed


def _preparation(grid: Grid) -> list[Any]:
    """Return the minutes of preparation the group sessions ask, by clause."""
    found = []
    for index, guard in enumerate(grid.guards):
        if guard.clause and guard.clause.kind == "groups":
            each = guard.clause["preparation_minutes"]
            minutes = grid.model.new_int_var(0, 20_000, "")
            grid.under(index, minutes >= each * grid.counts["group"])
            found.append(minutes)
    return found[-1:]


def _need(grid: Grid, index: int) -> Any:
    """Return the protected minutes a clause asks of this very week."""
    clause = grid.guards[index].clause
    assert clause is not None
    if clause["minutes_per_visit"] is not None:
        need = grid.model.new_int_var(0, 60 * 24 * 7, "")
        each = round(clause["minutes_per_visit"] * SCALE)
        visits = grid.total(list(grid.counts.values()))
        grid.under(index, SCALE * need >= each * visits - SCALE // 2 + 1)
        return need
    if clause["percent"] is None:
        hours = clause["hours_per_week"] or 0
        return share_of(hours * 60, grid.who.fte) * grid.lit[index]
    if clause["base"] == "full_week_40":
        minutes = round_half_up(clause["percent"] * FULL_WEEK * 60 * grid.who.fte / 100)
        return minutes * grid.lit[index]
    base = grid.paid_minutes()
    if clause["base"] == "net_of_meetings_37_5":
        base -= _meetings(grid)
    need = grid.model.new_int_var(0, 60 * 24 * 7, "")
    percent = round(clause["percent"] * SCALE)
    whole = 100 * SCALE
    grid.under(index, whole * need >= percent * base - whole // 2 + 1)
    return need


def _meetings(grid: Grid) -> Any:
    minutes = [0]
    for index, guard in enumerate(grid.guards):
        if guard.clause and guard.clause.kind == "activity_hours":
            if guard.clause["activity"] == "meeting":
                minutes.append(
                    clause_minutes(guard.clause, grid.who.fte) * grid.lit[index]
                )
        elif guard.name == "duties" and guard.clause is None:
            duties = dict(grid.who.duties)
            minutes.append(duties.get("meeting", 0) * grid.lit[index])
    return grid.total(minutes)


def _notes_that_count(grid: Grid, protection: Protection) -> Any:
    """Return the minutes of notes beside visits that are long enough to count."""
    least = max(
        c["minimum_block_minutes"]
        for i in protection.guards
        if (c := grid.guards[i].clause)
    )
    if "notes" not in protection.shared:
        return 0
    found = [
        piece.form.slot.notes * start
        for piece in grid.pieces
        for start in piece.starts.values()
        if piece.form.slot.notes >= least
    ]
    found += [
        notes * held
        for _, held, _ in grid.groups
        if (notes := grid.forms["group"][0].slot.notes) >= least
    ]
    return grid.total(found or [0])


def _least_stretch(grid: Grid, c: int, index: int) -> None:
    """Let no protected stretch be shorter than the clause counts."""
    clause = grid.guards[index].clause
    assert clause is not None
    cells, lit = grid.protected[c], grid.lit[index]
    for ahead in range(1, -(-clause["minimum_block_minutes"] // GRID)):
        for (d, t), cell in cells.items():
            before = [cells[d, t - 1]] if (d, t - 1) in cells else []
            after = [cells[d, t + ahead]] if (d, t + ahead) in cells else []
            grid.clause(~lit, ~cell, *before, *after)
