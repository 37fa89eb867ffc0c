"""Parts are counted once, and plans made anew are compared with like ones."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.matching.again import compared, declining, update_of, without_moves
from benchmarks.matching.cases import incident_of
from benchmarks.matching.meter import Meter
from benchmarks.matching.whole import levels_of, planned_with

from caretime.matching.match import match
from caretime.simulation import make_system

MEGABYTES = 60


@pytest.fixture(scope="module")
def clinic():
    return make_system("clinic-of-eight", seed=1)


@pytest.fixture(scope="module")
def measured(clinic):
    meter = Meter()
    plan = planned_with(clinic, incident_of(clinic, "60 %"), meter)
    return plan, meter


def test_a_part_inside_another_is_counted_once():
    meter = Meter()

    with meter.part("outer"), meter.part("inner"):
        time.sleep(0.05)

    assert meter.seconds["inner"] >= 0.05
    assert meter.seconds["outer"] < 0.04


def test_memory_given_back_is_not_counted_again():
    meter = Meter()

    with meter.part("large"):
        held = np.ones(MEGABYTES << 17)
        del held
    with meter.part("small"):
        pass

    freed = meter.megabytes["large"] - meter.megabytes["small"]
    assert freed > 0.8 * MEGABYTES


def test_watched_functions_are_counted_and_put_back():
    desk = SimpleNamespace(add=lambda a, b: a + b)
    before, meter = desk.add, Meter()

    with meter.watching([(desk, "add", "sums")]):
        assert desk.add(2, b=3) == 5

    assert desk.add is before
    assert list(meter.seconds) == ["sums"]


def test_every_part_of_a_plan_is_measured(measured):
    plan, meter = measured

    assert {"affected", "supply", "candidates", "match", "times"} < set(meter.seconds)
    assert plan.matching.matches
    assert set(levels_of(plan)) == {
        f"{n} {what}" for n in (1, 2, 3) for what in ("out", "late")
    }


def test_those_who_decline_are_drawn_among_those_placed(measured):
    plan, _ = measured
    placed = {m.patient_id for m in plan.matching.matches if m.outcome == "placed"}

    those = declining(plan)

    assert set(those) <= placed
    assert len(those) == max(1, round(0.05 * len(placed)))
    assert declining(plan) == those
    assert {a.patient_id for a in update_of(plan, those).answers} == set(those)


def test_a_match_is_compared_with_one_that_forgets_the_offers(measured):
    plan, _ = measured
    before = plan.matching
    offered = {m.patient_id: m.substitute_id for m in before.matches if m.weeks}
    those = declining(plan)

    told = compared(offered, those, before, before)

    assert told["moved"] == told["moved from scratch"] == 0
    assert told["declined and placed"] == len(those)
    assert told["value above, %"] == 0


def test_the_value_compared_leaves_out_who_was_moved(clinic, measured):
    plan, _ = measured
    from caretime.continuity.plan import finder_of

    finder = finder_of(clinic, plan.series, plan.substitutes, plan.policy)
    elsewhere = {s.patient_id: plan.substitutes[-1].substitute_id for s in plan.series}
    moved = match(finder, plan.series, monday=plan.monday, offered=elsewhere)

    counts = {level.name: level.value for level in moved.levels}

    assert counts["moved_after_offer"] > 0
    assert without_moves(moved) < moved.value
