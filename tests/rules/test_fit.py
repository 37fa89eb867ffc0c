"""Fit: points against a pair, and the policy that they carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from caretime.model.matching import MOST_POINTS
from caretime.model.people import Clinician, NetworkTherapist, Patient
from caretime.rules.fit import fit, mile_points, weights
from caretime.tables import rows

OWN = Clinician("C-1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "S-1", 0.5, None,
                date(2020, 1, 1), "therapist", 1, False)  # fmt: skip
OUTSIDE = NetworkTherapist("N-1", "LCSW", ("en",), ("adult",), ("therapy",), "Orange",
                           "92801", 33.8, -117.9, True, 1.0, 0, 1.0)  # fmt: skip
PATIENT = Patient("P-1", "Los Angeles", "90017", "adult", "en", "therapy", 3, "C-1", 2,
                  5, "either", True, True, True)  # fmt: skip

miles = st.none() | st.floats(0, 500)
licenses = st.sampled_from(["LCSW", "LMFT", "PSYCHIATRIST"])
in_house = st.builds(
    lambda code, clinic: replace(OWN, license=code, clinic_id=clinic),
    licenses,
    st.sampled_from(["S-1", "S-2"]),
)
outside = st.builds(
    lambda code, price, acceptance: replace(
        OUTSIDE, license=code, price_per_visit_cents=price, acceptance=acceptance
    ),
    licenses, st.integers(0, 100_000), st.floats(0, 1),
)  # fmt: skip
patients = st.sampled_from(["in_person", "telehealth", "either"]).map(
    lambda modality: replace(PATIENT, modality=modality)
)


@given(in_house, outside, patients, miles, st.booleans())
def test_in_house_comes_first_at_the_same_distance(own, other, patient, far, remote):
    inside = fit(own, patient, home=OWN, miles=far, telehealth=remote)
    network = fit(other, patient, home=OWN, miles=far, telehealth=remote)

    assert inside.points < network.points


@given(in_house | outside, patients, miles, st.booleans(), st.integers(0, 16))
def test_parts_add_up_and_stay_within_the_most(person, patient, far, remote, weeks):
    weighed = fit(
        person, patient, home=OWN, miles=far, telehealth=remote, weeks_waiting=weeks
    )

    assert sum(points for _, points in weighed.parts) == weighed.points <= MOST_POINTS
    assert all(points > 0 for _, points in weighed.parts)
    assert {name for name, _ in weighed.parts} <= set(weights())


@given(in_house | outside, patients, miles, st.booleans())
def test_seven_weeks_of_waiting_fit_beside_the_worst_pair(person, patient, far, remote):
    at_once = fit(person, patient, home=OWN, miles=far, telehealth=remote)
    late = fit(person, patient, home=OWN, miles=far, telehealth=remote, weeks_waiting=7)

    assert at_once.points <= 560
    assert late.points == at_once.points + 7 * weights()["waiting"].points


def test_a_colleague_of_the_same_clinic_and_license_costs_nothing_but_the_way():
    assert fit(replace(OWN, clinician_id="C-2"), PATIENT, home=OWN, miles=0).parts == ()


def test_an_unknown_distance_counts_as_the_most():
    assert mile_points(None) == mile_points(1_000) > mile_points(10)


def test_telehealth_weighs_only_on_who_could_be_seen_in_person():
    asked = replace(PATIENT, modality="telehealth")

    assert fit(OWN, PATIENT, home=OWN, telehealth=True).parts == (("telehealth", 25),)
    assert fit(OWN, asked, home=OWN, telehealth=True).points == 0


def test_without_a_known_home_clinic_and_license_are_not_weighed():
    other = replace(OWN, clinic_id="S-9", license="LMFT")

    assert fit(other, PATIENT, miles=0).points == 0
    assert fit(other, PATIENT, home=OWN, miles=0).points == 70


def test_every_weight_says_what_it_means_and_where_it_comes_from():
    for row in rows("fit_points"):
        assert 0 < int(row["points"]) <= int(row["most"]) <= MOST_POINTS
        assert row["meaning"]
        assert row["source"]
