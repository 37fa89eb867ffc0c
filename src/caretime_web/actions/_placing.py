"""One visit wanted at one time: guarded by the rules, kept apart by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.db.models import Q, QuerySet

from caretime.model.calendar import monday_of
from caretime.model.people import Patient
from caretime.rules.booking import Refusal, Visit
from caretime_web.actions._outcome import Refused
from caretime_web.bridge import desk
from caretime_web.data import care
from caretime_web.queries.openings import (
    Slot,
    clinician_and_home,
    patient_and_terms,
    ways_of,
)
from caretime_web.queries.weeks import read_week

TAKEN = "already_booked"


@dataclass(frozen=True, slots=True)
class Placing:
    """A slot that is wanted for a patient, and what guards it."""

    slot: Slot
    patient: Patient
    terms: desk.TermsInForce
    now: datetime

    @classmethod
    def of(cls, slot: Slot, patient_id: str, now: datetime) -> Placing:
        """
        Look up what does not change while waiting for a turn.

        Raises
        ------
        InputError
            If there is no such patient, or the type takes no slot.
        """
        patient, terms = patient_and_terms(patient_id, slot.visit_type)
        return cls(slot, patient, terms, now)

    @property
    def end(self) -> datetime:
        """The moment at which the visit is over."""
        return self.slot.start + timedelta(minutes=self.slot.minutes)


def guard(placing: Placing) -> None:
    """
    Take the visit back, with every reason, if it may not be booked now.

    To be called in one's turn: what it reads must stand until the transaction ends.
    """
    slot, patient, terms = placing.slot, placing.patient, placing.terms
    _drop_expired(placing)
    clinician, home = clinician_and_home(slot.clinician_id, patient)
    supervisor = next(iter(desk.clinicians([clinician.supervisor_id or ""])), None)
    ways = ways_of(clinician, patient, home, desk.clinics(), supervisor)
    miles = next((way.miles for way in ways if way.modality == slot.modality), None)
    day = slot.start.astimezone(terms.calendar.zone).date()
    week = read_week(
        clinician,
        monday_of(day),
        terms,
        patient_id=patient.patient_id,
        now=placing.now,
    )
    visit = Visit(
        slot.visit_type,
        slot.start,
        slot.minutes,
        patient.telehealth_consent,
        miles,
    )
    found = week.judge(visit, slot.modality, patient, now=placing.now)
    taken = _taken(placing)
    others = tuple(refusal for refusal in found if refusal.reason != TAKEN)
    if len(others) < len(found) and not taken:
        # What the week has and no visit or hold: a session nobody is booked into.
        leads = f"{slot.clinician_id} leads a group at this time"
        taken = (Refusal(TAKEN, text=leads),)
    # Two visits at once break clauses that neither would alone: no news to anybody.
    if taken or others:
        raise Refused(*(taken or others))


def add_visit(
    placing: Placing, *, requested_at: datetime, referral_id: str | None = None
) -> str:
    """
    Write the visit and return its id; what the patient held of the time is used up.

    The database has the last word: if somebody wrote past the desk's turns, the visit
    is taken back as taken.
    """
    slot = placing.slot
    _own_holds(placing).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO care_appointment (appointment_id, patient_id, clinician_id,"
            " visit_type, start, minutes, modality, status, requested_at, offered_at,"
            " referral_id) VALUES (%s, %s, %s, %s, %s, %s, %s, 'booked', %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING appointment_id",
            [
                f"A-{uuid4().hex}",
                *(placing.patient.patient_id, slot.clinician_id, slot.visit_type),
                *(slot.start, slot.minutes, slot.modality),
                *(requested_at, placing.now, referral_id),
            ],
        )
        return _written(cursor.fetchone(), placing)


def add_hold(placing: Placing, *, until: datetime) -> str:
    """Write the hold and return its id; it takes the place of an earlier one."""
    slot = placing.slot
    _own_holds(placing).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO care_hold (hold_id, patient_id, clinician_id, visit_type,"
            " start, minutes, modality, until) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING hold_id",
            [
                f"H-{uuid4().hex}",
                *(placing.patient.patient_id, slot.clinician_id, slot.visit_type),
                *(slot.start, slot.minutes, slot.modality, until),
            ],
        )
        return _written(cursor.fetchone(), placing)


def _written(row: tuple[str] | None, placing: Placing) -> str:
    if row is None:
        raise Refused(*(_taken(placing) or (Refusal(TAKEN),)))
    return row[0]


def _taken(placing: Placing) -> tuple[Refusal, ...]:
    """Name what holds this time of the clinician or of the patient."""
    slot, who = placing.slot, placing.patient.patient_id
    zone = placing.terms.calendar.zone

    def sentence(whose: str, start: datetime, minutes: int, kept: str) -> Refusal:
        local = start.astimezone(zone)
        until = (start + timedelta(minutes=minutes)).astimezone(zone)
        span = f"{local:%Y-%m-%d %H:%M}-{until:%H:%M}"
        return Refusal(TAKEN, text=f"{whose} is taken {span} by {kept}")

    found = [
        sentence(
            slot.clinician_id if visit.clinician_id == slot.clinician_id else who,
            *(visit.start, visit.minutes),
            f"visit {visit.appointment_id}",
        )
        for visit in desk.visits_in_the_way(
            clinician_id=slot.clinician_id,
            patient_id=who,
            start=slot.start,
            minutes=slot.minutes,
        )
    ]
    found += [
        sentence(slot.clinician_id, held.start, held.minutes, f"hold {held.hold_id}")
        for held in desk.holds_of(
            clinician_id=slot.clinician_id,
            since=slot.start - timedelta(minutes=480),
            until=placing.end,
            now=placing.now,
        )
        if held.patient_id != who
        and held.start + timedelta(minutes=held.minutes) > slot.start
    ]
    return tuple(found)


def _drop_expired(placing: Placing) -> None:
    care.Hold.objects.filter(_either(placing), until__lte=placing.now).delete()


def _own_holds(placing: Placing) -> QuerySet[care.Hold]:
    """Return the patient's holds that this time lies on."""
    return care.Hold.objects.filter(
        patient=placing.patient.patient_id, start__lt=placing.end
    ).extra(
        where=["start + make_interval(mins => minutes) > %s"],
        params=[placing.slot.start],
    )


def _either(placing: Placing) -> Q:
    return Q(clinician_id=placing.slot.clinician_id) | Q(
        patient=placing.patient.patient_id
    )
