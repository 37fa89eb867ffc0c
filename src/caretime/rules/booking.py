"""The guard of a booking: what it would break on a clinician's week."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from caretime.model.calendar import Calendar
from caretime.model.outcome import Verdict
from caretime.model.people import Clinician, Need
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block
from caretime.rules import eligibility
from caretime.rules.breaches import Violations
from caretime.rules.caps import is_released, over_caseload_cap
from caretime.rules.check import (
    BOOKED_KINDS,
    Circumstances,
    broken_clauses,
    broken_law,
)
from caretime.rules.ledger import ALWAYS_OPEN_DAYS
from caretime.rules.protected_time import released_minutes
from caretime.rules.spans import intersect
from caretime.rules.week_terms import clauses_on

REASONS = (
    *eligibility.REASONS,
    "in_the_past",
    "no_opening",
    "already_booked",
    "reserved_intake",
    "reserved_urgent",
    "caseload_cap",
    "protected_hours",
    "meal",
    "rest",
    "buffer",
    "visit_cap_daily",
    "visit_cap_weekly",
    "visit_length",
)
"""Every reason a booking is refused, in the order a verdict lists them."""


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A visit somebody wants to book.

    ``telehealth_consent`` is what the patient's record says; ``True`` leaves it
    unjudged.
    """

    visit_type: str
    start: datetime
    minutes: int
    telehealth_consent: bool = True


@dataclass(frozen=True, slots=True)
class BookedWeek:
    """
    One clinician's dated week as it stands.

    Parameters
    ----------
    clinician, supervisor
        Whose week it is, and an associate's supervisor where present.
    monday
        First day of the week.
    openings
        Blocks on which visits may be booked, as the template has them.
    other
        Everything else of the template: protected time, meals, meetings.
    booked
        Visits already booked.
    caseload
        Patients in treatment, ``None`` leaves the cap unjudged.
    triggered
        Conditions that make bookable time bookable.
    """

    clinician: Clinician
    monday: date
    openings: tuple[Block, ...]
    other: tuple[Block, ...] = ()
    booked: tuple[Block, ...] = ()
    caseload: int | None = None
    triggered: frozenset[str] = frozenset()
    supervisor: Clinician | None = None

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"{self.monday} is not a Monday")


def may_book(
    visit: Visit,
    need: Need,
    week: BookedWeek,
    contract: Contract,
    calendar: Calendar,
    *,
    now: datetime,
) -> Verdict:
    """
    Say whether a visit may be booked, and every reason why not.

    A booking is refused for what it would break and not for what is broken already:
    the week is judged with and without the visit by the functions that judge
    rosters, and only breaches it adds, or makes worse, count.

    Parameters
    ----------
    week
        The week in which the visit starts.
    now
        When the booking is asked for; decides whether reserved openings are free.

    Returns
    -------
    Verdict
        Reasons from ``REASONS``.

    Raises
    ------
    ValueError
        If the visit starts outside the week.

    Notes
    -----
    A visit must lie within an opening. An intake opening takes intakes, an urgent
    one urgent returns, and either takes a return once it is released; a return
    opening takes returns and urgent returns. A new patient is refused at the
    caseload cap, a patient in treatment never is. Two bookings at once are kept
    apart by the database, not here.
    """
    clinician = week.clinician
    block = block_of(visit, week, calendar)
    day = week.monday + timedelta(days=block.day)
    today = now.astimezone(calendar.zone).date()
    clauses = clauses_on(contract, day, license_code=clinician.license)
    who = Circumstances(
        clinician.clinician_id,
        clinician.license,
        clinician.fte,
        clinician.leads_groups,
        week.triggered,
        ages=(need.age_group,),
    )
    verdict = eligibility.may_treat(
        clinician,
        need,
        supervisor=week.supervisor,
        telehealth_consent=visit.telehealth_consent,
    )
    reasons = set(verdict.reasons)
    reasons |= _opening_reasons(
        block,
        week,
        clauses,
        who,
        lambda release_days: is_released(day, today, release_days, calendar),
    )
    if visit.start <= now:
        reasons.add("in_the_past")
    if visit.visit_type == "intake" and _is_full(week.caseload, clauses, who):
        reasons.add("caseload_cap")
    reasons |= _added_breaches(block, week, clauses, who)
    ordered = tuple(reason for reason in REASONS if reason in reasons)
    return Verdict(not ordered, ordered)


def block_of(visit: Visit, week: BookedWeek, calendar: Calendar) -> Block:
    """
    Return the visit as a block of the week, in local wall-clock time.

    Raises
    ------
    ValueError
        If the visit starts outside the week, or crosses midnight.
    """
    local = visit.start.astimezone(calendar.zone)
    days = (local.date() - week.monday).days
    if not 0 <= days < 7:
        raise ValueError(f"{local} is not in the week of {week.monday}")
    # Wall-clock minutes, as templates count them, on the two odd days as well.
    start = days * 24 * 60 + local.hour * 60 + local.minute
    return Block(start, visit.minutes, visit.visit_type)


def _opening_reasons(
    block: Block,
    week: BookedWeek,
    clauses: Sequence[Clause],
    who: Circumstances,
    is_free: Callable[[int], bool],
) -> set[str]:
    """Say why the visit has no opening of its kind that nobody has taken."""
    reasons = set()
    span = (block.start, block.end)
    if any(intersect(span, (b.start, b.end)) for b in week.booked):
        reasons.add("already_booked")
    around = {
        opening.activity
        for opening in (*week.openings, *_released_blocks(week, clauses, who))
        if opening.start <= block.start and block.end <= opening.end
    }
    fitting = {block.activity, *_LETS_IN.get(block.activity, ()), _PROTECTED}
    if around & fitting:
        return reasons
    if not around or block.activity != "return":
        return reasons | {"no_opening"}
    return reasons | {
        f"reserved_{kind}"
        for kind in around
        if not is_free(_release_days(kind, clauses))
    }


_LETS_IN = {"urgent": ("return",)}
"""Openings that take a visit of another type: an urgent return is a return."""

_PROTECTED = "protected"
"""Stands for protected blocks that a trigger lets go."""


def _released_blocks(
    week: BookedWeek, clauses: Sequence[Clause], who: Circumstances
) -> Iterator[Block]:
    """Yield the protected blocks of clauses whose trigger holds."""
    for clause in clauses:
        if clause.kind == "protected_hours" and released_minutes(
            clause, fte=who.fte, triggered=who.triggered
        ):
            for block in week.other:
                if block.activity in clause["counts"]:
                    yield replace(block, activity=_PROTECTED)


def _release_days(kind: str, clauses: Sequence[Clause]) -> int:
    """Return how many business days ahead an opening of this kind is released."""
    clause_kind = {"intake": "intake_mix", "urgent": "urgent_reserve"}.get(kind)
    for clause in reversed(clauses):
        if clause.kind == clause_kind:
            if clause.terms.get("carve_out") is False:
                return ALWAYS_OPEN_DAYS
            return int(clause["release_days"])
    # Openings that no clause reserves are open to returns at once; a group's are not.
    return ALWAYS_OPEN_DAYS if clause_kind else -1


def _is_full(
    caseload: int | None, clauses: Sequence[Clause], who: Circumstances
) -> bool:
    """Say whether one more patient would be above the caseload cap."""
    return caseload is not None and any(
        over_caseload_cap(caseload + 1, clause, fte=who.fte)
        for clause in clauses
        if clause.kind == "caseload_cap"
    )


def _added_breaches(
    block: Block, week: BookedWeek, clauses: Sequence[Clause], who: Circumstances
) -> set[str]:
    """Return the kinds of breach that the visit adds or makes worse."""
    standing = (*week.other, *week.booked)
    before = _excess(_breaches(standing, clauses, who))
    after = _excess(_breaches((*standing, block), clauses, who))
    return {key[1] for key, excess in after.items() if excess > before.get(key, 0)}


def _breaches(
    blocks: Sequence[Block], clauses: Sequence[Clause], who: Circumstances
) -> Violations:
    return broken_clauses(blocks, clauses, who, kinds=BOOKED_KINDS) + broken_law(
        blocks, clauses, who
    )


def _excess(violations: Violations) -> dict[tuple[str, str, str], int]:
    """Return how far each breach goes, by clause, kind and place."""
    return {
        (v.clause_id, v.kind, v.where): abs(v.observed - v.limit) for v in violations
    }
