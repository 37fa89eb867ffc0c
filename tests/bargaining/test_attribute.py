"""Where a difference comes from."""

from __future__ import annotations

from datetime import date

import pytest
from bargaining_cast import care_system, contract, engine, hours, meetings, wage

from caretime.bargaining.attribute import attribute, attribute_accounts
from caretime.bargaining.clause_costs import cost_of_clauses
from caretime.bargaining.run_plan import RunPlan
from caretime.bargaining.tornado import disagreements, tornado
from caretime.errors import PlanError
from caretime.model.assumptions import Assumption, Assumptions
from caretime.rules.clause_kinds import make_clause

PAY = (wage(), wage("LMFT", 50))
PLAN = RunPlan(weeks=4, replications=3, simulator=engine)
RAISE = make_clause("R", "raise", percent=10, on=date(2024, 10, 21))
NOW = contract("now", hours(4), meetings(2), *PAY)
OFFER = contract("offer", hours(6), meetings(1), RAISE, *PAY)


def shares(measure: str, **options):
    rows = attribute(
        care_system(NOW, OFFER), NOW, OFFER, plan=PLAN, measures=(measure,), **options
    )
    return {row.name or row.cause: row for row in rows}


def test_each_kind_of_clause_gets_its_part_and_the_parts_add_up():
    found = shares("visits_per_week")

    # Two hours more protected, one hour less of meetings, four clinicians.
    assert found["protected_hours"].share.value == pytest.approx(-8)
    assert found["activity_hours"].share.value == pytest.approx(4)
    assert found["raise"].share.value == 0
    assert found["total"].share.value == pytest.approx(-4)
    assert found["protected_hours"].method == "shapley"
    assert found["protected_hours"].clause_ids == ("now:PMT", "offer:PMT")


def test_pay_is_attributed_without_running_it():
    runs = []

    def counting(system, contracts, **options):
        runs.append(len(contracts))
        return engine(system, contracts, **options)

    plan = RunPlan(weeks=4, replications=3, simulator=counting)
    rows = attribute(care_system(NOW, OFFER), NOW, OFFER, plan=plan, measures=("cost",))

    found = {row.name or row.cause: row.share.value for row in rows}
    # Ten percent of four weeks of 440,000 cents; the other groups change no hour.
    # Unpaid hours are not in the cost.
    assert found["raise"] == pytest.approx(176_000)
    assert found["protected_hours"] == 0
    # Two kinds change time: four subsets, not eight.
    assert runs == [4]


def test_interplay_of_two_kinds_is_shared_between_them():
    # With 38 hours of meetings nothing is left, so the second cut costs nothing.
    one = contract("one", *PAY)
    other = contract("other", hours(20), meetings(20), *PAY)

    rows = attribute(
        care_system(one, other), one, other, plan=PLAN, measures=("visits_per_week",)
    )

    found = {row.name or row.cause: row.share.value for row in rows}
    total = found.pop("total")
    assert sum(found.values()) == pytest.approx(total)


def test_many_differing_kinds_fall_back_on_families():
    other = contract(
        "other",
        hours(6),
        meetings(1),
        make_clause("NOTES", "notes_per_visit", minutes=5),
        make_clause("BUF", "buffer", minutes=5),
        make_clause("LEN", "visit_length", visit_type="return", minutes=45),
        make_clause("CAP", "caseload_cap", patients=80),
        make_clause("DAY", "visit_cap_daily", patients=7),
        *PAY,
    )

    rows = attribute(
        care_system(NOW, other), NOW, other, plan=PLAN, measures=("visits_per_week",)
    )

    assert {row.name for row in rows} == {"time", "visits", ""}


def test_equal_contracts_differ_by_nothing():
    twin = contract("twin", hours(4), meetings(2), *PAY)

    rows = attribute(
        care_system(NOW, twin), NOW, twin, plan=PLAN, measures=("visits_per_week",)
    )

    assert [(row.cause, row.share.value) for row in rows] == [("total", 0)]


def test_a_sides_numbers_are_put_in_one_at_a_time_and_all_together():
    rows = attribute_accounts(
        care_system(NOW, OFFER), NOW, OFFER, plan=PLAN, measures=("unpaid_minutes",)
    )

    by_name = {(row.holder, row.name): row.share.value for row in rows}
    # Shared: 11 minutes of 30 visits are 330; beyond 240 protected minutes 90,
    # beyond 360 none, so the offer has 90 less among four clinicians. At the
    # union's 15 minutes, 450: 210 and 90, so 120 less. 30 more among four.
    assert by_name["union", "notes_return"] == pytest.approx(-30 / 4)
    # At the employer's 8 minutes, 240: none and none.
    assert by_name["employer", "notes_return"] == pytest.approx(90 / 4)
    assert by_name["union", "network_use"] == 0
    assert by_name["union", "all"] == pytest.approx(-30 / 4)


def rows_of(*extra: Assumption) -> Assumptions:
    system = care_system()
    kept = [r for r in system.assumptions.rows if r.name != "notes_return"]
    return Assumptions.of([*kept, *extra])


def swings(measure: str, **options):
    options = {"plan": PLAN, "names": ("notes_return", "network_use")} | options
    return tornado(care_system(NOW, OFFER), NOW, OFFER, [measure], **options)


def test_the_widest_swing_comes_first_and_says_who_holds_its_ends():
    found = swings("unpaid_minutes")

    first = found[0]
    assert first.assumption == "notes_return"
    # The range of 5 to 15 minutes: nothing, and 120 less among four.
    assert (first.at_low.value, first.at_high.value) == (0, -30)
    disputed = next(r for r in found if r.disputed and r.assumption == "notes_return")
    assert (disputed.low, disputed.high) == (8, 15)
    assert (disputed.holder_low, disputed.holder_high) == ("employer", "union")
    assert disputed.matters


def test_a_number_that_moves_nothing_does_not_matter():
    idle = [row for row in swings("unpaid_minutes") if row.assumption == "network_use"]

    assert idle
    assert not any(row.matters for row in idle)


def test_a_stated_threshold_makes_small_swings_immaterial():
    row = swings("unpaid_minutes", threshold=1000.0)[0]

    assert not row.matters
    assert row.threshold == 1000


def test_an_end_the_model_refuses_is_said_and_not_hidden():
    def refusing(system, contracts, **options):
        if options["assumptions"]["network_use"] > 0.9:
            raise PlanError("openings exceed the list")
        return engine(system, contracts, **options)

    plan = RunPlan(weeks=4, replications=3, simulator=refusing)
    found = swings("unpaid_minutes", plan=plan)
    row = next(r for r in found if r.assumption == "network_use" and not r.disputed)

    assert "1 cannot be run: openings exceed the list" in row.why
    assert row.at_high == row.at_value


def test_the_answer_names_what_is_disputed_and_what_matters():
    said = disagreements(swings("unpaid_minutes"))

    assert said.startswith("You disagree about: ")
    assert "What matters: notes for a return visit (" in said
    assert "_" not in said


def test_what_moves_the_cost_is_said_in_dollars():
    whys = [row.why for row in swings("cost") if "moves the" in row.why]

    assert whys
    assert all(" by at most $" in why or " by up to $" in why for why in whys)


def test_no_dispute_is_said_plainly():
    table = rows_of(Assumption("notes_return", 11, 5, 15, "minutes", "", "assumption"))

    found = swings("unpaid_minutes", assumptions=table, names=("notes_return",))

    assert disagreements(found).startswith("Neither side holds a number")


def test_an_unknown_assumption_is_refused():
    with pytest.raises(PlanError, match="no assumption moon_phase"):
        swings("unpaid_minutes", names=("moon_phase",))


def test_a_time_clause_is_priced_by_running_without_it_and_pay_without_a_run():
    found = {
        row.clause_id: row
        for row in cost_of_clauses(care_system(OFFER), OFFER, plan=PLAN)
    }

    assert found["PMT"].how == "simulated"
    # Six protected hours less of four clinicians are 24 visits a week.
    assert found["PMT"].effects["visits_per_week"].value == -24
    assert found["R"].how == "priced"
    assert found["R"].cents == 176_000
    # Without a wage scale nothing could be priced.
    assert "WAGE-LCSW-1" not in found
