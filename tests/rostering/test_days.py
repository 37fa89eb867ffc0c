"""The compiled programs against every order of items tried in plain Python."""

from itertools import pairwise, product
from random import Random

import numpy as np
import pytest

from caretime.rostering._kernel import days as kernel
from caretime.rostering._kernel.combine import combine_days
from caretime.rostering._kernel.compose import DESK_ACTION, MEAL_ACTION, compose_day
from caretime.rostering._kernel.days import best_day
from rostering import plain_days as plain
from rostering.plain_days import TICKS, Item

NAMES = {
    kernel.A_DESK: plain.DESK,
    kernel.A_MEAL: plain.MEAL,
    kernel.A_DUTY: plain.DUTY,
}
MOST = np.array([2, 3, 1, 6], np.int64)


def run_best_day(of):
    path = np.zeros((TICKS, 2), np.int64)
    value, start, count = best_day(
        of.rule,
        of.lengths,
        of.starts,
        of.fixed,
        of.nature,
        of.duty,
        of.gain,
        of.desk_gain,
        of.duty_gain,
        of.begin,
        of.end,
        of.run_cost,
        of.stretch_cost,
        path,
    )
    return value, start, [(int(a), int(t)) for a, t in path[:count]]


def run_compose(of, only=-1, target=(0, 0, 0, 0), table=None, begins=None):
    table = np.empty(MOST + 1) if table is None else table
    begins = np.zeros(MOST + 1, np.int64) if begins is None else begins
    path = np.zeros((TICKS, 2), np.int64)
    count = compose_day(
        of.rule,
        MOST,
        of.lengths,
        of.holders,
        of.rests,
        of.starts,
        of.fixed,
        of.nature,
        of.gain,
        of.begin,
        of.end,
        of.run_cost,
        of.stretch_cost,
        table,
        begins,
        only,
        np.array(target, np.int64),
        path,
    )
    return table, begins, [(int(a), int(t)) for a, t in path[:count]]


def items(of, path):
    """Read a path back as items, what is fixed among them."""
    found = []
    for action, tick in path:
        if action < len(of.lengths):
            found.append(Item(plain.VISIT, action, tick, int(of.lengths[action])))
        elif action == kernel.A_FIXED:
            what = plain.FIXED[int(of.nature[tick])]
            what = plain.AWAY if of.fixed[tick] < 0 else what
            found.append(Item(what, -1, tick, abs(int(of.fixed[tick]))))
        else:
            ticks = {
                kernel.A_DESK: 1,
                kernel.A_MEAL: of.field(kernel.MEAL),
                kernel.A_DUTY: int(of.duty[tick]),
            }
            found.append(Item(NAMES[action], -1, tick, ticks[action]))
    return tuple(found)


def with_fixed(of, start, path):
    """Add what is fixed to a path that leaves it out, up to its last item."""
    found = list(items(of, path))
    last = max([t + 1 for t in range(TICKS) if of.fixed[t] > 0], default=0)
    last = max(last, *(item.start for item in found), 0) if found else last
    for t in range(start, last):
        if of.fixed[t]:
            found += items(of, [(kernel.A_FIXED, t)])
    return tuple(sorted(found, key=lambda item: item.start))


@pytest.mark.parametrize("seed", range(60))
def test_the_best_day_is_the_best_of_all_days(seed):
    of = plain.frame(seed)
    legal = [
        plain.value_of(of, d, shifts=True) for d in plain.every_day(of, shifts=True)
    ]

    value, start, _ = run_best_day(of)

    assert value == max(legal, default=kernel.NEVER)
    assert (start < 0) == (not legal)


@pytest.mark.parametrize("seed", range(60))
def test_the_path_of_the_best_day_is_legal_and_worth_its_value(seed):
    of = plain.frame(seed)

    value, start, path = run_best_day(of)

    if start >= 0:
        day = items(of, path)
        assert day[0].start == start
        assert all(a.start + a.ticks == b.start for a, b in pairwise(day))
        assert plain.is_legal(of, day)
        assert plain.value_of(of, day, shifts=True) == value


def every_composition(of):
    best = {}
    for day in plain.every_day(of, shifts=False):
        key = plain.composition(day)
        # A day that ends before a span away ends there.
        if day[-1].what == plain.AWAY or not plain.has_its_rests(of, day):
            continue
        if all(n <= most for n, most in zip(key, MOST, strict=True)):
            value = plain.value_of(of, day, shifts=False)
            best[key] = max(value, best.get(key, kernel.NEVER))
    return best


@pytest.mark.parametrize("seed", range(60))
def test_every_composition_has_the_best_value_of_its_days(seed):
    of = plain.frame(seed)

    table, _, _ = run_compose(of)

    found = {
        tuple(int(n) for n in key): float(table[tuple(key)])
        for key in np.argwhere(table > kernel.NEVER / 2)
    }
    assert found == every_composition(of)


@pytest.mark.parametrize("seed", range(60))
def test_a_composition_is_traced_to_a_day_of_its_value(seed):
    of = plain.frame(seed)
    table, begins, _ = run_compose(of)

    for key in np.argwhere(table > kernel.NEVER / 2):
        target = tuple(int(n) for n in key)
        start = int(begins[target])
        _, _, path = run_compose(of, start, target, table, begins)
        assert {a for a, _ in path} <= {0, 1, 2, DESK_ACTION, MEAL_ACTION}
        day = with_fixed(of, start, path)
        if day:
            assert plain.composition(day) == target
            assert plain.is_legal(of, day)
            assert plain.value_of(of, day, shifts=False) == table[target]


@pytest.mark.parametrize("seed", range(40))
def test_a_week_is_the_best_product_of_its_days(seed):
    random = Random(seed)
    days = [
        [
            (
                *(random.randint(0, most) for most in (1, 3, 1, 5)),
                random.randint(-9, 99),
            )
            for _ in range(random.randint(1, 5))
        ]
        for _ in range(random.randint(1, 4))
    ]
    total = [random.randint(0, 2), random.randint(0, 8), random.randint(0, 1), 0]
    total[3] = sum(random.choice(day)[3] for day in days)
    rows = [row for day in days for row in day]
    chosen = np.zeros(len(days), np.int64)

    value = combine_days(
        np.array([row[:4] for row in rows], np.int64),
        np.array([row[4] for row in rows], float),
        np.cumsum([0, *map(len, days)]).astype(np.int64),
        np.array(total, np.int64),
        chosen,
    )

    fits = {
        week: sum(row[4] for row in week)
        for week in product(*days)
        if [sum(row[k] for row in week) for k in (0, 2, 3)]
        == [total[k] for k in (0, 2, 3)]
        and sum(row[1] for row in week) <= total[1]
    }
    assert value == max(fits.values(), default=kernel.NEVER)
    if fits:
        assert fits[tuple(rows[r] for r in chosen)] == value
