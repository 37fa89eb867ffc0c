"""Asks the solver for a week: does one exist, which clauses clash, what is best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray
from ortools.sat.python import cp_model

from caretime.model.terms import Clause
from caretime.model.week import Template
from caretime.rostering._cpsat.desk import Protection, protections
from caretime.rostering._cpsat.grid import Grid
from caretime.rostering._cpsat.holding import hold
from caretime.rostering._cpsat.labels import write_down
from caretime.rostering._cpsat.layout import make_grid
from caretime.rostering._cpsat.terms import Guard, Situation, guards_of, share_of
from caretime.rules.check import Circumstances, judge_week
from caretime.rules.week_terms import GRID

SEED = 1
BUDGET = 10.0
"""Deterministic seconds of the solver for one question: work, not time."""

YES, NO, UNKNOWN = "yes", "no", "unknown"

Points = Mapping[str, NDArray[Any]]
"""Visit type to an array (days, quarter hours of the day) of points for a start."""


@dataclass(frozen=True, slots=True)
class BestWeek:
    """
    The best week found.

    ``status`` is ``optimal``, ``feasible``, ``infeasible``, ``unknown``, or
    ``unplaced`` where a week was found in quarters but not written down in minutes
    that the judge accepts. ``template`` is ``None`` but for the first two, and no
    value exceeds ``bound``.
    """

    status: str
    template: Template | None
    value: int
    bound: int


@dataclass(slots=True)
class WeekSolver:
    """
    Answers about the weeks one clinician could work under some of the guards.

    Parameters
    ----------
    clauses
        Those in force that cover the clinician, in file order.
    budget
        Deterministic seconds for each question; where it runs out the answer is
        ``unknown``.
    """

    clauses: Sequence[Clause]
    who: Situation
    budget: float = BUDGET
    guards: tuple[Guard, ...] = ()
    work: float = 0.0
    _grid: Grid = field(init=False, repr=False)
    _known: dict[frozenset[int], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.guards = self.guards or guards_of(self.clauses, self.who)
        self._grid, _ = _build(self.guards, self.who, groups_move=True)

    def may_hold(self, kept: Collection[int] | None = None) -> str:
        """
        Say whether a week can keep these guards (indices): yes, no or unknown.

        All of them where ``None``. Guards left out bind nothing.
        """
        wanted = frozenset(range(len(self.guards)) if kept is None else kept)
        if wanted not in self._known:
            self._known[wanted] = self._ask(wanted)
        return self._known[wanted]

    def _ask(self, kept: frozenset[int]) -> str:
        for known, answer in self._known.items():
            if answer == YES and kept <= known:
                return YES
            if answer == NO and kept >= known:
                return NO
        model = self._grid.model.clone()
        for index in range(len(self.guards)):
            model.add(_own(model, self._grid.lit[index]) == (index in kept))
        status, _ = self._solve(model)
        return {"optimal": YES, "feasible": YES, "infeasible": NO}.get(status, UNKNOWN)

    def core(self) -> frozenset[int] | None:
        """
        Return guards that clash, as the solver's own reasoning has found them.

        Not the smallest set. ``None`` where it found a week or ran out of budget.
        """
        model = self._grid.model.clone()
        model.add_assumptions([_own(model, lit) for lit in self._grid.lit])
        status, solver = self._solve(model)
        if status != "infeasible":
            return None
        at = {lit.index: index for index, lit in enumerate(self._grid.lit)}
        found = solver.sufficient_assumptions_for_infeasibility()
        core = frozenset(at[i] for i in found)
        return core or None

    def keep_most(self, kept: Collection[int]) -> tuple[str, frozenset[int]]:
        """
        Say whether a week can keep these guards, and which ones it keeps beside.

        As many as the budget lets it find; the set is empty where the answer is not
        yes.
        """
        model = self._grid.model.clone()
        own = [_own(model, lit) for lit in self._grid.lit]
        model.add_bool_and([own[index] for index in kept])
        model.maximize(self._grid.total(own))
        status, solver = self._solve(model)
        if status in ("optimal", "feasible"):
            held = frozenset(
                i for i, lit in enumerate(own) if solver.boolean_value(lit)
            )
            self._known[held] = YES
            return YES, held
        answer = NO if status == "infeasible" else UNKNOWN
        self._known[frozenset(kept)] = answer
        return answer, frozenset()

    def _solve(self, model: Any) -> tuple[str, Any]:
        status, solver = _solve(model, self.budget)
        self.work += solver.deterministic_time
        return status, solver


def best_week(
    clauses: Sequence[Clause],
    who: Situation,
    *,
    points: Points | None = None,
    openings: Mapping[str, int] | None = None,
    budget: float = BUDGET,
) -> BestWeek:
    """
    Return a week with the most openings, or with the most points.

    Parameters
    ----------
    points
        For each visit type, points of a start by day and quarter hour of the day;
        integers. Without them each opening is worth one. Days beyond them have none.
    openings
        Openings a week by type, where their number is given.

    Notes
    -----
    One worker, a fixed seed and a budget of work: equal inputs give equal weeks.
    """
    guards = guards_of(clauses, who)
    grid, classes = _build(guards, who, merge=points is None)
    grid.model.add_bool_and(grid.lit)
    for kind, number in (openings or {}).items():
        grid.model.add(grid.counts[kind] == number)
    if points is None and not openings:
        _reserve_no_more_than_asked(grid)
    grid.model.maximize(_worth(grid, points))
    status, solver = _solve(grid.model, budget)
    if status not in ("optimal", "feasible"):
        return BestWeek(status, None, 0, 0)
    template = write_down(grid, classes, solver)
    bound = round(solver.best_objective_bound)
    if not _is_kept(template, clauses, who):
        return BestWeek("unplaced", None, 0, bound)
    return BestWeek(status, template, round(solver.objective_value), bound)


def _is_kept(template: Template, clauses: Sequence[Clause], who: Situation) -> bool:
    """Ask the judge: clauses that count shared minutes unlike may want them twice."""
    judged = Circumstances(
        license_code=who.license_code,
        fte=who.fte,
        leads_groups=who.leads_groups,
        ages=who.ages,
    )
    return not judge_week(template.blocks, clauses, judged)


def _reserve_no_more_than_asked(grid: Grid) -> None:
    """Let openings beyond those a clause reserves be returns."""
    for guard in grid.guards:
        clause = guard.clause
        if clause is None:
            continue
        match clause.kind:
            case "urgent_reserve":
                asked, kind = clause["slots_per_week"], "urgent"
            case "intake_mix" if clause["intakes_per_week"] is not None:
                asked, kind = clause["intakes_per_week"], "intake"
            case "groups":
                asked, kind = clause["sessions_per_week"], "group"
            case _:
                continue
        number = max(
            share_of(asked, grid.who.fte), len(grid.groups) * (kind == "group")
        )
        grid.model.add(grid.counts[kind] <= number)


def _worth(grid: Grid, points: Points | None) -> Any:
    if points is None:
        return grid.total(list(grid.counts.values()))
    return grid.total(
        [
            int(points[kind][d, t]) * start
            for piece in grid.pieces
            for kind in piece.forms
            if kind in points
            for (d, t), start in piece.starts.items()
            if d < len(points[kind])
        ]
    )


def _build(
    guards: Sequence[Guard],
    who: Situation,
    *,
    merge: bool = True,
    groups_move: bool = False,
) -> tuple[Grid, tuple[Protection, ...]]:
    classes = protections(guards)
    grid = make_grid(
        guards,
        who,
        classes=len(classes),
        free_kinds=_free_kinds(guards, who, groups_move=groups_move),
        merge=merge,
        odd_minutes=_paid(guards, who) % GRID,
    )
    hold(grid, classes)
    return grid, classes


def _free_kinds(
    guards: Sequence[Guard], who: Situation, *, groups_move: bool
) -> list[str]:
    """
    Return the visit types that anything asks for, besides returns.

    Groups stand at their stated times, unless these are among what may be let go.
    """
    kinds = {g.clause.kind: g.clause for g in guards if g.clause}
    wanted = ["return"]
    if "intake_mix" in kinds:
        wanted.append("intake")
    if "urgent_reserve" in kinds:
        wanted.append("urgent")
    if "groups" in kinds:
        sessions = share_of(kinds["groups"]["sessions_per_week"], who.fte)
        if groups_move or sessions > sum(g.group is not None for g in guards):
            wanted.append("group")
    return wanted


def _paid(guards: Sequence[Guard], who: Situation) -> int:
    weeks = [g.clause for g in guards if g.clause and g.clause.kind == "work_week"]
    return share_of((weeks[-1]["hours"] if weeks else 40) * 60, who.fte)


def _own(model: Any, literal: Any) -> Any:
    """Return the same literal in a copied model."""
    return model.get_bool_var_from_proto_index(literal.index)


def _solve(model: Any, budget: float) -> tuple[str, Any]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = budget
    # Days look alike, but breaking that symmetry costs more than it saves here,
    # and the full linear relaxation proves what the sums of a week decide.
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    return solver.status_name(status).lower(), solver
