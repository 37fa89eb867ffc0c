"""
What a site asks of the weeks worked there.

Each row judges weeks by one rule of a roster. S1 and S2 are open from 08:00 to 18:00
and have nine rooms unless said; everyone works at S1, in person, unless said. `@S1`
is where a block is worked.
"""

from steward import clause

HOUR = clause("SUP", "activity_hours", activity="supervision", hours_per_week=1,
              covers=("ASW", "AMFT", "APCC"))  # fmt: skip
PAIR = "C1 LCSW; C2 ASW under C1"
TWO = "C1 LCSW; C2 LMFT"


def test_everyone_of_a_planned_site_has_a_week(site):
    site("weeks", people=TWO, weeks="C1: Mon 09:00-10:00 notes",
         violations=["C2 week: 0 weeks under 1"])  # fmt: skip


def test_nobody_is_missed_at_a_site_that_is_not_planned(site):
    site("weeks", people="C1 LCSW; C2 LMFT at S2", weeks="C1: Mon 09:00-10:00 notes")


def test_nobody_is_missed_before_the_day_of_hiring(site):
    site("weeks", people="C1 LCSW; C2 LMFT hired 2025-06-03",
         weeks="C1: Mon 09:00-10:00 notes")  # fmt: skip


def test_a_week_of_somebody_unknown_is_a_breach(site):
    site("clinicians", people="C1 LCSW",
         weeks="C1: Mon 09:00-10:00 notes | C7: Mon 09:00-10:00 notes",
         violations=["C7 week: 1 weeks over 0"])  # fmt: skip


def test_forty_hours_are_a_full_post_where_no_work_week_is_agreed(site):
    site("fte", people="C1 LCSW", weeks="C1: Mon-Fri 08:00-16:15 notes",
         violations=["C1 week: 2475 min over 2400"])  # fmt: skip


def test_an_agreed_work_week_comes_first(site):
    site("fte", clause("WW", "work_week", hours=36), people="C1 LCSW",
         weeks="C1: Mon-Fri 08:00-16:15 notes")  # fmt: skip


def test_work_in_unavailable_time_is_counted_from_its_first_minute(site):
    site("unavailable", people="C1 LCSW", unavailable="C1 Mon 12:00-14:00",
         weeks="C1: Mon 11:30-12:30 notes; Mon 13:00-13:50 return",
         violations=["C1 Mon 12:00: 80 min over 0"])  # fmt: skip


def test_work_up_to_unavailable_time_is_no_breach(site):
    site("unavailable", people="C1 LCSW", unavailable="C1 Mon 12:00-14:00",
         weeks="C1: Mon 11:00-12:00 notes; Mon 14:00-15:00 notes")  # fmt: skip


def test_a_meal_in_unavailable_time_is_no_breach(site):
    site("unavailable", people="C1 LCSW", unavailable="C1 Mon 12:00-14:00",
         weeks="C1: Mon 12:00-12:30 meal")  # fmt: skip


def test_a_place_that_the_system_does_not_know_is_a_breach(site):
    site("places", people="C1 LCSW", weeks="C1: Mon 09:00-09:50 return @S7",
         violations=["C1 Mon 09:00: 1 blocks over 0"])  # fmt: skip


def test_a_visit_has_a_place_and_other_work_need_not(site):
    site("visit_places", people="C1 LCSW",
         weeks="C1: Mon 09:00-09:50 return; Mon 10:00-11:00 notes",
         violations=["C1 Mon 09:00: 1 visits over 0"])  # fmt: skip


def test_a_visit_in_person_at_another_site_is_a_breach(site):
    site("own_clinics", people="C1 LCSW",
         weeks="C1: Mon 09:00-09:50 return @S2; Mon 10:00-10:50 return @telehealth",
         violations=["C1 Mon 09:00: 1 visits over 0"])  # fmt: skip


def test_a_visit_at_another_site_is_in_order_when_stated(site):
    site("own_clinics", people="C1 LCSW", work_places="C1 Mon 09:00-12:00 S2",
         weeks="C1: Mon 09:00-09:50 return @S2")  # fmt: skip


def test_a_visit_beyond_the_stated_time_at_another_site_is_a_breach(site):
    site("own_clinics", people="C1 LCSW", work_places="C1 Mon 09:00-12:00 S2",
         weeks="C1: Mon 11:30-12:20 return @S2",
         violations=["C1 Mon 11:30: 1 visits over 0"])  # fmt: skip


def test_work_elsewhere_than_stated_counts_within_the_span_only(site):
    site("work_places", people="C1 LCSW", work_places="C1 Mon 09:00-12:00 S2",
         weeks="C1: Mon 08:30-09:30 notes @S1; Mon 09:30-10:30 admin; "
         "Mon 10:30-11:20 return @S2; Mon 11:30-12:20 return @telehealth",
         violations=["C1 Mon 09:00: 60 min over 0"])  # fmt: skip


def test_half_of_five_days_are_three_days_of_telehealth(site):
    site("telehealth_share", people="C1 LCSW telehealth 0.5",
         weeks="C1: Mon-Wed 09:00-09:50 return @telehealth; "
         "Thu-Fri 09:00-09:50 return @S1")  # fmt: skip


def test_fewer_days_of_telehealth_than_agreed_are_a_breach(site):
    site("telehealth_share", people="C1 LCSW telehealth 0.5",
         weeks="C1: Mon-Tue 09:00-09:50 return @telehealth; "
         "Wed-Fri 09:00-09:50 return @S1",
         violations=["C1 week: 2 days under 3"])  # fmt: skip


def test_more_days_of_telehealth_than_agreed_are_a_breach(site):
    site("telehealth_share", people="C1 LCSW",
         weeks="C1: Mon 09:00-09:50 return @telehealth; Tue 09:00-09:50 return @S1",
         violations=["C1 week: 1 days over 0"])  # fmt: skip


def test_a_day_without_visits_may_be_a_day_of_telehealth(site):
    site("telehealth_share", people="C1 LCSW telehealth 0.4",
         weeks="C1: Mon 09:00-09:50 return @telehealth; Tue 09:00-12:00 notes @S1; "
         "Wed-Fri 09:00-09:50 return @S1")  # fmt: skip


def test_a_day_of_both_kinds_of_visits_is_a_breach(site):
    site("telehealth_share", people="C1 LCSW",
         weeks="C1: Mon 09:00-09:50 return @S1; Mon 10:00-10:50 return @telehealth",
         violations=["C1 Mon: 50 min over 0"])  # fmt: skip


def test_a_day_of_both_kinds_of_visits_is_in_order_when_stated(site):
    site("telehealth_share", people="C1 LCSW",
         work_places="C1 Mon 09:00-10:00 S1; C1 Mon 10:00-12:00 telehealth",
         weeks="C1: Mon 09:00-09:50 return @S1; "
         "Mon 10:00-10:50 return @telehealth")  # fmt: skip


def test_half_an_hour_of_travel_lies_between_two_sites(site):
    site("travel_minutes", people="C1 LCSW",
         work_places="C1 Mon 08:00-12:00 S1; C1 Mon 13:00-17:00 S2 travel 30",
         weeks="C1: Mon 11:00-11:50 return @S1; Mon 12:00-12:30 meal; "
         "Mon 12:30-13:00 travel; Mon 13:00-13:50 return @S2")  # fmt: skip


def test_travel_at_another_time_is_a_breach(site):
    site("travel_minutes", people="C1 LCSW",
         work_places="C1 Mon 08:00-12:00 S1; C1 Mon 13:00-17:00 S2 travel 30",
         weeks="C1: Mon 10:30-11:00 travel; Mon 11:00-11:50 return @S1; "
         "Mon 12:40-13:00 travel; Mon 13:00-13:50 return @S2",
         violations=["C1 Mon 13:00: 20 min under 30"])  # fmt: skip


def test_no_travel_is_owed_from_telehealth_to_a_site(site):
    site("travel_minutes", people="C1 LCSW",
         work_places="C1 Mon 08:00-12:00 telehealth; C1 Mon 13:00-17:00 S2 travel 30",
         weeks="C1: Mon 11:00-11:50 return @telehealth; "
         "Mon 13:00-13:50 return @S2")  # fmt: skip


def test_minutes_of_a_visit_before_the_site_opens_are_a_breach(site):
    site("opens", people="C1 LCSW",
         weeks="C1: Mon 07:45-08:35 return @S1; Mon 17:10-18:00 return @S1; "
         "Tue 07:00-07:50 return @telehealth",
         violations=["C1 Mon 07:45: 15 min over 0"])  # fmt: skip


def test_a_room_is_free_for_the_visit_that_starts_when_one_ends(site):
    site("rooms", rooms=1, people=TWO,
         weeks="C1: Mon 09:00-09:50 return @S1 | "
         "C2: Mon 09:50-10:40 return @S1")  # fmt: skip


def test_two_visits_in_one_room_are_a_breach_while_both_last(site):
    site("rooms", rooms=1, people=TWO,
         weeks="C1: Mon 09:00-09:50 return @S1 | C2: Mon 09:30-10:20 return @S1",
         violations=["S1 Mon 09:30-09:50: 2 rooms over 1"])  # fmt: skip


def test_rooms_are_short_until_there_is_one_for_all(site):
    site("rooms", rooms=1, people="C1 LCSW; C2 LMFT; C3 LPCC",
         weeks="C1: Mon 09:00-11:00 return x2 @S1 | C2: Mon 09:30-10:30 return @S1 | "
         "C3: Mon 09:45-10:15 return @S1",
         violations=["S1 Mon 09:30-10:30: 3 rooms over 1"])  # fmt: skip


def test_visits_by_telehealth_and_notes_take_no_room(site):
    site("rooms", rooms=1, people="C1 LCSW; C2 LMFT; C3 LPCC",
         weeks="C1: Mon 09:00-09:50 return @S1 | C2: Mon 09:00-09:50 notes @S1 | "
         "C3: Mon 09:00-09:50 return @telehealth")  # fmt: skip


def test_a_group_led_by_two_takes_one_room(site):
    site("rooms", rooms=1, people=TWO, groups="G1 C1/C2 Mon 09:00-10:30",
         weeks="C1: Mon 09:00-10:30 group @S1 | "
         "C2: Mon 09:00-10:30 group @S1")  # fmt: skip


def test_an_hour_of_supervision_with_the_own_supervisor_is_kept(site):
    site("supervisor_id", HOUR, people=PAIR,
         weeks="C1: Mon 09:00-10:00 supervision | "
         "C2: Mon 09:00-10:00 supervision")  # fmt: skip


def test_supervision_when_the_supervisor_does_something_else_is_a_breach(site):
    site("supervisor_id", HOUR, people=PAIR,
         weeks="C1: Mon 09:30-10:00 supervision | C2: Mon 09:00-10:00 supervision",
         violations=["C2 week: 30 min under 60"])  # fmt: skip


def test_two_associates_at_once_get_one_hour_between_them(site):
    site("supervisor_id", HOUR, people=f"{PAIR}; C3 AMFT under C1",
         weeks="C1: Mon 09:00-10:00 supervision | C2: Mon 09:00-10:00 supervision | "
         "C3: Mon 09:00-10:00 supervision",
         violations=["C3 week: 0 min under 60"])  # fmt: skip


def test_a_shared_hour_goes_to_the_associate_who_has_no_other(site):
    site("supervisor_id", HOUR, people=f"{PAIR}; C3 AMFT under C1",
         weeks="C1: Mon 09:00-11:00 supervision | C2: Mon 09:00-11:00 supervision | "
         "C3: Mon 09:00-10:00 supervision")  # fmt: skip


def test_no_supervision_is_owed_where_no_clause_gives_it(site):
    site("supervisor_id", people=PAIR,
         weeks="C1: Mon 09:00-10:00 notes | C2: Mon 09:00-10:00 notes")  # fmt: skip


def test_a_group_stands_in_the_week_of_its_co_leader(site):
    site("groups", people=TWO, groups="G1 C1/C2 Mon 09:00-10:30",
         weeks="C1: Mon 09:00-10:30 notes | C2: Mon 09:00-10:30 group @S1")  # fmt: skip


def test_a_group_that_starts_late_is_a_breach(site):
    site("groups", people="C1 LCSW", groups="G1 C1 Mon 09:00-10:30",
         weeks="C1: Mon 09:15-10:45 group @S1",
         violations=["C1 Mon 09:00: 75 min under 90"])  # fmt: skip


def test_cover_may_be_handed_over_within_a_shift(site):
    site("cover", people=TWO, cover="S1 Mon 09:00-11:00 x1",
         weeks="C1: Mon 09:00-10:00 crisis_cover @S1 | "
         "C2: Mon 10:00-11:00 crisis_cover @S1")  # fmt: skip


def test_minutes_without_cover_are_a_breach(site):
    site("cover", people=TWO, cover="S1 Mon 09:00-11:00 x1",
         weeks="C1: Mon 09:00-10:00 crisis_cover @S1 | "
         "C2: Mon 10:20-11:00 crisis_cover @S1",
         violations=["S1 Mon 10:00-10:20: 0 people under 1"])  # fmt: skip


def test_cover_by_another_license_does_not_count(site):
    site("cover", people="C1 ASW", cover="S1 Mon 09:00-11:00 x1 LCSW/LMFT",
         weeks="C1: Mon 09:00-11:00 crisis_cover @S1",
         violations=["S1 Mon 09:00-11:00: 0 people under 1"])  # fmt: skip


def test_cover_at_another_place_does_not_count(site):
    site("cover", people="C1 LCSW", cover="S1 Mon 09:00-11:00 x1",
         weeks="C1: Mon 09:00-11:00 crisis_cover @telehealth",
         violations=["S1 Mon 09:00-11:00: 0 people under 1"])  # fmt: skip


def test_one_person_holds_one_of_two_shifts(site):
    site("cover", people="C1 LCSW",
         cover="S1 Mon 09:00-10:00 x1 LCSW; S1 Mon 09:30-11:00 x1",
         weeks="C1: Mon 09:00-11:00 crisis_cover @S1",
         violations=["S1 Mon 09:30-10:00: 0 people under 1"])  # fmt: skip


def test_an_open_team_meeting_is_when_most_meet(site):
    site("team_meetings", people=f"{TWO}; C3 LPCC", team_meetings="S1 60 min",
         weeks="C1: Mon 09:00-10:00 meeting | "
         "C2: Mon 09:00-10:00 meeting; Tue 09:00-10:00 meeting | "
         "C3: Mon 09:30-10:30 meeting; Tue 09:00-10:00 meeting",
         violations=["C3 Mon 09:00: 30 min under 60"])  # fmt: skip


def test_a_team_meeting_with_a_stated_time_is_at_that_time(site):
    site("team_meetings", people="C1 LCSW", team_meetings="S1 60 min Tue 12:00",
         weeks="C1: Mon 09:00-10:00 meeting",
         violations=["C1 Tue 12:00: 0 min under 60"])  # fmt: skip


def test_two_team_meetings_do_not_share_their_minutes(site):
    site("team_meetings", people="C1 LCSW",
         team_meetings="S1 60 min; S1 30 min",
         weeks="C1: Mon 09:00-10:00 meeting",
         violations=["C1 Mon 10:00: 0 min under 30"])  # fmt: skip


def test_other_sites_do_not_join_a_team_meeting(site):
    site("team_meetings", people="C1 LCSW; C2 LMFT at S2", team_meetings="S1 60 min",
         weeks="C1: Mon 09:00-10:00 meeting | C2: Mon 09:00-10:00 notes")  # fmt: skip


def test_who_holds_cover_during_the_team_meeting_is_excused(site):
    site("team_meetings", people="C1 LCSW; C2 LMFT", team_meetings="S1 60 min",
         weeks="C1: Mon 09:00-10:00 meeting | "
         "C2: Mon 08:00-10:00 crisis_cover @S1")  # fmt: skip
