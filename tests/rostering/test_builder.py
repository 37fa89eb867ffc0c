"""Every hard site has an honest answer: clean weeks, or what is in the way."""

from dataclasses import replace
from datetime import date

import pytest

from caretime.errors import PlanError
from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.rostering import build_roster
from caretime.rules.roster import check_roster
from rostering.hard_cases import cases
from rostering.hard_sites import (
    FULLEST,
    associates,
    build,
    case,
    faults,
    faults_of,
    group,
    meets,
    off,
    shift,
    team,
)
from rostering.random_sites import random_site
from rostering.tiny import SITE, clinic, clinician, contract, system

HARD = cases()

NOT_KEPT = {
    "0.05 FTE, full": "a protected block longer than what the post is owed",
    "0.33 FTE, full": "a protected block and a half",
    "groups without any group": "sessions agreed, none in the table",
    "fewer groups than the contract's": "sessions agreed and missing",
    "shorter groups than the contract's": "a shorter session",
    "more groups than the contract's": "preparation of the others has no time",
    "a group of 50 minutes off the quarter hour": "moved to the quarter hour",
}
"""Sites whose weeks break something, and what; the answer says so itself."""


@pytest.mark.parametrize("name", [name for name in HARD if name not in NOT_KEPT])
def test_a_hard_site_has_an_honest_answer(name):
    town, terms = HARD[name]

    assert faults(town, terms, budget=4) == []


@pytest.mark.parametrize("name", NOT_KEPT)
def test_what_cannot_be_kept_is_told_with_the_weeks(name):
    town, terms = HARD[name]

    result = build(town, terms, budget=4).result

    broken = {v.clause_id for v in check_roster(result.roster, town, terms)}
    told = {i for clash in result.clashes for i in clash.clause_ids}
    assert broken
    assert broken <= told
    assert result.status == "infeasible"


@pytest.mark.parametrize("seed", range(20))
def test_a_site_of_anything_breaks_neither_bound_nor_score(seed):
    town, terms = random_site(seed)

    made = build(town, terms, budget=(1, 4, 20)[seed % 3], seed=seed)

    wrong = [f for f in faults_of(made, town, terms) if "bound" in f or "counts" in f]
    assert wrong == []


def clinic_of_eight():
    """Return a clinic with all that is shared: cover, meeting, pairs, few rooms."""
    people = (
        *associates(2, telehealth_share=0.4),
        clinician("C-4", telehealth_share=0.5, leads_groups=True),
        clinician("C-5", license="LMFT", fte=0.8, ages=("child", "teen")),
        clinician("C-6", license="PMHNP", fte=0.6),
        clinician("C-7", license="SUD_COUNSELOR", telehealth_share=1.0),
        clinician("C-8", fte=0.5),
    )
    return {
        "people": people,
        "site": clinic(rooms=6, opens=480, closes=1140),
        "cover": tuple(shift(d, 13, 15, "LCSW", "LMFT") for d in range(5)),
        "team_meetings": (meets(60),),
        "unavailable": (off("C-4", 0, 8, 12), off("C-5", 4, 15, 17)),
        "groups": (group("C-4", 2, 16),),
    }


@pytest.mark.parametrize("contract_id", casebook_ids())
def test_each_contract_of_the_casebook_yields_clean_weeks(contract_id):
    told = clinic_of_eight()
    terms = casebook_contract(contract_id)
    town = system(*told.pop("people"), terms=terms, **told)

    made = build(town, terms, budget=8)

    assert list(faults_of(made, town, terms)) == []
    assert made.result.clashes == ()
    assert made.result.gap < 0.06


def test_a_contract_that_has_ended_has_no_weeks():
    terms = replace(contract(*FULLEST), until=date(2025, 5, 1))
    town = system(*team(1), terms=terms)

    with pytest.raises(PlanError, match="ended"):
        build_roster(town, terms)


def test_a_contract_of_later_is_planned_for_its_first_day():
    terms = contract(*FULLEST, effective=date(2027, 3, 1))
    town = system(*team(2), terms=terms)

    result = build_roster(town, terms, budget=4)

    assert result.roster.first_day == date(2027, 3, 1)
    assert len(result.roster.weeks) == 2
    assert faults(town, terms, budget=4) == []


@pytest.mark.parametrize(
    ("people", "options", "error", "words"),
    [
        ((), {}, PlanError, "nobody works"),
        (team(1), {"clinic_ids": ["S-9"]}, ValueError, "unknown clinic S-9"),
        (team(1), {"budget": 0}, ValueError, "budget must be one sweep"),
        (team(1, hired_on=date(2030, 1, 1)), {}, PlanError, "nobody works"),
    ],
)
def test_what_cannot_be_built_is_refused(people, options, error, words):
    town, terms = case(*people)

    with pytest.raises(error, match=words):
        build_roster(town, terms, **options)


def test_whoever_is_hired_later_has_neither_week_nor_clash():
    town, terms = HARD["hired later"]

    result = build_roster(town, terms)

    assert [week.clinician_id for week in result.roster.weeks] == ["C-1"]
    assert result.clashes == ()


def test_a_shortage_names_the_clinic_the_time_and_how_much():
    town, terms = HARD["cover of more than there are"]

    (short,) = build_roster(town, terms).shortages

    assert (short.clinic_id, short.resource, short.minutes) == (SITE, "cover", 120)
    assert short.where == "Mon 09:00"
    assert "lacks 1 of 3" in short.text


def test_unavailable_while_the_group_meets_is_said_of_the_leader_alone():
    town, terms = HARD["off while the group meets"]

    result = build_roster(town, terms)

    assert [clash.clinician_ids for clash in result.clashes] == [("C-1",)]
    assert [week.clinician_id for week in result.roster.weeks] == ["C-2"]
    assert result.status == "infeasible"
