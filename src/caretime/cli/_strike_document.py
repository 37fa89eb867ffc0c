"""The answer of ``caretime strike`` for programs: counts, proof, files, seconds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from caretime.reports import strike_words as words
from caretime.reports.strike_tally import tally

if TYPE_CHECKING:
    from caretime.cli._strike_run import StrikeAnswer
    from caretime.model.plan_diff import PlanDiff
    from caretime.model.strike import StrikePlan

CODES = (
    "in_house_within_limit",
    "in_house_late",
    "network_within_limit",
    "network_late",
    "no_time",
    "waits",
    "left_out",
)
"""Outcomes, in the order of ``strike_words.OUTCOMES``."""


def document(answer: StrikeAnswer) -> dict[str, Any]:
    """
    Return the answer as data; patients and their visits are in the folder.

    Seconds are the only numbers that differ from run to run.
    """
    plan, proof = answer.plan, answer.proof
    counted = tally(plan, answer.system)
    by_tier = counted.by_tier()
    return {
        "system": answer.system.name,
        "incident_id": plan.incident.incident_id,
        "monday": plan.monday,
        "weeks": plan.weeks,
        "seed": plan.seed,
        "version": plan.version,
        "inputs_hash": plan.inputs_hash,
        "contract_id": plan.contract_id,
        "policy": plan.policy,
        "clinicians_away": len({one.clinician_id for one in plan.absent}),
        "affected": counted.affected,
        "unreachable": int(counted.unreachable.sum()),
        "by_tier": [
            {
                "tier": tier,
                **dict(zip(CODES, by_tier[tier - 1].tolist(), strict=True)),
                "unreachable": int(
                    (counted.unreachable & (counted.tier == tier)).sum()
                ),
            }
            for tier in words.TIERS
        ],
        **counts_of(plan),
        "status": plan.matching.status,
        "holds": proof.holds,
        "faults": proof.faults,
        "checked": proof.checked,
        "value": proof.value,
        "bound": proof.bound,
        "levels": proof.levels,
        "reasons": Counter(one.reason for one in plan.matching.left_out),
        "relaxations": Counter(one.relaxation for one in plan.matching.left_out),
        "range": answer.range,
        "recovery": _recovery(plan),
        "changes": _changes(answer.diff),
        "folder": answer.folder,
        "seconds": answer.seconds,
        "notes": answer.notes,
    }


def counts_of(plan: StrikePlan) -> dict[str, Any]:
    """Return how many visits, calls, groups and ways home a plan has."""
    return {
        "bookings": len(plan.bookings),
        "untimed": len(plan.untimed),
        "contacts": len(plan.contacts),
        "clinician_must_record": sum(c.clinician_must_record for c in plan.contacts),
        "groups": len(plan.groups),
        "groups_without_leader": sum(g.cover == "none" for g in plan.groups),
        "go_home": sum(one.choice == "home" for one in plan.home),
        "stay": sum(one.choice == "stays" for one in plan.home),
    }


def _recovery(plan: StrikePlan) -> dict[str, Any] | None:
    found = plan.recovery
    if found is None:
        return None
    return {
        "weeks": found.weeks,
        "ends": found.ends,
        "ended_share": found.ended_share,
        "replications": found.replications,
        "parts": found.parts,
    }


def _changes(diff: PlanDiff | None) -> dict[str, Any] | None:
    if diff is None:
        return None
    return {
        "by_kind": Counter(one.kind for one in diff.changes),
        "by_reason": Counter(one.reason for one in diff.changes),
        "unchanged": diff.unchanged,
        "lapsed": len(diff.lapsed),
        "visits_kept": diff.visits_kept,
        "visits_moved": diff.visits_moved,
        "groups": len(diff.group_ids),
    }
