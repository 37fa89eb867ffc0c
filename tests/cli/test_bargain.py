"""The verbs of the table, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caretime.cli import ExitCode, main
from caretime.formats import write_system
from caretime.simulation import make_system

SHORT = ("--weeks", "4", "--replications", "2")
TWO = ("--contracts", "socal-2021-in-force", "socal-2024-09-union")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("system") / "clinic"
    write_system(make_system("clinic-of-eight", seed=1), folder)
    return str(folder)


@pytest.fixture
def run(capsys):
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(list(words))
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return run


def test_two_contracts_are_compared_in_plain_words(run, clinic):
    code, out, err = run("compare", clinic, *TWO, *SHORT)

    assert code == ExitCode.DONE
    assert "First visit offered within" in out
    assert "only 2 replications" in " ".join(out.split())
    assert "comparison: contracts" in err


def test_json_goes_to_standard_output_and_can_be_read(run, clinic):
    code, out, _ = run("compare", clinic, *TWO, *SHORT, "--json")

    answer = json.loads(out)
    assert code == ExitCode.DONE
    assert [arm["contract_id"] for arm in answer["arms"]] == list(TWO[1:])
    assert answer["provenance"]["replications"] == 2


def test_a_contract_can_be_a_file(run, clinic, tmp_path):
    shipped = Path(clinic) / "contracts" / "socal-2021-in-force.yaml"
    text = shipped.read_text(encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        text.replace("id: socal-2021-in-force", "id: mine"), encoding="utf-8"
    )

    code, out, _ = run(
        "compare", clinic, "--contracts", TWO[1], str(mine), *SHORT, "--json"
    )

    answer = json.loads(out)
    visits = next(m for m in answer["measures"] if m["name"] == "visits_per_week")
    assert code == ExitCode.DONE
    # The same terms under another name differ by exactly nothing.
    assert visits["values"][1]["difference"]["values"] == [0, 0]


def test_a_report_is_written_where_asked(run, clinic, tmp_path):
    report = tmp_path / "report.html"

    code, _, err = run("compare", clinic, *TWO, *SHORT, "--report", str(report))

    assert code == ExitCode.DONE
    assert report.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype")
    assert "report: " in err


def test_a_result_reproduces_and_a_changed_one_is_found_out(run, clinic, tmp_path):
    result = tmp_path / "r.json"
    run("frontier", clinic, "--contract", TWO[1], "--values", "4", "6", *SHORT,
        "--out", str(result))  # fmt: skip

    code, out, _ = run("reproduce", str(result))
    assert (code, "matches" in out) == (ExitCode.DONE, True)

    text = result.read_text(encoding="utf-8")
    result.write_text(text.replace('"seed": 1', '"seed": 2'), encoding="utf-8")
    code, _, err = run("reproduce", str(result))
    assert code == ExitCode.INPUT
    assert "does not fit its seal" in err


def test_a_changed_folder_is_found_out(run, tmp_path):
    folder, result = tmp_path / "clinic", tmp_path / "r.json"
    write_system(make_system("clinic-of-eight", seed=1), folder)
    run("frontier", str(folder), "--contract", TWO[1], "--values", "4", *SHORT,
        "--out", str(result))  # fmt: skip
    write_system(make_system("clinic-of-eight", seed=2), folder, overwrite=True)

    code, _, err = run("reproduce", str(result))

    assert code == ExitCode.INPUT
    assert "the folder was changed" in err


def test_no_number_of_hires_up_to_the_cap_is_exit_code_five(run, clinic):
    code, out, _ = run(
        "frontier", clinic, "--contract", TWO[2], "--needs", "follow_up",
        "--target", "100", "--cap", "1", *SHORT,
    )  # fmt: skip

    assert code == ExitCode.INFEASIBLE
    assert "No value up to 1 hires is enough" in " ".join(out.split())


def test_claims_name_who_said_it_and_what_was_found(run, clinic):
    code, out, _ = run("claims", clinic, "--only", "nineteen-hours", *SHORT)

    assert code == ExitCode.DONE
    assert "(employer)" in out
    assert "counting protected time only" in " ".join(out.split())


def test_what_is_unknown_is_refused_with_what_there_is(run, clinic):
    code, _, err = run("compare", clinic, "--contracts", "nonsense", *SHORT)
    assert code == ExitCode.INPUT
    assert "no contract 'nonsense'" in err
    assert "socal-2025-settlement" in err

    code, _, err = run("claims", clinic, "--only", "nonsense", *SHORT)
    assert code == ExitCode.USAGE

    code, _, err = run("compare", clinic, *TWO, "--precision", "much")
    assert code == ExitCode.USAGE
    assert "measure=width" in err


def test_a_run_writes_its_events_and_weeks(run, clinic, tmp_path):
    import polars as pl

    log, weekly = tmp_path / "log.parquet", tmp_path / "weekly.csv"

    code, out, _ = run(
        "simulate", clinic, *SHORT, "--log", str(log), "--weekly", str(weekly)
    )

    assert code == ExitCode.DONE
    assert "Visits held a week" in " ".join(out.split())
    assert pl.read_parquet(log).height > 100
    weeks = pl.read_csv(weekly)
    assert weeks.height == 2 * 4
    assert weeks["referrals"].sum() > 0


def test_real_appointments_are_measured_and_small_counts_left_out(run, clinic):
    code, out, _ = run("measure", clinic, "--json")

    found = json.loads(out)
    assert code == ExitCode.DONE
    assert found["used"]["intake"] >= 11
    assert found["measures"]["wait_intake_median"]["denominators"][0] >= 11
    assert all(
        n == 0 or n >= 11
        for one in found["measures"].values()
        for n in one["denominators"]
    )
    assert found["left_out"]
