"""Protected hours against access against cost, and the question turned around."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bargaining_cast import care_system, contract, engine, hours, wage

from caretime.bargaining.frontier import frontier
from caretime.bargaining.run_plan import RunPlan
from caretime.bargaining.what_it_takes import (
    what_it_takes,
    with_hires,
    with_network_openings,
)
from caretime.errors import PlanError

PAY = (wage(), wage("LMFT", 50))
PLAN = RunPlan(weeks=4, replications=10, simulator=engine)
NOW = contract("now", hours(4), *PAY)
TIGHT = contract("tight", hours(13), *PAY)


def test_each_hour_more_costs_a_visit_of_each_clinician():
    found = frontier(care_system(NOW), NOW, plan=PLAN, values=(4, 5, 7))

    gaps = [point.differences.get("visits_per_week") for point in found.points]
    assert gaps[0] is None
    assert [gap.value for gap in gaps[1:]] == [-4, -12]
    assert [point.value for point in found.points] == [4, 5, 7]
    assert {"within_intake", "cost", "unpaid_minutes"} <= set(found.points[0].measures)


def test_what_cannot_be_varied_or_stands_twice_is_refused():
    system = care_system(NOW)

    with pytest.raises(PlanError, match="cannot vary 'weather'"):
        frontier(system, NOW, plan=PLAN, vary="weather")
    with pytest.raises(PlanError, match="stands twice"):
        frontier(system, NOW, plan=PLAN, values=(4, 4))
    with pytest.raises(PlanError, match="no value"):
        frontier(system, NOW, plan=PLAN, values=())


def test_the_fewest_hires_are_found_and_one_less_is_not_enough():
    # The engine's wait is 13 days or 14, less one for each hire: with three hires
    # odd years wait 11, with four all wait 10 at most.
    found = what_it_takes(care_system(TIGHT), TIGHT, plan=PLAN, confidence=1.0, cap=30)

    assert found.fewest == 4
    met = {trial.value: trial.met for trial in found.trials}
    assert met[4] == 1.0
    assert met[3] < 1.0
    assert "with 4 hires" in found.reason


def test_less_confidence_asks_for_fewer_hires():
    found = what_it_takes(care_system(TIGHT), TIGHT, plan=PLAN, confidence=0.3, cap=30)

    assert found.fewest == 3


def test_a_contract_that_meets_the_standard_needs_nothing():
    found = what_it_takes(care_system(NOW), NOW, plan=PLAN)

    assert found.fewest == 0
    assert len(found.trials) == 1


def test_no_number_up_to_the_cap_is_an_answer_with_a_reason():
    found = what_it_takes(care_system(TIGHT), TIGHT, plan=PLAN, cap=2)

    assert found.fewest is None
    assert found.reason.startswith("no value up to 2 hires is enough")


def test_the_target_is_the_standards_own_or_ninety():
    assert what_it_takes(care_system(NOW), NOW, plan=PLAN).target == 90
    assert what_it_takes(care_system(NOW), NOW, plan=PLAN, target=99).target == 99


def test_a_question_that_contradicts_itself_is_refused():
    system = care_system(NOW)

    with pytest.raises(PlanError, match="standard must be one of"):
        what_it_takes(system, NOW, plan=PLAN, standard="tea")
    with pytest.raises(PlanError, match="lever must be one of"):
        what_it_takes(system, NOW, plan=PLAN, lever="prayer")
    with pytest.raises(PlanError, match="confidence"):
        what_it_takes(system, NOW, plan=PLAN, confidence=0)


def test_hires_keep_the_proportions_and_start_on_the_first_day():
    system = care_system(NOW)

    more = with_hires(system, 2)

    hired = more.clinicians[4:]
    assert [c.license for c in hired] == ["LCSW", "LMFT"]
    assert all(c.hired_on == system.first_day for c in hired)
    assert more.clinicians[:4] == system.clinicians
    assert more.inputs_hash != system.inputs_hash
    assert with_hires(system, 0) is system


def test_network_openings_are_added_in_proportion():
    more = with_network_openings(care_system(NOW), 3)

    assert sum(t.openings_per_week for t in more.network) == pytest.approx(5)


def test_few_years_are_noted_beside_what_it_takes():
    few = RunPlan(weeks=4, replications=3, simulator=engine)

    (note,) = what_it_takes(care_system(NOW), NOW, plan=few).notes
    assert note.startswith("only 3 replications")
    assert what_it_takes(care_system(NOW), NOW, plan=PLAN).notes == ()


def test_a_clock_without_a_standard_needs_nothing_and_is_refused():
    system = replace(care_system(NOW), standards=())

    with pytest.raises(PlanError, match="the system sets no such standard"):
        what_it_takes(system, NOW, plan=PLAN)
