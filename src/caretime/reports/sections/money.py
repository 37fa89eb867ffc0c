"""What the proposals cost: parts, differences, and the price of each clause."""

from __future__ import annotations

from caretime.bargaining.comparison import Comparison
from caretime.reports import wording
from caretime.reports.charts.named_rows import Piece, stacked_chart
from caretime.reports.charts.over_time import NARROW, WIDE
from caretime.reports.charts.palette import PARTS
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.names import Name, name_arms
from caretime.reports.sections.figures import figure
from caretime.reports.tabular import table

TOTAL = "total"
REST = "rest"
AXIS_LEAST = 10
"""Units that the longest bar holds at least, so that whole ticks differ."""


def cost_figure(comparison: Comparison) -> Markup | None:
    """Draw the parts of the cost, one stacked bar a proposal."""
    if not comparison.costs:
        return None
    names = name_arms(comparison)
    largest = max(cost.cents for cost in comparison.costs)
    unit, factor = wording.money_unit(largest, least=AXIS_LEAST)
    shown = _shown_parts(comparison)
    order = [*shown, REST] if len(shown) < len(_paid_parts(comparison)) else [*shown]
    amounts: dict[tuple[str, str], float] = {}
    for cost in comparison.costs:
        if cost.paid and cost.part != TOTAL:
            part = cost.part if cost.part in shown else REST
            key = (cost.contract_id, part)
            amounts[key] = amounts.get(key, 0.0) + cost.cents * factor
    pieces = [
        Piece(
            names[arm.contract_id].opening,
            index,
            amounts[arm.contract_id, part],
            _total_of(comparison, arm.contract_id),
        )
        for arm in comparison.arms
        for index, part in enumerate(order)
        if amounts.get((arm.contract_id, part))
    ]
    swatches = element(
        "ul",
        [
            element(
                "li",
                element("span", "", class_=f"swatch part-{index}"),
                shown.get(part, "All other parts"),
            )
            for index, part in enumerate(order)
        ],
        class_="key",
    )
    weeks = comparison.provenance.weeks
    return figure(
        "cost",
        f"What does each proposal cost over {weeks} weeks?",
        f"One bar a proposal, stacked by paid part, in {unit}.",
        lambda width: stacked_chart(pieces, width=width, format="$,.0f"),
        _cost_table(comparison, names),
        note=join(element("p", f"{unit.capitalize()}.", class_="unit"), swatches),
        widths=(WIDE, NARROW),
    )


def clause_costs(comparison: Comparison) -> Markup | None:
    """Write what each clause costs by itself, ``None`` where that was not run."""
    if not comparison.clause_costs:
        return None
    names = name_arms(comparison)
    titles = {row.name: row for row in comparison.measures}
    rows: list[list[Child]] = []
    for cost in comparison.clause_costs:
        effects = [
            f"{titles[name].title if name in titles else name}: "
            f"{wording.signed(effect)} ({wording.interval(effect, signed=True)})"
            for name, effect in cost.effects.items()
        ]
        ends = (
            f" ({wording.dollars(cost.low, signed=True)} to "
            f"{wording.dollars(cost.high, signed=True)})"
            if cost.low is not None and cost.high is not None
            else ""
        )
        rows.append(
            [
                f"{cost.title} ({cost.clause_id})",
                names[cost.contract_id].opening,
                f"{wording.dollars(cost.cents, signed=True)}{ends}",
                "; ".join(effects) or "–",
                cost.how,
            ]
        )
    return table(
        "Each clause by itself: the proposal with it, less the same without it.",
        ("Clause", "Proposal", "Cost", "Effect on", "How found"),
        rows,
        kind="numbers",
    )


def _paid_parts(comparison: Comparison) -> dict[str, str]:
    return {
        cost.part: cost.title
        for cost in comparison.costs
        if cost.paid and cost.cents and cost.part != TOTAL
    }


def _shown_parts(comparison: Comparison) -> dict[str, str]:
    """Return the largest parts in the order of the bill, as many as have colors."""
    parts = _paid_parts(comparison)
    most = len(PARTS) if len(parts) <= len(PARTS) else len(PARTS) - 1
    largest = sorted(
        parts,
        key=lambda part: -max(c.cents for c in comparison.costs if c.part == part),
    )[:most]
    return {part: title for part, title in parts.items() if part in largest}


def _total_of(comparison: Comparison, contract_id: str) -> str:
    for part in comparison.costs:
        if part.part == TOTAL and part.contract_id == contract_id:
            return wording.dollars(part.cents)
    return ""


def _cost_table(comparison: Comparison, names: dict[str, Name]) -> Markup:
    parts = list(dict.fromkeys((c.part, c.title, c.paid) for c in comparison.costs))
    cells = {(c.part, c.contract_id): c for c in comparison.costs}
    rows: list[list[Child]] = []
    for part, title, paid in parts:
        row: list[Child] = [title if paid else f"{title} (not paid, not in the total)"]
        for arm in comparison.arms:
            cost = cells.get((part, arm.contract_id))
            if cost is None:
                row.append("–")
                continue
            text = wording.dollars(cost.cents)
            if cost.difference_cents is not None:
                text += f" ({wording.dollars(cost.difference_cents, signed=True)})"
            row.append(text)
        rows.append(row)
    heads = ("Part", *(names[arm.contract_id].opening for arm in comparison.arms))
    return table("Cost by part, and the difference", heads, rows, kind="numbers")
