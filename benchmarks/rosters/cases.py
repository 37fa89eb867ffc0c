"""The systems the rows are measured on: one clinician, a site, a region, a team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from caretime.errors import PlanError
from caretime.formats import casebook_contract, casebook_ids
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.week_terms import clauses_on, effective_day
from caretime.simulation import make_system

LICENSE = "LCSW"
"""Every casebook contract has its fullest week for this license, the commonest."""

SITE_SCALE = 0.055
"""At this size the largest site has 60 clinicians, seven of them associates."""

TEAM_ROOM_SHARE = 0.6
"""Rooms of a team to its people: every visit in person, so that rooms bind."""


def region(scale: float) -> CareSystem:
    """Return Southern California at a scale; 0.01 has 24 clinicians, 1 has 2,400."""
    return make_system("southern-california", scale=scale, seed=1)


def kinds_in_force(contract: Contract, on: date) -> int:
    """Count the kinds of clauses that hold for the commonest license."""
    day = effective_day(contract, on)
    return len({c.kind for c in clauses_on(contract, day, license_code=LICENSE)})


def fullest(on: date) -> str:
    """Return the casebook contract with the most kinds of clauses in force."""
    counts = {}
    for contract_id in casebook_ids():
        try:
            counts[contract_id] = kinds_in_force(casebook_contract(contract_id), on)
        except PlanError:
            continue
    return max(counts, key=lambda name: (counts[name], name))


def contract_for(system: CareSystem) -> Contract:
    """Return the contract that sites, regions and teams are built under."""
    return casebook_contract(fullest(system.first_day))


def part_of(
    system: CareSystem,
    clinicians: Collection[Clinician],
    *,
    rooms: int | None = None,
    cover: bool = True,
) -> CareSystem:
    """
    Return the system with these clinicians only, their clinics and what is theirs.

    A supervisor left out supervises nobody.
    """
    ids = {c.clinician_id for c in clinicians}
    sites = {c.clinic_id for c in clinicians}
    return replace(
        system,
        clinicians=tuple(
            c if c.supervisor_id in ids else replace(c, supervisor_id=None)
            for c in clinicians
        ),
        clinics=tuple(
            c if rooms is None else replace(c, rooms=rooms)
            for c in system.clinics
            if c.clinic_id in sites
        ),
        patients=tuple(p for p in system.patients if p.clinician_id in ids),
        appointments=tuple(a for a in system.appointments if a.clinician_id in ids),
        groups=tuple(
            g if g.co_leader_id in ids else replace(g, co_leader_id=None)
            for g in system.groups
            if g.leader_id in ids
        ),
        cover=tuple(c for c in system.cover if cover and c.clinic_id in sites),
        team_meetings=tuple(m for m in system.team_meetings if m.clinic_id in sites),
        unavailable=tuple(u for u in system.unavailable if u.clinician_id in ids),
        work_places=tuple(p for p in system.work_places if p.clinician_id in ids),
    )


def one_clinician(system: CareSystem) -> CareSystem:
    """Return a system of the first full-time clinician who leads a group."""
    leaders = {group.leader_id for group in system.groups}
    one = next(
        c
        for c in system.clinicians
        if c.license == LICENSE and c.fte == 1 and c.clinician_id in leaders
    )
    return part_of(system, [one], cover=False)


def site_of_sixty(rooms: int | None, *, quick: bool = False) -> CareSystem:
    """
    Return the largest site with cover, a team meeting and supervision.

    Parameters
    ----------
    rooms
        ``None`` for those it has.
    quick
        A site of eleven instead.
    """
    system = region(0.01 if quick else SITE_SCALE)
    site = system.clinics[0].clinic_id
    staff = [c for c in system.clinicians if c.clinic_id == site]
    return part_of(system, staff, rooms=rooms)


def team(size: int) -> CareSystem:
    """
    Return full-time clinicians of one site who share too few rooms.

    What a small model can say of a week is all there is: visits in person, rooms, a
    team meeting at a stated time and groups at theirs; no cover, no supervision.
    """
    system = region(0.1)
    site = system.clinics[0].clinic_id
    staff = [
        replace(c, telehealth_share=0.0)
        for c in system.clinicians
        if c.clinic_id == site and c.license == LICENSE and c.fte == 1
    ][:size]
    rooms = max(1, round(TEAM_ROOM_SHARE * size)) if size > 1 else 1
    small = part_of(system, staff, rooms=rooms, cover=False)
    return replace(
        small,
        team_meetings=tuple(
            replace(m, weekday=2, start=12 * 60) for m in small.team_meetings
        ),
    )
