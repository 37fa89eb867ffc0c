"""All measures of a tally, each with numerator, denominator and replications."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime import tables
from caretime.measures.access import all_offers, offers, waits_of
from caretime.measures.estimate import Estimate, estimate
from caretime.measures.waits import mean_wait, percentile, ratio
from caretime.model.log import CLOCKS, Tally
from caretime.model.standards import Standard

WEEKS_A_YEAR = 52
VISITS = ("visits_intake", "visits_return", "visits_group", "visits_urgent")
PERCENTILES = (("median", 50), ("p90", 90), ("p95", 95))

RATIOS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], float]] = {
    "offered_of_referrals": (("intake_offers",), ("referrals",), 100),
    "third_next_intake": (("tnaa_intake_days",), ("tnaa_intake_clinicians",), 1),
    "third_next_return": (("tnaa_return_days",), ("tnaa_return_clinicians",), 1),
    "continuity": (("visits_own",), VISITS, 100),
    # Per visit due: an absolute number falls wherever fewer visits are held.
    "patients_lost": (
        ("lost_waiting", "dropped", "lost_in_transfer"),
        ("no_shows", *VISITS),
        1000,
    ),
    "no_show_share": (("no_shows",), ("no_shows", *VISITS), 100),
    "openings_unused": (("openings_unused",), ("openings",), 100),
    "caseload": (("in_treatment",), ("filled_seats",), 1),
    "load": (("visit_minutes", "notes_minutes"), ("paid_minutes",), 100),
    "meals_missed": (("meals_cut",), ("filled_seats",), 1),
    "unpaid_minutes": (("unpaid_minutes",), ("filled_seats",), 1),
    "encroached_minutes": (("encroached_minutes",), ("filled_seats",), 1),
    "leavers": (("clinicians_left",), ("filled_seats",), 100 * WEEKS_A_YEAR),
    "vacancies": (("vacant_seats",), ("vacant_seats", "filled_seats"), 100),
}
"""Sums over the run: counters above, counters below, factor."""

RATES: Mapping[str, tuple[str, ...]] = {
    "lost_waiting": ("lost_waiting",),
    "lost_dropped": ("dropped",),
    "lost_in_transfer": ("lost_in_transfer",),
    "visits_per_week": VISITS,
    "visits_intake_per_week": ("visits_intake",),
    "visits_return_per_week": ("visits_return",),
    "provider_cancels": ("provider_cancels",),
    "network_visits": ("network_visits",),
    "network_patients": ("to_network",),
}
"""Flows a week."""

LEVELS_AT_END = ("booked_ahead", "waiting_intake", "waitlist")


@dataclass(frozen=True, slots=True)
class Measurement:
    """
    One measure of one tally.

    Parameters
    ----------
    name
        A row of ``tables/measures.csv``.
    values
        One a replication; ``nan`` where the denominator is zero.
    numerators, denominators
        One a replication. Medians and percentiles have no numerator; their
        denominator is the number of waits.
    excepted
        Offers with a clinician's exception on record, which stand in neither.
    dimension, part
        The slice: ``("all", "all")``, ``("county", "Orange")``, ...
    """

    name: str
    values: tuple[float, ...]
    numerators: tuple[int, ...] | None
    denominators: tuple[int, ...]
    excepted: tuple[int, ...] | None = None
    dimension: str = "all"
    part: str = "all"

    @property
    def estimate(self) -> Estimate:
        """Mean over replications with its 95 % interval."""
        return estimate(self.values)


def measure(tally: Tally, standards: Iterable[Standard]) -> dict[str, Measurement]:
    """
    Measure a tally: every row of ``tables/measures.csv``, by name.

    Parameters
    ----------
    tally
        Of a simulation or, by `tally_of_log`, of any event log.
    standards
        The access standards in force; a clock without one has no
        ``within_...`` measure.

    Returns
    -------
    dict
        In the order of the table.

    Notes
    -----
    A value is computed for each replication from its own sums over the run
    (not by averaging weeks) and the replications are then averaged.
    """
    standards = tuple(standards)
    found = {m.name: m for m in _access(tally, standards, "all", "all")}
    for name, (top, bottom, factor) in RATIOS.items():
        found[name] = _ratio(name, _sum(tally, top), _sum(tally, bottom), factor)
    weeks = np.full(tally.replications, tally.weeks, dtype=np.int64)
    for name, flows in RATES.items():
        found[name] = _ratio(name, _sum(tally, flows), weeks, 1)
    for name in LEVELS_AT_END:
        ends = tally.counter(name)[:, -1]
        found[name] = _ratio(name, ends, np.ones_like(ends), 1)
    order = (row["name"] for row in definitions())
    return {name: found[name] for name in order if name in found}


def measure_slices(
    tally: Tally, standards: Iterable[Standard]
) -> tuple[Measurement, ...]:
    """
    Measure access for every slice of a tally but the whole.

    Counts are not yet suppressed; see `caretime.measures.suppression`.
    """
    standards = tuple(standards)
    return tuple(
        measurement
        for dimension, part in tally.slices
        if dimension != "all"
        for measurement in _access(tally, standards, dimension, part)
    )


def definitions() -> Iterator[dict[str, str]]:
    """Yield the rows of ``tables/measures.csv``."""
    return tables.rows("measures")


def _access(
    tally: Tally, standards: tuple[Standard, ...], dimension: str, part: str
) -> Iterator[Measurement]:
    """Shares within the standards and waits of one slice."""
    for clock in CLOCKS:
        if dimension == "all":
            judged = all_offers(tally, clock, standards)
        else:
            judged = offers(tally, clock, standards, dimension, part)
        if judged is not None:
            yield Measurement(
                f"within_{clock}",
                _floats(100 * ratio(judged.within, judged.judged)),
                _whole(judged.within),
                _whole(judged.judged),
                _whole(judged.excepted),
                dimension,
                part,
            )
        counts = waits_of(tally, clock, dimension, part).sum(-2)
        people = counts.sum(-1)
        total = counts @ np.arange(counts.shape[-1], dtype=np.int64)
        yield Measurement(
            f"wait_{clock}_mean",
            _floats(mean_wait(counts)),
            _whole(total),
            _whole(people),
            None,
            dimension,
            part,
        )
        for word, percent in PERCENTILES:
            yield Measurement(
                f"wait_{clock}_{word}",
                _floats(percentile(counts, percent)),
                None,
                _whole(people),
                None,
                dimension,
                part,
            )


def _ratio(
    name: str, top: NDArray[np.int64], bottom: NDArray[np.int64], factor: float
) -> Measurement:
    """Build a ratio measure."""
    values = _floats(factor * ratio(top, bottom))
    return Measurement(name, values, _whole(top), _whole(bottom))


def _sum(tally: Tally, counters: tuple[str, ...]) -> NDArray[np.int64]:
    """Add counters up over the run, one number a replication."""
    total = np.zeros(tally.replications, dtype=np.int64)
    for name in counters:
        total += tally.counter(name).sum(axis=1)
    return total


def _floats(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _whole(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def mean_of(numbers: tuple[int, ...] | None) -> float | None:
    """
    Return the mean over replications, ``None`` where there is nothing.

    >>> mean_of((1, 2)), mean_of(None)
    (1.5, None)
    """
    if not numbers:
        return None
    return math.fsum(numbers) / len(numbers)
