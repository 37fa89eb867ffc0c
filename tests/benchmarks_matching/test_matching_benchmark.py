"""The benchmark of matches compares like with like, and tells what went wrong."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from benchmarks.matching import gap, run, search
from benchmarks.matching.candidates import MOST, instance, total, total_of
from benchmarks.matching.cases import INCIDENTS, incident_of, monday_of
from benchmarks.matching.office import by_office, over_openings, told_of
from benchmarks.matching.tables import all_tables, exponent
from benchmarks.rosters import apart

from caretime.continuity.absent import absent
from caretime.continuity.affected import series_of
from caretime.continuity.supply import substitutes_of
from caretime.matching.weighted import solve_weighted
from caretime.model.matching import Match, MatchPolicy
from caretime.simulation import make_system

WEEKS = 4
POLICY = MatchPolicy()


@pytest.fixture(scope="module")
def small():
    return make_system("southern-california", scale=0.02, seed=1)


@pytest.fixture(scope="module")
def scene(small):
    """Who is without whom, and who could help, with 60 % away for four weeks."""
    monday = monday_of(small)
    away = absent(small, incident_of(small, "60 %"), seed=1)
    series = series_of(small, away, monday=monday, weeks=WEEKS)
    contract = small.contracts[small.contract_in_force]
    substitutes = substitutes_of(
        small, contract, away, monday=monday, weeks=WEEKS, policy=POLICY
    )
    gone = {absence.clinician_id for absence in away}
    present = [c for c in small.clinicians if c.clinician_id not in gone]
    return series, substitutes, present


def office(small, series, substitutes, present):
    return by_office(
        small, series, substitutes, present, monday=monday_of(small), policy=POLICY
    )


@pytest.mark.parametrize("way", search.WAYS)
def test_every_search_finds_the_pairs_of_the_finder(small, way):
    finder = instance(small, 300)

    found = search.WAYS[way](finder)

    assert total(found) == total_of(finder.first(MOST))
    assert total(found)[0] > 300


def test_the_office_keeps_to_openings_and_places_somebody(small, scene):
    series, substitutes, present = scene

    matches = office(small, series, substitutes, present)

    told = told_of(matches, series, small)
    assert list(over_openings(matches, series, substitutes)) == []
    assert [m.patient_id for m in matches] == [s.patient_id for s in series]
    assert 0 < told["placed"] < told["patients"]
    assert 0 < told["in-house"] < told["placed"]


def test_the_office_serves_the_highest_risk_first(small, scene):
    series, substitutes, present = scene
    one = next(s for s in series if s.visit_type == "return")
    rivals = (replace(one, risk_tier=3), replace(one, risk_tier=1))
    patient = next(p for p in small.patients if p.patient_id == one.patient_id)
    twin = replace(patient, patient_id="twin")
    system = replace(small, patients=(*small.patients, twin))
    rivals = (rivals[0], replace(rivals[1], patient_id="twin"))
    alone = office(system, rivals[1:], substitutes, present)[0]
    used = alone.weeks if alone.kind == "in_house" else alone.weeks[:1]
    only = tuple(
        replace(s, openings=tuple(
            int(s.substitute_id == alone.substitute_id and w in used)
            for w in range(WEEKS)
        ))
        for s in substitutes
    )  # fmt: skip

    lower, higher = office(system, rivals, only, present)

    assert higher.substitute_id == alone.substitute_id
    assert lower.outcome == "left_out"


def test_the_office_waits_a_week_rather_than_leave_somebody_out(small, scene):
    series, substitutes, present = scene
    one = next(s for s in series if s.weeks[0] == 0)
    later = tuple(
        replace(s, openings=(0, *s.openings[1:]), intakes=()) for s in substitutes
    )

    placed = office(small, [one], later, present)[0]

    assert placed.weeks[0] > 0
    assert all(b - a == d - c for (a, b), (c, d) in zip(
        pairwise(placed.weeks), pairwise(one.weeks), strict=False
    ))  # fmt: skip


def test_the_office_begins_with_a_first_visit_where_one_is_open(small, scene):
    series, substitutes, present = scene
    one = next(s for s in series if s.visit_type == "intake" and s.weeks[0] == 0)
    none = (0,) * WEEKS
    shut = [replace(s, openings=none, intakes=none) for s in substitutes]
    returns = [
        replace(s, openings=(9,) * WEEKS) if s.kind == "in_house" else t
        for s, t in zip(substitutes, shut, strict=True)
    ]
    firsts = [
        replace(t, intakes=(9, *none[1:])) if t.kind == "in_house" else t
        for t in returns
    ]

    without = office(small, [one], [replace(s, intakes=none) for s in returns], present)
    placed = office(small, [one], firsts, present)

    assert without[0].outcome == "left_out"
    assert placed[0].weeks == one.weeks
    assert list(over_openings(placed, [one], returns)) != []


def test_too_many_visits_are_found(scene):
    series, substitutes, _ = scene
    full = next(
        s
        for s in substitutes
        if s.kind == "in_house" and not (s.openings + s.intakes)[0]
    )
    series = [replace(series[0], visit_type="return")]

    wrong = Match(series[0].patient_id, "placed", full.substitute_id, full.kind, (0,))

    assert list(over_openings([wrong], series, substitutes)) == [full.substitute_id]


@pytest.mark.parametrize("kind", INCIDENTS)
def test_every_incident_takes_somebody_away_from_its_first_monday(small, kind):
    incident = incident_of(small, kind)

    away = absent(small, incident, seed=1)

    assert incident.first_day == monday_of(small)
    assert 0 < len({a.clinician_id for a in away}) < len(small.clinicians)
    assert incident.first_day - incident.notice_day >= timedelta(days=10)


TINY = "2 3\n1 2 3\n4 9 4\n50 50 30\n50 50 30\n100 60\n"


@pytest.fixture
def published(tmp_path):
    (tmp_path / "a02003").write_text(TINY, encoding="utf-8")
    with tarfile.open(tmp_path / gap.ARCHIVE, "w:gz") as archive:
        archive.add(tmp_path / "a02003", "data/some/a02003")
    (tmp_path / gap.KNOWN).write_text(
        "Path,Item number,Agent number,Best known bound,Best known solution value\n"
        "some/a02003,3,2,7,7\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_published_instance_is_read_solved_and_judged(published):
    (row,) = gap.solved(str(published), "a", quick=False)

    assert (row["agents"], row["jobs"]) == (2, 3)
    assert row["value"] == row["bound"] == row["best"] == 7
    assert gap.summary([row])["best known met"] == 1


def test_the_judge_prices_what_the_solver_prices():
    found = solve_weighted(*gap.read_instance(TINY))

    assert gap.judge(TINY, found.assignment.tolist()) == found.value


@pytest.mark.parametrize(
    ("assignment", "says"),
    [([0, 0, 0], "too much"), ([0, 0, -1], "no agent"), ([0, 0], "number of jobs")],
)
def test_the_judge_finds_what_is_wrong(assignment, says):
    with pytest.raises(AssertionError, match=says):
        gap.judge(TINY, assignment)


def test_tables_show_ratios_growth_and_failures():
    spans = {("the engine", 10): 0.5, ("flow", 10): 2.0, ("the engine", 100): 5.0}
    found = [
        {
            "part": "match",
            "name": way,
            "megabytes": 100.0,
            "rows": [{"way": way, "patients": size, "seconds": span, "value": 7}],
        }
        for (way, size), span in spans.items()
    ]
    found.append(
        {"part": "plan", "name": "9 patients", "megabytes": 1.0, "failed": "no memory"}
    )

    text = all_tables(found)

    assert "| flow |  | 2 | 4 | 100 | 7 |" in text
    assert "to the power of: the engine 1.00." in text
    assert "| 9 patients | failed: no memory |" in text


def test_growth_of_a_square_is_two():
    assert exponent([(10, 1.0), (20, 4.0), (40, 16.0)]) == pytest.approx(2.0)
    assert exponent([(10, 1.0), (10, 2.0)]) is None


def test_ways_that_differ_are_named():
    rows = [{"patients": 5, "value": 7}], [{"patients": 5, "value": 8}]
    found = [
        {"part": "match", "name": name, "rows": row}
        for name, row in zip(("flow", "other"), rows, strict=True)
    ]

    assert run.differing(found) == ["other: 8, not 7"]


def test_every_row_names_work_that_exists(tmp_path):
    todo = [*run.rows(quick=True, gap=tmp_path), *run.rows(quick=False, gap=None)]

    names = [(row.part, row.name) for row in run.rows(quick=False, gap=tmp_path)]
    assert len(set(names)) == len(names) > 30
    assert all(callable(run.work_of(row.work)) for row in todo)
    assert all(json.loads(json.dumps(row.arguments)) for row in todo)
    assert "gap" not in {row.part for row in run.rows(quick=False, gap=None)}


def test_a_page_is_not_written_before_every_part_is_measured(tmp_path):
    every = [apart.Row("plan", "5", "planned", (5,)), apart.Row("gap", "a", "gap")]
    held = {"source": apart.fingerprint(run.PACKAGE), "part": "plan", "rows": [{}]}
    (tmp_path / "plan-5.json").write_text(json.dumps(held), encoding="utf-8")

    failed = {"part": "gap", "name": "a", "failed": "no memory"}

    assert run.whole(every[:1], [], tmp_path) == [held]
    assert run.whole(every, [failed], tmp_path) == [held, failed]
    with pytest.raises(SystemExit, match="gap not measured yet"):
        run.whole(every, [], tmp_path)


def test_a_row_of_matches_runs_apart_and_is_kept(tmp_path):
    row = apart.Row("gap", "type a", "gap", (str(tmp_path), "a", True))
    (tmp_path / gap.KNOWN).write_text("Path,Item number\n", encoding="utf-8")
    with tarfile.open(tmp_path / gap.ARCHIVE, "w:gz"):
        pass

    found = apart.run(row, tmp_path / "rows", package=run.PACKAGE)

    assert found["rows"] == []
    assert apart.kept(row, tmp_path / "rows", package=run.PACKAGE) == found
    assert apart.kept(row, tmp_path / "rows") is None


def test_tables_go_into_the_manual_between_their_marks():
    page = run.PAGE.read_text(encoding="utf-8")

    once = run.into_page("| a |", page)
    twice = run.into_page("| b |", once)

    assert "| a |" not in twice
    assert twice.split(run.END)[1] == page.split(run.END)[1]
