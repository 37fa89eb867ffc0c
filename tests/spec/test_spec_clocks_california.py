"""
California: timely access.

How long a person may wait, by 28 CCR 1300.67.2.2. The clock asks when an
appointment was offered, never when it was accepted. Times are local.
"""

from steward import note


def test_an_intake_on_the_tenth_business_day_is_in_time(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-19 16:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_an_intake_on_the_eleventh_business_day_is_late(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Tue 2025-05-20 08:00",
          says="breached: offered_late", wait=11)  # fmt: skip


def test_a_request_on_friday_waits_one_day_until_monday(clock):
    clock("ca-intake", starts="Fri 2025-05-02 16:00", offered="Mon 2025-05-05 09:00",
          says="met: offered_in_time", wait=1)  # fmt: skip


def test_a_request_on_saturday_waits_one_day_until_monday(clock):
    clock("ca-intake", starts="Sat 2025-05-03 10:00", offered="Mon 2025-05-05 09:00",
          says="met: offered_in_time", wait=1)  # fmt: skip


def test_a_saturday_visit_within_the_ten_days_is_in_time(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Sat 2025-05-17 10:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_the_saturday_after_the_tenth_business_day_is_late(clock):
    clock("ca-intake", starts="Fri 2025-05-02 09:00", offered="Sat 2025-05-17 10:00",
          says="breached: offered_late", wait=11)  # fmt: skip


def test_a_request_met_on_the_same_day_waits_no_day(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-05-05 15:00",
          says="met: offered_in_time", wait=0)  # fmt: skip


def test_thanksgiving_and_the_day_after_do_not_count(clock):
    # 25 to 27 November are 3, 28 and 29 are holidays, 2 to 6 December 5, the 9th 1.
    clock("ca-intake", starts="Fri 2024-11-22 09:00", offered="Mon 2024-12-09 09:00",
          says="met: offered_in_time", wait=9)  # fmt: skip


def test_a_psychiatrist_has_fifteen_business_days(clock):
    clock("ca-psychiatrist", starts="Mon 2025-05-05 09:00",
          offered="Tue 2025-05-27 09:00",
          says="met: offered_in_time", wait=15)  # fmt: skip


def test_a_psychiatrist_on_the_sixteenth_business_day_is_late(clock):
    clock("ca-psychiatrist", starts="Mon 2025-05-05 09:00",
          offered="Wed 2025-05-28 09:00",
          says="breached: offered_late", wait=16)  # fmt: skip


def test_a_patient_who_chooses_a_later_date_makes_no_breach(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00",
          offered=["Thu 2025-05-08 09:00", "Mon 2025-06-02 09:00"],
          says="met: offered_in_time", wait=3)  # fmt: skip


def test_an_offer_taken_back_by_the_clinic_counts_for_nothing(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Thu 2025-05-08 09:00",
          withdrawn="Wed 2025-05-07 12:00", now="Tue 2025-05-20 09:00",
          says="breached: not_offered", wait=11)  # fmt: skip


def test_telehealth_does_not_count_for_who_asked_to_come_in(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Thu 2025-05-08 09:00",
          telehealth=True, in_person_only=True, now="Fri 2025-05-09 09:00",
          says="pending: waiting", wait=4)  # fmt: skip


def test_a_person_still_waiting_on_the_last_day_is_pending(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", now="Mon 2025-05-19 23:00",
          says="pending: waiting", wait=10)  # fmt: skip


def test_a_person_still_waiting_after_the_last_day_is_a_breach(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", now="Tue 2025-05-20 00:01",
          says="breached: not_offered", wait=11)  # fmt: skip


def test_a_late_offer_can_be_bettered_until_the_limit_passes(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", offered="Mon 2025-06-02 09:00",
          now="Tue 2025-05-06 09:00",
          says="pending: offered_late", wait=19)  # fmt: skip


def test_a_person_who_gave_up_in_time_is_not_called_a_breach(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", closed="Wed 2025-05-14 09:00",
          says="pending: closed_before_limit", wait=7)  # fmt: skip


def test_a_person_who_gave_up_after_the_limit_is_a_breach(clock):
    clock("ca-intake", starts="Mon 2025-05-05 09:00", closed="Fri 2025-05-23 09:00",
          says="breached: not_offered", wait=14)  # fmt: skip


def test_an_urgent_request_on_friday_evening_runs_over_the_weekend(clock):
    clock("ca-urgent", starts="Fri 2025-05-02 18:00", offered="Mon 2025-05-05 08:00",
          says="breached: offered_late", wait=62)  # fmt: skip


def test_an_urgent_visit_after_exactly_48_hours_is_in_time(clock):
    clock("ca-urgent", starts="Fri 2025-05-02 18:00", offered="Sun 2025-05-04 18:00",
          says="met: offered_in_time", wait=48)  # fmt: skip


def test_an_urgent_visit_one_minute_later_is_late(clock):
    clock("ca-urgent", starts="Fri 2025-05-02 18:00", offered="Sun 2025-05-04 18:01",
          says="breached: offered_late", wait=49)  # fmt: skip


def test_the_hour_lost_in_spring_is_not_waited(clock):
    # 9 March 2025 has 23 hours: 19:00 to 19:00 two days later are 47.
    clock("ca-urgent", starts="Sat 2025-03-08 19:00", offered="Mon 2025-03-10 20:00",
          says="met: offered_in_time", wait=48)  # fmt: skip


def test_the_hour_won_in_autumn_is_waited(clock):
    # 2 November 2025 has 25 hours.
    clock("ca-urgent", starts="Sat 2025-11-01 19:00", offered="Mon 2025-11-03 19:00",
          says="breached: offered_late", wait=49)  # fmt: skip


def test_authorization_gives_96_hours_in_all(clock):
    clock("ca-urgent-authorized", starts="Thu 2025-05-01 12:00",
          offered="Mon 2025-05-05 12:00",
          says="met: offered_in_time", wait=96)  # fmt: skip


def test_an_urgent_request_is_a_breach_the_minute_the_hours_are_over(clock):
    clock("ca-urgent", starts="Fri 2025-05-02 18:00", now="Sun 2025-05-04 18:01",
          says="breached: not_offered", wait=49)  # fmt: skip


def test_the_first_treatment_visit_runs_from_the_intake(clock):
    clock("ca-first-treatment", starts="Mon 2025-05-05 09:00",
          offered="Tue 2025-05-20 09:00",
          says="breached: offered_late", wait=11)  # fmt: skip


def test_a_weekly_patient_is_well_within_the_follow_up_clock(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-05-13 10:00",
          says="met: offered_in_time", wait=5)  # fmt: skip


def test_a_visit_every_other_week_is_just_in_time(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-05-20 10:00",
          says="met: offered_in_time", wait=10)  # fmt: skip


def test_a_visit_every_third_week_needs_a_clinicians_note(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-05-27 10:00",
          says="breached: offered_late", wait=14)  # fmt: skip


def test_a_licensed_clinicians_note_allows_a_longer_wait(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LCSW", "Tue 2025-05-06 11:00"),
          says="excepted: longer_wait", wait=19)  # fmt: skip


def test_a_note_signed_by_a_scheduler_excuses_nothing(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("scheduler", "Tue 2025-05-06 11:00"),
          says="breached: offered_late", wait=19,
          flaw="author_not_licensed")  # fmt: skip


def test_a_note_made_after_the_limit_excuses_nothing(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LCSW", "Wed 2025-05-21 08:00"),
          says="breached: offered_late", wait=19,
          flaw="noted_after_limit")  # fmt: skip


def test_a_note_on_the_last_day_still_counts(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LCSW", "Tue 2025-05-20 18:00"),
          says="excepted: longer_wait", wait=19)  # fmt: skip


def test_a_note_without_words_excuses_nothing(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("PSYCHOLOGIST", "Tue 2025-05-06 11:00", " "),
          says="breached: offered_late", wait=19, flaw="no_note")  # fmt: skip


def test_a_note_without_a_time_excuses_nothing(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("PSYCHOLOGIST", None),
          says="breached: offered_late", wait=19, flaw="no_time")  # fmt: skip


def test_an_associates_note_needs_the_supervisors_signature(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("ASW", "Tue 2025-05-06 11:00"),
          says="breached: offered_late", wait=19, flaw="not_cosigned")  # fmt: skip


def test_an_associates_note_counts_once_signed(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("ASW", "Tue 2025-05-06 11:00", cosigned_by="LCSW"),
          says="excepted: longer_wait", wait=19)  # fmt: skip


def test_a_note_that_names_a_day_does_not_reach_beyond_it(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LCSW", "Tue 2025-05-06 11:00", until="Fri 2025-05-30 17:00"),
          says="breached: offered_late", wait=19,
          flaw="reached_after_extension")  # fmt: skip


def test_follow_up_planned_ahead_by_the_therapist_is_excepted(clock):
    clock("ca-follow-up", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LMFT", "Tue 2025-05-06 11:00", "monthly, stable",
                    kind="scheduled_ahead"),
          says="excepted: scheduled_ahead", wait=19)  # fmt: skip


def test_planning_ahead_excuses_no_late_intake(clock):
    clock("ca-intake", starts="Tue 2025-05-06 10:00", offered="Tue 2025-06-03 10:00",
          note=note("LMFT", "Tue 2025-05-06 11:00", kind="scheduled_ahead"),
          says="breached: offered_late", wait=19, flaw="wrong_clock")  # fmt: skip
