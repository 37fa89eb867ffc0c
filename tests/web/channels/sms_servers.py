"""A provider of text messages on this machine: honors keys, and misbehaves if told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behavior = Callable[["Handler", dict[str, Any]], bool]
"""Answers a request in another way and says so; ``False`` leaves it to the provider."""


class Provider:
    """What the provider knows: each key once, with the message it stands for."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.connections = 0
        self.behave: list[Behavior] = []
        self.token = "token"
        self.released = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go in two writes, which Nagle would hold apart.
    disable_nagle_algorithm = True
    provider: Provider

    def setup(self) -> None:
        super().setup()
        self.provider.connections += 1

    def do_POST(self) -> None:
        provider = self.provider
        provider.requests += 1
        length = int(self.headers["Content-Length"])
        message = json.loads(self.rfile.read(length))
        if provider.behave and provider.behave.pop(0)(self, message):
            return
        if self.headers["Authorization"] != f"Bearer {provider.token}":
            self.answer(401, {"error": {"code": "unauthorized"}})
            return
        self.take(message)

    def take(self, message: dict[str, Any]) -> None:
        self.answer(*self.stored(message))

    def stored(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Keep a message under its key, once; with other words it is refused."""
        known = self.provider.messages
        key = self.headers["Idempotency-Key"]
        first = known.setdefault(key, message | {"id": f"SM{len(known)}"})
        if first != message | {"id": first["id"]}:
            return 409, {"error": {"code": "key_reused"}}
        return 201, {"id": first["id"], "status": "queued"}

    def answer(self, status: int, told: Any, **headers: str) -> None:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing: the tests do not look at it."""


@contextmanager
def provider_at(provider: Provider) -> Iterator[str]:
    handler = type("Told", (Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/messages"
        finally:
            provider.released.set()
            server.shutdown()
            thread.join()


def answers(status: int, told: Any = None, **headers: str) -> Behavior:
    def behave(handler: Handler, _message: dict[str, Any]) -> bool:
        handler.answer(status, {} if told is None else told, **headers)
        return True

    return behave


def hangs_up(handler: Handler, _message: dict[str, Any]) -> bool:
    handler.hang_up()
    return True


def trickles(handler: Handler, message: dict[str, Any]) -> bool:
    handler.stored(message)
    handler.send_response(201)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    with suppress(OSError):
        while not handler.provider.released.wait(0.02):
            handler.wfile.write(b" ")
    handler.hang_up()
    return True


def takes_and_hangs_up(handler: Handler, message: dict[str, Any]) -> bool:
    handler.stored(message)
    handler.hang_up()
    return True


def takes_and_says_nothing(handler: Handler, message: dict[str, Any]) -> bool:
    handler.stored(message)
    handler.provider.released.wait(5)
    handler.hang_up()
    return True
