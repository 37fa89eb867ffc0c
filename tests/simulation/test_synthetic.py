"""Synthetic systems: the same for a seed, lawful, booked singly, in balance."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from caretime.formats import check_folder, system_hash, write_system
from caretime.model.people import AGE_GROUPS
from caretime.model.system import CareSystem
from caretime.rules.eligibility import may_treat
from caretime.rules.ledger import week_ledger
from caretime.rules.region import miles_between
from caretime.simulation.synthetic import EXAMPLES, make_system, synthetic_numbers
from caretime.simulation.synthetic.balance import course_of, present_share
from caretime.simulation.synthetic.draws import Draws
from caretime.tables import rows

SIZES = [
    ("clinic-of-eight", 1.0),
    ("southern-california", 0.1),
    ("northern-california", 0.1),
]
SOUTH_OF_TEST = 0.1
PEOPLE_AND_PLACES = "05721e83e809c43b"


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: size[0])
def system(request: pytest.FixtureRequest) -> CareSystem:
    example, scale = request.param
    return make_system(example, scale=scale, seed=1)


@pytest.fixture(scope="module")
def south() -> CareSystem:
    return make_system("southern-california", scale=SOUTH_OF_TEST)


@pytest.fixture(scope="module")
def full_size() -> CareSystem:
    return make_system("southern-california")


# The same seed


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_same_seed_gives_the_same_system_in_any_process(hash_seed):
    here = system_hash(make_system("clinic-of-eight", seed=5))
    program = (
        "from caretime.formats import system_hash\n"
        "from caretime.simulation.synthetic import make_system\n"
        "print(system_hash(make_system('clinic-of-eight', seed=5)))"
    )

    there = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.strip() == here


def test_another_seed_gives_other_people():
    one, two = (make_system("clinic-of-eight", seed=seed) for seed in (1, 2))

    assert one.patients != two.patients
    assert one.network != two.network
    assert one.clinicians == two.clinicians  # the eight are always the same eight


def test_people_and_places_of_seed_one_are_the_ones_always_made():
    small = make_system("southern-california", scale=0.02)

    told = repr((small.clinics, small.clinicians, small.network))
    # The hash is older than these fields, which say nothing here.
    for later in (", gender=None", ", payers=()", ", highest_risk_tier=1"):
        assert later in told
        told = told.replace(later, "")

    # Contract and assumptions play no part here. A new hash is a new example:
    # say so in the changelog.
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == PEOPLE_AND_PLACES


def test_a_stream_is_not_moved_by_what_others_draw():
    draws, others = Draws("clinic-of-eight", 1), Draws("clinic-of-eight", 1)
    others.uniform("license", 1000)

    alike = draws.uniform("fte", 10) == others.uniform("fte", 10)

    assert alike.all()
    assert (draws.uniform("fte", 20)[:10] == draws.uniform("fte", 10)).all()


def test_things_are_shared_out_in_proportion_in_every_block():
    blocks = np.repeat([0, 1, 2], [100, 10, 1])

    chosen = Draws("clinic-of-eight", 1).share_out("coin", [0.3, 0.7], blocks)

    first = [int((chosen[blocks == block] == 0).sum()) for block in range(3)]
    assert abs(first[0] - 30) <= 1
    assert abs(first[1] - 3) <= 1


# Size and proportions


def test_the_south_at_full_size_is_within_the_facts(full_size):
    headcount = len(full_size.clinicians)
    fte = sum(c.fte for c in full_size.clinicians)
    counties = Counter(clinic.county for clinic in full_size.clinics)

    assert headcount == 2400
    assert full_size.members == 4_800_000
    assert len(full_size.network) == 13_000
    assert 24 <= len(full_size.clinics) <= 26
    assert min(counties.values()) >= 1
    assert 0.88 < fte / headcount < 0.93
    assert 95_000 < len(full_size.patients) < 125_000


def test_full_time_clinicians_have_about_thirty_visits_a_week(full_size):
    contract = full_size.contracts[full_size.contract_in_force]
    ledger = week_ledger(contract, on=full_size.first_day)
    fte = sum(c.fte for c in full_size.clinicians)
    first = [
        a
        for a in full_size.appointments
        if a.start.date() < full_size.first_day + timedelta(days=7)
    ]

    assert 28 <= ledger.openings.total <= 34
    assert 20 < len(first) / fte < 28  # a tenth is on leave, some days are free


def test_counties_have_clinicians_in_proportion_to_their_people(full_size):
    population = {
        row["county"]: float(row["population"])
        for row in rows("counties")
        if row["region"] == "southern-california"
    }
    county = {clinic.clinic_id: clinic.county for clinic in full_size.clinics}
    staff = Counter(county[c.clinic_id] for c in full_size.clinicians)

    for name, people in population.items():
        expected = 2400 * people / sum(population.values())
        assert abs(staff[name] - expected) <= 1


def test_licenses_come_in_the_stated_shares(full_size):
    numbers = synthetic_numbers()
    found = Counter(c.license for c in full_size.clinicians)

    for license_code, count in found.items():
        assert abs(count - 2400 * numbers[f"license_{license_code}"]) <= 6


def test_each_language_of_a_county_has_a_therapist_for_every_age(full_size):
    county = {clinic.clinic_id: clinic.county for clinic in full_size.clinics}
    served = {
        (county[c.clinic_id], language, age)
        for c in full_size.clinicians
        for language in c.languages
        for age in c.ages
        if "therapy" in c.needs
    }
    asked = {(d.county, d.language) for d in full_size.demand if d.need == "therapy"}

    assert {(c, language, age) for c, language in asked for age in AGE_GROUPS} <= served
    # Khmer is spoken in Los Angeles, and no county of the south lacks Spanish.
    assert ("Los Angeles", "km") in asked
    assert all((name, "es") in asked for name in set(county.values()))


@pytest.mark.parametrize("scale", [0.02, 0.3])
def test_everything_grows_with_the_scale(south, scale):
    small = make_system("southern-california", scale=scale)

    ratio = scale / SOUTH_OF_TEST
    for table in ("clinicians", "network", "patients", "demand"):
        if table == "demand":
            sizes = [
                sum(d.referrals_per_week for d in s.demand) for s in (small, south)
            ]
        else:
            sizes = [len(getattr(s, table)) for s in (small, south)]
        assert sizes[0] == pytest.approx(ratio * sizes[1], rel=0.15)
    assert small.members == round(4_800_000 * scale)
    assert {c.county for c in small.clinics} == {c.county for c in south.clinics}


def test_visits_so_far_follow_the_law_of_a_caseload_at_rest(full_size):
    course = course_of(full_size.assumptions, 7)
    law = course.in_progress / course.in_progress.sum()
    visits = [p.visits_attended for p in full_size.patients if p.visits_attended]
    found = np.bincount(visits, minlength=41)[1:41] / len(visits)

    # Half a percent is some seven standard errors at 94,000 patients.
    assert np.abs(found - law[:40]).max() < 0.005


def test_a_scale_too_small_for_the_counties_is_refused():
    with pytest.raises(ValueError, match="too few for 6 counties"):
        make_system("southern-california", scale=0.001)
    with pytest.raises(ValueError, match="above 0"):
        make_system("southern-california", scale=0)


def test_an_unknown_example_is_told_the_known_ones():
    with pytest.raises(ValueError, match="northern-california"):
        make_system("eastern-california")


# Lawful and without overlap


def test_every_patient_may_be_treated_by_the_own_therapist(system):
    staff = {c.clinician_id: c for c in system.clinicians}
    clinics = {clinic.clinic_id: clinic for clinic in system.clinics}
    homes = {row["zip"]: row for row in rows("zip_centroids")}
    refused = Counter()
    for patient in system.patients:
        clinician = staff[patient.clinician_id]
        clinic, home = clinics[clinician.clinic_id], homes[patient.zip]
        verdict = may_treat(
            clinician,
            patient.asks,
            supervisor=staff.get(clinician.supervisor_id or ""),
            miles=miles_between(
                clinic.latitude,
                clinic.longitude,
                float(home["latitude"]),
                float(home["longitude"]),
            ),
            telehealth_consent=patient.telehealth_consent,
        )
        refused.update(verdict.reasons)

    assert refused == Counter()


def test_every_associate_has_a_supervisor_with_room(system):
    staff = {c.clinician_id: c for c in system.clinicians}
    load = Counter(c.supervisor_id for c in system.clinicians if c.supervisor_id)

    for c in system.clinicians:
        assert (c.license in ("ASW", "AMFT", "APCC")) == (c.supervisor_id is not None)
        if c.supervisor_id:
            assert staff[c.supervisor_id].license not in ("ASW", "AMFT", "APCC")
    assert max(load.values()) <= synthetic_numbers()["supervisees_per_supervisor"]


def test_everybody_has_one_next_visit_with_the_own_therapist(system):
    own = {p.patient_id: p.clinician_id for p in system.patients}

    booked = Counter(a.patient_id for a in system.appointments)

    assert set(booked.values()) == {1}
    assert set(booked) == set(own)
    assert all(own[a.patient_id] == a.clinician_id for a in system.appointments)


def test_no_clinician_is_booked_twice_at_a_time(system):
    diary = defaultdict(set)
    for a in system.appointments:
        diary[a.clinician_id].add((a.start, a.minutes, a.visit_type))

    single = sum(a.visit_type != "group" for a in system.appointments)
    slots = sum(kind != "group" for s in diary.values() for *_, kind in s)
    assert slots == single
    for booked in diary.values():
        visits = sorted(booked)
        for (start, minutes, _), (following, *_) in pairwise(visits):
            assert start + timedelta(minutes=minutes) <= following


def test_visits_stand_on_quarter_hours_of_working_days_at_the_clinic(system):
    staff = {c.clinician_id: c for c in system.clinicians}
    clinics = {clinic.clinic_id: clinic for clinic in system.clinics}
    away = {(a.clinician_id, a.first_day) for a in system.absences}
    for a in system.appointments:
        clinic = clinics[staff[a.clinician_id].clinic_id]
        begin = a.start.hour * 60 + a.start.minute
        monday = a.start.date() - timedelta(days=a.start.weekday())

        assert begin % 15 == 0
        assert clinic.opens <= begin
        assert begin + a.minutes <= clinic.closes
        assert system.calendar.is_business_day(a.start.date())
        assert (a.clinician_id, monday) not in away


def test_what_was_asked_and_offered_lies_before_the_start(system):
    first = system.first_day
    new = {p.patient_id for p in system.patients if p.visits_attended == 0}
    for a in system.appointments:
        assert a.requested_at is not None
        assert a.offered_at is not None
        assert a.requested_at <= a.offered_at < a.start
        assert a.requested_at.date() < first <= a.start.date()
        assert (a.visit_type == "intake") == (a.patient_id in new)


def test_first_visits_wait_about_two_weeks_at_most(south):
    waits = [
        south.calendar.business_days_between(a.requested_at.date(), a.start.date())
        for a in south.appointments
        if a.visit_type == "intake"
    ]

    assert max(waits) <= 16
    assert np.mean(waits) == pytest.approx(8, abs=2)


def test_group_members_fit_their_group_and_its_seats(system):
    groups = {group.group_id: group for group in system.groups}
    patients = {p.patient_id: p for p in system.patients}
    seated = Counter(member.group_id for member in system.group_members)

    assert groups
    for member in system.group_members:
        group, patient = groups[member.group_id], patients[member.patient_id]
        assert patient.clinician_id == group.leader_id
        assert (patient.age_group, patient.language, patient.need) == (
            group.age_group,
            group.language,
            group.need,
        )
    assert all(seated[group.group_id] <= group.seats for group in system.groups)


def test_the_written_folder_has_no_problem(system, tmp_path):
    write_system(system, tmp_path / "system")

    assert check_folder(tmp_path / "system") == ()


# In balance


def openings_by_county(system: CareSystem) -> dict[str, np.ndarray]:
    """Intake and return openings of an average week, summed by hand."""
    contract = system.contracts[system.contract_in_force]
    county = {clinic.clinic_id: clinic.county for clinic in system.clinics}
    year = system.first_day + timedelta(days=365)
    holidays = sum(
        system.first_day < d <= year and d.weekday() < 5
        for d in system.calendar.holidays
    )
    present = present_share(system.assumptions, holidays)
    total: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    for c in system.clinicians:
        if c.license == "PMHNP":
            continue
        week = week_ledger(
            contract,
            license_code=c.license,
            fte=c.fte,
            on=system.first_day,
            ages=c.ages,
            leads_groups=c.leads_groups,
        )
        total[county[c.clinic_id]] += present * np.array(
            [week.openings.intake, week.openings.return_]
        )
    return total


@pytest.mark.parametrize(("example", "scale"), SIZES[1:])
def test_referrals_just_fill_the_scarcer_openings_of_each_county(example, scale):
    system = make_system(example, scale=scale)
    course = course_of(system.assumptions, synthetic_numbers()["intake_wait_days"])
    started = sum(d.referrals_per_week for d in system.demand) * course.starts
    seats = len(system.group_members) / (1 + course.delay_weeks)
    alone = 1 - seats / (started * course.returns_awaited)
    offered = openings_by_county(system)
    referrals = Counter()
    for row in system.demand:
        if row.need != "medication":
            referrals[row.county] += row.referrals_per_week

    for county, weekly in referrals.items():
        needed = weekly * np.array(
            [course.intake_bookings, course.return_bookings * alone]
        )
        used = needed / offered[county]
        # 0.95 by the table, times the 0.983 of the openings that last.
        assert 0.88 < used.max() < 0.98, county


def test_a_year_under_the_contract_in_force_stays_near_the_start(full_size):
    from caretime.model.log import COUNTER
    from caretime.simulation import simulate

    contract = full_size.contracts[full_size.contract_in_force]
    weekly = simulate(full_size, contract, weeks=52, replications=1).tally.weekly
    people = weekly[:, :, COUNTER["in_treatment"]].mean(axis=0)
    waiting = weekly[:, :, COUNTER["waiting_intake"]].mean(axis=0)
    moved = weekly[:, :, COUNTER["moved"]].sum()

    assert moved == 0  # the book stands on the openings of the contract in force
    assert people[25] == pytest.approx(people[0], rel=0.08)
    assert people[51] == pytest.approx(people[0], rel=0.10)
    assert waiting[40:].mean() == pytest.approx(waiting[0], rel=0.35)


def test_first_days_are_mondays_after_the_settlements():
    assert {spec.first_day.weekday() for spec in EXAMPLES.values()} == {0}
    assert EXAMPLES["southern-california"].first_day == date(2025, 5, 12)


def test_every_number_states_range_source_and_meaning():
    for row in rows("synthetic"):
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row
        assert row["source"], row
        assert row["meaning"], row
        assert row["unit"], row
