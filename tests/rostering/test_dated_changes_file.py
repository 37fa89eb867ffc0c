from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.errors import InputError
from caretime.formats.day_changes import read_changes, write_changes
from caretime.model.dated import DayChange
from caretime.model.week import TELEHEALTH
from rostering.tiny import SITE, clinician, system

DAY = date(2025, 6, 3)
HEADER = "clinician_id,day,change,start,end,activity,place,to_day,to_start\n"


def read(tmp_path, text, people=None):
    path = tmp_path / "changes.csv"
    path.write_text(text, encoding="utf-8")
    return read_changes(path, people)


def problems(tmp_path, text, people=None):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, people)
    return [str(problem) for problem in caught.value.problems]


def test_each_kind_of_change_is_read(tmp_path):
    found = read(
        tmp_path,
        HEADER + "C-1,2025-06-03,away,13:00,,,,,\n"
        "C-1,2025-06-03,add,16:00,17:00,meeting,,,\n"
        "\n"
        "C-2,2025-06-03,move,09:00,,,,2025-06-04,10:00\n"
        "C-2,2025-06-03,place,,,,telehealth,,\n",
    )

    assert found == (
        DayChange("C-1", DAY, "away", 780),
        DayChange("C-1", DAY, "add", 960, 1020, "meeting"),
        DayChange("C-2", DAY, "move", 540, to_day=date(2025, 6, 4), to_start=600),
        DayChange("C-2", DAY, "place", place=TELEHEALTH),
    )
    assert [change.line for change in found] == [2, 3, 5, 6]


def test_columns_that_no_row_uses_may_be_left_out(tmp_path):
    found = read(tmp_path, "change,day,clinician_id\naway,2025-06-03,C-1\n")

    assert found == (DayChange("C-1", DAY, "away"),)


def test_every_problem_of_the_file_is_told_at_once(tmp_path):
    text = HEADER + (
        "C-1,2025-06-03,awya,,,,,,\n"
        "C-1,03.06.2025,away,25:00,,,,,\n"
        ",2025-06-03,add,16:00,15:00,meting,,,\n"
        "C-1,2025-06-03,move,09:00,10:00,,,,\n"
        "C-1,2025-06-03,place,,,,,,\n"
        "C-1,2025-06-03,away,,,,,,,more\n"
    )

    assert problems(tmp_path, text) == [
        "changes.csv:2 change: unknown change 'awya'; expected away, add, move, place "
        "(did you mean away?)",
        "changes.csv:3 day: expected a date such as 2025-06-03, got '03.06.2025'",
        "changes.csv:3 start: expected a time of day such as 08:30, got '25:00'",
        "changes.csv:4 activity: unknown activity 'meting' (did you mean meeting?)",
        "changes.csv:4 clinician_id: empty, but a row of change add needs it",
        "changes.csv:4 end: 15:00 is not after 16:00",
        "changes.csv:5 end: '10:00', but change move has no use for it",
        "changes.csv:5 to_start: empty, but a row of change move needs it",
        "changes.csv:6 place: empty, but a row of change place needs it",
        "changes.csv:7: 10 cells under 9 columns",
    ]


def test_people_and_places_must_be_of_the_system(tmp_path):
    people = system(clinician("C-0012"))
    text = HEADER + (
        f"C-0012,2025-06-03,place,,,,{SITE},,\nC-0021,2025-06-03,place,,,,S-9,,\n"
    )

    assert problems(tmp_path, text, people) == [
        "changes.csv:3 clinician_id: unknown clinician_id 'C-0021'; expected C-0012 "
        "(did you mean C-0012?)",
        "changes.csv:3 place: unknown place 'S-9'; expected S-1, telehealth",
    ]


def test_a_file_without_its_columns_or_that_is_not_there_is_refused(tmp_path):
    assert problems(tmp_path, "clinician,day,change,change\n") == [
        "changes.csv:1 change: the column stands twice",
        "changes.csv:1 change: the column stands twice",
        "changes.csv:1 clinician: no column 'clinician' is known "
        "(did you mean clinician_id?)",
        "changes.csv:1 clinician_id: the column is missing",
    ]
    with pytest.raises(InputError, match="the file is missing"):
        read_changes(tmp_path / "nowhere.csv")


minutes = st.integers(0, 1438)
days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
changes = st.one_of(
    st.builds(
        lambda day, a, b: DayChange("C-1", day, "away", min(a, b), max(a, b) + 1),
        days,
        minutes,
        minutes,
    ),
    st.builds(
        lambda day, a, b: DayChange(
            "C-1", day, "add", min(a, b), max(a, b) + 1, "meeting", SITE
        ),
        days,
        minutes,
        minutes,
    ),
    st.builds(
        lambda day, a, to, b: DayChange("C-2", day, "move", a, to_day=to, to_start=b),
        days,
        minutes,
        st.none() | days,
        minutes,
    ),
    st.builds(lambda day: DayChange("C-1", day, "place", place=TELEHEALTH), days),
)


@given(st.lists(changes, max_size=5))
def test_what_is_written_is_read_back(tmp_path_factory, told):
    path = tmp_path_factory.mktemp("changes") / "changes.csv"

    write_changes(told, path)

    assert read_changes(path) == tuple(told)
