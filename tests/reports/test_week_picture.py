"""A clinician's week: every block is named, marks say more than colors do."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET

import pytest
from made_rosters import NINE, TUE, busy_morning, small_system, week

from caretime.reports.site_load import site_load
from caretime.reports.site_map import site_svg
from caretime.reports.week_calendar import day_places, week_rows
from caretime.reports.week_picture import week_svg

SVG = "{http://www.w3.org/2000/svg}"


def some_week():
    return week(
        "C-1",
        (NINE, 50, "return", "S-01"),
        (NINE + 60, 30, "patient_management", "S-01"),
        (NINE + 120, 30, "meal", ""),
        (NINE + 180, 50, "return", "S-02"),
        (TUE + NINE, 60, "intake", "telehealth"),
    )


def draw(**marks):
    one = some_week()
    text = week_svg(one.template, title="A week", places=one.places, **marks)
    return ET.fromstring(text), text


def tooltips(drawn):
    return [g.findtext(f"{SVG}title") for g in drawn.iter(f"{SVG}g")]


def test_a_block_is_told_with_time_length_and_place():
    drawn, _ = draw()

    assert "Tuesday 09:00 Intake visit, 60 min, telehealth" in tooltips(drawn)
    assert "Monday 11:00 Meal, 30 min" in tooltips(drawn)


def test_a_day_is_headed_by_the_place_of_most_of_it():
    one = some_week()

    assert day_places(one.template, one.places)[:2] == ("S-01", "telehealth")


def test_a_block_at_a_second_clinic_names_it():
    drawn, _ = draw()

    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert "12:00 Return · S-02" in texts
    assert "09:00 Return" in texts


def test_protected_time_is_hatched_and_told():
    drawn, text = draw(protected={"patient_management"})

    told = [t for t in tooltips(drawn) if t and "protected time" in t]
    assert told == ["Monday 10:00 Patient management, 30 min, S-01, protected time"]
    # One block and its key.
    assert text.count('fill="url(#hatch-') == 2


def test_a_standing_patients_time_bears_a_dot():
    drawn, _ = draw(standing={NINE})

    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert [t for t in texts if "●" in t] == ["● standing patient", "09:00 Return ●"]


def test_marks_that_a_week_does_not_have_are_not_explained():
    _, text = draw()

    assert "standing patient" not in text
    assert "protected time" not in text


def test_the_week_is_told_in_words():
    drawn, _ = draw()

    assert drawn.findtext(f"{SVG}desc").startswith(
        "Monday at S-01: 09:00 to 12:50, 2 visits. Tuesday at telehealth: "
    )


def test_two_weeks_on_one_page_share_no_id():
    template = some_week().template
    one, other = (
        ET.fromstring(week_svg(template, title=title)) for title in ("One", "Other")
    )

    ids = [p.get("id") for d in (one, other) for p in d.iter(f"{SVG}pattern")]
    assert len(set(ids)) == 2


def test_an_imported_week_may_reach_into_the_weekend():
    saturday = week("C-1", (5 * 1440 + NINE, 60, "return", ""))

    drawn = week_svg(saturday.template, title="A week", places=saturday.places)

    assert "Saturday 09:00 Return visit" in drawn
    assert "Sunday" not in drawn
    assert len(next(iter(week_rows(saturday.template)))) == 1 + 6


def test_places_of_another_week_are_refused():
    with pytest.raises(ValueError, match="2 places for 5 blocks"):
        week_svg(some_week().template, title="A week", places=("S-01", "S-01"))


def test_rows_mark_protected_time_with_a_star():
    table = list(week_rows(some_week().template, protected={"patient_management"}))

    assert table[2][1] == "patient mgmt*"
    assert table[0][1] == "return"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(tmp_path, scheme):
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium here; ./dev test installs it")
    load = site_load(busy_morning(), small_system(), "S-01")
    pictures = {
        "week": draw(protected={"patient_management"})[1],
        "site": site_svg(load),
    }

    found = {}
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(color_scheme=scheme)
        for name, picture in pictures.items():
            path = tmp_path / f"{name}.svg"
            path.write_text(picture, encoding="utf-8")
            page.goto(path.as_uri())
            found[name] = page.evaluate(LEAST_CONTRAST)
        browser.close()

    assert found["week"] >= 4.5
    assert found["site"] >= 4.5


LEAST_CONTRAST = """
() => {
  const parse = c => c.match(/[0-9.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const boxes = [...document.querySelectorAll('rect')].filter(
    r => !r.getAttribute('fill').startsWith('url'));
  let least = 99;
  for (const text of document.querySelectorAll('text')) {
    const at = text.getBoundingClientRect();
    const x = at.x + at.width / 2, y = at.y + at.height / 2;
    let back = [255, 255, 255];
    for (const box of boxes) {
      const b = box.getBoundingClientRect();
      if (x < b.x || x > b.right || y < b.y || y > b.bottom) continue;
      const style = getComputedStyle(box), fill = parse(style.fill);
      const part = Number(style.fillOpacity);
      back = back.map((v, k) => v * (1 - part) + fill[k] * part);
    }
    const one = lum(parse(getComputedStyle(text).fill)), other = lum(back);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    least = Math.min(least, ratio);
  }
  return least;
}
"""
