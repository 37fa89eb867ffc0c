"""HTML from functions: every value is escaped unless it is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """A string that is HTML already and must not be escaped again."""

    __slots__ = ()


Child = str | Iterable["Child"] | None
"""What may stand inside an element: text, markup, a nest of both, or nothing."""


def join(*children: Child) -> Markup:
    """
    Join children; text is escaped, markup is kept, ``None`` is left out.

    Examples
    --------
    >>> join("a < b", Markup("<br>"), None, ["c", "d"])
    'a &lt; b<br>cd'
    """
    return Markup("".join(_flat(children)))


def element(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """
    Write one element.

    Attribute names lose a trailing underscore and turn the others into
    hyphens; an attribute of ``None`` is left out, an empty one stands alone.

    Examples
    --------
    >>> element("p", "5 < 6", class_="note")
    '<p class="note">5 &lt; 6</p>'
    >>> element("th", "Wait", scope="col", aria_label='"a"')
    '<th scope="col" aria-label="&quot;a&quot;">Wait</th>'
    """
    opening = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{opening}>")
    return Markup(f"<{name}{opening}>{join(*children)}</{name}>")


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str):
            yield escape(child, quote=False)
        else:
            yield from _flat(child)
