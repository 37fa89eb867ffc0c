"""Who is free for a group, and who takes which, as many members as can be."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from caretime.continuity._supply_book import DAYS, MINUTES_PER_WEEK, Book
from caretime.continuity._supply_weeks import KINDS, RETURN, Ints
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block, Template

YIELDS = frozenset({"return", "buffer", "notes", "paid_rest"})
"""What a session may stand on: free returns, and what stands beside them."""


@dataclass(frozen=True)
class Free:
    """
    Answers whether a person is free for a session.

    Parameters
    ----------
    spare
        Shape ``(people, weeks)``: returns that are not kept for own patients.
    """

    book: Book
    spare: Ints
    _stands: dict[tuple[int, int, int], tuple[int, ...] | None] = field(
        default_factory=dict
    )

    @cached_property
    def _busy(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Spans taken by appointments and own groups, by person and day."""
        booked = self.book.booked
        own = booked.clinician >= 0
        visits = np.stack(
            [booked.clinician, booked.minute, booked.minute + booked.minutes]
        )[:, own]
        spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for person, start, end in np.concatenate(
            [visits, self.book.sessions[:3]], axis=1
        ).T.tolist():
            spans.setdefault((person, start // MINUTES_PER_DAY), []).append(
                (start, end)
            )
        return spans

    def openings(self, person: int, start: int, minutes: int) -> int:
        """
        Return how many openings a session takes, 0 where the person is not free.

        ``start`` counts from the plan's Monday.
        """
        week, minute = divmod(start, MINUTES_PER_WEEK)
        day = minute // MINUTES_PER_DAY
        if not self.book.works[person, week, day]:
            return 0
        row = int(self.book.weeks.row[person, week])
        under = self._under(row, minute, minutes)
        if under is None or len(under) > self.spare[person, week]:
            return 0
        if not all(self.book.free[person, week, i] for i in under):
            return 0
        end = start + minutes
        busy = self._busy.get((person, week * DAYS + day), ())
        return 0 if any(s < end and start < e for s, e in busy) else len(under)

    def _under(self, row: int, start: int, minutes: int) -> tuple[int, ...] | None:
        """Return the openings of a week under a session; ``None`` if it cannot be."""
        key = (row, start, minutes)
        if key not in self._stands:
            self._stands[key] = self._openings_under(row, start, start + minutes)
        return self._stands[key]

    def _openings_under(self, row: int, start: int, end: int) -> tuple[int, ...] | None:
        weeks = self.book.weeks
        if not _yields(weeks.templates[row], start, end):
            return None
        hit = (weeks.start[row] < end) & (start < weeks.end[row])
        under = tuple(np.flatnonzero(hit & (weeks.kind[row] == RETURN)).tolist())
        # A session counts for more patients than one where the caps say so.
        return under if len(under) >= weeks.ledgers[row].group_credit else None


def _yields(template: Template, start: int, end: int) -> bool:
    """Say whether a session fits into a day without taking meals or desk time."""
    day = list(template.on_day(start // MINUTES_PER_DAY))
    if not day or start < day[0].start or end > day[-1].end:
        return False
    under = [b for b in day if b.start < end and start < b.end]
    if any(block.activity not in YIELDS for block in under):
        return False
    rests = sum(b.minutes for b in under if b.activity == "paid_rest")
    return rests <= _given_back(under, end)


def _given_back(under: Sequence[Block], end: int) -> int:
    """Return the minutes after a session that a visit no longer needs."""
    return sum(b.end - end for b in under if b.activity in KINDS and b.end > end)


def assign(
    order: Sequence[int],
    candidates: Sequence[Sequence[int]],
    day: Sequence[int],
    room: Sequence[int],
) -> list[int]:
    """
    Give groups to leaders, each leader one a day and at most ``room`` in all.

    Parameters
    ----------
    order
        Groups, the most important first.
    candidates
        Leaders of each group, the nearest first.
    day
        Weekday of each group.
    room
        How many groups each leader can take.

    Returns
    -------
    list of int
        Leader of each group, -1 where nobody is left.

    Notes
    -----
    The sets of groups that can be led together form a matroid (they are what a flow
    from groups through the days of leaders to leaders can link), so it is exact to
    go from the most important group down and to keep each one that can be added by
    moving others. Each search finds the shortest chain of moves, if there is one.

    Examples
    --------
    The first leader can take either of two groups of a Monday, the second only one:

    >>> assign([0, 1], [[0, 1], [0]], [0, 0], [1, 1])
    [1, 0]
    """
    leader = [-1] * len(candidates)
    led: list[dict[int, int]] = [{} for _ in room]
    for group in order:
        chain = _chain(group, candidates, day, room, led)
        # From the end of the chain: the last leader has room, the others get it.
        for moved, to in reversed(chain):
            if leader[moved] >= 0:
                del led[leader[moved]][day[moved]]
            leader[moved] = to
            led[to][day[moved]] = moved
    return leader


def _chain(
    group: int,
    candidates: Sequence[Sequence[int]],
    day: Sequence[int],
    room: Sequence[int],
    led: Sequence[dict[int, int]],
) -> list[tuple[int, int]]:
    """Return groups and the leaders they go to, so that one more group is led."""
    came: dict[int, tuple[int, int]] = {group: (-1, -1)}
    queue = deque([group])
    while queue:
        now = queue.popleft()
        for to in candidates[now]:
            there = led[to].get(day[now])
            if there is None and len(led[to]) < room[to]:
                return _steps(now, to, came)
            out = led[to].values() if there is None else (there,)
            for moved in out:
                if moved not in came:
                    came[moved] = (now, to)
                    queue.append(moved)
    return []


def _steps(
    last: int, to: int, came: dict[int, tuple[int, int]]
) -> list[tuple[int, int]]:
    steps = [(last, to)]
    now = last
    while came[now][0] >= 0:
        before, leader = came[now]
        steps.append((before, leader))
        now = before
    return steps[::-1]
