"""
The arrays both engines read and the kernel writes: layouts only, no behavior.

One *pool* is a set of clinicians who share an intake queue; a kernel call runs
one pool for one replication. Clinicians are *seats* here: a person who leaves is
followed by another in the same seat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TICKS = 64
"""Quarter hours of a day, from 06:00; one bit each in a mask."""

RETURN, INTAKE, URGENT, BOOKABLE = 0, 1, 2, 3
"""Kinds of openings; ``BOOKABLE`` is protected time that a trigger may open."""

VT_INTAKE, VT_RETURN, VT_GROUP, VT_URGENT = 0, 1, 2, 3
"""Visit types, as in ``model.care.VISIT_TYPES``."""

PRESENT, ON_LEAVE, SICK, INCIDENT = 0, 1, 2, 3
"""States of a seat on a day."""

CHUNK = 16
"""Slots of a piece of a bucket; the last leads to the next piece."""

MEMBER = np.dtype(
    [
        ("key", np.uint64),
        ("mid", np.int32),
        ("slot", np.int32),  # where the event waits; the next free row
        ("bookings", np.int32),  # how many so far: index of the draws
        ("ev_day", np.int32),  # day of the next event, -1 none
        ("reg_day", np.int32),  # the booked visit
        ("urg_day", np.int32),  # an urgent visit before it, or -1
        ("booked_on", np.int32),
        ("asked", np.int32),  # day of the request for a first visit
        ("clin", np.int16),  # therapist of record, -1 none yet
        ("seat", np.int16),  # who holds the booked visit
        ("urg_seat", np.int16),
        ("stratum", np.int16),
        ("visits", np.int16),
        ("interval", np.int16),  # working days
        ("group", np.int16),
        ("ev_tick", np.int8),
        ("ev_kind", np.int8),
        ("reg_tick", np.int8),
        ("urg_tick", np.int8),
        ("vtype", np.int8),
        ("alive", np.int8),
        ("tier", np.int8),
        ("offered", np.int8),
    ],
    align=True,
)
"""A patient: 64 bytes, one cache line where rows begin at multiples of 64."""

SEAT = np.dtype(
    [
        ("key", np.uint64),
        ("clinician", np.int32),  # row of clinicians.csv, beyond them for new seats
        ("visit_min", np.int32),  # of the day
        ("encroached", np.int32),  # of the week
        ("backlog", np.int32),  # notes carried over
        ("strain", np.int32),  # smoothed overload, 1/1000 of paid minutes
        ("wk_visits", np.int32),
        ("wk_notes", np.int32),
        ("wk_meals", np.int32),
        ("wk_unpaid", np.int32),
        ("wk_cut", np.int16),
        ("need_min", np.int16),  # notes of the day
        ("template", np.int16),
        ("license", np.int16),
        ("cap", np.int16),  # caseload cap
        ("caseload", np.int16),
        ("opens", np.int16),  # first week the seat exists
        ("hired", np.int16),  # week hired, -1 before the start
        ("days", np.int8),  # working days a week
        ("filled", np.int8),
        ("away", np.int8),  # by an incident this week
        ("here", np.int8),  # filled and not away today
    ],
    align=True,
)
"""A clinician's seat: 64 bytes, as above."""

START = np.dtype(
    [
        ("mid", np.int64),
        ("stratum", np.int32),
        ("clin", np.int32),
        ("visits", np.int32),
        ("interval", np.int32),
        ("group", np.int32),
        ("day", np.int32),  # booked visit, -1 none
        ("tick", np.int32),
        ("vtype", np.int32),
        ("tier", np.int32),
    ]
)

REFERRAL = np.dtype(
    [("day", np.int32), ("tick", np.int32), ("stratum", np.int32), ("n", np.int32)]
)

GROUP = np.dtype(
    [
        ("leader", np.int32),
        ("co_leader", np.int32),
        ("weekday", np.int32),
        ("tick", np.int32),
        ("minutes", np.int32),
        ("free", np.int32),  # seats free at the start
    ]
)

_COINS = (
    "late_cancel", "rebook", "drop_intake", "drop_return", "later", "urgent",
    "group", "exception", "transfer_loss", "give_up", "substitute",
    "incident_network", "network_refusal", "hire",
)  # fmt: skip
_NUMBERS = (
    "weeks", "days", "horizon", "seats", "return_plane",
    "priority_openings", "ramp_weeks", "ramp_permille", "limit_days",
    "urgent_release", "intake_release", "carry_minutes", "idle_permille",
    "management_centimin",
    "notes_return", "notes_intake", "notes_group", "network_wait",
    "network_visits", "trigger_permille", "reference_strain", "pool", "pools",
    "patients",
)  # fmt: skip
PARAMETERS = np.dtype(
    [(name, np.uint64) for name in _COINS] + [(name, np.int64) for name in _NUMBERS],
    align=True,
)


@dataclass(frozen=True, slots=True)
class Pool:
    """
    Everything one kernel call reads, apart from the replication's draws.

    Parameters
    ----------
    par
        One ``PARAMETERS`` record.
    seats, start, groups
        ``SEAT``, ``START`` and ``GROUP`` rows.
    eligible
        ``(strata, words)`` uint64: bit of a seat that may treat the stratum.
    masks
        ``(phases, templates, 4, 5)`` uint64: openings by kind and weekday.
    minutes
        ``(phases, templates, 4)`` int64: minutes of a visit by visit type.
    indirect, offered
        ``(phases, templates, 5)`` int64: minutes for notes and patient
        management, and minutes of openings, by weekday.
    paid
        ``(phases, templates)`` int64: paid minutes a week.
    phase
        ``(weeks,)`` int64 over the calendar: which phase of the contract holds.
    works
        ``(seats, days)`` uint8: 0 on holidays and planned absences.
    business
        ``(days,)`` int32: business days up to and including the day.
    end, no_show, leave
        uint64 thresholds: course end by visit number ``(128,)``, missed visit
        ``(2, 64)`` for intakes and others by wait, leaving ``(64,)`` by strain.
    network, network_class
        ``(classes,)`` int64: network intakes to be had in a week, in 1/1000;
        ``(strata,)`` int64: the class a stratum draws on.
    interval
        ``(4,)`` uint64: cumulative thresholds for intervals of one, two and three
        weeks, then the threshold for high priority.
    strata
        ``(strata,)`` int64: row of the system's strata table.
    counts
        ``(strata, counts)`` uint64: cumulative thresholds of the weekly number
        of referrals.
    licenses
        How many license codes there are.
    """

    par: NDArray[np.void]
    seats: NDArray[np.void]
    start: NDArray[np.void]
    groups: NDArray[np.void]
    group_eligible: NDArray[np.uint8]
    eligible: NDArray[np.uint64]
    masks: NDArray[np.uint64]
    minutes: NDArray[np.int64]
    indirect: NDArray[np.int64]
    offered: NDArray[np.int64]
    paid: NDArray[np.int64]
    phase: NDArray[np.int64]
    works: NDArray[np.uint8]
    business: NDArray[np.int32]
    end: NDArray[np.uint64]
    no_show: NDArray[np.uint64]
    leave: NDArray[np.uint64]
    interval: NDArray[np.uint64]
    network: NDArray[np.int64]
    network_class: NDArray[np.int64]
    strata: NDArray[np.int64]
    counts: NDArray[np.uint64]
    licenses: int


@dataclass(frozen=True, slots=True)
class Draws:
    """
    What chance decides before the book opens, for one pool and replication.

    Parameters
    ----------
    seats
        ``Pool.seats`` with this replication's keys.
    member_keys
        Keys of the patients in ``Pool.start``.
    referrals, referral_keys
        ``REFERRAL`` rows in order of day, tick and number, and their keys.
    away
        ``(seats, 5 x weeks)`` uint8: ``PRESENT``, ``ON_LEAVE``, ``SICK`` or
        ``INCIDENT``; planned leave stands in ``works`` as well.
    works
        ``Pool.works`` with the leave drawn for this replication taken out.
    """

    seats: NDArray[np.void]
    member_keys: NDArray[np.uint64]
    referrals: NDArray[np.void]
    referral_keys: NDArray[np.uint64]
    away: NDArray[np.uint8]
    works: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one kernel call returns; strata and licenses are the pool's own."""

    weekly: NDArray[np.int64]  # (weeks, counters)
    waits: NDArray[np.int32]  # (clocks, strata, 2, bins)
    by_license: NDArray[np.int32]  # (clocks, licenses, 2, bins)
    weekly_waits: NDArray[np.int32]  # (weeks, clocks, 2, bins)
    staff: NDArray[np.int64]  # (weeks, licenses)
    log: NDArray[np.int64]  # (events, columns)
