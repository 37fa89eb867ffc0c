"""Exit codes, JSON and notes of the command line, whatever the verb."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from cyclopts import App

from caretime import cli
from caretime.cli import ExitCode, as_json, main, progress
from caretime.errors import InputError, PlanError, Problem, warn_assumption

PROBLEM = Problem(
    "clinicians.csv", 7, "license", "unknown license 'LCWS'", "did you mean LCSW?"
)


@pytest.fixture
def verb(monkeypatch):
    """Return a function that makes ``caretime try`` do as told."""

    def install(body):
        application = App(name="caretime")

        @application.command(name="try")
        def attempt(*, json: bool = False) -> int | None:
            return body()

        monkeypatch.setattr(cli, "app", lambda: application)

    return install


def run(*tokens: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(tokens))
    return int(stop.value.code)


def raising(error: BaseException):
    def body():
        raise error

    return body


def test_a_verb_that_returns_nothing_exits_with_0(verb):
    verb(lambda: None)

    assert run("try") == ExitCode.DONE == 0


@pytest.mark.parametrize("code", [ExitCode.BROKEN, ExitCode.INFEASIBLE])
def test_a_verb_chooses_its_own_answer_code(verb, code):
    verb(lambda: code)

    assert run("try") == code


def test_an_unforeseen_error_exits_with_1_and_says_where_to_report(verb, capsys):
    verb(raising(KeyError("a name that must not be shown")))

    code = run("try")

    shown = capsys.readouterr()
    assert code == ExitCode.BUG == 1
    assert "KeyError at __init__.py:" in shown.err
    assert "report it" in shown.err
    assert "must not be shown" not in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_the_place_of_a_bug_is_shown_on_request(verb, capsys, monkeypatch):
    monkeypatch.setenv("CARETIME_DEBUG", "1")
    verb(raising(KeyError("clinic_id")))

    code = run("try")

    assert code == ExitCode.BUG
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("tokens", [["tyr"], ["try", "--jsno"], ["try", "extra"]])
def test_wrong_usage_exits_with_2(verb, tokens):
    verb(lambda: None)

    assert run(*tokens) == ExitCode.USAGE == 2


def test_a_misspelt_verb_is_met_with_the_nearest_one(verb, capsys):
    verb(lambda: None)

    run("tyr")

    assert 'Did you mean "try"?' in capsys.readouterr().err


def test_a_question_that_contradicts_itself_is_wrong_usage(verb, capsys):
    verb(raising(PlanError("the horizon is empty")))

    assert run("try") == ExitCode.USAGE
    assert "the horizon is empty" in capsys.readouterr().err


def test_rejected_input_exits_with_3_and_lists_every_problem(verb, capsys):
    other = Problem("clinics.csv", 0, "", "is missing")
    verb(raising(InputError([other, PROBLEM])))

    code = run("try")

    assert code == ExitCode.INPUT == 3
    assert capsys.readouterr().err.splitlines() == [
        "clinicians.csv:7 license: unknown license 'LCWS' (did you mean LCSW?)",
        "clinics.csv: is missing",
        "2 problems; nothing was written.",
    ]


def test_a_flood_of_like_problems_is_cut_short_but_counted(verb, capsys):
    flood = [
        Problem("patients.csv", row, "zip", f"found {row}, expected five digits")
        for row in range(2, 2_002)
    ]
    verb(raising(InputError(flood)))

    run("try")

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 7
    assert lines[0] == "patients.csv:2 zip: found 2, expected five digits"
    assert "and 1,995 more like this, the first in line 7" in lines[-2]
    assert lines[-1] == "2,000 problems; nothing was written."


def test_rejected_input_is_json_on_standard_output_when_asked(verb, capsys):
    verb(raising(InputError([PROBLEM])))

    code = run("try", "--json")

    assert code == ExitCode.INPUT
    assert json.loads(capsys.readouterr().out) == {
        "problems": [
            {
                "source": "clinicians.csv",
                "row": 7,
                "field": "license",
                "message": "unknown license 'LCWS'",
                "suggestion": "did you mean LCSW?",
            }
        ]
    }


def test_a_file_that_cannot_be_opened_is_named_without_a_traceback(verb, capsys):
    verb(raising(PermissionError(13, "Permission denied", "report.html")))

    code = run("try")

    assert code == ExitCode.INPUT
    assert capsys.readouterr().err == "report.html: Permission denied\n"


def test_an_error_without_a_name_is_told_in_its_own_words(verb, capsys):
    verb(raising(FileNotFoundError("No such file or directory: nodir/x.parquet")))

    run("try")

    shown = capsys.readouterr().err
    assert shown == "caretime: No such file or directory: nodir/x.parquet\n"


def test_an_assumption_in_use_is_a_note_and_not_an_error(verb, capsys):
    verb(lambda: warn_assumption("no leaving rate of your own"))

    code = run("try")

    assert code == ExitCode.DONE
    assert capsys.readouterr().err == "note: no leaving rate of your own\n"


def test_progress_away_from_a_terminal_is_a_line_every_five_seconds(capsys):
    seconds = iter(range(100))
    show = cli._lines("simulate", clock=lambda: float(next(seconds) // 2))

    for done in range(1, 13):
        show(done, 12, "contract A" if done <= 6 else "contract B")

    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "simulate: contract A (1 of 12)"
    assert len(lines) == 2
    assert lines[1].startswith("simulate: contract B")


def test_progress_is_given_as_a_function_to_call(capsys):
    with progress("simulate") as show:
        show(0, 4, "")

    shown = capsys.readouterr()
    assert shown.err == "simulate (0 of 4)\n"
    assert shown.out == ""


def test_json_holds_no_number_that_json_does_not_know():
    assert as_json([float("inf"), {"a": float("nan")}]) == [None, {"a": None}]


def test_help_loads_none_of_the_engines():
    code = (
        "import sys\n"
        "from caretime.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'numba', 'polars', 'altair', 'holidays', 'ray', 'vl_convert'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_runs_as_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "caretime", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("2026.")
