"""What a plan made anew does otherwise than the one before it."""

from __future__ import annotations

from dataclasses import dataclass

CHANGE_KINDS = ("moved", "placed", "left_out", "waits", "gone")
"""
Offered one substitute and now another; placed now, without a place or not in the plan
before; without a place now; chose to wait; no longer in the plan.
"""

CHANGE_REASONS = (
    "declined",
    "decided",
    "waits",
    "substitute_away",
    "openings_gone",
    "clinician_back",
    "newly_away",
    "rearranged",
)
"""
Why: the patient declined; it was decided by hand; the patient chose to wait; the
substitute is away; the substitute has fewer openings; the own clinician is back; the
own clinician is newly away; others have more need of the place, or one became free.
"""


@dataclass(frozen=True, slots=True)
class PlanChange:
    """
    What becomes of one patient otherwise than before.

    Parameters
    ----------
    kind
        One of ``CHANGE_KINDS``.
    before, now
        Substitutes; empty where there was, or is, none.
    reason
        One of ``CHANGE_REASONS``.
    """

    patient_id: str
    kind: str
    before: str
    now: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """
    A plan beside the one before it.

    Parameters
    ----------
    changes
        In the order of the series, those who left the plan last.
    unchanged
        Patients with the same substitute, or without one as before.
    lapsed
        Patients who had accepted an offer that cannot be kept.
    visits_kept
        Dated visits as before.
    visits_moved
        Visits with the same substitute on another day or at another hour.
    group_ids
        Groups that another leader runs than before, or nobody.
    """

    changes: tuple[PlanChange, ...]
    unchanged: int
    lapsed: tuple[str, ...] = ()
    visits_kept: int = 0
    visits_moved: int = 0
    group_ids: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[PlanChange, ...]:
        """
        Return the changes of one kind.

        Raises
        ------
        ValueError
            If it is not one of ``CHANGE_KINDS``.
        """
        if kind not in CHANGE_KINDS:
            raise ValueError(f"kind must be one of {CHANGE_KINDS}, got {kind}")
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def is_empty(self) -> bool:
        """Whether everything is as before."""
        return not (self.changes or self.visits_moved or self.group_ids)
