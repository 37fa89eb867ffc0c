"""Mail that came back: which message it was, and whether its address is dead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from uuid import UUID

from caretime_web.channels.email import is_dead_address

_KEY = re.compile(r"[+<]([0-9a-f]{32})@", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """
    What became of a mail after its server had taken it.

    Parameters
    ----------
    key
        Of the message.
    kind
        ``bad_address`` or ``permanent``, as in ``FAILURES``; ``temporary`` where it
        is only late, and another report follows.
    code
        Status of RFC 3463.
    """

    key: UUID
    kind: str
    code: str


def read_bounce(octets: bytes) -> Bounce | None:
    """
    Read a delivery report (RFC 3464); ``None`` where it is none, or not of ours.

    The key is taken from the address it came back to (``local+key@domain``), else from
    the ``Message-ID`` of the mail it returns. Nobody signs such reports: what follows
    from one must be harmless if it is forged.
    """
    mail = message_from_bytes(octets, policy=compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    status = _field(mail, "Status")
    action = (_field(mail, "Action") or "").strip().lower()
    found = _STATUS.match((status or "").strip())
    key = _key(mail)
    if key is None or not found or action not in ("failed", "delayed"):
        return None
    code = found[0]
    if action == "delayed" or code.startswith("4."):
        # A failed mail with a 4 was tried until its time was up.
        kind = "temporary" if action == "delayed" else "permanent"
    else:
        kind = "bad_address" if is_dead_address(code) else "permanent"
    return Bounce(key, kind, code)


def _field(mail: Message, name: str) -> str | None:
    """Return a field of the part that is meant for machines."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message) and (value := block.get(name)):
                    return str(value)
    return None


def _key(mail: Message) -> UUID | None:
    places = [str(mail.get("To", "")), str(mail.get("Delivered-To", ""))]
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload()
            if isinstance(inner, list) and isinstance(inner[0], Message):
                places.append(str(inner[0].get("Message-ID", "")))
            elif isinstance(inner, str):
                headers = message_from_bytes(inner.encode("utf-8", "replace"))
                places.append(str(headers.get("Message-ID", "")))
    for place in places:
        if found := _KEY.search(place):
            return UUID(found[1])
    return None
