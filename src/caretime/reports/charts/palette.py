"""
The colors of charts, light and dark, and how the page swaps them.

Charts are drawn once, in the light colors. The page's style sheet carries one
rule a color (``[fill="#2f78d8"]{fill:var(--arm-1)}``), so the same picture
follows light, dark and print without a script. The arm colors differ in
lightness as well as in hue, and lines differ in their dashes too, so nothing is
said by color alone. Against white each has a contrast of 3.3 or more.
"""

from __future__ import annotations

ARMS = ("#2f3740", "#2f78d8", "#d9661a", "#8a3a9e", "#12a07c", "#6e1f2e")
DASHES = ((1, 0), (7, 3), (3, 2), (9, 3, 2, 3), (2, 3), (12, 4))

INK = "#1c2127"
SOFT = "#4f5863"
GRID = "#dfe3e7"
PAPER = "#fefefe"
LIMIT = "#8a6d00"
BETTER = "#0c6b3d"
WORSE = "#a8200d"
NEUTRAL = "#6d7682"
PARTS = ("#1d5fa6", "#4f93d9", "#9cc3ea", "#0d7d6c", "#79bdae", "#7a6c5d", "#c3b8aa")

_DARK = {
    "arm-0": "#e6eaee",
    "arm-1": "#5c9dff",
    "arm-2": "#f08a3c",
    "arm-3": "#c9a0f5",
    "arm-4": "#35c7a3",
    "arm-5": "#ffb8c4",
    "ink": "#e9edf1",
    "soft": "#b1bac4",
    "grid": "#343c46",
    "paper": "#14181d",
    "limit": "#e3c04f",
    "better": "#6fd8a0",
    "worse": "#ff9c8a",
    "neutral": "#98a2ad",
    "part-0": "#3f86d6",
    "part-1": "#7fb4ee",
    "part-2": "#b9d6f5",
    "part-3": "#2aa593",
    "part-4": "#8fd3c5",
    "part-5": "#a8998a",
    "part-6": "#d6ccbf",
}

_LIGHT = {
    **{f"arm-{k}": color for k, color in enumerate(ARMS)},
    "ink": INK,
    "soft": SOFT,
    "grid": GRID,
    "paper": PAPER,
    "limit": LIMIT,
    "better": BETTER,
    "worse": WORSE,
    "neutral": NEUTRAL,
    **{f"part-{k}": color for k, color in enumerate(PARTS)},
}


def arm_color(index: int) -> str:
    """
    Return the color of the arm at a position; positions past the last repeat.

    >>> arm_color(1)
    '#2f78d8'
    """
    return ARMS[index % len(ARMS)]


def arm_dash(index: int) -> tuple[int, ...]:
    """Return the dashes of the arm's lines, so that gray print tells them apart."""
    return DASHES[index % len(DASHES)]


def style_rules() -> str:
    """
    Write the color variables, their dark values and the swap of chart colors.

    >>> '[fill="#2f78d8"]{fill:var(--arm-1)}' in style_rules()
    True
    """
    light = "".join(f"--{name}:{color};" for name, color in _LIGHT.items())
    dark = "".join(f"--{name}:{color};" for name, color in _DARK.items())
    swap = "".join(
        f'.chart [fill="{color}"]{{fill:var(--{name})}}'
        f'.chart [stroke="{color}"]{{stroke:var(--{name})}}'
        for name, color in _LIGHT.items()
    )
    return (
        f":root{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{swap}"
    )
