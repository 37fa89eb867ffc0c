from datetime import date

import pytest

from caretime.model.calendar import Calendar
from caretime.rules.access import lapses_at, load_standards, standard_for
from caretime.rules.clocks import clock_of, limit_day

LA = Calendar(holidays=frozenset({date(2024, 11, 11)}))
SEEN = LA.at(date(2024, 10, 21), 10 * 60)


def standard(clock, *, profile="california", license_code="LCSW"):
    return standard_for(load_standards(profile), clock, license_code)


@pytest.mark.parametrize("planned", [date(2024, 10, 28), date(2024, 11, 4)])
def test_a_follow_up_may_move_until_ten_business_days_are_over(planned):
    assert limit_day(standard("follow_up"), SEEN, planned, LA) == date(2024, 11, 4)


def test_a_follow_up_planned_later_is_lawful_on_its_day_and_not_after_it():
    planned = date(2024, 11, 18)

    assert limit_day(standard("follow_up"), SEEN, planned, LA) == planned


def test_a_holiday_gives_one_day_more():
    seen = LA.at(date(2024, 10, 28), 10 * 60)

    limit = limit_day(standard("follow_up"), seen, date(2024, 11, 4), LA)

    assert limit == date(2024, 11, 12)


@pytest.mark.parametrize("clock", ["intake", "first_treatment"])
def test_other_clocks_lapse_though_the_visit_is_booked_later(clock):
    judge = standard(clock)

    limit = limit_day(judge, SEEN, date(2024, 11, 18), LA)

    assert limit == lapses_at(judge, SEEN, LA).date() == date(2024, 11, 4)


def test_hours_lapse_on_the_day_on_which_they_are_over():
    asked = LA.at(date(2024, 10, 25), 23 * 60)

    limit = limit_day(standard("urgent"), asked, date(2024, 10, 28), LA)

    assert limit == date(2024, 10, 27)


def test_where_no_standard_judges_the_planned_day_is_the_limit():
    nobody = standard("follow_up", license_code="PSYCHIATRIST")

    assert nobody is None
    assert limit_day(nobody, SEEN, date(2024, 10, 23), LA) == date(2024, 10, 23)


def test_a_profile_without_the_exception_has_no_later_day():
    judge = standard("intake", profile="maryland")

    assert limit_day(judge, SEEN, date(2024, 12, 2), LA) == date(2024, 10, 31)


@pytest.mark.parametrize(
    ("visit_type", "after_intake", "clock"),
    [
        ("intake", False, "intake"),
        ("return", False, "follow_up"),
        ("return", True, "first_treatment"),
        ("urgent", False, "urgent"),
        ("group", True, ""),
    ],
)
def test_each_kind_of_visit_has_its_clock(visit_type, after_intake, clock):
    assert clock_of(visit_type, after_intake=after_intake) == clock
