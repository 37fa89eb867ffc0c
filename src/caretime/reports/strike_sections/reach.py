"""Who was not reached, and who is to be called by when."""

from __future__ import annotations

import numpy as np

from caretime.model.calendar import monday_of
from caretime.reports import strike_words as words
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_charts import Days, days_table
from caretime.reports.strike_hidden import SafeTable, safe_table
from caretime.reports.strike_sections.breakdown import breakdown
from caretime.reports.strike_tally import DIMENSIONS, Tally, often
from caretime.reports.strike_words import count, of_hundred
from caretime.reports.tabular import details, table


def reach(tally: Tally) -> Markup:
    """Write the section."""
    number = int(tally.unreachable.sum())
    return join(
        element("p", _unreached(number, tally.affected)),
        [
            details(
                f"No contact point, by {head.lower()}",
                breakdown(
                    f"Patients without phone and e-mail, by {head.lower()}",
                    head,
                    _table(tally, dimension),
                    ("Can be reached", "No contact point"),
                ),
            )
            for dimension, head in (("county", "County"), ("language", "Language"))
        ]
        if number
        else None,
        element("h3", "Who is called by when?"),
        _contacts(tally),
    )


def _unreached(number: int, whole: int) -> str:
    if not number:
        return "Everybody affected has a phone number or an e-mail address on record."
    return (
        f"{count(number, 'patient')} ({of_hundred(number, whole)}) have no phone "
        "number and no e-mail on record, so no call or message reaches them. They "
        "count in the outcomes above like everybody else; a letter or a visit to the "
        "door is needed."
    )


def _table(tally: Tally, dimension: str) -> SafeTable:
    part = DIMENSIONS[dimension]
    series = tally.plan.series
    names = [part(p, s) for p, s in zip(tally.people, series, strict=True)]
    parts = sorted(set(names))
    counts = np.zeros((len(parts), 2), np.int64)
    place = {name: k for k, name in enumerate(parts)}
    for name, lacks in zip(names, tally.unreachable.tolist(), strict=True):
        counts[place[name], int(lacks)] += 1
    return safe_table(parts, counts)


def _contacts(tally: Tally) -> Markup:
    contacts = tally.plan.contacts
    if not contacts:
        return element("p", "Nobody is on the list of calls.")
    people = {one.patient_id for one in contacts}
    must = {one.patient_id for one in contacts if one.clinician_must_record}
    codes = [code for code, _ in often(one.reason for one in contacts)]
    weeks = sorted({monday_of(one.by) for one in contacts})
    counts = np.zeros((len(weeks), len(codes)), np.int64)
    for one in contacts:
        counts[weeks.index(monday_of(one.by)), codes.index(one.reason)] += 1
    titles = [words.opened(words.CONTACTS.get(c, words.spoken(c))) for c in codes]
    return join(
        element(
            "p",
            f"{count(len(people), 'patient')} are to be called by a stated day, or "
            "written to where no number is on record. For "
            f"{len(must):,} of them nobody has put on record yet that waiting beyond "
            "the limit is safe: only a licensed clinician can do that, and no program "
            "does it. The list is contacts.csv.",
        ),
        table(
            "Why they are called; who has two reasons is in two rows",
            ("Reason", "Patients"),
            [
                [words.opened(words.CONTACTS.get(code, words.spoken(code))), f"{n:,}"]
                for code, n in often(one.reason for one in contacts)
            ],
            kind="numbers columns",
        ),
        details(
            "By week",
            days_table(
                Days(tuple(weeks), tuple(titles), counts),
                "Calls due in the week from a Monday",
                head="Week from",
            ),
        ),
    )
