"""Measures worked by hand on tallies made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tallies import empty, offer, put

from caretime.measures.measure import definitions, measure, measure_slices
from caretime.measures.waits import mean_wait, percentile, share_within
from caretime.model.log import BINS
from caretime.rules.access import load_standards

CALIFORNIA = load_standards("california")


@given(st.lists(st.integers(0, BINS - 1), min_size=1, max_size=300))
def test_percentiles_are_those_of_the_expanded_sample(waits):
    counts = np.bincount(waits, minlength=BINS)

    for percent in (1, 50, 90, 95, 100):
        expected = np.percentile(waits, percent, method="inverted_cdf")
        assert percentile(counts, percent) == expected


@given(st.lists(st.integers(0, BINS - 1), min_size=1, max_size=300))
def test_means_and_shares_are_those_of_the_expanded_sample(waits):
    counts = np.bincount(waits, minlength=BINS)

    assert float(mean_wait(counts)) == pytest.approx(np.mean(waits))
    assert float(share_within(counts, 10)) == np.mean(np.array(waits) <= 10)


def test_nobody_counted_is_no_share_and_no_wait():
    nobody = np.zeros(BINS, np.int64)

    assert math.isnan(share_within(nobody, 10))
    assert math.isnan(mean_wait(nobody))
    assert math.isnan(percentile(nobody, 50))


def test_the_last_bin_is_never_within_a_limit():
    with pytest.raises(ValueError, match="0 to 126"):
        share_within(np.ones(BINS, np.int64), 127)


def test_an_offer_on_the_tenth_business_day_is_in_time_and_exceptions_stand_apart():
    tally = empty()
    offer(tally, "intake", {0: 2, 10: 5, 11: 1})
    offer(tally, "intake", {4: 7, 30: 3}, excepted=True)

    found = measure(tally, CALIFORNIA)["within_intake"]

    # 2 + 5 of 2 + 5 + 1; the ten with an exception are in neither number.
    assert found.numerators == (7,)
    assert found.denominators == (8,)
    assert found.excepted == (10,)
    assert found.values == (87.5,)


def test_the_wait_counts_everybody_with_and_without_an_exception():
    tally = empty()
    offer(tally, "intake", {2: 1})
    offer(tally, "intake", {8: 1}, excepted=True)

    found = measure(tally, CALIFORNIA)

    assert found["wait_intake_mean"].values == (5.0,)
    assert found["wait_intake_p90"].values == (8.0,)
    assert found["wait_intake_median"].numerators is None


def test_a_psychiatrist_has_fifteen_days_where_a_social_worker_has_ten():
    parts = (("all", "all"), ("license", "LCSW"), ("license", "PSYCHIATRIST"))
    tally = empty(slices=parts)
    offer(tally, "intake", {12: 10})
    offer(tally, "intake", {12: 4}, part=("license", "LCSW"))
    offer(tally, "intake", {12: 6}, part=("license", "PSYCHIATRIST"))

    whole = measure(tally, CALIFORNIA)["within_intake"]
    slices = {
        m.part: m
        for m in measure_slices(tally, CALIFORNIA)
        if m.name == "within_intake"
    }

    assert (whole.numerators, whole.denominators) == ((6,), (10,))
    assert slices["LCSW"].values == (0.0,)
    assert slices["PSYCHIATRIST"].values == (100.0,)


def test_an_offer_by_the_network_is_judged_by_the_therapists_limit():
    tally = empty(slices=(("all", "all"), ("license", "PSYCHIATRIST")))
    offer(tally, "intake", {12: 9})
    offer(tally, "intake", {12: 6}, part=("license", "PSYCHIATRIST"))

    found = measure(tally, CALIFORNIA)["within_intake"]

    # Six by a psychiatrist in time, three by nobody of the house too late.
    assert (found.numerators, found.denominators) == ((6,), (9,))


def test_urgent_waits_are_judged_in_hours():
    tally = empty()
    offer(tally, "urgent", {48: 3, 49: 1})

    assert measure(tally, CALIFORNIA)["within_urgent"].values == (75.0,)


def test_a_profile_without_a_standard_on_a_clock_has_no_share_for_it():
    found = measure(empty(), load_standards("federal-qhp"))

    assert "within_intake" in found
    assert "within_urgent" not in found


def test_rates_are_of_each_replication_and_its_own_weeks():
    tally = empty(replications=2)
    put(tally, "visits_intake", 3, 1)
    put(tally, "visits_return", 10, 20)
    put(tally, "visits_own", 11, 14)
    put(tally, "visits_return", 40, 40, replication=1)
    put(tally, "visits_own", 40, 20, replication=1)

    found = measure(tally, CALIFORNIA)

    # (3 + 1 + 10 + 20) / 2 weeks and (40 + 40) / 2 weeks.
    assert found["visits_per_week"].values == (17.0, 40.0)
    # 25 of 34 and 60 of 80.
    assert found["continuity"].values == (pytest.approx(100 * 25 / 34), 75.0)


def test_load_leaving_and_vacancies_are_worked_by_hand():
    tally = empty()
    put(tally, "visit_minutes", 1200, 1200)
    put(tally, "notes_minutes", 300, 180)
    put(tally, "paid_minutes", 2400, 2400)
    put(tally, "filled_seats", 10, 8)
    put(tally, "vacant_seats", 0, 2)
    put(tally, "clinicians_left", 0, 2)
    put(tally, "unpaid_minutes", 90, 90)
    put(tally, "meals_cut", 5, 4)

    found = measure(tally, CALIFORNIA)

    # 2,880 of 4,800 minutes.
    assert found["load"].values == (60.0,)
    # 2 leavers in 18 clinician-weeks, times 52 weeks.
    assert found["leavers"].values[0] == pytest.approx(100 * 52 * 2 / 18)
    assert found["vacancies"].values == (10.0,)
    assert found["unpaid_minutes"].values == (10.0,)
    assert found["meals_missed"].values == (0.5,)


def test_backlog_is_what_stands_on_the_last_day():
    tally = empty()
    put(tally, "waitlist", 50, 7)

    assert measure(tally, CALIFORNIA)["waitlist"].values == (7.0,)


def test_every_row_of_the_table_is_measured_in_its_order():
    found = measure(empty(), CALIFORNIA)

    assert list(found) == [row["name"] for row in definitions()]
    assert {row["better"] for row in definitions()} == {"higher", "lower", "neither"}
