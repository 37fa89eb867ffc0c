"""Incidents of a folder and outside one: a path of shares, or a list of names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.errors import InputError
from caretime.formats import (
    check_folder,
    inspect_incident,
    notices,
    read_incident,
    read_system,
    system_hash,
    write_incident,
    write_system,
)
from caretime.model.incident import Incident
from formats.small import MONDAY, small_system
from formats.test_week_tables import BEFORE
from strategies import named_lists, paths

PATH = """\
incident_id: I-1
first_day: 2024-10-21
notice_day: 2024-10-10
shares: [0.6, 0.5]
"""
NAMES = """\
incident_id: I-1
first_day: 2024-10-21
notice_day: 2024-10-10
clinician_ids: [C-1, C-2]
last_day: 2024-11-01
"""
BARE = """\
incident_id: I-1
first_day: 2024-10-21
notice_day: 2024-10-10
"""
SHORT = (
    "days before the first day; fine where nobody could know beforehand; before a "
    "strike the law asks for 10 days"
)


def told(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "i.yaml").write_text(text)
    found = inspect_incident(tmp_path / "i.yaml", small_system())
    assert (found.incident is None) == bool(found.problems)
    return [str(problem) for problem in found.problems]


@given(data=st.data())
@settings(max_examples=40)
def test_an_incident_loses_nothing(data, tmp_path_factory):
    incident = data.draw(paths("S-1") | named_lists("C-1"))
    path = tmp_path_factory.mktemp("incident") / "i.yaml"

    write_incident(incident, path)

    assert read_incident(path, small_system()) == incident


def test_a_path_and_a_named_list_are_read(tmp_path):
    (tmp_path / "path.yaml").write_text(
        PATH + "shares_low: [0.5, 0.5]\nshares_high: [0.7, 0.6]\nopen_ended: true\n"
    )
    (tmp_path / "names.yaml").write_text(NAMES)
    first, notice = MONDAY, date(2024, 10, 10)

    path = read_incident(tmp_path / "path.yaml", small_system())
    names = read_incident(tmp_path / "names.yaml", small_system())

    assert path == Incident(
        "I-1",
        first,
        notice,
        (0.6, 0.5),
        (),
        (0.5, 0.5),
        (0.7, 0.6),
        open_ended=True,
    )
    assert names == Incident(
        "I-1",
        first,
        notice,
        clinician_ids=("C-1", "C-2"),
        last_day=date(2024, 11, 1),
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            NAMES + "shares: [0.5]\n",
            [
                "i.yaml:4 clinician_ids: stands beside shares, expected one of them "
                "(shares where nobody knows who is away, ids where it is known)"
            ],
        ),
        (
            BARE,
            ["i.yaml shares: neither shares nor clinician_ids, expected one of them"],
        ),
        (
            BARE + "shares: []\n",
            ["i.yaml:4 shares: neither shares nor clinician_ids, expected one of them"],
        ),
        (
            BARE + "shares: [1.2]\n",
            ["i.yaml:4 shares: 1.2 is out of range, expected a share from 0 to 1"],
        ),
        (
            PATH + "shares_low: [0.5]\nshares_high: [0.7, 0.4]\n",
            [
                "i.yaml:5 shares_low: 1 values, expected as many as shares, 2",
                "i.yaml:6 shares_high: 0.4 in week 1 is below the share 0.5",
            ],
        ),
        (
            NAMES.replace("last_day: 2024-11-01", "shares_low: [0.5]"),
            [
                "i.yaml last_day: expected a day, or open_ended: yes while nobody "
                "knows it",
                "i.yaml:5 shares_low: 1 values, expected as many as shares, 0",
            ],
        ),
        (
            NAMES + "open_ended: yes\n",
            [
                "i.yaml:6 open_ended: open, but the last day is 2024-11-01: expected "
                "one of them"
            ],
        ),
        (
            NAMES.replace("2024-11-01", "2024-10-20"),
            ["i.yaml:5 last_day: 2024-10-20 is before the first day 2024-10-21"],
        ),
        (
            NAMES.replace("2024-11-01", "soon"),
            [
                "i.yaml:5 last_day: found 'soon', expected a date such as 2024-10-21, "
                "2000-01-01 to 2100-01-01"
            ],
        ),
        (
            PATH + "last_day: 2024-11-01\n",
            [
                "i.yaml:5 last_day: stands beside shares, which say themselves how "
                "long it lasts (repeat the last share)"
            ],
        ),
        (
            NAMES.replace("C-2", "c02") + "clinic_ids: [S-9, s1]\n",
            [
                "i.yaml:4 clinician_ids: 'c02' stands nowhere in clinicians (did you "
                "mean C-2?)",
                "i.yaml:6 clinic_ids: 'S-9' stands nowhere in clinics",
                "i.yaml:6 clinic_ids: 's1' stands nowhere in clinics (did you mean "
                "S-1?)",
            ],
        ),
        (
            PATH.replace("2024-10-10", "2024-10-22"),
            [
                "i.yaml:3 notice_day: notice on 2024-10-22 is later than the first day "
                "2024-10-21"
            ],
        ),
        (
            "[1, 2]",
            ["i.yaml: expected keys and values, found a list or a single value"],
        ),
    ],
)
def test_each_contradiction_is_told_at_its_line(tmp_path, text, problems):
    assert told(tmp_path, text) == problems


def test_every_problem_of_an_incident_is_told_at_once(tmp_path):
    found = told(
        tmp_path,
        "incident_id: a strike\nfirst_day: 21.10.2024\nshares: [0.5]\n"
        "clinician_ids: [C-9]\nlast_day: 2024-11-01\nopen_endet: maybe\n",
    )

    assert found == [
        "i.yaml notice_day: the key is missing, expected a date such as 2024-10-21, "
        "2000-01-01 to 2100-01-01",
        "i.yaml:1 incident_id: found a value of 8 characters with spaces or other "
        "signs, expected a stable code of letters, digits, '.', '_' and '-'",
        "i.yaml:2 first_day: found '21.10.2024', expected a date such as 2024-10-21, "
        "2000-01-01 to 2100-01-01 (did you mean 2024-10-21?)",
        "i.yaml:4 clinician_ids: 'C-9' stands nowhere in clinicians",
        "i.yaml:4 clinician_ids: stands beside shares, expected one of them (shares "
        "where nobody knows who is away, ids where it is known)",
        "i.yaml:6 open_ended: found 'maybe', expected yes or no",
        "i.yaml:6 open_endet: unknown key in incidents (did you mean open_ended?)",
    ]


@pytest.mark.parametrize("key", ["reason", "why", "cause", "strike_reason"])
def test_the_reason_of_an_absence_is_never_stored(tmp_path, key):
    assert told(tmp_path, PATH + f"{key}: strike\n") == [
        f"i.yaml:5 {key}: unknown key in incidents (remove it: the reason of an "
        "absence is never stored)"
    ]


def test_a_reason_is_refused_beside_an_absence_as_well(tmp_path):
    write_system(small_system(), tmp_path / "a")
    (tmp_path / "a" / "absences.csv").write_text(
        "clinician_id,first_day,last_day,reason\nC-1,2024-10-21,,ill\n"
    )

    assert [str(problem) for problem in check_folder(tmp_path / "a")] == [
        "absences.csv:1 reason: unknown column in absences (remove it: the reason of "
        "an absence is never stored)"
    ]


def test_short_notice_is_a_doubt_and_no_problem(tmp_path):
    (tmp_path / "i.yaml").write_text(PATH.replace("2024-10-10", "2024-10-12"))

    found = inspect_incident(tmp_path / "i.yaml", small_system())

    assert found.incident is not None
    assert [str(doubt) for doubt in found.doubts] == [f"i.yaml:3 notice_day: 9 {SHORT}"]


def test_ten_days_of_notice_leave_no_doubt(tmp_path):
    (tmp_path / "i.yaml").write_text(PATH.replace("2024-10-10", "2024-10-11"))

    assert inspect_incident(tmp_path / "i.yaml", small_system()).doubts == ()


def test_short_notice_in_a_folder_is_doubted(tmp_path):
    system = small_system()
    soon = replace(system.incidents[0], notice_day=system.incidents[0].first_day)
    write_system(replace(system, incidents=(soon,)), tmp_path / "a")

    (doubt,) = notices(tmp_path / "a")

    assert doubt.message == f"0 {SHORT}"
    assert doubt.source == f"incidents/{soon.incident_id}.yaml"


def with_list(tmp_path: Path, rows: str) -> list[str]:
    (tmp_path / "absent.csv").write_text(rows)
    return told(tmp_path, BARE + "clinician_file: absent.csv\nlast_day: 2024-11-01\n")


def test_a_long_list_may_stand_in_a_file_beside(tmp_path):
    assert with_list(tmp_path, "clinician_id\nC-2\nC-1\n") == []

    incident = read_incident(tmp_path / "i.yaml", small_system())

    assert incident.clinician_ids == ("C-2", "C-1")


def test_every_problem_of_a_list_is_told_at_its_line(tmp_path):
    found = with_list(tmp_path, "clinician_id\nC-1\nc02\nC-1\nDr. Who\nC-77\n")

    assert found == [
        "absent.csv:3 clinician_id: 'c02' stands nowhere in clinicians (did you mean "
        "C-2?)",
        "absent.csv:4 clinician_id: C-1 stands twice, first in line 2",
        "absent.csv:5 clinician_id: found a value of 7 characters with spaces or "
        "other signs, expected a stable code of letters, digits, '.', '_' and '-'",
        "absent.csv:6 clinician_id: 'C-77' stands nowhere in clinicians",
    ]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("clinician_id\n", "absent.csv: no rows, expected at least 1"),
        ("", "absent.csv: the file is empty, expected a header line"),
        (
            "clinician_id,why\nC-1,ill\n",
            "absent.csv:1 why: unknown column in incident/clinicians (remove it: the "
            "reason of an absence is never stored)",
        ),
    ],
)
def test_a_list_that_is_none_is_told_once(tmp_path, rows, problem):
    assert with_list(tmp_path, rows) == [problem]


@pytest.mark.parametrize("name", ["../absent.csv", "/etc/passwd", "''"])
def test_a_list_stands_beside_the_file(tmp_path, name):
    found = told(tmp_path, BARE + f"clinician_file: {name}\nlast_day: 2024-11-01\n")

    assert found == [
        "i.yaml:4 clinician_file: expected the name of a CSV file beside this one"
    ]


def test_a_list_in_a_folder_counts_like_the_ids_themselves(tmp_path):
    listed = Incident(
        "I-1",
        MONDAY,
        date(2024, 10, 10),
        clinician_ids=("C-1", "C-2"),
        last_day=date(2024, 11, 1),
    )
    system = replace(small_system(), incidents=(listed,))
    write_system(system, tmp_path / "a")
    folder = tmp_path / "a" / "incidents"
    file = folder / "I-1.yaml"
    ids = "clinician_ids:\n  - C-1\n  - C-2\n"
    assert ids in file.read_text()
    file.write_text(file.read_text().replace(ids, "clinician_file: absent.csv\n"))
    (folder / "absent.csv").write_text("clinician_id\nC-1\nC-2\n")

    found = read_system(tmp_path / "a")

    assert found.incidents == (listed,)
    assert found.inputs_hash == system_hash(system)
    assert notices(tmp_path / "a") == ()
    write_system(system, tmp_path / "a", overwrite=True)
    assert not (folder / "absent.csv").exists()


def test_a_list_that_no_incident_names_is_never_removed(tmp_path):
    write_system(small_system(), tmp_path / "a")
    (tmp_path / "a" / "incidents" / "mine.csv").write_text("clinician_id\nC-1\n")

    assert "incidents/mine.csv" in [doubt.source for doubt in notices(tmp_path / "a")]
    with pytest.raises(FileExistsError, match=r"incidents/mine\.csv"):
        write_system(small_system(), tmp_path / "a", overwrite=True)


def test_a_list_of_thousands_is_read(tmp_path):
    system = small_system()
    people = tuple(
        replace(system.clinicians[0], clinician_id=f"C-{n:05d}") for n in range(5000)
    )
    system = replace(system, clinicians=people)
    ids = [one.clinician_id for one in people]
    (tmp_path / "absent.csv").write_text("\n".join(["clinician_id", *ids]))
    (tmp_path / "i.yaml").write_text(
        BARE + "clinician_file: absent.csv\nopen_ended: yes\n"
    )

    incident = read_incident(tmp_path / "i.yaml", system)

    assert incident.clinician_ids == tuple(ids)


def test_an_incident_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"i\.yaml: the file is missing"):
        read_incident(tmp_path / "i.yaml", small_system())


def test_an_incident_is_a_yaml_file(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.yaml"):
        write_incident(small_system().incidents[0], tmp_path / "i.csv")


def test_a_workbook_holds_both_kinds(tmp_path):
    path = Incident("a", MONDAY, MONDAY, (0.5,), (), (0.4,), (0.6,), open_ended=True)
    names = Incident("b", MONDAY, MONDAY, clinician_ids=("C-1",), open_ended=True)
    system = replace(small_system(), incidents=(path, names))

    write_system(system, tmp_path / "a.xlsx")

    assert read_system(tmp_path / "a.xlsx").incidents == (path, names)
    assert [str(doubt) for doubt in notices(tmp_path / "a.xlsx")] == [
        f"a.xlsx[incidents]:2 notice_day: 0 {SHORT}",
        f"a.xlsx[incidents]:3 notice_day: 0 {SHORT}",
    ]


def test_a_list_too_long_for_a_cell_is_refused(tmp_path):
    ids = tuple(f"C-{n:05d}" for n in range(5000))
    names = Incident("b", MONDAY, MONDAY, clinician_ids=ids, open_ended=True)

    with pytest.raises(ValueError, match=r"incidents, row 2: .* use a folder"):
        write_system(replace(small_system(), incidents=(names,)), tmp_path / "a.xlsx")


LATER = {
    "clinicians": {"gender": "woman"},
    "network": {"gender": "man", "payers": ("hmo",), "highest_risk_tier": 2},
    "patients": {"gender_preference": "woman", "payer": "hmo"},
}


@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t, columns in LATER.items() for c in columns]
)
def test_a_later_column_stands_in_folder_and_hash_where_it_says_something(
    tmp_path, table, column
):
    system = small_system()
    first, *others = getattr(system, table)
    said = replace(first, **{column: LATER[table][column]})
    changed = replace(system, **{table: (said, *others)})

    write_system(system, tmp_path / "a")
    write_system(changed, tmp_path / "b")

    headers = [
        (tmp_path / name / f"{table}.csv").read_text().splitlines()[0].split(",")
        for name in "ab"
    ]
    assert [column in header for header in headers] == [False, True]
    assert system_hash(changed) != system_hash(system)
    assert replace(read_system(tmp_path / "b"), inputs_hash="") == changed


def test_later_columns_that_say_nothing_change_no_hash(tmp_path):
    write_system(small_system(), tmp_path / "a")
    file = tmp_path / "a" / "network.csv"
    header, *rows = file.read_text().splitlines()
    rows = [f"{row},,,1" for row in rows]
    header += ",gender,payers,highest_risk_tier"
    file.write_text("\n".join([header, *rows, ""]))

    assert read_system(tmp_path / "a").inputs_hash == BEFORE
