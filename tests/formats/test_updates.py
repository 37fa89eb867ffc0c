"""What became known since a plan was made, read from files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from caretime.errors import InputError
from caretime.formats import inspect_update, read_update
from caretime.model.care import Absence
from caretime.model.request import Extension
from caretime.model.strike import Answer, Update
from formats.small import ZONE, small_system
from formats.test_plans import small_plan

ANSWERS = "patient_id,answer,at,note_license,noted_at,note,extends_to\n"
AT = "2024-10-22T09:00:00-07:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "update").mkdir()
    return tmp_path / "update"


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_update(path, small_plan(), small_system())
    return [str(problem) for problem in caught.value.problems]


def doubted(path: Path) -> list[str]:
    found = inspect_update(path, small_plan(), small_system())
    assert found.problems == ()
    return [str(doubt) for doubt in found.doubts]


def test_every_table_of_an_update_is_read(folder):
    (folder / "answers.csv").write_text(
        ANSWERS + f"P-1,accepted,{AT},,,,\n"
        f"P-2,waits,{AT},LCSW,2024-10-21T17:00:00-07:00,see record,"
        "2024-11-18T00:00:00-08:00\n"
    )
    (folder / "pins.csv").write_text("patient_id,substitute_id\nP-1,C-3\nP-2,\n")
    (folder / "returned.csv").write_text("clinician_id,day\nC-1,2024-11-04\n")
    (folder / "absent.csv").write_text(
        "clinician_id,first_day,last_day\nC-2,2024-10-28,\nC-3,2024-10-28,2024-10-29\n"
    )
    (folder / "openings.csv").write_text(
        "substitute_id,week,openings\nC-2,1,7\nC-3,3,2\nC-2,0,0\n"
    )
    (folder / "choices.csv").write_text(
        "patient_id,choice,still_planned\nP-1,stays,\nP-2,,3\n"
    )

    update = read_update(folder, small_plan(), small_system())

    at = datetime(2024, 10, 22, 9, tzinfo=ZONE)
    note = Extension(
        "longer_wait",
        "LCSW",
        datetime(2024, 10, 21, 17, tzinfo=ZONE),
        "see record",
        "",
        datetime(2024, 11, 18, tzinfo=ZONE),
    )
    day = date(2024, 10, 28)
    assert update == Update(
        answers=(Answer("P-1", "accepted", at), Answer("P-2", "waits", at, note)),
        pins={"P-1": "C-3", "P-2": ""},
        returned={"C-1": date(2024, 11, 4)},
        absent=(Absence("C-2", day, None), Absence("C-3", day, date(2024, 10, 29))),
        openings={"C-2": (0, 7, 1, 1), "C-3": (0, 0, 0, 2)},
        choices={"P-1": "stays"},
        still_planned={"P-2": 3},
    )


def test_one_file_alone_is_an_update(folder):
    (folder / "returned.csv").write_text("clinician_id,day\nC-1,2024-11-04\n")

    update = read_update(folder / "returned.csv", small_plan(), small_system())

    assert update == Update(returned={"C-1": date(2024, 11, 4)})


def test_a_workbook_is_an_update(tmp_path):
    from caretime.formats._writing import new_book, write_rows

    book = new_book(tmp_path / "calls.xlsx")
    header = ["patient_id", "answer", "at"]
    write_rows(book, "answers", header, [("P-1", "declined", AT)])
    write_rows(book, "openings", ["substitute_id", "week", "openings"], [("C-3", 1, 4)])
    book.close()

    update = read_update(tmp_path / "calls.xlsx", small_plan(), small_system())

    assert [answer.answer for answer in update.answers] == ["declined"]
    assert update.openings == {"C-3": (0, 4, 0, 0)}


def test_every_problem_of_an_update_is_told_at_once(folder):
    (folder / "answers.csv").write_text(
        ANSWERS + f"p1,accepted,{AT},,,,\nP-2,declined,{AT},,,,\n"
        "P-1,yes,22.10.2024,LCSW,,,\nP-1,waits,,,,,\n"
    )
    (folder / "pins.csv").write_text("patient_id,substitute_id\nP-1,C-33\nP-9,C-2\n")
    (folder / "returned.csv").write_text(
        "clinician_id,day\nC-2,2024-11-04\nC-1,2024-10-01\n"
    )
    (folder / "absent.csv").write_text(
        "clinician_id,first_day,last_day,reason\nC-O2,2024-10-28,2024-10-27,flu\n"
    )
    (folder / "openings.csv").write_text(
        "substitute_id,week,openings\nC-2,4,1\nC-2,0,-1\nC-2,0,2\nT-9,0,2\n"
    )
    (folder / "choices.csv").write_text(
        "patient_id,choice,still_planned\nP-2,stays,\nP-1,goes,-1\nP-7,home,\n"
    )
    (folder / "pinned.csv").write_text("patient_id\n")

    assert told(folder) == [
        "absent.csv:1 reason: unknown column in update/absent (remove it: the reason "
        "of an absence is never stored)",
        "absent.csv:2 clinician_id: 'C-O2' is none of the system's clinicians (did you "
        "mean C-2?)",
        "absent.csv:2 last_day: 2024-10-27 is before the first day 2024-10-28",
        "answers.csv:2 patient_id: 'p1' has no series in this plan (did you mean P-1?)",
        "answers.csv:3 answer: declined, but P-2 was offered nobody",
        "answers.csv:4 answer: unknown answer 'yes', expected accepted, declined or "
        "waits",
        "answers.csv:4 at: found '22.10.2024', expected a time with its offset such as "
        "2024-10-21T09:00:00-07:00, 2000-01-01 to 2110-01-01",
        "answers.csv:5 at: is empty, expected a time with its offset such as "
        "2024-10-21T09:00:00-07:00, 2000-01-01 to 2110-01-01",
        "answers.csv:5 patient_id: P-1 stands twice, first in line 4",
        "choices.csv:2 choice: stays, but P-2 has no substitute in this plan",
        "choices.csv:3 choice: unknown choice 'goes', expected home or stays",
        "choices.csv:3 still_planned: -1 is out of range, expected a whole number, 0 "
        "to 500",
        "choices.csv:4 patient_id: 'P-7' has no series in this plan",
        "openings.csv:2 week: 4 is out of range, expected a week of the plan, 0 to 3",
        "openings.csv:3 openings: -1 is out of range, expected a whole number, 0 to "
        "10000",
        "openings.csv:4 substitute_id: C-2, 0 stands twice, first in line 3",
        "openings.csv:5 substitute_id: 'T-9' is no clinician or therapist",
        "pinned.csv: no table of this name is read",
        "pins.csv:2 substitute_id: 'C-33' is no clinician or therapist",
        "pins.csv:3 patient_id: 'P-9' has no series in this plan",
        "returned.csv:2 clinician_id: 'C-2' is not away in this plan",
        "returned.csv:3 day: 2024-10-01 is before the absence, which begins on "
        "2024-10-21",
    ]


def test_a_patient_offered_somebody_before_may_answer(folder):
    (folder / "answers.csv").write_text(ANSWERS + f"P-2,declined,{AT},,,,\n")
    plan = replace(small_plan(), offered={"P-2": "C-3"})

    assert len(read_update(folder, plan, small_system()).answers) == 1


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (",,,", "no clinician has noted that this is safe"),
        (
            "scheduler,,ok,",
            "the note does not count: its author holds no license that may write it",
        ),
        (
            "ASW,2024-10-21T17:00:00-07:00,ok,",
            "the note does not count: no supervisor signed with the associate",
        ),
        ("LCSW,,ok,", "the note does not count: nothing says when it was noted"),
        (
            "LCSW,2024-10-21T17:00:00-07:00,,",
            "the note does not count: there is no note",
        ),
        (
            "LCSW,2024-11-01T17:00:00-07:00,ok,",
            "the note does not count: it was noted after the limit",
        ),
    ],
)
def test_waiting_that_nobody_found_safe_is_doubted_not_refused(folder, note, why):
    plan, system = small_plan(), small_system()
    standard = next(s for s in system.standards if s.clock == "follow_up")
    series = tuple(
        replace(one, standard_id=standard.standard_id) for one in plan.series
    )
    (folder / "answers.csv").write_text(ANSWERS + f"P-2,waits,{AT},{note}\n")

    found = inspect_update(folder, replace(plan, series=series), system)

    assert found.update is not None
    (doubt,) = found.doubts
    assert str(doubt) == (
        f"answers.csv:2 answer: P-2 waits beyond the limit 2024-10-30; {why}"
    )


def test_waiting_that_a_clinician_found_safe_leaves_no_doubt(folder):
    plan, system = small_plan(), small_system()
    standard = next(s for s in system.standards if s.clock == "follow_up")
    series = tuple(
        replace(one, standard_id=standard.standard_id) for one in plan.series
    )
    (folder / "answers.csv").write_text(
        ANSWERS + f"P-2,waits,{AT},LCSW,2024-10-21T17:00:00-07:00,ok,\n"
    )

    found = inspect_update(folder, replace(plan, series=series), system)

    assert found.doubts == ()


def test_who_waits_for_somebody_back_in_time_needs_no_note(folder):
    (folder / "answers.csv").write_text(ANSWERS + f"P-2,waits,{AT},,,,\n")
    (folder / "returned.csv").write_text("clinician_id,day\nC-1,2024-10-28\n")

    assert doubted(folder) == []


def test_decisions_at_odds_with_what_is_known_are_doubted(folder):
    (folder / "answers.csv").write_text(ANSWERS + f"P-1,declined,{AT},,,,\n")
    (folder / "pins.csv").write_text("patient_id,substitute_id\nP-1,C-2\nP-2,C-1\n")
    (folder / "absent.csv").write_text(
        "clinician_id,first_day,last_day\nC-1,2024-10-28,\n"
    )

    assert doubted(folder) == [
        "absent.csv:2 clinician_id: C-1 is away in this plan already",
        "pins.csv:2 substitute_id: P-1 declined C-2 in the same update",
        "pins.csv:3 substitute_id: C-1 is away",
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("no-such", "{}: there is no such folder or file"),
        (
            ".",
            "{}: nothing that is read, expected one of answers.csv, pins.csv, "
            "returned.csv, absent.csv, openings.csv, choices.csv",
        ),
        (
            "answer.csv",
            "answer.csv: expected a folder, a workbook (.xlsx) or answers.csv, "
            "pins.csv, returned.csv, absent.csv, openings.csv, choices.csv (did you "
            "mean answers.csv?)",
        ),
    ],
)
def test_what_is_no_update_is_said_to_be_none(folder, name, problem):
    if name.endswith(".csv"):
        (folder / name).write_text(ANSWERS)

    assert told(folder / name) == [problem.format(folder / name)]
