"""What an incident takes away from whom, before anything is decided or written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np

from caretime.continuity._affected_planned import (
    NONE,
    Planned,
    away_by_day,
    planned_visits,
)
from caretime.model.care import VISIT_TYPES, Absence
from caretime.model.incident import Series
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.rules.access import standard_for
from caretime.rules.clocks import clock_of, limit_day


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
    gone = planned.where(away[planned.clinician, planned.day - monday.toordinal()])
    return tuple(_series(system, gone, monday))


def _series(system: CareSystem, gone: Planned, monday: date) -> Iterable[Series]:
    """Yield one series for each patient of the visits that fall away."""
    calendar = system.calendar
    first = monday.toordinal()
    starts = np.flatnonzero(np.diff(gone.patient, prepend=NONE)).tolist()
    ends = pairwise([*starts, len(gone.patient)])
    heads = gone.where(np.array(starts, np.int64))
    weeks = ((gone.day - first) // 7).tolist()

    @cache
    def standard(clinician: int, kind: int, after_intake: int) -> Standard | None:
        clock = clock_of(VISIT_TYPES[kind], after_intake=bool(after_intake))
        code = system.clinicians[clinician].license
        return standard_for(system.standards, clock, code)

    @cache
    def limit(judge: Standard | None, since: int, day: int) -> date:
        begins = calendar.at(date.fromordinal(since), 0)
        return limit_day(judge, begins, date.fromordinal(day), calendar)

    for (begin, end), who, clinician, number, kind, day, since, after in zip(
        ends,
        heads.patient.tolist(),
        heads.clinician.tolist(),
        heads.appointment.tolist(),
        heads.kind.tolist(),
        heads.day.tolist(),
        heads.since.tolist(),
        heads.after_intake.tolist(),
        strict=True,
    ):
        patient = system.patients[who]
        judge = standard(clinician, kind, after)
        yield Series(
            patient_id=patient.patient_id,
            clinician_id=patient.clinician_id,
            visit_type=VISIT_TYPES[kind],
            appointment_id=(
                "" if number == NONE else system.appointments[number].appointment_id
            ),
            first_due=date.fromordinal(day),
            limit_day=limit(judge, since, day),
            standard_id="" if judge is None else judge.standard_id,
            weeks=tuple(dict.fromkeys(weeks[begin:end])),
            interval_weeks=patient.interval_weeks,
            risk_tier=patient.risk_tier,
        )
