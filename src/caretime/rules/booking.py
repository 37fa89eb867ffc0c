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
    "reserved_group",
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
    unjudged. ``miles`` from home to the place of care, ``None`` likewise.
    """

    visit_type: str
    start: datetime
    minutes: int
    telehealth_consent: bool = True
    miles: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    One reason why a visit may not be booked.

    Parameters
    ----------
    reason
        From ``REASONS``.
    clause_id
        The clause it would break, or the law as violations name it; empty where
        no clause is to blame.
    text
        What would be broken, in figures; empty where the reason says it all.
    """

    reason: str
    clause_id: str = ""
    text: str = ""


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
    found = refusals(visit, need, week, contract, calendar, now=now)
    reasons = tuple(dict.fromkeys(refusal.reason for refusal in found))
    return Verdict(not reasons, reasons)


def refusals(
    visit: Visit,
    need: Need,
    week: BookedWeek,
    contract: Contract,
    calendar: Calendar,
    *,
    now: datetime,
) -> tuple[Refusal, ...]:
    """
    Return what `may_book` refuses a visit for, each reason with its clause.

    Empty where the visit may be booked. Arguments, order and errors are those of
    `may_book`; a reason stands once for each clause that gives it.
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
        miles=visit.miles,
        telehealth_consent=visit.telehealth_consent,
    )
    found = [Refusal(reason) for reason in verdict.reasons]
    found += _opening_refusals(
        block,
        week,
        clauses,
        who,
        lambda release_days: is_released(day, today, release_days, calendar),
    )
    if visit.start <= now:
        found.append(Refusal("in_the_past"))
    if visit.visit_type == "intake":
        found += _over_caseload(week.caseload, clauses, who)
    found += _added_breaches(block, week, clauses, who)
    return tuple(sorted(found, key=lambda refusal: REASONS.index(refusal.reason)))


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


def _opening_refusals(
    block: Block,
    week: BookedWeek,
    clauses: Sequence[Clause],
    who: Circumstances,
    is_free: Callable[[int], bool],
) -> list[Refusal]:
    """Say why the visit has no opening of its kind that nobody has taken."""
    found = []
    span = (block.start, block.end)
    if any(intersect(span, (b.start, b.end)) for b in week.booked):
        found.append(Refusal("already_booked"))
    around = {
        opening.activity
        for opening in (*week.openings, *_released_blocks(week, clauses, who))
        if opening.start <= block.start and block.end <= opening.end
    }
    fitting = {block.activity, *_LETS_IN.get(block.activity, ()), _PROTECTED}
    if around & fitting:
        return found
    if not around or block.activity != "return":
        return [*found, Refusal("no_opening")]
    for kind in sorted(around):
        clause = _reserving(kind, clauses)
        if not is_free(_release_days(kind, clause)):
            clause_id = clause.clause_id if clause else ""
            found.append(Refusal(f"reserved_{kind}", clause_id))
    return found


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


def _reserving(kind: str, clauses: Sequence[Clause]) -> Clause | None:
    """Return the clause that reserves openings of this kind."""
    clause_kind = _RESERVED_BY.get(kind)
    return next((c for c in reversed(clauses) if c.kind == clause_kind), None)


_RESERVED_BY = {"intake": "intake_mix", "urgent": "urgent_reserve"}


def _release_days(kind: str, clause: Clause | None) -> int:
    """Return how many business days ahead an opening of this kind is released."""
    if clause is None:
        # Openings that no clause reserves are open to returns at once; a group's
        # are not.
        return ALWAYS_OPEN_DAYS if kind in _RESERVED_BY else -1
    if clause.terms.get("carve_out") is False:
        return ALWAYS_OPEN_DAYS
    return int(clause["release_days"])


def _over_caseload(
    caseload: int | None, clauses: Sequence[Clause], who: Circumstances
) -> Iterator[Refusal]:
    """Yield the caseload caps that one more patient would be above."""
    for clause in clauses:
        if caseload is not None and clause.kind == "caseload_cap":
            for violation in over_caseload_cap(caseload + 1, clause, fte=who.fte):
                yield Refusal("caseload_cap", clause.clause_id, violation.message)


def _added_breaches(
    block: Block, week: BookedWeek, clauses: Sequence[Clause], who: Circumstances
) -> Iterator[Refusal]:
    """Yield the breaches that the visit adds or makes worse."""
    standing = (*week.other, *week.booked)
    before = _excess(_breaches(standing, clauses, who))
    after = _breaches((*standing, block), clauses, who)
    for (clause_id, kind, where), excess in _excess(after).items():
        if excess > before.get((clause_id, kind, where), 0):
            text = next(
                v.message
                for v in after
                if (v.clause_id, v.kind, v.where) == (clause_id, kind, where)
            )
            yield Refusal(kind, clause_id, text)


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
