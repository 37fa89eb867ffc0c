import json
from dataclasses import replace
from datetime import datetime
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from caretime.model.calendar import Calendar
from caretime.model.care import Appointment
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template
from caretime.rostering.diff import diff_rosters, pair_starts, standing_times
from caretime.rostering.diff_text import diff_document, diff_lines, sentences
from formats.small import patient
from rostering.tiny import clinician, roster, system, week
from strategies import templates

DAYS = "Mon-Fri 09:00-09:50 return; Mon-Fri 12:00-12:30 meal"


def diff(before, after, **options):
    return diff_rosters(
        roster(week("C-1", before)), roster(week("C-1", after)), **options
    )


def said(before, after):
    (one,) = diff(before, after).weeks
    return sentences(one)


def test_equal_weeks_have_no_difference():
    found = diff(DAYS, DAYS)

    assert found.weeks[0].kind == "kept"
    assert found.unchanged_visits == 5
    assert diff_lines(found) == ("0 of 1 weeks differ: 5 visits stay",)


def test_a_move_is_one_sentence():
    before = "Tue 09:00-09:50 return; Tue 13:00-13:50 return"
    after = "Tue 10:00-10:50 return; Tue 13:00-13:50 return"

    assert said(before, after) == ("Tue 09:00 return moves to Tue 10:00",)


def test_equal_moves_of_several_days_are_one_sentence():
    before = "Mon-Wed 12:00-12:30 meal; Mon 09:00-09:50 return; Tue 10:00-10:50 return"
    after = "Mon-Wed 12:30-13:00 meal; Mon 09:15-10:05 return; Tue 10:15-11:05 return"

    assert said(before, after) == (
        "Mon 09:00 and Tue 10:00 return move 15 minutes later",
        "Mon, Tue and Wed 12:00 meal move 30 minutes later",
    )


def test_what_came_went_or_changed_length_or_place_is_told():
    before = "Mon 08:00-09:30 group; Tue 09:00-09:50 return; Wed 13:00-13:30 meeting"
    after = "Tue 09:00-10:00 return; Wed 13:00-13:30 meeting; Thu 09:00-10:00 intake"
    away = roster(week("C-1", "Tue 09:00-10:00 return", place=TELEHEALTH))
    here = roster(week("C-1", "Tue 09:00-10:00 return"))

    assert said(before, after) == (
        "Tue 09:00 return takes 60 minutes instead of 50",
        "Thu 09:00 intake is new, 60 minutes, at S-1",
        "Mon 08:00 group falls away",
    )
    assert sentences(diff_rosters(here, away).weeks[0]) == (
        "Tue 09:00 return is now by telehealth, not at S-1",
    )


def test_desk_time_is_counted_and_not_told_block_by_block():
    before = "Mon 09:00-10:00 patient_management; Tue 09:00-09:10 notes"
    after = "Mon 10:00-11:00 patient_management; Wed 09:00-09:10 notes"

    assert said(before, after) == (
        "desk blocks that differ: notes 1, patient management 1",
    )


def test_desk_time_cut_in_pieces_that_touch_is_the_same_desk_time():
    whole = "Mon 09:00-10:00 patient_management"
    cut = "Mon 09:00-09:30 patient_management; Mon 09:30-10:00 patient_management"

    assert diff(whole, cut).weeks[0].kind == "kept"


def test_who_joins_and_who_leaves_is_said_without_their_blocks():
    found = diff_rosters(roster(week("C-1", DAYS)), roster(week("C-2", DAYS)))

    assert diff_lines(found) == (
        "2 of 2 weeks differ: 0 visits stay, 5 are new, 5 fall away",
        "C-1 leaves: 0 visits stay, 5 fall away",
        "C-2 joins: 0 visits stay, 5 are new",
    )


def at(day, hour):
    return datetime(2025, 6, day, hour, tzinfo=Calendar().zone)


def visit(number, patient_id, start, **changes):
    told = Appointment(
        f"A-{number}", patient_id, "C-1", "return", start, 50, "in_person", "booked",
        None, None,
    )  # fmt: skip
    return replace(told, **changes)


def booked_system():
    weekly = [patient(f"P-{n}", "C-1") for n in range(1, 5)]
    return system(
        clinician("C-1"),
        patients=(*weekly[:3], replace(weekly[3], interval_weeks=4)),
        appointments=(
            visit(1, "P-1", at(9, 9)),
            visit(2, "P-1", at(4, 10)),
            visit(3, "P-2", at(4, 10)),
            visit(4, "P-3", at(5, 11), status="cancelled"),
            visit(5, "P-4", at(5, 13)),
        ),
    )


def test_a_standing_time_is_the_first_return_booked_of_who_comes_often():
    # Wednesday 10:00 is 2 * 1440 + 600; P-3 cancelled, P-4 comes every fourth week.
    assert standing_times(booked_system()) == {"C-1": {3480: 2}}


def test_standing_times_that_are_openings_no_more_are_counted():
    before, after = "Wed 10:00-10:50 return", "Wed 11:00-11:50 return"

    found = diff(before, after, system=booked_system())

    assert found.standing_touched == 2
    assert "2 standing times touched" in diff_lines(found)[0]
    assert diff(after, before, system=booked_system()).standing_touched == 0
    assert diff(before, after).standing_touched is None


def test_the_data_is_fit_for_json_and_says_the_same():
    found = diff(DAYS, "Mon-Thu 09:00-09:50 return; Fri 10:00-10:50 return")

    data = json.loads(json.dumps(diff_document(found)))

    assert data["visits"] == {
        "unchanged": 4, "moved": 1, "resized": 0, "place": 0, "added": 0, "removed": 0
    }  # fmt: skip
    moves = [c for c in data["weeks"][0]["changes"] if c["kind"] == "moved"]
    assert moves == [
        {
            "kind": "moved",
            "activity": "return",
            "before": {"start": 4 * 1440 + 540, "minutes": 50, "place": "S-1"},
            "after": {"start": 4 * 1440 + 600, "minutes": 50, "place": "S-1"},
        }
    ]


starts = st.lists(st.integers(0, 60), unique=True, max_size=6).map(sorted)


@given(starts, starts)
def test_no_other_pairing_of_as_many_moves_fewer_minutes(old, new):
    fewer, more = (old, new) if len(old) <= len(new) else (new, old)
    best = min(
        sum(abs(a - b) for a, b in zip(fewer, chosen, strict=True))
        for subset in combinations(more, len(fewer))
        for chosen in permutations(subset)
    )

    pairs = pair_starts(old, new)

    assert len(pairs) == len(fewer)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(fewer)
    assert sum(abs(old[i] - new[j]) for i, j in pairs) == best


placed = templates().map(lambda t: RosterWeek("C-1", t, tuple("S-1" for _ in t.blocks)))


@given(placed, placed)
def test_the_changes_turn_one_week_into_the_other(before, after):
    (found,) = diff_rosters(Roster("c", (before,)), Roster("c", (after,))).weeks

    changed = [c for c in found.changes if c.is_visit]
    old = visits(before) - {c.before for c in changed}
    new = visits(after) - {c.after for c in changed}
    assert old == new
    assert len(old) == found.unchanged_visits


def visits(one):
    return {b for b in one.template.blocks if b.activity in ("return", "intake")}


def test_a_moved_visit_of_another_length_says_both():
    one = RosterWeek("C-1", Template((Block(540, 50, "return"),)), ("S-1",))
    two = RosterWeek("C-1", Template((Block(2040, 60, "return"),)), (TELEHEALTH,))

    (found,) = diff_rosters(Roster("c", (one,)), Roster("c", (two,))).weeks

    assert sentences(found) == (
        "Mon 09:00 return moves to Tue 10:00, takes 60 minutes instead of 50, "
        "now by telehealth",
    )
