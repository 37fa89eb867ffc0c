"""The closed list of clause kinds and their fields, read from the shipped tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from types import MappingProxyType
from typing import Any

from caretime.model.terms import Clause
from caretime.tables import rows


@dataclass(frozen=True, slots=True)
class ClauseField:
    """
    One field of a clause kind, a row of ``tables/clause_fields.csv``.

    Parameters
    ----------
    kind, name
        The clause kind and the field's key.
    type
        ``number``, ``integer``, ``text``, ``yes_no``, ``choice``, ``choices``
        (a list), ``date``, ``clock`` (minutes from midnight, written 08:00) or
        ``date_steps`` (a list of ``on`` and ``value``).
    unit
        Unit of a number, empty for the rest.
    required
        Whether the contract must give it.
    default
        Value where the contract is silent; ``None`` means "not given".
    low, high
        Range of a number, both ends included; ``None`` where there is none.
    choices
        Allowed words, empty where any are.
    meaning
        One sentence for people.
    """

    kind: str
    name: str
    type: str
    unit: str
    required: bool
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    meaning: str


@cache
def clause_kinds() -> Mapping[str, str]:
    """
    Return the clause kinds and their titles, in the order of the table.

    >>> clause_kinds()["meal"]
    'Meal period'
    """
    return MappingProxyType({r["kind"]: r["title"] for r in rows("clause_kinds")})


@cache
def clause_family(kind: str) -> str:
    """
    Return the family of a kind: time, visits, breaks, pay, staffing or other.

    >>> clause_family("raise")
    'pay'
    """
    return {r["kind"]: r["family"] for r in rows("clause_kinds")}[kind]


@cache
def fields_of(kind: str) -> Mapping[str, ClauseField]:
    """
    Return the fields of a kind by name, in the order of the table.

    >>> fields_of("caseload_cap")["patients"].required
    True
    """
    return MappingProxyType(
        {r["field"]: _field(r) for r in rows("clause_fields") if r["kind"] == kind}
    )


def make_clause(
    clause_id: str,
    kind: str,
    *,
    covers: tuple[str, ...] = ("all",),
    effective: date | None = None,
    **terms: Any,
) -> Clause:
    """
    Build a clause in code, every field of its kind present.

    Raises
    ------
    ValueError
        If the kind or a field is unknown, or a required field is missing.

    Examples
    --------
    >>> make_clause("M", "meal")["minutes"]
    30
    """
    if kind not in clause_kinds():
        raise ValueError(f"unknown clause kind {kind!r}")
    fields = fields_of(kind)
    if strange := set(terms) - set(fields):
        raise ValueError(f"{kind} has no field {', '.join(sorted(strange))}")
    if lacking := {n for n, f in fields.items() if f.required} - set(terms):
        raise ValueError(f"{kind} needs {', '.join(sorted(lacking))}")
    full = {name: terms.get(name, field.default) for name, field in fields.items()}
    return Clause(
        clause_id,
        kind,
        full,
        covers=covers,
        effective=effective,
    )


def clock_minutes(text: str) -> int:
    """
    Return the minutes from midnight of a time written ``08:30``.

    >>> clock_minutes("08:30")
    510
    """
    moment = time.fromisoformat(text)
    return moment.hour * 60 + moment.minute


def _field(row: Mapping[str, str]) -> ClauseField:
    required = row["default"] == "required"
    return ClauseField(
        kind=row["kind"],
        name=row["field"],
        type=row["type"],
        unit=row["unit"],
        required=required,
        default=None if required else _default(row["type"], row["default"]),
        low=_bound(row["type"], row["low"]),
        high=_bound(row["type"], row["high"]),
        choices=_choices(row["choices"]),
        meaning=row["meaning"],
    )


def _default(type_: str, text: str) -> Any:
    if not text:
        return None
    match type_:
        case "number":
            return float(text)
        case "integer":
            return int(text)
        case "yes_no":
            return text == "yes"
        case "choices":
            return tuple(text.split("|"))
        case "clock":
            return clock_minutes(text)
        case _:
            return text


def _bound(type_: str, text: str) -> float | None:
    if not text:
        return None
    return clock_minutes(text) if type_ == "clock" else float(text)


def _choices(text: str) -> tuple[str, ...]:
    if text == "@activities":
        return tuple(r["activity"] for r in rows("activities"))
    if text == "@licenses":
        return tuple(r["license"] for r in rows("licenses"))
    return tuple(text.split("|")) if text else ()
