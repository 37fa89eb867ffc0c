"""Letters as PDF for a window envelope, put into a folder for the printer."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caretime_web.channels._coverage import covered
from caretime_web.channels.outcome import Failed, Outgoing, Sent
from caretime_web.channels.wording import closest, dated, read_texts

if TYPE_CHECKING:
    import typst

FAMILIES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "zh-Hant": (("Noto Sans CJK TC", "Noto Sans TC"),),
    "zh-Hans": (("Noto Sans CJK SC", "Noto Sans SC"),),
    "ko": (("Noto Sans CJK KR", "Noto Sans KR"),),
    "hy": (("Noto Sans",), ("Noto Sans Armenian",)),
    "fa": (("Noto Sans Arabic",), ("Noto Sans",)),
}
"""Fonts of a language in their order, each with the names it may go by."""

LATIN = (("Noto Sans",),)

REGIONS = {"zh-Hant": "TW", "zh-Hans": "CN"}
"""Decides between shapes of the same Chinese sign; the rest are at home here."""

ADDRESS_LINES = range(2, 5)
"""More than four lines do not always show in the window."""


_NOT_IN_WINDOW = "not-in-window"


@dataclass(frozen=True, slots=True)
class LetterHead:
    """
    Who writes, as it stands at the head of a letter.

    Parameters
    ----------
    lines
        Name and address of the sender, at most four lines; neutral.
    """

    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= 4:
            raise ValueError(
                f"{len(self.lines)} lines at the head of a letter, of 1 to 4"
            )


class NotPrintable(Exception):
    """A letter that cannot be made; carries the failure a channel answers with."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(code)
        self.failed = Failed(kind, code)


class Press:
    """
    Sets letters in every script, with fonts read once.

    Parameters
    ----------
    font_folder
        Looked into beside the system's own fonts (Debian: ``fonts-noto-core`` and
        ``fonts-noto-cjk``).
    system_fonts
        False to use the folder alone.
    """

    def __init__(
        self, font_folder: str | Path | None = None, *, system_fonts: bool = True
    ) -> None:
        self._folders = [str(font_folder)] if font_folder else []
        self._system_fonts = system_fonts

    def pdf(self, message: Outgoing, head: LetterHead) -> bytes:
        """
        Return one letter as PDF/UA, the same octets for the same message.

        Parameters
        ----------
        message
            ``to`` holds the lines of the address; paragraphs of ``text`` are parted
            by empty lines, and one that is a link alone becomes one.

        Raises
        ------
        NotPrintable
            If the address does not fit the window, a font is missing, or a character
            has no sign in any of the language's fonts.
        """
        to = [line.strip() for line in message.to.splitlines() if line.strip()]
        if len(to) not in ADDRESS_LINES:
            raise NotPrintable("bad_address", _NOT_IN_WINDOW)
        language = closest(message.language)
        texts = read_texts(language)
        fonts = self._families(language)
        # A name may be in any script, whatever the language of the letter.
        to_fonts = [*fonts, *(name for name in self._all() if name not in fonts)]
        paragraphs = [part.strip("\n") for part in message.text.split("\n\n")]
        told = {
            "from": head.lines,
            "to": to,
            "date": dated(message.made_at.date(), language),
            "subject": message.subject,
            "body": [part for part in paragraphs if part],
            "goodbye": head.lines,
            "fonts": fonts,
            "address-fonts": to_fonts,
            "lang": texts["language"].partition("-")[0],
            "region": REGIONS.get(language, "US"),
            "dir": texts["direction"],
        }
        self._check_signs(
            _signs([*head.lines, told["date"], message.subject, *told["body"]]), fonts
        )
        self._check_signs(_signs(to), to_fonts)
        return self._set(told, message)

    @cached_property
    def _fonts(self) -> typst.Fonts:
        import typst

        return typst.Fonts(
            include_system_fonts=self._system_fonts,
            include_embedded_fonts=False,
            font_paths=self._folders,
        )

    @cached_property
    def _compiler(self) -> typst.Compiler:
        import typst

        return typst.Compiler(font_paths=self._fonts)

    @cached_property
    def _template(self) -> bytes:
        return files("caretime_web.channels").joinpath("letter.typ").read_bytes()

    @cached_property
    def _faces(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Every file a family and style comes from, regular and bold."""
        found: dict[str, list[tuple[str, int]]] = {}
        for font in self._fonts.fonts():
            if font.path and font.weight in (400, 700) and font.style == "normal":
                found.setdefault(font.family, []).append((font.path, font.index))
        return {family: tuple(faces) for family, faces in found.items()}

    def _families(self, language: str) -> list[str]:
        chosen = []
        for names in FAMILIES.get(language, LATIN):
            here = [name for name in names if name in self._faces]
            if not here:
                raise NotPrintable("unreachable", f"no-font {names[0]}")
            chosen.append(here[0])
        return chosen

    def _all(self) -> list[str]:
        names = (
            name for each in (LATIN, *FAMILIES.values()) for n in each for name in n
        )
        return [name for name in dict.fromkeys(names) if name in self._faces]

    def _check_signs(self, characters: Iterable[str], families: list[str]) -> None:
        # typst leaves out what no font can show, and says nothing.
        for sign in characters:
            if not any(
                all(ord(sign) in covered(*face) for face in self._faces[family])
                for family in families
            ):
                raise NotPrintable("permanent", "no-sign")

    def _set(self, told: Mapping[str, Any], message: Outgoing) -> bytes:
        import typst

        try:
            pdf, warnings = self._compiler.compile_with_warnings(
                self._template,
                format="pdf",
                sys_inputs={"letter": json.dumps(told)},
                pdf_standards="ua-1",
                timestamp=int(message.made_at.timestamp()),
            )
        except typst.TypstError as error:
            # Only the setting itself knows how wide a line is.
            if _NOT_IN_WINDOW in error.message:
                raise NotPrintable("bad_address", _NOT_IN_WINDOW) from None
            raise NotPrintable("permanent", "not-set") from error
        if warnings or not isinstance(pdf, bytes):
            raise NotPrintable("permanent", "set-with-warnings")
        return pdf


class Letters:
    """
    A folder that a printer or a mailing house empties: one file a message.

    A repeat replaces its own file, so a letter that was not yet fetched is not printed
    twice.
    """

    def __init__(
        self, folder: str | Path, head: LetterHead, press: Press | None = None
    ) -> None:
        self._folder, self._head = Path(folder), head
        self._press = press or Press()

    def send(self, message: Outgoing) -> Sent | Failed:
        """Put one letter into the folder, whole or not at all."""
        try:
            pdf = self._press.pdf(message, self._head)
        except NotPrintable as error:
            return error.failed
        name = f"{message.key.hex}.pdf"
        # Hidden until it is whole; the name tells nothing but the message.
        unfinished = self._folder / f".{name}"
        try:
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(pdf)
            os.replace(unfinished, self._folder / name)
        except OSError:
            unfinished.unlink(missing_ok=True)
            return Failed("unreachable", "folder")
        return Sent(name)

    def close(self) -> None:
        """Nothing is kept open."""


def _signs(parts: Iterable[str]) -> set[str]:
    """Return every character that needs a sign: no spaces, no invisible marks."""
    return {
        sign
        for part in parts
        for sign in part
        if unicodedata.category(sign) not in ("Cf", "Cc", "Zs")
    }
