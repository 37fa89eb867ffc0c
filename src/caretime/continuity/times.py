"""Dated times for the visits of placed series, jointly feasible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from caretime.continuity._supply_book import (
    DAYS,
    MINUTES_PER_WEEK,
    Book,
    book_of,
)
from caretime.continuity._times_costs import (
    LEFT_OUT,
    NEVER,
    Costs,
    Span,
    Visits,
    costs_of,
)
from caretime.continuity._times_elsewhere import elsewhere
from caretime.continuity._times_kept import Held, Kept, still_free, without
from caretime.continuity._times_slots import InHouse, Network, Slots
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.care import Absence
from caretime.model.incident import GroupCover, Series, Substitute
from caretime.model.matching import Match, Matching, MatchPolicy
from caretime.model.people import Clinician, NetworkTherapist
from caretime.model.strike import Booking, Times, Untimed
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import TELEHEALTH, Roster
from caretime.rules.week_terms import RETURN_MINUTES

NETWORK_RETURN, NETWORK_INTAKE = 50, 60
"""
Minutes of visits with network therapists: their contracts are not ours, the lengths
are those of a return (facts 1.1) [C-union] and a first visit (facts 1.2) [C].
"""


def give_times(
    system: CareSystem,
    contract: Contract,
    matching: Matching,
    series: Sequence[Series],
    substitutes: Sequence[Substitute],
    absences: Sequence[Absence],
    groups: Sequence[GroupCover],
    *,
    monday: date,
    weeks: int,
    policy: MatchPolicy | None = None,
    roster: Roster | None = None,
    kept: Times | None = None,
) -> Times:
    """
    Give every visit of the placed series a day and an hour in its week.

    Nobody has two visits at once: not the substitute, and not the patient, who may
    have a seat in a group or an appointment with somebody at work. Within one week of
    one substitute the choice is exact: the most visits get a time, those of the
    highest risk tier first; then the most next visits are held by their limit, tier
    by tier; among these the times are nearest to what patients stated, to the visit
    before, or to their own appointment.

    Parameters
    ----------
    matching, series
        ``matching.matches`` in the order of ``series``, one for each patient.
    substitutes
        Of the plan: a match with anybody else is a mistake.
    absences, groups
        As ``substitutes_of`` had them.
    policy
        Says how many intake openings are lent; none by default.
    kept
        Times given before. A visit with the same substitute in the same week keeps
        its own if it is still free; a visit without a time stays without.

    Returns
    -------
    Times
        Bookings in the order of the series and their visits, and every visit that
        found no time, with the reason.

    Raises
    ------
    ValueError
        If a match is with somebody who is no substitute, or in another order.

    Notes
    -----
    In-house a return takes a free return opening, or a reserved one that is released
    on the system's first day; a referral in progress takes an intake opening, as
    ``rules.booking.may_book`` asks. Each is ``booked``. A network therapist with
    stated hours (``system.network_hours``) is ``booked`` within them, every full hour
    from the beginning of a span; without them full hours from 9 to 17 on business
    days are ``proposed``. From week to week the time of the visit before is wished.
    """
    known = {substitute.substitute_id for substitute in substitutes}
    _check(matching.matches, series, known)
    book = book_of(
        system,
        contract,
        absences,
        monday=monday,
        weeks=weeks,
        groups=groups,
        roster=roster,
    )
    before = Kept(kept or Times(()), monday, system.calendar.zone)
    desk = _Desk(system, book, series, matching.matches, monday, policy, before, groups)
    for week in range(weeks):
        desk.give_week(week)
    return desk.times()


def _check(matches: Sequence[Match], series: Sequence[Series], known: set[str]) -> None:
    for match, one in zip(matches, series, strict=True):
        if match.patient_id != one.patient_id:
            raise ValueError(f"match of {match.patient_id}, series of {one.patient_id}")
        if match.outcome == "placed" and match.substitute_id not in known:
            raise ValueError(f"{match.substitute_id} is no substitute of this plan")


@dataclass
class _Desk:
    """Gives times week by week, and remembers them."""

    system: CareSystem
    book: Book
    series: Sequence[Series]
    matches: Sequence[Match]
    monday: date
    policy: MatchPolicy | None
    kept: Kept
    groups: Sequence[GroupCover]
    bookings: dict[tuple[int, int], Booking] = field(default_factory=dict)
    untimed: dict[tuple[int, int], Untimed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lent = self.policy.intake_lent if self.policy else 0.0
        self._in_house = InHouse(self.system, self.book, self.monday, lent)
        self._network = Network(self.system, self.monday, self.book.free.shape[1])
        self._person = {
            self.system.clinicians[k].clinician_id: i
            for i, k in enumerate(self.book.people)
        }
        self._people: dict[str, Clinician | NetworkTherapist] = {
            c.clinician_id: c for c in self.system.clinicians
        } | {t.therapist_id: t for t in self.system.network}
        self._match = {
            m.patient_id: k for k, m in enumerate(self.matches) if m.outcome == "placed"
        }
        self.busy = elsewhere(
            self.system, self.book, self._match, self.groups, self.monday
        )
        self._wish = self._own_times()
        self._stated: dict[int, list[Span]] = defaultdict(list)
        for span in getattr(self.system, "stated_times", ()):
            if span.patient_id in self._match:
                day = span.weekday * MINUTES_PER_DAY
                self._stated[self._match[span.patient_id]].append(
                    (day + span.start, day + span.end)
                )
        self._midnights = [
            datetime.combine(
                self.monday + timedelta(days=d),
                time(),
                tzinfo=self.system.calendar.zone,
            )
            for d in range(self.book.free.shape[1] * DAYS)
        ]

    def _own_times(self) -> list[int]:
        """Return the minute of the week of each patient's own appointment, or -1."""
        zone = self.system.calendar.zone
        wanted = {
            one.appointment_id: k
            for k, one in enumerate(self.series)
            if one.appointment_id
        }
        wish = [-1] * len(self.series)
        for a in self.system.appointments:
            if a.appointment_id in wanted:
                local = a.start.astimezone(zone)
                minute = local.hour * 60 + local.minute
                wish[wanted[a.appointment_id]] = (
                    local.weekday() * MINUTES_PER_DAY + minute
                )
        return wish

    def give_week(self, week: int) -> None:
        """Give times to the visits of one week."""
        in_house: dict[int, int] = {}
        network: dict[str, int] = {}
        asked: list[tuple[int, int, int]] = []
        held: list[Held] = []
        for k in self._match.values():
            match = self.matches[k]
            if week not in match.weeks:
                continue
            number = match.weeks.index(week) + 1
            if (without_time := self.kept.untimed(match, number)) is not None:
                self.untimed[k, number] = without_time
                continue
            desks = len(in_house) + len(network)
            if match.kind == "network":
                desk = network.setdefault(match.substitute_id, desks)
            else:
                person = self._person[match.substitute_id]
                desk = in_house.setdefault(person, desks)
            if (before := self.kept.booking(match, number)) is None:
                asked.append((desk, k, number))
            else:
                first = number == 1 and self.series[k].visit_type == "intake"
                held.append(Held(desk, k, number, before[1], first, before[0]))
        if not asked and not held:
            return
        slots = Slots.joined(
            [
                self._in_house.in_week(week, in_house),
                self._network.in_week(week, network),
            ]
        )
        slots, late = self._keep(held, slots)
        if asked := sorted(asked + late):
            self._give(week, asked, slots, len(in_house) + len(network))

    def _keep(
        self, held: Sequence[Held], slots: Slots
    ) -> tuple[Slots, list[tuple[int, int, int]]]:
        """Keep times that are free; return what is left, and who needs another."""
        if not held:
            return slots, []
        answers, taken = still_free(held, slots, self.busy)
        lost = []
        for visit, free in zip(held, answers, strict=True):
            k, number = visit.match, visit.number
            if not free:
                lost.append((visit.desk, k, number))
                continue
            self._wish[k] = visit.start % MINUTES_PER_WEEK
            limit = self.series[k].limit_day
            in_time = number > 1 or visit.booking.start.date() <= limit
            self.bookings[k, number] = replace(visit.booking, within_limit=in_time)
        return without(slots, taken), lost

    def _give(
        self, week: int, asked: list[tuple[int, int, int]], slots: Slots, desks: int
    ) -> None:
        from caretime.continuity._times_kernel import assign_all

        visits = self._visits(asked)
        costs = costs_of(visits, slots, desks, stated=self._stated, busy=self.busy)
        chosen = np.empty(len(asked), dtype=np.int64)
        left_out = LEFT_OUT[visits.tier]
        assign_all(costs.visits, costs.slots, costs.first, costs.cost, left_out, chosen)
        self._write(week, visits, slots, costs, chosen)

    def _visits(self, asked: Sequence[tuple[int, int, int]]) -> Visits:
        after = self.book.free.shape[1] * MINUTES_PER_WEEK
        zero = self.monday.toordinal()
        columns = np.array(
            [
                (
                    k,
                    desk,
                    number,
                    self.series[k].risk_tier,
                    (self.series[k].limit_day.toordinal() - zero + 1) * MINUTES_PER_DAY
                    if number == 1
                    else after,
                    self._wish[k],
                    number == 1 and self.series[k].visit_type == "intake",
                    self.matches[k].telehealth,
                )
                for desk, k, number in asked
            ],
            dtype=np.int64,
        ).T
        return Visits(
            columns[0],
            columns[1],
            columns[2],
            columns[3],
            columns[4],
            columns[5],
            columns[6] == 1,
            columns[7] == 1,
        )

    def _write(
        self, week: int, visits: Visits, slots: Slots, costs: Costs, chosen: np.ndarray
    ) -> None:
        first_slot = costs.slots[visits.desk]
        for v, (k, number, pick) in enumerate(
            zip(
                visits.match.tolist(),
                visits.number.tolist(),
                chosen.tolist(),
                strict=True,
            )
        ):
            if pick < 0:
                reason = self._reason(v, visits, costs)
                patient = self.matches[k].patient_id
                self.untimed[k, number] = Untimed(patient, number, week, reason)
                continue
            slot = int(first_slot[v]) + pick
            start = int(slots.start[slot])
            self._wish[k] = start % MINUTES_PER_WEEK
            minutes = slots.intakes if visits.intake[v] else slots.returns
            self.bookings[k, number] = self._booking(
                k,
                number,
                start,
                int(minutes[slot]),
                slots.place[slot],
                start < int(visits.limit[v]),
            )

    def _booking(
        self, k: int, number: int, start: int, minutes: int, place: str, in_time: bool
    ) -> Booking:
        match = self.matches[k]
        person = self._people[match.substitute_id]
        standing = "booked"
        if isinstance(person, NetworkTherapist):
            here = person.zip
            first = number == 1 and self.series[k].visit_type == "intake"
            minutes = RETURN_MINUTES.get(person.license, NETWORK_RETURN)
            minutes = NETWORK_INTAKE if first else minutes
            if not self._network.states_hours(person.therapist_id):
                standing = "proposed"
        else:
            here = place or person.clinic_id
        day, minute = divmod(start, MINUTES_PER_DAY)
        return Booking(
            match.patient_id,
            match.substitute_id,
            number,
            self._midnights[day].replace(hour=minute // 60, minute=minute % 60),
            minutes,
            "telehealth" if match.telehealth else "in_person",
            TELEHEALTH if match.telehealth else here,
            standing,
            in_time,
        )

    def _reason(self, v: int, visits: Visits, costs: Costs) -> str:
        """Say why a visit has no time."""
        desk = int(visits.desk[v])
        width = int(costs.slots[desk + 1] - costs.slots[desk])
        first = int(costs.first[desk]) + (v - int(costs.visits[desk])) * width
        mine = slice(first, first + width)
        if (costs.cost[mine] < NEVER).any():
            return "openings_taken"
        if costs.suits[mine].any():
            return "elsewhere"
        if self.matches[int(visits.match[v])].kind == "network":
            return "no_day"
        return "no_intake_opening" if visits.intake[v] else "no_opening"

    def times(self) -> Times:
        """Return all that was given, in the order of the series."""
        return Times(
            tuple(self.bookings[key] for key in sorted(self.bookings)),
            tuple(self.untimed[key] for key in sorted(self.untimed)),
        )
