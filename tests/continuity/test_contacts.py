"""Who is called by when, and whose waiting a clinician has still to judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.continuity.contacts import CALL_WITHIN_DAYS, next_contacts
from caretime.model.care import Absence
from caretime.model.incident import Incident, Series
from caretime.model.matching import Match
from caretime.model.request import Extension
from caretime.model.strike import Answer, Untimed
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
MONDAY = CLINIC.first_day
NOTICE = MONDAY + timedelta(days=1)
AWAY = Absence("C-00001", MONDAY, MONDAY + timedelta(days=27))
INCIDENT = Incident(
    "ill", MONDAY, NOTICE, clinician_ids=("C-00001",), last_day=AWAY.last_day
)
WHO = next(p for p in CLINIC.patients if p.has_phone).patient_id
STANDARD = next(s for s in CLINIC.standards if s.clock == "follow_up").standard_id


def series(tier=3, due=14, limit=21):
    return Series(
        *(WHO, "C-00001", "return", "", MONDAY + timedelta(days=due)),
        *(MONDAY + timedelta(days=limit), STANDARD, (due // 7,), 1, tier),
    )


def called(one, match, **known):
    system = known.pop("system", CLINIC)
    return next_contacts(system, INCIDENT, (one,), (match,), (AWAY,), **known)


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_the_higher_the_risk_the_sooner_the_call(tier):
    days = CALL_WITHIN_DAYS[tier]

    (contact,) = called(series(tier), Match(WHO, "left_out"))

    assert contact.by == CLINIC.calendar.add_business_days(NOTICE, days)
    assert contact.reason == "left_out"


def test_nobody_is_called_after_the_visit_that_falls_away():
    (contact,) = called(series(3, due=3), Match(WHO, "left_out"))

    assert contact.by == MONDAY + timedelta(days=3)


def test_a_call_comes_before_the_limit_where_that_is_still_possible():
    (in_time,) = called(series(3, due=14, limit=3), Match(WHO, "left_out"))
    (too_late,) = called(series(3, due=14, limit=-7), Match(WHO, "left_out"))

    assert in_time.by == MONDAY + timedelta(days=2)
    assert too_late.by == NOTICE


def test_somebody_placed_with_a_time_is_not_on_the_list():
    placed = Match(WHO, "placed", "C-00002", "in_house", (2,), within_limit=True)
    lost = Untimed(WHO, 1, 2, "no_opening")

    assert called(series(), placed) == ()
    assert [c.reason for c in called(series(), placed, untimed=(lost,))] == ["no_time"]


def test_somebody_out_of_reach_is_on_the_list_though_placed():
    people = tuple(
        replace(p, has_phone=False, has_email=False) if p.patient_id == WHO else p
        for p in CLINIC.patients
    )
    placed = Match(WHO, "placed", "C-00002", "in_house", (2,), within_limit=True)

    (contact,) = called(series(), placed, system=replace(CLINIC, patients=people))

    assert contact.reason == "no_contact_point"
    assert not contact.clinician_must_record


def noted(**changes):
    said = CLINIC.calendar.at(NOTICE, 600)
    whole = {
        "kind": "longer_wait",
        "license": "LCSW",
        "noted_at": said,
        "note": "stable, may wait",
        **changes,
    }
    return Answer(WHO, "waits", said, Extension(**whole))


def test_a_clinician_must_record_until_a_note_counts():
    waits = Match(WHO, "waits")

    (unsaid,) = called(series(), waits)
    (clerk,) = called(series(), waits, answers=(noted(license="scheduler"),))
    (recorded,) = called(series(), waits, answers=(noted(),))

    assert unsaid.clinician_must_record
    assert clerk.clinician_must_record
    assert not recorded.clinician_must_record


def test_a_note_that_ends_before_the_own_clinician_is_back_is_not_enough():
    short = noted(extends_to=CLINIC.calendar.at(MONDAY + timedelta(days=24), 0))
    enough = noted(extends_to=CLINIC.calendar.at(MONDAY + timedelta(days=29), 0))

    (ends,) = called(series(), Match(WHO, "waits"), answers=(short,))
    (reaches,) = called(series(), Match(WHO, "waits"), answers=(enough,))

    assert ends.clinician_must_record
    assert not reaches.clinician_must_record
