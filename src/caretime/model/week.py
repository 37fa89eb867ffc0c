"""The repeating week: spans of minutes, each given to one activity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from caretime.model.calendar import MINUTES_PER_DAY


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
