"""Rosters: what is written reads back, and what people type is understood."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.errors import InputError
from caretime.formats.rosters import read_roster, roster_hash, write_roster
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template
from formats.small import small_system
from strategies import ids, templates

HEADER = "clinician_id,weekday,start,end,activity,place\n"


def read(tmp_path: Path, text: str, *, known: bool = False) -> Roster:
    """Read a roster from a text."""
    file = tmp_path / "typed.csv"
    file.write_text(text, encoding="utf-8")
    return read_roster(file, small_system() if known else None)


def told(tmp_path: Path, text: str, *, known: bool = False) -> list[str]:
    """Return the problems of a text."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, known=known)
    return [str(p).removeprefix("typed.csv") for p in caught.value.problems]


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Draw a roster of a few people, some with an empty week."""
    places = st.sampled_from(("S-1", TELEHEALTH, "", "12"))
    weeks = []
    for who in draw(st.lists(ids, unique=True, max_size=4)):
        template = draw(templates())
        many = len(template.blocks)
        at = draw(st.lists(places, min_size=many, max_size=many))
        weeks.append(RosterWeek(who, template, tuple(at)))
    return Roster("", tuple(weeks))


@given(roster=rosters(), ending=st.sampled_from((".csv", ".xlsx", ".CSV")))
@settings(max_examples=60)
def test_a_roster_loses_nothing(roster, ending):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"week{ending}"
        write_roster(roster, path)
        found = read_roster(path)
        left = [file.name for file in Path(folder).iterdir()]

    assert found == roster
    assert roster_hash(found) == roster_hash(roster)
    assert left == [path.name]


def test_what_can_mean_one_thing_only_is_understood(tmp_path):
    roster = read(
        tmp_path,
        " Clinician ID,Day,START,end,Activity,Place\n"
        "C-1,Monday,8:00,9:00:00,Return visit,S-1 \n"
        " C-1,MON,9:00 AM,10am,notes,\n"
        "C-1,mon.,0.416666667,10:30,Paid rest,\n"
        "C-1,Tuesdays,0900,10:00,Intake Visit,Tele-health\n"
        "C-1,Thurs,1:30 p.m.,2 PM,PATIENT-MANAGEMENT,TELEHEALTH\n"
        "C-1,Fr,12:00\u202fPM,12:30\u00a0PM,Lunch,\n"
        "\n"
        "C-2,,,,,\n",
    )

    hour = 60
    assert roster.contract_id == ""
    first, second = roster.weeks
    assert list(first.placed()) == [
        (Block(8 * hour, 60, "return"), "S-1"),
        (Block(9 * hour, 60, "notes"), ""),
        (Block(10 * hour, 30, "paid_rest"), ""),
        (Block(33 * hour, 60, "intake"), TELEHEALTH),
        (Block(85 * hour + 30, 30, "patient_management"), TELEHEALTH),
        (Block(108 * hour, 30, "meal"), ""),
    ]
    assert second == RosterWeek("C-2", Template(()), ())


@pytest.mark.parametrize(
    ("cell", "offer"),
    [
        ("2:00", "02:00 or 14:00"),
        ("8", "08:00"),
        ("13", "13:00"),
        ("8.30", "08:30"),
        ("8h30", "08:30"),
        ("13:00 PM", "13:00"),
        ("0.333", ""),
        ("09:00:30", "09:00"),
        ("noon", ""),
        ("25:00", ""),
        ("08:61", ""),
    ],
)
def test_a_time_that_may_mean_two_things_is_asked_about(tmp_path, cell, offer):
    (problem,) = told(tmp_path, f"{HEADER}C-1,Mon,{cell},23:30,notes,\n")

    expected = "expected a time of day such as 08:30, 00:00 to 23:59"
    question = f" (did you mean {offer}?)" if offer else ""
    assert problem == f":2 start: found {cell!r}, {expected}{question}"


def test_every_problem_is_told_at_once(tmp_path):
    found = told(
        tmp_path,
        HEADER + "C-1,Mon,08:00,09:00,return,S-1\n"
        "C-1,Mon,08:30,08:45,notes,\n"
        "C-1,Mon,08:50,09:10,notes,\n"
        "C-1,Mon,22:00,02:00,vist,S-1\n"
        "C-1,Tue,1:00 PM,12:00,meeting,S-1\n"
        "C-1,Wed,10:00,10:00,meeting,S-1\n"
        "C-1,Wed,22:00,00:00,meeting,S-1\n"
        "C-1,Sat,10:00,11:00,meeting,s1\n"
        "C-O2,T,10:00,11:00,retrun,Main street\n"
        ",Mon,10:00,11:00,,\n"
        "C-9,,,,,\n",
        known=True,
    )

    assert [line.replace(ACTIVITIES, "…") for line in found] == [
        ":3 start: overlaps the block of C-1 in line 2, which ends at 09:00",
        ":4 start: overlaps the block of C-1 in line 2, which ends at 09:00",
        ":5 activity: unknown activity 'vist', expected …",
        f":5 end: 02:00 is not after the start 22:00, {SAME_DAY}",
        f":6 end: 12:00 is not after the start 13:00, {SAME_DAY}",
        f":7 end: 10:00 is not after the start 10:00, {SAME_DAY}",
        f":8 end: 00:00 is not after the start 22:00, {SAME_DAY} (did you mean 24:00?)",
        ":9 place: 's1' stands nowhere in the system's clinics and is not telehealth "
        "(did you mean S-1?)",
        ":9 weekday: found 'Sat', expected Mon, Tue, Wed, Thu or Fri",
        ":10 activity: unknown activity 'retrun', expected … (did you mean return?)",
        ":10 clinician_id: 'C-O2' stands nowhere in the system's clinicians (did you "
        "mean C-2?)",
        ":10 place: found a value of 11 characters with spaces or other signs, "
        "expected the id of a clinic, or telehealth",
        ":10 weekday: found 'T', expected Mon, Tue, Wed, Thu or Fri",
        ":11 activity: is empty, expected …",
        ":11 clinician_id: is empty, expected a stable code of letters, digits, '.', "
        "'_' and '-'",
        ":12 clinician_id: 'C-9' stands nowhere in the system's clinicians",
    ]


SAME_DAY = "expected a later time of the same day; a block may not cross midnight"
ACTIVITIES = (
    "one of 16 codes (intake, return, group, urgent, notes, patient_management, "
    "group_preparation, meeting, training, supervision, …)"
)


def test_without_a_system_any_id_is_taken(tmp_path):
    roster = read(tmp_path, f"{HEADER}X-9,Mon,08:00,09:00,notes,Z-4\n")

    assert roster.weeks[0].clinician_id == "X-9"
    assert roster.weeks[0].places == ("Z-4",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty, expected a header line"),
        ("C-1,Mon,8:00,9:00,return,S-1\n", "the first line is no header, expected "),
        (HEADER.replace(",", ";"), "columns are separated by semicolons"),
        ("clinician_id,weekday,start,end\n", "activity: the column is missing"),
        (f"name,{HEADER}", "name: unknown column in roster (remove it: no names"),
        (HEADER.replace("activity", "activty"), "did you mean activity?"),
    ],
)
def test_a_header_at_fault_is_told(tmp_path, text, expected):
    assert any(expected in problem for problem in told(tmp_path, text))


def test_a_first_line_of_data_is_one_problem(tmp_path):
    text = "C-1,Mon,8:00,9:00,return,S-1\nC-1,Mon,9:00,9:30,notes,\n"

    assert told(tmp_path, text) == [
        ":1: the first line is no header, expected "
        "clinician_id,weekday,start,end,activity,place"
    ]


def test_a_roster_of_nobody_is_a_roster(tmp_path):
    assert read(tmp_path, HEADER).weeks == ()


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write sheets as an office does: times as times, fractions as numbers."""
    written = xlsxwriter.Workbook(str(path))
    clock = written.add_format({"num_format": "h:mm AM/PM"})
    for name, rows in sheets.items():
        sheet = written.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                is_time = isinstance(value, float) and line == 1
                sheet.write(line, place, value, clock if is_time else None)
    written.close()
    return path


ROWS: list[list[object]] = [
    ["Clinician ID", "Weekday", "Start", "End", "Activity", "Place"],
    ["C-1", "Monday", 8 / 24, 8.75 / 24, "Return visit", "S-1"],
    ["C-1", "Monday", 8.75 / 24, 9 / 24, "Notes", None],
    ["C-1", "Monday", "13:00", "2:00 PM", "Meeting", "telehealth"],
]


@pytest.mark.parametrize("sheet", ["roster", "Roster ", "Sheet1"])
def test_a_workbook_keeps_times_as_fractions_of_a_day(tmp_path, sheet):
    roster = read_roster(book(tmp_path / "a.xlsx", {sheet: ROWS}))

    assert list(roster.weeks[0].placed()) == [
        (Block(480, 45, "return"), "S-1"),
        (Block(525, 15, "notes"), ""),
        (Block(780, 60, "meeting"), TELEHEALTH),
    ]


def test_a_workbook_of_several_sheets_must_name_one_roster(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Sheet1": ROWS, "Notes": []})

    with pytest.raises(InputError, match="no sheet 'roster', found Sheet1, Notes"):
        read_roster(path)


def test_a_problem_of_a_workbook_names_sheet_and_row(tmp_path):
    rows = [*ROWS, ["C-1", "Monday", 8 / 24, 9 / 24, "Return visit", "S-1"]]
    path = book(tmp_path / "a.xlsx", {"roster": rows})

    with pytest.raises(InputError) as caught:
        read_roster(path)

    assert [str(problem) for problem in caught.value.problems] == [
        "a.xlsx[roster]:3 start: overlaps the block of C-1 in line 5, which ends at "
        "09:00",
        "a.xlsx[roster]:5 start: overlaps the block of C-1 in line 2, which ends at "
        "08:45",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing.csv", "there is no such file"),
        ("week.ods", "expected a .csv file, an Excel workbook"),
        ("broken.xlsx", "is no Excel workbook, or is cut off"),
        ("folder", "roster.csv: there is no such file"),
    ],
)
def test_what_is_no_roster_is_told(tmp_path, name, expected):
    (tmp_path / "week.ods").write_bytes(b"PK")
    (tmp_path / "broken.xlsx").write_bytes(b"PK no book")
    (tmp_path / "folder").mkdir()

    with pytest.raises(InputError, match=expected):
        read_roster(tmp_path / name)


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("caretime.formats.rosters.LARGEST_ROSTER_BYTES", 10)

    (problem,) = told(tmp_path, HEADER)

    assert "at most 0 MB are read" in problem


@pytest.mark.parametrize(
    ("block", "place", "expected"),
    [
        (Block(5 * 1440, 60, "notes"), "", "not on Mon to Fri"),
        (Block(0, 60, "lunch"), "", "unknown activity 'lunch'"),
        (Block(0, 60, "notes"), "Main street", "cannot be read back"),
        (Block(0, 60, "notes"), "Telehealth", "cannot be read back"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path, block, place, expected):
    roster = Roster("", (RosterWeek("C-1", Template((block,)), (place,)),))

    with pytest.raises(ValueError, match=expected):
        write_roster(roster, tmp_path / "a.csv")

    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.csv or \.xlsx"):
        write_roster(Roster("", ()), tmp_path / "a.txt")


def test_the_hash_of_weeks_overlooks_contract_and_days():
    week = RosterWeek("C-1", Template((Block(480, 60, "notes"),)), ("S-1",))
    one = Roster("A", (week,))

    other = Roster("B", (week,), date(2024, 10, 21))
    moved = Roster("A", (RosterWeek("C-1", week.template, ("S-2",)),))

    assert roster_hash(one) == roster_hash(other)
    assert roster_hash(one) != roster_hash(moved)
