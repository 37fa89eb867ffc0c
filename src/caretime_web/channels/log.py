"""A channel for development: says in the log that something would have gone out."""

from __future__ import annotations

import logging

from caretime_web.channels.outcome import Failed, Outgoing, Sent

LOGGER = logging.getLogger("caretime.channels")


class Log:
    """
    Writes the message's key, its language and its length; never to whom or what.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from uuid import UUID
    >>> made = datetime(2026, 1, 5, tzinfo=UTC)
    >>> Log().send(Outgoing(UUID(int=7), "a@example.org", "", "Hello", made))
    Sent(provider_id='log-00000000000000000000000000000007')
    """

    def send(self, message: Outgoing) -> Sent | Failed:
        """Log one message as sent."""
        LOGGER.info(
            "message %s in %s, %d characters",
            message.key,
            message.language,
            len(message.text),
        )
        return Sent(f"log-{message.key.hex}")

    def close(self) -> None:
        """Nothing is kept open."""
