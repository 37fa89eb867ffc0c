"""The weeks of one site while some are rebuilt: judged, rebuilt, put back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.outcome import RosterResult, Violation
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering._part_of_site import part_of_site
from caretime.rostering.policy import RosterPolicy
from caretime.rules.breaches import Violations
from caretime.rules.clause_kinds import clock_minutes
from caretime.rules.roster import check_roster
from caretime.rules.spans import DAY_NAMES, Span, intersect, visit_activities

Builder = Callable[..., RosterResult]

SHARED = frozenset({"rooms", "cover", "team_meetings", "supervisor_id", "groups"})
"""Rules of a roster that the weeks of several people keep or break together."""


@dataclass
class SiteWeeks:
    """One site while it is rebuilt; ``tried`` is the roster of the last attempt."""

    system: CareSystem
    contract: Contract
    base: Roster
    site: str
    staff: dict[str, Clinician] = field(init=False)
    beside: frozenset[str] = field(init=False)
    tried: Roster = field(init=False)
    elsewhere: frozenset[Violation] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        self.staff = {
            c.clinician_id: c
            for c in self.system.clinicians
            if c.clinic_id == self.site
        }
        self.beside = self._beside()
        self.tried = self.base
        self.elsewhere = frozenset(
            v
            for v in check_roster(self._part(self.base), self.system, self.contract)
            if not v.clinician_id and not v.where.startswith(f"{self.site} ")
        )

    def broken(self, roster: Roster) -> Violations:
        """Judge the site in a roster; what was broken elsewhere is not its fault."""
        return tuple(
            v
            for v in check_roster(self._part(roster), self.system, self.contract)
            if v.clinician_id in self.staff
            or (not v.clinician_id and v not in self.elsewhere)
        )

    def named(self, found: Iterable[Violation]) -> set[str]:
        """Return the people of the site that violations name."""
        return {v.clinician_id for v in found if v.clinician_id in self.staff}

    def coupled(self, found: Iterable[Violation], roster: Roster) -> set[str]:
        """Return who could mend what is broken between several people."""
        freed: set[str] = set()
        for violation in found:
            if violation.clause_id == "rooms":
                clinic_id, span = _place_and_span(violation.where)
                freed |= _in_rooms(roster, clinic_id, span)
            elif violation.clause_id == "cover":
                freed |= self._who_may_cover(violation)
            elif violation.clause_id == "team_meetings":
                freed |= self.staff.keys()
            elif violation.clause_id in ("supervisor_id", "groups"):
                freed |= self._partners(violation.clinician_id)
        return freed & self.staff.keys()

    def with_pairs(self, freed: set[str]) -> set[str]:
        """Add who must be rebuilt together: supervision takes both at one time."""
        found = set(freed)
        grown = True
        while grown:
            grown = False
            for one in self.staff.values():
                pair = {one.clinician_id, str(one.supervisor_id)} & set(self.staff)
                if len(pair) == 2 and pair & found and not pair <= found:
                    found |= pair
                    grown = True
        return found

    def rebuild(
        self,
        freed: set[str],
        policy: RosterPolicy,
        build: Builder,
        options: Mapping[str, Any],
    ) -> RosterResult:
        """Build the freed weeks, set them among the others, keep the attempt."""
        system = self.system
        if freed != self.staff.keys():
            system = part_of_site(self.system, self.base, freed, self.site)
        result = build(
            system,
            self.contract,
            policy=policy,
            clinic_ids=(self.site,),
            week_now=self.base,
            **options,
        )
        new = {
            w.clinician_id: w for w in result.roster.weeks if w.clinician_id in freed
        }
        stay = tuple(w for w in self.base.weeks if w.clinician_id not in freed)
        self.tried = replace(self.base, weeks=(*stay, *new.values()))
        return result

    def excused(self, found: Violations, result: RosterResult) -> Violations:
        """Leave out who has no week because no week exists for them."""
        clashing = {who for clash in result.clashes for who in clash.clinician_ids}
        return tuple(
            v
            for v in found
            if not (v.clause_id == "weeks" and v.clinician_id in clashing)
        )

    def put_back(self, freed: Collection[str], left: Violations) -> Roster:
        """Restore each freed week as it was, where nothing more is broken by it."""
        roster = self.tried
        for who in sorted(freed):
            old, new = self.base.week_of(who), roster.week_of(who)
            if old is None or old == new:
                continue
            others = tuple(w for w in roster.weeks if w.clinician_id != who)
            candidate = replace(roster, weeks=(*others, old))
            if set(self.broken(candidate)) <= set(left):
                roster = candidate
        return roster

    def _beside(self) -> frozenset[str]:
        """Return whose weeks the site's rules look at: staff, partners, visitors."""
        places = self.system.work_places
        near = {self.site}
        near |= {p.place for p in places if p.clinician_id in self.staff}
        found = {c.clinician_id for c in self.system.clinicians if c.clinic_id in near}
        found |= {p.clinician_id for p in places if p.place in near}
        for who in self.staff:
            found |= self._partners(who)
        return frozenset(found)

    def _part(self, roster: Roster) -> Roster:
        weeks = tuple(w for w in roster.weeks if w.clinician_id in self.beside)
        return replace(roster, weeks=weeks)

    def _partners(self, who: str) -> set[str]:
        """Return supervisor, associates and co-leaders of somebody."""
        found = {
            c.clinician_id for c in self.system.clinicians if c.supervisor_id == who
        }
        one = self.staff.get(who)
        if one and one.supervisor_id:
            found.add(one.supervisor_id)
        for group in self.system.groups:
            leaders = {group.leader_id, group.co_leader_id} - {None}
            if who in leaders:
                found |= {str(leader) for leader in leaders}
        return found - {who}

    def _who_may_cover(self, violation: Violation) -> set[str]:
        clinic_id, span = _place_and_span(violation.where)
        shifts = [
            c
            for c in self.system.cover
            if c.clinic_id == clinic_id
            and intersect(
                (
                    c.weekday * MINUTES_PER_DAY + c.start,
                    c.weekday * MINUTES_PER_DAY + c.end,
                ),
                span,
            )
        ]
        return {
            c.clinician_id
            for c in self.staff.values()
            if any(not s.licenses or c.license in s.licenses for s in shifts)
        }


def _place_and_span(text: str) -> tuple[str, Span]:
    """
    Read where a violation of a site is.

    >>> _place_and_span("S-1 Tue 09:00-09:50")
    ('S-1', (1980, 2030))
    """
    clinic_id, day, clock = text.rsplit(" ", 2)
    midnight = DAY_NAMES.index(day) * MINUTES_PER_DAY
    start, end = (midnight + clock_minutes(side) for side in clock.split("-"))
    # A span up to midnight ends with the first minute of the next day.
    return clinic_id, (start, end if end > start else end + MINUTES_PER_DAY)


def _in_rooms(roster: Roster, clinic_id: str, span: Span) -> set[str]:
    kinds = visit_activities()
    return {
        week.clinician_id
        for week in roster.weeks
        for block, place in week.placed()
        if place == clinic_id
        and block.activity in kinds
        and intersect((block.start, block.end), span)
    }
