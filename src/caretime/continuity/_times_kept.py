"""Visits that keep the times they were given before, as far as these still hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from caretime.continuity._supply_book import MINUTES_PER_WEEK
from caretime.continuity._supply_weeks import Bools
from caretime.continuity._times_costs import Span
from caretime.continuity._times_slots import Slots
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.matching import Match
from caretime.model.strike import Booking, Times, Untimed


class Held(NamedTuple):
    """A visit of one week with the time it had; start from the plan's Monday."""

    desk: int
    match: int
    number: int
    start: int
    intake: bool
    booking: Booking


class Kept:
    """Times given before, looked up by patient and number of the visit."""

    def __init__(self, times: Times, monday: date, zone: ZoneInfo) -> None:
        self._bookings = {(b.patient_id, b.number): b for b in times.bookings}
        self._untimed = {(u.patient_id, u.number): u for u in times.untimed}
        self._monday = monday
        self._zone = zone

    def booking(self, match: Match, number: int) -> tuple[Booking, int] | None:
        """Return a visit of this match as it was dated, and its start in minutes."""
        found = self._bookings.get((match.patient_id, number))
        if found is None or found.substitute_id != match.substitute_id:
            return None
        local = found.start.astimezone(self._zone)
        start = (local.date() - self._monday).days * MINUTES_PER_DAY
        start += local.hour * 60 + local.minute
        in_week = start // MINUTES_PER_WEEK == match.weeks[number - 1]
        way = "telehealth" if match.telehealth else "in_person"
        return (found, start) if in_week and found.modality == way else None

    def untimed(self, match: Match, number: int) -> Untimed | None:
        """Return a visit of this match that is known to have no time."""
        found = self._untimed.get((match.patient_id, number))
        week = match.weeks[number - 1]
        return found if found is not None and found.week == week else None


def still_free(
    held: Sequence[Held], slots: Slots, busy: Mapping[int, Sequence[Span]]
) -> tuple[list[bool], Bools]:
    """
    Say which visits still find their time free, and which times those take.

    Returns
    -------
    tuple
        One answer for each visit; shape ``(slots,)``, the times taken.
    """
    key = slots.desk << 32 | slots.start
    wanted = np.array([visit.desk << 32 | visit.start for visit in held], np.int64)
    place = np.searchsorted(key, wanted).tolist()
    taken = np.zeros(len(key), np.bool_)
    answers = []
    for visit, want, slot in zip(held, wanted.tolist(), place, strict=True):
        free = (
            slot < len(key)
            and key[slot] == want
            and not taken[slot]
            and _suits(visit, slot, slots)
            and not _is_elsewhere(visit, busy.get(visit.match, ()))
        )
        if free:
            taken[slot] = True
        answers.append(free)
    return answers, taken


def _suits(visit: Held, slot: int, slots: Slots) -> bool:
    """Say whether a time is still one for such a visit."""
    minutes = slots.intakes[slot] if visit.intake else slots.returns[slot]
    video = visit.booking.modality == "telehealth"
    return bool(minutes >= visit.booking.minutes and (video or not slots.video[slot]))


def _is_elsewhere(visit: Held, spans: Sequence[Span]) -> bool:
    end = visit.start + visit.booking.minutes
    return any(visit.start < last and first < end for first, last in spans)


def without(slots: Slots, taken: Bools) -> Slots:
    """Return the times that nobody has taken."""
    left = ~taken
    return Slots(
        slots.desk[left],
        slots.start[left],
        slots.returns[left],
        slots.intakes[left],
        slots.video[left],
        slots.released[left],
        tuple(p for p, keep in zip(slots.place, left.tolist(), strict=True) if keep),
    )
