"""When a backlog is over, from paired replications with and without the incident."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, isinf

import numpy as np
from numpy.typing import NDArray

from caretime.model.log import CLOCKS, Tally
from caretime.model.system import CareSystem
from caretime.model.way_back import RecoveryPart
from caretime.rules.access import standard_for

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = {"returns": ("first_treatment", "follow_up"), "intakes": ("intake",)}
"""The clocks of each kind of wait."""

LICENSE = "LCSW"
"""The clocks of the simulation are those of therapists, not of physicians."""

BUSINESS_DAYS = 10
"""Limit of a clock for which the jurisdiction sets none (28 CCR 1300.67.2.2) [C]."""

CHANCE = 3.0
"""Standard deviations of a difference by chance within which nothing is read."""

LAST_WEEKS = 4
"""Weeks at the end of the run over which the groups of replications are told apart."""

QUANTILES = (0.1, 0.5, 0.9)
"""What low, middle and high of the replications are."""


class Waits:
    """
    Overdue offers of one kind, in the weeks after an incident, with and without it.

    Parameters
    ----------
    first
        Week of the run in which everybody is back.
    """

    def __init__(
        self, name: str, system: CareSystem, with_: Tally, without: Tally, first: int
    ) -> None:
        self.name = name
        late, offers = _overdue(with_, name, system, first)
        base_late, base_offers = _overdue(without, name, system, first)
        self._late: Ints = late - base_late
        share: Floats = late / np.maximum(offers, 1)
        base: Floats = base_late / np.maximum(base_offers, 1)
        self._share: Floats = share - base
        runs = len(base)
        spread = base.std(axis=0, ddof=1) if runs > 1 else np.zeros(base.shape[1])
        # Two runs that went apart differ by chance as two replications do.
        self._chance: Floats = CHANCE * np.sqrt(2.0) * spread

    def ends(self, tolerance: float) -> list[float]:
        """
        Return for each replication the first week from which the share stays inside.

        Infinite where the last week is still outside.
        """
        # The hair keeps seven of a hundred, less five, from being above two.
        outside = self._share > np.maximum(tolerance, self._chance) + 1e-9
        ends = []
        for run in outside:
            after = int(np.flatnonzero(run)[-1]) + 1 if run.any() else 0
            ends.append(inf if after == len(run) else float(after))
        return ends

    def part(self, tolerance: float, monday: date) -> RecoveryPart:
        """Return what is told of this kind of wait."""
        ends = self.ends(tolerance)
        low, middle, high = np.quantile(
            self._late, QUANTILES, axis=0, method="nearest"
        ).tolist()
        return RecoveryPart(
            name=self.name,
            excess=tuple(zip(low, middle, high, strict=True)),
            ends=days_of(ends, monday),
            ended_share=ended_share(ends),
            modes=modes_of(self._share[:, -LAST_WEEKS:].mean(axis=1), tolerance),
        )


def days_of(
    ends: list[float], monday: date
) -> tuple[date | None, date | None, date | None]:
    """
    Return low, middle and high of the weeks in which replications end, as days.

    >>> days_of([2.0, 3.0, inf], date(2024, 11, 18))
    (datetime.date(2024, 12, 2), datetime.date(2024, 12, 9), None)
    """
    ordered = sorted(ends)
    places = [round(q * (len(ordered) - 1)) for q in QUANTILES]
    low, middle, high = (
        None if isinf(ordered[k]) else monday + timedelta(weeks=int(ordered[k]))
        for k in places
    )
    return low, middle, high


def ended_share(ends: list[float]) -> float:
    """Return the share of replications that end."""
    return sum(not isinf(end) for end in ends) / len(ends)


def modes_of(
    values: Floats, tolerance: float
) -> tuple[tuple[float, float, float], ...]:
    """
    Tell two groups of replications apart, each with its share, lowest and highest.

    There are two where the widest gap between values is wider than twice the
    tolerance and than either group, and each group has two replications or more and a
    tenth of all; else the answer is empty.

    >>> modes_of(np.array([0.0, 0.01, 0.02, 0.3, 0.31]), 0.02)
    ((0.6, 0.0, 0.02), (0.4, 0.3, 0.31))
    >>> modes_of(np.array([0.0, 0.1, 0.2, 0.3, 0.4]), 0.02)
    ()
    """
    ordered = np.sort(values).tolist()
    least = max(2, -(-len(ordered) // 10))
    if len(ordered) < 2 * least:
        return ()
    cut = max(
        range(least, len(ordered) - least + 1),
        key=lambda k: ordered[k] - ordered[k - 1],
    )
    groups = ordered[:cut], ordered[cut:]
    gap = groups[1][0] - groups[0][-1]
    if gap <= max(2 * tolerance, *(group[-1] - group[0] for group in groups)):
        return ()
    return tuple(
        (len(group) / len(ordered), float(group[0]), float(group[-1]))
        for group in groups
    )


def _overdue(
    tally: Tally, name: str, system: CareSystem, first: int
) -> tuple[Ints, Ints]:
    """Count late offers without an exception, and all offers, by week."""
    shape = (tally.replications, tally.weeks - first)
    late, offers = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for clock in PARTS[name]:
        waits = tally.weekly_waits[:, first:, CLOCKS.index(clock)]
        late += waits[:, :, 0, limit_of(system, clock) + 1 :].sum(axis=2)
        offers += waits.sum(axis=(2, 3))
    return late, offers


def limit_of(system: CareSystem, clock: str) -> int:
    """
    Return the most business days that an offer may be away.

    Calendar days are counted as five sevenths, rounded down.
    """
    standard = standard_for(system.standards, clock, LICENSE)
    if standard is None or standard.unit not in ("business_days", "calendar_days"):
        return BUSINESS_DAYS
    if standard.unit == "calendar_days":
        return standard.limit * 5 // 7
    return standard.limit
