"""Protected hours and meals: what visits take of them, what the week owes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from caretime.model.outcome import Violation
from caretime.model.terms import Clause
from caretime.model.week import Block
from caretime.rules.breaches import Violations, breach
from caretime.rules.spans import (
    Span,
    intersect,
    length,
    merge,
    spans_of,
    subtract,
    visit_activities,
    where,
    work_spans,
)
from caretime.rules.week_terms import round_half_up


def encroachments(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
    triggered: Collection[str] = (),
) -> Violations:
    """
    Find visits that reach into protected time or into the meal, minute by minute.

    Each stretch that a visit shares with a protected one is a violation of its own;
    it counts from the first shared minute, and half-open spans that only touch
    share none.

    Parameters
    ----------
    clause
        Of kind ``protected_hours`` (protects what it counts) or ``meal``.
    triggered
        Conditions that hold, for instance ``access_missed``. Under its own trigger
        a clause lets its bookable minutes go, in the order of the week.
    """
    protected = ("meal",) if clause.kind == "meal" else clause["counts"]
    allowance = released_minutes(clause, fte=fte, triggered=triggered)
    visits = merge(spans_of(blocks, visit_activities()))
    found = []
    for stretch in merge(spans_of(blocks, protected)):
        for visit in visits:
            if visit[0] >= stretch[1]:
                break
            shared = intersect(stretch, visit)
            if shared is None:
                continue
            minutes = shared[1] - shared[0]
            excused = min(allowance, minutes)
            allowance -= excused
            if minutes > excused:
                found.append(_encroached(clause, clinician_id, shared, excused))
    return tuple(found)


def released_minutes(
    clause: Clause, *, fte: float = 1.0, triggered: Collection[str] = ()
) -> int:
    """Return the weekly protected minutes that may be booked under a trigger."""
    if clause.kind != "protected_hours" or clause["bookable_trigger"] not in triggered:
        return 0
    if clause["reduced_to_hours"] is not None:
        hours = max(0, (clause["hours_per_week"] or 0) - clause["reduced_to_hours"])
    else:
        hours = clause["bookable_hours"]
    return round_half_up(hours * 60 * fte)


def required_minutes(
    clause: Clause, *, fte: float, paid: int, meetings: int, visits: int
) -> int:
    """
    Return the protected minutes a week owes, on the base the clause names.

    Parameters
    ----------
    paid, meetings
        Paid minutes of the week, and those of meetings among them.
    visits
        Booked visits, for clauses that earn minutes by the visit.

    Examples
    --------
    20 % of 40 hours less 2.5 hours of meetings are 7.5 hours:

    >>> from caretime.rules.clause_kinds import make_clause
    >>> ipc = make_clause("IPC", "protected_hours", percent=20,
    ...                   base="net_of_meetings_37_5")
    >>> required_minutes(ipc, fte=1.0, paid=2400, meetings=150, visits=30)
    450
    """
    if clause["full_time_only"] and fte < 1:
        return 0
    if clause["minutes_per_visit"] is not None:
        return round_half_up(clause["minutes_per_visit"] * visits)
    if clause["percent"] is not None:
        base = {
            "full_week_40": 40 * 60 * fte,
            "net_of_meetings_37_5": paid - meetings,
        }.get(clause["base"], paid)
        return round_half_up(clause["percent"] * base / 100)
    return round_half_up((clause["hours_per_week"] or 0) * 60 * fte)


def protected_shortfalls(
    blocks: Sequence[Block],
    clauses: Sequence[Clause],
    *,
    fte: float = 1.0,
    clinician_id: str = "",
    triggered: Collection[str] = (),
) -> Violations:
    """
    Find clauses of protected hours that the week does not fill.

    Stretches shorter than the clause's minimum block do not count, nor do minutes
    under a visit. A minute counts for one clause only: clauses are filled in the
    order given.
    """
    paid = length(work_spans(blocks))
    meetings = length(spans_of(blocks, ("meeting",)))
    visits = sum(b.activity in visit_activities() for b in blocks)
    under_visits = spans_of(blocks, visit_activities())
    used: list[Span] = []
    found = []
    for clause in clauses:
        needed = required_minutes(
            clause, fte=fte, paid=paid, meetings=meetings, visits=visits
        ) - released_minutes(clause, fte=fte, triggered=triggered)
        least = clause["minimum_block_minutes"]
        stretches = subtract(spans_of(blocks, clause["counts"]), under_visits)
        full = [span for span in stretches if span[1] - span[0] >= least]
        free = subtract(full, used)
        given = length(free)
        used += _first_minutes(free, needed)
        if given < needed:
            short = len(stretches) - len(full)
            text = f"{given} protected minutes in the week, {needed} owed"
            if short:
                text += f"; {short} stretches under {least} minutes do not count"
            figures = (given, needed, "min")
            found.append(breach(clause, clinician_id, "week", figures, text))
    return tuple(found)


def _encroached(
    clause: Clause, clinician_id: str, shared: Span, excused: int
) -> Violation:
    minutes = shared[1] - shared[0]
    what = "the meal" if clause.kind == "meal" else "protected time"
    text = f"a visit takes {minutes} minutes of {what} at {where(shared[0])}"
    return breach(
        clause, clinician_id, where(shared[0]), (minutes, excused, "min"), text
    )


def _first_minutes(spans: Sequence[Span], minutes: int) -> list[Span]:
    """Return the first so many minutes of spans."""
    taken = []
    for start, end in spans:
        if minutes <= 0:
            break
        taken.append((start, min(end, start + minutes)))
        minutes -= end - start
    return taken
