"""Free places in the weeks of those who return, taken one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from caretime.continuity._supply_book import DAYS, Book, book_of
from caretime.continuity._supply_weeks import INTAKE, RETURN, URGENT
from caretime.model.calendar import MINUTES_PER_DAY, monday_of
from caretime.model.care import Absence
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster

KIND_OF = {"return": RETURN, "intake": INTAKE, "urgent": URGENT}


class Places:
    """
    Openings of clinicians from their first day back, less what is booked.

    Parameters
    ----------
    returned
        First day back by clinician.
    weeks
        How many, from the Monday of the first return.
    """

    def __init__(
        self,
        system: CareSystem,
        contract: Contract,
        returned: Mapping[str, date],
        *,
        weeks: int,
        roster: Roster | None = None,
    ) -> None:
        self.monday = monday_of(min(returned.values()))
        self.weeks = weeks
        self.book = book_of(
            system,
            contract,
            _away(system, returned, self.monday),
            monday=self.monday,
            weeks=weeks,
            roster=roster,
        )
        self.people = {
            system.clinicians[k].clinician_id: i for i, k in enumerate(self.book.people)
        }
        self._free = {kind: _days(self.book, kind) for kind in KIND_OF.values()}
        laid = self.book.weeks
        has_intakes = (laid.kind == INTAKE).any(axis=1)[laid.row].any(axis=1)
        self._has_intakes: list[bool] = has_intakes.tolist()

    def take(self, clinician_id: str, visit_type: str, earliest: date) -> date | None:
        """
        Take the first free place on a day or after it; ``None`` where none is left.

        Where the weeks have no intake openings at all, intakes share the returns'.
        """
        day = self.next_day(clinician_id, visit_type, earliest)
        if day is not None:
            free = self.days_left(clinician_id, visit_type)
            free.remove((day - self.monday).days)
        return day

    def next_day(
        self, clinician_id: str, visit_type: str, earliest: date
    ) -> date | None:
        """Return the day that `take` would take."""
        free = self.days_left(clinician_id, visit_type)
        place = bisect_left(free, (earliest - self.monday).days)
        if place == len(free):
            return None
        return self.monday + timedelta(days=free[place])

    def days_left(self, clinician_id: str, visit_type: str) -> list[int]:
        """Return the days of the places still free, from the first Monday."""
        person = self.people.get(clinician_id)
        if person is None:
            return []
        kind = KIND_OF[visit_type]
        if kind == INTAKE and not self._has_intakes[person]:
            kind = RETURN
        return self._free[kind][person]

    def caseload_cap(self, clinician_id: str) -> int | None:
        """Return the most patients the contract lets be in treatment, if it says."""
        person = self.people.get(clinician_id)
        if person is None:
            return None
        laid = self.book.weeks
        return laid.ledgers[int(laid.row[person, -1])].caseload_cap


def _away(
    system: CareSystem, returned: Mapping[str, date], monday: date
) -> list[Absence]:
    """Return who is away from the Monday on: who returns, till then; else for good."""
    absences = []
    for clinician in system.clinicians:
        who = clinician.clinician_id
        last = returned[who] - timedelta(days=1) if who in returned else None
        if last is None or last >= monday:
            absences.append(Absence(who, monday, last))
    return absences


def _days(book: Book, kind: int) -> list[list[int]]:
    """Return for each person the days of the free openings, one entry for each."""
    laid = book.weeks
    person, week, opening = np.nonzero(book.free & (laid.kind[laid.row] == kind))
    start = laid.start[laid.row[person, week], opening]
    day = week * DAYS + start // MINUTES_PER_DAY
    order = np.lexsort((day, person))
    ends = np.searchsorted(person[order], np.arange(len(book.people) + 1))
    days = day[order].tolist()
    return [days[a:b] for a, b in pairwise(ends.tolist())]
