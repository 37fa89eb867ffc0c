"""How many messages a text travels as: seven bits a sign where all allow it, or 16."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Signs of the basic table, one unit each (3GPP TS 23.038, 6.2.1)."""

GSM_7_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Signs of the extension table, two units each, which stay in one segment."""

_ROOM = {"gsm-7": (160, 153), "ucs-2": (70, 67)}
"""Units in a message of one segment, and in each segment of a longer one."""


@dataclass(frozen=True, slots=True)
class Segments:
    """
    What a text costs.

    Parameters
    ----------
    encoding
        ``gsm-7`` or ``ucs-2``.
    units
        Septets, or 16-bit units.
    count
        Messages it travels as.
    """

    encoding: str
    units: int
    count: int


def segments(text: str) -> Segments:
    """
    Count the segments of a text message.

    Examples
    --------
    >>> segments("a" * 160)
    Segments(encoding='gsm-7', units=160, count=1)
    >>> segments("á" * 71)
    Segments(encoding='ucs-2', units=71, count=2)
    """
    signs = GSM_7 | GSM_7_EXTENDED
    encoding = "gsm-7" if signs.issuperset(text) else "ucs-2"
    widths = list(_widths(text, encoding))
    whole, part = _ROOM[encoding]
    units = sum(widths)
    if units <= whole:
        return Segments(encoding, units, 1)
    count, room = 1, part
    for width in widths:
        # A sign of two units is never cut in two.
        if width > room:
            count, room = count + 1, part
        room -= width
    return Segments(encoding, units, count)


def _widths(text: str, encoding: str) -> Iterator[int]:
    for sign in text:
        if encoding == "gsm-7":
            yield 2 if sign in GSM_7_EXTENDED else 1
        else:
            yield len(sign.encode("utf-16-be")) // 2
