"""Text messages through a provider's HTTP interface, which knows repeats by key."""

from __future__ import annotations

import json
import re
import socket
import ssl
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from caretime_web.channels._patience import Patience, patient_reader
from caretime_web.channels.outcome import Failed, Outgoing, Sent

E164 = re.compile(r"\+[1-9]\d{6,14}")
"""A telephone number as the ITU writes it: plus, country, number."""

_NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MOST_OCTETS = 65_536
_BAD_NUMBER = ("invalid_number", "not_mobile", "unassigned", "unsupported_country")
_UNKNOWN_END = (500, 502, 504)
"""Statuses after which nobody knows whether the message went."""


@dataclass(frozen=True, slots=True)
class SmsProvider:
    """
    Whose interface takes our text messages.

    Parameters
    ----------
    url
        Where messages are posted; encrypted except on this machine.
    token
        Sign-in, sent as a bearer token.
    from_number
        Our number, in E.164.
    callback_url
        Where the provider tells what became of a message; empty: nowhere.
    timeout_s, patience_s
        Seconds to wait for each answer, and for all of one message once connected. A
        worker's lease of a message is longer than both together.

    Raises
    ------
    ValueError
        If the address is not one, would go in the clear to another machine, or the
        number is not in E.164.
    """

    url: str
    token: str = field(repr=False)
    from_number: str
    callback_url: str = ""
    timeout_s: float = 15.0
    patience_s: float = 60.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        place = urlsplit(self.url)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ValueError(f"not an address of an interface: {self.url!r}")
        if place.scheme == "http" and place.hostname not in _LOOPBACK:
            raise ValueError(f"messages to {place.hostname} would go in the clear")
        if not E164.fullmatch(self.from_number):
            raise ValueError("from_number is not in E.164")


def e164(written: str) -> str | None:
    """
    Return a number as the ITU writes it, or ``None`` where it cannot be one.

    A number without a country is taken as North American. Extensions are refused: no
    text message reaches one.

    Examples
    --------
    >>> e164("(213) 555-0100"), e164("1.213.555.0100"), e164("+98 21 1234 5678")
    ('+12135550100', '+12135550100', '+982112345678')
    >>> e164("555-0100"), e164("213-555-0100 x12"), e164("+1 113 555 0100")
    (None, None, None)
    """
    number = re.sub(r"[\s().\-\u2010-\u2015\u2066\u2069]", "", written)
    if re.fullmatch(r"\d{10}", number):
        number = f"+1{number}"
    elif re.fullmatch(r"1\d{10}", number):
        number = f"+{number}"
    if not E164.fullmatch(number):
        return None
    if number.startswith("+1") and not _NORTH_AMERICA.fullmatch(number):
        return None
    return number


class Sms:
    """
    Text messages over one connection to the provider that is kept open.

    Every request bears the message's key as ``Idempotency-Key``, so one whose answer
    was lost may be repeated. Not for several threads at a time.
    """

    def __init__(self, provider: SmsProvider) -> None:
        self._provider = provider
        self._place = urlsplit(provider.url)
        self._connection: HTTPConnection | None = None
        self._patience = Patience(provider.timeout_s, provider.patience_s)

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
        """Hand one message to the provider."""
        if not E164.fullmatch(message.to):
            return Failed("bad_address", "malformed")
        kept = self._connection is not None
        outcome = self._try(message)
        # A kept connection may have ended unnoticed; the key makes a repeat safe.
        if kept and isinstance(outcome, Failed) and outcome.code == "disconnected":
            outcome = self._try(message)
        return outcome

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, message: Outgoing) -> Sent | Failed:
        connection = self._connection or self._opened()
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(self._provider.timeout_s)
        except OSError as error:
            self.close()
            return Failed("unreachable", _word(error))
        self._connection = connection
        self._patience.begin()
        try:
            connection.request(
                "POST",
                self._path(),
                self._body(message),
                {
                    "Authorization": f"Bearer {self._provider.token}",
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                    "Idempotency-Key": str(message.key),
                },
            )
            answer = connection.getresponse()
            octets = answer.read(_MOST_OCTETS + 1)
        except (HTTPException, OSError) as error:
            self.close()
            return Failed("temporary", _word(error), may_have_arrived=True)
        if answer.will_close or not answer.isclosed():
            self.close()
        return _outcome(answer, octets)

    def _opened(self) -> HTTPConnection:
        host, port = self._place.hostname or "", self._place.port
        timeout = self._provider.timeout_s
        if self._place.scheme == "http":
            connection = HTTPConnection(host, port, timeout=timeout)
        else:
            tls = self._provider.tls or ssl.create_default_context()
            connection = HTTPSConnection(host, port, timeout=timeout, context=tls)
        # Whatever makes an answer is called; the stubs know classes only.
        connection.response_class = self._answer_read_patiently  # type: ignore[assignment]
        return connection

    def _answer_read_patiently(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None
    ) -> HTTPResponse:
        answer = HTTPResponse(sock, debuglevel, method)
        answer.fp.close()
        answer.fp = patient_reader(sock, self._patience)
        return answer

    def _path(self) -> str:
        query = f"?{self._place.query}" if self._place.query else ""
        return (self._place.path or "/") + query

    def _body(self, message: Outgoing) -> bytes:
        parts = {
            "from": self._provider.from_number,
            "to": message.to,
            "text": message.text,
        }
        if self._provider.callback_url:
            parts["callback_url"] = self._provider.callback_url
        return json.dumps(parts, ensure_ascii=False).encode()


def _outcome(answer: HTTPResponse, octets: bytes) -> Sent | Failed:
    status, told = answer.status, _object(octets)
    if 200 <= status < 300:
        provider_id = told.get("id")
        if isinstance(provider_id, str) and provider_id:
            return Sent(provider_id)
        return Failed("temporary", "not-understood", may_have_arrived=True)
    error = told.get("error")
    reason = error.get("code") if isinstance(error, dict) else None
    if reason in _BAD_NUMBER:
        return Failed("bad_address", f"{status} {reason}")
    if reason == "opted_out":
        return Failed("permanent", f"{status} opted_out")
    code = str(status)
    if status in (401, 402, 403, 404):
        return Failed("unreachable", code)
    if status == 429 or status == 408 or status >= 500:
        return Failed(
            "temporary",
            code,
            _retry_after(answer),
            may_have_arrived=status in _UNKNOWN_END,
        )
    return Failed("permanent", code)


def _object(octets: bytes) -> dict[str, Any]:
    try:
        told = json.loads(octets)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _retry_after(answer: HTTPResponse) -> int | None:
    """Read ``Retry-After``: seconds, or a moment measured by the server's own clock."""
    told = (answer.getheader("Retry-After") or "").strip()
    if told.isdigit():
        return int(told)
    try:
        moment = parsedate_to_datetime(told)
        now = parsedate_to_datetime(answer.getheader("Date") or "")
        return max(0, round((moment - now).total_seconds()))
    except (TypeError, ValueError):
        return None


def _word(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "disconnected"
