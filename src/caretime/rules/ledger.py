"""
A contract's week as a ledger: every paid minute has one activity.

The arithmetic, in this order:

1. Paid minutes are the work week's hours times FTE.
2. Hours of activities (meetings, training, supervision ...) are set aside,
   prorated by FTE unless the clause is flat, and duties toward others as they are.
3. Protected hours are set aside, clause by clause. Minutes of step 2 and notes
   beside visits that the clause *counts* are used first, each minute for one
   clause only (notes where those beside a visit are as long as its least block);
   what is lacking becomes patient management (or the first activity it counts).
4. Urgent openings, group sessions and intakes are placed: the full-time number
   times FTE, rounded half up. If they do not fit, intakes give way first, then
   groups, then urgent openings, and the ledger says so in ``shortfalls``.
5. Returns fill the rest, under the daily and weekly caps. A visit takes its
   minutes, the notes and buffer beside it, and what lacks to the quarter hour on
   which the next opening starts.
6. Paid rests are taken in buffers that may hold them, else they take paid time of
   their own.
7. Minutes left (less than one visit, or free because a cap binds) are patient
   management, on a line of their own that is not ``assigned``.

All numbers are integer minutes a week. Nothing is lost: paid lines add up to the
paid minutes. The meal stands as an unpaid line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from caretime.errors import PlanError
from caretime.model.terms import Contract
from caretime.rules import _week_sum
from caretime.rules.duties import DUTY_SOURCES, NO_DUTIES, check_duties
from caretime.rules.week_terms import (
    MEAL_AFTER,
    VisitSlot,
    WeekTerms,
    clauses_on,
    effective_day,
    round_half_up,
    week_terms,
)
from caretime.tables import rows

ALWAYS_OPEN_DAYS = 366
"""Release of intake openings that are not reserved: open to returns at once."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """
    Minutes of one activity, and the clauses that set or count them.

    Parameters
    ----------
    protected
        A protected-hours clause counts these minutes.
    bookable
        They may be turned into visits when the clause's trigger holds.
    assigned
        False for minutes left over by caps or by less than one visit.
    """

    activity: str
    minutes: int
    clause_ids: tuple[str, ...] = ()
    protected: bool = False
    bookable: bool = False
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class Openings:
    """Openings a week by visit type."""

    intake: int = 0
    return_: int = 0
    group: int = 0
    urgent: int = 0

    @property
    def total(self) -> int:
        """All openings."""
        return self.intake + self.return_ + self.group + self.urgent


@dataclass(frozen=True, slots=True)
class Ledger:
    """
    One clinician's week under a contract, in integer minutes.

    Parameters
    ----------
    lines
        In the order of ``tables/activities.csv``; the meal is unpaid, the others
        add up to ``paid_minutes``.
    openings
        Openings a week; ``*_minutes`` are the minutes with the patient.
    daily_cap, weekly_cap, caseload_cap
        Patients; the weekly and the caseload cap are prorated. A group session
        counts as ``group_credit`` patients.
    urgent_release_days, intake_release_days
        Business days before the day on which unused openings go to returns;
        ``ALWAYS_OPEN_DAYS`` where intakes have no openings of their own.
    bookable_minutes, bookable_trigger
        Protected minutes that may be booked, and when.
    notes_minutes_per_visit
        Minutes the contract sets beside a return for its notes, if any.
    days, start, latest, meal_minutes, rest_minutes, minimum_block_minutes
        What the even week needs besides: working days, minutes from midnight of
        the earliest start and the latest end, lengths.
    visits
        What stands beside each type of visit, and its ``slot``: minutes on the
        book from one start to the next, a multiple of 15.
    shortfalls
        Sentences about terms of the contract that the week cannot hold.
    """

    contract_id: str
    license_code: str
    fte: float
    on: date
    paid_minutes: int
    lines: tuple[LedgerLine, ...]
    openings: Openings
    intake_minutes: int
    return_minutes: int
    group_minutes: int
    urgent_minutes: int
    daily_cap: int | None
    weekly_cap: int | None
    caseload_cap: int | None
    urgent_release_days: int
    intake_release_days: int
    bookable_minutes: int
    bookable_trigger: str
    notes_minutes_per_visit: int | None
    group_credit: int = 1
    group_seats: int = 0
    days: int = 5
    start: int = 8 * 60
    latest: int = 20 * 60
    meal_minutes: int = 30
    rest_minutes: int = 10
    minimum_block_minutes: int = 15
    visits: Mapping[str, VisitSlot] = field(default_factory=dict)
    shortfalls: tuple[str, ...] = ()

    def minutes_of(self, *activities: str) -> int:
        """Add up the minutes of any of the activities."""
        return sum(line.minutes for line in self.lines if line.activity in activities)

    @property
    def notes_capacity_minutes(self) -> int:
        """Paid minutes in which notes and patient management can be done."""
        return self.minutes_of("notes", "patient_management", "buffer")

    @property
    def unassigned_minutes(self) -> int:
        """Minutes left over by caps or by less than one visit."""
        return sum(line.minutes for line in self.lines if not line.assigned)


def week_ledger(
    contract: Contract,
    *,
    license_code: str = "LCSW",
    fte: float = 1.0,
    on: date | None = None,
    ages: Sequence[str] = ("adult",),
    leads_groups: bool = False,
    duties: Mapping[str, int] = NO_DUTIES,
) -> Ledger:
    """
    Return one clinician's week under the clauses in force on a day.

    Parameters
    ----------
    license_code
        Chooses the clauses by whom they cover, and the return length where no
        clause gives one (30 minutes for prescribers, 50 for others).
    fte
        Share of a full-time post, above 0 up to 1.
    on
        The day; the contract's first day where ``None`` or earlier.
    ages
        Age groups served: an opening must hold the longest of their visits.
    leads_groups
        Whether clauses for group leaders hold.
    duties
        Weekly minutes by activity owed beyond the clauses (``duties.duties_of``);
        their lines name no clause but what they are for, ``supervision given``.

    Raises
    ------
    ValueError
        If the license is unknown, ``fte`` is not in (0, 1], or a duty is negative
        or of an activity that cannot be one.
    PlanError
        If the contract has ended, or its activities, protected hours and rests
        need more than the paid hours.

    Examples
    --------
    >>> from datetime import date
    >>> from caretime.rules.clause_kinds import make_clause
    >>> contract = Contract("c", "C", date(2025, 1, 1), "assumption", "made up", (
    ...     make_clause("PMT", "protected_hours", hours_per_week=5),
    ...     make_clause("M", "activity_hours", activity="meeting", hours_per_week=3)))
    >>> ledger = week_ledger(contract)
    >>> ledger.openings.return_, ledger.minutes_of("patient_management")
    (32, 300)
    """
    _check_who(license_code, fte)
    check_duties(duties)
    clauses = clauses_on(contract, on, license_code=license_code)
    terms = week_terms(
        clauses,
        license_code=license_code,
        fte=fte,
        ages=ages,
        leads_groups=leads_groups,
    )
    terms = replace(terms, activities=terms.activities + _owed(duties))
    counts, stop = _week_sum.fill(terms, fte)
    total = _week_sum.add_up(terms, fte, counts)
    if total.minutes > terms.paid:
        raise PlanError(
            f"{contract.contract_id}: activities, protected hours and rests of a "
            f"{license_code} at {fte:g} FTE take {total.minutes} minutes, "
            f"{terms.paid} are paid"
        )
    return Ledger(
        contract_id=contract.contract_id,
        license_code=license_code,
        fte=fte,
        on=effective_day(contract, on),
        paid_minutes=terms.paid,
        lines=_lines(terms, total, stop),
        openings=Openings(
            intake=counts["intake"],
            return_=counts["return"],
            group=counts["group"],
            urgent=counts["urgent"],
        ),
        bookable_minutes=sum(p.minutes for p in total.parts if p.bookable),
        bookable_trigger=total.trigger,
        minimum_block_minutes=max(
            (c["minimum_block_minutes"] for c in terms.protected), default=15
        ),
        shortfalls=stop.shortfalls,
        **_lengths(terms),
        **_caps(terms, fte),
        **_releases(terms),
    )


def _owed(duties: Mapping[str, int]) -> tuple[tuple[str, int, str], ...]:
    order = _activity_order()
    return tuple(
        (activity, duties[activity], DUTY_SOURCES.get(activity, "duty"))
        for activity in sorted(duties, key=order.__getitem__)
    )


@cache
def _licenses() -> frozenset[str]:
    return frozenset(row["license"] for row in rows("licenses"))


@cache
def _activity_order() -> dict[str, int]:
    return {row["activity"]: index for index, row in enumerate(rows("activities"))}


def _check_who(license_code: str, fte: float) -> None:
    if license_code not in _licenses():
        raise ValueError(f"unknown license {license_code!r}")
    if not 0 < fte <= 1:
        raise ValueError(f"fte must be above 0 and at most 1, got {fte}")


def _lines(
    terms: WeekTerms, total: _week_sum.Total, stop: _week_sum.Stop
) -> tuple[LedgerLine, ...]:
    lines = [
        LedgerLine(p.activity, p.minutes, p.clause_ids, p.protected, p.bookable)
        for p in total.parts
        if p.minutes
    ]
    if left := terms.paid - total.minutes:
        lines.append(
            LedgerLine("patient_management", left, stop.clause_ids, assigned=False)
        )
    order = _activity_order()
    return tuple(sorted(lines + _meal(terms), key=lambda line: order[line.activity]))


def _meal(terms: WeekTerms) -> list[LedgerLine]:
    if terms.meal is None or terms.paid / terms.days <= MEAL_AFTER:
        return []
    minutes = terms.meal["minutes"] * terms.days
    return [LedgerLine("meal", minutes, (terms.meal.clause_id,))]


def _lengths(terms: WeekTerms) -> dict[str, Any]:
    returns = terms.visits["return"]
    return {
        **{f"{kind}_minutes": slot.minutes for kind, slot in terms.visits.items()},
        "visits": terms.visits,
        "notes_minutes_per_visit": returns.notes if returns.notes_ids else None,
        "days": terms.days,
        "start": terms.start,
        "latest": terms.latest,
        # Without a clause the law's thirty minutes hold (facts 2.5).
        "meal_minutes": terms.meal["minutes"] if terms.meal else 30,
        "rest_minutes": terms.rest.minutes,
    }


def _caps(terms: WeekTerms, fte: float) -> dict[str, Any]:
    caps = terms.daily_caps + terms.weekly_caps
    daily = [c["patients"] for c in terms.daily_caps]
    weekly = [round_half_up(c["patients"] * fte) for c in terms.weekly_caps]
    return {
        "daily_cap": min(daily, default=None),
        "weekly_cap": min(weekly, default=None),
        "caseload_cap": terms.caseload_cap,
        "group_credit": max((c["group_credit"] for c in caps), default=1),
        "group_seats": terms.groups["seats"] if terms.groups else 0,
    }


def _releases(terms: WeekTerms) -> dict[str, Any]:
    mix = terms.intake_mix
    reserved = mix["release_days"] if mix and mix["carve_out"] else ALWAYS_OPEN_DAYS
    return {
        "intake_release_days": reserved,
        "urgent_release_days": terms.urgent["release_days"] if terms.urgent else 0,
    }
