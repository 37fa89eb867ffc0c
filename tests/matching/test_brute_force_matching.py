"""The oracle against the verifier: best plans hold, and no bound passes them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from exhaustive_matching import NAMES, all_matches, best_matches, levels_of
from hypothesis import given
from hypothesis import strategies as st
from tiny_systems import (
    MOST_SUBSTITUTES,
    MOST_WEEKS,
    Tiny,
    clinician,
    patient,
    plan_of,
    therapist,
    tinies,
    tiny,
)

from caretime.continuity.verify import verify_plan
from caretime.model.matching import LEVELS, MatchPolicy, Price
from caretime.model.strike import Proof, StrikePlan

MOST_PLANS = 200

PRICES = st.tuples(
    *(
        st.sampled_from(
            (0, 1, 60, 1 << 14, 1 << 18, (1 << 22) - 350, 1 << 22, 1 << 30, 1 << 38)
        )
        for _ in range(MOST_SUBSTITUTES * MOST_WEEKS)
    )
)
"""Around the weights of the levels, where rounding and ties are."""


def priced(case: Tiny, drawn: tuple[int, ...]) -> list[Price]:
    openings = [
        (s.substitute_id, week) for s in case.substitutes for week in range(case.weeks)
    ]
    return [
        Price(who, week, price)
        for (who, week), price in zip(openings, drawn, strict=False)
    ]


def verified(case: Tiny, plan: StrikePlan) -> Proof:
    return verify_plan(plan, case.system, case.contract, update=case.update)


def outcomes(case: Tiny) -> dict[str, str]:
    best = best_matches(case)
    return {m.patient_id: m.substitute_id for m in best.matches}


def test_the_highest_risk_gets_the_only_place() -> None:
    case = tiny([patient("P-1"), patient("P-2", risk_tier=1)], {"H-1": (1,)})

    assert outcomes(case) == {"P-1": "", "P-2": "H-1"}


def test_a_lower_risk_is_placed_late_rather_than_the_highest_left_out() -> None:
    case = tiny(
        [patient("P-1", risk_tier=1), patient("P-2", risk_tier=2)],
        {"H-1": (1, 0), "N-1": (0, 1)},
        people=[therapist("N-1", highest_risk_tier=2)],
    )

    best = best_matches(case)

    assert [m.substitute_id for m in best.matches] == ["H-1", "N-1"]
    assert dict(zip(NAMES, best.levels, strict=True))["tier_2_late"] == 1


def test_the_own_clinics_go_before_the_network() -> None:
    case = tiny([patient("P-1")], {"N-1": (1,), "H-1": (1,)})

    assert outcomes(case) == {"P-1": "H-1"}


def test_the_highest_risk_has_a_place_in_time_before_a_nearer_one() -> None:
    """Being in time is a level of its own, above all points."""
    case = tiny(
        [patient("P-1", risk_tier=1)],
        {"H-1": (0, 1), "N-1": (1, 0)},
    )

    assert outcomes(case) == {"P-1": "N-1"}


def test_a_network_place_not_used_stays_open() -> None:
    case = tiny(
        [patient("P-1"), patient("P-2")],
        {"N-1": (1, 1, 0)},
        first={"P-1": (2, 0), "P-2": (2, 0)},
    )

    assert outcomes(case) == {"P-1": "N-1", "P-2": "N-1"}


def test_a_course_in_house_takes_an_opening_in_each_of_its_weeks() -> None:
    case = tiny(
        [patient("P-1", interval_weeks=1), patient("P-2", interval_weeks=1)],
        {"H-1": (2, 1, 2)},
    )

    best = best_matches(case)

    # One comes in all three weeks, the other begins in the last.
    assert sorted(m.weeks for m in best.matches) == [(0, 1, 2), (2,)]


def test_the_oracle_finds_nothing_better_by_trying_all_plans_one_by_one() -> None:
    case = tiny(
        [patient("P-1", risk_tier=1), patient("P-2"), patient("P-3", risk_tier=2)],
        {"H-1": (1, 1), "N-1": (0, 1)},
        people=[clinician("H-1", license="LMFT"), therapist("N-1")],
    )

    every = [
        tuple(
            map(
                sum,
                zip(
                    *(
                        levels_of(one, match)
                        for one, match in zip(case.series, plan, strict=True)
                    ),
                    strict=True,
                ),
            )
        )
        for plan in all_matches(case)
    ]

    assert len(every) > 20
    assert best_matches(case).levels == min(every)


def test_a_price_proves_that_the_second_of_two_cannot_be_placed() -> None:
    case = tiny([patient("P-1"), patient("P-2")], {"H-1": (1,)})
    best = best_matches(case)
    price = Price("H-1", 0, LEVELS["tier_3_left_out"])

    proof = verified(case, plan_of(case, best.matches, prices=[price]))

    assert proof.faults == ()
    assert [level.bound for level in proof.levels][:7] == [0, 0, 0, 0, 1, 0, 0]


def test_the_best_plan_at_its_prices_may_say_that_it_is_the_best() -> None:
    case = tiny([patient("P-1"), patient("P-2")], {"H-1": (1,)})
    best = best_matches(case)
    points = best.levels[-1]
    price = Price("H-1", 0, LEVELS["tier_3_left_out"] - points)
    bounds = dict(zip(NAMES, best.levels, strict=True))

    plan = plan_of(
        case,
        best.matches,
        prices=[price],
        bound=best.value,
        bounds=bounds,
        status="optimal",
    )

    assert verified(case, plan).faults == ()


def test_waiting_points_are_cut_at_the_most_in_a_long_plan() -> None:
    """Sixteen weeks late would be 960 points, and the pair has more of its own."""
    case = tiny(
        [patient("P-1", interval_weeks=16, clinician_id="OWN-2")],
        {"N-1": (*(0,) * 15, 1)},
        people=[therapist("N-1", acceptance=0.6)],
        policy=MatchPolicy(horizon_weeks=16),
    )
    best = best_matches(case)

    proof = verified(case, plan_of(case, best.matches))

    assert best.levels[-1] == 1023
    assert proof.faults == ()
    assert proof.bound == proof.value == best.value


@given(tinies())
def test_the_best_plan_has_no_fault(case: Tiny) -> None:
    best = best_matches(case)

    proof = verified(case, plan_of(case, best.matches))

    assert proof.faults == ()
    assert proof.value == best.value
    assert tuple(level.value for level in proof.levels) == best.levels


@given(tinies(), PRICES)
def test_no_prices_prove_more_than_the_best_plan_has(
    case: Tiny, drawn: tuple[int, ...]
) -> None:
    best = best_matches(case)

    proof = verified(case, plan_of(case, best.matches, prices=priced(case, drawn)))

    assert proof.bound <= best.value
    assert all(level.bound <= level.value for level in proof.levels)


@given(tinies())
def test_without_prices_the_bound_is_everybody_alone(case: Tiny) -> None:
    """With nothing scarce each patient has the best that the openings allow."""
    many = tuple(
        replace(s, openings=tuple(9 * (count > 0) for count in s.openings))
        for s in case.substitutes
    )
    plenty = replace(case, substitutes=many)
    best = best_matches(plenty)

    proof = verified(plenty, plan_of(plenty, best.matches))

    assert proof.bound == proof.value == best.value
    assert all(level.bound == level.value for level in proof.levels)


@given(tinies(), PRICES, st.integers(0, MOST_PLANS - 1))
def test_no_plan_is_below_what_any_prices_prove(
    case: Tiny, drawn: tuple[int, ...], number: int
) -> None:
    """Plans that are not the best are only told to be that."""
    every = tuple(islice(all_matches(case), MOST_PLANS))
    chosen = every[number % len(every)]

    proof = verified(case, plan_of(case, chosen, prices=priced(case, drawn)))

    assert proof.bound <= proof.value
    assert {fault.kind for fault in proof.faults} <= {"free_place", "priority"}


def test_a_referral_takes_an_intake_opening_in_place_of_a_return_opening() -> None:
    both = [patient("P-1"), patient("P-2")]
    without = tiny(both, {"H-1": (2, 2)}, intakes={"H-1": (0, 0)}, new={"P-1"})
    later = tiny(both, {"H-1": (1, 0)}, intakes={"H-1": (0, 1)}, new={"P-1"})

    starts = {m.patient_id: m.weeks for m in best_matches(later).matches}

    assert outcomes(without) == {"P-1": "", "P-2": "H-1"}
    assert starts == {"P-1": (1,), "P-2": (0,)}


def test_more_first_visits_than_intake_openings_are_told() -> None:
    case = tiny([patient("P-1")], {"H-1": (1, 1)}, intakes={"H-1": (1, 1)}, new={"P-1"})
    best = best_matches(case)
    fewer = tuple(replace(s, intakes=(0, 1)) for s in case.substitutes)

    proof = verified(case, plan_of(replace(case, substitutes=fewer), best.matches))

    assert [fault.kind for fault in proof.faults] == ["over_openings"]
