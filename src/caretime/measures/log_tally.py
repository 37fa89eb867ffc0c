"""From an event log to its tally, so that real and simulated numbers are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.care import VISIT_TYPES
from caretime.model.log import (
    BINS,
    CLOCKS,
    COUNTED,
    COUNTER,
    COUNTERS,
    LEVELS,
    LOG_COLUMNS,
    SUMMED,
    EventKind,
    Tally,
)

if TYPE_CHECKING:
    import polars as pl

CLOCK_BITS = 7
EXCEPTION_BIT = 8
STRATUM_DIMENSIONS = ("county", "language", "age_group")


def tally_of_log(
    log: pl.DataFrame,
    strata: Sequence[Mapping[str, str]],
    clinician_licenses: Sequence[str],
    *,
    weeks: int,
    slices: Sequence[tuple[str, str]] | None = None,
    licenses: Sequence[str] | None = None,
) -> Tally:
    """
    Count an event log of one replication into its tally.

    Parameters
    ----------
    log
        Columns ``model.log.LOG_COLUMNS``, one row an event, any order.
    strata
        One row a stratum with ``county``, ``language`` and ``age_group``.
    clinician_licenses
        License code of each clinician, in the order of ``clinicians.csv``;
        posts that were vacant on the first day follow.
    weeks
        Length of the run; events on later days are left out.
    slices, licenses
        Order of the tally's slices and licenses; made from ``strata`` and
        ``clinician_licenses`` (sorted) where not given.

    Returns
    -------
    Tally
        With one replication.

    Raises
    ------
    ValueError
        If a column is missing, or a clinician has no license in the list.

    Notes
    -----
    A wait longer than 127 units stands in bin 127. Offers without a stratum or
    clinician stand in the slice ``all`` only.
    """
    if missing := [name for name in LOG_COLUMNS if name not in log.columns]:
        raise ValueError(f"log has no column {', '.join(missing)}")
    if log.height and int(log["clinician"].max()) >= len(clinician_licenses):  # type: ignore[arg-type]
        raise ValueError(f"only {len(clinician_licenses)} clinicians have a license")
    if licenses is None:
        licenses = sorted(set(clinician_licenses))
    if slices is None:
        slices = _slices(strata, licenses)
    columns = {name: log[name].to_numpy().astype(np.int64) for name in LOG_COLUMNS}
    # What happens before the first day (a visit booked then) counts in week 0.
    columns["day"] = np.maximum(columns["day"], 0)
    inside = columns["day"] < weeks * WORKING_DAYS
    columns = {name: column[inside] for name, column in columns.items()}
    columns["week"] = columns["day"] // WORKING_DAYS
    waits, weekly_waits = _count_waits(
        columns, strata, clinician_licenses, weeks, tuple(slices)
    )
    weekly = np.zeros((weeks, len(COUNTERS)), dtype=np.int64)
    _count_flows(columns, weekly)
    weekly[:, COUNTER["intake_offers"]] = weekly_waits[:, 0].sum(axis=(1, 2))
    return Tally(
        weekly=weekly[None],
        waits=waits[None],
        weekly_waits=weekly_waits[None],
        staff=_count_staff(columns, clinician_licenses, weeks, tuple(licenses))[None],
        slices=tuple(slices),
        licenses=tuple(licenses),
    )


def _slices(
    strata: Sequence[Mapping[str, str]], licenses: Sequence[str]
) -> list[tuple[str, str]]:
    """List the slices: all, then each dimension's values, sorted."""
    slices = [("all", "all")]
    for dimension in STRATUM_DIMENSIONS:
        slices += [(dimension, v) for v in sorted({row[dimension] for row in strata})]
    return slices + [("license", code) for code in licenses]


def _count_flows(
    columns: Mapping[str, NDArray[np.int64]], weekly: NDArray[np.int64]
) -> None:
    """Fill the weekly counters, all but offers."""
    kind, week, value, flag = (columns[c] for c in ("kind", "week", "value", "flag"))
    visit_type = columns["visit_type"]

    def add(mask: NDArray[np.bool_], counter: str, amounts: NDArray[np.int64]) -> None:
        np.add.at(weekly[:, COUNTER[counter]], week[mask], amounts[mask])

    ones = np.ones_like(value)
    for event, counter in COUNTED.items():
        add(kind == event, counter, ones)
    for event, counter in SUMMED.items():
        add(kind == event, counter, value)
    add(kind == EventKind.WEEK_MEALS, "meals_cut", flag)
    attended = kind == EventKind.ATTENDED
    for index, name in enumerate(VISIT_TYPES):
        add(attended & (visit_type == index), f"visits_{name}", ones)
    add(attended, "visits_own", flag)
    # Flag 1: a single visit taken over in an incident, no person who left.
    add((kind == EventKind.TO_NETWORK) & (flag == 0), "to_network", ones)
    absent = kind == EventKind.ABSENT
    add(absent & (flag == 0), "days_absent", ones)
    add(absent & (flag == 1), "days_absent_incident", ones)
    for index, name in enumerate(LEVELS):
        add((kind == EventKind.LEVELS) & (visit_type == index), name, value)


def _count_waits(
    columns: Mapping[str, NDArray[np.int64]],
    strata: Sequence[Mapping[str, str]],
    clinician_licenses: Sequence[str],
    weeks: int,
    slices: tuple[tuple[str, str], ...],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fill the wait histograms, over the run by slice and by week."""
    offer = columns["kind"] == EventKind.OFFER
    clock = columns["flag"][offer] & CLOCK_BITS
    excepted = (columns["flag"][offer] & EXCEPTION_BIT) // EXCEPTION_BIT
    wait = np.minimum(columns["value"][offer], BINS - 1)
    by_week = np.zeros((weeks, len(CLOCKS), 2, BINS), dtype=np.int64)
    np.add.at(by_week, (columns["week"][offer], clock, excepted, wait), 1)

    place = {label: position for position, label in enumerate(slices)}
    by_slice = np.zeros((len(CLOCKS), len(slices), 2, BINS), dtype=np.int64)
    by_slice[:, 0] = by_week.sum(axis=0)
    rows = {
        dimension: (columns["stratum"][offer], [row[dimension] for row in strata])
        for dimension in STRATUM_DIMENSIONS
    }
    rows["license"] = (columns["clinician"][offer], list(clinician_licenses))
    for dimension, (row, labels) in rows.items():
        positions = [place.get((dimension, label), -1) for label in labels]
        where = np.array([*positions, -1], dtype=np.int64)[row]
        known = where >= 0
        spots = (clock[known], where[known], excepted[known], wait[known])
        np.add.at(by_slice, spots, 1)
    return by_slice, by_week


def _count_staff(
    columns: Mapping[str, NDArray[np.int64]],
    clinician_licenses: Sequence[str],
    weeks: int,
    licenses: tuple[str, ...],
) -> NDArray[np.int64]:
    """Add up paid minutes by week and license."""
    paid = columns["kind"] == EventKind.WEEK_PAID
    index = np.array([licenses.index(code) for code in clinician_licenses] or [0])
    staff = np.zeros((weeks, len(licenses)), dtype=np.int64)
    spots = (columns["week"][paid], index[columns["clinician"][paid]])
    np.add.at(staff, spots, columns["value"][paid])
    return staff
