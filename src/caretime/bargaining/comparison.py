"""What a comparison of contracts returns: everything a report needs, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretime.bargaining.findings import (
    AttributionRow,
    ClaimFinding,
    ClaimVerdict,
    ClauseCost,
    TornadoRow,
)
from caretime.measures.estimate import Estimate

__all__ = [
    "Arm",
    "ArmValue",
    "AssumptionRow",
    "AttributionRow",
    "ClaimFinding",
    "ClaimVerdict",
    "ClauseCost",
    "Comparison",
    "CostPart",
    "LedgerHours",
    "MeasureRow",
    "Provenance",
    "SliceRow",
    "TornadoRow",
    "UnmodeledClause",
    "WaitHistogram",
    "WeeklySeries",
]


@dataclass(frozen=True, slots=True)
class LedgerHours:
    """
    One line of a full-time week: hours of an activity and the clauses that set it.

    ``paid`` is false for the meal; ``assigned`` is false for minutes left over
    by caps or by less than one visit.
    """

    activity: str
    title: str
    hours: float
    protected: bool
    bookable: bool
    clause_ids: tuple[str, ...] = ()
    paid: bool = True
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class UnmodeledClause:
    """A term kept as text because no clause kind can say it."""

    clause_id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Arm:
    """
    One contract on the table.

    Parameters
    ----------
    contract_id, title, effective, standing, source
        As the contract says; ``effective`` is an ISO date.
    contract_hash
        SHA-256 of its terms.
    ledger
        The full-time week of a licensed therapist, activity by activity.
    protected_hours, bookable_protected_hours
        Protected hours of that week, and those of them that may be booked.
    unmodeled
        Terms that no number here contains.
    shortfalls
        Sentences about terms that the week cannot hold.
    """

    contract_id: str
    title: str
    effective: str
    standing: str
    source: str
    contract_hash: str
    ledger: tuple[LedgerHours, ...]
    protected_hours: float
    bookable_protected_hours: float
    unmodeled: tuple[UnmodeledClause, ...] = ()
    shortfalls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArmValue:
    """
    One measure under one contract.

    ``difference`` is arm minus base, paired; ``None`` for the base itself.
    ``numerator`` and ``denominator`` are means over replications (``None`` for
    medians and percentiles, which have no numerator). The ``without_leaving``
    pair repeats value and difference with the effect of load on leaving
    switched off, ``None`` where that was not run.
    """

    contract_id: str
    estimate: Estimate
    difference: Estimate | None
    numerator: float | None
    denominator: float | None
    excepted: float | None = None
    without_leaving: Estimate | None = None
    without_leaving_difference: Estimate | None = None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """
    One measure, all arms in the order of `Comparison.arms`.

    ``name``, ``title``, ``unit``, ``better`` (``higher``, ``lower`` or
    ``neither``), ``meaning`` and ``source`` are the row of
    ``tables/measures.csv``.
    """

    name: str
    title: str
    unit: str
    better: str
    meaning: str
    source: str
    values: tuple[ArmValue, ...]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """
    One measure for one part of the population under one contract.

    ``hidden`` rows have too few people to show (or would give one away) and
    carry neither value nor counts.
    """

    name: str
    dimension: str
    part: str
    contract_id: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class WeeklySeries:
    """One number week by week under one contract, with its 95 % band."""

    name: str
    title: str
    unit: str
    contract_id: str
    value: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class WaitHistogram:
    """
    How many first offers waited how long on one clock, a mean replication.

    ``counts[w]`` waited ``w`` units, ``excepted[w]`` the same with a
    clinician's exception on record; the last bin holds all longer waits.
    ``limit`` is the standard's, ``None`` where no standard applies.
    """

    clock: str
    unit: str
    limit: int | None
    contract_id: str
    counts: tuple[float, ...]
    excepted: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CostPart:
    """
    One part of what a contract costs over the run, integer cents.

    ``paid`` is false for what the ledger shows and nobody pays (unpaid hours
    at the hourly wage). ``low`` and ``high`` are the 95 % interval of the mean.
    ``difference_cents`` is against the base, ``None`` for the base.
    """

    part: str
    title: str
    contract_id: str
    cents: int
    low: int | None
    high: int | None
    difference_cents: int | None
    difference_low: int | None
    difference_high: int | None
    paid: bool = True


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """One behavior number in use, and who holds it."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    holder: str
    source: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    How a result was made; enough to make it again.

    ``stopped_by`` is ``count`` (a fixed number of replications), ``precision``
    (every asked half-width reached) or ``cap``.
    """

    version: str
    inputs_hash: str
    contract_hashes: Mapping[str, str]
    seed: int
    replications: int
    weeks: int
    stopped_by: str
    precision: Mapping[str, float]
    assumptions: tuple[AssumptionRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two or more contracts side by side on one care system.

    Parameters
    ----------
    system_name, members, first_day, clinicians, patients
        The system as it stands on the first day (ISO date).
    base
        ``contract_id`` that differences are taken against.
    arms
        The contracts in the order asked.
    measures
        One row a measure of ``tables/measures.csv``; in each, value and paired
        difference with 95 % intervals for every arm.
    slices
        Access measures by county, language, age group and license, small
        counts suppressed.
    weekly
        Weekly series with bands, one for each name and arm.
    waits
        Wait histograms, one for each clock and arm.
    costs
        Parts of the cost in cents; part ``total`` is the sum of the paid ones.
    clause_costs, attribution, tornado, claims
        Filled by `cost_of_clauses`, `attribute`, `tornado` and `try_claims`
        when asked for; empty otherwise.
    provenance
        Version, hashes, seed, replications, weeks, stopping, assumptions.
    notes
        Sentences a reader must see (bimodal results, capped waits, ...).
    """

    system_name: str
    members: int
    first_day: str
    clinicians: int
    patients: int
    base: str
    arms: tuple[Arm, ...]
    measures: tuple[MeasureRow, ...]
    slices: tuple[SliceRow, ...]
    weekly: tuple[WeeklySeries, ...]
    waits: tuple[WaitHistogram, ...]
    costs: tuple[CostPart, ...]
    provenance: Provenance
    clause_costs: tuple[ClauseCost, ...] = ()
    attribution: tuple[AttributionRow, ...] = ()
    tornado: tuple[TornadoRow, ...] = ()
    claims: tuple[ClaimVerdict, ...] = ()
    notes: tuple[str, ...] = ()

    def arm(self, contract_id: str) -> Arm:
        """Return an arm; ``KeyError`` if there is none."""
        for arm in self.arms:
            if arm.contract_id == contract_id:
                return arm
        raise KeyError(contract_id)

    def measure(self, name: str, contract_id: str) -> ArmValue:
        """Return one measure of one arm; ``KeyError`` if there is none."""
        for row in self.measures:
            if row.name == name:
                for value in row.values:
                    if value.contract_id == contract_id:
                        return value
        raise KeyError((name, contract_id))
