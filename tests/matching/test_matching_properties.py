"""What every match keeps, whatever the system: rules, openings, risk, and its proof."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from exhaustive_matching import (
    Best,
    best_matches,
    levels_of,
    nothing_used,
    ways,
    with_match,
)
from hypothesis import given
from planned_matches import planned
from tiny_systems import Tiny, patient, plan_of, therapist, tinies, tiny

from caretime.continuity.verify import verify_plan
from caretime.model.matching import Match, Matching


def values(matching: Matching) -> tuple[int, ...]:
    return tuple(level.value for level in matching.levels)


def used_by(case: Tiny, matching: Matching):
    """Return the openings used, ``None`` where they are not enough."""
    series = {s.patient_id: s for s in case.series}
    used = nothing_used(case)
    for match in matching.matches:
        used = with_match(case, used, series[match.patient_id], match)
        if used is None:
            return None
    return used


@given(tinies())
def test_no_match_exceeds_an_opening(case: Tiny) -> None:
    matching = planned(case)

    assert used_by(case, matching) is not None


@given(tinies())
def test_every_pair_is_one_that_may_be(case: Tiny) -> None:
    """As the oracle lists them: permitted, in its weeks, at its points."""
    matching = planned(case)

    for series, match in zip(case.series, matching.matches, strict=True):
        plain = {_plain(way) for way in ways(case, series)}
        assert _plain(match) in plain


def _plain(match: Match) -> tuple[object, ...]:
    return (
        match.patient_id,
        match.outcome,
        match.substitute_id,
        match.weeks,
        match.within_limit,
        match.points,
        match.telehealth,
    )


@given(tinies())
def test_no_bound_is_above_the_best_there_is(case: Tiny) -> None:
    best, matching = best_matches(case), planned(case)

    assert matching.bound <= best.value <= matching.value
    for level, count in zip(matching.levels, best.levels, strict=True):
        assert level.bound <= level.value
        if level.value != count:
            # From the first level that another plan betters, bounds speak of others.
            assert level.bound <= count
            break


@given(tinies())
def test_a_match_said_to_be_the_best_is(case: Tiny) -> None:
    best, matching = best_matches(case), planned(case)

    if matching.status == "optimal":
        assert values(matching) == best.levels


@given(tinies())
def test_no_highest_risk_is_left_out_beside_a_lower_one_they_could_replace(
    case: Tiny,
) -> None:
    matching = planned(case)
    tier = {s.patient_id: s.risk_tier for s in case.series}
    series = {s.patient_id: s for s in case.series}

    for out in matching.matches:
        if out.outcome != "left_out":
            continue
        for held in (None, *matching.matches):
            if held and (
                held.outcome != "placed"
                or tier[held.patient_id] <= tier[out.patient_id]
            ):
                continue
            others = tuple(m for m in matching.matches if m not in (out, held))
            left = used_by(case, replace(matching, matches=others))
            one = series[out.patient_id]
            for way in ways(case, one):
                assert way.outcome == "left_out" or not with_match(case, left, one, way)


@given(tinies())
def test_the_verifier_finds_no_fault_in_a_match(case: Tiny) -> None:
    matching = planned(case)
    plan = plan_of(case, matching.matches)
    plan = replace(plan, matching=replace(matching, left_out=plan.matching.left_out))

    proof = verify_plan(plan, case.system, case.contract, update=case.update)

    assert proof.faults == ()


@given(tinies())
def test_a_network_alone_is_matched_as_well_as_can_be(case: Tiny) -> None:
    """Without courses in-house it is a flow, which has no gap."""
    outside = tuple(s for s in case.substitutes if s.kind == "network")
    if not outside:
        outside = (*tiny([patient("P")], {"N-9": (1,) * case.weeks}).substitutes,)
        network = (*case.system.network, therapist("N-9"))
        case = replace(case, system=replace(case.system, network=network))
    case = replace(case, substitutes=outside)

    matching = planned(case)

    assert matching.status == "optimal"
    assert values(matching) == best_matches(case).levels
    assert matching.value == matching.bound


@given(tinies())
def test_equal_questions_have_equal_answers(case: Tiny) -> None:
    assert planned(case) == planned(case)


def test_most_matches_of_tiny_systems_are_the_best_there_are() -> None:
    """Counted over drawn systems: how many of them a plan is second best for."""
    found: Counter[bool] = Counter()

    @given(tinies())
    def count(case: Tiny) -> None:
        found[values(planned(case)) == best_matches(case).levels] += 1

    count()

    assert found[True] >= 9 * found[False]


def test_the_oracle_counts_levels_as_plans_do() -> None:
    case = tiny([patient("P-1", risk_tier=1)], {"H-1": (0,)})
    best = best_matches(case)

    assert best == Best(best.matches, levels_of(case.series[0], best.matches[0]))
    assert best.levels == (1, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_every_tier_is_placed_where_there_is_room(tier: int) -> None:
    case = tiny([patient("P-1", risk_tier=tier)], {"N-1": (1, 0)})

    matching = planned(case)

    assert [m.substitute_id for m in matching.matches] == ["N-1"]
    assert matching.value == matching.bound == matching.matches[0].points
