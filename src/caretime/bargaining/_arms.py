"""The contracts of a comparison as a reader meets them: week, terms, hashes."""

from __future__ import annotations

from caretime import tables
from caretime.bargaining.comparison import Arm, LedgerHours, UnmodeledClause
from caretime.model.terms import Contract
from caretime.rules.ledger import week_ledger

MINUTES_AN_HOUR = 60
SHOWN_LICENSE = "LCSW"


def arm_of(contract: Contract, contract_hash: str) -> Arm:
    """Describe one contract by the week of a full-time licensed therapist."""
    ledger = week_ledger(contract, license_code=SHOWN_LICENSE)
    activities = {row["activity"]: row for row in tables.rows("activities")}
    lines = tuple(
        LedgerHours(
            activity=line.activity,
            title=activities[line.activity]["title"],
            hours=line.minutes / MINUTES_AN_HOUR,
            protected=line.protected,
            bookable=line.bookable,
            clause_ids=line.clause_ids,
            paid=activities[line.activity]["paid"] == "yes",
            assigned=line.assigned,
        )
        for line in ledger.lines
    )
    return Arm(
        contract_id=contract.contract_id,
        title=contract.title,
        effective=contract.effective.isoformat(),
        standing=contract.standing,
        source=contract.source,
        contract_hash=contract_hash,
        ledger=lines,
        protected_hours=sum(line.hours for line in lines if line.protected),
        bookable_protected_hours=ledger.bookable_minutes / MINUTES_AN_HOUR,
        unmodeled=tuple(
            UnmodeledClause(c.clause_id, str(c.terms.get("text", "")), c.source)
            for c in contract.clauses
            if c.kind == "unmodeled"
        ),
        shortfalls=ledger.shortfalls,
    )
