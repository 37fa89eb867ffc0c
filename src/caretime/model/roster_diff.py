"""What differs between two rosters: blocks that moved, came, went or changed place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from caretime.model.care import VISIT_TYPES
from caretime.model.week import Block

BLOCK_CHANGES = ("moved", "resized", "place", "added", "removed")
WEEK_CHANGES = ("kept", "changed", "joined", "left")


@dataclass(frozen=True, slots=True)
class BlockChange:
    """
    One block that is not as it was.

    Parameters
    ----------
    kind
        One of ``BLOCK_CHANGES``: another start; the same start and another length;
        only another place; no block before; no block after.
    before, after
        ``None`` where there was or is none; of one activity where there are both.
    """

    kind: str
    before: Block | None
    after: Block | None
    place_before: str = ""
    place_after: str = ""

    @property
    def activity(self) -> str:
        """The activity of the block."""
        return _one(self).activity

    @property
    def start(self) -> int:
        """Where it stood, or stands if it is new; minutes from Monday 00:00."""
        return _one(self).start

    @property
    def is_visit(self) -> bool:
        """Whether the block is a visit."""
        return self.activity in VISIT_TYPES


def _one(change: BlockChange) -> Block:
    block = change.before or change.after
    if block is None:
        raise ValueError("a change needs a block before or after it")
    return block


@dataclass(frozen=True, slots=True)
class WeekDiff:
    """
    One clinician's week before and after.

    Parameters
    ----------
    kind
        One of ``WEEK_CHANGES``; who joined has no week before, who left none after.
    unchanged_visits
        Visits that stay, time, length and place.
    changes
        In the order of the week.
    standing_touched
        Patients with a standing time that was an opening and is none now; ``None``
        where nobody said who has one.
    """

    clinician_id: str
    kind: str
    unchanged_visits: int
    changes: tuple[BlockChange, ...] = ()
    standing_touched: int | None = None

    def visits(self, *kinds: str) -> int:
        """Count the visits changed in any of these ways."""
        return sum(c.is_visit and c.kind in kinds for c in self.changes)


@dataclass(frozen=True, slots=True)
class RosterDiff:
    """
    Two rosters compared, clinician by clinician.

    Parameters
    ----------
    weeks
        Everyone who has a week before or after, in the order of their ids.
    freed
        Whose weeks a planner was allowed to change; empty where none was asked.
    reach
        How far it had to go, in a few words; empty where none was asked.
    """

    weeks: tuple[WeekDiff, ...]
    freed: tuple[str, ...] = ()
    reach: str = ""

    @property
    def changed_weeks(self) -> int:
        """Weeks in which anything differs."""
        return sum(week.kind != "kept" for week in self.weeks)

    @property
    def unchanged_visits(self) -> int:
        """Visits that stay, time, length and place."""
        return sum(week.unchanged_visits for week in self.weeks)

    @property
    def standing_touched(self) -> int | None:
        """Standing times that are openings no more, if they were counted."""
        counts = [w.standing_touched for w in self.weeks]
        known = [count for count in counts if count is not None]
        return sum(known) if known or not counts else None

    def visits(self, *kinds: str) -> int:
        """Count the visits changed in any of these ways."""
        return sum(week.visits(*kinds) for week in self.weeks)

    def of(self, clinician_ids: Collection[str]) -> RosterDiff:
        """Return the part of some clinicians."""
        weeks = tuple(w for w in self.weeks if w.clinician_id in clinician_ids)
        return RosterDiff(weeks, self.freed, self.reach)
