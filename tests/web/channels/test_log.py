"""The channel for development tells ids and nothing else."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from caretime_web.channels import Outgoing, Sent
from caretime_web.channels.log import Log


def test_a_log_names_the_message_and_not_the_person(caplog):
    caplog.set_level(logging.INFO, "caretime.channels")
    made = datetime(2026, 11, 24, tzinfo=UTC)
    message = Outgoing(UUID(int=7), "ben@example.org", "Marked", "Marked", made, "ko")

    outcome = Log().send(message)

    assert outcome == Sent("log-00000000000000000000000000000007")
    assert caplog.messages == [f"message {UUID(int=7)} in ko, 6 characters"]
