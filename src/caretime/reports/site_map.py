"""A site's week as a heat map: rooms, visits, cover and desks by the half hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element
from caretime.reports.site_load import SiteLoad, moment, span_words
from caretime.reports.week_calendar import DAYS, clock
from caretime.rules.spans import Span

CELL, ROW, GUTTER, HEAD, GAP = 52, 24, 58, 48, 32
"""Widths and heights of a panel in user units."""

TOP, EDGE = 96, 16
DEEPEST = 0.55
"""Opacity of the fullest cell: ink on it keeps a contrast above 6, light or dark."""

KEY = "Framed: all rooms in use, or cover lacking. !: more visits than rooms."

SHADES = " ░▒▓█"
"""No room, up to a third, up to two thirds, less than all, all rooms in use."""


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One span of one measure: its words, how deep it is shaded, and its mark.

    ``share`` is 0 to 1; ``marked`` says that it is full or lacks something.
    """

    text: str
    share: float
    marked: bool
    meaning: str


def site_svg(
    load: SiteLoad,
    *,
    step: int = 30,
    measures: Sequence[str] | None = None,
    columns: int = 2,
) -> str:
    """
    Draw a site's week as heat maps, one self-contained SVG.

    Its title says what stands out. Every cell holds its number; a cell that is
    full, or lacks cover, is framed and bold, so that nothing is said by color alone.
    Colors follow light, dark and print.

    Parameters
    ----------
    step
        Minutes a cell stands for. Rooms and visits show the most at once, cover the
        worst minute, desks the mean.
    measures
        Of ``rooms``, ``visits``, ``cover``, ``desk``; all there is something to
        show of by default.
    columns
        Maps side by side; one for a narrow screen.
    """
    chosen = load.shown if measures is None else tuple(measures)
    columns = min(columns, len(chosen))
    first, last = load.hours
    high = HEAD + (last - first) * 60 // step * ROW + GAP
    wide = GUTTER + WORKING_DAYS * CELL + EDGE
    width = EDGE + columns * wide
    lines = wrap(headline(load), width // 11)
    top = TOP + (len(lines) - 1) * 22
    height = top + -(-len(chosen) // columns) * high
    return element(
        "svg",
        element("title", headline(load)),
        element("desc", description(load)),
        element("style", Markup(palette.style_rules())),
        element("rect", width=width, height=height, fill=palette.PAPER),
        [
            _text(EDGE, 30 + 22 * n, line, size=17, weight="600")
            for n, line in enumerate(lines)
        ],
        _text(EDGE, top - 44, subtitle(load), size=13, fill=palette.SOFT),
        _text(EDGE, top - 25, KEY, size=13, fill=palette.SOFT),
        [
            element(
                "g",
                _panel(load, measure, step),
                transform=f"translate({EDGE + n % columns * wide} "
                f"{top + n // columns * high})",
            )
            for n, measure in enumerate(chosen)
        ],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        class_="chart",
        font_family="system-ui, sans-serif",
    )


def site_rows(load: SiteLoad, *, step: int = 30) -> Iterable[tuple[str, ...]]:
    """
    Yield a site's week as rows of text: a time, then a cell a day.

    A cell holds a block as dark as the rooms are full, rooms in use, visits at once
    and the share of people at work without a patient. The block is solid where all
    rooms are in use; ``!`` follows more visits than rooms.
    """
    first, last = load.hours
    for start in range(first * 60, last * 60, step):
        cells = []
        for day in range(WORKING_DAYS):
            at = day * MINUTES_PER_DAY + start
            rooms = _cell(load, "rooms", (at, at + step))
            visits = _cell(load, "visits", (at, at + step))
            desk = _cell(load, "desk", (at, at + step))
            shade = SHADES[4 if rooms.marked else ceil(rooms.share * 3)] * 2
            # Five days fit a terminal of 80 characters.
            free = desk.text.replace(" ", "") or "·"
            cells.append(
                f"{shade}{rooms.text or '·':>3}{visits.text or '·':>3}{free:>5}"
            )
        yield (clock(start), *cells)


def headline(load: SiteLoad) -> str:
    """
    Say in one sentence what stands out in a site's week.

    What is lacking comes first, then when rooms are full, then the busiest time.
    """
    site = load.clinic.clinic_id
    said = []
    most = max(load.rooms)
    if load.lacking_rooms:
        said.append(
            f"up to {most} visits for {_rooms(load)} on "
            f"{span_words(load.lacking_rooms)}"
        )
    elif load.full:
        said.append(f"rooms are full on {span_words(load.full)}")
    if load.lacking_cover:
        said.append(f"cover is short on {span_words(load.lacking_cover)}")
    if said:
        return f"{site}: {'; '.join(said)}"
    if not most:
        return f"{site}: no room is used"
    at = moment(load.rooms.index(most))
    return f"{site}: rooms are never full, at most {most} of {load.clinic.rooms} ({at})"


def subtitle(load: SiteLoad) -> str:
    """Name what the maps are made of."""
    people = "1 clinician" if load.clinicians == 1 else f"{load.clinicians} clinicians"
    return f"{load.clinic.clinic_id}, {load.clinic.county}: {people}, {_rooms(load)}"


def _rooms(load: SiteLoad) -> str:
    return "1 room" if load.clinic.rooms == 1 else f"{load.clinic.rooms} rooms"


def description(load: SiteLoad) -> str:
    """Say the pictures in words, for those who cannot see them."""
    said = [subtitle(load) + "."]
    for measure in ("rooms", "visits"):
        counts: Sequence[int] = getattr(load, measure)
        most = max(counts)
        noun = "rooms in use" if measure == "rooms" else "visits at once"
        said.append(f"Most {noun}: {most}, first on {moment(counts.index(most))}.")
    if any(load.cover_asked):
        short = load.lacking_cover
        said.append(
            f"Cover is short on {span_words(short)}."
            if short
            else "All cover is staffed."
        )
    share = load.desk_share((0, len(load.desk)))
    if share is not None:
        said.append(f"{share:.0%} of working time is without a patient.")
    return " ".join(said)


def measure_title(load: SiteLoad, measure: str) -> str:
    """Name a measure as its map does."""
    return {
        "rooms": f"Rooms in use, of {load.clinic.rooms}",
        "visits": "Visits at once, telehealth too",
        "cover": "Crisis cover, held / asked",
        "desk": "At work without a patient, %",
    }[measure]


def _cell(load: SiteLoad, measure: str, span: Span) -> Cell:
    """Return one cell; its text is empty where there is nothing."""
    if measure == "rooms":
        used = max(load.rooms[slice(*span)])
        share = used / load.clinic.rooms if load.clinic.rooms else float(used > 0)
        full = used > 0 and used >= load.clinic.rooms
        if used > load.clinic.rooms:
            words = f"{used} visits for {_rooms(load)}"
            return Cell(f"{used}!", 1, full, words)
        words = f"{used} of {_rooms(load)} in use"
        return Cell(str(used or ""), share, full, words)
    if measure == "visits":
        used = max(load.visits[slice(*span)])
        share = used / max(1, load.clinicians)
        return Cell(str(used or ""), share, False, f"{used} visits at once")
    if measure == "cover":
        held, asked = load.worst_cover(span)
        if not asked:
            return Cell("", 0, False, "no cover asked")
        words = f"{held} of {asked} on cover"
        return Cell(f"{held}/{asked}", held / asked, held < asked, words)
    part = load.desk_share(span)
    if part is None:
        return Cell("", 0, False, "nobody at work")
    words = f"{part:.0%} of those at work without a patient"
    return Cell(f"{part:.0%}", part, False, words)


def _panel(load: SiteLoad, measure: str, step: int) -> Iterator[Markup]:
    first, last = load.hours
    starts = range(first * 60, last * 60, step)
    yield _text(0, 16, measure_title(load, measure), size=15, weight="600")
    for day in range(WORKING_DAYS):
        yield _text(
            GUTTER + (day + 0.5) * CELL, HEAD - 10, DAYS[day][:3], size=13, middle=True
        )
    for n, start in enumerate(starts):
        y = HEAD + n * ROW
        if start % 60 == 0:
            yield _text(0, y + 17, clock(start), size=13, fill=palette.SOFT)
        for day in range(WORKING_DAYS):
            at = day * MINUTES_PER_DAY + start
            cell = _cell(load, measure, (at, at + step))
            yield _square(cell, GUTTER + day * CELL, y, f"{moment(at)}: {cell.meaning}")


def _square(cell: Cell, x: int, y: int, meaning: str) -> Markup:
    inset = 2 if cell.marked else 0.5
    return element(
        "g",
        element("title", meaning),
        element(
            "rect",
            x=f"{x + inset:g}",
            y=f"{y + inset:g}",
            width=f"{CELL - 2 * inset:g}",
            height=f"{ROW - 2 * inset:g}",
            fill=palette.PARTS[0],
            fill_opacity=f"{DEEPEST * _rounded(cell.share):g}",
            stroke=palette.INK if cell.marked else palette.GRID,
            stroke_width="2.5" if cell.marked else None,
        ),
        _text(
            x + CELL / 2,
            y + 17,
            cell.text,
            size=13,
            weight="700" if cell.marked else None,
            middle=True,
        )
        if cell.text
        else None,
    )


def _rounded(share: float) -> float:
    """Return a share in fifths, rounded up, so that few shades are told apart."""
    return ceil(min(1.0, share) * 5) / 5


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: str | None = None,
    fill: str = palette.INK,
    middle: bool = False,
) -> Markup:
    return element(
        "text",
        text,
        x=f"{x:g}",
        y=f"{y:g}",
        font_size=size,
        font_weight=weight,
        fill=fill,
        text_anchor="middle" if middle else None,
    )
