"""The verb that plans an incident, as a person types it."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from caretime.cli import ExitCode, main
from caretime.cli._strike_policy import read_policy
from caretime.continuity import plan as planning
from caretime.errors import InputError
from caretime.formats import write_system
from caretime.formats.plans import read_plan, write_plan
from caretime.formats.system import read_system
from caretime.model.incident import Incident
from caretime.model.matching import MatchPolicy
from caretime.simulation import make_system

# Plans made one by one, shared with the tests of the verifier.
sys.path.append(str(Path(__file__).parents[1] / "continuity"))
from sound_plans import sound_plan

CLINIC = make_system("clinic-of-eight", seed=1)
MONDAY = CLINIC.first_day
HALF = Incident("half-away", MONDAY, MONDAY - timedelta(days=11), (0.5, 0.5))
ILL = Incident(
    "one-ill",
    MONDAY,
    MONDAY,
    clinician_ids=("C-00001",),
    last_day=MONDAY + timedelta(days=13),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("strike") / "clinic"
    write_system(replace(CLINIC, incidents=(HALF, ILL)), path)
    return path


@pytest.fixture(scope="module")
def stands(folder, tmp_path_factory):
    """Return the folder of a plan that holds."""
    system = read_system(folder)
    path = tmp_path_factory.mktemp("plans") / "plan"
    found = replace(sound_plan(system, HALF), inputs_hash=system.inputs_hash)
    write_plan(replace(found, contract_id=system.contract_in_force), path)
    return path


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main(["strike", *map(str, tokens)])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def plan(capsys, folder, out, *more):
    return run(
        capsys, folder, "--incident", "half-away", "--out", out, "--no-recovery", *more
    )


def test_a_plan_is_checked_told_and_written_with_its_report(capsys, folder, tmp_path):
    out = tmp_path / "plan"

    code, text, _ = plan(capsys, folder, out)

    written = read_plan(out, read_system(folder))
    lines = text.splitlines()
    assert code == ExitCode.DONE
    assert lines[1].strip().startswith("checked")
    assert "no fault" in lines[1]
    assert f"{len(written.series)} patients" in text
    for heading in ("By risk", "The proof", "Why nobody takes over", "Seconds"):
        assert heading in text
    assert written.home
    assert written.recovery is None
    assert (out / "report.html").read_text().startswith("<!doctype html>")


def test_everybody_affected_is_counted_once_by_risk(capsys, folder, tmp_path):
    out = tmp_path / "plan"

    _, text, _ = plan(capsys, folder, out, "--json")

    told = json.loads(text)
    outcomes = ("in_house_within_limit", "in_house_late", "network_within_limit")
    outcomes += ("network_late", "no_time", "waits", "left_out")
    whole = sum(row[name] for row in told["by_tier"] for name in outcomes)
    assert whole == told["affected"] == len(read_plan(out).series)
    assert sum(told["reasons"].values()) == sum(r["left_out"] for r in told["by_tier"])
    assert told["holds"] is True
    assert told["faults"] == []
    assert told["seconds"]["checking"] > 0


def test_lines_fit_a_terminal(capsys, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    _, text, _ = plan(capsys, folder, tmp_path / "p")

    told = [line for line in text.splitlines() if str(tmp_path)[:20] not in line]
    assert max(len(line) for line in told) <= 80


def test_the_backlog_is_told_where_its_end_is_simulated(capsys, folder, tmp_path):
    out = tmp_path / "plan"

    code, text, _ = run(
        capsys,
        *(folder, "--incident", "one-ill", "--out", out, "--replications", "2"),
    )

    found = read_plan(out).recovery
    assert code == ExitCode.DONE
    assert found is not None
    assert found.replications == 2
    assert "backlog over" in text


def test_a_plan_that_stands_is_checked_and_left_as_it_is(capsys, folder, stands):
    before = {p.name: p.read_bytes() for p in stands.iterdir()}

    code, text, _ = run(capsys, folder, "--verify", stands)

    assert code == ExitCode.DONE
    assert "no fault" in text
    assert "nothing was written" in text
    assert {p.name: p.read_bytes() for p in stands.iterdir()} == before


def test_faults_of_a_plan_are_told_first(capsys, folder, stands, tmp_path):
    found, faulty = read_plan(stands), tmp_path / "faulty"
    write_plan(replace(found, contacts=found.contacts[1:]), faulty)

    code, text, _ = run(capsys, folder, "--verify", faulty)

    lines = text.splitlines()
    assert code == ExitCode.BROKEN
    assert "1 fault: this plan does not hold" in lines[1]
    assert "contact (1)" in lines[2]
    assert "nobody is to call" in lines[2]


def test_a_new_plan_with_faults_is_our_bug(capsys, folder, tmp_path, monkeypatch):
    sound = planning.plan_incident

    def forgets_a_call(*args, **options):
        found = sound(*args, **options)
        return replace(found, contacts=found.contacts[1:])

    monkeypatch.setattr(planning, "plan_incident", forgets_a_call)

    code, text, _ = plan(capsys, folder, tmp_path / "plan")

    assert code == ExitCode.BUG
    assert "this plan does not hold" in text


def test_a_table_changed_by_hand_is_refused(capsys, folder, stands, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(stands, changed)
    with (changed / "matches.csv").open("a") as file:
        file.write("\n")
    with (changed / "contacts.csv").open("r+") as file:
        lines = file.readlines()
        file.seek(0)
        file.writelines(lines[:-1])
        file.truncate()

    code, _, err = run(capsys, folder, "--verify", changed)

    assert code == ExitCode.INPUT
    assert "contacts.csv" in err
    assert "changed since this plan was written" in err


def test_a_plan_of_other_inputs_is_refused(capsys, stands, tmp_path):
    other = tmp_path / "other"
    write_system(replace(CLINIC, name="Another clinic", incidents=(HALF,)), other)

    code, _, err = run(capsys, other, "--verify", stands)

    assert code == ExitCode.USAGE
    assert "made from other inputs" in err


def test_an_unknown_incident_is_refused_with_the_nearest(capsys, folder, tmp_path):
    out = tmp_path / "plan"

    code, _, err = run(capsys, folder, "--incident", "half-awa", "--out", out)

    assert code == ExitCode.USAGE
    assert "did you mean half-away?" in err
    assert not out.exists()


def test_a_plan_that_stands_is_replaced_only_by_force(capsys, folder, stands, tmp_path):
    out = tmp_path / "plan"
    shutil.copytree(stands, out)

    refused, _, err = plan(capsys, folder, out)
    kept = (out / "plan.json").read_bytes() == (stands / "plan.json").read_bytes()
    forced, _, _ = plan(capsys, folder, out, "--force")

    assert refused == ExitCode.USAGE
    assert "--force" in err
    assert kept
    assert forced == ExitCode.DONE
    assert (out / "report.html").exists()


def test_files_of_others_are_never_replaced(capsys, folder, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    code, _, err = plan(capsys, folder, tmp_path, "--force")

    assert code == ExitCode.USAGE
    assert "notes.txt" in err
    assert "not ours to replace" in err


def test_nothing_is_written_into_the_care_system(capsys, folder):
    code, _, err = plan(capsys, folder, folder / "plan")

    assert code == ExitCode.USAGE
    assert "inside the care system" in err


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((), ("give --incident", "give --out")),
        (("--verify", "p", "--incident", "half-away"), ("leave out --incident",)),
        (("--based-on", "p", "--out", "o"), ("give --update",)),
        (
            ("--based-on", "p", "--update", "u", "--out", "o", "--incident", "i"),
            ("leave out --incident",),
        ),
    ],
)
def test_what_does_not_go_together_is_refused_at_once(capsys, folder, tokens, words):
    code, _, err = run(capsys, folder, *tokens)

    assert code == ExitCode.USAGE
    assert all(word in err for word in words)


def test_a_range_that_is_not_there_is_refused(capsys, folder, tmp_path):
    code, _, err = plan(capsys, folder, tmp_path / "p", "--path", "shares_low")

    assert code == ExitCode.USAGE
    assert "has no shares_low" in err


def test_a_policy_changes_what_it_names(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("horizon_weeks: 4\nassociates_see_tier_1: yes\n")

    found = read_policy(path)

    assert found == replace(MatchPolicy(), horizon_weeks=4, associates_see_tier_1=True)


def test_every_problem_of_a_policy_is_told(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("horizon_week: 4\nintake_lent: 2\nhorizon_weeks: 17\n")

    with pytest.raises(InputError) as refused:
        read_policy(path)

    told = " ".join(str(problem) for problem in refused.value.problems)
    assert len(refused.value.problems) == 3
    assert "horizon_weeks" in told
    assert "a share, 0 to 1" in told


def test_a_note_says_that_who_is_away_is_drawn(capsys, folder, tmp_path):
    _, _, drawn = plan(capsys, folder, tmp_path / "a")
    _, _, named = run(
        capsys,
        folder,
        "--incident",
        "one-ill",
        "--out",
        tmp_path / "b",
        "--no-recovery",
    )

    assert "who is away is drawn" in drawn
    assert "who is away is drawn" not in named
