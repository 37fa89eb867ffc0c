"""Arithmetic of half-open spans in a week: what overlaps, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from operator import attrgetter

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block
from caretime.tables import rows

Span = tuple[int, int]
"""First minute, and the first minute after; minutes from Monday 00:00."""

_ORDER = attrgetter("start", "minutes", "activity")

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def merge(spans: Iterable[Span]) -> list[Span]:
    """
    Join spans that overlap or touch, in order.

    >>> merge([(10, 20), (0, 5), (5, 12)])
    [(0, 20)]
    """
    ordered = sorted(spans)
    if not ordered:
        return []
    merged: list[Span] = []
    first, last = ordered[0]
    for start, end in ordered:
        if start > last:
            merged.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    merged.append((first, last))
    return merged


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """
    Return what is left of the spans outside the taken ones.

    >>> subtract([(0, 30)], [(10, 15)])
    [(0, 10), (15, 30)]
    """
    left: list[Span] = []
    cuts = merge(taken)
    passed = 0
    for start, end in merge(spans):
        while passed < len(cuts) and cuts[passed][1] <= start:
            passed += 1
        # One cut may reach into several spans, so it is not passed here.
        for first, last in cuts[passed:]:
            if first >= end:
                break
            if start < first:
                left.append((start, first))
            start = last
        if start < end:
            left.append((start, end))
    return left


def intersect(one: Span, other: Span) -> Span | None:
    """
    Return the part two spans share, ``None`` where they only touch or miss.

    >>> intersect((0, 30), (15, 60)), intersect((0, 30), (30, 60))
    ((15, 30), None)
    """
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def length(spans: Iterable[Span]) -> int:
    """Add up the minutes of spans, each minute once."""
    return sum(end - start for start, end in merge(spans))


def spans_of(blocks: Iterable[Block], activities: Iterable[str]) -> list[Span]:
    """Return the spans of the blocks given to any of the activities, in order."""
    wanted = frozenset(activities)
    return sorted(
        (b.start, b.start + b.minutes) for b in blocks if b.activity in wanted
    )


def in_order(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks in the order of the week."""
    # Comparing three fields in C is several times faster than block with block.
    return sorted(blocks, key=_ORDER)


def by_day(blocks: Sequence[Block]) -> dict[int, list[Block]]:
    """Return the blocks of each day that has any, days and blocks in order."""
    days: dict[int, list[Block]] = {}
    for block in in_order(blocks):
        days.setdefault(block.start // MINUTES_PER_DAY, []).append(block)
    return days


def where(minute: int) -> str:
    """
    Name a minute of the week.

    >>> where(735)
    'Mon 12:15'
    """
    day, rest = divmod(minute, MINUTES_PER_DAY)
    return f"{DAY_NAMES[day % 7]} {rest // 60:02d}:{rest % 60:02d}"


@cache
def paid_activities() -> frozenset[str]:
    """Return the activities that are hours worked."""
    return frozenset(r["activity"] for r in rows("activities") if r["paid"] == "yes")


@cache
def visit_activities() -> frozenset[str]:
    """
    Return the activities that are visits.

    >>> sorted(visit_activities())
    ['group', 'intake', 'return', 'urgent']
    """
    return frozenset(
        r["activity"] for r in rows("activities") if r["with_patient"] == "yes"
    )


def work_spans(blocks: Iterable[Block]) -> list[Span]:
    """Return the hours worked, overlapping blocks counted once."""
    return merge(spans_of(blocks, paid_activities()))
