"""
What a provider tells us: what became of a message, and what people wrote back.

Nothing is believed before ``is_signed`` has said yes.
"""

from __future__ import annotations

import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from caretime_web.channels.sms import E164
from caretime_web.channels.wording import LANGUAGES, read_texts

SIGNATURE_AGE = timedelta(minutes=5)
"""How old a signed request may be, or how far ahead the provider's clock."""

DELIVERY_STATES = ("accepted", "delivered", "undelivered", "bad_address")
"""``accepted`` is not yet the end; the other three are."""

INTENTS = ("stop", "start", "help", "other")

_STATES = {
    "queued": "accepted",
    "accepted": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "undelivered",
    "expired": "undelivered",
}
_DEAD_NUMBER = ("invalid_number", "not_mobile", "unassigned")
_SIGNATURE = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64})+)")
_LONGEST_STOP = 4
"""Words of a message that asks to stop in more than a keyword: ``please stop now``."""

_DOUBTFUL = frozenset(
    {"cancel", "cancelar", "取消", "hủy", "취소", "kanselahin", "لغو"}
)
"""Words that end texts by law, and may have meant the visit."""

_PLAIN_STOP = frozenset(
    {
        "stop",
        "unsubscribe",
        "dừng",
        "ngừng",
        "중지",
        "수신거부",
        "itigil",
        "ստոպ",
        "توقف",
    }
)
"""Words for stopping that mean it in a sentence too; ``end`` and ``para`` do not."""

_SAME_LETTER = {ord("ي"): "ی", ord("ك"): "ک", 0x200C: None, 0x200D: None}
"""Arabic letters as Farsi writes them; joiners left out."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    What became of a message.

    Parameters
    ----------
    key
        Of the message, where the provider repeats it.
    state
        One of ``DELIVERY_STATES``.
    code
        The provider's reason, or empty.
    """

    provider_id: str
    key: UUID | None
    state: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What somebody wrote back; the number and the words stay out of ``repr``.

    Parameters
    ----------
    provider_id
        Of the reply, the same where it is told twice.
    intent
        One of ``INTENTS``.
    needs_person
        Whether somebody has to read it: it is no keyword, or one that may have meant
        the visit and not the messages.
    """

    provider_id: str
    from_number: str = field(repr=False)
    text: str = field(repr=False)
    intent: str
    needs_person: bool
    at: datetime


def signature(body: bytes, secret: bytes, at: datetime) -> str:
    """
    Sign a request as providers do: a moment, and an HMAC-SHA-256 over it and the body.

    Examples
    --------
    >>> from datetime import UTC
    >>> signature(b"{}", b"secret", datetime(2026, 1, 1, tzinfo=UTC))[:21]
    't=1767225600,v1=fa7ea'
    """
    moment = int(at.timestamp())
    return f"t={moment},v1={_mac(body, secret, moment)}"


def is_signed(
    body: bytes, header: str, *, secrets: Sequence[bytes], now: datetime
) -> bool:
    """
    Say whether a request comes from the provider, unchanged and lately.

    Parameters
    ----------
    header
        ``t=SECONDS,v1=HEX``, with several ``v1`` while secrets change.
    secrets
        Those that count now: while one replaces another, both. None: nothing counts.
    """
    found = _SIGNATURE.fullmatch(header)
    if not found:
        return False
    moment = int(found[1])
    if abs(now.timestamp() - moment) > SIGNATURE_AGE.total_seconds():
        return False
    given = [part[3:] for part in found[2].split(",") if part]
    # Every pair is compared, so that the time it takes tells nothing.
    matches = [
        hmac.compare_digest(_mac(body, secret, moment), one)
        for secret in secrets
        for one in given
    ]
    return any(matches)


def read_delivery(body: bytes) -> Delivery:
    """
    Read what became of a message.

    Raises
    ------
    ValueError
        If it is not such a report. The text quotes nothing of it.
    """
    told = _told(body)
    status, code = _text(told, "status"), told.get("error") or ""
    if status not in _STATES or not isinstance(code, str):
        raise ValueError("a delivery report with an unknown status")
    state = _STATES[status]
    if state == "undelivered" and code in _DEAD_NUMBER:
        state = "bad_address"
    provider_id, at = _text(told, "id"), _moment(told)
    return Delivery(provider_id, _key(told), state, code, at)


def read_reply(body: bytes) -> Reply:
    """
    Read what somebody wrote back.

    Raises
    ------
    ValueError
        If it is no such message. The text quotes nothing of it.
    """
    told = _told(body)
    number, text = _text(told, "from"), told.get("text")
    if not E164.fullmatch(number) or not isinstance(text, str):
        raise ValueError("a reply without a number or a text")
    intent, needs_person = intent_of(text)
    return Reply(_text(told, "id"), number, text, intent, needs_person, _moment(told))


def intent_of(text: str) -> tuple[str, bool]:
    """
    Tell what a reply asks for, and whether a person has to read it.

    Keywords count in every language whatever the language of the patient; capitals and
    punctuation do not. Left-out accents are forgiven, wrong ones are not: ``dừng`` is
    stop and ``đúng`` is right. A short message that holds a plain word for stopping is
    taken as one: to write on against somebody's will is worse than to ask again.

    Notes
    -----
    47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and
    unsubscribe, and wants any reasonable wording honored [M].

    Examples
    --------
    >>> intent_of("Stop!"), intent_of("ayuda"), intent_of("please stop texting me")
    (('stop', False), ('help', False), ('stop', True))
    >>> intent_of("CANCEL"), intent_of("Can I come at 5?"), intent_of("Đúng")
    (('stop', True), ('other', True), ('other', True))
    """
    said = _folded(text)
    for intent, words in _keywords().items():
        if said in words:
            return intent, said in _DOUBTFUL
    for intent, words in _keywords().items():
        if said in {_bare(word) for word in words}:
            return intent, True
    parts = said.split()
    if len(parts) <= _LONGEST_STOP and _PLAIN_STOP.intersection(parts):
        return "stop", True
    return "other", True


@cache
def _keywords() -> Mapping[str, frozenset[str]]:
    files = [read_texts(language)["keywords"] for language in LANGUAGES]
    return {
        intent: frozenset(_folded(word) for file in files for word in file[intent])
        for intent in INTENTS[:-1]
    }


def _folded(text: str) -> str:
    """Fold capitals, widths, punctuation, and letters that are written in two ways."""
    folded = unicodedata.normalize("NFKC", text.casefold())
    folded = folded.translate(_SAME_LETTER)
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return " ".join("".join(kept).split())


def _bare(word: str) -> str:
    """Leave accents out, as one does on a foreign keyboard."""
    parts = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def _mac(body: bytes, secret: bytes, moment: int) -> str:
    return hmac.new(secret, b"%d." % moment + body, "sha256").hexdigest()


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        raise ValueError("a callback that is not JSON") from None
    if not isinstance(told, dict):
        raise ValueError("a callback that is not an object")
    return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"a callback without {name}")
    return value


def _key(told: Mapping[str, Any]) -> UUID | None:
    if not told.get("key"):
        return None
    try:
        return UUID(_text(told, "key"))
    except ValueError:
        raise ValueError("a callback with a strange key") from None


def _moment(told: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(told, "at"))
    except ValueError:
        raise ValueError("a callback without a moment") from None
    if moment.tzinfo is None:
        raise ValueError("a callback whose moment has no time zone")
    return moment
