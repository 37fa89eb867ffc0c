"""The even week, which was assumed so far, as a roster: judged and scored alike."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.rosters.built import Told, warm_up
from benchmarks.rosters.cases import contract_for, region
from caretime.model.outcome import Preference
from caretime.model.people import Clinician
from caretime.model.site import WorkPlace
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import TELEHEALTH, Block, Roster, RosterWeek, Template
from caretime.rostering import build_roster, score_roster
from caretime.rules.duties import duties_of
from caretime.rules.even_week import even_template
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.roster import SITE_RULES, check_roster
from caretime.rules.week_terms import effective_day, round_half_up

STAGGERS = 20
"""Different even weeks of a post: what the simulation and the made book use."""


def even_roster(
    system: CareSystem, contract: Contract, cover: Mapping[str, int] | None = None
) -> Roster:
    """
    Return everyone's even week.

    Parameters
    ----------
    cover
        Minutes of crisis cover by clinician. Given, they are set aside and so are
        supervision owed to associates, travel and team meetings; left out, the week
        is the one the simulation assumes where no roster is built, which knows of
        none of them.
    """
    on = effective_day(contract, system.first_day)
    leaders = {group.leader_id for group in system.groups}
    weeks = []
    for row, clinician in enumerate(system.clinicians):
        duties: dict[str, int] = {}
        if cover is not None:
            duties |= duties_of(system, contract, clinician, on)
            if minutes := cover.get(clinician.clinician_id, 0):
                duties["crisis_cover"] = minutes
        ledger = week_ledger(
            contract,
            license_code=clinician.license,
            fte=clinician.fte,
            on=on,
            ages=clinician.ages,
            leads_groups=clinician.leads_groups and clinician.clinician_id in leaders,
            duties=duties,
        )
        stagger = row % STAGGERS
        template = even_template(ledger, stagger=stagger)
        stated = [
            place
            for place in system.work_places
            if place.clinician_id == clinician.clinician_id
        ]
        places = _places(template, clinician, stated, ledger, stagger)
        weeks.append(RosterWeek(clinician.clinician_id, template, places))
    day = max(on, system.first_day)
    return Roster(contract.contract_id, tuple(weeks), first_day=day)


def _places(
    template: Template,
    clinician: Clinician,
    stated: Sequence[WorkPlace],
    ledger: Ledger,
    stagger: int,
) -> tuple[str, ...]:
    """
    Turn the telehealth days with the stagger, so that colleagues' differ.

    Where a place is stated the block has that place, and other days make up the share.
    """
    spoken_of = {place.weekday for place in stated}
    at_home = {place.weekday for place in stated if place.place == TELEHEALTH}
    days = sorted({block.day for block in template.blocks} - spoken_of)
    count = round_half_up(clinician.telehealth_share * ledger.days) - len(at_home)
    home = {days[(stagger + k) % len(days)] for k in range(min(count, len(days)))}

    def place_of(block: Block) -> str:
        for place in stated:
            inside = place.start <= block.minute_of_day < place.end
            if place.weekday == block.day and inside:
                return place.place
        return TELEHEALTH if block.day in home else clinician.clinic_id

    return tuple(
        "" if block.activity == "meal" else place_of(block) for block in template.blocks
    )


def compared(scale: float) -> list[Told]:
    """Judge and score the even week, the even week told its hours, and the built."""
    warm_up()
    system = region(scale)
    contract = contract_for(system)
    start = time.perf_counter()
    result = build_roster(system, contract, workers=2)
    seconds = {"built": time.perf_counter() - start}
    cover = {
        week.clinician_id: week.template.minutes_of("crisis_cover")
        for week in result.roster.weeks
    }
    rosters = {"built": result.roster}
    for name, told in (("even", None), ("even, told its hours", cover)):
        start = time.perf_counter()
        rosters[name] = even_roster(system, contract, told)
        seconds[name] = time.perf_counter() - start
    rows = []
    for name in ("even", "even, told its hours", "built"):
        scores = (
            result.preferences
            if name == "built"
            else score_roster(rosters[name], system)
        )
        judged = _judged(rosters[name], system, contract)
        rows.append(
            {"week": name, "clinicians": len(system.clinicians),
             "seconds": seconds[name], **_scored(scores), **judged}
        )  # fmt: skip
    return rows


def _scored(scores: tuple[Preference, ...]) -> Told:
    told: Told = {p.name: [p.got, p.wanted] for p in scores}
    told["objective"] = sum(p.points for p in scores)
    return told


def _judged(roster: Roster, system: CareSystem, contract: Contract) -> Told:
    """Count what the judge finds: rules of the site by name, all others together."""
    broken = Counter(v.clause_id for v in check_roster(roster, system, contract))
    sites = {rule: broken.pop(rule, 0) for rule in SITE_RULES}
    held = sum(week.template.minutes_of("crisis_cover") for week in roster.weeks)
    return {
        "clauses and law": broken.total(),
        "site rules": {rule: n for rule, n in sites.items() if n},
        "cover hours": round(held / 60),
    }
