from dataclasses import replace

import pytest
from sites import MONDAY, TWO_CLINICS, clinician, contract, system

from caretime.model.site import TeamMeeting, WorkPlace
from caretime.rules.clause_kinds import make_clause
from caretime.rules.duties import duties_of
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger

ASSOCIATES = ("ASW", "AMFT", "APCC")


def hours(activity, number, **terms):
    return make_clause(
        activity, "activity_hours", activity=activity, hours_per_week=number, **terms
    )


SUPERVISION = hours("supervision", 2, covers=ASSOCIATES)


def owed(people, who, *clauses, clinics=TWO_CLINICS, **tables):
    terms = contract(*clauses)
    made = system(people, terms=terms, clinics=clinics, **tables)
    found = next(c for c in made.clinicians if c.clinician_id == who)
    return dict(duties_of(made, terms, found, MONDAY))


def test_a_supervisor_owes_the_hours_of_each_associate():
    people = [
        clinician("C1"),
        clinician("C2", "ASW", supervisor_id="C1"),
        clinician("C3", "AMFT", supervisor_id="C1", fte=0.5),
        clinician("C4", "ASW", supervisor_id="C9"),
    ]

    assert owed(people, "C1", SUPERVISION) == {"supervision": 120 + 60}
    assert owed(people, "C2", SUPERVISION) == {}


def test_flat_supervision_is_not_prorated():
    people = [clinician("C1"), clinician("C2", "ASW", supervisor_id="C1", fte=0.5)]
    flat = hours("supervision", 2, covers=ASSOCIATES, base="flat")

    assert owed(people, "C1", flat) == {"supervision": 120}


def test_a_supervisor_of_associates_without_such_a_clause_owes_nothing():
    people = [clinician("C1"), clinician("C2", "ASW", supervisor_id="C1")]

    assert owed(people, "C1") == {}


def test_travel_between_two_clinics_on_one_day_is_owed():
    places = (
        WorkPlace("C1", 0, 480, 720, "S1"),
        WorkPlace("C1", 0, 780, 1020, "S2", 30),
        WorkPlace("C1", 2, 480, 720, "S2", 30),
        WorkPlace("C1", 3, 480, 600, "S2"),
        WorkPlace("C1", 3, 600, 720, "telehealth"),
        WorkPlace("C1", 3, 780, 1020, "S1", 25),
    )

    assert owed([clinician("C1")], "C1", work_places=places) == {"travel": 55}


def test_a_travel_clause_holds_the_journeys_first():
    places = (
        WorkPlace("C1", 0, 480, 720, "S1"),
        WorkPlace("C1", 0, 780, 1020, "S2", 45),
    )
    half_hour = hours("travel", 0.5)

    assert owed([clinician("C1")], "C1", half_hour, work_places=places) == {
        "travel": 15
    }


def test_a_team_meeting_is_owed_as_far_as_no_meeting_clause_holds_it():
    people = [
        clinician("C1"),
        clinician("C2", fte=0.2),
        clinician("C3", clinic_id="S2"),
    ]
    meetings = (TeamMeeting("S1", 60),)
    agreed = hours("meeting", 2.5)

    assert owed(people, "C1", agreed, team_meetings=meetings) == {}
    assert owed(people, "C2", agreed, team_meetings=meetings) == {"meeting": 30}
    assert owed(people, "C3", team_meetings=meetings) == {}


def test_systems_that_differ_are_not_mixed_up():
    people = (clinician("C1"), clinician("C2", "ASW", supervisor_id="C1"))
    terms = contract(SUPERVISION)
    one = system(people, terms=terms)
    other = replace(one, clinicians=people[:1])

    assert duties_of(one, terms, people[0], MONDAY) == {"supervision": 120}
    assert duties_of(other, terms, people[0], MONDAY) == {}


def test_the_ledger_sets_duties_aside_and_says_what_they_are():
    terms = contract(hours("meeting", 2.5), make_clause("R", "rest"))
    plain = week_ledger(terms)

    ledger = week_ledger(terms, duties={"supervision": 240, "travel": 30})

    lines = {x.clause_ids: x.minutes for x in ledger.lines}
    assert lines["supervision given",] == 240
    assert lines["travel between clinics",] == 30
    assert sum(x.minutes for x in ledger.lines if x.activity != "meal") == 2400
    # 270 minutes are four openings of an hour and a half hour more.
    assert 4 <= plain.openings.total - ledger.openings.total <= 5


def test_the_even_week_holds_the_duties():
    terms = contract(make_clause("R", "rest"))

    week = even_template(week_ledger(terms, duties={"supervision": 240}))

    assert week.minutes_of("supervision") == 240


def test_without_duties_the_ledger_is_the_same():
    terms = contract(hours("meeting", 2.5))

    assert week_ledger(terms, duties={}) == week_ledger(terms)
    assert week_ledger(terms, duties={"travel": 0}) == week_ledger(terms)


@pytest.mark.parametrize(
    "duties", [{"meal": 30}, {"return": 50}, {"juggling": 10}, {"travel": -1}]
)
def test_duties_that_no_week_can_hold_are_refused(duties):
    with pytest.raises(ValueError, match=next(iter(duties))):
        week_ledger(contract(), duties=duties)
