"""Values that cannot be: impossible times, broken references, full groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from caretime.formats import check_folder, notices, read_system, write_system
from caretime.formats._checking.columns import explain
from caretime.formats.dictionary import dictionary, table_names
from formats.small import ZONE, small_system

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(small_system(), tmp_path / "a")
    return tmp_path / "a"


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Return a function that replaces text in one table, which must hold it."""

    def replace(table: str, before: str, after: str) -> None:
        file = folder / f"{table}.csv"
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after, 1))

    return replace


def told(path: Path) -> list[str]:
    return [str(problem) for problem in check_folder(path)]


CELLS = {
    ("license", "LCWS"): "LCSW",
    ("license", "lcsw"): "LCSW",
    ("languages", "Spanish"): "es",
    ("languages", "en,es"): "en;es",
    ("languages", "EN"): "en",
    ("ages", "adult; chidl"): "child",
    ("fte", "0,8"): "0.8",
    ("fte", "80%"): "0.8",
    ("step", "4.0"): "4",
    ("telehealth_share", "25 %"): "0.25",
    ("hired_on", "10/21/2024"): "2024-10-21",
    ("hired_on", "21.10.2024"): "2024-10-21",
    ("hired_on", "03/04/2024"): "2024-03-04 or 2024-04-03",
    ("hired_on", "2024-1-5"): "2024-01-05",
    ("hired_on", "45586"): "2024-10-21",
    ("hired_on", "2024-02-30"): "",
    ("hired_on", "soon"): "",
    ("leads_groups", "Y"): "yes",
    ("fte", "-0.5"): "",
}


@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_a_cell_of_clinicians_and_the_reading_offered(column, cell):
    offer = CELLS[column, cell]

    message, suggestion = explain(dictionary("clinicians")[column], cell, ZONE)

    assert suggestion == (f"did you mean {offer}?" if offer else "")
    assert "expected" in message


TIMES = {
    "2024-10-21T09:00": "2024-10-21T09:00:00-07:00",
    "2024-12-21 09:00:00": "2024-12-21T09:00:00-08:00",
    "10/21/2024 2:30 PM": "2024-10-21T14:30:00-07:00",
    "21.10.2024 14:30": "2024-10-21T14:30:00-07:00",
    "2024-10-21T09:00:00-0700": "2024-10-21T09:00:00-07:00",
    "2024-10-21T25:00:00-07:00": "",
    "2024-10-21": "",
}


@pytest.mark.parametrize("cell", TIMES)
def test_a_time_and_the_reading_offered(cell):
    suggestion = explain(dictionary("appointments")["start"], cell, ZONE)[1]

    assert suggestion == (f"did you mean {TIMES[cell]}?" if TIMES[cell] else "")


CLOCKS = {
    "8:30": "08:30",
    "8:30 PM": "20:30",
    "0830": "08:30",
    "25:00": "",
    "8": "08:00",
}


@pytest.mark.parametrize("cell", CLOCKS)
def test_a_time_of_day_and_the_reading_offered(cell):
    suggestion = explain(dictionary("clinics")["opens"], cell, ZONE)[1]

    assert suggestion == (f"did you mean {CLOCKS[cell]}?" if CLOCKS[cell] else "")


def test_thousand_separators_are_questioned(edit, folder):
    edit("network", "12500", '"12,500"')

    (problem,) = told(folder)

    assert problem.endswith("(did you mean 12500?)")


def test_a_number_with_a_comma_of_two_readings_gets_both_offered():
    rooms = explain(dictionary("clinics")["rooms"], "1,234", ZONE)
    demand = explain(dictionary("demand")["referrals_per_week"], "1,234", ZONE)

    assert rooms[1] == ""  # 1234 rooms are out of range
    assert demand[1] == "did you mean 1234 or 1.234?"


def test_spaces_around_values_are_ignored_and_said(edit, folder):
    edit("patients", "P-1,Los Angeles,90012", " P-1 ,Los Angeles\u00a0,90012")
    before = read_system(folder)

    assert before.patients == small_system().patients
    assert [(d.row, d.field) for d in notices(folder)] == [
        (2, "county"),
        (2, "patient_id"),
    ]


def test_negative_capacities(edit, folder):
    edit("clinics", ",6,08:00", ",-6,08:00")
    edit("network", ",1.5,12500,", ",-1.5,-12500,")
    edit("groups", ",90,8,", ",90,-8,")

    assert [(p.source, p.field) for p in check_folder(folder)] == [
        ("clinics.csv", "rooms"),
        ("groups.csv", "seats"),
        ("network.csv", "openings_per_week"),
        ("network.csv", "price_per_visit_cents"),
    ]


def test_empty_cells_of_required_columns(edit, folder):
    edit("patients", "P-3,Los Angeles,90012,adult", "P-3,,90012,")

    assert told(folder) == [
        "patients.csv:4 age_group: is empty, expected child, teen, adult or older",
        "patients.csv:4 county: is empty, expected text in one line",
    ]


def test_duplicate_ids(edit, folder):
    edit("patients", "P-5", "P-4")
    edit("demand", "Orange,teen,en", "Los Angeles,adult,es")
    edit("group_members", "G-1,P-3", "G-1,P-1")

    assert told(folder) == [
        "demand.csv:3 county: Los Angeles, adult, es, therapy stands twice, first in "
        "line 2",
        "group_members.csv:3 group_id: G-1, P-1 stands twice, first in line 2",
        "patients.csv:6 patient_id: P-4 stands twice, first in line 5",
    ]


def test_broken_references_of_every_table(edit, folder):
    edit("clinicians", "S-1", "S-2")
    edit("patients", ",C-1,", ",C-O1,")
    edit("appointments", "A-1,P-1,C-1", "A-1,P-9,C-9")
    edit("groups", "G-1,C-1", "G-1,C-7")
    edit("group_members", "G-1", "G-2")
    edit("absences", "C-2", "c2")

    assert told(folder) == [
        "absences.csv:2 clinician_id: 'c2' stands nowhere in clinicians.csv (did you "
        "mean C-2?)",
        "appointments.csv:2 clinician_id: 'C-9' stands nowhere in clinicians.csv or "
        "network.csv",
        "appointments.csv:2 patient_id: 'P-9' stands nowhere in patients.csv",
        "clinicians.csv:2 clinic_id: 'S-2' stands nowhere in clinics.csv",
        "group_members.csv:2 group_id: 'G-2' stands nowhere in groups.csv",
        "groups.csv:2 leader_id: 'C-7' stands nowhere in clinicians.csv",
        "patients.csv:2 clinician_id: 'C-O1' stands nowhere in clinicians.csv (did "
        "you mean C-1?)",
    ]


def test_an_associate_without_a_supervisor(edit, folder):
    edit("clinicians", "0.25,C-1,", "0.25,,")

    assert told(folder) == [
        "clinicians.csv:4 supervisor_id: is empty, but license ASW needs a supervisor"
    ]


def test_a_supervisor_who_may_not_practice_alone(edit, folder):
    edit("clinicians", "C-1,LCSW", "C-1,AMFT")

    assert told(folder) == [
        "clinicians.csv:2 supervisor_id: is empty, but license AMFT needs a supervisor",
        "clinicians.csv:4 supervisor_id: supervisor C-1 is AMFT, expected a license to "
        "practice independently",
    ]


def test_supervision_in_a_circle_is_told_once(edit, folder):
    edit("clinicians", "0.25,,2019", "0.25,C-2,2019")
    edit("clinicians", "0.25,,2019", "0.25,C-1,2019")

    assert told(folder) == [
        "clinicians.csv:2 supervisor_id: supervision runs in a circle: C-1 → C-2 → C-1"
    ]


def test_someone_who_supervises_themselves(edit, folder):
    edit("clinicians", "0.25,,2019", "0.25,C-1,2019")

    assert told(folder) == [
        "clinicians.csv:2 supervisor_id: supervision runs in a circle: C-1 → C-1"
    ]


def test_a_site_that_closes_before_it_opens(edit, folder):
    edit("clinics", "08:00,18:00", "18:00,08:00")

    assert "clinics.csv:2 closes: closes at or before it opens" in told(folder)[-2]


def test_appointments_out_of_hours_and_on_closed_days(edit, folder):
    edit("appointments", "2024-10-21T09:00:00-07:00", "2024-10-21T07:45:00-07:00")
    edit("appointments", "2024-10-21T10:00:00-07:00", "2024-10-20T10:00:00-07:00")
    edit("appointments", "2024-10-22T17:10:00-07:00", "2024-10-22T17:11:00-07:00")
    edit("appointments", "2024-10-23T13:00:00-07:00", "2024-11-28T13:00:00-08:00")

    assert told(folder) == [
        "appointments.csv:2 start: starts at 07:45, S-1 opens at 08:00",
        "appointments.csv:3 start: 2024-10-20 is a Sunday, expected Mon to Fri",
        "appointments.csv:4 minutes: ends at 18:01, S-1 closes at 18:00",
        "appointments.csv:5 start: 2024-11-28 is a holiday",
    ]


def test_hours_are_judged_in_the_time_zone_of_the_system(edit, folder):
    edit("appointments", "2024-10-21T09:00:00-07:00", "2024-10-21T16:00:00Z")

    assert told(folder) == []


def test_a_cancelled_appointment_takes_no_time(edit, folder):
    edit(
        "appointments",
        "A-1,P-1,C-1,return,2024-10-21T09",
        "A-1,P-1,C-1,return,2024-10-20T09",
    )
    edit("appointments", "booked", "cancelled")

    assert told(folder) == []


def test_a_clinician_booked_twice(edit, folder):
    edit("appointments", "2024-10-21T10:00:00-07:00", "2024-10-21T09:49:00-07:00")

    assert told(folder) == ["appointments.csv:3 start: overlaps A-1 of clinician C-1"]


def test_appointments_back_to_back_do_not_overlap(edit, folder):
    edit("appointments", "2024-10-21T10:00:00-07:00", "2024-10-21T09:50:00-07:00")

    assert told(folder) == []


def test_a_patient_in_two_places(edit, folder):
    edit(
        "appointments",
        "A-3,P-3,C-2,return,2024-10-22T17:10",
        "A-3,P-1,C-2,return,2024-10-21T09:30",
    )

    assert told(folder) == ["appointments.csv:4 start: overlaps A-1 of patient P-1"]


def test_a_long_appointment_is_named_not_the_one_between(edit, folder):
    edit("appointments", "09:00:00-07:00,50", "09:00:00-07:00,240")
    edit(
        "appointments",
        "A-3,P-3,C-2,return,2024-10-22T17:10",
        "A-3,P-3,C-1,return,2024-10-21T12:00",
    )

    assert told(folder) == [
        "appointments.csv:3 start: overlaps A-1 of clinician C-1",
        "appointments.csv:4 start: overlaps A-1 of clinician C-1",
    ]


def test_the_members_of_one_group_session_do_not_overlap(folder):
    file = folder / "appointments.csv"
    file.write_text(
        file.read_text().splitlines()[0]
        + "\nA-1,P-1,C-1,group,2024-10-23T16:00:00-07:00,90,in_person,booked,,"
        + "\nA-2,P-2,C-1,group,2024-10-23T16:00:00-07:00,90,in_person,booked,,"
        + "\nA-3,P-4,C-1,return,2024-10-23T17:00:00-07:00,50,in_person,booked,,\n"
    )

    assert told(folder) == ["appointments.csv:4 start: overlaps A-1 of clinician C-1"]


def test_requests_offers_and_hiring_out_of_order(edit, folder):
    edit("appointments", ",,2024-10-14T09", ",2024-10-15T09:00:00-07:00,2024-10-14T09")
    edit("appointments", ",,2024-10-14T09", ",,2024-10-22T09")
    edit(
        "clinicians",
        "C-2,LMFT,en;es,adult;teen,therapy,0.8,S-1,0.25,,2019-03-04",
        "C-2,LMFT,en;es,adult;teen,therapy,0.8,S-1,0.25,,2024-11-04",
    )

    assert told(folder) == [
        "appointments.csv:2 offered_at: offered before it was requested",
        "appointments.csv:3 offered_at: offered after the appointment began",
        "appointments.csv:4 start: C-2 is hired on 2024-11-04 only",
    ]


def test_a_group_with_more_members_than_seats(edit, folder):
    edit("groups", ",90,8,", ",90,1,")

    assert told(folder) == ["groups.csv:2 seats: 1 seats, but 2 members"]


def test_a_leader_who_leads_no_groups(edit, folder):
    edit("groups", "G-1,C-1,,", "G-1,C-2,C-2,")

    assert told(folder) == [
        "groups.csv:2 co_leader_id: leader and co-leader are the same",
        "groups.csv:2 co_leader_id: leads_groups is no for C-2",
        "groups.csv:2 leader_id: leads_groups is no for C-2",
    ]


def test_a_group_after_hours_and_one_on_top_of_another(folder):
    file = folder / "groups.csv"
    file.write_text(
        file.read_text()
        + "G-2,C-1,,Wed,17:00,90,8,adult,es,therapy\n"
        + "G-3,C-1,,Sat,10:00,90,8,adult,es,therapy\n"
    )

    assert told(folder) == [
        "groups.csv:3 start: held 17:00 to 18:30, S-1 is open 08:00 to 18:00",
        "groups.csv:3 start: overlaps another group of C-1",
        "groups.csv:4 weekday: found 'Sat', expected Mon, Tue, Wed, Thu or Fri",
    ]


def test_absences_backward_and_overlapping(folder):
    (folder / "absences.csv").write_text(
        "clinician_id,first_day,last_day\n"
        "C-1,2024-12-02,2024-11-02\n"
        "C-2,2024-12-02,\n"
        "C-2,2025-12-02,2025-12-03\n"
    )

    assert told(folder) == [
        "absences.csv:2 last_day: 2024-11-02 is before the first day 2024-12-02",
        "absences.csv:4 first_day: absence of C-2 overlaps an earlier one",
    ]


def test_assumptions_unknown_out_of_range_and_in_another_unit(folder):
    (folder / "assumptions.csv").write_text(
        "name,value,low,high,unit,holder,source\n"
        "sick_dayz,8,5,12,days per year,assumption,us\n"
        "sick_days,20,5,12,days per month,assumption,us\n"
        "sick_days,8,5,12,days per year,confirmed,us\n"
        "sick_days,8,5,12,days per year,boss,us\n"
    )

    found = told(folder)

    assert found[0].startswith("assumptions.csv:2 name: unknown name 'sick_dayz'")
    assert found[0].endswith("(did you mean sick_days?)")
    assert found[1:3] == [
        "assumptions.csv:3 unit: found 'days per month', sick_days is in 'days per "
        "year' (did you mean days per year?)",
        "assumptions.csv:3 value: 20.0 is not within low 5.0 to high 12.0",
    ]
    assert found[3] == (
        "assumptions.csv:4 holder: sick_days has two shared rows (confirmed and "
        "assumption)"
    )
    assert found[4].startswith("assumptions.csv:5 holder: unknown holder 'boss'")
    assert len(found) == 5


def test_standards_of_another_profile(folder):
    (folder / "standards.csv").write_text(
        "standard_id,profile,clock,provider,starts,limit,unit,citation\n"
        "s-1,oregon,intake,any,request,7,business_days,our own\n"
    )

    assert told(folder) == [
        "standards.csv:2 profile: profile oregon, expected the jurisdiction california"
    ]


def test_a_system_may_state_standards_of_its_own(folder):
    settings = folder / "system.yaml"
    settings.write_text(settings.read_text().replace("california", "oregon"))
    (folder / "standards.csv").write_text(
        "standard_id,profile,clock,provider,starts,limit,unit,citation\n"
        "s-1,oregon,intake,any,request,7,business_days,our own\n"
    )

    (standard,) = read_system(folder).standards

    assert (standard.limit, standard.target_share) == (7, 0.0)


def test_doubts_are_told_and_refuse_nothing(edit, folder):
    edit("patients", "adult,es,therapy", "child,vi,medication")
    edit("patients", "Los Angeles", "Los Angelos")
    edit("demand", "teen,en", "teen,hmn")
    edit("clinicians", "adult;teen,therapy", "adult;teen,medication")
    edit("absences", "C-2,2024-12-02", "C-2,2024-10-22")
    edit("appointments", "2024-10-21T09", "2024-10-18T09")

    doubts = [str(doubt) for doubt in notices(folder)]

    assert told(folder) == []
    assert doubts == [
        "appointments.csv:2 status: booked before the plan begins; what became of it?",
        "appointments.csv:4 start: C-2 is away that day",
        "clinicians.csv:2 needs: license LCSW does not cover medication",
        "demand.csv:3 language: language 'hmn' is not in the shipped list (1 rows)",
        "demand.csv:3 language: nobody treats in hmn; these referrals will wait",
        "patients.csv:2 age_group: child is not among the ages of C-1",
        "patients.csv:2 county: in 1 rows, but in no clinic and no demand (did you "
        "mean Los Angeles?)",
        "patients.csv:2 language: vi is not among the languages of C-1",
        "patients.csv:3 need: therapy is not among the needs of C-1",
    ]


def test_every_problem_of_a_large_table_is_kept(folder):
    rows = 50_000
    frame = pl.DataFrame(
        {
            "appointment_id": [f"A-{n}" for n in range(rows)],
            "patient_id": ["P-1"] * rows,
            "clinician_id": ["C-99"] * rows,
            "visit_type": ["return"] * rows,
            "start": ["10/21/2024 9:00"] * rows,
            "minutes": ["50"] * rows,
        }
    )
    frame.write_csv(folder / "appointments.csv")

    problems = check_folder(folder)

    assert len(problems) == 2 * rows
    assert problems[-1].row == rows + 1


def test_the_dictionaries_give_defaults_that_they_allow():
    from caretime.formats._checking.cells import parse

    for name in table_names():
        for attribute in dictionary(name).attributes.values():
            if attribute.default:
                parsed = parse(attribute, pl.Series([attribute.default]))
                assert parsed[0] is not None, (name, attribute.name)


def test_the_dictionaries_agree_with_the_nouns():
    from dataclasses import fields

    from caretime.formats._nouns import NOUNS

    for table, noun in NOUNS.items():
        names = {field.name for field in fields(noun)}
        assert names == set(dictionary(table).attributes) - {"meaning"}, table
