"""
Eligibility: who may treat whom.

One therapist who speaks English and Spanish, sees adults for therapy, half of the
time by telehealth, and one associate. Reasons come from a closed list.
"""

from dataclasses import replace
from datetime import date

from steward import spoken

from caretime.model.people import Clinician, Need, NetworkTherapist
from caretime.rules.eligibility import may_treat

THERAPIST = Clinician("C1", "LCSW", ("en", "es"), ("adult",), ("therapy",), 1.0, "LA1",
                      0.5, None, date(2020, 1, 1), "therapist", 1, False)  # fmt: skip
ASSOCIATE = replace(THERAPIST, clinician_id="C2", license="ASW", supervisor_id="C1")
COUNSELOR = replace(THERAPIST, clinician_id="C3", license="SUD_COUNSELOR",
                    needs=("substance_use",))  # fmt: skip
OUTSIDE = NetworkTherapist("N1", "LMFT", ("en",), ("adult",), ("therapy",), "Orange",
                           "92801", 33.8, -117.9, False, 2.0, 12_000, 0.9)  # fmt: skip
ADULT = Need("Los Angeles", "adult", "es", "therapy")


def ask(row, clinician, need, *, refused=(), **known):
    verdict = may_treat(clinician, need, **known)

    assert verdict.reasons == tuple(refused)
    assert verdict.allowed is not bool(refused)
    said = {
        name: getattr(value, "license", value)
        for name, value in known.items()
        if value is not None
    }
    row(
        clinician=clinician.license,
        patient=f"{need.age_group}, {need.language}, {need.need}, {need.modality}, "
        f"{need.county}",
        known="; ".join(f"{k.replace('_', ' ')} {spoken(v)}" for k, v in said.items())
        or "–",
        answer="no: " + ", ".join(refused) if refused else "yes",
    )


def test_an_adult_in_spanish_may_be_treated(row):
    ask(row, THERAPIST, ADULT)


def test_a_child_may_not(row):
    ask(row, THERAPIST, replace(ADULT, age_group="child"), refused=["ages"])


def test_nobody_is_treated_in_a_language_the_therapist_does_not_speak(row):
    ask(row, THERAPIST, replace(ADULT, language="vi"), refused=["language"])


def test_a_social_worker_does_not_prescribe(row):
    ask(row, THERAPIST, replace(ADULT, need="medication"),
        refused=["license", "need"])  # fmt: skip


def test_a_license_may_allow_what_the_therapist_does_not_do(row):
    ask(row, THERAPIST, replace(ADULT, need="substance_use"), refused=["need"])


def test_an_addiction_counselor_gives_no_therapy(row):
    ask(row, replace(COUNSELOR, needs=("therapy",)), ADULT, refused=["license"])


def test_an_associate_with_a_present_supervisor_may_treat(row):
    ask(row, ASSOCIATE, ADULT, supervisor=THERAPIST)


def test_an_associate_whose_supervisor_is_away_may_not(row):
    ask(row, ASSOCIATE, ADULT, supervisor=None, refused=["supervision"])


def test_somebody_elses_supervisor_does_not_count(row):
    ask(row, ASSOCIATE, ADULT, supervisor=replace(THERAPIST, clinician_id="C9"),
        refused=["supervision"])  # fmt: skip


def test_an_associate_supervises_nobody(row):
    ask(row, ASSOCIATE, ADULT, supervisor=replace(ASSOCIATE, clinician_id="C1"),
        refused=["supervision"])  # fmt: skip


def test_a_counselor_does_not_supervise_therapy(row):
    ask(row, ASSOCIATE, ADULT, supervisor=replace(COUNSELOR, clinician_id="C1"),
        refused=["supervision"])  # fmt: skip


def test_fifteen_miles_are_near_enough_in_los_angeles(row):
    ask(row, THERAPIST, replace(ADULT, modality="in_person"), miles=15.0)


def test_beyond_fifteen_miles_it_is_too_far_to_come_in(row):
    ask(row, THERAPIST, replace(ADULT, modality="in_person"), miles=15.1,
        refused=["distance"])  # fmt: skip


def test_kern_county_allows_forty_five_miles(row):
    ask(row, THERAPIST, replace(ADULT, county="Kern", modality="in_person"), miles=45.0)


def test_telehealth_has_no_distance(row):
    ask(row, THERAPIST, ADULT, miles=100.0)


def test_telehealth_needs_consent(row):
    ask(row, THERAPIST, replace(ADULT, modality="telehealth"),
        telehealth_consent=False, refused=["telehealth_consent"])  # fmt: skip


def test_far_away_and_without_consent_gives_both_reasons(row):
    ask(row, THERAPIST, ADULT, miles=100.0, telehealth_consent=False,
        refused=["distance", "telehealth_consent"])  # fmt: skip


def test_without_telehealth_a_patient_who_wants_it_goes_elsewhere(row):
    ask(row, replace(THERAPIST, telehealth_share=0.0),
        replace(ADULT, modality="telehealth"), refused=["modality"])  # fmt: skip


def test_a_telehealth_only_therapist_sees_nobody_in_person(row):
    ask(row, replace(THERAPIST, telehealth_share=1.0),
        replace(ADULT, modality="in_person"), refused=["modality"])  # fmt: skip


def test_a_full_therapist_takes_nobody(row):
    ask(row, THERAPIST, ADULT, has_capacity=False, refused=["capacity"])


def test_a_network_therapist_is_judged_by_the_same_rule(row):
    ask(row, OUTSIDE, ADULT, miles=12.0, refused=["language"])
