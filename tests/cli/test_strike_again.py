"""Planning again from the command line, the range, and what an update may not say."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.cli import ExitCode, main
from caretime.continuity.affected import affected
from caretime.formats import read_plan, write_system
from caretime.model.incident import Incident
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
MONDAY = CLINIC.first_day
STRIKE = Incident(
    "strike",
    MONDAY,
    MONDAY - timedelta(days=11),
    shares=(0.5, 0.5),
    shares_low=(0.25, 0.25),
    shares_high=(0.9, 0.9),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("again") / "clinic"
    write_system(replace(CLINIC, incidents=(STRIKE,)), path)
    return path


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main(["strike", *map(str, tokens)])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


@pytest.fixture
def plan(capsys, folder, tmp_path):
    out = tmp_path / "plan"
    code, _, _ = run(
        capsys, folder, "--incident", "strike", "--out", out, "--no-recovery"
    )
    assert code == ExitCode.DONE
    return out


def tell(path, name, *rows):
    path.mkdir(exist_ok=True)
    with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def placed(plan):
    return [m for m in read_plan(plan).matching.matches if m.outcome == "placed"]


def test_the_first_screen_says_what_the_ends_of_the_range_would_change(
    capsys, folder, tmp_path
):
    _, text, _ = run(
        capsys, folder, "--incident", "strike", "--out", tmp_path / "p", "--no-recovery"
    )

    found = affected(CLINIC, STRIKE).range
    told = " ".join(text.split())
    assert f"low end {found.low.clinicians} away and {found.low.people} pat" in told
    assert f"high end {found.high.clinicians} away and {found.high.people} pat" in told


def test_an_end_of_the_range_is_planned_where_it_is_asked_for(capsys, folder, tmp_path):
    asked = (folder, "--incident", "strike", "--no-recovery", "--json")

    _, low, _ = run(capsys, *asked, "--out", tmp_path / "low", "--path", "shares_low")
    _, high, _ = run(capsys, *asked, "--out", tmp_path / "hi", "--path", "shares_high")

    assert json.loads(low)["affected"] < json.loads(high)["affected"]
    assert read_plan(tmp_path / "low").incident.shares == STRIKE.shares_low


def test_who_declined_is_planned_again_and_the_rest_rests(
    capsys, folder, plan, tmp_path
):
    one, *others = placed(plan)
    news = tell(
        tmp_path / "news",
        "answers",
        ("patient_id", "answer", "at"),
        (one.patient_id, "declined", f"{MONDAY}T09:00:00-07:00"),
    )

    code, text, _ = run(
        capsys,
        *(folder, "--based-on", plan, "--update", news, "--out", tmp_path / "b"),
        *("--no-recovery", "--json"),
    )

    told, again = json.loads(text), read_plan(tmp_path / "b")
    now = {m.patient_id: m.substitute_id for m in again.matching.matches}
    assert code == ExitCode.DONE
    assert now[one.patient_id] != one.substitute_id
    assert told["changes"]["by_reason"]["declined"] == 1
    assert told["changes"]["unchanged"] >= len(others)
    assert again.answers[0].substitute_id == one.substitute_id


def test_a_plan_made_again_tells_what_is_otherwise(capsys, folder, plan, tmp_path):
    first = placed(plan)[0].patient_id
    news = tell(tmp_path / "news", "pins", ("patient_id", "substitute_id"), (first, ""))

    code, text, _ = run(
        capsys,
        *(folder, "--based-on", plan, "--update", news, "--out", tmp_path / "b"),
        "--no-recovery",
    )

    assert code == ExitCode.DONE
    assert "Since the plan before" in text
    assert "patients have nobody now" in text
    assert "no fault" in text


def test_an_update_about_nobody_is_refused_and_writes_nothing(
    capsys, folder, plan, tmp_path
):
    news = tell(
        tmp_path / "news", "pins", ("patient_id", "substitute_id"), ("P-9", "C-00001")
    )

    code, _, err = run(
        capsys,
        *(folder, "--based-on", plan, "--update", news, "--out", tmp_path / "b"),
    )

    assert code == ExitCode.INPUT
    assert "pins.csv:2 patient_id: 'P-9' has no series in this plan" in err
    assert not (tmp_path / "b").exists()


def test_a_decision_that_cannot_be_is_refused_and_writes_nothing(
    capsys, folder, plan, tmp_path
):
    one = placed(plan)[0]
    away = read_plan(plan).absent[0].clinician_id
    news = tell(
        tmp_path / "news",
        "pins",
        ("patient_id", "substitute_id"),
        (one.patient_id, away),
    )

    code, _, err = run(
        capsys,
        *(folder, "--based-on", plan, "--update", news, "--out", tmp_path / "b"),
    )

    assert code == ExitCode.INPUT
    assert f"{one.patient_id}: {away} is" in err
    assert not (tmp_path / "b").exists()


def test_a_plan_made_again_can_be_checked_by_itself(capsys, folder, plan, tmp_path):
    back = read_plan(plan).absent[0].clinician_id
    news = tell(
        tmp_path / "news",
        "returned",
        ("clinician_id", "day"),
        (back, MONDAY + timedelta(days=7)),
    )
    run(
        capsys,
        *(folder, "--based-on", plan, "--update", news, "--out", tmp_path / "b"),
        "--no-recovery",
    )

    code, text, _ = run(capsys, folder, "--verify", tmp_path / "b")

    assert code == ExitCode.DONE
    assert "no fault" in text
