"""What an incident takes away from whom, before anything is decided or written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date
from itertools import pairwise

import numpy as np

import caretime
from caretime.continuity._affected_clocks import Clocks
from caretime.continuity._affected_counts import counts_of, days_of
from caretime.continuity._affected_planned import (
    NONE,
    Planned,
    away_by_day,
    planned_visits,
)
from caretime.continuity._affected_touched import Scene, totals_of
from caretime.continuity._affected_visits import (
    affected_groups,
    affected_visits,
    lost_supervision,
)
from caretime.continuity.absent import own_absences, weeks_of, with_sidelined
from caretime.model.affected import Affected, AffectedRange, AffectedTotals
from caretime.model.calendar import monday_of
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.incident import Incident, Series
from caretime.model.matching import MatchPolicy
from caretime.model.system import CareSystem

NOTICE_DAYS = 2
"""Business days between a call and the visit it is about: our choice, no rule [M]."""

LOW_PERCENT, HIGH_PERCENT = 10, 90

Progress = Callable[[int, int, str], None]


def affected(
    system: CareSystem,
    incident: Incident,
    *,
    seed: int = 1,
    weeks: int | None = None,
    policy: MatchPolicy | None = None,
    notice_days: int = NOTICE_DAYS,
    draws: int = 0,
    progress: Progress | None = None,
) -> Affected:
    """
    Count everything an incident touches; nothing is decided and nothing is written.

    Parameters
    ----------
    seed
        Of who is away, where only shares are known.
    weeks
        How many to look at, from the Monday of the incident's week; if not given,
        those a plan would cover under the policy.
    notice_days
        Business days ahead of an appointment by which it is decided and the patient
        called, zero or more. Appointments are decided day by day as they come near
        and never cancelled in one block, so that whoever comes back early finds
        their book intact (as the NHS asks of its trusts in strikes). Nothing is due
        before the day of notice.
    draws
        Seeds, from ``seed`` on, over which the range of who is away is taken; zero
        or one for none. A named list has none.
    progress
        Called with draws done, all draws, and what is going on.

    Returns
    -------
    Affected
        Days and weeks beyond the booked appointments are counted by cadence.

    Raises
    ------
    PlanError
        If the incident names somebody who is not in the system.
    ValueError
        If weeks or days are out of range.

    Examples
    --------
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> day = clinic.first_day
    >>> everybody = Incident("I-1", day, day, (1.0, 1.0))
    >>> found = affected(clinic, everybody)
    >>> found.totals.clinicians, found.totals.booked == len(found.visits)
    (8, True)
    """
    if notice_days < 0 or draws < 0:
        raise ValueError(f"expected 0 or more, got {notice_days} days, {draws} draws")
    if weeks is None:
        weeks = weeks_of(incident, (policy or MatchPolicy()).horizon_weeks)
    if weeks < 1:
        raise ValueError(f"expected at least one week, got {weeks}")
    tell = progress or _quiet
    tell(0, max(draws, 1), "laying out the book")
    monday = monday_of(incident.first_day)
    scene = Scene.of(system, monday, weeks)
    own = own_absences(system, incident, seed=seed)
    whole = with_sidelined(system, own)
    away = away_by_day(system, whole, monday, weeks)
    gone = scene.gone(away)
    led = scene.may_be_led(gone, away)
    visits = affected_visits(scene, gone, led, incident.notice_day, notice_days)
    return Affected(
        incident=incident,
        monday=monday,
        weeks=weeks,
        seed=seed,
        version=caretime.__version__,
        inputs_hash=system.inputs_hash,
        notice_days=notice_days,
        absent=whole,
        visits=visits,
        series=tuple(_series(system, _where_away(scene.planned, away, monday), monday)),
        groups=affected_groups(scene, away),
        supervision=lost_supervision(system, own, whole),
        days=days_of(scene, gone, visits),
        counts=counts_of(scene, gone),
        totals=totals_of(scene, own, whole),
        range=_range(scene, incident, seed, draws, tell),
    )


def series_of(
    system: CareSystem, absences: Iterable[Absence], *, monday: date, weeks: int
) -> tuple[Series, ...]:
    """
    Return what is left of the course of each patient of somebody away.

    Parameters
    ----------
    absences
        Who is away, as `absent` gives it.
    monday, weeks
        First day of week 0, and how many weeks are planned.

    Returns
    -------
    tuple of Series
        In the order of the patients. Nobody whose own clinician is there on every
        day on which a visit is planned.

    Raises
    ------
    ValueError
        If ``monday`` is none, or there are no weeks.

    Notes
    -----
    Visits of a course are those booked with the own clinician (intake or return)
    and after the last of them one every ``interval_weeks``; visits while the
    clinician is still, or again, at work are held and belong to no series. The
    clock of the next visit starts at the visit planned before it, of an intake at
    the request: ``rules.clocks.limit_day`` says how long it runs. Somebody seen in a
    group alone has no series: the group does (``GroupCover``). A week with two
    visits stands once.

    Examples
    --------
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> gone = [Absence(clinic.patients[0].clinician_id, clinic.first_day, None)]
    >>> one = series_of(clinic, gone, monday=clinic.first_day, weeks=4)[0]
    >>> one.first_due <= one.limit_day
    True
    """
    if monday.weekday() != 0 or weeks < 1:
        raise ValueError(f"expected a Monday and weeks, got {monday} and {weeks}")
    planned = planned_visits(system, monday, weeks)
    away = away_by_day(system, absences, monday, weeks)
    return tuple(_series(system, _where_away(planned, away, monday), monday))


def _where_away(planned: Planned, away: np.ndarray, monday: date) -> Planned:
    return planned.where(away[planned.clinician, planned.day - monday.toordinal()])


def _series(system: CareSystem, gone: Planned, monday: date) -> Iterator[Series]:
    """Yield one series for each patient of the visits that fall away."""
    clocks = Clocks(system)
    starts = np.flatnonzero(np.diff(gone.patient, prepend=NONE))
    heads = gone.where(starts)
    weeks = ((gone.day - monday.toordinal()) // 7).tolist()
    for (begin, end), who, clinician, row, kind, day, since, after in zip(
        pairwise([*starts.tolist(), len(weeks)]),
        *(getattr(heads, f.name).tolist() for f in fields(Planned)),
        strict=True,
    ):
        patient = system.patients[who]
        standard_id, limit = clocks.of(clinician, kind, after, since, day)
        yield Series(
            patient_id=patient.patient_id,
            clinician_id=patient.clinician_id,
            visit_type=VISIT_TYPES[kind],
            appointment_id=(
                "" if row == NONE else system.appointments[row].appointment_id
            ),
            first_due=date.fromordinal(day),
            limit_day=limit,
            standard_id=standard_id,
            weeks=tuple(dict.fromkeys(weeks[begin:end])),
            interval_weeks=patient.interval_weeks,
            risk_tier=patient.risk_tier,
        )


def _range(
    scene: Scene, incident: Incident, seed: int, draws: int, tell: Progress
) -> AffectedRange:
    """Count again at the ends of the path and with others away."""

    def counted(number: int, path: str) -> AffectedTotals:
        own = own_absences(scene.system, incident, seed=number, path=path)
        return totals_of(scene, own, with_sidelined(scene.system, own))

    low = counted(seed, "shares_low") if incident.shares_low else None
    high = counted(seed, "shares_high") if incident.shares_high else None
    if draws < 2 or not incident.shares:
        return AffectedRange(low, high, None, None, 0)
    found = []
    for k in range(draws):
        tell(k, draws, "drawing who is away")
        found.append(counted(seed + k, "shares"))
    tell(draws, draws, "drawing who is away")
    tenth, ninetieth = (_percentile(found, at) for at in (LOW_PERCENT, HIGH_PERCENT))
    return AffectedRange(low, high, tenth, ninetieth, draws)


def _percentile(found: Iterable[AffectedTotals], percent: int) -> AffectedTotals:
    """Return the percentile of each number by itself, one that occurred."""
    names = [f.name for f in fields(AffectedTotals)]
    table = np.array([[getattr(one, name) for name in names] for one in found])
    at = np.percentile(table, percent, axis=0, method="inverted_cdf")
    return AffectedTotals(*(int(value) for value in at))


def _quiet(done: int, total: int, what: str) -> None:
    """Tell nobody."""
