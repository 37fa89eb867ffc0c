"""A clinic of three, as nouns: sound, and small enough to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from caretime.formats import default_assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import (
    Absence,
    Appointment,
    Demand,
    Group,
    GroupMember,
)
from caretime.model.incident import Incident
from caretime.model.people import Clinic, Clinician, NetworkTherapist, Patient
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rules.access import load_standards
from caretime.rules.clause_kinds import make_clause

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = date(2024, 10, 21)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a local time in October 2024."""
    return datetime(2024, 10, day, hour, minute, tzinfo=ZONE)


def clinician(
    clinician_id: str, license_code: str, supervisor: str | None
) -> Clinician:
    """Return a therapist who speaks English and Spanish."""
    return Clinician(
        clinician_id,
        license_code,
        ("en", "es"),
        ("adult", "teen"),
        ("therapy",),
        0.8,
        "S-1",
        0.25,
        supervisor,
        date(2019, 3, 4),
        "psych-social",
        4,
        license_code == "LCSW",
    )


def patient(patient_id: str, clinician_id: str) -> Patient:
    """Return an adult in weekly treatment."""
    return Patient(
        patient_id,
        "Los Angeles",
        "90012",
        "adult",
        "es",
        "therapy",
        2,
        clinician_id,
        1,
        7,
        "either",
        True,
        True,
        False,
    )


def appointment(
    appointment_id: str, patient_id: str, clinician_id: str, start: datetime
) -> Appointment:
    """Return a return visit of fifty minutes."""
    return Appointment(
        appointment_id,
        patient_id,
        clinician_id,
        "return",
        start,
        50,
        "in_person",
        "booked",
        None,
        at(14, 9),
    )


def small_week() -> tuple[Clause, ...]:
    """Return clauses of a week with an intake or two and a few returns."""
    clauses = (
        make_clause("MEAL", "meal"),
        make_clause("REST", "rest"),
        make_clause("RETURN", "visit_length", visit_type="return", minutes=50),
        make_clause("INTAKES", "intake_mix", intakes_per_week=2.0),
        make_clause("CAP", "visit_cap_weekly", patients=6),
    )
    return tuple(
        replace(clause, source="made up", standing="assumption") for clause in clauses
    )


def small_system() -> CareSystem:
    """Return a clinic of three with five patients and one group."""
    contract = Contract(
        "terms-now",
        "Terms in force",
        date(2021, 1, 1),
        "assumption",
        "made up",
        small_week(),
    )
    return CareSystem(
        name="A clinic of three",
        first_day=MONDAY,
        members=9_000,
        jurisdiction="california",
        contract_in_force="terms-now",
        pooling="county",
        calendar=Calendar("America/Los_Angeles", frozenset({date(2024, 11, 28)})),
        clinics=(
            Clinic("S-1", "Los Angeles", "90012", 34.06, -118.24, 6, 8 * 60, 18 * 60),
        ),
        clinicians=(
            clinician("C-1", "LCSW", None),
            clinician("C-2", "LMFT", None),
            clinician("C-3", "ASW", "C-1"),
        ),
        network=(
            NetworkTherapist(
                "N-1",
                "LMFT",
                ("en",),
                ("adult",),
                ("therapy",),
                "Orange",
                "92701",
                33.75,
                -117.87,
                True,
                1.5,
                12_500,
                0.9,
            ),
        ),
        patients=(
            patient("P-1", "C-1"),
            patient("P-2", "C-1"),
            patient("P-3", "C-2"),
            patient("P-4", "C-3"),
            patient("P-5", "C-3"),
        ),
        appointments=(
            appointment("A-1", "P-1", "C-1", at(21, 9)),
            appointment("A-2", "P-2", "C-1", at(21, 10)),
            appointment("A-3", "P-3", "C-2", at(22, 17, 10)),
            appointment("A-4", "P-4", "C-3", at(23, 13)),
        ),
        groups=(
            Group("G-1", "C-1", None, 2, 16 * 60, 90, 8, "adult", "es", "therapy"),
        ),
        group_members=(GroupMember("G-1", "P-1"), GroupMember("G-1", "P-3")),
        demand=(
            Demand("Los Angeles", "adult", "es", "therapy", 3.5, 1.4),
            Demand("Orange", "teen", "en", "therapy", 0.5, 1.0),
        ),
        assumptions=default_assumptions(),
        standards=load_standards("california"),
        contracts={"terms-now": contract},
        absences=(Absence("C-2", date(2024, 12, 2), date(2024, 12, 13)),),
        incidents=(
            Incident(
                "walkout", date(2024, 11, 4), date(2024, 10, 25), (0.5, 0.62), ("S-1",)
            ),
        ),
        notes=("Made up for tests.",),
    )
