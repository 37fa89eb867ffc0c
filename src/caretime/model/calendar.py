"""Business days, weeks and local wall-clock time: the one place that knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 24 * 60
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    Which days count, and in which time zone.

    Parameters
    ----------
    time_zone
        IANA name, for instance ``America/Los_Angeles``.
    holidays
        Days that are not business days although they fall on Monday to Friday.

    Examples
    --------
    >>> from datetime import date
    >>> calendar = Calendar(holidays=frozenset({date(2024, 11, 28)}))
    >>> calendar.is_business_day(date(2024, 11, 28))
    False
    >>> calendar.business_days_between(date(2024, 11, 27), date(2024, 12, 2))
    2
    >>> calendar.add_business_days(date(2024, 11, 27), 2)
    datetime.date(2024, 12, 2)
    """

    time_zone: str = "America/Los_Angeles"
    holidays: frozenset[date] = field(default_factory=frozenset)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object of the standard library."""
        return ZoneInfo(self.time_zone)

    def is_business_day(self, day: date) -> bool:
        """Say whether the day is Monday to Friday and no holiday."""
        return day.weekday() < WORKING_DAYS and day not in self.holidays

    def business_days_between(self, first: date, last: date) -> int:
        """
        Count the business days after ``first`` up to and including ``last``.

        Raises
        ------
        ValueError
            If ``last`` is earlier than ``first``.
        """
        if last < first:
            raise ValueError(f"last day {last} is earlier than first day {first}")
        whole_weeks, rest = divmod((last - first).days, 7)
        count = whole_weeks * WORKING_DAYS + sum(
            (first + timedelta(days=whole_weeks * 7 + k)).weekday() < WORKING_DAYS
            for k in range(1, rest + 1)
        )
        return count - sum(
            first < day <= last and day.weekday() < WORKING_DAYS
            for day in self.holidays
        )

    def add_business_days(self, day: date, count: int) -> date:
        """
        Return the day on which ``count`` business days after ``day`` have passed.

        Raises
        ------
        ValueError
            If ``count`` is negative.
        """
        if count < 0:
            raise ValueError(f"count must be zero or more, got {count}")
        while count:
            day += timedelta(days=1)
            count -= self.is_business_day(day)
        return day

    def at(self, day: date, minute: int) -> datetime:
        """
        Return the local wall-clock time ``minute`` minutes after midnight.

        >>> from datetime import date
        >>> Calendar().at(date(2024, 10, 21), 9 * 60).isoformat()
        '2024-10-21T09:00:00-07:00'
        """
        days, minute = divmod(minute, MINUTES_PER_DAY)
        hour, rest = divmod(minute, 60)
        day += timedelta(days=days)
        return datetime.combine(day, time(hour, rest), tzinfo=self.zone)


def monday_of(day: date) -> date:
    """
    Return the Monday of the week a day is in.

    >>> monday_of(date(2024, 10, 27))
    datetime.date(2024, 10, 21)
    """
    return day - timedelta(days=day.weekday())


def days_between(first: date, last: date) -> tuple[date, ...]:
    """
    Return the days from the first to the last, both included.

    >>> len(days_between(date(2024, 2, 28), date(2024, 3, 1)))
    3
    """
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))
