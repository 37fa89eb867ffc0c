"""How sure the answer is: chance, disputed assumptions, leaving, notes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from caretime import tables
from caretime.bargaining.comparison import Comparison
from caretime.bargaining.findings import TornadoRow
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.names import name_arms
from caretime.reports.things import (
    CLINICIANS,
    HEADLINES,
    PATIENTS,
    rows_of,
    thing,
    unit_of,
)

MOST_NAMED = 3
BRACKETS_AT_END = re.compile(r" \([^()]*\)$")


def how_sure(comparison: Comparison) -> tuple[str, ...]:
    """Say how sure the answer is: chance, disputed assumptions, leaving."""
    sentences = [_of_chance(comparison)]
    sentences += _of_assumptions(comparison)
    sentences += _of_leaving(comparison)
    return tuple(sentences)


def _of_chance(comparison: Comparison) -> str:
    replications = comparison.provenance.replications
    if replications < 2:
        return (
            "One replication only: no interval can be given, so nothing here is "
            "called a clear difference."
        )
    compared = [
        value.difference
        for row in rows_of(comparison, (*PATIENTS, *CLINICIANS))
        for value in row.values
        if value.difference is not None and math.isfinite(value.difference.value)
    ]
    clear = sum(difference.excludes_zero for difference in compared)
    return (
        f"Chance: each range is the 95 % interval over {replications} paired "
        f"replications; {clear} of the {len(compared)} differences named here are "
        "clear of chance. A range says nothing about whether the assumptions are "
        "right. Ends of ranges are cut at what is possible: no count below zero, no "
        "part of a whole above 100 %."
    )


def _of_assumptions(comparison: Comparison) -> list[str]:
    if not comparison.tornado:
        return [
            "Assumptions: what the disputed ones would change was not run for this "
            "report, so the ranges cover chance only."
        ]
    titles = {row.name: row.title.lower() for row in comparison.measures}
    by_measure: dict[str, list[TornadoRow]] = {}
    for row in comparison.tornado:
        by_measure.setdefault(row.measure, []).append(row)
    return [
        _of_measure(titles.get(measure, measure), rows)
        for measure, rows in by_measure.items()
    ]


def _of_measure(title: str, rows: Sequence[TornadoRow]) -> str:
    """Say which assumptions move the difference of one measure."""
    disputed = [row for row in rows if row.disputed]
    decisive = [row for row in disputed if row.matters]
    flips = [row for row in disputed if changes_sign(row.at_low, row.at_high)]
    count = len({row.assumption for row in disputed})
    names = _quoted(row.assumption for row in decisive)
    sentence = f"Assumptions, on the {title}: of the {count} that the sides dispute, "
    if not names:
        sentence += "none moves the difference by more than its threshold."
    else:
        held = "matters" if len(names) == 1 else "matter"
        sentence += f"{len(names)} {held}: {wording.listed(names)}."
    others = _quoted(r.assumption for r in rows if r.matters)
    others = [name for name in others if name not in names]
    if others:
        verb = "matters" if len(others) == 1 else "matter"
        sentence += f" Of the undisputed, {len(others)} {verb}"
        sentence += f", among them {wording.listed(others[:MOST_NAMED])}."
    if flips:
        reversed_by = wording.listed(_quoted(row.assumption for row in flips))
        sentence += f" The direction of it turns around under {reversed_by}."
    else:
        sentence += " No disputed assumption turns it around."
    return sentence


def changes_sign(low: Estimate, high: Estimate) -> bool:
    """Say whether two differences point clearly in opposite directions."""
    return (
        low.excludes_zero and high.excludes_zero and (low.value > 0) != (high.value > 0)
    )


def assumption_title(name: str) -> str:
    """
    Return the meaning of an assumption, without brackets at its end.

    >>> assumption_title("notes_return")
    'Notes for a return visit'
    >>> assumption_title("pace_of_our_own")
    'Pace of our own'
    """
    for row in tables.rows("assumptions"):
        if row["name"] == name and row["meaning"] != "as above":
            return BRACKETS_AT_END.sub("", row["meaning"])
    return name.replace("_", " ").capitalize()


def notes(comparison: Comparison) -> list[str]:
    """Give the notes of the result, those that many arms share once."""
    names = name_arms(comparison)
    about: dict[str, list[str]] = {}
    for note in comparison.notes:
        contract_id, _, text = note.partition(": ")
        if contract_id in names:
            about.setdefault(text, []).append(names[contract_id].full)
        else:
            about.setdefault(note, [])
    return [
        f"{_opened(wording.listed(arms))}: {text}" if arms else _opened(text)
        for text, arms in about.items()
    ]


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quoted(names: Iterable[str]) -> list[str]:
    return sorted(f"“{assumption_title(name)}”" for name in set(names))


def _of_leaving(comparison: Comparison) -> list[str]:
    names = name_arms(comparison)
    changed: list[str] = []
    seen = False
    for row in rows_of(comparison, HEADLINES):
        for value in row.values:
            off, on = value.without_leaving_difference, value.difference
            if off is None or on is None:
                continue
            seen = True
            same = wording.verdict(on, row.better) == wording.verdict(off, row.better)
            if not same:
                changed.append(
                    f"{names[value.contract_id].full} "
                    f"{wording.change(thing(comparison, row), off, unit_of(row))}"
                )
    if not seen:
        return []
    if not changed:
        return [
            "Leaving: with the effect of load on leaving switched off, every headline "
            "difference keeps its direction."
        ]
    return [
        "Leaving: with the effect of load on leaving switched off, "
        f"{'; '.join(changed)}. The rest keep their direction."
    ]
