"""Holds a week to its clauses, laws and facts: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from caretime.model.terms import Clause
from caretime.rostering._cpsat.desk import FULL_WEEK, SCALE, Protection, desk_time
from caretime.rostering._cpsat.grid import LAW_MEAL, Grid
from caretime.rostering._cpsat.terms import (
    DEFAULT_WEEK,
    LONGEST_DAY,
    Span,
    share_of,
)
from caretime.rules.labor import rest_rule
from caretime.rules.week_terms import (
    GRID,
    MEAL_AFTER,
    RestRule,
    round_half_up,
)

TEN_HOURS = 10 * 60 // GRID
"""One unpaid meal is enough up to ten hours of work."""

DEFAULT_START, DEFAULT_LATEST = 8 * 60, 20 * 60


def hold(grid: Grid, classes: Sequence[Protection]) -> None:
    """Add everything that binds, each behind the literal of its guard."""
    last_week = max(
        (
            i
            for i, g in enumerate(grid.guards)
            if g.clause and g.clause.kind == "work_week"
        ),
        default=None,
    )
    for index, guard in enumerate(grid.guards):
        if guard.clause is None:
            _LAWS_AND_FACTS[guard.name](grid, index)
        elif guard.clause.kind == "work_week":
            _work_week(grid, index, guard.clause, whole=index == last_week)
        elif guard.clause.kind in _CLAUSES:
            _CLAUSES[guard.clause.kind](grid, index, guard.clause)
    desk_time(grid, classes)


# Hours and days ---------------------------------------------------------------


def _work_week(grid: Grid, index: int, clause: Clause, *, whole: bool) -> None:
    paid = share_of(clause["hours"] * 60, grid.who.fte)
    _week_frame(grid, index, paid, clause["days"], whole=whole)
    _day_frame(grid, index, clause["start"], clause["latest"])


def _default_week(grid: Grid, index: int) -> None:
    paid = share_of(FULL_WEEK * 60, grid.who.fte)
    _week_frame(grid, index, paid, 5, whole=True)
    _day_frame(grid, index, DEFAULT_START, DEFAULT_LATEST)


def _week_frame(grid: Grid, index: int, paid: int, days: int, *, whole: bool) -> None:
    """Pay exactly the hours of the week that holds, at most those of others."""
    minutes = grid.paid_minutes()
    grid.under(index, minutes == paid if whole else minutes <= paid)
    if whole and grid.odd:
        grid.under(index, grid.total(grid.odd) == 1)
    grid.under(index, grid.total(grid.works) <= days)


def _day_frame(grid: Grid, index: int, start: int, latest: int) -> None:
    lit = grid.lit[index]
    for d, t in grid.cells:
        if t * GRID < start:
            grid.model.add_implication(lit, grid.pre[d, t])
        if (t + 1) * GRID > latest:
            # Where the day is off, the quarter stands before it.
            grid.clause(~lit, grid.post[d, t], grid.pre[d, t])


def _longest_day(grid: Grid, index: int) -> None:
    for quarters in grid.quarters:
        grid.under(index, quarters <= TEN_HOURS)


def _opens(grid: Grid, index: int) -> None:
    """Hold visits in person within the hours of the clinic; desk time may stand out."""
    span = grid.guards[index].span
    assert span is not None
    away = _telehealth_days(grid)
    for piece in grid.pieces:
        for (d, t), start in piece.starts.items():
            first, last = t * GRID, t * GRID + piece.form.slot.minutes
            if not _may_be_held(grid, (d, first, last), span):
                grid.clause(~grid.lit[index], ~start, *away[d : d + 1])
    for _, held, guard in grid.groups:
        if group := guard.group:
            d, last = group.weekday, group.start + group.minutes
            if not _may_be_held(grid, (d, group.start, last), span):
                grid.clause(~grid.lit[index], ~held, *away[d : d + 1])


def _may_be_held(grid: Grid, visit: Span, span: Span) -> bool:
    """Say whether the clinic is open for all of a visit, or its place is stated."""
    d, first, last = visit
    if span[1] <= first and last <= span[2]:
        return True
    return any(
        d == day and start <= first and last <= end
        for day, start, end in grid.who.stated or ()
    )


def _telehealth_days(grid: Grid) -> list[Any]:
    """Return a literal a day: spent away from the clinic. None where it is stated."""
    if grid.who.stated is not None or not grid.who.telehealth_share:
        return []
    week = _days_of(grid)
    away = [grid.bool() for _ in range(grid.days)]
    grid.model.add(grid.total(away) <= round_half_up(grid.who.telehealth_share * week))
    return away


def _days_of(grid: Grid) -> int:
    days = [
        g.clause["days"]
        for g in grid.guards
        if g.clause and g.clause.kind == "work_week"
    ]
    full = days[-1] if days else 5
    return max(1, -int(-(grid.who.fte * full - 1e-9) // 1))


# Breaks -----------------------------------------------------------------------


def _law_meal(grid: Grid, index: int) -> None:
    """Give long days a meal that begins by the end of the fifth hour of work."""
    lit = grid.lit[index]
    _meal_on_long_days(grid, index, LAW_MEAL)
    whole = MEAL_AFTER // GRID
    for (d, t, _), meal in grid.meals.items():
        gaps = [gap for (day, at), gap in grid.gaps.items() if day == d and at < t]
        if gaps:
            begun = (
                t
                - grid.first
                - grid.total([grid.pre[d, at] for at in range(grid.first, t)] + gaps)
            )
            grid.model.add(begun <= whole).only_enforce_if(lit, meal)
        elif t - whole - 1 >= grid.first:
            grid.clause(~lit, ~meal, grid.pre[d, t - whole - 1])


def _meal(grid: Grid, index: int, clause: Clause) -> None:
    _meal_on_long_days(grid, index, -(-clause["minutes"] // GRID))


def _meal_on_long_days(grid: Grid, index: int, quarters: int) -> None:
    for d in range(grid.days):
        meals = [
            m for (day, _, n), m in grid.meals.items() if day == d and n >= quarters
        ]
        grid.clause(~grid.lit[index], ~grid.long_days[d], *meals)


def _law_rest(grid: Grid, index: int) -> None:
    _rests(grid, index, rest_rule())


def _rest(grid: Grid, index: int, clause: Clause) -> None:
    rule = RestRule(
        clause["minutes"],
        round_half_up(clause["per_hours"] * 60),
        round_half_up(clause["none_below_hours"] * 60),
        (),
    )
    if rule.minutes:
        _rests(grid, index, rule)


def _rests(grid: Grid, index: int, rule: RestRule) -> None:
    for d in range(grid.days):
        room = [
            lit for minutes, lit in grid.holders.get(d, ()) if minutes >= rule.minutes
        ]
        quarters = grid.quarters[d]
        steps = []
        span = grid.last - grid.first
        for number in range(1, rule.rests(span * GRID) + 1):
            least = next(q for q in range(span + 1) if rule.rests(q * GRID) >= number)
            owed = grid.bool()
            grid.model.add(quarters <= least - 1 + (span - least + 1) * owed)
            steps.append(owed)
        if steps:
            grid.under(index, grid.total(room) >= grid.total(steps))


# Numbers of visits ------------------------------------------------------------


def _daily_cap(grid: Grid, index: int, clause: Clause) -> None:
    credit = clause["group_credit"]
    for d in range(grid.days):
        seen = grid.daily[d, "single"] + credit * grid.daily[d, "group"]
        grid.under(index, seen <= clause["patients"])


def _weekly_cap(grid: Grid, index: int, clause: Clause) -> None:
    n, credit = grid.counts, clause["group_credit"]
    seen = n["intake"] + n["return"] + n["urgent"] + credit * n["group"]
    grid.under(index, seen <= share_of(clause["patients"], grid.who.fte))


def _intake_mix(grid: Grid, index: int, clause: Clause) -> None:
    n = grid.counts
    if clause["returns_per_intake"]:
        ratio = round(clause["returns_per_intake"] * SCALE)
        above = ratio * (n["intake"] - 1) + 1 <= SCALE * (n["return"] + n["urgent"])
        grid.under(index, above)
        if clause["carve_out"]:
            below = ratio * (n["intake"] + 1) >= SCALE * (n["return"] - 1) + 1
            grid.under(index, below)
    elif clause["carve_out"]:
        least = share_of(clause["intakes_per_week"] or 0, grid.who.fte)
        grid.under(index, n["intake"] >= least)


def _urgent_reserve(grid: Grid, index: int, clause: Clause) -> None:
    least = share_of(clause["slots_per_week"], grid.who.fte)
    grid.under(index, grid.counts["urgent"] >= least)


def _groups(grid: Grid, index: int, clause: Clause) -> None:
    sessions = share_of(clause["sessions_per_week"], grid.who.fte)
    grid.under(index, grid.counts["group"] >= sessions)
    for _, held, guard in grid.groups:
        if guard.group and guard.group.minutes < clause["minutes"]:
            grid.model.add_implication(grid.lit[index], ~held)


def _visit_length(grid: Grid, index: int, clause: Clause) -> None:
    """Refuse stated groups shorter than agreed; other shapes bar themselves."""
    if clause["visit_type"] != "group":
        return
    for _, held, guard in grid.groups:
        if guard.group and guard.group.minutes < clause["minutes"]:
            grid.model.add_implication(grid.lit[index], ~held)


# Stated facts -----------------------------------------------------------------


def _unavailable(grid: Grid, index: int) -> None:
    for cell in grid.cells_of(index):
        free = (grid.pre[cell], grid.post[cell], grid.gaps[cell])
        grid.clause(~grid.lit[index], *free, *_meals_at(grid, cell))


def _meals_at(grid: Grid, cell: tuple[int, int]) -> list[Any]:
    d, t = cell
    return [
        m for (day, at, n), m in grid.meals.items() if day == d and at <= t < at + n
    ]


def _travel(grid: Grid, index: int) -> None:
    """Let nothing but desk time stand where the clinician travels."""
    for cell in grid.cells_of(index):
        free = (grid.pre[cell], grid.post[cell], grid.desk[cell])
        grid.clause(~grid.lit[index], *free)


def _team_meeting(grid: Grid, index: int) -> None:
    """Let the meeting stand whole: desk_time says in which protected time it may."""
    cells = grid.cells_of(index)
    for cell in cells:
        protected = [inside[cell] for inside in grid.protected]
        grid.clause(~grid.lit[index], grid.desk[cell], *protected)
    span = grid.guards[index].span
    if grid.odd and cells and span and span[2] > cells[-1][1] * GRID + grid.odd_minutes:
        # The odd minutes end before the meeting does.
        d, t = cells[-1]
        ends = [grid.post[d, t + 1]] if (d, t + 1) in grid.post else []
        grid.clause(~grid.lit[index], ~grid.odd[d], *(~end for end in ends))


def _stands_by_itself(grid: Grid, index: int) -> None:
    """Hold what is written down elsewhere: groups in the grid, duties at the desk."""


_CLAUSES: dict[str, Callable[[Grid, int, Clause], None]] = {
    "meal": _meal,
    "rest": _rest,
    "visit_cap_daily": _daily_cap,
    "visit_cap_weekly": _weekly_cap,
    "intake_mix": _intake_mix,
    "urgent_reserve": _urgent_reserve,
    "groups": _groups,
    "visit_length": _visit_length,
}

_LAWS_AND_FACTS: dict[str, Callable[[Grid, int], None]] = {
    "ca-meal-1": _law_meal,
    "ca-rest": _law_rest,
    DEFAULT_WEEK: _default_week,
    LONGEST_DAY: _longest_day,
    "opens": _opens,
    "unavailable": _unavailable,
    "work_places": _travel,
    "team_meetings": _team_meeting,
    "groups": _stands_by_itself,
    "duties": _stands_by_itself,
}
