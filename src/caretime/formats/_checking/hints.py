"""Likely corrections: near misses, other people's dates, commas in numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from caretime.formats.dictionary import Attribute, titles

_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)")
_LOOSE_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?\s*([AaPp])?\.?[Mm]?\.?")
_FIRST_PLAIN_HOUR = 7
_EXCEL_DAY_0 = date(1899, 12, 30)


def near(word: str, choices: Iterable[str]) -> str:
    """
    Return the choice a word was probably meant to be, or nothing.

    >>> near("LCWS", ["LCSW", "LMFT"]), near("xyz", ["LCSW"])
    ('LCSW', '')
    """
    folded = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[found[0]] if found else ""


def did_you_mean(*candidates: str) -> str:
    """Put candidates into a question; nothing where there is none."""
    return f"did you mean {' or '.join(candidates)}?" if any(candidates) else ""


def lookalike(identifier: str) -> str:
    """
    Return a key shared by ids that people take for one another.

    >>> lookalike("C-0012") == lookalike("c12") == lookalike("C_O012")
    True
    """
    plain = re.sub(r"[^a-z0-9]", "", identifier.casefold())
    plain = plain.replace("o", "0").replace("l", "1").replace("i", "1")
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def alike(lost: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """
    Return, for ids that stand nowhere, the one id people take them for.

    >>> alike(["c12"], ["C-0012", "C-0013"])
    {'c12': 'C-0012'}
    """
    lost = tuple(lost)
    by_look: dict[str, set[str]] = {}
    for identifier in known if lost else ():
        by_look.setdefault(lookalike(identifier), set()).add(identifier)
    found: dict[str, str] = {}
    for identifier in lost:
        meant = by_look.get(lookalike(identifier), set())
        if len(meant) == 1:
            found[identifier] = next(iter(meant))
    return found


def candidates(attribute: Attribute, text: str, zone: ZoneInfo) -> list[str]:
    """Return rewritings of a cell worth offering; the caller tries each."""
    if attribute.choices:
        return [near(text, attribute.choices)]
    maker = _MAKERS.get(attribute.type)
    return list(dict.fromkeys(maker(text, zone))) if maker else []


def _numbers(text: str, _zone: ZoneInfo) -> Iterator[str]:
    plain = re.sub(r"[\s_'’$€]", "", text).replace("−", "-")
    yield plain
    if plain.endswith("%") and re.fullmatch(r"\d+([.,]\d+)?%", plain):
        yield f"{float(plain[:-1].replace(',', '.')) / 100:g}"
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        yield plain.replace(",", "")
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", plain):
        yield plain.replace(".", "").replace(",", ".")
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        yield plain.replace(",", ".")
    if re.fullmatch(r"[+-]?\d+\.0+", plain):
        yield plain.split(".")[0]


def _dates(text: str, _zone: ZoneInfo) -> Iterator[str]:
    if found := _LOOSE_ISO.match(text):
        yield from _iso(*map(int, found.groups()))
    elif found := _DATE.match(text):
        first, second, year = map(int, found.groups())
        if "/" in text:
            yield from _iso(year, first, second)
        yield from _iso(year, second, first)
    elif re.fullmatch(r"\d{8}", text):
        yield from _iso(int(text[:4]), int(text[4:6]), int(text[6:]))
    elif re.fullmatch(r"[1-6]\d{4}(\.\d+)?", text):
        yield str(_EXCEL_DAY_0 + timedelta(days=int(float(text))))


def _iso(year: int, month: int, day: int) -> Iterator[str]:
    try:
        yield date(year, month, day).isoformat()
    except ValueError:
        return


def _clocks(text: str, _zone: ZoneInfo) -> Iterator[str]:
    if re.fullmatch(r"\d{4}", text):
        yield f"{text[:2]}:{text[2:]}"
    if re.fullmatch(r"\d{1,2}", text):
        yield f"{int(text):02d}:00"
    if found := _CLOCK.fullmatch(text):
        hour, minute, half = int(found[1]), found[2], (found[4] or "").lower()
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        yield f"{hour:02d}:{minute}"
        # Few work at two at night: a small hour is as likely one of the afternoon.
        if not half and len(found[1]) == 1 and 0 < hour < _FIRST_PLAIN_HOUR:
            yield f"{hour + 12}:{minute}"


def _datetimes(text: str, zone: ZoneInfo) -> Iterator[str]:
    found = re.fullmatch(
        r"([\d./-]+?)[T ]+([\d:.]+?(?: ?[AaPp][Mm])?)(Z|[+-]\d\d:?\d\d)?", text
    )
    if not found:
        return
    day, clock, offset = found.groups()
    for iso in _dates(day, zone):
        for time_of_day in _clocks(clock, zone):
            if offset:
                colon = (
                    offset
                    if ":" in offset or offset == "Z"
                    else (f"{offset[:3]}:{offset[3:]}")
                )
                yield f"{iso}T{time_of_day}:00{colon}"
            elif time_of_day <= "23:59":
                moment = datetime.fromisoformat(f"{iso}T{time_of_day}:00")
                yield moment.replace(tzinfo=zone).isoformat()


def _yes_no(text: str, _zone: ZoneInfo) -> Iterator[str]:
    word = text.casefold()
    if word in ("y", "1", "1.0", "t", "x", "si", "sí"):
        yield "yes"
    if word in ("n", "0", "0.0", "f"):
        yield "no"
    yield near(text, ("yes", "no"))


def _languages(text: str, _zone: ZoneInfo) -> Iterator[str]:
    yield language_code(text)


@cache
def language_code(text: str) -> str:
    """
    Return the code a language was probably meant by, or nothing.

    >>> language_code("Spanish"), language_code("EN")
    ('es', 'en')
    """
    codes = titles("languages")
    if text.casefold() in codes:
        return text.casefold()
    named = {title: code for code, title in codes.items()}
    return named.get(near(text, named), "")


def _weekdays(text: str, _zone: ZoneInfo) -> Iterator[str]:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    yield from (day for day in days if text[:3].casefold() == day.casefold())


def _zips(text: str, _zone: ZoneInfo) -> Iterator[str]:
    digits = re.match(r"\d+", text)
    if digits and len(digits[0]) <= 5:
        yield digits[0].zfill(5)


def _zones(text: str, _zone: ZoneInfo) -> Iterator[str]:
    usual = {"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles"}
    yield usual.get(text.upper(), "")
    yield near(text.replace(" ", "_"), available_timezones())


_MAKERS: dict[str, Callable[[str, ZoneInfo], Iterator[str]]] = {
    "integer": _numbers,
    "number": _numbers,
    "share": _numbers,
    "date": _dates,
    "datetime": _datetimes,
    "clock": _clocks,
    "yes_no": _yes_no,
    "language": _languages,
    "weekday": _weekdays,
    "zip": _zips,
    "time_zone": _zones,
}
