"""The counts of a report, made once: what becomes of whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from caretime.model.incident import Series
from caretime.model.matching import LeftOut, Match
from caretime.model.people import Patient
from caretime.model.strike import Booking, StrikePlan
from caretime.model.system import CareSystem
from caretime.reports import strike_words as words
from caretime.reports.strike_hidden import SafeTable, safe_table
from caretime.reports.strike_openings import Openings, openings_of

Ints = NDArray[np.int64]

(
    HOUSE_IN_TIME,
    HOUSE_LATER,
    NETWORK_IN_TIME,
    NETWORK_LATER,
    NO_TIME,
    WAITS,
    NOBODY,
) = range(len(words.OUTCOMES))
"""Outcomes, in the order of ``strike_words.OUTCOMES``."""

IN_TIME = (HOUSE_IN_TIME, NETWORK_IN_TIME)
LATER = (HOUSE_LATER, NETWORK_LATER)

COLUMNS = ("Keep the limit", "Later, or waiting", "Nobody")
"""Columns of the tables by sort of patient; together they are everybody."""

_IN_COLUMN = np.array([0, 1, 0, 1, 1, 1, 2])

DIMENSIONS: Mapping[str, Callable[[Patient, Series], str]] = {
    "tier": lambda patient, series: f"{words.opened(words.TIERS[series.risk_tier])}",
    "county": lambda patient, series: patient.county,
    "language": lambda patient, series: words.language(patient.language),
    "age": lambda patient, series: words.AGES.get(patient.age_group, patient.age_group),
    "need": lambda patient, series: words.need(patient.need),
    "kind": lambda patient, series: words.KINDS[series.visit_type],
    "area": lambda patient, series: patient.zip[:3],
}
"""How patients are told apart, and the name of the part each is in."""


@dataclass(frozen=True)
class Tally:
    """
    A plan with its system, and what becomes of each patient in it.

    Parameters
    ----------
    people
        The patient of each series.
    outcome
        Of each series, an index of ``strike_words.OUTCOMES``.
    first
        The first dated visit by patient; empty where the plan has no times yet.
    """

    plan: StrikePlan
    system: CareSystem
    people: tuple[Patient, ...]
    outcome: Ints
    first: Mapping[str, Booking]
    _tables: dict[str, SafeTable] = field(default_factory=dict)

    @property
    def affected(self) -> int:
        """Patients with a visit that falls away."""
        return len(self.people)

    @property
    def is_dated(self) -> bool:
        """Whether visits have dates, so that limits are judged by days."""
        return bool(self.plan.bookings)

    @cached_property
    def tier(self) -> Ints:
        """Risk tier of each series, 1 the highest."""
        return np.array([one.risk_tier for one in self.plan.series], np.int64)

    @cached_property
    def visits(self) -> int:
        """Visits that were planned with those away."""
        return sum(len(one.weeks) for one in self.plan.series)

    @cached_property
    def unreachable(self) -> NDArray[np.bool_]:
        """Whose record has neither a phone number nor an e-mail address."""
        return np.array(
            [not (p.has_phone or p.has_email) for p in self.people], np.bool_
        )

    @cached_property
    def left_out(self) -> tuple[tuple[Patient, LeftOut], ...]:
        """Those whom nobody takes over, each with the reason."""
        known = {p.patient_id: p for p in self.people}
        return tuple(
            (known[one.patient_id], one) for one in self.plan.matching.left_out
        )

    @cached_property
    def openings(self) -> Openings:
        """Openings of substitutes, used and left."""
        return openings_of(self.plan)

    def number(self, *outcomes: int, tier: int | None = None) -> int:
        """Count the patients with one of these outcomes, in one tier or in all."""
        found = np.isin(self.outcome, outcomes)
        return int((found if tier is None else found & (self.tier == tier)).sum())

    def by_tier(self) -> Ints:
        """Return counts of shape ``(3, outcomes)``, the highest tier first."""
        return _crossed(self.tier - 1, self.outcome, 3, len(words.OUTCOMES))

    def table(self, dimension: str) -> SafeTable:
        """
        Return counts of patients by a dimension and ``COLUMNS``, fit to be shown.

        Counts by tier are never hidden: the proof prints them, and they tell of no
        place, age or language.
        """
        if dimension not in self._tables:
            self._tables[dimension] = self._table(dimension)
        return self._tables[dimension]

    def _table(self, dimension: str) -> SafeTable:
        part = DIMENSIONS[dimension]
        names = [part(p, s) for p, s in zip(self.people, self.plan.series, strict=True)]
        if dimension == "tier":
            parts = [words.opened(word) for word in words.TIERS.values()]
        else:
            parts = sorted(set(names))
        place = {name: k for k, name in enumerate(parts)}
        rows = np.array([place[name] for name in names], np.int64)
        counts = _crossed(rows, _IN_COLUMN[self.outcome], len(parts), len(COLUMNS))
        if dimension == "tier":
            return SafeTable(tuple(parts), counts, np.zeros(counts.shape, np.bool_))
        return safe_table(parts, counts)


def tally(plan: StrikePlan, system: CareSystem) -> Tally:
    """
    Count what becomes of every patient of a plan.

    Raises
    ------
    ValueError
        If the plan speaks of a patient whom the system does not know, or its match
        is not one for each series: the two do not belong together.
    """
    known = {patient.patient_id: patient for patient in system.patients}
    unknown = [s.patient_id for s in plan.series if s.patient_id not in known]
    if unknown:
        raise ValueError(f"plan and system do not belong together: no {unknown[0]}")
    matches = plan.matching.matches
    if [m.patient_id for m in matches] != [s.patient_id for s in plan.series]:
        raise ValueError("a plan has one match for each series, in their order")
    first = {b.patient_id: b for b in plan.bookings if b.number == 1}
    dated = bool(plan.bookings)
    outcome = np.array([_outcome(m, first, dated=dated) for m in matches], np.int64)
    people = tuple(known[s.patient_id] for s in plan.series)
    return Tally(plan, system, people, outcome, first)


def in_office(office: Sequence[Match], plan: StrikePlan) -> Ints:
    """
    Count outcomes by tier of the same patients as other matches place them.

    Shape ``(3, outcomes)``; judged by weeks, because such matches have no times.
    """
    tier = {s.patient_id: s.risk_tier - 1 for s in plan.series}
    rows = np.array([tier[m.patient_id] for m in office], np.int64)
    outcome = [_outcome(m, {}, dated=False) for m in office]
    return _crossed(rows, np.array(outcome, np.int64), 3, len(words.OUTCOMES))


def by_weeks(plan: StrikePlan) -> Ints:
    """Count outcomes by tier of a plan's own match, judged by weeks."""
    return in_office(plan.matching.matches, plan)


def often(codes: Iterable[str]) -> list[tuple[str, int]]:
    """Return codes with their counts, the most frequent first, then by name."""
    return sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0]))


def _outcome(match: Match, first: Mapping[str, Booking], *, dated: bool) -> int:
    if match.outcome != "placed":
        return WAITS if match.outcome == "waits" else NOBODY
    in_time = match.within_limit
    if dated:
        visit = first.get(match.patient_id)
        if visit is None:
            return NO_TIME
        in_time = visit.within_limit
    if match.kind == "network":
        return NETWORK_IN_TIME if in_time else NETWORK_LATER
    return HOUSE_IN_TIME if in_time else HOUSE_LATER


def _crossed(rows: Ints, columns: Ints, height: int, width: int) -> Ints:
    """Count pairs of codes, shape ``(height, width)``."""
    flat = np.bincount(rows * width + columns, minlength=height * width)
    return flat.reshape(height, width).astype(np.int64)
