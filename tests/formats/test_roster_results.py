"""Results of rostering: weeks and proof stay together, and read back the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime import tables
from caretime.errors import InputError
from caretime.formats.rosters import (
    read_result,
    read_roster,
    roster_hash,
    write_result,
    write_roster,
)
from caretime.model.outcome import (
    ROSTER_STATUSES,
    Clash,
    Preference,
    RosterResult,
    Shortage,
)
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template
from strategies import days, ids, templates, texts

PREFERENCES = [row["preference"] for row in tables.rows("roster_preferences")]
TEMPLATE = Template((Block(480, 60, "return"), Block(540, 15, "notes")))
RESULT = RosterResult(
    status="infeasible",
    roster=Roster(
        "agreement-2025",
        (
            RosterWeek("C-1", TEMPLATE, ("S-1", TELEHEALTH)),
            RosterWeek("C-2", Template(()), ()),
        ),
        date(2025, 5, 12),
    ),
    objective=97,
    bound=103,
    seed=7,
    version="1.2",
    inputs_hash="ab" * 32,
    contract_hash="cd" * 32,
    work=3,
    budget=40,
    preferences=(Preference("openings", 19, 20, "openings", 19_000),),
    clashes=(
        Clash(("C-3",), ("C-3", "unavailable"), "“No meal” before 13:00.", "Move it."),
    ),
    shortages=(Shortage("S-1", "rooms", "Tue 09:00", 90, "Two rooms short."),),
)

counts = st.integers(-(2**53), 2**53)


@st.composite
def results(draw: st.DrawFn) -> RosterResult:
    """Draw any result that a builder may return."""
    first = draw(st.none() | days)
    last = draw(st.none() | st.integers(0, 900))
    weeks = []
    for who in draw(st.lists(ids, unique=True, max_size=3)):
        template = draw(templates())
        weeks.append(RosterWeek(who, template, ("",) * len(template.blocks)))
    until = first + timedelta(days=last) if first and last is not None else None
    listed = st.lists(texts, max_size=3).map(tuple)
    return RosterResult(
        status=draw(st.sampled_from(ROSTER_STATUSES)),
        roster=Roster(draw(texts), tuple(weeks), first, until),
        objective=draw(counts),
        bound=draw(counts),
        seed=draw(counts),
        version=draw(texts),
        inputs_hash=draw(texts),
        contract_hash=draw(texts),
        work=draw(counts),
        budget=draw(counts),
        preferences=draw(
            st.lists(
                st.builds(
                    Preference,
                    st.sampled_from(PREFERENCES),
                    counts,
                    counts,
                    texts,
                    counts,
                ),
                max_size=2,
            ).map(tuple)
        ),
        clashes=draw(
            st.lists(st.builds(Clash, listed, listed, texts, texts), max_size=2).map(
                tuple
            )
        ),
        shortages=draw(
            st.lists(
                st.builds(Shortage, texts, texts, texts, counts, texts), max_size=2
            ).map(tuple)
        ),
    )


@given(result=results())
@settings(max_examples=50)
def test_a_result_loses_nothing(result):
    with TemporaryDirectory() as folder:
        write_result(result, folder)
        found = read_result(folder)

    assert found == result
    assert found.gap == result.gap


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_result(RESULT, tmp_path / "out")
    return tmp_path / "out"


def edit(folder: Path, **changes: Any) -> None:
    """Change keys of a result file; ``...`` takes a key away."""
    file = folder / "result.json"
    body = json.loads(file.read_text(encoding="utf-8")) | changes
    left = {key: value for key, value in body.items() if value is not ...}
    file.write_text(json.dumps(left), encoding="utf-8")


def told(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_result(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_folder_holds_two_files_and_the_gap_in_one_of_them(folder):
    body = json.loads((folder / "result.json").read_text(encoding="utf-8"))

    assert sorted(file.name for file in folder.iterdir()) == [
        "result.json",
        "roster.csv",
    ]
    assert body["gap"] == 6 / 103
    assert body["roster_hash"] == roster_hash(RESULT.roster)
    assert (folder / "roster.csv").read_text() == (
        "clinician_id,weekday,start,end,activity,place\n"
        "C-1,Mon,08:00,09:00,return,S-1\n"
        "C-1,Mon,09:00,09:15,notes,telehealth\n"
        "C-2,,,,,\n"
    )


def test_a_folder_read_as_a_roster_knows_contract_and_days(folder):
    assert read_roster(folder) == RESULT.roster


def test_weeks_changed_by_hand_are_a_roster_but_no_result(folder):
    file = folder / "roster.csv"
    file.write_text(file.read_text().replace("09:15", "09:30"))

    assert told(folder) == [
        "result.json roster_hash: roster.csv was changed since this result was "
        "written (read it as a roster and judge it anew)"
    ]
    changed = read_roster(folder)
    assert changed.contract_id == "agreement-2025"
    assert changed.weeks[0].template.minutes_of("notes") == 30


def test_spelling_and_order_of_the_weeks_do_not_part_them_from_their_proof(folder):
    (folder / "roster.csv").write_text(
        "weekday,clinician_id,start,end,activity,place\r\n"
        ",C-2,,,,\r\n"
        "Monday,C-1,9:00,9:15,Notes,Telehealth\r\n"
        "Monday,C-1,8:00,9:00,Return visit,S-1\r\n"
    )

    assert read_result(folder) == RESULT


def test_writing_again_replaces_both_and_leaves_other_files(folder):
    (folder / "week.svg").write_text("a picture")

    write_result(replace(RESULT, seed=8), folder)

    assert read_result(folder).seed == 8
    assert (folder / "week.svg").read_text() == "a picture"
    assert len(list(folder.iterdir())) == 3


def test_equal_results_give_equal_bytes(folder, tmp_path):
    write_result(RESULT, tmp_path / "again")

    for name in ("roster.csv", "result.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_every_problem_of_a_result_is_told_at_once(folder):
    edit(
        folder,
        status=4,
        seed=1.5,
        work=...,
        first_day="2025-02-30",
        mood="good",
        preferences=[{"name": "openings", "got": "many"}, 3],
        clashes=[{"clinician_ids": "C-1", "clause_ids": [], "text": "", "change": ""}],
    )

    assert told(folder) == [
        'result.json clashes[0].clinician_ids: found "C-1", expected a list of texts',
        'result.json first_day: found "2025-02-30", expected a date or null',
        "result.json mood: unknown key in a result",
        'result.json preferences[0].got: found "many", expected a whole number',
        "result.json preferences[0].points: is missing, expected a whole number",
        "result.json preferences[0].unit: is missing, expected a text",
        "result.json preferences[0].wanted: is missing, expected a whole number",
        "result.json preferences[1]: expected a mapping",
        "result.json seed: found 1.5, expected a whole number",
        "result.json status: found 4, expected a text",
        "result.json work: is missing, expected a whole number",
    ]


def test_contradictions_of_a_result_are_told(folder):
    edit(
        folder,
        status="perfect",
        gap=0.0,
        last_day="2025-05-01",
        preferences=[
            {"name": "luck", "got": 1, "wanted": 1, "unit": "days", "points": 1}
        ],
    )

    assert told(folder) == [
        "result.json gap: found 0.0, which objective and bound do not give",
        "result.json last_day: 2025-05-01 is before the first day 2025-05-12",
        "result.json preferences[0].name: unknown preference 'luck'",
        "result.json status: unknown status 'perfect', expected one of "
        "optimal, within_gap, wide_gap, stopped, infeasible",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{", "result.json:1: is no JSON"),
        (b"\xff", "result.json: is not UTF-8 text at byte 0"),
        (b"[]", 'result.json kind: expected a result of kind "roster"'),
        (b'{"kind": "roster", "format": 2}', "result.json format: found 2, expected"),
    ],
)
def test_a_file_that_is_no_result_is_told(folder, data, expected):
    (folder / "result.json").write_bytes(data)

    (problem,) = told(folder)

    assert problem.startswith(expected)


def test_a_roster_alone_is_no_result(tmp_path):
    write_roster(RESULT.roster, tmp_path / "roster.csv")

    assert told(tmp_path) == ["result.json: the file is missing"]


def test_a_folder_without_weeks_is_no_result(folder):
    (folder / "roster.csv").unlink()

    (problem,) = told(folder)

    assert problem.endswith("roster.csv: there is no such file")


def test_a_value_that_cannot_be_read_back_leaves_the_old_result(folder):
    odd = RosterWeek("C-1", Template((Block(0, 9, "lunch"),)), ("",))

    with pytest.raises(ValueError, match="unknown activity"):
        write_result(replace(RESULT, roster=Roster("A", (odd,))), folder)

    assert read_result(folder) == RESULT
