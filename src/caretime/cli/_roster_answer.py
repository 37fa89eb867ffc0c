"""What the roster verb answers with, and the same as data."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caretime.model.outcome import RosterResult, Violation
    from caretime.model.people import Clinician
    from caretime.model.roster_diff import RosterDiff
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster, RosterWeek
    from caretime.reports.site_load import SiteLoad
    from caretime.rules.breaches import Violations
    from caretime.rules.ledger import Ledger

OPENINGS = {
    "return": "return",
    "intake": "intake",
    "group": "group",
    "urgent": "urgent opening",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """
    The weeks of a roster, and what of them is looked at.

    Parameters
    ----------
    contract
        What the weeks were built for, or are judged by.
    shown
        Whose week is shown, if one is.
    sites
        Loads of the sites shown.
    diff
        What differs from the week now, if one was given.
    """

    system: CareSystem
    contract: Contract
    roster: Roster
    shown: Clinician | None = None
    sites: tuple[SiteLoad, ...] = ()
    diff: RosterDiff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterAnswer(Weeks):
    """
    A built roster, judged, and what it was asked for.

    Parameters
    ----------
    clinicians
        Everyone a week was asked for.
    """

    result: RosterResult
    violations: Violations
    clinicians: tuple[Clinician, ...]

    @property
    def complete(self) -> bool:
        """Whether everyone has a week and no site lacks anything."""
        result = self.result
        return not (
            result.clashes
            or result.shortages
            or len(result.roster.weeks) < len(self.clinicians)
        )


def document(answer: RosterAnswer) -> dict[str, Any]:
    """Return an answer as data; the manual describes its fields."""
    result = answer.result
    # Where somebody has no week, the bound is that of other weeks.
    proven = result.status != "infeasible"
    told: dict[str, Any] = {
        "made_by": {
            "version": result.version,
            "inputs_hash": result.inputs_hash,
            "contract_id": result.roster.contract_id,
            "contract_hash": result.contract_hash,
            "seed": result.seed,
            "budget": result.budget,
            "work": result.work,
        },
        "status": result.status,
        "objective": result.objective,
        "bound": result.bound if proven else None,
        "gap": result.gap if proven else None,
        "clinicians": len(answer.clinicians),
        "weeks": len(result.roster.weeks),
        "preferences": result.preferences,
        "clashes": result.clashes,
        "shortages": result.shortages,
        "violations": [
            violation_document(one, answer.contract) for one in answer.violations
        ],
    }
    return told | looked_at(answer)


def looked_at(weeks: Weeks) -> dict[str, Any]:
    """Return what was looked at as data: a clinician, sites, what differs."""
    from caretime.rostering.diff_text import diff_document

    told: dict[str, Any] = {}
    if weeks.shown is not None:
        week = weeks.roster.week_of(weeks.shown.clinician_id)
        told["clinician"] = {
            "clinician_id": weeks.shown.clinician_id,
            "week": None if week is None else week_document(week),
            "ledger": ledger_of(weeks.shown, weeks, week),
        }
    if weeks.sites:
        told["sites"] = [site_document(load) for load in weeks.sites]
    if weeks.diff is not None:
        told["changes"] = diff_document(weeks.diff)
    return told


def week_document(week: RosterWeek) -> list[dict[str, Any]]:
    """Return a week as rows: start in minutes from Monday 00:00."""
    return [
        {
            "start": block.start,
            "minutes": block.minutes,
            "activity": block.activity,
            "place": place,
        }
        for block, place in week.placed()
    ]


def site_document(load: SiteLoad) -> dict[str, Any]:
    """Return what stands out at a site; spans in minutes from Monday 00:00."""
    from caretime.reports.site_map import headline

    return {
        "clinic_id": load.clinic.clinic_id,
        "headline": headline(load),
        "clinicians": load.clinicians,
        "rooms": load.clinic.rooms,
        "most_rooms_in_use": max(load.rooms),
        "most_visits_at_once": max(load.visits),
        "share_without_patient": load.desk_share((0, len(load.desk))),
        "rooms_full": load.full,
        "rooms_lacking": load.lacking_rooms,
        "cover_lacking": load.lacking_cover,
    }


def violation_document(violation: Violation, contract: Contract) -> dict[str, Any]:
    """Return a violation with its source."""
    from caretime.rules.roster import source_of

    return asdict(violation) | {"source": source_of(violation, contract)}


def ledger_of(clinician: Clinician, answer: Weeks, week: RosterWeek | None) -> Ledger:
    """Return one clinician's ledger, with the cover the built week holds set aside."""
    from caretime.rules.duties import duties_of
    from caretime.rules.ledger import week_ledger
    from caretime.rules.week_terms import effective_day

    system, contract = answer.system, answer.contract
    on = effective_day(contract, system.first_day)
    duties = dict(duties_of(system, contract, clinician, on))
    if cover := week.template.minutes_of("crisis_cover") if week else 0:
        duties["crisis_cover"] = cover
    leads = any(g.leader_id == clinician.clinician_id for g in system.groups)
    return week_ledger(
        contract,
        license_code=clinician.license,
        fte=clinician.fte,
        on=on,
        ages=clinician.ages,
        leads_groups=clinician.leads_groups and leads,
        duties=duties,
    )


def week_title(answer: Weeks, week: RosterWeek) -> str:
    """Say whose week it is, under which contract, and how many openings it has."""
    often = Counter(block.activity for block in week.template.blocks)
    parts = [
        f"{often[kind]} {noun}" if often[kind] == 1 else f"{often[kind]} {noun}s"
        for kind, noun in OPENINGS.items()
        if often[kind]
    ]
    return f"{week.clinician_id}, {answer.contract.title}: {', '.join(parts)}"
