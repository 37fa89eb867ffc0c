"""A plan goes into the book and comes out of it without a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hand_made_plans import plan_for
from hypothesis import given
from hypothesis import strategies as st

from caretime.continuity.undo import apply_plan, call_off
from caretime.errors import PlanError
from caretime.formats.hashes import system_hash
from caretime.model.care import Appointment
from caretime.model.strike import StrikePlan
from caretime.model.system import CareSystem
from caretime.model.way_back import KEPT_WHY
from caretime.simulation import make_system
from strategies import systems

CLINIC = make_system("clinic-of-eight", seed=1)
AWAY = tuple(c.clinician_id for c in CLINIC.clinicians[:4])
PLAN = plan_for(CLINIC, AWAY)


def row(system: CareSystem, appointment_id: str) -> Appointment:
    return next(a for a in system.appointments if a.appointment_id == appointment_id)


def with_row(system: CareSystem, changed: Appointment) -> CareSystem:
    rows = [
        changed if a.appointment_id == changed.appointment_id else a
        for a in system.appointments
    ]
    return replace(system, appointments=tuple(rows))


def placed(plan: StrikePlan, kind: str = "in_house") -> list[tuple[str, str, str]]:
    """Patient, appointment and substitute of each series placed with a kind."""
    return [
        (s.patient_id, s.appointment_id, m.substitute_id)
        for s, m in zip(plan.series, plan.matching.matches, strict=True)
        if m.kind == kind
    ]


def test_the_next_visit_moves_to_the_substitute_and_keeps_its_id_and_request():
    _, appointment_id, substitute = placed(PLAN)[0]
    old = row(CLINIC, appointment_id)

    new = row(apply_plan(CLINIC, PLAN), appointment_id)

    assert new.clinician_id == substitute
    assert new.start == old.start + timedelta(days=1)
    assert new.requested_at == old.requested_at
    assert new.offered_at == old.offered_at


def test_later_visits_are_new_rows_whose_clock_starts_at_the_visit_before():
    patient_id = next(b.patient_id for b in PLAN.bookings if b.number == 3)
    visits = sorted(
        (b for b in PLAN.bookings if b.patient_id == patient_id),
        key=lambda b: b.number,
    )

    system = apply_plan(CLINIC, PLAN)

    third = row(system, f"I-1.{patient_id}.3")
    assert third.start == visits[2].start
    assert third.requested_at == visits[1].start
    assert third.visit_type == "return"


def test_who_waits_or_was_left_out_keeps_the_appointment_as_it_was():
    without = {
        s.appointment_id
        for s, m in zip(PLAN.series, PLAN.matching.matches, strict=True)
        if m.outcome != "placed"
    }

    system = apply_plan(CLINIC, PLAN)

    assert without
    assert all(row(system, i) == row(CLINIC, i) for i in without)


def test_nothing_but_the_book_and_the_groups_changes():
    system = apply_plan(CLINIC, PLAN)

    same = replace(
        system,
        appointments=CLINIC.appointments,
        groups=CLINIC.groups,
        inputs_hash=CLINIC.inputs_hash,
    )
    assert same == CLINIC


def test_a_covered_group_is_led_by_the_substitute_on_the_days_of_the_plan():
    group = CLINIC.groups[0]
    substitute = next(
        c.clinician_id for c in CLINIC.clinicians if c.clinician_id != group.leader_id
    )
    plan = plan_for(
        CLINIC,
        [group.leader_id],
        weeks=2,
        covers={group.group_id: ("substitute", substitute)},
    )

    system = apply_plan(CLINIC, plan)

    assert system.groups[0].leader_id == substitute
    sessions = [
        (new.start.date(), new.clinician_id)
        for new, old in zip(system.appointments, CLINIC.appointments, strict=False)
        if old.visit_type == "group" and old.clinician_id == group.leader_id
    ]
    assert sessions
    for day, leader in sessions:
        inside = day in plan.groups[0].sessions
        assert leader == (substitute if inside else group.leader_id)


def test_a_plan_is_not_applied_twice():
    once = apply_plan(CLINIC, PLAN)

    with pytest.raises(PlanError, match="applied before"):
        apply_plan(once, PLAN)


def test_an_incident_called_off_gives_the_system_back_to_the_bit():
    off = call_off(apply_plan(CLINIC, PLAN), CLINIC, PLAN)

    moved = sum(b.number == 1 for b in PLAN.bookings)
    added = len(PLAN.bookings) - moved
    assert off.system == CLINIC
    assert off.restored == moved + added
    assert off.kept == ()
    assert off.clashes == ()


def test_a_visit_held_since_stays_and_is_told():
    _, appointment_id, _ = placed(PLAN)[0]
    now = apply_plan(CLINIC, PLAN)
    held = replace(row(now, appointment_id), status="attended")

    off = call_off(with_row(now, held), CLINIC, PLAN)

    assert row(off.system, appointment_id) == held
    assert [(k.row_id, k.why) for k in off.kept] == [(appointment_id, "held")]


def test_a_row_that_somebody_edited_stays_and_is_told():
    _, appointment_id, _ = placed(PLAN, "network")[0]
    now = apply_plan(CLINIC, PLAN)
    edited = replace(row(now, appointment_id), minutes=25)

    off = call_off(with_row(now, edited), CLINIC, PLAN)

    assert row(off.system, appointment_id) == edited
    assert [(k.row_id, k.why) for k in off.kept] == [(appointment_id, "edited")]


def test_a_row_that_somebody_took_out_is_not_put_back():
    _, appointment_id, _ = placed(PLAN)[0]
    now = apply_plan(CLINIC, PLAN)
    rest = tuple(a for a in now.appointments if a.appointment_id != appointment_id)

    off = call_off(replace(now, appointments=rest), CLINIC, PLAN)

    assert appointment_id not in {a.appointment_id for a in off.system.appointments}
    assert [(k.row_id, k.why) for k in off.kept] == [(appointment_id, "removed")]


def test_a_time_given_away_since_is_told_beside_the_row_that_takes_it_again():
    _, appointment_id, _ = placed(PLAN)[0]
    now = apply_plan(CLINIC, PLAN)
    old = row(CLINIC, appointment_id)
    taken = replace(old, appointment_id="A-new", start=old.start + timedelta(minutes=5))
    now = replace(now, appointments=(*now.appointments, taken))

    off = call_off(now, CLINIC, PLAN)

    assert off.clashes == ((appointment_id, "A-new"),)
    assert row(off.system, appointment_id) == old
    assert row(off.system, "A-new") == taken


def test_some_who_return_early_get_only_their_own_rows_back():
    back = AWAY[0]
    now = apply_plan(CLINIC, PLAN)

    off = call_off(now, CLINIC, PLAN, returned={back: PLAN.monday})

    theirs = {s.patient_id for s in PLAN.series if s.clinician_id == back}
    assert theirs
    for a in off.system.appointments:
        before = next(
            (b for b in CLINIC.appointments if b.appointment_id == a.appointment_id),
            None,
        )
        if a.patient_id in theirs:
            assert a == before
        else:
            assert a == row(now, a.appointment_id)


def test_returns_one_by_one_end_where_a_return_of_all_ends():
    now = apply_plan(CLINIC, PLAN)
    for who in AWAY:
        now = call_off(now, CLINIC, PLAN, returned={who: PLAN.monday}).system

    assert now == CLINIC


def test_nothing_before_today_changes_and_nothing_goes_back_to_a_day_before_it():
    today = PLAN.monday + timedelta(days=2)
    now = apply_plan(CLINIC, PLAN)
    earlier = {a.appointment_id: a for a in CLINIC.appointments}

    off = call_off(now, CLINIC, PLAN, today=today)

    found = {a.appointment_id: a for a in off.system.appointments}
    over = [a for a in now.appointments if a.start.date() < today]
    # The plan moved these from Tuesday to Wednesday: Tuesday is over.
    late = [
        a
        for a in now.appointments
        if a.start.date() >= today
        and a.appointment_id in earlier
        and earlier[a.appointment_id].start.date() < today
    ]
    assert over
    assert late
    assert all(found[a.appointment_id] == a for a in (*over, *late))
    assert {k.why for k in off.kept} == {"past"}
    later = sum(b.start.date() >= today for b in PLAN.bookings)
    assert off.restored == later - len(late) > 0


def test_whoever_is_back_on_a_day_sees_patients_again_from_that_day_on():
    back, day = AWAY[0], PLAN.monday + timedelta(days=14)
    now = apply_plan(CLINIC, PLAN)

    off = call_off(now, CLINIC, PLAN, returned={back: day})

    theirs = {s.patient_id for s in PLAN.series if s.clinician_id == back}
    with_substitute = [
        a
        for a in off.system.appointments
        if a.patient_id in theirs and a.clinician_id != back and a.status == "booked"
    ]
    assert off.restored
    assert with_substitute
    assert {k.why for k in off.kept} == {"past"}
    assert all(a.start.date() < day for a in with_substitute)


def test_who_wants_to_stay_with_the_substitute_stays_there():
    patient_id = next(b.patient_id for b in PLAN.bookings if b.number == 3)
    now = apply_plan(CLINIC, PLAN)

    off = call_off(now, CLINIC, PLAN, staying=[patient_id])

    theirs = [a for a in now.appointments if a.patient_id == patient_id]
    assert [a for a in off.system.appointments if a.patient_id == patient_id] == theirs
    visits = sum(b.patient_id == patient_id for b in PLAN.bookings)
    assert [k.why for k in off.kept] == ["stays"] * visits
    assert off.restored == len(PLAN.bookings) - visits


def _some_plan(data: st.DataObject, system: CareSystem) -> StrikePlan:
    staff = [c.clinician_id for c in system.clinicians]
    away = data.draw(st.lists(st.sampled_from(staff), min_size=1, unique=True))
    starts = [a.start.date() for a in system.appointments]
    covers = {
        g.group_id: ("substitute", data.draw(st.sampled_from(staff)))
        for g in system.groups
        if data.draw(st.booleans())
    }
    return plan_for(
        system,
        away,
        first_day=min(starts, default=date(2024, 10, 21)),
        weeks=data.draw(st.integers(1, 8)),
        covers=covers,
    )


@given(systems(), st.data())
def test_apply_then_call_off_gives_any_system_back(system, data):
    plan = _some_plan(data, system)

    off = call_off(apply_plan(system, plan), system, plan)

    assert off.system == system
    assert system_hash(off.system) == system_hash(system)
    assert off.kept == ()


@given(systems(), st.data())
def test_between_edits_untouched_rows_are_restored_and_edited_ones_listed(system, data):
    plan = _some_plan(data, system)
    now = apply_plan(system, plan)
    before = {a.appointment_id: a for a in system.appointments}
    rows, touched = [], set()
    for a in now.appointments:
        edit = data.draw(st.sampled_from(("none", "none", "minutes", "held", "out")))
        if edit == "minutes":
            a = replace(a, minutes=a.minutes + 1)
        elif edit == "held":
            a = replace(a, status="no_show")
        if edit != "none":
            touched.add(a.appointment_id)
        if edit != "out":
            rows.append(a)
    now = replace(now, appointments=tuple(rows))

    off = call_off(now, system, plan)

    found = {a.appointment_id: a for a in off.system.appointments}
    for a in rows:
        if a.appointment_id in touched:
            assert found[a.appointment_id] == a
        else:
            assert found.get(a.appointment_id) == before.get(a.appointment_id)
    wrote = {
        a.appointment_id
        for a in apply_plan(system, plan).appointments
        if before.get(a.appointment_id) != a
    }
    gone = {i for i in touched if i not in found}
    expected = {i for i in touched & wrote if i in before or i not in gone}
    assert {k.row_id for k in off.kept if k.table == "appointments"} == expected
    assert {k.why for k in off.kept} <= set(KEPT_WHY)
