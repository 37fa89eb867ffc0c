"""A plan written into the book, saved, read, planned on, and called off again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.continuity.affected import affected
from caretime.continuity.plan import add_way_back, plan_incident
from caretime.continuity.replan import replan
from caretime.continuity.undo import apply_plan, call_off
from caretime.continuity.verify import verify_plan
from caretime.formats import write_system
from caretime.formats.system import read_system
from caretime.model.incident import Incident
from caretime.model.strike import Answer, Update
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
FIRST = CLINIC.first_day
FOUR = Incident(
    "four-away",
    FIRST,
    FIRST - timedelta(days=11),
    clinician_ids=tuple(c.clinician_id for c in CLINIC.clinicians[:4]),
    last_day=FIRST + timedelta(days=27),
)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    path = tmp_path_factory.mktemp("before") / "clinic"
    write_system(CLINIC, path)
    return path


@pytest.fixture(scope="module")
def plan(before):
    return plan_incident(read_system(before), FOUR)


@pytest.fixture(scope="module")
def applied(before, plan, tmp_path_factory):
    """Return the folder with the plan in its book."""
    path = tmp_path_factory.mktemp("applied") / "clinic"
    write_system(apply_plan(read_system(before), plan), path)
    return path


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_folder_with_visits_in_the_network_is_read(before, plan, applied):
    network = {t.therapist_id for t in CLINIC.network}
    asked = {m.patient_id for m in plan.matching.matches if m.kind == "network"}
    visits = [b for b in plan.bookings if b.patient_id in asked]

    found = read_system(applied)

    written = [a for a in found.appointments if a.clinician_id in network]
    assert len(written) == len(visits) > 0
    assert {(a.patient_id, a.start) for a in written} == {
        (b.patient_id, b.start) for b in visits
    }
    assert found == replace(
        apply_plan(read_system(before), plan), inputs_hash=found.inputs_hash
    )


def test_a_folder_read_and_called_off_is_the_one_before_to_the_byte(
    before, plan, applied, tmp_path
):
    earlier = read_system(before)

    done = call_off(read_system(applied), earlier, plan)
    write_system(done.system, tmp_path / "after")

    assert done.kept == done.clashes == ()
    assert done.restored > 0
    assert read_system(tmp_path / "after").inputs_hash == earlier.inputs_hash
    assert files(tmp_path / "after") == files(before)


def test_another_incident_is_planned_on_a_book_with_the_network_in_it(applied):
    system = read_system(applied)
    who = system.clinicians[5].clinician_id
    ill = replace(FOUR, incident_id="one-more", clinician_ids=(who,))

    found = plan_incident(system, ill)
    touched = affected(system, ill, seed=1, weeks=4)

    contract = system.contracts[system.contract_in_force]
    assert verify_plan(found, system, contract).faults == ()
    assert touched.visits


def test_who_wants_to_stay_is_proposed_to_stay_until_nobody_is_left(before, plan):
    system = read_system(before)
    contract = system.contracts[system.contract_in_force]
    who = next(m for m in plan.matching.matches if m.outcome == "placed").patient_id
    at = system.calendar.at(FIRST, 9 * 60)
    wish = Update(choices={who: "stays"})
    pinned = Update(
        answers=(Answer(who, "declined", at),), pins={who: ""}, choices={who: "stays"}
    )

    def choice(update):
        again, _ = replan(system, contract, plan, update)
        found = add_way_back(again, system, contract, recovery=False).home
        return next((h.choice, h.reason) for h in found if h.patient_id == who)

    assert choice(Update())[0] == "home"
    assert choice(wish) == ("stays", "own_choice")
    assert choice(pinned)[0] == "home"
