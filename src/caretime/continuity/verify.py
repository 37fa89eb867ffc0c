"""
The independent verifier of a strike plan: everything worked out anew.

Written apart from the planner, of which it reads nothing but the plan: who is due,
who may treat whom, what is free, what it costs, and below what no plan can go are
derived here a second time from the system, the contract and the rules.
"""

from __future__ import annotations

from caretime.continuity._verify_bookings import check_bookings
from caretime.continuity._verify_capacity import check_capacity
from caretime.continuity._verify_groups import check_groups
from caretime.continuity._verify_pairs import check_matches
from caretime.continuity._verify_proof import check_proof
from caretime.continuity._verify_scene import Findings, scene_of
from caretime.continuity._verify_series import check_absent, check_series
from caretime.continuity._verify_supply import Shelf, check_supply
from caretime.continuity._verify_told import check_told
from caretime.model.strike import Proof, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.week import Roster

KINDS = (
    "span",
    "absent",
    "lost",
    "not_due",
    "twice",
    "series",
    "outcome",
    "substitute",
    "weeks",
    "not_allowed",
    "away",
    "way",
    "miles",
    "points",
    "within_limit",
    "group",
    "group_leader",
    "openings",
    "over_openings",
    "accepted",
    "declined",
    "waits",
    "pin",
    "reason",
    "contact",
    "recorded",
    "booking",
    "booking_week",
    "booking_way",
    "booking_limit",
    "booking_length",
    "day_off",
    "own_booking",
    "outside_openings",
    "overlap",
    "untimed",
    "price",
    "free_place",
    "priority",
    "level",
    "value",
    "bound",
    "status",
)
"""Every kind of fault, in the order in which they are looked for."""


def verify_plan(
    plan: StrikePlan,
    system: CareSystem,
    contract: Contract,
    *,
    update: Update | None = None,
    roster: Roster | None = None,
) -> Proof:
    """
    Work a plan out anew from its system and tell everything that is not so.

    Parameters
    ----------
    plan
        As planned, or as read back from a file somebody may have changed.
    contract
        The one under which those at work see patients meanwhile.
    update
        What is known beside the system, by default what the plan says was told to
        it: pins are expected to be kept, openings stand in place of those counted,
        who has returned need not be away.
    roster
        Built weeks, where the plan was made with them.

    Returns
    -------
    Proof
        Its faults are empty where the plan holds. Bounds are valid whatever the
        plan's prices are; good prices make them tight.

    Raises
    ------
    ValueError
        If the plan was made under another contract, or with built weeks that are
        not given.

    Notes
    -----
    The bound of the whole: with any prices ``p >= 0`` of openings, no plan costs less
    than the sum over patients of the cheapest they could do at those prices, less
    the sum of ``p`` times openings (weak duality). The cheapest is looked for among
    all permitted pairs, not only the planner's candidates. The bound of a level is
    the same with weights and prices of the levels up to it, less what the levels
    before it have.
    """
    if plan.contract_id not in ("", contract.contract_id):
        raise ValueError(
            f"the plan was made under {plan.contract_id}, not {contract.contract_id}"
        )
    if plan.roster_hash and roster is None:
        raise ValueError("the plan was made with built weeks, and none are given")
    known = plan.known if update is None else update
    scene = scene_of(plan, system, contract, known, roster)
    findings = Findings()
    check_absent(scene, findings)
    check_series(scene, findings)
    check_matches(scene, findings)
    shelf = Shelf(scene)
    check_groups(scene, shelf, findings)
    check_supply(scene, shelf, findings)
    check_capacity(scene, findings)
    check_told(scene, findings)
    check_bookings(scene, shelf, findings)
    levels, value, bound = check_proof(scene, findings)
    return Proof(tuple(findings.faults), value, bound, levels, dict(findings.checked))
