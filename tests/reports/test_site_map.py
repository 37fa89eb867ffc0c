"""A site's week: counted by hand, drawn so that a stranger can read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from made_rosters import (
    NINE,
    busy_morning,
    group_of_two,
    shift,
    small_system,
    week,
)

from caretime.model.week import Roster
from caretime.reports.site_load import site_load, span_words
from caretime.reports.site_map import headline, site_rows, site_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_a_visit_by_telehealth_takes_no_room():
    load = site_load(busy_morning(), small_system(), "S-01")

    assert (load.rooms[NINE], load.visits[NINE]) == (2, 3)
    assert (load.rooms[NINE + 60], load.visits[NINE + 60]) == (0, 0)


def test_people_at_their_desks_are_a_share_of_those_at_work():
    load = site_load(busy_morning(), small_system(), "S-01")

    assert load.desk_share((NINE, NINE + 60)) == 0
    assert load.desk_share((NINE + 60, NINE + 120)) == 1
    assert load.desk_share((0, 60)) is None


def test_a_group_led_by_two_takes_one_room():
    both = Roster(
        "made",
        tuple(week(who, (NINE, 90, "group", "S-01")) for who in ("C-00001", "C-00002")),
    )
    system = small_system(groups=(group_of_two(),))

    apart = site_load(both, replace(system, groups=()), "S-01")
    together = site_load(both, system, "S-01")

    assert (apart.rooms[NINE], together.rooms[NINE]) == (2, 1)


def test_a_block_belongs_to_the_site_where_it_is_worked():
    system = small_system()
    other = replace(system.clinics[0], clinic_id="S-02")
    system = replace(system, clinics=(*system.clinics, other))
    away = Roster("made", (week("C-00001", (NINE, 60, "return", "S-02")),))

    here, there = (site_load(away, system, name) for name in ("S-01", "S-02"))

    assert (here.visits[NINE], there.visits[NINE]) == (0, 1)
    assert (here.clinicians, there.clinicians) == (0, 1)


def test_cover_counts_only_those_whose_license_may():
    first = small_system().clinicians[0].license
    held = Roster("made", (week("C-00001", (NINE, 120, "crisis_cover", "S-01")),))

    may = site_load(held, small_system(cover=(shift(licenses=(first,)),)), "S-01")
    not_may = site_load(held, small_system(cover=(shift(licenses=("X",)),)), "S-01")

    assert may.lacking_cover == ()
    assert not_may.lacking_cover == ((NINE, NINE + 120),)


def test_one_person_does_not_hold_two_shifts_at_once():
    held = Roster("made", (week("C-00001", (NINE, 120, "crisis_cover", "S-01")),))

    load = site_load(held, small_system(cover=(shift(), shift())), "S-01")

    assert load.worst_cover((NINE, NINE + 30)) == (1, 2)


def test_cover_held_by_telehealth_does_not_count_as_in_the_judge():
    held = Roster("made", (week("C-00001", (NINE, 120, "crisis_cover", "telehealth")),))

    load = site_load(held, small_system(cover=(shift(),)), "S-01")

    assert load.worst_cover((NINE, NINE + 30)) == (0, 1)


def test_an_unknown_clinic_is_refused():
    with pytest.raises(ValueError, match="S-99"):
        site_load(busy_morning(), small_system(), "S-99")


@pytest.mark.parametrize(
    ("rooms", "said"),
    [
        (9, "S-01: rooms are never full, at most 2 of 9 (Mon 09:00)"),
        (2, "S-01: rooms are full on Mon 09:00-10:00"),
        (1, "S-01: up to 2 visits for 1 room on Mon 09:00-10:00"),
    ],
)
def test_the_headline_says_what_stands_out(rooms, said):
    load = site_load(busy_morning(), small_system(rooms=rooms), "S-01")

    assert headline(load) == said


def test_the_headline_adds_that_cover_is_short():
    system = small_system(cover=tuple(shift(day) for day in range(5)))

    load = site_load(busy_morning(), system, "S-01")

    assert headline(load).endswith("cover is short on Mon to Fri 09:00-11:00")


def test_spans_of_several_days_are_said_once():
    spans = [(day * 1440 + 600, day * 1440 + 660) for day in (0, 1, 3)]

    assert span_words(spans) == "Mon, Tue and Thu 10:00-11:00"


def test_every_number_of_the_map_stands_in_its_cell():
    load = site_load(busy_morning(), small_system(rooms=1), "S-01")

    drawn = ET.fromstring(site_svg(load))

    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    marked = [r for r in drawn.iter(f"{SVG}rect") if r.get("stroke-width") == "2.5"]
    # Two visits for one room in two half hours: a mark beside the number.
    assert texts.count("2!") == 2
    assert len(marked) == 2
    assert "Monday" not in texts
    assert texts.count("Mon") == len(load.shown)


def test_the_picture_is_told_to_those_who_cannot_see_it():
    load = site_load(busy_morning(), small_system(), "S-01")

    drawn = ET.fromstring(site_svg(load))

    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}title") == headline(load)
    assert "Most visits at once: 3, first on Mon 09:00." in drawn.findtext(f"{SVG}desc")


def test_the_map_of_cover_is_drawn_only_where_cover_is_asked():
    without = site_load(busy_morning(), small_system(), "S-01")
    with_cover = site_load(busy_morning(), small_system(cover=(shift(),)), "S-01")

    assert "Crisis cover" not in site_svg(without)
    assert "Crisis cover" in site_svg(with_cover)
    assert ">0/1<" in site_svg(with_cover)


def test_one_map_alone_is_narrow_enough_for_a_phone():
    load = site_load(busy_morning(), small_system(), "S-01")

    drawn = ET.fromstring(site_svg(load, measures=("rooms",)))

    assert int(drawn.get("width")) <= 360


def test_rows_for_a_terminal_fit_eighty_columns_and_need_no_color():
    load = site_load(busy_morning(), small_system(), "S-01")

    table = list(site_rows(load))

    assert table[0][:2] == ("09:00", "██  2  3   0%")
    assert table[2][1].split() == ["·", "·", "100%"]
    assert all(sum(len(cell) + 1 for cell in row) <= 78 for row in table)


def test_a_site_where_nobody_works_is_drawn_with_its_opening_hours():
    load = site_load(Roster("made", ()), small_system(), "S-01")

    assert headline(load) == "S-01: no room is used"
    assert next(iter(site_rows(load)))[0] == f"{load.clinic.opens // 60:02d}:00"
    assert site_svg(load).startswith("<svg")
