"""What spreadsheets do to tables, and what they leave beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from caretime.errors import InputError
from caretime.formats import check_folder, notices, read_system, write_system
from formats.small import small_system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a")
    return tmp_path / "a"


def told(path: Path) -> list[str]:
    return [str(problem) for problem in check_folder(path)]


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_with_other_separators_is_one_problem(folder, mark, name):
    file = folder / "clinicians.csv"
    file.write_text(file.read_text().replace(",", mark))

    assert told(folder) == [
        f"clinicians.csv:1: columns are separated by {name}, expected commas; its "
        "rows, and references to it, were not checked (save it as comma-separated "
        "UTF-8, or hand in the workbook itself)"
    ]
    with pytest.raises(InputError, match="references to it, were not checked"):
        read_system(folder)


def test_an_unreadable_header_comes_before_other_tables(folder):
    file = folder / "clinicians.csv"
    file.write_text(file.read_text().replace(",", ";"))
    book = folder / "appointments.csv"
    book.write_text(book.read_text().replace(",50,", ",5000,"))

    found = check_folder(folder)

    sources = [problem.source for problem in found]
    assert sources == ["clinicians.csv", *["appointments.csv"] * 4]


def test_a_header_without_its_id_leaves_references_unchecked(folder):
    file = folder / "clinicians.csv"
    text = file.read_text()
    file.write_text(text.replace("clinician_id", "Therapist number", 1))

    found = check_folder(folder)

    assert {problem.source for problem in found} == {"clinicians.csv"}
    assert any("references to it were not checked" in str(p) for p in found)


@pytest.mark.parametrize("on_rows", [True, False])
def test_empty_columns_at_the_end_are_ignored_and_told(folder, on_rows):
    file = folder / "clinicians.csv"
    before = read_system(folder).inputs_hash
    header, *rows = file.read_text().splitlines()
    tail = ",,," if on_rows else ""
    file.write_text("\n".join([f"{header},,,", *[f"{row}{tail}" for row in rows]]))

    assert told(folder) == []
    assert [str(doubt) for doubt in notices(folder)] == [
        "clinicians.csv:1: 3 empty columns at the end of the header; they are ignored"
    ]
    assert read_system(folder).inputs_hash == before


def test_a_value_in_a_column_without_header_is_still_refused(folder):
    file = folder / "clinicians.csv"
    header, first, *rows = file.read_text().splitlines()
    lines = [f"{header},,", f"{first},,x", *[f"{row},," for row in rows]]
    file.write_text("\n".join(lines))

    assert told(folder) == ["clinicians.csv:1: a column has values but no header"]


def test_a_sheet_with_a_space_in_its_name_is_offered(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as file:
        file.add_worksheet("Clinicians ").write_row(0, 0, ["clinician_id"])
        file.add_worksheet("System").write_row(0, 0, ["key", "value"])

    hints = {
        problem.source: problem.suggestion for problem in check_folder(file.filename)
    }

    assert hints["a.xlsx[clinicians]"] == "did you mean the sheet 'Clinicians '?"
    assert hints["a.xlsx[system]"] == "did you mean the sheet 'System'?"


@pytest.mark.parametrize(
    "name", ["~$demand.csv", ".~lock.demand.csv#", "contracts/~$terms-now.yaml"]
)
def test_the_lock_file_of_an_open_table_is_ignored_and_told(folder, name):
    (folder / name).write_bytes(b"\x07someone")

    assert told(folder) == []
    assert [str(doubt) for doubt in notices(folder)] == [
        f"{name}: is the lock file of an open document; not read (close the document "
        "if it may be changing)"
    ]
