"""
Meals and rests by law.

California Labor Code 512 and the wage orders, for roles that are covered. Hours
worked are the minutes under paid activities, each minute once. A meal is a stretch
of a meal block in which nothing else happens.
"""


def test_five_hours_of_work_owe_no_meal(spec):
    spec.law(week="Mon 08:00-12:30 return x6; Mon 12:30-12:40 paid_rest; "
             "Mon 12:40-13:00 notes")  # fmt: skip


def test_a_minute_more_than_five_hours_owes_a_meal(spec):
    spec.law(week="Mon 08:00-12:30 return x6; Mon 12:30-12:40 paid_rest; "
             "Mon 12:40-13:01 notes",
             violations=["ca-meal-1 Mon 0 min under 30 min"])  # fmt: skip


def test_a_meal_at_the_end_of_the_fifth_hour_is_in_time(spec):
    spec.law(week="Mon 08:00-12:50 return x5; Mon 12:50-13:00 paid_rest; "
             "Mon 13:00-13:30 meal; Mon 13:30-14:30 notes")  # fmt: skip


def test_a_meal_a_minute_after_the_fifth_hour_is_late(spec):
    spec.law(week="Mon 08:00-12:51 notes; Mon 12:51-13:01 paid_rest; "
             "Mon 13:01-13:31 meal; Mon 13:31-14:30 notes",
             violations=["ca-meal-1 Mon 13:01 301 min over 300 min"])  # fmt: skip


def test_a_visit_reaching_into_the_meal_cuts_it_short(spec):
    spec.law(week="Mon 08:00-11:50 return x5; Mon 11:50-12:00 paid_rest; "
             "Mon 11:55-12:10 return; Mon 12:00-12:30 meal; Mon 12:30-14:00 notes",
             violations=["ca-meal-1 Mon 20 min under 30 min",
                         "ca-rest Mon 0 rests under 1 rests"])  # fmt: skip


def test_up_to_six_hours_both_may_waive_the_meal(spec):
    spec.law(week="Mon 08:00-13:50 notes; Mon 13:50-14:00 paid_rest",
             waived_meals=(1,))  # fmt: skip


def test_beyond_six_hours_a_waiver_does_not_hold(spec):
    spec.law(week="Mon 08:00-13:41 notes; Mon 13:41-13:51 paid_rest; "
             "Mon 13:51-14:01 paid_rest",
             waived_meals=(1,),
             violations=["ca-meal-1 Mon 0 min under 30 min"])  # fmt: skip


def test_more_than_ten_hours_owe_a_second_meal(spec):
    spec.law(week="Mon 08:00-11:40 notes; Mon 11:40-11:50 paid_rest; "
             "Mon 11:50-12:00 paid_rest; Mon 12:00-12:30 meal; "
             "Mon 12:30-18:21 notes; Mon 18:21-18:31 paid_rest",
             violations=["ca-meal-2 Mon 0 min under 30 min"])  # fmt: skip


def test_up_to_twelve_hours_the_second_meal_may_be_waived(spec):
    spec.law(week="Mon 08:00-11:40 notes; Mon 11:40-11:50 paid_rest; "
             "Mon 11:50-12:00 paid_rest; Mon 12:00-12:30 meal; "
             "Mon 12:30-18:21 notes; Mon 18:21-18:31 paid_rest",
             waived_meals=(2,))  # fmt: skip


def test_a_day_under_three_and_a_half_hours_owes_no_rest(spec):
    spec.law(week="Mon 08:00-11:29 notes")


def test_three_and_a_half_hours_owe_one_rest(spec):
    spec.law(week="Mon 08:00-11:30 notes",
             violations=["ca-rest Mon 0 rests under 1 rests"])  # fmt: skip


def test_more_than_six_hours_owe_two_rests(spec):
    spec.law(week="Mon 08:00-11:50 notes; Mon 11:50-12:00 paid_rest; "
             "Mon 12:00-12:30 meal; Mon 12:30-14:31 notes",
             violations=["ca-rest Mon 1 rests under 2 rests"])  # fmt: skip


def test_twenty_minutes_in_one_stretch_are_one_rest(spec):
    spec.law(week="Mon 08:00-11:40 notes; Mon 11:40-12:00 paid_rest; "
             "Mon 12:00-12:30 meal; Mon 12:30-16:30 notes",
             violations=["ca-rest Mon 1 rests under 2 rests"])  # fmt: skip


def test_an_exempt_role_is_not_judged(spec):
    spec.law(week="Mon 08:00-20:00 return x12", license_code="PSYCHIATRIST")
