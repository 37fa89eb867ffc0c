"""Seconds and memory by part: functions of the product watched from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")

Watched = tuple[object, str, str]
"""Where a function is looked up, its name there, and the part it belongs to."""


def most_held() -> float:
    """Return the most megabytes this process has held since it was last forgotten."""
    for line in STATUS.read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def forget() -> None:
    """Let the most held begin anew from what is held now."""
    FORGET.write_text("5", encoding="utf-8")


@dataclass
class Meter:
    """
    What parts took, each without the parts inside it.

    Parameters
    ----------
    seconds
        By part, added up.
    megabytes
        By part, the most held by the whole process meanwhile, parts inside included.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)
    _open: list[list[float]] = field(default_factory=list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside as this part."""
        self._look()
        self._open.append([0.0, 0.0])
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self._look()
            most, inside = self._open.pop()
            self.seconds[name] = self.seconds.get(name, 0.0) + spent - inside
            self.megabytes[name] = max(self.megabytes.get(name, 0.0), most)
            if self._open:
                self._open[-1][0] = max(self._open[-1][0], most)
                self._open[-1][1] += spent

    def _look(self) -> None:
        if self._open:
            self._open[-1][0] = max(self._open[-1][0], most_held())
        forget()

    @contextmanager
    def watching(self, watched: Sequence[Watched]) -> Iterator[None]:
        """Count every call of these functions as their part."""

        def counted(part: str, work: Callable[..., Any]) -> Callable[..., Any]:
            def run(*given: Any, **more: Any) -> Any:
                with self.part(part):
                    return work(*given, **more)

            return run

        with ExitStack() as patches:
            for where, name, part in watched:
                work = counted(part, getattr(where, name))
                patches.enter_context(mock.patch.object(where, name, work))
            yield

    @property
    def told(self) -> dict[str, float]:
        """Seconds by part, and megabytes as "MB, part"."""
        return {
            **self.seconds,
            **{f"MB, {name}": most for name, most in self.megabytes.items()},
        }
