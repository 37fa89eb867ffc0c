"""Who was left without care, and why: reasons, places, languages, a map."""

from __future__ import annotations

from collections.abc import Iterator

from caretime.measures.suppression import THRESHOLD
from caretime.reports import wording
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_hidden import SafeTable
from caretime.reports.strike_map import map_svg
from caretime.reports.strike_places import Area, areas_of
from caretime.reports.strike_sections import why
from caretime.reports.strike_sections.breakdown import breakdown
from caretime.reports.strike_tally import COLUMNS, NOBODY, Tally
from caretime.reports.strike_words import count, of_hundred
from caretime.reports.tabular import details

RATE = "Nobody, of 100"
BY = (
    ("tier", "Risk tier"),
    ("county", "County"),
    ("language", "Language"),
    ("age", "Age group"),
    ("need", "Need"),
    ("kind", "Next visit"),
)
NAMED = 3


def left_out(tally: Tally) -> Markup:
    """Write the section."""
    number = tally.number(NOBODY)
    if not number:
        return element("p", "Nobody was left without somebody who takes over.")
    return join(
        element(
            "p",
            f"{count(number, 'patient')} of {tally.affected:,} have nobody who takes "
            f"over ({of_hundred(number, tally.affected)}). Each is on a list with the "
            "reason, with what would help most cheaply, and with a day on which "
            "somebody must call.",
        ),
        element("ul", [element("li", text) for text in _said(tally)], class_="sure"),
        element("h3", "Why nobody?"),
        why.reasons(tally),
        why.shared_places(tally),
        why.helps(tally),
        why.listed(tally),
        element("h3", "Of whom?"),
        element(
            "p",
            f"Counts of 1 to {THRESHOLD - 1} people are hidden here, and so are others "
            "that would give one away. Parts too small to stand alone are put "
            "together. Counts by risk tier are exact, because the proof needs them.",
        ),
        [_by(tally, dimension, head) for dimension, head in BY[:3]],
        [
            details(f"By {head.lower()}", _by(tally, dimension, head))
            for dimension, head in BY[3:]
        ],
        _map(tally),
    )


def _said(tally: Tally) -> Iterator[str]:
    """Say who they are, as far as counts may be shown."""
    for dimension, what in (("county", "county"), ("language", "language")):
        shown = tally.table(dimension)
        worst = _worst(shown)
        if worst:
            yield f"By {what}, most often without anybody: {wording.listed(worst)}."
    yield from why.said(tally)


def _worst(shown: SafeTable) -> list[str]:
    """Name the parts with the highest share without anybody, hidden ones aside."""
    found = []
    for k, name in enumerate(shown.parts):
        if name and not shown.hidden[k, -1] and shown.counts[k, -1]:
            total = int(shown.counts[k].sum())
            nobody = int(shown.counts[k, -1])
            found.append((nobody / total, name, of_hundred(nobody, total)))
    return [
        f"{name} ({share})" for _, name, share in sorted(found, reverse=True)[:NAMED]
    ]


def _by(tally: Tally, dimension: str, head: str) -> Markup:
    return breakdown(
        f"What becomes of patients, by {head.lower()}",
        head,
        tally.table(dimension),
        COLUMNS,
        rate=RATE,
    )


def _map(tally: Tally) -> Markup | None:
    shown = tally.table("area")
    areas = areas_of(tally, shown)
    if not areas:
        return None
    told = (
        "Circles by the first three digits of the zip code, as large as there are "
        "affected patients and as dark as there are some without anybody."
    )
    pictures = [
        map_svg(tally, areas, width=width, name=f"map-{size}", description=told)
        for width, size in ((700, "wide"), (350, "narrow"))
    ]
    return element(
        "figure",
        element(
            "figcaption",
            element("h3", "Where were patients left without anybody?"),
            element(
                "p",
                "A circle is a zip area (first three digits). Its size is the number "
                "of affected patients; its shade and the number inside are how many "
                "of a hundred have nobody. Dashed: too few to show. Circles that "
                "would cover each other are moved apart. Faint dots are zip codes, "
                "diamonds are clinics; the dashed box is drawn larger below.",
                class_="unit",
            ),
        ),
        element("div", pictures, class_="chart"),
        details("The numbers", _areas(shown, areas)),
        id="map",
    )


def _areas(shown: SafeTable, areas: tuple[Area, ...]) -> Markup:
    county = {area.name: area.county for area in areas}
    names = tuple(
        f"{name} ({county[name]})" if name in county else name for name in shown.parts
    )
    return breakdown(
        "What becomes of patients, by zip area; the county is where most of them live",
        "Zip area",
        SafeTable(names, shown.counts, shown.hidden, shown.merged),
        COLUMNS,
        rate=RATE,
    )
