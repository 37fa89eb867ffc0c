"""What the verbs of the table print, in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from caretime.bargaining.comparison import Comparison
    from caretime.bargaining.findings import TornadoRow
    from caretime.bargaining.frontier import Frontier
    from caretime.bargaining.questions import ClaimsAnswer
    from caretime.bargaining.reproduce import Reproduction
    from caretime.bargaining.what_it_takes import WhatItTakes
    from caretime.measures.estimate import Estimate

CENTS_A_MILLION = 100_000_000
WIDEST = 8
HOLDS = {True: "yes", False: "no", None: "cannot tell"}


def _console() -> Console:
    """Return standard output as it stands now."""
    return Console(highlight=False)


def number(estimate: Estimate, *, signed: bool = False) -> str:
    """Write a value with its interval, alone where there is none."""
    if math.isnan(estimate.value):
        return "–"
    value = _figure(estimate.value, signed)
    if estimate.low is None or estimate.high is None:
        return value
    if estimate.low == estimate.high:
        return value
    return f"{value} ({_figure(estimate.low)} to {_figure(estimate.high)})"


def money(estimate: Estimate, *, signed: bool = False) -> str:
    """Write cents as millions of dollars with the interval."""
    scaled = [
        None if x is None else x / CENTS_A_MILLION
        for x in (estimate.value, estimate.low, estimate.high)
    ]
    plus = "+" if signed else ""
    text = f"{scaled[0]:{plus}.2f}"
    if scaled[1] is None or scaled[1] == scaled[2]:
        return text
    return f"{text} ({scaled[1]:.2f} to {scaled[2]:.2f})"


def _figure(value: float, signed: bool = False) -> str:
    plus = "+" if signed else ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:{plus},.{digits}f}"


def print_findings(comparison: Comparison) -> None:
    """Print the short table, then what was looked at more deeply."""
    from caretime.reports import print_summary

    console = _console()
    print_summary(comparison, console)
    for note in comparison.notes:
        console.print(f"Note: {note}", markup=False)
    if comparison.clause_costs:
        _print_clause_costs(comparison, console)
    if comparison.attribution:
        _print_attribution(comparison, console)
    if comparison.tornado:
        _print_tornado(comparison, console)


def _print_clause_costs(comparison: Comparison, console: Console) -> None:
    table = Table(title="What each clause costs, million USD", title_justify="left")
    for heading in ("Contract", "Clause", "Kind", "Cost", "Visits a week"):
        table.add_column(heading)
    for row in comparison.clause_costs:
        visits = row.effects.get("visits_per_week")
        table.add_row(
            row.contract_id,
            row.clause_id,
            row.title,
            f"{row.cents / CENTS_A_MILLION:+.2f}",
            number(visits, signed=True) if visits else "no change",
        )
    console.print(table)


def _print_attribution(comparison: Comparison, console: Console) -> None:
    from caretime.bargaining.words import measure_title

    table = Table(title="Where the difference comes from", title_justify="left")
    for heading in ("From, to", "Measure", "Cause", "Share"):
        table.add_column(heading)
    for row in comparison.attribution:
        if row.cause == "assumption" and not row.share.excludes_zero:
            continue
        is_cost = row.measure == "cost"
        share = money if is_cost else number
        table.add_row(
            f"{row.from_arm}, {row.to_arm}",
            "Cost, million USD" if is_cost else measure_title(row.measure),
            row.title,
            share(row.share, signed=True),
        )
    console.print(table)
    console.print(
        "Sides' own numbers are shown where their effect is clear of zero. "
        + _deep(len(comparison.attribution[0].share.values), comparison),
        markup=False,
    )


def _deep(replications: int, comparison: Comparison) -> str:
    """Say why a difference may not be the one of the short table."""
    whole = comparison.provenance.replications
    if replications == whole:
        return f"These runs use {whole} replications, as the comparison does."
    return (
        f"These deeper runs use {replications} replications and the comparison "
        f"{whole}, so their central difference may differ from the one above."
    )


def _print_tornado(comparison: Comparison, console: Console) -> None:
    by_measure: dict[str, list[TornadoRow]] = {}
    for row in comparison.tornado:
        by_measure.setdefault(row.measure, []).append(row)
    for measure, rows in by_measure.items():
        _print_swings(measure, rows, console)
    runs = len(comparison.tornado[0].at_value.values)
    console.print(_deep(runs, comparison), markup=False)


def _print_swings(measure: str, rows: list[TornadoRow], console: Console) -> None:
    from caretime.bargaining.tornado import disagreements
    from caretime.bargaining.words import assumption_meaning, measure_title

    is_cost = measure == "cost"
    title = "Cost, million USD" if is_cost else measure_title(measure)
    show = money if is_cost else number
    table = Table(
        title=f"Which assumptions matter to the difference of: {title}",
        title_justify="left",
        caption=f"Central difference: {show(rows[0].at_value, signed=True)}.",
        caption_justify="left",
    )
    for heading in ("Assumption", "Ends", "Difference at", "Matters"):
        table.add_column(heading)
    shown = [row for k, row in enumerate(rows) if row.disputed or k < WIDEST]
    for row in shown:
        ends = f"{row.low:g} to {row.high:g} {row.unit}"
        if row.disputed:
            ends = (
                f"{row.holder_low} {row.low:g}, {row.holder_high} {row.high:g} "
                f"{row.unit}"
            )
        table.add_row(
            assumption_meaning(row.assumption),
            ends,
            " and ".join(_alone(end, is_cost) for end in (row.at_low, row.at_high)),
            ("yes: " if row.matters else "no: ") + row.why,
        )
    console.print(table)
    console.print(disagreements(rows), markup=False)


def _alone(estimate: Estimate, is_cost: bool) -> str:
    """Write a difference without its interval."""
    if is_cost:
        return f"{estimate.value / CENTS_A_MILLION:+.3f}"
    return _figure(estimate.value, True)


def print_claims(answer: ClaimsAnswer) -> None:
    """Print each claim, what was said, what was found and under which numbers."""
    console = _console()
    for verdict in answer.verdicts:
        table = Table(
            title=f"{verdict.claim} ({verdict.said_by})",
            caption=f"{verdict.note}. Source: {verdict.source}",
            title_justify="left",
            caption_justify="left",
        )
        table.add_column("Under")
        table.add_column(f"Found, {verdict.unit}", justify="right")
        table.add_column("Holds")
        said = " to ".join(
            "any" if bound is None else _figure(bound)
            for bound in (verdict.claimed_low, verdict.claimed_high)
        )
        table.add_row("what was said", said, "")
        for finding in verdict.findings:
            holds = HOLDS[finding.holds]
            table.add_row(finding.assumptions, number(finding.found), holds)
        console.print(table)


SHORT = {
    "within_intake": "First\nin time\n%",
    "within_follow_up": "Follow\nup in\ntime %",
    "wait_intake_median": "Median\nwait\ndays",
    "visits_per_week": "Visits\na week",
    "load": "Visits,\nnotes\n%",
    "meals_missed": "Meals\ncut\na week",
    "unpaid_minutes": "Unpaid\nmin.\na week",
    "leavers": "Leave\na year\n%",
    "cost": "Cost\nmillion\nUSD",
}
"""Headings of three short lines, so that a table of hours fits 80 columns."""


def print_frontier(answer: Frontier) -> None:
    """Print one row a value and one column a measure."""
    from rich import box

    from caretime.bargaining.words import measure_title

    table = Table(
        title=f"{answer.contract_id}: {answer.vary.replace('_', ' ')}, {answer.unit}",
        caption="Second lines: half of the 95 % interval of the mean. Days are "
        "business days to a first visit; meals and unpaid minutes are for each "
        "clinician; visits and notes are percent of paid time.",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
    )
    table.add_column("Hours", justify="right", no_wrap=True)
    for name in answer.points[0].measures:
        heading = SHORT.get(name)
        table.add_column(
            heading or measure_title(name), justify="right", no_wrap=bool(heading)
        )
    for point in answer.points:
        cells = (_stacked(name, found) for name, found in point.measures.items())
        table.add_row(f"{point.value:g}", *cells)
    _console().print(table)


def _stacked(name: str, found: Estimate) -> str:
    """Write a value and below it half of its interval, where there is one."""
    scale = CENTS_A_MILLION if name == "cost" else 1
    if math.isnan(found.value):
        return "–"
    value = _figure(found.value / scale)
    if not math.isfinite(found.half_width):
        return value
    return f"{value}\n±{_figure(found.half_width / scale)}"


def print_what_it_takes(answer: WhatItTakes) -> None:
    """Print the answer and what was tried."""
    from caretime.bargaining.words import measure_title

    title = measure_title(answer.measure)
    table = Table(
        title=f"{answer.contract_id}: {title}, at least {answer.target:g} % in "
        f"{100 * answer.confidence:g} % of random years",
        title_justify="left",
    )
    for heading in (
        answer.unit.capitalize(),
        "Offered in time, %",
        "Years that reach it, %",
        "Network visits a week",
        "Cost, million USD",
    ):
        table.add_column(heading, justify="right")
    for trial in answer.trials:
        table.add_row(
            str(trial.value),
            number(trial.within),
            f"{100 * trial.met:.0f}",
            number(trial.network_visits),
            money(trial.cost),
        )
    console = _console()
    console.print(table)
    console.print(answer.reason[:1].upper() + answer.reason[1:] + ".", markup=False)
    for note in answer.notes:
        console.print(f"Note: {note}.", markup=False)


def print_reproduction(path: Path, answer: Reproduction) -> None:
    """Print whether a result came out the same, and by which versions."""
    versions = ""
    if answer.version_then != answer.version_now:
        versions = (
            f"made by version {answer.version_then}, run again by "
            f"{answer.version_now}, "
        )
    if answer.matches:
        print(f"{path}: matches, {versions}every number equal to the bit")
        return
    numbers = "number differs" if answer.differing == 1 else "numbers differ"
    print(f"{path}: does not match, {versions}{answer.differing} {numbers}")
    for line in answer.differences:
        print(f"  {line}")
