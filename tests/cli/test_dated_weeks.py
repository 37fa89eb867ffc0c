"""Weeks that stand, from the command line: with dates, compared, looked at."""

from __future__ import annotations

import json
import re
import shutil
from types import SimpleNamespace

import pytest

from caretime.cli import ExitCode, main

MONDAY, FRIDAY = "2025-06-02", "2025-06-06"
SPAN = ("--from", MONDAY, "--to", FRIDAY)
COLUMNS = "clinician_id,day,change,start,end,activity,place,to_day,to_start\n"


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main([str(token) for token in tokens])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A clinic of eight with its built weeks; C-00002 is away 2 to 6 June 2025."""
    root = tmp_path_factory.mktemp("dated")
    folder, built = root / "clinic", root / "built"
    contract = ("--contract", "socal-2025-settlement")
    for tokens in (
        ("new", folder, "--example", "clinic-of-eight"),
        ("roster", folder, *contract, "--out", built),
    ):
        with pytest.raises(SystemExit):
            main([str(token) for token in tokens])
    rows = [line.split(",") for line in (built / "roster.csv").read_text().split()[1:]]
    return SimpleNamespace(folder=folder, built=built, rows=rows)


def dated(capsys, made, *more):
    return run(capsys, "roster", made.folder, "--roster", made.built, *more)


def changes(tmp_path, *rows):
    path = tmp_path / "june.csv"
    path.write_text(COLUMNS + "".join(f"{row}\n" for row in rows))
    return ("--changes", path)


def visits(made, clinician_id, day="", types=("intake", "return", "urgent", "group")):
    return [
        row
        for row in made.rows
        if row[0] == clinician_id and row[4] in types and day in ("", row[1])
    ]


def test_leave_takes_the_openings_of_the_week_and_breaks_nothing(made, capsys):
    code, out, _ = dated(capsys, made, *SPAN, "--json")

    told = json.loads(out)
    lost = told["lost"]
    assert code == ExitCode.DONE
    assert {one["clinician_id"] for one in lost} == {"C-00002"}
    assert {one["cause"] for one in lost} == {"absence"}
    assert len(lost) == len(visits(made, "C-00002"))
    assert sum(told["weeks"][0]["lost"].values()) == len(lost)
    assert told["violations"] == []


def test_the_shift_of_somebody_on_leave_is_short(made, capsys):
    (shift,) = visits(made, "C-00002", types=("crisis_cover",))

    _, out, _ = dated(capsys, made, *SPAN)

    said = words(out)
    assert said.count("cover short") == 1
    assert f"cover short S-01 {shift[1]} {shift[2]}-{shift[3]}: 0 of 1" in said


def test_a_holiday_takes_everybodys_day_and_no_shift_is_short(made, capsys):
    day = ("--from", "2025-06-19", "--to", "2025-06-19")

    code, out, _ = dated(capsys, made, *day, "--json")

    told = json.loads(out)
    held = [r for r in made.rows if r[1] == "Thu" and r[4] in ("intake", "return")]
    assert code == ExitCode.DONE
    assert told["weeks"][0]["holidays"] == ["2025-06-19"]
    assert told["blocks"] == 0
    assert sum(told["weeks"][0]["lost"].get(k, 0) for k in ("intake", "return")) == len(
        held
    )
    assert told["cover_lacking"] == []


def test_a_group_without_its_leader_is_told(made, capsys, tmp_path):
    away = changes(tmp_path, f"C-00001,{MONDAY},away,,,,,,")

    _, out, _ = dated(capsys, made, *SPAN, *away)

    assert f"Mon {MONDAY} no leader group G-0001" in words(out)


def test_weeks_in_which_nothing_is_lost_say_so(made, capsys):
    _, out, _ = dated(capsys, made, "--from", "2025-06-23", "--to", "2025-06-27")

    assert "Week of 2025-06-23: nothing falls away." in out


def test_a_change_that_breaks_a_clause_has_exit_code_4(made, capsys, tmp_path):
    late = changes(tmp_path, f"C-00005,{MONDAY},add,20:00,21:30,meeting,S-01,,")

    code, out, _ = dated(capsys, made, *SPAN, *late)

    assert code == ExitCode.BROKEN
    assert "C-00005" in out.partition("Source:")[0]
    assert MONDAY in words(out.partition("falls away")[2] or out)


def test_files_hold_days_visits_lost_and_a_calendar_for_each(made, capsys, tmp_path):
    out, feeds, book = tmp_path / "out", tmp_path / "feeds", tmp_path / "weeks.xlsx"

    code, _, _ = dated(
        capsys, made, *SPAN, "--out", out, "--ical", feeds, "--excel", book
    )

    days = (out / "dated.csv").read_text().splitlines()
    lost = (out / "lost.csv").read_text().splitlines()
    assert code == ExitCode.DONE
    assert sorted(p.name for p in out.iterdir()) == ["dated.csv", "lost.csv"]
    assert len(days) == 1 + sum(row[0] != "C-00002" for row in made.rows)
    assert len(lost) == 1 + len(visits(made, "C-00002"))
    assert sorted(p.name for p in feeds.iterdir())[0] == "C-00001.ics"
    assert b"BEGIN:VEVENT" not in (feeds / "C-00002.ics").read_bytes()
    assert book.read_bytes().startswith(b"PK")


def test_one_persons_dates_are_hers_alone(made, capsys, tmp_path):
    feed = tmp_path / "mine.ics"

    _, out, _ = dated(
        capsys, made, *SPAN, "--clinician", "C-00001", "--ical", feed, "--json"
    )

    told = json.loads(out)
    own = [row for row in made.rows if row[0] == "C-00001"]
    assert told["lost"] == told["cover_lacking"] == []
    assert told["blocks"] == len(own)
    assert feed.read_bytes().count(b"BEGIN:VEVENT") == len(own)


def test_every_problem_of_the_changes_comes_at_once(made, capsys, tmp_path):
    wrong = changes(
        tmp_path,
        "C-00005,3.6.2025,away,13:00,,,,,",
        "C-00005,2025-06-03,move,03:00,,,,,15:00",
        "C-00005,2025-06-04,add,13:00,14:00,meting,,,",
    )

    code, out, err = dated(capsys, made, *SPAN, *wrong)

    assert (code, out) == (ExitCode.INPUT, "")
    for line in ("june.csv:2 day", "june.csv:3 start", "june.csv:4 activity"):
        assert line in err
    assert "3 problems" in err


def test_a_workbook_of_changes_is_refused_in_one_line(made, capsys, tmp_path):
    path = tmp_path / "june.xlsx"
    path.write_bytes(b"PK\x03\x04 and so on")

    code, _, err = dated(capsys, made, *SPAN, "--changes", path)

    assert code == ExitCode.INPUT
    assert "this is a workbook, expected a CSV file" in err
    assert "1 problem;" in err


def test_a_change_of_another_day_is_noted(made, capsys, tmp_path):
    other = changes(tmp_path, "C-00001,2026-06-02,away,,,,,,")

    _, _, err = dated(capsys, made, *SPAN, *other)

    assert "june.csv, line 2: not a day from" in err


@pytest.mark.parametrize(
    ("tokens", "code", "said"),
    [
        (["--roster", "{built}"], ExitCode.USAGE, "caretime check --roster judges"),
        (["--from", MONDAY, "--to", FRIDAY], ExitCode.USAGE, "name them with --roster"),
        (["--roster", "{built}", "--from", MONDAY], ExitCode.USAGE, "--to"),
        (["--roster", "{built}", "--changes", "c.csv"], ExitCode.USAGE, "--from"),
        (
            ["--roster", "{built}", "--from", FRIDAY, "--to", MONDAY],
            ExitCode.USAGE,
            "is before",
        ),
        (
            ["--roster", "{built}", "--from", "2025-06-02", "--to", "2026-06-03"],
            ExitCode.USAGE,
            "at most 366 days",
        ),
        (
            ["--roster", "{built}", "--from", "2.6.2025", "--to", FRIDAY],
            ExitCode.USAGE,
            "expected a day such as",
        ),
        (
            ["--roster", "{built}", "--from", "2024-06-03", "--to", "2024-06-07"],
            ExitCode.USAGE,
            "the weeks hold from 2025-05-12",
        ),
        (
            ["--roster", "{built}", *SPAN, "--svg", "w.svg", "--week-now", "{built}"],
            ExitCode.USAGE,
            "--svg is about the repeating week",
        ),
        (["--roster", "{built}", "--out", "new"], ExitCode.USAGE, "--from and --to"),
        (
            ["--roster", "{built}", "--clinician", "C-00001", "--seed", "3"],
            ExitCode.USAGE,
            "builds none",
        ),
        (
            ["--roster", "{built}", "--contract", "socal-2025-setlement", *SPAN],
            ExitCode.INPUT,
            "did you mean socal-2025-settlement?",
        ),
    ],
)
def test_a_wrong_question_about_weeks_says_what_to_do(made, capsys, tokens, code, said):
    tokens = [token.format(built=made.built) for token in tokens]

    left, out, err = run(capsys, "roster", made.folder, *tokens)

    assert (left, out) == (code, "")
    assert said in words(err.replace("│", ""))


def test_two_rosters_are_compared_in_sentences(made, capsys, tmp_path):
    start = next(row for row in visits(made, "C-00005", types=("return",)))
    text = (made.built / "roster.csv").read_text()
    other = tmp_path / "other.csv"
    other.write_text(text.replace(",".join(start) + "\n", "", 1))

    code, out, _ = run(
        capsys, "roster", made.folder, "--roster", other, "--week-now", made.built
    )

    assert code == ExitCode.DONE
    assert "1 of 8 weeks differs:" in out
    assert f"{start[1]} {start[2]} return falls away" in out


def test_the_difference_of_two_rosters_is_data_too(made, capsys):
    _, out, _ = dated(
        capsys, made, "--week-now", made.built, "--clinician", "C-00001", "--json"
    )

    told = json.loads(out)
    assert told["changes"]["weeks_compared"] == 1
    assert told["changes"]["visits"]["unchanged"] == len(visits(made, "C-00001"))
    assert told["clinician"]["clinician_id"] == "C-00001"
    assert re.fullmatch("[0-9a-f]{64}", told["made_by"]["roster_hash"])


def test_weeks_built_for_another_system_are_noted(made, capsys, tmp_path):
    folder = shutil.copytree(made.folder, tmp_path / "clinic")
    with (folder / "unavailable.csv").open("a") as file:
        file.write("C-00001,Mon,18:00,24:00\n")

    _, _, err = run(
        capsys, "roster", folder, "--roster", made.built, "--clinician", "C-00001"
    )

    assert "these weeks were built for other inputs" in err


@pytest.mark.parametrize("show", [("--clinician", "C-00001"), ("--site", "S-01")])
def test_weeks_and_sites_fit_a_terminal_of_eighty(made, capsys, monkeypatch, show):
    monkeypatch.setenv("COLUMNS", "80")

    _, out, _ = dated(capsys, made, *show)

    days = [line for line in out.splitlines() if re.match(r" \d\d:\d\d ", line)]
    assert len(days) > 16
    assert max(len(line) for line in out.splitlines()) <= 80
    assert not any("…" in line for line in days)
