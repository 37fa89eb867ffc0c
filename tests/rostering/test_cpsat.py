"""The second builder's weeks: legal by the judge, and as full as weeks can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cpsat_weeks import FIRST, SETTLEMENT, contract, made_contracts, settlement
from hypothesis import given, settings

from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.rostering._cpsat import Situation, WeekSolver, best_week
from caretime.rostering._cpsat.terms import FixedGroup
from caretime.rules.check import check
from caretime.rules.clause_kinds import make_clause
from caretime.rules.ledger import week_ledger
from caretime.rules.spans import length, spans_of, subtract, work_spans
from caretime.rules.week_terms import clauses_on

POSTS = (("LCSW", 1.0), ("LMFT", 0.8), ("ASW", 1.0), ("ASW", 0.5), ("PMHNP", 1.0))


def judged(template, made, who):
    return check(
        template,
        made,
        clinician_id="C-1",
        license_code=who.license_code,
        fte=who.fte,
        on=max(FIRST, made.effective),
        leads_groups=who.leads_groups,
    )


@pytest.mark.parametrize("contract_id", casebook_ids())
def test_every_casebook_contract_gives_a_week_the_judge_accepts(contract_id):
    made = casebook_contract(contract_id)
    license_code, fte = POSTS[casebook_ids().index(contract_id) % len(POSTS)]
    who = Situation(license_code, fte, ("child", "adult"), leads_groups=True)

    week = best_week(
        clauses_on(made, license_code=license_code), who, points={}, budget=2
    )

    assert week.template is not None
    assert judged(week.template, made, who) == ()
    paid = round(40 * 60 * fte)
    assert length(work_spans(week.template.blocks)) == paid


@settings(max_examples=12)
@given(made_contracts())
def test_a_week_of_any_contract_is_one_the_judge_accepts(drawn):
    made, who = drawn

    week = best_week(made.clauses, who, points={}, budget=2)

    assert week.status != "unplaced"
    if week.status == "infeasible":
        assert WeekSolver(made.clauses, who).may_hold() == "no"
    elif week.template is not None:
        assert judged(week.template, made, who) == ()
        for day, start, end in who.meetings:
            first, last = (day * MINUTES_PER_DAY + minute for minute in (start, end))
            met = spans_of(week.template.blocks, ("meeting",))
            assert subtract([(first, last)], met) == []
        for day, start, end in who.unavailable:
            midnight = day * MINUTES_PER_DAY
            taken = {
                block
                for block in week.template.on_day(day)
                if block.activity != "meal"
                and block.start < midnight + end
                and midnight + start < block.end
            }
            assert taken == set()


@settings(max_examples=6)
@given(made_contracts())
def test_the_fullest_week_of_any_contract_is_one_the_judge_accepts(drawn):
    made, who = drawn

    week = best_week(made.clauses, who, budget=1)

    assert week.status != "unplaced"
    if week.template is not None:
        assert judged(week.template, made, who) == ()
        assert week.value <= week.bound
        visits = ("intake", "return", "urgent", "group")
        assert week.value == sum(b.activity in visits for b in week.template.blocks)


def test_reserved_openings_stand_beside_returns_of_another_length():
    made = contract(
        make_clause("URGENT", "urgent_reserve", slots_per_week=2),
        make_clause("SHORT", "visit_length", visit_type="return", minutes=30),
    )

    week = best_week(made.clauses, Situation(fte=0.5), budget=2)

    assert week.template is not None
    assert [b.activity for b in week.template.blocks].count("urgent") == 1
    assert judged(week.template, made, Situation(fte=0.5)) == ()


@pytest.mark.parametrize("fte", [1.0, 0.5])
def test_the_fullest_week_has_the_openings_of_the_ledger(fte):
    who = Situation("LCSW", fte)

    week = best_week(settlement(), who)

    ledger = week_ledger(SETTLEMENT, license_code="LCSW", fte=fte)
    assert (week.status, week.value) == ("optimal", ledger.openings.total)


def test_points_draw_visits_to_the_hours_that_are_worth_them():
    evening = np.zeros((5, 96), int)
    evening[:, 17 * 4 :] = 3
    clauses = (make_clause("CAP", "visit_cap_daily", patients=2),)

    week = best_week(clauses, Situation(fte=0.5), points={"return": evening}, budget=3)

    assert week.template is not None
    late = [b for b in week.template.blocks if b.activity == "return"]
    assert week.value == 30
    assert [b.minute_of_day >= 17 * 60 for b in late].count(True) == 10


def test_a_stated_group_stands_at_its_time_and_is_prepared():
    who = Situation(leads_groups=True, groups=(FixedGroup("G-1", 2, 605, 90),))

    week = best_week(settlement(), who, points={}, budget=2)

    assert week.template is not None
    groups = [b for b in week.template.blocks if b.activity == "group"]
    assert [(b.day, b.minute_of_day, b.minutes) for b in groups] == [(2, 605, 90)]
    assert week.template.minutes_of("group_preparation") == 30
    assert judged(week.template, SETTLEMENT, who) == ()


def test_a_week_split_by_unavailability_resumes_after_it():
    who = Situation(fte=1.0, unavailable=tuple((d, 720, 840) for d in range(5)))

    week = best_week(settlement(), who, points={}, budget=2)

    assert week.template is not None
    assert judged(week.template, SETTLEMENT, who) == ()
    assert length(work_spans(week.template.blocks)) == 2400


def test_visits_in_person_keep_to_the_hours_of_the_clinic():
    who = Situation(opens=600, closes=900)

    week = best_week(settlement(), who, budget=2)

    assert week.template is not None
    visits = [
        b for b in week.template.blocks if b.activity in ("intake", "return", "urgent")
    ]
    assert visits
    assert all(b.minute_of_day >= 600 for b in visits)
    assert all(b.minute_of_day + b.minutes <= 900 for b in visits)


def test_odd_paid_minutes_end_a_day():
    made = contract(make_clause("WORK", "work_week", hours=37.5))
    who = Situation(fte=0.5)

    week = best_week(made.clauses, who, points={}, budget=2)

    assert week.template is not None
    assert length(work_spans(week.template.blocks)) == 1125
    odd = Situation(fte=0.33)
    week = best_week(made.clauses, odd, points={}, budget=2)
    assert week.template is not None
    assert length(work_spans(week.template.blocks)) == 743
    assert judged(week.template, made, odd) == ()


def test_a_team_meeting_takes_the_place_of_protected_time_not_of_both():
    clauses = _three_hours("patient_management")
    who = _there_only((2, 720, 840), (3, 720, 780), meeting=(2, 720, 780))

    week = best_week(clauses, who, points={}, budget=2)

    assert (week.status, week.template) == ("infeasible", None)
    assert WeekSolver(clauses, who).may_hold() == "no"


def test_a_team_meeting_outside_protected_time_leaves_no_room_for_training_there():
    clauses = (
        *_three_hours("patient_management", "meeting"),
        make_clause(
            "TRAINING", "activity_hours", activity="training", hours_per_week=1
        ),
    )
    who = _there_only((2, 720, 780), (3, 720, 840), meeting=(2, 720, 780))

    week = best_week(clauses, who, points={}, budget=2)

    assert (week.status, week.template) == ("infeasible", None)
    assert WeekSolver(clauses, who).may_hold() == "no"


def test_a_team_meeting_in_protected_time_that_counts_it_is_judged_clean():
    clauses = _three_hours("patient_management", "meeting")
    who = _there_only((2, 720, 840), (3, 720, 780), meeting=(2, 720, 780))

    week = best_week(clauses, who, points={}, budget=2)

    assert week.template is not None
    meetings = [b for b in week.template.blocks if b.activity == "meeting"]
    assert [(b.day, b.minute_of_day, b.minutes) for b in meetings] == [(2, 720, 60)]
    assert judged(week.template, contract(*clauses), who) == ()


def test_a_team_that_meets_on_sunday_meets_in_every_week():
    clauses = (
        make_clause("MEET", "activity_hours", activity="meeting", hours_per_week=1),
    )
    who = Situation(meetings=((6, 600, 660),))
    ones = {"return": np.ones((5, 96), int)}

    week = best_week(clauses, who, points=ones, budget=2)

    assert week.template is not None
    met = spans_of(week.template.on_day(6), ("meeting",))
    assert met == [(6 * MINUTES_PER_DAY + 600, 6 * MINUTES_PER_DAY + 660)]


def test_the_odd_minutes_of_a_week_do_not_cut_a_team_meeting_short():
    clauses = (
        make_clause("WORK", "work_week", hours=1.75, start=480, latest=1080),
        make_clause("MEET", "activity_hours", activity="meeting", hours_per_week=1),
    )
    who = replace(
        _there_only((2, 720, 780), (3, 720, 780), meeting=(2, 720, 780)), fte=1.05
    )

    week = best_week(clauses, who, points={}, budget=2)

    assert week.template is not None
    assert spans_of(week.template.on_day(2), ("meeting",)) == [
        (2 * MINUTES_PER_DAY + 720, 2 * MINUTES_PER_DAY + 780)
    ]


@pytest.mark.parametrize(
    ("hours", "answer"), [(6, ("optimal", True)), (5, ("infeasible", False))]
)
def test_protected_time_that_two_clauses_count_unlike_is_not_promised_twice(
    hours, answer
):
    clauses = _unlike(hours, "notes")

    week = best_week(clauses, Situation("PSYCHIATRIST"), points={}, budget=2)

    assert (week.status, week.template is not None) == answer


def test_minutes_that_cannot_be_placed_are_said_to_be_and_no_week_is_given():
    # No activity counts for all three, and what is left over is labelled as one.
    clauses = (
        *_unlike(11, "notes"),
        make_clause("THIRD", "protected_hours", hours_per_week=3, counts=("admin",)),
    )
    who = Situation("PSYCHIATRIST")

    week = best_week(clauses, who, points={}, budget=2)

    assert (week.status, week.template) == ("unplaced", None)


def _unlike(hours, shared):
    """Return a short week: admin and training, two clauses, one counting admin."""
    protected = {"hours_per_week": 2, "minimum_block_minutes": 15}
    return (
        make_clause("WORK", "work_week", hours=hours, start=480, latest=1080),
        make_clause("ADMIN", "activity_hours", activity="admin", hours_per_week=3),
        make_clause("TRAIN", "activity_hours", activity="training", hours_per_week=1),
        make_clause("WIDE", "protected_hours", **protected, counts=("admin", shared)),
        make_clause("NARROW", "protected_hours", **protected, counts=(shared,)),
    )


def _three_hours(*counts):
    """Return a week of three hours: two protected in one stretch, one of meetings."""
    return (
        make_clause("WORK", "work_week", hours=3, start=480, latest=1080),
        make_clause("MEET", "activity_hours", activity="meeting", hours_per_week=1),
        make_clause(
            "PMT",
            "protected_hours",
            hours_per_week=2,
            minimum_block_minutes=120,
            counts=counts,
        ),
    )


def _there_only(*spans, meeting):
    """Return somebody who is available in these spans only, one each on two days."""
    there = {day: (start, end) for day, start, end in spans}
    away = []
    for day in range(5):
        start, end = there.get(day, (1080, 1080))
        away += [(day, 480, start), (day, end, 1080)]
    unavailable = tuple(span for span in away if span[1] < span[2])
    return Situation(unavailable=unavailable, meetings=(meeting,))


def test_equal_questions_have_equal_answers():
    weeks = {best_week(settlement(), Situation(), points={}, budget=1) for _ in "ab"}

    assert len(weeks) == 1


def test_a_spent_budget_is_unknown_and_never_a_no():
    solver = WeekSolver(settlement(), Situation(), budget=1e-6)

    assert solver.may_hold() == "unknown"
    assert solver.core() is None
