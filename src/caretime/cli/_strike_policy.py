"""The policy of a plan, as people write it: a YAML file of the fields that differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from caretime.errors import InputError
from caretime.formats._checking import hints
from caretime.formats._reading.mapping import read_mapping
from caretime.formats._reading.raw import LARGEST_YAML_BYTES, Findings
from caretime.formats._reading.text import plain_text, read_bytes
from caretime.model.matching import MatchPolicy

MOST_WEEKS = 16
MOST_CANDIDATES = 10_000


def read_policy(path: Path) -> MatchPolicy:
    """
    Read the fields of ``MatchPolicy`` that a YAML file changes.

    Raises
    ------
    InputError
        With every problem found: no YAML, unknown fields, values out of range.
    """
    findings, source = Findings(), path.name
    data = read_bytes(path, source, LARGEST_YAML_BYTES, findings)
    entries = None
    if data is not None:
        text = plain_text(data, source, findings)
        entries = read_mapping(text, source, findings)
    known = [field.name for field in fields(MatchPolicy)]
    values: dict[str, Any] = {}
    for key, entry in (entries or {}).items():
        if key not in known:
            hint = hints.did_you_mean(hints.near(key, known))
            expected = f"expected one of {', '.join(known)}"
            findings.problem(source, entry.line, key, expected, hint)
            continue
        expected, read = _READERS[key]
        try:
            values[key] = read(entry.cell)
        except ValueError:
            message = f"expected {expected}, found {entry.cell!r}"
            findings.problem(source, entry.line, key, message)
    if findings.problems:
        raise InputError(findings.problems)
    return MatchPolicy(**values)


def _whole(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not 1 <= number <= most:
            raise ValueError(text)
        return number

    return read


def _share(text: str) -> float:
    number = float(text)
    if not (isfinite(number) and 0 <= number <= 1):
        raise ValueError(text)
    return number


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no", "true", "false"):
        raise ValueError(text)
    return text in ("yes", "true")


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "horizon_weeks": (f"whole weeks, 1 to {MOST_WEEKS}", _whole(MOST_WEEKS)),
        "associates_see_tier_1": ("yes or no", _yes_no),
        "least_acceptance": ("a share, 0 to 1", _share),
        "intake_lent": ("a share, 0 to 1", _share),
        "candidates": (
            f"a whole number, 1 to {MOST_CANDIDATES}",
            _whole(MOST_CANDIDATES),
        ),
    }
)
"""What each field must be, in words, and what reads it."""
