"""A week on a terminal: its ledger, its openings, its days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from caretime.model.terms import Contract
    from caretime.model.week import Template
    from caretime.rules.ledger import Ledger

BAR = 30
"""Width of the longest bar, in characters."""

DAY_WIDTH = 10
"""Least width of a day, though nobody works on it: a place such as telehealth."""

SCREEN = 80 - len("08:00 ")
"""What a terminal leaves for the days, in characters."""


def plain_table(title: str, *columns: str) -> Table:
    """Return an empty table; a heading that begins with ``>`` stands right."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for heading in columns:
        justify: Any = "right" if heading.startswith(">") else "left"
        table.add_column(heading.removeprefix(">"), justify=justify)
    return table


def hours_minutes(minutes: int) -> str:
    """
    Return minutes as hours and minutes.

    >>> hours_minutes(450), hours_minutes(2400)
    ('7:30', '40:00')
    """
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}"


def ledger_table(
    terms: Contract, ledger: Ledger, built: Template | None = None
) -> Table:
    """
    Return the ledger as a table whose bars are the picture of the week.

    Parameters
    ----------
    built
        A week made for the ledger; its minutes stand beside the agreed ones, once
        for each activity.
    """
    from caretime.reports.week_calendar import activity_titles

    given = () if built is None else (">In the week",)
    table = plain_table("The week", "Activity", ">Hours", *given, "", "Counted by")
    titles = activity_titles()
    longest = max(line.minutes for line in ledger.lines)
    kinds = {clause.clause_id: clause.standing for clause in terms.clauses}
    told: set[str] = set()
    for line in ledger.lines:
        # Hours set aside for others are counted by a fact, not by a clause.
        who = ", ".join(
            f"{i} ({kinds[i]})" if i in kinds else i for i in line.clause_ids
        )
        notes = [
            who or "what is left",
            *(["protected"] if line.protected else []),
            *([f"bookable: {ledger.bookable_trigger}"] if line.bookable else []),
            *([] if line.assigned else ["unassigned"]),
            *(["unpaid"] if line.activity == "meal" else []),
        ]
        bar = "█" * max(1, round(BAR * line.minutes / longest))
        cells = [titles[line.activity], hours_minutes(line.minutes)]
        if built is not None:
            first = line.activity not in told
            told.add(line.activity)
            cells.append(
                hours_minutes(built.minutes_of(line.activity)) if first else ""
            )
        table.add_row(*cells, bar, "; ".join(notes))
    table.add_section()
    paid = [hours_minutes(ledger.paid_minutes)]
    if built is not None:
        paid.append(hours_minutes(_paid(built)))
    table.add_row("Paid", *paid, "", "")
    return table


def _paid(week: Template) -> int:
    from caretime.rules.spans import paid_activities

    return week.minutes_of(*paid_activities())


def show_openings(out: Console, ledger: Ledger) -> None:
    """Print openings, caps, and what does not fit."""
    openings = ledger.openings
    parts = [
        f"{_many(openings.return_, 'return')} of {ledger.return_minutes} min",
        f"{_many(openings.intake, 'intake')} of {ledger.intake_minutes}",
        f"{openings.urgent} urgent of {ledger.urgent_minutes}",
        f"{_many(openings.group, 'group')} of {ledger.group_minutes}",
    ]
    caps = [
        f"{cap} {what}"
        for cap, what in (
            (ledger.daily_cap, "patients a day"),
            (ledger.weekly_cap, "patients a week"),
            (ledger.caseload_cap, "in treatment"),
        )
        if cap is not None
    ]
    out.print(f"Openings a week: {', '.join(parts)}.", markup=False)
    if caps:
        out.print(f"At most {', '.join(caps)}.", markup=False)
    for shortfall in ledger.shortfalls:
        out.print(f"Does not fit: {shortfall}.", markup=False)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def week_table(
    title: str,
    week: Template,
    *,
    places: Sequence[str] = (),
    protected: Collection[str] = (),
    step: int = 30,
) -> Table:
    """
    Return the days of a week side by side.

    Parameters
    ----------
    places
        Where each block is worked; the days' headings say where most of it is.
    protected
        Activities to be marked with ``*``.
    """
    from caretime.reports.week_calendar import DAYS, day_places, week_rows

    where = day_places(week, places)
    # A day without a place keeps its name on the line of the others'.
    heads = [
        f"{day[:3]}\n{place or ' '}" if any(where) else day[:3]
        for day, place in zip(DAYS, where, strict=False)
    ]
    table = plain_table(title, "", *heads)
    for row in week_rows(week, step=step, protected=protected):
        table.add_row(*row)
    for column in table.columns[1:]:
        column.min_width = min(DAY_WIDTH, SCREEN // len(heads) - 2)
    return of_days(table)


def of_days(table: Table) -> Table:
    """Let a table with a time and five days fit 80 characters, unwrapped."""
    table.padding = (0, 0)
    for column in table.columns:
        column.no_wrap = True
    table.columns[0].min_width = len("08:00")
    return table
