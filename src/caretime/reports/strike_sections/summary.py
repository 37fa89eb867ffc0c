"""The first screen: the answer in sentences, and how near it is to the best."""

from __future__ import annotations

from collections.abc import Sequence

from caretime.model.matching import Match
from caretime.model.strike import Proof
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.strike_story import Told, lead, proof_words, story
from caretime.reports.strike_tally import (
    NOBODY,
    Tally,
    by_weeks,
    in_office,
    often,
)
from caretime.reports.strike_words import count
from caretime.reports.tabular import table

STATUSES = {
    "optimal": "Proven best: on no level could any plan do better.",
    "within_gap": "Proven to lie within the distances stated here.",
    "stopped": "The search was ended early; the distances stated here hold.",
}


def answer(tally: Tally, proof: Proof | None, office: Sequence[Match] | None) -> Markup:
    """Write the first screen."""
    told = story(tally)
    return join(
        element(
            "div",
            element("p", lead(tally), class_="in-short"),
            _bar(tally),
            element("ul", [_line(one) for one in told], class_="outcomes"),
            class_="lead",
        ),
        element("h3", "Could another plan do better?"),
        element("p", STATUSES.get(tally.plan.matching.status, "")),
        element(
            "ol",
            [
                element(
                    "li",
                    element(
                        "span",
                        "✓" if best else "≈",
                        aria_hidden="true",
                        class_=f"sign {'better' if best else 'plain'}",
                    ),
                    element("span", "Best possible: " if best else "", class_="unseen"),
                    sentence,
                )
                for sentence, best in proof_words(tally.plan.matching, proof)
            ],
            class_="proof",
        ),
        element("p", _of_proof(proof), class_="notes"),
        _against_office(tally, office) if office is not None else None,
    )


def _bar(tally: Tally) -> Markup:
    """Draw everybody as one bar; the sentences below say the same."""
    parts = [(k, tally.number(k)) for k in range(len(words.OUTCOMES))]
    return element(
        "div",
        [
            element(
                "span",
                "",
                class_=f"outcome-{k}",
                style=f"flex-grow:{number}",
                title=f"{words.OUTCOMES[k]}: {number:,}",
            )
            for k, number in parts
            if number
        ],
        class_="bar whole",
        aria_hidden="true",
    )


def _line(told: Told) -> Markup:
    marks = [element("span", "", class_=f"swatch outcome-{k}") for k in told.marks]
    return element("li", marks, element("b", f"{told.heading}: "), told.text)


def _of_proof(proof: Proof | None) -> str:
    legend = (
        "The levels stand in the order in which the plan decides: the highest risk "
        "before all else, then as many as possible, then within the limit, then how "
        "well pairs fit. A plan is as good so far if it equals this one on every level "
        "before. The proof counts weeks, so late ones can be fewer here than above, "
        "where days are judged. "
    )
    if proof is None:
        return legend + "Nobody has worked this out again for this report."
    looked = sum(proof.checked.values())
    if proof.holds:
        return legend + (
            "A second program, written apart from the first, worked the plan and "
            f"these bounds out again: {looked:,} things looked at, no fault found."
        )
    kinds = ", ".join(
        f"{words.spoken(kind)} ({number:,})"
        for kind, number in often(fault.kind for fault in proof.faults)
    )
    return legend + (
        f"A second program found {count(len(proof.faults), 'fault')} in this plan: "
        f"{kinds}. Do not use it before they are mended."
    )


def _against_office(tally: Tally, office: Sequence[Match]) -> Child:
    """Set the plan beside what one-by-one work would reach."""
    ours, theirs = by_weeks(tally.plan), in_office(office, tally.plan)
    placed = (0, 1, 2, 3)
    rows = []
    for title, columns in (
        ("Have somebody", placed),
        ("Keep the limit, by weeks", (0, 2)),
        ("Have nobody", (NOBODY,)),
    ):
        for tier, name in words.TIERS.items():
            first = int(ours[tier - 1, list(columns)].sum())
            second = int(theirs[tier - 1, list(columns)].sum())
            rows.append(
                [
                    f"{title}, {name} tier",
                    f"{first:,}",
                    f"{second:,}",
                    _apart(first - second),
                ]
            )
    return join(
        element("h3", "Against one-by-one work"),
        table(
            "The same patients and places as an office would fill them: highest risk "
            "first, each to the nearest free place, one by one",
            ("Patients", "This plan", "One by one", "Difference"),
            rows,
            kind="numbers columns",
        ),
    )


def _apart(difference: int) -> str:
    return wording.number(difference, signed=True) if difference else "the same"
