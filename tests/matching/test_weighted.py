"""Jobs of different lengths fit into capacities, as cheaply as proven."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.matching._kernel.weighted import SCALE, WIDEST, knapsacks
from caretime.matching.weighted import solve_weighted

SMALL = 2_000_000


def cheapest(cost, use, capacity, left_out):
    """Try every assignment; the last agent stands for leaving out."""
    agents, jobs = cost.shape
    least = None
    for choice in product(range(agents + 1), repeat=jobs):
        load = np.zeros(agents, np.int64)
        value = 0
        for j, i in enumerate(choice):
            value += left_out[j] if i == agents else cost[i, j]
            if i < agents:
                load[i] += use[i, j]
        if (load <= capacity).all() and (least is None or value < least):
            least = int(value)
    return least


def judged(found, cost, use, capacity, left_out):
    """Say what an assignment costs, and whether it fits."""
    load, value = np.zeros(len(capacity), np.int64), 0
    for j, i in enumerate(found.assignment.tolist()):
        value += int(left_out[j] if i < 0 else cost[i, j])
        if i >= 0:
            load[i] += use[i, j]
    return value, bool((load <= capacity).all())


def drawn(seed, agents, jobs, most=60):
    rng = np.random.default_rng(seed)
    use = rng.integers(1, most, (agents, jobs))
    capacity = rng.integers(0, 2 * most, agents)
    return (
        rng.integers(0, 50, (agents, jobs)), use, capacity, rng.integers(20, 90, jobs)
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), agents=st.integers(1, 3), jobs=st.integers(1, 6))
def test_no_assignment_of_a_tiny_case_is_cheaper_and_the_bound_is_below(
    seed, agents, jobs
):
    case = drawn(seed, agents, jobs)

    found = solve_weighted(*case, budget=SMALL)

    least = cheapest(*case)
    assert judged(found, *case) == (found.value, True)
    assert found.bound <= least
    assert found.value == least


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proven_of_larger_cases_is_close_and_holds(seed):
    rng = np.random.default_rng(seed)
    use = rng.integers(5, 26, (5, 60))
    cost = rng.integers(10, 50, (5, 60))
    capacity = (0.8 * use.sum(axis=1) / 5).astype(np.int64)
    left_out = np.full(60, 500)

    found = solve_weighted(cost, use, capacity, left_out, budget=10_000_000)

    assert judged(found, cost, use, capacity, left_out) == (found.value, True)
    assert found.bound <= found.value <= 1.01 * found.bound


def test_a_pair_that_is_not_allowed_is_never_chosen():
    cost = np.array([[0, 0, 0], [9, 9, 9]])
    use = np.array([[61, 30, 30], [30, 61, 61]])

    found = solve_weighted(cost, use, np.array([60, 60]), np.array([50, 50, 50]))

    assert found.assignment.tolist() == [1, 0, 0]
    assert found.value == found.bound == 9


def test_who_has_no_place_is_left_out_and_paid_for():
    cost, use = np.array([[1, 1]]), np.array([[50, 50]])

    found = solve_weighted(cost, use, np.array([60]), np.array([7, 30]))

    assert found.assignment.tolist() == [-1, 0]
    assert found.value == 8


def test_without_a_price_for_leaving_out_it_is_the_last_resort():
    cost, use = np.array([[1000, 1000, 1000]]), np.array([[30, 30, 30]])

    found = solve_weighted(cost, use, np.array([60]))

    assert sorted(found.assignment.tolist()) == [-1, 0, 0]


def test_equal_seeds_give_equal_assignments():
    case = drawn(5, 4, 40)

    one = solve_weighted(*case, seed=3, budget=2_000_000)
    other = solve_weighted(*case, seed=3, budget=2_000_000)

    assert one.assignment.tolist() == other.assignment.tolist()
    assert one[1:] == other[1:]


def test_a_larger_budget_is_never_worse():
    case = drawn(8, 6, 80)

    short = solve_weighted(*case, budget=200_000)
    long = solve_weighted(*case, budget=10_000_000)

    assert long.value <= short.value


def test_a_capacity_too_wide_for_a_table_gives_a_bound_still():
    cost, use, capacity, left_out = drawn(2, 2, 6)
    wide = use * 4001 + 1
    limit = capacity * 4001 + 6

    found = solve_weighted(cost, wide, limit, left_out, budget=SMALL)

    assert limit.max() > WIDEST
    assert found.bound <= cheapest(cost, wide, limit, left_out) == found.value


def test_a_relaxed_knapsack_is_never_above_the_whole_one():
    rng = np.random.default_rng(1)
    cost, use = rng.integers(0, 40, (3, 20)) * SCALE, rng.integers(1, 9, (3, 20))
    wish = rng.integers(0, 60, 20) * SCALE
    taken, holder = np.zeros(20, np.int64), np.zeros(20, np.int64)

    whole, _ = knapsacks(cost, use, np.full(3, 20), wish, taken, holder)
    wide = WIDEST + 1
    relaxed, _ = knapsacks(cost, use * wide, np.full(3, 20 * wide), wish, taken, holder)

    assert relaxed <= whole < wish.sum()


def test_nothing_to_give_costs_nothing():
    found = solve_weighted(np.zeros((2, 0)), np.zeros((2, 0)), np.array([1, 1]))

    assert found[1:3] == (0, 0)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"use": np.ones((2, 3))}, "agents, jobs"),
        ({"capacity": np.array([-1, 5])}, "0 or more"),
        ({"left_out": np.array([1])}, "left_out"),
        ({"left_out": np.array([1 << 52, 1])}, "counted exactly"),
    ],
)
def test_what_cannot_be_solved_is_refused(changed, says):
    case = {
        "cost": np.ones((2, 2)), "use": np.ones((2, 2)), "capacity": np.array([1, 1])
    } | changed  # fmt: skip

    with pytest.raises(ValueError, match=says):
        solve_weighted(**case)
