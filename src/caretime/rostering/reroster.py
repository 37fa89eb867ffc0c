"""
A site's weeks again after a change, with as few weeks touched as can be.

The steps, in this order:

1. Judge the weeks now worked under the new facts. Who has left loses the week; who
   breaks a rule, has no week, or is named by the caller is freed.
2. Rebuild the freed weeks alone, beside the others as they are (``_part_of_site``).
   Visits that stay where they are earn ``KEPT_POINTS``.
3. Judge all weeks together. If a rule is broken, free who is coupled with it: those
   in the rooms of that hour, those whose license may hold the shift, the other half
   of a pair; then go back to step 2, ``ROUNDS`` times at most.
4. If that is not enough and what is broken is shared, free the whole site.
5. Put back every freed week as it was, one at a time, where all rules stay kept: no
   week is changed that could have stayed beside the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from caretime.errors import PlanError
from caretime.model.outcome import RosterResult
from caretime.model.roster_diff import RosterDiff
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rostering._site_weeks import SHARED, Builder, SiteWeeks
from caretime.rostering.diff import diff_rosters
from caretime.rostering.policy import RosterPolicy

KEPT_POINTS = 500
"""Worth of a visit that stays where it stands: half an opening, five asked times."""

ROUNDS = 3
"""How often the coupled are freed before the whole site is."""


def reroster(
    system: CareSystem,
    contract: Contract,
    roster: Roster,
    *,
    clinicians: Collection[str] = (),
    clinic_id: str | None = None,
    policy: RosterPolicy | None = None,
    seed: int = 1,
    budget: int | None = None,
) -> tuple[RosterResult, RosterDiff]:
    """
    Rebuild one site after a change, with least disturbance.

    Parameters
    ----------
    system, contract
        With the new facts: hours unavailable, rooms, people, clauses.
    roster
        The weeks now worked, of this site or of many.
    clinicians
        Whose weeks are rebuilt in any case; all of one site.
    clinic_id
        The site; that of the clinicians where not given.
    policy
        ``kept_blocks`` is raised to ``KEPT_POINTS`` unless it is higher.
    budget
        Work units of each rebuilding; the builder's own default where not given.

    Returns
    -------
    RosterResult
        The whole roster with the site's new weeks. Objective, bound, preferences,
        work and status are those of the last rebuilding, of the weeks freed in it;
        an ``optimal`` status says nothing about the weeks put back. Without
        anything to rebuild they are zero and the status is ``optimal``.
    RosterDiff
        Against ``roster``; ``freed`` and ``reach`` say how far the change went.

    Raises
    ------
    PlanError
        If neither site nor clinicians are given, they are unknown, or the
        clinicians are of several sites.
    """
    from caretime.rostering.build import build_roster

    return rebuild_site(
        system,
        contract,
        roster,
        site=_site_of(system, clinicians, clinic_id),
        clinicians=clinicians,
        policy=policy or RosterPolicy(),
        build=build_roster,
        options={"seed": seed} | ({} if budget is None else {"budget": budget}),
    )


def rebuild_site(
    system: CareSystem,
    contract: Contract,
    roster: Roster,
    *,
    site: str,
    clinicians: Collection[str],
    policy: RosterPolicy,
    build: Builder,
    options: Mapping[str, Any],
) -> tuple[RosterResult, RosterDiff]:
    """Rebuild a site with any builder; ``options`` are handed through to it."""
    kept = max(policy.worth("kept_blocks"), KEPT_POINTS)
    policy = replace(policy, points={**policy.points, "kept_blocks": kept})
    known = {c.clinician_id for c in system.clinicians}
    base = replace(
        roster,
        contract_id=contract.contract_id,
        weeks=tuple(w for w in roster.weeks if w.clinician_id in known),
    )
    work = SiteWeeks(system, contract, base, site)
    found = work.broken(base)
    violators = work.named(found) | set(clinicians)
    if not found and not violators:
        return _nothing_to_do(work, options), _told(roster, base, work, set(), "nobody")
    everyone = set(work.staff)
    freed = violators | work.coupled(found, base) or everyone
    for step in range(ROUNDS + 2):
        freed = everyone if step > ROUNDS else work.with_pairs(freed)
        result = work.rebuild(freed, policy, build, options)
        found = work.excused(work.broken(work.tried), result)
        if not found or freed == everyone:
            break
        more = freed | work.named(found) | work.coupled(found, work.tried)
        if more == freed and not any(v.clause_id in SHARED for v in found):
            # What breaks one person's own rules is not mended by others.
            break
        freed = everyone if more == freed else more
    final = work.put_back(freed - violators, found)
    reach = _reach(work, violators, freed)
    if found:
        reach += f"; {len(found)} rules stay broken"
    return replace(result, roster=final), _told(roster, final, work, freed, reach)


def _site_of(
    system: CareSystem, clinicians: Collection[str], clinic_id: str | None
) -> str:
    """Return the one site meant, or refuse."""
    homes = {c.clinician_id: c.clinic_id for c in system.clinicians}
    if strange := sorted(set(clinicians) - set(homes)):
        raise PlanError(f"no clinician {', '.join(strange)} in the system")
    sites = {homes[who] for who in clinicians} | ({clinic_id} if clinic_id else set())
    if not sites:
        raise PlanError("name the site or the clinicians whose weeks are rebuilt")
    if len(sites) > 1:
        raise PlanError(f"one site at a time, not {', '.join(sorted(sites))}")
    (site,) = sites
    if site not in {clinic.clinic_id for clinic in system.clinics}:
        raise PlanError(f"no clinic {site} in the system")
    return site


def _nothing_to_do(work: SiteWeeks, options: Mapping[str, Any]) -> RosterResult:
    from importlib.metadata import version

    from caretime.formats import contract_hash

    return RosterResult(
        status="optimal",
        roster=work.base,
        objective=0,
        bound=0,
        seed=options["seed"],
        version=version("caretime"),
        inputs_hash=work.system.inputs_hash,
        contract_hash=contract_hash(work.contract),
        work=0,
        budget=options.get("budget", 0),
    )


def _reach(work: SiteWeeks, violators: set[str], freed: set[str]) -> str:
    whole = len(work.staff)
    if freed == work.staff.keys():
        return f"all {whole} of {work.site}"
    coupled = len(freed - violators)
    text = f"{len(violators)} of the {whole} of {work.site}"
    return f"{text}, and {coupled} coupled with them" if coupled else text


def _told(
    before: Roster, after: Roster, work: SiteWeeks, freed: set[str], reach: str
) -> RosterDiff:
    diff = diff_rosters(before, after, system=work.system)
    return replace(diff, freed=tuple(sorted(freed)), reach=reach)
