"""
Patients as asks: whoever may be treated by the same and at the same points is one.

An ask is judged by county and zip code, need, age group, language, what may be met in
person and by telehealth, risk tier as far as any rule reads it, a stated gender
preference, a payer, and the own clinician's clinic and license. Its want is the part
of it that the rules read without distance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from caretime.model.matching import MatchPolicy
from caretime.model.people import Clinician, Need, NetworkTherapist, Patient
from caretime.rules.eligibility import is_independent

_Home = tuple[str, str, int] | None


@dataclass(frozen=True)
class Asks:
    """
    Distinct asks, ascending by want.

    Parameters
    ----------
    of
        ``(patients,)``: each one's ask.
    patient
        ``(asks,)``: row of a patient who stands for the ask.
    want
        ``(asks,)``: row in ``wants``.
    home
        Of each ask: the own clinician's clinic, license and row among the
        substitutes, ``-1`` for none; ``None`` where the own clinician is unknown.
    """

    of: NDArray[np.int32]
    patient: NDArray[np.int32]
    want: NDArray[np.int32]
    wants: tuple[Need, ...]
    home: tuple[_Home, ...]


def asks_of(
    patients: Sequence[Patient],
    homes: Mapping[str, Clinician],
    substitutes: Mapping[str, int],
    tiers: Mapping[int, int],
) -> Asks:
    """
    Group the patients into asks.

    Parameters
    ----------
    homes
        Clinicians by id.
    substitutes
        Row of each substitute by id.
    tiers
        For each risk tier the one that it is judged as.
    """
    home_of: dict[str, _Home] = {}
    for name in {patient.clinician_id for patient in patients}:
        home_of[name] = _home(name, homes, substitutes)
    asks: dict[tuple[object, ...], int] = {}
    of = np.empty(len(patients), np.int32)
    first: list[int] = []
    for row, p in enumerate(patients):
        consent = p.telehealth_consent and p.modality != "in_person"
        key = (
            p.need, p.age_group, p.language, tiers[p.risk_tier], p.gender_preference,
            p.payer, p.county, p.zip, p.modality, consent, home_of[p.clinician_id],
        )  # fmt: skip
        number = asks.setdefault(key, len(asks))
        if number == len(first):
            first.append(row)
        of[row] = number
    return _by_want(of, first, list(asks), patients, tiers)


def _by_want(
    of: NDArray[np.int32],
    first: list[int],
    keys: list[tuple[object, ...]],
    patients: Sequence[Patient],
    tiers: Mapping[int, int],
) -> Asks:
    """Renumber the asks, so that those of one want stand together."""
    wants: dict[tuple[object, ...], int] = {}
    needs: list[Need] = []
    want = np.empty(len(keys), np.int32)
    for number, key in enumerate(keys):
        want[number] = wants.setdefault(key[:6], len(wants))
        if want[number] == len(needs):
            asked = patients[first[number]].asks
            tier = tiers[asked.risk_tier]
            needs.append(replace(asked, modality="either", risk_tier=tier))
    order = np.argsort(want, kind="stable")
    place = np.empty(len(keys), np.int32)
    place[order] = np.arange(len(keys), dtype=np.int32)
    homes = [keys[number][-1] for number in order]
    return Asks(
        place[of] if len(keys) else of,
        np.asarray(first, np.int32)[order],
        want[order],
        tuple(needs),
        tuple(homes),
    )


def _home(
    name: str, homes: Mapping[str, Clinician], substitutes: Mapping[str, int]
) -> _Home:
    clinician = homes.get(name)
    if clinician is None:
        return None
    return clinician.clinic_id, clinician.license, substitutes.get(name, -1)


def judged_tiers(
    people: Sequence[Clinician | NetworkTherapist], policy: MatchPolicy
) -> dict[int, int]:
    """
    Say as which risk tier each is judged: tiers that no rule tells apart are one.

    >>> judged_tiers([], MatchPolicy())
    {1: 3, 2: 3, 3: 3}
    """
    highest = {p.highest_risk_tier for p in people if isinstance(p, NetworkTherapist)}
    under = not policy.associates_see_tier_1 and any(
        not is_independent(code) for code in {p.license for p in people}
    )
    second = 3 if 3 not in highest else 2
    apart = under or max(highest, default=1) > 1
    return {1: 1 if apart else second, 2: second, 3: 3}
