"""Why people have nobody, what is left over, and what to buy: told, and no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from made_plans import made_plan

from caretime.measures.suppression import THRESHOLD
from caretime.model.incident import Substitute
from caretime.model.matching import Match
from caretime.reports.strike_openings import INTAKES, PLACES, RETURNS, openings_of
from caretime.reports.strike_sections import why
from caretime.reports.strike_sections.buy import buy, sorts_of
from caretime.reports.strike_tally import tally

PLAN, SYSTEM = made_plan(3000)


def small_plan(visit_type: str = "return"):
    """One patient with visits in weeks 0 and 2, taken over in-house."""
    first = replace(PLAN.series[0], visit_type=visit_type, weeks=(0, 2))
    match = Match(first.patient_id, "placed", "C-9", "in_house", (0, 2), True)
    return replace(
        PLAN,
        weeks=3,
        series=(first,),
        substitutes=(
            Substitute("C-9", "in_house", (2, 1, 1), (1, 0, 0)),
            Substitute("N-9", "network", (0, 1, 1)),
        ),
        matching=replace(PLAN.matching, matches=(match,), left_out=(), scarce=()),
    )


def test_a_course_in_house_uses_an_opening_in_each_of_its_weeks():
    found = openings_of(small_plan())

    assert found.left[RETURNS].tolist() == [1, 1, 0]
    assert found.left[INTAKES].tolist() == [1, 0, 0]


def test_a_first_visit_uses_an_opening_kept_for_first_visits():
    found = openings_of(small_plan("intake"))

    assert found.left[RETURNS].tolist() == [2, 1, 0]
    assert found.left[INTAKES].tolist() == [0, 0, 0]


def test_a_network_place_that_is_not_used_stays_open():
    found = openings_of(small_plan())

    assert found.left[PLACES].tolist() == [0, 1, 2]
    assert found.in_all == 2 + 1 + 2


def test_places_that_many_share_are_not_counted_once_for_each():
    left = tuple(
        replace(one, reason="weeks_do_not_fit") for one in PLAN.matching.left_out
    )
    few = replace(
        PLAN,
        substitutes=(Substitute("N-9", "network", (0, 0, 0, 12)),),
        matching=replace(PLAN.matching, left_out=left, matches=PLAN.matching.matches),
    )
    counted = tally(few, SYSTEM)
    counted.__dict__["openings"] = replace(
        openings_of(few), used=np.zeros((3, PLAN.weeks), np.int64)
    )

    said = str(why.shared_places(counted))

    assert f"Those {len(left):,} all look at the same 12" in said
    assert "could help 12 of them at most" in said


def test_the_highest_tier_hears_its_reasons_without_small_counts():
    counted = tally(PLAN, SYSTEM)

    said = [text for text in why.said(counted) if "of the highest tier" in text]

    highest = sum(p.risk_tier == 1 for p, _ in counted.left_out)
    assert highest >= THRESHOLD
    assert len(said) == 1
    assert f"{highest:,} of the highest tier" in said[0]


def test_no_small_count_of_a_reason_stands_in_a_sentence_or_follows():
    left = PLAN.matching.left_out
    rare = tuple(
        replace(one, reason="no_gender" if k < 4 else "all_taken")
        for k, one in enumerate(left)
    )
    plan = replace(PLAN, matching=replace(PLAN.matching, left_out=rare))

    said = " ".join(why.said(tally(plan, SYSTEM)))

    assert f"For {len(left) - 4:,} of them" not in said


def test_tiers_stand_together_where_the_highest_could_not_stand_alone():
    counted = tally(PLAN, SYSTEM)
    shown = why.reason_table(counted)

    assert shown.counts.shape[1] == len(why.TOGETHER)
    assert shown.counts.sum() == len(PLAN.matching.left_out)


def test_sentences_that_would_give_the_others_away_are_not_quoted():
    left = PLAN.matching.left_out
    told = tuple(
        replace(one, text="few" if k < 5 else "many", reason="all_taken")
        for k, one in enumerate(left)
    )
    plan = replace(PLAN, matching=replace(PLAN.matching, left_out=told))

    assert why.listed(tally(plan, SYSTEM)) is None


def test_sorts_of_few_patients_are_put_together_or_left_out():
    counted = tally(PLAN, SYSTEM)

    found = sorts_of(counted)

    assert found
    assert all(one.patients >= THRESHOLD for one in found)
    needed = [one.at_risk or 0 for one in found]
    assert needed == sorted(needed, reverse=True)


def test_what_the_sorts_leave_of_a_language_is_never_a_small_number():
    counted = tally(PLAN, SYSTEM)
    rest = Counter[str]()
    for place in PLAN.matching.scarce:
        rest[place.language] += sum(place.left_out)

    found = sorts_of(counted)
    for one in found:
        rest[one.language] -= one.patients

    left = [rest[one.language] for one in found]
    assert all(many == 0 or many >= THRESHOLD for many in left)


def test_places_for_the_higher_tiers_come_first():
    scarce = PLAN.matching.scarce[0]
    places = (
        replace(scarce, left_out=(0, 20, 300)),
        replace(scarce, county="Kern", telehealth=False, left_out=(2, 30, 40)),
    )
    plan = replace(PLAN, matching=replace(PLAN.matching, scarce=places))

    found = sorts_of(tally(plan, SYSTEM))

    assert [(one.county, one.at_risk) for one in found] == [
        ("Kern", 32),
        (scarce.county, 20),
    ]


def test_no_sort_of_place_tells_of_single_people_at_highest_risk():
    scarce = PLAN.matching.scarce[0]
    places = (replace(scarce, left_out=(3, 0, 40)),)
    plan = replace(PLAN, matching=replace(PLAN.matching, scarce=places))
    counted = tally(plan, SYSTEM)

    page = str(buy(counted))

    assert [one.at_risk for one in sorts_of(counted)] == [None]
    assert "highest tier wait for are the first rows of to_buy.csv" in page
    assert "hidden" in page


def test_reasons_of_few_at_highest_risk_are_not_told():
    whole = tally(PLAN, SYSTEM).left_out
    highest = [one for patient, one in whole if patient.risk_tier == 1]
    others = [one for patient, one in whole if patient.risk_tier > 1]
    left = (*highest[:4], *others)
    plan = replace(PLAN, matching=replace(PLAN.matching, left_out=left))
    counted = tally(plan, SYSTEM)

    said = [text for text in why.said(counted) if "of the highest tier" in text]

    assert said == [
        "For the 4 of the highest tier: each with the reason in left_out.csv, "
        "too few to tell it here."
    ]
