"""No small count can be read or worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tallies import empty, offer

from caretime.measures.measure import measure, measure_slices
from caretime.measures.suppression import (
    THRESHOLD,
    hidden_measurements,
    hidden_rows,
    is_small,
)
from caretime.rules.access import load_standards

CALIFORNIA = load_standards("california")
tables = st.integers(1, 3).flatmap(
    lambda columns: st.lists(
        st.lists(
            st.one_of(st.integers(0, 30), st.integers(0, 2000)),
            min_size=columns,
            max_size=columns,
        ),
        min_size=1,
        max_size=12,
    )
)


@given(tables)
def test_no_small_count_is_shown(table):
    counts = np.array(table)

    hidden = hidden_rows(counts)

    small = ((counts > 0) & (counts < THRESHOLD)).any(axis=1)
    assert not (small & ~hidden).any()


@given(tables)
def test_a_reader_who_subtracts_what_is_shown_learns_no_small_count(table):
    counts = np.array(table)
    whole = counts.sum(axis=0)
    if ((whole > 0) & (whole < THRESHOLD)).any():
        return  # The whole is itself hidden, so there is nothing to subtract from.

    hidden = hidden_rows(counts)

    rest = whole - counts[~hidden].sum(axis=0)
    # A reader knows that a row shown as zero is shown, so a hidden row holds at
    # least one person, unless all rows are hidden.
    least = 0 if hidden.all() else 1
    for column, left in enumerate(rest):
        column_counts = counts[hidden, column]
        if not ((column_counts > 0) & (column_counts < THRESHOLD)).any():
            continue
        choices = left - least * hidden.sum() + 1
        assert hidden.sum() >= 2
        assert choices >= THRESHOLD


@given(tables)
def test_nothing_is_hidden_without_a_small_count(table):
    counts = np.array(table)

    if not ((counts > 0) & (counts < THRESHOLD)).any():
        whole = counts.sum(axis=0)
        assert ((whole > 0) & (whole < THRESHOLD)).any() == hidden_rows(counts).any()


def test_ones_that_add_up_to_their_number_hide_everything():
    # Eleven hidden parts with eleven people would be one each.
    counts = np.array([[1]] * 11 + [[0]])

    assert hidden_rows(counts).all()


def test_a_threshold_below_two_hides_nothing_and_is_refused():
    with pytest.raises(ValueError, match="2 or more"):
        hidden_rows(np.array([[1]]), threshold=1)


def test_a_share_is_hidden_where_few_were_late_although_many_were_seen():
    parts = (("all", "all"), ("county", "Kern"), ("county", "Orange"))
    tally = empty(slices=parts)
    offer(tally, "intake", {1: 900, 20: 100})
    offer(tally, "intake", {1: 500, 20: 3}, part=("county", "Kern"))
    offer(tally, "intake", {1: 400, 20: 97}, part=("county", "Orange"))

    hidden = hidden_measurements(
        measure_slices(tally, CALIFORNIA), measure(tally, CALIFORNIA).values()
    )

    # Three late in Kern, so Orange goes too, else 100 - 97 gives the three away;
    # how many were offered a visit at all is large in both.
    assert ("within_intake", "county", "Kern") in hidden
    assert ("within_intake", "county", "Orange") in hidden
    assert ("wait_intake_median", "county", "Kern") not in hidden


def test_a_measure_of_ten_people_is_small_and_of_eleven_is_not():
    ten, eleven = empty(), empty()
    offer(ten, "urgent", {5: 10})
    offer(eleven, "urgent", {5: 11})

    assert is_small(measure(ten, CALIFORNIA)["wait_urgent_mean"])
    assert not is_small(measure(eleven, CALIFORNIA)["wait_urgent_mean"])
