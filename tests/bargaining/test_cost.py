"""Cents worked by hand."""

from __future__ import annotations

from datetime import date

import pytest
from bargaining_cast import (
    care_system,
    clinician,
    contract,
    hours,
    tally_for,
    wage,
)

from caretime.bargaining.cost import PARTS, bill, network_price
from caretime.bargaining.pay import mean_rate, raise_factor, scale_rate
from caretime.errors import AssumptionWarning
from caretime.rules.clause_kinds import make_clause

WAGES = (wage("LCSW", 60), wage("LMFT", 50))


HIRE_USD = 9000


def priced(*clauses, weeks: int = 2, **counters: int) -> dict[str, int]:
    terms = contract("c", *clauses)
    system = care_system(terms)
    assumptions = system.assumptions.with_value("hiring_cost_usd", HIRE_USD)
    found = bill(system, terms, tally_for(weeks, **counters), assumptions)
    assert list(found.parts) == list(PARTS)
    amounts = {part: int(cents[0]) for part, cents in found.parts.items()}
    return {**amounts, "total": int(found.total[0])}


def test_wages_are_paid_minutes_times_the_hourly_wage():
    found = priced(*WAGES)

    # Two weeks, each 40 hours at 60 and 40 hours at 50 dollars.
    assert found["wages"] == 2 * 40 * (6000 + 5000)
    assert found["total"] == found["wages"]


def test_a_raise_pays_from_the_week_it_falls_in_and_raises_compound():
    found = priced(
        *WAGES,
        make_clause("R1", "raise", percent=10, on=date(2024, 10, 21)),
        make_clause("R2", "raise", percent=10, on=date(2024, 10, 28)),
    )

    # 440,000 cents a week: 10 % in the first week, 21 % in the second.
    assert found["raises"] == 44_000 + 92_400


def test_a_raise_after_the_run_costs_nothing():
    late = make_clause("R", "raise", percent=10, on=date(2025, 10, 21))

    assert priced(*WAGES, late)["raises"] == 0


def test_a_raise_dated_before_the_contract_is_paid_backwards():
    back = make_clause("R", "raise", percent=5.5, on=date(2024, 9, 23))

    found = priced(*WAGES, back)

    # 28 days are four weeks: 4 x 440,000 x 5.5 %.
    assert found["retroactive"] == 96_800
    # And both weeks of the run are paid at the raised scale.
    assert found["raises"] == 2 * 24_200


def test_a_lump_sum_is_a_percent_of_a_year_and_leaves_the_scale():
    lump = make_clause("L", "raise", percent=1, on=date(2024, 10, 25), lump_sum=True)

    found = priced(*WAGES, lump)

    # One percent of 52 weeks of 440,000 cents.
    assert found["lump_sums"] == 228_800
    assert found["raises"] == 0


def test_a_differential_is_paid_to_those_who_speak_the_language():
    bilingual = make_clause("D", "differential", language="any", hourly_usd=1.5)

    found = priced(*WAGES, bilingual)

    # One of two LCSW speaks Spanish: half of 80 hours at 1.50 dollars.
    assert found["differentials"] == 6_000


def test_benefits_are_a_percent_of_wages_raises_and_differentials():
    found = priced(
        *WAGES,
        make_clause("R", "raise", percent=10, on=date(2024, 10, 21)),
        make_clause("D", "differential", language="es", hourly_usd=1.5),
        make_clause("B", "benefits", percent=30),
    )

    # 30 % of 880,000 + 88,000 + 6,000.
    assert found["benefits"] == 292_200


def test_benefits_of_some_licenses_are_a_percent_of_their_share_of_hours():
    some = make_clause("B", "benefits", covers=("LCSW",), percent=30)

    # Half of the hours are worked by social workers: 15 % of 880,000.
    assert priced(*WAGES, some)["benefits"] == 132_000


def test_a_bonus_is_paid_once_to_each_covered_clinician():
    bonus = make_clause("B", "bonus", covers=("LCSW",), usd=2500)

    assert priced(*WAGES, bonus)["bonus"] == 2 * 250_000


def test_a_missed_meal_earns_one_hour_of_mean_pay():
    found = priced(*WAGES, meals_cut=3)

    # Three a week for two weeks at the mean of 60 and 50 dollars.
    assert found["meal_premiums"] == 6 * 5500


def test_hires_network_visits_and_unpaid_hours_are_priced():
    found = priced(*WAGES, clinicians_hired=1, network_visits=4, unpaid_minutes=90)

    assert found["hiring"] == 2 * 900_000
    assert found["network"] == 8 * 15_000
    # 180 minutes at 55 dollars an hour, shown and not paid.
    assert found["unpaid"] == 16_500
    assert found["total"] == found["wages"] + 1_800_000 + 120_000


def test_an_empty_seat_costs_nothing():
    terms = contract("c", *WAGES)
    tally = tally_for()
    tally.staff[0, 1, 0] = 0
    system = care_system(terms)

    found = bill(system, terms, tally, system.assumptions)

    assert int(found.parts["wages"][0]) == 2 * 40 * 11_000 - 40 * 6000


def test_steps_above_the_stated_one_compound_its_percent():
    terms = contract("c", wage("LCSW", 50, step=2, step_percent=2))

    # Step 4 is two above: 50 x 1.02 x 1.02 = 52.02.
    assert scale_rate(terms, "LCSW", 4) == 5202
    assert scale_rate(terms, "LCSW", 1) == 5000
    assert scale_rate(terms, "LMFT", 1) is None


def test_the_mean_wage_weighs_people_by_their_post():
    people = [clinician(1, step=1), clinician(2, step=2, fte=0.5)]
    terms = contract("c", wage("LCSW", 60, step_percent=5))

    # (60 x 1 + 63 x 0.5) / 1.5 = 61.
    assert mean_rate(care_system(terms, clinicians=people), terms, "LCSW") == 6100


def test_a_proposal_without_wages_is_paid_as_the_contract_in_force():
    now = contract("now", *WAGES)
    offer = contract("offer", hours(5))

    assert mean_rate(care_system(now, offer), offer, "LMFT") == 5000


def test_a_license_without_any_wage_is_warned_about():
    terms = contract("c", wage("LCSW", 60))

    with pytest.warns(AssumptionWarning, match="no wage for LMFT"):
        assert mean_rate(care_system(terms), terms, "LMFT") == 6000


def test_a_raise_for_some_leaves_the_others():
    some = make_clause(
        "R", "raise", covers=("LMFT",), percent=10, on=date(2024, 10, 21)
    )
    terms = contract("c", some)

    assert raise_factor(terms, "LMFT", 0) > 1
    assert raise_factor(terms, "LCSW", 0) == 1


def test_a_network_without_openings_has_no_price():
    assert network_price(care_system()) == 15_000
