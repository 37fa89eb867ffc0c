"""The week ledgers side by side, and which counting rules make a claim true."""

from __future__ import annotations

from collections.abc import Callable

from caretime import tables
from caretime.bargaining.comparison import Arm, Comparison, LedgerHours
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import name_arms
from caretime.reports.tabular import table

GROUPS = {
    "visit": "With patients",
    "indirect": "For patients, without them",
    "other": "Other paid work",
    "break": "Breaks",
}
INDIRECT = ("notes", "patient_management", "group_preparation")
WORK = (
    "meeting",
    "training",
    "supervision",
    "crisis_cover",
    "travel",
    "admin",
    "buffer",
)
FULL_WEEK = 40
NINETEEN = 19
NEARLY_HALF = (45.0, 50.0)

Counts = Callable[[LedgerHours], bool]

RULES: tuple[tuple[str, Counts], ...] = (
    (
        "Protected time that may never be booked",
        lambda line: line.protected and not line.bookable,
    ),
    ("All protected time", lambda line: line.protected),
    (
        "Notes, patient management and group preparation",
        lambda line: line.activity in INDIRECT,
    ),
    (
        "The same, with meetings, training and supervision",
        lambda line: line.activity in (*INDIRECT, "meeting", "training", "supervision"),
    ),
    (
        "All paid work without a patient in the room",
        lambda line: line.activity in (*INDIRECT, *WORK),
    ),
    (
        "The same, with paid rest",
        lambda line: line.activity in (*INDIRECT, *WORK, "paid_rest"),
    ),
    (
        "The same, with the unpaid meal",
        lambda line: line.activity in (*INDIRECT, *WORK, "paid_rest", "meal"),
    ),
    (
        "The same, with the urgent reserve",
        lambda line: line.activity in (*INDIRECT, *WORK, "paid_rest", "meal", "urgent"),
    ),
)
"""Counting rules from narrow to wide; public figures rarely say which they use."""


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


def counting_table(comparison: Comparison) -> Markup:
    """Write, rule by rule, how many hours count and which claims come true."""
    names = name_arms(comparison)
    rows = [
        [title, *(_counted(arm, counts) for arm in comparison.arms)]
        for title, counts in RULES
    ]
    return table(
        "Hours without patients, by what one counts. The share is of a week of "
        f"{FULL_WEEK} hours; the words say where “{NINETEEN} hours” or more, "
        "or “nearly half” ("
        f"{NEARLY_HALF[0]:.0f} to {NEARLY_HALF[1]:.0f} %), come out true.",
        ("What counts", *(names[arm.contract_id].opening for arm in comparison.arms)),
        rows,
        kind="numbers columns",
        labels=("Counted", *(names[arm.contract_id].short for arm in comparison.arms)),
    )


def counted_hours(arm: Arm, counts: Counts) -> float:
    """Add up the hours of a week that a rule counts."""
    return sum(line.hours for line in arm.ledger if counts(line))


def claims_true(counted: float) -> list[str]:
    """
    Say which public figures a count makes true.

    >>> claims_true(19.2), claims_true(7.0)
    (['19 hours: true', 'nearly half: true'], [])
    """
    share = 100 * counted / FULL_WEEK
    found = []
    if counted >= NINETEEN - 0.005:
        found.append("19 hours: true")
    if NEARLY_HALF[0] - 0.005 <= share <= NEARLY_HALF[1] + 0.005:
        found.append("nearly half: true")
    return found


def hours(value: float) -> str:
    """
    Write hours with at most two decimals.

    >>> hours(5.0), hours(1.67), hours(2.5)
    ('5', '1.67', '2.5')
    """
    return f"{round(value, 2):g}"


def _counted(arm: Arm, counts: Counts) -> Markup:
    counted = counted_hours(arm, counts)
    true = claims_true(counted)
    return element(
        "div",
        element("span", f"{hours(counted)} h", class_="value"),
        " ",
        element(
            "span", f"{wording.number(100 * counted / FULL_WEEK)} %", class_="range"
        ),
        [element("span", f"✓ {claim}", class_="claim") for claim in true],
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
