"""Arguments that are refused before anything runs: counts, and files to write."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter, Token

from caretime.errors import PlanError

STARTS = {
    "--report": (b"<!doctype html", "a report"),
    "--log": (b"par1", "a Parquet file"),
    "--weekly": (b"replication,week,", "a table of weekly counters"),
    "--svg": (b"<svg", "a picture of caretime"),
    "--excel": (b"pk", "an Excel workbook"),
    "--ical": (b"begin:vcalendar", "a calendar"),
    "--csv": (b"appointment_id,patient_id,", "a table of affected appointments"),
}
"""How a file begins that may be written anew, in small letters."""


def _whole(text: str, least: int) -> int:
    """Read a whole number; 5.5 is none, and is never rounded."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise ValueError(f"expected a whole number, {least} or more, got {text!r}")
    return number


def _count(type_: Any, tokens: Sequence[Token]) -> int:
    return _whole(tokens[0].value, 1)


def _number(type_: Any, tokens: Sequence[Token]) -> int:
    return _whole(tokens[0].value, 0)


def _day(type_: Any, tokens: Sequence[Token]) -> date:
    text = tokens[0].value
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a day such as 2025-06-02, got {text!r}"
        raise ValueError(message) from None


def _workers(type_: Any, tokens: Sequence[Token]) -> int | str:
    text = tokens[0].value
    return text if text == "ray" else _whole(text, 1)


Count = Annotated[int, Parameter(converter=_count)]
"""A whole number, 1 or more: weeks, replications."""

Number = Annotated[int, Parameter(converter=_number)]
"""A whole number, 0 or more: a seed, a cap."""

Day = Annotated[date, Parameter(converter=_day)]
"""A day, written as year, month and day."""

Workers = Annotated[int | Literal["ray"], Parameter(converter=_workers)]
"""Threads, or a Ray cluster."""


def check_targets(folder: Path, targets: Mapping[str, Path | None]) -> None:
    """
    Refuse, before anything runs, files that cannot or must not be written.

    Parameters
    ----------
    folder
        The care system; nothing may be written into it.
    targets
        What was asked, by option: ``--out`` and those of ``STARTS``; ``None``
        where it was not.

    Raises
    ------
    PlanError
        If the place of a file is not there or cannot be written, if it lies in
        the care system, if something else stands there already, or if two
        options name one file. Every problem is named.
    """
    asked = {option: path for option, path in targets.items() if path is not None}
    problems = [
        f"{option} {path}: {problem}"
        for option, path in asked.items()
        for problem in _problems(option, path, folder)
    ]
    places: dict[Path, str] = {}
    for option, path in asked.items():
        first = places.setdefault(path.resolve(), option)
        if first != option:
            problems.append(f"{option} {path}: {first} writes to the same file")
    if problems:
        raise PlanError("; ".join(problems))


def check_new_folder(
    system: Path, option: str, folder: Path | None, *, force: bool, ours: Sequence[str]
) -> None:
    """
    Refuse, before anything runs, a folder that must not be written into.

    Parameters
    ----------
    system
        The care system; nothing may be written into it.
    force
        Whether files of ours that stand in the folder may be replaced.
    ours
        Endings of the names that are ours; other files are never replaced.

    Raises
    ------
    PlanError
        If the folder lies in the care system, is a file, cannot be made, or holds
        something: files of ours without ``force``, or any others.
    """
    if folder is None:
        return
    problem = ""
    if system.resolve() in (folder.resolve(), *folder.resolve().parents):
        problem = "this lies inside the care system; write it elsewhere"
    elif folder.exists() and not folder.is_dir():
        problem = "a file stands there, expected the name of a folder"
    elif not folder.absolute().parent.is_dir():
        problem = f"there is no folder {folder.absolute().parent}"
    elif folder.is_dir() and (held := sorted(p.name for p in folder.iterdir())):
        strange = [name for name in held if not name.endswith(tuple(ours))]
        if strange:
            problem = f"holds {strange[0]}, which is not ours to replace"
        elif not force:
            problem = f"holds {held[0]}; choose another name, or --force to replace it"
    if problem:
        raise PlanError(f"{option} {folder}: {problem}")


def _problems(option: str, path: Path, folder: Path) -> Iterator[str]:
    """Yield what stands against writing one file."""
    parent = path.parent
    if path.is_dir():
        yield "this is a folder, expected the name of a file"
    elif not parent.is_dir():
        yield f"there is no folder {parent}"
    elif folder.resolve() in (path.resolve(), *path.resolve().parents):
        yield "this lies inside the care system; write it elsewhere"
    elif not os.access(path if path.exists() else parent, os.W_OK):
        yield "this place cannot be written to"
    elif path.is_file() and path.stat().st_size:
        yield from _stranger(option, path)


def _stranger(option: str, path: Path) -> Iterator[str]:
    """Say where a file is in the way that is not of the kind to be written."""
    if option == "--out":
        from caretime.bargaining.document import is_document

        known, kind = is_document(path), "a result of caretime"
    else:
        start, kind = STARTS[option]
        with path.open("rb") as file:
            known = file.read(len(start)).lower() == start
    if not known:
        yield f"a file stands there that is not {kind}; it is not replaced"
