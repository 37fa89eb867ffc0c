"""The page holds everything, loads nothing, and is the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from made_comparisons import made_comparison

from caretime.bargaining._arms import arm_of
from caretime.bargaining.comparison import AttributionRow
from caretime.bargaining.frontier import Frontier, FrontierPoint
from caretime.formats.casebook import casebook_contract
from caretime.measures.estimate import Estimate
from caretime.reports import write_report
from caretime.reports.charts import palette
from caretime.reports.charts.over_time import Line, Scale, line_chart, spread
from caretime.reports.page import page
from caretime.reports.sections.week import counted, figures_made_true
from caretime.rules.counting import count, counting_rules
from caretime.rules.ledger import week_ledger

COMPARISON = made_comparison()
MOST_BYTES = 1_500_000
VOID = {"meta", "br", "hr", "img", "input", "link", "col"}


@pytest.fixture(scope="module")
def html():
    return page(COMPARISON)


class Nesting(HTMLParser):
    """Counts what is opened and not closed, and what is closed and not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_refers_to_nothing_outside_itself(html):
    loaded = re.findall(r"(?:src|href|action|data)=\"([^\"]*)\"", html)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", html))

    assert all(address.startswith("#") for address in loaded)
    assert "url(" not in html
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_every_element_is_closed_and_every_id_stands_once(html):
    nesting = Nesting()

    nesting.feed(html)

    assert nesting.wrong == []
    assert nesting.open == []
    assert len(nesting.ids) == len(set(nesting.ids))


def test_the_page_is_small_enough_to_send(html):
    assert len(html.encode()) < MOST_BYTES


def test_the_same_comparison_gives_the_same_bytes(html):
    assert page(made_comparison()) == html


def test_every_value_from_outside_is_escaped():
    arms = list(COMPARISON.arms)
    arms[1] = replace(arms[1], title='<script>alert("1")</script>')
    evil = replace(COMPARISON, arms=tuple(arms), system_name="A & B <i>")

    written = page(evil)

    assert "<script>alert" not in written
    assert "A &amp; B &lt;i&gt;" in written


def test_hidden_slices_show_that_they_are_few_and_no_number(html):
    hidden = next(r for r in COMPARISON.slices if r.hidden)

    row = html[html.index("Armenian") :].split("</tr>")[0]

    assert hidden.part == "hy"
    assert row.count("&lt;11") == len(COMPARISON.arms)
    assert not re.search(r">\d+\.\d", row)


def test_unmodeled_clauses_are_listed(html):
    assert "A modified pension plan" in html


def test_disputed_assumptions_stand_before_the_rest(html):
    part = html[html.index('id="assumed"') :]

    assert (
        part.index("Notes return") < part.index("<details>") < part.index("Sick days")
    )


def test_every_picture_has_a_title_a_description_and_its_numbers(html):
    figures = re.findall(r"<figure.*?</figure>", html, flags=re.S)

    assert len(figures) > 15
    for figure in figures:
        pictures = re.findall(r"<svg .*?>", figure)
        assert all('role="img"' in picture for picture in pictures)
        assert figure.count("<title") == figure.count("<desc") == len(pictures)
        assert "<summary>The numbers</summary>" in figure


def test_every_color_of_a_picture_changes_in_the_dark(html):
    known = set(re.findall(r'\[fill="(#[0-9a-f]{6})"\]', palette.style_rules()))
    pictures = "".join(re.findall(r"<svg .*?</svg>", html, flags=re.S))

    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,6})"', pictures))

    assert used
    assert used <= known


def test_a_report_takes_the_place_of_an_older_one_in_one_move(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")

    written = write_report(COMPARISON, target, title="Ours")

    assert written == target
    assert "<h1>Ours</h1>" in target.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_comparison_with_nothing_but_measures_still_makes_a_page():
    bare = replace(
        COMPARISON,
        slices=(),
        weekly=(),
        waits=(),
        costs=(),
        clause_costs=(),
        attribution=(),
        tornado=(),
        claims=(),
        notes=(),
    )

    written = page(bare)

    assert "was not priced" in written
    assert "in time" in written
    assert 'id="waits"' not in written


def test_a_frontier_is_drawn_where_it_is_given():
    points = tuple(
        FrontierPoint(
            hours,
            {
                "within_intake": Estimate(70 - hours, 69 - hours, 71 - hours, 4),
                "cost": Estimate(4e10 + hours * 1e8, 3.9e10, 4.2e10, 4),
            },
            {},
        )
        for hours in (2.0, 4.0, 6.0)
    )
    frontier = Frontier("x", "protected_hours", "hours", points, COMPARISON.provenance)

    written = page(COMPARISON, frontier=frontier)

    assert 'id="trade-off-within-intake"' in written
    assert 'id="trade-off-cost"' in written


def test_the_front_door_opens_without_the_drawing_engine():
    asked = "import sys, caretime.reports; print('vl_convert' in sys.modules)"

    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "False"


def test_labels_keep_their_distance_and_their_order():
    placed = spread([5.0, 5.1, 5.2, 9.0], 1.0, 0.0)

    gaps = [after - before for before, after in pairwise(placed)]
    assert all(gap >= 1.0 - 1e-9 for gap in gaps)


def test_labels_at_the_bottom_stay_inside():
    placed = spread([0.0, 0.0, 0.2], 1.0, 0.0)

    assert placed == pytest.approx([0.0, 1.0, 2.0])


def test_a_line_with_a_gap_is_drawn_with_a_gap():
    line = Line("a", 0, [1, 2, 3], [4.0, None, 5.0])

    spec = line_chart([line], Scale(), width=500, x_title="week")

    values = spec["layer"][1]["data"]["values"]
    assert [row["y"] for row in values] == [4.0, None, 5.0]


def test_the_report_counts_as_the_rules_count():
    contract = casebook_contract("socal-2024-09-union")
    arm = arm_of(contract, "")
    ledger = week_ledger(contract)

    for rule in counting_rules():
        count_of_rules = count(ledger, rule)
        assert counted(arm, rule) == pytest.approx(
            (count_of_rules.hours, count_of_rules.percent)
        )


def test_nineteen_hours_is_true_only_from_nineteen_hours_on():
    assert "19 h" not in figures_made_true(18.9, 46.0)
    assert "19 h" in figures_made_true(19.0, 47.5)
    assert "nearly half" not in figures_made_true(20.5, 51.2)


def test_the_cost_is_split_among_clauses_in_millions():
    union, offer = COMPARISON.arms[1].contract_id, COMPARISON.arms[2].contract_id
    raised = AttributionRow(
        "cost",
        offer,
        union,
        "clauses",
        "raise",
        "Raises",
        ("RAISE",),
        "",
        Estimate(1.1e9, 1.0e9, 1.2e9, 10),
        "shapley",
    )
    total = replace(raised, cause="total", name="", title="", clause_ids=())

    written = page(replace(COMPARISON, attribution=(raised, total)))

    assert "Cost: which clauses make the difference?" in written
    assert "+11.0" in written


def test_a_difference_that_is_not_clear_is_not_split_among_clauses():
    unclear = tuple(
        replace(row, share=Estimate(0.2, -0.5, 0.9, 10))
        for row in COMPARISON.attribution
    )

    written = page(replace(COMPARISON, attribution=unclear))

    assert "which clauses make the difference?" not in written
