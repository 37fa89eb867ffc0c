"""What a contract's week holds: ledger, calendar, counting rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from caretime.cli import ExitCode, emit_json
from caretime.cli._week_tables import (
    hours_minutes,
    ledger_table,
    plain_table,
    show_openings,
    week_table,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from caretime.model.terms import Contract
    from caretime.model.week import Template
    from caretime.rules.counting import ClaimVerdict, CountingClaim
    from caretime.rules.ledger import Ledger


def register(app: App) -> None:
    """Add the verb."""
    app.command(hours)


def hours(
    contract: str,
    *,
    license: str = "LCSW",
    fte: float = 1.0,
    on: date | None = None,
    ages: Sequence[str] = ("adult",),
    leads_groups: bool = False,
    stagger: int = 0,
    svg: Path | None = None,
    json: bool = False,
) -> int:
    """
    Show a contract's week: every paid minute, and who counts it as what.

    Prints the ledger, the week spread evenly over its days, and under which
    counting rules the public numbers (7 hours, 25 %, 40 %, nearly half, 19
    hours) come out true.

    Parameters
    ----------
    contract
        A contract's file, or the id of one in the casebook.
    license
        License whose clauses hold, for instance LCSW or PMHNP.
    fte
        Share of a full-time post, above 0 and at most 1.
    on
        Day on which the clauses are read; the contract's first by default.
    ages
        Age groups served: openings are as long as the longest of their visits.
    leads_groups
        Whether clauses for group leaders hold.
    stagger
        Turns the days of intakes and the start of the day.
    svg
        Write the week's calendar to this file.
    json
        Write ledger, week, clauses and counting rules as JSON.
    """
    from caretime.formats.casebook import contract_named
    from caretime.rules.counting import judge_claims
    from caretime.rules.even_week import even_template
    from caretime.rules.ledger import week_ledger

    terms = contract_named(contract)
    try:
        ledger = week_ledger(
            terms,
            license_code=license,
            fte=fte,
            on=on,
            ages=ages,
            leads_groups=leads_groups,
        )
        week = even_template(ledger, stagger=stagger)
    except ValueError as error:
        return _usage(error)
    verdicts = judge_claims(terms, license_code=license, on=on)
    if svg is not None:
        _write_picture(ledger, week, terms, svg)
    if json:
        emit_json(_document(terms, ledger, week, verdicts))
    else:
        _show(terms, ledger, week, verdicts)
    return ExitCode.DONE


def _usage(error: ValueError) -> int:
    from caretime.cli import console

    console.print(f"caretime: {error}", markup=False)
    return ExitCode.USAGE


def _write_picture(ledger: Ledger, week: Template, terms: Contract, path: Path) -> None:
    from caretime.reports.week_picture import week_svg

    title = f"{terms.title}: {ledger.license_code}, {ledger.fte:g} FTE"
    protected = {line.activity for line in ledger.lines if line.protected}
    picture = week_svg(week, title=title, protected=protected)
    path.write_text(picture, encoding="utf-8")


def _document(
    terms: Contract,
    ledger: Ledger,
    week: Template,
    verdicts: Sequence[ClaimVerdict],
) -> dict[str, Any]:
    from caretime.rules.counting import count, counting_rules

    counts = [count(ledger, rule) for rule in counting_rules()]
    return {
        "contract": {
            "id": terms.contract_id,
            "title": terms.title,
            "standing": terms.standing,
            "source": terms.source,
        },
        "ledger": ledger,
        "week": week.blocks,
        "counting": [
            {
                "rule": c.rule.rule,
                "title": c.rule.title,
                "activities": c.rule.activities,
                "hours": c.hours,
                "percent": c.percent,
                "base_hours": c.base_minutes / 60,
                "source": c.rule.source,
            }
            for c in counts
        ],
        "claims": [
            {
                "claim": v.claim.claim,
                "text": v.claim.text,
                "about": v.claim.contract,
                "standing": v.claim.standing,
                "rule": v.rule.rule,
                "value": v.value,
                "unit": v.claim.unit,
                "holds": v.holds,
                "true_from_protected_hours": v.true_from,
                "true_to_protected_hours": v.true_to,
            }
            for v in verdicts
        ],
        "unmodeled": [
            {"clause": c.clause_id, "text": c["text"], "standing": c.standing}
            for c in terms.clauses
            if c.kind == "unmodeled"
        ],
    }


def _show(
    terms: Contract,
    ledger: Ledger,
    week: Template,
    verdicts: Sequence[ClaimVerdict],
) -> None:
    from rich.console import Console

    out = Console(highlight=False)
    out.print(f"{terms.title} ({terms.contract_id})", style="bold", markup=False)
    out.print(
        f"{ledger.license_code}, {ledger.fte:g} FTE, clauses in force on "
        f"{ledger.on}, {terms.standing}",
        markup=False,
    )
    out.print(ledger_table(terms, ledger))
    show_openings(out, ledger)
    for clause in terms.clauses:
        if clause.kind == "unmodeled":
            text = f"Not in the arithmetic, {clause.clause_id}: {clause['text']}"
            out.print(text, markup=False)
    out.print(week_table("The week, spread evenly", week))
    out.print(_counting_table(terms, ledger, verdicts))
    _show_claims(out, terms, verdicts)


def _counting_table(
    terms: Contract, ledger: Ledger, verdicts: Sequence[ClaimVerdict]
) -> Table:
    """Return what each rule counts, and which public numbers that makes true."""
    from caretime.rules.counting import count, counting_rules

    claims = _claims_shown(terms, verdicts)
    table = plain_table(
        "Not with patients, by counting rule",
        "Counting rule",
        ">Hours",
        ">Share",
        *(f">{claim.short}" for claim in claims),
    )
    table.columns[0].min_width = 22
    by_pair = {(v.claim, v.rule): _outcome(v) for v in verdicts}
    for rule in counting_rules():
        counted = count(ledger, rule)
        table.add_row(
            rule.title
            if rule.used_by == "nobody"
            else f"{rule.title} ({rule.used_by})",
            hours_minutes(counted.minutes),
            f"{counted.percent:.1f} %",
            *(by_pair[claim, rule] for claim in claims),
        )
    return table


def _claims_shown(
    terms: Contract, verdicts: Sequence[ClaimVerdict]
) -> list[CountingClaim]:
    return [
        claim
        for claim in dict.fromkeys(verdict.claim for verdict in verdicts)
        if claim.headline or claim.contract == terms.contract_id
    ]


def _show_claims(
    out: Console, terms: Contract, verdicts: Sequence[ClaimVerdict]
) -> None:
    out.print(
        "yes: counted so, the public number is true of a full-time week of this "
        "contract. Otherwise: the weekly protected hours at which it would be, other "
        "terms unchanged.",
        markup=False,
    )
    for claim in _claims_shown(terms, verdicts):
        text = f"  {claim.short}: {claim.text} [{claim.standing}], of {claim.contract}"
        out.print(text, markup=False)


def _outcome(verdict: ClaimVerdict) -> str:
    if verdict.holds:
        return "yes"
    low, high = verdict.true_from, verdict.true_to
    if low is None or high is None:
        return "never"
    if verdict.claim.high is None:
        return f"≥ {low:g}"
    if verdict.claim.low is None:
        return f"≤ {high:g}"
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"
