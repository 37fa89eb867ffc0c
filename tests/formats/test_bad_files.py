"""Files that are not what they seem: each is named, nothing is swallowed."""

from __future__ import annotations

import codecs
import resource
from pathlib import Path

import pytest
import xlsxwriter

from caretime.errors import InputError, Problem
from caretime.formats import (
    check_folder,
    notices,
    read_system,
    system_hash,
    write_system,
)
from formats.small import small_system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a")
    return tmp_path / "a"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def told(path: Path) -> list[str]:
    return [str(problem) for problem in check_folder(path)]


def test_a_sound_folder_has_no_problem_and_no_doubt(folder):
    assert told(folder) == []
    assert notices(folder) == ()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no such folder or workbook"):
        read_system(tmp_path / "nowhere")


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "a.ods").write_bytes(b"PK")

    assert told(tmp_path / "a.ods") == [
        "a.ods: expected a folder or an Excel workbook (.xlsx)"
    ]


def test_an_empty_folder_names_every_file_it_needs(tmp_path):
    assert told(tmp_path) == [
        "appointments.csv: the file is missing",
        "clinicians.csv: the file is missing",
        "clinics.csv: the file is missing",
        "contracts: no contract, expected at least the one in force",
        "demand.csv: the file is missing",
        "patients.csv: the file is missing",
        "system.yaml: the file is missing",
    ]


def test_files_that_may_be_missing(folder):
    for name in ("network", "groups", "group_members", "absences", "assumptions"):
        (folder / f"{name}.csv").unlink()

    system = read_system(folder)

    assert (system.network, system.groups, system.absences) == ((), (), ())
    assert system.assumptions == small_system().assumptions


def test_a_directory_where_a_file_is_expected(folder):
    (folder / "demand.csv").unlink()
    (folder / "demand.csv").mkdir()

    assert told(folder) == ["demand.csv: expected a file, found a directory"]


def test_a_file_where_a_folder_is_expected(folder):
    (folder / "incidents" / "walkout.yaml").unlink()
    (folder / "incidents").rmdir()
    (folder / "incidents").write_text("none")

    assert told(folder) == ["incidents: expected a folder, found a file"]


def test_a_misspelt_file_is_not_left_out_unseen(folder):
    (folder / "absences.csv").rename(folder / "abscences.csv")

    assert told(folder) == [
        "abscences.csv: no table of this name is read (did you mean absences.csv?)"
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8, b"  \r\n"])
def test_an_empty_file(folder, content):
    (folder / "demand.csv").write_bytes(content)

    assert told(folder) == ["demand.csv: the file is empty, expected a header line"]


def test_a_file_with_a_header_only(folder):
    header = "county,age_group,language,need,referrals_per_week,dispersion\n"
    (folder / "demand.csv").write_text(header)
    (folder / "absences.csv").write_text("clinician_id,first_day,last_day")

    assert told(folder) == ["demand.csv: no rows, expected at least 1"]


def test_windows_1252_is_named_with_the_character_meant(folder):
    file = folder / "demand.csv"
    text = file.read_text().replace("Orange,teen", "Cañón,tween")
    file.write_bytes(text.encode("cp1252"))

    first, second = told(folder)

    assert first == (
        "demand.csv:3: byte 0xF1 is not UTF-8; in Windows-1252 it is 'ñ' (save it "
        "as 'CSV UTF-8', or hand in the workbook itself)"
    )
    assert second.startswith("demand.csv:3 age_group: unknown age_group 'tween'")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_and_read_on(folder, encoding):
    file = folder / "demand.csv"
    text = file.read_text().replace("teen", "tween")
    file.write_bytes(text.encode(encoding))

    first, second = told(folder)

    assert first.startswith("demand.csv:1: is UTF-16, expected UTF-8")
    assert second.startswith("demand.csv:3 age_group: unknown age_group 'tween'")


def test_a_byte_order_mark_is_skipped_and_said(folder):
    for file in (folder / "demand.csv", folder / "system.yaml"):
        file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())

    assert told(folder) == []
    assert [doubt.source for doubt in notices(folder)] == ["demand.csv", "system.yaml"]


def test_nul_bytes(folder):
    file = folder / "demand.csv"
    file.write_bytes(file.read_bytes().replace(b"Orange", b"Ora\0nge"))

    assert told(folder) == ["demand.csv:3: holds a NUL byte (export the file again)"]


def test_mixed_line_ends_and_blank_lines_change_nothing(folder):
    before = read_system(folder).inputs_hash
    file = folder / "patients.csv"
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(
        lines[0] + b"\r\n" + lines[1] + b"\n\r\n" + b"\r".join(lines[2:]) + b",,,\n"
    )

    assert told(folder) == []
    assert read_system(folder).inputs_hash == before


def test_lines_are_counted_as_an_editor_counts_them(folder):
    file = folder / "assumptions.csv"
    file.write_text(
        "name,value,low,high,unit,holder,source,meaning\n"
        'sick_days,8,5,12,days per year,union,"a letter","of\ntwo lines"\n'
        "\n"
        "sick_dys,8,5,12,days per year,employer,a letter,\n"
    )

    problems = check_folder(folder)

    assert [(p.row, p.field, p.suggestion) for p in problems] == [
        (2, "meaning", ""),
        (5, "name", "did you mean sick_days?"),
    ]


def test_rows_of_the_wrong_length(folder):
    (folder / "group_members.csv").write_text(
        "group_id,patient_id\nG-1,P-1\nG-1\nG-1,P-2,P-3\nG-1,P-4\n"
    )

    assert told(folder) == [
        "group_members.csv:3: 1 values, expected 2 as in the header",
        "group_members.csv:4: 3 values, expected 2 as in the header (a comma inside "
        "a value needs quotes around the value)",
    ]


def test_a_quote_that_is_never_closed(folder):
    file = folder / "demand.csv"
    file.write_text(file.read_text().replace("Orange", '"Orange'))

    assert told(folder) == [
        "demand.csv:3: cannot be read from here on: unexpected end of data"
    ]


def test_columns_missing_misspelt_extra_and_twice(folder):
    (folder / "demand.csv").write_text(
        "county,county,agegroup,need,referrals_per_week,mood\n"
        "Orange,Orange,teen,therapy,1,low\n"
    )

    assert told(folder) == [
        "demand.csv:1 agegroup: unknown column in demand (did you mean age_group?)",
        "demand.csv:1 county: the column stands twice",
        "demand.csv:1 language: the column is missing, expected an ISO 639 code such "
        "as en or es",
        "demand.csv:1 mood: unknown column in demand (remove it, or see the "
        "dictionary of this table)",
    ]


@pytest.mark.parametrize("column", ["patient_name", "Phone", "reason"])
def test_a_column_about_the_person_is_refused(folder, column):
    file = folder / "patients.csv"
    header, *rows = file.read_text().splitlines()
    file.write_text("\n".join([f"{header},{column}", *[f"{r},Zebedee" for r in rows]]))

    (problem,) = told(folder)

    assert "no names, contacts or reasons in a system folder" in problem
    assert "Zebedee" not in problem


def test_a_name_in_place_of_an_id_is_not_repeated(folder):
    file = folder / "patients.csv"
    file.write_text(file.read_text().replace("P-5", "Zebedee Möller"))

    assert "Zebedee" not in "".join(told(folder))
    assert (
        "patients.csv:6 patient_id: found a value of 14 characters" in told(folder)[0]
    )


def test_a_file_of_200_mb_is_refused_without_being_read(folder):
    with (folder / "appointments.csv").open("r+b") as file:
        file.truncate(200_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = told(folder)

    grown_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert found == [
        "appointments.csv: has 200 MB, at most 100 MB are read (leave out "
        "appointments that lie far back)"
    ]
    assert grown_kilobytes < 50_000


def test_settings_with_tabs(folder):
    (folder / "system.yaml").write_text("name: A\n\tmembers: 3\n")

    assert told(folder) == [
        "system.yaml:2: is no YAML: found character '\\t' that cannot start any token "
        "(indent with spaces, not tabs)"
    ]


def test_settings_with_a_key_twice(folder):
    file = folder / "system.yaml"
    file.write_text(file.read_text() + "members: 7\n")

    assert told(folder) == ["system.yaml:13 members: stands twice, first in line 5"]


def test_settings_misspelt_absent_and_wrong_at_their_lines(folder):
    (folder / "system.yaml").write_text(
        "name: NO\n"
        "first_day: 2024-10-22\n"
        "membrs: 9,000\n"
        "time_zone: America/Los Angeles\n"
        "contract_in_force: terms-new\n"
        "jurisdiction: californa\n"
        "pooling: {by: county}\n"
        "holidays: [2024-11-28, 12/25/2024]\n"
    )

    assert told(folder) == [
        "system.yaml:2 first_day: 2024-10-22 is a Tuesday, expected a Monday",
        "system.yaml:3 members: found '9,000', expected a whole number, 1 to "
        "1000000000 (did you mean 9000?)",
        "system.yaml:3 membrs: unknown key in system (did you mean members?)",
        "system.yaml:4 time_zone: found 'America/Los Angeles', expected an IANA time "
        "zone such as America/Los_Angeles (did you mean America/Los_Angeles?)",
        "system.yaml:5 contract_in_force: no contract 'terms-new' in contracts (did "
        "you mean terms-now?)",
        "system.yaml:6 jurisdiction: unknown profile 'californa', expected one of "
        "california, federal-qhp, medicaid, new-york, maryland, va, ncqa-like, "
        "nhs-talking-therapies (did you mean california?)",
        "system.yaml:7 pooling: expected a value or a list of values, found more",
        "system.yaml:8 holidays: found '12/25/2024', expected a date such as "
        "2024-10-21, 2000-01-01 to 2100-01-01 (did you mean 2024-12-25?)",
    ]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_settings_that_are_no_mapping(folder, text):
    (folder / "system.yaml").write_text(text)

    (problem,) = told(folder)

    assert problem.startswith("system.yaml: expected keys and values, found")


def test_a_contract_at_fault_is_named_at_its_line(folder):
    file = folder / "contracts" / "terms-now.yaml"
    file.write_text(file.read_text().replace("kind: meal", "kind: meel"))

    problems = check_folder(folder)

    assert {problem.source for problem in problems} == {"contracts/terms-now.yaml"}
    assert all(problem.row for problem in problems)


def test_incidents_at_fault_are_named_at_their_lines(folder):
    (folder / "incidents" / "walkout.yaml").write_text(
        "incident_id: walkout\n"
        "first_day: 2024-11-04\n"
        "notice_day: 2024-11-05\n"
        "shares: [0.5, 1.5]\n"
        "clinic_ids: [S-2]\n"
    )

    assert told(folder) == [
        "incidents/walkout.yaml:3 notice_day: notice on 2024-11-05 is later than the "
        "first day 2024-11-04",
        "incidents/walkout.yaml:4 shares: 1.5 is out of range, expected a share from "
        "0 to 1",
        "incidents/walkout.yaml:5 clinic_ids: 'S-2' stands nowhere in clinics",
    ]


def test_holidays_left_out_are_proposed_and_said(folder):
    file = folder / "system.yaml"
    text = file.read_text().replace("holidays:\n  - 2024-11-28\n", "")
    file.write_text(text)

    with pytest.warns(UserWarning, match="states no holidays; those of california"):
        system = read_system(folder)

    assert not system.calendar.is_business_day(
        small_system().first_day.replace(month=12, day=25)
    )
    assert [doubt.field for doubt in notices(folder)] == ["holidays"]


def test_no_holidays_at_all_are_taken_at_their_word(folder):
    file = folder / "system.yaml"
    file.write_text(
        file.read_text().replace("holidays:\n  - 2024-11-28", "holidays: []")
    )

    assert read_system(folder).calendar.holidays == frozenset()


def test_a_workbook_that_is_cut_off(book):
    book.write_bytes(book.read_bytes()[:3_000])

    (problem,) = check_folder(book)

    assert problem.source == "a.xlsx"
    assert problem.message.startswith("is no Excel workbook, or is cut off")


def test_a_workbook_that_is_a_text_file(book):
    book.write_text("clinic_id,county\n")

    assert "is no Excel workbook" in told(book)[0]


def test_a_workbook_without_its_sheets(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as file:
        file.add_worksheet("clinicans").write_row(0, 0, ["clinician_id"])

    problems = check_folder(tmp_path / "a.xlsx")

    missing = {problem.source for problem in problems}
    assert "a.xlsx[clinicians]" in missing
    assert "a.xlsx[system]" in missing
    assert {problem.message for problem in problems} == {"the sheet is missing"}
    hints = {problem.source: problem.suggestion for problem in problems}
    assert hints["a.xlsx[clinicians]"] == "did you mean the sheet 'clinicans'?"
    doubts = {doubt.source: doubt for doubt in notices(tmp_path / "a.xlsx")}
    assert doubts["a.xlsx[groups]"].message.startswith("no such sheet; ")
    assert doubts["a.xlsx[clinicans]"] == Problem(
        "a.xlsx[clinicans]",
        0,
        "",
        "no table of this name; not read",
        "did you mean clinicians?",
    )


def test_dates_times_and_truths_typed_into_a_sheet_are_understood(tmp_path):
    from datetime import date, time

    from caretime.formats._reading.raw import Findings
    from caretime.formats._reading.workbook import open_workbook

    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as file:
        sheet = file.add_worksheet("clinics")
        day = file.add_format({"num_format": "yyyy-mm-dd"})
        clock = file.add_format({"num_format": "hh:mm"})
        sheet.write_row(2, 0, ["day", "clock", "truth", "zip"])
        sheet.write_datetime(3, 0, date(2024, 10, 21), day)
        sheet.write_datetime(3, 1, time(8, 30), clock)
        sheet.write_boolean(3, 2, True)
        sheet.write_number(3, 3, 90012)

    opened = open_workbook(tmp_path / "a.xlsx", Findings())
    raw = opened.raw("clinics", "clinics", Findings())

    assert raw.lines.to_list() == [4]
    assert raw.cells.row(0) == ("2024-10-21 00:00:00", "08:30:00", "true", "90012")


def test_a_contract_in_a_workbook_is_named_at_its_row(tmp_path):
    system = small_system()
    write_system(system, tmp_path / "a")
    file = tmp_path / "a" / "contracts" / "terms-now.yaml"
    lines = file.read_text().replace("standing: assumption", "standing: rumor")
    write_system(system, tmp_path / "a.xlsx")
    rows = lines.splitlines()
    sheets = {"contracts": [["contract_id", "text"], *[["terms-now", r] for r in rows]]}
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(cells):
                sheet.write_row(line, 0, row)
    expected = 1 + next(n for n, r in enumerate(rows, start=1) if "rumor" in r)

    found = [p for p in check_folder(tmp_path / "b.xlsx") if "contracts" in p.source]

    assert [(p.source, p.row) for p in found] == [("b.xlsx[contracts]", expected)]


def test_nothing_is_written_by_a_check(folder):
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}

    check_folder(folder)
    read_system(folder)

    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    assert system_hash(small_system()) == read_system(folder).inputs_hash
