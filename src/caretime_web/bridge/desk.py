"""A few rows to nouns: what the desk asks of one person, never of the whole system."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q

from caretime.formats.contracts import inspect_contract_text
from caretime.model.calendar import Calendar
from caretime.model.care import Absence, Appointment, Group
from caretime.model.people import Clinic, Clinician, Patient
from caretime.model.terms import Contract
from caretime_web.bridge.system import nouns_of
from caretime_web.bridge.tables import TABLES
from caretime_web.data import care, terms

_TABLES = {table.name: table for table in TABLES}


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """The contract that guards every booking, and the days it is counted in."""

    contract: Contract
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Held:
    """A time that is kept for a patient until a moment."""

    hold_id: str
    patient_id: str
    clinician_id: str
    visit_type: str
    start: datetime
    minutes: int
    until: datetime


def terms_in_force() -> TermsInForce | None:
    """Return the contract in force and the calendar; None where nothing was loaded."""
    row = terms.System.objects.select_related("contract_in_force").first()
    if row is None:
        return None
    agreed = row.contract_in_force
    return TermsInForce(
        _contract(agreed.contract_id, agreed.terms),
        _calendar(row.time_zone, frozenset(row.holidays)),
    )


@lru_cache(maxsize=8)
def _contract(contract_id: str, text: str) -> Contract:
    return inspect_contract_text(text, source=f"contracts/{contract_id}")[0]


@lru_cache(maxsize=8)
def _calendar(time_zone: str, holidays: frozenset[date]) -> Calendar:
    return Calendar(time_zone, holidays)


def patient_of(patient_id: str) -> Patient | None:
    """Return a patient, if there is one with this id."""
    found = _some("patients", "patient_id = %s", [patient_id])
    return found[0] if found else None


def clinicians(ids: Collection[str] | None = None) -> tuple[Clinician, ...]:
    """Return clinicians in the order of the system, all where no ids are given."""
    if ids is None:
        return _some("clinicians", "true", [])
    return _some("clinicians", "clinician_id = ANY(%s)", [list(ids)])


def clinics() -> dict[str, Clinic]:
    """Return all clinics by their ids."""
    return {clinic.clinic_id: clinic for clinic in _some("clinics", "true", [])}


def turn_of(clinician_id: str) -> int:
    """Return a clinician's row in the system, which turns the even week."""
    mine = care.Clinician.objects.filter(pk=clinician_id).values("position")
    return care.Clinician.objects.filter(position__lt=mine[:1]).count()


def appointments_of(
    clinician_id: str, since: datetime, until: datetime
) -> tuple[Appointment, ...]:
    """Return a clinician's visits that hold time begun in a half-open span."""
    return _some(
        "appointments",
        "clinician_id = %s AND start >= %s AND start < %s AND status = ANY(%s)",
        [clinician_id, since, until, list(care.HOLDING)],
    )


def absences_of(
    clinician_ids: Collection[str], first: date, last: date
) -> tuple[Absence, ...]:
    """Return the absences of clinicians that reach into a span of days."""
    return _some(
        "absences",
        "clinician_id = ANY(%s) AND first_day <= %s"
        " AND (last_day IS NULL OR last_day >= %s)",
        [list(clinician_ids), last, first],
    )


def groups_led(clinician_id: str) -> tuple[Group, ...]:
    """Return the groups that a clinician leads, or helps to lead."""
    return _some("groups", "%s IN (leader_id, co_leader_id)", [clinician_id])


def caseload_of(clinician_id: str, *, without: str) -> int:
    """Count the patients whose therapist of record a clinician is, but for one."""
    theirs = care.Patient.objects.filter(clinician=clinician_id)
    return theirs.exclude(pk=without).count()


def appointment_of(appointment_id: str) -> Appointment | None:
    """Return a visit, if there is one with this id."""
    found = _some("appointments", "appointment_id = %s", [appointment_id])
    return found[0] if found else None


def visits_in_the_way(
    *, clinician_id: str, patient_id: str, start: datetime, minutes: int
) -> tuple[Appointment, ...]:
    """Return the visits that hold this time of the clinician or of the patient."""
    return _some(
        "appointments",
        "(clinician_id = %s OR patient_id = %s) AND status = ANY(%s)"
        # No visit is longer than 480 minutes: the bound lets the index serve.
        " AND start < %s AND start > %s"
        " AND start + make_interval(mins => minutes) > %s",
        [
            *(clinician_id, patient_id, list(care.HOLDING)),
            *(start + timedelta(minutes=minutes), start - timedelta(minutes=480)),
            start,
        ],
    )


def holds_of(
    *,
    clinician_id: str,
    patient_id: str = "",
    since: datetime,
    until: datetime,
    now: datetime,
) -> tuple[Held, ...]:
    """Return times held, and not expired, begun in a span, of either person."""
    whose = Q(clinician_id=clinician_id) | Q(patient_id=patient_id)
    rows = care.Hold.objects.filter(whose, start__gte=since, start__lt=until)
    return tuple(
        Held(
            *(row.pk, row.patient_id, row.clinician_id, row.visit_type),
            *(row.start, row.minutes, row.until),
        )
        for row in rows.filter(until__gt=now).order_by("start", "pk")
    )


def _some(name: str, where: str, values: Sequence[Any]) -> tuple[Any, ...]:
    row = terms.System.objects.only("time_zone", "holidays").first()
    zone = _calendar(row.time_zone, frozenset()).zone if row else Calendar().zone
    return nouns_of(_TABLES[name], zone, "default", f"WHERE {where}", values)
