"""The patients of a synthetic system: homes, wishes and contact flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from caretime.model.people import MODALITIES, Clinician, Patient
from caretime.rules.region import limit_miles
from caretime.simulation.synthetic.caseload import Caseload, Mix
from caretime.simulation.synthetic.draws import Bools, Draws, Floats, Ints
from caretime.simulation.synthetic.places import Places

Numbers = Mapping[str, float]
IN_PERSON, TELEHEALTH, EITHER = range(len(MODALITIES))


def make_patients(
    caseload: Caseload,
    mix: Mix,
    clinicians: Sequence[Clinician],
    places: Places,
    numbers: Numbers,
    draws: Draws,
) -> tuple[Patient, ...]:
    """
    Give the patients homes, wishes and contact flags that their therapist can meet.

    Somebody who lives beyond the distance limit of the county is seen by
    telehealth; where the therapist sees people in person only, the home is moved to
    the clinic's own ZIP code.
    """
    count = len(caseload)
    video = np.array([c.telehealth_share for c in clinicians])[caseload.clinician]
    home, far = _homes(caseload, clinicians, places, numbers, draws)
    modality = _modality(video, far, numbers, draws)
    must = (modality == TELEHEALTH) | far | (video == 1)
    consent = must | (
        draws.uniform("patient/consent", count) < numbers["telehealth_consent"]
    )
    phone = draws.uniform("patient/phone", count) < numbers["has_phone"]
    email = draws.uniform("patient/email", count) < numbers["has_email"]
    cells = [mix.cells[cell] for cell in caseload.cell.tolist()]
    counties, ages, languages, needs = zip(*cells, strict=True)
    return tuple(
        map(
            Patient,
            (f"P-{number:06d}" for number in range(1, count + 1)),
            counties,
            (places.zips[row] for row in home.tolist()),
            ages,
            languages,
            needs,
            _tiers(caseload.interval, numbers, draws).tolist(),
            (clinicians[row].clinician_id for row in caseload.clinician.tolist()),
            caseload.interval.tolist(),
            caseload.visits.tolist(),
            (MODALITIES[way] for way in modality.tolist()),
            consent.tolist(),
            phone.tolist(),
            email.tolist(),
        )
    )


def _homes(
    caseload: Caseload,
    clinicians: Sequence[Clinician],
    places: Places,
    numbers: Numbers,
    draws: Draws,
) -> tuple[Ints, Bools]:
    """Return the ZIP code of each patient, and who lives too far to come."""
    sites = {clinic.clinic_id: row for row, clinic in enumerate(places.clinics)}
    site = np.array([sites[c.clinic_id] for c in clinicians])
    at = site[caseload.clinician]
    where = draws.uniform("patient/zip", len(caseload))
    home = places.near_clinics(at, where, numbers["lives_near_km"])
    limits = [
        limit_miles(places.clinics[sites[c.clinic_id]].county, c.license)
        for c in clinicians
    ]
    limit = np.array([np.inf if miles is None else miles for miles in limits])
    far = places.miles[at, home] > limit[caseload.clinician]
    in_person_only = np.array([c.telehealth_share == 0 for c in clinicians])
    moved = far & in_person_only[caseload.clinician]
    own_zip = np.array([places.zips.index(clinic.zip) for clinic in places.clinics])
    return np.where(moved, own_zip[at], home), far & ~moved


def _modality(video: Floats, far: Bools, numbers: Numbers, draws: Draws) -> Ints:
    """Return how each patient wants to be seen, as far as the therapist can."""
    wish = draws.uniform("patient/modality", len(video))
    in_person = wish < numbers["prefers_in_person"]
    telehealth = ~in_person & (
        wish < numbers["prefers_in_person"] + numbers["prefers_telehealth"]
    )
    in_person &= ~far & (video < 1)
    telehealth &= video > 0
    return np.where(in_person, IN_PERSON, np.where(telehealth, TELEHEALTH, EITHER))


def _tiers(interval: Ints, numbers: Numbers, draws: Draws) -> Ints:
    """Return risk tiers; those seen every week are of the highest more often."""
    tier = draws.uniform("patient/tier", len(interval))
    first = np.where(interval == 1, numbers["tier_1_weekly"], numbers["tier_1_other"])
    return np.where(tier < first, 1, np.where(tier < first + numbers["tier_2"], 2, 3))
