"""What goes into a channel, and what comes out: sent, or one of four failures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

FAILURES = ("temporary", "permanent", "bad_address", "unreachable")
"""
Why a message was not sent.

``temporary``: the same may go later. ``permanent``: this message will never go this
way. ``bad_address``: nothing will ever reach this address. ``unreachable``: the
server or the provider does not serve us now, whatever the message: stop the batch and
tell whoever looks after it.
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """
    One message, ready to go.

    Where it goes and what it says are left out of ``repr``, so that no log or error
    page shows them.

    Parameters
    ----------
    key
        Of the message, the same at every try: a provider that honors it drops a
        second delivery.
    to
        A mail address, a phone number in E.164, or the lines of a postal address.
    made_at
        When the message was written, with its zone. Every try bears this date.
    language
        A tag of ``texts.LANGUAGES``.
    calendar
        An iCalendar file that goes along by mail, with its method; or empty.

    Raises
    ------
    ValueError
        If ``made_at`` has no zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> Outgoing(UUID(int=7), "a@example.org", "", "Hello", datetime(2026, 1, 5,
    ...          tzinfo=UTC)).language
    'en'
    """

    key: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    made_at: datetime
    language: str = "en"
    calendar: bytes = field(default=b"", repr=False)
    calendar_method: str = "REQUEST"

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise ValueError(f"message {self.key}: made_at has no time zone")


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken over by the next in line, who calls it ``provider_id``."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """
    Not sent, and why.

    Parameters
    ----------
    kind
        One of ``FAILURES``.
    code
        A status as the server gave it (``"450 4.7.1"``) or a word of ours
        (``"timeout"``). Never the server's own sentence: it may quote the address.
    retry_after_s
        Seconds that the server asks us to wait, where it does.
    may_have_arrived
        True where contact was lost after everything was handed over: the message
        may be there all the same, and a repeat may be a second one.

    Examples
    --------
    >>> Failed("lost", "x")
    Traceback (most recent call last):
    ...
    ValueError: kind of failure: 'lost'
    """

    kind: str
    code: str
    retry_after_s: int | None = None
    may_have_arrived: bool = False

    def __post_init__(self) -> None:
        if self.kind not in FAILURES:
            raise ValueError(f"kind of failure: {self.kind!r}")


class Channel(Protocol):
    """A way out of the house; keeps its connection until it is closed."""

    def send(self, message: Outgoing) -> Sent | Failed:
        """Send one message, or say why not; raise nothing for what may happen."""
        ...

    def close(self) -> None:
        """Let the connection go; the next ``send`` opens a new one."""
        ...
