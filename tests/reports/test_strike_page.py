"""The page of an incident holds everything, gives nobody away and loads nothing."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from made_plans import MONDAY, made_plan, made_proof, made_recovery

from caretime.model.incident import Incident
from caretime.model.strike import Untimed
from caretime.reports import write_strike_report
from caretime.reports.charts import palette
from caretime.reports.strike import strike_page
from caretime.reports.strike_sections.rests import POLICY

PLAN, SYSTEM = made_plan(1500)
MOST_BYTES = 1_500_000
MOST_SECONDS = 4.0
SECTIONS = (
    "answer",
    "affected",
    "covered",
    "left-out",
    "buy",
    "dates",
    "desk",
    "reach",
    "groups",
    "back",
    "sure",
    "rests",
    "check",
)
VOID = {"meta", "br", "hr", "img", "input", "link", "col"}


@pytest.fixture(scope="module")
def html():
    return strike_page(
        PLAN, SYSTEM, proof=made_proof(PLAN), office=PLAN.matching.matches
    )


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


@pytest.mark.parametrize("name", SECTIONS)
def test_every_part_of_the_story_is_there(html, name):
    assert f'<section id="{name}"' in html
    assert f'href="#{name}"' in html


def test_no_person_is_named_or_numbered(html):
    ids = re.findall(r"\b[PCN]-\d{4,}\b", html)
    groups = re.findall(r"\bG-\d{3,}\b", html)

    assert ids == groups == []


def test_nothing_says_why_anybody_is_away(html):
    prose = re.sub(r"<style>.*?</style>|<code>.*?</code>", "", html, flags=re.S)

    found = re.findall(r"\b(strik\w*|walkout\w*|picket\w*|sick\w*|ill)\b", prose, re.I)

    # The assumptions of the system speak of leave in general.
    assert set(found) <= {"sick", "Sick"}


def test_the_same_plan_gives_the_same_bytes(html):
    plan, system = made_plan(1500)

    again = strike_page(
        plan, system, proof=made_proof(plan), office=plan.matching.matches
    )

    assert again == html


def test_every_value_from_outside_is_escaped():
    evil = replace(
        PLAN, incident=replace(PLAN.incident, incident_id='<script>alert("1")</script>')
    )

    written = strike_page(evil, replace(SYSTEM, name="A & B <i>"))

    assert "<script>alert" not in written
    assert "A &amp; B &lt;i&gt;" in written


def test_every_picture_has_a_title_a_description_and_its_numbers(html):
    figures = re.findall(r"<figure.*?</figure>", html, flags=re.S)

    assert len(figures) >= 6
    for figure in figures:
        pictures = re.findall(r"<svg .*?>", figure)
        assert all('role="img"' in picture for picture in pictures)
        assert figure.count("<desc") == len(pictures) == 2
        assert "<summary>The numbers</summary>" in figure


def test_every_color_of_a_picture_changes_in_the_dark(html):
    known = set(re.findall(r'\[fill="(#[0-9a-f]{6})"\]', palette.style_rules()))
    pictures = "".join(re.findall(r"<svg .*?</svg>", html, flags=re.S))

    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,6})"', pictures))

    assert used
    assert used <= known


def test_no_count_of_a_language_below_eleven_is_shown(html):
    section = html[html.index('id="left-out"') :]
    table = section[section.index("by language</caption>") :].split("</table>")[0]

    cells = re.findall(r'role="cell" data-label="[^"]*">([\d,]+)<', table)

    shown = [int(cell.replace(",", "")) for cell in cells]
    assert "hidden" in table
    assert all(count == 0 or count >= 11 for count in shown)


def test_the_policy_stands_there_number_by_number(html):
    fields = set(PLAN.policy.__dataclass_fields__)

    assert set(POLICY) == fields
    for meaning in POLICY.values():
        assert meaning in html


def test_seed_version_and_inputs_stand_there(html):
    assert PLAN.inputs_hash in html
    assert f"--seed {PLAN.seed}" in html
    assert "caretime strike SYSTEM --verify PLAN" in html
    assert PLAN.version in html


def test_limits_of_the_law_stand_there_with_their_standing(html):
    section = html[html.index('id="rests"') :]

    assert "28 CCR 1300.67.2.2, paragraph (5)(F)" in section
    assert "limit confirmed" in section
    assert "within 10 business days of the visit before" in section


def test_a_plan_with_nothing_but_its_match_still_makes_a_page():
    plan, system = made_plan(200, dated=False)
    matching = replace(plan.matching, scarce=(), prices=())
    bare = replace(plan, matching=matching, groups=(), contacts=())

    written = strike_page(bare, system)

    assert 'id="buy"' not in written
    assert 'id="groups"' not in written
    assert "does not hold the way back yet" in written
    assert "limits are judged by weeks" in written


def test_a_plan_that_touches_nobody_still_makes_a_page():
    matching = replace(PLAN.matching, matches=(), left_out=(), scarce=())
    empty = replace(
        PLAN,
        series=(),
        matching=matching,
        bookings=(),
        contacts=(),
        home=(),
        recovery=None,
        groups=(),
    )

    written = strike_page(empty, SYSTEM)

    assert "No patient has a visit that falls away." in written


def test_a_named_list_is_not_called_drawn():
    named = Incident(
        "I-2",
        MONDAY,
        MONDAY - timedelta(days=1),
        clinician_ids=("C-00001",),
        open_ended=True,
    )

    written = strike_page(replace(PLAN, incident=named), SYSTEM)

    assert "named list, so it is known" in written
    assert "The end of the incident is open." in written
    assert "drawn at random" not in written


def test_a_backlog_that_does_not_end_is_told():
    stuck = replace(made_recovery(), ends=(None, None, None), ended_share=0.0)

    written = strike_page(replace(PLAN, recovery=stuck), SYSTEM)

    assert "in half of them or more it does not end in that time" in written
    assert "ends within the weeks run in 0 of 20 simulated runs" in written


def test_visits_without_a_time_say_why():
    untimed = (Untimed(PLAN.series[0].patient_id, 1, 0, "openings_taken"),)

    written = strike_page(PLAN, SYSTEM, untimed=untimed)

    assert "1 visit found no time; 1 of these would be the next of a patient" in written
    assert "visits of more weight take all openings: 1" in written


def test_a_report_takes_the_place_of_an_older_one_in_one_move(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")

    written = write_strike_report(PLAN, SYSTEM, target)

    assert written == target
    assert "Southern valley" in target.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_at_full_size_the_page_is_small_and_soon_there():
    plan, system = made_plan(62_000)

    began = time.process_time()
    written = strike_page(plan, system, proof=made_proof(plan))
    took = time.process_time() - began

    assert len(written.encode()) < MOST_BYTES
    assert took < MOST_SECONDS
