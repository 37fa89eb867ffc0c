"""What is said of weeks, and what of a builder's statement holds for them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from caretime.cli import main
from caretime.cli._roster_answer import RosterAnswer
from caretime.cli._roster_tables import STATUSES, _got, print_answer
from caretime.cli._week_tables import week_table
from caretime.formats import casebook_contract
from caretime.formats.rosters import read_result
from caretime.formats.system import read_system
from caretime.model.outcome import Preference
from caretime.model.week import Block, Template


def check(capsys, *tokens):
    with pytest.raises(SystemExit):
        main(["check", *(str(token) for token in tokens)])
    shown = capsys.readouterr()
    return shown.out, shown.err


def words(text):
    """Return a text without the line breaks that the terminal's width decides."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A clinic of eight and its built weeks."""
    root = tmp_path_factory.mktemp("rosters")
    folder, built = root / "clinic", root / "built"
    contract = ("--contract", "socal-2025-settlement")
    for tokens in (
        ("new", folder, "--example", "clinic-of-eight"),
        ("roster", folder, *contract, "--out", built),
    ):
        with pytest.raises(SystemExit):
            main([str(token) for token in tokens])
    return SimpleNamespace(folder=folder, built=built)


@pytest.fixture
def edited(made, tmp_path):
    """The built weeks with one visit struck out."""
    folder = shutil.copytree(made.built, tmp_path / "edited")
    lines = (folder / "roster.csv").read_text().splitlines(keepends=True)
    lines.remove(next(line for line in lines if ",return," in line))
    (folder / "roster.csv").write_text("".join(lines))
    return folder


def test_stated_points_are_counted_again_from_the_blocks(made, capsys):
    out, _ = check(capsys, made.folder, "--roster", made.built)

    said = words(out)
    objective = json.loads((made.built / "result.json").read_text())["objective"]
    assert f"without kept blocks: {objective:,} points, as stated." in said
    assert "are the builder's statement" in said
    assert "(seed 1, budget 60) recomputes them" in said
    assert "edited" not in said


def test_weeks_edited_after_their_statement_are_told(made, edited, capsys):
    out, _ = check(capsys, made.folder, "--roster", edited)

    said = words(out)
    assert "roster.csv was edited since result.json was written" in said
    assert "are stated." in said


def test_a_false_objective_in_the_statement_is_told_as_data(made, capsys, tmp_path):
    folder = shutil.copytree(made.built, tmp_path / "false")
    body = json.loads((folder / "result.json").read_text())
    body["objective"] += 1000
    body["gap"] = (body["bound"] - body["objective"]) / body["bound"]
    (folder / "result.json").write_text(json.dumps(body))

    out, _ = check(capsys, made.folder, "--roster", folder, "--json")

    stated = json.loads(out)["stated"]
    assert not stated["edited"]
    assert stated["stated_points"] == stated["counted_points"] + 1000


def test_points_are_not_counted_by_a_contract_they_were_not_stated_for(made, capsys):
    out, _ = check(
        capsys,
        *(made.folder, "--roster", made.built, "--contract", "socal-2021-in-force"),
    )

    assert "Points are not counted again" in words(out)


def test_weeks_without_a_contract_say_which_one_judges(made, capsys):
    _, err = check(capsys, made.folder, "--roster", made.built / "roster.csv")

    assert "judged by socal-2021-in-force, the contract in force; --contract" in err


def test_weeks_with_a_wide_gap_do_not_read_as_unfinished(made, capsys):
    system = read_system(made.folder)
    result = replace(read_result(made.built, system), status="wide_gap")
    answer = RosterAnswer(
        system=system,
        contract=casebook_contract("socal-2025-settlement"),
        roster=result.roster,
        result=result,
        violations=(),
        clinicians=system.clinicians,
    )

    print_answer(answer, Console(highlight=False))

    said = words(capsys.readouterr().out)
    assert STATUSES["wide_gap"] in said
    assert "status search finished, weeks valid" in said


def test_a_free_day_keeps_its_name_and_its_width(capsys):
    week = Template((Block(540, 50, "return"), Block(1980, 50, "return")))

    Console(width=80).print(week_table("", week, places=("S-01", "telehealth")))

    shown = capsys.readouterr().out
    names = next(line for line in shown.splitlines() if "Mon" in line)
    assert names.split() == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert names.index("Fri") - names.index("Thu") > len("telehealth")


def test_one_of_anything_stands_in_the_singular():
    one = Preference("long_runs", 1, 0, "visits", -40)

    assert _got(one, penalty=True) == "1 visit, 0 at best"
