"""
Eligibility: who may treat whom.

One therapist who speaks English and Spanish, sees adults for therapy, half of the
time by telehealth, one associate, and one therapist of the network. Reasons come from
a closed list. A patient's risk tier is 3, the usual one, unless the row says another.
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
        clinician=", ".join([clinician.license, *told_of(clinician)]),
        patient=", ".join(
            (
                need.age_group,
                need.language,
                need.need,
                need.modality,
                need.county,
                *asked_by(need),
            )
        ),
        known="; ".join(f"{k.replace('_', ' ')} {spoken(v)}" for k, v in said.items())
        or "–",
        answer="no: " + ", ".join(refused) if refused else "yes",
    )


def told_of(clinician):
    """Say of a clinician what matters to few patients."""
    said = [clinician.gender] if clinician.gender else []
    if isinstance(clinician, NetworkTherapist):
        said += [f"contracted with {payer}" for payer in clinician.payers]
        if clinician.highest_risk_tier > 1:
            said.append(f"takes risk tier {clinician.highest_risk_tier} and below")
        said.append("in the network")
    return said


def asked_by(need):
    """Say of a need what few patients state."""
    wish, payer = need.gender_preference, need.payer
    return [
        *([f"asks for a {wish}"] if wish else []),
        *([f"insured with {payer}"] if payer else []),
        *([f"risk tier {need.risk_tier}"] if need.risk_tier < 3 else []),
    ]


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


def test_a_stated_gender_is_kept_to(row):
    ask(row, replace(THERAPIST, gender="woman"),
        replace(ADULT, gender_preference="woman"))  # fmt: skip


def test_another_gender_than_the_one_stated_is_refused(row):
    ask(row, replace(THERAPIST, gender="man"),
        replace(ADULT, gender_preference="woman"),
        refused=["gender_preference"])  # fmt: skip


def test_a_gender_that_is_not_given_does_not_meet_a_preference(row):
    ask(row, THERAPIST, replace(ADULT, gender_preference="woman"),
        refused=["gender_preference"])  # fmt: skip


def test_who_states_no_preference_may_go_to_anybody(row):
    ask(row, replace(THERAPIST, gender="man"), ADULT)


def test_a_payer_the_therapist_has_no_contract_with_is_refused(row):
    ask(row, replace(OUTSIDE, languages=("es",), payers=("acme",)),
        replace(ADULT, payer="zen"), refused=["payer"])  # fmt: skip


def test_a_payer_on_the_list_of_the_therapist_is_accepted(row):
    ask(row, replace(OUTSIDE, languages=("es",), payers=("acme", "zen")),
        replace(ADULT, payer="zen"))  # fmt: skip


def test_a_therapist_who_states_no_payers_takes_all(row):
    ask(row, replace(OUTSIDE, languages=("es",)), replace(ADULT, payer="zen"))


def test_a_patient_whose_payer_is_not_known_is_not_refused_for_it(row):
    ask(row, replace(OUTSIDE, languages=("es",), payers=("acme",)), ADULT)


def test_inside_the_house_payers_are_not_looked_at(row):
    ask(row, THERAPIST, replace(ADULT, payer="zen"))


def test_a_network_therapist_who_takes_low_risk_alone_is_not_sent_a_high_one(row):
    ask(row, replace(OUTSIDE, languages=("es",), highest_risk_tier=3),
        replace(ADULT, risk_tier=2), refused=["risk_tier"])  # fmt: skip


def test_a_network_therapist_is_sent_the_highest_tier_they_state(row):
    ask(row, replace(OUTSIDE, languages=("es",), highest_risk_tier=2),
        replace(ADULT, risk_tier=2))  # fmt: skip


def test_a_network_therapist_who_states_no_tier_takes_every_one(row):
    ask(row, replace(OUTSIDE, languages=("es",)), replace(ADULT, risk_tier=1))


def test_an_associate_sees_the_highest_tier_unless_the_policy_says_no(row):
    ask(row, ASSOCIATE, replace(ADULT, risk_tier=1), supervisor=THERAPIST)


def test_where_the_policy_says_no_an_associate_sees_no_patient_of_tier_1(row):
    ask(row, ASSOCIATE, replace(ADULT, risk_tier=1), supervisor=THERAPIST,
        associates_see_tier_1=False, refused=["risk_tier"])  # fmt: skip


def test_the_policy_on_associates_does_not_reach_tier_2(row):
    ask(row, ASSOCIATE, replace(ADULT, risk_tier=2), supervisor=THERAPIST,
        associates_see_tier_1=False)  # fmt: skip
