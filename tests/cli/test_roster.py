"""Build, judge and simulate rosters from the command line, on the clinic of eight."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest

from caretime.cli import ExitCode, main
from caretime.formats.rosters import read_roster

CONTRACT = ("--contract", "socal-2025-settlement")


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main([str(token) for token in tokens])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def words(text):
    """Return a text without the line breaks that the terminal's width decides."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A clinic of eight, and the answer, roster and files of one building."""
    root = tmp_path_factory.mktemp("rosters")
    folder = root / "clinic"
    with pytest.raises(SystemExit):
        main(["new", str(folder), "--example", "clinic-of-eight"])
    built = root / "built"
    with pytest.raises(SystemExit) as left:
        main(["roster", str(folder), *CONTRACT, "--out", str(built)])
    return SimpleNamespace(root=root, folder=folder, built=built, code=left.value.code)


@pytest.fixture
def broken(made, tmp_path):
    """The built roster with lunch of one clinician worked through."""
    lines = (made.built / "roster.csv").read_text().splitlines(keepends=True)
    path = tmp_path / "typed.csv"
    path.write_text(
        "".join(
            line.replace(",meal,", ",meeting,") if line.startswith("C-00002") else line
            for line in lines
        )
    )
    return path


def test_everyone_has_a_week_that_keeps_every_clause(made):
    assert made.code == ExitCode.DONE
    assert sorted(p.name for p in made.built.iterdir()) == ["result.json", "roster.csv"]


def test_the_first_screen_says_how_good_the_weeks_are(made, capsys):
    code, out, err = run(capsys, "roster", made.folder, *CONTRACT, "--seed", 1)

    said = words(out)
    assert code == ExitCode.DONE
    assert "weeks for 8 of 8 clinicians" in said
    assert "clauses and laws all kept" in said
    assert "seed 1" in said
    assert "% of" not in said
    assert said.index("1 Openings") < said.index("2 Asked times")
    assert "roster: weeks of sites (0 of 1)" in err


def test_json_has_proof_preferences_and_no_weeks_unasked(made, capsys):
    code, out, _ = run(capsys, "roster", made.folder, *CONTRACT, "--json")

    told = json.loads(out)
    assert code == ExitCode.DONE
    assert set(told) == {
        *("made_by", "status", "objective", "bound", "gap", "clinicians", "weeks"),
        *("preferences", "clashes", "shortages", "violations"),
    }
    assert told["gap"] == (told["bound"] - told["objective"]) / told["bound"]
    assert told["objective"] == sum(p["points"] for p in told["preferences"])
    assert set(told["made_by"]) == {
        *("version", "inputs_hash", "contract_id", "contract_hash"),
        *("seed", "budget", "work"),
    }


def test_a_clinicians_week_is_shown_with_its_ledger(made, capsys, tmp_path):
    svg, ics = tmp_path / "week.svg", tmp_path / "week.ics"

    code, out, _ = run(
        capsys,
        *("roster", made.folder, *CONTRACT, "--clinician", "C-00001"),
        *("--svg", svg, "--ical", ics),
    )

    said = words(out)
    assert code == ExitCode.DONE
    assert "In the week" in said
    assert "counts as protected time" in said
    assert svg.read_text(encoding="utf-8").count("Intake visit, 60 min") == 4
    assert ics.read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_a_clinicians_week_and_ledger_stand_in_json(made, capsys):
    _, out, _ = run(
        capsys,
        *("roster", made.folder, *CONTRACT, "--clinician", "C-00001"),
        *("--site", "S-01", "--json"),
    )

    told = json.loads(out)
    visits = [b for b in told["clinician"]["week"] if b["activity"] == "return"]
    ledger = told["clinician"]["ledger"]
    assert len(visits) == ledger["openings"]["return_"]
    assert {v["place"] for v in visits} <= {"S-01", "telehealth"}
    assert told["sites"][0]["headline"].startswith("S-01: ")
    assert told["sites"][0]["rooms_lacking"] == []


def test_a_site_is_shown_hour_by_hour_without_color(made, capsys):
    _, out, _ = run(capsys, "roster", made.folder, *CONTRACT, "--site", "S-01")

    assert "S-01: rooms are never full" in out
    assert "░░" in out
    assert "\x1b[" not in out
    assert "Crisis cover: staffed at every minute." in out


def test_calendars_of_everyone_go_into_a_folder(made, capsys, tmp_path):
    code, _, _ = run(
        capsys,
        *("roster", made.folder, *CONTRACT, "--ical", tmp_path / "feeds"),
        *("--excel", tmp_path / "weeks.xlsx", "--svg", tmp_path / "site.svg"),
    )

    feeds = sorted(path.name for path in (tmp_path / "feeds").iterdir())
    assert code == ExitCode.DONE
    assert feeds == [f"C-0000{n}.ics" for n in range(1, 9)]
    assert "Rooms in use" in (tmp_path / "site.svg").read_text(encoding="utf-8")
    code, out, _ = run(
        capsys,
        *("check", made.folder, "--roster", tmp_path / "weeks.xlsx", *CONTRACT),
    )
    assert (code, "every clause, law and rule is kept" in words(out)) == (0, True)


def test_the_same_weeks_again_change_nothing(made, capsys):
    _, out, _ = run(
        capsys,
        *("roster", made.folder, *CONTRACT, "--week-now", made.built),
        *("--only-site", "S-01", "--json"),
    )

    told = json.loads(out)
    assert told["changes"]["weeks_changed"] == 0
    assert told["changes"]["weeks_compared"] == 8
    assert told["clinicians"] == told["weeks"] == 8


def test_a_change_is_told_in_words(made, broken, capsys):
    _, out, _ = run(
        capsys,
        *("roster", made.folder, *CONTRACT, "--week-now", broken),
        *("--only-site", "S-01"),
    )

    said = words(out.partition("Against the weeks worked now:")[2])
    assert said.startswith("1 of 8 weeks differs: ")
    assert "C-00002:" in said
    assert "meal are new" in said


def test_a_site_without_people_for_its_cover_is_an_answer_with_code_5(
    made, capsys, tmp_path
):
    folder = shutil.copytree(made.folder, tmp_path / "clinic")
    cover = folder / "cover.csv"
    lines = cover.read_text().splitlines()
    cover.write_text("\n".join([lines[0], "S-01,Mon,10:00,12:00,PSYCHIATRIST,1", ""]))

    code, out, _ = run(capsys, "roster", folder, *CONTRACT)

    said = words(out)
    assert code == ExitCode.INFEASIBLE
    assert "infeasible: a site lacks rooms or people" in said
    assert "What sites lack:" in said
    assert "PSYCHIATRIST" in said
    assert "points, of the 8 people who have weeks" in said
    assert "gap" not in said


@pytest.mark.parametrize(
    ("tokens", "code", "said"),
    [
        (["--site", "S-9", "--clinician", "C-9"], ExitCode.INPUT, "2 problems"),
        (["--clinician", "C-9"], ExitCode.INPUT, "no clinician 'C-9'"),
        (["--gap", "100"], ExitCode.USAGE, "--gap is a percent"),
        (["--budget", "0"], ExitCode.USAGE, "1 or more"),
        (["--only-site", "S-01"], ExitCode.USAGE, "--week-now"),
        (["--excel", "weeks.csv"], ExitCode.USAGE, ".xlsx"),
        (["--out", "{folder}"], ExitCode.USAGE, "inside the care system"),
        (["--out", "{built}"], ExitCode.USAGE, "--force"),
        (["--roster", "gone"], ExitCode.INPUT, "no such file or folder: gone"),
        (["--week-now", "gone.csv"], ExitCode.INPUT, "no such file"),
        (["--contract", "gone"], ExitCode.INPUT, "no contract 'gone'"),
    ],
)
def test_a_wrong_question_is_refused_before_anything_is_built(
    made, capsys, tokens, code, said
):
    tokens = [t.format(folder=made.folder, built=made.built) for t in tokens]

    left, out, err = run(capsys, "roster", made.folder, *tokens)

    assert left == code
    assert said in err
    assert out == ""


def test_files_of_others_are_never_replaced(made, capsys, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    code, _, err = run(
        capsys, "roster", made.folder, "--out", tmp_path, "--force", *CONTRACT
    )

    assert code == ExitCode.USAGE
    assert "notes.txt, which is not ours" in err
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_built_weeks_are_judged_clean_by_the_contract_they_were_built_for(made, capsys):
    code, out, _ = run(capsys, "check", made.folder, "--roster", made.built)

    said = words(out)
    assert code == ExitCode.DONE
    assert "8 weeks of" in said
    assert "agreement of May 2025: every clause, law and rule is kept." in said


def test_a_broken_week_is_told_clause_by_clause_with_its_source(made, broken, capsys):
    code, out, _ = run(capsys, "check", made.folder, "--roster", broken, *CONTRACT)

    said = words(out)
    assert code == ExitCode.BROKEN
    assert "1 clinician." in said
    assert "Labor Code 512(a)" in said
    assert "C-00002 Mon" in said


def test_breaches_as_data_name_clause_who_when_and_limit(made, broken, capsys):
    code, out, _ = run(
        capsys, "check", made.folder, "--roster", broken, *CONTRACT, "--json"
    )

    told = json.loads(out)
    meals = [v for v in told["violations"] if v["clause_id"] == "ca-meal-1"]
    assert code == ExitCode.BROKEN
    assert told["broken"]["ca-meal-1"] == len(meals) > 0
    assert set(meals[0]) == {
        *("clause_id", "kind", "clinician_id", "where", "observed", "limit"),
        *("unit", "message", "source"),
    }
    assert {v["clinician_id"] for v in meals} == {"C-00002"}


def test_every_problem_of_an_imported_roster_comes_at_once(made, capsys, tmp_path):
    path = tmp_path / "typed.csv"
    path.write_text(
        "clinician_id,weekday,start,end,activity,place\n"
        "C-99999,Mon,08:00,09:00,return,S-01\n"
        "C-00001,Mon,08:00,09:00,retrun,S-01\n"
    )

    code, out, err = run(capsys, "check", made.folder, "--roster", path)

    assert (code, out) == (ExitCode.INPUT, "")
    assert "typed.csv:2 clinician_id" in err
    assert "typed.csv:3 activity" in err


def test_a_contract_without_a_roster_is_refused(made, capsys):
    code, _, err = run(capsys, "check", made.folder, *CONTRACT)

    assert code == ExitCode.USAGE
    assert "give one with --roster" in err


def test_one_clinicians_workbook_holds_that_week_alone(made, capsys, tmp_path):
    book = tmp_path / "one.xlsx"

    run(
        capsys,
        *("roster", made.folder, "--roster", made.built),
        *("--clinician", "C-00002", "--excel", book),
    )

    assert [w.clinician_id for w in read_roster(book).weeks] == ["C-00002"]


SHORT = ("--weeks", 8, "--replications", 2)


def test_built_weeks_are_simulated_beside_even_ones(made, capsys, tmp_path):
    page, log = tmp_path / "page.html", tmp_path / "log.parquet"

    code, out, err = run(
        capsys,
        *("simulate", made.folder, "--roster", made.built, *SHORT),
        *("--report", page, "--log", log),
    )

    said = words(out)
    assert code == ExitCode.DONE
    assert "simulate: replications, even and built weeks (0 of 2)" in err
    assert "built weeks beside the even spread" in said
    assert "Difference (95 %)" in said
    assert "Built weeks of 8 of 8 clinicians under socal-2025-settlement" in said
    text = page.read_text(encoding="utf-8")
    assert "caretime simulate FOLDER --contract CONTRACT --roster ROSTER" in text
    assert log.read_bytes().startswith(b"PAR1")


def test_the_comparison_of_weeks_is_data_like_any_other(made, capsys):
    _, out, _ = run(
        capsys,
        *("simulate", made.folder, "--roster", made.built, *SHORT, "--json"),
    )

    told = json.loads(out)
    assert told["base"] == "even-weeks"
    assert [arm["contract_id"] for arm in told["arms"]] == ["even-weeks", "built-weeks"]
    hashes = told["provenance"]["contract_hashes"]
    assert len(set(hashes.values())) == 1
    held = next(m for m in told["measures"] if m["name"] == "visits_per_week")
    assert held["values"][1]["difference"] is not None


def test_a_report_of_weeks_needs_weeks(made, capsys, tmp_path):
    code, _, err = run(
        capsys, "simulate", made.folder, "--report", tmp_path / "page.html"
    )

    assert code == ExitCode.USAGE
    assert "--roster" in err


@pytest.mark.parametrize("verb", ["roster", "check", "simulate"])
def test_help_says_what_a_roster_is_for(verb, capsys):
    code, out, _ = run(capsys, verb, "--help")

    assert code == ExitCode.DONE
    assert "weeks" in out.lower()
    assert "``" not in out


def test_who_has_no_week_is_told_which_clauses_clash(made, capsys, tmp_path):
    folder = shutil.copytree(made.folder, tmp_path / "clinic")
    days = [f"C-00007,{day},00:00,24:00" for day in ("Mon", "Tue", "Wed", "Thu")]
    (folder / "unavailable.csv").write_text(
        "\n".join(["clinician_id,weekday,start,end", *days, ""])
    )

    code, out, _ = run(capsys, "roster", folder, *CONTRACT, "--clinician", "C-00007")

    said = words(out)
    assert code == ExitCode.INFEASIBLE
    assert "weeks for 7 of 8 clinicians" in said
    assert "No week for 1 clinician:" in said
    assert "unavailable" in said.partition("C-00007:")[2]
    assert "C-00007 has no week; see above." in said
