"""Results of rostering as JSON: what stands in ``result.json`` beside a roster."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from operator import index
from typing import Any

from caretime import tables
from caretime.formats._reading.raw import Findings
from caretime.model.outcome import (
    ROSTER_STATUSES,
    Clash,
    Preference,
    RosterResult,
    Shortage,
)
from caretime.model.week import Roster

RESULT_FILE = "result.json"
FORMAT = 1

_LISTS: dict[str, Any] = {
    "preferences": Preference,
    "clashes": Clash,
    "shortages": Shortage,
}
_TEXTS = ("status", "version", "inputs_hash", "contract_hash")
_COUNTS = ("objective", "bound", "seed", "work", "budget")
_HEADER = ("contract_id", "first_day", "last_day")

Expected = str | tuple[str, ...]

_KEYS: dict[str, str] = {
    "format": "whole number",
    "kind": "text",
    "contract_id": "text",
    "first_day": "date or null",
    "last_day": "date or null",
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(_COUNTS, "whole number"),
    "gap": "number",
    "roster_hash": "text",
    **dict.fromkeys(_LISTS, "list"),
}
"""Every key of the file, and what it holds."""


def result_text(result: RosterResult, roster_hash: str) -> str:
    """Return a result without its weeks as JSON; equal results, equal text."""
    roster = result.roster
    body: dict[str, Any] = {
        "format": FORMAT,
        "kind": "roster",
        "contract_id": roster.contract_id,
        "first_day": roster.first_day and roster.first_day.isoformat(),
        "last_day": roster.last_day and roster.last_day.isoformat(),
        **{name: getattr(result, name) for name in _TEXTS},
        **{name: index(getattr(result, name)) for name in _COUNTS},
        "gap": float(result.gap),
        "roster_hash": roster_hash,
        **{name: [_plain(one) for one in getattr(result, name)] for name in _LISTS},
    }
    return json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(noun: Any) -> dict[str, Any]:
    """Return a noun of texts, counts and tuples of texts as a mapping."""
    return {
        name: value if isinstance(value, (str, tuple)) else index(value)
        for name, value in asdict(noun).items()
    }


def read_body(data: bytes, source: str, findings: Findings) -> dict[str, Any] | None:
    """Return the mapping of a result file, every key there and of its kind."""
    try:
        body = json.loads(data)
    except UnicodeDecodeError as error:
        findings.problem(source, 0, "", f"is not UTF-8 text at byte {error.start}")
        return None
    except json.JSONDecodeError as error:
        findings.problem(source, error.lineno, "", f"is no JSON: {error.msg}")
        return None
    if not isinstance(body, dict) or body.get("kind") != "roster":
        findings.problem(source, 0, "kind", 'expected a result of kind "roster"')
        return None
    if body.get("format") != FORMAT:
        message = f"found {body.get('format')!r}, expected format {FORMAT}"
        findings.problem(source, 0, "format", message)
        return None
    told = len(findings.problems)
    _check_keys(body, _KEYS, source, "", findings)
    for name, noun in _LISTS.items():
        for place, item in enumerate(_items(body.get(name))):
            keys = {field.name: _kind_of(str(field.type)) for field in fields(noun)}
            _check_keys(item, keys, source, f"{name}[{place}]", findings)
    if len(findings.problems) == told:
        _check_meaning(body, source, findings)
    return body if len(findings.problems) == told else None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _kind_of(annotation: str) -> str:
    return {"str": "text", "int": "whole number"}.get(annotation, "list of texts")


def _check_keys(
    body: Any, keys: Mapping[str, str], source: str, where: str, findings: Findings
) -> None:
    """Tell of each key that is missing, unknown or of another kind."""
    if not isinstance(body, dict):
        findings.problem(source, 0, where, "expected a mapping")
        return
    prefix = f"{where}." if where else ""
    for name, kind in keys.items():
        if name not in body:
            findings.problem(source, 0, prefix + name, f"is missing, expected a {kind}")
        elif not _is(kind, body[name]):
            message = f"found {_shown(body[name])}, expected a {kind}"
            findings.problem(source, 0, prefix + name, message)
    for name in sorted(set(body) - set(keys)):
        findings.problem(source, 0, prefix + name, "unknown key in a result")


def _is(kind: str, value: Any) -> bool:
    if kind == "text":
        return isinstance(value, str)
    if kind == "whole number":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "date or null":
        return value is None or _is_date(value)
    if kind == "list of texts":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    return isinstance(value, list)


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _check_meaning(body: Mapping[str, Any], source: str, findings: Findings) -> None:
    """Tell of values that contradict each other or a closed list."""
    for field, message in _contradictions(body):
        findings.problem(source, 0, field, message)


def _contradictions(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body["status"] not in ROSTER_STATUSES:
        expected = ", ".join(ROSTER_STATUSES)
        yield "status", f"unknown status {body['status']!r}, expected one of {expected}"
    first, last = body["first_day"], body["last_day"]
    if first and last and last < first:
        yield "last_day", f"{last} is before the first day {first}"
    known = {row["preference"] for row in tables.rows("roster_preferences")}
    for place, preference in enumerate(body["preferences"]):
        if preference["name"] not in known:
            where = f"preferences[{place}].name"
            yield where, f"unknown preference {preference['name']!r}"
    bound, objective = body["bound"], body["objective"]
    if body["gap"] != (bound - objective) / max(1, abs(bound)):
        yield "gap", f"found {body['gap']}, which objective and bound do not give"


def header_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a result says of its roster: contract and days."""
    first, last = (
        date.fromisoformat(body[name]) if body[name] else None for name in _HEADER[1:]
    )
    return {"contract_id": body["contract_id"], "first_day": first, "last_day": last}


def result_of(body: Mapping[str, Any], roster: Roster) -> RosterResult:
    """Build the result of a sound body and the weeks that stand beside it."""
    lists: dict[str, Any] = {
        name: tuple(
            noun(**{k: tuple(v) if isinstance(v, list) else v for k, v in one.items()})
            for one in body[name]
        )
        for name, noun in _LISTS.items()
    }
    plain = {name: body[name] for name in (*_TEXTS, *_COUNTS)}
    return RosterResult(roster=roster, **plain, **lists)
