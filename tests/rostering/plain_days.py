"""Days by definition: every order of items tried, rules read off the finished day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from caretime.rostering._kernel import days as kernel

TICKS = 14
VISIT, DESK, MEAL, DUTY, AWAY = "visit", "desk", "meal", "duty", "away"
FIXED = {kernel.BREAK: "break", kernel.AT_DESK: "fixed desk", kernel.A_VISIT: "group"}


@dataclass(frozen=True)
class Item:
    """Something of a day: what, its kind where a visit, when and how long."""

    what: str
    kind: int
    start: int
    ticks: int

    @property
    def is_visit(self) -> bool:
        """Whether it counts in a run of visits."""
        return self.what in (VISIT, "group")

    @property
    def is_desk(self) -> bool:
        """Whether it is desk time, fixed or free."""
        return self.what in (DESK, "fixed desk")


@dataclass
class Frame:
    """What the programs read for one day, small enough to try every order."""

    rule: NDArray[np.int64]
    lengths: NDArray[np.int64]
    starts: NDArray[np.bool_]
    fixed: NDArray[np.int64]
    nature: NDArray[np.int64]
    duty: NDArray[np.int64]
    gain: NDArray[np.float64]
    desk_gain: NDArray[np.float64]
    duty_gain: NDArray[np.float64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    run_cost: float
    stretch_cost: float
    holders: NDArray[np.int64]
    rests: NDArray[np.int64]

    def field(self, name: int) -> int:
        """Return one integer of the rule."""
        return int(self.rule[name])


def frame(seed: int) -> Frame:
    """Return a random frame: fixed blocks of each nature, spans away, shifts."""
    random = Random(seed)
    rule = np.zeros(kernel.RULES, np.int64)
    rule[kernel.FIRST] = random.randint(0, 2)
    rule[kernel.LAST] = random.randint(9, 12)
    rule[kernel.SHORTEST] = random.randint(1, 5)
    rule[kernel.LONGEST] = random.randint(5, 10)
    rule[kernel.MEAL] = random.randint(1, 3)
    rule[kernel.MEAL_FROM] = random.randint(0, 3)
    rule[kernel.MEAL_BY] = random.randint(4, 6)
    rule[kernel.CAP] = random.randint(1, 4)
    rule[kernel.RUN] = random.randint(1, 3)
    rule[kernel.DESK] = random.randint(1, 3)
    rule[kernel.SPARE] = random.randint(0, 2)
    fixed, nature = _standing(random)
    starts = np.array([random.random() < 0.6 for _ in range(TICKS)])
    return Frame(
        rule=rule,
        lengths=np.array([random.randint(2, 4) for _ in range(3)], np.int64),
        starts=starts,
        fixed=fixed,
        nature=nature,
        duty=np.array([random.choice((0, 0, 2, 3)) for _ in range(TICKS)], np.int64),
        gain=_gains(random, (3, TICKS), 0.3),
        desk_gain=_gains(random, (TICKS,), 0.0) / 4,
        duty_gain=_gains(random, (TICKS,), 0.4),
        begin=-_gains(random, (TICKS,), 0.0),
        end=-_gains(random, (TICKS,), 0.0),
        run_cost=random.choice((0.0, 3.0, 11.0)),
        stretch_cost=random.choice((0.0, 2.0, 7.0)),
        holders=np.array([random.randint(0, 1) for _ in range(3)], np.int64),
        rests=np.array([max(0, t - 3) // 3 for t in range(TICKS + 1)], np.int64),
    )


def _standing(random: Random) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    fixed, nature = np.zeros(TICKS, np.int64), np.zeros(TICKS, np.int64)
    t = random.randint(1, 6)
    while t < 11:
        n = random.randint(1, 3)
        if random.random() < 0.6:
            fixed[t] = -n if random.random() < 0.4 else n
            nature[t] = 0 if fixed[t] < 0 else random.randint(0, 2)
        t += n + random.choice((0, 1, 3, 4))
    return fixed, nature


def _gains(
    random: Random, shape: tuple[int, ...], barred: float
) -> NDArray[np.float64]:
    """Return whole numbers, so that sums are exact; some may not be."""
    size = int(np.prod(shape))
    values = [
        kernel.NEVER if random.random() < barred else float(random.randint(-3, 20))
        for _ in range(size)
    ]
    return np.array(values).reshape(shape)


def every_day(of: Frame, *, shifts: bool) -> Iterator[tuple[Item, ...]]:
    """Yield every legal day, with or without optional shifts."""
    first = [t for t in range(TICKS) if of.fixed[t] > 0]
    for start in range(of.field(kernel.FIRST), of.field(kernel.LAST)):
        barred = not of.starts[start] or of.fixed[start] < 0
        if barred or (first and start > first[0]):
            continue
        for day in _grown(of, start, (), shifts):
            if is_legal(of, day):
                yield day


def _grown(
    of: Frame, t: int, so_far: tuple[Item, ...], shifts: bool
) -> Iterator[tuple[Item, ...]]:
    if so_far:
        yield so_far
    for item in _next(of, t, shifts):
        # A visit may not reach into what is fixed.
        inside = range(t + (item.what not in (*FIXED.values(), AWAY)), t + item.ticks)
        if t + item.ticks > of.field(kernel.LAST) or (
            item.what not in (*FIXED.values(), AWAY)
            and any(of.fixed[i] for i in inside)
        ):
            continue
        yield from _grown(of, t + item.ticks, (*so_far, item), shifts)


def _next(of: Frame, t: int, shifts: bool) -> Iterator[Item]:
    """Yield what may stand at a tick."""
    if t >= of.field(kernel.LAST):
        return
    if of.fixed[t]:
        what = AWAY if of.fixed[t] < 0 else FIXED[int(of.nature[t])]
        yield Item(what, -1, t, abs(int(of.fixed[t])))
        return
    for kind in range(3):
        if of.gain[kind, t] > kernel.NEVER:
            yield Item(VISIT, kind, t, int(of.lengths[kind]))
    yield Item(DESK, -1, t, 1)
    yield Item(MEAL, -1, t, of.field(kernel.MEAL))
    if shifts and of.duty[t] and of.duty_gain[t] > kernel.NEVER:
        yield Item(DUTY, -1, t, int(of.duty[t]))


def is_legal(of: Frame, day: tuple[Item, ...]) -> bool:
    """Judge a finished day."""
    worked = paid(day)
    if not of.field(kernel.SHORTEST) <= worked <= of.field(kernel.LONGEST):
        return False
    if sum(item.what == VISIT for item in day) > of.field(kernel.CAP):
        return False
    stand = {t for t in range(TICKS) if of.fixed[t] > 0}
    if not stand <= {item.start for item in day}:
        return False
    meals = [k for k, item in enumerate(day) if item.what == MEAL]
    if len(meals) > 1 or (not meals and worked > of.field(kernel.MEAL_BY)):
        return False
    for k in meals:
        before = paid(day[:k])
        if not of.field(kernel.MEAL_FROM) <= before <= of.field(kernel.MEAL_BY):
            return False
    return all(n >= of.field(kernel.DESK) for n in _free_desk(day))


def paid(day: tuple[Item, ...]) -> int:
    """Return the paid ticks of items."""
    return sum(item.ticks for item in day if item.what not in (MEAL, AWAY))


def _free_desk(day: tuple[Item, ...]) -> list[int]:
    """Return the lengths of unbroken free desk time."""
    found, now = [], 0
    for item in (*day, Item("end", -1, 0, 0)):
        if item.what == DESK:
            now += 1
        elif now:
            found.append(now)
            now = 0
    return found


def value_of(of: Frame, day: tuple[Item, ...], *, shifts: bool) -> float:
    """Add up what a day is worth."""
    total = of.begin[day[0].start] + of.end[day[-1].start + day[-1].ticks]
    for item in day:
        if item.what == VISIT:
            total += of.gain[item.kind, item.start]
        elif item.what == DESK and shifts:
            total += of.desk_gain[item.start]
        elif item.what == DUTY:
            total += of.duty_gain[item.start]
    return float(total - of.run_cost * _over(of, day) - of.stretch_cost * _pieces(day))


def _over(of: Frame, day: tuple[Item, ...]) -> int:
    """Count the visits beyond the wanted number in a row."""
    over = run = 0
    for item in day:
        run = run + 1 if item.is_visit else 0
        over += run > of.field(kernel.RUN)
    return over


def _pieces(day: tuple[Item, ...]) -> int:
    """Count unbroken stretches of desk time, fixed or free."""
    return sum(
        item.is_desk and (k == 0 or not day[k - 1].is_desk)
        for k, item in enumerate(day)
    )


def composition(day: tuple[Item, ...]) -> tuple[int, int, int, int]:
    """Return visits of each kind and free desk ticks."""
    kinds = [sum(i.what == VISIT and i.kind == k for i in day) for k in range(3)]
    return kinds[0], kinds[1], kinds[2], sum(item.what == DESK for item in day)


def has_its_rests(of: Frame, day: tuple[Item, ...]) -> bool:
    """Say whether the day's paid rests fit beside visits and into spare desk time."""
    counts = composition(day)
    held = sum(n * int(of.holders[k]) for k, n in enumerate(counts[:3]))
    return int(of.rests[paid(day)]) <= held + min(counts[3], of.field(kernel.SPARE))
