"""Letters: every script has its signs, and the address alone shows in the window."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from caretime_web.channels import Failed, Outgoing, Sent
from caretime_web.channels._coverage import covered
from caretime_web.channels.letter import (
    LetterHead,
    Letters,
    NotPrintable,
    Press,
)
from caretime_web.channels.wording import LANGUAGES, PURPOSES, Particulars, wording

HEAD = LetterHead(
    ("Care Scheduling", "1200 Example Street", "Suite 4", "Los Angeles, CA 90012")
)
ADDRESS = (
    "B. Example\nc/o C. Example\n4500 Sample Avenue, Apartment 1207\n"
    "San Bernardino, CA 92401-1234"
)
TOLD = Particulars(
    "Care Scheduling",
    "+1 213-555-0100",
    ZoneInfo("America/Los_Angeles"),
    "https://desk.example.org/a/AbCdEfGhIjKlMnOpQrStUv",
    datetime(2026, 9, 30, 19, 30, tzinfo=UTC),
    date(2026, 9, 23),
)
INVISIBLE = re.compile("[\u200c\u2066\u2069]")
PRESS = Press()

pytestmark = pytest.mark.skipif(
    not {"Noto Sans", "Noto Sans Arabic", "Noto Sans Armenian", "Noto Sans CJK TC"}
    <= set(typst.Fonts(include_embedded_fonts=False).families()),
    reason="needs the fonts of Debian's fonts-noto-core and fonts-noto-cjk",
)


def letter(language: str = "en", purpose: str = "offer", **parts) -> Outgoing:
    words = wording(purpose, language, TOLD)
    filled = {"to": ADDRESS, "subject": words.subject, "text": words.text} | parts
    made = datetime(2026, 9, 21, 17, tzinfo=UTC)
    return Outgoing(UUID(int=5), made_at=made, language=language, **filled)


@cache
def pages(language: str, purpose: str = "offer") -> list[PageObject]:
    return list(PdfReader(BytesIO(PRESS.pdf(letter(language, purpose), HEAD))).pages)


def glyphs(page: PageObject) -> list[bytes]:
    """Every glyph number that a page draws, two octets each."""
    found = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            for part in parts:
                octets = getattr(part, "original_bytes", part)
                if isinstance(octets, bytes):
                    found += [octets[n : n + 2] for n in range(0, len(octets), 2)]
    return found


def places(page: PageObject) -> list[tuple[str, float, float]]:
    """Every piece of text with inches from the left and the top edge."""
    found = []

    def visit(text, current, matrix, _font, _size):
        if text.strip():
            x = matrix[4] * current[0] + matrix[5] * current[2] + current[4]
            y = matrix[4] * current[1] + matrix[5] * current[3] + current[5]
            found.append((text.strip(), x / 72, (792 - y) / 72))

    page.extract_text(visitor_text=visit)
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", INVISIBLE.sub("", text))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_every_letter_has_a_sign(language, purpose):
    (page,) = pages(language, purpose)

    drawn = glyphs(page)

    assert len(drawn) > 150
    assert b"\0\0" not in drawn


def test_a_character_without_a_sign_would_be_seen_by_that_test():
    source = b'#set text(font: "Noto Sans", fallback: false)\nA\xe6\x82\xa8'
    pdf = typst.compile(source, format="pdf")

    drawn = glyphs(PdfReader(BytesIO(pdf)).pages[0])

    assert b"\0\0" in drawn


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "fa"])
def test_what_is_read_from_the_page_is_what_was_written(language):
    words = wording("offer", language, TOLD)

    (page,) = pages(language)

    read = squeezed(page.extract_text())
    assert squeezed(words.text) in read
    assert squeezed(words.subject) in read
    assert squeezed(ADDRESS) in read


def test_farsi_has_every_letter_though_readers_put_words_in_another_order():
    words = wording("offer", "fa", TOLD)

    (page,) = pages("fa")

    written = set(squeezed(words.subject + words.text))
    assert written <= set(page.extract_text())


def test_farsi_stands_at_the_right_and_its_address_at_the_left():
    (page,) = pages("fa")

    found = places(page)

    subject = [x for _, x, y in found if 3.8 < y < 4.5]
    address = [x for _, x, y in found if 2.4 < y < 3.2]
    assert min(subject) > 4
    assert round(min(address), 2) == 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_shows_the_address_and_nothing_else(language):
    (page,) = pages(language)

    shown = [(text, x, y) for text, x, y in places(page) if 2.04 < y < 3.63]

    assert squeezed("".join(text for text, _, _ in shown)) == squeezed(ADDRESS)
    assert all(x >= 0.95 for _, x, _ in shown)
    # A baseline: the letters rise 0.1 inches over the first.
    assert min(y for _, _, y in shown) > 2.5 + 0.1
    assert max(y for _, _, y in shown) < 3.17


@pytest.mark.parametrize(("count", "fits"), [(26, True), (27, False)])
def test_a_line_that_would_leave_the_window_is_refused(count, fits):
    # At 9.5 points a W of this font is 8.9 points wide; the window has 237.6.
    message = letter(to="W" * count + "\nLos Angeles, CA 90012")

    if fits:
        page = PdfReader(BytesIO(PRESS.pdf(message, HEAD))).pages[0]
        assert "W" * count in page.extract_text()
    else:
        with pytest.raises(NotPrintable, match="not-in-window"):
            PRESS.pdf(message, HEAD)


def test_a_letter_is_us_letter_tagged_titled_and_in_its_language():
    reader = PdfReader(BytesIO(PRESS.pdf(letter("vi"), HEAD)))

    root = reader.trailer["/Root"]
    assert reader.pages[0].mediabox.upper_right == (612, 792)
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"].startswith("vi")
    assert reader.metadata.title == wording("offer", "vi", TOLD).subject


def test_the_same_letter_is_the_same_octets():
    assert PRESS.pdf(letter("ko"), HEAD) == PRESS.pdf(letter("ko"), HEAD)


def test_a_name_in_another_script_than_the_letter_is_printed():
    message = letter("en", to="阮氏 김\n4500 Sample Avenue\nLos Angeles, CA 90012")

    page = PdfReader(BytesIO(PRESS.pdf(message, HEAD))).pages[0]

    assert b"\0\0" not in glyphs(page)
    assert "阮氏" in page.extract_text()


@pytest.mark.parametrize(
    ("parts", "failed"),
    [
        ({"to": "B. Example"}, Failed("bad_address", "not-in-window")),
        ({"to": "1\n2\n3\n4\n5"}, Failed("bad_address", "not-in-window")),
        ({"to": "B" * 60 + "\nLos Angeles"}, Failed("bad_address", "not-in-window")),
        ({"text": "Hello \N{GRINNING FACE}"}, Failed("permanent", "no-sign")),
        ({"subject": "您"}, Failed("permanent", "no-sign")),
    ],
)
def test_what_cannot_be_printed_is_told(parts, failed):
    with pytest.raises(NotPrintable) as told:
        PRESS.pdf(letter(**parts), HEAD)

    assert told.value.failed == failed


@pytest.mark.parametrize(("tag", "ours"), [("zh", "zh-Hant"), ("es-MX", "es")])
def test_a_language_is_set_as_the_nearest_of_ours(tag, ours):
    assert PRESS.pdf(letter(tag), HEAD) == PRESS.pdf(letter(ours), HEAD)


SIGNS = st.characters(
    codec="utf-8",
    categories=["L", "N", "P", "M", "Zs"],
    max_codepoint=0xFFFF,
)


@settings(max_examples=150)
@given(
    st.text(SIGNS, min_size=1, max_size=12).filter(str.strip),
    st.sampled_from(LANGUAGES),
)
def test_any_name_is_printed_with_all_its_signs_or_refused(name, language):
    message = letter(language, to=f"{name}\nLos Angeles, CA 90012")

    try:
        octets = PRESS.pdf(message, HEAD)
    except NotPrintable as told:
        code, drawn = told.failed.code, []
    else:
        code, drawn = "", glyphs(PdfReader(BytesIO(octets)).pages[0])

    assert code in ("", "no-sign", "not-in-window")
    assert b"\0\0" not in drawn


def test_text_is_never_read_as_markup():
    message = letter(text="Hello #panic() $x$ *bold* `code` @ref <tag> \\ [x]")

    page = PdfReader(BytesIO(PRESS.pdf(message, HEAD))).pages[0]

    assert "#panic() $x$ *bold* `code` @ref <tag> \\ [x]" in page.extract_text()


def test_a_missing_font_stops_the_batch_and_is_named(tmp_path):
    channel = Letters(tmp_path, HEAD, Press(tmp_path, system_fonts=False))

    outcome = channel.send(letter("ko"))

    assert outcome == Failed("unreachable", "no-font Noto Sans CJK KR")
    assert list(tmp_path.iterdir()) == []


def test_a_repeat_replaces_the_letter_that_was_not_fetched(tmp_path):
    channel = Letters(tmp_path, HEAD, PRESS)

    first, second = channel.send(letter()), channel.send(letter())

    assert first == second == Sent("00000000000000000000000000000005.pdf")
    (file,) = tmp_path.iterdir()
    assert file.name == first.provider_id
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_bytes().startswith(b"%PDF")


def test_a_folder_that_is_not_there_is_not_the_letters_fault(tmp_path):
    channel = Letters(tmp_path / "gone", HEAD, PRESS)

    assert channel.send(letter()) == Failed("unreachable", "folder")


def test_a_head_of_many_lines_would_show_in_the_window():
    with pytest.raises(ValueError, match="5 lines"):
        LetterHead(("a", "b", "c", "d", "e"))


def test_a_font_says_which_signs_it_has():
    files = {font.family: font for font in typst.Fonts().fonts() if font.weight == 400}

    def has(family: str, sign: str) -> bool:
        font = files[family]
        return ord(sign) in covered(font.path, font.index)

    assert has("Noto Sans", "ễ")
    assert not has("Noto Sans", "您")
    assert has("Noto Sans Armenian", "ֆ")
    assert has("Noto Sans CJK KR", "힣")
    # Beyond the basic plane, so from the table of groups.
    assert has("Noto Sans CJK TC", "\U00020bb7")
