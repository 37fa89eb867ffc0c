"""Who is affected: who is away, and the visits of each day, place and tier."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np

from caretime.model.affected import Affected
from caretime.model.strike import StrikePlan
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_charts import Days, day_figure, span_of
from caretime.reports.strike_sections.breakdown import part_name
from caretime.reports.strike_tally import Tally
from caretime.reports.strike_words import count, day, of_hundred
from caretime.reports.tabular import details, table

BY = (
    ("tier", "Risk tier"),
    ("kind", "Kind of visit that comes next"),
    ("county", "County"),
    ("language", "Language"),
    ("age", "Age group"),
    ("need", "Need"),
)


def touched(tally: Tally, affected: Affected | None) -> Markup:
    """Write the section."""
    return join(
        element("p", _away(tally.plan)),
        element("p", _visits(tally, affected)),
        _days_figure(tally, affected),
        element(
            "div",
            [_parts(tally, dimension, head) for dimension, head in BY[:2]],
            class_="two-tables",
        ),
        [
            details(f"By {head.lower()}", _parts(tally, dimension, head))
            for dimension, head in BY[2:]
        ],
    )


def most_away(plan: StrikePlan) -> int:
    """Return the most clinicians away on the same day."""
    steps: Counter[date] = Counter()
    end = plan.monday + timedelta(weeks=plan.weeks)
    for absence in plan.absent:
        steps[max(absence.first_day, plan.monday)] += 1
        last = absence.last_day
        steps[end if last is None else last + timedelta(days=1)] -= 1
    at, most = 0, 0
    for when in sorted(steps):
        at += steps[when]
        most = max(most, at)
    return most


def _away(plan: StrikePlan) -> str:
    people = len({absence.clinician_id for absence in plan.absent})
    who = (
        "who they are is known"
        if plan.incident.clinician_ids
        else (
            "who they are is not known beforehand: they are drawn at random, so that "
            "the shares are met"
        )
    )
    return (
        f"{count(people, 'clinician')} are away at some time between "
        f"{day(plan.incident.first_day, year=True)} and the end of the plan, at most "
        f"{most_away(plan):,} at once; {who}. Associates whose supervisor is away are "
        "among them, because the law does not let them practice alone."
    )


def _visits(tally: Tally, affected: Affected | None) -> str:
    weeks = count(tally.plan.weeks, "week")
    text = (
        f"{count(tally.affected, 'patient')} had {count(tally.visits, 'visit')} "
        f"planned with them in these {weeks}."
    )
    if affected is not None:
        totals = affected.totals
        text += (
            f" Group seats come on top: together {totals.booked:,} appointments in "
            f"the book fall away and {totals.due:,} visits and seats that are due but "
            f"not booked yet. {totals.referrals:,} of the booked ones are first visits "
            "of people who were referred."
        )
    return text


def _days_figure(tally: Tally, affected: Affected | None) -> Markup | None:
    if affected is not None and affected.days:
        by_day = {
            one.day: (one.booked, one.due)
            for one in affected.days
            if one.booked or one.due
        }
        days = span_of(tuple(by_day))
        counts = np.array([by_day.get(d, (0, 0)) for d in days], np.int64)
        counts = counts.reshape(-1, 2)
        names: tuple[str, ...] = ("Booked", "Due, not booked yet")
        note = (
            "Visits and group seats of each day; what would be due on a holiday is "
            "counted on the next day of work."
        )
    else:
        counted = planned_by_day(tally.plan)
        days = span_of(tuple(counted))
        counts = np.array([[counted[d]] for d in days], np.int64).reshape(-1, 1)
        names = ("Visits",)
        note = "Later visits are counted on the weekday of the next one."
    if not counts.any():
        return None
    return day_figure(
        "affected-days",
        "How many visits fall away each day?",
        Days(days, names, counts),
        caption="Visits that fall away, by day",
        note=note,
    )


def planned_by_day(plan: StrikePlan) -> Counter[date]:
    """Count visits by the day on which they were planned."""
    found: Counter[date] = Counter()
    for one in plan.series:
        for week in one.weeks:
            found[one.first_due + timedelta(weeks=week - one.weeks[0])] += 1
    return found


def _parts(tally: Tally, dimension: str, head: str) -> Markup:
    shown = tally.table(dimension)
    totals = shown.counts.sum(axis=1)
    return table(
        f"Affected patients by {head.lower()}",
        (head, "Patients", "Share"),
        [
            [
                part_name(shown, k),
                f"{int(totals[k]):,}",
                of_hundred(int(totals[k]), tally.affected),
            ]
            for k in range(len(shown.parts))
        ],
        kind="numbers columns",
    )


def tier_names() -> str:
    """Name the tiers in a sentence."""
    return wording.listed(list(words.TIERS.values()))
