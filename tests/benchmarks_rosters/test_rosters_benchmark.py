"""The rosters' benchmark compares like with like, and tells what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from benchmarks.rosters import apart, inner, run
from benchmarks.rosters.apart import Row
from benchmarks.rosters.cases import contract_for, one_clinician, region, team
from benchmarks.rosters.even import even_roster
from benchmarks.rosters.program import by_cpsat
from benchmarks.rosters.tables import all_tables
from benchmarks.rosters.team import TeamProgram

from caretime.rostering import score_roster
from caretime.rostering._asked import bands
from caretime.rostering._kernel.days import A_FIXED
from caretime.rostering._week import Prices, solve_week
from caretime.rules.roster import SITE_RULES, check_roster


@pytest.fixture(scope="module")
def small():
    return region(0.01)


@pytest.mark.skipif(inner.compiler() is None, reason="no C compiler")
def test_c_finds_the_days_and_tables_of_the_engine(small, tmp_path):
    calls = inner.calls_of(one_clinician(small), most=40)
    c = inner.CDays(tmp_path)

    days = [inner.same_best_day(c, call) for call in calls.best_day]
    tables = [inner.same_compose_day(c, call) for call in calls.compose_day]

    assert len(days) > 20
    assert len(tables) > 5
    assert all(days)
    assert all(tables)


@pytest.mark.skipif(inner.compiler() is None, reason="no C compiler")
def test_c_at_other_prices_finds_other_days(small, tmp_path):
    call = inner.calls_of(one_clinician(small), most=1).best_day[0]
    c = inner.CDays(tmp_path)
    (at, price) = (7, call[7] - 100.0)

    answers = []
    for given in (call, (*call[:at], price, *call[at + 1 :])):
        prepared = c.best_day(given)
        prepared.run()
        answers.append(prepared.answer())

    assert answers[0] != answers[1]


def test_a_week_of_the_builder_is_one_of_the_solvers_choices():
    system = team(1)
    laid = TeamProgram(system, contract_for(system))
    (plan,) = laid.plans
    prices = Prices(np.full(len(bands()), 60.0))
    week = solve_week(plan, prices, laid.policy)
    for day, worked in enumerate(week.days):
        items = set(worked.items) if worked else set()
        for arc in laid.days[0, day].arcs:
            if arc.action != A_FIXED and (arc.action, arc.tick) not in items:
                laid.program.hold([(arc.index, 1.0)], high=0.0)

    answer = by_cpsat(laid.program, 60.0, 1)

    assert answer.status == "optimal"
    roster = laid.roster(answer.values)
    points = laid.program.constant + answer.values @ np.array(laid.program.points)
    days = [laid._worked_day(0, day, answer.values) for day in range(5)]
    assert days == list(week.days)
    assert check_roster(roster, system, laid.contract) == ()
    assert sum(p.points for p in score_roster(roster, system)) <= points


def test_an_even_week_keeps_every_clause_but_knows_nothing_of_the_site(small):
    contract = contract_for(small)

    broken = check_roster(even_roster(small, contract), small, contract)

    assert {v.clause_id for v in broken} <= set(SITE_RULES)
    assert {"cover", "team_meetings"} <= {v.clause_id for v in broken}


def test_an_even_week_told_its_hours_sets_cover_aside(small):
    contract = contract_for(small)
    who = next(
        c.clinician_id for c in small.clinicians if c.license == "LCSW" and c.fte == 1
    )

    told = even_roster(small, contract, {who: 120}).week_of(who)
    untold = even_roster(small, contract).week_of(who)

    assert told.template.minutes_of("crisis_cover") == 120
    assert untold.template.minutes_of("crisis_cover") == 0


def test_a_row_that_fails_is_told_and_run_again(tmp_path):
    row = Row("inner", "nothing", "nothing")

    found = apart.run(row, tmp_path)

    assert "invalid choice" in found["failed"]
    assert apart.kept(row, tmp_path) is None


def test_a_row_too_long_is_given_up(tmp_path):
    found = apart.run(Row("inner", "long", "inner", (True,)), tmp_path, longest=0.2)

    assert found["failed"].startswith("given up")


def test_a_row_is_kept_until_the_source_changes(tmp_path):
    row = Row("site", "18 rooms", "site")
    path = tmp_path / "site-18-rooms.json"
    told = {"source": apart.fingerprint(), "rows": [{"gap": 0.01}]}

    path.write_text(json.dumps(told))
    same = apart.kept(row, tmp_path)
    path.write_text(json.dumps({**told, "source": "older"}))

    assert same == told
    assert apart.kept(row, tmp_path) is None
    assert apart.kept(row, tmp_path, any_source=True) is not None


def test_memory_counts_the_workers_too():
    hold = "held = bytearray(80_000_000); import time; time.sleep(1)"
    twice = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"

    with subprocess.Popen([sys.executable, "-c", f"{twice}; {hold}"]) as process:
        megabytes, in_time = apart._watch(process, float("inf"))

    assert in_time
    assert megabytes > 150


def test_a_solver_is_given_the_time_the_builder_took():
    builder = {"part": "peers", "name": "5, the builder", "rows": [{"seconds": 7.25}]}
    row = Row("peers", "5, CP-SAT, same time", "solver", (5, "CP-SAT", run.SAME))

    assert run.timed(row, [builder]).arguments == (5, "CP-SAT", 7.25)
    assert run.timed(row, []) is None


def test_tables_show_violations_and_failures():
    built = {"rooms": 18, "gap": 0.0123, "violations": 2, "broken": {"rooms": 2}}
    found = [
        {"part": "site", "name": "18 rooms", "megabytes": 150.0, "rows": [built]},
        {"part": "site", "name": "17 rooms", "megabytes": 1.0, "failed": "no memory"},
    ]

    text = all_tables(found)

    assert "| 1.23 |" in text
    assert "| 2 (rooms 2) |" in text
    assert "| 17 rooms | failed: no memory |" in text


def test_tables_go_into_the_manual_between_their_marks():
    page = run.PAGE.read_text(encoding="utf-8")

    once = run.into_page("| a |", page)
    twice = run.into_page("| b |", once)

    assert "| a |" in once
    assert "| a |" not in twice
    assert twice.split(run.BEGIN)[0] == page.split(run.BEGIN)[0]
    assert twice.split(run.END)[1] == page.split(run.END)[1]


def test_every_row_names_work_that_exists():
    todo = [*run.rows(quick=True), *run.rows(quick=False)]

    assert len({(row.part, row.name) for row in run.rows(quick=False)}) > 20
    assert all(callable(run.work_of(row.work)) for row in todo)
