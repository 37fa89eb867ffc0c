"""Left out: the rule that blocks, what would help, and what is worth buying."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import CLINICS, base, scene
from test_candidates import CENTROIDS, by_the_rules

from caretime.matching.candidates import Finder
from caretime.matching.explain import (
    REASONS,
    RELAXATIONS,
    licenses_for,
    what_to_buy,
    why_left_out,
)
from caretime.model.incident import Substitute
from caretime.model.people import Clinician, NetworkTherapist, Patient

THERAPIST = NetworkTherapist("N-0", "LMFT", ("hy",), ("adult",), ("therapy",),
                             "Los Angeles", "90017", *CENTROIDS["90017"], False, 1.0,
                             10_000, 1.0)  # fmt: skip
PATIENT = Patient("P-0", "Los Angeles", "90017", "adult", "hy", "therapy", 3, "C-away",
                  1, 5, "in_person", True, True, True)  # fmt: skip


def why(*people, patient=PATIENT, free=1, openings=(1, 1), **given):
    """Ask why the patient is left out, with these as all the substitutes there are."""
    inside = tuple(p for p in people if isinstance(p, Clinician))
    outside = tuple(p for p in people if isinstance(p, NetworkTherapist))
    system = replace(
        base(), clinics=CLINICS, clinicians=inside, network=outside, patients=(),
        appointments=(), groups=(), group_members=(),
    )  # fmt: skip
    substitutes = [Substitute(p.clinician_id, "in_house", openings) for p in inside]
    substitutes += [Substitute(p.therapist_id, "network", openings) for p in outside]
    finder = Finder(system, [patient], substitutes)
    places = np.full(len(substitutes), free)
    lent = given.get("lent")
    (answer,) = why_left_out(
        finder,
        np.array([0], np.int32),
        places,
        lent=None if lent is None else np.array(lent),
    )
    return answer


def said(answer):
    return answer.reason, answer.relaxation, answer.count


def test_when_all_who_may_are_full_nothing_but_care_elsewhere_helps():
    answer = why(THERAPIST, free=0)

    assert said(answer) == ("all_taken", "out_of_network", 0)
    assert answer.eligible == 1
    assert answer.text == (
        "no Armenian-speaking therapist for adults within 15 miles has a place left, "
        "of 1; care would have to be arranged outside the network"
    )


def test_a_therapist_who_is_too_far_in_person_would_do_by_telehealth():
    far = replace(THERAPIST, latitude=35.38, longitude=-119.02, telehealth=True)

    answer = why(far)

    assert said(answer) == ("too_far", "telehealth", 1)
    assert answer.text == (
        "no Armenian-speaking therapist for adults within 15 miles; "
        "1 would by telehealth"
    )


def test_the_next_limit_is_offered_where_there_is_no_telehealth():
    near = replace(THERAPIST, latitude=THERAPIST.latitude + 0.3)

    answer = why(near)

    assert said(answer) == ("too_far", "farther", 1)
    assert answer.text.endswith("1 would within 30 miles")


def test_beyond_the_next_limit_distance_does_not_help():
    beyond = replace(THERAPIST, latitude=THERAPIST.latitude + 0.5)

    assert said(why(beyond)) == ("too_far", "out_of_network", 0)


def test_who_meets_in_person_only_would_help_who_asks_for_telehealth():
    answer = why(THERAPIST, patient=replace(PATIENT, modality="telehealth"))

    assert said(answer) == ("no_way_of_meeting", "in_person", 1)
    assert "meets by telehealth" in answer.text


def test_telehealth_without_consent_is_named():
    remote = replace(THERAPIST, latitude=35.38, longitude=-119.02, telehealth=True)
    patient = replace(PATIENT, modality="telehealth", telehealth_consent=False)

    assert said(why(remote, patient=patient)) == (
        "telehealth_consent", "telehealth", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"license": "SUD_COUNSELOR"}, "no_license"),
        ({"needs": ("medication",)}, "no_license"),
        ({"ages": ("child",)}, "no_ages"),
        ({"languages": ("en",)}, "no_language"),
    ],
)
def test_what_is_law_is_never_given_up(change, reason):
    answer = why(replace(THERAPIST, **change))

    assert said(answer) == (reason, "out_of_network", 0)
    assert answer.eligible == 0


@pytest.mark.parametrize(
    ("change", "asked", "reason", "relaxation"),
    [
        ({"gender": "m"}, {"gender_preference": "f"}, "no_gender",
         "gender_preference"),
        ({"payers": ("acme",)}, {"payer": "bay"}, "no_payer", "another_payer"),
        ({"highest_risk_tier": 2}, {"risk_tier": 1}, "no_risk_tier", "risk_tier"),
    ],
)  # fmt: skip
def test_what_can_be_given_up_is_counted(change, asked, reason, relaxation):
    answer = why(replace(THERAPIST, **change), patient=replace(PATIENT, **asked))

    assert said(answer) == (reason, relaxation, 1)


def test_an_associate_whose_supervisor_is_away_needs_another():
    associate = Clinician(
        "C-1", "ASW", ("hy",), ("adult",), ("therapy",), 1.0, "S-1", 0.5, "C-boss",
        date(2020, 1, 1), "therapist", 1, False,
    )  # fmt: skip

    assert said(why(associate)) == ("no_license", "another_supervisor", 1)


def test_nothing_opens_in_the_plan():
    answer = why(THERAPIST, openings=(0, 0), free=0)

    assert said(answer) == ("no_opening_in_plan", "out_of_network", 0)
    assert answer.eligible == 0


def test_places_in_other_weeks_are_named():
    assert said(why(THERAPIST, free=2)) == ("weeks_do_not_fit", "other_weeks", 1)


def test_intake_openings_are_offered_only_where_they_are_known():
    assert said(why(THERAPIST, free=0, lent=[1]))[1:] == ("intake_lent", 1)
    assert said(why(THERAPIST, free=0, lent=[0]))[1:] == ("out_of_network", 0)


def test_one_who_is_full_does_not_count_as_help():
    far = replace(THERAPIST, latitude=35.38, longitude=-119.02, telehealth=True)

    assert said(why(far, free=0)) == ("too_far", "out_of_network", 0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_reasons_agree_with_the_rules_for_every_patient(seed):
    drawn = scene(seed)
    system, patients, substitutes, policy = drawn
    finder = Finder(system, patients, substitutes, policy=policy)
    free = np.random.default_rng(seed).integers(0, 2, len(substitutes))
    free *= finder.pool.has_opening

    answers = why_left_out(finder, np.arange(len(patients), dtype=np.int32), free)

    for patient, answer in zip(patients, answers, strict=True):
        open_pairs = by_the_rules(drawn, patient)
        places = sum(free[row] for row in open_pairs)
        assert answer.patient_id == patient.patient_id
        assert answer.reason in REASONS
        assert answer.relaxation in RELAXATIONS
        assert answer.eligible == len(open_pairs)
        assert (answer.reason == "weeks_do_not_fit") == (places > 0)
        assert (answer.reason == "all_taken") == (len(open_pairs) > 0 and not places)
        if places:
            assert (answer.relaxation, answer.count) == ("other_weeks", places)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_consent_and_gender_open_what_they_are_said_to_open(seed):
    drawn = scene(seed)
    system, patients, substitutes, policy = drawn
    finder = Finder(system, patients, substitutes, policy=policy)
    free = finder.pool.has_opening.astype(np.int64)

    answers = why_left_out(finder, np.arange(len(patients), dtype=np.int32), free)

    for patient, answer in zip(patients, answers, strict=True):
        if answer.relaxation == "telehealth":
            modality = "telehealth" if patient.modality == "telehealth" else "either"
            given_up = replace(patient, modality=modality, telehealth_consent=True)
        elif answer.relaxation == "gender_preference":
            given_up = replace(patient, gender_preference=None)
        elif answer.relaxation == "another_payer":
            given_up = replace(patient, payer=None)
        else:
            continue
        assert len(by_the_rules(drawn, given_up)) == answer.count


def test_what_to_buy_sums_up_by_sort_and_asks_the_highest_worth():
    patients = [
        replace(PATIENT, patient_id="P-1", risk_tier=1),
        replace(PATIENT, patient_id="P-2"),
        replace(PATIENT, patient_id="P-3", modality="either"),
        replace(PATIENT, patient_id="P-4", county="Kern", zip="93301"),
    ]
    finder = Finder(base(), patients, [])

    scarce = what_to_buy(
        finder, np.array([0, 1, 2, 3], np.int32), np.array([50, 7, 60, 7])
    )

    assert [(s.county, s.telehealth, s.left_out, s.price) for s in scarce] == [
        ("telehealth", True, (0, 0, 1), 60),
        ("Los Angeles", False, (1, 0, 1), 50),
        ("Kern", False, (0, 0, 1), 7),
    ]
    assert scarce[0].licenses == licenses_for("therapy")
    assert "ASW" not in scarce[0].licenses
