"""What the clauses in force on a day say about one clinician's week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, floor

from caretime.errors import PlanError
from caretime.model.terms import Clause, Contract, covers

GRID = 15
"""Openings start on a quarter hour."""

MEAL_AFTER = 5 * 60
"""A longer day has a meal that begins by then (Labor Code 512; facts 2.5 [C])."""

RETURN_MINUTES = {"PMHNP": 30, "PSYCHIATRIST": 30}
"""Where no clause gives the return length; 50 for all others (facts 1.1, 2.7)."""


@dataclass(frozen=True, slots=True)
class VisitSlot:
    """
    One kind of visit on the book: minutes with the patient and beside it.

    ``pad`` fills up to the quarter hour on which the next opening starts;
    ``holds_rest`` says whether a paid rest fits into buffer and pad.
    """

    minutes: int
    notes: int = 0
    buffer: int = 0
    pad: int = 0
    holds_rest: bool = False
    clause_ids: tuple[str, ...] = ()
    buffer_ids: tuple[str, ...] = ()
    notes_ids: tuple[str, ...] = ()

    @property
    def slot(self) -> int:
        """Minutes from one start to the next."""
        return self.minutes + self.notes + self.buffer + self.pad


@dataclass(frozen=True, slots=True)
class RestRule:
    """Paid rests of a day: so many minutes for each stretch or major fraction."""

    minutes: int
    per_minutes: int
    none_below: int
    clause_ids: tuple[str, ...]

    def rests(self, day_minutes: float) -> int:
        """
        Return the rests a day of work earns.

        >>> rule = RestRule(10, 240, 210, ())
        >>> [rule.rests(hours * 60) for hours in (3, 3.5, 6, 6.5, 8, 10.5)]
        [0, 1, 1, 2, 2, 3]
        """
        if day_minutes < self.none_below or self.minutes == 0:
            return 0
        whole, rest = divmod(day_minutes, self.per_minutes)
        return max(1, int(whole) + (rest > self.per_minutes / 2))


@dataclass(frozen=True, slots=True)
class WeekTerms:
    """The numbers of one week before the arithmetic; minutes are weekly."""

    paid: int
    days: int
    start: int
    latest: int
    meal: Clause | None
    rest: RestRule
    visits: dict[str, VisitSlot]
    activities: tuple[tuple[str, int, str], ...]  # activity, minutes, clause id
    protected: tuple[Clause, ...]
    intake_mix: Clause | None
    urgent: Clause | None
    groups: Clause | None
    daily_caps: tuple[Clause, ...]
    weekly_caps: tuple[Clause, ...]
    caseload_cap: int | None


def round_half_up(number: float) -> int:
    """
    Round to the nearest whole number, halves up, the same on every machine.

    >>> round_half_up(2.5), round_half_up(82.5), round_half_up(-0.4)
    (3, 83, 0)
    """
    # Products such as 0.7 x 150 fall a hair short of the half they mean.
    return floor(number + 0.5 + 1e-9)


def clause_minutes(clause: Clause, fte: float) -> int:
    """Return the weekly minutes an ``activity_hours`` clause gives its activity."""
    share = fte if clause["base"] == "full_time" else 1.0
    return round_half_up(clause["hours_per_week"] * 60 * share)


def clauses_on(
    contract: Contract, on: date | None = None, *, license_code: str | None = None
) -> tuple[Clause, ...]:
    """
    Return the clauses in force on a day, phase-ins applied, in file order.

    Parameters
    ----------
    on
        The day. ``None``, or a day before the contract begins, is read as its
        first day: a proposal compared on earlier dates is compared as it would
        begin. Dates of raises, hiring and phase-in steps stay as they are.
    license_code
        Only the clauses that cover this license; all where ``None``.

    Raises
    ------
    PlanError
        If the contract has ended before the day.
    """
    day = effective_day(contract, on)
    if contract.until is not None and day > contract.until:
        raise PlanError(
            f"{contract.contract_id} ended on {contract.until}; "
            f"no clause is in force on {day}"
        )
    clauses = list(contract.in_force(day))
    phases = [clause for clause in clauses if clause.kind == "phase_in"]
    return tuple(
        _phased(clause, phases, day)
        for clause in clauses
        if license_code is None or covers(clause, license_code)
    )


def effective_day(contract: Contract, on: date | None) -> date:
    """Return the day itself, or the contract's first day if that is later."""
    return contract.effective if on is None else max(on, contract.effective)


def week_terms(
    clauses: Sequence[Clause],
    *,
    license_code: str,
    fte: float,
    ages: Sequence[str],
    leads_groups: bool,
) -> WeekTerms:
    """
    Read the clauses into the numbers of one clinician's week.

    Where a kind can hold only once (work week, meal, rest, intake mix, urgent
    reserve, groups), the later clause of the file holds. Caps hold together: the
    smallest binds. Hours of activities and protected hours add up.
    """
    week = _last(clauses, "work_week")
    hours = week["hours"] if week else 40.0
    full_days = week["days"] if week else 5
    groups = _last(clauses, "groups")
    if groups and groups["leaders_only"] and not leads_groups:
        groups = None
    rest = _rest_rule(clauses)
    urgent = _last(clauses, "urgent_reserve")
    visits = {
        kind: _visit_slot(clauses, kind, license_code, ages, rest.minutes)
        for kind in ("intake", "return", "group")
    }
    visits["urgent"] = visits["return"]
    own_length = any(
        c.kind == "visit_length" and c["visit_type"] == "urgent" for c in clauses
    )
    if own_length or (urgent and urgent["minutes"]):
        visits["urgent"] = _urgent_slot(clauses, urgent, license_code, ages, rest)
    if groups:
        visits["group"] = _visit_slot(
            clauses, "group", license_code, ages, rest.minutes, groups
        )
    return WeekTerms(
        paid=round_half_up(hours * 60 * fte),
        days=max(1, ceil(fte * full_days - 1e-9)),
        start=week["start"] if week else 8 * 60,
        latest=week["latest"] if week else 20 * 60,
        meal=_last(clauses, "meal"),
        rest=rest,
        visits=visits,
        activities=tuple(_activities(clauses, fte, groups)),
        protected=tuple(
            c
            for c in clauses
            if c.kind == "protected_hours" and (fte >= 1 or not c["full_time_only"])
        ),
        intake_mix=_last(clauses, "intake_mix"),
        urgent=urgent,
        groups=groups,
        daily_caps=tuple(c for c in clauses if c.kind == "visit_cap_daily"),
        weekly_caps=tuple(c for c in clauses if c.kind == "visit_cap_weekly"),
        caseload_cap=_caseload_cap(clauses, fte),
    )


def _phased(clause: Clause, phases: Iterable[Clause], day: date) -> Clause:
    terms = dict(clause.terms)
    for phase in phases:
        if phase["clause"] != clause.clause_id:
            continue
        for on, value in phase["steps"]:
            if on <= day:
                terms[phase["field"]] = value
    return replace(clause, terms=terms)


def _last(clauses: Sequence[Clause], kind: str) -> Clause | None:
    return next((c for c in reversed(clauses) if c.kind == kind), None)


def _rest_rule(clauses: Sequence[Clause]) -> RestRule:
    rest = _last(clauses, "rest")
    if rest is None:
        return RestRule(0, 240, 210, ())
    return RestRule(
        minutes=rest["minutes"],
        per_minutes=round_half_up(rest["per_hours"] * 60),
        none_below=round_half_up(rest["none_below_hours"] * 60),
        clause_ids=(rest.clause_id,),
    )


def _activities(
    clauses: Sequence[Clause], fte: float, groups: Clause | None
) -> Iterable[tuple[str, int, str]]:
    for clause in clauses:
        if clause.kind == "activity_hours":
            yield clause["activity"], clause_minutes(clause, fte), clause.clause_id
    if groups and groups["preparation_minutes"]:
        sessions = round_half_up(groups["sessions_per_week"] * fte)
        minutes = sessions * groups["preparation_minutes"]
        yield "group_preparation", minutes, groups.clause_id


def _caseload_cap(clauses: Sequence[Clause], fte: float) -> int | None:
    caps = [c["patients"] for c in clauses if c.kind == "caseload_cap"]
    return round_half_up(min(caps) * fte) if caps else None


def _urgent_slot(
    clauses: Sequence[Clause],
    urgent: Clause | None,
    license_code: str,
    ages: Sequence[str],
    rest: RestRule,
) -> VisitSlot:
    length = urgent if urgent and urgent["minutes"] else None
    return _visit_slot(clauses, "urgent", license_code, ages, rest.minutes, length)


def _visit_slot(
    clauses: Sequence[Clause],
    visit_type: str,
    license_code: str,
    ages: Sequence[str],
    rest_minutes: int,
    length_clause: Clause | None = None,
) -> VisitSlot:
    if length_clause is None:
        minutes, length_ids = _length(clauses, visit_type, license_code, ages)
    else:
        minutes, length_ids = length_clause["minutes"], (length_clause.clause_id,)
    # An urgent return is a return: what stands beside a return stands beside it.
    named = {"all", visit_type} | ({"return"} if visit_type == "urgent" else set())
    beside = [
        c
        for c in clauses
        if c.kind in ("notes_per_visit", "buffer") and c["visit_type"] in named
    ]
    notes = [c for c in beside if c.kind == "notes_per_visit"]
    buffers = [c for c in beside if c.kind == "buffer"]
    note_minutes = sum(c["minutes"] for c in notes)
    buffer_minutes = sum(c["minutes"] for c in buffers)
    pad = -(minutes + note_minutes + buffer_minutes) % GRID
    free = pad + sum(c["minutes"] for c in buffers if c["holds_rest"])
    return VisitSlot(
        minutes=minutes,
        notes=note_minutes,
        buffer=buffer_minutes,
        pad=pad,
        holds_rest=0 < rest_minutes <= free,
        clause_ids=length_ids,
        buffer_ids=tuple(c.clause_id for c in buffers),
        notes_ids=tuple(c.clause_id for c in notes),
    )


def _length(
    clauses: Sequence[Clause], visit_type: str, license_code: str, ages: Sequence[str]
) -> tuple[int, tuple[str, ...]]:
    """Return the longest length over the ages served, and the clauses giving it."""
    fallback = {
        "intake": 60,
        "group": 90,
        "return": RETURN_MINUTES.get(license_code, 50),
        "urgent": RETURN_MINUTES.get(license_code, 50),
    }[visit_type]
    found: dict[str, Clause] = {}
    for clause in clauses:
        if clause.kind == "visit_length" and clause["visit_type"] == visit_type:
            found.update(dict.fromkeys(clause["ages"], clause))
    lengths = {age: found[age]["minutes"] if age in found else fallback for age in ages}
    longest = max(lengths.values(), default=fallback)
    holding = (a for a, minutes in lengths.items() if minutes == longest and a in found)
    return longest, tuple(dict.fromkeys(found[age].clause_id for age in holding))
