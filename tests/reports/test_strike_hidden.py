"""No small count is shown, and none follows from what is shown."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from caretime.measures.suppression import THRESHOLD
from caretime.reports.strike_hidden import hidden_cells, safe_table

LEAST = 3
TABLES = arrays(
    np.int64,
    st.tuples(st.integers(2, 3), st.integers(2, 3)),
    elements=st.integers(0, 5),
)


def possible(counts, hidden):
    """Yield every table that a reader could not tell from the true one."""
    cells = np.argwhere(hidden).tolist()
    least = 0 if (counts[hidden] == 0).any() else 1
    most = int(counts.sum())
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    for values in product(range(least, most + 1), repeat=max(0, len(cells) - 1)):
        trial = counts.copy()
        for (row, column), value in zip(cells[:-1], values, strict=True):
            trial[row, column] = value
        row, column = cells[-1]
        trial[row, column] = 0
        trial[row, column] = rows[row] - trial[row].sum()
        fits = (trial.sum(axis=1) == rows).all() and (
            trial.sum(axis=0) == columns
        ).all()
        if fits and trial[row, column] >= least:
            yield trial


@settings(max_examples=60, deadline=None)
@given(
    arrays(
        np.int64,
        st.tuples(st.integers(2, 3), st.just(2)),
        elements=st.integers(0, 4),
    )
)
def test_a_reader_never_pins_a_small_count_down(counts):
    hidden = hidden_cells(counts, threshold=LEAST)

    small = (counts > 0) & (counts < LEAST)
    assert hidden[small].all()
    if hidden.any() and not hidden.all():
        tables = np.array(list(possible(counts, hidden)))
        for row, column in np.argwhere(small).tolist():
            assert len(np.unique(tables[:, row, column])) >= LEAST


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_without_small_counts_nothing_is_hidden(counts):
    large = counts * THRESHOLD

    assert not hidden_cells(large).any()


def test_one_small_count_takes_three_others_with_it():
    counts = np.array([[4, 96, 300], [50, 80, 200], [90, 95, 400]])

    hidden = hidden_cells(counts)

    # 4 would follow from its row and its column, so a rectangle is hidden.
    assert hidden.sum() == 4
    assert hidden[0, 0]
    assert hidden.sum(axis=0).tolist().count(2) == 2
    assert hidden.sum(axis=1).tolist().count(2) == 2


def test_zeros_are_shown_where_that_gives_nothing_away():
    counts = np.array([[0, 100], [60, 0]])

    assert not hidden_cells(counts).any()


def test_a_table_of_few_people_is_hidden_as_a_whole():
    assert hidden_cells(np.array([[3, 0], [0, 4]])).all()


def test_rows_too_small_to_stand_alone_are_put_together():
    counts = np.array([[400, 300], [4, 3], [5, 2], [0, 0]])

    shown = safe_table(("en", "ru", "km", "pa"), counts)

    assert shown.parts == ("en", "")
    assert shown.merged == ("ru", "km")
    assert shown.counts[1].tolist() == [9, 5]


def test_a_lone_small_row_takes_the_next_one_along():
    # Alone it would stand under the name of nobody else: 3 people.
    shown = safe_table(("en", "es", "pa"), np.array([[400, 300], [40, 20], [2, 1]]))

    assert shown.parts == ("en", "")
    assert set(shown.merged) == {"es", "pa"}


def test_a_small_row_beside_only_one_other_does_not_stand_alone():
    shown = safe_table("ab", np.array([[40, 60], [1, 3]]))

    assert shown.counts.tolist() == [[41, 63]]
    assert sorted(shown.merged) == ["a", "b"]


def test_rows_stand_by_size_then_by_name():
    shown = safe_table(("b", "a", "c"), np.array([[20, 30], [30, 20], [90, 90]]))

    assert shown.parts == ("c", "a", "b")
    assert shown.counts.sum() == 280
