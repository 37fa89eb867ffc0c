"""
What patients are told, in their language: one file a language in ``texts/``.

Every text is neutral: no name, no kind of care, one link and whom to call. The
translations are ours and no professional translator has reviewed them; each file says
so in ``reviewed``, and ``unreviewed`` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from ruamel.yaml import YAML

LANGUAGES = ("en", "es", "zh-Hant", "zh-Hans", "vi", "ko", "tl", "hy", "fa")
"""Languages there are texts for, as BCP 47 tags."""

PURPOSES = (
    "must_move",
    "offer",
    "reminder_2",
    "reminder_3",
    "call_us",
    "own_is_back",
    "confirmed",
    "canceled",
)
"""What a message is for."""

REPLIES = ("stopped", "started", "help")
"""Answers by text message to STOP, START and HELP."""

CHINESE = "zh-Hant"
"""Script for ``zh``, which does not say one: traditional, usual in California [M]."""

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"
_KEPT_TOGETHER = ("sender", "phone")


@dataclass(frozen=True, slots=True)
class Particulars:
    """
    What fills the gaps of a text.

    Parameters
    ----------
    sender
        Who writes; neutral, for a locked telephone shows it.
    phone
        Number to call, as it is to be read.
    zone
        Time zone of the patient.
    link
        The one address of this message; itself without name or kind of care.
    start
        Of the visit that is spoken of.
    until
        Last day on which an answer counts.
    """

    sender: str
    phone: str
    zone: ZoneInfo
    link: str = ""
    start: datetime | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """
    One message in words.

    Parameters
    ----------
    direction
        ``ltr`` or ``rtl``.
    short
        For a text message.
    hello, body, emergency, goodbye
        Of a mail or letter, the body by paragraphs.
    visit
        What a calendar calls it.
    """

    language: str
    direction: str
    subject: str
    short: str
    hello: str
    body: tuple[str, ...]
    emergency: str
    goodbye: tuple[str, ...]
    visit: str

    @property
    def text(self) -> str:
        """The whole mail, paragraph by paragraph."""
        ends = "\n".join(self.goodbye)
        return "\n\n".join((self.hello, *self.body, self.emergency, ends)) + "\n"


def closest(language: str) -> str:
    """
    Return the language of ours that is nearest, English where none is.

    Examples
    --------
    >>> closest("zh"), closest("zh-CN"), closest("fil"), closest("es-MX"), closest("ru")
    ('zh-Hant', 'zh-Hans', 'tl', 'es', 'en')
    """
    tag = language.replace("_", "-").lower()
    parts = tag.split("-")
    if parts[0] in ("zh", "cmn", "yue"):
        simplified = {"hans", "cn", "sg"} & set(parts)
        return "zh-Hans" if simplified else CHINESE
    if parts[0] == "fil":
        return "tl"
    return parts[0] if parts[0] in LANGUAGES else "en"


def unreviewed() -> tuple[str, ...]:
    """Return the languages whose texts nobody has reviewed yet."""
    return tuple(
        language
        for language in LANGUAGES
        if read_texts(language)["reviewed"] == "not reviewed"
    )


def wording(
    purpose: str, language: str, told: Particulars, *, opt_out: bool = False
) -> Wording:
    """
    Put one message into words.

    Parameters
    ----------
    purpose
        One of ``PURPOSES``.
    language
        Any tag; see ``closest``.
    opt_out
        Whether the text message says how to end them, as the first one to a number
        must.

    Raises
    ------
    ValueError
        If the purpose is unknown, the start has no zone, or a gap of the text has
        nothing to fill it.

    Examples
    --------
    >>> told = Particulars("Care Scheduling", "213-555-0100",
    ...     ZoneInfo("America/Los_Angeles"), "https://example.org/a/x",
    ...     datetime(2026, 12, 1, 23, 30, tzinfo=ZoneInfo("UTC")), date(2026, 11, 27))
    >>> wording("canceled", "en", told).short
    'Care Scheduling: Your visit on Tue, Dec 1, 3:30 PM is canceled. For a new time: \
https://example.org/a/x or call 213-555-0100'
    """
    if purpose not in PURPOSES:
        raise ValueError(f"unknown purpose {purpose!r}")
    texts = read_texts(closest(language))
    message, frame = texts["messages"][purpose], texts["frame"]
    long, short = (_gaps(told, texts, length) for length in ("long", "short"))
    told_short = _filled(message["short"], short)
    return Wording(
        language=texts["language"],
        direction=texts["direction"],
        subject=_filled(message["subject"], long),
        short=f"{told_short}\n{frame['opt_out']}" if opt_out else told_short,
        hello=frame["hello"],
        body=tuple(_filled(paragraph, long) for paragraph in message["body"]),
        emergency=frame["emergency"],
        goodbye=(long["sender"], long["phone"]),
        visit=frame["visit"],
    )


def reply_text(reply: str, language: str, told: Particulars) -> str:
    """Return the text message that answers STOP, START or HELP."""
    if reply not in REPLIES:
        raise ValueError(f"unknown reply {reply!r}")
    texts = read_texts(closest(language))
    return _filled(texts["replies"][reply], _gaps(told, texts, "short"))


def day_of(day: date, language: str) -> str:
    """
    Return a day in words, without its year.

    Examples
    --------
    >>> [day_of(date(2026, 12, 1), tag) for tag in ("en", "es", "ko")]
    ['Tuesday, December 1', 'martes 1 de diciembre', '12월 1일 화요일']
    """
    return _day_said(day, read_texts(closest(language)), "long")


def dated(day: date, language: str) -> str:
    """
    Return a day in words with its year, as at the head of a letter.

    Examples
    --------
    >>> dated(date(2026, 12, 1), "en"), dated(date(2026, 12, 1), "zh-Hans")
    ('December 1, 2026', '2026年12月1日')
    """
    texts = read_texts(closest(language))
    return _plain(format_date(day, "long", locale=texts["locale"]), texts)


@cache
def read_texts(language: str) -> Mapping[str, Any]:
    """Return a language's file as it stands."""
    file = files("caretime_web.channels").joinpath("texts", f"{language}.yaml")
    texts: Mapping[str, Any] = YAML(typ="safe", pure=True).load(
        file.read_text(encoding="utf-8")
    )
    return texts


def _gaps(told: Particulars, texts: Mapping[str, Any], length: str) -> dict[str, str]:
    """Return what there is to fill gaps with; of days, the long or the short form."""
    gaps = {"sender": told.sender, "phone": told.phone, "link": told.link}
    if texts["direction"] == "rtl":
        # A plus sign or a bracket would jump to the other end of its number.
        for name in _KEPT_TOGETHER:
            gaps[name] = f"{_ISOLATE}{gaps[name]}{_END_ISOLATE}"
    if told.start is not None:
        if told.start.tzinfo is None:
            raise ValueError("the start has no time zone")
        local = told.start.astimezone(told.zone)
        gaps["day"] = _day_said(local, texts, length)
        gaps["time"] = _time_said(local, texts)
    if told.until is not None:
        gaps["until"] = _day_said(told.until, texts, length)
    return {name: value for name, value in gaps.items() if value}


def _day_said(day: date, texts: Mapping[str, Any], length: str) -> str:
    return _in_words(datetime(day.year, day.month, day.day), texts["language"], length)  # noqa: DTZ001


def _time_said(at: datetime, texts: Mapping[str, Any]) -> str:
    # Of any day: so few times are set in words that they are kept.
    shown = datetime(1970, 1, 1, at.hour, at.minute)  # noqa: DTZ001
    return _in_words(shown, texts["language"], "time")


@lru_cache(maxsize=8192)
def _in_words(shown: datetime, language: str, pattern: str) -> str:
    texts = read_texts(language)
    said = format_datetime(shown, texts["days"][pattern], locale=texts["locale"])
    return _plain(said, texts)


def _plain(said: str, texts: Mapping[str, Any]) -> str:
    # A narrow no-break space would make a text message cost twice as much.
    said = re.sub("[\u00a0\u202f]", " ", said)
    return said.translate(_PERSIAN_DIGITS) if texts["language"] == "fa" else said


def _filled(text: str, gaps: Mapping[str, str]) -> str:
    wanted = {name for _, name, _, _ in Formatter().parse(text) if name}
    if missing := sorted(wanted - gaps.keys()):
        raise ValueError(f"nothing given for {', '.join(missing)}")
    return text.format_map(gaps)
