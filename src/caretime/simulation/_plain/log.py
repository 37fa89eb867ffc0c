"""The plain engine's log, and every count made from its rows."""

from __future__ import annotations

import numpy as np

from caretime.measures.log_tally import CLOCK_BITS, EXCEPTION_BIT
from caretime.model.log import (
    BINS,
    CLOCKS,
    COUNTED,
    COUNTER,
    COUNTERS,
    LEVELS,
    LOG_COLUMNS,
    SUMMED,
    EventKind,
)
from caretime.simulation._arrays import Outcome

NOBODY = -1
Row = tuple[int, ...]
"""Values in the order of ``model.log.LOG_COLUMNS``."""


class Log:
    """
    Everything that happened, in order.

    Parameters
    ----------
    strata
        Number of each of the pool's strata in the system.
    weeks
        Weeks of the run.
    """

    def __init__(self, strata: list[int], weeks: int) -> None:
        self.strata = strata
        self.rows: list[Row] = []
        self.intake_waits: list[list[int]] = [[] for _ in range(weeks)]

    def write(
        self,
        kind: EventKind,
        day: int,
        tick: int,
        *,
        member: int = NOBODY,
        clinician: int = NOBODY,
        stratum: int = NOBODY,
        visit_type: int = NOBODY,
        value: int = 0,
        flag: int = 0,
    ) -> None:
        """Write one row; what happens before the first day stands on it."""
        stratum = self.strata[stratum] if stratum != NOBODY else NOBODY
        day = max(day, 0)
        self.rows.append(
            (day, tick, kind, member, clinician, stratum, visit_type, value, flag)
        )
        if kind == EventKind.OFFER and flag == 0:
            self.intake_waits[day // 5].append(value)

    def count(self, license_of: dict[int, int], licenses: int, trace: bool) -> Outcome:
        """
        Count the rows.

        Parameters
        ----------
        license_of
            License number of each clinician of the pool.
        licenses
            How many licenses the system knows.
        """
        weeks = len(self.intake_waits)
        place = {stratum: local for local, stratum in enumerate(self.strata)}
        outcome = Outcome(
            weekly=np.zeros((weeks, len(COUNTERS)), np.int64),
            waits=np.zeros((len(CLOCKS), len(self.strata), 2, BINS), np.int32),
            by_license=np.zeros((len(CLOCKS), licenses, 2, BINS), np.int32),
            weekly_waits=np.zeros((weeks, len(CLOCKS), 2, BINS), np.int32),
            staff=np.zeros((weeks, licenses), np.int64),
            log=_table(self.rows if trace else []),
        )
        for row in self.rows:
            day, _, kind, _, clinician, stratum, _, value, flag = row
            week = day // 5
            for name, amount in counts_of(row):
                outcome.weekly[week, COUNTER[name]] += amount
            if kind == EventKind.OFFER:
                clock, excepted = flag & CLOCK_BITS, int(flag & EXCEPTION_BIT > 0)
                wait = min(value, BINS - 1)
                outcome.waits[clock, place[stratum], excepted, wait] += 1
                outcome.weekly_waits[week, clock, excepted, wait] += 1
                if clinician != NOBODY:
                    license_ = license_of[clinician]
                    outcome.by_license[clock, license_, excepted, wait] += 1
            elif kind == EventKind.WEEK_PAID:
                outcome.staff[week, license_of[clinician]] += value
        return outcome


def counts_of(row: Row) -> list[tuple[str, int]]:
    """
    Return the weekly counters a row adds to, and how much.

    Examples
    --------
    >>> counts_of((3, 20, EventKind.ATTENDED, 7, 1, 0, 1, 60, 1))
    [('visits_return', 1), ('visits_own', 1)]
    """
    _, _, number, _, _, _, visit_type, value, flag = row
    kind = EventKind(number)
    if kind in COUNTED:
        return [(COUNTED[kind], 1)]
    if kind == EventKind.WEEK_MEALS:
        return [("meal_minutes_worked", value), ("meals_cut", flag)]
    if kind == EventKind.TO_NETWORK:
        # Flag 1 is a single visit in an incident: the person stays in care.
        return [("network_visits", value), ("to_network", 1 - flag)]
    if kind in SUMMED:
        return [(SUMMED[kind], value)]
    if kind == EventKind.ATTENDED:
        name = ("intake", "return", "group", "urgent")[visit_type]
        return [(f"visits_{name}", 1), ("visits_own", flag)]
    if kind == EventKind.LEVELS:
        return [(LEVELS[visit_type], value)]
    if kind == EventKind.ABSENT:
        return [("days_absent_incident" if flag else "days_absent", 1)]
    first_visit = kind == EventKind.OFFER and flag & CLOCK_BITS == 0
    return [("intake_offers", 1)] if first_visit else []


def _table(rows: list[Row]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.array(rows, np.int64).reshape(len(rows), len(LOG_COLUMNS))
