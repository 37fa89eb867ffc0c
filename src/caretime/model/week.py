"""The repeating week: spans of minutes, each given to one activity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from caretime.model.calendar import MINUTES_PER_DAY, Calendar

TELEHEALTH = "telehealth"
"""The place of work that is not a site: visits by video or telephone."""


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """
    A half-open span of the week given to one activity.

    Parameters
    ----------
    start
        Minutes from Monday 00:00, local wall-clock time.
    minutes
        Length, one or more.
    activity
        A code of ``tables/activities.csv``.
    """

    start: int
    minutes: int
    activity: str

    def __post_init__(self) -> None:
        if self.start < 0 or self.minutes < 1:
            raise ValueError(f"block needs start >= 0 and minutes >= 1, got {self}")
        if self.day != (self.end - 1) // MINUTES_PER_DAY:
            raise ValueError(f"block crosses midnight: {self.start}+{self.minutes}")

    @property
    def end(self) -> int:
        """First minute after the block."""
        return self.start + self.minutes

    @property
    def day(self) -> int:
        """Day of the week, Monday is 0."""
        return self.start // MINUTES_PER_DAY

    @property
    def minute_of_day(self) -> int:
        """Start, in minutes from midnight."""
        return self.start % MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Template:
    """
    One clinician's repeating week: blocks in order, none overlapping.

    Raises
    ------
    ValueError
        If two blocks overlap.
    """

    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", tuple(sorted(self.blocks)))
        for one, other in pairwise(self.blocks):
            if one.end > other.start:
                raise ValueError(f"blocks overlap: {one} and {other}")

    def on_day(self, day: int) -> Iterator[Block]:
        """Yield the blocks of one day of the week, Monday is 0."""
        return (block for block in self.blocks if block.day == day)

    def minutes_of(self, *activities: str) -> int:
        """Add up the weekly minutes given to any of the activities."""
        return sum(b.minutes for b in self.blocks if b.activity in activities)


@dataclass(frozen=True, slots=True)
class RosterWeek:
    """
    One clinician's template and where each of its blocks is worked.

    Parameters
    ----------
    places
        As long as the template's blocks and in their order: the id of a clinic,
        ``TELEHEALTH``, or empty where the place does not matter (a meal).

    Raises
    ------
    ValueError
        If there is not one place for each block.
    """

    clinician_id: str
    template: Template
    places: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.places) != len(self.template.blocks):
            raise ValueError(
                f"{self.clinician_id}: {len(self.places)} places for "
                f"{len(self.template.blocks)} blocks"
            )

    def placed(self) -> Iterator[tuple[Block, str]]:
        """Yield each block with its place, in the order of the week."""
        return zip(self.template.blocks, self.places, strict=True)


@dataclass(frozen=True, slots=True)
class Roster:
    """
    The templates of clinicians who work together, for a span of days.

    Parameters
    ----------
    contract_id
        The contract the weeks were built for, or are to be judged by.
    first_day, last_day
        The days for which the templates hold; ``None`` leaves an end open.
    weeks
        One for each clinician, in the order of their ids.

    Raises
    ------
    ValueError
        If a clinician has two weeks, or the last day is before the first.
    """

    contract_id: str
    weeks: tuple[RosterWeek, ...]
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        weeks = tuple(sorted(self.weeks, key=lambda week: week.clinician_id))
        object.__setattr__(self, "weeks", weeks)
        for one, other in pairwise(weeks):
            if one.clinician_id == other.clinician_id:
                raise ValueError(f"{one.clinician_id} has two weeks")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(f"the roster ends on {self.last_day}, before it begins")

    def week_of(self, clinician_id: str) -> RosterWeek | None:
        """Return one clinician's week, ``None`` where the roster has none."""
        return next((w for w in self.weeks if w.clinician_id == clinician_id), None)


@dataclass(frozen=True, slots=True, order=True)
class DatedBlock:
    """
    A half-open span of one day given to one activity.

    Parameters
    ----------
    start
        Minutes from midnight on the wall clock of that day.
    place
        The id of a clinic, ``TELEHEALTH``, or empty where it does not matter.
    """

    clinician_id: str
    day: date
    start: int
    minutes: int
    activity: str
    place: str = ""

    @property
    def end(self) -> int:
        """First minute after the block, from midnight."""
        return self.start + self.minutes

    def times(self, calendar: Calendar) -> tuple[datetime, datetime]:
        """
        Return start and end as local times, each with its own offset.

        >>> block = DatedBlock("C-1", date(2025, 11, 2), 30, 120, "crisis_cover")
        >>> [time.isoformat() for time in block.times(Calendar())]
        ['2025-11-02T00:30:00-07:00', '2025-11-02T02:30:00-08:00']
        """
        return calendar.at(self.day, self.start), calendar.at(self.day, self.end)
