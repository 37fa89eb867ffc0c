"""The frame of a week: its days and hours, notes and buffers beside visits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.outcome import Violation
from caretime.model.terms import Clause
from caretime.model.week import Block
from caretime.rules.breaches import Violations, breach
from caretime.rules.spans import (
    DAY_NAMES,
    by_day,
    intersect,
    length,
    merge,
    spans_of,
    subtract,
    visit_activities,
    where,
    work_spans,
)
from caretime.rules.week_terms import clause_minutes, round_half_up


def activity_shortfall(
    blocks: Sequence[Block],
    clauses: Sequence[Clause],
    *,
    fte: float = 1.0,
    clinician_id: str = "",
) -> Violations:
    """
    Find fewer minutes of an activity than its hours clauses give it.

    All clauses of the activity are judged together, because their hours add up; the
    violation names them all.
    """
    if not clauses:
        return ()
    activity = clauses[0]["activity"]
    owed = sum(clause_minutes(clause, fte) for clause in clauses)
    given = length(spans_of(blocks, (activity,)))
    if given >= owed:
        return ()
    text = f"{given} minutes of {activity} in the week, {owed} agreed"
    return (
        Violation(
            "+".join(clause.clause_id for clause in clauses),
            "activity_hours",
            clinician_id,
            "week",
            given,
            owed,
            "min",
            text,
        ),
    )


def notes_shortfall(
    blocks: Sequence[Block], clauses: Sequence[Clause], *, clinician_id: str = ""
) -> Violations:
    """
    Find fewer minutes of notes in the week than the visits in it earn.

    All clauses of the kind are judged together, because one block of notes may
    serve several; the violation names them all. An urgent return earns what a
    return earns unless a clause names it. Where in the week the notes stand is not
    judged (our reading of "beside").
    """
    if not clauses:
        return ()
    owed = sum(
        minutes_beside(clauses, block.activity)
        for block in blocks
        if block.activity in visit_activities()
    )
    given = length(
        subtract(spans_of(blocks, ("notes",)), spans_of(blocks, visit_activities()))
    )
    if given >= owed:
        return ()
    text = f"{given} minutes of notes in the week, its visits earn {owed}"
    names = "+".join(clause.clause_id for clause in clauses)
    return (
        Violation(
            names, "notes_per_visit", clinician_id, "week", given, owed, "min", text
        ),
    )


def minutes_beside(clauses: Sequence[Clause], visit_type: str) -> int:
    """Return the minutes that clauses set beside one visit of a type."""
    names = {"all", visit_type}
    if visit_type == "urgent" and not any(
        clause["visit_type"] == "urgent" for clause in clauses
    ):
        names.add("return")
    return sum(c["minutes"] for c in clauses if c["visit_type"] in names)


def buffers_cut(
    blocks: Sequence[Block], clause: Clause, *, clinician_id: str = ""
) -> Violations:
    """
    Find visits followed by another before the buffer's minutes were free.

    Free is what lies between two visits of a day and is given to nothing, to a
    buffer, or to a paid rest where the clause lets rests be taken there. Nothing is
    owed after the last visit of a day.
    """
    wanted = clause["visit_type"]
    kinds = visit_activities() if wanted == "all" else {wanted}
    if wanted == "return":
        kinds = kinds | {"urgent"}
    open_to = {"buffer"} | ({"paid_rest"} if clause["holds_rest"] else set())
    found = []
    for day_blocks in by_day(blocks).values():
        visits = [b for b in day_blocks if b.activity in visit_activities()]
        busy = merge((b.start, b.end) for b in day_blocks if b.activity not in open_to)
        for visit, following in pairwise(visits):
            if visit.activity not in kinds:
                continue
            gap = (visit.end, following.start)
            taken = length(filter(None, (intersect(gap, span) for span in busy)))
            free = max(0, gap[1] - gap[0] - taken)
            if free < clause["minutes"]:
                place = where(visit.end)
                figures = (free, clause["minutes"], "min")
                text = f"{free} minutes free after the visit ending {place}, "
                text += f"{clause['minutes']} agreed"
                found.append(breach(clause, clinician_id, place, figures, text))
    return tuple(found)


def outside_work_week(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
) -> Violations:
    """Find more paid time or days than the work week has, and work outside its day."""
    found = []
    spans = work_spans(blocks)
    paid, limit = length(spans), round_half_up(clause["hours"] * 60 * fte)
    if paid > limit:
        text = f"{paid} paid minutes in the week, {limit} at {fte:g} FTE"
        found.append(breach(clause, clinician_id, "week", (paid, limit, "min"), text))
    days = sorted({start // MINUTES_PER_DAY for start, _ in spans})
    if len(days) > clause["days"]:
        text = f"work on {len(days)} days, at most {clause['days']}"
        figures = (len(days), clause["days"], "days")
        found.append(breach(clause, clinician_id, "week", figures, text))
    for day in days:
        today = [span for span in spans if span[0] // MINUTES_PER_DAY == day]
        first, last = today[0][0], today[-1][1]
        midnight = day * MINUTES_PER_DAY
        early = (midnight + clause["start"] - first, first, "before the day begins")
        late = (last - midnight - clause["latest"], last, "after the day ends")
        for minutes, edge, when in (early, late):
            if minutes > 0:
                text = f"{minutes} minutes of work {when} on {DAY_NAMES[day]}"
                figures = (minutes, 0, "min")
                found.append(breach(clause, clinician_id, where(edge), figures, text))
    return tuple(found)
