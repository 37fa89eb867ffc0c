from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from caretime.continuity.absent import (
    absent,
    own_absences,
    stretches_of,
    weeks_of,
    with_sidelined,
)
from caretime.errors import PlanError
from caretime.model.care import Absence
from caretime.model.incident import Incident
from caretime.simulation import event_log, make_system
from caretime.simulation._draws import participation
from caretime.simulation._population import populate

CLINIC = make_system("clinic-of-eight", seed=1)
REGION = make_system("southern-california", scale=0.03, seed=1)
MONDAY = REGION.first_day
WEEK = timedelta(weeks=1)


def path(*shares, system=REGION, begins=None, **more):
    day = begins or system.first_day
    return Incident("I-1", day, day - timedelta(days=10), shares, **more)


def named(*who, system=REGION, first=0, days=5, **more):
    day = system.first_day + timedelta(days=first)
    last = None if more.get("open_ended") else day + timedelta(days=days - 1)
    return Incident("I-2", day, day, clinician_ids=who, last_day=last, **more)


def away_in(absences, day):
    return {
        a.clinician_id
        for a in absences
        if a.first_day <= day and (a.last_day is None or day <= a.last_day)
    }


@pytest.mark.parametrize(
    "incident",
    [
        path(0.6, 0.6, 0.4),
        path(0.2, 0.9, 0.1, 0.5),
        path(0.7, begins=MONDAY + 2 * WEEK, open_ended=True),
        path(0.8, 0.4, clinic_ids=(REGION.clinics[0].clinic_id,)),
        named(*(c.clinician_id for c in REGION.clinicians[:20]), first=2, days=9),
        named(REGION.clinicians[3].clinician_id, first=8, open_ended=True),
    ],
    ids=["path", "up-and-down", "open", "one-site", "list", "open-list"],
)
def test_plan_and_simulation_speak_of_the_same_people_on_every_day(incident):
    population = populate(REGION, REGION.assumptions, 6)
    posts = len(population.posts)

    for seed in (1, 5):
        out = participation(population, incident, posts, seed=seed, replication=0)
        found = absent(REGION, incident, seed=seed)
        for day in range(30):
            when = MONDAY + timedelta(days=7 * (day // 5) + day % 5)
            simulated = {
                c.clinician_id
                for c, row in zip(REGION.clinicians, out, strict=False)
                if row[day]
            }
            assert away_in(found, when) == simulated, when


def test_as_the_share_falls_the_same_people_come_back_first():
    found = own_absences(REGION, path(0.6, 0.4, 0.2))

    weeks = [away_in(found, MONDAY + k * WEEK) for k in range(4)]
    assert weeks[0] > weeks[1] > weeks[2] > weeks[3] == set()


def test_somebody_away_twice_has_two_stretches():
    found = own_absences(CLINIC, path(1.0, 0.0, 1.0, system=CLINIC))

    assert len(found) == 2 * len(CLINIC.clinicians)
    first, second = found[:2]
    assert first.last_day == CLINIC.first_day + timedelta(days=6)
    assert second.first_day == CLINIC.first_day + 2 * WEEK


def test_nobody_is_away_before_the_first_day_of_a_path_that_begins_midweek():
    begins = CLINIC.first_day + timedelta(days=2)

    found = absent(CLINIC, path(1.0, system=CLINIC, begins=begins))

    assert {(a.first_day, a.last_day) for a in found} == {
        (begins, CLINIC.first_day + timedelta(days=6))
    }


def test_an_open_end_holds_the_last_share_on():
    found = own_absences(REGION, path(0.6, 0.3, open_ended=True))

    some = {a.clinician_id for a in found if a.last_day is None}
    assert some == away_in(found, MONDAY + 40 * WEEK)
    assert some == away_in(found, MONDAY + WEEK)
    assert some < away_in(found, MONDAY)


def test_the_ends_of_the_range_are_inside_each_other():
    incident = path(0.5, shares_low=(0.3,), shares_high=(0.8,))

    low, middle, high = (
        away_in(own_absences(REGION, incident, path=which), MONDAY)
        for which in ("shares_low", "shares", "shares_high")
    )

    assert low < middle < high


def test_only_clinicians_of_the_sites_covered_are_drawn():
    site = REGION.clinics[0].clinic_id

    found = own_absences(REGION, path(1.0, clinic_ids=(site,)))

    assert {a.clinician_id for a in found} == {
        c.clinician_id for c in REGION.clinicians if c.clinic_id == site
    }


def test_an_associate_is_sidelined_only_while_the_supervisor_is_away():
    associate = next(c for c in REGION.clinicians if c.supervisor_id)
    days = timedelta(days=1)
    gone = [
        Absence(associate.supervisor_id, MONDAY, MONDAY + 3 * days),
        Absence(associate.clinician_id, MONDAY + 2 * days, MONDAY + 8 * days),
        Absence(associate.supervisor_id, MONDAY + 20 * days, None),
    ]

    found = stretches_of(with_sidelined(REGION, gone))[associate.clinician_id]

    assert found == [(MONDAY, MONDAY + 8 * days), (MONDAY + 20 * days, None)]


def test_leave_on_record_is_not_the_incidents():
    assert REGION.absences

    assert absent(REGION, path(0.0)) == ()


def test_a_name_that_is_no_clinician_is_refused_with_the_nearest():
    known = REGION.clinicians[0].clinician_id

    with pytest.raises(PlanError, match=f"did you mean {known}"):
        absent(REGION, named(known + "x"))


def test_a_name_outside_the_sites_is_away_all_the_same():
    who = REGION.clinicians[0]
    other = next(c.clinic_id for c in REGION.clinics if c.clinic_id != who.clinic_id)

    found = absent(REGION, named(who.clinician_id, clinic_ids=(other,)))

    assert who.clinician_id in {a.clinician_id for a in found}


@pytest.mark.parametrize(
    ("incident", "weeks"),
    [
        (path(0.5, 0.5, 0.5), 3),
        (path(*[0.5] * 12), 8),
        (path(0.5, open_ended=True), 8),
        (named("C", first=4, days=4), 2),
        (named("C", first=4, days=3), 1),
    ],
)
def test_a_plan_covers_the_calendar_weeks_of_the_incident(incident, weeks):
    assert weeks_of(incident, 8) == weeks


@pytest.mark.parametrize("engine", ["kernel", "plain"])
def test_a_named_list_is_away_on_its_days_in_the_simulation(engine):
    contract = CLINIC.contracts[CLINIC.contract_in_force]
    who = next(
        c
        for c in CLINIC.clinicians
        if c.clinician_id not in {a.clinician_id for a in CLINIC.absences}
        and c.clinician_id not in {d.supervisor_id for d in CLINIC.clinicians}
        and c.supervisor_id is None
    )
    quiet = replace(CLINIC, absences=())
    incident = named(who.clinician_id, system=CLINIC, first=8, days=4)

    log = event_log(quiet, contract, weeks=4, seed=2, incident=incident, engine=engine)

    absences = log.filter((log["kind"] == 25) & (log["flag"] == 1))
    assert np.unique(absences["day"].to_numpy()).tolist() in ([6, 7, 8], [6, 7, 8, 9])


def test_both_engines_agree_on_a_list_that_begins_within_a_week():
    contract = CLINIC.contracts[CLINIC.contract_in_force]
    incident = named(
        *(c.clinician_id for c in CLINIC.clinicians[:4]),
        system=CLINIC,
        first=9,
        days=16,
    )

    kernel, plain = (
        event_log(CLINIC, contract, weeks=8, seed=3, incident=incident, engine=engine)
        for engine in ("kernel", "plain")
    )

    assert kernel.equals(plain)
