"""What is assumed and by whom, what has been claimed, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable

from caretime import tables
from caretime.bargaining.comparison import AssumptionRow, ClaimVerdict, Comparison
from caretime.reports import wording
from caretime.reports.markup import Child, Markup, element
from caretime.reports.names import name_arms
from caretime.reports.tabular import details, table

SHARED = ("confirmed", "assumption")
HEADS = ("Assumption", "Shared value", "Range", "Union", "Employer", "Source")


def assumptions(comparison: Comparison) -> Markup:
    """Write the assumptions, disputed ones first and open, the rest in a fold."""
    by_name: dict[str, list[AssumptionRow]] = {}
    for row in comparison.provenance.assumptions:
        by_name.setdefault(row.name, []).append(row)
    disputed = [r for r in by_name.values() if any(x.holder not in SHARED for x in r)]
    agreed = [r for r in by_name.values() if all(x.holder in SHARED for x in r)]
    return element(
        "div",
        _table("Disputed: a side holds a number of its own.", disputed),
        details(
            f"The other {len(agreed)} assumptions",
            _table("Held by nobody in particular, or confirmed.", agreed),
        ),
    )


def claims(comparison: Comparison) -> Markup | None:
    """Write the public claims that were tried, ``None`` where none was."""
    if not comparison.claims:
        return None
    return element("div", [_claim(claim) for claim in comparison.claims])


def unmodeled(comparison: Comparison) -> Markup:
    """List the terms that no number here contains."""
    names = name_arms(comparison)
    rows: list[list[Child]] = [
        [
            f"{names[arm.contract_id].opening}: {clause.clause_id}",
            clause.text,
            clause.source,
        ]
        for arm in comparison.arms
        for clause in arm.unmodeled
    ]
    if not rows:
        return element("p", "Every clause of every proposal is in the numbers.")
    return table(
        "Terms kept as text; no number in this report contains them.",
        ("Clause", "Text", "Source"),
        rows,
    )


def _table(caption: str, groups: Iterable[list[AssumptionRow]]) -> Markup:
    meanings = {
        row["name"]: row["meaning"]
        for row in tables.rows("assumptions")
        if row["meaning"] != "as above"
    }
    return table(
        caption,
        HEADS,
        [_row(rows, meanings) for rows in groups],
        kind="assumptions",
    )


def _row(rows: list[AssumptionRow], meanings: dict[str, str]) -> list[Child]:
    shared = next((row for row in rows if row.holder in SHARED), rows[0])
    sides = {row.holder: row for row in rows if row.holder not in SHARED}
    what = element(
        "span",
        element("span", shared.name.replace("_", " ").capitalize(), class_="what"),
        " ",
        element("span", meanings.get(shared.name, ""), class_="unit"),
    )
    sources = [shared.source] + [
        f"{holder}: {row.source}" for holder, row in sides.items()
    ]
    return [
        what,
        f"{_plain(shared.value)} {shared.unit}",
        f"{_plain(shared.low)} to {_plain(shared.high)}",
        _plain(sides["union"].value) if "union" in sides else "–",
        _plain(sides["employer"].value) if "employer" in sides else "–",
        element("div", [element("div", source) for source in sources], class_="source"),
    ]


HOLDS = {True: "✓ holds", False: "✗ does not hold", None: "≈ cannot tell"}


def _claim(claim: ClaimVerdict) -> Markup:
    findings: list[list[Child]] = [
        [
            finding.assumptions,
            wording.of_unit(wording.number(finding.found.value), claim.unit),
            wording.interval(finding.found),
            HOLDS[finding.holds],
        ]
        for finding in claim.findings
    ]
    return element(
        "div",
        element("h3", f"“{claim.claim}”"),
        element(
            "p",
            f"Said by the {claim.said_by} ({claim.source}). ",
            element("strong", f"{claim.verdict[:1].upper()}{claim.verdict[1:]}."),
            f" {claim.note}",
        ),
        table(
            f"Tried as: {claim.experiment}",
            ("Under", "Found", "95 % range", "Verdict"),
            findings,
            kind="numbers",
        ),
        class_="claim-card",
    )


def _plain(value: float) -> str:
    return f"{value:,g}".replace("-", wording.MINUS)
