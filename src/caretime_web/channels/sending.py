"""
When and by which way a message may go: pure rules, no clock and no database.

Three attempts and the assessment after two weeks are what a filed contingency plan
promised [C-union]; hours, ways and counts are our choice [M] and settings of the site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

WAYS = ("sms", "email", "letter")
TIERS = (1, 2, 3)
"""Risk tiers; 1 is the highest."""

REMINDERS = ("reminder_2", "reminder_3")
"""What attempts after the first say, which says the thing itself; and the last one."""

_TELLINGS = UUID("5f0c6f6e-9f4b-5b1e-8a38-0d4f6d0e7c11")
_MINUTES_PER_DAY = 1440
_FIRST_WAIT_S, _LONGEST_WAIT_S = 60, 4 * 3600


@dataclass(frozen=True, slots=True)
class SendingPolicy:
    """
    A site's rules of sending.

    Parameters
    ----------
    order
        Ways in the order they are tried in.
    quiet_from, quiet_to
        Minutes of the patient's day between which nothing rings; the span may reach
        over midnight, and equal minutes mean no quiet. United States law has 21:00 to
        8:00 for sales calls [M]; ours is an hour longer at each end.
    quiet_ways
        Ways that keep quiet: those that ring.
    most_a_day
        Messages to one person on one day of theirs, by all ways together.
    tries_a_way
        Times a way may fail for the moment before the next one is taken.
    hours_between
        Hours from one attempt to the next by risk tier, and from the last to the call.
    assessment_after_days
        Days of waiting after which a licensed clinician assesses the risk.

    Raises
    ------
    ValueError
        If a number is out of range or a way is unknown.
    """

    order: tuple[str, ...] = WAYS
    quiet_from: int = 20 * 60
    quiet_to: int = 9 * 60
    quiet_ways: tuple[str, ...] = ("sms", "email")
    most_a_day: int = 2
    tries_a_way: int = 3
    attempts: int = 3
    hours_between: Mapping[int, int] = field(
        default_factory=lambda: MappingProxyType({1: 4, 2: 24, 3: 48})
    )
    assessment_after_days: int = 14

    def __post_init__(self) -> None:
        if unknown := set(self.order + self.quiet_ways) - set(WAYS):
            raise ValueError(f"unknown way {sorted(unknown)[0]!r}")
        if not all(
            0 <= minute < _MINUTES_PER_DAY
            for minute in (self.quiet_from, self.quiet_to)
        ):
            raise ValueError("quiet hours are minutes of a day, 0 to 1439")
        if min(self.most_a_day, self.tries_a_way, self.attempts) < 1:
            raise ValueError("most_a_day, tries_a_way and attempts are at least 1")
        if (
            set(self.hours_between) != set(TIERS)
            or min(self.hours_between.values()) < 1
        ):
            raise ValueError("hours_between has 1 or more for each risk tier")


AT_ONCE = SendingPolicy(quiet_from=0, quiet_to=0, most_a_day=1_000)
"""For answers to what somebody has just written: no quiet hours, no daily limit."""


@dataclass(frozen=True, slots=True)
class Reach:
    """
    How somebody can be reached; no address, only whether there is one.

    Parameters
    ----------
    ways
        Ways there is a contact point for.
    prefers
        Way that is tried first, or empty.
    stopped
        Ways that the person has ended.
    dead
        Ways whose contact point is known to reach nobody.
    do_not_contact
        Nothing goes, by any way; the person is called or not, as people decide.
    """

    ways: frozenset[str]
    zone: ZoneInfo
    prefers: str = ""
    stopped: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    do_not_contact: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """
    One try of one message.

    Parameters
    ----------
    outcome
        ``sent`` or one of ``FAILURES``.
    retry_after_s
        What the other side asked for.
    """

    way: str
    outcome: str
    at: datetime
    retry_after_s: int | None = None


REASONS = ("do_not_contact", "no_way", "every_way_failed", "sent")


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What to do with a message now.

    Parameters
    ----------
    way
        By which it goes; empty where it goes by none.
    not_before
        Moment from which it may, in UTC; ``None`` where it never will.
    reason
        Why it goes by no way: one of ``REASONS``; else empty.
    """

    way: str
    not_before: datetime | None
    reason: str = ""


def ways_of(reach: Reach, policy: SendingPolicy) -> tuple[str, ...]:
    """
    Return the ways to somebody, the first to be tried first.

    Examples
    --------
    >>> zone = ZoneInfo("America/Los_Angeles")
    >>> ways_of(Reach(frozenset({"sms", "email", "letter"}), zone, prefers="email",
    ...               stopped=frozenset({"sms"})), SendingPolicy())
    ('email', 'letter')
    """
    if reach.do_not_contact:
        return ()
    usable = reach.ways - reach.stopped - reach.dead
    order = sorted(policy.order, key=lambda way: way != reach.prefers)
    return tuple(way for way in order if way in usable)


def decide(
    reach: Reach,
    tries: Sequence[Try],
    told_at: Sequence[datetime],
    policy: SendingPolicy,
    *,
    key: UUID,
    now: datetime,
) -> Decision:
    """
    Decide by which way a message goes, and from when on it may.

    Parameters
    ----------
    tries
        Of this message so far, oldest first.
    told_at
        When other messages went to the same person.
    policy
        ``AT_ONCE`` for answers to what the person has just written.
    """
    if any(one.outcome == "sent" for one in tries):
        return Decision("", None, "sent")
    ways = ways_of(reach, policy)
    if not ways:
        return Decision(
            "", None, "do_not_contact" if reach.do_not_contact else "no_way"
        )
    left = [way for way in ways if not _is_spent(way, tries, policy)]
    if not left:
        return Decision("", None, "every_way_failed")
    way = left[0]
    moment = now.astimezone(UTC)
    own = [one for one in tries if one.way == way]
    if own:
        last = own[-1]
        again = retry_at(last.at, len(own), key, retry_after_s=last.retry_after_s)
        moment = max(moment, again)
    return Decision(way, allowed_from(moment, way, reach.zone, told_at, policy))


def allowed_from(
    moment: datetime,
    way: str,
    zone: ZoneInfo,
    told_at: Sequence[datetime],
    policy: SendingPolicy,
) -> datetime:
    """
    Return the first moment, not before the one given, at which a message may go.

    Quiet hours and days are the patient's own; a day on which the most were sent is
    over for that person.

    Examples
    --------
    >>> zone, policy = ZoneInfo("America/Los_Angeles"), SendingPolicy()
    >>> late = datetime(2026, 11, 24, 21, 15, tzinfo=zone)
    >>> allowed_from(late, "sms", zone, [], policy).astimezone(zone).isoformat()
    '2026-11-25T09:00:00-08:00'
    """
    local = moment.astimezone(zone)
    told_on = [told.astimezone(zone).date() for told in told_at]
    while told_on.count(local.date()) >= policy.most_a_day:
        local = _at(local.date() + timedelta(days=1), 0, zone)
    if way in policy.quiet_ways:
        loud = _loud_from(local, zone, policy)
        if loud.date() != local.date():
            return allowed_from(loud, way, zone, told_at, policy)
        local = loud
    return local.astimezone(UTC)


def retry_at(
    failed_at: datetime, tries: int, key: UUID, *, retry_after_s: int | None = None
) -> datetime:
    """
    Return when a way is tried again: later each time, and not all at once.

    A minute after the first failure, four times as long after each further one, four
    hours at most; a quarter is added by the message's key, so that thousands that
    failed together do not come back together. What the other side asked for counts
    where it is more.
    """
    wait = min(_FIRST_WAIT_S * 4 ** max(0, tries - 1), _LONGEST_WAIT_S)
    spread = wait * (key.int % 1000) / 4000
    return failed_at.astimezone(UTC) + timedelta(
        seconds=max(wait, retry_after_s or 0) + spread
    )


def telling_key(patient_id: str, purpose: str, about: str) -> UUID:
    """
    Return the key of a message: the same whichever wave says the same thing again.

    Parameters
    ----------
    about
        What is spoken of, with everything that would make it news: an appointment's
        id and its start.

    Examples
    --------
    >>> one, two = (telling_key("P-1", "offer", about) for about in ("A-1", "A-2"))
    >>> one == telling_key("P-1", "offer", "A-1"), one == two
    (True, False)
    """
    return uuid5(_TELLINGS, json.dumps([patient_id, purpose, about]))


@dataclass(frozen=True, slots=True)
class NextStep:
    """
    What follows where nobody has answered.

    Parameters
    ----------
    purpose
        Of the next message; ``call`` where a person calls.
    due_at
        In UTC.
    """

    purpose: str
    due_at: datetime


def next_step(
    risk_tier: int, attempts_at: Sequence[datetime], policy: SendingPolicy
) -> NextStep | None:
    """
    Return what is due where an offer was not answered; ``None`` before the first try.

    Examples
    --------
    >>> first = datetime(2026, 11, 24, 18, tzinfo=UTC)
    >>> step = next_step(1, [first], SendingPolicy())
    >>> step.purpose, step.due_at.isoformat()
    ('reminder_2', '2026-11-24T22:00:00+00:00')
    """
    if not attempts_at:
        return None
    gap = timedelta(hours=policy.hours_between[risk_tier])
    made = len(attempts_at)
    due_at = max(attempts_at).astimezone(UTC) + gap
    if made >= policy.attempts:
        return NextStep("call", due_at)
    # Only the last attempt says that it is the last.
    return NextStep(REMINDERS[made == policy.attempts - 1], due_at)


def assessment_due(
    waiting_since: date, assessed_on: date | None, policy: SendingPolicy
) -> date:
    """
    Return the day by which a clinician assesses the risk of somebody who waits.

    Two weeks after the wait began, and two weeks after each assessment.

    Examples
    --------
    >>> assessment_due(date(2026, 11, 2), None, SendingPolicy())
    datetime.date(2026, 11, 16)
    """
    since = max(waiting_since, assessed_on) if assessed_on else waiting_since
    return since + timedelta(days=policy.assessment_after_days)


def _is_spent(way: str, tries: Sequence[Try], policy: SendingPolicy) -> bool:
    """Whether a way is over for a message: refused for good, or too often for now."""
    outcomes = [one.outcome for one in tries if one.way == way]
    if {"permanent", "bad_address"} & set(outcomes):
        return True
    # An unreachable server is nobody's refusal: the way stays open.
    return outcomes.count("temporary") >= policy.tries_a_way


def _loud_from(local: datetime, zone: ZoneInfo, policy: SendingPolicy) -> datetime:
    """Return the moment itself, or the end of the quiet hours it lies in."""
    start, end = policy.quiet_from, policy.quiet_to
    minute = local.hour * 60 + local.minute
    if start <= end:
        quiet = start <= minute < end
        return _at(local.date(), end, zone) if quiet else local
    if minute >= start:
        return _at(local.date() + timedelta(days=1), end, zone)
    return _at(local.date(), end, zone) if minute < end else local


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
