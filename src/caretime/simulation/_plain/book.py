"""The plain engine's appointment book: openings, and events still to come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import IntEnum

from caretime.simulation._plain.people import INTAKE, RETURN, URGENT, Member, Seat


class Openings:
    """
    Quarter hours that can still be booked, by kind, day and seat.

    An opening stands in one of three *planes*: returns, intakes or urgent
    visits. Under a contract that reserves nothing, returns share the plane of
    intakes.
    """

    def __init__(self, days: int) -> None:
        self.days = days
        self._free: list[list[dict[Seat, list[int]]]] = [
            [{} for _ in range(days)] for _ in (RETURN, INTAKE, URGENT)
        ]

    def on(self, plane: int, seat: Seat, day: int) -> list[int]:
        """Return the free ticks of a seat on a day, earliest first."""
        return self._free[plane][day].get(seat, [])

    def count(self, plane: int, day: int) -> int:
        """Count the openings of all seats on a day."""
        return sum(len(ticks) for ticks in self._free[plane][day].values())

    def add(self, plane: int, seat: Seat, day: int, ticks: Iterable[int]) -> None:
        """Make ticks free."""
        free = sorted({*self.on(plane, seat, day), *ticks})
        if free:
            self._free[plane][day][seat] = free

    def take(self, plane: int, seat: Seat, day: int, tick: int) -> None:
        """Book a free tick."""
        ticks = self._free[plane][day][seat]
        ticks.remove(tick)
        if not ticks:
            del self._free[plane][day][seat]

    def close(self, plane: int, seat: Seat, day: int) -> list[int]:
        """Remove a seat's openings of a day, and return them."""
        return self._free[plane][day].pop(seat, [])


class Event(IntEnum):
    """What a member waits for."""

    CANCEL = 0  # will cancel the booked visit, the working day before
    VISIT = 1
    URGENT_VISIT = 2
    GROUP_SESSION = 3
    URGENT_REQUEST = 4
    RETRY = 5  # has no booking and asks again


ORDER = {
    Event.CANCEL: 0,
    Event.VISIT: 1,
    Event.URGENT_VISIT: 1,
    Event.GROUP_SESSION: 1,
    Event.URGENT_REQUEST: 2,
    Event.RETRY: 2,
}
"""Within a quarter hour: cancellations, then visits, then requests."""


class Agenda:
    """The next event of every member in care."""

    def __init__(self) -> None:
        self._queues: dict[tuple[int, int, int], deque[Member]] = {}
        self._waits: dict[Member, tuple[Event, tuple[int, int, int]]] = {}

    def put(self, member: Member, event: Event, day: int, tick: int) -> None:
        """Let a member wait for an event, behind those who waited before."""
        when = (day, tick, ORDER[event])
        self._queues.setdefault(when, deque()).append(member)
        self._waits[member] = (event, when)

    def remove(self, member: Member) -> None:
        """Forget what a member waits for."""
        _, when = self._waits.pop(member)
        self._queues[when].remove(member)

    def event_of(self, member: Member) -> Event:
        """Return what a member waits for."""
        return self._waits[member][0]

    def next(self, day: int, tick: int, order: int) -> tuple[Member, Event] | None:
        """Take the first member whose event is due, if there is one."""
        queue = self._queues.get((day, tick, order))
        if not queue:
            return None
        member = queue.popleft()
        return member, self._waits.pop(member)[0]
