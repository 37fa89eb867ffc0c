"""The patients of those who return: what they had, and since when they wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from caretime.model.care import Appointment
from caretime.model.incident import Series
from caretime.model.people import Patient
from caretime.model.strike import StrikePlan
from caretime.model.system import CareSystem

ATTENDED = "attended"
STANDING = ("booked", ATTENDED)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """
    One patient of a clinician who is back.

    Parameters
    ----------
    back
        First day of the own clinician.
    substitute_id
        Empty where the patient has nobody.
    visits
        With the substitute, held or to be held before ``back``.
    seen
        Day of the last of them, else of the last visit at home.
    own_day
        Day, from ``back`` on, of an appointment at home that still stands.
    """

    series: Series
    patient: Patient
    back: date
    substitute_id: str
    visits: int
    seen: date
    own_day: date | None

    @property
    def turn(self) -> tuple[object, ...]:
        """Whose place comes first: nobody, risk, longest without a visit, limit."""
        return (
            self.substitute_id != "",
            self.series.risk_tier,
            self.seen,
            self.series.limit_day,
            self.series.patient_id,
        )


def awaiting(
    plan: StrikePlan, system: CareSystem, returned: Mapping[str, date]
) -> list[Awaiting]:
    """Return the patients of the plan whose clinician is back, in the plan's order."""
    concerned = {
        series.patient_id: series
        for series in plan.series
        if series.clinician_id in returned
    }
    patients = {p.patient_id: p for p in system.patients}
    book: dict[str, list[Appointment]] = defaultdict(list)
    for appointment in system.appointments:
        if appointment.patient_id in concerned:
            book[appointment.patient_id].append(appointment)
    planned: dict[str, list[date]] = defaultdict(list)
    zone = system.calendar.zone
    for booking in plan.bookings:
        if booking.patient_id in concerned:
            planned[booking.patient_id].append(_local(booking.start, zone))
    found = []
    for series, match in zip(plan.series, plan.matching.matches, strict=True):
        if series.clinician_id not in returned:
            continue
        back = returned[series.clinician_id]
        rows = book[series.patient_id]
        in_book = [a for a in rows if a.clinician_id == match.substitute_id]
        theirs = [_local(a.start, zone) for a in in_book if a.status in STANDING]
        if not in_book and plan.bookings:
            theirs = planned[series.patient_id]
        elif not in_book:
            # A plan without dated times has weeks; the last day of one is a Sunday.
            theirs = [plan.monday + timedelta(days=7 * w + 6) for w in match.weeks]
        before = [day for day in theirs if day < back]
        at_home = [
            _local(a.start, zone)
            for a in rows
            if a.clinician_id == series.clinician_id and a.status == "booked"
        ]
        found.append(
            Awaiting(
                series=series,
                patient=patients[series.patient_id],
                back=back,
                substitute_id=match.substitute_id,
                visits=len(before),
                seen=max(before, default=_seen_at_home(series, rows, system)),
                own_day=min((d for d in at_home if d >= back), default=None),
            )
        )
    return found


def _seen_at_home(series: Series, rows: list[Appointment], system: CareSystem) -> date:
    """Return the day of the last visit at home, or of the request for a first one."""
    for a in rows:
        if a.appointment_id == series.appointment_id and a.requested_at is not None:
            return _local(a.requested_at, system.calendar.zone)
    return series.first_due - timedelta(days=7 * series.interval_weeks)


def _local(moment: datetime, zone: tzinfo) -> date:
    """Return the local day of a moment."""
    local = moment if moment.tzinfo is zone else moment.astimezone(zone)
    return local.date()
