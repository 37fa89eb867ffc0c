"""What to buy: the places of which one more would help the most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caretime.measures.suppression import THRESHOLD, hidden_rows
from caretime.model.matching import LEVELS, Scarce
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.strike_tally import Tally
from caretime.reports.tabular import details, table

SHOWN, MOST = 15, 40


def buy(tally: Tally) -> Markup | None:
    """Write the section, or nothing where no place is scarce."""
    scarce = sorted(
        tally.plan.matching.scarce, key=lambda one: (-one.price, -sum(one.left_out))
    )
    if not scarce:
        return None
    totals = np.array([[sum(one.left_out)] for one in scarce], np.int64)
    rows = [
        _row(one, hidden=bool(hidden))
        for one, hidden in zip(scarce, hidden_rows(totals), strict=True)
    ]
    return join(
        element(
            "p",
            "If more places can be had, from whom? Each row is a sort of place: a "
            "license, a language, a county or by video from anywhere. The last column "
            "says what one more such place would do, from the prices of the proof; "
            "the second or third may do less.",
        ),
        _table(rows[:SHOWN]),
        element("p", _letters(scarce), class_="notes"),
        details("The next ones", _table(rows[SHOWN:MOST])) if rows[SHOWN:] else None,
        element("p", f"The files of the plan hold all {len(rows):,} sorts.")
        if len(rows) > MOST
        else None,
    )


def gain(price: int) -> str:
    """
    Say what one more place would do, from its price in summed weights.

    A price is a little less than the weight of what it saves, because the new pair
    has its own points; so the level is the highest whose weight is at most twice
    the price.

    >>> gain(LEVELS["tier_1_left_out"] - 200)
    'Somebody for one more patient of the highest tier'
    >>> gain(LEVELS["tier_2_late"]), gain(40)
    ('One patient of the middle tier in time', 'A better fit only')
    """
    for name, weight in LEVELS.items():
        if weight > 2 * price or not name.startswith("tier_"):
            continue
        tier = words.TIERS[int(name[5])]
        if name.endswith("left_out"):
            return f"Somebody for one more patient of the {tier} tier"
        return f"One patient of the {tier} tier in time"
    return "A better fit only"


def _letters(scarce: Sequence[Scarce]) -> str:
    """Spell out the licenses that stand in the table."""
    codes = dict.fromkeys(code for one in scarce for code in one.licenses)
    spelled = (
        f"{words.license_code(code)}: {words.license_title(code)}"
        for code in codes
        if code.isupper()
    )
    return f"{'; '.join(spelled)}."


def _table(rows: list[list[Child]]) -> Markup:
    return table(
        "Places that are short, those that would help most first",
        (
            "Who",
            "Language",
            "Where",
            "For",
            "Patients without anybody",
            "One more place",
        ),
        rows,
    )


def _row(one: Scarce, *, hidden: bool) -> list[Child]:
    where = "Anywhere, by video" if one.county == "telehealth" else one.county
    if one.telehealth and one.county != "telehealth":
        where += ", or by video"
    total = sum(one.left_out)
    many = f"{total:,}"
    if hidden:
        many = f"fewer than {THRESHOLD}" if total < THRESHOLD else "hidden"
    return [
        wording.listed([words.license_code(c) for c in one.licenses], last="or"),
        words.language(one.language),
        where,
        f"{words.AGES.get(one.age_group, one.age_group)}: {words.need(one.need)}",
        many,
        gain(one.price),
    ]
