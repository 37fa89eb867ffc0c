from dataclasses import replace
from datetime import date

import pytest
from clean_site import (
    CLAUSES,
    PEOPLE,
    clean_system,
    edited,
    group,
    roster_with,
    terms,
    week_of,
)
from hypothesis import given
from hypothesis import strategies as st
from sites import MONDAY, contract

from caretime.errors import PlanError
from caretime.model.outcome import Violation
from caretime.model.site import Cover, TeamMeeting
from caretime.model.week import Roster, RosterWeek
from caretime.rules.check import check
from caretime.rules.clause_kinds import make_clause
from caretime.rules.roster import check_roster, source_of
from caretime.rules.roster_scene import roster_rules
from strategies import templates


def judged(roster, system, agreed=None, **changes):
    found = check_roster(roster, system, agreed or terms(), **changes)
    return [(v.clinician_id, v.clause_id) for v in found]


@given(st.lists(templates(), min_size=5, max_size=5))
def test_clauses_and_law_say_of_a_roster_what_they_say_of_each_week(weeks):
    people = {c.clinician_id: c for c in PEOPLE}
    roster = Roster(
        "made",
        tuple(
            RosterWeek(who, week, ("S1",) * len(week.blocks))
            for who, week in zip(people, weeks, strict=True)
        ),
    )

    found = check_roster(roster, clean_system(), terms(), on=MONDAY)

    alone = [
        violation
        for week in roster.weeks
        for violation in check(
            week.template,
            terms(),
            clinician_id=week.clinician_id,
            license_code=people[week.clinician_id].license,
            fte=1.0,
            on=MONDAY,
            leads_groups=people[week.clinician_id].leads_groups,
        )
    ]
    assert [v for v in found if v.kind != "site"] == alone
    rules = list(roster_rules())
    order = [rules.index(v.clause_id) for v in found if v.kind == "site"]
    assert order == sorted(order)


def test_clauses_for_leaders_hold_for_those_who_lead_a_group_of_the_system():
    leaders_only = contract(
        *(
            replace(c, terms={**c.terms, "leaders_only": True, "sessions_per_week": 2})
            if c.kind == "groups"
            else c
            for c in CLAUSES
        )
    )

    assert judged(roster_with(), clean_system(), leaders_only) == [("C1", "GROUPS")]
    assert judged(roster_with(), clean_system(groups=()), leaders_only) == []


def test_a_roster_without_weeks_misses_everyone():
    found = judged(Roster("made", ()), clean_system(groups=(), cover=()))

    assert found == [(c.clinician_id, "weeks") for c in PEOPLE]


def test_a_roster_of_one_clinic_is_not_asked_for_another():
    elsewhere = clean_system(
        cover=(Cover("S2", 0, 540, 600, (), 1),), team_meetings=(TeamMeeting("S2", 60),)
    )

    assert judged(roster_with(), elsewhere) == []


def test_an_associate_is_judged_where_the_supervisors_clinic_is_planned():
    moved = tuple(replace(c, clinic_id="S2" if c.clinician_id == "C3" else "S1")
                  for c in PEOPLE)  # fmt: skip
    system = replace(clean_system(cover=()), clinicians=moved)
    both = replace(system, clinicians=(*moved, replace(moved[4], clinician_id="C6",
                                                       clinic_id="S2")))  # fmt: skip
    at_s2 = week_of("C6", place_of=lambda b: "" if b.activity == "meal" else "S2")

    assert judged(roster_with(without=("C3",)), system) == []
    assert judged(roster_with(at_s2, without=("C3",)), both) == [
        ("C3", "weeks"),
        ("C4", "supervisor_id"),
    ]


def test_a_group_without_anybody_who_may_lead_it_is_found():
    system = clean_system(groups=(group(7 * 60),), cover=())

    assert judged(roster_with(without=("C1",)), system) == [
        ("C1", "weeks"),
        ("C2", "supervisor_id"),
        ("C1", "groups"),
    ]


def test_clauses_are_read_on_the_rosters_first_day_unless_another_is_given():
    later = replace(terms().clauses[0], effective=date(2026, 1, 1))
    agreed = contract(replace(later, terms={**later.terms, "hours": 38.0}))
    dated = replace(roster_with(), first_day=date(2026, 1, 5))

    assert ("C5", "WORK") not in judged(roster_with(), clean_system(), agreed)
    assert ("C5", "WORK") in judged(dated, clean_system(), agreed)
    assert ("C5", "WORK") not in judged(dated, clean_system(), agreed, on=MONDAY)


def test_a_roster_after_the_contracts_end_is_refused():
    ended = replace(terms(), until=date(2025, 5, 31))

    with pytest.raises(PlanError, match="ended"):
        check_roster(roster_with(), clean_system(), ended, on=MONDAY)


def broken(clause_id, kind="notes_per_visit"):
    return Violation(clause_id, kind, "C5", "week", 0, 1, "min", "")


def test_a_clause_is_cited_by_its_own_source_or_the_contracts():
    own = replace(make_clause("N", "notes_per_visit", minutes=10), source="article 4")
    other = make_clause("NI", "notes_per_visit", visit_type="intake", minutes=30)
    agreed = contract(own, other)

    assert source_of(broken("N"), agreed) == "article 4"
    assert source_of(broken("NI"), agreed) == "by hand"
    assert source_of(broken("N+NI"), agreed) == "article 4; by hand"


def test_the_law_is_cited_by_its_section():
    assert "512" in source_of(broken("ca-meal-1", "meal"), terms())


def test_a_clause_named_like_a_site_rule_keeps_its_own_source():
    agreed = contract(replace(make_clause("rooms", "meal"), source="article 9"))

    assert source_of(broken("rooms", "meal"), agreed) == "article 9"
    assert source_of(broken("rooms", "site"), agreed) == "clinics.csv: rooms"


def test_every_rule_says_what_it_asks_and_where_it_is_from():
    for rule in roster_rules():
        assert source_of(broken(rule, "site"), terms())


def test_violations_of_several_people_are_all_found():
    late = edited(("Thu", "45 meal", "40 meal, 5 free"))

    found = judged(
        roster_with(week_of("C2", late), week_of("C4", late)), clean_system()
    )

    assert found == [("C2", "MEAL"), ("C4", "MEAL")]
