"""Weeks taken into force, and those that held before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from caretime.errors import InputError
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime_web import bridge
from caretime_web.actions.rosters import adopt_roster
from caretime_web.data.audit import AuditEntry, author
from caretime_web.data.plan import RosterBlock
from caretime_web.data.plan import RosterWeek as WeekRow

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 9)

pytestmark = pytest.mark.usefixtures("loaded_desk")


@pytest.fixture
def roster(eight) -> Roster:
    """A week for everybody; the last one has none of it filled."""
    blocks = (
        Block(480, 60, "return"),
        Block(540, 60, "intake"),
        Block(600, 30, "meal"),
    )
    places = (eight.clinics[0].clinic_id, "telehealth", "")
    *ids, last = (clinician.clinician_id for clinician in eight.clinicians)
    weeks = [RosterWeek(who, Template(blocks), places) for who in ids]
    weeks.append(RosterWeek(last, Template(()), ()))
    return Roster(eight.contract_in_force, tuple(weeks), MONDAY)


def adopt(roster: Roster, roster_id: str, day: date = MONDAY) -> None:
    adopt_roster(roster, roster_id=roster_id, first_day=day, now=NOW, by="user:1")


def test_a_roster_comes_back_equal(roster):
    adopt(roster, "spring")

    assert bridge.read_roster("spring") == roster
    assert bridge.weeks_on(MONDAY) == roster.weeks
    assert bridge.weeks_on(MONDAY - timedelta(days=1)) == ()


def test_the_weeks_before_end_the_day_before(roster):
    adopt(roster, "spring")
    summer = MONDAY + timedelta(weeks=8)
    one = replace(roster, weeks=roster.weeks[-1:], first_day=summer)

    adopt(one, "summer", summer)

    last_of_spring = bridge.weeks_on(summer - timedelta(days=1))
    assert last_of_spring == roster.weeks
    assert bridge.weeks_on(summer) == roster.weeks
    assert {w.roster_id for w in WeekRow.objects.filter(first_day=summer)} == {"summer"}


def test_weeks_that_were_to_begin_later_are_taken_back(roster):
    later = MONDAY + timedelta(weeks=4)
    adopt(replace(roster, first_day=later), "later", later)

    adopt(roster, "sooner")

    assert set(WeekRow.objects.values_list("roster_id", flat=True)) == {"sooner"}


def test_a_clinician_has_one_week_at_a_time(roster):
    adopt(roster, "spring")
    week = WeekRow.objects.first()

    with pytest.raises(IntegrityError, match="one_week_at_a_time"), author("user:1"):
        WeekRow.objects.create(
            roster_id="spring", clinician=week.clinician, first_day=MONDAY
        )


def test_two_blocks_of_a_week_do_not_overlap(roster):
    adopt(roster, "spring")
    block = RosterBlock.objects.filter(start=480).first()

    with pytest.raises(IntegrityError, match="one_block_at_a_time"), author("user:1"):
        RosterBlock.objects.create(
            week=block.week, start=510, minutes=60, activity="return", place=""
        )


def test_a_roster_for_somebody_unknown_is_refused_whole(roster):
    stranger = RosterWeek("C-stranger", Template(()), ())
    before = AuditEntry.objects.count()

    with pytest.raises(InputError, match=r"roster spring: .*C-stranger"):
        adopt(replace(roster, weeks=(*roster.weeks, stranger)), "spring")

    assert WeekRow.objects.count() == 0
    assert AuditEntry.objects.count() == before


def test_a_roster_that_has_ended_is_refused(roster):
    ended = replace(roster, last_day=MONDAY)

    with pytest.raises(InputError, match="ends on 2026-03-09, before 2026-03-10"):
        adopt(ended, "spring", MONDAY + timedelta(days=1))
