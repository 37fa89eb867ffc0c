"""Dated visits: in the right week, inside free openings, nobody in two places."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

from caretime.continuity._verify_scene import Findings, Scene
from caretime.continuity._verify_supply import Shelf, free_openings
from caretime.model.matching import Match
from caretime.model.people import NetworkTherapist
from caretime.model.strike import Booking
from caretime.model.week import Block
from caretime.rules.week_terms import RETURN_MINUTES

NETWORK_RETURN, NETWORK_INTAKE = 50, 60
"""Minutes of visits in the network (facts 1.1 [C-union], 1.2 [C])."""


def check_bookings(scene: Scene, shelf: Shelf, findings: Findings) -> None:
    """Look at every dated visit, and for visits without a date."""
    if not scene.plan.bookings and not scene.plan.untimed:
        return
    findings.checked["bookings"] = len(scene.plan.bookings)
    desk = _Desk(scene, shelf)
    seen: set[tuple[str, int]] = set()
    for booking in scene.plan.bookings:
        who, key = booking.patient_id, (booking.patient_id, booking.number)
        match = scene.matches.get(who)
        if (
            match is None
            or match.outcome != "placed"
            or match.substitute_id != booking.substitute_id
            or not 1 <= booking.number <= len(match.weeks)
            or key in seen
        ):
            findings.add(
                "booking", who, f"visit {booking.number}", "one for each visit placed",
                f"visit {booking.number} of {who} with {booking.substitute_id} is none "
                "of the match, or stands twice",
            )  # fmt: skip
            continue
        seen.add(key)
        _check_when(booking, match, scene, findings)
        _check_length(booking, match, scene, shelf, findings)
        if match.kind == "in_house":
            desk.check(booking, findings)
    _check_overlaps(scene, findings)
    _check_untimed(scene, seen, findings)


def _check_when(
    booking: Booking, match: Match, scene: Scene, findings: Findings
) -> None:
    who = booking.patient_id
    day, _ = _local(booking.start, scene)
    week = match.weeks[booking.number - 1]
    if scene.week_of(day) != week:
        findings.add(
            "booking_week", who, scene.week_of(day), week,
            f"visit {booking.number} of {who} is on {day}, matched in week {week}",
        )  # fmt: skip
    way = "telehealth" if match.telehealth else "in_person"
    if booking.modality != way:
        findings.add(
            "booking_way", who, booking.modality, way,
            f"visit {booking.number} of {who} is {booking.modality}, matched {way}",
        )  # fmt: skip
    series = scene.series.get(who)
    if series is None:
        return
    in_time = booking.number > 1 or day <= series.limit_day
    if booking.within_limit != in_time:
        findings.add(
            "booking_limit", who, booking.within_limit, in_time,
            f"visit {booking.number} of {who} is on {day}, the limit is "
            f"{series.limit_day}",
        )  # fmt: skip


def _is_intake(booking: Booking, scene: Scene) -> bool:
    series = scene.series.get(booking.patient_id)
    return booking.number == 1 and series is not None and series.visit_type == "intake"


def _check_length(
    booking: Booking, match: Match, scene: Scene, shelf: Shelf, findings: Findings
) -> None:
    person = scene.person(booking.substitute_id)
    intake = _is_intake(booking, scene)
    if isinstance(person, NetworkTherapist):
        returns = RETURN_MINUTES.get(person.license, NETWORK_RETURN)
        minutes = NETWORK_INTAKE if intake else returns
    elif person is not None:
        ledger = shelf.ledger(booking.substitute_id, match.weeks[booking.number - 1])
        minutes = ledger.intake_minutes if intake else ledger.return_minutes
    else:
        return
    if booking.minutes != minutes:
        findings.add(
            "booking_length", booking.patient_id, booking.minutes, minutes,
            f"visit {booking.number} of {booking.patient_id} has {booking.minutes} "
            f"minutes, {minutes} are due",
        )  # fmt: skip


class _Desk:
    """The free openings of those at work, each week read once."""

    def __init__(self, scene: Scene, shelf: Shelf) -> None:
        self._scene = scene
        self._shelf = shelf
        self._free: dict[tuple[str, int], list[Block]] = {}

    def check(self, booking: Booking, findings: Findings) -> None:
        """See that a visit lies inside an opening that is free for it."""
        scene, who = self._scene, booking.substitute_id
        day, minute = _local(booking.start, scene)
        week, end = scene.week_of(day), minute + booking.minutes
        if not 0 <= week < scene.plan.weeks:
            return
        if day not in scene.days_at_work(who, week):
            findings.add(
                "day_off", booking.patient_id, day, "a day at work",
                f"{who} is away or off on {day}, when {booking.patient_id} is booked",
            )  # fmt: skip
            return
        if any(s < end and minute < e for s, e in self._shelf.held(who, day)):
            findings.add(
                "own_booking", booking.patient_id, booking.start, "a free time",
                f"{who} has an own visit or group at {booking.start}, when "
                f"{booking.patient_id} is booked",
            )  # fmt: skip
            return
        around = [
            block
            for block in self._openings(who, week)
            if block.day == day.weekday()
            and block.minute_of_day <= minute
            and end <= block.minute_of_day + block.minutes
        ]
        if not any(self._takes(block, booking, day, week) for block in around):
            findings.add(
                "outside_openings", booking.patient_id, booking.start, "an opening",
                f"{booking.patient_id} is booked at {booking.start}, in no free "
                f"opening of {who} for it",
            )  # fmt: skip

    def _openings(self, who: str, week: int) -> list[Block]:
        if (who, week) not in self._free:
            self._free[who, week] = free_openings(self._scene, self._shelf, who, week)
        return self._free[who, week]

    def _takes(self, block: Block, booking: Booking, day: date, week: int) -> bool:
        """Say whether an opening takes the visit: its own kind, released or lent."""
        if _is_intake(booking, self._scene):
            return block.activity == "intake"
        if block.activity == "return":
            return True
        if block.activity == "intake" and self._scene.plan.policy.intake_lent:
            return True
        ledger = self._shelf.ledger(booking.substitute_id, week)
        release = {
            "intake": ledger.intake_release_days,
            "urgent": ledger.urgent_release_days,
        }[block.activity]
        today = self._scene.system.first_day
        calendar = self._scene.system.calendar
        ahead = calendar.business_days_between(today, day) if day > today else 0
        return ahead <= release


def _check_overlaps(scene: Scene, findings: Findings) -> None:
    """See that no substitute and no patient is in two places at once."""
    times: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for booking in scene.plan.bookings:
        start = booking.start
        end = start + timedelta(minutes=booking.minutes)
        for who, other in (
            (booking.substitute_id, booking.patient_id),
            (booking.patient_id, booking.substitute_id),
        ):
            times[who].append((start, end, other))
    for who, spans in times.items():
        for (start, end, one), (next_start, _, other) in pairwise(sorted(spans)):
            if next_start < end:
                findings.add(
                    "overlap", who, f"{start} and {next_start}", "one after the other",
                    f"{who} is booked with {one} and with {other} at {next_start}",
                )  # fmt: skip


def _check_untimed(
    scene: Scene, seen: set[tuple[str, int]], findings: Findings
) -> None:
    """See that every visit has a time, or is told to have none and to be called for."""
    without = {(u.patient_id, u.number) for u in scene.plan.untimed}
    told = {c.patient_id for c in scene.plan.contacts if c.reason == "no_time"}
    for patient_id, match in scene.matches.items():
        if match.outcome != "placed":
            continue
        for number in range(1, len(match.weeks) + 1):
            key = (patient_id, number)
            if (key in seen) == (key in without):
                findings.add(
                    "untimed", patient_id, "both" if key in seen else "neither",
                    "a time, or a reason why there is none",
                    f"visit {number} of {patient_id} has "
                    f"{'a time and' if key in seen else 'no time and not'} a reason "
                    "for having none",
                )  # fmt: skip
            elif key in without and patient_id not in told:
                findings.add(
                    "contact", patient_id, "none", "no_time",
                    f"visit {number} of {patient_id} has no time, and nobody is to "
                    "call",
                )  # fmt: skip


def _local(moment: datetime, scene: Scene) -> tuple[date, int]:
    local = moment.astimezone(scene.system.calendar.zone)
    return local.date(), local.hour * 60 + local.minute
