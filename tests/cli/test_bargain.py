"""The verbs of the table, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import caretime
from caretime.bargaining.document import seal
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


def test_a_proposal_saved_later_leaves_the_result_reproducible(run, tmp_path):
    folder, result = tmp_path / "clinic", tmp_path / "r.json"
    write_system(make_system("clinic-of-eight", seed=1), folder)
    run("frontier", str(folder), "--contract", TWO[1], "--values", "4", *SHORT,
        "--out", str(result))  # fmt: skip
    shipped = folder / "contracts" / "socal-2021-in-force.yaml"
    text = shipped.read_text(encoding="utf-8")
    shipped.with_name("mine.yaml").write_text(
        text.replace("id: socal-2021-in-force", "id: mine"), encoding="utf-8"
    )

    code, out, _ = run("reproduce", str(result))

    assert code == ExitCode.DONE
    assert out == f"{result}: matches, every number equal to the bit\n"


def test_a_result_of_another_version_that_matches_says_so(run, clinic, tmp_path):
    now = caretime.__version__
    result = tmp_path / "r.json"
    asked = ("frontier", clinic, "--contract", TWO[1], "--values", "4", *SHORT)
    run(*asked, "--out", str(result))
    text = result.read_text(encoding="utf-8")
    body = json.loads(text.replace(f'"version": "{now}"', '"version": "2020.1"'))
    del body["seal"]
    body["seal"] = seal(body)
    result.write_text(json.dumps(body), encoding="utf-8")

    code, out, _ = run("reproduce", str(result))

    assert code == ExitCode.DONE
    assert out == (
        f"{result}: matches, made by version 2020.1, run again by {now}, "
        "every number equal to the bit\n"
    )


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
    assert "Patient management as the union lists it" in " ".join(out.split())


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


@pytest.mark.parametrize(
    "words",
    [
        ("compare", *TWO, "--workers", "0"),
        ("compare", *TWO, "--workers", "-2"),
        ("compare", *TWO, "--weeks", "0"),
        ("compare", *TWO, "--replications", "0"),
        ("compare", *TWO, "--weeks", "5.5"),
        ("compare", *TWO, "--deep-replications", "0"),
        ("claims", "--seed", "-1"),
        ("simulate", "--weeks", "0"),
        ("simulate", "--workers", "none"),
        ("frontier", "--contract", TWO[1], "--replications", "0"),
    ],
)
def test_a_count_that_is_none_is_refused_before_running(run, clinic, words):
    code, out, err = run(words[0], clinic, *words[1:])

    assert (code, out) == (ExitCode.USAGE, "")
    assert f"Invalid value for {words[-2]}: expected a whole number" in err
    assert "bug" not in err


def test_a_target_beyond_all_offers_is_refused(run, clinic):
    asked = ("frontier", clinic, "--contract", TWO[1], "--needs", "intake", *SHORT)

    code, _, err = run(*asked, "--target", "150")

    assert code == ExitCode.USAGE
    assert "target must be 0 to 100 percent, got 150" in err


def test_a_measure_that_is_none_is_refused_with_near_names(run, clinic):
    code, _, err = run("compare", clinic, *TWO, *SHORT, "--tornado", "within_followup")

    assert code == ExitCode.USAGE
    assert "no measure within_followup" in err
    assert "did you mean within_follow_up" in err
    # Refused before the first run.
    assert "contracts (" not in err


def test_one_contract_has_nothing_to_be_compared_with(run, clinic):
    code, _, err = run("compare", clinic, *TWO[:2], *SHORT)

    assert code == ExitCode.USAGE
    assert "nothing to compare socal-2021-in-force with" in err


def test_a_base_of_its_own_is_the_other_contract(run, clinic):
    code, out, _ = run(
        "compare", clinic, *TWO[:2], "--base", TWO[2], *SHORT, "--json"
    )  # fmt: skip

    answer = json.loads(out)
    assert code == ExitCode.DONE
    assert answer["base"] == TWO[2]
    assert [arm["contract_id"] for arm in answer["arms"]] == [TWO[2], TWO[1]]


@pytest.mark.parametrize("option", ["--out", "--report"])
def test_no_table_of_the_system_is_written_over(run, clinic, option):
    table = Path(clinic) / "clinicians.csv"
    before = table.read_bytes()

    code, _, err = run("compare", clinic, *TWO, *SHORT, option, str(table))

    assert code == ExitCode.USAGE
    assert "inside the care system" in err
    assert "comparison" not in err
    assert table.read_bytes() == before


def test_a_file_that_is_no_result_is_not_written_over(run, clinic, tmp_path):
    mine = tmp_path / "thesis.json"
    mine.write_text('{"kind": "thesis"}', encoding="utf-8")

    code, _, err = run("compare", clinic, *TWO, *SHORT, "--out", str(mine))

    assert code == ExitCode.USAGE
    assert "not a result of caretime" in err
    assert mine.read_text(encoding="utf-8") == '{"kind": "thesis"}'


def test_results_and_reports_of_ours_are_written_anew(run, clinic, tmp_path):
    result, report = str(tmp_path / "r.json"), str(tmp_path / "r.html")
    asked = ("compare", clinic, *TWO, *SHORT, "--out", result, "--report", report)
    run(*asked)

    code, _, err = run(*asked)

    assert code == ExitCode.DONE
    assert f"result: {result}" in err


def test_a_folder_in_place_of_a_report_is_refused_and_nothing_left(
    run, clinic, tmp_path
):
    target = tmp_path / "reports"
    target.mkdir()

    code, _, err = run("compare", clinic, *TWO, *SHORT, "--report", str(target))

    assert code == ExitCode.USAGE
    assert "this is a folder" in err
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_every_place_that_is_not_there_is_named_before_the_run(run, clinic, tmp_path):
    log, weekly = tmp_path / "a" / "x.parquet", tmp_path / "b" / "x.csv"

    code, out, err = run(
        "simulate", clinic, *SHORT, "--log", str(log), "--weekly", str(weekly)
    )

    assert (code, out) == (ExitCode.USAGE, "")
    assert f"there is no folder {log.parent}" in err
    assert f"there is no folder {weekly.parent}" in err
    assert "simulate:" not in err


def test_two_options_cannot_write_to_one_file(run, clinic, tmp_path):
    target = str(tmp_path / "x")

    code, _, err = run("simulate", clinic, "--log", target, "--weekly", target)

    assert code == ExitCode.USAGE
    assert "--log writes to the same file" in err


def test_a_frontier_has_a_row_a_value_and_three_lines_of_headings(
    run, clinic, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")

    code, out, _ = run("frontier", clinic, "--contract", TWO[1], *SHORT)

    lines = out.splitlines()
    rule = next(k for k, line in enumerate(lines) if set(line.strip()) == {"─"})
    headings = [line for line in lines[1:rule] if line.strip()]
    firsts = [line.split()[0] for line in lines[rule + 1 :] if line.strip()]
    assert code == ExitCode.DONE
    assert len(headings) <= 3
    assert [word for word in firsts if word.isdigit()] == list("2345678")
    assert max(map(len, lines)) <= 80
    assert "…" not in out


def test_deep_tables_speak_in_titles_and_say_how_many_years_they_ran(run, clinic):
    code, out, _ = run(
        "compare", clinic, *TWO, *SHORT, "--tornado", "within_follow_up",
        "--deep-replications", "1",
    )  # fmt: skip

    said = " ".join(out.split())
    assert code == ExitCode.DONE
    assert "difference of: Follow-up visit offered within the standard" in said
    assert "These deeper runs use 1 replications and the comparison 2" in said
    assert "within_follow_up" not in said
    assert "notes_return" not in said


def test_few_years_are_noted_where_a_share_of_them_is_asked(run, clinic):
    _, out, _ = run(
        "frontier", clinic, "--contract", TWO[1], "--needs", "intake", "--cap", "1",
        *SHORT,
    )  # fmt: skip

    said = " ".join(out.split())
    assert "Note: only 2 replications" in said
    assert "First visit offered within the standard" in said
