"""How many visits: caps, mix of visits, reserves and lengths, one function a clause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from caretime.model.calendar import Calendar
from caretime.model.terms import Clause
from caretime.model.week import Block
from caretime.rules.breaches import Violations, breach
from caretime.rules.spans import DAY_NAMES, by_day, in_order, visit_activities, where
from caretime.rules.week_terms import round_half_up


def patients_in(blocks: Sequence[Block], group_credit: int) -> int:
    """
    Count the patients that visits stand for; a group session counts for its credit.

    >>> patients_in([Block(0, 90, "group"), Block(600, 50, "return")], 2)
    3
    """
    visits = [b.activity for b in blocks if b.activity in visit_activities()]
    return len(visits) + visits.count("group") * (group_credit - 1)


def over_daily_cap(
    blocks: Sequence[Block], clause: Clause, *, clinician_id: str = ""
) -> Violations:
    """Find the days with more patients than the cap; part-time does not lower it."""
    found = []
    for day, day_blocks in by_day(blocks).items():
        count = patients_in(day_blocks, clause["group_credit"])
        if count > clause["patients"]:
            found.append(
                breach(
                    clause,
                    clinician_id,
                    DAY_NAMES[day],
                    (count, clause["patients"], "patients"),
                    f"{count} patients on {DAY_NAMES[day]}, "
                    f"at most {clause['patients']}",
                )
            )
    return tuple(found)


def over_weekly_cap(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
) -> Violations:
    """Find more patients in the week than the cap, prorated by FTE, halves up."""
    count = patients_in(blocks, clause["group_credit"])
    limit = round_half_up(clause["patients"] * fte)
    if count <= limit:
        return ()
    text = f"{count} patients in the week, at most {limit} at {fte:g} FTE"
    return (breach(clause, clinician_id, "week", (count, limit, "patients"), text),)


def over_caseload_cap(
    caseload: int, clause: Clause, *, fte: float = 1.0, clinician_id: str = ""
) -> Violations:
    """Find more patients in treatment than the cap, prorated by FTE, halves up."""
    limit = round_half_up(clause["patients"] * fte)
    if caseload <= limit:
        return ()
    text = f"{caseload} patients in treatment, at most {limit} at {fte:g} FTE"
    return (breach(clause, clinician_id, "week", (caseload, limit, "patients"), text),)


def visits_too_short(
    blocks: Sequence[Block], clause: Clause, *, clinician_id: str = ""
) -> Violations:
    """
    Find visits of the clause's type that are shorter than it says.

    A longer visit breaks nothing. Blocks carry no age: pass the visits of the age
    groups the clause holds for.
    """
    found = []
    for block in in_order(blocks):
        if block.activity == clause["visit_type"] and block.minutes < clause["minutes"]:
            found.append(
                breach(
                    clause,
                    clinician_id,
                    where(block.start),
                    (block.minutes, clause["minutes"], "min"),
                    f"{block.activity} of {block.minutes} minutes at "
                    f"{where(block.start)}, at least {clause['minutes']}",
                )
            )
    return tuple(found)


def intake_mix_missed(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
) -> Violations:
    """
    Find too few or too many intake openings in a week.

    A number of intakes a week is a floor where they are reserved (``carve_out``)
    and an aim without consequence otherwise. A ratio of returns to intakes bounds
    intakes from above, whole intakes for whole multiples of returns; where they are
    reserved, it bounds them from below as well. Urgent openings count as returns
    for the upper bound only, because they may stay unused; groups count for
    neither. Which way a ratio binds is our reading: the contract that had one
    asked for hiring when it was missed.
    """
    intakes = sum(b.activity == "intake" for b in blocks)
    returns = sum(b.activity == "return" for b in blocks)
    urgent = sum(b.activity == "urgent" for b in blocks)
    high: float = float("inf")
    if clause["returns_per_intake"]:
        ratio = clause["returns_per_intake"]
        # One more return need not bring another intake along.
        low = int((returns - 1) / ratio) if returns else 0
        high = -(-(returns + urgent) // ratio)
        asked = f"{returns} returns at {ratio:g} for each intake"
    else:
        low = round_half_up((clause["intakes_per_week"] or 0) * fte)
        asked = f"{low} a week at {fte:g} FTE"
    if intakes > high:
        text = f"{intakes} intake openings, at most {high:g} for {asked}"
        figures = (intakes, int(high), "intakes")
    elif clause["carve_out"] and intakes < low:
        text = f"{intakes} intake openings, at least {low} for {asked}"
        figures = (intakes, low, "intakes")
    else:
        return ()
    return (breach(clause, clinician_id, "week", figures, text),)


def urgent_reserve_short(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
    least: int = 0,
) -> Violations:
    """
    Find fewer urgent openings of full length in a week than are reserved.

    Parameters
    ----------
    least
        Minutes of a full opening where the clause gives none.
    """
    needed = clause["minutes"] or least
    count = sum(b.activity == "urgent" and b.minutes >= needed for b in blocks)
    limit = round_half_up(clause["slots_per_week"] * fte)
    if count >= limit:
        return ()
    length = f" of {needed} minutes" if needed else ""
    text = f"{count} urgent openings{length}, {limit} reserved at {fte:g} FTE"
    return (breach(clause, clinician_id, "week", (count, limit, "openings"), text),)


def groups_missed(
    blocks: Sequence[Block],
    clause: Clause,
    *,
    fte: float = 1.0,
    clinician_id: str = "",
) -> Violations:
    """Find fewer group sessions, shorter ones, or less preparation than agreed."""
    sessions = [b for b in in_order(blocks) if b.activity == "group"]
    agreed = round_half_up(clause["sessions_per_week"] * fte)
    found = []
    if len(sessions) < agreed:
        figures = (len(sessions), agreed, "sessions")
        text = f"{len(sessions)} group sessions, {agreed} agreed at {fte:g} FTE"
        found.append(breach(clause, clinician_id, "week", figures, text))
    for block in sessions:
        if block.minutes < clause["minutes"]:
            place = where(block.start)
            figures = (block.minutes, clause["minutes"], "min")
            text = f"group of {block.minutes} minutes at {place}, {figures[1]} agreed"
            found.append(breach(clause, clinician_id, place, figures, text))
    prepared = sum(b.minutes for b in blocks if b.activity == "group_preparation")
    owed = clause["preparation_minutes"] * len(sessions)
    if prepared < owed:
        text = f"{prepared} minutes of group preparation, {owed} agreed"
        figures = (prepared, owed, "min")
        found.append(breach(clause, clinician_id, "week", figures, text))
    return tuple(found)


def is_released(
    opening: date, today: date, release_days: int, calendar: Calendar
) -> bool:
    """
    Say whether an unused reserved opening may be given to an ordinary return.

    Parameters
    ----------
    opening
        Day of the opening.
    release_days
        Business days before that day on which it is released; 0 on the day itself.

    Examples
    --------
    An opening on Monday with one day is released on Friday:

    >>> is_released(date(2025, 5, 5), date(2025, 5, 2), 1, Calendar())
    True
    >>> is_released(date(2025, 5, 5), date(2025, 5, 1), 1, Calendar())
    False
    """
    if today >= opening:
        return True
    return calendar.business_days_between(today, opening) <= release_days
