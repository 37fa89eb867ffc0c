"""Which characters a font has signs for: its ``cmap`` table, read by hand."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def covered(path: str, index: int) -> frozenset[int]:
    """
    Return the code points that a font file has a glyph for.

    Parameters
    ----------
    index
        Which font of a collection; 0 in a file of one font.

    Notes
    -----
    OpenType 1.9, ``cmap``: the formats 4 and 12 are read, which every Unicode font
    has. A font without either covers nothing.
    """
    data = Path(path).read_bytes()
    start = 0
    if data[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", data, 12 + 4 * index)
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return frozenset(_characters(data, offset))
    return frozenset()


def _characters(data: bytes, cmap: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for number in range(count):
        _, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", data, cmap + offset)
        if form == 4:
            yield from _segments(data, cmap + offset)
        elif form == 12:
            yield from _groups(data, cmap + offset)


def _segments(data: bytes, at: int) -> Iterator[int]:
    """Read format 4: segments of the basic plane, each with its own shift."""
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + doubled)
    shifts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * doubled)
    ranges = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", data, ranges)
    for number, (end, start) in enumerate(zip(ends, starts, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offsets[number]:
                place = ranges + 2 * number + offsets[number] + 2 * (code - start)
                (glyph,) = struct.unpack_from(">H", data, place)
                if not glyph:
                    continue
            if (glyph + shifts[number]) & 0xFFFF:
                yield code


def _groups(data: bytes, at: int) -> Iterator[int]:
    """Read format 12: groups of any plane."""
    (count,) = struct.unpack_from(">I", data, at + 12)
    for number in range(count):
        start, end, glyph = struct.unpack_from(">III", data, at + 16 + 12 * number)
        yield from range(start + (not glyph), end + 1)
