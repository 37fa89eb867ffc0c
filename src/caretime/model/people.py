"""Who gives care, who receives it, and what care is asked for; ids, never names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

AGE_GROUPS = ("child", "teen", "adult", "older")
MODALITIES = ("in_person", "telehealth", "either")


@dataclass(frozen=True, slots=True)
class Clinic:
    """A site where clinicians see patients; minutes count from local midnight."""

    clinic_id: str
    county: str
    zip: str
    latitude: float
    longitude: float
    rooms: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Clinician:
    """
    An employed person with a schedule.

    ``gender`` serves patients who state a preference; ``None`` where not given.
    """

    clinician_id: str
    license: str
    languages: tuple[str, ...]
    ages: tuple[str, ...]
    needs: tuple[str, ...]
    fte: float
    clinic_id: str
    telehealth_share: float
    supervisor_id: str | None
    hired_on: date
    unit: str
    step: int
    leads_groups: bool
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkTherapist:
    """
    A contracted outside person with weekly openings for new patients.

    ``payers`` are those contracted with; empty means all. ``highest_risk_tier`` is
    the highest tier the person takes on: 1 means everybody, 3 only the lowest risk.
    """

    therapist_id: str
    license: str
    languages: tuple[str, ...]
    ages: tuple[str, ...]
    needs: tuple[str, ...]
    county: str
    zip: str
    latitude: float
    longitude: float
    telehealth: bool
    openings_per_week: float
    price_per_visit_cents: int
    acceptance: float
    gender: str | None = None
    payers: tuple[str, ...] = ()
    highest_risk_tier: int = 1


@dataclass(frozen=True, slots=True)
class Need:
    """
    What a person asks for; the key every eligibility rule reads.

    ``gender_preference`` and ``payer`` are ``None`` where none is stated.
    """

    county: str
    age_group: str
    language: str
    need: str
    modality: str = "either"
    risk_tier: int = 3
    gender_preference: str | None = None
    payer: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """
    A person in treatment with a therapist of record.

    ``risk_tier`` is 1 (highest) to 3. ``interval_weeks`` is the intended return
    visit interval. ``visits_attended`` counts the course so far, because the
    chance that a course ends depends on how long it has lasted.
    """

    patient_id: str
    county: str
    zip: str
    age_group: str
    language: str
    need: str
    risk_tier: int
    clinician_id: str
    interval_weeks: int
    visits_attended: int
    modality: str
    telehealth_consent: bool
    has_phone: bool
    has_email: bool
    gender_preference: str | None = None
    payer: str | None = None

    @property
    def asks(self) -> Need:
        """The need as the eligibility rules read it."""
        return Need(
            self.county,
            self.age_group,
            self.language,
            self.need,
            self.modality,
            self.risk_tier,
            self.gender_preference,
            self.payer,
        )
