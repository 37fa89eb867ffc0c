"""Claims are experiments: the verdict follows from what is found."""

from __future__ import annotations

import pytest
from bargaining_cast import care_system, contract, engine, hours, meetings, wage

from caretime import tables
from caretime.bargaining.claim_experiments import EXPERIMENTS
from caretime.bargaining.claims import claims, try_claims, verdict, within
from caretime.bargaining.findings import ClaimFinding
from caretime.bargaining.run_plan import RunPlan
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, estimate
from caretime.rules.clause_kinds import make_clause
from caretime.rules.counting import counting_rules

PLAN = RunPlan(weeks=4, replications=3, simulator=engine)
MEAL = make_clause("MEAL", "meal", minutes=30)
NOW = contract("now", hours(4), meetings(2), MEAL, wage(), wage("LMFT", 50))


def tried(claim_id: str, plan: RunPlan = PLAN, now=NOW):
    (found,) = try_claims(care_system(now), plan=plan, claim_ids=(claim_id,))
    return found


def found_under(verdict) -> dict[str, float]:
    return {f.assumptions: f.found.value for f in verdict.findings}


def test_every_claim_has_a_source_a_standing_and_an_experiment():
    for claim in claims():
        assert claim.source.startswith("facts ")
        assert claim.experiment in EXPERIMENTS
        assert claim.standing in ("union", "employer", "unverified")
        assert claim.low is not None or claim.high is not None


def test_the_table_of_claims_has_no_row_twice():
    ids = [row["claim_id"] for row in tables.rows("claims")]

    assert len(ids) == len(set(ids))


def test_a_claim_said_of_two_thousand_clinicians_is_scaled_to_four():
    verdict = tried("hour-costs-1300")

    # 1,560 to 1,040 fewer of 2,000 clinicians are 3.12 to 2.08 fewer of four.
    assert (verdict.claimed_low, verdict.claimed_high) == (-3.12, -2.08)
    assert "4 clinicians" in verdict.note


def test_a_claim_holds_only_where_the_number_found_is_within_what_was_said():
    verdict = tried("hour-costs-1300")

    found = found_under(verdict)
    # The engine holds one visit fewer of each of four clinicians.
    assert found["the shared numbers"] == -4
    # 1,300 of 2,000 clinicians are counted: 2.6 of four.
    counted = "plain arithmetic, one visit an hour for the FTE the employer counted"
    assert found[counted] == pytest.approx(-2.6)
    holds = {f.assumptions for f in verdict.findings if f.holds}
    assert holds == {counted}
    assert verdict.verdict.startswith(f"holds under {counted}; does not hold under ")


def test_an_interval_that_straddles_the_bound_decides_nothing():
    wide = Estimate(64.1, -248.0, 377.0, 2)

    assert within(wide, 54, 66) is None
    assert within(wide, -300, 400) is True
    assert within(wide, 400, None) is False


def test_a_single_year_and_no_year_decide_nothing():
    assert within(estimate([60.0]), 54, 66) is None
    assert within(estimate([]), 54, 66) is None


def test_the_verdict_names_what_cannot_be_told():
    wide = Estimate(64.1, -248.0, 377.0, 2)
    findings = [ClaimFinding("A", wide, None), ClaimFinding("B", wide, True)]

    assert verdict(findings) == "holds under B; cannot tell under A"


def test_few_replications_are_noted_beside_a_claim_that_was_run():
    assert "only 3 replications" in tried("hour-costs-1300").note
    many = RunPlan(weeks=4, replications=10, simulator=engine)
    assert "replications" not in tried("hour-costs-1300", many).note


def test_the_verdict_changes_with_what_the_engine_finds():
    def gentle(system, contracts, **options):
        results = engine(system, contracts, **options)
        base, other = (result.tally.weekly for result in results)
        # Half of the visits lost are made up for.
        other += (base - other) * 2 // 5
        return results

    plan = RunPlan(weeks=4, replications=3, simulator=gentle)

    verdict = tried("hour-costs-1300", plan)

    assert found_under(verdict)["the shared numbers"] == -3
    assert any(
        f.holds for f in verdict.findings if f.assumptions == "the shared numbers"
    )


def test_a_month_has_fifty_two_twelfths_of_a_week():
    # From 4 to 7 hours: 3 visits a week of each of four.
    found = found_under(tried("seven-hours-15000"))

    assert found["the shared numbers"] == pytest.approx(-12 * 52 / 12)
    everyone = "plain arithmetic, one visit an hour for every FTE"
    assert found[everyone] == pytest.approx(-12 * 52 / 12)


def test_nineteen_hours_are_tried_under_each_counting_rule():
    verdict = tried("nineteen-hours")

    found = found_under(verdict)
    assert set(found) > {rule.title for rule in counting_rules()}
    assert any(name.startswith("what happens") for name in found)
    assert found["Patient management as the union lists it"] >= 7
    # Half an hour of meals a day on top of the paid time without a patient.
    whole = found["Every paid minute without a patient present"]
    meal = found["Every minute at work without a patient present"]
    assert meal == pytest.approx(whole + 2.5)
    assert all(f.holds is within(f.found, 19, None) for f in verdict.findings)


def test_a_share_of_the_week_counts_the_meal_on_both_sides_or_on_none():
    hours_found = found_under(tried("nineteen-hours"))
    shares = found_under(tried("forty-percent"))

    rule = "Every paid minute without a patient present"
    assert shares[rule] == pytest.approx(100 * hours_found[rule] / 40)
    meal = "Every minute at work without a patient present"
    assert shares[meal] == pytest.approx(100 * hours_found[meal] / 42.5)


def test_the_network_is_counted_as_listed_and_as_each_side_sees_it():
    found = found_under(tried("network-13000"))

    assert found["the list as it stands"] == 1
    assert found["the union's numbers"] < found["the employer's numbers"] < 1


def test_an_absence_is_compared_with_the_same_week_without_it():
    found = found_under(tried("sixty-percent-seen"))

    # Forty percent are away.
    assert found["the shared numbers"] == pytest.approx(60, abs=2)


def test_leaving_is_a_ratio_and_no_cause_is_claimed():
    verdict = tried("turnover-doubled")

    # 330 minutes of notes in 240 and in 120 protected minutes: unpaid in both, so
    # the engine lets two leave a week in both.
    assert found_under(verdict)["the shared numbers"] == 1
    assert "not settled" in verdict.note


def test_a_claim_nobody_made_is_refused():
    with pytest.raises(PlanError, match="no claim x; there are hour-costs-1300"):
        tried("x")


def test_a_run_too_short_for_the_claim_is_refused():
    with pytest.raises(PlanError, match="needs 3 weeks"):
        tried("sixty-percent-seen", RunPlan(weeks=2, simulator=engine))
