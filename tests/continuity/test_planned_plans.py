"""The planner's plans before the verifier, sound and corrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.continuity.plan import plan_incident
from caretime.continuity.verify import verify_plan
from caretime.model.incident import Incident
from caretime.model.matching import Match, Price
from caretime.model.strike import StrikePlan
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
CONTRACT = CLINIC.contracts[CLINIC.contract_in_force]
FIRST = CLINIC.first_day
EIGHT = tuple(c.clinician_id for c in CLINIC.clinicians)


def away(*who: str, first: int = 0, last: int = 27) -> Incident:
    return Incident(
        "I-1",
        FIRST + timedelta(days=first),
        FIRST - timedelta(days=11),
        clinician_ids=who,
        last_day=FIRST + timedelta(days=last),
    )


def shares(*path: float) -> Incident:
    return Incident("I-1", FIRST, FIRST - timedelta(days=11), path)


INCIDENTS = (
    pytest.param(away(*EIGHT[:4]), id="four for four weeks"),
    pytest.param(away(EIGHT[4], last=6), id="one for a week"),
    pytest.param(away(*EIGHT[:3], first=16, last=40), id="from the third week on"),
    pytest.param(away(*EIGHT[1:5], first=2, last=8), id="midweek"),
    pytest.param(shares(0.9, 0.6, 0.3), id="a falling path"),
    pytest.param(shares(*(0.4,) * 9), id="nine weeks"),
)

PLAN = plan_incident(CLINIC, away(*EIGHT[:4]))


@pytest.mark.parametrize("incident", INCIDENTS)
def test_a_plan_holds_before_the_verifier(incident: Incident) -> None:
    plan = plan_incident(CLINIC, incident)

    proof = verify_plan(plan, CLINIC, CONTRACT)

    assert [fault.text for fault in proof.faults] == []
    assert proof.value == plan.matching.value
    assert proof.bound >= plan.matching.bound
    for level, stated in zip(proof.levels, plan.matching.levels, strict=True):
        assert level.bound >= stated.bound, level.name


def with_match(match: Match) -> StrikePlan:
    every = tuple(
        match if m.patient_id == match.patient_id else m for m in PLAN.matching.matches
    )
    return replace(PLAN, matching=replace(PLAN.matching, matches=every))


PLACED = next(m for m in PLAN.matching.matches if m.outcome == "placed")
LEFT = next(m for m in PLAN.matching.matches if m.outcome == "left_out")


def a_patient_lost() -> StrikePlan:
    series = tuple(s for s in PLAN.series if s.patient_id != LEFT.patient_id)
    return replace(PLAN, series=series)


def a_point_too_few() -> StrikePlan:
    return with_match(replace(PLACED, points=PLACED.points - 1))


def a_place_given_twice() -> StrikePlan:
    """Everybody goes to one substitute."""
    crowd = tuple(
        replace(PLACED, patient_id=m.patient_id) for m in PLAN.matching.matches
    )
    return replace(PLAN, matching=replace(PLAN.matching, matches=crowd))


def a_place_taken_away() -> StrikePlan:
    return with_match(Match(PLACED.patient_id, "left_out"))


def a_bound_too_high() -> StrikePlan:
    value = PLAN.matching.value + 1
    return replace(PLAN, matching=replace(PLAN.matching, bound=value))


def prices_made_up() -> StrikePlan:
    """A bound rests on its prices: with these nothing is proven."""
    prices = tuple(
        Price(s.substitute_id, week, 1 << 40)
        for s in PLAN.substitutes
        for week in range(PLAN.weeks)
        if s.openings[week]
    )
    return replace(PLAN, matching=replace(PLAN.matching, prices=prices))


def with_proof(**changes: object) -> StrikePlan:
    """Change the numbers of the first level that has its own, not its bound."""
    levels = list(PLAN.matching.levels)
    k = next(k for k, level in enumerate(levels) if level.proof and level.bound)
    levels[k] = replace(levels[k], proof=replace(levels[k].proof, **changes))
    return replace(PLAN, matching=replace(PLAN.matching, levels=tuple(levels)))


def a_level_that_costs_more() -> StrikePlan:
    """At a higher unit and the same prices less is proven."""
    return with_proof(unit=1 << 20)


def openings_of_a_level_free_of_charge() -> StrikePlan:
    free = (0,) * PLAN.weeks
    return with_proof(in_house=free, network=free)


def a_level_with_a_price_below_nothing() -> StrikePlan:
    return with_proof(network=(-1,) * PLAN.weeks)


def a_level_with_a_week_too_few() -> StrikePlan:
    return with_proof(in_house=(0,) * (PLAN.weeks - 1))


def nobody_is_called() -> StrikePlan:
    return replace(PLAN, contacts=())


def a_visit_forgotten() -> StrikePlan:
    return replace(PLAN, bookings=PLAN.bookings[1:])


def nine_hours_later() -> StrikePlan:
    shift = timedelta(hours=9)
    late = tuple(replace(b, start=b.start + shift) for b in PLAN.bookings)
    return replace(PLAN, bookings=late)


@pytest.mark.parametrize(
    ("corrupt", "kind"),
    [
        (a_patient_lost, "lost"),
        (a_point_too_few, "points"),
        (a_place_given_twice, "over_openings"),
        (a_place_taken_away, "level"),
        (a_bound_too_high, "bound"),
        (prices_made_up, "bound"),
        (a_level_that_costs_more, "bound"),
        (openings_of_a_level_free_of_charge, "bound"),
        (a_level_with_a_price_below_nothing, "price"),
        (a_level_with_a_week_too_few, "price"),
        (nobody_is_called, "contact"),
        (a_visit_forgotten, "untimed"),
        (nine_hours_later, "outside_openings"),
    ],
)
def test_a_corrupted_plan_of_the_planner_is_told(
    corrupt: Callable[[], StrikePlan], kind: str
) -> None:
    proof = verify_plan(corrupt(), CLINIC, CONTRACT)

    assert kind in {fault.kind for fault in proof.faults}
