"""The published set: read right, judged apart, and solved to its optimum."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from benchmarks.shift_scheduling.columns import Columns
from benchmarks.shift_scheduling.judge import broken, judge
from benchmarks.shift_scheduling.price import BARRED, Pricer
from benchmarks.shift_scheduling.read import read_instance
from benchmarks.shift_scheduling.run import by_columns, by_cpsat

SHIFTS = ("E", "L")
LENGTH = {"E": 480, "L": 600}
NEVER = {"E": set(), "L": {"E"}}
LIMITS = {
    "A": ("E=8|L=2", [2600, 1000, 3, 2, 2, 1]),
    "B": ("E=8|L=0", [2400, 960, 4, 1, 1, 0]),
}
FREE = {"A": {0}, "B": {3, 4}}

LEGAL = {
    "A": ["", "E", "L", "", "", "", "", ""],
    "B": ["", "E", "E", "", "", "", "", "E"],
}

TINY = """\
# Comments start with #
SECTION_HORIZON
# The horizon length in days:
8

SECTION_SHIFTS
# ShiftID, Length in mins, Shifts which cannot follow this shift | separated
E,480,
L,600,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxConsecutiveShifts, ...
A,E=8|L=2,2600,1000,3,2,2,1
B,E=8|L=0,2400,960,4,1,1,0

SECTION_DAYS_OFF
# EmployeeID, DayIndexes (start at zero)
A,0
B,3,4

SECTION_SHIFT_ON_REQUESTS
# EmployeeID, Day, ShiftID, Weight
A,2,L,4
B,1,E,2

SECTION_SHIFT_OFF_REQUESTS
A,3,L,3
B,0,E,1

SECTION_COVER
# Day, ShiftID, Requirement, Weight for under, Weight for over
0,E,1,10,1
1,E,1,10,1
1,L,1,10,1
2,L,1,10,1
3,E,0,10,1
3,L,1,10,1
5,E,1,10,2
6,E,1,10,1
7,E,2,10,1
7,L,0,10,1
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Where the tiny instance lies: 2 employees, 8 days, 2 shifts."""
    path = tmp_path_factory.mktemp("set") / "Tiny.txt"
    path.write_text(TINY, encoding="utf-8")
    return path


def legal_weeks(worker):
    """Every legal schedule of one employee of the tiny set, by trying all."""
    most, limits = LIMITS[worker]
    for week in product(("", *SHIFTS), repeat=8):
        if any(week[day] for day in FREE[worker]):
            continue
        if not list(broken(week, most, limits, LENGTH, NEVER)):
            yield week


@pytest.fixture(scope="module")
def optimum(tiny):
    """The least penalty of the tiny set, by trying every pair of schedules."""
    weeks = [list(legal_weeks(worker)) for worker in ("A", "B")]
    instance = read_instance(tiny)
    at = {"": -1, "E": 0, "L": 1}
    coded = [np.array([[at[s] for s in week] for week in one]) for one in weeks]
    return min(
        instance.penalty(np.array([one, other]))
        for one, other in product(coded[0], coded[1])
    )


def week_of(plan):
    return [SHIFTS[shift] if shift >= 0 else "" for shift in plan]


def test_the_reader_finds_every_section(tiny):
    instance = read_instance(tiny)

    assert instance.days == 8
    assert instance.shifts == SHIFTS
    assert instance.minutes.tolist() == [480, 600]
    assert instance.follows.tolist() == [[True, True], [False, True]]
    assert instance.workers[0].most_of == (8, 2)
    assert instance.workers[0].shortest_rest == 2
    assert instance.workers[1].most_weekends == 0
    assert np.argwhere(instance.free).tolist() == [[0, 0], [1, 3], [1, 4]]
    assert instance.constant == 6
    assert instance.cost[0, 2].tolist() == [0, -4]
    assert instance.cost[1, 0].tolist() == [1, 0]
    assert instance.need[7].tolist() == [2, 0]
    assert instance.over[5].tolist() == [2, 0]


def test_the_judge_prices_a_schedule_reckoned_by_hand(tiny):
    # Day 0 lacks E; day 1 has E twice, lacks L; day 2 has L; day 3 lacks L;
    # days 5 and 6 lack E; day 7 lacks one E. All requests are met.
    by_hand = 10 + (1 + 10) + 0 + 10 + 10 + 10 + 10

    penalty, breaches = judge(tiny, LEGAL)

    assert breaches == []
    assert penalty == by_hand


def test_judge_and_arrays_give_one_penalty(tiny):
    instance = read_instance(tiny)
    rng = np.random.default_rng(1)
    for _ in range(50):
        plan = rng.integers(-1, 2, (2, 8))
        schedule = dict(zip("AB", map(week_of, plan), strict=True))

        penalty, _ = judge(tiny, schedule)

        assert penalty == instance.penalty(plan)


@pytest.mark.parametrize(
    ("worker", "week", "breach"),
    [
        ("A", " LLL    ", "3 shifts L, at most 2"),
        ("A", " EE     ", "960 minutes, allowed 1000 to 2600"),
        ("A", " EE  EEE", None),
        ("A", " EEE  EE", None),
        ("A", "  EEEE  ", "4 shifts in a row, at most 3"),
        ("A", " E EE   ", "1 days off in a row, too few"),
        ("A", " LE     ", "E follows L on day 2"),
        ("A", " EEE  E ", "1 shifts in a row, too few"),
        ("A", "EEE     ", "works on day 0"),
        ("B", "EE   E  ", "1 weekends, at most 0"),
        ("B", "EE  E   ", "works on day 4"),
        ("B", "EEE    L", "1 shifts L, at most 0"),
        ("B", "EEE      ", "9 days, not 8"),
    ],
)
def test_the_judge_names_every_breach(tiny, worker, week, breach):
    schedule = {**LEGAL, worker: [day.strip() for day in week]}

    _, breaches = judge(tiny, schedule)

    assert breaches == [] if breach is None else f"{worker}: {breach}" in breaches


def test_the_dynamic_program_finds_the_best_legal_schedule(tiny):
    pricer = Pricer.of(read_instance(tiny))
    rng = np.random.default_rng(2)
    for index, worker in enumerate("AB"):
        # The limit on late shifts is kept outside the table.
        most, limits = LIMITS[worker]
        loose = most.replace("L=2", "L=8")
        weeks = [
            week
            for week in product(("", *SHIFTS), repeat=8)
            if not any(week[day] for day in FREE[worker])
            and not list(broken(week, loose, limits, LENGTH, NEVER))
        ]
        for _ in range(10):
            gain = rng.normal(0, 5, (8, 2))

            value, plan = pricer.price(index, gain)

            best = max(
                sum(gain[d, SHIFTS.index(s)] for d, s in enumerate(week) if s)
                for week in weeks
            )
            assert value == pytest.approx(best)
            assert tuple(week_of(plan)) in set(weeks)


def test_days_that_must_be_worked_are_worked(tiny):
    pricer = Pricer.of(read_instance(tiny))
    gain = np.full((8, 2), -1.0)
    gain[2] = [BARRED, -9.0]
    must = np.arange(8) == 2

    value, plan = pricer.price(0, gain, must=must)

    assert plan[2] == 1
    assert value == pytest.approx(-10)


def test_no_schedule_is_found_where_none_is_legal(tiny):
    pricer = Pricer.of(read_instance(tiny))

    value, _ = pricer.price(0, np.full((8, 2), BARRED))

    assert value < -1e100


def test_a_schedule_over_a_limit_outside_the_table_is_priced_into_it(tiny):
    columns = Columns(read_instance(tiny), workers=1)
    gain = np.tile([1.0, 10.0], (8, 1))

    _, loose = columns.pricer.price(0, gain)
    kept = columns.legal(0, gain)

    assert (loose == 1).sum() > 2
    assert (kept == 1).sum() <= 2
    assert tuple(week_of(kept)) in set(legal_weeks("A"))


def test_the_bound_never_passes_the_optimum_and_the_master_never_falls_below(
    tiny, optimum
):
    columns = Columns(read_instance(tiny), workers=1)
    columns.greedy(lambda: 1.0)

    columns.converge(lambda: 1.0)

    worth = columns.instance.constant - columns.master.objective
    assert columns.bound <= optimum + 1e-6
    assert columns.bound == pytest.approx(worth, abs=0.05)


@pytest.mark.parametrize("method", [by_columns, by_cpsat])
def test_both_methods_reach_the_optimum_of_the_tiny_set(tiny, optimum, method):
    plan, bound = method(read_instance(tiny), 2.0)

    penalty, breaches = judge(tiny, dict(zip("AB", map(week_of, plan), strict=True)))
    assert breaches == []
    assert penalty == optimum
    assert bound <= optimum
