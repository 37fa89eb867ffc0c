"""Synthetic systems with another first day, and with incidents on request."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import date

import pytest

from caretime.formats import check_folder, read_system, write_system
from caretime.model.system import CareSystem
from caretime.simulation.synthetic import EXAMPLES, make_system, synthetic_numbers

SOUTH_OF_TEST = 0.1
OCTOBER = date(2024, 10, 21)
LATER = {"gender", "gender_preference", "highest_risk_tier"}


@pytest.fixture(scope="module")
def south_in_october() -> CareSystem:
    return make_system(
        "southern-california",
        scale=SOUTH_OF_TEST,
        first_day=OCTOBER,
        incidents=True,
    )


def test_a_first_day_moves_the_whole_system(south_in_october):
    south = make_system("southern-california", scale=SOUTH_OF_TEST)

    assert south_in_october.first_day == OCTOBER
    assert min(a.start.date() for a in south_in_october.appointments) >= OCTOBER
    assert date(2024, 11, 28) in south_in_october.calendar.holidays
    assert len(south_in_october.clinicians) == len(south.clinicians)


def test_the_own_first_day_given_changes_nothing():
    own = EXAMPLES["clinic-of-eight"].first_day

    assert make_system("clinic-of-eight", first_day=own) == make_system(
        "clinic-of-eight"
    )


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (date(2024, 10, 22), "is a Tuesday, expected a Monday such as 2024-10-21"),
        (date(1999, 10, 25), "expected a first day from 2001"),
    ],
)
def test_a_plan_begins_on_a_monday(day, message):
    with pytest.raises(ValueError, match=message):
        make_system("clinic-of-eight", first_day=day)


@pytest.mark.parametrize("example", EXAMPLES)
def test_incidents_leave_everything_else_as_it_is(example):
    scale = 0.1
    plain = make_system(example, scale=scale)
    full = make_system(example, scale=scale, incidents=True)

    stripped = {
        table: tuple(
            replace(
                one,
                **{
                    field.name: field.default
                    for field in fields(one)
                    if field.name in LATER
                },
            )
            for one in getattr(full, table)
        )
        for table in ("clinicians", "network", "patients")
    }

    assert plain.incidents == ()
    assert full.incidents
    assert replace(full, incidents=(), **stripped) == plain


def test_the_incidents_of_the_south_are_what_was_told(south_in_october):
    ill, strike, drifting = south_in_october.incidents

    assert (ill.incident_id, ill.weeks) == ("one-ill", 2)
    assert len(ill.clinician_ids) == 1
    assert strike.shares == (0.6,) * 4
    assert len(drifting.shares) == 10
    # Facts 1.1: more than 45 % back by week 10; 42 % working two weeks later.
    assert drifting.shares[-1] == 0.55
    assert drifting.shares_high[-1] == 0.58
    assert list(drifting.shares) == sorted(drifting.shares, reverse=True)
    assert all(
        low <= share <= high
        for low, share, high in zip(
            drifting.shares_low, drifting.shares, drifting.shares_high, strict=True
        )
    )
    for incident in south_in_october.incidents:
        assert incident.first_day == OCTOBER
        assert incident.notice_day == date(2024, 10, 10)


def test_a_system_with_incidents_is_sound_and_survives_its_folder(tmp_path):
    system = make_system("clinic-of-eight", first_day=OCTOBER, incidents=True)

    write_system(system, tmp_path / "a")

    assert check_folder(tmp_path / "a") == ()
    assert replace(read_system(tmp_path / "a"), inputs_hash="") == system
    assert [one.incident_id for one in system.incidents] == ["half-away", "one-ill"]


def test_whoever_is_ill_is_not_on_leave_just_then(south_in_october):
    ill = south_in_october.incidents[0]
    (who,) = ill.clinician_ids
    leave = [one for one in south_in_october.absences if one.clinician_id == who]

    assert all(
        one.first_day > ill.last_day or one.last_day < ill.first_day for one in leave
    )


def test_a_stated_preference_is_met_by_the_own_clinician(south_in_october):
    genders = {c.clinician_id: c.gender for c in south_in_october.clinicians}
    stated = [p for p in south_in_october.patients if p.gender_preference]
    share = len(stated) / len(south_in_october.patients)

    assert share == pytest.approx(synthetic_numbers()["states_gender"], abs=0.01)
    assert all(p.gender_preference == genders[p.clinician_id] for p in stated)
    assert Counter(genders.values()).keys() == {"woman", "man"}


def test_network_therapists_differ_in_the_risk_they_take_on(south_in_october):
    numbers, network = synthetic_numbers(), south_in_october.network
    tiers = Counter(one.highest_risk_tier for one in network)
    unknown = sum(one.gender is None for one in network) / len(network)

    for tier in (2, 3):
        share = tiers[tier] / len(network)
        assert share == pytest.approx(numbers[f"network_tier_{tier}"], abs=0.04)
    assert unknown == pytest.approx(1 - numbers["gender_given"], abs=0.02)
    assert {one.payers for one in network} == {()}
