"""
A team's weeks as one integer program: the same weeks, the same points, no columns.

Each day of a clinician is a path through (quarter hour, visits in a row or desk time
so far): one 0-1 for every visit, quarter hour at the desk, meal and fixed block that
may stand there. Lengths of days, meals, rests, caps, totals of the week, hours asked
for, early and late days, and the rooms of the site are rows over the paths. It reads
the loads and days that the builder reads, so that both have the same choice; a path is
told apart by the same phases as in ``_kernel.days``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from benchmarks.rosters.program import FREE, Program
from caretime.model.calendar import WORKING_DAYS
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering import RosterPolicy
from caretime.rostering._asked import asked_of, bands
from caretime.rostering._columns import rooms_of_groups
from caretime.rostering._kernel import days as kernel
from caretime.rostering._label import label
from caretime.rostering._load import KINDS, TICKS
from caretime.rostering._person import Day, Fixed, Plan, band_ticks, base_gain, day_of
from caretime.rostering._staff import Staff
from caretime.rostering._week import Week, WorkedDay, in_rooms, length_of
from caretime.rostering.build import _tasks
from caretime.rules.week_terms import GRID, effective_day

Node = tuple[int, int]
SOURCE, SINK = (-1, 0), (-2, 0)


def plans_of(
    system: CareSystem, contract: Contract, policy: RosterPolicy
) -> list[Plan]:
    """Return the plans of a team of one site, its stated meetings fixed."""
    on = effective_day(contract, system.first_day)
    asked = asked_of(system)
    (task,) = _tasks(system, contract, on, policy, None, asked, None, 1, 1)
    staff = Staff.of(task)
    assert not staff.unplanned
    plans = []
    for plan in staff.plans:
        meetings = [
            Fixed(m.weekday, m.start // GRID, m.minutes // GRID, "meeting",
                  "team_meetings")
            for m in task.meetings
            if m.weekday is not None and m.start is not None
        ]  # fmt: skip
        loaded = staff.reload(plan, [*plan.fixed, *meetings])
        assert loaded is not None
        plans.append(loaded)
    return plans


@dataclass(frozen=True)
class Arc:
    """One item of a day: where it begins, what it is, which integer says so."""

    tick: int
    end: int
    action: int
    index: int


@dataclass
class DayPaths:
    """The paths of one day of one clinician, and the integers of its items."""

    frame: Day
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    arcs: list[Arc] = field(default_factory=list)
    flow: dict[Node, list[tuple[int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def of(self, *actions: int) -> list[Arc]:
        """Return the items of some actions."""
        return [arc for arc in self.arcs if arc.action in actions]


@dataclass
class TeamProgram:
    """The program of a team; ``days`` has the paths by plan and day."""

    system: CareSystem
    contract: Contract
    policy: RosterPolicy = field(default_factory=RosterPolicy)
    program: Program = field(default_factory=Program)
    plans: list[Plan] = field(init=False)
    days: dict[tuple[int, int], DayPaths] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.plans = plans_of(self.system, self.contract, self.policy)
        for p, plan in enumerate(self.plans):
            for day in range(WORKING_DAYS):
                self.days[p, day] = self._day(plan, day)
            self._week(p, plan)
        self._rooms()

    # --- one day ------------------------------------------------------------------

    def _day(self, plan: Plan, day: int) -> DayPaths:
        frame = day_of(
            plan.person, plan.load, plan.fixed, day, telehealth=False,
            policy=self.policy,
        )  # fmt: skip
        assert frame is not None
        paths = DayPaths(frame)
        gain = base_gain(plan.person, day, self.policy)
        self._walk(plan, paths, gain)
        for node, terms in paths.flow.items():
            if node not in (SOURCE, SINK):
                self.program.hold(terms, 0, 0)
        must = 1 if (frame.fixed > 0).any() else 0
        self.program.hold(paths.flow[SOURCE], must, 1)
        self._length(plan, paths)
        self._meal(paths)
        self._rests(plan, paths)
        self._notes(paths)
        visits = [(arc.index, 1.0) for arc in paths.of(*range(len(KINDS)))]
        self.program.hold(visits, high=float(frame.rule[kernel.CAP]))
        return paths

    def _walk(self, plan: Plan, paths: DayPaths, gain: np.ndarray) -> None:
        """Lay out every item that a path from some start can reach."""
        frame, rule = paths.frame, paths.frame.rule
        must = np.flatnonzero(frame.fixed > 0)
        first_must = int(must[0]) if len(must) else TICKS
        last_must = int(max((t + frame.fixed[t] for t in must), default=0))
        reached: dict[int, set[int]] = defaultdict(set)
        for s in range(int(rule[kernel.FIRST]), int(rule[kernel.LAST])):
            if frame.starts[s] and s <= first_must and frame.fixed[s] >= 0:
                paths.starts[s] = self._edge(paths, SOURCE, (s, 0), 0.0)
                reached[s].add(0)
        run = int(rule[kernel.RUN])
        for t in range(int(rule[kernel.LAST]) + 1):
            for q in sorted(reached[t]):
                if t >= last_must and _rested(q, rule):
                    index = self._edge(paths, (t, q), SINK, 0.0)
                    paths.ends[index] = t
                for action, end, phase in _steps(plan, frame, t, q):
                    points = 0.0
                    if action < len(KINDS):
                        points = float(gain[action, t] + rule[kernel.NOTED])
                        points += self._lost(q == run, "long_runs")
                    elif phase > run:
                        points += self._lost(q <= run, "desk_stretches")
                    if action == kernel.A_FIXED and phase in range(1, run + 1):
                        points += self._lost(q == run, "long_runs")
                    index = self._edge(paths, (t, q), (end, phase), points)
                    paths.arcs.append(Arc(t, end, action, index))
                    reached[end].add(phase)

    def _lost(self, happens: bool, preference: str) -> float:
        return float(self.policy.worth(preference)) if happens else 0.0

    def _edge(self, paths: DayPaths, one: Node, other: Node, points: float) -> int:
        index = self.program.add(points)
        paths.flow[one].append((index, 1.0 if one == SOURCE else -1.0))
        paths.flow[other].append((index, 1.0))
        return index

    def _length(self, plan: Plan, paths: DayPaths) -> None:
        rule = paths.frame.rule
        worked = self._worked(paths)
        on = list(paths.starts.values())
        for limit, sign in ((rule[kernel.LONGEST], 1.0), (rule[kernel.SHORTEST], -1.0)):
            terms = [(i, sign * v) for i, v in worked]
            self.program.hold([*terms, *((i, -sign * limit) for i in on)], high=0.0)

    def _worked(self, paths: DayPaths) -> list[tuple[int, float]]:
        """Return paid quarter hours of a day as terms."""
        return [
            (arc.index, float(arc.end - arc.tick))
            for arc in paths.arcs
            if arc.action != kernel.A_MEAL
            and not (arc.action == kernel.A_FIXED and paths.frame.fixed[arc.tick] < 0)
        ]

    def _meal(self, paths: DayPaths) -> None:
        """Hold a meal in its hours of work; days beyond them have one."""
        frame, rule = paths.frame, paths.frame.rule
        meals = paths.of(kernel.A_MEAL)
        by, longest = float(rule[kernel.MEAL_BY]), float(rule[kernel.LONGEST])
        self.program.hold([(arc.index, 1.0) for arc in meals], high=1.0)
        self.program.hold(
            [*self._worked(paths), *((arc.index, by - longest) for arc in meals)],
            high=by,
        )
        unpaid = np.concatenate(([0], np.cumsum(np.maximum(0, -frame.fixed))))
        for t in sorted({arc.tick for arc in meals}):
            within = [
                (index, -1.0)
                for s, index in paths.starts.items()
                if rule[kernel.MEAL_FROM] <= t - s - (unpaid[t] - unpaid[s]) <= by
            ]
            now = [(arc.index, 1.0) for arc in meals if arc.tick == t]
            self.program.hold([*now, *within], high=0.0)

    def _rests(self, plan: Plan, paths: DayPaths) -> None:
        """Hold as many rests as the day's length owes, at the desk or beside visits."""
        rule, load = paths.frame.rule, plan.load
        owed = load.rests[: int(rule[kernel.LONGEST]) + 1]
        spare = self.program.add(upper=int(rule[kernel.SPARE]))
        desk = [(arc.index, -1.0) for arc in paths.of(kernel.A_DESK)]
        self.program.hold([(spare, 1.0), *desk], high=0.0)
        terms = [(spare, -1.0)]
        for kind, holds in enumerate(load.holders):
            terms += [(arc.index, -float(holds)) for arc in paths.of(kind) if holds]
        worked = self._worked(paths)
        for ticks in np.flatnonzero(np.diff(owed) > 0) + 1:
            beyond = self.program.add()
            rest = float(rule[kernel.LONGEST] - ticks + 1)
            self.program.hold([*worked, (beyond, -rest)], high=float(ticks - 1))
            terms.append((beyond, float(owed[ticks] - owed[ticks - 1])))
        self.program.hold(terms, high=-float(owed[0]))

    def _notes(self, paths: DayPaths) -> None:
        """Take away the points of notes that neither stand beside nor fit the desk."""
        rule = paths.frame.rule
        fits = self.program.add(upper=15 * int(rule[kernel.LONGEST]))
        minutes = float(rule[kernel.NOTES])
        desk = [(arc.index, -float(GRID)) for arc in paths.of(kernel.A_DESK)]
        self.program.hold([(fits, minutes), *desk], high=0.0)
        late = self.program.add(-float(rule[kernel.NOTED]), int(rule[kernel.CAP]))
        needy = [
            (arc.index, 1.0)
            for kind in range(len(KINDS))
            if rule[kernel.NEEDY + kind]
            for arc in paths.of(kind)
        ]
        self.program.hold([*needy, (fits, -1.0), (late, -1.0)], high=0.0)

    # --- the week, and the rooms --------------------------------------------------

    def _week(self, p: int, plan: Plan) -> None:
        load, mine = plan.load, [self.days[p, day] for day in range(WORKING_DAYS)]
        for kind, count in enumerate(int(n) for n in load.counts):
            visits = [(a.index, 1.0) for paths in mine for a in paths.of(kind)]
            self.program.hold(visits, -FREE if kind == 1 else count, count)
        paid = [term for paths in mine for term in self._worked(paths)]
        self.program.hold(paid, load.paid, load.paid)
        works = [(i, 1.0) for paths in mine for i in paths.starts.values()]
        self.program.hold(works, high=float(load.ledger.days))
        self._asked(plan, mine)
        self._shifts(plan, mine)
        groups = sum(block.activity == "group" for block in plan.fixed)
        self.program.constant += self.policy.worth("openings") * groups

    def _asked(self, plan: Plan, mine: list[DayPaths]) -> None:
        band = band_ticks()
        for b, most in enumerate(plan.load.wanted[: len(bands())]):
            if not most:
                continue
            got = self.program.add(float(self.policy.worth("asked_times")), int(most))
            inside = [
                (arc.index, -1.0)
                for paths in mine
                for arc in paths.of(*range(len(KINDS)))
                if band[arc.tick] == b
            ]
            self.program.hold([(got, 1.0), *inside], high=0.0)

    def _shifts(self, plan: Plan, mine: list[DayPaths]) -> None:
        over = self.program.add(
            float(self.policy.worth("fair_shifts")), WORKING_DAYS * 2
        )
        edges = [
            (index, 1.0)
            for paths in mine
            for s, index in paths.starts.items()
            if s * GRID < self.policy.early_before
        ]
        edges += [
            (index, 1.0)
            for paths in mine
            for index, t in paths.ends.items()
            if t * GRID > self.policy.late_after
        ]
        self.program.hold([*edges, (over, -1.0)], high=float(plan.load.shifts))

    def _rooms(self) -> None:
        (clinic,) = self.system.clinics
        taken = rooms_of_groups(self.plans)
        for day in range(WORKING_DAYS):
            inside: dict[int, list[tuple[int, float]]] = defaultdict(list)
            for p, plan in enumerate(self.plans):
                here = in_rooms(plan, day)
                for arc in self.days[p, day].of(*range(len(KINDS))):
                    ticks = int(plan.load.visit_ticks[arc.action])
                    for t in range(arc.tick, arc.tick + ticks):
                        if here[t]:
                            inside[t].append((arc.index, 1.0))
            for t, terms in inside.items():
                self.program.hold(terms, high=float(clinic.rooms - taken[day, t]))

    # --- back from an answer ------------------------------------------------------

    def roster(self, values: np.ndarray) -> Roster:
        """Return the weeks that an answer stands for."""
        weeks = []
        for p, plan in enumerate(self.plans):
            days = [self._worked_day(p, day, values) for day in range(WORKING_DAYS)]
            weeks.append(label(plan, week_of(plan, days)))
        day = max(
            effective_day(self.contract, self.system.first_day), self.system.first_day
        )
        return Roster(self.contract.contract_id, tuple(weeks), first_day=day)

    def _worked_day(self, p: int, day: int, values: np.ndarray) -> WorkedDay | None:
        paths = self.days[p, day]
        start = next((s for s, i in paths.starts.items() if values[i] > 0.5), None)
        if start is None:
            return None
        end = next(t for i, t in paths.ends.items() if values[i] > 0.5)
        chosen = sorted(
            (arc.tick, arc.action)
            for arc in paths.arcs
            if values[arc.index] > 0.5 and arc.action != kernel.A_FIXED
        )
        return WorkedDay(start, end, tuple((action, tick) for tick, action in chosen))


def week_of(plan: Plan, days: list[WorkedDay | None]) -> Week:
    """Return a week with its days; what it is worth is left to the score."""
    return Week(
        days=tuple(days), fixed=tuple(plan.fixed), telehealth=plan.telehealth,
        points=0, in_bands=(), shifts=0, returns=0,
    )  # fmt: skip


def _rested(q: int, rule: np.ndarray) -> bool:
    run, ripe = int(rule[kernel.RUN]), int(rule[kernel.RUN] + rule[kernel.DESK])
    return q <= run or q >= ripe


def _after_visit(q: int, run: int) -> int:
    return 1 if q > run else min(q + 1, run)


def _steps(plan: Plan, frame: Day, t: int, q: int) -> list[tuple[int, int, int]]:
    """Return (action, end, phase) of what may follow a phase at a quarter hour."""
    rule = frame.rule
    run, last = int(rule[kernel.RUN]), int(rule[kernel.LAST])
    ripe = run + int(rule[kernel.DESK])
    rested = _rested(q, rule)
    if t >= last:
        return []
    if frame.fixed[t] != 0:
        end = t + abs(int(frame.fixed[t]))
        if not rested or end > last:
            return []
        phase = {kernel.AT_DESK: ripe + 1, kernel.A_VISIT: _after_visit(q, run)}.get(
            int(frame.nature[t]) if frame.fixed[t] > 0 else kernel.BREAK, 0
        )
        return [(kernel.A_FIXED, end, phase)]
    busy = np.flatnonzero(frame.fixed[t:last] != 0)
    room = t + int(busy[0]) if len(busy) else last
    found = []
    for kind in range(len(KINDS)):
        end = t + length_of(kind, plan.load)
        if rested and end <= room and frame.may[kind, t]:
            found.append((kind, end, _after_visit(q, run)))
    if t + 1 <= room:
        at_desk = run + 1 if q <= run or q > ripe else min(q + 1, ripe)
        found.append((kernel.A_DESK, t + 1, at_desk))
    end = t + int(rule[kernel.MEAL])
    if rested and end <= room:
        found.append((kernel.A_MEAL, end, 0))
    return found
