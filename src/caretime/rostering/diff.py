"""
What differs between two rosters, in sentences and as data.

Blocks are compared clinician by clinician and activity by activity. Those that stand
as they stood are unchanged; those that start as they did have changed length or
place. What is left is paired, so that the paired blocks are as many as can be and
move as few minutes of the week in all as can be; the rest was added or removed.

The pairing is exact. Starts are points on a line and a move costs the distance, so
two pairs that cross can be uncrossed at no cost: a best pairing keeps the order, and
the best of those is found by a table over both orders. Taking out equal starts first
loses nothing, by the triangle inequality.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.care import VISIT_TYPES
from caretime.model.roster_diff import BlockChange, RosterDiff, WeekDiff
from caretime.model.system import CareSystem
from caretime.model.week import Block, Roster, RosterWeek
from caretime.rostering._asked import asked_of

Placed = tuple[Block, str]


def diff_rosters(
    before: Roster, after: Roster, *, system: CareSystem | None = None
) -> RosterDiff:
    """
    Compare two rosters.

    Parameters
    ----------
    system
        Where given, standing times touched are counted: patients seen at least every
        second week whose booked time was an opening and is none now.

    Examples
    --------
    >>> from caretime.model.week import Template
    >>> def week(*blocks):
    ...     return RosterWeek("C-1", Template(blocks), ("S-1",) * len(blocks))
    >>> one = Roster("c", (week(Block(540, 50, "return"), Block(600, 50, "return")),))
    >>> two = Roster("c", (week(Block(540, 50, "return"), Block(660, 50, "return")),))
    >>> diff = diff_rosters(one, two)
    >>> diff.unchanged_visits, diff.visits("moved")
    (1, 1)
    """
    standing = standing_times(system) if system else None
    old = {week.clinician_id: week for week in before.weeks}
    new = {week.clinician_id: week for week in after.weeks}
    return RosterDiff(
        tuple(
            _week_diff(
                who,
                old.get(who),
                new.get(who),
                None if standing is None else standing.get(who, {}),
            )
            for who in sorted({*old, *new})
        )
    )


def standing_times(system: CareSystem) -> dict[str, dict[int, int]]:
    """
    Return, for each clinician, the patients who have each time of the week.

    Returns
    -------
    dict
        Clinician's id, then minutes from Monday 00:00, to a count of patients; the
        times are those a builder keeps (``standing_times`` of its preferences).
    """
    return {
        who: {
            weekday * MINUTES_PER_DAY + minute: patients
            for (weekday, minute), patients in asked.standing.items()
        }
        for who, asked in asked_of(system).items()
        if asked.standing
    }


def pair_starts(old: Sequence[int], new: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """
    Pair as many starts as can be, moving the fewest minutes in all.

    Parameters
    ----------
    old, new
        Ascending.

    Returns
    -------
    tuple of pairs
        Places in ``old`` and in ``new``, ascending; the same ones every time.

    Examples
    --------
    >>> pair_starts([540, 600, 2000], [600, 700])
    ((0, 0), (1, 1))
    """
    if len(old) > len(new):
        return tuple((i, j) for j, i in pair_starts(new, old))
    # cost[i][j]: the first i of the fewer, paired within the first j of the more.
    far = 10**9
    cost = [[0] * (len(new) + 1)] + [[far] * (len(new) + 1) for _ in old]
    for i, one in enumerate(old, start=1):
        row, above = cost[i], cost[i - 1]
        for j in range(i, len(new) + 1):
            row[j] = min(row[j - 1], above[j - 1] + abs(one - new[j - 1]))
    pairs = []
    i, j = len(old), len(new)
    while i:
        if cost[i][j] == cost[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return tuple(reversed(pairs))


def _week_diff(
    clinician_id: str,
    before: RosterWeek | None,
    after: RosterWeek | None,
    standing: Mapping[int, int] | None,
) -> WeekDiff:
    old, new = _by_activity(before), _by_activity(after)
    changes: list[BlockChange] = []
    unchanged = 0
    for activity in sorted({*old, *new}):
        kept, changed = _compare(old.get(activity, []), new.get(activity, []))
        unchanged += kept if activity in VISIT_TYPES else 0
        changes += changed
    if before is None:
        kind = "joined"
    elif after is None:
        kind = "left"
    else:
        kind = "changed" if changes else "kept"
    touched = None
    if standing is not None:
        touched = _touched(standing, before, after)
    order = tuple(sorted(changes, key=lambda c: (c.start, c.activity, c.kind)))
    return WeekDiff(clinician_id, kind, unchanged, order, touched)


def _by_activity(week: RosterWeek | None) -> dict[str, list[Placed]]:
    """Return blocks and places by activity; desk time that touches is one block."""
    found: dict[str, list[Placed]] = defaultdict(list)
    for block, place in week.placed() if week else ():
        same = found[block.activity]
        if (
            same
            and block.activity not in VISIT_TYPES
            and (same[-1][0].end, same[-1][1]) == (block.start, place)
        ):
            last = same.pop()[0]
            block = Block(last.start, last.minutes + block.minutes, block.activity)
        same.append((block, place))
    return found


def _compare(
    old: Sequence[Placed], new: Sequence[Placed]
) -> tuple[int, list[BlockChange]]:
    """Return how many blocks of one activity stay, and what became of the others."""
    kept = Counter(old) & Counter(new)
    starts = {block.start: (block, place) for block, place in new}
    changes = []
    rest_old, at_start = [], set()
    for block, place in old:
        there = starts.get(block.start)
        if there == (block, place):
            continue
        if there is None:
            rest_old.append((block, place))
            continue
        at_start.add(block.start)
        kind = "resized" if there[0].minutes != block.minutes else "place"
        changes.append(BlockChange(kind, block, there[0], place, there[1]))
    rest_new = [p for p in new if p not in kept and p[0].start not in at_start]
    pairs = pair_starts([b.start for b, _ in rest_old], [b.start for b, _ in rest_new])
    for i, j in pairs:
        (one, place_1), (other, place_2) = rest_old[i], rest_new[j]
        changes.append(BlockChange("moved", one, other, place_1, place_2))
    gone = {i for i, _ in pairs}
    come = {j for _, j in pairs}
    changes += [
        BlockChange("removed", block, None, place)
        for i, (block, place) in enumerate(rest_old)
        if i not in gone
    ]
    changes += [
        BlockChange("added", None, block, "", place)
        for j, (block, place) in enumerate(rest_new)
        if j not in come
    ]
    return kept.total(), changes


def _touched(
    standing: Mapping[int, int], before: RosterWeek | None, after: RosterWeek | None
) -> int:
    lost = _openings(before) - _openings(after)
    return sum(count for minute, count in standing.items() if minute in lost)


def _openings(week: RosterWeek | None) -> set[int]:
    blocks: Iterable[Block] = week.template.blocks if week else ()
    return {b.start for b in blocks if b.activity == "return"}
