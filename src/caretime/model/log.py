"""
The event log and its tally: what every measure is computed from.

A log is a flat table, one row an event, simulated or real. A *tally* holds the
counts and wait histograms of one or more logs; measures read tallies, so a
simulated rate and a real one come from the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLOCKS = ("intake", "first_treatment", "follow_up", "urgent")
BINS = 128
"""Waits of 0 to 126 units stand alone; bin 127 holds 127 and more."""

LOG_COLUMNS = (
    "day",  # working day: 5 x week + weekday, Monday of week 0 is day 0
    "tick",  # quarter hour of the day, 0 is 06:00
    "kind",  # EventKind
    "member",  # row of patients.csv, or patients + n for the n-th referral; -1 none
    "clinician",  # row of clinicians.csv; -1 none
    "stratum",  # row of the strata table of the result; -1 none
    "visit_type",  # index into VISIT_TYPES; -1 none
    "value",  # see EventKind
    "flag",  # see EventKind
)


class EventKind(IntEnum):
    """
    What happened.

    ``OFFER`` carries the wait: ``value`` in business days (hours for the urgent
    clock), ``flag`` = clock index + 8 where a clinician's exception is on record.
    ``ATTENDED`` carries minutes, ``flag`` 1 where it was the own therapist.
    """

    REFERRAL = 0
    OFFER = 1
    WAITLISTED = 2
    ATTENDED = 3
    NO_SHOW = 4
    LATE_CANCEL = 5
    PROVIDER_CANCEL = 6
    DISCHARGED = 7  # value: visits attended
    DROPPED = 8  # value: visits attended
    LOST_WAITING = 9
    TO_NETWORK = 10  # value: visits the network will give
    LOST_IN_TRANSFER = 11
    TRANSFERRED = 12  # clinician: the new one
    URGENT_REQUEST = 13
    CLINICIAN_LEFT = 14
    CLINICIAN_HIRED = 15
    MOVED = 16  # a booked visit found no opening in the new week and was moved
    NETWORK_OFFER_DECLINED = 17
    WEEK_PAID = 18  # value: minutes, one row a clinician and week, as below
    WEEK_VISITS = 19  # minutes with patients
    WEEK_NOTES = 20  # minutes of notes and patient management done in paid time
    WEEK_MEALS = 21  # value: meal minutes worked, flag: meals cut short
    WEEK_UNPAID = 22  # minutes worked after hours
    WEEK_ENCROACHED = 23  # protected minutes used for visits
    LEVELS = 24  # value: a weekly level, visit_type: index into LEVELS
    ABSENT = 25  # clinician-day away; flag 0 leave or sickness, 1 incident


LEVELS = (
    "in_treatment",
    "waiting_intake",
    "waitlist",
    "booked_ahead",
    "filled_seats",
    "vacant_seats",
    "openings",
    "openings_unused",
    "tnaa_intake_days",
    "tnaa_intake_clinicians",
    "tnaa_return_days",
    "tnaa_return_clinicians",
)

FLOWS = (
    "referrals",
    "intake_offers",
    "waitlisted",
    "visits_intake",
    "visits_return",
    "visits_group",
    "visits_urgent",
    "visits_own",
    "no_shows",
    "late_cancels",
    "provider_cancels",
    "discharged",
    "dropped",
    "lost_waiting",
    "to_network",
    "network_visits",
    "lost_in_transfer",
    "transferred",
    "urgent_requests",
    "clinicians_left",
    "clinicians_hired",
    "moved",
    "network_declined",
    "paid_minutes",
    "visit_minutes",
    "notes_minutes",
    "meal_minutes_worked",
    "meals_cut",
    "unpaid_minutes",
    "encroached_minutes",
    "days_absent",
    "days_absent_incident",
)

COUNTERS = FLOWS + LEVELS
COUNTER = {name: index for index, name in enumerate(COUNTERS)}


COUNTED: Mapping[EventKind, str] = {
    EventKind.REFERRAL: "referrals",
    EventKind.WAITLISTED: "waitlisted",
    EventKind.NO_SHOW: "no_shows",
    EventKind.LATE_CANCEL: "late_cancels",
    EventKind.PROVIDER_CANCEL: "provider_cancels",
    EventKind.DISCHARGED: "discharged",
    EventKind.DROPPED: "dropped",
    EventKind.LOST_WAITING: "lost_waiting",
    EventKind.LOST_IN_TRANSFER: "lost_in_transfer",
    EventKind.TRANSFERRED: "transferred",
    EventKind.URGENT_REQUEST: "urgent_requests",
    EventKind.CLINICIAN_LEFT: "clinicians_left",
    EventKind.CLINICIAN_HIRED: "clinicians_hired",
    EventKind.MOVED: "moved",
    EventKind.NETWORK_OFFER_DECLINED: "network_declined",
}
"""Kinds of event of which each row counts one."""

SUMMED: Mapping[EventKind, str] = {
    EventKind.TO_NETWORK: "network_visits",
    EventKind.WEEK_PAID: "paid_minutes",
    EventKind.WEEK_VISITS: "visit_minutes",
    EventKind.WEEK_NOTES: "notes_minutes",
    EventKind.WEEK_MEALS: "meal_minutes_worked",
    EventKind.WEEK_UNPAID: "unpaid_minutes",
    EventKind.WEEK_ENCROACHED: "encroached_minutes",
}
"""Kinds of event whose ``value`` is added up."""


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Counts and wait histograms of one or more replications.

    Parameters
    ----------
    weekly
        ``(replications, weeks, len(COUNTERS))`` int64: sums of the week for
        flows, values at its end for levels.
    waits
        ``(replications, len(CLOCKS), slices, 2, BINS)`` int64: first offers by
        wait; axis 3 is 0 without and 1 with a clinician's exception on record.
    weekly_waits
        ``(replications, weeks, len(CLOCKS), 2, BINS)`` int64, by week of offer.
    staff
        ``(replications, weeks, licenses)`` int64: paid minutes of the week.
    slices
        ``(dimension, value)`` for each slice; the first is ``("all", "all")``,
        then ``county``, ``language``, ``age_group``, ``license``.
    licenses
        License codes, the last axis of ``staff``.
    """

    weekly: NDArray[np.int64]
    waits: NDArray[np.int64]
    weekly_waits: NDArray[np.int64]
    staff: NDArray[np.int64]
    slices: tuple[tuple[str, str], ...]
    licenses: tuple[str, ...]

    @property
    def replications(self) -> int:
        """How many replications stand in the first axis."""
        return int(self.weekly.shape[0])

    @property
    def weeks(self) -> int:
        """How many weeks were counted."""
        return int(self.weekly.shape[1])

    def counter(self, name: str) -> NDArray[np.int64]:
        """Return one counter, shape ``(replications, weeks)``."""
        column: NDArray[np.int64] = self.weekly[:, :, COUNTER[name]]
        return column

    def slice_index(self, dimension: str, value: str) -> int:
        """Return the position of a slice; ``ValueError`` if there is none."""
        return self.slices.index((dimension, value))

    @classmethod
    def stack(cls, parts: list[Tally]) -> Tally:
        """Join tallies of the same system along the replication axis."""
        first = parts[0]
        fields: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("weekly", "waits", "weekly_waits", "staff")
        }
        return cls(slices=first.slices, licenses=first.licenses, **fields)
