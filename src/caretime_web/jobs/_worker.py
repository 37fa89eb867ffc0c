"""A worker of the outbox: takes what is due, sends it, writes down what came of it."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection

from caretime_web.channels import Channel, Failed, Outgoing, Sent
from caretime_web.channels.sending import (
    AT_ONCE,
    Decision,
    SendingPolicy,
    Try,
    decide,
)
from caretime_web.data.outbox import Message
from caretime_web.jobs._lease import Tried, lease, record, release, settle
from caretime_web.jobs._reach import Known, look_up

LOGGER = logging.getLogger("caretime.send")

LEASE = timedelta(minutes=10)
BATCH = 50
_FRESH_S = 2.0
"""Seconds for which is believed what was looked up of people."""

_REST_S = 60.0
"""Seconds a way is left alone whose server does not serve us."""

_POLL_S, _DATABASE_REST_S = 1.0, 5.0


def _now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """
    Sends what is due, one message after the other.

    Several may run side by side, on one machine or on many.

    Parameters
    ----------
    channels
        The ways there are; a message goes by no other.
    policy
        Its order of ways is cut to those there are.
    span
        How long a message is held. Half of it is kept in reserve: no message is begun
        that another worker might begin as well.
    clock
        Says what time it is for quiet hours and dates.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        policy: SendingPolicy,
        *,
        batch: int = BATCH,
        span: timedelta = LEASE,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        order = tuple(way for way in policy.order if way in channels)
        self._channels = channels
        self._policy = replace(policy, order=order)
        self._at_once = replace(AT_ONCE, order=order)
        self._batch, self._span, self._clock = batch, span, clock
        self._rests: dict[str, float] = {}
        self._stop = threading.Event()
        self.counts: Counter[str] = Counter()

    def stop(self) -> None:
        """End after the message in hand; to be called from a signal or a thread."""
        self._stop.set()

    def run(self, *, once: bool = False) -> None:
        """
        Send until stopped, or with ``once`` until nothing is due.

        A database that went away is waited for.
        """
        try:
            while not self._stop.is_set():
                try:
                    taken = self.turn()
                except OperationalError:
                    if once:
                        raise
                    LOGGER.warning("the database does not answer")
                    connection.close()
                    self._stop.wait(_DATABASE_REST_S)
                    continue
                if not taken and once:
                    return
                if not taken:
                    self._stop.wait(_POLL_S)
        finally:
            for channel in self._channels.values():
                channel.close()

    def turn(self) -> int:
        """Take one batch and deal with it; return how many were taken."""
        began = time.monotonic()
        taken = lease(self._batch, now=self._clock(), span=self._span)
        until = began + self._span.total_seconds() / 2
        known: dict[UUID, Known] = {}
        looked = 0.0
        for number, message in enumerate(taken):
            moment = time.monotonic()
            if self._stop.is_set() or moment > until:
                release(taken[number:])
                break
            if not known or moment > looked + _FRESH_S:
                known = look_up(taken[number:], self._channels, now=self._clock())
                looked = moment
            self._deal_with(message, known[message.key])
        return len(taken)

    def _deal_with(self, message: Message, known: Known) -> None:
        now = self._clock()
        then = self._decide(message, known, now)
        if then.not_before is None or then.not_before > now:
            settle(message, then)
            self.counts[then.reason or "put_off"] += 1
            return
        if (rest := self._rests.get(then.way, 0.0) - time.monotonic()) > 0:
            later = now + timedelta(seconds=rest)
            settle(message, replace(then, not_before=later))
            self.counts["put_off"] += 1
            return
        point = known.points[then.way]
        outcome = self._send(message, then.way, point.value)
        tried = Tried(then.way, point.point_id, self._clock(), outcome)
        if isinstance(outcome, Failed):
            if outcome.kind == "unreachable":
                self._rests[then.way] = time.monotonic() + _REST_S
                LOGGER.warning("%s does not serve us: %s", then.way, outcome.code)
            made = Try(then.way, outcome.kind, tried.at, outcome.retry_after_s)
            known = replace(known, tries=(*known.tries, made))
            then = self._decide(message, known, tried.at)
        record(message, tried, then)
        self.counts["sent" if isinstance(outcome, Sent) else outcome.kind] += 1

    def _decide(self, message: Message, known: Known, now: datetime) -> Decision:
        policy = self._at_once if message.at_once else self._policy
        return decide(
            known.reach, known.tries, known.told_at, policy, key=message.key, now=now
        )

    def _send(self, message: Message, way: str, to: str) -> Sent | Failed:
        outgoing = Outgoing(
            message.key,
            to,
            message.subject,
            message.text if way != "sms" else message.short or message.text,
            message.created_at,
            message.language,
            bytes(message.calendar),
            message.calendar_method,
        )
        try:
            return self._channels[way].send(outgoing)
        except Exception as error:
            # A bug of a channel must not stop the messages behind this one, and what
            # the error says may quote the message.
            name = type(error).__name__
            LOGGER.error("message %s by %s: %s", message.key, way, name)
            return Failed("temporary", f"error-{name}", may_have_arrived=True)
