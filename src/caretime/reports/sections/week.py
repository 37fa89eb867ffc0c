"""The week ledgers side by side, and which counting rules make a claim true."""

from __future__ import annotations

from caretime import tables
from caretime.bargaining.comparison import Arm, Comparison
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import name_arms
from caretime.reports.tabular import table
from caretime.rules.counting import CountingRule, counting_claims, counting_rules

GROUPS = {
    "visit": "With patients",
    "indirect": "For patients, without them",
    "other": "Other paid work",
    "break": "Breaks",
}
FULL_WEEK = 40
USED_BY = {"union": "as the union counts", "employer": "as the employer counts"}


def week_bars(comparison: Comparison) -> Markup:
    """Draw each proposal's full-time week as one bar, hour by hour."""
    names = name_arms(comparison)
    key = element(
        "ul",
        [
            element("li", element("span", "", class_=f"swatch {group}"), heading)
            for group, heading in GROUPS.items()
        ],
        element("li", element("span", "", class_="swatch held-key"), "Protected"),
        class_="key",
    )
    return element(
        "div",
        key,
        [
            element(
                "div",
                element("h3", names[arm.contract_id].opening),
                _bar(arm),
                class_="week",
            )
            for arm in comparison.arms
        ],
        class_="weeks",
    )


def week_table(comparison: Comparison) -> Markup:
    """Write the hours of every activity, one column a proposal."""
    names = name_arms(comparison)
    order = [row["activity"] for row in tables.rows("activities")]
    found = {line.activity for arm in comparison.arms for line in arm.ledger}
    rows: list[list[Child]] = []
    for group, heading in GROUPS.items():
        inside = [a for a in order if a in found and _group_of()[a] == group]
        if inside:
            rows.append([heading])
        rows += [
            [_title(comparison, a), *(_hours(arm, a) for arm in comparison.arms)]
            for a in inside
        ]
    rows.append(["Protected"])
    rows.append(
        [
            "Protected hours",
            *(f"{hours(arm.protected_hours)} h" for arm in comparison.arms),
        ]
    )
    rows.append(
        [
            "of which may be booked",
            *(f"{hours(arm.bookable_protected_hours)} h" for arm in comparison.arms),
        ]
    )
    return table(
        "Hours of a full-time week of a licensed therapist.",
        ("Activity", *(names[arm.contract_id].opening for arm in comparison.arms)),
        rows,
        kind="numbers columns",
        labels=("Activity", *(names[arm.contract_id].short for arm in comparison.arms)),
    )


def shortfalls(comparison: Comparison) -> Markup | None:
    """List what a week could not hold, ``None`` where everything fits."""
    names = name_arms(comparison)
    found = [
        element("li", f"{names[arm.contract_id].opening}: {text}")
        for arm in comparison.arms
        for text in arm.shortfalls
    ]
    return element("ul", found) if found else None


def counting_table(comparison: Comparison) -> Markup:
    """Write, rule by rule, how many hours count and which public figures come true."""
    names = name_arms(comparison)
    told = "; ".join(
        f"“{claim.short}”: {claim.text.lower()}"
        for claim in counting_claims()
        if claim.headline
    )
    rows = [
        [
            element(
                "span",
                element("span", rule.title, class_="what"),
                " ",
                element("span", USED_BY.get(rule.used_by, ""), class_="unit"),
                title=rule.source,
            ),
            *(_counted(arm, rule) for arm in comparison.arms),
        ]
        for rule in counting_rules()
    ]
    return table(
        "Hours without patients, by what one counts, and the share of what that rule "
        "takes as the whole. Each cell ends with the public figures it makes true. "
        f"{told}.",
        ("What counts", *(names[arm.contract_id].opening for arm in comparison.arms)),
        rows,
        kind="numbers columns",
        labels=("Counted", *(names[arm.contract_id].short for arm in comparison.arms)),
    )


def counted(arm: Arm, rule: CountingRule) -> tuple[float, float]:
    """
    Count a full-time week by a rule.

    Returns
    -------
    tuple of float
        Hours counted, and their percent of the rule's base.
    """
    own = sum(line.hours for line in arm.ledger if line.activity in rule.activities)
    paid = sum(line.hours for line in arm.ledger if line.paid)
    meetings = sum(line.hours for line in arm.ledger if line.activity == "meeting")
    meals = sum(line.hours for line in arm.ledger if not line.paid)
    base = {
        "paid": paid,
        "full_week_40": float(FULL_WEEK),
        "net_of_meetings_37_5": paid - meetings,
        "elapsed": paid + meals,
    }[rule.base]
    return own, 100 * own / base


def figures_made_true(own: float, percent: float) -> list[str]:
    """
    Name the public figures that a count makes true.

    >>> figures_made_true(19.2, 48.0)
    ['40 %', '19 h', 'nearly half']
    """
    return [
        claim.short
        for claim in counting_claims()
        if claim.headline and claim.holds(own if claim.unit == "hours" else percent)
    ]


def hours(value: float) -> str:
    """
    Write hours with at most two decimals.

    >>> hours(5.0), hours(1.67), hours(2.5)
    ('5', '1.67', '2.5')
    """
    return f"{round(value, 2):g}"


def _counted(arm: Arm, rule: CountingRule) -> Markup:
    own, percent = counted(arm, rule)
    true = figures_made_true(own, percent)
    return element(
        "div",
        element("span", f"{hours(own)} h", class_="value"),
        " ",
        element("span", f"{wording.number(percent)} %", class_="range"),
        element("span", f"✓ {', '.join(true)}", class_="claim") if true else None,
        class_="cell",
    )


def _bar(arm: Arm) -> Markup:
    groups = _group_of()
    lines = [line for line in arm.ledger if line.hours > 0]
    order = list(GROUPS)
    lines.sort(key=lambda line: order.index(groups.get(line.activity, "other")))
    told = ", ".join(f"{line.title} {hours(line.hours)} h" for line in lines)
    return element(
        "div",
        [
            element(
                "span",
                element("b", hours(line.hours)) if line.hours >= 1.4 else None,
                style=f"flex-grow:{round(line.hours * 100)}",
                class_=f"{groups.get(line.activity, 'other')}"
                + (" held" if line.protected else "")
                + (" long" if line.hours >= 4 else ""),
                title=f"{line.title} {hours(line.hours)} h",
            )
            for line in lines
        ],
        role="img",
        aria_label=f"{arm.title}: {told}",
        class_="bar",
    )


def _hours(arm: Arm, activity: str) -> Child:
    lines = [line for line in arm.ledger if line.activity == activity]
    total = sum(line.hours for line in lines)
    if total == 0:
        return "–"
    held = any(line.protected for line in lines)
    booked = any(line.protected and line.bookable for line in lines)
    word = " protected, may be booked" if booked else " protected" if held else ""
    return element("span", f"{hours(total)} h", element("span", word, class_="unit"))


def _title(comparison: Comparison, activity: str) -> str:
    return next(
        line.title
        for arm in comparison.arms
        for line in arm.ledger
        if line.activity == activity
    )


def _group_of() -> dict[str, str]:
    return {row["activity"]: row["group"] for row in tables.rows("activities")}
