"""The people of one site: what each is, owes, and cannot change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from caretime.errors import PlanError
from caretime.model.calendar import WORKING_DAYS
from caretime.model.care import Group
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Cover, TeamMeeting, Unavailability, WorkPlace
from caretime.model.terms import Clause, Contract
from caretime.model.week import RosterWeek
from caretime.rostering._asked import Asked
from caretime.rostering._kernel import days as kernel
from caretime.rostering._load import TICKS, Load, load_of
from caretime.rostering._person import Fixed, Person, Plan, kept_visits, standing_ticks
from caretime.rostering.policy import RosterPolicy
from caretime.rules.clause_kinds import make_clause
from caretime.rules.duties import activity_minutes, journeys
from caretime.rules.labor import is_covered, rest_rule
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.week_terms import GRID, clauses_on

SLACKS = (1, 2, 4, 8)
"""Multiples of the policy's slack tried until somebody has a week."""


@dataclass(frozen=True)
class Task:
    """
    Everything one site's builder reads; small enough to hand to another process.

    Parameters
    ----------
    duties
        For each clinician the minutes owed beyond the clauses.
    visitors
        ``(days, ticks)``: rooms kept for people of other clinics.
    """

    clinic: Clinic
    clinicians: tuple[Clinician, ...]
    contract: Contract
    on: date
    policy: RosterPolicy
    asked: Mapping[str, Asked]
    groups: tuple[Group, ...]
    cover: tuple[Cover, ...]
    meetings: tuple[TeamMeeting, ...]
    unavailable: tuple[Unavailability, ...]
    work_places: tuple[WorkPlace, ...]
    duties: Mapping[str, Mapping[str, int]]
    week_now: Mapping[str, RosterWeek]
    visitors: np.ndarray
    seed: int
    budget: int


@dataclass
class Staff:
    """
    The plans of a site's people, and those whose contract has no week for them.

    ``unplanned`` maps the clinician's id to why the ledger does not hold.
    """

    task: Task
    plans: list[Plan] = field(default_factory=list)
    unplanned: dict[str, str] = field(default_factory=dict)
    _ledgers: dict[tuple[object, ...], Ledger | str] = field(default_factory=dict)
    _clauses: dict[str, tuple[Clause, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, task: Task) -> Staff:
        """Read a task."""
        staff = cls(task)
        for clinician in task.clinicians:
            person = staff._person(clinician)
            ledger = staff.ledger(person, {})
            if isinstance(ledger, str):
                staff.unplanned[clinician.clinician_id] = ledger
                continue
            load = load_of(
                ledger,
                person.clauses,
                person.asked,
                task.policy,
                task.policy.day_slack,
            )
            staff.plans.append(Plan(person, load, staff._fixed(person, ledger)))
        return staff

    def clauses(self, license_code: str) -> tuple[Clause, ...]:
        """Return the clauses in force that cover a license."""
        if license_code not in self._clauses:
            self._clauses[license_code] = clauses_on(
                self.task.contract, self.task.on, license_code=license_code
            )
        return self._clauses[license_code]

    def terms(self, license_code: str) -> Contract:
        """Return the contract, with the law's paid rests where it has none."""
        contract = self.task.contract
        rests = any(c.kind == "rest" for c in self.clauses(license_code))
        if rests or not is_covered(license_code):
            return contract
        law = rest_rule()
        clause = make_clause(
            law.clause_ids[0],
            "rest",
            minutes=law.minutes,
            per_hours=law.per_minutes / 60,
            none_below_hours=law.none_below / 60,
        )
        return replace(contract, clauses=(*contract.clauses, clause))

    def ledger(self, person: Person, more: Mapping[str, int]) -> Ledger | str:
        """
        Return the ledger with further duties, or why the week cannot hold it.

        A ledger that leaves something out the contract asks for is no week.
        """
        clinician = person.clinician
        duties = dict(self.task.duties.get(clinician.clinician_id, {}))
        for activity, minutes in more.items():
            held = activity_minutes(person.clauses, activity, fte=clinician.fte)
            duties[activity] = duties.get(activity, 0) + max(0, minutes - held)
        key = (
            clinician.license,
            clinician.fte,
            clinician.ages,
            person.leads,
            tuple(sorted(duties.items())),
        )
        if key not in self._ledgers:
            self._ledgers[key] = self._new_ledger(person, duties)
        return self._ledgers[key]

    def _new_ledger(self, person: Person, duties: Mapping[str, int]) -> Ledger | str:
        clinician = person.clinician
        try:
            ledger = week_ledger(
                self.terms(clinician.license),
                license_code=clinician.license,
                fte=clinician.fte,
                on=self.task.on,
                ages=clinician.ages,
                leads_groups=person.leads,
                duties=duties,
            )
        except PlanError as error:
            return str(error)
        return "; ".join(ledger.shortfalls) or ledger

    def reload(self, plan: Plan, fixed: Sequence[Fixed], slack: int = 1) -> Plan | None:
        """
        Return the plan with other fixed blocks and what they leave of the week.

        ``None`` where the week cannot hold the cover among them.
        """
        minutes = sum(b.ticks * GRID for b in fixed if b.activity == "crisis_cover")
        ledger = self.ledger(plan.person, {"crisis_cover": minutes} if minutes else {})
        if isinstance(ledger, str):
            return None
        load = load_of(
            ledger,
            plan.person.clauses,
            plan.person.asked,
            self.task.policy,
            slack * self.task.policy.day_slack,
        )
        load = _beside_groups(_widened(load, plan.load), fixed)
        return replace(plan, load=load, fixed=list(fixed))

    def _person(self, clinician: Clinician) -> Person:
        task, mine = self.task, clinician.clinician_id
        away = np.zeros((WORKING_DAYS, TICKS), np.bool_)
        for stated in task.unavailable:
            if stated.clinician_id == mine and stated.weekday < WORKING_DAYS:
                span = slice(stated.start // GRID, -(-stated.end // GRID))
                away[stated.weekday, span] = True
        places: list[list[WorkPlace]] = [[] for _ in range(WORKING_DAYS)]
        for place in task.work_places:
            if place.clinician_id == mine and place.weekday < WORKING_DAYS:
                places[place.weekday].append(place)
        groups = tuple(g for g in task.groups if g.leader_id == mine)
        return Person(
            clinician=clinician,
            clinic=task.clinic,
            clauses=self.clauses(clinician.license),
            leads=clinician.leads_groups and bool(groups),
            asked=task.asked[mine],
            away=away,
            places=tuple(
                tuple(sorted(spans, key=lambda p: p.start)) for spans in places
            ),
            standing=standing_ticks(task.asked[mine].standing),
            kept=kept_visits(task.week_now.get(mine)),
            groups=groups,
        )

    def _fixed(self, person: Person, ledger: Ledger) -> list[Fixed]:
        """Return what stands at its time by the data: groups and travel."""
        slot = ledger.visits["group"]
        beside = slot.notes + slot.buffer
        fixed = [
            Fixed(
                group.weekday,
                group.start // GRID,
                -(-(group.minutes + beside) // GRID),
                "group",
                group.group_id,
                group.minutes,
            )
            for group in person.groups
        ]
        for _, to in journeys(s for spans in person.places for s in spans):
            if ticks := -(-to.travel_minutes // GRID):
                start = to.start // GRID - ticks
                fixed.append(Fixed(to.weekday, start, ticks, "travel", "work_places"))
        return fixed


def _beside_groups(load: Load, fixed: Sequence[Fixed]) -> Load:
    """Give up returns for groups that the table has and the contract does not."""
    agreed = load.ledger.openings.group * load.ledger.visits["group"].slot // GRID
    more = sum(b.ticks for b in fixed if b.activity == "group") - agreed
    if more <= 0:
        return load
    counts = load.counts.copy()
    counts[1] = max(0, counts[1] + -more // int(load.lengths[1]))
    return replace(load, counts=counts)


def _widened(load: Load, former: Load) -> Load:
    """Keep a day's length as free as it was made when the week was first found."""
    rule = load.rule.copy()
    rule[kernel.SHORTEST] = min(rule[kernel.SHORTEST], former.rule[kernel.SHORTEST])
    rule[kernel.LONGEST] = max(rule[kernel.LONGEST], former.rule[kernel.LONGEST])
    return replace(load, rule=rule)
