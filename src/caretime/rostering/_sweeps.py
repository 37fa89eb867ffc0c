"""Everyone's week in the rooms there are, one after the other, sweep by sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.rostering._load import TICKS
from caretime.rostering._prices import Bound
from caretime.rostering._staff import Task
from caretime.rostering._together import Desk, rooms_taken, turned
from caretime.rostering._week import Prices, Week, best_week

PASSES = 4
"""Most times every week of a site is solved again."""

NO_ROOM = 400.0
"""Points a quarter hour costs in which no room is free, where it must be."""


def settle(
    task: Task,
    desk: Desk,
    bound: Bound,
    stop: Callable[[], bool],
    tick: Callable[[], None],
) -> tuple[int, NDArray[np.int64]]:
    """
    Solve every week, rooms counted; return sweeps, and visits beyond the rooms.

    Each sweep begins with empty rooms; whom an earlier one left without a room comes
    first. The sweep with least time over the rooms, then most points, is kept, and
    its weeks are solved once more, each among all others.
    """
    rooms = task.clinic.rooms - task.visitors
    first: set[int] = set()
    best: _Sweep | None = None
    done = 0
    while done < PASSES:
        done += 1
        sweep = _sweep(task, desk, bound, rooms, first)
        if best is None or sweep.rank < best.rank:
            best = sweep
        tick()
        if stop() or not sweep.squeezed or sweep.squeezed <= first:
            break
        first |= sweep.squeezed
    assert best is not None
    desk.weeks = best.weeks
    if best.is_tight and not stop():
        _improve(task, desk, bound, rooms, best)
        done += 1
        tick()
    return done, np.maximum(0, best.used - rooms)


@dataclass
class _Sweep:
    """Everyone's week after one round, and the rooms they take."""

    weeks: list[Week]
    taken: list[NDArray[np.int64]]
    rooms: NDArray[np.int64]
    used: NDArray[np.int64]
    squeezed: set[int]

    @property
    def rank(self) -> tuple[int, int]:
        """Quarter hours over the rooms, then points lost; less is better."""
        over = int(np.maximum(0, self.used - self.rooms).sum())
        return over, -sum(week.points for week in self.weeks)

    @property
    def is_tight(self) -> bool:
        """Whether a room was ever the last one."""
        return bool((self.used >= self.rooms).any())


def _sweep(
    task: Task,
    desk: Desk,
    bound: Bound,
    rooms: NDArray[np.int64],
    first: set[int],
) -> _Sweep:
    """Solve the weeks one after the other in the rooms that are left."""
    plans = desk.plans
    empty = np.zeros((WORKING_DAYS, TICKS), np.int64)
    sweep = _Sweep(list(desk.weeks), [empty] * len(plans), rooms, empty.copy(), set())
    order = sorted(
        range(len(plans)),
        key=lambda p: (
            p not in first,
            turned(task.seed, "order", plans[p].person.clinician_id),
        ),
    )
    for p in order:
        full = sweep.used >= rooms
        prices = Prices(bound.bands[p], bound.rooms, full)
        week = best_week(plans[p], prices, task.policy)
        if week is None:
            sweep.squeezed.add(p)
            dear = Prices(bound.bands[p], bound.rooms + NO_ROOM * full)
            week = best_week(plans[p], dear, task.policy)
        elif week.returns < plans[p].load.counts[1]:
            sweep.squeezed.add(p)
        if week is not None:
            sweep.weeks[p] = week
        sweep.taken[p] = rooms_taken(plans[p], sweep.weeks[p])
        sweep.used += sweep.taken[p]
    return sweep


def _improve(
    task: Task, desk: Desk, bound: Bound, rooms: NDArray[np.int64], best: _Sweep
) -> None:
    """Solve each week again among all others, without prices for rooms."""
    for p, plan in enumerate(desk.plans):
        others = best.used - best.taken[p]
        prices = Prices(bound.bands[p], None, others >= rooms)
        week = best_week(plan, prices, task.policy)
        over = np.maximum(0, best.used - rooms).any()
        if week is not None and (over or week.points > desk.weeks[p].points):
            desk.weeks[p] = week
            best.taken[p] = rooms_taken(plan, week)
            best.used = others + best.taken[p]
