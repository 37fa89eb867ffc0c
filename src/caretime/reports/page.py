"""The report: one HTML file that needs no network and no script to be read."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from caretime.bargaining.comparison import Comparison
from caretime.bargaining.frontier import Frontier
from caretime.reports import wording
from caretime.reports.answer import Answer, Finding, answer, question
from caretime.reports.charts.palette import style_rules
from caretime.reports.how_sure import notes
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.names import ACCOUNTS, name_arms
from caretime.reports.sections import (
    assumed,
    causes,
    closing,
    effects,
    figures,
    money,
    summary,
    trade_off,
    week,
)
from caretime.reports.tabular import details

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)


def write_report(
    comparison: Comparison,
    path: str | Path,
    *,
    title: str | None = None,
    frontier: Frontier | None = None,
) -> Path:
    """
    Write a comparison as one self-contained HTML file.

    The file loads nothing: no script, font or picture from elsewhere, and its own
    content policy forbids it to. It is written beside its final name first, so a
    reader never meets half a report. The same comparison gives the same bytes.

    Parameters
    ----------
    comparison
        At least two arms; attribution, tornado, claims and clause costs are shown
        where they are there.
    path
        Where to write; an existing file is replaced.
    title
        Heading of the page instead of the name of the care system.
    frontier
        What one contract does as a term varies, shown where given.

    Returns
    -------
    Path
        The file written.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.write_text(page(comparison, title=title, frontier=frontier), encoding="utf-8")
    part.replace(target)
    return target


def page(
    comparison: Comparison,
    *,
    title: str | None = None,
    frontier: Frontier | None = None,
) -> str:
    """Return the report as a string of HTML."""
    heading = title or comparison.system_name
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{heading}: contract terms compared"),
        element("style", Markup(style_rules() + _static("report.css"))),
    )
    body = element(
        "body",
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        _header(comparison, heading),
        element("main", _sections(comparison, frontier)),
        _footer(comparison),
        element("script", Markup(_static("report.js"))),
    )
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def _sections(comparison: Comparison, frontier: Frontier | None) -> list[Markup]:
    said = answer(comparison)
    weekly = figures.weekly_figures(comparison)
    parts: list[tuple[str, str, Child]] = [
        ("answer", "The answer", _answer(said, notes(comparison))),
        (
            "summary",
            "The proposals side by side",
            join(summary.key_to_marks(), summary.summary_table(comparison)),
        ),
        ("differences", "How large are the differences?", _differences(comparison)),
        ("waits", "Who waits how long?", _waits(comparison)),
        ("weeks", "Week by week", element("div", weekly, class_="grid two")),
        ("cost-parts", "What it costs", _cost(comparison)),
        ("dispute", _DISPUTE, _dispute(comparison)),
        ("trade-off", "What does one term buy?", _trade_off(comparison, frontier)),
        ("ledgers", "What a week holds", _ledgers(comparison)),
        ("claims", "What was said, tried", assumed.claims(comparison)),
        ("assumed", "What is assumed, and by whom", _assumed(comparison)),
        ("slices", "For whom?", _slices(comparison)),
        ("again", "How to make this report again", _again(comparison)),
    ]
    kept = [(name, title, child) for name, title, child in parts if child]
    contents = element(
        "nav",
        element("h2", "Contents", id="contents"),
        element(
            "ol",
            [
                element("li", element("a", title, href=f"#{name}"))
                for name, title, _ in kept
            ],
        ),
        aria_labelledby="contents",
        class_="contents",
    )
    sections = [_section(name, title, child) for name, title, child in kept]
    return [sections[0], contents, *sections[1:]]


_DISPUTE = "Where exactly do you disagree, and which of those disagreements matters?"


def _section(name: str, title: str, child: Child) -> Markup:
    return element(
        "section",
        element("h2", title, id=f"{name}-h"),
        child,
        id=name,
        aria_labelledby=f"{name}-h",
    )


def _header(comparison: Comparison, heading: str) -> Markup:
    names = name_arms(comparison)
    made = comparison.provenance
    return element(
        "header",
        element("p", "Contract terms compared", class_="kicker"),
        element("h1", heading),
        element("p", question(comparison), class_="question"),
        element(
            "ul",
            [
                element(
                    "li",
                    element(
                        "span", "", class_=f"swatch arm-{names[arm.contract_id].index}"
                    ),
                    element("b", names[arm.contract_id].opening),
                    f": {arm.title}, from {wording.day(arm.effective)}"
                    f" ({ACCOUNTS.get(arm.standing, arm.standing)})",
                )
                for arm in comparison.arms
            ],
            class_="arms",
        ),
        element(
            "p",
            f"{comparison.clinicians:,} clinicians, {comparison.members:,} members, "
            f"{comparison.patients:,} patients in treatment at the start; "
            f"{made.weeks} weeks from {wording.day(comparison.first_day)}.",
        ),
        element(
            "p",
            element("strong", "Simulated."),
            " The figures come from a model of appointments, not from any person's "
            "record. Example systems are synthetic: built to public proportions, with "
            "people who do not exist.",
            class_="notice",
        ),
        class_="page-head",
    )


def _answer(said: Answer, noted: list[str]) -> Markup:
    short = [
        element("p", element("b", sentence[: len(heading)]), sentence[len(heading) :])
        for heading, sentence in said.short
    ]
    arms = [
        element(
            "article",
            element(
                "h3",
                element("span", "", class_=f"swatch arm-{arm.name.index}"),
                arm.name.opening,
            ),
            _listing("Patients", arm.patients),
            _listing("Clinicians", arm.clinicians),
            element("h4", "Cost"),
            element("p", arm.cost),
        )
        for arm in said.arms
    ]
    sure = [element("li", sentence) for sentence in said.how_sure]
    if said.lead:
        short.insert(0, element("p", said.lead, class_="in-short"))
    return join(
        element("div", short, class_="lead"),
        element("h3", "How sure?"),
        element("ul", sure, class_="sure"),
        element("div", arms, class_="answers"),
        _noted(noted),
    )


def _noted(noted: list[str]) -> Markup | None:
    if not noted:
        return None
    return join(
        element("h3", "What the run itself warns of"),
        element("ul", [element("li", note) for note in noted], class_="notes"),
    )


def _listing(heading: str, findings: tuple[Finding, ...]) -> Markup | None:
    if not findings:
        return None
    return element(
        "div",
        element("h4", heading),
        element("ul", [_finding(finding) for finding in findings], class_="findings"),
    )


def _finding(finding: Finding) -> Markup:
    kind = {wording.BETTER: "better", wording.WORSE: "worse"}.get(finding.verdict)
    symbol = wording.MARKS[finding.verdict]
    return element(
        "li",
        element("span", symbol, aria_hidden="true", class_=f"sign {kind or 'plain'}"),
        element("span", f"{finding.verdict}: ", class_="unseen"),
        finding.words,
    )


def _differences(comparison: Comparison) -> Markup:
    base = name_arms(comparison)[comparison.base].full
    return join(
        element(
            "p",
            f"Each dot is a proposal less {base}; the bar is its 95 % range. A hollow "
            "dot is no clear difference.",
        ),
        element("div", effects.difference_figures(comparison), class_="grid"),
        element("div", details("Every measure", summary.all_measures(comparison))),
    )


def _waits(comparison: Comparison) -> Markup | None:
    found = figures.wait_figures(comparison)
    if not found:
        return None
    return join(
        element(
            "p",
            "Each line rises to the share of people who were offered a visit within so "
            "long: higher is shorter waits. The dashed mark is the legal limit. A "
            "percent in a key is the mean of the replications, each license by its own "
            "limit, so the curve can pass the mark a little beside it.",
        ),
        element("div", found, class_="grid two", data_switch="clock"),
    )


def _cost(comparison: Comparison) -> Markup | None:
    found = [money.cost_figure(comparison), money.clause_costs(comparison)]
    return join(*found) if any(found) else None


def _dispute(comparison: Comparison) -> Markup | None:
    tornado = causes.tornado_figures(comparison)
    split = causes.attribution_figures(comparison)
    if not tornado and not split:
        return None
    fewer = causes.fewer_replications(comparison)
    return join(element("p", fewer) if fewer else None, *tornado, *split)


def _trade_off(comparison: Comparison, frontier: Frontier | None) -> Markup | None:
    if frontier is None or not frontier.points:
        return None
    found = trade_off.trade_off_figures(comparison, frontier)
    return element("div", found, class_="grid two")


def _ledgers(comparison: Comparison) -> Markup:
    return join(
        element(
            "p",
            "A full-time week of a licensed therapist, hour by hour. The public "
            "quarrel counted different things; the second table counts them each way.",
        ),
        week.week_bars(comparison),
        week.week_table(comparison),
        week.shortfalls(comparison),
        week.counting_table(comparison),
    )


def _assumed(comparison: Comparison) -> Markup:
    return join(
        assumed.assumptions(comparison),
        element("h3", "Terms not in the numbers"),
        assumed.unmodeled(comparison),
    )


def _slices(comparison: Comparison) -> Markup | None:
    found = closing.slices(comparison)
    if not found:
        return None
    return join(
        element(
            "p",
            f"Counts of fewer than eleven people are shown as {closing.HIDDEN}, and so "
            "is one more cell where a single one could be worked out.",
        ),
        *found,
    )


def _again(comparison: Comparison) -> Markup:
    return join(
        closing.how_to_reproduce(comparison),
        element("h3", "What the model cannot say"),
        closing.limits(),
        element("h3", "Words"),
        closing.glossary(),
    )


def _footer(comparison: Comparison) -> Markup:
    made = comparison.provenance
    return element(
        "footer",
        element(
            "p",
            f"Caretime {made.version}. Inputs {made.inputs_hash[:12]}, seed "
            f"{made.seed}, {made.replications} replications.",
        ),
    )


def _static(name: str) -> str:
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")
