"""Why not: the smallest clash in words, and the change that frees a week."""

from __future__ import annotations

import pytest
from cpsat_weeks import FIRST, contract, settlement

from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.rostering._cpsat import Situation, WeekSolver
from caretime.rostering._cpsat.smallest import smallest_clash
from caretime.rostering._cpsat.terms import FixedGroup
from caretime.rostering.explain import explain_clauses, explain_terms
from caretime.rules.clause_kinds import make_clause

PLANTED = {
    "more intakes than the caps let in": (
        settlement(INTAKES={"intakes_per_week": 12}, DAILY_CAP={"patients": 2}),
        Situation(leads_groups=True),
        {"DAILY-CAP", "INTAKES"},
    ),
    "more intakes than hours": (
        settlement(INTAKES={"intakes_per_week": 40}),
        Situation(),
        {"WORK", "MEETINGS", "INTAKES"},
    ),
    "days too short for a meal": (
        settlement(WORK={"start": 480, "latest": 960}),
        Situation("PSYCHIATRIST"),
        {"WORK", "MEAL"},
    ),
    "days too short for the hours": (
        settlement(WORK={"start": 720, "latest": 1020}),
        Situation(),
        {"WORK"},
    ),
    "two groups at one time": (
        settlement(),
        Situation(
            leads_groups=True,
            groups=(FixedGroup("G-1", 0, 600, 90), FixedGroup("G-2", 0, 660, 90)),
        ),
        {"groups"},
    ),
    "a group before the day begins": (
        settlement(),
        Situation(leads_groups=True, groups=(FixedGroup("G-1", 0, 420, 90),)),
        {"WORK", "groups"},
    ),
    "a group shorter than agreed": (
        settlement(),
        Situation(leads_groups=True, groups=(FixedGroup("G-1", 0, 600, 60),)),
        {"GROUPS", "groups"},
    ),
    "mornings away": (
        settlement(WORK={"latest": 1080}),
        Situation(unavailable=tuple((day, 480, 840) for day in range(5))),
        {"WORK", "unavailable"},
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_clash_is_found_and_none_of_it_is_idle(name):
    clauses, who, expected = PLANTED[name]
    solver = WeekSolver(clauses, who)

    clash = smallest_clash(solver)

    assert clash is not None
    assert clash.is_smallest
    names = {solver.guards[index].name for index in clash.indices}
    assert names - {"longest_day"} == expected
    fresh = WeekSolver(clauses, who)
    assert fresh.may_hold(clash.indices) == "no"
    for index in clash.indices:
        assert fresh.may_hold(set(clash.indices) - {index}) == "yes"


def test_no_smaller_set_clashes_than_the_one_told():
    solver = WeekSolver(
        settlement(INTAKES={"intakes_per_week": 12}, DAILY_CAP={"patients": 2}),
        Situation(),
    )

    clash = smallest_clash(solver)

    assert clash is not None
    assert len(clash.indices) == 2
    for index in range(len(solver.guards)):
        assert solver.may_hold({index}) == "yes"


@pytest.mark.parametrize(
    ("license_code", "fte"), [("LCSW", 1.0), ("LMFT", 0.8), ("ASW", 0.5), ("PMHNP", 1)]
)
def test_the_settlement_leaves_everyone_a_week(license_code, fte):
    made = casebook_contract("socal-2025-settlement")

    clash = explain_terms(made, license_code=license_code, fte=fte, leads_groups=True)

    assert clash is None


@pytest.mark.parametrize("contract_id", casebook_ids())
@pytest.mark.parametrize("fte", [1.0, 0.5])
def test_every_casebook_contract_leaves_a_therapist_a_week(contract_id, fte):
    clash = explain_terms(casebook_contract(contract_id), fte=fte)

    assert clash is None


def test_a_clash_says_the_numbers_and_the_cheapest_change():
    clauses, who, _ = PLANTED["more intakes than the caps let in"]

    clash = explain_clauses(clauses, who, ("C-1", "C-2"))

    assert clash is not None
    assert clash.clinician_ids == ("C-1", "C-2")
    assert clash.clause_ids == ("DAILY-CAP", "INTAKES")
    assert clash.text == (
        "DAILY-CAP: at most 2 patients a day; INTAKES: 12 intakes a week; "
        "but 12 openings are reserved, 5 days of 2 patients hold 10"
    )
    # One urgent opening and one group stand in the ten as well.
    assert clash.change == "INTAKES: 8 intakes a week instead of 12"


def test_the_change_told_frees_a_week_and_one_step_less_does_not():
    made = settlement(INTAKES={"intakes_per_week": 12}, DAILY_CAP={"patients": 2})
    freed = settlement(INTAKES={"intakes_per_week": 8}, DAILY_CAP={"patients": 2})
    nearly = settlement(INTAKES={"intakes_per_week": 9}, DAILY_CAP={"patients": 2})
    who = Situation(leads_groups=True)

    answers = [WeekSolver(c, who).may_hold() for c in (made, freed, nearly)]

    assert answers == ["no", "yes", "no"]


def test_where_no_single_change_frees_a_week_none_is_told():
    clauses, who, _ = PLANTED["two groups at one time"]

    clash = explain_clauses(clauses, who, ("C-1",))

    assert clash is not None
    assert clash.change == ""
    assert "group G-1 Mon 10:00 to 11:30" in clash.text


def test_a_spent_budget_names_no_clash():
    clauses, who, _ = PLANTED["more intakes than hours"]

    assert explain_clauses(clauses, who, ("C-1",), budget=1e-6) is None


def test_a_budget_spent_on_the_way_says_that_the_set_may_not_be_smallest():
    clauses, who, _ = PLANTED["more intakes than hours"]
    solver = WeekSolver(clauses, who)
    assert solver.may_hold() == "no"
    solver.budget = 1e-6

    clash = smallest_clash(solver)

    assert clash is not None
    assert not clash.is_smallest
    assert WeekSolver(clauses, who).may_hold(clash.indices) == "no"


def test_a_contract_without_a_work_week_clashes_with_the_usual_one():
    made = contract(
        make_clause("M", "activity_hours", activity="meeting", hours_per_week=38),
        make_clause("I", "intake_mix", intakes_per_week=4),
    )

    clash = explain_terms(made, on=FIRST)

    assert clash is not None
    assert set(clash.clause_ids) == {"work_week", "M", "I"}
    assert "as no clause says otherwise" in clash.text
    assert clash.change == "M: 34.5 hours of meetings instead of 38"
