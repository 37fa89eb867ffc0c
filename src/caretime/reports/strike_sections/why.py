"""Why nobody takes patients over, and what would help: no small count follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import numpy as np

from caretime.measures.suppression import THRESHOLD
from caretime.model.matching import LeftOut
from caretime.model.people import Patient
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Markup, element
from caretime.reports.strike_hidden import SafeTable, safe_table
from caretime.reports.strike_openings import (
    INTAKES,
    PLACES,
    RETURNS,
    Openings,
)
from caretime.reports.strike_sections.breakdown import breakdown
from caretime.reports.strike_tally import NOBODY, Tally, often
from caretime.reports.strike_words import count, day, of_hundred
from caretime.reports.tabular import details, table

QUOTED = 12
APART = ("Highest tier", "Middle tier", "Lowest tier")
TOGETHER = ("Highest or middle tier", "Lowest tier")
"""Columns where counts of the highest tier may stand alone, and where not."""

Left = tuple[Patient, LeftOut]

_KNOWN: tuple[Callable[[Left], str], ...] = (
    lambda left: left[1].reason,
    lambda left: left[1].relaxation,
    lambda left: left[0].language,
    lambda left: left[0].age_group,
    lambda left: left[0].need,
)
"""By what the report counts those left out in other tables."""


def said(tally: Tally) -> Iterator[str]:
    """Say why, for all of them and for the highest tier."""
    number = tally.number(NOBODY)
    shown = reason_table(tally)
    for name, counts in zip(shown.parts, shown.counts, strict=True):
        if name:
            many = int(counts.sum())
            yield (
                f"For {many:,} of them ({of_hundred(many, number)}): "
                f"{words.reason_words(name)}."
            )
    highest = [one.reason for patient, one in tally.left_out if patient.risk_tier == 1]
    if 0 < len(highest) < THRESHOLD:
        yield (
            f"For the {len(highest):,} of the highest tier: each with the reason in "
            "left_out.csv, too few to tell it here."
        )
    elif highest:
        named = "; ".join(words.reason_words(code) for code, _ in often(highest))
        yield (
            f"For the {len(highest):,} of the highest tier, the most frequent reason "
            f"first, without counts because they are few: {named}."
        )


def reason_table(tally: Tally) -> SafeTable:
    """Return counts by reason (its code) and tier, fit to be shown."""
    return _by_tier(tally, [one.reason for _, one in tally.left_out])


def reasons(tally: Tally) -> Markup:
    """Write the table of reasons."""
    return _table(
        "Patients without anybody, by reason",
        "Reason",
        _named(reason_table(tally), words.reason_words),
    )


def helps(tally: Tally) -> Markup:
    """Write the table of what would help."""
    shown = _by_tier(tally, [one.relaxation for _, one in tally.left_out])
    return _table(
        "Patients without anybody, by what would help most cheaply, each asked alone",
        "What would help",
        _named(shown, words.relaxation_words),
    )


def shared_places(tally: Tally) -> Markup | None:
    """Say how few places those share for whom places are left."""
    people = sum(one.reason == "weeks_do_not_fit" for _, one in tally.left_out)
    if people < THRESHOLD:
        return None
    found = tally.openings
    text = (
        "A course of visits goes as a whole to one person, who must be free in each of "
        "the weeks of its visits, or in as many weeks somewhat later. Left over are "
        f"{_left_over(found, tally)}. "
    )
    if found.in_all < people:
        text += (
            f"Those {people:,} all look at the same {found.in_all:,}: so visits in "
            f"other weeks could help {found.in_all:,} of them at most, and the others "
            "need more places, as those need them for whom all places are taken."
        )
    else:
        text += (
            "So visits in other weeks, where a clinician finds that right, could help "
            "many of them."
        )
    return element(
        "p", element("b", "Places in other weeks only, what is that? "), text
    )


def _left_over(found: Openings, tally: Tally) -> str:
    """Name what is left, and in which weeks."""
    left = found.left
    parts = []
    for row, what in (
        (RETURNS, "opening for return visits in-house"),
        (INTAKES, "opening in-house kept for first visits"),
    ):
        weeks = [
            f"{int(many):,} in the week from "
            f"{day(tally.plan.monday + timedelta(weeks=week))}"
            for week, many in enumerate(left[row])
            if many
        ]
        where = f" ({wording.listed(weeks)})" if weeks else ""
        many = int(left[row].sum())
        parts.append(f"{count(many, what, what.replace('opening', 'openings'))}{where}")
    last = int(left[PLACES, -1]) if left.shape[1] else 0
    return wording.listed([*parts, f"{count(last, 'place')} in the network"])


def listed(tally: Tally) -> Markup | None:
    """Quote the most frequent sentences of the list, those of few people aside."""
    found = _quoted(tally.left_out)
    if not found:
        return None
    return details(
        "The most frequent sentences on the list",
        table(
            "The list says of each patient what blocks, and what would help",
            ("On the list", "Patients"),
            [[words.opened(text), f"{many:,}"] for text, many in found],
            kind="numbers columns",
        ),
    )


def _quoted(left: Sequence[Left]) -> list[tuple[str, int]]:
    """
    Choose sentences to quote.

    Of every count that stands elsewhere in the report, those quoted leave a number
    that is not small, so that none follows by subtraction.
    """
    found = [
        (text, many)
        for text, many in often(one.text for _, one in left)[:QUOTED]
        if many >= THRESHOLD
    ]
    example = {one.text: (patient, one) for patient, one in reversed(left)}
    for part in _KNOWN:
        rest = Counter(map(part, left))
        for text, many in found:
            rest[part(example[text])] -= many
        for text, many in reversed(tuple(found)):
            name = part(example[text])
            if rest[name] < THRESHOLD:
                rest[name] += many
                found.remove((text, many))
    return found


def _by_tier(tally: Tally, names: list[str]) -> SafeTable:
    """Cross a code of each patient left out with the tier, as finely as is fit."""
    parts = sorted(set(names))
    counts = np.zeros((len(parts), len(APART)), np.int64)
    place = {name: k for k, name in enumerate(parts)}
    for name, (patient, _) in zip(names, tally.left_out, strict=True):
        counts[place[name], patient.risk_tier - 1] += 1
    shown = safe_table(parts, counts)
    if not shown.hidden.any():
        return shown
    fewer = np.stack((counts[:, :2].sum(axis=1), counts[:, 2]), axis=1)
    return safe_table(parts, fewer)


def _named(shown: SafeTable, words_of: Callable[[str], str]) -> SafeTable:
    """Return a table with words for its codes."""
    return SafeTable(
        tuple(words.opened(words_of(part)) if part else "" for part in shown.parts),
        shown.counts,
        shown.hidden,
        tuple(words.opened(words_of(part)) for part in shown.merged),
    )


def _table(caption: str, head: str, shown: SafeTable) -> Markup:
    heads = APART if shown.counts.shape[1] == len(APART) else TOGETHER
    return breakdown(caption, head, shown, heads)
