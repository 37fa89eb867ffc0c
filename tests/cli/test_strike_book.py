"""A plan into the book and out of it, as a person types it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.cli import ExitCode, main
from caretime.continuity import undo
from caretime.formats import write_system
from caretime.formats.plans import read_plan, write_plan
from caretime.formats.system import read_system
from caretime.model.incident import Incident
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
MONDAY = CLINIC.first_day
THREE = Incident(
    "three-away",
    MONDAY,
    MONDAY - timedelta(days=11),
    clinician_ids=tuple(c.clinician_id for c in CLINIC.clinicians[:3]),
    last_day=MONDAY + timedelta(days=27),
)


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main(["strike", *map(str, tokens)])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def with_rows(folder, target, change):
    """Write the system of a folder anew, its book changed."""
    system = read_system(folder)
    write_system(
        replace(system, appointments=tuple(change(system.appointments))), target
    )
    return target


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "clinic"
    write_system(replace(CLINIC, incidents=(THREE,)), path)
    return path


@pytest.fixture(scope="module")
def plan(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("plans") / "plan"
    with pytest.raises(SystemExit) as left:
        main(f"strike {folder} --incident three-away --no-recovery --out {out}".split())
    assert left.value.code == ExitCode.DONE
    return out


@pytest.fixture(scope="module")
def booked(folder, plan, tmp_path_factory):
    """Return the folder with the plan in its book."""
    out = tmp_path_factory.mktemp("booked") / "clinic"
    with pytest.raises(SystemExit) as left:
        main(["strike", str(folder), "--apply", str(plan), "--out", str(out)])
    assert left.value.code == ExitCode.DONE
    return out


def test_a_plan_is_told_and_not_written_without_a_folder(
    capsys, folder, plan, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = files(folder.parent), files(plan)

    code, text, _ = run(capsys, folder, "--apply", plan)

    assert code == ExitCode.DONE
    assert "no fault" in text
    assert "nothing was written; name a new folder with --out" in text
    assert (files(folder.parent), files(plan)) == before
    assert not list(tmp_path.iterdir())


def test_the_folder_has_the_visits_of_the_plan_and_the_numbers_told(
    capsys, folder, plan, booked
):
    _, text, _ = run(capsys, folder, "--apply", plan, "--json")

    told, found = json.loads(text), read_plan(plan)
    book = {(a.patient_id, a.start): a for a in read_system(booked).appointments}
    assert told["holds"] is True
    assert told["moved"] + told["added"] == len(found.bookings) > 0
    assert told["proposed"] == sum(b.standing == "proposed" for b in found.bookings)
    assert told["inputs_hash"] == read_system(booked).inputs_hash
    for visit in found.bookings:
        assert book[visit.patient_id, visit.start].clinician_id == visit.substitute_id


def test_called_off_the_folder_is_what_it_was_to_the_byte(
    capsys, folder, plan, booked, tmp_path
):
    out = tmp_path / "again"

    code, text, _ = run(
        capsys, booked, "--call-off", plan, "--before", folder, "--out", out
    )

    assert code == ExitCode.DONE
    assert "no row of the plan" in text
    assert "to be booked" not in text
    assert files(out) == files(folder)


def test_touched_rows_stay_and_are_named(capsys, folder, plan, booked, tmp_path):
    series = {s.appointment_id for s in read_plan(plan).series}
    rows = read_system(booked).appointments
    before = {a.appointment_id: a for a in read_system(folder).appointments}
    held, shorter = [
        a.appointment_id
        for a in rows
        if a.appointment_id in series and a != before[a.appointment_id]
    ][:2]

    def lived(rows):
        for a in rows:
            if a.appointment_id == held:
                a = replace(a, status="attended")
            elif a.appointment_id == shorter:
                a = replace(a, minutes=20)
            yield a

    now = with_rows(booked, tmp_path / "now", lived)
    out = tmp_path / "again"

    code, text, _ = run(
        capsys, now, "--call-off", plan, "--before", folder, "--out", out
    )

    lines = [" ".join(line.split()) for line in text.splitlines()]
    after = {a.appointment_id: a for a in read_system(out).appointments}
    lived_with = {a.appointment_id: a for a in read_system(now).appointments}
    assert code == ExitCode.DONE
    assert f"appointments {held} held since" in lines
    assert f"appointments {shorter} edited since" in lines
    assert after[held] == lived_with[held]
    assert after[shorter] == lived_with[shorter]
    assert all(after[i] == before[i] for i in before if i not in (held, shorter))


def test_who_is_back_and_who_stays_comes_from_the_update(
    capsys, folder, plan, booked, tmp_path
):
    found = read_plan(plan)
    back = THREE.clinician_ids[0]
    placed = {m.patient_id for m in found.matching.matches if m.outcome == "placed"}
    theirs = {s.patient_id for s in found.series if s.clinician_id == back} & placed
    stays = min(theirs)
    update = tmp_path / "friday"
    update.mkdir()
    for name, *rows in (
        ("returned", ("clinician_id", "day"), (back, MONDAY)),
        ("choices", ("patient_id", "choice"), (stays, "stays")),
    ):
        with (update / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)

    code, text, _ = run(
        capsys,
        *(booked, "--call-off", plan, "--before", folder, "--update", update),
        *("--out", tmp_path / "after", "--json"),
    )

    told = json.loads(text)
    earlier = {a.appointment_id: a for a in read_system(folder).appointments}
    was = {a.appointment_id: a for a in read_system(booked).appointments}
    after = {a.appointment_id: a for a in read_system(tmp_path / "after").appointments}
    assert code == ExitCode.DONE
    assert {one["why"] for one in told["kept"]} == {"stays"}
    assert told["moved"] > 0
    for i, a in was.items():
        home = a.patient_id in theirs - {stays}
        assert after.get(i) == (earlier.get(i) if home else a)


def test_a_plan_with_faults_is_not_written(capsys, folder, plan, tmp_path):
    found, faulty, out = read_plan(plan), tmp_path / "faulty", tmp_path / "booked"
    write_plan(replace(found, contacts=found.contacts[1:]), faulty)

    code, text, _ = run(capsys, folder, "--apply", faulty, "--out", out)

    assert code == ExitCode.BROKEN
    assert "1 fault: this plan does not hold" in text
    assert "nothing was written" in text
    assert not out.exists()


def test_an_hour_given_away_since_is_settled_before_anything_is_written(
    capsys, folder, plan, booked, tmp_path
):
    before = {a.appointment_id: a for a in read_system(folder).appointments}
    moved = next(
        before[a.appointment_id]
        for a in read_system(booked).appointments
        if a.appointment_id in before and a != before[a.appointment_id]
    )
    day = moved.start.date()
    busy = {a.patient_id for a in before.values() if a.start.date() == day}
    other = next(p for p in CLINIC.patients if p.patient_id not in busy)
    taken = replace(moved, appointment_id="A-new", patient_id=other.patient_id)
    now = with_rows(booked, tmp_path / "now", lambda rows: (*rows, taken))
    out = tmp_path / "again"

    code, text, _ = run(
        capsys, now, "--call-off", plan, "--before", folder, "--out", out
    )

    assert code == ExitCode.INPUT
    assert f"{moved.appointment_id} A-new" in " ".join(text.split())
    assert "overlaps" in text
    assert not out.exists()


def test_a_fault_in_the_middle_leaves_the_former_folder_whole(
    capsys, folder, plan, booked, tmp_path, monkeypatch
):
    out = tmp_path / "clinic"
    write_system(read_system(folder), out)
    before = files(tmp_path)
    monkeypatch.setattr(undo, "apply_plan", lambda system, plan: 1 / 0)

    code, _, _ = run(capsys, folder, "--apply", plan, "--out", out, "--force")

    assert code == ExitCode.BUG
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (("--apply", "p", "--call-off", "p"), ("--apply and --call-off do not go",)),
        (
            ("--apply", "p", "--update", "u", "--before", "b"),
            ("leave out --update", "leave out --before"),
        ),
        (("--call-off", "p", "--policy", "y"), ("leave out --policy", "give --before")),
        (("--incident", "i", "--today", "2024-10-21"), ("--today", "give --out")),
    ],
)
def test_what_does_not_go_together_is_told_at_once(capsys, folder, tokens, words):
    code, _, err = run(capsys, folder, *tokens)

    assert code == ExitCode.USAGE
    assert all(word in err for word in words)


@pytest.mark.parametrize("inside", ["clinic", "plan"])
def test_nothing_is_written_into_what_is_read(capsys, folder, plan, inside):
    place = {"clinic": folder, "plan": plan}[inside] / "new"

    code, _, err = run(capsys, folder, "--apply", plan, "--out", place)

    assert code == ExitCode.USAGE
    assert "write it elsewhere" in err


def test_answers_to_offers_have_no_place_where_a_plan_is_called_off(
    capsys, folder, plan, booked, tmp_path
):
    pins = tmp_path / "pins.csv"
    who = read_plan(plan).series[0].patient_id
    pins.write_text(f"patient_id,substitute_id\n{who},\n")

    code, _, err = run(
        capsys, booked, "--call-off", plan, "--before", folder, "--update", pins
    )

    assert code == ExitCode.USAGE
    assert "leave out pins" in err
