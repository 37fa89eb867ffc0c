"""When: dated visits by day, first visits by their limit, the load of substitutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from caretime.model.strike import Untimed
from caretime.reports import strike_words as words
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.strike_charts import Days, day_figure, span_of
from caretime.reports.strike_openings import PLACES
from caretime.reports.strike_tally import Tally, often
from caretime.reports.strike_words import count, day, of_hundred
from caretime.reports.tabular import table

TITLES = ("In-house", "Network")


def dates(tally: Tally, untimed: Sequence[Untimed]) -> Markup:
    """Write the section."""
    return join(
        *_dated(tally) if tally.is_dated else [element("p", _UNDATED)],
        _without_time(untimed),
        element("h3", "How full are the substitutes?"),
        element("p", _busiest(tally)),
        element("p", _FULL),
        _load(tally),
    )


_FULL = (
    "In-house an opening is a visit that the contract's week leaves beside the own "
    "patients of those at work, holidays and leave taken off; so nobody at work is "
    "asked for more than the contract has. A network therapist has places for new "
    "patients; one that is not used stays open, so these are counted from the first "
    "week on."
)
_UNDATED = (
    "This plan has weeks but no days and hours yet, so limits are judged by weeks."
)


def _dated(tally: Tally) -> list[Child]:
    bookings = tally.plan.bookings
    agreed = sum(visit.standing == "booked" for visit in bookings)
    return [
        element(
            "p",
            f"{count(len(bookings), 'visit')} have a day and an hour. {agreed:,} are "
            f"in the substitute's own week as free; {len(bookings) - agreed:,} are "
            "proposals to network therapists, who have still to agree.",
        ),
        _by_day(tally),
        _first_visits(tally),
    ]


def _by_day(tally: Tally) -> Markup:
    outside = {
        match.patient_id
        for match in tally.plan.matching.matches
        if match.kind == "network"
    }
    found = Counter(
        (visit.start.date(), visit.patient_id in outside)
        for visit in tally.plan.bookings
    )
    days = span_of([when for when, _ in found])
    counts = np.array([[found[d, False], found[d, True]] for d in days], np.int64)
    return day_figure(
        "dated-days",
        "How many visits do substitutes hold each day?",
        Days(days, TITLES, counts),
        caption="Visits with substitutes, by day",
    )


def _first_visits(tally: Tally) -> Markup:
    found = Counter(
        (visit.start.date(), not visit.within_limit) for visit in tally.first.values()
    )
    days = span_of([when for when, _ in found])
    counts = np.array([[found[d, False], found[d, True]] for d in days], np.int64)
    within = sum(visit.within_limit for visit in tally.first.values())
    return day_figure(
        "first-days",
        "When does the next visit of each patient take place?",
        Days(days, ("By the limit", "After the limit"), counts),
        caption="Next visits with substitutes, by day",
        note=f"{of_hundred(within, len(tally.first))} of the {len(tally.first):,} next "
        "visits are held by the last day the law allows.",
    )


def _without_time(untimed: Sequence[Untimed]) -> Markup | None:
    if not untimed:
        return None
    reasons = "; ".join(
        f"{words.UNTIMED.get(code, words.spoken(code))}: {number:,}"
        for code, number in often(one.reason for one in untimed)
    )
    first = sum(one.number == 1 for one in untimed)
    return element(
        "p",
        f"{count(len(untimed), 'visit')} found no time; {first:,} of these would be "
        f"the next of a patient. Why: {reasons}.",
    )


def _busiest(tally: Tally) -> str:
    taken = Counter(
        match.substitute_id
        for match in tally.plan.matching.matches
        if match.outcome == "placed"
    )
    if not taken:
        return "Nobody takes anybody over."
    some = sorted(taken.values())
    return (
        f"{count(len(some), 'substitute')} take over {count(sum(some), 'patient')}. "
        f"Half of them take at most {some[(len(some) - 1) // 2]:,}, the busiest takes "
        f"{some[-1]:,}."
    )


def _load(tally: Tally) -> Markup:
    """Set openings against what the plan uses of them, week by week."""
    plan = tally.plan
    found = tally.openings
    offered, used = found.offered, found.used
    rows = [
        [
            day(plan.monday + timedelta(weeks=week)),
            *(f"{used[row, week]:,} of {offered[row, week]:,}" for row in (0, 1)),
            f"{used[PLACES, : week + 1].sum():,} of "
            f"{offered[PLACES, : week + 1].sum():,}",
        ]
        for week in range(plan.weeks)
    ]
    return table(
        "Openings used, of all there are",
        (
            "Week from",
            "In-house, return visits",
            "In-house, first visits",
            "Network, patients taken on so far",
        ),
        rows,
        kind="numbers columns",
    )
