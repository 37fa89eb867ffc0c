"""What the judge still finds in built weeks, told with the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from caretime.model.outcome import Clash, Shortage, Violation
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rules.roster import check_roster

TOLD_AS_SHORTAGE = {"rooms": "rooms", "cover": "cover", "supervisor_id": "supervision"}
"""Rules of a roster, and the resource whose shortage says the same."""


def unkept(
    roster: Roster,
    system: CareSystem,
    contract: Contract,
    on: date,
    *,
    without_week: Collection[str],
    shortages: Collection[Shortage],
) -> tuple[Clash, ...]:
    """
    Return what built weeks break, one clash a clause or rule; empty where nothing.

    The builder means to keep everything; where it cannot, as where a contract asks
    for group sessions and no group stands in the tables, silence would be a lie.
    What a missing week or a told shortage explains is left out.
    """
    short = {(shortage.resource, shortage.clinic_id) for shortage in shortages}
    clinic_of = {c.clinician_id: c.clinic_id for c in system.clinicians}
    found: dict[str, list[Violation]] = defaultdict(list)
    for violation in check_roster(roster, system, contract, on=on):
        resource = TOLD_AS_SHORTAGE.get(violation.clause_id, "")
        # What is the site's names nobody, and the site where it is.
        place = clinic_of.get(violation.clinician_id, violation.where.split(" ")[0])
        if violation.clinician_id in without_week or (resource, place) in short:
            continue
        found[violation.clause_id].append(violation)
    return tuple(
        Clash(
            tuple(dict.fromkeys(v.clinician_id for v in broken if v.clinician_id)),
            (clause_id,),
            _text(clause_id, broken),
        )
        for clause_id, broken in found.items()
    )


def _text(clause_id: str, broken: list[Violation]) -> str:
    first = broken[0]
    who = f"{first.clinician_id}, " if first.clinician_id else ""
    more = f"; {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"the weeks built do not keep {clause_id}: {who}{first.message}{more}"
