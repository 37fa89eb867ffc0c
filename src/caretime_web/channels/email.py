"""Plain mail by SMTP: one connection for many messages, no tracking, no pictures."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from uuid import UUID

from caretime_web.channels._patience import Patience, patient_reader
from caretime_web.channels._wire import wire
from caretime_web.channels.outcome import Failed, Outgoing, Sent

SECURITY = ("starttls", "tls", "none")
"""How the way to the server is kept private; ``none`` is for this machine alone."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ATOM = r"[^\s\x00-\x1f\x7f@<>,;:\"\\\[\]()]+"
_ADDRESS = re.compile(f"{_ATOM}@{_ATOM}")
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")
_NO_SUCH_PLACE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Of RFC 3463 and 7505: no such mailbox or domain, no mail here, mailbox closed."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """
    The server that takes our mail, and as whom we speak.

    Parameters
    ----------
    sender
        Address in ``From``; neutral, for a preview shows it.
    sender_name
        Shown before it; neutral as well.
    user, password
        Sign-in, or empty where the server asks for none.
    security
        One of ``SECURITY``.
    bounces_to
        Where undeliverable mail comes back, as ``local+key@domain``, so that a
        bounce tells which message it was; empty: to ``sender``.
    timeout_s, patience_s
        Seconds to wait for each answer, and for all of one message once connected. A
        worker's lease of a message is longer than both together.
    tls
        Which certificates are believed; the system's where it is not given.

    Raises
    ------
    ValueError
        If the security is unknown, a sign-in would go in the clear to another
        machine, or the sender is no address.
    """

    host: str
    port: int
    sender: str
    sender_name: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    security: str = "starttls"
    bounces_to: str = ""
    timeout_s: float = 30.0
    patience_s: float = 120.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.security not in SECURITY:
            raise ValueError(f"security {self.security!r}: one of {SECURITY}")
        if self.security == "none" and self.user and self.host not in _LOOPBACK:
            raise ValueError(f"a sign-in to {self.host} would go in the clear")
        for address in filter(None, (self.sender, self.bounces_to)):
            if not _ADDRESS.fullmatch(address):
                raise ValueError(f"not an address: {address!r}")

    @property
    def domain(self) -> str:
        """Of the sender; the right side of each message's id."""
        return self.sender.rpartition("@")[2]


def message_id(key: UUID, domain: str) -> str:
    """
    Return the ``Message-ID`` of a message: the same at every try.

    Examples
    --------
    >>> message_id(UUID(int=255), "example.org")
    '<000000000000000000000000000000ff@example.org>'
    """
    return f"<{key.hex}@{domain}>"


def is_dead_address(status: str) -> bool:
    """
    Say whether a status of RFC 3463 speaks of the address and not of the message.

    Examples
    --------
    >>> is_dead_address("5.1.1"), is_dead_address("5.7.1"), is_dead_address("5.2.2")
    (True, False, False)
    """
    return status in _NO_SUCH_PLACE


class Email:
    """
    Mail by one server, over one connection that is kept open.

    A connection that the server has closed in the meantime is opened anew, once a
    message. Not for several threads at a time: each has its own.

    Examples
    --------
    ::

        with Email(MailServer("mail.example.org", 587, "visits@example.org")) as mail:
            for message in messages:
                outcome = mail.send(message)
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._patience = Patience(server.timeout_s, server.patience_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: Outgoing) -> Sent | Failed:
        """Hand one message to the server; a repeat bears the same ``Message-ID``."""
        if not _ADDRESS.fullmatch(message.to):
            return Failed("bad_address", "malformed")
        if not message.to.isascii():
            # Servers that take such addresses are few; our own need not be one.
            return Failed("permanent", "address-not-ascii")
        content = written(message, self._server)
        kept = self._smtp is not None
        outcome = self._try(message, content)
        if kept and self._smtp is None and _is_stale(outcome):
            outcome = self._try(message, content)
        return outcome

    def close(self) -> None:
        """Say goodbye to the server, if there still is one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def _try(self, message: Outgoing, content: bytes) -> Sent | Failed:
        try:
            smtp = self._connected()
        except smtplib.SMTPResponseException as error:
            return Failed("unreachable", _code(error.smtp_code, _octets(error)))
        except (smtplib.SMTPException, OSError) as error:
            return Failed("unreachable", _word(error))
        self._patience.begin()
        if smtp.sock is not None:
            smtp.sock.settimeout(self._server.timeout_s)
        exchange = _Exchange(smtp, self._sender_of(message.key), message.to)
        try:
            failed = exchange.run(content)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Failed(
                "temporary", _word(error), may_have_arrived=exchange.handed_over
            )
        if failed is None:
            return Sent(message_id(message.key, self._server.domain))
        if failed.code.startswith("421") or not _reset(smtp):
            self._drop()
        return failed

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server = self._server
        tls = server.tls or ssl.create_default_context()
        # We greet by our domain: to ask for this machine's name may take seconds.
        place = (server.host, server.port, server.domain)
        smtp = (
            smtplib.SMTP_SSL(*place, timeout=server.timeout_s, context=tls)
            if server.security == "tls"
            else smtplib.SMTP(*place, timeout=server.timeout_s)
        )
        try:
            if server.security == "starttls":
                smtp.starttls(context=tls)
            if server.user:
                smtp.login(server.user, server.password)
            else:
                smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        if smtp.sock is not None:
            smtp.file = patient_reader(smtp.sock, self._patience)
        self._smtp = smtp
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _sender_of(self, key: UUID) -> str:
        if not self._server.bounces_to:
            return self._server.sender
        local, _, domain = self._server.bounces_to.rpartition("@")
        return f"{local}+{key.hex}@{domain}"


def written(message: Outgoing, server: MailServer) -> bytes:
    """
    Return a message as the octets of a mail: plain text, and its calendar file if any.

    Equal messages give equal octets.
    """
    return wire(
        message,
        sender=server.sender,
        sender_name=server.sender_name,
        message_id=message_id(message.key, server.domain),
    )


class _Exchange:
    """The four steps by which one message is handed over."""

    def __init__(self, smtp: smtplib.SMTP, sender: str, to: str) -> None:
        self._smtp = smtp
        # The addresses are checked; smtplib would parse them once more.
        self._commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
        self.handed_over = False

    def run(self, content: bytes) -> Failed | None:
        """Hand the content over, or say what was refused."""
        together = self._smtp.has_extn("pipelining")
        failed = self._announce_together() if together else self._announce()
        if failed is not None:
            return failed
        # RFC 5321, 4.5.2: a leading dot is doubled, a lone one ends the message.
        self._smtp.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        # With the last dot gone, the server may have taken it and not said so.
        self.handed_over = True
        code, reply = self._smtp.getreply()
        self.handed_over = False
        return None if code == 250 else _refused(code, reply)

    def _announce(self) -> Failed | None:
        for step, command in enumerate(self._commands):
            code, reply = self._smtp.docmd(command)
            if failed := _step_failed(step, code, reply):
                return failed
        return None

    def _announce_together(self) -> Failed | None:
        """Say all three at once (RFC 2920): one way there and back, not three."""
        self._smtp.send("\r\n".join((*self._commands, "")))
        replies = [self._smtp.getreply() for _ in self._commands]
        for step, (code, reply) in enumerate(replies):
            if failed := _step_failed(step, code, reply):
                if replies[-1][0] == 354:
                    # It waits for a text nobody is to get: an empty one ends that.
                    self._smtp.send(b".\r\n")
                    self._smtp.getreply()
                return failed
        return None


_GOES_ON = ((250,), (250, 251), (354,))
"""Codes with which MAIL, RCPT and DATA are answered where all is well."""


def _step_failed(step: int, code: int, reply: bytes) -> Failed | None:
    if code in _GOES_ON[step]:
        return None
    return _refused(code, reply, of_address=step == 1)


def _refused(code: int, reply: bytes, *, of_address: bool = False) -> Failed:
    """Tell a refusal of this address from one of this message, or for now."""
    text = _code(code, reply)
    enhanced = text.partition(" ")[2]
    if is_dead_address(enhanced):
        return Failed("bad_address", text)
    # A full mailbox may be emptied; 552 was once said for too many recipients.
    if 400 <= code < 500 or enhanced == "5.2.2" or (of_address and code == 552):
        return Failed("temporary", text)
    if of_address and not enhanced and code in (550, 551, 553, 556):
        return Failed("bad_address", text)
    return Failed("permanent", text)


def _code(code: int, reply: bytes) -> str:
    found = _ENHANCED.match(reply)
    return f"{code} {found[0].decode()}" if found else str(code)


def _octets(error: smtplib.SMTPResponseException) -> bytes:
    reply = error.smtp_error
    return reply if isinstance(reply, bytes) else str(reply).encode()


def _word(error: BaseException) -> str:
    """Name what went wrong below SMTP, without the text of the error."""
    # smtplib turns a time-out while reading into a lost connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "not-supported"
    if isinstance(error, socket.gaierror):
        return "no-such-host"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "disconnected"


def _is_stale(outcome: Sent | Failed) -> bool:
    """Whether a kept connection had ended before the message was under way."""
    return (
        isinstance(outcome, Failed)
        and not outcome.may_have_arrived
        and (outcome.code == "disconnected" or outcome.code.startswith("421"))
    )


def _reset(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False
