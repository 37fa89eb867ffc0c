"""What is wanted of a roster beyond the clauses: ranks, points, and habits of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from caretime.tables import rows


@cache
def preference_points() -> Mapping[str, int]:
    """
    Return the points of each preference, in the order of their rank.

    >>> list(preference_points())[:2], preference_points()["openings"]
    (['openings', 'asked_times'], 1000)
    """
    table = sorted(rows("roster_preferences"), key=lambda row: int(row["rank"]))
    return MappingProxyType({row["preference"]: int(row["points"]) for row in table})


@dataclass(frozen=True, slots=True)
class RosterPolicy:
    """
    How a builder weighs what is wanted, and what it takes a working day to be.

    Those from ``start_step`` to ``shortest_desk`` say which weeks are looked at at
    all: a bound holds for all weeks within them.

    Parameters
    ----------
    points
        For each preference of ``tables/roster_preferences.csv``.
    gap
        Share of the bound within which a roster is good enough to stop.
    longest_run
        Visits in a row after which a break is wanted.
    early_before, late_after
        A day is early that begins before, late that ends after (minutes from
        midnight); ``shifts_of_five`` of five working days may be either.
    cover_over_share
        Nobody holds more shifts of cover than an equal share and so many.
    start_step
        Days begin at multiples of so many minutes.
    day_slack
        A day is at most so many minutes longer or shorter than an equal share of
        the week; ``longest_day`` bounds it in any case.
    meal_after
        Minutes of work before a meal may begin.
    shortest_desk
        Desk time comes in stretches of at least so many minutes, or of the
        contract's minimum block where that is longer.

    notes_minutes
        Notes of a visit that has none beside it, wanted on the same day (the
        assumption ``notes_return``).

    Raises
    ------
    ValueError
        If a number is out of range or a preference is unknown.
    """

    points: Mapping[str, int] = field(default_factory=preference_points)
    gap: float = 0.01
    longest_run: int = 3
    early_before: int = 8 * 60 + 30
    late_after: int = 18 * 60
    shifts_of_five: int = 2
    cover_over_share: int = 2
    start_step: int = 30
    day_slack: int = 60
    longest_day: int = 10 * 60
    meal_after: int = 150
    shortest_desk: int = 30
    notes_minutes: int = 12

    def __post_init__(self) -> None:
        # A read-only view cannot be handed to another process.
        object.__setattr__(self, "points", dict(self.points))
        if strange := set(self.points) - set(preference_points()):
            raise ValueError(f"unknown preference {', '.join(sorted(strange))}")
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap must be at least 0 and below 1, got {self.gap}")
        if not 1 <= self.longest_run <= 12:
            raise ValueError(f"longest_run must be 1 to 12, got {self.longest_run}")
        if self.start_step % 15 or self.start_step < 15:
            raise ValueError(
                f"start_step must be a multiple of 15 minutes, got {self.start_step}"
            )

    def worth(self, preference: str) -> int:
        """Return the points of one preference, zero where the policy leaves it out."""
        return self.points.get(preference, 0)
