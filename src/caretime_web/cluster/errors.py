"""What keeps a server from running, told to the person who started it."""

from __future__ import annotations

from pathlib import Path

from caretime.errors import InputError, Problem


class ClusterError(InputError):
    """A server cannot be made or started as things stand; the text says why."""

    def __init__(self, where: Path | str, message: str, suggestion: str = "") -> None:
        super().__init__([Problem(str(where), 0, "", message, suggestion)])
