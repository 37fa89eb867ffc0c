"""From the outcomes of all pools to one tally of the system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from caretime.model.log import BINS, CLOCKS, Tally
from caretime.simulation._arrays import Outcome, Pool
from caretime.simulation._population import Population

DIMENSIONS = ("county", "language", "age_group")


def slices_of(population: Population) -> tuple[tuple[str, str], ...]:
    """Return the slices of a system's tally, in order."""
    found: list[tuple[str, str]] = [("all", "all")]
    for dimension in DIMENSIONS:
        values = sorted({str(getattr(s, dimension)) for s in population.strata})
        found += [(dimension, value) for value in values]
    found += [("license", code) for code in population.licenses]
    return tuple(found)


def slice_matrix(
    population: Population, slices: tuple[tuple[str, str], ...]
) -> NDArray[np.int64]:
    """Return ``(slices, strata)``: 1 where a stratum belongs to a slice."""
    matrix = np.zeros((len(slices), len(population.strata)), np.int64)
    matrix[0] = 1
    for row, (dimension, value) in enumerate(slices):
        if dimension in DIMENSIONS:
            matrix[row] = [getattr(s, dimension) == value for s in population.strata]
    return matrix


def merge(
    population: Population,
    pools: tuple[Pool, ...],
    outcomes: list[Outcome],
    slices: tuple[tuple[str, str], ...],
    matrix: NDArray[np.int64],
) -> Tally:
    """Add up the pools of one replication."""
    weekly = sum(o.weekly for o in outcomes)
    weekly_waits = np.zeros(outcomes[0].weekly_waits.shape, np.int64)
    waits = np.zeros((len(CLOCKS), len(slices), 2, BINS), np.int64)
    staff = np.zeros(outcomes[0].staff.shape, np.int64)
    first_license = next(k for k, (name, _) in enumerate(slices) if name == "license")
    for pool, outcome in zip(pools, outcomes, strict=True):
        weekly_waits += outcome.weekly_waits
        staff += outcome.staff
        # Counts stay far below 2**53, so the product of floats is exact; it is ten
        # times as fast as that of integers.
        local = matrix[:, pool.strata].astype(np.float64)
        flat = outcome.waits.reshape(len(CLOCKS), len(pool.strata), 2 * BINS)
        spread = np.matmul(local, flat.astype(np.float64))
        waits += spread.reshape(waits.shape).astype(np.int64)
        waits[:, first_license:] += outcome.by_license
    return Tally(
        weekly=np.asarray(weekly)[None],
        waits=waits[None],
        weekly_waits=weekly_waits[None],
        staff=staff[None],
        slices=slices,
        licenses=population.licenses,
    )
