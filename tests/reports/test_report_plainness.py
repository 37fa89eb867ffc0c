"""Nothing impossible, unlabelled or misread is printed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from made_comparisons import ARMS, made_comparison

from caretime.bargaining.frontier import Frontier, FrontierPoint
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.answer import answer
from caretime.reports.charts import palette
from caretime.reports.charts.over_time import Line, Scale, line_chart, y_domain
from caretime.reports.page import page
from caretime.reports.possible import possible
from caretime.reports.sections.causes import fewer_replications
from caretime.reports.sections.closing import slices
from caretime.reports.sections.figures import wait_figures, weekly_figures
from caretime.reports.sections.money import cost_figure
from caretime.reports.sections.summary import summary_table

COMPARISON = made_comparison()
BASE, UNION = ARMS[0][0], ARMS[1][0]


def with_level(comparison, name, level):
    """Give every arm one level of a measure."""
    measures = tuple(
        replace(row, values=tuple(replace(v, estimate=level) for v in row.values))
        if row.name == name
        else row
        for row in comparison.measures
    )
    return replace(comparison, measures=measures)


def row_of(table, title):
    return table[table.index(f">{title}") :].split("</tr>")[0]


@pytest.mark.parametrize(
    ("cents", "unit", "last"),
    [
        (4e10, "Millions of dollars", 400),
        (1.3e8, "Thousands of dollars", 1300),
        (5e5, "Dollars", 5000),
    ],
)
def test_the_axis_of_cost_is_in_a_unit_that_fits(cents, unit, last):
    factor = cents / 432_300_000_00
    small = replace(
        COMPARISON,
        costs=tuple(
            replace(c, cents=round(c.cents * factor)) for c in COMPARISON.costs
        ),
    )

    drawn = cost_figure(small)

    ticks = [int(t.replace(",", "")) for t in re.findall(r">\$([\d,]+)</text>", drawn)]
    assert f"{unit}." in drawn
    assert f"stacked by paid part, in {unit.lower()}" in drawn
    assert len(set(ticks)) >= 3
    assert max(ticks) <= last * 1.6


def test_no_difference_in_any_replication_is_not_called_none():
    same = Estimate(0.0, 0.0, 0.0, 10)

    words = wording.change("the share of clinicians who leave in a year", same, "%")

    assert words.endswith("(the same in every replication)")
    assert "none" not in words


def test_a_level_stays_within_what_is_possible():
    share = Estimate(72.0, 43.3, 101.0, 3)
    count = Estimate(2.0, -3.0, 7.0, 3)

    assert (possible("continuity", "%", share).low) == 43.3
    assert possible("continuity", "%", share).high == 100.0
    assert possible("visits_per_week", "visits a week", count).low == 0.0
    assert possible("visits_per_week", "visits a week", count).high == 7.0


def test_what_can_exceed_a_hundred_percent_is_not_cut_there():
    yearly = Estimate(95.0, -4.0, 194.0, 3)

    assert possible("leavers", "%", yearly).low == 0.0
    assert possible("leavers", "%", yearly).high == 194.0


def test_a_level_without_an_interval_is_left_alone():
    alone = Estimate(5.0, None, None, 1)

    assert possible("leavers", "%", alone) == alone


def test_the_table_cuts_levels_and_leaves_differences():
    wide = with_level(COMPARISON, "leavers", Estimate(24.0, -7.0, 55.0, 3))
    wide = with_level(wide, "within_urgent", Estimate(72.0, 43.3, 101.0, 3))

    table = summary_table(wide)

    assert "0 to 55" in row_of(table, "Clinicians who leave")
    assert "−7 to 55" not in table
    assert "43 to 100" in row_of(table, "Urgent visit offered")


def test_the_words_on_sureness_say_that_ends_are_cut():
    said = answer(COMPARISON).how_sure

    assert sum("cut at what is possible" in sentence for sentence in said) == 1


def test_weekly_bands_and_their_numbers_are_cut():
    odd = replace(
        COMPARISON,
        weekly=tuple(
            replace(s, low=(-3.0,) * 52, high=(104.0,) * 52)
            for s in COMPARISON.weekly
            if s.name == "within_intake"
        ),
    )

    drawn = weekly_figures(odd)[0]

    assert "−3" not in drawn
    assert "to 104" not in drawn
    assert drawn.count("(0 to 100)") > 10


def test_slices_are_cut():
    odd = replace(
        COMPARISON,
        slices=tuple(
            replace(s, low=-6.0, high=117.0) for s in COMPARISON.slices if not s.hidden
        ),
    )

    written = "".join(slices(odd))

    assert "0 to 100" in written
    assert "−6" not in written


def test_a_trade_off_is_cut():
    points = tuple(
        FrontierPoint(hours, {"within_intake": Estimate(95, 88, 102, 3)}, {})
        for hours in (2.0, 4.0)
    )
    frontier = Frontier("x", "protected_hours", "hours", points, COMPARISON.provenance)

    written = page(COMPARISON, frontier=frontier)

    part = written[written.index('id="trade-off-within-intake"') :]
    assert "88 to 100" in part.split("</figure>")[0]


def test_the_key_of_waits_gives_the_number_of_the_table():
    level = Estimate(88.7, 88.2, 89.2, 10)
    changed = with_level(COMPARISON, "within_urgent", level)

    drawn = next(f for f in wait_figures(changed) if 'id="wait-urgent"' in f)

    assert "In force 88.7\u00a0%" in drawn
    assert "the curve pools all replications" in drawn.split("</figcaption>")[0]


def test_a_split_level_of_the_base_keeps_its_distance():
    split = Estimate(66.0, 39.0, 93.0, 10, split=True)

    row = row_of(
        summary_table(with_level(COMPARISON, "within_intake", split)), "First visit"
    )

    assert "93two" not in re.sub(r"<[^>]*>", "", row)
    assert 'class="range aside">two groups, see notes' in row


def test_a_count_in_a_weekly_chart_names_its_unit():
    series = tuple(
        replace(s, title="Seats that stand empty", unit="seats")
        for s in COMPARISON.weekly
        if s.name == "vacancies"
    )

    caption = weekly_figures(replace(COMPARISON, weekly=series))[0]

    assert (
        "Seats that stand empty, number of seats" in caption.split("</figcaption>")[0]
    )


def test_runs_with_fewer_replications_are_owned_up_to():
    fewer = replace(
        COMPARISON, provenance=replace(COMPARISON.provenance, replications=20)
    )

    words = fewer_replications(fewer)

    assert "10 replications" in words
    assert "20" in words
    assert fewer_replications(COMPARISON) is None
    assert words in page(fewer)


def test_an_axis_that_is_widened_still_holds_every_value():
    line = Line("a", 0, [1, 2], [90.7, 99.8])

    bottom, top = y_domain([line], Scale(from_zero=False, least_span=10.0, most=100.0))

    assert bottom <= 90.7
    assert top >= 99.8


def test_a_key_inside_a_chart_stands_on_paper():
    line = Line("In force 96.7 %", 0, [0, 1], [0.0, 100.0])

    spec = line_chart([line], Scale(), width=330, x_title="days", key_inside=True)

    papers = [layer for layer in spec["layer"] if layer["mark"]["type"] == "rect"]
    assert [paper["mark"]["color"] for paper in papers] == [palette.PAPER]
