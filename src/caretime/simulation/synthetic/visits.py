"""Book the next visit of everybody in a synthetic system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import Calendar
from caretime.model.care import Appointment
from caretime.model.people import Clinician, Patient
from caretime.rules.ledger import Ledger
from caretime.simulation.synthetic.book import (
    WEEKS,
    Clock,
    Weeks,
    open_slots,
    place,
)
from caretime.simulation.synthetic.caseload import Caseload
from caretime.simulation.synthetic.draws import Bools, Draws, Floats, Ints
from caretime.simulation.synthetic.groups import Sessions

Numbers = Mapping[str, float]
T = TypeVar("T", bound=np.generic)
BOOKED_WEEKS = 3
LOOSE, TIGHT = 0.60, 0.95
"""Shares of the intake openings needed between which the queue grows."""
LONGEST_WAIT = 13
"""Business days between a request and the first visit offered, at most about."""


@dataclass(frozen=True)
class Frame:
    """What a book is laid on: the weeks of all, absences, the calendar."""

    weeks: Weeks
    away: Ints
    first_day: date
    calendar: Calendar

    def opens(self, visit_type: str) -> Bools:
        """Return which openings exist: shape ``(clinicians, WEEKS, n)``."""
        return open_slots(
            self.weeks.of(visit_type), self.away, self.first_day, self.calendar
        )


@dataclass(frozen=True)
class NewVisits:
    """Intakes already booked: clinician, week and opening of each."""

    clinician: Ints
    week: Ints
    start: Ints

    def take_from(self, starts: Ints, opens: Bools) -> Bools:
        """Take the openings used by these visits out of the book."""
        left = opens.copy()
        which = starts[self.clinician] == self.start[:, None]
        rows, openings = np.nonzero(which)
        left[self.clinician[rows], self.week[rows], openings] = False
        return left


def book_intakes(
    frame: Frame, weekly: Floats, numbers: Numbers, draws: Draws
) -> NewVisits:
    """
    Book the first visits of people who already wait.

    Where the contract reserves no openings for intakes, they stand on returns.

    Parameters
    ----------
    weekly
        Intake bookings of each clinician in a full week at work, in balance.
    """
    starts, opens = frame.weeks.of("intake"), frame.opens("intake")
    none = (starts < 0).all(axis=1)
    if none.any():
        returns = frame.weeks.of("return")
        width = max(starts.shape[1], returns.shape[1])
        starts, opens = _widen(starts, width, -1), _widen(opens, width, False)
        starts[none, : returns.shape[1]] = returns[none]
        opens[none, :, : returns.shape[1]] = frame.opens("return")[none]
    chance = np.minimum(weekly / np.maximum((starts >= 0).sum(axis=1), 1), 1.0)
    loose, tight = (
        np.array([numbers[f"intake_book_{kind}_{w}"] for w in range(BOOKED_WEEKS)])
        for kind in ("loose", "tight")
    )
    # The nearer intakes come to their openings, the longer the queue before them.
    near = np.clip((chance - LOOSE) / (TIGHT - LOOSE), 0, 1)[:, None]
    booked = (loose + near * (tight - loose)) * chance[:, None]
    drawn = draws.uniform("intake/booked", len(starts), BOOKED_WEEKS, starts.shape[1])
    taken = drawn < booked[:, :, None]
    clinician, week, opening = np.nonzero(opens[:, :BOOKED_WEEKS] & taken)
    return NewVisits(clinician, week, starts[clinician, opening])


def book(
    frame: Frame,
    caseload: Caseload,
    intakes: NewVisits,
    sessions: Sessions,
    session_of: Ints,
    draws: Draws,
) -> tuple[Ints, Ints, Ints]:
    """
    Find day and minute of everybody's next visit.

    Returns
    -------
    day
        Calendar days from the first day, -1 where there is no room in the book.
    minute
        Minutes from midnight.
    lag
        Weeks from the visit before, for those who had one.
    """
    returns = frame.weeks.of("return")
    opens = sessions.take_from(returns, frame.opens("return"))
    opens = intakes.take_from(returns, opens)
    start = np.full(len(caseload), -1, dtype=np.int64)
    week = np.full(len(caseload), -1, dtype=np.int64)
    lag = np.zeros(len(caseload), dtype=np.int64)

    alone = np.flatnonzero(caseload.kind == 0)
    due = _due(caseload, alone, draws)
    week[alone], opening = place(caseload.clinician[alone], due, opens, draws, "return")
    found = week[alone] >= 0
    start[alone] = np.where(found, returns[caseload.clinician[alone], opening], -1)
    lag[alone] = caseload.interval[alone] + week[alone] - due

    members = np.flatnonzero(caseload.kind == 1)
    start[members] = sessions.start[session_of]
    week[members] = _next_session(frame, sessions)[session_of]
    lag[members] = week[members] + 1

    new = np.flatnonzero(caseload.kind == 2)
    start[new], week[new] = intakes.start, intakes.week
    day = np.where(week < 0, -1, week * 7 + start // 1440)
    return day, start % 1440, lag


def make_appointments(
    frame: Frame,
    caseload: Caseload,
    patients: Sequence[Patient],
    clinicians: Sequence[Clinician],
    places: tuple[Ints, Ints, Ints],
    draws: Draws,
) -> tuple[Appointment, ...]:
    """
    Write the booked visits, with when each was asked for and offered.

    A return was offered at the end of the visit before it; a first visit on the
    telephone some business days ago, so that the whole wait is about two weeks at
    most.
    """
    clock = Clock(frame.first_day, frame.calendar)
    kinds = np.array(["return", "group", "intake"])[caseload.kind].tolist()
    video = _by_video(caseload, patients, clinicians, draws)
    asked = _asked(clock, places, draws)
    day, minute, lag = (column.tolist() for column in places)
    appointments: list[Appointment] = []
    for row, patient in enumerate(patients):
        if day[row] < 0:
            continue
        ledger = frame.weeks.ledgers[caseload.clinician[row]]
        kind = kinds[row]
        length = _minutes(ledger, kind)
        if kind == "intake":
            requested, offered = asked(row)
        else:
            before = clock.working(day[row] - 7 * lag[row])
            requested = offered = clock.at(before, minute[row] + length)
        appointments.append(
            Appointment(
                f"A-{len(appointments) + 1:06d}",
                patient.patient_id,
                patient.clinician_id,
                kind,
                clock.at(day[row], minute[row]),
                length,
                "telehealth" if video[row] else "in_person",
                "booked",
                requested,
                offered,
            )
        )
    return tuple(appointments)


def _due(caseload: Caseload, alone: Ints, draws: Draws) -> Ints:
    """
    Spread next visits evenly over the weeks of each interval, for each clinician.

    Missed visits are tried again within days, which makes up for the weeks they
    add to an interval: bookings come at the pace of the intended interval.
    """
    due = np.zeros(len(alone), dtype=np.int64)
    for weeks in range(2, 5):
        mine = caseload.interval[alone] == weeks
        people = caseload.clinician[alone][mine]
        due[mine] = draws.share_out(f"return/due/{weeks}", [1.0] * weeks, people)
    return due


def _next_session(frame: Frame, sessions: Sessions) -> Ints:
    """Return the first week in which each session is held: no holiday, no leave."""
    held = open_slots(
        sessions.start[:, None],
        frame.away[sessions.leader],
        frame.first_day,
        frame.calendar,
    )[:, :, 0]
    return np.where(held.any(axis=1), held.argmax(axis=1), WEEKS)


def _by_video(
    caseload: Caseload,
    patients: Sequence[Patient],
    clinicians: Sequence[Clinician],
    draws: Draws,
) -> list[bool]:
    """Say how each visit is held, as both sides can and want."""
    share = [c.telehealth_share for c in clinicians]
    drawn = draws.uniform("visit/video", len(caseload)).tolist()
    return [
        patient.modality == "telehealth"
        or (
            patient.modality == "either"
            and patient.telehealth_consent
            and number < share[row]
        )
        for patient, row, number in zip(
            patients, caseload.clinician.tolist(), drawn, strict=True
        )
    ]


def _asked(
    clock: Clock, places: tuple[Ints, Ints, Ints], draws: Draws
) -> Callable[[int], tuple[datetime, datetime]]:
    """Return who asked when for a first visit, and when it was offered."""
    day, _, _ = places
    drawn = draws.uniform("intake/asked", 3, len(day))
    days = [clock.before(count) for count in range(LONGEST_WAIT + 1)]

    def asked(row: int) -> tuple[datetime, datetime]:
        lead = int(day[row]) // 7 * 5 + int(day[row]) % 7
        ago = 1 + int(drawn[0, row] * max(LONGEST_WAIT - lead, 1))
        minute = 8 * 60 + int(drawn[1, row] * 9 * 60)
        return (
            clock.at(days[ago], minute),
            clock.at(days[ago], minute + int(drawn[2, row] * 45)),
        )

    return asked


def _minutes(ledger: Ledger, kind: str) -> int:
    if kind == "intake":
        return ledger.intake_minutes
    return ledger.group_minutes if kind == "group" else ledger.return_minutes


def _widen(table: NDArray[T], width: int, fill: int) -> NDArray[T]:
    """Pad the last axis to a width."""
    pad = [(0, 0)] * (table.ndim - 1) + [(0, width - table.shape[-1])]
    return np.pad(table, pad, constant_values=fill)
