"""
Visits: caps, lengths, the mix of intakes and returns, reserves and groups.

Caps and weekly numbers are prorated by FTE, halves rounded up; a daily cap is not.
"""

from steward import clause

DAILY = clause("DAY", "visit_cap_daily", patients=6)
WEEKLY = clause("WEEK", "visit_cap_weekly", patients=30, group_credit=2)
RATIO = clause("RATIO", "intake_mix", returns_per_intake=4)
INTAKES = clause("MIX", "intake_mix", intakes_per_week=3)
URGENT = clause("Q", "urgent_reserve", slots_per_week=2, minutes=30)
GROUPS = clause("G", "groups", sessions_per_week=1, preparation_minutes=30)


def test_six_patients_are_within_a_cap_of_six(spec):
    spec(DAILY, week="Mon 08:00-14:00 return x6")


def test_a_seventh_patient_breaks_a_cap_of_six(spec):
    spec(DAILY, week="Mon 08:00-14:00 return x6; Mon 14:00-15:00 intake",
         violations=["DAY Mon 7 patients over 6 patients"])  # fmt: skip


def test_half_a_post_has_the_same_daily_cap(spec):
    spec(DAILY, week="Mon 08:00-14:00 return x6", fte=0.5)


def test_a_group_counts_for_its_credit(spec):
    # 28 returns and one group with credit 2 are 30.
    spec(WEEKLY, week="Mon-Thu 08:00-15:00 return x7; Fri 08:00-09:30 group")


def test_one_patient_more_breaks_the_weekly_cap(spec):
    spec(WEEKLY, week="Mon-Thu 08:00-15:00 return x7; Fri 08:00-09:30 group; "
         "Fri 10:00-10:50 return",
         violations=["WEEK week 31 patients over 30 patients"])  # fmt: skip


def test_half_a_post_has_half_the_weekly_cap(spec):
    spec(WEEKLY, week="Mon-Thu 08:00-12:00 return x4", fte=0.5,
         violations=["WEEK week 16 patients over 15 patients"])  # fmt: skip


def test_a_caseload_at_the_cap_is_allowed(spec):
    spec(clause("LOAD", "caseload_cap", patients=80), week="", caseload=80)


def test_a_caseload_above_the_cap_is_a_breach(spec):
    spec(clause("LOAD", "caseload_cap", patients=80), week="", caseload=81,
         violations=["LOAD week 81 patients over 80 patients"])  # fmt: skip


def test_a_caseload_cap_is_prorated(spec):
    spec(clause("LOAD", "caseload_cap", patients=80), week="", caseload=41, fte=0.5,
         violations=["LOAD week 41 patients over 40 patients"])  # fmt: skip


def test_a_return_of_the_agreed_length_is_fine(spec):
    spec(clause("LEN", "visit_length", visit_type="return", minutes=45),
         week="Mon 08:00-08:45 return; Mon 09:00-10:00 return")  # fmt: skip


def test_a_minute_short_is_a_breach(spec):
    spec(clause("LEN", "visit_length", visit_type="return", minutes=45),
         week="Mon 08:00-08:44 return",
         violations=["LEN Mon 08:00 44 min under 45 min"])  # fmt: skip


def test_without_an_age_the_shortest_agreed_length_judges(spec):
    spec(clause("ADULT", "visit_length", visit_type="intake", minutes=60,
                ages=("adult", "older")),
         clause("CHILD", "visit_length", visit_type="intake", minutes=90,
                ages=("child", "teen")),
         week="Mon 08:00-09:00 intake; Mon 09:00-09:50 intake",
         violations=["ADULT Mon 09:00 50 min under 60 min"])  # fmt: skip


def test_a_clinician_of_children_owes_the_length_for_children(spec):
    spec(clause("ALL", "visit_length", visit_type="intake", minutes=60),
         clause("CHILD", "visit_length", visit_type="intake", minutes=90,
                ages=("child", "teen")),
         week="Mon 08:00-09:00 intake; Mon 09:00-10:30 intake", ages=("child",),
         violations=["CHILD Mon 08:00 60 min under 90 min"])  # fmt: skip


def test_a_length_for_children_does_not_bind_a_clinician_of_adults(spec):
    spec(clause("CHILD", "visit_length", visit_type="intake", minutes=90,
                ages=("child", "teen")),
         week="Mon 08:00-09:00 intake", ages=("adult", "older"))  # fmt: skip


def test_an_urgent_opening_is_as_long_as_a_return_unless_said(spec):
    spec(clause("LEN", "visit_length", visit_type="return", minutes=50),
         clause("URG", "urgent_reserve", slots_per_week=2),
         week="Mon 08:00-08:50 urgent; Tue 08:00-08:20 urgent",
         violations=["URG week 1 openings under 2 openings"])  # fmt: skip


def test_three_reserved_intakes_are_found(spec):
    spec(INTAKES, week="Mon-Wed 08:00-09:00 intake")


def test_a_missing_intake_opening_is_a_breach(spec):
    spec(INTAKES, week="Mon-Tue 08:00-09:00 intake",
         violations=["MIX week 2 intakes under 3 intakes"])  # fmt: skip


def test_intakes_that_are_not_reserved_may_be_fewer(spec):
    spec(clause("MIX", "intake_mix", intakes_per_week=3, carve_out=False),
         week="Mon 08:00-09:00 intake")  # fmt: skip


def test_one_intake_to_four_returns_keeps_the_ratio(spec):
    spec(RATIO, week="Mon-Fri 08:00-12:00 return x4; Mon-Fri 13:00-14:00 intake")


def test_more_intakes_than_the_ratio_allows_are_a_breach(spec):
    spec(RATIO, week="Mon-Thu 08:00-12:00 return x4; Mon-Fri 13:00-14:00 intake",
         violations=["RATIO week 5 intakes over 4 intakes"])  # fmt: skip


def test_fewer_intakes_than_the_ratio_asks_are_a_breach(spec):
    spec(RATIO, week="Mon-Fri 08:00-12:00 return x4; Mon-Wed 13:00-14:00 intake",
         violations=["RATIO week 3 intakes under 4 intakes"])  # fmt: skip


def test_two_urgent_openings_are_kept(spec):
    spec(URGENT, week="Mon 11:00-11:30 urgent; Thu 11:00-11:30 urgent")


def test_an_urgent_opening_too_short_is_no_opening(spec):
    spec(URGENT, week="Mon 11:00-11:30 urgent; Thu 11:00-11:29 urgent",
         violations=["Q week 1 openings under 2 openings"])  # fmt: skip


def test_half_a_post_keeps_one_urgent_opening(spec):
    spec(URGENT, week="Mon 11:00-11:30 urgent", fte=0.5)


def test_a_group_of_full_length_with_preparation_is_fine(spec):
    spec(GROUPS, week="Tue 14:00-14:30 group_preparation; Tue 14:30-16:00 group")


def test_a_group_without_preparation_is_a_breach(spec):
    spec(GROUPS, week="Tue 14:30-16:00 group",
         violations=["G week 0 min under 30 min"])  # fmt: skip


def test_no_group_where_one_is_agreed_is_a_breach(spec):
    spec(GROUPS, week="Tue 14:30-15:20 return",
         violations=["G week 0 sessions under 1 sessions"])  # fmt: skip


def test_a_clause_for_leaders_leaves_others_alone(spec):
    spec(clause("G", "groups", sessions_per_week=1, leaders_only=True),
         week="Tue 14:30-15:20 return")  # fmt: skip
