"""When placed patients are elsewhere: in groups, or with those at work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from caretime.continuity._supply_book import DAYS, MINUTES_PER_WEEK, Book
from caretime.continuity._times_costs import Span
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.incident import GroupCover
from caretime.model.system import CareSystem


def elsewhere(
    system: CareSystem,
    book: Book,
    match_of: Mapping[str, int],
    groups: Sequence[GroupCover],
    monday: date,
) -> dict[int, list[Span]]:
    """
    Return by match when its patient is elsewhere, in minutes from the plan's Monday.

    Parameters
    ----------
    match_of
        Number of the match of each placed patient.
    groups
        As ``substitutes_of`` had them.
    """
    busy: dict[int, list[Span]] = defaultdict(list)
    booked, works = book.booked, book.works
    for k in np.flatnonzero(booked.clinician >= 0).tolist():
        match = match_of.get(system.patients[booked.patient[k]].patient_id)
        if match is None:
            continue
        start = int(booked.minute[k])
        week, minute = divmod(start, MINUTES_PER_WEEK)
        if not 0 <= week < works.shape[1]:
            continue
        if works[booked.clinician[k], week, minute // MINUTES_PER_DAY]:
            busy[match].append((start, start + int(booked.minutes[k])))
    for match, start, minutes in _seats(system, book, match_of, groups, monday):
        busy[match].append((start, start + minutes))
    return busy


def _seats(
    system: CareSystem,
    book: Book,
    match_of: Mapping[str, int],
    groups: Sequence[GroupCover],
    monday: date,
) -> Iterator[tuple[int, int, int]]:
    """Yield match, start and length of the sessions of placed group members."""
    covers = {cover.group_id: cover for cover in groups}
    known = {group.group_id: group for group in system.groups}
    person = {system.clinicians[k].clinician_id: i for i, k in enumerate(book.people)}
    for member in system.group_members:
        match = match_of.get(member.patient_id)
        if match is None:
            continue
        group, cover = known[member.group_id], covers.get(member.group_id)
        for week in range(book.works.shape[1]):
            day = week * DAYS + group.weekday
            leads = person.get(group.leader_id)
            held = leads is not None and book.works[leads, week, group.weekday]
            if cover is not None and cover.cover != "none":
                held = held or monday + timedelta(days=day) in cover.sessions
            if held:
                start = day * MINUTES_PER_DAY + group.start
                yield match, start, group.minutes
