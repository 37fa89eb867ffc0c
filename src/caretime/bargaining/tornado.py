"""Which assumptions decide between two proposals, and who holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caretime.bargaining.findings import TornadoRow
from caretime.bargaining.run_plan import RunPlan
from caretime.errors import PlanError
from caretime.measures.estimate import Estimate, paired_difference
from caretime.model.assumptions import Assumptions
from caretime.model.system import CareSystem
from caretime.model.terms import Contract

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
    measure: str,
    *,
    plan: RunPlan,
    assumptions: Assumptions | None = None,
    names: Iterable[str] | None = None,
    threshold: float = 0.0,
) -> tuple[TornadoRow, ...]:
    """
    Say where the parties disagree, and which of those disagreements matters.

    Each assumption with a range is set to its low and its high end, all others
    at their shared values, and the paired difference ``other - one`` of the
    measure is taken anew. An assumption for which a side holds a number of its
    own has a second row (``disputed``) whose ends are the sides' numbers, or
    the shared one for a side that holds none.

    Parameters
    ----------
    measure
        A measure, or ``cost``.
    names
        Assumptions to try; all that have a range where not given. Each costs
        four runs.
    threshold
        A change of the difference that people at the table care about, in the
        unit of the measure.

    Returns
    -------
    tuple of TornadoRow
        Widest swing first. A row ``matters`` where the sign of the difference
        changes, or where an end moves it by more than the larger of
        ``threshold`` and the half-width of the central difference.

    Notes
    -----
    Numbers that the model refuses together (shares that add up to more than
    one, for instance) are left out of the ends: such an end repeats the
    central difference and ``why`` says so.
    """
    assumptions = assumptions or system.assumptions
    spans = _spans(assumptions, names)
    few = plan.quiet()
    center = _gap(system, one, other, measure, few, assumptions)
    needed = max(threshold, center.half_width)
    rows = []
    for index, span in enumerate(spans, 1):
        ends, refused = [], []
        for value in (span.low, span.high):
            view = assumptions.with_value(span.name, value)
            try:
                ends.append(
                    center
                    if value == assumptions[span.name]
                    else _gap(system, one, other, measure, few, view)
                )
            except (PlanError, ValueError) as error:
                ends.append(center)
                refused.append(f"{value:g} cannot be run: {error}")
        plan.report(index, len(spans), "assumptions' ranges")
        matters, why = _judge(center, ends, needed)
        row = assumptions.row(span.name)
        rows.append(
            TornadoRow(
                measure=measure,
                from_arm=one.contract_id,
                to_arm=other.contract_id,
                assumption=span.name,
                unit=row.unit,
                source=row.source,
                holder=row.holder,
                low=span.low,
                value=row.value,
                high=span.high,
                at_low=ends[0],
                at_value=center,
                at_high=ends[1],
                disputed=span.disputed,
                matters=matters,
                why="; ".join([why, *refused]),
                threshold=needed,
                holder_low=span.holder_low,
                holder_high=span.holder_high,
            )
        )
    return tuple(sorted(rows, key=lambda row: -row.swing))


def disagreements(rows: Sequence[TornadoRow]) -> str:
    """
    Answer in a paragraph where the sides disagree, and whether it matters.

    Names the disputed numbers, those of them that matter, and the undisputed
    ones that matter more than any disputed one.
    """
    disputed = [row for row in rows if row.disputed]
    if not disputed:
        return "Neither side holds a number of its own for these contracts."
    listed = ", ".join(_words(row.assumption) for row in disputed)
    said = [f"You disagree about {listed}."]
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
            "Numbers nobody disputes matter more: " + ", ".join(others[:5]) + "."
        )
    return " ".join(said)


def _words(name: str) -> str:
    return name.replace("_", " ")


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


def _gap(
    system: CareSystem,
    one: Contract,
    other: Contract,
    measure: str,
    plan: RunPlan,
    assumptions: Assumptions,
) -> Estimate:
    """Return the paired difference of the measure under some assumptions."""
    first, second = plan.values(system, (one, other), assumptions, (measure,))
    return paired_difference(second[measure], first[measure])


def _judge(
    center: Estimate, ends: Sequence[Estimate], needed: float
) -> tuple[bool, str]:
    """Say whether the ends change the answer, and how."""
    points = [center.value, *(end.value for end in ends)]
    sure = [e for e in (center, *ends) if e.excludes_zero]
    if min(points) < 0 < max(points) and {e.value > 0 for e in sure} == {True, False}:
        return True, "changes which contract is better"
    moved = max(abs(end.value - center.value) for end in ends)
    if moved > needed:
        return True, f"moves the difference by up to {moved:.3g}"
    return False, f"moves the difference by at most {moved:.3g}"
