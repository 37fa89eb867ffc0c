"""
The answer in sentences, made from the numbers by rules.

Every sentence is a function of estimates: the verb follows the sign of the
difference, and a difference whose interval holds zero is called no clear
difference. No sentence takes a side: both proposals are asked the same questions
in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caretime.bargaining.comparison import ArmValue, Comparison, CostPart, MeasureRow
from caretime.measures.estimate import Estimate, paired_difference
from caretime.reports import exceptions, wording
from caretime.reports.how_sure import how_sure
from caretime.reports.lead import lead
from caretime.reports.names import Name, name_arms
from caretime.reports.things import (
    CLINICIANS,
    HEADLINES,
    PATIENTS,
    rows_of,
    thing,
    unit_of,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one proposal does to one measure, and whether that is better."""

    words: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """What one proposal does to patients, to clinicians and to cost."""

    name: Name
    patients: tuple[Finding, ...]
    clinicians: tuple[Finding, ...]
    cost: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a report: the lead, the short version, each proposal, how sure."""

    lead: str
    short: tuple[tuple[str, str], ...]
    arms: tuple[ArmAnswer, ...]
    how_sure: tuple[str, ...]


def answer(comparison: Comparison) -> Answer:
    """
    Put a comparison into words.

    Returns
    -------
    Answer
        ``lead`` says what all proposals have in common, or is empty; ``short``
        holds a heading and a sentence for each proposal, with what
        it does to patients, clinicians and cost; ``arms`` the same at length;
        ``how_sure`` the sentences on intervals, disputed assumptions and the
        leaving effect.
    """
    names = name_arms(comparison)
    others = [n for n in names.values() if n.contract_id != comparison.base]
    short = [(name.opening, _short(comparison, name)) for name in others]
    return Answer(
        lead=lead(comparison),
        short=(
            *short,
            *_side_by_side(comparison, others),
            *exceptions.sentences(comparison),
        ),
        arms=tuple(
            ArmAnswer(
                name=name,
                patients=_changes(comparison, name, PATIENTS),
                clinicians=_changes(comparison, name, CLINICIANS),
                cost=cost_change(comparison, name.contract_id),
            )
            for name in others
        ),
        how_sure=how_sure(comparison),
    )


def question(comparison: Comparison) -> str:
    """Ask the question of the report in one sentence."""
    names = name_arms(comparison)
    base = names[comparison.base].full
    others = [n.full for n in names.values() if n.contract_id != comparison.base]
    return (
        f"Against {base}, what would {wording.listed(others)} do to patients' waits, "
        "to clinicians' hours and to cost?"
    )


def change_in(comparison: Comparison, row: MeasureRow, value: ArmValue) -> str | None:
    """Say what an arm does to one measure; ``None`` where there is no number."""
    difference = value.difference
    if difference is None or not math.isfinite(difference.value):
        return None
    unit = unit_of(row)
    words = wording.change(thing(comparison, row), difference, unit)
    if difference.excludes_zero:
        base = comparison.measure(row.name, comparison.base).estimate
        places = wording.places_of(difference)
        before, after = (
            wording.number(number, places=places)
            for number in (base.value, value.estimate.value)
        )
        words += f", from {before} to {wording.of_unit(after, unit)}"
    return words


def cost_change(comparison: Comparison, contract_id: str) -> str:
    """Say what an arm does to the cost of the run, all paid parts together."""
    total = cost_total(comparison, contract_id)
    weeks = comparison.provenance.weeks
    if total is None or total.difference_cents is None:
        return "was not priced"
    difference = cost_estimate(total)
    share = total.difference_cents / (total.cents - total.difference_cents or 1)
    if not difference.excludes_zero:
        ends = (
            f"{wording.dollars(difference.low, signed=True)} to "
            f"{wording.dollars(difference.high, signed=True)}"
            if difference.low is not None and difference.high is not None
            else "no interval"
        )
        return (
            f"makes {wording.NO_CLEAR_DIFFERENCE} to cost ({ends} over {weeks} weeks)"
        )
    low, high = sorted((abs(difference.low or 0), abs(difference.high or 0)))
    direction = "more" if difference.value > 0 else "less"
    return (
        f"costs {wording.dollars(abs(difference.value))} {direction} "
        f"over {weeks} weeks ({wording.dollars(low)} to {wording.dollars(high)}; "
        f"{wording.number(100 * share, places=1, signed=True)} %)"
    )


def cost_total(comparison: Comparison, contract_id: str) -> CostPart | None:
    """Return the total of an arm's cost, ``None`` where it was not priced."""
    for part in comparison.costs:
        if part.part == "total" and part.contract_id == contract_id:
            return part
    return None


def cost_estimate(part: CostPart) -> Estimate:
    """Return the difference of a cost part as an estimate, in cents."""
    return Estimate(
        float(part.difference_cents or 0),
        None if part.difference_low is None else float(part.difference_low),
        None if part.difference_high is None else float(part.difference_high),
        0,
    )


def between(
    comparison: Comparison, name: str, from_arm: str, to_arm: str
) -> Estimate | None:
    """Return ``to_arm - from_arm`` of a measure, paired; ``None`` if it cannot be."""
    one = comparison.measure(name, from_arm).estimate.values
    other = comparison.measure(name, to_arm).estimate.values
    if not one or len(one) != len(other):
        return None
    return paired_difference(other, one)


def _changes(
    comparison: Comparison, name: Name, wanted: Sequence[str]
) -> tuple[Finding, ...]:
    found = []
    for row in rows_of(comparison, wanted):
        value = comparison.measure(row.name, name.contract_id)
        words = change_in(comparison, row, value)
        if words is not None and value.difference is not None:
            found.append(Finding(words, wording.verdict(value.difference, row.better)))
    return tuple(found)


def _short(comparison: Comparison, name: Name) -> str:
    """One sentence: headline measures, what is clear first, then cost."""
    clear: list[str] = []
    unclear: list[str] = []
    for row in rows_of(comparison, HEADLINES):
        difference = comparison.measure(row.name, name.contract_id).difference
        if difference is None or not math.isfinite(difference.value):
            continue
        what = thing(comparison, row)
        if difference.excludes_zero:
            clear.append(_from_to(comparison, row, name.contract_id, difference))
        else:
            unclear.append(what)
    parts = list(clear)
    if unclear:
        things = wording.listed(unclear, last="or")
        parts.append(f"makes {wording.NO_CLEAR_DIFFERENCE} to {things}")
    parts.append(cost_change(comparison, name.contract_id))
    return f"{name.opening} {'; '.join(parts[:-1])}; and {parts[-1]}."


def _from_to(
    comparison: Comparison, row: MeasureRow, contract_id: str, difference: Estimate
) -> str:
    """Say a clear change by where it starts and ends, and its interval."""
    places = wording.places_of(difference)
    before, after = (
        wording.number(comparison.measure(row.name, arm).estimate.value, places=places)
        for arm in (comparison.base, contract_id)
    )
    unit = unit_of(row)
    verb = "raises" if difference.value > 0 else "lowers"
    by = wording.interval_size(difference)
    by = f"{by} points" if unit == "%" else by
    beside = exceptions.left_out(comparison, row.name)
    beside = f"; {beside}" if beside else ""
    return (
        f"{verb} {thing(comparison, row)} from {before} to "
        f"{wording.of_unit(after, unit)} (by {by}{beside})"
    )


def _side_by_side(
    comparison: Comparison, others: Sequence[Name]
) -> list[tuple[str, str]]:
    """Set the one employer's offer against the one union's proposal."""
    offers = [name for name in others if name.side == "employer"]
    asked = [name for name in others if name.side == "union"]
    if len(offers) != 1 or len(asked) != 1:
        return []
    union, employer = asked[0], offers[0]
    clauses, unclear = [], []
    for row in rows_of(comparison, HEADLINES):
        gap = between(comparison, row.name, employer.contract_id, union.contract_id)
        if gap is None or not math.isfinite(gap.value):
            continue
        what = thing(comparison, row)
        if gap.excludes_zero:
            unit = unit_of(row)
            direction = "higher" if gap.value > 0 else "lower"
            size = wording.size_and_interval(gap, unit)
            clauses.append(f"{what} is {size} {direction}")
        else:
            unclear.append(what)
    if unclear:
        things = wording.listed(unclear, last="or")
        clauses.append(f"there is {wording.NO_CLEAR_DIFFERENCE} in {things}")
    opening = "Between the two"
    return [
        (
            opening,
            f"{opening}, under {union.full} against {employer.full}: "
            f"{'; '.join(clauses)}.",
        )
    ]
