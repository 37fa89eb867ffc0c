"""
Protected time: protected hours and the meal of the contract.

A visit that reaches into protected time is counted from the first shared minute.
Stretches under the minimum block do not fill the hours.
"""

from steward import clause

PMT = clause("PMT", "protected_hours", hours_per_week=5, minimum_block_minutes=30)
TRIGGERED = clause("PMT", "protected_hours", hours_per_week=5, bookable_hours=2,
                   bookable_trigger="access_missed")  # fmt: skip
IPC = clause("IPC", "protected_hours", percent=20, base="net_of_meetings_37_5")
PER_VISIT = clause("FORMULA", "protected_hours", minutes_per_visit=15, base="per_visit")


def test_a_meal_is_encroached_from_the_first_shared_minute(spec):
    spec(clause("C-12", "meal"),
         week="Mon 12:00-12:30 meal; Mon 12:15-13:05 return",
         violations=["C-12 Mon 12:15 15 min over 0 min"])  # fmt: skip


def test_a_visit_that_ends_as_the_meal_begins_takes_nothing(spec):
    spec(clause("C-12", "meal"), week="Mon 11:10-12:00 return; Mon 12:00-12:30 meal")


def test_a_visit_one_minute_into_the_meal_takes_one_minute(spec):
    spec(clause("C-12", "meal"),
         week="Mon 11:11-12:01 return; Mon 12:00-12:30 meal",
         violations=["C-12 Mon 12:00 1 min over 0 min"])  # fmt: skip


def test_a_meal_shorter_than_agreed_on_a_long_day_is_a_breach(spec):
    spec(clause("C-12", "meal", minutes=45),
         week="Mon 08:00-12:00 return x4; Mon 12:00-12:30 meal; "
         "Mon 12:30-14:30 notes",
         violations=["C-12 Mon 30 min under 45 min"])  # fmt: skip


def test_five_hours_in_long_stretches_fill_the_clause(spec):
    spec(PMT, week="Mon-Fri 08:00-09:00 patient_management")


def test_a_minute_less_than_five_hours_is_a_breach(spec):
    spec(PMT, week="Mon-Thu 08:00-09:00 patient_management; Fri 08:00-08:59 notes",
         violations=["PMT week 299 min under 300 min"])  # fmt: skip


def test_ten_minutes_beside_each_visit_do_not_fill_half_hour_blocks(spec):
    spec(PMT, week="Mon-Fri 09:50-10:00 notes; Mon-Fri 10:50-11:00 notes",
         violations=["PMT week 0 min under 300 min"])  # fmt: skip


def test_a_visit_in_protected_time_takes_it_and_leaves_the_rest_short(spec):
    spec(PMT, week="Mon-Fri 08:00-09:00 patient_management; Wed 08:30-09:20 return",
         violations=["PMT Wed 08:30 30 min over 0 min",
                     "PMT week 270 min under 300 min"])  # fmt: skip


def test_activities_the_clause_does_not_count_do_not_fill_it(spec):
    spec(PMT, week="Mon-Thu 08:00-09:00 patient_management; Fri 08:00-09:00 training",
         violations=["PMT week 240 min under 300 min"])  # fmt: skip


def test_half_a_post_owes_half_the_hours(spec):
    spec(PMT, week="Mon-Wed 08:00-08:50 patient_management", fte=0.5)


def test_bookable_hours_go_when_access_is_missed(spec):
    spec(TRIGGERED,
         week="Mon-Fri 08:00-09:00 patient_management; Tue-Wed 08:00-09:00 return",
         triggered=("access_missed",))  # fmt: skip


def test_bookable_hours_stay_protected_without_the_trigger(spec):
    spec(TRIGGERED,
         week="Mon-Fri 08:00-09:00 patient_management; Tue 08:00-09:00 return",
         violations=["PMT Tue 08:00 60 min over 0 min",
                     "PMT week 240 min under 300 min"])  # fmt: skip


def test_beyond_the_bookable_hours_even_the_trigger_protects(spec):
    spec(TRIGGERED,
         week="Mon-Fri 08:00-09:00 patient_management; Tue-Thu 08:00-09:00 return",
         triggered=("access_missed",),
         violations=["PMT Thu 08:00 60 min over 0 min",
                     "PMT week 120 min under 180 min"])  # fmt: skip


def test_twenty_percent_net_of_meetings_are_seven_and_a_half_hours(spec):
    # 40 h less 2.5 h of meetings are 37.5 h; a fifth of them 7.5 h, 450 minutes.
    spec(IPC, week="Mon-Fri 08:00-09:30 patient_management; Mon-Fri 09:30-10:00 "
         "meeting; Mon-Fri 10:00-16:00 return x6")  # fmt: skip


def test_a_formula_on_visits_owes_minutes_for_each_visit(spec):
    # 10 visits at 15 minutes are 150.
    spec(PER_VISIT, week="Mon 08:00-13:00 return x5; Tue 08:00-13:00 return x5; "
         "Wed 08:00-10:29 notes",
         violations=["FORMULA week 149 min under 150 min"])  # fmt: skip


def test_a_minute_counts_for_one_clause_only(spec):
    spec(clause("A", "protected_hours", hours_per_week=2),
         clause("B", "protected_hours", hours_per_week=2),
         week="Mon 08:00-11:00 notes",
         violations=["B week 60 min under 120 min"])  # fmt: skip
