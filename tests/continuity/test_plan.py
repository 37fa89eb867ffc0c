"""An incident becomes a plan: everybody decided, dated, called, and told the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.continuity.absent import absent
from caretime.continuity.handback import CHOICES
from caretime.continuity.plan import STEPS, add_way_back, at_path, plan_incident
from caretime.continuity.verify import verify_plan
from caretime.errors import PlanError
from caretime.formats import read_plan, roster_hash, write_plan
from caretime.model.incident import Incident
from caretime.model.matching import MatchPolicy
from caretime.model.week import Roster, RosterWeek
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
IN_FORCE = CLINIC.contracts[CLINIC.contract_in_force]
FIRST = CLINIC.first_day
NOTICE = FIRST - timedelta(days=11)
STRIKE = Incident(
    "strike",
    FIRST,
    NOTICE,
    shares=(0.6, 0.6, 0.5, 0.4),
    shares_low=(0.25, 0.25, 0.25, 0.0),
    shares_high=(0.9, 0.9, 0.9, 0.9),
)
PLAN = plan_incident(CLINIC, STRIKE)


def one_ill(who: str, weeks: int = 2) -> Incident:
    last = FIRST + timedelta(days=7 * weeks - 1)
    return Incident("ill", FIRST, FIRST, clinician_ids=(who,), last_day=last)


def test_everybody_whose_care_is_interrupted_has_one_outcome():
    assert [m.patient_id for m in PLAN.matching.matches] == [
        s.patient_id for s in PLAN.series
    ]
    assert {m.outcome for m in PLAN.matching.matches} == {"placed", "left_out"}


def test_every_visit_of_somebody_placed_has_a_time_or_a_reason():
    dated = {(b.patient_id, b.number) for b in PLAN.bookings}
    without = {(u.patient_id, u.number) for u in PLAN.untimed}
    wanted = {
        (m.patient_id, number)
        for m in PLAN.matching.matches
        for number in range(1, len(m.weeks) + 1)
    }

    assert dated | without == wanted
    assert not dated & without


def test_everybody_left_out_has_a_reason_and_a_day_to_be_called():
    out = {m.patient_id for m in PLAN.matching.matches if m.outcome == "left_out"}

    assert out == {one.patient_id for one in PLAN.matching.left_out}
    assert out == {c.patient_id for c in PLAN.contacts if c.reason == "left_out"}


def test_the_plan_says_what_it_was_made_of():
    assert (PLAN.contract_id, PLAN.seed) == (IN_FORCE.contract_id, 1)
    assert PLAN.inputs_hash == CLINIC.inputs_hash
    assert PLAN.absent == absent(CLINIC, STRIKE)
    assert (PLAN.monday, PLAN.weeks, PLAN.roster_hash) == (FIRST, 4, "")


def test_the_same_question_has_the_same_answer():
    assert plan_incident(CLINIC, STRIKE) == PLAN


def test_another_seed_has_others_away():
    other = plan_incident(CLINIC, STRIKE, seed=2)

    assert other.absent != PLAN.absent
    assert other.matching.seed == 2


def test_the_second_reading_finds_no_fault():
    assert verify_plan(PLAN, CLINIC, IN_FORCE).faults == ()


def test_places_far_down_the_list_are_found_for_those_left_out():
    """Who looks at the nearest one alone would be left out beside another."""
    near = plan_incident(CLINIC, STRIKE, policy=MatchPolicy(candidates=1))

    assert verify_plan(near, CLINIC, IN_FORCE).faults == ()


def test_a_plan_is_read_as_it_was_written(tmp_path):
    write_plan(PLAN, tmp_path / "plan", report="<!doctype html>")

    assert read_plan(tmp_path / "plan", CLINIC) == PLAN


def test_one_step_follows_the_other():
    seen = []

    plan_incident(CLINIC, STRIKE, progress=lambda *told: seen.append(told))

    steps = [done for done, _, _ in seen]
    assert steps == sorted(steps)
    assert seen[-1] == (len(STEPS), len(STEPS), "")
    assert {what.split(":")[0] for _, _, what in seen if what} == set(STEPS)


def test_without_times_limits_are_judged_by_weeks():
    plan = plan_incident(CLINIC, STRIKE, with_times=False)

    assert (plan.bookings, plan.untimed) == ((), ())
    assert plan.matching == PLAN.matching
    assert {c.reason for c in plan.contacts} <= {"left_out", "no_contact_point"}


def test_the_low_end_of_the_range_has_fewer_away():
    low = plan_incident(CLINIC, STRIKE, path="shares_low")

    assert len({a.clinician_id for a in low.absent}) < len(
        {a.clinician_id for a in PLAN.absent}
    )
    assert low.incident == at_path(STRIKE, "shares_low")
    assert low.absent == absent(CLINIC, STRIKE, path="shares_low")
    assert verify_plan(low, CLINIC, IN_FORCE).faults == ()


def test_an_incident_without_a_range_has_no_ends():
    with pytest.raises(PlanError, match="incident strike has no shares_high"):
        at_path(replace(STRIKE, shares_high=()), "shares_high")


def test_a_path_that_is_none_is_refused():
    with pytest.raises(PlanError, match="no path 'middle'"):
        plan_incident(CLINIC, STRIKE, path="middle")


def test_nobody_affected_is_a_plan_too():
    free = replace(CLINIC, patients=(), appointments=(), groups=(), group_members=())

    plan = plan_incident(free, one_ill("C-00001"))

    assert (plan.series, plan.matching.matches, plan.contacts) == ((), (), ())
    assert plan.matching.status == "optimal"


def test_nobody_at_work_and_no_network_leaves_everybody_out():
    alone = replace(CLINIC, network=())
    everybody = Incident("all", FIRST, NOTICE, shares=(1.0, 1.0))

    plan = plan_incident(alone, everybody)

    assert plan.substitutes == ()
    assert {m.outcome for m in plan.matching.matches} == {"left_out"}
    assert len(plan.matching.left_out) == len(plan.series)


def test_the_policy_bounds_the_weeks_of_an_open_end():
    open_ended = Incident("open", FIRST, NOTICE, shares=(0.6,), open_ended=True)

    plan = plan_incident(CLINIC, open_ended, policy=MatchPolicy(horizon_weeks=3))

    assert plan.weeks == 3
    assert all(s.weeks[-1] < 3 for s in plan.series)


def test_visits_stand_inside_built_weeks(same_week):
    plan = plan_incident(CLINIC, STRIKE, roster=same_week)

    assert plan.roster_hash == roster_hash(same_week)
    assert verify_plan(plan, CLINIC, IN_FORCE, roster=same_week).faults == ()


@pytest.fixture
def same_week() -> Roster:
    """Built weeks: the same even one for everybody of a license."""
    weeks = []
    for c in CLINIC.clinicians:
        ledger = week_ledger(
            IN_FORCE,
            license_code=c.license,
            fte=c.fte,
            on=FIRST,
            ages=c.ages,
            leads_groups=False,
        )
        template = even_template(ledger, stagger=7)
        places = (c.clinic_id,) * len(template.blocks)
        weeks.append(RosterWeek(c.clinician_id, template, places))
    return Roster(IN_FORCE.contract_id, tuple(weeks))


def test_the_way_back_says_who_goes_home():
    plan = add_way_back(PLAN, CLINIC, IN_FORCE, recovery=False)

    assert {home.patient_id for home in plan.home} >= {
        s.patient_id for s in PLAN.series
    }
    assert {home.choice for home in plan.home} <= set(CHOICES)
    assert plan.recovery is None
    assert replace(plan, home=()) == PLAN


def test_the_way_back_with_its_end_has_a_dated_plan():
    plan = add_way_back(PLAN, CLINIC, IN_FORCE, weeks=6, replications=2)

    assert plan.recovery is not None
    assert plan.recovery.replications == 2


def test_where_nobody_is_away_there_is_no_way_back():
    quiet = plan_incident(CLINIC, Incident("quiet", FIRST, NOTICE, shares=(0.0,)))

    assert quiet.absent == ()
    assert add_way_back(quiet, CLINIC, IN_FORCE) == quiet
