"""``caretime check`` and ``caretime new``, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caretime.cli import main
from caretime.cli.systems import abridged
from caretime.errors import Problem
from caretime.formats import read_system, write_system
from formats.small import small_system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a")
    return tmp_path / "a"


def run(*tokens: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(token) for token in tokens])
    return int(stop.value.code)


def test_a_sound_folder_is_summed_up(folder, capsys):
    code = run("check", folder)

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith("A clinic of three: sound.\n")
    assert "patients                5\n" in out
    assert "for 5 returns due" in out


def test_problems_end_with_code_three(folder, capsys):
    file = folder / "clinicians.csv"
    file.write_text(file.read_text().replace("LMFT", "LMTF"))

    code = run("check", folder)

    captured = capsys.readouterr()
    assert code == 3
    assert "clinicians.csv:3 license: unknown license 'LMTF'" in captured.out
    assert "did you mean LMFT?" in captured.out
    assert captured.err == f"1 problem in {folder}.\n"


def test_a_folder_that_is_not_there_ends_with_code_three(tmp_path, capsys):
    assert run("check", tmp_path / "nowhere") == 3
    assert "there is no such folder" in capsys.readouterr().out


def test_json_holds_every_problem_and_a_summary(folder, capsys):
    run("check", folder, "--json")
    sound = json.loads(capsys.readouterr().out)
    file = folder / "appointments.csv"
    file.write_text(file.read_text().replace(",50,", ",5000,"))

    code = run("check", folder, "--json")

    broken = json.loads(capsys.readouterr().out)
    assert code == 3
    assert sound["problems"] == []
    assert sound["summary"]["rows"]["appointments"] == 4
    assert broken["summary"] is None
    assert [problem["row"] for problem in broken["problems"]] == [2, 3, 4, 5]


def test_many_problems_of_a_kind_are_shortened():
    many = [
        Problem("a.csv", row, "fte", f"found '{row}x', expected a number")
        for row in range(2, 3_419)
    ]

    lines = list(abridged([*many, Problem("a.csv", 4, "zip", "is empty")]))

    assert len(lines) == 7
    assert lines[5] == "a.csv fte: and 3,412 more like this, the first in line 7"
    assert lines[6] == "a.csv:4 zip: is empty"


@pytest.mark.parametrize("name", ["b", "b.xlsx"])
def test_a_new_system_is_sound_and_the_same_every_time(tmp_path, name, capsys):
    excel = ["--excel"] if name.endswith("xlsx") else []

    code = run("new", tmp_path / "b", "--seed", 4, *excel)

    assert code == 0
    first = read_system(tmp_path / name)
    assert run("new", tmp_path / name, "--seed", 4, "--force") == 0
    assert read_system(tmp_path / name) == first
    assert run("new", tmp_path / name, "--seed", 5, "--force") == 0
    assert read_system(tmp_path / name).inputs_hash != first.inputs_hash
    assert run("check", tmp_path / name) == 0
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert "clinicians" in capsys.readouterr().err


def test_a_new_system_does_not_overwrite(folder, capsys):
    before = read_system(folder)

    code = run("new", folder)

    assert code == 3
    assert "is not empty (choose another name, or --force" in capsys.readouterr().err
    assert read_system(folder) == before


def test_force_does_not_remove_the_files_of_others(folder, capsys):
    (folder / "letter.docx").write_bytes(b"mine")

    code = run("new", folder, "--force")

    assert code == 3
    assert "no part of a system: letter.docx" in capsys.readouterr().err
    assert (folder / "letter.docx").read_bytes() == b"mine"


@pytest.mark.parametrize("scale", ["-1", "0", "nan", "7.1", "1e9", "inf"])
@pytest.mark.parametrize("example", ["southern-california", "clinic-of-eight"])
def test_a_scale_that_makes_no_system_is_wrong_usage(tmp_path, capsys, scale, example):
    code = run("new", tmp_path / "b", "--example", example, "--scale", scale)

    assert code == 2
    assert "expected a scale above 0 and at most 7, got" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_doubts_of_a_contract_are_told_by_check(folder, capsys):
    (folder / "contracts" / "mine.yaml").write_text(
        "contract: {id: mine, title: Mine, effective: 2025-01-01,\n"
        "           standing: union, source: made}\n"
        "clauses: []\n"
    )

    code = run("check", folder)

    assert code == 0
    assert (
        "contracts/mine.yaml:1 contract: no clause of kind" in capsys.readouterr().err
    )
