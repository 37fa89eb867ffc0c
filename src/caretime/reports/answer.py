"""
The answer in sentences, made from the numbers by rules.

Every sentence is a function of estimates: the verb follows the sign of the
difference, and a difference whose interval holds zero is called no clear
difference. No sentence takes a side: both proposals are asked the same questions
in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caretime import tables
from caretime.bargaining.comparison import ArmValue, Comparison, CostPart, MeasureRow
from caretime.measures.estimate import Estimate, paired_difference
from caretime.reports import wording
from caretime.reports.names import Name, name_arms

PATIENTS = (
    "within_intake",
    "wait_intake_median",
    "within_follow_up",
    "patients_lost",
    "visits_per_week",
)
CLINICIANS = ("meals_missed", "unpaid_minutes", "load", "leavers")
HEADLINES = ("within_intake", "visits_per_week", "unpaid_minutes", "leavers")

_THINGS = {
    "within_intake": "the share of first visits offered within {limit:intake}",
    "within_first_treatment": "first treatment offered within {limit:first_treatment}",
    "within_follow_up": "follow-up visits offered within {limit:follow_up}",
    "within_urgent": "urgent visits offered within {limit:urgent}",
    "wait_intake_median": "the median wait for a first visit",
    "patients_lost": "the number of patients lost",
    "visits_per_week": "the number of visits held",
    "meals_missed": "meals cut short for each clinician and week",
    "unpaid_minutes": "unpaid work for each clinician and week",
    "load": "visits and notes as a share of paid time",
    "leavers": "the share of clinicians who leave in a year",
}
_UNITS = {
    "patients_lost": "a week",
    "visits_per_week": "a week",
    "meals_missed": "",
}


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
    """The answer of a report: the short version, each proposal, how sure."""

    short: tuple[tuple[str, str], ...]
    arms: tuple[ArmAnswer, ...]
    how_sure: tuple[str, ...]


def answer(comparison: Comparison) -> Answer:
    """
    Put a comparison into words.

    Returns
    -------
    Answer
        ``short`` holds a heading and a sentence for each proposal, with what
        it does to patients, clinicians and cost; ``arms`` the same at length;
        ``how_sure`` the sentences on intervals, disputed assumptions and the
        leaving effect.
    """
    names = name_arms(comparison)
    others = [n for n in names.values() if n.contract_id != comparison.base]
    short = [(name.opening, _short(comparison, name)) for name in others]
    return Answer(
        short=(*short, *_side_by_side(comparison, others)),
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


def thing(comparison: Comparison, row: MeasureRow) -> str:
    """Name a measure inside a sentence, with the limit of its standard."""
    words = _THINGS.get(row.name, f"“{row.title.lower()}”")
    for histogram in comparison.waits:
        place = f"{{limit:{histogram.clock}}}"
        if place in words and histogram.limit is not None:
            words = words.replace(place, f"{histogram.limit} {histogram.unit}")
    return words if "{limit" not in words else words.split(" within {")[0] + " in time"


def change_in(comparison: Comparison, row: MeasureRow, value: ArmValue) -> str | None:
    """Say what an arm does to one measure; ``None`` where there is no number."""
    difference = value.difference
    if difference is None or not math.isfinite(difference.value):
        return None
    unit = _UNITS.get(row.name, row.unit)
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


def how_sure(comparison: Comparison) -> tuple[str, ...]:
    """Say how sure the answer is: chance, disputed assumptions, leaving."""
    sentences = [_of_chance(comparison)]
    sentences += _of_assumptions(comparison)
    sentences += _of_leaving(comparison)
    return tuple(sentences)


def _rows(comparison: Comparison, wanted: Sequence[str]) -> list[MeasureRow]:
    by_name = {row.name: row for row in comparison.measures}
    return [by_name[name] for name in wanted if name in by_name]


def _changes(
    comparison: Comparison, name: Name, wanted: Sequence[str]
) -> tuple[Finding, ...]:
    found = []
    for row in _rows(comparison, wanted):
        value = comparison.measure(row.name, name.contract_id)
        words = change_in(comparison, row, value)
        if words is not None and value.difference is not None:
            found.append(Finding(words, wording.verdict(value.difference, row.better)))
    return tuple(found)


def _short(comparison: Comparison, name: Name) -> str:
    """One sentence: headline measures, what is clear first, then cost."""
    clear: list[str] = []
    unclear: list[str] = []
    for row in _rows(comparison, HEADLINES):
        difference = comparison.measure(row.name, name.contract_id).difference
        if difference is None or not math.isfinite(difference.value):
            continue
        what = thing(comparison, row)
        if difference.excludes_zero:
            unit = _UNITS.get(row.name, row.unit)
            clear.append(wording.change(what, difference, unit))
        else:
            unclear.append(what)
    parts = list(clear)
    if unclear:
        things = wording.listed(unclear, last="or")
        parts.append(f"makes {wording.NO_CLEAR_DIFFERENCE} to {things}")
    parts.append(cost_change(comparison, name.contract_id))
    return f"{name.opening} {'; '.join(parts[:-1])}; and {parts[-1]}."


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
    for row in _rows(comparison, HEADLINES):
        gap = between(comparison, row.name, employer.contract_id, union.contract_id)
        if gap is None or not math.isfinite(gap.value):
            continue
        what = thing(comparison, row)
        if gap.excludes_zero:
            unit = _UNITS.get(row.name, row.unit)
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


def _of_chance(comparison: Comparison) -> str:
    replications = comparison.provenance.replications
    if replications < 2:
        return (
            "One replication only: no interval can be given, so nothing here is "
            "called a clear difference."
        )
    compared = [
        value.difference
        for row in _rows(comparison, (*PATIENTS, *CLINICIANS))
        for value in row.values
        if value.difference is not None and math.isfinite(value.difference.value)
    ]
    clear = sum(difference.excludes_zero for difference in compared)
    return (
        f"Chance: each range is the 95 % interval over {replications} paired "
        f"replications; {clear} of the {len(compared)} differences named here are "
        "clear of chance. A range says nothing about whether the assumptions are right."
    )


def _of_assumptions(comparison: Comparison) -> list[str]:
    disputed = [row for row in comparison.tornado if row.disputed]
    if not comparison.tornado:
        return [
            "Assumptions: what the disputed ones would change was not run for this "
            "report, so the ranges cover chance only."
        ]
    decisive = [row for row in disputed if row.matters]
    flips = [row for row in disputed if changes_sign(row.at_low, row.at_high)]
    count = len({row.assumption for row in disputed})
    names = _quoted(row.assumption for row in decisive)
    sentence = f"Assumptions: of the {count} that the sides dispute, "
    if not names:
        sentence += "none moves a difference by more than its threshold."
    else:
        held = "matters" if len(names) == 1 else "matter"
        sentence += f"{len(names)} {held}: {wording.listed(names)}."
    if flips:
        reversed_by = wording.listed(_quoted(row.assumption for row in flips))
        sentence += f" The direction of a difference turns around under {reversed_by}."
    else:
        sentence += " None of them turns a difference around."
    return [sentence]


def changes_sign(low: Estimate, high: Estimate) -> bool:
    """Say whether two differences point clearly in opposite directions."""
    return (
        low.excludes_zero and high.excludes_zero and (low.value > 0) != (high.value > 0)
    )


def assumption_title(name: str) -> str:
    """
    Return the meaning of an assumption, without what stands in brackets.

    >>> assumption_title("notes_return")
    'Notes for a return visit'
    >>> assumption_title("pace_of_our_own")
    'Pace of our own'
    """
    for row in tables.rows("assumptions"):
        if row["name"] == name and row["meaning"] != "as above":
            return row["meaning"].split(" (")[0]
    return name.replace("_", " ").capitalize()


def _quoted(names: Iterable[str]) -> list[str]:
    return sorted(f"“{assumption_title(name)}”" for name in set(names))


def _of_leaving(comparison: Comparison) -> list[str]:
    names = name_arms(comparison)
    changed: list[str] = []
    seen = False
    for row in _rows(comparison, HEADLINES):
        for value in row.values:
            off, on = value.without_leaving_difference, value.difference
            if off is None or on is None:
                continue
            seen = True
            same = wording.verdict(on, row.better) == wording.verdict(off, row.better)
            if not same:
                changed.append(
                    f"{names[value.contract_id].full} "
                    f"{wording.change(thing(comparison, row), off, row.unit)}"
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
