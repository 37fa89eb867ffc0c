"""The duty to arrange care outside the network when nothing inside it fits."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from caretime.model.calendar import Calendar
from caretime.model.request import OutOfNetworkDuty, Request
from caretime.model.standards import Standard
from caretime.rules.access import add_limit, judge, lapses_at
from caretime.rules.exceptions import extended_to, reaches
from caretime.tables import rows


def out_of_network_duty(
    standard: Standard,
    request: Request,
    calendar: Calendar,
    *,
    earliest_in_network: datetime | None,
    now: datetime,
) -> OutOfNetworkDuty:
    """
    Say whether care must be arranged outside the network, and what is due when.

    The duty arises as soon as no appointment in the network fits the limit, not
    when the limit has passed: the search inside the network uses up the same days.

    Parameters
    ----------
    earliest_in_network
        Start of the earliest suitable opening inside the network, ``None`` if there
        is none.

    Returns
    -------
    OutOfNetworkDuty
        ``reason`` is ``none_in_time`` where the duty arises; else ``met``,
        ``excepted`` or ``fits_in_network``.

    Raises
    ------
    ValueError
        If the profile knows no such duty.

    Notes
    -----
    California Code of Regulations, title 28, section 1300.74.72, as one health
    plan's notice to members states it. A clinician's note that the person may wait
    lifts the duty from the moment it is made, as far as it reaches. That the five
    days of the notice run from the initial request is our reading.
    """
    due = _duties(standard.profile)
    if "notice" not in due:
        raise ValueError(f"profile {standard.profile!r} has no out-of-network duty")
    limit_at = lapses_at(standard, request.starts_at, calendar)
    longer, _ = extended_to(request, standard, lapses_at=limit_at, moment=now)
    if judge(standard, request, calendar, now=now).outcome == "met":
        reason = "met"
    elif longer and reaches(longer, earliest_in_network or now):
        reason = "excepted"
    elif earliest_in_network is not None and earliest_in_network <= limit_at:
        reason = "fits_in_network"
    else:
        reason = "none_in_time"
    return OutOfNetworkDuty(
        arises=reason == "none_in_time",
        reason=reason,
        notice_by=add_limit(request.starts_at, *due["notice"], calendar),
        appointment_by=limit_at,
        member_may_arrange_by=add_limit(
            request.starts_at, *due["member-arranged"], calendar
        ),
    )


def details_by(profile: str, scheduled_at: datetime, calendar: Calendar) -> datetime:
    """
    Return by when the member must have the details of an accepted appointment.

    >>> from datetime import date
    >>> la = Calendar()
    >>> details_by("california", la.at(date(2025, 3, 8), 600), la).isoformat()
    '2025-03-09T11:00:00-07:00'
    """
    limit, unit = _duties(profile)["details"]
    return add_limit(scheduled_at, limit, unit, calendar)


@cache
def _duties(profile: str) -> dict[str, tuple[int, str]]:
    """Limit and unit of each duty of a profile, by the name after the prefix."""
    return {
        row["duty_id"].partition("-")[2]: (int(row["limit"]), row["unit"])
        for row in rows("duties")
        if row["profile"] == profile
    }
