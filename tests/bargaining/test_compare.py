"""Contracts side by side."""

from __future__ import annotations

import pytest
from bargaining_cast import care_system, contract, engine, hours, meetings, wage

from caretime.bargaining.compare import compare
from caretime.errors import PlanError
from caretime.model.log import BINS, CLOCKS
from caretime.rules.clause_kinds import make_clause

PAY = (wage(), wage("LMFT", 50))
NOW = contract("now", hours(4), *PAY)
OFFER = contract("offer", hours(6), *PAY)


def compared(*contracts, **options):
    options = {"replications": 6, "weeks": 4, "simulator": engine} | options
    return compare(care_system(*contracts), contracts, **options)


def test_the_difference_is_paired_so_luck_cancels():
    found = compared(NOW, OFFER)

    visits = found.measure("visits_per_week", "offer")
    # Two hours fewer for visits of one hour, four clinicians: eight visits a week
    # in every replication, whatever its luck.
    assert visits.difference.values == (-8.0,) * 6
    assert (visits.difference.low, visits.difference.high) == (-8, -8)
    assert visits.estimate.half_width > 0
    assert found.measure("visits_per_week", "now").difference is None


def test_the_base_can_be_any_of_the_contracts():
    found = compared(NOW, OFFER, base="offer")

    assert found.measure("visits_per_week", "now").difference.value == 8


def test_values_carry_numerator_and_denominator():
    within = compared(NOW, OFFER).measure("within_intake", "now")

    # Ten referrals a week for four weeks, all within ten days.
    assert (within.numerator, within.denominator) == (40, 40)


def test_results_without_load_on_leaving_stand_beside_the_central_ones():
    found = compared(NOW, OFFER).measure("leavers", "offer")

    assert found.estimate.value > 0
    assert found.without_leaving.value == 0
    assert found.without_leaving_difference.value == 0


def test_an_arm_shows_its_week_and_what_no_number_contains():
    goodwill = make_clause("N", "unmodeled", text="2 % more at 25 years")
    found = compared(contract("now", hours(4), meetings(2), goodwill, *PAY))

    arm = found.arm("now")
    paid = sum(line.hours for line in arm.ledger if line.paid)
    assert paid == pytest.approx(40)
    assert arm.protected_hours == 4
    assert [clause.text for clause in arm.unmodeled] == ["2 % more at 25 years"]


def test_costs_are_paired_and_the_total_leaves_out_what_nobody_pays():
    better_paid = contract("offer", hours(4), wage(usd=66), wage("LMFT", 55))

    found = compared(NOW, better_paid)

    parts = {(c.part, c.contract_id): c for c in found.costs}
    # Four weeks, 40 hours of each license: 6 and 5 dollars an hour more.
    assert parts["wages", "offer"].difference_cents == 4 * 40 * 1100
    assert parts["wages", "now"].difference_cents is None
    paid = sum(
        c.cents
        for c in found.costs
        if c.contract_id == "now" and c.paid and c.part != "total"
    )
    assert parts["unpaid", "now"].cents > 0
    assert parts["total", "now"].cents == paid


def test_weekly_series_have_one_band_a_week():
    visits = next(
        series
        for series in compared(NOW, OFFER).weekly
        if series.name == "visits" and series.contract_id == "now"
    )

    assert len(visits.value) == len(visits.low) == len(visits.high) == 4
    assert all(low < value < high for low, value, high in
               zip(visits.low, visits.value, visits.high, strict=True))  # fmt: skip


def test_histograms_hold_a_mean_year_and_the_limit():
    intake = next(w for w in compared(NOW, OFFER).waits if w.clock == "intake")

    assert intake.limit == 10
    assert sum(intake.counts) == 40


def test_provenance_says_everything_needed_to_ask_again():
    made = compared(NOW, OFFER, seed=7).provenance

    assert (made.seed, made.replications, made.weeks) == (7, 6, 4)
    assert made.stopped_by == "count"
    assert made.contract_hashes == {"now": "hash of now", "offer": "hash of offer"}
    holders = {row.holder for row in made.assumptions}
    assert {"union", "employer", "assumption"} <= holders


def test_replications_stop_when_the_asked_precision_holds_and_go_on_five_more():
    found = compared(NOW, OFFER, precision={"visits_per_week": 0.5})

    # The paired difference has no spread, so ten are enough, and five look ahead.
    assert found.provenance.stopped_by == "precision"
    assert found.provenance.replications == 15
    assert found.provenance.precision == {"visits_per_week": 0.5}


def noisy(system, contracts, **options):
    """The same, but luck falls on the second contract alone."""
    results = list(engine(system, contracts, **options))
    lucky, plain = results[0].tally.weekly, results[-1].tally.weekly
    if len(results) > 1:
        plain[:] = plain - lucky + lucky[:1]
    return tuple(results)


def test_replications_stop_at_the_cap_and_say_so():
    found = compared(
        NOW, OFFER, precision={"visits_per_week": 1e-9}, cap=20, simulator=noisy
    )

    assert found.provenance.stopped_by == "cap"
    assert found.provenance.replications == 20


def test_the_number_of_replications_follows_from_the_spread():
    found = compared(
        NOW, OFFER, precision={"visits_per_week": 1.2}, cap=200, simulator=noisy
    )

    difference = found.measure("visits_per_week", "offer").difference
    assert found.provenance.stopped_by == "precision"
    assert 15 < found.provenance.replications < 200
    assert difference.half_width <= 1.2


def test_a_question_that_contradicts_itself_is_refused():
    with pytest.raises(PlanError, match="not among"):
        compared(NOW, OFFER, base="elsewhere")
    with pytest.raises(PlanError, match="stands twice"):
        compared(NOW, NOW)
    with pytest.raises(PlanError, match="no measure happiness"):
        compared(NOW, OFFER, precision={"happiness": 1})
    with pytest.raises(PlanError, match="nothing to compare"):
        compare(care_system(), ())


def test_few_replications_are_noted():
    assert any("only 6 replications" in note for note in compared(NOW, OFFER).notes)


def test_long_waits_are_noted_in_the_unit_of_their_clock():
    def slow(system, contracts, **options):
        results = engine(system, contracts, **options)
        for result in results:
            for clock in ("intake", "urgent"):
                result.tally.waits[:, CLOCKS.index(clock), 0, 0, BINS - 1] = 9
        return results

    notes = " ".join(compared(NOW, OFFER, simulator=slow).notes)

    assert "of waits for a first visit are 127 business days or more" in notes
    assert "of waits for an urgent visit are 127 hours or more" in notes
    assert "units" not in notes
