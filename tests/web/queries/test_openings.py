"""Slots: what may be booked, with whom, and when the next one is."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from caretime.continuity._supply_book import book_of
from caretime.continuity._supply_weeks import RETURN
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime_web.actions.rosters import adopt_roster
from caretime_web.queries.openings import Slot, next_available, search, slots_of

pytestmark = pytest.mark.usefixtures("loaded_desk")


@pytest.fixture
def before(eight):
    """The evening before the first day."""
    return eight.calendar.at(eight.first_day - timedelta(days=1), 20 * 60)


def flexible(eight, who):
    return next(
        p.patient_id
        for p in eight.patients
        if p.clinician_id == who and p.modality == "either"
    )


def test_what_the_planner_counts_is_open_at_the_desk(eight, before):
    contract = eight.contracts[eight.contract_in_force]
    book = book_of(eight, contract, (), monday=eight.first_day, weeks=3)
    counted = opened = 0

    for i, k in enumerate(book.people):
        clinician = eight.clinicians[k]
        if clinician.supervisor_id is not None:
            continue  # The planner counts an associate's week apart from who is away.
        slots = slots_of(
            clinician.clinician_id,
            flexible(eight, clinician.clinician_id),
            "return",
            first_day=eight.first_day + timedelta(weeks=1),
            days=14,
            now=before,
        )
        starts = {slot.start for slot in slots}
        for week in (1, 2):
            row = book.weeks.row[i, week]
            planned = np.flatnonzero(
                book.free[i, week] & (book.weeks.kind[row] == RETURN)
            )
            for minute in book.weeks.start[row, planned].tolist():
                monday = eight.first_day + timedelta(weeks=week)
                assert eight.calendar.at(monday, minute) in starts
            counted += len(planned)
        opened += len(slots)

    # The planner keeps room under the caps for reserved openings; the desk need not.
    assert counted > 100
    assert counted <= opened <= counted * 1.05


def test_the_own_therapist_comes_first_and_the_best_fit_of_others_next(eight, before):
    patient = flexible(eight, "C-00001")

    choices = search(patient, "return", first_day=eight.first_day, now=before)

    assert choices[0].clinician_id == "C-00001"
    assert choices[0].fit is None
    points = [choice.fit.points for choice in choices[1:]]
    assert points == sorted(points)
    assert len(points) >= 2
    assert all(1 <= len(choice.slots) <= 3 for choice in choices[1:])
    assert "C-00008" not in {choice.clinician_id for choice in choices}


def test_the_first_and_the_third_next_are_counted_in_time():
    nine = datetime.fromisoformat("2025-05-12T09:00:00-07:00")
    slots = [
        Slot(nine + timedelta(hours=hour), "C-1", 50, "return", "in_person")
        for hour in (3, 1, 2)
    ]

    assert next_available(slots) == slots[1]
    assert next_available(slots, nth=3) == slots[0]
    assert next_available(slots[:2], nth=3) is None
    with pytest.raises(ValueError, match="nth must be 1 or more"):
        next_available(slots, nth=0)


def test_nothing_is_open_on_a_day_away_or_a_holiday(eight, before):
    absence = eight.absences[0]

    slots = slots_of(
        absence.clinician_id,
        flexible(eight, absence.clinician_id),
        "return",
        first_day=absence.first_day,
        days=(absence.last_day - absence.first_day).days + 1,
        now=before,
    )

    assert slots == ()


def test_an_adopted_roster_holds_from_its_day_and_says_where(eight, before):
    who, patient = "C-00001", flexible(eight, "C-00001")
    thursday = eight.first_day + timedelta(weeks=3, days=3)
    at_night = Block(4 * MINUTES_PER_DAY + 19 * 60, 50, "return")
    week = RosterWeek(who, Template((at_night,)), ("telehealth",))
    adopt_roster(
        Roster(eight.contract_in_force, (week,), thursday),
        roster_id="late",
        first_day=thursday,
        now=before,
        by="user:1",
    )

    slots = slots_of(
        *(who, patient, "return"),
        first_day=thursday - timedelta(days=3),
        days=7,
        now=before,
    )

    after = [slot for slot in slots if slot.start.date() >= thursday]
    friday = thursday + timedelta(days=1)
    assert [(s.start, s.modality) for s in after] == [
        (eight.calendar.at(friday, 19 * 60), "telehealth")
    ]
