"""Eligibility: what patients state, whom they are insured with, and risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.model.people import Clinician, Need, NetworkTherapist
from caretime.rules.eligibility import REASONS, eligibility_matrix, may_treat

INSIDE = Clinician("C-1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "S-1", 0.5,
                   None, date(2020, 1, 1), "therapist", 1, False)  # fmt: skip
ASSOCIATE = replace(INSIDE, clinician_id="C-2", license="ASW", supervisor_id="C-1")
OUTSIDE = NetworkTherapist("N-1", "LCSW", ("en",), ("adult",), ("therapy",), "Orange",
                           "92801", 33.8, -117.9, True, 1.0, 9_000, 1.0)  # fmt: skip
ADULT = Need("Kern", "adult", "en", "therapy")

genders = st.sampled_from([None, "f", "m"])
outsiders = st.builds(
    lambda gender, payers, tier, code: replace(
        OUTSIDE, gender=gender, payers=payers, highest_risk_tier=tier, license=code
    ),
    genders,
    st.sampled_from([(), ("acme",), ("acme", "bay")]),
    st.integers(1, 3),
    st.sampled_from(["LCSW", "ASW"]),
)
insiders = st.builds(
    lambda person, gender: replace(person, gender=gender),
    st.sampled_from([INSIDE, ASSOCIATE]),
    genders,
)
needs = st.builds(
    lambda tier, gender, payer: replace(
        ADULT, risk_tier=tier, gender_preference=gender, payer=payer
    ),
    st.integers(1, 3),
    genders,
    st.sampled_from([None, "acme", "zen"]),
)


@given(st.lists(outsiders | insiders), st.lists(needs), st.booleans())
def test_all_pairs_at_once_agree_with_one_by_one(people, wanted, associates):
    table = eligibility_matrix(
        people, wanted, present=[INSIDE], associates_see_tier_1=associates
    )

    for row, person in enumerate(people):
        boss = INSIDE if getattr(person, "supervisor_id", None) else None
        for column, need in enumerate(wanted):
            verdict = may_treat(
                person, need, supervisor=boss, associates_see_tier_1=associates
            )
            assert table[row, column] == verdict.allowed


@pytest.mark.parametrize("gender", ["m", None])
def test_a_stated_preference_refuses_another_gender_and_one_not_given(gender):
    asked = replace(ADULT, gender_preference="f")

    assert may_treat(replace(INSIDE, gender=gender), asked).reasons == (
        "gender_preference",
    )
    assert may_treat(replace(INSIDE, gender="f"), asked).allowed


def test_a_payer_counts_only_where_the_therapist_states_some():
    insured = replace(ADULT, payer="acme")
    contracted = replace(OUTSIDE, payers=("bay",))

    assert may_treat(contracted, insured).reasons == ("payer",)
    assert may_treat(contracted, ADULT).allowed
    assert may_treat(OUTSIDE, insured).allowed
    assert may_treat(INSIDE, insured).allowed


def test_a_network_therapist_says_which_risk_they_take_on():
    lower = replace(OUTSIDE, highest_risk_tier=2)

    answers = [may_treat(lower, replace(ADULT, risk_tier=t)).allowed for t in (1, 2, 3)]

    assert answers == [False, True, True]


def test_associates_see_the_highest_risk_unless_told_otherwise():
    high = replace(ADULT, risk_tier=1)

    usual = may_treat(ASSOCIATE, high, supervisor=INSIDE)
    strict = may_treat(ASSOCIATE, high, supervisor=INSIDE, associates_see_tier_1=False)
    lower = may_treat(ASSOCIATE, ADULT, supervisor=INSIDE, associates_see_tier_1=False)

    assert usual.allowed
    assert strict.reasons == ("risk_tier",)
    assert lower.allowed


def test_new_reasons_come_last():
    assert REASONS[-3:] == ("gender_preference", "payer", "risk_tier")
