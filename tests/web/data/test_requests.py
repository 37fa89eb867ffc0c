"""The day on which somebody first asked never changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from caretime_web.data.audit import author
from caretime_web.data.care import Appointment, Patient, Referral

ASKED = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("loaded_desk")


@pytest.fixture
def referral() -> Referral:
    with author("test"):
        return Referral.objects.create(
            referral_id="R-1", patient=Patient.objects.first(), requested_at=ASKED
        )


def test_the_request_date_of_a_referral_is_never_edited(referral):
    referral.requested_at = ASKED + timedelta(days=1)

    with (
        pytest.raises(DatabaseError, match="requested_at of care_referral is never"),
        author("test"),
    ):
        referral.save()


def test_everything_else_of_a_referral_may_change(referral):
    referral.status, referral.closed_at = "closed", ASKED

    with author("test"):
        referral.save()

    assert Referral.objects.get().requested_at == ASKED


def test_a_closed_referral_says_when(referral):
    referral.status = "closed"

    with pytest.raises(DatabaseError, match="referral_closed"), author("test"):
        referral.save()


@pytest.mark.parametrize("column", ["requested_at", "offered_at"])
def test_when_a_visit_was_asked_for_and_offered_is_never_edited(column):
    filled = Appointment.objects.filter(**{f"{column}__isnull": False})

    with (
        pytest.raises(DatabaseError, match=f"{column} of care_appointment is never"),
        author("test"),
    ):
        filled.update(**{column: ASKED})


def test_an_offer_made_later_may_be_filled_in():
    visit = Appointment.objects.first()
    with author("test"):
        new = Appointment.objects.create(
            appointment_id="A-new",
            patient=visit.patient,
            clinician_id=visit.clinician_id,
            visit_type="return",
            start=visit.start + timedelta(days=3650),
            minutes=50,
            modality="in_person",
        )

    with author("test"):
        Appointment.objects.filter(pk=new.pk).update(offered_at=ASKED)

    assert Appointment.objects.get(pk=new.pk).offered_at == ASKED
