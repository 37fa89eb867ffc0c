"""From events to counts."""

from __future__ import annotations

import polars as pl
import pytest

from caretime.measures.log_tally import tally_of_log
from caretime.model.care import VISIT_TYPES
from caretime.model.log import CLOCKS, LEVELS, LOG_COLUMNS, EventKind

STRATA = (
    {"county": "Kern", "language": "en", "age_group": "adult"},
    {"county": "Orange", "language": "es", "age_group": "adult"},
)
LICENSES = ("LCSW", "LMFT")


def log(*events: dict[str, int]) -> pl.DataFrame:
    blank = dict.fromkeys(LOG_COLUMNS, 0) | {
        "member": -1,
        "clinician": -1,
        "stratum": -1,
        "visit_type": -1,
    }
    rows = [blank | event for event in events]
    return pl.DataFrame(rows, schema=dict.fromkeys(LOG_COLUMNS, pl.Int64))


def count(*events: dict[str, int]):
    return tally_of_log(log(*events), STRATA, LICENSES, weeks=2)


def test_an_offer_stands_in_its_week_and_in_each_of_its_slices():
    tally = count(
        {"day": 6, "kind": EventKind.OFFER, "stratum": 1, "clinician": 0, "value": 9}
    )

    assert tally.weekly_waits[0, 1, 0, 0, 9] == 1
    assert tally.counter("intake_offers")[0].tolist() == [0, 1]
    inside = [("all", "all"), ("county", "Orange"), ("language", "es"),
              ("age_group", "adult"), ("license", "LCSW")]  # fmt: skip
    for part in tally.slices:
        expected = 1 if part in inside else 0
        assert tally.waits[0, 0, tally.slice_index(*part), 0, 9] == expected


def test_an_exception_on_record_is_read_from_the_flag_beside_the_clock():
    follow_up = CLOCKS.index("follow_up")

    tally = count({"kind": EventKind.OFFER, "flag": follow_up + 8, "value": 300})

    # 300 days stand in the last bin; without stratum and clinician only in "all".
    assert tally.waits[0, follow_up, 0, 1, 127] == 1
    assert tally.waits.sum() == 1


def test_attended_visits_are_counted_by_type_and_by_own_therapist():
    intake, back = VISIT_TYPES.index("intake"), VISIT_TYPES.index("return")
    attended = {"kind": EventKind.ATTENDED}

    tally = count(
        attended | {"visit_type": back, "flag": 1},
        attended | {"visit_type": back, "flag": 0},
        attended | {"visit_type": intake, "flag": 1},
    )

    assert tally.counter("visits_return").sum() == 2
    assert tally.counter("visits_intake").sum() == 1
    assert tally.counter("visits_own").sum() == 2


def test_weekly_minutes_go_to_the_license_of_the_clinician():
    tally = count(
        {"kind": EventKind.WEEK_PAID, "clinician": 1, "value": 2400},
        {"kind": EventKind.WEEK_PAID, "clinician": 0, "value": 1200},
        {"kind": EventKind.WEEK_MEALS, "clinician": 1, "value": 25, "flag": 2},
    )

    assert tally.licenses == ("LCSW", "LMFT")
    assert tally.staff[0, 0].tolist() == [1200, 2400]
    assert tally.counter("paid_minutes")[0].tolist() == [3600, 0]
    assert tally.counter("meal_minutes_worked")[0, 0] == 25
    assert tally.counter("meals_cut")[0, 0] == 2


def test_levels_absences_and_network_courses_are_read():
    waitlist = LEVELS.index("waitlist")

    tally = count(
        {"day": 9, "kind": EventKind.LEVELS, "visit_type": waitlist, "value": 41},
        {"kind": EventKind.ABSENT, "flag": 1},
        {"kind": EventKind.TO_NETWORK, "value": 6},
        {"kind": EventKind.TO_NETWORK, "value": 1, "flag": 1},
    )

    assert tally.counter("waitlist")[0].tolist() == [0, 41]
    assert tally.counter("days_absent_incident")[0, 0] == 1
    assert tally.counter("to_network")[0, 0] == 1
    # One person with a course of six, and one visit taken over in an absence.
    assert tally.counter("network_visits")[0, 0] == 7


def test_events_after_the_run_are_left_out():
    assert (
        count({"day": 10, "kind": EventKind.REFERRAL}).counter("referrals").sum() == 0
    )


def test_a_log_without_a_column_is_refused():
    with pytest.raises(ValueError, match="no column value"):
        tally_of_log(log().drop("value"), STRATA, LICENSES, weeks=1)


def test_a_clinician_without_a_license_is_refused():
    with pytest.raises(ValueError, match="only 2 clinicians"):
        count({"kind": EventKind.WEEK_PAID, "clinician": 2, "value": 2400})
