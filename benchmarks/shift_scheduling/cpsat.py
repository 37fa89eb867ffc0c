"""The instance as a CP-SAT model: whole, or with most of a plan held."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.shift_scheduling.read import Instance

Left = Callable[[], float]
"""Seconds of the processor left of a part of the budget."""


class Model:
    """
    A CP-SAT model of some employees, with only some days free to change.

    Parameters
    ----------
    instance
        What is to be planned.
    plan
        The plan held where nothing is open, shape (E, D), or none.
    open_
        True for the employee-days to decide, shape (E, D), or none for all.
    left
        Seconds left; when none are, the model is given up half built.
    """

    def __init__(
        self, instance: Instance, plan=None, open_=None, left: Left | None = None
    ) -> None:
        self.instance, self.model = instance, cp_model.CpModel()
        staff, days, _ = instance.cost.shape
        self.plan = np.full((staff, days), -1) if plan is None else plan
        self.open = np.ones((staff, days), bool) if open_ is None else open_
        self.no, self.yes = self.model.new_constant(0), self.model.new_constant(1)
        self.shift: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.people = np.flatnonzero(self.open.any(axis=1))
        for person in self.people:
            if left is not None and left() <= 0:
                return
            self.add_person(int(person))
        self.add_objective()

    def add_person(self, person: int) -> None:
        """State all that one employee's schedule must keep."""
        given, model = self.instance, self.model
        rules, kinds = given.workers[person], range(len(given.shifts))
        off = []
        for day in range(given.days):
            if not self.open[person, day]:
                off.append(self.yes if self.plan[person, day] < 0 else self.no)
                continue
            off.append(model.new_bool_var(""))
            for kind in kinds:
                if rules.most_of[kind] and not given.free[person, day]:
                    self.shift[person, day, kind] = model.new_bool_var("")
            works = [
                self.shift[person, day, kind]
                for kind in kinds
                if (person, day, kind) in self.shift
            ]
            model.add_exactly_one([off[day], *works])
        self.add_runs(person, off)
        self.add_successions(person)
        self.add_sums(person, off)

    def works(self, person: int, day: int, kind: int):
        """The literal that the employee works the shift, fixed days included."""
        if self.open[person, day]:
            return self.shift.get((person, day, kind), self.no)
        return self.yes if self.plan[person, day] == kind else self.no

    def add_runs(self, person: int, off) -> None:
        rules, days = self.instance.workers[person], self.instance.days
        work = [literal.negated() for literal in off]
        touched = np.flatnonzero(self.open[person])
        low, high = touched[0], touched[-1]
        for day in range(max(0, low - rules.longest_run), days - rules.longest_run):
            if day > high:
                break
            self.model.add_bool_or(off[day : day + rules.longest_run + 1])
        for shortest, inside, outside in (
            (rules.shortest_run, off, work),
            (rules.shortest_rest, work, off),
        ):
            for length in range(1, shortest):
                for day in range(max(0, low - length - 1), days - length - 1):
                    if day > high:
                        break
                    self.model.add_bool_or(
                        [
                            outside[day],
                            *inside[day + 1 : day + length + 1],
                            outside[day + length + 1],
                        ]
                    )

    def add_successions(self, person: int) -> None:
        follows, kinds = self.instance.follows, range(len(self.instance.shifts))
        alike: dict[bytes, list[int]] = {}
        for kind in kinds:
            alike.setdefault(follows[kind].tobytes(), []).append(kind)
        for members in alike.values():
            barred = np.flatnonzero(~follows[members[0]])
            if not len(barred):
                continue
            for day in range(self.instance.days - 1):
                if self.open[person, day : day + 2].any():
                    today = [self.works(person, day, k) for k in members]
                    then = [self.works(person, day + 1, int(k)) for k in barred]
                    literals = [x for x in today + then if x is not self.no]
                    if len(literals) > 1:
                        self.model.add_at_most_one(literals)

    def add_sums(self, person: int, off) -> None:
        given, model = self.instance, self.model
        rules, kinds = given.workers[person], range(len(given.shifts))
        mine = [(d, k, x) for (p, d, k), x in self.shift.items() if p == person]
        held = self.plan[person][~self.open[person]]
        held = held[held >= 0]
        total = int(given.minutes[held].sum()) + sum(
            int(given.minutes[k]) * x for _, k, x in mine
        )
        model.add_linear_constraint(total, rules.least_minutes, rules.most_minutes)
        for kind in kinds:
            if 0 < rules.most_of[kind] < given.days:
                count = sum(x for _, k, x in mine if k == kind)
                room = rules.most_of[kind] - int((held == kind).sum())
                if not isinstance(count, int):
                    model.add(count <= room)
        weekends = []
        for saturday in range(5, given.days, 7):
            weekend = model.new_bool_var("")
            for day in range(saturday, min(saturday + 2, given.days)):
                model.add_implication(off[day].negated(), weekend)
            weekends.append(weekend)
        model.add(sum(weekends) <= rules.most_weekends)

    def add_objective(self) -> None:
        """Minimize requests not met and cover missed or exceeded."""
        given, model = self.instance, self.model
        held = np.where(self.open, -1, self.plan)
        who, day = np.nonzero(held >= 0)
        fixed = np.zeros(given.need.shape, np.int64)
        np.add.at(fixed, (day, held[who, day]), 1)
        cell: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for (_, d, k), x in self.shift.items():
            cell.setdefault((d, k), []).append(x)
        terms = [
            int(given.cost[p, d, k]) * x
            for (p, d, k), x in self.shift.items()
            if given.cost[p, d, k]
        ]
        for (d, k), xs in cell.items():
            gap = int(given.need[d, k] - fixed[d, k])
            most = len(xs)
            short = model.new_int_var(0, max(gap, 0), "")
            extra = model.new_int_var(0, max(most - gap, 0), "")
            model.add(sum(xs) + short - extra == gap)
            terms += [int(given.under[d, k]) * short, int(given.over[d, k]) * extra]
        model.minimize(sum(terms))

    def hint(self) -> None:
        """Start the search at the plan held."""
        for (person, day, kind), x in self.shift.items():
            self.model.add_hint(x, int(self.plan[person, day] == kind))

    def solve(self, left: Left, work: float, workers: int, seed: int = 1):
        """
        Solve and return the plan (or none), the bound and whether it is proven.

        Parameters
        ----------
        left
            Seconds of the processor left; the search ends when none are.
        work
            Most units of CP-SAT's deterministic time.
        workers, seed
            Of the search.

        The bound is on this model's objective, not on the instance's penalty.
        """
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = work
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                if left() <= 0:
                    solver.stop_search()

        watcher = threading.Thread(target=watch)
        watcher.start()
        status = solver.solve(self.model)
        over.set()
        watcher.join()
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, solver.best_objective_bound, False
        plan = np.where(self.open, -1, self.plan)
        for (person, day, kind), x in self.shift.items():
            if solver.boolean_value(x):
                plan[person, day] = kind
        return plan, solver.best_objective_bound, status == cp_model.OPTIMAL
