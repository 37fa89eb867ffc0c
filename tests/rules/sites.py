"""A small site whose numbers can be checked by hand."""

from __future__ import annotations

from datetime import date

from caretime.formats import default_assumptions
from caretime.model.calendar import Calendar
from caretime.model.people import Clinic, Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

MONDAY = date(2025, 6, 2)


def clinic(clinic_id="S1", *, rooms=3, opens=8, closes=18):
    return Clinic(
        clinic_id, "Los Angeles", "90027", 34.1, -118.3, rooms, opens * 60, closes * 60
    )


def clinician(clinician_id, license_code="LCSW", *, clinic_id="S1", **changes):
    given = {
        "fte": 1.0,
        "telehealth_share": 0.0,
        "supervisor_id": None,
        "leads_groups": False,
    } | changes
    return Clinician(
        clinician_id,
        license_code,
        ("en",),
        ("adult",),
        ("therapy",),
        given["fte"],
        clinic_id,
        given["telehealth_share"],
        given["supervisor_id"],
        date(2020, 1, 6),
        "therapist",
        1,
        given["leads_groups"],
    )


def contract(*clauses):
    return Contract("made", "Made", date(2025, 1, 1), "assumption", "by hand", clauses)


ONE_CLINIC = (clinic(),)
TWO_CLINICS = (clinic("S1"), clinic("S2"))


def system(clinicians, *, clinics=ONE_CLINIC, terms=None, **tables):
    return CareSystem(
        name="Small",
        first_day=MONDAY,
        members=1000,
        jurisdiction="california",
        contract_in_force="made",
        pooling="site",
        calendar=Calendar(),
        clinics=tuple(clinics),
        clinicians=tuple(clinicians),
        network=(),
        patients=(),
        appointments=(),
        groups=tables.pop("groups", ()),
        group_members=(),
        demand=(),
        assumptions=default_assumptions(),
        standards=(),
        contracts={"made": terms or contract()},
        **tables,
    )
