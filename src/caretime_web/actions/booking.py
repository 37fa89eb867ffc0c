"""Book, hold, move and cancel a visit, or say that nobody came."""

from __future__ import annotations

from datetime import datetime, timedelta

from caretime.errors import InputError, Problem
from caretime.rules.booking import Refusal
from caretime_web.actions._outcome import Outcome, Refused, settle
from caretime_web.actions._placing import Placing, add_hold, add_visit, guard
from caretime_web.actions._turns import take_turn
from caretime_web.bridge.desk import terms_in_force
from caretime_web.data import care
from caretime_web.queries.openings import Slot

CANCEL_REASONS = {
    "patient": ("another_time", "no_longer_needed", "not_able_to_come"),
    "clinician": ("away",),
    "organization": ("site_closed", "no_room", "booked_by_mistake"),
}
"""Reasons by the side that cancels; of a clinician's none says why they are away."""

MOVED = "moved"
"""Reason of a visit that was cancelled because it was moved; of any side."""

HOLD_MINUTES = 10


def book(
    slot: Slot,
    patient_id: str,
    *,
    now: datetime,
    by: str,
    requested_at: datetime | None = None,
) -> Outcome:
    """
    Book a visit if nobody has the time and no clause speaks against it.

    A hold of the patient's own on the time becomes the visit.

    Parameters
    ----------
    requested_at
        When the patient asked; ``now`` if not given. Never edited afterwards.

    Returns
    -------
    Outcome
        The id of the visit, or every reason why it was not booked: the loser of two
        who click at once is told what is taken.

    Raises
    ------
    InputError
        If there is no such patient or clinician, or the type takes no slot.
    """

    def work() -> str:
        placing = Placing.of(slot, patient_id, now)
        take_turn(slot.clinician_id, patient_id)
        guard(placing)
        return add_visit(placing, requested_at=requested_at or now)

    return settle(work, by=by, why="book")


def hold(
    slot: Slot,
    patient_id: str,
    *,
    now: datetime,
    by: str,
    minutes: int = HOLD_MINUTES,
) -> Outcome:
    """
    Keep a time for a patient for some minutes, guarded as a booking is.

    Until then nobody else may book it or hold it; afterwards it is free without
    anybody's doing. Holding it again takes the place of the first hold.

    Raises
    ------
    InputError
        If there is no such patient or clinician, or the type takes no slot.
    ValueError
        If it is for less than a minute.
    """
    if minutes < 1:
        raise ValueError(f"a hold lasts 1 minute or more, got {minutes}")

    def work() -> str:
        placing = Placing.of(slot, patient_id, now)
        take_turn(slot.clinician_id, patient_id)
        guard(placing)
        return add_hold(placing, until=now + timedelta(minutes=minutes))

    return settle(work, by=by, why="hold")


def release(hold_id: str, *, by: str) -> None:
    """Give a held time back; nothing happens if it is not held any more."""

    def work() -> str:
        care.Hold.objects.filter(pk=hold_id).delete()
        return hold_id

    settle(work, by=by, why="release hold")


def move(
    appointment_id: str, slot: Slot, *, side: str, now: datetime, by: str
) -> Outcome:
    """
    Book a visit at another time, or with another clinician, and cancel the old one.

    Both or neither: if the new time is refused the old visit stays. When the patient
    asked for the first one is kept, because waits are counted from there. A moved
    visit is not a late cancellation, however late it is moved.

    Parameters
    ----------
    side
        Who wished it: one of ``data.care.SIDES``.

    Returns
    -------
    Outcome
        The id of the new visit.

    Raises
    ------
    InputError
        If there is no such visit, clinician or side.
    """
    _check_side(side)

    def work() -> str:
        known = _visit(appointment_id)
        placing = Placing.of(slot, known.patient_id, now)
        take_turn(known.clinician_id, slot.clinician_id, known.patient_id)
        old = _still_booked(appointment_id)
        if old.start <= now:
            raise Refused(_has_begun(old))
        _give_back(old, "cancelled", side, MOVED, now)
        guard(placing)
        return add_visit(
            placing,
            requested_at=old.requested_at or now,
            referral_id=old.referral_id,
        )

    return settle(work, by=by, why="move")


def cancel(
    appointment_id: str, *, side: str, reason: str, now: datetime, by: str
) -> Outcome:
    """
    Cancel a visit that has not begun; its time is free at once.

    Parameters
    ----------
    side, reason
        Of ``CANCEL_REASONS``. What a patient cancels on the day or the business day
        before counts as cancelled late (``late_cancel_share`` of the assumptions).

    Raises
    ------
    InputError
        If there is no such visit, or no such reason of that side.
    """
    _check_side(side)
    if reason not in CANCEL_REASONS[side]:
        expected = ", ".join(CANCEL_REASONS[side])
        raise _wrong("reason", f"{reason!r} of {side}, expected one of {expected}")

    def work() -> str:
        known = _visit(appointment_id)
        take_turn(known.clinician_id, known.patient_id)
        old = _still_booked(appointment_id)
        if old.start <= now:
            raise Refused(_has_begun(old))
        late = side == "patient" and _is_late(old.start, now)
        _give_back(old, "late_cancelled" if late else "cancelled", side, reason, now)
        return appointment_id

    return settle(work, by=by, why="cancel")


def no_show(appointment_id: str, *, now: datetime, by: str) -> Outcome:
    """
    Write down that the patient did not come, once the visit has begun.

    Raises
    ------
    InputError
        If there is no such visit.
    """

    def work() -> str:
        known = _visit(appointment_id)
        take_turn(known.clinician_id, known.patient_id)
        old = _still_booked(appointment_id)
        if old.start > now:
            raise Refused(Refusal("not_begun", text=f"{old.pk} has not begun"))
        care.Appointment.objects.filter(pk=old.pk).update(status="no_show")
        return appointment_id

    return settle(work, by=by, why="no show")


def _visit(appointment_id: str) -> care.Appointment:
    row = care.Appointment.objects.filter(pk=appointment_id).first()
    if row is None:
        raise _wrong("appointment_id", f"no visit {appointment_id}")
    return row


def _still_booked(appointment_id: str) -> care.Appointment:
    """Return a visit as it is now that it is our turn."""
    row = care.Appointment.objects.select_for_update().get(pk=appointment_id)
    if row.status != "booked":
        raise Refused(Refusal("not_booked", text=f"{row.pk} is {row.status}"))
    return row


def _has_begun(visit: care.Appointment) -> Refusal:
    return Refusal("has_begun", text=f"{visit.pk} has begun")


def _give_back(
    visit: care.Appointment, status: str, side: str, reason: str, now: datetime
) -> None:
    care.Appointment.objects.filter(pk=visit.pk).update(
        status=status, cancelled_at=now, cancelled_by=side, cancel_reason=reason
    )


def _is_late(start: datetime, now: datetime) -> bool:
    terms = terms_in_force()
    if terms is None:
        return False
    zone = terms.calendar.zone
    today, day = now.astimezone(zone).date(), start.astimezone(zone).date()
    return terms.calendar.business_days_between(today, day) <= 1


def _check_side(side: str) -> None:
    if side not in care.SIDES:
        raise _wrong("side", f"{side!r}, expected one of {', '.join(care.SIDES)}")


def _wrong(field: str, message: str) -> InputError:
    return InputError([Problem("booking", 0, field, message)])
