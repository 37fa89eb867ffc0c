"""The two inner programs against C: inputs of a real build, answers, and times."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.rosters.built import Told
from benchmarks.rosters.cases import contract_for, region, site_of_sixty
from caretime.model.system import CareSystem
from caretime.rostering import _bound, _week, build_roster
from caretime.rostering._kernel.compose import compose_day
from caretime.rostering._kernel.days import best_day

SOURCE = Path(__file__).with_name("days.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror")
EXACT = ("-ffp-contract=off",)
"""Sums are rounded one by one, as in the engine: answers must agree to the bit."""

MOST_CALLS = 2_000
ROUNDS = 7

Call = tuple[Any, ...]


def compiler() -> str | None:
    """Return the C compiler's path, if there is one."""
    return shutil.which("gcc") or shutil.which("cc")


@dataclass(frozen=True)
class Calls:
    """Arguments of both programs as one build gave them, every so many."""

    best_day: list[Call]
    compose_day: list[Call]
    best_day_in_all: int
    compose_day_in_all: int


def calls_of(system: CareSystem, most: int = MOST_CALLS) -> Calls:
    """Build a system and keep what the inner programs were asked; traces left out."""
    asked: dict[str, list[Call]] = {"best_day": [], "compose_day": []}

    def kept(program: Callable[..., Any], name: str) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            if name == "best_day" or given[15] < 0:
                copies = (v.copy() if isinstance(v, np.ndarray) else v for v in given)
                asked[name].append(tuple(copies))
            return program(*given)

        return run

    with (
        mock.patch.object(_bound, "best_day", kept(best_day, "best_day")),
        mock.patch.object(_week, "compose_day", kept(compose_day, "compose_day")),
    ):
        build_roster(system, contract_for(system))
    spread = {n: calls[:: max(1, len(calls) // most)] for n, calls in asked.items()}
    return Calls(
        spread["best_day"],
        spread["compose_day"],
        len(asked["best_day"]),
        len(asked["compose_day"]),
    )


@dataclass(frozen=True)
class Prepared:
    """A call of a C program; ``answer`` holds the memory that ``run`` writes to."""

    run: Callable[[], Any]
    answer: Callable[[], Any]


class CDays:
    """The compiled C programs."""

    def __init__(self, folder: Path) -> None:
        library = folder / "days.so"
        command = [compiler(), *FLAGS, *EXACT, "-o", library, SOURCE]
        subprocess.run(command, check=True)
        self._c = ctypes.CDLL(str(library))
        self._c.best_day.restype = ctypes.c_int64
        self._c.compose_day.restype = None

    def best_day(self, call: Call) -> Prepared:
        """Prepare a call; the answer is value, first tick and path."""
        (rule, lengths, starts, fixed, nature, duty, gain, desk_gain, duty_gain,
         begin, end, run_cost, stretch_cost, path) = call  # fmt: skip
        value, first = ctypes.c_double(), ctypes.c_int64()
        steps = np.zeros_like(path)
        count = [0]
        given = _given(
            len(fixed), len(lengths), rule, lengths, starts, fixed, nature, duty, gain,
            desk_gain, duty_gain, begin, end, run_cost, stretch_cost, steps,
        )  # fmt: skip
        more = (ctypes.byref(value), ctypes.byref(first))

        def run() -> None:
            count[0] = self._c.best_day(*given, *more)

        return Prepared(
            run, lambda: (value.value, first.value, steps[: count[0]].tolist())
        )

    def compose_day(self, call: Call) -> Prepared:
        """Prepare a call; the answer is both tables."""
        (rule, most, lengths, holders, rests, starts, fixed, nature, gain, begin, end,
         run_cost, stretch_cost, table, begins, *_) = call  # fmt: skip
        values, firsts = np.empty_like(table), np.zeros_like(begins)
        given = _given(
            len(fixed), rule, most, lengths, holders, rests, starts, fixed, nature,
            gain, begin, end, run_cost, stretch_cost, values, firsts,
        )  # fmt: skip
        return Prepared(lambda: self._c.compose_day(*given), lambda: (values, firsts))


def _given(*values: Any) -> list[Any]:
    """Return ctypes arguments; arrays must be whole and live as long as the call."""
    given: list[Any] = []
    for value in values:
        if isinstance(value, np.ndarray):
            assert value.flags.c_contiguous
            given.append(ctypes.c_void_p(value.ctypes.data))
        elif isinstance(value, float):
            given.append(ctypes.c_double(value))
        else:
            given.append(ctypes.c_int64(value))
    return given


def same_best_day(c: CDays, call: Call) -> bool:
    """Say whether C finds the engine's day: value, beginning and every step."""
    path = np.zeros_like(call[-1])
    value, first, count = best_day(*call[:-1], path)
    in_c = c.best_day(call)
    in_c.run()
    return bool(in_c.answer() == (value, first, path[:count].tolist()))


def same_compose_day(c: CDays, call: Call) -> bool:
    """Say whether C fills the engine's table: values, and beginnings where any."""
    table, begins = np.empty_like(call[13]), np.zeros_like(call[14])
    compose_day(*call[:13], table, begins, *call[15:])
    in_c = c.compose_day(call)
    in_c.run()
    values, firsts = in_c.answer()
    some = table > -1e17
    return bool(np.array_equal(table, values) and (begins == firsts)[some].all())


def against_c(quick: bool) -> list[Told]:
    """Time both programs on the calls of the site of sixty, in turn with C."""
    if compiler() is None:
        return [{"failed": "no C compiler"}]
    system = region(0.01) if quick else site_of_sixty(None)
    calls = calls_of(system, 200 if quick else MOST_CALLS)
    with tempfile.TemporaryDirectory() as folder:
        c = CDays(Path(folder))
        for call in calls.best_day:
            assert same_best_day(c, call), "C finds another best day"
        for call in calls.compose_day:
            assert same_compose_day(c, call), "C fills another table"
        rows = []
        for name, given, in_all in (
            ("best_day", calls.best_day, calls.best_day_in_all),
            ("compose_day", calls.compose_day, calls.compose_day_in_all),
        ):
            ours = {"best_day": best_day, "compose_day": compose_day}[name]
            theirs = [getattr(c, name)(call) for call in given]
            spans = _in_turn(
                lambda ours=ours, given=given: [ours(*call) for call in given],
                lambda theirs=theirs: [one.run() for one in theirs],
            )
            engine, in_c = (span / len(given) for span in spans)
            rows.append(
                {"program": name, "calls": len(given), "calls in the build": in_all,
                 "engine": engine, "c": in_c, "ratio": engine / in_c}
            )  # fmt: skip
    return rows


def _in_turn(*work: Callable[[], Any]) -> tuple[float, ...]:
    """Return median processor seconds of each, run one after the other in rounds."""
    spans: list[list[float]] = [[] for _ in work]
    for _ in range(ROUNDS):
        for piece, mine in zip(work, spans, strict=True):
            before = time.thread_time()
            piece()
            mine.append(time.thread_time() - before)
    return tuple(median(mine) for mine in spans)
