"""Who is away in an incident, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches

from caretime.errors import PlanError
from caretime.model.calendar import monday_of
from caretime.model.care import Absence
from caretime.model.incident import Incident
from caretime.model.system import CareSystem
from caretime.simulation.participation import is_covered, positions, share_in
from caretime.simulation.streams import threshold

Stretch = tuple[date, date | None]
"""First and last day away; ``None`` is open."""

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def absent(
    system: CareSystem, incident: Incident, *, seed: int = 1, path: str = "shares"
) -> tuple[Absence, ...]:
    """
    Return who is away in an incident: named, or drawn; and those left unsupervised.

    Parameters
    ----------
    seed
        Of the draw; a named list is not drawn. The positions on the path are those
        of replication 0 of a simulation with this seed.
    path
        One of ``simulation.participation.PATHS``.

    Returns
    -------
    tuple of Absence
        One for each stretch, in the order of the clinicians, then of days. Of a path
        a stretch ends on the Sunday before the week of return. An open end is
        ``None``.

    Raises
    ------
    PlanError
        If a name of the list is no clinician of the system.

    Notes
    -----
    An associate whose supervisor is away may not practise and is sidelined for just
    those days, at work or not. Leave on record (``CareSystem.absences``) is not the
    incident's and not in the answer. Somebody named who works at a site that is not
    covered is away all the same: a name says more than a site.

    Examples
    --------
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> day = clinic.first_day
    >>> falling = Incident("I-1", day, day - timedelta(days=10), (1.0, 0.5))
    >>> first_week = {a.clinician_id for a in absent(clinic, falling)}
    >>> len(first_week)
    8
    """
    own = own_absences(system, incident, seed=seed, path=path)
    return with_sidelined(system, own)


def weeks_of(incident: Incident, horizon_weeks: int) -> int:
    """
    Return how many weeks a plan covers, from the Monday of the incident's week.

    Those of the incident, at most ``horizon_weeks``; that many of an open end.

    Examples
    --------
    >>> incident = Incident("I", date(2024, 10, 24), date(2024, 10, 10),
    ...     clinician_ids=("C-1",), last_day=date(2024, 10, 28))
    >>> weeks_of(incident, 8)
    2
    """
    if incident.open_ended:
        return horizon_weeks
    weeks = incident.weeks
    if incident.last_day is not None:
        days = monday_of(incident.last_day) - monday_of(incident.first_day)
        weeks = days.days // 7 + 1
    return min(weeks, horizon_weeks)


def own_absences(
    system: CareSystem, incident: Incident, *, seed: int = 1, path: str = "shares"
) -> tuple[Absence, ...]:
    """
    Return who is away of their own accord, nobody sidelined; as `absent` else.

    Raises
    ------
    PlanError
        If a name of the list is no clinician of the system.
    """
    if incident.clinician_ids:
        return _named(system, incident)
    found = []
    weeks = incident.weeks
    shares = [share_in(incident, week, path) for week in range(weeks)]
    begins = monday_of(incident.first_day)
    covered = is_covered(incident, system.clinicians).tolist()
    where = positions(len(system.clinicians), seed=seed).tolist()
    bounds = [threshold(share) for share in shares]
    for clinician, counts, position in zip(
        system.clinicians, covered, where, strict=True
    ):
        away = [k for k in range(weeks) if counts and position < bounds[k]]
        for first, last in _runs(away):
            from_day = max(begins + first * _WEEK, incident.first_day)
            to_day = begins + (last + 1) * _WEEK - _DAY
            goes_on = incident.open_ended and last == weeks - 1
            found.append(
                Absence(clinician.clinician_id, from_day, None if goes_on else to_day)
            )
    return tuple(found)


def with_sidelined(
    system: CareSystem, absences: Iterable[Absence]
) -> tuple[Absence, ...]:
    """
    Add the days on which associates have no supervisor; stretches that meet are one.

    Examples
    --------
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> associate = next(c for c in clinic.clinicians if c.supervisor_id)
    >>> gone = Absence(associate.supervisor_id, clinic.first_day, None)
    >>> [a.clinician_id for a in with_sidelined(clinic, [gone])] == sorted(
    ...     [associate.supervisor_id, associate.clinician_id])
    True
    """
    stretches = stretches_of(absences)
    for clinician in system.clinicians:
        if clinician.supervisor_id in stretches:
            own = stretches.get(clinician.clinician_id, [])
            lost = stretches[clinician.supervisor_id]
            stretches[clinician.clinician_id] = _joined([*own, *lost])
    return tuple(
        Absence(clinician.clinician_id, first, last)
        for clinician in system.clinicians
        for first, last in stretches.get(clinician.clinician_id, ())
    )


def stretches_of(absences: Iterable[Absence]) -> dict[str, list[Stretch]]:
    """Return by clinician the stretches away, in order, those that meet joined."""
    found: dict[str, list[Stretch]] = {}
    for absence in absences:
        stretch = (absence.first_day, absence.last_day)
        found.setdefault(absence.clinician_id, []).append(stretch)
    return {who: _joined(stretches) for who, stretches in found.items()}


def is_away(stretches: Mapping[str, list[Stretch]], who: str, day: date) -> bool:
    """Say whether somebody is away on a day."""
    return any(
        first <= day and (last is None or day <= last)
        for first, last in stretches.get(who, ())
    )


def _named(system: CareSystem, incident: Incident) -> tuple[Absence, ...]:
    known = [c.clinician_id for c in system.clinicians]
    unknown = sorted(set(incident.clinician_ids).difference(known))
    if unknown:
        near = get_close_matches(unknown[0], known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        raise PlanError(
            f"incident {incident.incident_id} names {unknown[0]}{more}, who "
            f"{'are' if more else 'is'} no clinician of the system{hint}"
        )
    named = frozenset(incident.clinician_ids)
    return tuple(
        Absence(who, incident.first_day, incident.last_day)
        for who in known
        if who in named
    )


def _runs(weeks: list[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of weeks that follow each other."""
    runs: list[tuple[int, int]] = []
    for week in weeks:
        if runs and week == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], week)
        else:
            runs.append((week, week))
    return runs


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Join stretches that overlap or follow each other."""
    joined: list[Stretch] = []
    for first, last in sorted(stretches, key=lambda s: (s[0], s[1] or date.max)):
        if joined:
            before = joined[-1][1]
            if before is None:
                break
            if first <= before + _DAY:
                longer = None if last is None else max(before, last)
                joined[-1] = (joined[-1][0], longer)
                continue
        joined.append((first, last))
    return joined
