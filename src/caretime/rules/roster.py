"""The judge of rosters: everyone's week, then what the site asks of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from caretime.model.outcome import Violation
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rules import roster_people, roster_places
from caretime.rules.breaches import Violations
from caretime.rules.check import Circumstances, judge_week
from caretime.rules.roster_scene import SITE, Scene, scene_of
from caretime.tables import rows

SITE_RULES: Mapping[str, Callable[[Scene], Violations]] = MappingProxyType(
    {
        "weeks": roster_people.weeks_missing,
        "clinicians": roster_people.weeks_of_strangers,
        "fte": roster_people.hours_over_post,
        "unavailable": roster_people.work_while_unavailable,
        "places": roster_places.unknown_places,
        "visit_places": roster_places.visits_without_place,
        "own_clinics": roster_places.visits_away,
        "work_places": roster_places.elsewhere_than_stated,
        "telehealth_share": roster_places.telehealth_days_missed,
        "travel_minutes": roster_places.journeys_cut,
        "opens": roster_places.visits_out_of_hours,
        "rooms": roster_places.rooms_short,
        "supervisor_id": roster_people.supervision_lacking,
        "groups": roster_people.groups_without_leader,
        "cover": roster_people.cover_short,
        "team_meetings": roster_people.meetings_missed,
    }
)
"""One function for each row of ``tables/roster_rules.csv``, in its order."""


def check_roster(
    roster: Roster, system: CareSystem, contract: Contract, *, on: date | None = None
) -> Violations:
    """
    Judge a roster, ours or imported, by contract, law and the rules of the sites.

    Parameters
    ----------
    on
        The day on which clauses are read and people are hired; the roster's first
        day by default, the system's where it has none.

    Returns
    -------
    tuple of Violation
        First each clinician's week, in the order of the roster, by clauses and law;
        then the rules of ``tables/roster_rules.csv`` in its order, with ``kind``
        ``site`` and the rule as ``clause_id``. Empty where nothing is broken.

    Raises
    ------
    PlanError
        If the contract has ended before the day.

    Notes
    -----
    A roster may plan some clinics only: nobody is missed at a clinic where no one
    has a week, unless no one has a week at all. Clauses for group leaders hold for
    those who lead groups and lead one of the system's. What each rule asks, and our
    readings of it, stand with its function.
    """
    day = on or roster.first_day or system.first_day
    scene = scene_of(roster, system, contract, day)
    leaders = {group.leader_id for group in system.groups}
    found: list[Violation] = []
    for clinician, week in scene.staff:
        who = Circumstances(
            clinician.clinician_id,
            clinician.license,
            clinician.fte,
            clinician.leads_groups and clinician.clinician_id in leaders,
            ages=clinician.ages,
        )
        clauses = scene.clauses[clinician.license]
        found += judge_week(week.template.blocks, clauses, who)
    for rule in SITE_RULES.values():
        found += rule(scene)
    return tuple(found)


def source_of(violation: Violation, contract: Contract) -> str:
    """
    Return where the clause, law or rule that was broken is from.

    Where clauses were judged together, the sources of all of them; where a clause
    names none, the contract's.

    >>> source_of(Violation("rooms", "site", "", "", 2, 1, "rooms", ""),
    ...           Contract("c", "C", date(2025, 1, 1), "assumption", "made up", ()))
    'clinics.csv: rooms'
    """
    if violation.kind == SITE:
        return _sources("roster_rules", "rule", "source")[violation.clause_id]
    law = _sources("labor_rules", "rule_id", "citation")
    clauses = {clause.clause_id: clause for clause in contract.clauses}
    if violation.clause_id in law and violation.clause_id not in clauses:
        return law[violation.clause_id]
    names = [violation.clause_id]
    if violation.clause_id not in clauses:
        names = violation.clause_id.split("+")
    texts = [clauses[name].source or contract.source for name in names]
    return "; ".join(dict.fromkeys(texts))


@cache
def _sources(table: str, name: str, source: str) -> dict[str, str]:
    return {row[name]: row[source] for row in rows(table)}
