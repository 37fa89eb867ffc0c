from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.errors import InputError, PlanError
from caretime.model.calendar import Calendar
from caretime.model.care import Absence, Group
from caretime.model.dated import DayChange, LostVisit, UnledGroup
from caretime.model.week import TELEHEALTH, DatedBlock
from caretime.rostering.dated import check_dated, dated_weeks, plan_dates
from caretime.rules.clause_kinds import make_clause
from rostering.tiny import MONDAY, clinician, contract, roster, system, week

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
FRIDAY = MONDAY + timedelta(days=4)
SUNDAY = MONDAY + timedelta(days=6)

ONE = clinician("C-1")
TWO = clinician("C-2")
HALF_DAYS = week(
    "C-1",
    "Mon-Fri 08:00-11:00 return x3; Mon-Fri 11:00-12:00 patient_management",
)
LONG_DAYS = week(
    "C-1",
    "Mon-Fri 08:00-12:00 return x4; Mon-Fri 12:00-12:30 meal;"
    "Mon-Fri 12:30-14:30 return x2; Mon-Fri 14:30-16:30 patient_management",
)


def plan(one_week=HALF_DAYS, changes=(), last=SUNDAY, **tables):
    return plan_dates(
        roster(one_week),
        system(ONE, **tables),
        first=MONDAY,
        last=last,
        changes=changes,
    )


def judged(*clauses, one_week=HALF_DAYS, changes=(), law=False, **tables):
    found = check_dated(
        roster(one_week),
        system(ONE, **tables),
        contract(*clauses),
        first=MONDAY,
        last=MONDAY,
        changes=changes,
    )
    return [
        (v.clause_id, v.where, v.observed, v.limit)
        for v in found
        if law == v.clause_id.startswith("ca-")
    ]


def blocks_on(found, day, activity):
    return [
        (b.start, b.end) for b in found.blocks if (b.day, b.activity) == (day, activity)
    ]


def test_a_week_without_leave_is_the_template_with_dates():
    found = plan()

    assert [b.day for b in found.blocks] == sorted(
        MONDAY + timedelta(days=d) for d in range(5) for _ in range(4)
    )
    assert found.blocks[0] == DatedBlock("C-1", MONDAY, 480, 60, "return", "S-1")
    assert (found.lost, found.unled) == ((), ())


def test_a_holiday_takes_its_day_and_says_what_is_lost():
    found = plan(holidays=(TUESDAY,))

    assert {b.day for b in found.blocks} == {
        MONDAY,
        WEDNESDAY,
        MONDAY + timedelta(days=3),
        FRIDAY,
    }
    assert found.openings_lost() == {TUESDAY: {"return": 3}}
    assert {v.cause for v in found.lost} == {"holiday"}


def test_an_absence_takes_its_days_up_to_the_last_one_and_an_open_one_all():
    ended = plan(absences=(Absence("C-1", MONDAY, TUESDAY),))
    open_ended = plan(absences=(Absence("C-1", TUESDAY, None),))
    of_another = plan(absences=(Absence("C-2", MONDAY, None),))

    assert min(b.day for b in ended.blocks) == WEDNESDAY
    assert {b.day for b in open_ended.blocks} == {MONDAY}
    assert sum(map(len, open_ended.openings_lost().values())) == 4
    assert of_another.lost == ()


def test_a_visit_that_reaches_into_hours_away_falls_away_whole():
    away = DayChange("C-1", MONDAY, "away", 9 * 60 + 30, 11 * 60 + 15)

    found = plan(changes=[away])

    assert blocks_on(found, MONDAY, "return") == [(480, 540)]
    assert blocks_on(found, MONDAY, "patient_management") == [(675, 720)]
    assert found.lost == (
        LostVisit(MONDAY, "C-1", 540, 60, "return", "away"),
        LostVisit(MONDAY, "C-1", 600, 60, "return", "away"),
    )


def test_a_meal_stays_between_hours_worked_and_goes_with_the_afternoon():
    midday = DayChange("C-1", MONDAY, "away", 11 * 60, 13 * 60)
    afternoon = DayChange("C-1", TUESDAY, "away", 12 * 60)

    found = plan(LONG_DAYS, [midday, afternoon])

    assert blocks_on(found, MONDAY, "meal") == [(720, 750)]
    assert blocks_on(found, TUESDAY, "meal") == []


def test_a_visit_can_be_moved_off_a_holiday():
    move = DayChange("C-1", TUESDAY, "move", 480, to_day=WEDNESDAY, to_start=13 * 60)

    found = plan(changes=[move], holidays=(TUESDAY,))

    assert (780, 840) in blocks_on(found, WEDNESDAY, "return")
    assert found.openings_lost() == {TUESDAY: {"return": 2}}


def test_a_move_may_come_from_a_week_that_is_not_asked_for():
    earlier = MONDAY - timedelta(days=3)
    move = DayChange("C-1", earlier, "move", 480, to_day=MONDAY, to_start=13 * 60)

    found = plan(changes=[move], last=MONDAY)

    assert (780, 840) in blocks_on(found, MONDAY, "return")
    assert {b.day for b in found.blocks} == {MONDAY}


def test_a_meeting_set_over_visits_displaces_them_and_says_so():
    add = DayChange("C-1", MONDAY, "add", 9 * 60 + 30, 11 * 60 + 30, "meeting")

    found = plan(changes=[add])

    assert blocks_on(found, MONDAY, "return") == [(480, 540)]
    assert blocks_on(found, MONDAY, "patient_management") == [(690, 720)]
    assert [v.cause for v in found.lost] == ["displaced", "displaced"]


def test_a_visit_set_into_protected_time_is_found_by_the_judge():
    pmt = make_clause("PMT", "protected_hours", hours_per_week=5)
    add = DayChange("C-1", MONDAY, "add", 11 * 60, 12 * 60, "return")

    found = judged(pmt, changes=[add], holidays=(FRIDAY,))

    assert ("PMT", "Mon 2025-06-02 11:00", 60, 0) in found


def test_another_place_holds_for_the_hours_given():
    change = DayChange("C-1", MONDAY, "place", 0, 600, place=TELEHEALTH)

    found = plan(changes=[change])

    places = [b.place for b in found.blocks if b.day == MONDAY]
    assert places == [TELEHEALTH, TELEHEALTH, "S-1", "S-1"]


def test_a_moved_block_is_worked_where_its_new_day_is():
    elsewhere = DayChange("C-1", WEDNESDAY, "place", place=TELEHEALTH)
    move = DayChange("C-1", MONDAY, "move", 480, to_day=WEDNESDAY, to_start=780)

    found = plan(changes=[elsewhere, move])

    assert {b.place for b in found.blocks if b.day == WEDNESDAY} == {TELEHEALTH}


def test_every_change_that_does_not_fit_is_told_at_once():
    changes = [
        DayChange("C-9", MONDAY, "away", line=2),
        DayChange("C-1", MONDAY, "move", 495, to_start=600, line=3),
        DayChange("C-1", TUESDAY, "add", 480, 540, "meeting", line=4),
        DayChange("C-1", WEDNESDAY, "add", 780, 840, "meeting", line=5),
        DayChange("C-1", WEDNESDAY, "add", 825, 885, "training", line=6),
        DayChange("C-1", FRIDAY, "place", 900, 960, place=TELEHEALTH, line=7),
        DayChange("C-1", MONDAY, "move", 480, to_start=1400, line=8),
        DayChange("C-1", FRIDAY, "away", 0, 720, line=9),
        DayChange("C-1", FRIDAY, "add", 600, 660, "meeting", line=10),
    ]

    with pytest.raises(InputError) as caught:
        plan(changes=changes, holidays=(TUESDAY,))

    assert [(p.row, p.field, p.message) for p in caught.value.problems] == [
        (2, "clinician_id", "C-9 has no week in the roster"),
        (3, "start", "no block starts at 08:15 on Mon 2025-06-02"),
        (4, "day", "C-1 does not work on Tue 2025-06-03: holiday"),
        (6, "start", "stands on the change at 13:00 (line 5)"),
        (7, "start", "nothing is worked then on Fri 2025-06-06"),
        (8, "to_start", "the block of 60 minutes would cross midnight"),
        (10, "start", "stands in hours away"),
    ]


def test_a_group_without_its_leader_is_named_unless_the_co_leader_is_there():
    group = Group("G-1", "C-1", "C-2", 0, 480, 90, 8, "adult", "en", "therapy")
    weeks = [week(who, "Mon 08:00-09:30 group") for who in ("C-1", "C-2")]
    away = [Absence("C-1", MONDAY, MONDAY), Absence("C-2", MONDAY, MONDAY)]

    def session(*absences):
        people = system(ONE, TWO, groups=(group,), absences=absences)
        return plan_dates(roster(*weeks), people, first=MONDAY, last=MONDAY)

    assert (session(away[0]).lost, session(away[0]).unled) == ((), ())
    assert session(*away).unled == (UnledGroup(MONDAY, "G-1", "C-1"),)
    assert session(*away).openings_lost() == {MONDAY: {"group": 2}}


def test_a_roster_holds_only_for_its_days_and_for_those_already_hired():
    dated = roster(HALF_DAYS, first_day=TUESDAY, last_day=WEDNESDAY)
    newcomer = replace(ONE, hired_on=WEDNESDAY)

    held = dated_weeks(dated, system(ONE), first=MONDAY, last=SUNDAY)
    hired = dated_weeks(roster(HALF_DAYS), system(newcomer), first=MONDAY, last=SUNDAY)

    assert {b.day for b in held} == {TUESDAY, WEDNESDAY}
    assert min(b.day for b in hired) == WEDNESDAY


def test_the_wall_clock_stays_when_the_offset_changes():
    # Summer time ends on Sunday, 2 November 2025.
    first, last = date(2025, 10, 31), date(2025, 11, 3)

    found = dated_weeks(roster(HALF_DAYS), system(ONE), first=first, last=last)

    starts = [b.times(Calendar())[0] for b in found if b.start == 480]
    assert [t.isoformat() for t in starts] == [
        "2025-10-31T08:00:00-07:00",
        "2025-11-03T08:00:00-08:00",
    ]


def test_a_block_may_end_at_midnight():
    late = DatedBlock("C-1", MONDAY, 23 * 60, 60, "crisis_cover")

    assert late.times(Calendar())[1].isoformat() == "2025-06-03T00:00:00-07:00"


def test_what_leave_takes_of_a_total_is_no_violation():
    clauses = (
        make_clause("PMT", "protected_hours", hours_per_week=5),
        make_clause("URGENT", "urgent_reserve", slots_per_week=0),
        make_clause("NOTES", "notes_per_visit", minutes=10),
    )
    notes = week(
        "C-1",
        "Mon-Fri 08:00-11:00 return x3; Mon-Fri 11:00-12:00 patient_management;"
        "Fri 12:00-14:30 notes",
    )

    whole = judged(*clauses, one_week=notes)
    short = judged(*clauses, one_week=notes, holidays=(FRIDAY,))

    assert (whole, short) == ([], [])


def test_what_a_change_takes_of_a_total_is_one_even_beside_leave():
    pmt = make_clause("PMT", "protected_hours", hours_per_week=5)
    add = DayChange("C-1", MONDAY, "add", 11 * 60, 12 * 60, "admin")

    whole = judged(pmt, changes=[add])
    short = judged(pmt, changes=[add], holidays=(FRIDAY,))

    assert whole == [("PMT", "week of 2025-06-02", 240, 300)]
    assert short == [("PMT", "week of 2025-06-02", 180, 300)]


def test_limits_from_above_hold_in_a_week_with_leave():
    clauses = (
        make_clause("DAY", "visit_cap_daily", patients=3),
        make_clause("WEEK", "visit_cap_weekly", patients=12),
        make_clause("FRAME", "work_week", hours=20, days=5, start=480, latest=900),
    )
    add = DayChange("C-1", MONDAY, "add", 14 * 60, 15 * 60 + 30, "return")

    found = judged(*clauses, changes=[add], holidays=(FRIDAY,))

    assert found == [
        ("DAY", "Mon 2025-06-02", 4, 3),
        ("WEEK", "week of 2025-06-02", 13, 12),
        ("FRAME", "Mon 2025-06-02 15:30", 30, 0),
    ]


def test_a_law_of_the_day_holds_on_a_changed_day():
    # Eight visits from 08:00 with the meal displaced by a meeting.
    add = DayChange("C-1", MONDAY, "add", 12 * 60, 12 * 60 + 30, "meeting")

    found = judged(one_week=LONG_DAYS, changes=[add], law=True)

    assert [v for v in found if v[0] == "ca-meal-1"] == [
        ("ca-meal-1", "Mon 2025-06-02", 0, 30)
    ]


def test_clauses_are_those_in_force_in_the_week():
    cap = make_clause("CAP", "visit_cap_daily", patients=2, effective=date(2025, 6, 9))
    days = {"first": MONDAY, "last": date(2025, 6, 15)}

    found = check_dated(roster(HALF_DAYS), system(ONE), contract(cap), **days)

    capped = [v.where for v in found if v.clause_id == "CAP"]
    assert capped[0] == "Mon 2025-06-09"
    assert len(capped) == 5


def test_days_in_the_wrong_order_or_strangers_in_the_roster_are_refused():
    with pytest.raises(PlanError, match="before the first day"):
        dated_weeks(roster(HALF_DAYS), system(ONE), first=TUESDAY, last=MONDAY)
    with pytest.raises(PlanError, match="weeks of C-1, not in the system"):
        dated_weeks(roster(HALF_DAYS), system(TWO), first=MONDAY, last=MONDAY)


spans = st.tuples(st.integers(0, 47), st.integers(0, 47)).filter(lambda s: s[0] < s[1])


@given(
    holidays=st.sets(st.integers(0, 6)),
    absent=st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6)),
    away=st.lists(st.tuples(st.integers(0, 6), spans), max_size=4),
)
def test_every_visit_of_the_template_is_held_or_lost(holidays, absent, away):
    first, length = absent
    last = None if length is None else MONDAY + timedelta(days=first + length)
    changes = [
        DayChange("C-1", MONDAY + timedelta(days=d), "away", a * 30, b * 30)
        for d, (a, b) in away
    ]

    found = plan(
        LONG_DAYS,
        changes,
        holidays=[MONDAY + timedelta(days=d) for d in holidays],
        absences=(Absence("C-1", MONDAY + timedelta(days=first), last),),
    )

    held = Counter(b.day for b in found.blocks if b.activity == "return")
    lost = Counter(v.day for v in found.lost)
    assert held + lost == {MONDAY + timedelta(days=d): 6 for d in range(5)}
    for one, other in pairwise(found.blocks):
        assert one.day < other.day or one.end <= other.start
