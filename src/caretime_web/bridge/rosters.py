"""Rows to rosters: the weeks adopted together, or those that hold on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime_web.data import plan


def read_roster(roster_id: str) -> Roster:
    """
    Return the weeks that were adopted together, as they were.

    Raises
    ------
    DoesNotExist
        If there is no such roster.
    """
    row = plan.Roster.objects.get(pk=roster_id)
    return Roster(
        row.contract_id or "",
        _weeks(row.weeks.all()),
        row.first_day,
        row.last_day,
    )


def weeks_on(day: date) -> tuple[RosterWeek, ...]:
    """Return the weeks that hold on a day, one a clinician, by their ids."""
    holds = Q(first_day__lte=day) & (Q(last_day=None) | Q(last_day__gte=day))
    return _weeks(plan.RosterWeek.objects.filter(holds))


def weeks_between(
    first: date, last: date, *, clinician_id: str
) -> tuple[tuple[date, date | None, RosterWeek], ...]:
    """Return a clinician's weeks that hold on any of these days, with their days."""
    rows = plan.RosterWeek.objects.filter(
        Q(last_day=None) | Q(last_day__gte=first),
        clinician=clinician_id,
        first_day__lte=last,
    ).order_by("first_day")
    return tuple((row.first_day, row.last_day, _weeks([row])[0]) for row in rows)


def _weeks(rows: Iterable[plan.RosterWeek]) -> tuple[RosterWeek, ...]:
    of_week = {row.pk: row.clinician_id for row in rows}
    blocks: dict[int, list[Block]] = {pk: [] for pk in of_week}
    places: dict[int, list[str]] = {pk: [] for pk in of_week}
    # Equal blocks recur in week after week: each is made once.
    pool: dict[tuple[int, int, str], Block] = {}
    ordered = plan.RosterBlock.objects.filter(week__in=of_week).order_by("start")
    for pk, start, minutes, activity, place in ordered.values_list(
        "week_id", "start", "minutes", "activity", "place"
    ):
        key = (start, minutes, activity)
        blocks[pk].append(pool.get(key) or pool.setdefault(key, Block(*key)))
        places[pk].append(place)
    weeks = (
        RosterWeek(who, Template(tuple(blocks[pk])), tuple(places[pk]))
        for pk, who in of_week.items()
    )
    return tuple(sorted(weeks, key=lambda week: week.clinician_id))
