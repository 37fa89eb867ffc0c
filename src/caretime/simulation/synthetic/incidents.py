"""Incidents of the synthetic systems, and what matters only while somebody is away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from caretime.model.incident import LAWFUL_NOTICE_DAYS, Incident
from caretime.model.people import Clinician, NetworkTherapist, Patient
from caretime.model.system import CareSystem
from caretime.simulation.synthetic.draws import Draws
from caretime.tables import rows

Numbers = Mapping[str, float]

_NOTICE = timedelta(days=LAWFUL_NOTICE_DAYS + 1)
_TWO_WEEKS = timedelta(days=13)
_DRIFTING_WEEKS = 10
_STRIKE_WEEKS = 4
_GENDERS = ("woman", "man")


def with_incidents(
    system: CareSystem, example: str, numbers: Numbers, draws: Draws
) -> CareSystem:
    """
    Add incidents, genders and preferences to a synthetic system.

    Incidents begin on the system's first day and became known eleven days before
    it. Southern California has ``strike-60`` (a share away for four weeks),
    ``strike-drifting`` (a path with a range over ten weeks) and ``one-ill`` (one
    clinician, two weeks); the north has no drifting one, the clinic of eight has
    ``half-away`` and ``one-ill``. Each kind of draw has a stream of its own, so
    everything else of the system stays as it is without them.

    Returns
    -------
    CareSystem
        With incidents, genders of clinicians and network therapists, preferences of
        some patients, and the risk that each network therapist takes on. Who pays
        for whom is left open.
    """
    clinicians = _clinicians(system.clinicians, numbers, draws)
    return replace(
        system,
        clinicians=clinicians,
        network=_network(system.network, numbers, draws),
        patients=_patients(system.patients, clinicians, numbers, draws),
        incidents=_incidents(system, example, numbers),
    )


def _incidents(
    system: CareSystem, example: str, numbers: Numbers
) -> tuple[Incident, ...]:
    first = system.first_day
    days = (first, first - _NOTICE)
    half = Incident("half-away", *days, (0.5,) * _STRIKE_WEEKS)
    strike = Incident("strike-60", *days, (numbers["strike_out"],) * _STRIKE_WEEKS)
    ill = Incident(
        "one-ill",
        *days,
        clinician_ids=(_who_is_ill(system, first, first + _TWO_WEEKS),),
        last_day=first + _TWO_WEEKS,
    )
    if example == "clinic-of-eight":
        return half, ill
    if example == "southern-california":
        return ill, strike, _drifting(days)
    return ill, strike


def _drifting(days: tuple[date, date]) -> Incident:
    """Return the path on which people come back week by week, with its range."""
    ends = {
        row["name"]: {key: float(row[key]) for key in ("value", "low", "high")}
        for row in rows("synthetic")
        if row["name"] in ("strike_out_first", "strike_out_tenth")
    }
    start, end = ends["strike_out_first"], ends["strike_out_tenth"]
    paths = {
        key: tuple(
            round(
                start[key] + (end[key] - start[key]) * week / (_DRIFTING_WEEKS - 1), 3
            )
            for week in range(_DRIFTING_WEEKS)
        )
        for key in ("value", "low", "high")
    }
    return Incident(
        "strike-drifting",
        *days,
        paths["value"],
        shares_low=paths["low"],
        shares_high=paths["high"],
    )


def _who_is_ill(system: CareSystem, first: date, last: date) -> str:
    """Return who has the most patients of those who are not on leave just then."""
    away = {
        one.clinician_id
        for one in system.absences
        if one.first_day <= last and (one.last_day is None or one.last_day >= first)
    }
    load = Counter(patient.clinician_id for patient in system.patients)
    there = [c.clinician_id for c in system.clinicians if c.clinician_id not in away]
    return max(there, key=lambda who: (load[who], who))


def _clinicians(
    clinicians: tuple[Clinician, ...], numbers: Numbers, draws: Draws
) -> tuple[Clinician, ...]:
    man = draws.uniform("clinician/gender", len(clinicians)) >= numbers["women"]
    return tuple(
        replace(one, gender=_GENDERS[is_man])
        for one, is_man in zip(clinicians, man.tolist(), strict=True)
    )


def _network(
    network: tuple[NetworkTherapist, ...], numbers: Numbers, draws: Draws
) -> tuple[NetworkTherapist, ...]:
    count = len(network)
    man = draws.uniform("network/gender", count) >= numbers["women"]
    given = draws.uniform("network/gender-given", count) < numbers["gender_given"]
    at = draws.uniform("network/tier", count)
    third = numbers["network_tier_3"]
    tier = np.where(
        at < third, 3, np.where(at < third + numbers["network_tier_2"], 2, 1)
    )
    return tuple(
        replace(
            one,
            gender=_GENDERS[is_man] if is_given else None,
            highest_risk_tier=highest,
        )
        for one, is_man, is_given, highest in zip(
            network, man.tolist(), given.tolist(), tier.tolist(), strict=True
        )
    )


def _patients(
    patients: tuple[Patient, ...],
    clinicians: tuple[Clinician, ...],
    numbers: Numbers,
    draws: Draws,
) -> tuple[Patient, ...]:
    """State the preferences of some, which their own clinician meets."""
    states = draws.uniform("patient/gender", len(patients)) < numbers["states_gender"]
    genders = {one.clinician_id: one.gender for one in clinicians}
    return tuple(
        replace(one, gender_preference=genders[one.clinician_id]) if stated else one
        for one, stated in zip(patients, states.tolist(), strict=True)
    )
