"""The master program: right values, right duals, warm and the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from caretime.rostering._master import INFINITY, Master


def random_columns(rng, rows, count, entries):
    """Columns that each touch some rows once, and earn about one an entry."""
    starts = np.arange(0, count * entries, entries)
    indices = np.concatenate(
        [rng.choice(rows, entries, replace=False) for _ in range(count)]
    )
    values = rng.integers(1, 4, count * entries).astype(float)
    return rng.uniform(0.5, 2.0, count) * entries, starts, indices, values


def dense(rows, starts, indices, values):
    matrix = np.zeros((rows, len(starts)))
    column = np.repeat(np.arange(len(starts)), np.diff([*starts, len(indices)]))
    matrix[indices, column] = values
    return matrix


@pytest.fixture
def factory():
    """Wyndor's: 3x + 5y, x at most 4, 2y at most 12, 3x + 2y at most 18."""
    master = Master()
    master.add_rows(np.full(3, -INFINITY), [4.0, 12.0, 18.0])
    master.add_columns([3.0, 5.0], [0, 2], [0, 2, 1, 2], [1.0, 3.0, 2.0, 2.0])
    return master


def test_a_program_solved_by_hand_comes_out_the_same(factory):
    factory.solve()

    assert factory.objective == pytest.approx(36)
    assert factory.values == pytest.approx([2, 6])
    assert factory.duals == pytest.approx([0, 1.5, 1])


def test_a_dual_is_what_one_more_unit_of_the_row_is_worth(factory):
    factory.solve()
    before, worth = factory.objective, factory.duals[1]

    factory.bound_rows([1], -INFINITY, 13.0)
    factory.solve()

    assert factory.objective - before == pytest.approx(worth)


def test_a_row_that_must_be_reached_has_a_dual_of_at_most_nothing():
    master = Master()
    master.add_rows([2.0], [INFINITY])
    master.add_columns([-7.0], [0], [0], [1.0])

    master.solve()

    assert master.objective == pytest.approx(-14)
    assert master.duals == pytest.approx([-7])


def test_only_a_column_that_earns_more_than_its_rows_changes_the_optimum(factory):
    factory.solve()

    factory.add_columns([2.4], [0], [1, 2], [1.0, 1.0])
    factory.solve()
    unchanged = factory.objective
    factory.add_columns([2.6], [0], [1, 2], [1.0, 1.0])
    factory.solve()

    assert unchanged == pytest.approx(36)
    assert factory.objective > 36


def test_values_and_duals_of_a_larger_program_are_complementary():
    rng = np.random.default_rng(3)
    rows = 40
    master = Master()
    master.add_rows(np.full(rows, -INFINITY), np.full(rows, 5.0))
    blocks = [random_columns(rng, rows, 60, 5) for _ in range(4)]

    for block in blocks:
        master.add_columns(*block, upper=1.0)
        master.solve()

    costs = np.concatenate([block[0] for block in blocks])
    matrix = np.hstack([dense(rows, *block[1:]) for block in blocks])
    earned = costs - master.duals @ matrix
    slack = 5.0 - matrix @ master.values
    assert (master.duals >= -1e-7).all()
    assert (slack >= -1e-7).all()
    assert master.duals * slack == pytest.approx(np.zeros(rows), abs=1e-6)
    assert (earned[master.values < 1 - 1e-7] <= 1e-6).all()
    assert (earned[master.values > 1e-7] >= -1e-6).all()
    bound = 5.0 * master.duals.sum() + np.maximum(earned, 0).sum()
    assert master.objective == pytest.approx(bound)


def test_rounds_reach_the_optimum_of_all_columns_at_once():
    rng = np.random.default_rng(4)
    rows = 30
    blocks = [random_columns(rng, rows, 50, 4) for _ in range(3)]
    rounds, once = Master(), Master()
    for master in (rounds, once):
        master.add_rows(np.full(rows, -INFINITY), np.full(rows, 4.0))

    for block in blocks:
        rounds.add_columns(*block)
        rounds.solve()
        once.add_columns(*block)
    once.solve()

    assert rounds.objective == pytest.approx(once.objective)


def test_the_same_calls_give_the_same_bits():
    runs = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        master = Master()
        master.add_rows(np.full(30, -INFINITY), np.full(30, 4.0))
        for _ in range(3):
            master.add_columns(*random_columns(rng, 30, 50, 4), upper=1.0)
            master.solve()
        runs.append((master.duals.tobytes(), master.values.tobytes()))

    assert runs[0] == runs[1]


def test_dropping_idle_columns_keeps_the_optimum_and_the_others_in_order():
    rng = np.random.default_rng(6)
    master = Master()
    master.add_rows(np.full(30, -INFINITY), np.full(30, 4.0))
    master.add_columns(*random_columns(rng, 30, 200, 4))
    master.solve()
    objective, values = master.objective, master.values

    kept = master.drop_columns(np.ones(200, bool))
    master.solve()

    assert 0 < kept.sum() == master.columns < 200
    assert values[~kept] == pytest.approx(np.zeros((~kept).sum()))
    assert master.objective == pytest.approx(objective)
    assert master.values == pytest.approx(values[kept])


def test_a_column_fixed_stays_where_it_was_put(factory):
    factory.bound_columns([1], 5.0, 5.0)

    factory.solve()

    assert factory.values == pytest.approx([8 / 3, 5])


def test_rows_that_contradict_each_other_are_named():
    master = Master()
    master.add_rows([2.0], [INFINITY])
    master.add_columns([1.0], [0], [0], [1.0], upper=1.0)

    with pytest.raises(ValueError, match="not solved: Infeasible"):
        master.solve()
