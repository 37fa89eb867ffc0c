"""
Last days: how long a planned visit may still move.

When the own clinician is away, somebody else sees the patient by this day, or the
visit is late. The clock of a follow-up starts at the visit before it, that of a first
visit at the request. Days are those of Los Angeles in autumn 2024; Monday, 11 November,
is a holiday.
"""

from datetime import date

from steward import DAY_NAMES, by_id

from caretime.model.calendar import Calendar
from caretime.rules.clocks import limit_day

AUTUMN = Calendar(holidays=frozenset({date(2024, 11, 11)}))


def day(text):
    """Read ``Mon 2024-10-21``; the weekday must be true."""
    name, _, written = text.partition(" ")
    found = date.fromisoformat(written)
    assert DAY_NAMES[found.weekday()] == name, f"{text} is no {name}"
    return found


def ask(row, standard_id, *, since, planned, by, clock=10 * 60):
    standard = by_id(standard_id) if standard_id else None

    found = limit_day(standard, AUTUMN.at(day(since), clock), day(planned), AUTUMN)

    assert found == day(by)
    row(
        standard=f"`{standard_id}`" if standard_id else "none",
        clock_starts=since if clock == 600 else f"{since} {clock // 60:02}:00",
        planned=planned,
        may_move_until=by if day(by) >= day(planned) else f"{by}, late as booked",
    )


def test_a_weekly_visit_may_move_by_a_week(row):
    ask(row, "ca-follow-up", since="Mon 2024-10-14", planned="Mon 2024-10-21",
        by="Mon 2024-10-28")  # fmt: skip


def test_a_visit_every_other_week_may_not_move_at_all(row):
    ask(row, "ca-follow-up", since="Mon 2024-10-14", planned="Mon 2024-10-28",
        by="Mon 2024-10-28")  # fmt: skip


def test_a_holiday_gives_one_day_more(row):
    ask(row, "ca-follow-up", since="Wed 2024-10-30", planned="Wed 2024-11-06",
        by="Thu 2024-11-14")  # fmt: skip


def test_a_visit_planned_after_three_weeks_is_lawful_on_its_day_and_on_no_later_one(
    row,
):
    ask(row, "ca-follow-up", since="Mon 2024-10-14", planned="Mon 2024-11-04",
        by="Mon 2024-11-04")  # fmt: skip


def test_an_intake_lapses_ten_business_days_after_the_request(row):
    ask(row, "ca-intake", since="Thu 2024-10-10", planned="Wed 2024-10-23",
        by="Thu 2024-10-24")  # fmt: skip


def test_an_intake_that_is_booked_later_is_late_whoever_is_away(row):
    ask(row, "ca-intake", since="Thu 2024-10-10", planned="Mon 2024-10-28",
        by="Thu 2024-10-24")  # fmt: skip


def test_planning_ahead_does_not_reach_the_visit_after_an_intake(row):
    ask(row, "ca-first-treatment", since="Mon 2024-10-14", planned="Mon 2024-11-04",
        by="Mon 2024-10-28")  # fmt: skip


def test_a_first_visit_with_a_psychiatrist_has_fifteen_business_days(row):
    ask(row, "ca-psychiatrist", since="Thu 2024-10-10", planned="Wed 2024-10-23",
        by="Thu 2024-10-31")  # fmt: skip


def test_an_urgent_visit_has_the_day_on_which_its_hours_are_over(row):
    ask(row, "ca-urgent", since="Fri 2024-10-25", clock=23 * 60,
        planned="Sat 2024-10-26", by="Sun 2024-10-27")  # fmt: skip


def test_where_no_standard_judges_the_planned_day_is_what_was_promised(row):
    ask(row, "", since="Mon 2024-10-14", planned="Wed 2024-11-13",
        by="Wed 2024-11-13")  # fmt: skip
