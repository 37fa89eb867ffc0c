"""What stands outside a share is printed beside it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from made_comparisons import ARMS, made_comparison
from rich.console import Console

from caretime.reports.answer import answer
from caretime.reports.exceptions import counted_late, excepted_share
from caretime.reports.page import page
from caretime.reports.sections.figures import wait_figures, weekly_figures
from caretime.reports.sections.summary import all_measures, summary_table
from caretime.reports.terminal import print_summary

BASE, UNION = ARMS[0][0], ARMS[1][0]
LATE = "Follow-up visit offered within the standard, exceptions counted as late"


def with_exceptions(comparison):
    """Give follow-up visits 600 offers in time, 200 late and 200 excepted."""
    waits = tuple(
        replace(
            histogram,
            counts=_bins({5: 600.0, 15: 200.0}),
            excepted=_bins({18: 200.0}),
        )
        if histogram.clock == "follow_up"
        else histogram
        for histogram in comparison.waits
    )
    return replace(comparison, waits=waits)


def with_counts(comparison):
    """Give the measure rows counts of their own: 700 of 750, and 250 excepted."""
    measures = tuple(
        replace(
            row,
            values=tuple(
                replace(value, numerator=700.0, denominator=750.0, excepted=250.0)
                for value in row.values
            ),
        )
        if row.name == "within_follow_up"
        else row
        for row in comparison.measures
    )
    return replace(comparison, measures=measures)


def _bins(found):
    return tuple(found.get(wait, 0.0) for wait in range(128))


PLAIN = made_comparison()
EXCEPTED = with_exceptions(PLAIN)


def test_the_excepted_share_comes_from_the_waits_where_the_rows_lack_it():
    assert excepted_share(EXCEPTED, "within_follow_up", BASE) == pytest.approx(20)
    assert counted_late(EXCEPTED, "within_follow_up", BASE) == pytest.approx(60)


def test_the_counts_of_the_measure_row_come_first():
    both = with_counts(EXCEPTED)

    assert excepted_share(both, "within_follow_up", BASE) == pytest.approx(25)
    assert counted_late(both, "within_follow_up", BASE) == pytest.approx(70)


def test_a_measure_that_is_no_share_of_offers_has_no_exceptions():
    assert excepted_share(EXCEPTED, "unpaid_minutes", BASE) is None
    assert counted_late(EXCEPTED, "unpaid_minutes", BASE) is None


@pytest.mark.parametrize("written", [summary_table, all_measures])
def test_the_table_prints_the_excepted_share_and_the_share_of_all(written):
    table = written(EXCEPTED)

    row = table[table.index(">Follow-up visit offered") :].split("</tr>")[0]
    late = table[table.index(f">{LATE}<") :].split("</tr>")[0]
    assert (
        "of offers without a clinician's exception on record; 20\u00a0% have one" in row
    )
    assert late.count("60.0 %") == len(EXCEPTED.arms)


@pytest.mark.parametrize("written", [summary_table, all_measures])
def test_a_share_without_exceptions_has_neither_words_nor_a_second_row(written):
    table = written(PLAIN)

    assert "have one" not in table
    assert LATE not in table


def test_the_difference_of_the_second_row_bears_no_verdict():
    changed = replace(
        EXCEPTED,
        waits=tuple(
            replace(h, counts=_bins({5: 500.0, 15: 300.0}))
            if (h.clock, h.contract_id) == ("follow_up", UNION)
            else h
            for h in EXCEPTED.waits
        ),
    )

    table = summary_table(changed)

    row = table[table.index(f">{LATE}<") :].split("</tr>")[0]
    assert "−10.0" in row
    assert "no clear difference" not in row
    assert "worse" not in row


def test_the_answer_says_how_many_offers_stand_outside_and_what_all_give():
    said = dict(answer(EXCEPTED).short)

    words = said["Exceptions"]
    assert "20\u00a0% of follow-up visits offered have a clinician's exception" in words
    assert "60.0\u00a0% under the terms in force" in words


def test_the_answer_is_silent_on_exceptions_where_there_are_none():
    assert "Exceptions" not in dict(answer(PLAIN).short)


def test_the_wait_chart_says_which_offers_it_leaves_out():
    found = dict(zip(_clocks(), wait_figures(EXCEPTED), strict=True))

    caption = found["follow_up"].split("</figcaption>")[0]
    assert "20\u00a0% have one" in caption
    assert "have one" not in found["intake"]


def test_the_weekly_chart_says_which_offers_it_leaves_out():
    changed = replace(
        EXCEPTED,
        weekly=tuple(
            replace(series, name="within_follow_up")
            for series in EXCEPTED.weekly
            if series.name == "within_intake"
        ),
    )

    caption = weekly_figures(changed)[0].split("</figcaption>")[0]

    assert "20\u00a0% have one" in caption


def test_the_terminal_prints_the_excepted_share():
    out = io.StringIO()

    print_summary(EXCEPTED, Console(file=out, width=200))

    assert "20\u00a0% have one" in out.getvalue()


def test_the_page_holds_the_share_of_all_offers():
    assert LATE in page(EXCEPTED)


def _clocks():
    return dict.fromkeys(histogram.clock for histogram in EXCEPTED.waits)
