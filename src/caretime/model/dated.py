"""Weeks with dates: what changes on one day, and what falls away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import DatedBlock

CHANGES = ("away", "add", "move", "place")
"""Away for a while; one block more; a block at another time; at another place."""


@dataclass(frozen=True, slots=True)
class DayChange:
    """
    One change to one day of one clinician, against the template; never why.

    Parameters
    ----------
    change
        One of ``CHANGES``.
    start, end
        Minutes from midnight. ``away`` and ``place`` hold between them (by default
        all day), ``add`` sets a block between them, ``move`` takes the block that
        starts at ``start``.
    activity
        Of the block added.
    place
        Of the block added, or the place now worked at.
    to_day, to_start
        Where a moved block goes; the same day where ``to_day`` is ``None``.
    line
        Line in the file it was read from, 0 if made in code; it does not count
        when changes are compared.

    Raises
    ------
    ValueError
        If the change is unknown or lacks what it needs.

    Examples
    --------
    >>> DayChange("C-1", date(2025, 6, 2), "away", 13 * 60).end
    1440
    """

    clinician_id: str
    day: date
    change: str
    start: int = 0
    end: int = MINUTES_PER_DAY
    activity: str = ""
    place: str = ""
    to_day: date | None = None
    to_start: int | None = None
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.change not in CHANGES:
            raise ValueError(f"unknown change {self.change!r}")
        if not 0 <= self.start < self.end <= MINUTES_PER_DAY:
            raise ValueError(f"no span of a day: {self.start} to {self.end}")
        if self.change == "add" and not self.activity:
            raise ValueError("a block added needs an activity")
        if self.change == "place" and not self.place:
            raise ValueError("another place needs a place")
        if self.change == "move" and self.to_start is None:
            raise ValueError("a moved block needs a start to move to")


@dataclass(frozen=True, slots=True, order=True)
class LostVisit:
    """
    A visit of the template that does not take place on a date.

    ``cause`` is ``holiday``, ``absence``, ``away`` (part of the day) or
    ``displaced`` (another block was set in its place).
    """

    day: date
    clinician_id: str
    start: int
    minutes: int
    visit_type: str
    cause: str


@dataclass(frozen=True, slots=True, order=True)
class UnledGroup:
    """A group session of a business day that nobody is there to lead."""

    day: date
    group_id: str
    leader_id: str


@dataclass(frozen=True, slots=True, order=True)
class LoneSupervision:
    """
    Supervision without supervisor: minutes of an associate's day, not shared.

    ``clinician_id`` is the associate, ``start`` in minutes from midnight.
    """

    day: date
    clinician_id: str
    start: int
    minutes: int
    supervisor_id: str


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """
    Days worked from templates, and what of the templates is lost.

    ``blocks`` are in the order of clinician, day and time; ``lost``, ``unled``
    and ``unsupervised`` in the order of the days. Supervision without supervisor
    stays among the blocks: the associate is at work.
    """

    blocks: tuple[DatedBlock, ...]
    lost: tuple[LostVisit, ...]
    unled: tuple[UnledGroup, ...]
    unsupervised: tuple[LoneSupervision, ...]

    def openings_lost(self) -> Mapping[date, Mapping[str, int]]:
        """Count the visits that fall away, by day and by type."""
        days: dict[date, dict[str, int]] = {}
        for visit in self.lost:
            types = days.setdefault(visit.day, {})
            types[visit.visit_type] = types.get(visit.visit_type, 0) + 1
        return days
