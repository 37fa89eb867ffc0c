"""Each placed patient: permitted, there, in the right weeks, told truly."""

from __future__ import annotations

from collections import Counter

from caretime.continuity._verify_scene import Findings, Scene
from caretime.model.incident import Series
from caretime.model.matching import OUTCOMES, Match
from caretime.model.people import Clinician, Patient
from caretime.rules.eligibility import may_treat, ways_of_meeting
from caretime.rules.fit import fit
from caretime.rules.region import limit_miles, miles_between

NEAR_ENOUGH = 0.06
"""Miles may be told rounded to a tenth."""


def check_matches(scene: Scene, findings: Findings) -> None:
    """See that every series has one match, and every placed one is right."""
    stated = Counter(m.patient_id for m in scene.plan.matching.matches)
    for patient_id, count in stated.items():
        if count > 1:
            findings.add(
                "twice", patient_id, count, 1, f"{patient_id} has {count} matches"
            )
        if patient_id not in scene.series:
            findings.add(
                "not_due", patient_id, "a match", "none",
                f"{patient_id} is matched without a series",
            )  # fmt: skip
    for patient_id in scene.series:
        if patient_id not in stated:
            findings.add(
                "lost", patient_id, "no match", "a match",
                f"{patient_id} has a series and the match says nothing of it",
            )  # fmt: skip
    for match in scene.matches.values():
        series = scene.series.get(match.patient_id)
        patient = scene.patients.get(match.patient_id)
        if series is None or patient is None:
            continue
        if match.outcome == "placed":
            findings.checked["pairs"] += 1
            if _knows_substitute(match, scene, findings):
                _check_pair(match, series, patient, scene, findings)
        elif match.outcome not in OUTCOMES or match.substitute_id or match.weeks:
            findings.add(
                "outcome", match.patient_id, match.outcome, "no substitute, no weeks",
                f"{match.patient_id} is {match.outcome} and has a substitute",
            )  # fmt: skip


def _knows_substitute(match: Match, scene: Scene, findings: Findings) -> bool:
    stated = scene.substitutes.get(match.substitute_id)
    person = scene.person(match.substitute_id)
    kind = "in_house" if isinstance(person, Clinician) else "network"
    own = scene.patients[match.patient_id].clinician_id == match.substitute_id
    kinds = {stated.kind, match.kind} if stated and person and not own else set()
    if kinds != {kind}:
        findings.add(
            "substitute", match.patient_id, f"{match.substitute_id} {match.kind}",
            "a substitute of the plan",
            f"{match.patient_id} goes to {match.substitute_id or 'nobody'}, "
            f"no {match.kind or 'stated'} substitute of the plan",
        )  # fmt: skip
        return False
    return True


def _check_pair(
    match: Match, series: Series, patient: Patient, scene: Scene, findings: Findings
) -> None:
    delay = delay_of(match, series, scene.plan.weeks)
    if delay is None:
        findings.add(
            "weeks", match.patient_id, match.weeks, series.weeks,
            f"visits of {match.patient_id} in weeks {match.weeks}, planned in "
            f"{series.weeks}: no later start gives that",
        )  # fmt: skip
        return
    _check_permitted(match, patient, scene, findings)
    _check_way(match, patient, scene, findings)
    person = scene.person(match.substitute_id)
    assert person is not None
    points = fit(
        person,
        patient,
        home=scene.clinicians.get(patient.clinician_id),
        miles=miles_of(scene, patient, match.substitute_id),
        telehealth=match.telehealth,
        weeks_waiting=delay,
    ).points
    if match.points != points:
        findings.add(
            "points", match.patient_id, match.points, points,
            f"{match.points} points against {match.substitute_id} for "
            f"{match.patient_id}, worked out anew {points}",
        )  # fmt: skip
    in_time = match.weeks[0] <= scene.week_of(series.limit_day)
    if match.within_limit != in_time:
        findings.add(
            "within_limit", match.patient_id, match.within_limit, in_time,
            f"{match.patient_id} begins in week {match.weeks[0]}, the limit is "
            f"{series.limit_day}",
        )  # fmt: skip


def delay_of(match: Match, series: Series, weeks: int) -> int | None:
    """Return by how many weeks a series starts late; ``None`` if it is another."""
    if not match.weeks or not series.weeks:
        return None
    delay = match.weeks[0] - series.weeks[0]
    shifted = tuple(w + delay for w in series.weeks if w + delay < weeks)
    return delay if delay >= 0 and shifted == match.weeks else None


def miles_of(scene: Scene, patient: Patient, substitute_id: str) -> float | None:
    """Return the distance from a patient's zip code to the place of care."""
    home = scene.points_of_zip.get(patient.zip)
    place = scene.place_of(substitute_id)
    return miles_between(*home, *place) if home and place else None


def _check_permitted(
    match: Match, patient: Patient, scene: Scene, findings: Findings
) -> None:
    person = scene.person(match.substitute_id)
    assert person is not None
    verdict = may_treat(
        person,
        patient.asks,
        supervisor=scene.supervisor_in(match.substitute_id, match.weeks),
        miles=miles_of(scene, patient, match.substitute_id),
        telehealth_consent=patient.telehealth_consent,
        associates_see_tier_1=scene.plan.policy.associates_see_tier_1,
    )
    if not verdict.allowed:
        findings.add(
            "not_allowed", match.patient_id, match.substitute_id,
            ";".join(verdict.reasons),
            f"{match.substitute_id} may not treat {match.patient_id}: "
            f"{', '.join(verdict.reasons)}",
        )  # fmt: skip
    for week in match.weeks if match.kind == "in_house" else ():
        if not scene.days_at_work(match.substitute_id, week):
            findings.add(
                "away", match.patient_id, match.substitute_id, "at work",
                f"{match.substitute_id} is away in week {week}, when "
                f"{match.patient_id} is due",
            )  # fmt: skip


def _check_way(
    match: Match, patient: Patient, scene: Scene, findings: Findings
) -> None:
    """See that the two can meet as the match says, at the distance it says."""
    person = scene.person(match.substitute_id)
    assert person is not None
    in_person, telehealth = ways_of_meeting(person, patient.modality)
    miles = miles_of(scene, patient, match.substitute_id)
    limit = limit_miles(patient.county, person.license)
    if miles is not None and limit is not None and miles > limit:
        in_person = False
    telehealth = telehealth and patient.telehealth_consent
    possible = telehealth if match.telehealth else in_person
    if (in_person or telehealth) and not possible:
        findings.add(
            "way", match.patient_id, _way(match.telehealth), _way(telehealth),
            f"{match.patient_id} and {match.substitute_id} can meet "
            f"{_way(telehealth)}, not {_way(match.telehealth)}",
        )  # fmt: skip
    told = 0.0 if match.telehealth or miles is None else miles
    if abs(match.miles - told) > NEAR_ENOUGH:
        findings.add(
            "miles", match.patient_id, match.miles, round(told, 2),
            f"{match.patient_id} lives {told:.1f} miles away, not {match.miles:.1f}",
        )  # fmt: skip


def _way(telehealth: bool) -> str:
    return "by telehealth" if telehealth else "in person"
