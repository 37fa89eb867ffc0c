"""How long each step of a long command takes, told while it runs and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

Progress = Callable[[int, int, str], None]


class StepClock:
    """
    Passes progress on and times its steps by what they are called.

    Parameters
    ----------
    show
        Told of every step, as the planner tells it.
    clock
        Gives seconds; replaced in tests.

    Examples
    --------
    >>> ticks = iter((0.0, 2.0, 5.0, 6.0))
    >>> steps = StepClock(lambda done, total, what: None, clock=lambda: next(ticks))
    >>> steps.show(0, 2, "reading")
    >>> steps.show(0, 2, "matching: first round")
    >>> steps.show(1, 2, "matching: second round")
    >>> steps.finish()
    {'reading': 2.0, 'matching': 4.0}
    """

    def __init__(
        self, show: Progress, clock: Callable[[], float] = perf_counter
    ) -> None:
        self._show, self._clock = show, clock
        self._seconds: dict[str, float] = {}
        self._step, self._since = "", 0.0
        self._within = ""

    def begin(self, step: str) -> None:
        """Begin a step that the verb itself names; parts told within count to it."""
        self._within = ""
        self.show(0, 1, step)
        self._within = step

    def split(self) -> None:
        """From here on let the planner name the steps."""
        self._within = ""

    def show(self, done: int, total: int, what: str) -> None:
        """Tell of a step and begin its time, if it is another than before."""
        text = what
        step = self._within or what.split(":")[0]
        if self._within and what:
            text = f"{self._within}: {what}"
        self._show(done, total, text)
        now = self._clock()
        if self._step:
            spent = self._seconds.get(self._step, 0.0)
            self._seconds[self._step] = spent + now - self._since
        self._step, self._since = step, now

    def finish(self) -> dict[str, float]:
        """End the last step and return seconds by step, in order."""
        if self._step:
            spent = self._seconds.get(self._step, 0.0)
            self._seconds[self._step] = spent + self._clock() - self._since
        self._step = ""
        return dict(self._seconds)
