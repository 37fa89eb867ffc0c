"""The first words of the answer: what all proposals move, and in which order."""

from __future__ import annotations

import math

from caretime.bargaining.comparison import Comparison, MeasureRow
from caretime.measures.estimate import Estimate
from caretime.reports import wording
from caretime.reports.names import name_arms
from caretime.reports.things import rows_of, thing, unit_of

TRADED = ("within_follow_up", "visits_per_week", "meals_missed", "unpaid_minutes")
"""What patients give and clinicians get, or the other way round."""

COUNTS = {2: "Both proposals", 3: "All three"}


def lead(comparison: Comparison) -> str:
    """
    Say in two sentences what every proposal moves, and which moves it furthest.

    A measure is named only where the difference of every proposal against the
    base is clear of zero and has the same sign; the order only where it is the
    same for every measure named. Empty where there is nothing of the kind.
    """
    names = name_arms(comparison)
    arms = [arm for arm in names if arm != comparison.base]
    if len(arms) < 2:
        return ""
    moves: dict[int, list[str]] = {-1: [], 1: []}
    orders = set()
    for row in rows_of(comparison, TRADED):
        found = _differences(row, arms)
        signs = {math.copysign(1, d.value) for d in found.values() if d.excludes_zero}
        if len(found) < len(arms) or len(signs) != 1:
            continue
        if not all(d.excludes_zero for d in found.values()):
            continue
        sizes = sorted(abs(d.value) for d in found.values())
        moves[int(signs.pop())].append(_move(comparison, row, sizes, found))
        orders.add(tuple(sorted(arms, key=lambda arm: -abs(found[arm].value))))
    said = [
        f"{verb} {wording.listed(things)}"
        for verb, things in (("lower", moves[-1]), ("raise", moves[1]))
        if things
    ]
    if not said:
        return ""
    opening = COUNTS.get(len(arms), "All proposals")
    text = f"In short: {opening[0].lower() + opening[1:]} {', and '.join(said)}."
    if len(orders) == 1:
        order = orders.pop()
        first, last = names[order[0]], names[order[-1]]
        text += f" {first.opening} moves all of these most, {last.full} least."
    return text


def _differences(row: MeasureRow, arms: list[str]) -> dict[str, Estimate]:
    return {
        value.contract_id: value.difference
        for value in row.values
        if value.contract_id in arms
        and value.difference is not None
        and math.isfinite(value.difference.value)
    }


def _move(
    comparison: Comparison,
    row: MeasureRow,
    sizes: list[float],
    found: dict[str, Estimate],
) -> str:
    places = max(wording.places_of(d) for d in found.values())
    low, high = (wording.number(s, places=places) for s in (sizes[0], sizes[-1]))
    by = low if low == high else f"{low} to {high}"
    size = wording.of_unit(by, unit_of(row), difference=True)
    return f"{thing(comparison, row)} (by {size})"
