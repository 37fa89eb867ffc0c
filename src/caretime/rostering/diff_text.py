"""A comparison of rosters as lines for people, and as plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.roster_diff import (
    BLOCK_CHANGES,
    BlockChange,
    RosterDiff,
    WeekDiff,
)
from caretime.model.week import TELEHEALTH
from caretime.rules.spans import DAY_NAMES, visit_activities, where

SPOKEN = frozenset(
    visit_activities()
    | {"meal", "meeting", "supervision", "crisis_cover", "training", "travel"}
)
"""Blocks that people keep in mind by their time; of other desk time the count does."""

MOST_TIMES = 6
"""Sentences name so many times at most, the others are counted."""


def diff_lines(diff: RosterDiff) -> tuple[str, ...]:
    """
    Say what differs: one line for the whole, then each week that changed.

    Examples
    --------
    >>> from caretime.model.week import Block
    >>> move = BlockChange("moved", Block(1980, 50, "return"),
    ...                    Block(2040, 50, "return"))
    >>> week = WeekDiff("C-1", "changed", 24, (move,), standing_touched=1)
    >>> for line in diff_lines(RosterDiff((week,))):
    ...     print(line)
    1 of 1 weeks differs: 24 visits stay, 1 moves; 1 standing time touched
    C-1: 24 visits stay, 1 moves; 1 standing time touched
      Tue 09:00 return moves to Tue 10:00
    """
    changed = [week for week in diff.weeks if week.kind != "kept"]
    verb = "differs" if len(changed) == 1 else "differ"
    lines = [f"{len(changed)} of {len(diff.weeks)} weeks {verb}: {_counted(diff)}"]
    if diff.reach:
        lines.append(f"free to change: {diff.reach}")
    for week in changed:
        name = {"joined": " joins", "left": " leaves"}.get(week.kind, "")
        lines.append(f"{week.clinician_id}{name}: {_counted(week)}")
        if not name:
            lines += [f"  {sentence}" for sentence in sentences(week)]
    return tuple(lines)


def sentences(week: WeekDiff) -> tuple[str, ...]:
    """Say what differs in one week: moves first, desk time last and counted."""
    spoken = [c for c in week.changes if c.activity in SPOKEN]
    found = [
        _sentence(group)
        for kind in BLOCK_CHANGES
        for group in _alike([c for c in spoken if c.kind == kind])
    ]
    desk = Counter(c.activity for c in week.changes if c.activity not in SPOKEN)
    if desk:
        parts = [f"{_word(activity)} {desk[activity]}" for activity in sorted(desk)]
        found.append(f"desk blocks that differ: {', '.join(parts)}")
    return tuple(found)


def diff_document(diff: RosterDiff) -> dict[str, Any]:
    """
    Return the comparison as plain data for JSON.

    Starts are minutes from Monday 00:00. Weeks that are kept stand with their count
    of visits and no changes.
    """
    return {
        "weeks_compared": len(diff.weeks),
        "weeks_changed": diff.changed_weeks,
        "freed": list(diff.freed),
        "reach": diff.reach,
        **_figures(diff),
        "weeks": [
            {
                "clinician_id": week.clinician_id,
                "kind": week.kind,
                **_figures(week),
                "changes": [_change(change) for change in week.changes],
            }
            for week in diff.weeks
        ],
    }


def _figures(part: RosterDiff | WeekDiff) -> dict[str, Any]:
    visits = {kind: part.visits(kind) for kind in BLOCK_CHANGES}
    return {
        "visits": {"unchanged": part.unchanged_visits, **visits},
        "standing_touched": part.standing_touched,
    }


def _change(change: BlockChange) -> dict[str, Any]:
    sides = (
        ("before", change.before, change.place_before),
        ("after", change.after, change.place_after),
    )
    return {
        "kind": change.kind,
        "activity": change.activity,
        **{
            side: block
            and {"start": block.start, "minutes": block.minutes, "place": place}
            for side, block, place in sides
        },
    }


def _counted(part: RosterDiff | WeekDiff) -> str:
    """Say the visits of each fate; those that stay always, the others if any."""
    moved, other = part.visits("moved"), part.visits("resized")
    placed, new, gone = (part.visits(k) for k in ("place", "added", "removed"))
    stay = part.unchanged_visits
    words = [f"{stay} visit{'s stay' if stay != 1 else ' stays'}"]
    for count, one, many in (
        (moved, "moves", "move"),
        (other, "changes length", "change length"),
        (placed, "changes place", "change place"),
        (new, "is new", "are new"),
        (gone, "falls away", "fall away"),
    ):
        if count:
            words.append(f"{count} {one if count == 1 else many}")
    text = ", ".join(words)
    if touched := part.standing_touched:
        text += f"; {touched} standing time{'s' if touched != 1 else ''} touched"
    return text


def _alike(changes: Iterable[BlockChange]) -> list[list[BlockChange]]:
    """Put together what one sentence can say, in the order of the week."""
    groups: dict[Hashable, list[BlockChange]] = {}
    for change in changes:
        groups.setdefault(_likeness(change), []).append(change)
    return list(groups.values())


def _likeness(change: BlockChange) -> Hashable:
    before, after = change.before, change.after
    same = (change.activity, change.place_before, change.place_after)
    lengths = (before and before.minutes, after and after.minutes)
    if before is None or after is None or change.kind != "moved":
        return same, lengths
    if before.day != after.day:
        return same, lengths, before.start
    return same, lengths, after.start - before.start


def _sentence(group: Sequence[BlockChange]) -> str:
    first = group[0]
    what = f"{_times([c.start for c in group])} {_word(first.activity)}"
    is_one = len(group) == 1
    before, after = first.before, first.after
    if before is None:
        assert after is not None
        text = f"{what} {'is' if is_one else 'are'} new, {after.minutes} minutes"
        return text + (f", {_where(first.place_after)}" if first.place_after else "")
    if after is None:
        return f"{what} {'falls' if is_one else 'fall'} away"
    if first.kind == "place":
        was = _where(first.place_before) or "anywhere"
        now = _where(first.place_after) or "anywhere"
        return f"{what} {'is' if is_one else 'are'} now {now}, not {was}"
    text = what
    if first.kind == "moved" and is_one:
        text += f" moves to {where(after.start)}"
    elif first.kind == "moved":
        minutes = after.start - before.start
        text += f" move {abs(minutes)} minutes {'later' if minutes > 0 else 'earlier'}"
    if before.minutes != after.minutes:
        text += "," if first.kind == "moved" else ""
        takes = "takes" if is_one else "take"
        text += f" {takes} {after.minutes} minutes instead of {before.minutes}"
    if first.place_before != first.place_after and first.place_after:
        text += f", now {_where(first.place_after)}"
    return text


def _times(starts: Sequence[int]) -> str:
    """
    Name times of the week, days in which the same times stand together.

    >>> _times([540, 600, 1980])
    'Mon 09:00, Mon 10:00 and Tue 09:00'
    """
    names = [where(start) for start in starts]
    if len(set(starts)) > 1 and len({s % MINUTES_PER_DAY for s in starts}) == 1:
        days = [DAY_NAMES[start // MINUTES_PER_DAY] for start in starts]
        return f"{_listed(days)} {names[0].split()[1]}"
    if len(names) > MOST_TIMES:
        names = [*names[: MOST_TIMES - 1], f"{len(names) - MOST_TIMES + 1} more"]
    return _listed(names)


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _where(place: str) -> str:
    if not place:
        return ""
    return "by telehealth" if place == TELEHEALTH else f"at {place}"


def _word(activity: str) -> str:
    return activity.replace("_", " ")
