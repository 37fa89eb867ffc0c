"""What holds for every test: no network, and the same examples every time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

# The benchmarks stand beside the tests, not in the package.
sys.path.insert(0, str(Path(__file__).parents[1]))

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to speak with any machine but this one."""
    if event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    where = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    # A text is the path of a Unix socket, except where a name is looked up.
    if event != "socket.getaddrinfo":
        if not isinstance(where, tuple):
            return
        where = where[0]
    if where and not str(where).startswith(LOOPBACK):
        raise PermissionError(f"a test tried to reach {where!r}")


sys.addaudithook(_no_network)

settings.register_profile(
    "gate",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("nightly", max_examples=2_000, deadline=None, print_blob=True)
# ``pytest --hypothesis-profile nightly`` wins over this line.
settings.load_profile("gate")
