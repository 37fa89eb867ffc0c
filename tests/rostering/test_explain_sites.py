"""What a site lacks, told before any week is built."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cpsat_weeks import FIRST, contract

from caretime.formats import default_assumptions
from caretime.formats.casebook import casebook_contract
from caretime.model.calendar import Calendar
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Cover, Unavailability
from caretime.model.system import CareSystem
from caretime.rostering import build_roster, explain
from caretime.rostering.build import A_WEEK, NO_WEEK, NOT_LEVEL
from caretime.rostering.explain import (
    explain_sites,
    explain_week,
    explain_weeks,
    with_weeks,
)
from caretime.rules.clause_kinds import make_clause
from rostering.hard_cases import cases

SETTLEMENT = casebook_contract("socal-2025-settlement")
CLINIC = Clinic("S-1", "Los Angeles", "90027", 34.1, -118.3, 10, 480, 1080)


def clinician(number: int, **changed: object) -> Clinician:
    plain = Clinician(
        clinician_id=f"C-{number}",
        license="LCSW",
        languages=("en",),
        ages=("adult",),
        needs=("therapy",),
        fte=1.0,
        clinic_id="S-1",
        telehealth_share=0.0,
        supervisor_id=None,
        hired_on=FIRST.replace(year=2020),
        unit="therapist",
        step=1,
        leads_groups=False,
    )
    return replace(plain, **changed)


@pytest.fixture(scope="module")
def empty() -> CareSystem:
    """Return a system whose people are still to come."""
    return CareSystem(
        name="Made",
        first_day=FIRST,
        members=1,
        jurisdiction="california",
        contract_in_force=SETTLEMENT.contract_id,
        pooling="site",
        calendar=Calendar(),
        clinics=(CLINIC,),
        clinicians=(),
        network=(),
        patients=(),
        appointments=(),
        groups=(),
        group_members=(),
        demand=(),
        assumptions=default_assumptions(),
        standards=(),
        contracts={SETTLEMENT.contract_id: SETTLEMENT},
    )


def staffed(system: CareSystem, *people: Clinician, **changed: object) -> CareSystem:
    return replace(system, clinicians=people, **changed)


def test_a_site_with_room_for_everyone_lacks_nothing(empty):
    people = [clinician(n) for n in range(10)]

    assert explain_sites(staffed(empty, *people), SETTLEMENT) == ()


def test_a_site_lacks_the_room_hours_that_visits_take_beyond_its_rooms(empty):
    people = [clinician(n) for n in range(20)]
    ten_rooms = replace(CLINIC, rooms=10)
    system = staffed(empty, *people, clinics=(ten_rooms,))

    (short,) = explain_sites(system, SETTLEMENT)

    # Thirty-two visits of an hour each, ten rooms for ten hours on five days.
    visits = 20 * 32 * 60
    assert (short.resource, short.where) == ("rooms", "week")
    assert short.minutes == visits - 10 * 10 * 5 * 60
    assert "at least" in short.text


def test_days_of_telehealth_need_no_room(empty):
    people = [clinician(n, telehealth_share=0.6) for n in range(20)]

    assert explain_sites(staffed(empty, *people), SETTLEMENT) == ()


def test_a_day_is_short_of_rooms_where_people_can_work_on_no_other(empty):
    people = [clinician(n, fte=0.4) for n in range(12)]
    away = tuple(
        Unavailability(p.clinician_id, day, 0, 1440)
        for p in people
        for day in (0, 1, 2, 3)
    )
    system = staffed(
        empty, *people, clinics=(replace(CLINIC, rooms=5),), unavailable=away
    )

    (short,) = explain_sites(system, SETTLEMENT)

    assert (short.resource, short.where) == ("rooms", "Fri")


def test_a_shift_is_short_when_too_few_have_its_license(empty):
    people = (clinician(1), clinician(2, license="PMHNP"))
    shift = Cover("S-1", 1, 540, 720, ("PMHNP", "PSYCHIATRIST"), 2)
    system = staffed(empty, *people, cover=(shift,))

    (short,) = explain_sites(system, SETTLEMENT)

    assert (short.resource, short.where) == ("cover", "Tue 09:00 to 12:00")
    assert short.minutes == 180
    assert "lacks 1 of 2 (PMHNP or PSYCHIATRIST)" in short.text


def test_a_shift_is_short_only_while_someone_is_away(empty):
    shift = Cover("S-1", 1, 540, 720, (), 1)
    away = Unavailability("C-1", 1, 660, 800)
    system = staffed(empty, clinician(1), cover=(shift,), unavailable=(away,))

    (short,) = explain_sites(system, SETTLEMENT)

    assert (short.where, short.minutes) == ("Tue 11:00 to 12:00", 60)


def test_two_shifts_at_once_need_two_people(empty):
    shifts = (
        Cover("S-1", 1, 540, 600, (), 1),
        Cover("S-1", 1, 540, 600, ("LCSW",), 1),
    )

    lone = explain_sites(staffed(empty, clinician(1), cover=shifts), SETTLEMENT)
    pair = explain_sites(
        staffed(empty, clinician(1), clinician(2), cover=shifts), SETTLEMENT
    )

    assert [short.minutes for short in lone] == [60]
    assert pair == ()


def test_more_cover_than_a_week_has_hours_left_is_short_in_the_week(empty):
    shifts = tuple(Cover("S-1", day, 480, 1020, (), 1) for day in range(5))

    (short,) = explain_sites(staffed(empty, clinician(1), cover=shifts), SETTLEMENT)

    assert (short.resource, short.where) == ("cover", "week")
    assert 0 < short.minutes < 5 * 9 * 60


def test_a_supervisor_of_too_many_is_short_of_hours(empty):
    associates = [
        clinician(n, license="ASW", supervisor_id="C-1") for n in range(2, 22)
    ]
    system = staffed(empty, clinician(1), *associates)

    found = [s for s in explain_sites(system, SETTLEMENT) if s.resource != "rooms"]

    assert [short.resource for short in found] == ["supervision"]
    assert found[0].text.startswith("C-1 owes 40 hours of supervision a week")


def test_a_pair_that_is_never_there_together_lacks_its_supervision(empty):
    system = staffed(
        empty,
        clinician(1),
        clinician(2, license="ASW", supervisor_id="C-1", fte=0.5),
        unavailable=tuple(Unavailability("C-1", day, 0, 780) for day in range(5))
        + tuple(Unavailability("C-2", day, 780, 1440) for day in range(5)),
    )

    (short,) = explain_sites(system, SETTLEMENT)

    assert (short.resource, short.minutes) == ("supervision", 120)


def test_only_the_clinics_asked_for_are_told(empty):
    shift = Cover("S-1", 1, 540, 720, ("PMHNP",), 1)
    system = staffed(empty, clinician(1), cover=(shift,))

    assert explain_sites(system, SETTLEMENT, clinic_ids=["S-2"]) == ()
    assert len(explain_sites(system, SETTLEMENT, clinic_ids=["S-1"])) == 1


def test_clinicians_with_equal_terms_are_explained_once(empty):
    made = contract(
        make_clause("CAP", "visit_cap_daily", patients=2),
        make_clause("INTAKES", "intake_mix", intakes_per_week=12, carve_out=True),
    )
    people = [clinician(1), clinician(2), clinician(3, fte=0.5)]
    system = staffed(empty, *people)

    clashes = explain_weeks(system, made, people)

    assert [clash.clinician_ids for clash in clashes] == [("C-1", "C-2")]
    assert explain_week(system, made, people[2]) is None
    assert explain_week(system, made, people[0]) == replace(
        clashes[0], clinician_ids=("C-1",)
    )


def test_what_a_system_states_of_someone_stands_in_the_clash(empty):
    away = tuple(Unavailability("C-1", day, 480, 840) for day in range(5))
    system = staffed(empty, clinician(1), unavailable=away)

    clash = explain_week(system, SETTLEMENT, system.clinicians[0])

    assert clash is not None
    assert "unavailable" in clash.clause_ids
    assert "not available Mon, Tue and Wed 08:00 to 14:00" in clash.text
    assert clash.change == "WORK: 27.5 hours a week instead of 40"


def test_who_has_a_week_is_told_from_whom_nothing_is_known_of(empty):
    made = contract(
        make_clause("CAP", "visit_cap_daily", patients=2),
        make_clause("INTAKES", "intake_mix", intakes_per_week=12, carve_out=True),
    )
    people = [clinician(1), clinician(2, fte=0.5), clinician(3, fte=0.5)]
    system = staffed(empty, *people)

    known = with_weeks(system, made, people)
    hurried = with_weeks(system, made, people, budget=1e-6)

    assert known == {"C-2", "C-3"}
    assert hurried == frozenset()


@pytest.mark.parametrize("name", ["a group on Saturday", "a meeting on Sunday"])
def test_a_week_the_builder_does_not_make_is_said_to_exist(name):
    town, terms = cases()[name]

    (clash,) = build_roster(town, terms, budget=1).clashes

    assert clash.clause_ids == ()
    assert clash.text == A_WEEK + NOT_LEVEL
    assert "not proven" not in clash.text


def test_where_no_week_is_known_to_exist_that_is_what_is_said(monkeypatch):
    town, terms = cases()["a group on Saturday"]
    for asked in (explain.explain_weeks, explain.with_weeks):
        monkeypatch.setitem(asked.__kwdefaults__, "budget", 1e-6)

    (clash,) = build_roster(town, terms, budget=1).clashes

    assert clash.text == NO_WEEK
