"""Access on the appointments a system really has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from caretime.measures.access_from_appointments import access_from_appointments
from caretime.model.calendar import Calendar
from caretime.model.care import Appointment
from caretime.simulation import make_system

LA = Calendar()
REQUESTED = LA.at(date(2025, 5, 2), 9 * 60)  # a Friday


@pytest.fixture(scope="module")
def clinic():
    system = make_system("clinic-of-eight", seed=1)
    return replace(system, calendar=LA, appointments=())


def visit(clinic, start: datetime, visit_type: str = "return", **changes):
    values = {
        "appointment_id": f"A{start.isoformat()}",
        "patient_id": clinic.patients[0].patient_id,
        "clinician_id": clinic.clinicians[0].clinician_id,
        "visit_type": visit_type,
        "start": start,
        "minutes": 50,
        "modality": "in_person",
        "status": "attended",
        "requested_at": REQUESTED,
        "offered_at": REQUESTED,
    }
    return Appointment(**values | changes)


def measured(clinic, *appointments: Appointment):
    return access_from_appointments(replace(clinic, appointments=appointments))


def test_a_request_on_friday_seen_on_monday_waited_one_business_day(clinic):
    found = measured(clinic, visit(clinic, LA.at(date(2025, 5, 5), 600), "intake"))

    assert found.measures["wait_intake_mean"].values == (1.0,)
    assert found.measures["within_intake"].values == (100.0,)
    assert found.used["intake"] == 1


def test_the_eleventh_business_day_is_late(clinic):
    # Ten business days after Friday 2 May is Friday 16 May.
    found = measured(clinic, visit(clinic, LA.at(date(2025, 5, 19), 600), "intake"))

    assert found.measures["wait_intake_mean"].values == (11.0,)
    assert found.measures["within_intake"].values == (0.0,)


def test_a_course_has_a_first_treatment_and_then_follow_ups(clinic):
    found = measured(
        clinic,
        visit(clinic, LA.at(date(2025, 5, 5), 600), "intake"),
        visit(clinic, LA.at(date(2025, 5, 12), 600)),
        visit(clinic, LA.at(date(2025, 5, 26), 600)),
    )

    assert found.measures["wait_first_treatment_mean"].values == (5.0,)
    assert found.measures["wait_follow_up_mean"].values == (10.0,)


def test_the_clock_runs_from_the_last_visit_attended(clinic):
    found = measured(
        clinic,
        visit(clinic, LA.at(date(2025, 5, 5), 600)),
        visit(clinic, LA.at(date(2025, 5, 12), 600), status="no_show"),
        visit(clinic, LA.at(date(2025, 5, 19), 600)),
    )

    # 5 to 12 May and 5 to 19 May: a missed visit is no visit, but it was offered.
    assert found.measures["wait_follow_up_mean"].numerators == (5 + 10,)


def test_urgent_visits_are_counted_in_hours(clinic):
    found = measured(clinic, visit(clinic, LA.at(date(2025, 5, 4), 600), "urgent"))

    # Friday 9:00 to Sunday 10:00.
    assert found.measures["wait_urgent_mean"].values == (49.0,)
    assert found.measures["within_urgent"].values == (0.0,)


def test_what_gives_no_wait_is_counted_by_its_reason(clinic):
    monday = LA.at(date(2025, 5, 5), 600)
    found = measured(
        clinic,
        visit(clinic, monday, "group"),
        visit(clinic, monday.replace(hour=9)),
        visit(clinic, monday.replace(hour=13), "intake", requested_at=None),
        visit(
            clinic,
            monday.replace(hour=14),
            "intake",
            requested_at=LA.at(date(2025, 5, 6), 0),
        ),
    )

    assert found.left_out == {
        "group sessions have no clock": 1,
        "no attended visit before it on record": 1,
        "no request on record": 1,
        "requested after its start": 1,
    }
    assert sum(found.used.values()) == 0


def test_each_part_of_the_population_is_measured(clinic):
    appointment = visit(clinic, LA.at(date(2025, 5, 5), 600), "intake")

    parts = {
        (m.dimension, m.part): m.denominators
        for m in measured(clinic, appointment).slices
        if m.name == "within_intake"
    }

    patient = clinic.patients[0]
    assert parts["county", patient.county] == (1,)
    assert parts["language", patient.language] == (1,)
    assert parts["license", clinic.clinicians[0].license] == (1,)
