"""What speaks against a visit at a time, level by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from caretime.continuity._supply_book import MINUTES_PER_WEEK
from caretime.continuity._supply_weeks import Bools, Ints
from caretime.continuity._times_slots import Slots
from caretime.model.calendar import MINUTES_PER_DAY

Span = tuple[int, int]

LATE = np.array([0, 1 << 31, 1 << 24, 1 << 17])
"""Against a first visit after its limit, by risk tier."""

LEFT_OUT = np.array([0, 1 << 52, 1 << 45, 1 << 38])
"""
Against a visit without a time, whatever its limit: the match has promised one. Levels
lie 128 times apart, so that no visits of one week of a substitute outweigh one visit
of a higher level.
"""

NEVER = 1 << 55

OTHER_TIME, OTHER_DAY, MOST_WISH = 40, 20, 400
QUARTER = 15
UNSTATED = 500
RELEASED = 5


@dataclass(frozen=True, slots=True)
class Visits:
    """
    The visits of one week that ask for a time, desk by desk.

    Parameters
    ----------
    match
        Number of the match.
    number
        1 for the next visit.
    limit
        First minute, from the plan's Monday, at which a next visit is late; for
        later visits after the plan.
    wish
        Minute of the week, -1 where none is known.
    intake, video
        Whether it is a first visit, and whether it is by telehealth.
    """

    match: Ints
    desk: Ints
    number: Ints
    tier: Ints
    limit: Ints
    wish: Ints
    intake: Bools
    video: Bools


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of each visit in each slot of its desk, and where those begin."""

    visits: Ints
    slots: Ints
    first: Ints
    cost: Ints
    suits: Bools


def costs_of(
    visits: Visits,
    slots: Slots,
    desks: int,
    *,
    stated: Mapping[int, Sequence[Span]],
    busy: Mapping[int, Sequence[Span]],
) -> Costs:
    """
    Work out what speaks against each visit in each slot of its desk.

    Parameters
    ----------
    stated
        Spans of the week in which a patient can come, by match; a patient with none
        can come at any time.
    busy
        Spans from the plan's Monday in which a patient is elsewhere, by match.
    """
    own = np.searchsorted(slots.desk, np.arange(desks + 1))
    count = np.diff(own)[visits.desk]
    begins = np.concatenate([[0], np.cumsum(count)])
    visit = np.repeat(np.arange(len(visits.desk)), count)
    slot = np.arange(begins[-1]) - begins[visit] + own[visits.desk][visit]
    start = slots.start[slot]
    intake = visits.intake[visit]
    minutes = np.where(intake, slots.intakes[slot], slots.returns[slot])
    suits = (minutes > 0) & (visits.video[visit] | ~slots.video[slot])
    cost = np.where(start >= visits.limit[visit], LATE[visits.tier[visit]], 0)
    cost += _wishes(start % MINUTES_PER_WEEK, visits.wish[visit])
    # A return takes a released opening last: it may still be wanted for its own kind.
    cost += RELEASED * (slots.released[slot] & ~intake)
    cost[~suits] = NEVER
    for k, match in enumerate(visits.match.tolist()):
        if match not in stated and match not in busy:
            continue
        mine = slice(int(begins[k]), int(begins[k + 1]))
        of_week = start[mine] % MINUTES_PER_WEEK
        inside = _inside(of_week, minutes[mine], stated.get(match, ()))
        cost[mine] += UNSTATED * (~inside if match in stated else 0)
        for first, last in busy.get(match, ()):
            away = (start[mine] < last) & (first < start[mine] + minutes[mine])
            cost[mine] = np.where(away, NEVER, cost[mine])
    of_desk = np.searchsorted(visits.desk, np.arange(desks + 1))
    return Costs(of_desk, own, begins[of_desk], np.minimum(cost, NEVER), suits)


def _wishes(start: Ints, wish: Ints) -> Ints:
    """Return the points against another weekday or time than the wish."""
    days = np.abs(start // MINUTES_PER_DAY - wish // MINUTES_PER_DAY)
    minutes = np.abs(start % MINUTES_PER_DAY - wish % MINUTES_PER_DAY)
    points = OTHER_TIME + OTHER_DAY * days + minutes // QUARTER
    wished: Ints = np.where(
        (wish < 0) | (start == wish), 0, np.minimum(points, MOST_WISH)
    )
    return wished


def _inside(start: Ints, minutes: Ints, spans: Sequence[Span]) -> Bools:
    inside = np.zeros(len(start), dtype=np.bool_)
    for first, last in spans:
        inside |= (first <= start) & (start + minutes <= last)
    return inside
