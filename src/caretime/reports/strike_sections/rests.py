"""What the plan rests on: policy, limits of the law, assumptions, and how to check."""

from __future__ import annotations

import re
from collections import Counter

from caretime import tables
from caretime.model.assumptions import Assumption
from caretime.model.matching import MatchPolicy
from caretime.model.standards import Standard
from caretime.reports import wording
from caretime.reports.how_sure import assumption_title
from caretime.reports.markup import Markup, element, join
from caretime.reports.names import ACCOUNTS
from caretime.reports.strike_tally import Tally
from caretime.reports.tabular import details, table

STANDINGS = {
    "C": "confirmed",
    "M": "from memory, to be confirmed",
    "D": "derived",
    "C-union": "by the union's account",
    "C-employer": "by the employer's account",
}
POLICY = {
    "horizon_weeks": "Weeks planned at most when the end is open",
    "associates_see_tier_1": "Associates may see patients of the highest tier",
    "least_acceptance": (
        "Share of those sent that a network therapist must take on to be asked"
    ),
    "intake_lent": "Share of the openings for first visits that is lent to courses",
    "candidates": "Substitutes of each kind looked at first; the proof covers all",
}
UNITS = {"business_days": "business days", "calendar_days": "days", "hours": "hours"}
BRACKET = re.compile(r"\[([^\[\]]+)\]")
MARK = re.compile(r"\b(C-union|C-employer|C|M|D)\b")
RULES = (
    (
        "Rescheduling must be prompt, fit the need, and keep care continuous",
        "Health and Safety Code 1367.03(a)(3) [C]",
    ),
    (
        "Where nobody in the network fits within the limit, care outside it must be "
        "arranged, by the same clock",
        "Health and Safety Code 1374.72; 28 CCR 1300.74.72 and following [C]",
    ),
    (
        "An associate may not practice without a supervisor",
        "Board of Behavioral Sciences rules on supervision [C]; that it reaches "
        "associates whose supervisor is away [D]",
    ),
)
"""Duties beside the clocks (facts 1.3, 2.1, 2.2, 2.5), each with its standing."""


def standing_words(citation: str) -> str:
    """
    Spell out the marks of standing in a citation.

    >>> standing_words("28 CCR 1300.67.2.2 [C]")
    '28 CCR 1300.67.2.2 (confirmed)'
    >>> standing_words("10 days [limit C, letter M]")
    '10 days (limit confirmed, letter from memory, to be confirmed)'
    """

    def spelled(bracket: re.Match[str]) -> str:
        return f"({MARK.sub(lambda mark: STANDINGS[mark[1]], bracket[1])})"

    return BRACKET.sub(spelled, citation)


def rests(tally: Tally) -> Markup:
    """Write the section."""
    return join(
        element("h3", "The limits of the law"),
        _limits(tally),
        element("h3", "What the plan was told to prefer"),
        _policy(tally.plan.policy),
        _points(),
        _assumptions(tally),
    )


def _limits(tally: Tally) -> Markup:
    used = Counter(one.standard_id for one in tally.plan.series)
    rows = [
        [
            _limit(standard),
            f"{used[standard.standard_id]:,}",
            _source(standard.citation),
        ]
        for standard in tally.system.standards
        if standard.standard_id in used
    ]
    without = used.get("", 0)
    if without:
        rows.append(
            ["No limit known: the planned day is kept instead", f"{without:,}", "–"]
        )
    profiles = {standard.profile for standard in tally.system.standards}
    exceptions = [
        [_exception(row["kind"]), "–", _source(row["citation"])]
        for row in tables.rows("wait_exceptions")
        if row["profile"] in profiles
    ]
    duties = [[rule, "–", _source(source)] for rule, source in RULES]
    return table(
        "Limits that judge the next visit of each patient, exceptions, other duties",
        ("Rule", "Patients it judges here", "Where it stands"),
        [*rows, *exceptions, *(duties if "california" in profiles else [])],
    )


def _source(citation: str) -> Markup:
    return element("span", standing_words(citation), class_="source")


def _limit(standard: Standard) -> str:
    clock = {
        "intake": "First visit",
        "first_treatment": "First treatment after the first visit",
        "follow_up": "Follow-up visit",
        "urgent": "Urgent visit",
    }[standard.clock]
    if standard.provider == "physician":
        clock += " with a physician"
    starts = {"request": "the request", "prior_visit": "the visit before"}
    unit = UNITS[standard.unit]
    return f"{clock}: within {standard.limit} {unit} of {starts[standard.starts]}"


def _exception(kind: str) -> str:
    return {
        "longer_wait": "A licensed clinician may record that a longer wait is safe; no "
        "program and no scheduler may",
        "scheduled_ahead": "A follow-up that the treating clinician planned later is "
        "lawful on its planned day",
    }[kind]


def _policy(policy: MatchPolicy) -> Markup:
    rows = []
    for name, meaning in POLICY.items():
        value = getattr(policy, name)
        yes_or_no = "yes" if value else "no"
        shown = yes_or_no if isinstance(value, bool) else f"{value:g}"
        rows.append([meaning, shown])
    return table(
        "Policy of this plan", ("Choice", "Value"), rows, kind="numbers columns"
    )


def _points() -> Markup:
    return details(
        "Points against a pair",
        table(
            "What makes a permitted pair fit less well; points only decide between "
            "plans that are equal on every count of people",
            ("What", "Points", "At most", "Source"),
            [
                [
                    row["meaning"],
                    f"{row['points']} a {row['unit'].replace('_', ' ')}",
                    row["most"],
                    _source(row["source"]),
                ]
                for row in tables.rows("fit_points")
            ],
        ),
    )


def _assumptions(tally: Tally) -> Markup | None:
    """List the shared numbers about behavior; of the plan's own the plan's value."""
    shared = tally.system.assumptions
    recovery = tally.plan.recovery
    fed = {} if recovery is None else recovery.fed
    rows = [
        [
            assumption_title(name),
            f"{wording.number(fed.get(name, shared[name]))} {shared.row(name).unit}",
            _range_of(shared.row(name), taken=name in fed),
            _source(_holder(shared.row(name)) if name not in fed else "this plan"),
        ]
        for name in shared
    ]
    if not rows:
        return None
    return details(
        "Numbers about behavior; the match uses none of them, the way back does",
        table(
            "Assumptions of the system",
            ("What", "Value", "Range", "Who says so"),
            rows,
            kind="assumptions",
        ),
    )


def _range_of(row: Assumption, *, taken: bool) -> str:
    if taken:
        return "–"
    return f"{wording.number(row.low)} to {wording.number(row.high)}"


def _holder(row: Assumption) -> str:
    return f"{ACCOUNTS.get(row.holder, row.holder)}: {row.source}"
