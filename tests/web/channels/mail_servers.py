"""Real mail servers on this machine: a proper one, and one that misbehaves."""

from __future__ import annotations

import itertools
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = "correct horse"

Rule = Callable[[str, int], str | None]
"""From an address and how often it was tried, a refusal; or nothing."""


class PostBox:
    """Keeps every mail that was taken; refuses by rules, as a real server does."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.senders: list[str] = []
        self.connections = 0
        self.refuse: Rule = lambda _address, _count: None
        self.after_data: Callable[[Any], str | None] = lambda _server: None
        self.pipelining = False
        self._tried: dict[str, int] = {}

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(mail, policy=default) for mail in self.taken]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += session.host_name is None
        session.host_name = hostname
        offered = ["250-PIPELINING"] if self.pipelining else []
        return [*responses[:-1], *offered, responses[-1]]

    async def handle_RCPT(self, server, session, envelope, address, options):
        count = self._tried[address] = self._tried.get(address, 0) + 1
        if refusal := self.refuse(address, count):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if refusal := self.after_data(server):
            return refusal
        self.taken.append(envelope.content)
        self.senders.append(envelope.mail_from)
        return "250 2.0.0 queued"


def sign_in(server, session, envelope, mechanism, data) -> AuthResult:
    known = (data.login, data.password) == (b"desk", PASSWORD.encode())
    # Not handled: the server says the refusal itself.
    return AuthResult(success=known, handled=False)


class _AnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(box: PostBox, **settings: Any) -> Iterator[tuple[str, int]]:
    controller = _AnyPort(box, hostname="127.0.0.1", port=0, **settings)
    controller.start()
    try:
        yield controller.hostname, controller.port
    finally:
        controller.stop()


@contextmanager
def rough_office(
    *answers: str | bytes | float | None,
) -> Iterator[tuple[str, int, list[str]]]:
    """
    Say the given lines, one after each line heard (the first unasked).

    ``None`` hangs up; a number falls silent for good; octets trickle, one after the
    other, for ever. A fresh connection starts over.
    """
    heard: list[str] = []
    silence = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            for number, answer in enumerate(answers):
                if number and not (line := lines.readline()):
                    return
                if number:
                    heard.append(line.decode().strip())
                if answer is None:
                    return
                if isinstance(answer, float):
                    silence.wait(answer)
                    return
                if isinstance(answer, bytes):
                    trickle(connection, answer)
                    return
                connection.sendall(answer.encode() + b"\r\n")
            while lines.readline():
                pass

    def trickle(connection: socket.socket, octets: bytes) -> None:
        with suppress(OSError):
            for octet in itertools.cycle(octets):
                connection.sendall(bytes([octet]))
                if silence.wait(0.02):
                    return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield (*listener.getsockname(), heard)
    finally:
        silence.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what the server shows, and what believes it."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs the openssl program")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    subprocess.run(
        [
            openssl,
            *words.split(),
            *("-keyout", key, "-out", certificate, "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(certificate, key)
    return shown, ssl.create_default_context(cafile=str(certificate))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.sub(r"\r?\n", "\n", body.get_content())
