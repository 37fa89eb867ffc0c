"""How people are reached: looked up in identity at the last moment, and not kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from caretime_web.channels.sending import Reach, Try
from caretime_web.data.identity import ContactPoint, Person
from caretime_web.data.outbox import Attempt, Message
from caretime_web.data.terms import System

_DAYS_BACK = timedelta(days=2)
"""Enough to hold a day of anybody's, wherever on earth."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where one way leads; the address stays out of ``repr``."""

    point_id: int
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to know before a message goes."""

    reach: Reach
    points: Mapping[str, Point]
    tries: tuple[Try, ...]
    told_at: tuple[datetime, ...]


def look_up(
    messages: Collection[Message], ways: Collection[str], *, now: datetime
) -> dict[UUID, Known]:
    """
    Return what is known for each message; of ways only those that we have.

    Of several points of one way the first that works counts. Answers to what somebody
    wrote are no burden on that person's day.
    """
    patients = {message.patient_id for message in messages}
    zone = ZoneInfo(System.objects.values_list("time_zone", flat=True).get())
    silent = dict(
        Person.objects.filter(pk__in=patients).values_list("pk", "do_not_contact")
    )
    points, prefers, stopped = _points(patients, ways)
    tries = _tries([message.key for message in messages])
    told = _told(patients, since=now - _DAYS_BACK)
    known = {}
    for message in messages:
        of = message.patient_id
        reach = Reach(
            frozenset(points[of]),
            zone,
            prefers=prefers.get(of, ""),
            stopped=frozenset(stopped[of]),
            do_not_contact=silent.get(of, False),
        )
        known[message.key] = Known(
            reach, points[of], tuple(tries[message.key]), tuple(told[of])
        )
    return known


def _points(
    patients: Collection[str], ways: Collection[str]
) -> tuple[Mapping[str, dict[str, Point]], Mapping[str, str], Mapping[str, set[str]]]:
    """Return the points, the way that stands first, and the ways that were ended."""
    points: defaultdict[str, dict[str, Point]] = defaultdict(dict)
    stopped: defaultdict[str, set[str]] = defaultdict(set)
    ranks: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = ContactPoint.objects.filter(
        person_id__in=patients, channel__in=ways, works=True
    ).order_by("rank", "pk")
    for row in rows:
        if row.stopped:
            # One number ended: the way is over until its owner starts it again.
            stopped[row.person_id].add(row.channel)
        points[row.person_id].setdefault(row.channel, Point(row.pk, row.value))
        ranks[row.person_id].append((row.rank, row.channel))
    return points, {of: _first(ranked) for of, ranked in ranks.items()}, stopped


def _first(ranked: Sequence[tuple[int, str]]) -> str:
    """Return the way of the lowest rank, or nothing where two share it."""
    best = ranked[0][0]
    first = {way for rank, way in ranked if rank == best}
    return first.pop() if len(first) == 1 else ""


def _tries(keys: Sequence[UUID]) -> Mapping[UUID, list[Try]]:
    found: defaultdict[UUID, list[Try]] = defaultdict(list)
    rows = Attempt.objects.filter(message_id__in=keys).order_by("number")
    for row in rows:
        found[row.message_id].append(
            Try(row.channel, row.outcome, row.at, row.retry_after_s)
        )
    return found


def _told(
    patients: Collection[str], *, since: datetime
) -> Mapping[str, list[datetime]]:
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    rows = Message.objects.filter(
        patient_id__in=patients, state="sent", sent_at__gt=since, at_once=False
    ).values_list("patient_id", "sent_at")
    for patient, sent_at in rows:
        if sent_at is not None:
            found[patient].append(sent_at)
    return found
