"""Which dates a plan made anew keeps from the one before."""

from __future__ import annotations

from collections import defaultdict

from caretime.model.matching import Match
from caretime.model.strike import StrikePlan, Times

Visit = tuple[str, int, bool]
"""Patient, number and whether by telehealth."""

Desk = tuple[str, int]
"""Substitute and week."""


def kept_times(before: StrikePlan, now: StrikePlan) -> Times:
    """
    Return the dates to keep, and the visits that stay without a date.

    A visit that had no time is looked at again only where something else changed in
    that week of its substitute: everything there was tried before.
    """
    kind = {s.patient_id: s.visit_type for s in now.series}
    other = {
        s.patient_id for s in before.series if s.visit_type != kind.get(s.patient_id)
    }
    held = {s.substitute_id: s for s in now.substitutes}
    changed = {
        s.substitute_id for s in before.substitutes if s != held.get(s.substitute_id)
    }
    was, is_ = _visits(before), _visits(now)
    place = {m.patient_id: m for m in now.matching.matches}
    untimed = tuple(
        u
        for u in before.untimed
        if (desk := _desk(place.get(u.patient_id), u.week)) is not None
        and desk[0] not in changed
        and was[desk] == is_[desk]
    )
    bookings = tuple(b for b in before.bookings if b.patient_id not in other)
    return Times(bookings, untimed)


def _visits(plan: StrikePlan) -> dict[Desk, set[Visit]]:
    found: dict[Desk, set[Visit]] = defaultdict(set)
    for match in plan.matching.matches:
        for number, week in enumerate(match.weeks, start=1):
            visit = (match.patient_id, number, match.telehealth)
            found[match.substitute_id, week].add(visit)
    return found


def _desk(match: Match | None, week: int) -> Desk | None:
    """Return the desk at which a visit is due in a week; of nobody's none."""
    if match is None or week not in match.weeks:
        return None
    return match.substitute_id, week
