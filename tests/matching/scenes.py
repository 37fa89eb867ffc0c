"""Small scenes in which every rule of a pair bites somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from caretime.model.incident import Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.people import (
    AGE_GROUPS,
    MODALITIES,
    Clinic,
    Clinician,
    NetworkTherapist,
    Patient,
)
from caretime.simulation import make_system

ZIPS = {
    "90017": "Los Angeles",
    "90210": "Los Angeles",
    "92801": "Orange",
    "93301": "Kern",
    "92101": "San Diego",
    "00000": "Los Angeles",
    "99999": "Atlantis",
}
LICENSES = ("LCSW", "LCSW", "LMFT", "LMFT", "ASW", "PSYCHIATRIST", "SUD_COUNSELOR")
LANGUAGES = ("en", "es", "hy")
NEEDS = ("therapy", "substance_use", "medication")
CLINICS = (
    Clinic("S-1", "Los Angeles", "90017", 34.05, -118.26, 9, 420, 1140),
    Clinic("S-2", "Orange", "92801", 33.84, -117.95, 9, 420, 1140),
    Clinic("S-3", "Kern", "93301", 35.38, -119.02, 9, 420, 1140),
)


@cache
def base():
    return make_system("clinic-of-eight", seed=1)


def scene(seed, *, patients=25, clinicians=12, network=20):
    """Draw a system, its patients and its substitutes; half of the house is away."""
    rng = np.random.default_rng(seed)

    def one(values):
        return values[rng.integers(len(values))]

    def some(values):
        chosen = rng.random(len(values)) < 0.8
        return tuple(v for v, c in zip(values, chosen, strict=True) if c) or values[:1]

    staff = tuple(
        Clinician(f"C-{n}", one(LICENSES), some(LANGUAGES), some(AGE_GROUPS),
                  some(NEEDS), 1.0, one(CLINICS).clinic_id, one((0.0, 0.5, 1.0)),
                  one((None, *(f"C-{k}" for k in range(clinicians)))),
                  date(2020, 1, 1), "therapist", 1, False, one((None, "f", "m")))
        for n in range(clinicians)
    )  # fmt: skip
    outside = tuple(
        NetworkTherapist(f"N-{n}", one(LICENSES), some(LANGUAGES), some(AGE_GROUPS),
                         some(NEEDS), "Orange", "92801",
                         33.6 + float(rng.integers(4)) / 2,
                         -118.4 + float(rng.integers(4)) / 2, bool(rng.integers(2)),
                         1.0, int(rng.integers(8_000, 20_000)), float(rng.random()),
                         one((None, "f", "m")), one(((), ("acme",), ("acme", "bay"))),
                         int(rng.integers(1, 4)))
        for n in range(network)
    )  # fmt: skip
    treated = []
    for n in range(patients):
        code = one(tuple(ZIPS))
        treated.append(
            Patient(f"P-{n}", ZIPS[code], code, one(AGE_GROUPS), one(LANGUAGES),
                    one((*NEEDS, "therapy", "therapy")), int(rng.integers(1, 4)),
                    one(staff).clinician_id, 2, 5,
                    one(MODALITIES), bool(rng.integers(2)), True, True,
                    one((None, None, None, "f")), one((None, None, "acme", "zen")))
        )  # fmt: skip
    system = replace(
        base(), clinics=CLINICS, clinicians=staff, network=outside,
        patients=tuple(treated), appointments=(), groups=(), group_members=(),
    )  # fmt: skip
    substitutes = [
        Substitute(c.clinician_id, "in_house", one(((0, 0), (1, 0), (2, 3))))
        for c in staff
        if rng.random() < 0.6
    ] + [
        Substitute(t.therapist_id, "network", one(((0, 0), (0, 1), (1, 1))))
        for t in outside
    ]
    policy = MatchPolicy(associates_see_tier_1=bool(rng.integers(2)))
    return system, tuple(treated), tuple(substitutes), policy
