"""The clock of each visit of a care system, every standard and limit found once."""

from __future__ import annotations

from datetime import date, datetime

from caretime.model.care import VISIT_TYPES
from caretime.model.standards import Standard
from caretime.model.system import CareSystem
from caretime.rules.access import standard_for
from caretime.rules.clocks import clock_of, limit_day

Clock = tuple[str, date]
"""Id of the standard, empty where none judges, and the last day within it."""


class Clocks:
    """
    Clocks by clinician, kind of visit and days.

    Tens of thousands of visits share a few hundred limits: each is worked out once.
    """

    def __init__(self, system: CareSystem) -> None:
        self._system = system
        self._standards: dict[tuple[str, str], Standard | None] = {}
        self._licenses = [c.license for c in system.clinicians]
        self._known: dict[tuple[str, int, int, int, int], Clock] = {}

    def of(
        self, clinician: int, kind: int, after_intake: int, since: int, day: int
    ) -> Clock:
        """
        Return the clock of a visit that starts with a day.

        Parameters
        ----------
        clinician
            Row in the system's clinicians.
        kind
            Place in ``model.care.VISIT_TYPES``.
        since, day
            Ordinals: where the clock starts, and the planned day.
        """
        key = (self._licenses[clinician], kind, after_intake, since, day)
        if key not in self._known:
            clock = clock_of(VISIT_TYPES[kind], after_intake=bool(after_intake))
            judge = self._standard(clock, key[0])
            calendar = self._system.calendar
            starts_at = calendar.at(date.fromordinal(since), 0)
            planned = date.fromordinal(day)
            limit = limit_day(judge, starts_at, planned, calendar)
            self._known[key] = "" if judge is None else judge.standard_id, limit
        return self._known[key]

    def at(
        self, clinician: int, kind: int, starts_at: datetime | None, planned: date
    ) -> Clock:
        """Return the clock of a visit that starts at a moment, or at an unknown one."""
        judge = self._standard(clock_of(VISIT_TYPES[kind]), self._licenses[clinician])
        if judge is None or starts_at is None:
            return "" if judge is None else judge.standard_id, planned
        limit = limit_day(judge, starts_at, planned, self._system.calendar)
        return judge.standard_id, limit

    def _standard(self, clock: str, license_code: str) -> Standard | None:
        key = (clock, license_code)
        if key not in self._standards:
            found = standard_for(self._system.standards, clock, license_code)
            self._standards[key] = found
        return self._standards[key]
