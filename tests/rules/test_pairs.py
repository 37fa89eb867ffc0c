"""Eligibility: the array form is the pair rule, and miles are miles."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.model.people import (
    AGE_GROUPS,
    MODALITIES,
    Clinician,
    Need,
    NetworkTherapist,
)
from caretime.rules.eligibility import REASONS, eligibility_matrix, may_treat
from caretime.rules.region import limit_miles, miles_between, miles_matrix
from caretime.tables import rows

LICENSES = [row["license"] for row in rows("licenses")]
NEEDS = [row["need"] for row in rows("needs")]
LANGUAGES = ["en", "es", "vi"]
COUNTIES = ["Los Angeles", "Kern", "Imperial", "Atlantis"]


def some(values):
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


clinicians = st.lists(
    st.tuples(
        st.sampled_from(LICENSES),
        some(LANGUAGES),
        some(AGE_GROUPS),
        some(NEEDS),
        st.sampled_from([0.0, 0.4, 1.0]),
        st.sampled_from([None, "C0", "C1", "C2"]),
        st.booleans(),
    ),
    max_size=5,
)
needs = st.lists(
    st.builds(
        Need,
        st.sampled_from(COUNTIES),
        st.sampled_from(AGE_GROUPS),
        st.sampled_from(LANGUAGES),
        st.sampled_from(NEEDS),
        st.sampled_from(MODALITIES),
    ),
    max_size=4,
)


def person(index, row):
    code, languages, ages, treats, telehealth, supervisor, outside = row
    if outside:
        return NetworkTherapist(f"N{index}", code, languages, ages, treats, "Kern",
                                "93301", 35.4, -119.0, telehealth > 0, 1.0, 10_000,
                                0.5)  # fmt: skip
    return Clinician(f"C{index}", code, languages, ages, treats, 1.0, "K1", telehealth,
                     supervisor, date(2020, 1, 1), "therapist", 1, False)  # fmt: skip


@given(clinicians, needs, st.data())
def test_the_array_agrees_with_the_pair_rule_everywhere(drawn, wanted, data):
    people = [person(index, row) for index, row in enumerate(drawn)]
    shape = (len(people), len(wanted))
    near = st.floats(0, 100)
    miles = np.array(
        data.draw(st.lists(near, min_size=shape[0] * shape[1],
                           max_size=shape[0] * shape[1])), dtype=np.float64
    ).reshape(shape)  # fmt: skip
    consent = np.array(
        data.draw(st.lists(st.booleans(), min_size=shape[1], max_size=shape[1])),
        dtype=np.bool_,
    )
    by_id = {c.clinician_id: c for c in people if isinstance(c, Clinician)}

    table = eligibility_matrix(people, wanted, miles=miles, telehealth_consent=consent)

    assert table.shape == shape
    for row, clinician in enumerate(people):
        boss = by_id.get(getattr(clinician, "supervisor_id", None))
        for column, need in enumerate(wanted):
            verdict = may_treat(
                clinician,
                need,
                supervisor=boss,
                miles=float(miles[row, column]),
                telehealth_consent=bool(consent[column]),
            )
            assert table[row, column] == verdict.allowed
            assert set(verdict.reasons) <= set(REASONS)
            assert verdict.allowed == (not verdict.reasons)


def test_without_miles_and_consent_neither_is_judged():
    therapist = person(0, ("LCSW", ("en",), ("adult",), ("therapy",), 0.5, None, False))
    far = Need("Los Angeles", "adult", "en", "therapy")

    assert eligibility_matrix([therapist], [far]).tolist() == [[True]]


def test_a_supervisor_who_is_away_sidelines_the_associate():
    boss = person(0, ("LCSW", ("en",), ("adult",), ("therapy",), 0.5, None, False))
    associate = person(1, ("ASW", ("en",), ("adult",), ("therapy",), 0.5, "C0", False))
    need = Need("Kern", "adult", "en", "therapy")

    both = eligibility_matrix([boss, associate], [need])
    alone = eligibility_matrix([associate], [need], present=[])

    assert both.ravel().tolist() == [True, True]
    assert alone.ravel().tolist() == [False]


def test_every_need_can_be_treated_by_somebody():
    scopes = {row["need"] for row in rows("eligibility")}

    assert scopes == set(NEEDS)


def test_every_license_of_the_scope_table_is_a_license():
    assert {row["license"] for row in rows("eligibility")} == set(LICENSES)


def test_all_58_counties_have_a_class_with_a_limit():
    counties = [row["county"] for row in rows("county_classes")]

    assert len(set(counties)) == 58
    assert all(limit_miles(county, "LCSW") for county in counties)


@given(
    st.floats(-80, 80), st.floats(-180, 180), st.floats(-80, 80), st.floats(-180, 180)
)
def test_a_distance_is_the_same_both_ways_and_in_both_forms(a, b, c, d):
    there, back = miles_between(a, b, c, d), miles_between(c, d, a, b)
    table = miles_matrix([[a, b]], [[c, d]])

    assert there == pytest.approx(back, abs=1e-6)
    assert table[0, 0] == pytest.approx(there, abs=1e-4)
    # Half the circumference is the farthest there is.
    assert 0 <= there <= 12_437


def test_a_degree_of_latitude_is_69_miles():
    assert miles_between(34, -118, 35, -118) == pytest.approx(69.09, abs=0.01)
