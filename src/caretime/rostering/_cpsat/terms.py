"""What one clinician's week is asked: clauses, laws and stated facts, each apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.rules.duties import duties_of, journeys
from caretime.rules.labor import is_covered, meal_rules, rest_rule
from caretime.rules.week_terms import GRID, VisitSlot, round_half_up, week_terms

WEEK_KINDS = frozenset(
    {"protected_hours", "activity_hours", "notes_per_visit", "buffer", "visit_length"}
    | {"visit_cap_daily", "visit_cap_weekly", "intake_mix", "urgent_reserve"}
    | {"groups", "meal", "rest", "work_week"}
)
"""Kinds that say something about a week; pay, staffing and caseload do not."""

DEFAULT_WEEK = "work_week"
"""Name of the week that stands where no clause gives one: 40 hours on 5 days."""

LONGEST_DAY = "longest_day"
"""Name of the fact that one day holds at most ten hours of work."""

Span = tuple[int, int, int]
"""Weekday, start and end in minutes from midnight."""


@dataclass(frozen=True, slots=True)
class FixedGroup:
    """A group of ``groups.csv`` that the clinician leads."""

    group_id: str
    weekday: int
    start: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Situation:
    """
    Whose week it is, and what is stated beside the contract.

    Two clinicians with equal situations have the same legal weeks.

    Parameters
    ----------
    opens, closes
        Of the clinic in minutes from midnight; ``None`` leaves them open.
    telehealth_share
        Share of the working days spent away from the clinic; its opening hours do
        not bind on them.
    stated
        Spans whose place is stated; ``None`` where none is.
    travel
        Stated spans of travel between two clinics.
    meetings
        Team meetings with a fixed time.
    duties
        Activity and weekly minutes owed beyond the clauses.
    """

    license_code: str = "LCSW"
    fte: float = 1.0
    ages: tuple[str, ...] = ("adult",)
    leads_groups: bool = False
    opens: int | None = None
    closes: int | None = None
    telehealth_share: float = 0.0
    stated: tuple[Span, ...] | None = None
    unavailable: tuple[Span, ...] = ()
    groups: tuple[FixedGroup, ...] = ()
    travel: tuple[Span, ...] = ()
    meetings: tuple[Span, ...] = ()
    duties: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """
    One thing that may be held or let go: a clause, a law or a stated fact.

    Parameters
    ----------
    name
        Clause id, rule id of the law, or the table of the fact.
    clause
        The clause, ``None`` for laws and facts.
    span
        The row of the fact, where it has one.
    """

    name: str
    clause: Clause | None = None
    span: Span | None = None
    group: FixedGroup | None = None

    @property
    def is_law(self) -> bool:
        """Whether it is a rule of the law."""
        return self.clause is None and self.name.startswith("ca-")


def situation_of(
    system: CareSystem, contract: Contract, clinician: Clinician, on: date
) -> Situation:
    """Read what the system's tables state about one clinician's week."""
    who = clinician.clinician_id
    clinic = next(c for c in system.clinics if c.clinic_id == clinician.clinic_id)
    groups = [g for g in system.groups if g.leader_id == who]
    places = [p for p in system.work_places if p.clinician_id == who]
    return Situation(
        license_code=clinician.license,
        fte=clinician.fte,
        ages=clinician.ages,
        leads_groups=clinician.leads_groups and bool(groups),
        opens=clinic.opens,
        closes=clinic.closes,
        telehealth_share=clinician.telehealth_share,
        stated=tuple((p.weekday, p.start, p.end) for p in places) or None,
        unavailable=tuple(
            sorted(
                (row.weekday, row.start, row.end)
                for row in system.unavailable
                if row.clinician_id == who
            )
        ),
        groups=tuple(
            FixedGroup(g.group_id, g.weekday, g.start, g.minutes) for g in groups
        ),
        travel=tuple(
            (to.weekday, to.start - to.travel_minutes, to.start)
            for _, to in journeys(places)
            if to.travel_minutes
        ),
        meetings=tuple(
            (m.weekday, m.start, m.start + m.minutes)
            for m in system.team_meetings
            if m.clinic_id == clinician.clinic_id
            and m.weekday is not None
            and m.start is not None
        ),
        duties=tuple(sorted(duties_of(system, contract, clinician, on).items())),
    )


def guards_of(clauses: Sequence[Clause], who: Situation) -> tuple[Guard, ...]:
    """Return all that binds the week: clauses in file order, law, then facts."""
    guards = [Guard(c.clause_id, c) for c in clauses if _binds(c, who)]
    if not any(c.kind == "work_week" for c in clauses):
        guards.append(Guard(DEFAULT_WEEK))
    if is_covered(who.license_code):
        guards.append(Guard(meal_rules()[0].rule_id))
        guards.append(Guard(rest_rule().clause_ids[0]))
    guards.append(Guard(LONGEST_DAY))
    if who.opens is not None and who.closes is not None:
        guards.append(Guard("opens", span=(0, who.opens, who.closes)))
    guards += [Guard("unavailable", span=span) for span in who.unavailable]
    guards += [Guard("groups", group=group) for group in who.groups]
    guards += [Guard("work_places", span=span) for span in who.travel]
    guards += [Guard("team_meetings", span=span) for span in who.meetings]
    if who.duties:
        guards.append(Guard("duties"))
    return tuple(guards)


def _binds(clause: Clause, who: Situation) -> bool:
    if clause.kind == "groups":
        return who.leads_groups or not clause["leaders_only"]
    if clause.kind == "protected_hours":
        return who.fte >= 1 or not clause["full_time_only"]
    return clause.kind in WEEK_KINDS


@dataclass(frozen=True, slots=True)
class VisitForm:
    """
    A shape in which visits of a type may stand on the book.

    Parameters
    ----------
    quarters
        Quarter hours from one start to the next.
    rest_room
        Minutes beside the visit in which a paid rest may be taken.
    barred_by
        Indices of the guards under which the shape is too short.
    """

    slot: VisitSlot
    rest_room: int
    barred_by: tuple[int, ...]

    @property
    def quarters(self) -> int:
        """Quarter hours it takes on the book."""
        return self.slot.slot // GRID

    @property
    def profile(self) -> tuple[int, int, int]:
        """What the week sees of it: equal profiles are interchangeable."""
        return self.quarters, self.slot.notes, self.rest_room


def visit_forms(
    guards: Sequence[Guard], who: Situation
) -> Mapping[str, tuple[VisitForm, ...]]:
    """
    Return the shapes of each visit type, under all of its clauses and under fewer.

    A clause let go leaves what the contract says without it, if that is shorter: the
    usual length instead of an agreed one, no buffer, no notes.
    """
    return {
        kind: _forms(guards, who, kind)
        for kind in ("intake", "return", "group", "urgent")
    }


def _forms(guards: Sequence[Guard], who: Situation, kind: str) -> tuple[VisitForm, ...]:
    named = {kind, "all"} | ({"return"} if kind == "urgent" else set())
    shaping = [i for i, guard in enumerate(guards) if _shapes(guard, named, kind)]
    clauses = [guards[i].clause for i in shaping]
    found: list[VisitForm] = []
    for size in range(len(shaping), -1, -1):
        for kept in combinations(range(len(shaping)), size):
            held = [c for k in kept if (c := clauses[k]) is not None]
            slot = _slot(held, who, kind)
            barred = tuple(i for k, i in enumerate(shaping) if k not in kept)
            form = VisitForm(slot, _rest_room(slot, held), barred)
            if not any(_serves(other, form) for other in found):
                found.append(form)
    return tuple(found)


def _shapes(guard: Guard, named: set[str], kind: str) -> bool:
    clause = guard.clause
    if clause is None:
        return False
    if clause.kind in ("visit_length", "notes_per_visit", "buffer"):
        return clause["visit_type"] in named
    if clause.kind == "urgent_reserve":
        return kind == "urgent" and bool(clause["minutes"])
    return clause.kind == "groups" and kind == "group"


def _slot(clauses: Sequence[Clause], who: Situation, kind: str) -> VisitSlot:
    terms = week_terms(
        clauses,
        license_code=who.license_code,
        fte=who.fte,
        ages=who.ages,
        leads_groups=who.leads_groups,
    )
    return terms.visits[kind]


def _rest_room(slot: VisitSlot, clauses: Sequence[Clause]) -> int:
    held = {c.clause_id: c for c in clauses if c.kind == "buffer" and c["holds_rest"]}
    return slot.pad + sum(held[i]["minutes"] for i in slot.buffer_ids if i in held)


def _serves(one: VisitForm, other: VisitForm) -> bool:
    """Say whether one shape may stand wherever the other may, and asks no more."""
    return (
        set(one.barred_by) <= set(other.barred_by)
        and one.quarters <= other.quarters
        and one.rest_room >= other.rest_room
        and one.slot.notes >= other.slot.notes
    )


def fixed_form(group: FixedGroup, forms: Sequence[VisitForm]) -> tuple[int, int, int]:
    """Return first quarter, quarters and rest room of a group at its stated time."""
    slot = forms[0].slot
    first, lead = divmod(group.start, GRID)
    beside = slot.notes + slot.buffer
    quarters = -(-(lead + group.minutes + beside) // GRID)
    pad = quarters * GRID - lead - group.minutes - beside
    return first, quarters, forms[0].rest_room - slot.pad + pad


def fixed_slot(group: FixedGroup, slot: VisitSlot) -> VisitSlot:
    """Return the slot of a group of stated length."""
    pad = -(group.start % GRID + group.minutes + slot.notes + slot.buffer) % GRID
    return replace(slot, minutes=group.minutes, pad=pad)


def share_of(number: float, fte: float) -> int:
    """Return a full-time number prorated by FTE, halves up."""
    return round_half_up(number * fte)
