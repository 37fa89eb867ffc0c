"""
Clocks: how long a person waited, and whether that is within a standard.

Waits are computed from events and never typed in. A clock is met by the first
appointment *offered* in time; what the patient does with the offer changes
nothing. The legal readings, and which of them are ours, stand in the manual
under "Rules and clocks".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from caretime.model.calendar import Calendar
from caretime.model.request import Judgment, Offer, Request
from caretime.model.standards import Standard
from caretime.rules.exceptions import extended_to, reaches
from caretime.tables import rows

UNITS = ("business_days", "calendar_days", "hours")

REASONS = (
    "offered_in_time",
    "offered_late",
    "not_offered",
    "longer_wait",
    "scheduled_ahead",
    "waiting",
    "closed_before_limit",
)
"""Why a clock reads as it does; see ``judge``."""


def profiles() -> tuple[str, ...]:
    """
    Return the profiles that ship, California first.

    >>> profiles()[:2]
    ('california', 'federal-qhp')
    """
    return tuple(dict.fromkeys(standard.profile for standard in _all_standards()))


def load_standards(profile: str) -> tuple[Standard, ...]:
    """
    Return the standards of one profile, in the order of the table.

    Raises
    ------
    ValueError
        If no such profile ships.

    Examples
    --------
    >>> [s.standard_id for s in load_standards("maryland")]
    ['md-urgent', 'md-intake']
    """
    found = tuple(s for s in _all_standards() if s.profile == profile)
    if not found:
        raise ValueError(f"no profile {profile!r}; there are {', '.join(profiles())}")
    return found


def standard_for(
    standards: tuple[Standard, ...],
    clock: str,
    license_code: str,
    *,
    prior_authorization: bool = False,
) -> Standard | None:
    """
    Return the standard that judges a visit with this license, ``None`` if none does.

    A nurse practitioner is no physician, so the psychiatrist's clock is not theirs.
    Where several targets share a clock (6 and 18 weeks), the strictest is returned.

    >>> california = load_standards("california")
    >>> standard_for(california, "intake", "PSYCHIATRIST").standard_id
    'ca-psychiatrist'
    >>> standard_for(california, "follow_up", "PSYCHIATRIST") is None
    True
    """
    kind = "physician" if license_code in _physicians() else "non_physician"
    found = [
        standard
        for standard in standards
        if standard.clock == clock
        and standard.provider in (kind, "any")
        and standard.prior_authorization == prior_authorization
    ]
    return min(found, key=lambda standard: standard.limit, default=None)


def wait(
    standard: Standard, starts_at: datetime, offered_start: datetime, calendar: Calendar
) -> int:
    """
    Return how long the wait was, in the unit of the standard, rounded up.

    Hours run in elapsed time, nights and weekends included, and a change of the
    clocks neither adds nor takes one: 48 hours and one second are 49. Days are
    told apart in the calendar's time zone; the day of the request does not count,
    the day of the offered appointment does, so a request met on the same day waits
    zero days. An appointment on a weekend or holiday waits as long as one on the next
    business day: on the Saturday after the tenth business day ten days are over.

    Parameters
    ----------
    starts_at
        The request or the prior visit, as the standard says.
    offered_start
        When the offered appointment begins.

    Raises
    ------
    ValueError
        If the appointment begins before the clock does.

    Notes
    -----
    That the first day is left out and the last one counts is the common way of
    computing legal time. The regulation as read does not say it, nor from which
    hour a late request belongs to the next day: here it belongs to its own day.

    Examples
    --------
    A request on Friday, offered on Monday, waits one business day:

    >>> intake = load_standards("california")[2]
    >>> la = Calendar()
    >>> wait(intake, la.at(date(2025, 5, 2), 900), la.at(date(2025, 5, 5), 540), la)
    1
    """
    elapsed = offered_start.astimezone(UTC) - starts_at.astimezone(UTC)
    if elapsed < timedelta(0):
        raise ValueError(f"{offered_start} is before the clock starts, {starts_at}")
    if standard.unit == "hours":
        return -(-elapsed // timedelta(hours=1))
    first, last = _day(starts_at, calendar), _day(offered_start, calendar)
    if standard.unit == "calendar_days" or first == last:
        return (last - first).days
    while not calendar.is_business_day(last):
        last += timedelta(days=1)
    return calendar.business_days_between(first, last)


def is_within(standard: Standard, wait: int) -> bool:
    """
    Say whether a wait in the standard's unit is within its limit; the limit is.

    >>> intake = load_standards("california")[2]
    >>> is_within(intake, 10), is_within(intake, 11)
    (True, False)
    """
    return wait <= standard.limit


def lapses_at(standard: Standard, starts_at: datetime, calendar: Calendar) -> datetime:
    """
    Return the last moment at which an offered appointment may begin in time.

    >>> urgent = load_standards("california")[0]
    >>> la = Calendar()
    >>> lapses_at(urgent, la.at(date(2025, 5, 2), 17 * 60), la).isoformat()
    '2025-05-04T17:00:00-07:00'
    """
    return add_limit(starts_at, standard.limit, standard.unit, calendar)


def add_limit(
    starts_at: datetime, limit: int, unit: str, calendar: Calendar
) -> datetime:
    """
    Return the last moment within ``limit`` units of a start, in local time.

    For days this is the end of the last day, because a day counts as a whole.
    """
    if unit in ("hours", "minutes"):
        span = timedelta(**{unit: limit})
        return (starts_at.astimezone(UTC) + span).astimezone(calendar.zone)
    first = _day(starts_at, calendar)
    if unit == "business_days":
        last = calendar.add_business_days(first, limit)
    else:
        last = first + timedelta(days=limit)
    return datetime.combine(last, time.max, tzinfo=calendar.zone)


def judge(
    standard: Standard, request: Request, calendar: Calendar, *, now: datetime
) -> Judgment:
    """
    Say whether a request met its standard, as far as is known at a moment.

    Parameters
    ----------
    now
        The moment of judging; nothing later is looked at. A request that was
        closed is judged as of its closing.

    Returns
    -------
    Judgment
        ``met``: an appointment that begins within the limit was offered, accepted
        or not. ``excepted``: it begins later, or none is offered yet, and a
        licensed clinician's note made before the limit allows that. ``breached``:
        neither, and the limit has passed. ``pending``: nothing in time was offered,
        and it still can be. A person who waits without an offer is a breach from
        the moment the limit passes, not from the moment somebody offers something.

    Notes
    -----
    An offer the system of care took back counts for nothing: the clock of the
    request goes on (our reading of the duty to reschedule promptly). Offers by
    telehealth do not count where the patient asked for care in person.
    """
    moment = now if request.closed_at is None else min(now, request.closed_at)
    limit_at = lapses_at(standard, request.starts_at, calendar)
    offer = earliest_offer(request, moment)
    longer, flaws = extended_to(request, standard, lapses_at=limit_at, moment=moment)
    reached = offer.start if offer else moment
    waited = wait(standard, request.starts_at, reached, calendar)
    if longer and not reaches(longer, reached):
        longer, flaws = None, (*flaws, "reached_after_extension")

    if is_within(standard, waited):
        outcome, reason = (
            ("met", "offered_in_time") if offer else ("pending", "waiting")
        )
    elif longer:
        outcome, reason = "excepted", longer.kind
    else:
        # An offer that begins too late can still be bettered until the limit passes.
        outcome = "breached" if moment > limit_at else "pending"
        reason = "offered_late" if offer else "not_offered"
    if outcome == "pending" and request.closed_at == moment:
        reason = "closed_before_limit"
    return Judgment(
        standard_id=standard.standard_id,
        outcome=outcome,
        reason=reason,
        wait=waited,
        limit=standard.limit,
        unit=standard.unit,
        flaws=flaws,
    )


def earliest_offer(request: Request, moment: datetime) -> Offer | None:
    """Return the offer with the earliest start that stands and that counts."""
    standing = [
        offer
        for offer in request.offers
        if offer.stood_at(moment) and (offer.in_person or not request.in_person_only)
    ]
    return min(standing, key=lambda offer: offer.start, default=None)


def business_calendar(
    jurisdiction: str, first_year: int, last_year: int, time_zone: str
) -> Calendar:
    """
    Propose the business days of some years from the public holidays of a place.

    The access rules as read do not say which holidays count, so this is a proposal:
    a system that states its own list uses that list alone. Proposing more holidays
    than the law knows would lengthen every wait allowed, so days of observance that
    are no days off are left out (``tables/holiday_lists.csv``).

    Parameters
    ----------
    jurisdiction
        A profile, for instance ``california``.
    first_year, last_year
        Both included.
    time_zone
        IANA name.

    Raises
    ------
    ValueError
        If no list is known for the jurisdiction, or the years are in no order.

    Examples
    --------
    >>> la = business_calendar("california", 2024, 2025, "America/Los_Angeles")
    >>> la.is_business_day(date(2024, 11, 29))  # the day after Thanksgiving
    False
    """
    import holidays

    lists = {row["profile"]: row for row in rows("holiday_lists")}
    if jurisdiction not in lists:
        raise ValueError(f"no holidays for {jurisdiction!r}; there are {list(lists)}")
    if last_year < first_year:
        raise ValueError(f"last year {last_year} is before first year {first_year}")
    row = lists[jurisdiction]
    found = holidays.country_holidays(
        row["country"],
        subdiv=row["subdivision"] or None,
        years=range(first_year, last_year + 1),
    )
    left_out = row["leaves_out"]
    return Calendar(
        time_zone=time_zone,
        holidays=frozenset(
            day for day, name in found.items() if not left_out or left_out not in name
        ),
    )


def _day(moment: datetime, calendar: Calendar) -> date:
    """Return the local date: a request at 23:30 in Los Angeles is not tomorrow's."""
    return moment.astimezone(calendar.zone).date()


@cache
def _physicians() -> frozenset[str]:
    return frozenset(r["license"] for r in rows("licenses") if r["physician"] == "yes")


@cache
def _all_standards() -> tuple[Standard, ...]:
    return tuple(
        Standard(
            standard_id=row["standard_id"],
            profile=row["profile"],
            clock=row["clock"],
            provider=row["provider"],
            starts=row["starts"],
            limit=int(row["limit"]),
            unit=row["unit"],
            prior_authorization=row["prior_authorization"] == "yes",
            target_share=float(row["target_share"]),
            citation=row["citation"],
        )
        for row in rows("standards")
    )
