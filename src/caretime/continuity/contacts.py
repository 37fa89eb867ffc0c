"""Who is to be called by which day, so that nobody waits unwatched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from caretime.continuity.absent import stretches_of
from caretime.model.calendar import MINUTES_PER_DAY, Calendar
from caretime.model.care import Absence
from caretime.model.incident import Incident, Series
from caretime.model.matching import Match
from caretime.model.strike import Answer, Booking, NextContact, Untimed
from caretime.model.system import CareSystem
from caretime.rules.exceptions import flaw, reaches

CALL_WITHIN_DAYS: Mapping[int, int] = MappingProxyType({1: 1, 2: 3, 3: 5})
"""
Business days within which somebody is called, by risk tier: our choice, no rule [M].
"""

_DAY = timedelta(days=1)


def next_contacts(
    system: CareSystem,
    incident: Incident,
    series: Sequence[Series],
    matches: Sequence[Match],
    absences: Iterable[Absence],
    *,
    bookings: Sequence[Booking] = (),
    untimed: Sequence[Untimed] = (),
    answers: Iterable[Answer] = (),
    today: date | None = None,
) -> tuple[NextContact, ...]:
    """
    Give a day to everybody who waits, has nobody, has no time or cannot be reached.

    Parameters
    ----------
    series, matches
        Of the plan, in the same order.
    absences
        Says when own clinicians are back, up to which people wait.
    bookings, untimed
        Dated visits, and those without a time.
    answers
        What patients said, with clinicians' notes that waiting is safe.
    today
        First day on which anybody can be called; by default the day of notice, or
        the system's first day if that is later.

    Returns
    -------
    tuple of NextContact
        In the order of the series; somebody without telephone and e-mail has a line
        of their own beside the others, because a letter or a visit takes a person.

    Notes
    -----
    A call is due within ``CALL_WITHIN_DAYS``, but not after the visit that falls away,
    and before the last day of the limit: whoever comes to a closed door was called too
    late. Where that day has passed it is ``today``.

    Software never records that waiting is safe. ``clinician_must_record`` stays true
    until a note counts (``rules.exceptions.flaw``) and reaches to the day on which the
    own clinician is back: for everybody who chose to wait, and for the others where
    the wait goes beyond the limit.
    """
    begins = today or max(incident.notice_day, system.first_day)
    due = _due_by(system.calendar, begins)
    rest = _Waiting(system, absences, bookings, answers)
    lost = {u.patient_id for u in untimed}
    reachable = {
        p.patient_id for p in system.patients if p.has_phone or p.has_email
    }  # fmt: skip
    found = []
    for one, match in zip(series, matches, strict=True):
        reasons = []
        if match.outcome != "placed":
            reasons.append(match.outcome)
        elif one.patient_id in lost:
            reasons.append("no_time")
        if one.patient_id not in reachable:
            reasons.append("no_contact_point")
        if reasons:
            by = due(one.risk_tier, one.first_due, one.limit_day)
            must = rest.must_record(one, match)
            found += [NextContact(one.patient_id, by, r, must) for r in reasons]
    return tuple(found)


def _due_by(calendar: Calendar, begins: date) -> Callable[[int, date, date], date]:
    """Return what says by when to call, each business day looked up once."""
    first = begins
    while not calendar.is_business_day(first):
        first += _DAY
    within = {
        tier: calendar.add_business_days(begins, days)
        for tier, days in CALL_WITHIN_DAYS.items()
    }
    before: dict[date, date] = {}

    def on_or_before(day: date) -> date:
        if day not in before:
            found = max(day, first)
            while not calendar.is_business_day(found):
                found -= _DAY
            before[day] = found
        return before[day]

    def due(tier: int, planned: date, limit: date) -> date:
        latest = min(within[tier], planned, limit - _DAY)
        return on_or_before(latest)

    return due


class _Waiting:
    """Knows until when people wait, and whether somebody recorded that it is safe."""

    def __init__(
        self,
        system: CareSystem,
        absences: Iterable[Absence],
        bookings: Iterable[Booking],
        answers: Iterable[Answer],
    ) -> None:
        self._calendar = system.calendar
        self._standards = {s.standard_id: s for s in system.standards}
        self._away = stretches_of(absences)
        self._first = {b.patient_id: b for b in bookings if b.number == 1}
        self._notes = {
            a.patient_id: a.extension for a in sorted(answers, key=lambda a: a.at)
        }

    def must_record(self, series: Series, match: Match) -> bool:
        """Say whether a clinician has still to record that the wait is safe."""
        visit = self._first.get(series.patient_id)
        if match.outcome == "placed":
            in_time = visit.within_limit if visit else match.within_limit
            seen = visit.start.date() if visit else None
        else:
            seen = self._back(series)
            in_time = seen is not None and seen <= series.limit_day
            if match.outcome == "waits":
                in_time = False
        return not in_time and not self._is_recorded(series, seen)

    def _back(self, series: Series) -> date | None:
        """Return the first day on which the own clinician is back; none is known."""
        for first, last in self._away.get(series.clinician_id, ()):
            if first <= series.first_due and (last is None or series.first_due <= last):
                return None if last is None else last + _DAY
        return series.first_due

    def _is_recorded(self, series: Series, seen: date | None) -> bool:
        extension = self._notes.get(series.patient_id)
        standard = self._standards.get(series.standard_id)
        if extension is None or standard is None:
            return False
        lapses = self._calendar.at(series.limit_day, MINUTES_PER_DAY - 1)
        if flaw(extension, standard, lapses_at=lapses) is not None:
            return False
        if seen is None:
            return extension.extends_to is None
        return reaches(extension, self._calendar.at(seen, 0))
