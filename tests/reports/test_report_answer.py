"""The words of the report agree with its numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_comparisons import ARMS, made_comparison, with_difference

from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.answer import answer, question
from caretime.reports.lead import lead
from caretime.reports.names import name_arms
from caretime.reports.sections.summary import summary_table
from caretime.reports.things import CLINICIANS, PATIENTS

COMPARISON = made_comparison()
UNION, OFFER = ARMS[1][0], ARMS[2][0]
NAMED = (*PATIENTS, *CLINICIANS)

ends = st.floats(-1e4, 1e4, allow_nan=False)


@st.composite
def differences(draw):
    low, high = sorted((draw(ends), draw(ends)))
    return Estimate((low + high) / 2, low, high, 10)


def sentence_of(comparison, name, contract_id):
    """Return what the answer says of one measure of one arm."""
    said = next(a for a in answer(comparison).arms if a.name.contract_id == contract_id)
    findings = said.patients if name in PATIENTS else said.clinicians
    group = PATIENTS if name in PATIENTS else CLINICIANS
    return findings[group.index(name)]


@given(differences(), st.sampled_from(NAMED), st.sampled_from((UNION, OFFER)))
def test_the_verb_follows_the_sign_of_every_clear_difference(
    difference, name, contract_id
):
    changed = with_difference(COMPARISON, name, contract_id, difference)

    finding = sentence_of(changed, name, contract_id)

    holds_zero = difference.low <= 0 <= difference.high
    assert ("no clear difference" in finding.words) == holds_zero
    assert finding.words.startswith("raises ") == (
        not holds_zero and difference.low > 0
    )
    assert finding.words.startswith("lowers ") == (
        not holds_zero and difference.high < 0
    )


@given(differences(), st.sampled_from(NAMED))
def test_better_and_worse_follow_the_measure(difference, name):
    changed = with_difference(COMPARISON, name, UNION, difference)
    better = next(row.better for row in changed.measures if row.name == name)

    verdict = sentence_of(changed, name, UNION).verdict

    if not difference.excludes_zero:
        assert verdict == "no clear difference"
    elif better == "neither":
        assert verdict == "differs"
    else:
        improved = (difference.value > 0) == (better == "higher")
        assert verdict == ("better" if improved else "worse")


@given(differences())
def test_the_short_answer_and_the_table_say_the_same(difference):
    changed = with_difference(COMPARISON, "within_intake", UNION, difference)

    short = dict(answer(changed).short)["The union's proposal"]
    table = summary_table(changed)

    row = table[table.index("First visit offered") :].split("</tr>")[0]
    cell = row.split("</td>")[1]
    word = wording.verdict(difference, "higher")
    assert f" {word}</span>" in cell
    told_unclear = "no clear difference" in short
    assert told_unclear == (not difference.excludes_zero)


@given(st.integers(0, 10_000), st.sampled_from((0.2, 1, 8, 40)))
def test_every_number_in_a_sentence_is_the_number_of_the_comparison(seed, noise):
    comparison = made_comparison(seed, noise=noise)

    for arm in answer(comparison).arms:
        for name in NAMED:
            value = comparison.measure(name, arm.name.contract_id)
            difference = value.difference
            words = sentence_of(comparison, name, arm.name.contract_id).words
            places = wording.places_of(difference)
            if difference.excludes_zero:
                assert wording.number(abs(difference.value), places=places) in words
            else:
                assert wording.interval(difference, signed=True) in words


def test_a_difference_that_touches_zero_is_not_clear():
    touching = Estimate(1.0, 0.0, 2.0, 10)
    changed = with_difference(COMPARISON, "patients_lost", UNION, touching)

    finding = sentence_of(changed, "patients_lost", UNION)

    assert finding.words == (
        "makes no clear difference to the number of patients lost per 1,000 visits "
        "due (0.0 to +2.0)"
    )


def test_one_replication_never_gives_a_clear_difference():
    comparison = made_comparison(replications=1)

    said = answer(comparison)

    verdicts = {
        f.verdict for arm in said.arms for f in (*arm.patients, *arm.clinicians)
    }
    assert verdicts == {"no clear difference"}
    assert said.how_sure[0].startswith("One replication only")


def test_a_comparison_of_two_sides_is_put_side_by_side():
    said = dict(answer(COMPARISON).short)["Between the two"]

    union = COMPARISON.measure("within_intake", UNION).estimate.value
    offer = COMPARISON.measure("within_intake", OFFER).estimate.value

    assert union < offer
    assert "first visits offered within 10 business days is" in said
    assert said.split(";")[0].endswith("lower")


def test_both_sides_are_asked_the_same_questions_in_the_same_order():
    arms = answer(COMPARISON).arms

    asked = [
        [finding.words.split(" by ")[0].split(" ", 1)[1] for finding in arm.clinicians]
        for arm in arms[:2]
    ]

    assert asked[0] == asked[1]


def test_without_a_tornado_the_answer_says_that_it_was_not_run():
    said = answer(replace(COMPARISON, tornado=()))

    assert any("was not run for this report" in sentence for sentence in said.how_sure)


def test_a_dispute_that_turns_the_difference_around_is_named():
    row = COMPARISON.tornado[0]
    turned = replace(
        row, at_low=Estimate(3.0, 2.0, 4.0, 10), at_high=Estimate(-3.0, -4.0, -2.0, 10)
    )
    said = answer(replace(COMPARISON, tornado=(turned,)))

    assert "turns around under “Notes for a return visit”" in said.how_sure[1]


def test_the_leaving_effect_switched_off_is_reported():
    said = answer(COMPARISON)

    assert sum("leaving switched off" in sentence for sentence in said.how_sure) == 1


def test_the_question_names_every_proposal_once():
    asked = question(COMPARISON)

    assert asked.startswith("Against the terms in force, what would the union's")
    assert all(asked.count(name.full) == 1 for name in name_arms(COMPARISON).values())


@pytest.mark.parametrize(
    ("title", "standing", "full"),
    [
        (
            "Southern California, in force before the strike",
            "union",
            "the terms in force",
        ),
        ("The union's proposal of September 2024", "union", "the union's proposal"),
        ("The employer's offer of 5 October 2024", "employer", "the employer's offer"),
        ("Agreement of May 2025", "confirmed", "the settlement"),
        ("Terms of our own", "assumption", "“Terms of our own”"),
    ],
)
def test_a_contract_is_called_by_what_its_title_says(title, standing, full):
    arms = list(COMPARISON.arms)
    arms[3] = replace(arms[3], title=title, standing=standing)
    arms[1:3] = []

    names = name_arms(replace(COMPARISON, arms=tuple(arms)))

    found = names[arms[-1].contract_id].full
    assert found.split(" (")[0] == full


def test_two_offers_of_one_side_are_told_apart_by_their_dates():
    arms = list(COMPARISON.arms)
    arms[3] = replace(arms[3], title="A later offer", standing="employer")

    names = name_arms(replace(COMPARISON, arms=tuple(arms)))

    offers = [n.full for n in names.values() if n.side == "employer"]
    assert offers == [
        "the employer's offer (2024-10-05)",
        "the employer's offer (2025-05-08)",
    ]


def test_the_lead_names_only_what_every_proposal_clearly_moves():
    sure = {"meals_missed": -0.5, "unpaid_minutes": -9.0, "visits_per_week": -40.0}
    changed = COMPARISON
    for name, size in sure.items():
        for k, arm in enumerate(arms_beside_base(COMPARISON)):
            value = size * (k + 1)
            tight = Estimate(value, value - 0.01, value + 0.01, 10)
            changed = with_difference(changed, name, arm, tight)
    unclear = Estimate(-1.0, -2.0, 0.5, 10)
    changed = with_difference(changed, "within_follow_up", UNION, unclear)

    words = lead(changed)

    assert words.startswith("In short: ")
    assert "lower" in words
    assert "raise" not in words
    assert "meals cut short" in words
    assert "follow-up" not in words
    assert "moves all of these most" in words


def arms_beside_base(comparison):
    return [n for n in name_arms(comparison) if n != comparison.base]
