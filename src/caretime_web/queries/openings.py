"""Slots: openings that may be booked now; worked out when asked, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice

from caretime.errors import InputError, Problem
from caretime.model.calendar import monday_of
from caretime.model.matching import Fit
from caretime.model.people import Clinic, Clinician, Patient
from caretime.rules.eligibility import may_treat, ways_of_meeting
from caretime.rules.fit import fit
from caretime.rules.region import miles_between
from caretime.tables import rows
from caretime_web.bridge import desk
from caretime_web.queries.weeks import read_week

BOOKABLE = ("intake", "return", "urgent")
"""Types of visit that take a slot; a group has seats."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time of one clinician in which one visit of a type may be held."""

    start: datetime
    clinician_id: str
    minutes: int
    visit_type: str
    modality: str


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One clinician and the first of their slots.

    ``fit`` is what speaks against the pair; the own therapist has none.
    """

    clinician_id: str
    fit: Fit | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a patient may be seen by a clinician, and what speaks against it."""

    modality: str
    miles: float | None
    fit: Fit | None = None

    @property
    def points(self) -> int:
        """Points against it; none of the own therapist."""
        return self.fit.points if self.fit else 0


def search(
    patient_id: str,
    visit_type: str,
    *,
    first_day: date,
    now: datetime,
    days: int = 28,
    others: int = 5,
) -> tuple[Choice, ...]:
    """
    Find slots for a patient: with the own therapist first, then with others.

    Parameters
    ----------
    visit_type
        One of ``BOOKABLE``.
    days
        How many days are looked through, from ``first_day``.
    others
        At most so many other clinicians who have a slot; 0 for the own alone.

    Returns
    -------
    tuple of Choice
        The own therapist, also without any slot; then others who may treat the
        patient and have one, the best fit first, of equals the first in the system.
        Each with the first three slots.

    Raises
    ------
    InputError
        If there is no such patient, the type takes no slot, or nothing was loaded.
    """
    patient, terms = patient_and_terms(patient_id, visit_type)
    known = {clinician.clinician_id: clinician for clinician in desk.clinicians()}
    clinics = desk.clinics()
    home = known[patient.clinician_id]
    span = (first_day, first_day + timedelta(days=days - 1))

    def choice(clinician: Clinician, ways: tuple[Way, ...]) -> Choice:
        slots = _slots(clinician, ways, patient, visit_type, terms, span, now)
        return Choice(clinician.clinician_id, ways[0].fit, tuple(islice(slots, 3)))

    ranked = []
    own = [Choice(home.clinician_id, None, ())]
    for clinician in known.values():
        supervisor = known.get(clinician.supervisor_id or "")
        ways = ways_of(clinician, patient, home, clinics, supervisor)
        if ways and clinician is home:
            own = [choice(home, ways)]
        elif ways:
            ranked.append((clinician, ways))
    ranked.sort(key=lambda pair: pair[1][0].points)
    found = (choice(*pair) for pair in ranked)
    with_slots = (one for one in found if one.slots)
    return (*own, *islice(with_slots, others))


def next_available(slots: Iterable[Slot], *, nth: int = 1) -> Slot | None:
    """
    Return the first slot in time, or the third: the usual measure of access.

    Raises
    ------
    ValueError
        If ``nth`` is not 1 or more.
    """
    if nth < 1:
        raise ValueError(f"nth must be 1 or more, got {nth}")
    ordered = sorted(slots)
    return ordered[nth - 1] if len(ordered) >= nth else None


def slots_of(
    clinician_id: str,
    patient_id: str,
    visit_type: str,
    *,
    first_day: date,
    now: datetime,
    days: int = 28,
) -> tuple[Slot, ...]:
    """
    Return all slots of one clinician for a patient, in order of time.

    Raises
    ------
    InputError
        If either is not known, the type takes no slot, or nothing was loaded.
    """
    patient, terms = patient_and_terms(patient_id, visit_type)
    clinician, home = clinician_and_home(clinician_id, patient)
    span = (first_day, first_day + timedelta(days=days - 1))
    supervisor = next(iter(desk.clinicians([clinician.supervisor_id or ""])), None)
    ways = ways_of(clinician, patient, home, desk.clinics(), supervisor)
    return tuple(_slots(clinician, ways, patient, visit_type, terms, span, now))


def patient_and_terms(
    patient_id: str, visit_type: str
) -> tuple[Patient, desk.TermsInForce]:
    """
    Return whom a visit is for and what guards it.

    Raises
    ------
    InputError
        If there is no such patient, the type takes no slot, or nothing was loaded.
    """
    terms = desk.terms_in_force()
    if terms is None:
        raise InputError([Problem("desk", 0, "", "no system was loaded")])
    patient = desk.patient_of(patient_id)
    if patient is None:
        raise InputError(
            [Problem("booking", 0, "patient_id", f"no patient {patient_id}")]
        )
    if visit_type not in BOOKABLE:
        raise InputError(
            [Problem("booking", 0, "visit_type", f"no slot takes a {visit_type!r}")]
        )
    return patient, terms


def clinician_and_home(
    clinician_id: str, patient: Patient
) -> tuple[Clinician, Clinician]:
    """
    Return a clinician and a patient's own one.

    Raises
    ------
    InputError
        If there is no such clinician.
    """
    found = {
        clinician.clinician_id: clinician
        for clinician in desk.clinicians([clinician_id, patient.clinician_id])
    }
    if clinician_id not in found:
        raise InputError(
            [Problem("booking", 0, "clinician_id", f"no clinician {clinician_id}")]
        )
    return found[clinician_id], found[patient.clinician_id]


def ways_of(
    clinician: Clinician,
    patient: Patient,
    home: Clinician,
    clinics: dict[str, Clinic],
    supervisor: Clinician | None = None,
) -> tuple[Way, ...]:
    """
    Return the ways in which the two may meet, the best fit first; none if none.

    The distance to the own therapist is not judged: who is treated by somebody far
    away is still their patient.
    """
    own = clinician.clinician_id == home.clinician_id
    clinic = clinics[clinician.clinic_id]
    place = _centroids().get(patient.zip)
    miles = place and miles_between(*place, clinic.latitude, clinic.longitude)
    found = []
    in_person, telehealth = ways_of_meeting(clinician, patient.modality)
    for modality, can in (("in_person", in_person), ("telehealth", telehealth)):
        way = Way(modality, miles if can and modality == "in_person" else None)
        if own:
            way = replace(way, miles=None)
        verdict = may_treat(
            clinician,
            replace(patient.asks, modality=modality),
            supervisor=supervisor,
            miles=way.miles,
            telehealth_consent=patient.telehealth_consent,
        )
        if not can or not verdict.allowed:
            continue
        if not own:
            remote = modality == "telehealth"
            weighed = fit(clinician, patient, home=home, miles=miles, telehealth=remote)
            way = replace(way, fit=weighed)
        found.append(way)
    return tuple(sorted(found, key=lambda way: way.points))


def _slots(
    clinician: Clinician,
    ways: Sequence[Way],
    patient: Patient,
    visit_type: str,
    terms: desk.TermsInForce,
    span: tuple[date, date],
    now: datetime,
) -> Iterator[Slot]:
    """Yield the slots of a clinician by time, a week being read when it is reached."""
    monday = monday_of(span[0])
    while ways and monday <= span[1]:
        week = read_week(
            clinician, monday, terms, patient_id=patient.patient_id, now=now
        )
        for visit in week.free(visit_type):
            day = visit.start.astimezone(terms.calendar.zone).date()
            if not span[0] <= day <= span[1] or visit.start <= now:
                continue
            for way in ways:
                asked = replace(
                    visit,
                    miles=way.miles,
                    telehealth_consent=patient.telehealth_consent,
                )
                if not week.judge(asked, way.modality, patient, now=now):
                    yield Slot(
                        visit.start,
                        clinician.clinician_id,
                        visit.minutes,
                        visit_type,
                        way.modality,
                    )
                    break
        monday += timedelta(weeks=1)


@cache
def _centroids() -> dict[str, tuple[float, float]]:
    return {
        row["zip"]: (float(row["latitude"]), float(row["longitude"]))
        for row in rows("zip_centroids")
    }
