"""Supervision on a date: the minutes an associate has without the supervisor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.dated import LoneSupervision
from caretime.model.system import CareSystem
from caretime.model.week import Block, Roster
from caretime.rules.spans import Span, spans_of, subtract, visit_activities

Weeks = Mapping[tuple[str, date], Sequence[Block]]
"""Blocks of each clinician and Monday, in minutes of that week."""


def supervision_alone(
    weeks: Weeks, roster: Roster, system: CareSystem
) -> dict[tuple[str, date], list[Span]]:
    """
    Return the minutes of supervision that associates have without supervisor.

    Parameters
    ----------
    weeks
        As worked, of everyone in the roster.

    Returns
    -------
    dict
        By associate and Monday, where there are any: spans in minutes of the week.

    Notes
    -----
    A supervisor is there in own supervision blocks, less visits set into them. Of
    one who works at a site that the roster does not plan, only absences are known:
    as in ``check_roster``, nothing else is held against such a pair. Two associates
    at once with one supervisor are not told here, that is a fault of the weeks.
    """
    people = {c.clinician_id: c for c in system.clinicians}
    planned = {people[week.clinician_id].clinic_id for week in roster.weeks}
    alone = {}
    for (who, monday), blocks in weeks.items():
        supervisor = people.get(people[who].supervisor_id or "")
        if supervisor is None:
            continue
        if supervisor.clinic_id in planned:
            theirs = weeks.get((supervisor.clinician_id, monday), ())
            given = _given(theirs)
        else:
            given = _not_absent(supervisor.clinician_id, monday, system)
        if left := subtract(spans_of(blocks, ("supervision",)), given):
            alone[who, monday] = left
    return alone


def lone_supervision(
    alone: Mapping[tuple[str, date], Sequence[Span]], system: CareSystem
) -> Iterator[LoneSupervision]:
    """Yield the spans of ``supervision_alone`` with their dates and supervisors."""
    supervisors = {c.clinician_id: c.supervisor_id for c in system.clinicians}
    for (who, monday), spans in alone.items():
        for first, last in spans:
            day, start = divmod(first, MINUTES_PER_DAY)
            yield LoneSupervision(
                monday + timedelta(days=day),
                who,
                start,
                last - first,
                supervisors[who] or "",
            )


def supervision_shared(
    weeks: Weeks, roster: Roster, system: CareSystem
) -> dict[tuple[str, date], list[Block]]:
    """Return each week's supervision, less the minutes without supervisor."""
    alone = supervision_alone(weeks, roster, system)
    return {
        key: [
            Block(start, end - start, "supervision")
            for start, end in subtract(
                spans_of(blocks, ("supervision",)), alone.get(key, ())
            )
        ]
        for key, blocks in weeks.items()
    }


def _given(blocks: Sequence[Block]) -> list[Span]:
    """Return when supervision is given: a visit set into it takes its minutes."""
    visits = spans_of(blocks, visit_activities())
    return subtract(spans_of(blocks, ("supervision",)), visits)


def _not_absent(who: str, monday: date, system: CareSystem) -> list[Span]:
    """Return the days of a week on which no absence of somebody is planned."""
    absences = [a for a in system.absences if a.clinician_id == who]
    days = {k: monday + timedelta(days=k) for k in range(7)}
    return [
        (k * MINUTES_PER_DAY, (k + 1) * MINUTES_PER_DAY)
        for k, day in days.items()
        if not any(
            a.first_day <= day and (a.last_day is None or day <= a.last_day)
            for a in absences
        )
    ]
