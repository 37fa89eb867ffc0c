"""What the synthetic sites and clinicians ask of their weeks."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from caretime.formats import notices, read_system, system_hash, write_system
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH
from caretime.rules.ledger import week_ledger
from caretime.rules.week_terms import round_half_up
from caretime.simulation.synthetic import make_system, synthetic_numbers

SIZES = [
    ("clinic-of-eight", 1.0),
    ("southern-california", 0.02),
    ("southern-california", 1.0),
    ("northern-california", 0.1),
]
TABLES = ("unavailable", "work_places", "cover", "team_meetings")


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]} x {size[1]}")
def system(request: pytest.FixtureRequest) -> CareSystem:
    example, scale = request.param
    return make_system(example, scale=scale, seed=1)


@pytest.fixture(scope="module")
def south() -> CareSystem:
    return make_system("southern-california")


def test_the_same_seed_asks_the_same_of_the_weeks_and_another_does_not():
    one, same, other = (
        make_system("southern-california", scale=0.1, seed=seed) for seed in (1, 1, 2)
    )

    for table in TABLES:
        assert getattr(one, table) == getattr(same, table)
    assert one.unavailable != other.unavailable


def test_the_tables_of_the_week_are_written_and_read_without_a_doubt(system, tmp_path):
    write_system(system, tmp_path / "system")

    again = read_system(tmp_path / "system")

    assert notices(tmp_path / "system") == ()
    assert system_hash(again) == system_hash(system)
    for table in TABLES:
        assert Counter(getattr(again, table)) == Counter(getattr(system, table))


def test_a_shift_is_covered_by_people_the_site_has_while_it_is_open(system):
    clinics = {clinic.clinic_id: clinic for clinic in system.clinics}
    for shift in system.cover:
        clinic = clinics[shift.clinic_id]
        able = [
            c
            for c in system.clinicians
            if c.clinic_id == shift.clinic_id and c.license in shift.licenses
        ]

        assert len(able) >= shift.clinicians
        assert clinic.opens <= shift.start < shift.end <= clinic.closes
        assert shift.end - shift.start == 120


def test_cover_takes_less_than_a_fifteenth_of_a_sites_hours(system):
    paid: dict[str, float] = defaultdict(float)
    for clinician in system.clinicians:
        paid[clinician.clinic_id] += 40 * 60 * clinician.fte
    taken: Counter[str] = Counter()
    for shift in system.cover:
        taken[shift.clinic_id] += shift.clinicians * (shift.end - shift.start)

    shares = [taken[clinic] / paid[clinic] for clinic in taken]

    # Five shifts of two hours, of five people at 150 hours or more.
    assert max(shares) < 1 / 15


def test_large_sites_cover_all_core_hours_of_every_day(south):
    hours = defaultdict(set)
    for shift in south.cover:
        hours[shift.clinic_id].add((shift.weekday, shift.start))

    assert set(hours) == {clinic.clinic_id for clinic in south.clinics}
    for starts in hours.values():
        assert starts == {(d, 60 * h) for d in range(5) for h in (9, 11, 13, 15)}


def test_every_site_meets_an_hour_a_week_at_a_time_still_open(system):
    told = {(m.clinic_id, m.minutes, m.weekday, m.start) for m in system.team_meetings}

    assert told == {(clinic.clinic_id, 60, None, None) for clinic in system.clinics}


def test_about_an_eighth_of_the_clinicians_state_when_they_cannot_work(south):
    stated = {row.clinician_id for row in south.unavailable}

    # Four standard errors of 12 % among 2,400.
    assert abs(len(stated) / len(south.clinicians) - 0.12) < 0.027
    assert len({(row.start, row.end) for row in south.unavailable}) == 6


def test_who_works_full_time_states_no_free_half_day(south):
    fte = {c.clinician_id: c.fte for c in south.clinicians}
    for row in south.unavailable:
        if fte[row.clinician_id] < 0.9:
            continue
        # Eight hours and a meal fit into 08:00 to 19:00 beside what is stated.
        before, after = min(row.start, 1140) - 480, 1140 - max(row.end, 480)

        assert max(before, 0) + max(after, 0) >= 510


def test_nobody_is_unavailable_or_elsewhere_when_the_own_group_meets(south):
    group = {(g.leader_id, g.weekday): g for g in south.groups}
    for row in south.unavailable:
        own = group.get((row.clinician_id, row.weekday))
        assert own is None or row.end <= own.start or own.start + 90 <= row.start

    assert not {(row.clinician_id, row.weekday) for row in south.work_places} & set(
        group
    )


def test_stated_days_of_telehealth_are_as_many_as_the_share_gives(south):
    contract = south.contracts[south.contract_in_force]
    who = {c.clinician_id: c for c in south.clinicians}
    leads = {g.leader_id for g in south.groups}
    stated = Counter(
        row.clinician_id for row in south.work_places if row.place == TELEHEALTH
    )

    assert len(stated) > 50
    for clinician_id, days in stated.items():
        c = who[clinician_id]
        week = week_ledger(contract, license_code=c.license, fte=c.fte, ages=c.ages)
        given = round_half_up(c.telehealth_share * week.days)
        # A day with a group is no day of telehealth.
        assert given - (clinician_id in leads) <= days <= given


def test_travel_to_a_second_clinic_leaves_room_for_a_meal(south):
    clinics = {clinic.clinic_id: clinic for clinic in south.clinics}
    days = defaultdict(list)
    for row in south.work_places:
        if row.place != TELEHEALTH:
            days[row.clinician_id, row.weekday].append(row)

    assert len(days) > 20
    for morning, afternoon in days.values():
        assert morning.place != afternoon.place
        assert clinics[morning.place].county == clinics[afternoon.place].county
        assert 0 < afternoon.travel_minutes <= synthetic_numbers()["travel_longest"]
        assert afternoon.start - morning.end == afternoon.travel_minutes + 30


def test_the_clinic_of_eight_has_one_of_everything_that_one_clinic_can_have():
    eight = make_system("clinic-of-eight")

    assert [shift.weekday for shift in eight.cover] == [0, 1, 2, 3, 4]
    assert len(eight.team_meetings) == len(eight.unavailable) == 1
    assert eight.work_places == ()
