"""The last day on which a planned visit still keeps its clock."""

from __future__ import annotations

from datetime import date, datetime

from caretime.model.calendar import Calendar
from caretime.model.standards import Standard
from caretime.rules.access import lapses_at
from caretime.rules.exceptions import exception_clocks


def clock_of(visit_type: str, *, after_intake: bool = False) -> str:
    """
    Return the clock that judges a visit; empty where none does.

    Parameters
    ----------
    visit_type
        One of ``model.care.VISIT_TYPES``.
    after_intake
        Whether the visit before it was the intake: then it is the first treatment.

    Notes
    -----
    A group session has no clock of its own, as ``measures`` counts it too.

    Examples
    --------
    >>> clock_of("return"), clock_of("return", after_intake=True), clock_of("group")
    ('follow_up', 'first_treatment', '')
    """
    if visit_type == "return":
        return "first_treatment" if after_intake else "follow_up"
    return {"intake": "intake", "urgent": "urgent"}.get(visit_type, "")


def limit_day(
    standard: Standard | None, starts_at: datetime, planned: date, calendar: Calendar
) -> date:
    """
    Return the last local day on which a planned visit still keeps its standard.

    Parameters
    ----------
    standard
        As ``access.standard_for`` gives it; ``None`` where no standard judges.
    starts_at
        When the clock starts: the prior visit of a follow-up, the request for an
        intake. The time of day matters to clocks in hours alone.
    planned
        Day of the visit as the treating clinician planned it.

    Returns
    -------
    date
        Of a follow-up that was planned later than the standard allows, the planned
        day: periodic care that the treating clinician scheduled ahead is lawful on
        its day and late after it (28 CCR 1300.67.2.2, paragraph (5)(I)), where the
        profile has that exception for the clock. Of any other visit the day on
        which the standard lapses, which may lie before the planned day: then the
        visit is late as it is booked. Without a standard the planned day, because
        nothing else was promised.

    Notes
    -----
    Our reading: an interval of three or four weeks in the plan of treatment is the
    clinician's decision for the own visits, and covers the same visit with a
    substitute. It covers no day after the planned one. The exception does not reach
    a first treatment, so a visit planned three weeks after an intake is late.

    Examples
    --------
    Every four weeks, seen on Monday, September 30: due, and lawful, on October 28.

    >>> from caretime.rules.access import load_standards, standard_for
    >>> follow_up = standard_for(load_standards("california"), "follow_up", "LCSW")
    >>> la = Calendar()
    >>> seen = la.at(date(2024, 9, 30), 10 * 60)
    >>> limit_day(follow_up, seen, date(2024, 10, 28), la)
    datetime.date(2024, 10, 28)

    Every week, due on October 7: ten business days are over on October 14.

    >>> limit_day(follow_up, seen, date(2024, 10, 7), la)
    datetime.date(2024, 10, 14)
    """
    if standard is None:
        return planned
    lapses = lapses_at(standard, starts_at, calendar).date()
    ahead = exception_clocks(standard.profile).get("scheduled_ahead", frozenset())
    return max(planned, lapses) if standard.clock in ahead else lapses
