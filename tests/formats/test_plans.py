"""Plans for an incident: nothing is lost, and nothing is left half written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from caretime.errors import InputError
from caretime.formats import plan_hash, read_plan, write_plan
from caretime.formats.dictionary import PLAN_TABLES, dictionary
from caretime.model.care import Absence
from caretime.model.incident import GROUP_COVERS, Incident, Series, Substitute
from caretime.model.matching import (
    LEVELS,
    OUTCOMES,
    LeftOut,
    Level,
    Match,
    Matching,
    MatchPolicy,
    Price,
)
from caretime.model.strike import (
    ANSWERS,
    CONTACT_REASONS,
    UNTIMED_REASONS,
    Answer,
    Booking,
    NextContact,
    StrikePlan,
)
from formats.drawn_plans import plans
from formats.small import MONDAY, ZONE, small_system

DRAW = (Phase.explicit, Phase.generate)
FILES = (
    "README.txt",
    "bookings.csv",
    "caught_up.csv",
    "contacts.csv",
    "groups.csv",
    "home.csv",
    "left_out.csv",
    "matches.csv",
    "plan.json",
    "prices.csv",
    "series.csv",
    "to_buy.csv",
    "untimed.csv",
)


def small_plan() -> StrikePlan:
    """Return a plan for the clinic of three, one of whom is away."""
    weeks, last = (0, 1, 2, 3), MONDAY + timedelta(days=27)
    series = tuple(
        Series(
            patient,
            "C-1",
            "return",
            "",
            MONDAY,
            MONDAY + timedelta(days=9),
            "ca-follow-up",
            weeks,
            1,
            2,
        )
        for patient in ("P-1", "P-2")
    )
    matching = Matching(
        status="optimal",
        matches=(
            Match("P-1", "placed", "C-2", "in_house", weeks, True, 40),
            Match("P-2", "left_out"),
        ),
        levels=tuple(Level(name, 1, 1) for name in LEVELS),
        value=1 << 30,
        bound=1 << 30,
        prices=(Price("C-2", 0, 1 << 29),),
        left_out=(LeftOut("P-2", "no_place", 1, "", 0, "no place anywhere"),),
        scarce=(),
        seed=1,
        version="0.1.0",
        inputs_hash="ab",
    )
    start = datetime(2024, 10, 22, 9, tzinfo=ZONE)
    return StrikePlan(
        incident=Incident("I-1", MONDAY, MONDAY, clinician_ids=("C-1",), last_day=last),
        policy=MatchPolicy(),
        monday=MONDAY,
        weeks=4,
        seed=1,
        version="0.1.0",
        inputs_hash="ab",
        absent=(Absence("C-1", MONDAY, last),),
        series=series,
        substitutes=(Substitute("C-2", "in_house", (1, 1, 1, 1)),),
        groups=(),
        matching=matching,
        bookings=(
            Booking("P-1", "C-2", 1, start, 50, "in_person", "S-1", "booked", True),
        ),
        contacts=(NextContact("P-2", date(2024, 10, 23), "left_out", True),),
    )


def told(folder: Path, *args: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_plan(folder, *args)
    return [str(problem) for problem in caught.value.problems]


@given(plan=plans())
@settings(phases=DRAW, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_plan_loses_nothing(plan):
    with TemporaryDirectory() as parent:
        write_plan(plan, Path(parent) / "PLAN")
        found = read_plan(Path(parent) / "PLAN")

    assert found == plan
    assert plan_hash(found) == plan_hash(plan)


def test_a_folder_of_a_plan_holds_its_tables(tmp_path):
    write_plan(small_plan(), tmp_path / "out" / "PLAN")

    folder = tmp_path / "out" / "PLAN"
    assert sorted(file.name for file in folder.iterdir()) == list(FILES)
    assert (folder / "matches.csv").read_text().splitlines()[1] == (
        "P-1,placed,C-2,in_house,0;1;2;3,yes,40,no,0.0,no"
    )
    assert (folder / "bookings.csv").read_text().splitlines()[1] == (
        "P-1,C-2,1,2024-10-22T09:00:00-07:00,50,in_person,S-1,booked,yes"
    )
    body = json.loads((folder / "plan.json").read_text())
    assert body["plan_hash"] == plan_hash(small_plan())
    assert body["tables"]["series"]["rows"] == 2


def test_times_in_the_hour_told_twice_survive(tmp_path):
    plan = small_plan()
    night = datetime(2024, 11, 3, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    answers = tuple(
        Answer(who, "waits", night.replace(fold=fold))
        for fold, who in enumerate(("P-1", "P-2"))
    )
    bookings = tuple(
        replace(plan.bookings[0], number=fold + 1, start=night.replace(fold=fold))
        for fold in (0, 1)
    )
    plan = replace(plan, answers=answers, bookings=bookings)

    write_plan(plan, tmp_path / "a")

    found = read_plan(tmp_path / "a")
    assert found == plan
    assert [one.start.fold for one in found.bookings] == [0, 1]
    assert [one.at.fold for one in found.answers] == [0, 1]


def test_equal_plans_give_equal_bytes(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    write_plan(small_plan(), tmp_path / "b")

    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (
            tmp_path / "b" / name
        ).read_bytes()


def test_the_hash_sees_every_part():
    plan = small_plan()
    other = [
        replace(plan, seed=2),
        replace(plan, contacts=()),
        replace(plan, offered={"P-1": "C-2"}),
        replace(plan, matching=replace(plan.matching, bound=0)),
        replace(plan, matching=replace(plan.matching, prices=())),
    ]

    assert len({plan_hash(one) for one in (plan, *other)}) == 6


def test_a_report_is_put_there_in_the_same_step(tmp_path):
    write_plan(small_plan(), tmp_path / "a", report="<p>60 % é</p>")
    assert (tmp_path / "a" / "report.html").read_text(encoding="utf-8").endswith("</p>")

    write_plan(small_plan(), tmp_path / "a", overwrite=True)

    assert not (tmp_path / "a" / "report.html").exists()


def test_the_folder_says_what_each_column_of_its_tables_is(tmp_path):
    write_plan(small_plan(), tmp_path / "a")

    told = (tmp_path / "a" / "README.txt").read_text(encoding="utf-8")

    for name in PLAN_TABLES:
        assert f"\n{name.removeprefix('plan/')}.csv\n" in told
        for column in dictionary(name).attributes:
            assert f"  - {column}: " in told
    assert f"0 from {MONDAY}" in told
    assert max(map(len, told.splitlines())) <= 80


def test_a_plan_is_not_overwritten_unasked(tmp_path):
    write_plan(small_plan(), tmp_path / "a")

    with pytest.raises(FileExistsError, match="not empty"):
        write_plan(small_plan(), tmp_path / "a")


def test_files_that_are_no_part_of_a_plan_are_never_removed(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    (tmp_path / "a" / "calls.xlsx").touch()

    with pytest.raises(FileExistsError, match=r"no part of a plan: calls\.xlsx"):
        write_plan(small_plan(), tmp_path / "a", overwrite=True)


@pytest.mark.parametrize("fails_at", range(len(FILES) + 1))
def test_a_fault_at_any_file_leaves_the_old_plan_whole(tmp_path, monkeypatch, fails_at):
    old = small_plan()
    write_plan(old, tmp_path / "a", report="old")
    written = 0
    write = Path.write_bytes

    def failing(path: Path, data: bytes) -> int:
        nonlocal written
        written += 1
        if written > fails_at:
            write(path, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(OSError, match="No space left"):
        write_plan(replace(old, seed=2), tmp_path / "a", overwrite=True, report="new")
    monkeypatch.undo()

    assert read_plan(tmp_path / "a") == old
    assert (tmp_path / "a" / "report.html").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("fails_at", [0, 1])
def test_a_fault_at_either_move_leaves_the_old_plan_whole(
    tmp_path, monkeypatch, fails_at
):
    old = small_plan()
    write_plan(old, tmp_path / "a")
    moves = iter(range(9))
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if next(moves) == fails_at:
            raise PermissionError(13, "The folder is open elsewhere")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PermissionError):
        write_plan(replace(old, seed=2), tmp_path / "a", overwrite=True)
    monkeypatch.undo()

    assert read_plan(tmp_path / "a") == old
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_plan_moved_away_by_a_cut_off_writing_is_named(tmp_path):
    write_plan(small_plan(), tmp_path / ".a.old-77")

    assert told(tmp_path / "a") == [
        f"{tmp_path / 'a'}: there is no such folder (writing was cut off; the former "
        "plan is .a.old-77)"
    ]


def test_a_value_no_cell_can_hold_is_refused_and_nothing_is_left(tmp_path):
    plan = small_plan()
    odd = replace(plan.bookings[0], place="two\nlines")

    with pytest.raises(ValueError, match="place"):
        write_plan(replace(plan, bookings=(odd,)), tmp_path / "a")

    assert list(tmp_path.iterdir()) == []


def test_every_problem_of_a_plan_is_told_at_once(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    folder = tmp_path / "a"
    (folder / "home.csv").unlink()
    file = folder / "matches.csv"
    file.write_text(file.read_text().replace(",placed,", ",plcaed,"))
    file = folder / "left_out.csv"
    file.write_text(file.read_text().replace("P-2", "P-1"))
    file = folder / "plan.json"
    file.write_text(
        file.read_text()
        .replace('"seed": 1,\n  "time', '"seed": "one",\n  "time')
        .replace('"openings": [1,', '"openings": [1.5,')
        .replace('"monday"', '"tuesday"')
    )

    found = told(folder)

    assert found == [
        "home.csv: the file is missing",
        "matches.csv:2 outcome: unknown outcome 'plcaed', expected placed, waits or "
        "left_out (did you mean placed?)",
        "plan.json monday: is missing",
        'plan.json seed: found "one", a valid integer',
        "plan.json substitutes[0].openings[0]: found 1.5, a valid integer",
        "plan.json tuesday: unknown key in a plan",
    ]


def test_a_table_changed_since_is_named(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    file = tmp_path / "a" / "matches.csv"
    file.write_text(file.read_text().replace(",40,", ",4,"))

    assert told(tmp_path / "a") == [
        "matches.csv: was changed since this plan was written (decide by hand in an "
        "update instead)"
    ]


def test_a_head_changed_since_is_told(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    file = tmp_path / "a" / "plan.json"
    file.write_text(file.read_text().replace('"optimal"', '"within_gap"'))

    assert told(tmp_path / "a") == [
        "plan.json plan_hash: was changed since this plan was written (decide by hand "
        "in an update instead)"
    ]


def test_a_table_saved_again_by_a_spreadsheet_is_read(tmp_path):
    write_plan(small_plan(), tmp_path / "a")
    file = tmp_path / "a" / "series.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    assert read_plan(tmp_path / "a") == small_plan()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "plan.json:1: is no JSON: Expecting property name enclosed in double"),
        ('{"kind": "roster"}', 'plan.json kind: expected a plan of kind "strike plan"'),
        (
            '{"kind": "strike plan", "format": 2}',
            "plan.json format: found 2, expected format 1",
        ),
    ],
)
def test_what_is_no_plan_is_said_to_be_none(tmp_path, text, problem):
    write_plan(small_plan(), tmp_path / "a")
    (tmp_path / "a" / "plan.json").write_text(text)

    assert told(tmp_path / "a")[0].startswith(problem)


def test_ids_the_system_does_not_have_are_told_with_what_was_meant(tmp_path):
    plan = small_plan()
    lost = replace(plan.series[0], patient_id="P-O1", clinician_id="C-77")
    plan = replace(
        plan,
        series=(lost, plan.series[1]),
        absent=(replace(plan.absent[0], clinician_id="C-77"),),
    )
    write_plan(plan, tmp_path / "a")

    assert read_plan(tmp_path / "a") == plan
    assert told(tmp_path / "a", small_system()) == [
        "plan.json absent: 'C-77' is not in the system",
        "series.csv:2 clinician_id: 'C-77' is none of the system's clinicians",
        "series.csv:2 patient_id: 'P-O1' is none of the system's patients (did you "
        "mean P-1?)",
    ]


def test_the_dictionaries_have_the_codes_of_the_nouns():
    choices = {
        "plan/matches": {"outcome": OUTCOMES},
        "plan/contacts": {"reason": CONTACT_REASONS},
        "plan/groups": {"cover": GROUP_COVERS},
        "plan/untimed": {"reason": UNTIMED_REASONS},
        "update/answers": {"answer": ANSWERS},
    }

    for table, columns in choices.items():
        for column, codes in columns.items():
            assert dictionary(table)[column].choices == codes, (table, column)


def test_no_part_of_a_plan_is_left_out():
    from dataclasses import fields

    from caretime.formats._plan_head import PlanHead
    from caretime.formats.plans import _OF_MATCHING

    tables = {table.removeprefix("plan/") for table in PLAN_TABLES}
    head = {field.name for field in fields(PlanHead)}
    proof = {"status", "levels", "value", "bound", "seed", "version", "inputs_hash"}

    assert {field.name for field in fields(StrikePlan)} == (
        tables - {*_OF_MATCHING, "caught_up"}
        | (head - {"format", "kind", "plan_hash", "time_zone", "tables"})
    )
    assert {field.name for field in fields(Matching)} == (
        set(_OF_MATCHING.values()) | proof | {"work"}
    )
