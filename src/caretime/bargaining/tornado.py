"""Which assumptions decide between two proposals, and who holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caretime.bargaining.findings import TornadoRow
from caretime.bargaining.run_plan import COST, RunPlan
from caretime.bargaining.words import assumption_meaning
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, paired_difference
from caretime.model.assumptions import Assumption, Assumptions
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

CENTS = 100
SIDES = ("union", "employer")


@dataclass(frozen=True, slots=True)
class _Span:
    """The two ends of an assumption that are tried, and who holds each."""

    name: str
    low: float
    high: float
    disputed: bool
    holder_low: str = ""
    holder_high: str = ""


def tornado(
    system: CareSystem,
    one: Contract,
    other: Contract,
    measures: Sequence[str],
    *,
    plan: RunPlan,
    assumptions: Assumptions | None = None,
    names: Iterable[str] | None = None,
    threshold: float = 0.0,
) -> tuple[TornadoRow, ...]:
    """
    Say where the parties disagree, and which of those disagreements matters.

    Each assumption with a range is set to its low and its high end, all others
    at their shared values, and the paired difference ``other - one`` of each
    measure is taken anew, from the same runs. An assumption for which a side
    holds a number of its own has a second row (``disputed``) whose ends are the
    sides' numbers, or the shared one for a side that holds none.

    Parameters
    ----------
    measures
        One or more measures, or ``cost``.
    names
        Assumptions to try; all that have a range where not given. Each costs
        four runs.
    threshold
        A change of the difference that people at the table care about, in the
        unit of the measures.

    Returns
    -------
    tuple of TornadoRow
        Measure by measure, widest swing first. A row ``matters`` where the sign
        of the difference changes, or where an end moves it by more than the
        larger of ``threshold`` and the half-width of the central difference.

    Notes
    -----
    Numbers that the model refuses together (shares that add up to more than
    one, for instance) are left out of the ends: such an end repeats the
    central difference and ``why`` says so.
    """
    assumptions = assumptions or system.assumptions
    spans = _spans(assumptions, names)
    few = plan.quiet()
    names_of = tuple(measures)
    center = _gaps(system, one, other, names_of, few, assumptions)
    rows = []
    for index, span in enumerate(spans, 1):
        ends, refused = [], []
        for value in (span.low, span.high):
            view = assumptions.with_value(span.name, value)
            try:
                ends.append(
                    center
                    if value == assumptions[span.name]
                    else _gaps(system, one, other, names_of, few, view)
                )
            except (PlanError, ValueError) as error:
                ends.append(center)
                refused.append(f"{value:g} cannot be run: {error}")
        plan.report(index, len(spans), "assumptions' ranges")
        pair = (one.contract_id, other.contract_id)
        row = assumptions.row(span.name)
        for measure in names_of:
            at = (center[measure], ends[0][measure], ends[1][measure])
            rows.append(_row(measure, pair, row, span, at, refused, threshold))
    place = {name: k for k, name in enumerate(names_of)}
    return tuple(sorted(rows, key=lambda row: (place[row.measure], -row.swing)))


def _row(
    measure: str,
    pair: tuple[str, str],
    row: Assumption,
    span: _Span,
    at: tuple[Estimate, Estimate, Estimate],
    refused: Sequence[str],
    threshold: float,
) -> TornadoRow:
    """Judge what one assumption does to the difference of one measure."""
    center, low, high = at
    needed = max(threshold, center.half_width)
    matters, why = _judge(center, [low, high], needed, in_cents=measure == COST)
    return TornadoRow(
        measure=measure,
        from_arm=pair[0],
        to_arm=pair[1],
        assumption=span.name,
        unit=row.unit,
        source=row.source,
        holder=row.holder,
        low=span.low,
        value=row.value,
        high=span.high,
        at_low=low,
        at_value=center,
        at_high=high,
        disputed=span.disputed,
        matters=matters,
        why="; ".join([why, *refused]),
        threshold=needed,
        holder_low=span.holder_low,
        holder_high=span.holder_high,
    )


def disagreements(rows: Sequence[TornadoRow]) -> str:
    """
    Answer in a paragraph where the sides disagree, and whether it matters.

    Names the disputed numbers, those of them that matter, and the undisputed
    ones that matter more than any disputed one.
    """
    disputed = [row for row in rows if row.disputed]
    if not disputed:
        return "Neither side holds a number of its own for these contracts."
    listed = "; ".join(_words(row.assumption) for row in disputed)
    said = [f"You disagree about: {listed}."]
    deciding = [row for row in disputed if row.matters]
    if deciding:
        said.append(
            "What matters: "
            + "; ".join(f"{_words(row.assumption)} ({row.why})" for row in deciding)
            + "."
        )
    else:
        said.append("None of these changes the answer by more than its uncertainty.")
    widest = max(row.swing for row in disputed)
    others = [
        _words(row.assumption)
        for row in rows
        if not row.disputed and row.matters and row.swing > widest
    ]
    if others:
        said.append(
            "Numbers nobody disputes matter more: " + "; ".join(others[:5]) + "."
        )
    return " ".join(said)


def _words(name: str) -> str:
    meaning = assumption_meaning(name)
    return meaning[:1].lower() + meaning[1:]


def _spans(assumptions: Assumptions, names: Iterable[str] | None) -> list[_Span]:
    """List the ends to try: ranges first, then what the sides hold."""
    chosen = tuple(assumptions) if names is None else tuple(names)
    if unknown := sorted(set(chosen) - set(assumptions)):
        raise PlanError(f"no assumption {', '.join(unknown)}")
    spans = []
    for name in chosen:
        row = assumptions.row(name)
        if row.low < row.high:
            spans.append(_Span(name, row.low, row.high, disputed=False))
    for name in assumptions.disputed():
        if name in chosen:
            held = dict.fromkeys(SIDES, assumptions[name])
            held |= {
                row.holder: row.value
                for row in assumptions.rows
                if row.name == name and row.holder in SIDES
            }
            low_side, high_side = sorted(SIDES, key=lambda side: held[side])
            if held[low_side] < held[high_side]:
                spans.append(
                    _Span(
                        name,
                        held[low_side],
                        held[high_side],
                        disputed=True,
                        holder_low=low_side,
                        holder_high=high_side,
                    )
                )
    return spans


def _gaps(
    system: CareSystem,
    one: Contract,
    other: Contract,
    measures: Sequence[str],
    plan: RunPlan,
    assumptions: Assumptions,
) -> dict[str, Estimate]:
    """Return the paired differences of measures under some assumptions."""
    first, second = plan.values(system, (one, other), assumptions, measures)
    return {name: paired_difference(second[name], first[name]) for name in measures}


def _judge(
    center: Estimate, ends: Sequence[Estimate], needed: float, *, in_cents: bool
) -> tuple[bool, str]:
    """Say whether the ends change the answer, and how."""
    points = [center.value, *(end.value for end in ends)]
    sure = [e for e in (center, *ends) if e.excludes_zero]
    if min(points) < 0 < max(points) and {e.value > 0 for e in sure} == {True, False}:
        return True, "changes which contract is better"
    moved = max(abs(end.value - center.value) for end in ends)
    amount = f"${moved / CENTS:,.0f}" if in_cents else f"{moved:.3g}"
    if moved > needed:
        return True, f"moves the difference by up to {amount}"
    return False, f"moves the difference by at most {amount}"
