"""The times at which substitutes can see somebody in one week, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from caretime.continuity._supply_book import DAYS, MINUTES_PER_WEEK, Book, intakes_lent
from caretime.continuity._supply_weeks import INTAKE, RETURN, URGENT, Bools, Ints
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH

FIRST_HOUR, LAST_HOUR = 9, 17
"""Visits with network therapists without stated hours are proposed between these."""

HOUR = 60


@dataclass(frozen=True, slots=True)
class Slots:
    """
    Times of the desks of one week, desk by desk and in order of time.

    Parameters
    ----------
    desk
        Ascending.
    start
        Minutes from the plan's Monday 00:00.
    returns, intakes
        Minutes of a return visit and of a first visit held there; 0 where it may not.
    video
        Only by telehealth.
    released
        Reserved for something else, but released to returns.
    place
        Number of ``Book.weeks.place`` as text in ``places``.
    """

    desk: Ints
    start: Ints
    returns: Ints
    intakes: Ints
    video: Bools
    released: Bools
    place: tuple[str, ...]

    @staticmethod
    def joined(parts: Sequence[Slots]) -> Slots:
        """Put parts together whose desks do not mix, in the order of the desks."""
        columns = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("desk", "start", "returns", "intakes", "video", "released")
        ]
        order = np.lexsort((columns[1], columns[0]))
        place = [text for part in parts for text in part.place]
        desk, start, returns, intakes, video, released = (c[order] for c in columns)
        return Slots(
            desk,
            start,
            returns,
            intakes,
            video,
            released,
            tuple(place[k] for k in order.tolist()),
        )


class InHouse:
    """The times of those at work: free openings of their dated weeks."""

    def __init__(
        self, system: CareSystem, book: Book, monday: date, intake_lent: float
    ) -> None:
        self._book = book
        self._lent = intakes_lent(book, intake_lent)
        ledgers = book.weeks.ledgers
        self._length = {
            RETURN: np.array([x.return_minutes for x in ledgers]),
            INTAKE: np.array([x.intake_minutes for x in ledgers]),
        }
        self._release = {
            INTAKE: np.array([x.intake_release_days for x in ledgers]),
            URGENT: np.array([x.urgent_release_days for x in ledgers]),
        }
        calendar, today = system.calendar, system.first_day
        days = [monday + timedelta(days=d) for d in range(book.works.shape[1] * DAYS)]
        self._ahead = np.array(
            [
                calendar.business_days_between(today, day) if day > today else 0
                for day in days
            ]
        )

    def in_week(self, week: int, desks: Mapping[int, int]) -> Slots:
        """Return the times of some people, by person the number of the desk."""
        book = self._book
        person = np.array(list(desks), dtype=np.int64)
        row = book.weeks.row[person, week]
        which, opening = np.nonzero(book.free[person, week])
        own = row[which]
        kind = book.weeks.kind[own, opening]
        start = book.weeks.start[own, opening]
        length = book.weeks.end[own, opening] - start
        start = start + week * MINUTES_PER_WEEK
        ahead = self._ahead[start // MINUTES_PER_DAY]
        released = np.zeros(len(own), dtype=np.bool_)
        for reserved, days in self._release.items():
            released |= (kind == reserved) & (ahead <= days[own])
        lent = self._is_lent(kind == INTAKE, which, person, week)
        fits = {
            k: np.where(n[own] <= length, n[own], 0) for k, n in self._length.items()
        }
        places = [book.weeks.place[r][k] for r, k in zip(own, opening, strict=True)]
        return Slots(
            np.array(list(desks.values()), dtype=np.int64)[which],
            start,
            np.where((kind == RETURN) | released | lent, fits[RETURN], 0),
            np.where((kind == INTAKE) & ~lent, fits[INTAKE], 0),
            np.array([place == TELEHEALTH for place in places], dtype=np.bool_),
            released,
            tuple(places),
        )

    def _is_lent(self, is_intake: Bools, which: Ints, person: Ints, week: int) -> Bools:
        """Say which intake openings are lent to returns: the first of each week."""
        turn: Ints = np.cumsum(is_intake) - is_intake
        first: Ints = turn[np.searchsorted(which, which)]
        lent: Bools = is_intake & (turn - first < self._lent[person, week][which])
        return lent


class Network:
    """The times of network therapists: stated hours, else hours to propose."""

    def __init__(self, system: CareSystem, monday: date, weeks: int) -> None:
        # Systems of care may state the hours of their network, few do.
        self._hours: dict[str, list[tuple[int, int, int]]] = {}
        for span in getattr(system, "network_hours", ()):
            own = self._hours.setdefault(span.therapist_id, [])
            own.append((span.weekday, span.start, span.end))
        self._open = [
            [
                weekday
                for weekday in range(DAYS)
                if (day := monday + timedelta(weeks=week, days=weekday))
                >= system.first_day
                and day not in system.calendar.holidays
            ]
            for week in range(weeks)
        ]

    def states_hours(self, therapist_id: str) -> bool:
        """Say whether the therapist's hours are known."""
        return therapist_id in self._hours

    def in_week(self, week: int, desks: Mapping[str, int]) -> Slots:
        """Return the times of some therapists, by therapist the number of the desk."""
        open_ = set(self._open[week])
        usual = [
            weekday * MINUTES_PER_DAY + hour * HOUR
            for weekday in self._open[week]
            if weekday < 5
            for hour in range(FIRST_HOUR, LAST_HOUR)
        ]
        desk: list[int] = []
        start: list[int] = []
        for name, number in desks.items():
            hours = self._hours.get(name)
            own = usual if hours is None else sorted(set(_starts(hours, open_)))
            start += own
            desk += [number] * len(own)
        count = len(start)
        no = np.zeros(count, dtype=np.bool_)
        hour = np.full(count, HOUR)
        return Slots(
            np.array(desk, dtype=np.int64),
            np.array(start, dtype=np.int64) + week * MINUTES_PER_WEEK,
            hour,
            hour,
            no,
            no,
            ("",) * count,
        )


def _starts(hours: Iterable[tuple[int, int, int]], open_: set[int]) -> Iterable[int]:
    """Yield the hours that fit into spans, from the beginning of each span."""
    for weekday, first, last in hours:
        if weekday in open_:
            for minute in range(first, last - HOUR + 1, HOUR):
                yield weekday * MINUTES_PER_DAY + minute
