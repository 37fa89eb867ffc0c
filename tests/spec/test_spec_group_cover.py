"""
Group cover: who runs a group whose leader is away.

Two weeks from Monday, 2 June 2025. C1 leads the groups and is away for both. Everybody
works Monday to Friday from 08:00, full time, and sees adults in English. Those named
under *lead* may lead groups; a group moves as a whole or not at all.
"""

from dataclasses import replace
from datetime import timedelta

from site_words import MONDAY, site_of
from steward import clause, spoken

from caretime.continuity.groups import cover_groups
from caretime.model.calendar import Calendar
from caretime.model.care import Absence, Appointment, GroupMember
from caretime.model.matching import MatchPolicy
from caretime.model.people import Patient
from caretime.rules.spans import DAY_NAMES

TERMS = (
    clause("RETURN", "visit_length", visit_type="return", minutes=50),
    clause("BUFFER", "buffer", minutes=10),
)
LAST = MONDAY + timedelta(days=11)
MEMBER = Patient("P1", "Los Angeles", "90027", "adult", "en", "therapy", 3, "C1", 1, 4,
                 "either", True, True, True)  # fmt: skip


def ask(row, *, people, lead, groups, away="", booked="", tier=3, says, **policy):
    care = site_of(TERMS, 9, people=f"C1 LCSW; {people}", groups=groups)
    leaders = {"C1", *lead.split()}
    care = replace(
        care,
        clinicians=tuple(
            replace(one, leads_groups=one.clinician_id in leaders)
            for one in care.clinicians
        ),
        patients=(replace(MEMBER, risk_tier=tier),),
        group_members=tuple(GroupMember(g.group_id, "P1") for g in care.groups),
        appointments=tuple(map(visit, filter(None, booked.split("; ")))),
    )
    gone = [Absence("C1", MONDAY, LAST), *map(day_off, filter(None, away.split("; ")))]

    covers = cover_groups(
        care, care.contracts["made"], gone,
        monday=MONDAY, weeks=2, policy=MatchPolicy(**policy),
    )  # fmt: skip

    assert [told(one) for one in covers] == says.split("; ")
    facts = [
        f"away as well: {away}" if away else "",
        f"booked: {booked}" if booked else "",
        f"a member of risk tier {tier}" if tier < 3 else "",
        *(
            f"{name.replace('_', ' ')}: {spoken(value)}"
            for name, value in policy.items()
        ),
    ]
    row(
        at_work=people,
        lead=lead or "nobody",
        groups=groups,
        known=". ".join(filter(None, facts)) or "–",
        run_by=says,
    )


def told(cover):
    who = f"{cover.cover} {cover.substitute_id}" if cover.substitute_id else "nobody"
    return f"{cover.group_id} {who}" + (f": {cover.reason}" if cover.reason else "")


def day_of(text, week):
    return MONDAY + timedelta(days=DAY_NAMES.index(text), weeks=int(week) - 1)


def day_off(text):
    """Read ``C2 Mon of week 2``."""
    who, name, _, _, week = text.split()
    day = day_of(name, week)
    return Absence(who, day, day)


def visit(text):
    """Read ``C2 Mon 10:00 of week 1``."""
    who, name, clock, _, _, week = text.split()
    hours, rest = clock.split(":")
    start = Calendar().at(day_of(name, week), int(hours) * 60 + int(rest))
    return Appointment(f"A-{text}", "P9", who, "return", start, 50, "in_person",
                       "booked", None, None)  # fmt: skip


def test_a_co_leader_at_work_runs_the_group(row):
    ask(row, people="C2 LCSW; C3 LCSW", lead="C2", groups="G1 C1/C3 Mon 10:00-11:30",
        says="G1 co_leader C3")  # fmt: skip


def test_a_co_leader_who_misses_one_session_leaves_the_group_to_another_leader(row):
    ask(row, people="C2 LCSW; C3 LCSW", lead="C2", groups="G1 C1/C3 Mon 10:00-11:30",
        away="C3 Mon of week 2", says="G1 substitute C2")  # fmt: skip


def test_without_a_co_leader_another_leader_takes_all_sessions(row):
    ask(row, people="C2 LCSW; C3 LCSW", lead="C3", groups="G1 C1 Mon 10:00-11:30",
        says="G1 substitute C3")  # fmt: skip


def test_sessions_are_not_shared_out_between_two_leaders(row):
    ask(row, people="C2 LCSW; C3 LCSW", lead="C2 C3", groups="G1 C1 Mon 10:00-11:30",
        away="C2 Mon of week 1; C3 Mon of week 2",
        says="G1 nobody: leader_not_free")  # fmt: skip


def test_who_does_not_lead_groups_is_not_asked(row):
    ask(row, people="C2 LCSW", lead="", groups="G1 C1 Mon 10:00-11:30",
        says="G1 nobody: no_leader")  # fmt: skip


def test_an_associate_whose_supervisor_is_away_is_not_asked(row):
    ask(row, people="C2 ASW under C1", lead="C2", groups="G1 C1 Mon 10:00-11:30",
        says="G1 nobody: no_leader")  # fmt: skip


def test_an_associate_is_not_asked_for_a_group_with_a_member_of_the_highest_risk(row):
    ask(row, people="C2 ASW under C3; C3 LCSW", lead="C2",
        groups="G1 C1 Mon 10:00-11:30", tier=1,
        says="G1 nobody: no_leader")  # fmt: skip


def test_an_associate_is_asked_for_it_where_the_policy_says_so(row):
    ask(row, people="C2 ASW under C3; C3 LCSW", lead="C2",
        groups="G1 C1 Mon 10:00-11:30", tier=1, associates_see_tier_1=True,
        says="G1 substitute C2")  # fmt: skip


def test_a_visit_at_the_time_of_one_session_is_in_the_way(row):
    ask(row, people="C2 LCSW", lead="C2", groups="G1 C1 Mon 10:00-11:30",
        booked="C2 Mon 10:00 of week 2", says="G1 nobody: leader_not_free")  # fmt: skip


def test_two_groups_of_one_day_need_two_leaders(row):
    ask(row, people="C2 LCSW", lead="C2",
        groups="G1 C1 Mon 10:00-11:30; G2 C1 Mon 14:00-15:30",
        says="G1 substitute C2; G2 nobody: leaders_taken")  # fmt: skip


def test_a_leader_of_another_clinic_would_have_to_work_by_telehealth(row):
    ask(row, people="C2 LCSW at S2", lead="C2", groups="G1 C1 Mon 10:00-11:30",
        says="G1 nobody: no_leader")  # fmt: skip


def test_a_leader_of_another_clinic_who_works_by_telehealth_takes_the_group(row):
    ask(row, people="C2 LCSW at S2 telehealth 0.5", lead="C2",
        groups="G1 C1 Mon 10:00-11:30", says="G1 substitute C2")  # fmt: skip
