"""
The frame of the week: hours, days, activities, notes, buffers and rests.

Numbers of a full-time week are prorated by FTE unless the clause says otherwise.
"""

from steward import clause

FORTY = clause("WW", "work_week", hours=40, days=5)
MEETINGS = clause("MEET", "activity_hours", activity="meeting", hours_per_week=2.5)
NOTES = clause("N", "notes_per_visit", visit_type="return", minutes=10)
BUFFER = clause("B", "buffer", visit_type="return", minutes=10)
RESTS = clause("R", "rest", minutes=15, per_hours=4)


def test_forty_hours_in_five_days_fit_the_week(spec):
    spec(FORTY, week="Mon-Fri 08:00-12:00 return x4; Mon-Fri 12:30-16:30 return x4")


def test_a_quarter_hour_beyond_forty_hours_is_a_breach(spec):
    spec(FORTY, week="Mon-Fri 08:00-12:00 return x4; Mon-Fri 12:30-16:30 return x4; "
         "Fri 16:30-16:45 notes",
         violations=["WW week 2415 min over 2400 min"])  # fmt: skip


def test_a_sixth_day_is_a_breach(spec):
    spec(FORTY, week="Mon-Sat 09:00-12:00 return x3",
         violations=["WW week 6 days over 5 days"])  # fmt: skip


def test_work_before_the_day_begins_is_a_breach(spec):
    spec(FORTY, week="Mon 07:45-08:35 return",
         violations=["WW Mon 07:45 15 min over 0 min"])  # fmt: skip


def test_work_after_the_day_ends_is_a_breach(spec):
    spec(FORTY, week="Mon 19:15-20:05 return",
         violations=["WW Mon 20:05 5 min over 0 min"])  # fmt: skip


def test_meetings_of_two_and_a_half_hours_are_kept(spec):
    spec(MEETINGS, week="Wed 09:00-11:30 meeting")


def test_shorter_meetings_are_a_breach(spec):
    spec(MEETINGS, week="Wed 09:00-11:00 meeting",
         violations=["MEET week 120 min under 150 min"])  # fmt: skip


def test_hours_of_two_clauses_for_one_activity_add_up(spec):
    spec(MEETINGS,
         clause("TEAM", "activity_hours", activity="meeting", hours_per_week=1),
         week="Wed 09:00-11:30 meeting",
         violations=["MEET+TEAM week 150 min under 210 min"])  # fmt: skip


def test_half_a_post_owes_half_the_meetings(spec):
    spec(MEETINGS, week="Wed 09:00-10:15 meeting", fte=0.5)


def test_an_hour_that_is_the_same_for_all_is_not_prorated(spec):
    spec(clause("SUP", "activity_hours", activity="supervision", hours_per_week=1,
                base="flat"),
         week="Wed 09:00-09:30 supervision", fte=0.5,
         violations=["SUP week 30 min under 60 min"])  # fmt: skip


def test_ten_minutes_of_notes_for_each_return_are_found(spec):
    spec(NOTES, week="Mon 08:00-12:00 return x4; Mon 12:00-12:40 notes")


def test_an_urgent_return_earns_notes_as_a_return_does(spec):
    spec(NOTES, week="Mon 08:00-08:50 return; Mon 09:00-09:30 urgent; "
         "Mon 09:30-09:40 notes",
         violations=["N week 10 min under 20 min"])  # fmt: skip


def test_notes_for_intakes_and_returns_are_judged_together(spec):
    # One intake at 30 and two returns at 10 are 50 minutes.
    spec(NOTES, clause("NI", "notes_per_visit", visit_type="intake", minutes=30),
         week="Mon 08:00-10:00 return x2; Mon 10:00-11:00 intake; "
         "Mon 11:00-11:49 notes",
         violations=["N+NI week 49 min under 50 min"])  # fmt: skip


def test_ten_free_minutes_after_a_visit_are_kept(spec):
    spec(BUFFER, week="Mon 08:00-08:50 return; Mon 09:00-09:50 return")


def test_the_next_visit_a_minute_early_cuts_the_buffer(spec):
    spec(BUFFER, week="Mon 08:00-08:50 return; Mon 08:59-09:49 return",
         violations=["B Mon 08:50 9 min under 10 min"])  # fmt: skip


def test_notes_between_visits_are_no_buffer(spec):
    spec(BUFFER, week="Mon 08:00-08:50 return; Mon 08:50-09:00 notes; "
         "Mon 09:00-09:50 return",
         violations=["B Mon 08:50 0 min under 10 min"])  # fmt: skip


def test_a_rest_may_be_taken_in_the_buffer_where_agreed(spec):
    spec(BUFFER, week="Mon 08:00-08:50 return; Mon 08:50-09:00 paid_rest; "
         "Mon 09:00-09:50 return")  # fmt: skip


def test_a_rest_is_no_buffer_where_not_agreed(spec):
    spec(clause("B", "buffer", visit_type="return", minutes=10, holds_rest=False),
         week="Mon 08:00-08:50 return; Mon 08:50-09:00 paid_rest; "
         "Mon 09:00-09:50 return",
         violations=["B Mon 08:50 0 min under 10 min"])  # fmt: skip


def test_nothing_is_owed_after_the_last_visit_of_a_day(spec):
    spec(BUFFER, week="Mon 08:00-08:50 return; Tue 08:00-08:50 return")


def test_the_contract_may_owe_longer_rests_than_the_law(spec):
    spec(RESTS, week="Mon 08:00-11:50 notes; Mon 11:50-12:00 paid_rest",
         violations=["R Mon 0 rests under 1 rests"])  # fmt: skip


def test_two_rests_of_fifteen_minutes_are_given(spec):
    spec(RESTS, week="Mon 08:00-10:00 notes; Mon 10:00-10:15 paid_rest; "
         "Mon 10:15-12:00 notes; Mon 12:00-12:30 meal; Mon 12:30-14:30 notes; "
         "Mon 14:30-14:45 paid_rest; Mon 14:45-16:30 notes")  # fmt: skip


def test_no_rest_is_owed_on_a_short_day(spec):
    spec(RESTS, week="Mon 08:00-11:29 notes")
