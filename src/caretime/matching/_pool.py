"""Substitutes as columns: who they are, where, and what stands against each anyway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.model.incident import Substitute
from caretime.model.people import Clinician, NetworkTherapist
from caretime.model.system import CareSystem
from caretime.rules.eligibility import is_independent, ways_of_meeting
from caretime.rules.fit import standing_parts

Person = Clinician | NetworkTherapist


@dataclass(frozen=True)
class Pool:
    """
    Columns of the substitutes, in their order.

    Parameters
    ----------
    profiles
        One person for each sort that the rules do not tell apart.
    licenses, clinics
        Number of each code in the system.
    clinic
        Number of the clinic; -1 in the network.
    point
        ``(substitutes, 2)``: latitude and longitude of the place of care.
    has_opening
        Whether anything opens in the plan at all.
    """

    people: tuple[Person, ...]
    licenses: dict[str, int]
    clinics: dict[str, int]
    profiles: tuple[Person, ...]
    profile: NDArray[np.int32]
    network: NDArray[np.bool_]
    clinic: NDArray[np.int32]
    license: NDArray[np.int32]
    standing: NDArray[np.int32]
    in_person: NDArray[np.bool_]
    telehealth: NDArray[np.bool_]
    point: NDArray[np.float64]
    has_opening: NDArray[np.bool_]


def pool_of(
    system: CareSystem,
    substitutes: Sequence[Substitute],
    present: dict[str, Clinician],
) -> Pool:
    """
    Look the substitutes up in the system and set them out in columns.

    Raises
    ------
    KeyError
        If a substitute is neither a clinician nor a network therapist.
    """
    known: dict[str, Person] = {t.therapist_id: t for t in system.network}
    known.update((c.clinician_id, c) for c in system.clinicians)
    people = tuple(known[s.substitute_id] for s in substitutes)
    licenses = numbered(
        [c.license for c in system.clinicians] + [t.license for t in system.network]
    )
    clinics = numbered(clinic.clinic_id for clinic in system.clinics)
    profiles: dict[tuple[object, ...], int] = {}
    sorts = [
        profiles.setdefault(_sort(person, present), len(profiles)) for person in people
    ]
    firsts: dict[int, Person] = {}
    for number, person in zip(sorts, people, strict=True):
        firsts.setdefault(number, person)
    ways = [ways_of_meeting(person, "either") for person in people]
    places = {c.clinic_id: (c.latitude, c.longitude) for c in system.clinics}
    points = [
        places[p.clinic_id] if isinstance(p, Clinician) else (p.latitude, p.longitude)
        for p in people
    ]
    return Pool(
        people,
        licenses,
        clinics,
        tuple(firsts.values()),
        np.array(sorts, np.int32),
        np.array([isinstance(p, NetworkTherapist) for p in people], np.bool_),
        np.array(
            [clinics[p.clinic_id] if isinstance(p, Clinician) else -1 for p in people],
            np.int32,
        ),
        np.array([licenses[p.license] for p in people], np.int32),
        np.array([sum(n for _, n in standing_parts(p)) for p in people], np.int32),
        np.array([way[0] for way in ways], np.bool_),
        np.array([way[1] for way in ways], np.bool_),
        np.array(points, np.float64).reshape(-1, 2),
        np.array([any(s.openings + s.intakes) for s in substitutes], np.bool_),
    )


def numbered(words: Iterable[str]) -> dict[str, int]:
    """
    Give each distinct word its number, in their order.

    >>> numbered(["b", "a", "b"])
    {'b': 0, 'a': 1}
    """
    return {word: number for number, word in enumerate(dict.fromkeys(words))}


def _sort(person: Person, present: dict[str, Clinician]) -> tuple[object, ...]:
    """Return all that the rules read of a person, but distance and way."""
    shared = person.license, person.languages, person.ages, person.needs, person.gender
    if isinstance(person, NetworkTherapist):
        return (*shared, person.payers, person.highest_risk_tier)
    if is_independent(person.license):
        return shared
    supervisor = present.get(person.supervisor_id or "")
    if supervisor is None or supervisor.clinician_id == person.clinician_id:
        return (*shared, "")
    return (*shared, supervisor.license)
