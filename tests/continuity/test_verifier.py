"""The verifier reads systems as the planner does, apart from it, and tells no more."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sound_plans import calls, restated, sound_plan, told

import caretime
from caretime.continuity import _verify_series, _verify_supply
from caretime.continuity._verify_scene import Scene, scene_of
from caretime.continuity.verify import verify_plan
from caretime.model.incident import Incident
from caretime.model.matching import LEVELS, Match, MatchPolicy
from caretime.model.request import Extension
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.simulation import make_system

ROOM = Path(caretime.__file__).parent / "continuity"
CLINIC = make_system("clinic-of-eight", seed=1)
FIRST = CLINIC.first_day
NOTICE = FIRST - timedelta(days=11)
NOON = CLINIC.calendar.at(FIRST, 12 * 60)
EIGHT = tuple(c.clinician_id for c in CLINIC.clinicians)


def away(*who: str, first: int = 0, last: int = 27) -> Incident:
    day = FIRST + timedelta(days=first)
    return Incident(
        "I-1", day, NOTICE, clinician_ids=who, last_day=FIRST + timedelta(days=last)
    )


INCIDENTS = {
    "four for four weeks": away(*EIGHT[:4]),
    "one for a week": away(EIGHT[4], last=6),
    "from Wednesday to Tuesday": away(*EIGHT[1:5], first=2, last=8),
    "a falling path": Incident("I-1", FIRST, NOTICE, (0.9, 0.6, 0.3)),
    "nine weeks, eight planned": Incident("I-1", FIRST, NOTICE, (0.4,) * 9),
    "from the third week on": away(*EIGHT[:3], first=16, last=40),
}

SYSTEMS = {
    "clinic": CLINIC,
    "another clinic": make_system("clinic-of-eight", seed=7),
    "north": make_system("northern-california", scale=0.02, seed=2),
}


def contract_of(system: CareSystem):
    return system.contracts[system.contract_in_force]


def scene(plan: StrikePlan, system: CareSystem) -> Scene:
    return scene_of(plan, system, contract_of(system), Update(), None)


def verified(plan: StrikePlan, update: Update | None = None):
    return verify_plan(plan, CLINIC, contract_of(CLINIC), update=update)


@pytest.fixture(scope="module")
def plan() -> StrikePlan:
    return sound_plan(CLINIC, INCIDENTS["four for four weeks"])


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_sound_plan_holds_whatever_the_incident(name: str) -> None:
    made = sound_plan(CLINIC, INCIDENTS[name], MatchPolicy(intake_lent=0.3))

    proof = verified(made)

    assert proof.faults == ()
    assert proof.checked["series"] == len(made.series) > 0
    assert proof.value == made.matching.value
    assert proof.bound <= proof.value


@pytest.mark.parametrize("name", SYSTEMS)
def test_series_read_a_second_time_are_the_same(name: str) -> None:
    system = SYSTEMS[name]
    incident = Incident(
        "I-1", system.first_day, system.first_day - timedelta(days=10), (0.7, 0.5, 0.5)
    )
    made = sound_plan(system, incident)

    again = _verify_series.series_due(scene(made, system))

    assert tuple(again.values()) == made.series


@pytest.mark.parametrize("name", SYSTEMS)
def test_openings_counted_a_second_time_are_the_same(name: str) -> None:
    system = SYSTEMS[name]
    incident = Incident(
        "I-1", system.first_day, system.first_day - timedelta(days=10), (0.5, 0.5, 0.4)
    )
    made = sound_plan(system, incident, MatchPolicy(intake_lent=0.4))
    stage = scene(made, system)
    own = _verify_supply.own_patients(stage)
    shelf = _verify_supply.Shelf(stage)

    again = {
        s.substitute_id: _verify_supply.openings_left(
            stage, shelf, s.substitute_id, own.get(s.substitute_id, ())
        )
        for s in made.substitutes
        if s.kind == "in_house"
    }

    assert again == {
        s.substitute_id: (s.openings, s.intakes)
        for s in made.substitutes
        if s.kind == "in_house"
    }
    assert sum(sum(returns) for returns, _ in again.values()) > 0


def test_the_verifier_reads_nothing_of_the_planner() -> None:
    """Model, rules, tables and numpy: what the planner says is not asked."""
    allowed = ("caretime.model.", "caretime.rules.", "caretime.continuity._verify_")
    files = [ROOM / "verify.py", *ROOM.glob("_verify_*.py")]

    read = {
        node.module
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("care")
    }

    assert len(files) > 10
    assert {name for name in read if not name.startswith(allowed)} == {
        "caretime.tables"
    }


def test_levels_are_told_in_their_order_and_add_up(plan: StrikePlan) -> None:
    proof = verified(plan)

    assert [level.name for level in proof.levels] == list(LEVELS)
    assert proof.value == sum(
        LEVELS[level.name] * level.value for level in proof.levels
    )


def test_who_waits_with_a_clinicians_note_need_not_be_recorded(
    plan: StrikePlan,
) -> None:
    out = next(m for m in plan.matching.matches if m.outcome == "left_out")
    note = Extension("longer_wait", "LCSW", NOON, "May wait until June.")
    answers = (Answer(out.patient_id, "waits", NOON, note),)
    waiting = restated(replace(plan, answers=answers), replace(out, outcome="waits"))
    noted = tuple(
        replace(c, clinician_must_record=c.patient_id != out.patient_id)
        for c in calls(waiting)
    )
    untimed = tuple(c for c in plan.contacts if c.reason == "no_time")

    proof = verified(replace(waiting, contacts=noted + untimed))

    assert proof.faults == ()
    assert proof.value < verified(plan).value


def test_the_last_answer_counts(plan: StrikePlan) -> None:
    one = next(m for m in plan.matching.matches if m.outcome == "placed")
    said = (
        Answer(one.patient_id, "accepted", NOON + timedelta(hours=1)),
        Answer(one.patient_id, "declined", NOON),
    )
    offered = {one.patient_id: one.substitute_id}

    kept = verified(replace(plan, answers=said, offered=offered))
    lost = verified(replace(plan, answers=said[1:], offered=offered))

    assert kept.faults == ()
    assert [fault.kind for fault in lost.faults] == ["declined"]


def test_a_refusal_is_known_when_somebody_else_was_offered_since(
    plan: StrikePlan,
) -> None:
    one = next(m for m in plan.matching.matches if m.outcome == "placed")
    refused = Answer(one.patient_id, "declined", NOON, None, one.substitute_id)
    again = restated(
        replace(plan, answers=(refused,), offered={one.patient_id: "C-00008"})
    )

    proof = verified(again)

    assert [fault.kind for fault in proof.faults] == ["declined"]


def test_who_has_returned_need_not_be_away(plan: StrikePlan) -> None:
    back = FIRST + timedelta(days=7)
    who = EIGHT[0]
    shorter = tuple(
        replace(a, last_day=back - timedelta(days=1)) if a.clinician_id == who else a
        for a in plan.absent
    )
    changed = replace(plan, absent=shorter)

    silent = verified(changed)
    said = verified(replace(changed, known=Update(returned={who: back})))

    assert who in {f.who for f in silent.faults if f.kind == "absent"}
    assert who not in {f.who for f in said.faults if f.kind == "absent"}


def test_a_plan_is_verified_under_its_own_contract_and_weeks(
    plan: StrikePlan,
) -> None:
    with pytest.raises(ValueError, match="made under agreement-x"):
        verified(replace(plan, contract_id="agreement-x"))
    with pytest.raises(ValueError, match="built weeks"):
        verified(replace(plan, roster_hash="abc"))


def test_a_pin_leaves_no_other_choice_in_the_bound(plan: StrikePlan) -> None:
    one = next(m for m in plan.matching.matches if m.outcome == "placed")
    pinned = restated(plan, replace(one, pinned=True))
    update = Update(pins={one.patient_id: one.substitute_id})

    proof = verified(pinned, update)

    assert proof.faults == ()
    assert proof.bound >= verified(plan).bound


def test_who_gets_another_substitute_than_offered_is_counted(
    plan: StrikePlan,
) -> None:
    one = next(m for m in plan.matching.matches if m.outcome == "placed")
    moved = restated(replace(plan, offered={one.patient_id: "C-00008"}))

    proof = verified(moved)

    assert proof.faults == ()
    assert {v.name: v.value for v in proof.levels}["moved_after_offer"] == 1


def test_openings_told_by_an_update_stand_in_place_of_those_counted(
    plan: StrikePlan,
) -> None:
    """More than the week has is told unless the update says so."""
    who = next(s for s in plan.substitutes if s.kind == "in_house")
    more = replace(who, openings=tuple(count + 1 for count in who.openings))
    bigger = replace(
        plan, substitutes=tuple(more if s is who else s for s in plan.substitutes)
    )

    silent = verified(bigger)
    told_of = verified(bigger, Update(openings={who.substitute_id: more.openings}))

    assert "openings" in {fault.kind for fault in silent.faults}
    assert "openings" not in {fault.kind for fault in told_of.faults}


def test_a_free_place_of_somebody_ruled_out_is_no_fault(plan: StrikePlan) -> None:
    """Declining leaves the place free, and the patient may be left out beside it."""
    one = next(
        m
        for m in plan.matching.matches
        if m.outcome == "placed" and m.kind == "network"
    )
    out = restated(plan, Match(one.patient_id, "left_out"))
    kept = tuple(b for b in out.bookings if b.patient_id != one.patient_id)
    offered = replace(out, bookings=kept, offered={one.patient_id: one.substitute_id})
    declined = replace(offered, answers=(Answer(one.patient_id, "declined", NOON),))

    silent, told_of = verified(offered).faults, verified(declined).faults

    place = (one.patient_id, one.substitute_id)
    assert place in {(fault.who, fault.expected) for fault in silent}
    assert place not in {(fault.who, fault.expected) for fault in told_of}


def test_a_plan_without_levels_has_a_bound_all_the_same(plan: StrikePlan) -> None:
    bare = replace(plan, matching=replace(told(plan.series, ()), matches=()))

    proof = verified(bare)

    assert not proof.holds
    assert proof.bound == proof.value == 0
