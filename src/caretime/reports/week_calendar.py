"""The repeating week as rows for a terminal, and what its pictures share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.week import Block, Template
from caretime.tables import rows

DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def week_rows(
    template: Template, *, step: int = 30, protected: Collection[str] = ()
) -> Iterable[tuple[str, ...]]:
    """
    Yield the week as rows of text: a time, then what each day holds from then on.

    Parameters
    ----------
    step
        Minutes a row stands for; a cell names the activity with most of them, and
        is ``|`` where it goes on from the row above.
    protected
        Activities that count as protected time; they bear a star.

    Examples
    --------
    >>> week = Template((Block(540, 60, "return"), Block(600, 30, "meal")))
    >>> for row in week_rows(week): print(row[:2])
    ('09:00', 'return')
    ('09:30', '|')
    ('10:00', 'meal')
    ('10:30', '')
    """
    first, last = hours_used(template)
    for start in range(first * 60, last * 60, step):
        cells = [
            _cell(template, day * MINUTES_PER_DAY + start, step, protected)
            for day in range(days_shown(template))
        ]
        yield (clock(start), *cells)


def day_places(template: Template, places: Sequence[str]) -> tuple[str, ...]:
    """
    Return where most of each day is worked; empty where nobody works or says.

    >>> week = Template((Block(540, 50, "return"), Block(1980, 50, "return")))
    >>> day_places(week, ("S-01", "telehealth"))
    ('S-01', 'telehealth', '', '', '')
    """
    found = []
    for day in range(days_shown(template)):
        minutes: Counter[str] = Counter()
        # A week without places has none for any day.
        for block, place in zip(template.blocks, places, strict=False):
            if block.day == day and place:
                minutes[place] += block.minutes
        most = max(sorted(minutes), key=lambda place: minutes[place], default="")
        found.append(most)
    return tuple(found)


def days_shown(template: Template) -> int:
    """Return how many days from Monday on a picture needs: five, or to the last."""
    return max(WORKING_DAYS, max((b.day + 1 for b in template.blocks), default=0))


def hours_used(template: Template) -> tuple[int, int]:
    """Return the first and last whole hour of the day that a template touches."""
    starts = [block.minute_of_day for block in template.blocks]
    ends = [block.minute_of_day + block.minutes for block in template.blocks]
    return min(starts, default=480) // 60, -(-max(ends, default=1020) // 60)


def clock(minute: int) -> str:
    """Return a minute of the day as a time: 510 is 08:30."""
    hour, rest = divmod(minute, 60)
    return f"{hour:02d}:{rest:02d}"


def activity_titles() -> Mapping[str, str]:
    """Return the titles of the activities, by code, in the order of their table."""
    return {code: row["title"] for code, row in _activities().items()}


def activity_groups() -> Mapping[str, str]:
    """Return the groups of the activities, by code: visit, indirect, other, break."""
    return {code: row["group"] for code, row in _activities().items()}


@cache
def _activities() -> dict[str, dict[str, str]]:
    return {row["activity"]: row for row in rows("activities")}


def _cell(template: Template, start: int, step: int, protected: Collection[str]) -> str:
    block = _longest(template, start, start + step)
    if block is None:
        return ""
    above = _longest(template, start - step, start)
    if block == above:
        return "|"
    star = "*" if block.activity in protected else ""
    word = _SHORT.get(block.activity, block.activity.replace("_", " "))
    return word + star


_SHORT = {"patient_management": "patient mgmt", "group_preparation": "group prep"}
"""What lets five days fit a terminal of 80 characters."""


def _longest(template: Template, start: int, end: int) -> Block | None:
    """Return the block with most minutes in a span."""
    within = [b for b in template.blocks if b.start < end and b.end > start]
    return max(
        within,
        key=lambda b: min(b.end, end) - max(b.start, start),
        default=None,
    )
