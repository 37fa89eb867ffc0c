"""Patients of a plan as distinct asks: equal ones are worked out once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from caretime.continuity._verify_costs import Pattern, pattern_of
from caretime.continuity._verify_pool import has_any
from caretime.continuity._verify_scene import Scene
from caretime.continuity._verify_told import refusals
from caretime.model.people import Need


class Sort(NamedTuple):
    """Who may treat depends on these, and on county and zip code."""

    need: Need
    consent: bool


class Ask(NamedTuple):
    """
    What costs depend on besides.

    ``spot`` is where the patient lives, county and zip code; ``home`` is the own
    clinician's clinic and license. Most patients have neither a substitute offered
    before nor any who are ruled out.
    """

    spot: tuple[str, str]
    home: tuple[str, str]
    pattern: Pattern
    offered: str = ""
    ruled_out: tuple[str, ...] = ()

    @property
    def is_special(self) -> bool:
        """Whether anything was offered or ruled out before."""
        return bool(self.offered or self.ruled_out)


Asked = dict[Sort, dict[Ask, list[str]]]
"""Patients by sort and ask."""


def asks_of(scene: Scene) -> Asked:
    """Group the patients, without those who wait or of whom it was decided."""
    sorts: dict[tuple[object, ...], dict[Ask, list[str]]] = {}
    found: Asked = defaultdict(lambda: defaultdict(list))
    patterns: dict[tuple[object, ...], Pattern] = {}
    declined = refusals(scene)
    at_work = {s.substitute_id for s in scene.plan.substitutes if has_any(s)}
    for patient_id, series in scene.series.items():
        match = scene.matches.get(patient_id)
        patient = scene.patients.get(patient_id)
        if match is None or patient is None:
            continue
        if match.pinned or match.outcome == "waits":
            continue
        own = scene.clinicians.get(patient.clinician_id)
        when = (series.weeks, series.limit_day, series.risk_tier, series.visit_type)
        if when not in patterns:
            last = scene.week_of(series.limit_day)
            patterns[when] = pattern_of(series, last, scene.plan.weeks)
        refused = declined.get(patient_id, ())
        if patient.clinician_id in at_work:
            # Nobody is the substitute of their own patients.
            refused = (*refused, patient.clinician_id)
        offer = scene.plan.offered.get(patient_id, "")
        ask = Ask(
            (patient.county, patient.zip),
            (own.clinic_id, own.license) if own else ("", ""),
            patterns[when],
            "" if offer in refused else offer,
            refused,
        )
        key = (
            patient.age_group, patient.language, patient.need,
            patient.modality, patient.risk_tier, patient.gender_preference,
            patient.payer, patient.telehealth_consent,
        )  # fmt: skip
        if key not in sorts:
            sorts[key] = found[
                Sort(replace(patient.asks, county=""), patient.telehealth_consent)
            ]
        sorts[key][ask].append(patient_id)
    return found
