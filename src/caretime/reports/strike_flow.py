"""From risk tiers to outcomes: who goes where, as a drawn flow."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from caretime.reports import strike_words as words
from caretime.reports.charts import palette
from caretime.reports.charts.over_time import spread
from caretime.reports.markup import Markup, element
from caretime.reports.strike_tally import Ints

COLORS = (
    palette.PARTS[0],
    palette.PARTS[2],
    palette.PARTS[3],
    palette.PARTS[4],
    palette.PARTS[6],
    palette.PARTS[5],
    palette.WORSE,
)
"""One an outcome, as ``--outcome-0`` and so on in the style sheet."""

HEIGHT, GAP, NODE, LINE = 340, 12, 12, 15


def flow_svg(counts: Ints, *, width: int, name: str, description: str) -> Markup:
    """
    Draw the patients of each risk tier as ribbons to what becomes of them.

    Parameters
    ----------
    counts
        Shape ``(3, outcomes)``, the highest tier first.
    width
        In user units; below 500 the words are set narrow.
    """
    narrow = width < 500
    left, right = (70, 122) if narrow else (130, 210)
    sources, targets = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
    some = max(1, sum(sources))
    kinds = max(sum(map(bool, sources)), sum(map(bool, targets)))
    unit = (HEIGHT - GAP * max(0, kinds - 1)) / some
    here, there = _places(sources, unit), _places(targets, unit)
    x, x2 = left + NODE, width - right - NODE
    return element(
        "svg",
        element("title", "Who goes where", id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        _ribbons(counts, here, there, unit, (x, x2)),
        [_node(left, here[k], n * unit, palette.INK) for k, n in enumerate(sources)],
        [_node(x2, there[k], n * unit, COLORS[k]) for k, n in enumerate(targets)],
        _labels(
            [
                (here[k] + n * unit / 2, f"{words.opened(words.TIERS[k + 1])} tier", n)
                for k, n in enumerate(sources)
                if n
            ],
            (left - 6, "end"),
            9 if narrow else 18,
        ),
        _labels(
            [
                (there[k] + n * unit / 2, words.OUTCOMES[k], n)
                for k, n in enumerate(targets)
                if n
            ],
            (x2 + NODE + 6, "start"),
            16 if narrow else 30,
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {HEIGHT + 24}",
        width=width,
        height=HEIGHT + 24,
        class_="narrow" if narrow else "wide",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )


def _places(counts: Sequence[int], unit: float) -> list[float]:
    """Return where each node begins, one below the other."""
    found, at = [], 12.0
    for count in counts:
        found.append(at)
        at += count * unit + (GAP if count else 0)
    return found


def _ribbons(
    counts: Ints,
    here: Sequence[float],
    there: Sequence[float],
    unit: float,
    ends: tuple[float, float],
) -> list[Markup]:
    starts, stops = list(here), list(there)
    x, x2 = ends
    middle = (x + x2) / 2
    found = []
    for tier in range(counts.shape[0]):
        for outcome in range(counts.shape[1]):
            thick = int(counts[tier, outcome]) * unit
            if not thick:
                continue
            a, b = starts[tier], stops[outcome]
            path = (
                f"M{x:.1f} {a:.1f}C{middle:.1f} {a:.1f} {middle:.1f} {b:.1f} "
                f"{x2:.1f} {b:.1f}V{b + thick:.1f}C{middle:.1f} {b + thick:.1f} "
                f"{middle:.1f} {a + thick:.1f} {x:.1f} {a + thick:.1f}Z"
            )
            found.append(
                element(
                    "path",
                    element(
                        "title",
                        f"{words.opened(words.TIERS[tier + 1])} tier, "
                        f"{words.OUTCOMES[outcome]}: {int(counts[tier, outcome]):,}",
                    ),
                    d=path,
                    fill=COLORS[outcome],
                    fill_opacity="0.45",
                )
            )
            starts[tier] += thick
            stops[outcome] += thick
    return found


def _node(x: float, y: float, height: float, color: str) -> Markup | None:
    if not height:
        return None
    return element(
        "rect",
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=NODE,
        height=f"{max(1.0, height):.1f}",
        fill=color,
    )


def _labels(
    rows: Sequence[tuple[float, str, int]], place: tuple[float, str], letters: int
) -> list[Markup]:
    x, anchor = place
    lines = [[*wrap(name, letters), f"{count:,}"] for _, name, count in rows]
    tallest = max((len(text) for text in lines), default=1)
    centers = spread([y for y, _, _ in rows], LINE * tallest + 3, LINE * tallest / 2)
    return [
        element(
            "text",
            [
                element(
                    "tspan",
                    line,
                    x=f"{x:.1f}",
                    y=f"{center + LINE * (k - (len(text) - 1) / 2) + 4:.1f}",
                    font_weight="600" if k == len(text) - 1 else None,
                )
                for k, line in enumerate(text)
            ],
            font_size=13,
            fill=palette.INK,
            text_anchor=anchor,
        )
        for center, text in zip(centers, lines, strict=True)
    ]
