"""How long one message may take in all, however slowly the other side trickles."""

from __future__ import annotations

import io
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Patience:
    """
    Seconds to wait for something to come, and for everything of one message.

    A server that sends an octet before each time-out would otherwise hold a message
    for ever, past the lease under which a worker has it.
    """

    def __init__(self, wait_s: float, total_s: float) -> None:
        self._wait_s, self._total_s = wait_s, total_s
        self.begin()

    def begin(self) -> None:
        """Begin with a new message."""
        self._ends = time.monotonic() + self._total_s

    def left(self) -> float:
        """
        Return the seconds that the next wait may take.

        Raises
        ------
        TimeoutError
            If the message has had its time.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self._wait_s)


class _Patient(io.RawIOBase):
    """Reads a socket, and before each wait asks how long it may take."""

    def __init__(self, way: socket.socket, patience: Patience) -> None:
        self._way, self._patience = way, patience
        # Counted by the socket, which stays open until this is closed.
        self._raw = way.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._patience.left()
        # Nearly always it is the usual wait, already set: that saves a system call.
        if left != self._way.gettimeout():
            self._way.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def patient_reader(way: socket.socket, patience: Patience) -> io.BufferedReader:
    """Return what reads a socket, with patience and no more."""
    return io.BufferedReader(_Patient(way, patience))
