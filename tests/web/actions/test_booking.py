"""Booking, holding, moving and cancelling at the desk, one click after another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.errors import InputError
from caretime_web.actions.booking import book, cancel, hold, move, no_show, release
from caretime_web.data.audit import AuditEntry, author, verify
from caretime_web.data.care import Appointment, Hold, Patient
from caretime_web.data.plan import Absence
from caretime_web.queries.openings import slots_of

pytestmark = pytest.mark.usefixtures("loaded_desk")

WHO = "C-00002"
BY = "user:1"


@pytest.fixture
def now(eight):
    """The evening before the first day."""
    return eight.calendar.at(eight.first_day - timedelta(days=1), 20 * 60)


@pytest.fixture
def pair(eight):
    """Two patients of one clinician who come in person or by video."""
    theirs = [
        p.patient_id
        for p in eight.patients
        if p.clinician_id == WHO and p.modality == "either"
    ]
    return theirs[0], theirs[1]


@pytest.fixture
def slots(eight, now, pair):
    """The free times of the second week, as the first patient may have them."""
    day = eight.first_day + timedelta(weeks=1)
    return slots_of(WHO, pair[0], "return", first_day=day, days=7, now=now)


def test_a_free_time_is_booked_with_its_author_and_its_clock(slots, now, pair):
    asked = now - timedelta(days=3)

    booked = book(slots[0], pair[0], now=now, by=BY, requested_at=asked)

    assert booked.done
    assert booked.sentence == ""
    visit = Appointment.objects.get(pk=booked.id)
    assert (visit.patient_id, visit.clinician_id) == (pair[0], WHO)
    assert (visit.start, visit.status) == (slots[0].start, "booked")
    assert (visit.requested_at, visit.offered_at) == (asked, now)
    entry = AuditEntry.objects.get(subject_id=booked.id)
    assert (entry.by, entry.why, entry.act) == (BY, "book", "insert")
    assert verify() == []


def test_who_comes_second_is_told_what_is_taken(slots, now, pair):
    first = book(slots[0], pair[0], now=now, by=BY)

    second = book(slots[0], pair[1], now=now, by=BY)

    local = f"{slots[0].start:%Y-%m-%d %H:%M}"
    assert not second.done
    assert [one.reason for one in second.refusals] == ["already_booked"]
    assert second.sentence.startswith(f"{WHO} is taken {local}-")
    assert second.sentence.endswith(f"by visit {first.id}")
    assert (
        Appointment.objects.filter(start=slots[0].start, clinician_id=WHO).count() == 1
    )


def test_a_patient_with_another_clinician_at_that_time_is_told_so(
    eight, slots, now, pair
):
    other = Appointment.objects.filter(patient=pair[0]).first()
    with author("test"):
        Appointment.objects.filter(pk=other.pk).update(
            clinician_id="C-00005", start=slots[0].start, minutes=5
        )

    outcome = book(slots[0], pair[0], now=now, by=BY)

    assert outcome.sentence.startswith(f"{pair[0]} is taken ")


def test_a_reserved_opening_is_refused_by_the_clause_that_reserves_it(eight, now, pair):
    day = eight.first_day + timedelta(weeks=2)
    intake = slots_of(WHO, pair[0], "intake", first_day=day, days=7, now=now)[0]

    asked = replace(intake, visit_type="return", minutes=50)
    outcome = book(asked, pair[0], now=now, by=BY)

    assert [(one.reason, one.clause_id) for one in outcome.refusals] == [
        ("reserved_intake", "INTAKES")
    ]
    assert outcome.sentence == "INTAKES: reserved intake"


def test_a_day_at_its_cap_is_refused_by_the_cap(eight, slots, now, pair):
    free = slots[0]
    of_day = Appointment.objects.filter(
        clinician_id=WHO, start__date=free.start.date(), status="booked"
    )
    night = eight.calendar.at(free.start.date(), 20 * 60)
    for number in range(8 - of_day.count()):
        with author("test"):
            Appointment.objects.create(
                appointment_id=f"A-night-{number}",
                patient_id=pair[1],
                clinician_id=WHO,
                visit_type="return",
                start=night + timedelta(minutes=20 * number),
                minutes=20,
                modality="telehealth",
            )

    outcome = book(free, pair[0], now=now, by=BY)

    assert "DAILY-CAP" in [one.clause_id for one in outcome.refusals]
    assert "DAILY-CAP: 9 patients on " in outcome.sentence
    assert not Appointment.objects.filter(start=free.start, clinician_id=WHO).exists()


def test_too_short_a_visit_is_refused_by_the_agreed_length(slots, now, pair):
    outcome = book(replace(slots[0], minutes=30), pair[0], now=now, by=BY)

    assert "RETURN" in [one.clause_id for one in outcome.refusals]


def test_a_new_patient_above_the_caseload_cap_is_refused_by_it(eight, now, pair):
    day = eight.first_day + timedelta(weeks=2)
    intake = slots_of(WHO, pair[0], "intake", first_day=day, days=7, now=now)[0]
    with author("test"):
        theirs = Patient.objects.exclude(pk=pair[0]).values_list("pk", flat=True)
        Patient.objects.filter(pk__in=list(theirs[:150])).update(clinician=WHO)

    outcome = book(intake, pair[0], now=now, by=BY)

    assert [one.clause_id for one in outcome.refusals] == ["CASELOAD"]


def test_nobody_is_booked_with_somebody_away(slots, now, pair):
    day = slots[0].start.date()
    with author("test"):
        Absence.objects.create(clinician_id=WHO, first_day=day, last_day=day)

    outcome = book(slots[0], pair[0], now=now, by=BY)

    assert [one.reason for one in outcome.refusals] == ["no_opening"]


def test_a_held_time_is_not_anothers_until_it_expires(slots, now, pair):
    held = hold(slots[0], pair[0], now=now, by=BY, minutes=10)

    during = book(slots[0], pair[1], now=now + timedelta(minutes=9), by=BY)
    after = book(slots[0], pair[1], now=now + timedelta(minutes=10), by=BY)

    assert during.sentence.endswith(f"by hold {held.id}")
    assert after.done
    assert Hold.objects.count() == 0


def test_a_held_time_is_no_slot_for_anybody_else(slots, now, pair):
    hold(slots[0], pair[0], now=now, by=BY)
    week = {"first_day": slots[0].start.date(), "days": 1, "now": now}

    assert slots[0] in slots_of(WHO, pair[0], "return", **week)
    assert slots[0].start not in {
        one.start for one in slots_of(WHO, pair[1], "return", **week)
    }


def test_a_hold_becomes_the_visit_of_who_held(slots, now, pair):
    hold(slots[0], pair[0], now=now, by=BY)

    outcome = book(slots[0], pair[0], now=now, by=BY)

    assert outcome.done
    assert Hold.objects.count() == 0


def test_a_hold_given_back_is_free(slots, now, pair):
    held = hold(slots[0], pair[0], now=now, by=BY)

    release(held.id, by=BY)

    assert book(slots[0], pair[1], now=now, by=BY).done


def test_a_move_books_the_new_time_and_frees_the_old(slots, now, pair):
    old = book(slots[0], pair[0], now=now, by=BY, requested_at=now)
    later = now + timedelta(hours=1)

    moved = move(old.id, slots[1], side="patient", now=later, by=BY)

    was, is_now = (Appointment.objects.get(pk=one.id) for one in (old, moved))
    assert (was.status, was.cancelled_by, was.cancel_reason) == (
        *("cancelled", "patient"),
        "moved",
    )
    assert (is_now.start, is_now.status) == (slots[1].start, "booked")
    assert (is_now.requested_at, is_now.offered_at) == (now, later)
    assert book(slots[0], pair[1], now=later, by=BY).done


def test_a_move_that_is_refused_leaves_the_old_visit(slots, now, pair):
    old = book(slots[0], pair[0], now=now, by=BY)
    book(slots[1], pair[1], now=now, by=BY)
    entries = AuditEntry.objects.count()

    outcome = move(old.id, slots[1], side="patient", now=now, by=BY)

    assert not outcome.done
    visit = Appointment.objects.get(pk=old.id)
    assert (visit.status, visit.cancelled_at) == ("booked", None)
    assert AuditEntry.objects.count() == entries


def test_a_visit_may_move_within_a_day_that_is_full_with_it(eight, slots, now, pair):
    same_day = [one for one in slots if one.start.date() == slots[0].start.date()]
    for one, patient in zip(same_day, [pair[0], *_others(eight, pair)], strict=False):
        book(one, patient, now=now, by=BY)
    last = Appointment.objects.get(start=same_day[0].start, clinician_id=WHO)

    outcome = move(last.pk, same_day[0], side="organization", now=now, by=BY)

    assert outcome.done


def _others(eight, pair):
    return [
        p.patient_id
        for p in eight.patients
        if p.clinician_id == WHO and p.patient_id not in pair
    ]


def test_a_cancelled_time_is_free_with_its_reason_and_side(slots, now, pair):
    visit = book(slots[0], pair[0], now=now, by=BY)

    outcome = cancel(visit.id, side="clinician", reason="away", now=now, by=BY)

    assert outcome.done
    row = Appointment.objects.get(pk=visit.id)
    assert (row.status, row.cancelled_by, row.cancel_reason, row.cancelled_at) == (
        *("cancelled", "clinician", "away"),
        now,
    )
    assert book(slots[0], pair[1], now=now, by=BY).done


@pytest.mark.parametrize(
    ("side", "reason", "status"),
    [
        ("patient", "another_time", "late_cancelled"),
        ("organization", "site_closed", "cancelled"),
    ],
)
def test_only_a_patient_cancels_late(slots, now, pair, side, reason, status):
    visit = book(slots[0], pair[0], now=now, by=BY)
    an_hour_before = slots[0].start - timedelta(hours=1)

    cancel(visit.id, side=side, reason=reason, now=an_hour_before, by=BY)

    assert Appointment.objects.get(pk=visit.id).status == status


def test_a_visit_is_cancelled_once(slots, now, pair):
    visit = book(slots[0], pair[0], now=now, by=BY)
    cancel(visit.id, side="patient", reason="another_time", now=now, by=BY)

    again = cancel(visit.id, side="patient", reason="another_time", now=now, by=BY)

    assert again.sentence == f"{visit.id} is cancelled"


def test_who_did_not_come_held_the_time(slots, now, pair):
    visit = book(slots[0], pair[0], now=now, by=BY)

    early = no_show(visit.id, now=now, by=BY)
    after = no_show(visit.id, now=slots[0].start + timedelta(minutes=15), by=BY)

    assert early.sentence == f"{visit.id} has not begun"
    assert after.done
    assert Appointment.objects.get(pk=visit.id).status == "no_show"


def test_a_visit_that_has_begun_is_neither_moved_nor_cancelled(slots, now, pair):
    visit = book(slots[0], pair[0], now=now, by=BY)
    begun = slots[0].start

    moved = move(visit.id, slots[1], side="patient", now=begun, by=BY)
    gone = cancel(visit.id, side="patient", reason="another_time", now=begun, by=BY)

    assert moved.sentence == gone.sentence == f"{visit.id} has begun"


def test_what_is_not_there_is_bad_input(slots, now, pair):
    with pytest.raises(InputError, match="no patient P-nobody"):
        book(slots[0], "P-nobody", now=now, by=BY)
    with pytest.raises(InputError, match="no clinician C-nobody"):
        book(replace(slots[0], clinician_id="C-nobody"), pair[0], now=now, by=BY)
    with pytest.raises(InputError, match="no visit A-none"):
        no_show("A-none", now=now, by=BY)
    with pytest.raises(InputError, match="'ill' of clinician, expected one of away"):
        cancel("A-none", side="clinician", reason="ill", now=now, by=BY)
    with pytest.raises(InputError, match="no slot takes a 'group'"):
        book(replace(slots[0], visit_type="group"), pair[0], now=now, by=BY)
