"""What the verbs of rosters print, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from caretime.cli._week_tables import of_days, plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from caretime.bargaining.comparison import Comparison
    from caretime.cli._roster_answer import RosterAnswer, Weeks
    from caretime.model.outcome import (
        Clash,
        Preference,
        RosterResult,
        Shortage,
        Violation,
    )
    from caretime.model.people import Clinician
    from caretime.model.terms import Contract
    from caretime.reports.site_load import SiteLoad

STATUSES = {
    "optimal": "optimal: proven that no roster is better",
    "within_gap": "proven within the gap asked for",
    "wide_gap": "search finished, weeks valid; how far they are from the best is "
    "known only to within the gap",
    "stopped": "stopped before the gap asked for was proven: the best weeks so far",
}
SINGULAR = {
    "openings": "opening",
    "patients": "patient",
    "visits": "visit",
    "stretches": "stretch",
    "days": "day",
}
"""One of what wishes are counted in."""

SHOWN = 20
"""Violations, clashes and shortages printed before "and more"; JSON has them all."""

HASH = 16


def print_answer(answer: RosterAnswer, out: Console) -> None:
    """Print what was built, how good it is, and what is lacking."""
    result = answer.result
    built, asked = len(result.roster.weeks), len(answer.clinicians)
    out.print(
        f"{answer.system.name}, {answer.contract.title}: "
        f"weeks for {built:,} of {counted(asked, 'clinician')}.",
        style="bold",
        markup=False,
    )
    broken = len(answer.violations)
    kept = f"{counted(broken, 'breach', 'breaches')}, see below"
    facts = {
        "status": STATUSES.get(result.status) or _lacking(answer),
        "clauses and laws": kept if broken else "all kept, as caretime check judges",
        "objective": _objective(result),
        "work": f"{counted(result.work, 'sweep')}, at most {result.budget:,} a site; "
        f"seed {result.seed}",
        "inputs, contract": f"{result.inputs_hash[:HASH]}, "
        f"{result.contract_hash[:HASH]}, version {result.version}",
    }
    for name, text in facts.items():
        out.print(f"  {name:<18}{text}", markup=False)
    _print_preferences(result.preferences, out)
    _print_clashes(result.clashes, out)
    _print_shortages(result.shortages, out)
    if answer.violations:
        print_violations(answer.violations, answer.contract, out)


def _objective(result: RosterResult) -> str:
    """Say the points; a bound only where everybody has a week."""
    points = f"{result.objective:,} points"
    if result.status != "infeasible":
        return f"{points}, bound {result.bound:,}: gap {result.gap:.2%}"
    planned = len(result.roster.weeks)
    whose = "person who has a week" if planned == 1 else "people who have weeks"
    return f"{points}, of the {planned:,} {whose}"


def _lacking(answer: RosterAnswer) -> str:
    """Say why a roster is infeasible."""
    missing = len(answer.clinicians) - len(answer.result.roster.weeks)
    parts = [
        f"{counted(missing, 'clinician')} without a week" if missing else "",
        "a site lacks rooms or people" if answer.result.shortages else "",
    ]
    return f"infeasible: {' and '.join(filter(None, parts)) or 'see below'}"


def _print_preferences(found: Sequence[Preference], out: Console) -> None:
    if not found:
        return
    ranked = _preference_rows()
    table = plain_table("What is wanted, in this order", ">", "", "Got", ">Points")
    for one in found:
        row = ranked[one.name]
        got = _got(one, penalty=int(row["points"]) < 0)
        table.add_row(row["rank"], row["title"], got, f"{one.points:,}")
    out.print(table)


def _got(one: Preference, *, penalty: bool) -> str:
    """
    Say how far a wish is met.

    >>> from caretime.model.outcome import Preference
    >>> _got(Preference("openings", 9, 10, "openings", 9000), penalty=False)
    '9 of 10 openings'
    >>> _got(Preference("long_runs", 5, 0, "visits", -200), penalty=True)
    '5 visits, 0 at best'
    """
    noun = SINGULAR.get(one.unit, one.unit)
    if penalty:
        return f"{counted(one.got, noun, one.unit)}, {one.wanted:,} at best"
    if not one.wanted:
        return "nothing to get"
    return f"{one.got:,} of {counted(one.wanted, noun, one.unit)}"


def _preference_rows() -> dict[str, dict[str, str]]:
    from caretime.tables import rows

    return {row["preference"]: row for row in rows("roster_preferences")}


def _print_clashes(clashes: Sequence[Clash], out: Console) -> None:
    if not clashes:
        return
    people = sum(len(clash.clinician_ids) for clash in clashes)
    out.print(
        f"No week for {counted(people, 'clinician')}:", style="bold", markup=False
    )
    for clash in clashes[:SHOWN]:
        out.print(f"  {_some(clash.clinician_ids)}: {clash.text}", markup=False)
        if clash.change:
            out.print(f"    cheapest change: {clash.change}", markup=False)
        else:
            out.print("    no single change frees a week", markup=False)
    _print_rest(len(clashes), out)


def _print_shortages(shortages: Sequence[Shortage], out: Console) -> None:
    if not shortages:
        return
    out.print("What sites lack:", style="bold", markup=False)
    for short in shortages[:SHOWN]:
        out.print(f"  {short.clinic_id} {short.where}: {short.text}", markup=False)
    _print_rest(len(shortages), out)


def print_clinician(answer: Weeks, person: Clinician, out: Console) -> None:
    """Print one clinician's week, day by day, and its ledger."""
    from caretime.cli._roster_answer import ledger_of, week_title
    from caretime.cli._week_tables import ledger_table, show_openings, week_table

    week = answer.roster.week_of(person.clinician_id)
    if week is None:
        out.print(f"{person.clinician_id} has no week; see above.", markup=False)
        return
    ledger = ledger_of(person, answer, week)
    protected = {line.activity for line in ledger.lines if line.protected}
    out.print(
        week_table(
            week_title(answer, week),
            week.template,
            places=week.places,
            protected=protected,
        )
    )
    if protected:
        out.print("*: counts as protected time.", markup=False)
    out.print(ledger_table(answer.contract, ledger, week.template))
    show_openings(out, ledger)


def print_site(load: SiteLoad, out: Console) -> None:
    """Print a site's week, half hour by half hour."""
    from caretime.reports.site_map import headline, site_rows, subtitle
    from caretime.rules.spans import DAY_NAMES

    table = plain_table(headline(load), "", *DAY_NAMES[:5])
    for row in site_rows(load):
        table.add_row(*row)
    out.print(of_days(table))
    out.print(
        f"{subtitle(load)}. Each cell: rooms in use (░ to a third, ▒ to two thirds, "
        "▓ more, █ all; !: more visits than rooms), visits at once with telehealth, "
        "share at work without a patient.",
        markup=False,
    )
    if any(load.cover_asked):
        from caretime.reports.site_load import span_words

        short = load.lacking_cover
        text = f"short on {span_words(short)}" if short else "staffed at every minute"
        out.print(f"Crisis cover: {text}.", markup=False)


def print_violations(
    violations: Sequence[Violation], contract: Contract, out: Console
) -> None:
    """Print breaches clause by clause, the first few of each."""
    from caretime.rules.roster import source_of

    by_clause: dict[str, list[Violation]] = {}
    for violation in violations:
        by_clause.setdefault(violation.clause_id, []).append(violation)
    for clause_id, broken in by_clause.items():
        table = plain_table(
            f"{clause_id}: {counted(len(broken), 'breach', 'breaches')}",
            *("Who", "When", ">Found", ">Allowed", "What"),
        )
        for one in broken[:SHOWN]:
            table.add_row(
                one.clinician_id or "–",
                one.where,
                f"{one.observed:,} {one.unit}",
                f"{one.limit:,}",
                one.message,
            )
        out.print(table)
        _print_rest(len(broken), out)
        out.print(f"  Source: {source_of(broken[0], contract)}", markup=False)


def print_counts(violations: Iterable[Violation], out: Console) -> None:
    """Print how often each clause is broken, and by how many people."""
    from caretime.rules.roster_scene import SITE, roster_rules

    often: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str], set[str]] = {}
    for one in violations:
        often[one.clause_id, one.kind] += 1
        people.setdefault((one.clause_id, one.kind), set()).add(one.clinician_id)
    table = plain_table("Broken", "Clause", "What", ">Breaches", ">Clinicians")
    for (clause_id, kind), count in often.items():
        whom = people[clause_id, kind] - {""}
        what = roster_rules().get(clause_id, kind) if kind == SITE else kind
        table.add_row(clause_id, what, f"{count:,}", f"{len(whom):,}")
    out.print(table)


def print_weeks(comparison: Comparison, out: Console) -> None:
    """Print the measures that matter most on even and on built weeks."""
    from caretime.cli._bargain_tables import number
    from caretime.reports import exceptions, wording
    from caretime.reports.terminal import ROWS
    from caretime.reports.things import rows_of

    made = comparison.provenance
    table = plain_table(
        f"{comparison.system_name}, {made.weeks} weeks, "
        f"{made.replications} replications, seed {made.seed}",
        *("Measure", ">Even weeks", ">Built weeks", "Difference (95 %)"),
    )
    for row in rows_of(comparison, ROWS):
        even, built = row.values
        if built.difference is None:
            continue
        mark = wording.MARKS[wording.verdict(built.difference, row.better)]
        unit = f"{row.unit} {exceptions.left_out(comparison, row.name)}".strip()
        table.add_row(
            f"{row.title} ({unit})",
            number(even.estimate).split(" ")[0],
            number(built.estimate).split(" ")[0],
            f"{mark} {number(built.difference, signed=True)}",
        )
    out.print(table)
    out.print(
        "✓ better, ✗ worse, ↕ differs, ≈ no clear difference on built weeks. Both meet "
        "the same referrals, no-shows and sick days.",
        markup=False,
    )


def counted(count: int, noun: str, plural: str = "") -> str:
    """
    Return a count with its noun.

    >>> counted(1, "week"), counted(1200, "week"), counted(2, "breach", "breaches")
    ('1 week', '1,200 weeks', '2 breaches')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def _some(names: Sequence[str], most: int = 4) -> str:
    rest = len(names) - most
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(names[:most]) + more


def _print_rest(count: int, out: Console) -> None:
    if count > SHOWN:
        out.print(f"  and {count - SHOWN:,} more (--json has them all)", markup=False)
