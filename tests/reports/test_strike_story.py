"""The answer in sentences: counted by hand, and honest about how good it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_plans import made_plan, made_proof

from caretime.model.matching import LEVELS, Level
from caretime.model.strike import Fault
from caretime.reports.strike_sections.summary import answer
from caretime.reports.strike_story import lead, proof_words, story
from caretime.reports.strike_tally import (
    HOUSE_IN_TIME,
    NETWORK_IN_TIME,
    NO_TIME,
    NOBODY,
    WAITS,
    by_weeks,
    tally,
)

PLAN, SYSTEM = made_plan(400)


def with_matches(*changes):
    """Give the first five patients these outcomes, and nobody else a visit."""
    matches = tuple(
        replace(PLAN.matching.matches[k], within_limit=False, **change)
        for k, change in enumerate(changes)
    )
    some = slice(len(changes))
    ids = {match.patient_id for match in matches}
    left_out = tuple(o for o in PLAN.matching.left_out if o.patient_id in ids)
    matching = replace(PLAN.matching, matches=matches, left_out=left_out)
    return replace(
        PLAN, series=PLAN.series[some], matching=matching, bookings=(), groups=()
    )


def level(name, value, bound):
    levels = tuple(
        Level(one, value if one == name else 0, bound if one == name else 0)
        for one in LEVELS
    )
    return replace(PLAN.matching, levels=levels)


def test_outcomes_are_counted_and_add_up_to_everybody():
    plan = with_matches(
        {"outcome": "placed", "kind": "in_house", "substitute_id": "C-00001"},
        {"outcome": "placed", "kind": "network", "substitute_id": "N-00001"},
        {"outcome": "left_out"},
        {"outcome": "left_out"},
        {"outcome": "waits"},
    )
    matches = list(plan.matching.matches)
    matches[0] = replace(matches[0], within_limit=True)
    plan = replace(plan, matching=replace(plan.matching, matches=tuple(matches)))

    counted = tally(plan, SYSTEM)

    assert counted.affected == 5
    assert counted.number(HOUSE_IN_TIME) == 1
    assert counted.number(NETWORK_IN_TIME) == 0
    assert (counted.number(NOBODY), counted.number(WAITS)) == (2, 1)
    assert lead(counted) == (
        "Of 5 patients whose own clinician is away, 1 (20 of 100) keep their legal "
        "limit, 1 are seen later, 2 (40 of 100) have nobody, and "
        "1 chose to wait."
    )


def test_days_say_more_than_weeks_where_visits_have_dates():
    placed = {"outcome": "placed", "kind": "in_house", "substitute_id": "C-00001"}
    plan = with_matches(placed, placed)
    first = plan.series[0]
    dated = next(b for b in PLAN.bookings if b.number == 1)
    plan = replace(
        plan,
        bookings=(replace(dated, patient_id=first.patient_id, within_limit=True),),
    )

    counted = tally(plan, SYSTEM)

    # The second is placed but has no date: neither in time nor late.
    assert counted.number(HOUSE_IN_TIME) == 1
    assert counted.number(NO_TIME) == 1
    assert int(by_weeks(plan)[:, HOUSE_IN_TIME].sum()) == 0


def test_a_plan_without_dates_says_that_weeks_are_judged():
    plan, system = made_plan(100, dated=False)

    kept = story(tally(plan, system))[0]

    assert "judged by weeks" in kept.text


def test_times_that_others_must_agree_to_are_told():
    kept = story(tally(PLAN, SYSTEM))[0]

    network = tally(PLAN, SYSTEM).number(NETWORK_IN_TIME)
    assert f"{network:,} have a proposed time" in kept.text


def test_who_cannot_be_reached_is_counted_among_all():
    people = tuple(
        replace(p, has_phone=False, has_email=False) if k < 3 else p
        for k, p in enumerate(SYSTEM.patients)
    )
    others = tuple(replace(p, has_phone=True) for p in people[3:])
    system = replace(SYSTEM, patients=(*people[:3], *others))

    told = {one.heading: one.text for one in story(tally(PLAN, system))}

    assert told["Cannot be reached"].startswith("3 of all these have no phone")


@pytest.mark.parametrize(
    ("name", "value", "bound", "words"),
    [
        (
            "tier_1_left_out",
            812,
            812,
            "No plan could leave out fewer than 812 of the highest tier; this one "
            "leaves out 812.",
        ),
        (
            "tier_1_left_out",
            0,
            0,
            "Nobody of the highest tier is left out. No plan could do better.",
        ),
        (
            "tier_3_left_out",
            1000,
            990,
            "This plan leaves out 1,000 of the lowest tier. No plan as good so far "
            "could leave out fewer than 990, so a better one could help at most 10 "
            "more.",
        ),
        (
            "tier_2_left_out",
            7514,
            0,
            "7,514 of the middle tier. Whether a plan as good so far could have fewer "
            "is not proven.",
        ),
        (
            "points",
            2000,
            0,
            "2,000 points against it. Whether a plan as good so far could have fewer",
        ),
        ("points", 1000, 900, "(11.1 % apart)"),
        ("moved_after_offer", 3, 3, "3 patients who had an offer"),
    ],
)
def test_the_proof_is_told_level_by_level(name, value, bound, words):
    sentences = dict(proof_words(level(name, value, bound), None))

    found = [sentence for sentence in sentences if words in sentence]
    assert len(found) == 1
    assert sentences[found[0]] is (value <= bound)


def test_a_level_without_proof_is_never_called_best():
    sentences = proof_words(level("tier_2_late", 5, 4), None)

    assert [best for _, best in sentences].count(False) == 1


def test_a_broken_plan_says_so_on_the_first_screen():
    proof = made_proof(PLAN)
    broken = replace(proof, faults=(Fault("twice", "P-1", "2", "1", "said twice"),))

    page = answer(tally(PLAN, SYSTEM), broken, None)

    assert "found 1 fault in this plan: twice (1). Do not use it" in page
    assert "P-1" not in page


def test_without_a_verifier_nobody_is_said_to_have_checked():
    page = answer(tally(PLAN, SYSTEM), None, None)

    assert "Nobody has worked this out again" in page


def test_one_by_one_work_stands_beside_the_plan():
    office = tuple(replace(m, outcome="left_out") for m in PLAN.matching.matches)

    page = answer(tally(PLAN, SYSTEM), None, office)

    tier_1 = sum(s.risk_tier == 1 for s in PLAN.series)
    row = page[page.index("Have nobody, highest tier") :].split("</tr>")[0]
    assert f">{tier_1}<" in row


def test_a_plan_of_another_system_is_refused():
    _, other = made_plan(10)

    with pytest.raises(ValueError, match="do not belong together"):
        tally(PLAN, other)
