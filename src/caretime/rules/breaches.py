"""How a broken clause is put into a violation."""

from __future__ import annotations

from caretime.model.outcome import Violation
from caretime.model.terms import Clause

Violations = tuple[Violation, ...]


def breach(
    clause: Clause,
    clinician_id: str,
    place: str,
    figures: tuple[int, int, str],
    message: str,
) -> Violation:
    """
    Return the violation of a clause; ``figures`` are observed, limit and unit.

    >>> breach(Clause("MEAL", "meal"), "C1", "Mon 12:15", (15, 0, "min"), "late").limit
    0
    """
    return Violation(
        clause.clause_id, clause.kind, clinician_id, place, *figures, message
    )
