"""
Send many mails to a real server in a process of its own, and nothing else.

Bare is the server's own limit on one connection: the same octets, made beforehand,
by a client that does nothing but write and read a line. The rest of the time is ours.
"""

from __future__ import annotations

import multiprocessing
import resource
import socket
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from caretime_web.channels import Outgoing, Sent
from caretime_web.channels.email import Email, MailServer, written
from caretime_web.channels.wording import LANGUAGES, Particulars, wording

ROUNDS = 5


class _Sink:
    """Takes every mail and keeps none."""

    def __init__(self, *, pipelining: bool) -> None:
        self._offered = ["250-PIPELINING"] if pipelining else []

    async def handle_EHLO(
        self,
        server: object,
        session: Any,
        envelope: object,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *self._offered, responses[-1]]

    async def handle_DATA(
        self, server: object, session: object, envelope: object
    ) -> str:
        return "250 2.0.0 queued"


def _serve(told: Connection, pipelining: bool) -> None:
    from aiosmtpd.controller import Controller

    class AnyPort(Controller):
        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = AnyPort(_Sink(pipelining=pipelining), hostname="127.0.0.1", port=0)
    controller.start()
    told.send(controller.port)
    told.recv()
    controller.stop()


def outgoing(number: int) -> Outgoing:
    """Return an offer in one of the languages, as the desk would write it."""
    told = Particulars(
        "Care Scheduling",
        "(213) 555-0100",
        ZoneInfo("America/Los_Angeles"),
        f"https://desk.example.org/a/{number:022d}",
        datetime(2026, 12, 1, 23, 30, tzinfo=UTC),
        date(2026, 11, 27),
    )
    words = wording("offer", LANGUAGES[number % len(LANGUAGES)], told)
    return Outgoing(
        UUID(int=number),
        f"p{number}@example.org",
        words.subject,
        words.text,
        datetime(2026, 11, 24, tzinfo=UTC),
        words.language,
    )


def bare(port: int, mails: list[tuple[str, bytes]], *, together: bool) -> None:
    """Write the commands and read a line for each."""
    with socket.create_connection(("127.0.0.1", port)) as way:
        way.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = way.makefile("rb")
        lines.readline()
        way.sendall(b"HELO bench\r\n")
        lines.readline()
        for to, octets in mails:
            said = (
                b"MAIL FROM:<visits@example.org>\r\n",
                b"RCPT TO:<%s>\r\n" % to.encode(),
            )
            commands = (*said, b"DATA\r\n")
            for part in (b"".join(commands),) if together else commands:
                way.sendall(part)
                for _ in range(part.count(b"\n")):
                    lines.readline()
            way.sendall(octets + b".\r\n")
            answer = lines.readline()
            assert answer.startswith(b"250"), answer


def ours(server: MailServer, messages: list[Outgoing]) -> None:
    with Email(server) as mail:
        for message in messages:
            assert isinstance(mail.send(message), Sent)


def worded(server: MailServer, count: int) -> None:
    with Email(server) as mail:
        for number in range(count):
            assert isinstance(mail.send(outgoing(number)), Sent)


def made(server: MailServer, messages: list[Outgoing]) -> None:
    for message in messages:
        written(message, server)


def rate(work: Callable[[], None], count: int) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def main(count: int) -> None:
    """Print messages a second: median of five rounds taken in turn."""
    for pipelining in (False, True):
        print("commands together:" if pipelining else "commands one by one:")
        _compare(count, pipelining=pipelining)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} messages a round, {ROUNDS} rounds, at most {memory} MB")


def _compare(count: int, *, pipelining: bool) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, pipelining))
    process.start()
    server = MailServer("127.0.0.1", here.recv(), "visits@example.org", security="none")
    messages = [outgoing(number) for number in range(count)]
    octets = [(m.to, written(m, server)) for m in messages]
    work: dict[str, Callable[[], None]] = {
        "bare": lambda: bare(server.port, octets, together=pipelining),
        "ours": lambda: ours(server, messages),
        "ours, texts written too": lambda: worded(server, count),
        "made, not sent": lambda: made(server, messages),
    }
    rates: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, each in work.items():
            rates[name].append(rate(each, count))
    here.send("stop")
    process.join(10)
    middle = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in rates.items():
        share = middle[name] / middle["bare"]
        print(
            f"  {name:24} {middle[name]:7.0f} /s  {share:5.0%} of bare"
            f"  ({min(found):.0f} to {max(found):.0f})"
        )
