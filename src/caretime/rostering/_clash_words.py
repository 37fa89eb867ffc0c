"""Clauses, laws and stated facts in plain words, one function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from caretime.model.terms import Clause
from caretime.rostering._cpsat.terms import (
    DEFAULT_WEEK,
    LONGEST_DAY,
    Guard,
    Situation,
    Span,
    share_of,
)
from caretime.rules.spans import DAY_NAMES
from caretime.tables import rows

_VISITS = {
    "intake": "intake",
    "return": "return",
    "group": "group",
    "urgent": "urgent opening",
    "all": "visit",
}


def guard_words(guard: Guard, who: Situation) -> str:
    """
    Say what a clause, a law or a stated fact asks of one clinician's week.

    >>> from caretime.rules.clause_kinds import make_clause
    >>> cap = make_clause("CAP", "visit_cap_daily", patients=8)
    >>> guard_words(Guard("CAP", cap), Situation())
    'CAP: at most 8 patients a day'
    """
    if guard.clause is not None:
        return f"{guard.name}: {_CLAUSES[guard.clause.kind](guard.clause, who)}"
    return f"{guard.name}: {_FACTS[guard.name](guard, who)}"


def clash_words(guards: Sequence[Guard], who: Situation) -> str:
    """Say all guards of a clash, times without availability together."""
    away = [guard.span for guard in guards if _is_away(guard) and guard.span]
    parts = [guard_words(g, who) for g in guards if not _is_away(g)]
    if away:
        hours_of: dict[tuple[int, int], list[str]] = {}
        for day, start, end in sorted(away):
            hours_of.setdefault((start, end), []).append(DAY_NAMES[day])
        times = ", ".join(
            f"{_days(days)} {clock(start)} to {clock(end)}"
            for (start, end), days in hours_of.items()
        )
        parts.append(f"unavailable: not available {times}")
    return "; ".join(parts)


def _is_away(guard: Guard) -> bool:
    return guard.clause is None and guard.name == "unavailable"


def _days(days: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(days[:-1]), days[-1])))


def count(number: float, singular: str, plural: str = "") -> str:
    """
    Put a number and its noun together.

    >>> count(1, "intake"), count(2.5, "hour")
    ('1 intake', '2.5 hours')
    """
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:g} {noun}"


def clock(minute: int) -> str:
    """Write minutes from midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hours(minutes: int) -> str:
    """
    Write minutes as hours.

    >>> hours(2400), hours(90), hours(20)
    ('40 hours', '1 h 30 min', '20 min')
    """
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest:02d} min" if rest else count(whole, "hour")


def _at_post(full: float, each: str, who: Situation) -> str:
    """Say a number at this post, and the full-time number where they differ."""
    own = share_of(full, who.fte)
    text = count(own, each)
    return text if who.fte == 1 else f"{text} ({full:g} at full time)"


def _protected(clause: Clause, who: Situation) -> str:
    if clause["minutes_per_visit"] is not None:
        what = f"{clause['minutes_per_visit']:g} protected minutes for each visit"
    elif clause["percent"] is not None:
        base = {
            "full_week_40": "40 hours",
            "net_of_meetings_37_5": "the paid hours less meetings",
        }.get(clause["base"], "the paid hours")
        what = f"{clause['percent']:g} % of {base} protected"
    else:
        minutes = share_of((clause["hours_per_week"] or 0) * 60, who.fte)
        what = f"{hours(minutes)} protected a week"
    return f"{what}, in stretches of at least {clause['minimum_block_minutes']} minutes"


def _activity(clause: Clause, who: Situation) -> str:
    share = who.fte if clause["base"] == "full_time" else 1.0
    minutes = share_of(clause["hours_per_week"] * 60, share)
    return f"{hours(minutes)} of {activity_word(clause['activity'])} a week"


def activity_word(activity: str) -> str:
    """
    Return an activity as it is said in a sentence.

    >>> activity_word("meeting")
    'meetings'
    """
    titles = {r["activity"]: r["title"] for r in rows("activities")}
    return titles[activity].lower()


def _notes(clause: Clause, _: Situation) -> str:
    visit = _VISITS[clause["visit_type"]]
    return f"{count(clause['minutes'], 'minute')} of notes beside each {visit}"


def _buffer(clause: Clause, _: Situation) -> str:
    visit = _VISITS[clause["visit_type"]]
    return f"{count(clause['minutes'], 'minute')} free after each {visit}"


def _length(clause: Clause, _: Situation) -> str:
    ages = clause["ages"]
    whose = "" if len(ages) == 4 else f" ({', '.join(ages)})"
    visit = _VISITS[clause["visit_type"]]
    return f"{visit}s of {clause['minutes']} minutes{whose}"


def _daily_cap(clause: Clause, _: Situation) -> str:
    return f"at most {count(clause['patients'], 'patient')} a day{_credit(clause)}"


def _weekly_cap(clause: Clause, who: Situation) -> str:
    most = _at_post(clause["patients"], "patient", who)
    return f"at most {most} a week{_credit(clause)}"


def _credit(clause: Clause) -> str:
    credit = clause["group_credit"]
    return "" if credit == 1 else f", a group counting as {credit}"


def _intakes(clause: Clause, who: Situation) -> str:
    if clause["returns_per_intake"]:
        return f"one intake for each {clause['returns_per_intake']:g} returns"
    return f"{_at_post(clause['intakes_per_week'] or 0, 'intake', who)} a week"


def _urgent(clause: Clause, who: Situation) -> str:
    slots = _at_post(clause["slots_per_week"], "urgent opening", who)
    long = f" of {clause['minutes']} minutes" if clause["minutes"] else ""
    return f"{slots}{long} kept each week"


def _groups(clause: Clause, who: Situation) -> str:
    sessions = _at_post(clause["sessions_per_week"], "group session", who)
    text = f"{sessions} of {clause['minutes']} minutes a week"
    if prepared := clause["preparation_minutes"]:
        text += f", {prepared} minutes of preparation each"
    return text


def _meal(clause: Clause, _: Situation) -> str:
    return f"an unpaid meal of {clause['minutes']} minutes on days over 5 hours"


def _rest(clause: Clause, _: Situation) -> str:
    each = count(clause["per_hours"], "hour")
    return f"a paid rest of {clause['minutes']} minutes for each {each} of work"


def _week(clause: Clause, who: Situation) -> str:
    paid = hours(share_of(clause["hours"] * 60, who.fte))
    day = f"between {clock(clause['start'])} and {clock(clause['latest'])}"
    return f"{paid} of paid work on at most {count(clause['days'], 'day')} {day}"


def _default_week(_: Guard, who: Situation) -> str:
    paid = hours(share_of(40 * 60, who.fte))
    return f"{paid} on 5 days between 08:00 and 20:00, as no clause says otherwise"


def _law_meal(guard: Guard, who: Situation) -> str:
    return "the law's meal of 30 minutes by the end of the fifth hour"


def _law_rest(guard: Guard, who: Situation) -> str:
    return "the law's paid rest of 10 minutes for each 4 hours or major fraction"


def _longest_day(guard: Guard, who: Situation) -> str:
    return "no more than 10 hours of work on one day"


def _opens(guard: Guard, who: Situation) -> str:
    assert guard.span is not None
    opens, closes = guard.span[1:]
    return f"the clinic is open from {clock(opens)} to {clock(closes)}"


def _unavailable(guard: Guard, _: Situation) -> str:
    return f"not available {_span(guard)}"


def _group_time(guard: Guard, _: Situation) -> str:
    group = guard.group
    assert group is not None
    when = _when((group.weekday, group.start, group.start + group.minutes))
    return f"group {group.group_id} {when}"


def _travel(guard: Guard, _: Situation) -> str:
    return f"travel between clinics {_span(guard)}"


def _meeting(guard: Guard, _: Situation) -> str:
    return f"the team meets {_span(guard)}"


def _duties(_: Guard, who: Situation) -> str:
    return " and ".join(
        f"{hours(minutes)} of {activity_word(activity)} owed to others"
        for activity, minutes in who.duties
    )


def _span(guard: Guard) -> str:
    assert guard.span is not None
    return _when(guard.span)


def _when(span: Span) -> str:
    day, start, end = span
    return f"{DAY_NAMES[day]} {clock(start)} to {clock(end)}"


_CLAUSES: Mapping[str, Callable[[Clause, Situation], str]] = {
    "protected_hours": _protected,
    "activity_hours": _activity,
    "notes_per_visit": _notes,
    "buffer": _buffer,
    "visit_length": _length,
    "visit_cap_daily": _daily_cap,
    "visit_cap_weekly": _weekly_cap,
    "intake_mix": _intakes,
    "urgent_reserve": _urgent,
    "groups": _groups,
    "meal": _meal,
    "rest": _rest,
    "work_week": _week,
}

_FACTS: Mapping[str, Callable[[Guard, Situation], str]] = {
    DEFAULT_WEEK: _default_week,
    LONGEST_DAY: _longest_day,
    "ca-meal-1": _law_meal,
    "ca-rest": _law_rest,
    "opens": _opens,
    "unavailable": _unavailable,
    "groups": _group_time,
    "work_places": _travel,
    "team_meetings": _meeting,
    "duties": _duties,
}
