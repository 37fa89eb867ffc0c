"""Checks one clause's values against the table of clause fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from caretime.formats._checking.hints import did_you_mean, near
from caretime.rules.clause_kinds import ClauseField, clock_minutes

Complaint = tuple[str, str, str]
"""Field, message, suggestion."""


def read_value(field: ClauseField, value: Any) -> tuple[Any, str, str]:
    """Return the value in our types, and a message and suggestion if it is wrong."""
    wrong = f"expected {expectation(field)}, got {value!r}"
    match field.type:
        case "number" | "integer":
            return _number(field, value, wrong)
        case "yes_no":
            if value is True or value is False:
                return value, "", ""
            good = value in ("yes", "no")
            return (value == "yes", "", "") if good else (None, wrong, "")
        case "choice":
            return _choice(field, value, wrong)
        case "choices":
            return _choices(field, value, wrong)
        case "date":
            is_day = isinstance(value, date) and not isinstance(value, datetime)
            hint = "" if is_day else "write it as 2025-05-08"
            return (value, "", "") if is_day else (None, wrong, hint)
        case "clock":
            return _clock(field, value, wrong)
        case "date_steps":
            return _date_steps(value, wrong)
        case _:
            is_text = isinstance(value, str) and value.strip()
            return (str(value), "", "") if is_text else (None, wrong, "")


def expectation(field: ClauseField) -> str:
    """
    Say what a field must hold.

    >>> from caretime.rules.clause_kinds import fields_of
    >>> expectation(fields_of("caseload_cap")["patients"])
    'a whole number of patients from 1 to 2000'
    """
    match field.type:
        case "number" | "integer":
            kind = "a whole number" if field.type == "integer" else "a number"
            unit = f" of {field.unit}" if field.unit else ""
            return f"{kind}{unit} from {field.low:g} to {field.high:g}"
        case "yes_no":
            return "yes or no"
        case "choice":
            return "one of " + ", ".join(field.choices)
        case "choices":
            return "a list of " + ", ".join(field.choices)
        case "date":
            return "a date such as 2025-05-08"
        case "clock":
            low, high = _clock_text(field.low), _clock_text(field.high)
            return f"a time of day from {low} to {high}"
        case "date_steps":
            return "a list of steps, each with on (a date) and value (a number)"
        case _:
            return "text"


def value_text(field: ClauseField, value: Any) -> Any:
    """Return a value as a contract's file writes it."""
    match field.type:
        case "number":
            return int(value) if value == int(value) else value
        case "choices":
            return list(value)
        case "clock":
            return _clock_text(value)
        case "date_steps":
            return [{"on": on, "value": number} for on, number in value]
        case _:
            return value


def complaints(kind: str, terms: Mapping[str, Any]) -> list[Complaint]:
    """Return what contradicts itself among values that are each well formed."""
    match kind:
        case "protected_hours":
            return _protected_hours(terms)
        case "intake_mix":
            return _exactly_one(terms, "intakes_per_week", "returns_per_intake")
        case "work_week" if terms["hours"] > 10 * terms["days"]:
            each = terms["hours"] / terms["days"]
            return [("hours", f"expected at most 10 hours a day, got {each:g}", "")]
        case "work_week" if terms["latest"] <= terms["start"]:
            return [("latest", "expected a time after start", "")]
        case _:
            return []


def _protected_hours(terms: Mapping[str, Any]) -> list[Complaint]:
    ways = ("hours_per_week", "percent", "minutes_per_visit")
    if found := _exactly_one(terms, *ways):
        return found
    if (terms["minutes_per_visit"] is None) != (terms["base"] != "per_visit"):
        return [("base", "per_visit goes with minutes_per_visit, and with it only", "")]
    if terms["percent"] is not None and terms["base"] == "full_time":
        message = "percent of what? give base: full_week_40, net_of_meetings_37_5"
        return [("percent", f"{message} or scheduled", "")]
    found = []
    whole = terms["hours_per_week"]
    for name in ("bookable_hours", "reduced_to_hours"):
        if whole is not None and (terms[name] or 0) > whole:
            message = f"expected at most the clause's {whole:g}, got {terms[name]:g}"
            found.append((name, message, ""))
    opens = terms["bookable_hours"] > 0 or terms["reduced_to_hours"] is not None
    if opens and terms["bookable_trigger"] == "never":
        message = "expected access_missed or productivity_missed beside bookable hours"
        found.append(("bookable_trigger", message, ""))
    if terms["bookable_hours"] > 0 and terms["reduced_to_hours"] is not None:
        found.append(
            ("reduced_to_hours", "says the same as bookable_hours", "give one")
        )
    return found


def _exactly_one(terms: Mapping[str, Any], *names: str) -> list[Complaint]:
    given = [name for name in names if terms[name] is not None]
    if len(given) == 1:
        return []
    found = " and ".join(given) or "none"
    return [(names[0], f"expected exactly one of {', '.join(names)}, got {found}", "")]


def _number(field: ClauseField, value: Any, wrong: str) -> tuple[Any, str, str]:
    if isinstance(value, str):
        return None, wrong, did_you_mean(*_numbers_meant(field, value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None, wrong, ""
    if field.type == "integer" and value != int(value):
        return None, wrong, ""
    if not (field.low or 0) <= value <= (field.high or 0):
        return None, wrong, ""
    return (int(value) if field.type == "integer" else float(value)), "", ""


def _numbers_meant(field: ClauseField, text: str) -> list[str]:
    """Return the number in a text such as "7 hours", "7,5" or "25 %"."""
    found = re.fullmatch(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*[%$A-Za-z/ ]*", text)
    if found is None:
        return []
    plain = found[1].replace(",", ".")
    return [] if _number(field, float(plain), "wrong")[1] else [plain]


def _choice(field: ClauseField, value: Any, wrong: str) -> tuple[Any, str, str]:
    if value in field.choices:
        return str(value), "", ""
    return None, wrong, did_you_mean(near(str(value), field.choices))


def _choices(field: ClauseField, value: Any, wrong: str) -> tuple[Any, str, str]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words:
        return None, wrong, ""
    strange = [word for word in words if word not in field.choices]
    if not strange:
        return tuple(str(word) for word in words), "", ""
    message = f"expected {expectation(field)}, got {', '.join(map(repr, strange))}"
    hints = [near(str(word), field.choices) for word in strange]
    return None, message, did_you_mean(*filter(None, hints))


def _clock(field: ClauseField, value: Any, wrong: str) -> tuple[Any, str, str]:
    try:
        minutes = clock_minutes(value)
    except (TypeError, ValueError):
        return None, wrong, "write it as 08:30"
    if not (field.low or 0) <= minutes <= (field.high or 0):
        return None, wrong, ""
    return minutes, "", ""


def _clock_text(minutes: float | None) -> str:
    hour, rest = divmod(int(minutes or 0), 60)
    return f"{hour:02d}:{rest:02d}"


def _date_steps(value: Any, wrong: str) -> tuple[Any, str, str]:
    if not isinstance(value, list) or not value:
        return None, wrong, ""
    steps = []
    for step in value:
        good = (
            isinstance(step, dict)
            and set(step) == {"on", "value"}
            and isinstance(step["on"], date)
            and isinstance(step["value"], (int, float))
        )
        if not good:
            return None, wrong, ""
        steps.append((step["on"], float(step["value"])))
    if steps != sorted(steps):
        return None, "expected the steps in the order of their dates", ""
    return tuple(steps), "", ""
