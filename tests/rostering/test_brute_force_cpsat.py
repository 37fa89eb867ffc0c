"""The constraint program beside every legal week there is: the same openings."""

import pytest

from caretime.rostering import RosterPolicy
from caretime.rostering._cpsat import best_week, situation_of
from caretime.rules.check import check
from caretime.rules.week_terms import clauses_on
from rostering.exhaustive import legal_weeks, person
from rostering.test_brute_force import (
    BUFFER,
    CAP,
    INTAKES,
    LONG_PMT,
    MEETING,
    NOTES,
    PMT,
    SHORT,
    URGENT,
    Tiny,
    frame,
)

ANY_WEEK = RosterPolicy(
    points={"openings": 1}, day_slack=45, start_step=30, shortest_desk=15
)
SETS = {
    "visits only": (),
    "a meeting and protected time": (PMT, MEETING),
    "notes and buffers": (NOTES, BUFFER),
    "a daily cap": (CAP,),
    "intakes": (INTAKES,),
    "urgent openings": (URGENT,),
    "long protected blocks": (LONG_PMT, MEETING),
}


@pytest.mark.parametrize("clauses", SETS.values(), ids=SETS.keys())
def test_the_constraint_program_finds_as_many_openings_as_there_can_be(clauses):
    frame_of_week = frame(hours=6.0, latest=690)
    people, terms = Tiny((frame_of_week, *clauses), ANY_WEEK).system()
    (one,) = people.clinicians
    most, _ = next(legal_weeks(person(people, terms, one, ANY_WEEK)))
    in_force = clauses_on(terms, people.first_day, license_code=one.license)

    found = best_week(in_force, situation_of(people, terms, one, people.first_day))

    assert found.status == "optimal"
    assert (found.value, found.bound) == (most, most)
    broken = check(
        found.template,
        terms,
        clinician_id=one.clinician_id,
        license_code=one.license,
        fte=one.fte,
        on=people.first_day,
    )
    assert broken == ()


def test_urgent_openings_stand_beside_returns_of_another_length():
    people, terms = Tiny((frame(latest=690), URGENT, SHORT)).system()
    (one,) = people.clinicians
    in_force = clauses_on(terms, people.first_day, license_code=one.license)

    found = best_week(in_force, situation_of(people, terms, one, people.first_day))

    assert found.status == "optimal"
    assert found.template is not None
    assert sum(b.activity == "urgent" for b in found.template.blocks) >= 1
