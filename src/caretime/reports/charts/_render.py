"""Vega-Lite to SVG that stands inside a page: the drawing engine of the charts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from caretime.reports.charts import palette
from caretime.reports.markup import Markup, element

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
Spec = dict[str, Any]

_OPENING = re.compile(r"<svg [^>]*viewBox=\"([^\"]+)\"[^>]*>")
_NOISE = re.compile(
    r' (?:role|aria-roledescription|aria-label|aria-hidden|pointer-events)="[^"]*"'
    r'|<path class="(?:foreground|background)"[^>]*/>'
    r'| class="(?:mark|role|root)[^"]*"'
    r'| opacity="1"'
)
_NUMBERS = re.compile(r' (?:d|transform|x|y|x2|y2|width|height)="[^"]*"')
_LONG = re.compile(r"(\.\d)\d+")
_FONT = re.compile(r' font-family="[^"]*"')


def draw(
    spec: Mapping[str, Any], *, name: str, title: str, description: str, size: str
) -> Markup:
    """
    Draw a Vega-Lite specification as an ``<svg>`` that a page can hold.

    The picture scales to its frame, names itself by title and description, and
    keeps its colors as written so that the page can swap them. Roles inside are
    dropped (the picture is one image to a reader of screens), and so are digits
    past the first decimal of a coordinate: a tenth of a pixel is not seen.
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "background": None,
            "autosize": {"type": "none"},
            "config": _CONFIG,
            **spec,
        }
    )
    svg = _FONT.sub("", _NOISE.sub("", svg))
    svg = _NUMBERS.sub(lambda found: _LONG.sub(r"\1", found[0]), svg)
    while "<g></g>" in svg:
        svg = svg.replace("<g></g>", "")
    opening = _OPENING.search(svg)
    if opening is None:
        raise ValueError("the drawing engine returned no picture")
    inner = svg[opening.end() : svg.rindex("</svg>")]
    _, _, width, height = opening[1].split()
    return element(
        "svg",
        element("title", title, id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        Markup(inner),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=opening[1],
        width=width,
        height=height,
        class_=size,
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )


_CONFIG: Spec = {
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": palette.SOFT,
        "titleColor": palette.SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": palette.GRID,
        "domainColor": palette.NEUTRAL,
        "tickColor": palette.NEUTRAL,
        "labelPadding": 5,
        "labelLimit": 400,
    },
    "text": {"fontSize": 12, "fill": palette.INK, "font": FONT},
}
