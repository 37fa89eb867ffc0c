"""Tables that are each sound and do not go together; columns and files left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from caretime.formats import check_folder, notices, write_system
from formats.small import small_system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a")
    return tmp_path / "a"


def doubts(folder: Path) -> list[str]:
    assert check_folder(folder) == ()
    return [str(doubt) for doubt in notices(folder)]


def rewrite(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def without_column(file: Path, column: str) -> None:
    rows = [line.split(",") for line in file.read_text().splitlines()]
    place = rows[0].index(column)
    file.write_text("\n".join(",".join(r[:place] + r[place + 1 :]) for r in rows))


def test_an_empty_book_beside_patients_is_doubted(folder):
    file = folder / "appointments.csv"
    file.write_text(file.read_text().splitlines()[0] + "\n")

    assert doubts(folder) == [
        "appointments.csv: no appointments, although 5 patients are in treatment "
        "(export the book from the first day on)"
    ]


def test_a_book_that_ends_before_the_first_day_is_doubted(folder):
    rewrite(folder / "appointments.csv", "2024-10-2", "2024-08-2")
    rewrite(folder / "appointments.csv", "booked", "attended")
    rewrite(folder / "appointments.csv", "2024-10-14", "2024-08-14")

    assert doubts(folder) == [
        "appointments.csv: no appointment from the first day 2024-10-21 on, although "
        "5 patients are in treatment (export the book from the first day on)"
    ]


def test_fewer_members_than_patients_are_doubted(folder):
    rewrite(folder / "system.yaml", "members: 9000", "members: 4")

    assert doubts(folder) == [
        "system.yaml:5 members: 4, fewer than the 5 patients in treatment (give all "
        "people covered)"
    ]


def test_a_years_referrals_taken_for_a_week_are_doubted(folder):
    rewrite(folder / "demand.csv", ",3.5,", ",182,")

    assert doubts(folder) == [
        "demand.csv referrals_per_week: 182.5 referrals a week in all, for 6 intake "
        "openings and 1.4 in the network (is it a year's count? divide by 52)"
    ]


@pytest.mark.parametrize(
    ("weeks", "told"), [(7, "1 returns due a week for 9 return openings (8%)")]
)
def test_intervals_in_days_are_doubted(folder, weeks, told):
    rewrite(folder / "patients.csv", ",1,7,", f",{weeks},7,")

    (doubt,) = doubts(folder)

    assert doubt.startswith(f"patients.csv interval_weeks: {told}")


def test_more_returns_due_than_openings_are_doubted(folder):
    file = folder / "contracts" / "terms-now.yaml"
    rewrite(file, "patients: 6", "patients: 3")

    (doubt,) = doubts(folder)

    assert doubt.startswith(
        "patients.csv interval_weeks: 5 returns due a week for 0 return openings"
    )


@pytest.mark.parametrize(
    ("table", "column", "taken"),
    [
        ("appointments", "offered_at", "empty in every row"),
        ("clinicians", "telehealth_share", "0.0"),
        ("clinicians", "step", "1"),
        ("clinicians", "fte", "1.0"),
        ("absences", "last_day", "empty in every row"),
    ],
)
def test_a_column_left_out_is_told_in_one_line(folder, table, column, taken):
    without_column(folder / f"{table}.csv", column)

    told = [doubt for doubt in doubts(folder) if column in doubt]

    assert told == [
        f"{table}.csv:1 {column}: no such column; it is taken to be {taken}"
    ]


def test_files_left_out_are_told_in_one_line_each(folder):
    for name in ("assumptions", "absences", "groups", "group_members", "network"):
        (folder / f"{name}.csv").unlink()

    assert doubts(folder) == [
        "absences.csv: no such file; nobody is taken to be away",
        "assumptions.csv: no such file; every behavior number is the shipped one",
        "group_members.csv: no such file; the groups are taken to be empty",
        "groups.csv: no such file; there are taken to be no groups",
        "network.csv: no such file; there are taken to be no network therapists",
    ]
