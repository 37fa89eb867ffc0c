"""Intervals over replications."""

from __future__ import annotations

import math

import pytest

from caretime.measures.estimate import (
    estimate,
    is_split,
    paired_difference,
    t_quantile,
)


@pytest.mark.parametrize(
    ("probability", "degrees", "expected"),
    [
        # The printed table of Student's law.
        (0.975, 1, 12.7062),
        (0.975, 2, 4.3027),
        (0.975, 3, 3.1824),
        (0.975, 4, 2.7764),
        (0.975, 9, 2.2622),
        (0.975, 30, 2.0423),
        (0.95, 10, 1.8125),
        (0.995, 7, 3.4995),
        (0.975, 100_000, 1.9600),
    ],
)
def test_student_quantiles_agree_with_the_printed_table(probability, degrees, expected):
    assert t_quantile(probability, degrees) == pytest.approx(expected, abs=6e-5)


def test_a_quantile_below_one_half_is_the_mirror_of_the_one_above():
    assert t_quantile(0.025, 5) == -t_quantile(0.975, 5)
    assert t_quantile(0.5, 5) == 0


def test_a_mean_of_four_has_the_interval_worked_by_hand():
    found = estimate([1.0, 2.0, 3.0, 6.0])

    # Mean 3, squares 4 + 1 + 0 + 9 = 14, variance 14/3, error sqrt(14/12) = 1.0801;
    # times 3.1824 = 3.4374.
    assert found.value == 3
    assert found.low == pytest.approx(3 - 3.4374, abs=2e-4)
    assert found.high == pytest.approx(3 + 3.4374, abs=2e-4)


def test_one_replication_has_no_interval():
    found = estimate([4.0])

    assert (found.low, found.high) == (None, None)
    assert found.half_width == math.inf
    assert not found.excludes_zero


def test_a_replication_without_a_value_is_left_out_and_seen():
    found = estimate([1.0, math.nan, 3.0])

    assert found.replications == 2
    assert found.value == 2
    assert math.isnan(found.values[1])


def test_nothing_known_is_not_zero():
    assert math.isnan(estimate([math.nan, math.nan]).value)


def test_pairing_takes_away_what_both_arms_share():
    base = [10.0, 50.0, 90.0]
    arm = [11.0, 51.0, 91.0]

    difference = paired_difference(arm, base)

    assert (difference.value, difference.low, difference.high) == (1, 1, 1)
    assert difference.excludes_zero


def test_different_numbers_of_replications_cannot_be_paired():
    with pytest.raises(ValueError, match="2 replications against 1"):
        paired_difference([1.0, 2.0], [1.0])


def test_a_clinic_that_is_trapped_in_some_years_is_called_split():
    recovered = [3.0, 3.2, 2.9, 3.1, 3.0, 3.3]
    trapped = [21.0, 22.5, 20.8, 21.7]

    assert is_split(recovered + trapped)
    assert not is_split([*recovered, 3.4, 2.8, 3.05, 3.15])


def test_one_odd_year_or_too_few_years_are_not_called_split():
    assert not is_split([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0, 30.0])
    assert not is_split([1.0, 9.0, 1.0, 9.0])
    assert not is_split([2.0] * 12)
