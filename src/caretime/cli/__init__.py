"""
The command line: one verb a command; parses, calls, prints.

Each verb module has a function ``register(app)`` that adds its commands. A
command returns ``None`` or an :class:`ExitCode`; it never prints an error and
never exits by itself. What is asked for goes to standard output (as JSON with
``--json``), what is happening goes to standard error.
"""

from __future__ import annotations

import gc
import json as _json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum
from functools import cache
from importlib import import_module
from math import isfinite
from pathlib import Path
from time import monotonic
from traceback import extract_tb
from typing import Any

from cyclopts import App, CycloptsError
from rich.console import Console

import caretime
from caretime.errors import AssumptionWarning, InputError, PlanError

VERB_MODULES = (
    "systems",
    "terms",
    "roster",
    "runs",
    "bargain",
    "affected",
    "strike",
    "desk",
    "demo",
)

Progress = Callable[[int, int, str], None]

_SECONDS_A_LINE = 5

COLLECT = (1_000_000, 50, 50)
"""How seldom the garbage collector of a command walks: it frees next to nothing, and a
walk over all patients and visits again and again takes seconds."""


class ExitCode(IntEnum):
    """What a command's exit code says; the manual prints this table."""

    DONE = 0, "done"
    BUG = 1, "our bug: please report it"
    USAGE = 2, "wrong usage, or a question that contradicts itself"
    INPUT = 3, "input rejected: every problem is listed, nothing is written"
    BROKEN = 4, "clauses broken, or a result that does not reproduce"
    INFEASIBLE = 5, "no feasible plan; the reason is in the answer"

    meaning: str

    def __new__(cls, code: int, meaning: str) -> ExitCode:
        """Keep the meaning beside the number."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


console = Console(stderr=True, highlight=False, soft_wrap=True)
"""Where notes and progress go: standard error."""


def emit_json(value: Any) -> None:
    """
    Write one value to standard output as JSON, followed by a newline.

    Data classes become objects, tuples and arrays lists, dates ISO 8601 text,
    enumerations their value; a number that is not finite becomes ``null``.
    """
    _json.dump(as_json(value), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def as_json(value: Any) -> Any:
    """
    Return the value in JSON's own types.

    >>> as_json({"from": date(2025, 5, 8), "share": float("nan"), "of": (1, 2)})
    {'from': '2025-05-08', 'share': None, 'of': [1, 2]}
    """
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return as_json(value.tolist())
    if isinstance(value, Path):
        return value.as_posix()
    return [as_json(item) for item in value]


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """
    Show how far a long command is, on standard error.

    Yields a function ``(done, total, what)`` for the planner to call. On a
    terminal it draws one moving line; elsewhere it writes a line at the first
    call and then one every few seconds.
    """
    if not console.is_terminal:
        yield _lines(title)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int, what: str) -> None:
            text = f"{title}: {what}" if what else title
            bar.update(task, completed=done, total=total, description=text)

        yield show


def _lines(title: str, clock: Callable[[], float] = monotonic) -> Progress:
    due = clock()

    def show(done: int, total: int, what: str) -> None:
        nonlocal due
        if clock() >= due:
            due = clock() + _SECONDS_A_LINE
            text = f"{title}: {what}" if what else title
            console.print(f"{text} ({done} of {total})", markup=False)

    return show


@cache
def app() -> App:
    """Return the command line with every verb registered."""
    application = App(
        name="caretime",
        help="Plan, book and safeguard the hours of mental-health care.",
        help_format="plaintext",
        version=_version,
        version_flags=["--version"],
    )
    for name in VERB_MODULES:
        import_module(f"caretime.cli.{name}").register(application)
    return application


def main(tokens: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    if tokens is None:
        gc.set_threshold(*COLLECT)
    arguments = list(sys.argv[1:] if tokens is None else tokens)
    sys.exit(int(_run(arguments)))


def _run(arguments: list[str]) -> int:
    """Turn whatever a command does into one exit code; nothing else may."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", AssumptionWarning)
        warnings.showwarning = _note
        try:
            answer = app()(
                arguments,
                exit_on_error=False,
                error_console=console,
                result_action="return_value",
            )
        except CycloptsError:
            return ExitCode.USAGE
        except PlanError as error:
            console.print(f"caretime: {error}", markup=False)
            return ExitCode.USAGE
        except InputError as error:
            _reject(error, as_data="--json" in arguments)
            return ExitCode.INPUT
        except KeyboardInterrupt:
            return 130
        except BrokenPipeError:
            # The reader has gone; keep Python from flushing to it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.DONE
        except OSError as error:
            if os.environ.get("CARETIME_DEBUG"):
                raise
            text = error.strerror or str(error) or "cannot be read or written"
            console.print(f"{error.filename or 'caretime'}: {text}", markup=False)
            return ExitCode.INPUT
        except Exception as error:
            _confess(error)
            return ExitCode.BUG
    return answer if isinstance(answer, int) else ExitCode.DONE


def _reject(error: InputError, *, as_data: bool) -> None:
    count = len(error.problems)
    if as_data:
        emit_json({"problems": error.problems})
    from caretime.cli.systems import abridged

    for line in abridged(error.problems):
        console.print(line, markup=False)
    noun = "problem" if count == 1 else "problems"
    console.print(f"{count:,} {noun}; nothing was written.")


def _confess(error: Exception) -> None:
    # The text of an unforeseen error may quote what was read, so it is shown
    # on request only; its kind and place are safe to paste into a report.
    if os.environ.get("CARETIME_DEBUG"):
        console.print_exception()
    ours = Path(__file__).parents[1]
    frames = extract_tb(error.__traceback__)
    inside = [frame for frame in frames if ours in Path(frame.filename).parents]
    frame = (inside or frames)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    console.print(
        f"caretime: this is our bug ({type(error).__name__} at {place}).\n"
        "Please report it on the project's issue tracker, with the command and "
        "the output of caretime --version.\n"
        "CARETIME_DEBUG=1 shows where it happened.",
        markup=False,
    )


def _note(message: Warning | str, *_: Any, **__: Any) -> None:
    console.print(f"note: {message}", markup=False)


def _version() -> str:
    return caretime.__version__
