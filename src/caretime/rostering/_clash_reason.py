"""The sum behind a clash, where a plain one tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caretime.model.terms import Clause
from caretime.rostering._clash_words import count, hours
from caretime.rostering._cpsat.terms import (
    DEFAULT_WEEK,
    LONGEST_DAY,
    Guard,
    Situation,
    share_of,
    visit_forms,
)
from caretime.rules.labor import rest_rule
from caretime.rules.protected_time import required_minutes
from caretime.rules.spans import length, subtract
from caretime.rules.week_terms import (
    MEAL_AFTER,
    RestRule,
    clause_minutes,
    round_half_up,
)

TEN_HOURS = 10 * 60
LAW_MEAL = 30
ANY_DAYS = 5


def reason(guards: Sequence[Guard], who: Situation) -> str:
    """
    Say in one clause of a sentence why the guards clash.

    Hours first, then patients, then the length of the days; where no sum tells it,
    only that no week keeps them all.
    """
    for told in (_hours_short(guards, who), _patients_short(guards, who)):
        if told:
            return told
    return _days_short(guards, who) or "no week keeps them all"


def _hours_short(guards: Sequence[Guard], who: Situation) -> str:
    paid = _paid(guards, who)
    if paid is None:
        return ""
    taken = _visit_minutes(guards, who) + _desk_minutes(guards, who, paid)
    taken += _rest_minutes(guards, who, paid)
    if taken <= paid:
        return ""
    together = "it takes" if len(guards) == 1 else "together they take"
    return f"{together} {hours(taken)} of the {hours(paid)} paid"


def _patients_short(guards: Sequence[Guard], who: Situation) -> str:
    openings = _openings(guards, who)
    asked = sum(openings.values())
    for clause in _clauses(guards):
        extra = openings["group"] * (clause.terms.get("group_credit") or 0)
        seen = asked - openings["group"] + extra
        if clause.kind == "visit_cap_weekly":
            most = share_of(clause["patients"], who.fte)
            if seen > most:
                return f"{count(seen, 'patient')} are asked for, {most} allowed"
        if clause.kind == "visit_cap_daily":
            days = _days(guards)
            most = clause["patients"] * days
            if seen > most:
                each = count(clause["patients"], "patient")
                day = count(days, "day")
                return f"{seen} openings are reserved, {day} of {each} hold {most}"
    return ""


def _days_short(guards: Sequence[Guard], who: Situation) -> str:
    paid = _paid(guards, who)
    weeks = [c for c in _clauses(guards) if c.kind == "work_week"]
    if paid is None or not weeks:
        return ""
    meals = [c["minutes"] for c in _clauses(guards) if c.kind == "meal"]
    if any(guard.name == "ca-meal-1" for guard in guards):
        meals.append(LAW_MEAL)
    held = []
    for free in _free_minutes(guards, weeks[-1]):
        worked = free
        if free > MEAL_AFTER and meals:
            worked = max(MEAL_AFTER, free - max(meals))
        if any(guard.name == LONGEST_DAY for guard in guards):
            worked = min(TEN_HOURS, worked)
        held.append(worked)
    most = sum(sorted(held)[-weeks[-1]["days"] :])
    if most >= paid:
        return ""
    days = count(weeks[-1]["days"], "day")
    each = f" of {hours(held[0])}" if len(set(held)) == 1 else ""
    return f"{days}{each} hold {hours(most)} of the {hours(paid)} paid"


def _free_minutes(guards: Sequence[Guard], week: Clause) -> list[int]:
    """Return for each day the minutes between start and end that are available."""
    start, latest = week["start"], week["latest"]
    free = []
    for day in range(ANY_DAYS):
        taken = [
            (guard.span[1], guard.span[2])
            for guard in guards
            if guard.name == "unavailable" and guard.span and guard.span[0] == day
        ]
        free.append(length(subtract([(start, latest)], taken)))
    return free


def _clauses(guards: Sequence[Guard]) -> Iterator[Clause]:
    return (guard.clause for guard in guards if guard.clause)


def _paid(guards: Sequence[Guard], who: Situation) -> int | None:
    """Return the paid minutes of the week, where they are part of the clash."""
    weeks = [c["hours"] for c in _clauses(guards) if c.kind == "work_week"]
    if not weeks and any(g.name == DEFAULT_WEEK and not g.clause for g in guards):
        weeks = [40]
    return share_of(weeks[-1] * 60, who.fte) if weeks else None


def _days(guards: Sequence[Guard]) -> int:
    days = [c["days"] for c in _clauses(guards) if c.kind == "work_week"]
    return days[-1] if days else ANY_DAYS


def _openings(guards: Sequence[Guard], who: Situation) -> dict[str, int]:
    """Return the openings that must stand in the week whatever else it holds."""
    found = {
        "intake": 0,
        "urgent": 0,
        "group": sum(g.group is not None for g in guards),
    }
    for clause in _clauses(guards):
        match clause.kind:
            case "intake_mix" if clause["carve_out"]:
                number = share_of(clause["intakes_per_week"] or 0, who.fte)
                found["intake"] = max(found["intake"], number)
            case "urgent_reserve":
                number = share_of(clause["slots_per_week"], who.fte)
                found["urgent"] = max(found["urgent"], number)
            case "groups":
                number = share_of(clause["sessions_per_week"], who.fte)
                found["group"] = max(found["group"], number)
    return found


def _visit_minutes(guards: Sequence[Guard], who: Situation) -> int:
    forms = visit_forms(guards, who)
    return sum(
        number * next(f.slot.slot for f in forms[kind] if not f.barred_by)
        for kind, number in _openings(guards, who).items()
    )


def _rest_minutes(guards: Sequence[Guard], who: Situation, paid: int) -> int:
    """Return the least minutes of rests that no visit reserved has room for."""
    rules = [rest_rule() for guard in guards if guard.name == rest_rule().clause_ids[0]]
    rules += [
        RestRule(
            c["minutes"],
            round_half_up(c["per_hours"] * 60),
            round_half_up(c["none_below_hours"] * 60),
            (),
        )
        for c in _clauses(guards)
        if c.kind == "rest"
    ]
    forms = visit_forms(guards, who)
    least = 0
    for rule in rules:
        if not rule.minutes:
            continue
        held = sum(
            number
            for kind, number in _openings(guards, who).items()
            if any(f.rest_room >= rule.minutes for f in forms[kind])
        )
        days = range(1, _days(guards) + 1)
        owed = min(n * rule.rests(paid / n) for n in days)
        least = max(least, max(0, owed - held) * rule.minutes)
    return least


def _desk_minutes(guards: Sequence[Guard], who: Situation, paid: int) -> int:
    """Return desk time: activities, and protected hours beyond those they count."""
    activities = {
        (c["activity"], i): clause_minutes(c, who.fte)
        for i, c in enumerate(_clauses(guards))
        if c.kind == "activity_hours"
    }
    if any(guard.name == "duties" and not guard.clause for guard in guards):
        activities |= {(a, -1): minutes for a, minutes in who.duties}
    openings = _openings(guards, who)
    for clause in _clauses(guards):
        if clause.kind == "groups":
            prepared = openings["group"] * clause["preparation_minutes"]
            activities["group_preparation", -1] = prepared
    total = sum(activities.values())
    meetings = sum(m for (a, _), m in activities.items() if a == "meeting")
    for clause in _clauses(guards):
        if clause.kind == "protected_hours":
            needed = required_minutes(
                clause,
                fte=who.fte,
                paid=paid,
                meetings=meetings,
                visits=sum(openings.values()),
            )
            counted = sum(
                m for (a, _), m in activities.items() if a in clause["counts"]
            )
            total += max(0, needed - counted)
    return total
