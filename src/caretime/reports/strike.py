"""The report of an incident: one HTML file that tells who is cared for and how."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from caretime.model.affected import Affected
from caretime.model.matching import Match
from caretime.model.strike import Proof, StrikePlan, Untimed
from caretime.model.system import CareSystem
from caretime.reports.charts.palette import style_rules
from caretime.reports.markup import Child, Markup, element
from caretime.reports.page import POLICY
from caretime.reports.strike_sections import (
    buy,
    check,
    covered,
    dates,
    desk,
    group_care,
    left_out,
    reach,
    rests,
    summary,
    sure,
    touched,
    way_back,
)
from caretime.reports.strike_tally import Tally, tally
from caretime.reports.strike_words import count, day


def write_strike_report(
    plan: StrikePlan,
    system: CareSystem,
    path: str | Path,
    *,
    affected: Affected | None = None,
    proof: Proof | None = None,
    untimed: Sequence[Untimed] = (),
    office: Sequence[Match] | None = None,
) -> Path:
    """
    Write the report of an incident as one self-contained HTML file.

    The file loads nothing, and its own content policy forbids it to. It holds counts,
    no ids of people, and no reason for an absence. It is written beside its final
    name first, so a reader never meets half a report. The same plan gives the same
    bytes.

    Parameters
    ----------
    plan
        With or without dates, hand-back and recovery; what is not there is left out
        or said to be missing. Without dates limits are judged by weeks.
    system
        The one the plan was made for.
    path
        Where to write; an existing file is replaced.
    affected
        What the incident touches; with it the days have booked visits and group
        seats, and the totals have ranges.
    proof
        What the verifier says; without it the report says that nobody checked.
    untimed
        Visits for which no time was found, with why.
    office
        What one-by-one work would do for the same patients with the same openings, a
        match for each series, to be set beside the plan.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        If plan and system do not belong together.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    page = strike_page(
        plan, system, affected=affected, proof=proof, untimed=untimed, office=office
    )
    part.write_text(page, encoding="utf-8")
    part.replace(target)
    return target


def strike_page(
    plan: StrikePlan,
    system: CareSystem,
    *,
    affected: Affected | None = None,
    proof: Proof | None = None,
    untimed: Sequence[Untimed] = (),
    office: Sequence[Match] | None = None,
) -> str:
    """Return the report as a string of HTML, as `write_strike_report` writes it."""
    counted = tally(plan, system)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{system.name}: care while clinicians are away"),
        element(
            "style",
            Markup(style_rules() + _static("report.css") + _static("strike.css")),
        ),
    )
    parts = (
        ("answer", "The answer", summary.answer(counted, proof, office)),
        *_parts(counted, affected, untimed),
    )
    body = element(
        "body",
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        _header(counted),
        element("main", _sections(parts)),
        _footer(plan),
        element("script", Markup(_static("report.js"))),
    )
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


Part = tuple[str, str, Child]
"""Id, title and content of a section; without content it is left out."""


def _parts(
    counted: Tally, affected: Affected | None, untimed: Sequence[Untimed]
) -> tuple[Part, ...]:
    return (
        ("affected", "Who is affected?", touched.touched(counted, affected)),
        ("covered", "How are they covered?", covered.covered(counted)),
        (
            "left-out",
            "Who was left without care, and why?",
            left_out.left_out(counted),
        ),
        ("reach", "Who was not reached?", reach.reach(counted)),
        ("buy", "Which places would help most?", buy.buy(counted)),
        ("dates", "When are they seen?", dates.dates(counted, untimed)),
        ("desk", "What must be done each day?", desk.desk(counted, affected)),
        ("groups", "What happens to groups?", group_care.group_care(counted)),
        ("back", "The way back", way_back.way_back(counted)),
        ("sure", "How sure is this?", sure.sure(counted, affected)),
        ("rests", "What it rests on", rests.rests(counted)),
        ("check", "How to check it", check.check(counted)),
    )


def _sections(parts: Sequence[Part]) -> list[Markup]:
    kept = [part for part in parts if part[2]]
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
    sections = [
        element(
            "section",
            element("h2", title, id=f"{name}-h"),
            child,
            id=name,
            aria_labelledby=f"{name}-h",
        )
        for name, title, child in kept
    ]
    return [sections[0], contents, *sections[1:]]


def _header(counted: Tally) -> Markup:
    plan, incident = counted.plan, counted.plan.incident
    last = plan.monday + timedelta(weeks=plan.weeks, days=-1)
    known = (incident.first_day - incident.notice_day).days
    return element(
        "header",
        element("p", "Care while clinicians are away", class_="kicker"),
        element("h1", counted.system.name),
        element("p", "Who keeps a visit, who does not, and why?", class_="question"),
        element(
            "p",
            f"From {day(incident.first_day, year=True)}, up to "
            f"{touched.most_away(plan):,} of "
            f"{count(len(counted.system.clinicians), 'clinician')} are away at once. "
            f"The plan covers {count(plan.weeks, 'week')}, to {day(last, year=True)}. "
            f"Notice came {count(known, 'day')} before.",
        ),
        element(
            "p",
            element("strong", "Counts only."),
            " There is no name and no patient's number in this report, and no reason "
            "why anybody is away. Example systems are synthetic, with people who do "
            "not exist.",
            class_="notice",
        ),
        class_="page-head",
    )


def _footer(plan: StrikePlan) -> Markup:
    return element(
        "footer",
        element(
            "p",
            f"Caretime {plan.version}. Inputs {plan.inputs_hash[:12]}, seed "
            f"{plan.seed}.",
        ),
    )


def _static(name: str) -> str:
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")
