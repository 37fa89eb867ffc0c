"""Clinicians come back: who goes home, who stays, when, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hand_made_plans import plan_for
from hypothesis import given
from hypothesis import strategies as st

from caretime.continuity.handback import REASONS, expected_visits, hand_back
from caretime.continuity.undo import apply_plan
from caretime.errors import InputError
from caretime.formats import default_assumptions
from caretime.model.incident import Series
from caretime.model.strike import HomeGoing, StrikePlan
from caretime.model.way_back import HandbackPolicy
from caretime.rules.clause_kinds import make_clause
from caretime.rules.ledger import week_ledger
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
TERMS = CLINIC.contracts[CLINIC.contract_in_force]
AWAY = tuple(c.clinician_id for c in CLINIC.clinicians[:4])
PLAN = plan_for(CLINIC, AWAY)
BACK = PLAN.monday + timedelta(days=28)
ALL_BACK = dict.fromkeys(AWAY, BACK)


def by_patient(homes: tuple[HomeGoing, ...]) -> dict[str, HomeGoing]:
    return {home.patient_id: home for home in homes}


def series_of(plan: StrikePlan, patient_id: str) -> Series:
    return next(s for s in plan.series if s.patient_id == patient_id)


def first_placed(plan: StrikePlan, *, visits: int = 1) -> str:
    counts = Counter(b.patient_id for b in plan.bookings)
    return next(p for p, count in counts.items() if count >= visits)


def test_everybody_of_a_clinician_who_is_back_stands_in_the_answer_once():
    homes = hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK)

    rows = Counter((home.clinician_id, home.patient_id) for home in homes)
    series = {(s.clinician_id, s.patient_id) for s in PLAN.series}
    members = {(g.leader_id, p) for g in PLAN.groups for p in g.patient_ids}
    assert set(rows) == series | members
    assert set(rows.values()) == {1}
    assert {home.reason for home in homes} <= set(REASONS)


def test_only_patients_of_those_who_are_back_stand_in_the_answer():
    homes = hand_back(PLAN, CLINIC, TERMS, returned={AWAY[1]: BACK})

    assert homes
    assert {home.clinician_id for home in homes} == {AWAY[1]}


def test_who_has_nobody_comes_first_then_the_highest_risk_then_the_longest_wait():
    homes = hand_back(PLAN, CLINIC, TERMS, returned={AWAY[0]: BACK})

    going = [h for h in homes if h.choice == "home" and h.reason != "group"]
    keys = [
        (h.substitute_id != "", series_of(PLAN, h.patient_id).risk_tier) for h in going
    ]
    assert len(set(keys)) > 2
    assert keys == sorted(keys)
    assert [h.order for h in homes] == list(range(1, len(homes) + 1))


def test_who_has_nobody_gets_the_earliest_places():
    homes = hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK)

    alone = [h for h in homes if not h.substitute_id and h.reason != "group"]
    assert alone
    assert all(h.day is not None and h.day < BACK + timedelta(days=14) for h in alone)
    assert {h.reason for h in alone} == {"without_care"}


def test_no_day_of_a_clinician_has_more_visits_than_its_openings():
    homes = hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK)

    for who in AWAY:
        clinician = next(c for c in CLINIC.clinicians if c.clinician_id == who)
        ledger = week_ledger(
            TERMS,
            license_code=clinician.license,
            fte=clinician.fte,
            on=BACK,
            ages=clinician.ages,
            leads_groups=any(g.leader_id == who for g in CLINIC.groups),
        )
        days = Counter(
            h.day for h in homes if h.clinician_id == who and h.reason != "group"
        )
        booked = Counter(
            a.start.date()
            for a in CLINIC.appointments
            if a.clinician_id == who and a.visit_type != "group"
        )
        weeks: Counter[date] = Counter()
        for day, count in days.items():
            assert day is not None
            assert day.weekday() < 5
            assert day not in CLINIC.calendar.holidays
            assert count + booked[day] <= (ledger.daily_cap or 99)
            weeks[day - timedelta(days=day.weekday())] += count
        most = ledger.openings.return_ + ledger.openings.intake
        for monday, count in weeks.items():
            held = sum(booked[monday + timedelta(days=k)] for k in range(5))
            assert count + held <= most + ledger.openings.urgent


def test_the_patients_choice_goes_before_everything():
    goes = first_placed(PLAN, visits=3)
    stays = next(b.patient_id for b in PLAN.bookings if b.patient_id != goes)
    policy = HandbackPolicy(bond_visits=2)

    homes = by_patient(
        hand_back(
            PLAN,
            CLINIC,
            TERMS,
            returned=ALL_BACK,
            policy=policy,
            answers={stays: "stays", goes: "home"},
        )
    )

    assert (homes[stays].choice, homes[stays].reason) == ("stays", "own_choice")
    assert (homes[goes].choice, homes[goes].reason) == ("home", "own_choice")
    assert homes[goes].day is not None


def test_a_new_bond_stays_with_the_substitute_from_so_many_visits():
    counts = Counter(b.patient_id for b in PLAN.bookings if b.start.date() < BACK)

    homes = by_patient(
        hand_back(
            PLAN,
            CLINIC,
            TERMS,
            returned=ALL_BACK,
            policy=HandbackPolicy(bond_visits=3),
        )
    )

    assert max(counts.values()) >= 3 > min(counts.values())
    for patient_id, count in counts.items():
        expected = ("stays", "new_bond") if count >= 3 else "home"
        home = homes[patient_id]
        found = (home.choice, home.reason) if count >= 3 else home.choice
        assert found == expected


def test_visits_that_were_not_held_make_no_bond():
    patient_id = first_placed(PLAN, visits=3)
    lived = apply_plan(CLINIC, PLAN)
    rows = tuple(
        replace(a, status="no_show") if a.patient_id == patient_id else a
        for a in lived.appointments
    )
    policy = HandbackPolicy(bond_visits=3)
    before = hand_back(PLAN, lived, TERMS, returned=ALL_BACK, policy=policy)

    after = hand_back(
        PLAN,
        replace(lived, appointments=rows),
        TERMS,
        returned=ALL_BACK,
        policy=policy,
    )

    assert by_patient(before)[patient_id].reason == "new_bond"
    assert by_patient(after)[patient_id].choice == "home"


def test_who_is_nearly_finished_by_a_clinicians_word_ends_where_it_is():
    patient_id = first_placed(PLAN)

    homes = by_patient(
        hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK, still_planned={patient_id: 1})
    )

    assert homes[patient_id].reason == "nearly_finished"
    assert sum(h.reason == "nearly_finished" for h in homes.values()) == 1


def test_by_the_numbers_that_ship_nobody_is_nearly_finished():
    coming = expected_visits(default_assumptions())

    # (b + j) / (a - 1) = 5.4 / 0.6 = 9 after no visit if courses had no longest one.
    assert 8 < min(coming) == coming[0] < 9
    assert list(coming) == sorted(coming)


def test_a_course_that_ends_for_sure_after_the_next_visit_has_one_to_come():
    sure = CLINIC.assumptions.with_value("course_hazard_a", 1000.0)

    assert expected_visits(sure)[:3] == (1.0, 1.0, 1.0)


def test_who_has_a_substitute_is_told_before_going_home():
    homes = hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK)

    told = CLINIC.calendar.add_business_days(BACK, 2)
    placed = [h for h in homes if h.substitute_id and h.day and h.reason != "group"]
    assert placed
    assert all(h.day >= told for h in placed)


def test_nobody_goes_home_before_the_next_visit_is_due():
    homes = hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK)

    seen = {b.patient_id: b.start.date() for b in PLAN.bookings}
    for home in homes:
        if home.patient_id in seen and home.day:
            series = series_of(PLAN, home.patient_id)
            due = seen[home.patient_id] + timedelta(days=7 * series.interval_weeks)
            assert home.day >= due


def test_an_own_appointment_that_still_stands_is_kept():
    early = PLAN.monday + timedelta(days=7)
    homes = by_patient(hand_back(PLAN, CLINIC, TERMS, returned={AWAY[0]: early}))

    standing = {
        a.patient_id: a.start.date()
        for a in CLINIC.appointments
        if a.clinician_id == AWAY[0]
        and a.visit_type != "group"
        and a.start.date() >= early
    }
    kept = standing.keys() & {s.patient_id for s in PLAN.series}
    assert kept
    assert all(homes[p].day == standing[p] for p in kept)


def test_where_there_is_no_room_soon_a_later_place_is_dated_and_says_so():
    narrow = replace(
        TERMS,
        clauses=(*TERMS.clauses, make_clause("W", "visit_cap_weekly", patients=9)),
    )

    homes = hand_back(PLAN, CLINIC, narrow, returned=ALL_BACK)

    late = [h for h in homes if h.reason == "capacity" and h.choice == "home"]
    assert late
    assert all(h.day is not None for h in late)
    assert len(homes) == len(hand_back(PLAN, CLINIC, TERMS, returned=ALL_BACK))


def test_with_no_place_at_all_nobody_is_lost():
    policy = HandbackPolicy(horizon_weeks=1)
    leave = tuple(
        replace(a, first_day=BACK, last_day=BACK + timedelta(days=6))
        for a in PLAN.absent
    )

    homes = hand_back(
        PLAN,
        replace(CLINIC, absences=leave),
        TERMS,
        returned=ALL_BACK,
        policy=policy,
    )

    single = [h for h in homes if h.reason != "group"]
    assert {s.patient_id for s in PLAN.series} == {h.patient_id for h in single}
    for home in single:
        assert home.day is None
        assert home.reason == "capacity"
        assert home.choice == ("stays" if home.substitute_id else "home")


def test_a_group_goes_home_whole_at_its_first_session():
    group = CLINIC.groups[0]
    plan = plan_for(CLINIC, [group.leader_id])

    homes = hand_back(plan, CLINIC, TERMS, returned={group.leader_id: BACK})

    rows = [h for h in homes if h.reason == "group"]
    assert {h.patient_id for h in rows} == set(plan.groups[0].patient_ids)
    assert len({h.day for h in rows}) == 1
    assert rows[0].day is not None
    assert rows[0].day >= BACK
    assert rows[0].day.weekday() == group.weekday


def test_every_answer_that_cannot_be_is_told_at_once():
    alone = next(m.patient_id for m in PLAN.matching.matches if not m.substitute_id)

    with pytest.raises(InputError) as caught:
        hand_back(
            PLAN,
            CLINIC,
            TERMS,
            returned={AWAY[0]: BACK, "C-99": BACK, **ALL_BACK},
            answers={alone: "stays", "P-none": "home", first_placed(PLAN): "perhaps"},
        )

    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "no substitute to stay with" in text
    assert "was not away" in text
    assert "perhaps" in text


@given(st.integers(0, 60), st.integers(1, 6), st.integers(0, 5))
def test_no_place_is_given_twice_and_none_before_the_return(days, bond, notice):
    back = PLAN.monday + timedelta(days=days)
    policy = HandbackPolicy(bond_visits=bond, notice_days=notice)

    homes = hand_back(
        PLAN, CLINIC, TERMS, returned=dict.fromkeys(AWAY, back), policy=policy
    )

    assert all(h.day >= back for h in homes if h.day)
    assert all((h.day is None) == (h.choice == "stays") for h in homes)
    again = hand_back(
        PLAN, CLINIC, TERMS, returned=dict.fromkeys(AWAY, back), policy=policy
    )
    assert again == homes


def test_a_plan_without_dated_times_counts_the_weeks_it_placed():
    undated = replace(PLAN, bookings=())
    policy = HandbackPolicy(bond_visits=3)

    homes = by_patient(
        hand_back(undated, CLINIC, TERMS, returned=ALL_BACK, policy=policy)
    )

    weeks = {
        m.patient_id: len(m.weeks)
        for m in PLAN.matching.matches
        if m.outcome == "placed"
    }
    bonds = {p for p, home in homes.items() if home.reason == "new_bond"}
    assert bonds == {p for p, count in weeks.items() if count >= 3}
    assert bonds


def test_a_visit_that_found_no_time_makes_no_bond():
    patient_id = first_placed(PLAN, visits=3)
    rest = tuple(b for b in PLAN.bookings if b.patient_id != patient_id)

    homes = by_patient(
        hand_back(
            replace(PLAN, bookings=rest),
            CLINIC,
            TERMS,
            returned=ALL_BACK,
            policy=HandbackPolicy(bond_visits=1),
        )
    )

    assert homes[patient_id].choice == "home"
