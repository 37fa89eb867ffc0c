"""Rows of the outbox taken by one worker, and what came of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection

from caretime_web.channels import Failed, Sent
from caretime_web.channels.sending import Decision
from caretime_web.data.audit import author
from caretime_web.data.identity import ContactPoint
from caretime_web.data.outbox import Message

BY = "job:send"

_TAKE = """
WITH due AS (
    SELECT m.key FROM outbox_message AS m
    WHERE m.state IN ('waiting', 'leased') AND m.due_at <= %(now)s
        AND (m.state = 'waiting' OR m.leased_until <= clock_timestamp())
        AND (m.state = 'leased' OR NOT EXISTS (
            SELECT FROM outbox_message AS o
            WHERE o.patient_id = m.patient_id AND o.key <> m.key
                AND (o.state = 'leased' OR (o.state = 'waiting'
                    AND (o.due_at, o.key) < (m.due_at, m.key)))))
    ORDER BY m.due_at, m.key LIMIT %(count)s
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_message AS m
SET state = 'leased', lease = %(lease)s, leased_until = clock_timestamp() + %(span)s
FROM due WHERE m.key = due.key
RETURNING m.*
"""
"""Of each person the first that is due. Leases are told by the server's clock alone."""

_GIVE_UP_TAKING = 3
"""Times that two workers may take two messages of one person at the same moment."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One try, where it went and what came of it."""

    way: str
    point_id: int
    at: datetime
    outcome: Sent | Failed


def lease(count: int, *, now: datetime, span: timedelta) -> list[Message]:
    """
    Take messages that are due, for a while, so that no other worker does.

    Those whose worker did not come back are taken again when their time is over.
    """
    asked = {"now": now, "count": count, "lease": uuid4(), "span": span}
    for _ in range(_GIVE_UP_TAKING):
        try:
            with author(BY, why="take"):
                taken = list(Message.objects.raw(_TAKE, asked))
        except IntegrityError:
            continue
        return sorted(taken, key=lambda message: (message.due_at, message.key))
    return []


def record(message: Message, tried: Tried, then: Decision) -> None:
    """
    Write down a try and what follows from it.

    A message that went is sent, whoever has it by now; of one that did not, only
    the worker that holds it decides.
    """
    outcome = tried.outcome
    with author(BY, why="send"):
        if isinstance(outcome, Sent):
            Message.objects.filter(pk=message.key).exclude(state="sent").update(
                state="sent",
                sent_at=tried.at,
                channel=tried.way,
                lease=None,
                leased_until=None,
            )
        else:
            _settle(message, then)
            if outcome.kind == "bad_address":
                ContactPoint.objects.filter(pk=tried.point_id).update(works=False)
        _write_down(message.key, tried)


def settle(message: Message, then: Decision) -> None:
    """Put a message back until it may go, or end it, without a try."""
    with author(BY, why="put off"):
        _settle(message, then)


def release(messages: Collection[Message]) -> None:
    """Give back messages that were taken and not begun."""
    if not messages:
        return
    held = Message.objects.filter(
        key__in=[message.key for message in messages],
        lease__in={message.lease for message in messages},
    )
    with author(BY, why="give back"):
        held.update(state="waiting", lease=None, leased_until=None)


def _settle(message: Message, then: Decision) -> None:
    held = Message.objects.filter(pk=message.key, lease=message.lease)
    free = {"lease": None, "leased_until": None}
    if then.not_before is not None:
        held.update(state="waiting", due_at=then.not_before, **free)
        return
    state = "dropped" if then.reason == "do_not_contact" else "failed"
    held.update(state=state, reason=then.reason, **free)


_WRITE_DOWN = """
INSERT INTO outbox_attempt (message_id, number, at, channel, point_id, outcome, code,
    retry_after_s, may_have_arrived, provider_id)
SELECT %s, 1 + coalesce(max(a.number), 0), %s, %s, %s, %s, %s, %s, %s, %s
FROM outbox_attempt AS a WHERE a.message_id = %s
"""


def _write_down(key: UUID, tried: Tried) -> None:
    outcome = tried.outcome
    kind, code, retry_after_s, lost, provider_id = (
        ("sent", "", None, False, outcome.provider_id)
        if isinstance(outcome, Sent)
        else (
            *(outcome.kind, outcome.code, outcome.retry_after_s),
            *(outcome.may_have_arrived, ""),
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE_DOWN,
            [
                *(key, tried.at, tried.way, tried.point_id, kind, code),
                *(retry_after_s, lost, provider_id, key),
            ],
        )
