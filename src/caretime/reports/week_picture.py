"""A clinician's week as an SVG calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from zlib import crc32

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import TELEHEALTH, Block, Template
from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element, join
from caretime.reports.week_calendar import (
    DAYS,
    activity_groups,
    activity_titles,
    clock,
    day_places,
    days_shown,
    hours_used,
)

COLUMN, GUTTER, TOP, HOUR, TITLE = 140, 56, 118, 72, 24
"""Widths and heights in user units; an hour is 72 high."""

SMALLEST_TEXT = 14
"""Blocks less high than this carry no text of their own, only a tooltip."""

ON_PART = "#15191e"
"""Ink on a colored block: the palette's parts stay light in the dark as well."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is known of a week beyond its blocks."""

    days: Sequence[str]
    standing: Collection[int]
    protected: Collection[str]
    hatch: str


def week_svg(
    template: Template,
    *,
    title: str,
    places: Sequence[str] = (),
    standing: Collection[int] = (),
    protected: Collection[str] = (),
) -> str:
    """
    Draw a template as a calendar, one self-contained SVG.

    Each block is named inside it, or by a tooltip where it is too short, so that
    nothing is said by color alone. Colors follow light, dark and print.

    Parameters
    ----------
    places
        Where each block is worked, as in `RosterWeek`; a day's heading names the
        place of most of it, a block elsewhere names its own and has a thick edge.
    standing
        Starts of the openings that patients keep week after week, in minutes from
        Monday 00:00; they bear a dot.
    protected
        Activities that count as protected time; they are hatched.

    Raises
    ------
    ValueError
        If there are places, but not one for each block.

    Examples
    --------
    >>> from caretime.model.week import Block
    >>> picture = week_svg(Template((Block(540, 50, "return"),)), title="A week")
    >>> picture.startswith("<svg"), "Monday 09:00 Return visit, 50 min" in picture
    (True, True)
    """
    if places and len(places) != len(template.blocks):
        raise ValueError(f"{len(places)} places for {len(template.blocks)} blocks")
    first, last = hours_used(template)
    width, height = (
        GUTTER + days_shown(template) * COLUMN + 8,
        TOP + (last - first) * HOUR + 12,
    )
    # A page may hold several weeks, and an id may stand there once.
    hatch = f"hatch-{crc32(title.encode()):08x}"
    where = places or ("",) * len(template.blocks)
    marks = _Marks(day_places(template, places), standing, protected, hatch)
    lines = wrap(title, width // 11)
    drop = TITLE * (len(lines) - 1)
    height += drop
    return element(
        "svg",
        element("title", title),
        element("desc", _in_words(template, marks)),
        element("style", Markup(palette.style_rules())),
        _hatch(hatch),
        element("rect", width=width, height=height, fill=palette.PAPER),
        [
            _text(8, 28 + n * TITLE, line, size=18, weight="600")
            for n, line in enumerate(lines)
        ],
        element(
            "g",
            _key(template, marks),
            [_day_name(template, day, marks) for day in range(days_shown(template))],
            [_hour_line(hour, first, width) for hour in range(first, last + 1)],
            [
                _block(block, place, first, marks, marks.days[block.day])
                for block, place in zip(template.blocks, where, strict=True)
            ],
            transform=f"translate(0 {drop})" if drop else None,
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        class_="chart",
        font_family="system-ui, sans-serif",
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
    group = activity_groups()[activity]
    rest = palette.GRID if group == "break" else palette.PARTS[6]
    return by_activity.get(activity, rest)


def _block(block: Block, place: str, first: int, marks: _Marks, main: str) -> Markup:
    x = GUTTER + block.day * COLUMN + 3
    y = TOP + (block.minute_of_day - first * 60) * HOUR / 60
    high = block.minutes * HOUR / 60
    fill = _fill(block.activity)
    box: dict[str, str | int] = {
        "x": x,
        "y": f"{y + 0.5:g}",
        "width": COLUMN - 6,
        "height": f"{high - 1:g}",
        "rx": 3,
    }
    dashed = "4 2" if block.activity in ("intake", "urgent") else None
    elsewhere = place not in ("", main)
    return element(
        "g",
        element("title", _told(block, place, marks)),
        element(
            "rect", fill=fill, stroke=palette.NEUTRAL, stroke_dasharray=dashed, **box
        ),
        element("rect", fill=f"url(#{marks.hatch})", **box)
        if block.activity in marks.protected
        else None,
        element("rect", x=x, y=f"{y:g}", width=5, height=f"{high:g}", fill=palette.INK)
        if elsewhere
        else None,
        _text(
            x + (10 if elsewhere else 6),
            y + min(high / 2 + 5, 18),
            _label(block, place if elsewhere else "", marks),
            size=12,
            fill=palette.INK if fill == palette.GRID else ON_PART,
        )
        if high >= SMALLEST_TEXT
        else None,
    )


def _label(block: Block, place: str, marks: _Marks) -> str:
    """Return what stands inside a block."""
    at, title = clock(block.minute_of_day), _SHORT.get(block.activity)
    dot = " ●" if block.start in marks.standing else ""
    where = "" if not place else " · tele" if place == TELEHEALTH else f" · {place}"
    return f"{at} {title or activity_titles()[block.activity]}{dot}{where}"


_SHORT = {
    "intake": "Intake",
    "return": "Return",
    "group": "Group",
    "urgent": "Urgent",
    "patient_management": "Patient mgmt.",
    "group_preparation": "Group prep.",
    "admin": "Admin",
}
"""What fits the column; the tooltip has the whole title."""


def _told(block: Block, place: str, marks: _Marks) -> str:
    """Return a block's tooltip, which says everything there is to say of it."""
    title = activity_titles()[block.activity]
    at = clock(block.minute_of_day)
    parts = [f"{DAYS[block.day]} {at} {title}", f"{block.minutes} min"]
    if place:
        parts.append(place)
    if block.activity in marks.protected:
        parts.append("protected time")
    if block.start in marks.standing:
        parts.append("a standing patient's time")
    return ", ".join(parts)


def _in_words(template: Template, marks: _Marks) -> str:
    """Say the picture in words, for those who cannot see it."""
    said = []
    for day in range(days_shown(template)):
        blocks = list(template.on_day(day))
        if not blocks:
            said.append(f"{DAYS[day]}: no work.")
            continue
        visits = sum(activity_groups()[b.activity] == "visit" for b in blocks)
        place = marks.days[day]
        where = f" at {place}" if place else ""
        begin, end = (
            blocks[0].minute_of_day,
            blocks[-1].end - blocks[-1].day * MINUTES_PER_DAY,
        )
        counted = "1 visit" if visits == 1 else f"{visits} visits"
        said.append(f"{DAYS[day]}{where}: {clock(begin)} to {clock(end)}, {counted}.")
    return " ".join(said)


def _hatch(name: str) -> Markup:
    stroke = element("path", d="M0 8L8 0", stroke=ON_PART, stroke_opacity="0.35")
    size: dict[str, int] = {"width": 8, "height": 8}
    return element(
        "defs",
        element("pattern", stroke, id=name, patternUnits="userSpaceOnUse", **size),
    )


def _key(template: Template, marks: _Marks) -> Iterator[Markup]:
    """Explain the marks the week has, and no others."""
    used = {block.activity for block in template.blocks}
    x = 8.0
    for shown, dashes, fill, words in (
        (used & {"intake", "urgent"}, "4 2", palette.PARTS[1], "intake, urgent"),
        (used & set(marks.protected), None, palette.PARTS[4], "protected time"),
        (
            _filled(used, palette.PARTS[6]),
            None,
            palette.PARTS[6],
            "other work, buffers",
        ),
        (_filled(used, palette.GRID), None, palette.GRID, "meal, rests"),
    ):
        if shown:
            box: dict[str, str | int] = {
                "x": f"{x:g}",
                "y": 43,
                "width": 26,
                "height": 15,
            }
            yield element(
                "rect",
                fill=fill,
                stroke=palette.NEUTRAL,
                stroke_dasharray=dashes,
                **box,
            )
            if fill == palette.PARTS[4]:
                yield element("rect", fill=f"url(#{marks.hatch})", **box)
            yield _text(x + 32, 55, words, size=13, fill=palette.SOFT)
            x += 46 + 7.2 * len(words)
    if marks.standing:
        yield _text(x, 55, "● standing patient", size=13, fill=palette.SOFT)


def _filled(activities: Collection[str], color: str) -> set[str]:
    """Return the activities drawn in a color, some in blocks too short for a name."""
    return {activity for activity in activities if _fill(activity) == color}


def _day_name(template: Template, day: int, marks: _Marks) -> Markup:
    x = GUTTER + day * COLUMN + 6
    place = marks.days[day]
    return join(
        _text(x, TOP - 28, DAYS[day], size=14, weight="600"),
        _text(x, TOP - 11, place, size=13, fill=palette.SOFT) if place else None,
    )


def _hour_line(hour: int, first: int, width: int) -> list[Markup]:
    y = TOP + (hour - first) * HOUR
    line = element("line", x1=GUTTER, x2=width - 8, y1=y, y2=y, stroke=palette.GRID)
    return [line, _text(8, y + 4, clock(hour * 60), size=13, fill=palette.SOFT)]


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
