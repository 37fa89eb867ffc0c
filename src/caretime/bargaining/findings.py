"""What was found about clauses, assumptions and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caretime.measures.estimate import Estimate


@dataclass(frozen=True, slots=True)
class ClauseCost:
    """
    What one clause costs: the contract with it less the same without it.

    ``how`` is ``simulated`` (the term changes time) or ``priced`` (a pay term);
    ``effects`` are paired effects on the chosen measures, by measure name.
    """

    contract_id: str
    clause_id: str
    kind: str
    title: str
    how: str
    cents: int
    low: int | None
    high: int | None
    effects: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """
    How much of one measure's difference between two arms is due to one cause.

    Parameters
    ----------
    measure
        Name of a measure.
    from_arm, to_arm
        The difference is ``to_arm - from_arm``.
    cause
        ``clauses`` (a family of clauses), ``interaction``, ``assumption``
        or ``total``.
    name, title
        Family, assumption or empty; and words for it.
    clause_ids
        Clauses of both arms in that family.
    holder
        Whose account the assumption is; empty for clauses.
    share
        Effect on the measure with its interval; rows of one measure add up to
        the ``total`` row (clauses and interaction only).
    method
        ``shapley`` or ``one_at_a_time``.
    """

    measure: str
    from_arm: str
    to_arm: str
    cause: str
    name: str
    title: str
    clause_ids: tuple[str, ...]
    holder: str
    share: Estimate
    method: str


@dataclass(frozen=True, slots=True)
class TornadoRow:
    """
    What one assumption does to the difference between two arms.

    ``at_low``, ``at_value`` and ``at_high`` are the paired difference
    ``to_arm - from_arm`` of ``measure`` with the assumption at ``low``,
    ``value`` and ``high``. ``holder`` names the side that holds ``low``
    (``holder_low``) or ``high`` (``holder_high``) where it is one. ``matters``
    is true where the range changes the sign of the difference or moves it by
    more than ``threshold``; ``why`` says which.
    """

    measure: str
    from_arm: str
    to_arm: str
    assumption: str
    unit: str
    source: str
    holder: str
    low: float
    value: float
    high: float
    at_low: Estimate
    at_value: Estimate
    at_high: Estimate
    disputed: bool
    matters: bool
    why: str
    threshold: float
    holder_low: str = ""
    holder_high: str = ""

    @property
    def swing(self) -> float:
        """Distance between the lowest and the highest of the three."""
        points = (self.at_low.value, self.at_value.value, self.at_high.value)
        return max(points) - min(points)


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """
    One claim tried under one set of assumptions.

    ``holds`` is ``None`` where the interval found cannot tell.
    """

    assumptions: str
    found: Estimate
    holds: bool | None


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """
    A public claim, run as an experiment.

    ``claimed_low`` and ``claimed_high`` bound what was said, in ``unit``;
    ``findings`` has one row a set of assumptions. ``verdict`` is a sentence
    of "holds under", "does not hold under" and "cannot tell under".
    """

    claim_id: str
    claim: str
    said_by: str
    standing: str
    source: str
    experiment: str
    unit: str
    claimed_low: float | None
    claimed_high: float | None
    findings: tuple[ClaimFinding, ...]
    verdict: str
    note: str
