"""What ``caretime affected`` prints, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from caretime.cli._roster_tables import counted
from caretime.cli._week_tables import plain_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from caretime.cli._affected_parts import Count, Part, Parts
    from caretime.model.affected import Affected, AffectedTotals

DAYS_SHOWN = 40
"""Days printed before "and more"; JSON has them all."""

COLUMNS = 6
"""Counties side by side in the table of languages, the largest ones."""

HIDDEN = "–"

TOTALS = {
    "clinicians": "Clinicians away",
    "sidelined": "of them for want of a supervisor",
    "people": "People",
    "highest_risk": "of them at highest risk",
    "unreachable": "of them without phone and e-mail",
    "booked": "Appointments in the book",
    "referrals": "of them first visits",
    "due": "Visits due, not booked yet",
    "groups": "Groups",
    "sessions": "Sessions",
    "co_led": "of them a co-leader may run",
}


def print_affected(found: Affected, parts: Parts, name: str, out: Console) -> None:
    """Print the first screen: how many, when, where, and what to decide first."""
    incident = found.incident
    length = counted(found.weeks, "week")
    until = ", no end known" if incident.open_ended else ""
    out.print(
        f"{name}, incident {incident.incident_id}: {length} from "
        f"{incident.first_day}{until}.",
        style="bold",
        markup=False,
    )
    for title, text in _facts(found):
        out.print(f"  {title:<18}{text}", markup=False)
    if not found.totals.touched:
        return
    out.print(_week_table(found))
    out.print(_day_table(found))
    if len(found.days) > DAYS_SHOWN:
        rest = len(found.days) - DAYS_SHOWN
        out.print(f"  and {counted(rest, 'day')} more (--json has them all)")
    for table in _part_tables(parts):
        out.print(table)
    if parts.counties:
        out.print(
            f"{HIDDEN}: 1 to 10, or a count that would give one away. Places with few "
            "people are put together. --csv has every appointment.",
            markup=False,
        )
    if (spread := _range_table(found)) is not None:
        out.print(spread)


def _facts(found: Affected) -> Iterator[tuple[str, str]]:
    """Yield what stands above the tables."""
    whole = found.totals
    drawn = f"drawn, seed {found.seed}" if found.incident.shares else "named"
    for_want = f"; {whole.sidelined:,} only for want of a supervisor"
    yield (
        "away",
        f"{counted(whole.clinicians, 'clinician')} ({drawn})"
        + (for_want if whole.sidelined else ""),
    )
    if not whole.touched:
        yield "affected", "nobody: nothing is planned with those away in these weeks"
        return
    yield "people", f"{whole.people:,}, {whole.highest_risk:,} of the highest risk"
    firsts = f", {whole.referrals:,} of them first visits" if whole.referrals else ""
    yield "in the book", f"{counted(whole.booked, 'appointment')}{firsts}"
    yield "not booked yet", f"{counted(whole.due, 'visit')} due by cadence"
    if whole.groups:
        yield (
            "groups",
            f"{whole.groups:,} with {counted(whole.sessions, 'session')}; a co-leader "
            f"may run {whole.co_led:,}",
        )
    yield (
        "out of reach",
        f"{whole.unreachable:,} without telephone and e-mail",
    )
    late = sum(v.limit_day < v.start.date() for v in found.visits if v.standard_id)
    if late:
        yield "late as booked", f"{late:,}: beyond their limit whoever is away"
    yield from _first_decisions(found)
    yield (
        "inputs",
        f"{found.inputs_hash[:16] or 'unsaved'}, version {found.version}; nothing was "
        "written",
    )


def _first_decisions(found: Affected) -> Iterator[tuple[str, str]]:
    """Yield what must be decided first, and how little that is of the whole."""
    first = next((day for day in found.days if day.decide), None)
    if first is None:
        return
    yield (
        "decide first",
        f"{counted(first.decide, 'appointment')} by {first.day}, "
        f"{first.decide_highest_risk:,} of the highest risk",
    )
    begins = found.incident.first_day
    later = sum(day.decide for day in found.days if day.day > begins)
    yield (
        "then day by day",
        f"{later:,} stay booked past {begins}, "
        f"{counted(found.notice_days, 'business day')} ahead each",
    )


def _week_table(found: Affected) -> Table:
    table = plain_table("By week", "Week of", ">People", ">Booked", ">Due")
    for one in found.counts_by("week"):
        table.add_row(one.part, f"{one.people:,}", f"{one.booked:,}", f"{one.due:,}")
    return table


def _day_table(found: Affected) -> Table:
    table = plain_table(
        "By day: what falls away, and what must be decided by its end",
        *("Day", ">Booked", ">Highest risk", ">Due", ">Decide", ">Highest risk"),
    )
    for one in found.days[:DAYS_SHOWN]:
        counts = (
            one.booked,
            one.booked_highest_risk,
            one.due,
            one.decide,
            one.decide_highest_risk,
        )
        table.add_row(
            f"{one.day:%a} {one.day}", *(f"{n:,}" if n else "" for n in counts)
        )
    return table


def _part_tables(parts: Parts) -> Iterator[Table]:
    """Yield the breakdowns that may be shown."""
    from caretime.tables import rows

    if not parts.counties:
        return
    title = {row["language"]: row["title"] for row in rows("languages")}
    languages = [
        ", ".join(title.get(part, part) for part in one.parts)
        for one in parts.languages
    ]
    counties = [", ".join(one.parts) for one in parts.counties]
    tiers = [
        f"{one.parts[0]} (highest)" if one.parts == ("1",) else one.parts[0]
        for one in parts.tiers
    ]
    kinds = [one.parts[0] for one in parts.visit_types]
    yield _part_table("By county", "County", counties, parts.counties)
    yield _part_table("By language", "Language", languages, parts.languages)
    if len(counties) > 1 and len(languages) > 1:
        yield _crossed_table(parts, counties, languages)
    if _any_shown(parts.tiers):
        yield _part_table("By risk", "Tier", tiers, parts.tiers, contact=True)
    if _any_shown(parts.visit_types):
        yield _part_table("By kind of visit", "Kind", kinds, parts.visit_types)


def _any_shown(parts: Sequence[Part]) -> bool:
    return any(one.people is not None for one in parts)


def _part_table(
    title: str,
    heading: str,
    names: Sequence[str],
    parts: Sequence[Part],
    *,
    contact: bool = False,
) -> Table:
    more = (">Out of reach",) if contact else ()
    table = plain_table(title, heading, ">People", ">Booked", ">Due", *more)
    for name, one in zip(names, parts, strict=True):
        cells = [
            one.people,
            one.booked,
            one.due,
            *([one.unreachable] if contact else []),
        ]
        table.add_row(name, *map(_shown, cells))
    return table


def _crossed_table(
    parts: Parts, counties: Sequence[str], languages: Sequence[str]
) -> Table:
    more = len(counties) - COLUMNS
    title = "People by language and county"
    if more > 0:
        title += f", the {COLUMNS} with most of them"
    table = plain_table(title, "Language", *(f">{c}" for c in counties[:COLUMNS]))
    for name, row in zip(languages, parts.crossed, strict=True):
        table.add_row(name, *(_shown(count) for count in row[:COLUMNS]))
    return table


def _shown(count: Count) -> str:
    return HIDDEN if count is None else f"{count:,}"


def _range_table(found: Affected) -> Table | None:
    """Return how far the totals could be off, ``None`` where nothing says."""
    spread = found.range
    columns: dict[str, AffectedTotals] = {}
    if spread.low is not None:
        columns["Low path"] = spread.low
    columns[f"Seed {found.seed}"] = found.totals
    if spread.high is not None:
        columns["High path"] = spread.high
    if spread.tenth is not None and spread.ninetieth is not None:
        columns["10th"], columns["90th"] = spread.tenth, spread.ninetieth
    if len(columns) == 1:
        return None
    title = "How far it could be off"
    if spread.draws:
        title += f"; percentiles over {spread.draws} draws of who is away"
    table = plain_table(title, "", *(f">{name}" for name in columns))
    for field, name in TOTALS.items():
        numbers = [getattr(one, field) for one in columns.values()]
        if any(numbers):
            table.add_row(name, *(f"{number:,}" for number in numbers))
    return table
