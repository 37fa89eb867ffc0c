"""Bytes to UTF-8 text with plain line ends; says what was wrong with the bytes."""

from __future__ import annotations

import codecs
from pathlib import Path

from caretime.formats._reading.raw import Findings

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS = "save it as 'CSV UTF-8', or hand in the workbook itself"


def read_bytes(path: Path, source: str, limit: int, findings: Findings) -> bytes | None:
    """Read a file, or say why not: absent, a directory, too large, unreadable."""
    if not path.exists():
        findings.problem(source, 0, "", "the file is missing")
        return None
    if not path.is_file():
        findings.problem(source, 0, "", "expected a file, found a directory")
        return None
    size = path.stat().st_size
    if size > limit:
        findings.problem(
            source,
            0,
            "",
            f"has {size / 1e6:,.0f} MB, at most {limit / 1e6:,.0f} MB are read",
            "leave out appointments that lie far back",
        )
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        findings.problem(source, 0, "", f"cannot be read: {error.strerror}")
        return None


def plain_text(data: bytes, source: str, findings: Findings) -> bytes:
    """
    Return the text as UTF-8 without a byte order mark, with line feeds only.

    Bytes in another encoding are a problem, and are read all the same, so that
    the problems further down in the file are found in the same pass.
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data.removeprefix(codecs.BOM_UTF8)
        findings.doubt(source, 1, "", "starts with a byte order mark; it is skipped")
    if data.startswith(_UTF16) or _looks_like_utf16(data):
        findings.problem(source, 1, "", "is UTF-16, expected UTF-8", _SAVE_AS)
        data = _from_utf16(data)
    if b"\0" in data:
        _report_nul(data, source, findings)
        data = data.replace(b"\0", b"")
    try:
        data.decode()
    except UnicodeDecodeError:
        _report_bytes(data, source, findings)
        data = data.decode("cp1252", errors="replace").encode()
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def _looks_like_utf16(data: bytes) -> bool:
    head = data[:400]
    return (
        len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) > len(head) / 4
    )


def _from_utf16(data: bytes) -> bytes:
    if data.startswith(_UTF16):
        return data.decode("utf-16", errors="replace").encode()
    big = data[:400:2].count(0) > data[1:400:2].count(0)
    name = "utf-16-be" if big else "utf-16-le"
    return data.decode(name, errors="replace").encode()


def _report_nul(data: bytes, source: str, findings: Findings) -> None:
    for line, text in enumerate(data.split(b"\n"), start=1):
        if b"\0" in text:
            findings.problem(
                source, line, "", "holds a NUL byte", "export the file again"
            )


def _report_bytes(data: bytes, source: str, findings: Findings) -> None:
    """Name each line that is not UTF-8, and the character it was meant to hold."""
    for line, text in enumerate(data.split(b"\n"), start=1):
        try:
            text.decode()
        except UnicodeDecodeError as error:
            byte = text[error.start]
            meant = bytes([byte]).decode("cp1252", errors="replace")
            findings.problem(
                source,
                line,
                "",
                f"byte 0x{byte:02X} is not UTF-8; in Windows-1252 it is {meant!r}",
                _SAVE_AS,
            )
