"""The repeating week as a picture: an SVG calendar and rows for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.week import Block, Template
from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element
from caretime.tables import rows

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

COLUMN, GUTTER, TOP, HOUR = 176, 56, 78, 64
"""Widths and heights in user units; an hour is 64 high."""

SMALLEST_TEXT = 14
"""Blocks less high than this carry no text of their own, only a tooltip."""


def week_svg(template: Template, *, title: str) -> str:
    """
    Draw a template as a calendar of five days, one self-contained SVG.

    Each block is named inside it, or by a tooltip where it is too short, so that
    nothing is said by color alone.

    Examples
    --------
    >>> from caretime.model.week import Block
    >>> picture = week_svg(Template((Block(540, 50, "return"),)), title="A week")
    >>> picture.startswith("<svg"), "Monday 09:00 Return visit, 50 min" in picture
    (True, True)
    """
    first, last = hours_used(template)
    width, height = GUTTER + 5 * COLUMN + 8, TOP + (last - first) * HOUR + 12
    return element(
        "svg",
        element("title", title),
        element("rect", width=width, height=height, fill=palette.PAPER),
        _text(8, 24, title, size=16, weight="600"),
        [_day_name(day) for day in range(WORKING_DAYS)],
        [_hour_line(hour, first, width) for hour in range(first, last + 1)],
        [_block(block, first) for block in template.blocks],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        font_family="system-ui, sans-serif",
    )


def week_rows(template: Template, *, step: int = 30) -> Iterable[tuple[str, ...]]:
    """
    Yield the week as rows of text: a time, then what each day holds from then on.

    Parameters
    ----------
    step
        Minutes a row stands for; a cell names the activity with most of them, and
        is empty where it goes on from the row above.

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
            _cell(template, day * MINUTES_PER_DAY + start, step)
            for day in range(WORKING_DAYS)
        ]
        yield (clock(start), *cells)


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


@cache
def _activities() -> dict[str, dict[str, str]]:
    return {row["activity"]: row for row in rows("activities")}


def _cell(template: Template, start: int, step: int) -> str:
    block = _longest(template, start, start + step)
    if block is None:
        return ""
    above = _longest(template, start - step, start)
    return "|" if block == above else block.activity.replace("_", " ")


def _longest(template: Template, start: int, end: int) -> Block | None:
    """Return the block with most minutes in a span."""
    within = [b for b in template.blocks if b.start < end and b.end > start]
    return max(
        within,
        key=lambda b: min(b.end, end) - max(b.start, start),
        default=None,
    )


def _fill(activity: str) -> str:
    by_activity = {
        "return": palette.PARTS[2],
        "intake": palette.PARTS[1],
        "group": palette.PARTS[1],
        "urgent": palette.PARTS[1],
        "patient_management": palette.PARTS[4],
        "notes": palette.PARTS[4],
        "group_preparation": palette.PARTS[4],
    }
    group = _activities()[activity]["group"]
    rest = palette.GRID if group == "break" else palette.PARTS[6]
    return by_activity.get(activity, rest)


def _block(block: Block, first: int) -> Markup:
    x = GUTTER + block.day * COLUMN + 3
    y = TOP + (block.minute_of_day - first * 60) * HOUR / 60
    high = block.minutes * HOUR / 60
    title = activity_titles()[block.activity]
    at = clock(block.minute_of_day)
    whole = f"{DAYS[block.day]} {at} {title}, {block.minutes} min"
    dashed = "4 2" if block.activity in ("intake", "urgent") else None
    return element(
        "g",
        element("title", whole),
        element(
            "rect",
            x=x,
            y=f"{y + 0.5:g}",
            width=COLUMN - 6,
            height=f"{high - 1:g}",
            rx=3,
            fill=_fill(block.activity),
            stroke=palette.NEUTRAL,
            stroke_dasharray=dashed,
        ),
        _text(x + 6, y + min(high / 2 + 4, 16), f"{at} {title}", size=11)
        if high >= SMALLEST_TEXT
        else None,
    )


def _day_name(day: int) -> Markup:
    return _text(GUTTER + day * COLUMN + 6, TOP - 14, DAYS[day], size=12, weight="600")


def _hour_line(hour: int, first: int, width: int) -> list[Markup]:
    y = TOP + (hour - first) * HOUR
    line = element("line", x1=GUTTER, x2=width - 8, y1=y, y2=y, stroke=palette.GRID)
    return [line, _text(8, y + 4, clock(hour * 60), size=11, fill=palette.SOFT)]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: str | None = None,
    fill: str = palette.INK,
) -> Markup:
    return element(
        "text",
        text,
        x=f"{x:g}",
        y=f"{y:g}",
        font_size=size,
        font_weight=weight,
        fill=fill,
    )
