"""
Other places: the same events under other rules.

Which profile holds is a line of ``system.yaml``. Shares that a profile asks for
(90 or 95 of 100 people) are judged by the measures; here stands what one person's
wait says. All cases use California's holidays, so that only the rule differs.
"""

from steward import note


def test_a_marketplace_plan_has_ten_business_days(clock):
    clock("qhp-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-19 16:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_a_marketplace_plan_on_the_eleventh_day_is_late(clock):
    clock("qhp-intake", starts="Mon 2025-05-05 09:00", offered="Tue 2025-05-20 09:00",
          says="breached: offered_late", wait=11)  # fmt: skip


def test_a_marketplace_plan_knows_no_clinicians_exception(clock):
    clock("qhp-intake", starts="Mon 2025-05-05 09:00", offered="Tue 2025-05-20 09:00",
          note=note("LCSW", "Tue 2025-05-06 11:00"),
          says="breached: offered_late", wait=11, flaw="not_in_profile")  # fmt: skip


def test_medicaid_skips_a_holiday(clock):
    # Memorial Day, 26 May, does not count.
    clock("medicaid-intake", starts="Mon 2025-05-19 09:00",
          offered="Tue 2025-06-03 09:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_medicaid_without_an_offer_is_a_breach_after_the_tenth_day(clock):
    clock("medicaid-intake", starts="Mon 2025-05-19 09:00", now="Wed 2025-06-04 09:00",
          says="breached: not_offered", wait=11)  # fmt: skip


def test_new_york_has_ten_business_days(clock):
    clock("ny-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-19 16:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_new_york_does_not_count_telehealth_for_who_asked_to_come_in(clock):
    clock("ny-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-12 16:00",
          telehealth=True, in_person_only=True, now="Tue 2025-05-20 09:00",
          says="breached: not_offered", wait=11)  # fmt: skip


def test_maryland_counts_calendar_days(clock):
    clock("md-intake", starts="Mon 2025-05-05 09:00", offered="Thu 2025-05-15 09:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_maryland_on_the_eleventh_calendar_day_is_late(clock):
    clock("md-intake", starts="Mon 2025-05-05 09:00", offered="Fri 2025-05-16 09:00",
          says="breached: offered_late", wait=11)  # fmt: skip


def test_maryland_gives_72_hours_to_urgent_care(clock):
    clock("md-urgent", starts="Fri 2025-05-02 18:00", offered="Mon 2025-05-05 18:00",
          says="met: offered_in_time", wait=72)  # fmt: skip


def test_the_va_looks_at_twenty_days(clock):
    clock("va-intake", starts="Thu 2025-05-01 09:00", offered="Wed 2025-05-21 09:00",
          says="met: offered_in_time", wait=20)  # fmt: skip


def test_the_va_on_day_twenty_one_lets_the_veteran_go_outside(clock):
    clock("va-intake", starts="Thu 2025-05-01 09:00", offered="Thu 2025-05-22 09:00",
          says="breached: offered_late", wait=21)  # fmt: skip


def test_accreditation_gives_48_hours_to_urgent_care(clock):
    clock("ncqa-urgent", starts="Fri 2025-05-02 18:00", offered="Mon 2025-05-05 08:00",
          says="breached: offered_late", wait=62)  # fmt: skip


def test_accreditation_gives_ten_business_days_to_routine_care(clock):
    clock("ncqa-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-19 16:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_the_nhs_asks_for_treatment_within_six_weeks(clock):
    clock("nhs-6-weeks", starts="Mon 2025-05-05 09:00", offered="Mon 2025-06-16 09:00",
          says="met: offered_in_time", wait=42)  # fmt: skip


def test_the_nhs_at_six_weeks_and_a_day_is_late(clock):
    clock("nhs-6-weeks", starts="Mon 2025-05-05 09:00", offered="Tue 2025-06-17 09:00",
          says="breached: offered_late", wait=43)  # fmt: skip


def test_the_nhs_longest_wait_is_eighteen_weeks(clock):
    clock("nhs-18-weeks", starts="Mon 2025-05-05 09:00", offered="Mon 2025-09-08 09:00",
          says="met: offered_in_time", wait=126)  # fmt: skip
