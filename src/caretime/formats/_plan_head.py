"""What stands in ``plan.json``: a plan without its long tables, checked when read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from caretime.formats._reading.raw import Findings
from caretime.model.care import Absence
from caretime.model.incident import Incident, Substitute
from caretime.model.matching import LEVELS, MATCHING_STATUSES, Level, MatchPolicy
from caretime.model.request import Extension
from caretime.model.strike import ANSWERS, Answer, Recovery, StrikePlan, Update

if TYPE_CHECKING:
    from pydantic import ConfigDict, TypeAdapter

PLAN_FILE = "plan.json"
FORMAT = 1
KIND = "strike plan"


@dataclass(frozen=True, slots=True)
class TableMark:
    """How many rows a table of the plan has, and the SHA-256 of its text."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MatchingHead:
    """A matching without its rows: what was reached, and how far it is proven."""

    status: str
    value: int
    bound: int
    levels: tuple[Level, ...]
    seed: int
    version: str
    inputs_hash: str
    work: int


@dataclass(frozen=True, slots=True)
class PlanHead:
    """Everything of a plan that is not a table for schedulers."""

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}

    format: int
    kind: str
    plan_hash: str
    version: str
    inputs_hash: str
    seed: int
    time_zone: str
    incident: Incident
    policy: MatchPolicy
    monday: date
    weeks: int
    matching: MatchingHead
    recovery: Recovery | None
    tables: dict[str, TableMark]
    absent: tuple[Absence, ...]
    substitutes: tuple[Substitute, ...]
    answers: tuple[Answer, ...]
    offered: dict[str, str]
    contract_id: str
    roster_hash: str
    known: Update


@cache
def _adapter() -> TypeAdapter[PlanHead]:
    from pydantic import TypeAdapter

    return TypeAdapter(PlanHead)


def zone_of(plan: StrikePlan) -> str:
    """Return the time zone that the plan's times are written in."""
    moments = [*(b.start for b in plan.bookings[:1]), *(a.at for a in plan.answers[:1])]
    keys = (getattr(moment.tzinfo, "key", None) for moment in moments)
    return next((str(key) for key in keys if key), "UTC")


def head_of(plan: StrikePlan, tables: Mapping[str, TableMark]) -> PlanHead:
    """Return the head of a plan with the hash over everything in it."""
    matching = plan.matching
    head = PlanHead(
        format=FORMAT,
        kind=KIND,
        plan_hash="",
        time_zone=zone_of(plan),
        matching=MatchingHead(
            **{
                name: getattr(matching, name)
                for name in MatchingHead.__dataclass_fields__
            }
        ),
        tables=dict(tables),
        offered=dict(plan.offered),
        recovery=plan.recovery and replace(plan.recovery, people=()),
        **{name: getattr(plan, name) for name in _SHARED},
    )
    return replace(head, plan_hash=hash_of(head))


_SHARED = (
    "version",
    "inputs_hash",
    "seed",
    "incident",
    "policy",
    "monday",
    "weeks",
    "absent",
    "substitutes",
    "answers",
    "contract_id",
    "roster_hash",
    "known",
)


def shared_of(head: PlanHead) -> dict[str, Any]:
    """Return what a plan has from its head as it is, times in the plan's zone."""
    zone = ZoneInfo(head.time_zone)
    answers = tuple(_in_zone(answer, zone) for answer in head.answers)
    values = {name: getattr(head, name) for name in _SHARED}
    return values | {"answers": answers, "offered": head.offered}


def _in_zone(answer: Answer, zone: ZoneInfo) -> Answer:
    extension: Extension | None = answer.extension
    if extension is not None:
        noted, until = extension.noted_at, extension.extends_to
        extension = replace(
            extension,
            noted_at=noted and noted.astimezone(zone),
            extends_to=until and until.astimezone(zone),
        )
    return replace(answer, at=answer.at.astimezone(zone), extension=extension)


def hash_of(head: PlanHead) -> str:
    """Return the SHA-256 of a head, its own hash left out, as 64 hex digits."""
    body = _adapter().dump_python(replace(head, plan_hash=""), mode="json")
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return sha256(text.encode()).hexdigest()


def head_text(head: PlanHead) -> str:
    """Return a head as JSON, one line a key and one line an item of a list."""
    body = _adapter().dump_python(head, mode="json")
    lines = ",\n".join(f"  {_text(key)}: {_laid(value)}" for key, value in body.items())
    return f"{{\n{lines}\n}}\n"


def _laid(value: Any) -> str:
    if isinstance(value, list) and value:
        items = ",\n".join(f"    {_text(item)}" for item in value)
        return f"[\n{items}\n  ]"
    if isinstance(value, dict) and value:
        items = ",\n".join(f"    {_text(k)}: {_text(v)}" for k, v in value.items())
        return f"{{\n{items}\n  }}"
    return _text(value)


_text = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def read_head(data: bytes, findings: Findings) -> PlanHead | None:
    """Return the head in a file's bytes; ``None``, with every problem, if unsound."""
    if not _is_ours(data, findings):
        return None
    from pydantic import ValidationError

    try:
        head = _adapter().validate_json(data, strict=True)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            findings.problem(PLAN_FILE, 0, _place(found["loc"]), _message(found))
        return None
    before = len(findings.problems)
    for field, message in _contradictions(head):
        findings.problem(PLAN_FILE, 0, field, message)
    return head if len(findings.problems) == before else None


def _is_ours(data: bytes, findings: Findings) -> bool:
    """Say whether this is a plan in the format we know; else say what it is."""
    try:
        body = json.loads(data)
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text at byte {error.start}"
        findings.problem(PLAN_FILE, 0, "", message)
        return False
    except json.JSONDecodeError as error:
        findings.problem(PLAN_FILE, error.lineno, "", f"is no JSON: {error.msg}")
        return False
    if not isinstance(body, dict) or body.get("kind") != KIND:
        findings.problem(PLAN_FILE, 0, "kind", f'expected a plan of kind "{KIND}"')
        return False
    if body.get("format") != FORMAT:
        message = f"found {body.get('format')!r}, expected format {FORMAT}"
        findings.problem(PLAN_FILE, 0, "format", message)
        return False
    return True


def _place(parts: tuple[int | str, ...]) -> str:
    """Return a place such as ``substitutes[3].openings``."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in parts)
    return text.removeprefix(".")


def _message(found: Mapping[str, Any]) -> str:
    kind, message = found["type"], str(found["msg"])
    if kind == "missing":
        return "is missing"
    if kind == "unexpected_keyword_argument":
        return "unknown key in a plan"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    shown = json.dumps(found["input"], ensure_ascii=False, default=str)
    expected = message.removeprefix("Input should be ")
    return f"found {shown if len(shown) <= 40 else shown[:40] + '…'}, {expected}"


def _contradictions(head: PlanHead) -> Iterator[tuple[str, str]]:
    """Yield what no closed list has, and times that are none."""
    if head.matching.status not in MATCHING_STATUSES:
        expected = ", ".join(MATCHING_STATUSES)
        found = head.matching.status
        yield "matching.status", f"unknown status {found!r}, expected one of {expected}"
    for place, level in enumerate(head.matching.levels):
        if level.name not in LEVELS:
            yield f"matching.levels[{place}].name", f"unknown level {level.name!r}"
    if head.time_zone not in available_timezones():
        yield "time_zone", f"unknown time zone {head.time_zone!r}"
    if head.monday.weekday():
        yield "monday", f"{head.monday} is a {head.monday:%A}"
    if head.weeks < 1:
        yield "weeks", f"found {head.weeks}, expected 1 or more"
    for place, answer in enumerate(head.answers):
        if answer.answer not in ANSWERS:
            yield f"answers[{place}].answer", f"unknown answer {answer.answer!r}"
        if not _has_zone(answer.at):
            yield f"answers[{place}].at", "has no offset from UTC"


def _has_zone(moment: datetime) -> bool:
    return moment.tzinfo is not None
