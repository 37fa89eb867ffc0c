"""Many at the desk at once: no time is given twice, and no visit is lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from django.db import connection, connections

from caretime_web.actions.booking import book, move
from caretime_web.data.audit import verify
from caretime_web.data.care import Appointment
from caretime_web.queries.openings import slots_of

pytestmark = pytest.mark.usefixtures("loaded_desk")

CLIENTS = 20
CONTENDED = ("C-00001", "C-00002")


@pytest.fixture
def now(eight):
    """The evening before the first day."""
    return eight.calendar.at(eight.first_day - timedelta(days=1), 20 * 60)


@pytest.fixture
def flexible(eight):
    """Patients of two clinicians who come in person or by video, by clinician."""
    return {
        who: [
            p.patient_id
            for p in eight.patients
            if p.clinician_id == who and p.modality == "either"
        ]
        for who in CONTENDED
    }


def free(eight, now, who, patient):
    day = eight.first_day + timedelta(weeks=1)
    return slots_of(who, patient, "return", first_day=day, days=14, now=now)


def together(jobs):
    """Run jobs at once, each on a connection of its own."""
    gate = Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [each.result() for each in [pool.submit(run, job) for job in jobs]]


def overlaps() -> int:
    """Count pairs of visits that hold the same person's time, but for one session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM care_appointment AS a JOIN care_appointment AS b"
            " ON a.appointment_id < b.appointment_id"
            " AND (a.clinician_id = b.clinician_id OR a.patient_id = b.patient_id)"
            " AND span_of(a.start, a.minutes) && span_of(b.start, b.minutes)"
            " WHERE a.status = 'booked' AND b.status = 'booked'"
            " AND NOT (a.visit_type = 'group' AND b.visit_type = 'group')"
        )
        return int(cursor.fetchone()[0])


def test_of_two_bookers_one_gets_the_slot_and_one_a_sentence(eight, now, flexible):
    one, other = flexible["C-00002"][:2]
    slot = free(eight, now, "C-00002", one)[0]

    outcomes = together(
        [
            lambda: book(slot, one, now=now, by="user:1"),
            lambda: book(slot, other, now=now, by="user:2"),
        ]
    )

    won, lost = sorted(outcomes, key=lambda outcome: not outcome.done)
    assert (won.done, lost.done) == (True, False)
    assert lost.sentence.endswith(f"by visit {won.id}")
    assert Appointment.objects.filter(start=slot.start, clinician_id="C-00002").get()


def test_two_who_swap_their_times_do_not_wait_for_each_other(eight, now, flexible):
    one, other = flexible["C-00001"][0], flexible["C-00002"][0]
    here, there = (
        free(eight, now, "C-00001", one)[0],
        free(eight, now, "C-00002", other)[0],
    )
    first = book(here, one, now=now, by="user:1")
    second = book(there, other, now=now, by="user:2")

    outcomes = together(
        [
            lambda: move(first.id, there, side="patient", now=now, by="user:1"),
            lambda: move(second.id, here, side="patient", now=now, by="user:2"),
        ]
    )

    # Whoever is first finds the other's time taken still; nobody loses a visit.
    assert not all(outcome.done for outcome in outcomes)
    for patient in (one, other):
        held = Appointment.objects.filter(
            patient=patient, status="booked", start__in=[here.start, there.start]
        )
        assert held.count() == 1
    assert overlaps() == 0


def test_twenty_clients_in_contended_weeks_double_and_lose_nothing(
    eight, now, flexible
):
    wanted = {who: free(eight, now, who, flexible[who][0])[:12] for who in CONTENDED}

    def client(number: int):
        draw, done = Random(number), []
        who = CONTENDED[number % 2]
        for _ in range(6):
            patient = draw.choice(flexible[who])
            slot = draw.choice(wanted[who])
            if done and draw.random() < 0.25:
                old = done[-1]
                outcome = move(old, slot, side="patient", now=now, by=f"user:{number}")
                if outcome.done:
                    done[-1] = outcome.id
                continue
            outcome = book(slot, patient, now=now, by=f"user:{number}")
            if outcome.done:
                done.append(outcome.id)
        return done

    before = Appointment.objects.filter(status="booked").count()
    told = together([lambda number=number: client(number) for number in range(CLIENTS)])

    promised = [visit for done in told for visit in done]
    kept = Appointment.objects.filter(pk__in=promised, status="booked")
    assert len(promised) >= 12
    assert kept.count() == len(promised)
    assert Appointment.objects.filter(status="booked").count() == before + len(promised)
    assert overlaps() == 0
    assert max(days_of(eight).values()) <= 8
    assert verify() == []


def days_of(eight) -> Counter[tuple[str, object]]:
    """Count the visits a day of the contended weeks: the contract allows eight."""
    since = eight.first_day + timedelta(weeks=1)
    rows = Appointment.objects.filter(
        clinician_id__in=CONTENDED, status="booked", start__date__gte=since
    ).exclude(visit_type="group")
    zone = eight.calendar.zone
    return Counter((r.clinician_id, r.start.astimezone(zone).date()) for r in rows)
