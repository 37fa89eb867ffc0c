"""No clinician, patient or room is in two places at once, whoever writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import IntegrityError, connection

from caretime_web.data.audit import author
from caretime_web.data.care import (
    Appointment,
    Clinic,
    Clinician,
    NetworkTherapist,
    Patient,
)

NINE = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def people(desk):
    with author("test"):
        clinic = Clinic.objects.create(
            clinic_id="K-1",
            county="Kern",
            zip="93301",
            latitude=35.4,
            longitude=-119.0,
            rooms=2,
            opens=480,
            closes=1080,
        )
        for number in (1, 2):
            Clinician.objects.create(
                clinician_id=f"C-{number}",
                license="LCSW",
                fte=1,
                clinic=clinic,
                telehealth_share=0.5,
                hired_on="2020-01-01",
                unit="therapists",
                step=1,
                leads_groups=True,
            )
        for number in range(1, 5):
            Patient.objects.create(
                patient_id=f"P-{number}",
                county="Kern",
                zip="93301",
                age_group="adult",
                language="en",
                need="therapy",
                risk_tier=3,
                clinician_id="C-1",
                interval_weeks=2,
                visits_attended=0,
                modality="either",
                telehealth_consent=True,
                has_phone=True,
                has_email=False,
            )


def book(number: int, patient: str, clinician: str, **other: object) -> Appointment:
    visit = {
        "visit_type": "return",
        "start": NINE,
        "minutes": 50,
        "modality": "in_person",
        "status": "booked",
    } | other
    with author("test"):
        return Appointment.objects.create(
            appointment_id=f"A-{number}",
            patient_id=patient,
            clinician_id=clinician,
            **visit,
        )


def test_a_clinician_is_not_in_two_visits_at_once():
    book(1, "P-1", "C-1")

    with pytest.raises(IntegrityError, match="one_clinician_one_place"):
        book(2, "P-2", "C-1", start=NINE + timedelta(minutes=49))


def test_a_visit_may_begin_in_the_minute_in_which_another_ends():
    book(1, "P-1", "C-1")

    book(2, "P-2", "C-1", start=NINE + timedelta(minutes=50))

    assert Appointment.objects.count() == 2


def test_a_patient_is_not_with_two_clinicians_at_once():
    book(1, "P-1", "C-1")

    with pytest.raises(IntegrityError, match="one_patient_one_place"):
        book(2, "P-1", "C-2")


@pytest.mark.parametrize("status", ["cancelled", "late_cancelled"])
def test_a_cancelled_visit_gives_its_time_back(status):
    book(1, "P-1", "C-1", status=status)

    book(2, "P-1", "C-1")

    assert Appointment.objects.filter(status="booked").count() == 1


@pytest.mark.parametrize("status", ["attended", "no_show"])
def test_a_visit_that_took_place_or_was_missed_held_its_time(status):
    book(1, "P-1", "C-1", status=status)

    with pytest.raises(IntegrityError, match="one_clinician_one_place"):
        book(2, "P-2", "C-1")


def test_the_patients_of_one_session_share_the_clinicians_time():
    session = {"visit_type": "group", "minutes": 90}

    for number in (1, 2, 3):
        book(number, f"P-{number}", "C-1", **session)

    assert Appointment.objects.count() == 3


@pytest.mark.parametrize(
    "other",
    [
        {"visit_type": "return"},
        {"visit_type": "group", "minutes": 60},
        {"visit_type": "group", "minutes": 90, "start": NINE + timedelta(minutes=30)},
    ],
    ids=["a visit", "a session of another length", "a session begun later"],
)
def test_nothing_else_fits_into_the_time_of_a_session(other):
    book(1, "P-1", "C-1", visit_type="group", minutes=90)

    with pytest.raises(IntegrityError, match="one_clinician_one_place"):
        book(2, "P-2", "C-1", **other)


def test_a_room_holds_one_visit_at_a_time():
    book(1, "P-1", "C-1", clinic_id="K-1", room=1)

    with pytest.raises(IntegrityError, match="one_room_one_visit"):
        book(2, "P-2", "C-2", clinic_id="K-1", room=1)
    book(3, "P-2", "C-2", clinic_id="K-1", room=2)


def test_moving_a_visit_onto_another_is_refused_by_raw_statements_too():
    book(1, "P-1", "C-1")
    book(2, "P-2", "C-1", start=NINE + timedelta(hours=1))

    with (
        pytest.raises(IntegrityError, match="one_clinician_one_place"),
        author("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE care_appointment SET start = %s", [NINE])


def test_of_two_who_book_in_the_same_moment_one_gets_the_slot(cluster, desk):
    gate, outcomes = Barrier(2), []
    parameters = cluster.address().parameters() | {"dbname": desk}

    def click(number: int) -> None:
        with psycopg.connect(**parameters) as link:
            link.execute("SELECT set_config('caretime.by', 'test', true)")
            gate.wait()
            done = link.execute(
                "INSERT INTO care_appointment (appointment_id, patient_id,"
                " clinician_id, visit_type, start, minutes, modality, status)"
                " VALUES (%s, %s, 'C-1', 'return', %s, 50, 'in_person', 'booked')"
                " ON CONFLICT DO NOTHING RETURNING appointment_id",
                [f"A-{number}", f"P-{number}", NINE],
            )
            outcomes.append(done.fetchone())

    clicks = [Thread(target=click, args=[number]) for number in (1, 2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    assert len(outcomes) == 2
    assert outcomes.count(None) == 1
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        ("appointment_status", {"status": "maybe"}),
        ("appointment_visit_type", {"visit_type": "lunch"}),
        ("appointment_minutes", {"minutes": 0}),
        ("appointment_cancelled_whole", {"cancelled_by": "patient"}),
        (
            "appointment_cancelled_status",
            {
                "cancelled_by": "patient",
                "cancelled_at": NINE,
                "cancel_reason": "moved",
            },
        ),
        (
            "appointment_side",
            {
                "status": "cancelled",
                "cancelled_by": "somebody",
                "cancelled_at": NINE,
                "cancel_reason": "moved",
            },
        ),
        ("appointment_room_of_clinic", {"room": 1}),
        (
            "appointment_room_in_person",
            {"room": 1, "clinic_id": "K-1", "modality": "telehealth"},
        ),
    ],
)
def test_half_filled_and_unknown_values_are_refused(rule, other):
    with pytest.raises(IntegrityError, match=rule):
        book(1, "P-1", "C-1", **other)


def test_who_sees_a_patient_is_somebody_who_is_there():
    with pytest.raises(IntegrityError, match="no clinician or network therapist C-9"):
        book(1, "P-1", "C-9")


def test_a_clinician_with_appointments_cannot_be_removed():
    book(1, "P-1", "C-2")

    with (
        pytest.raises(IntegrityError, match="C-2 still has appointments"),
        author("test"),
    ):
        Clinician.objects.filter(pk="C-2").delete()


def test_a_network_therapist_is_not_in_two_visits_at_once_either():
    with author("test"):
        NetworkTherapist.objects.create(
            therapist_id="N-1",
            license="LMFT",
            county="Kern",
            zip="93301",
            latitude=35.4,
            longitude=-119.0,
            telehealth=True,
            openings_per_week=1,
            price_per_visit_cents=11_000,
            acceptance=1,
            highest_risk_tier=1,
        )
    book(1, "P-1", "N-1")

    with pytest.raises(IntegrityError, match="one_clinician_one_place"):
        book(2, "P-2", "N-1")
