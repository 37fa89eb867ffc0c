"""A reason and a relaxation in one sentence, without anything about the person."""

from __future__ import annotations

from functools import cache

from caretime.matching._limits import next_limit_of
from caretime.model.people import Patient
from caretime.rules.eligibility import license_scope
from caretime.rules.region import limit_miles
from caretime.tables import rows

_KINDS = {
    "therapy": "therapist",
    "substance_use": "substance use clinician",
    "medication": "prescriber",
}
_AGES = {
    "child": "children",
    "teen": "teens",
    "adult": "adults",
    "older": "older adults",
}

_BLOCKS = {
    "no_license": "no {kind} at work",
    "no_ages": "no {kind} who sees {ages}",
    "no_language": "no {kind} for {ages} speaks {language}",
    "no_gender": "no {who} of the gender asked for",
    "no_payer": "no {who} is contracted with the payer",
    "no_risk_tier": "no {who} takes this risk tier on",
    "no_way_of_meeting": "no {who} meets {way}",
    "telehealth_consent": "no {who} without consent to telehealth",
    "too_far": "no {who}{where}",
    "no_opening_in_plan": "no {who}{where} has an opening in the weeks planned",
    "all_taken": "no {who}{where} has a place left, of {eligible}",
    "weeks_do_not_fit": "no {who}{where} has a place in the weeks of the visits",
}

_HELPS = {
    "other_weeks": "{count} would in other weeks",
    "intake_lent": "{count} would with intake openings lent",
    "another_supervisor": "{count} would with a supervisor for associates",
    "telehealth": "{count} would by telehealth",
    "in_person": "{count} would in person",
    "farther": "{count} would within {miles} miles",
    "gender_preference": "{count} would of another gender or none stated",
    "another_payer": "{count} would by an agreement with the payer",
    "risk_tier": "{count} would if a clinician decides that the tier allows it",
    "out_of_network": "care would have to be arranged outside the network",
}


def sentence(
    patient: Patient, reason: str, eligible: int, relaxation: str, count: int
) -> str:
    """
    Say what blocks, and what would help.

    Parameters
    ----------
    patient
        Of whom only what is asked for is read.

    Examples
    --------
    >>> patient = Patient("P1", "Los Angeles", "90017", "adult", "hy", "therapy", 3,
    ...     "C1", 2, 7, "in_person", False, True, True)
    >>> said = sentence(patient, "all_taken", 3, "telehealth", 12).split("; ")
    >>> said[0]
    'no Armenian-speaking therapist for adults within 15 miles has a place left, of 3'
    >>> said[1]
    '12 would by telehealth'
    """
    language = _languages().get(patient.language, patient.language)
    kind, ages = _KINDS.get(patient.need, "clinician"), _AGES[patient.age_group]
    limit = _limit(patient.county, patient.need)
    words = {
        "kind": kind,
        "ages": ages,
        "language": language,
        "who": f"{language}-speaking {kind} for {ages}",
        "way": _way(patient),
        "where": _where(patient, limit),
        "eligible": eligible,
        "count": count,
        "miles": None if limit is None else next_limit_of(limit),
    }
    return f"{_BLOCKS[reason]}; {_HELPS[relaxation]}".format_map(words)


def _way(patient: Patient) -> str:
    return {"in_person": "in person", "telehealth": "by telehealth"}.get(
        patient.modality, "at all"
    )


def _where(patient: Patient, limit: int | None) -> str:
    near = " in person" if limit is None else f" within {limit} miles"
    if patient.modality == "telehealth":
        return " by telehealth"
    if patient.modality == "either" and patient.telehealth_consent:
        return f"{near} or by telehealth"
    return near


@cache
def _limit(county: str, need: str) -> int | None:
    """Return the widest limit of the licenses that treat the need."""
    limits = [
        limit_miles(county, row["license"])
        for row in rows("licenses")
        if need in license_scope(row["license"])
    ]
    stated = [miles for miles in limits if miles is not None]
    return max(stated, default=None)


@cache
def _languages() -> dict[str, str]:
    return {row["language"]: row["title"] for row in rows("languages")}
