"""Supervision on dates: who is there to give it, and what the judge makes of it."""

import csv
import json
from datetime import timedelta

import pytest

from caretime.cli import main
from caretime.formats.dated_tables import write_dated
from caretime.model.care import Absence
from caretime.model.dated import DayChange, LoneSupervision
from caretime.rostering.dated import check_dated, plan_dates
from caretime.rules.clause_kinds import make_clause
from rostering.tiny import MONDAY, clinic, clinician, contract, roster, system, week

TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = MONDAY + timedelta(days=6)
SUPERVISOR = clinician("C-1")
ASSOCIATE = clinician("C-2", license="ASW", supervisor_id="C-1")
TEXT = "Mon-Tue 08:00-09:00 supervision; Mon-Tue 09:00-11:00 return x2"
WEEKS = (week("C-1", TEXT), week("C-2", TEXT))
OWED = make_clause("SUP", "activity_hours", activity="supervision", hours_per_week=2)

ON_MONDAY = LoneSupervision(MONDAY, "C-2", 480, 60, "C-1")
ON_TUESDAY = LoneSupervision(TUESDAY, "C-2", 480, 60, "C-1")


def plan(*changes, weeks=WEEKS, people=(SUPERVISOR, ASSOCIATE), **tables):
    return plan_dates(
        roster(*weeks),
        system(*people, **tables),
        first=MONDAY,
        last=SUNDAY,
        changes=changes,
    )


def breaches(*changes, weeks=WEEKS, **tables):
    found = check_dated(
        roster(*weeks),
        system(SUPERVISOR, ASSOCIATE, **tables),
        contract(OWED),
        first=MONDAY,
        last=MONDAY,
        changes=changes,
    )
    return [
        (v.clinician_id, v.observed, v.limit) for v in found if v.clause_id == "SUP"
    ]


def test_supervision_that_both_hold_is_not_told():
    assert plan().unsupervised == ()


def test_the_supervision_of_somebody_whose_supervisor_is_absent_is_told():
    found = plan(absences=(Absence("C-1", MONDAY, SUNDAY),))

    assert found.unsupervised == (ON_MONDAY, ON_TUESDAY)


def test_a_holiday_and_leave_of_the_associate_leave_nobody_alone():
    found = plan(
        holidays=(MONDAY,),
        absences=(Absence("C-1", MONDAY, SUNDAY), Absence("C-2", TUESDAY, TUESDAY)),
    )

    assert found.unsupervised == ()


def test_only_the_minutes_the_supervisor_is_away_are_told():
    away = DayChange("C-1", MONDAY, "away", 8 * 60 + 20, 8 * 60 + 40)

    found = plan(away)

    assert found.unsupervised == (LoneSupervision(MONDAY, "C-2", 500, 20, "C-1"),)


@pytest.mark.parametrize("activity", ["meeting", "return"])
def test_a_supervisor_with_something_else_to_do_is_not_there(activity):
    found = plan(DayChange("C-1", MONDAY, "add", 480, 540, activity))

    assert found.unsupervised == (ON_MONDAY,)


def test_supervision_moved_by_one_alone_is_told_and_by_both_is_not():
    moved = [
        DayChange(who, MONDAY, "move", 480, to_start=13 * 60) for who in ("C-1", "C-2")
    ]

    by_supervisor, by_associate, by_both = plan(moved[0]), plan(moved[1]), plan(*moved)

    assert by_supervisor.unsupervised == (ON_MONDAY,)
    assert by_associate.unsupervised == (
        LoneSupervision(MONDAY, "C-2", 13 * 60, 60, "C-1"),
    )
    assert by_both.unsupervised == ()


def test_a_supervisor_of_a_site_with_weeks_who_has_none_supervises_nobody():
    found = plan(weeks=WEEKS[1:])

    assert found.unsupervised == (ON_MONDAY, ON_TUESDAY)


def test_of_a_supervisor_at_a_site_without_weeks_only_absences_are_known():
    elsewhere = clinician("C-1", clinic_id="S-2")
    tables = {
        "people": (elsewhere, ASSOCIATE),
        "clinics": (clinic(), clinic(name="S-2")),
    }

    there = plan(weeks=WEEKS[1:], **tables)
    absent = plan(weeks=WEEKS[1:], absences=(Absence("C-1", TUESDAY, None),), **tables)

    assert there.unsupervised == ()
    assert absent.unsupervised == (ON_TUESDAY,)


def test_supervision_lost_to_the_supervisors_leave_is_told_and_is_no_breach():
    absent = {"absences": (Absence("C-1", MONDAY, MONDAY),)}
    away = DayChange("C-1", MONDAY, "away")

    assert plan(**absent).unsupervised == plan(away).unsupervised == (ON_MONDAY,)
    assert breaches(**absent) == breaches(away) == []


def test_supervision_that_a_change_of_the_supervisor_takes_is_a_breach():
    change = DayChange("C-1", MONDAY, "add", 480, 540, "return")
    absence = Absence("C-1", TUESDAY, TUESDAY)

    assert ("C-2", 60, 120) in breaches(change)
    assert ("C-2", 0, 120) in breaches(change, absences=(absence,))


def test_weeks_that_never_had_the_supervisor_are_a_breach_without_leave():
    without = week("C-1", "Mon-Tue 08:00-09:00 admin; Mon-Tue 09:00-11:00 return x2")

    found = breaches(weeks=(without, WEEKS[1]))

    assert ("C-2", 0, 120) in found


def test_lost_csv_holds_supervision_between_the_visits(tmp_path):
    absent = (Absence("C-1", MONDAY, MONDAY),)
    people = system(SUPERVISOR, ASSOCIATE, absences=absent)
    found = plan(absences=absent)

    write_dated(found, people, tmp_path)

    with (tmp_path / "lost.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["visit_type"] for row in rows] == ["return", "return", "supervision"]
    assert rows[-1] == {
        "day": "2025-06-02",
        "clinician_id": "C-2",
        "start": "08:00",
        "end": "09:00",
        "visit_type": "supervision",
        "cause": "no_supervisor",
        "group_id": "",
        "supervisor_id": "C-1",
    }
    assert {row["supervisor_id"] for row in rows[:-1]} == {""}


def test_the_command_tells_it_in_print_and_as_data(tmp_path, capsys):
    folder, weeks = tmp_path / "clinic", tmp_path / "weeks.csv"
    weeks.write_text(
        "clinician_id,weekday,start,end,activity,place\n"
        "C-00003,Mon,12:00,13:00,supervision,S-01\n"
        "C-00007,Mon,12:00,13:00,supervision,S-01\n"
    )

    def run(*tokens):
        with pytest.raises(SystemExit) as left:
            main([str(token) for token in tokens])
        return left.value.code, capsys.readouterr().out

    run("new", folder, "--example", "clinic-of-eight")
    changes = tmp_path / "changes.csv"
    changes.write_text(
        "clinician_id,day,change,start,end,activity,place,to_day,to_start\n"
        "C-00003,2025-06-02,away,12:15,,,,,\n"
    )
    asked = ("roster", folder, "--roster", weeks, "--changes", changes)
    asked += ("--from", "2025-06-02", "--to", "2025-06-08")

    _, shown = run(*asked)
    _, data = run(*asked, "--json")

    line = "C-00007 12:15-13:00, supervision without C-00003"
    assert f"Mon 2025-06-02 unsupervised {line}" in " ".join(shown.split())
    assert json.loads(data)["unsupervised"] == [
        {
            "day": "2025-06-02",
            "clinician_id": "C-00007",
            "start": 735,
            "minutes": 45,
            "supervisor_id": "C-00003",
        }
    ]
    assert json.loads(data)["weeks"][0]["unsupervised"] == 1
