"""From tallies to the tables of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from caretime.bargaining.comparison import (
    ArmValue,
    CostPart,
    MeasureRow,
    SliceRow,
    WaitHistogram,
    WeeklySeries,
)
from caretime.bargaining.cost import PARTS, UNPAID, Bill
from caretime.measures.access import limit_of
from caretime.measures.estimate import Estimate, estimate, paired_difference
from caretime.measures.measure import (
    VISITS,
    Measurement,
    definitions,
    mean_of,
    measure_slices,
)
from caretime.measures.suppression import hidden_measurements
from caretime.measures.waits import mean_wait, ratio, share_within
from caretime.model.log import CLOCKS, Tally
from caretime.model.standards import Standard

Measured = Mapping[str, Measurement]

SERIES = {
    "visits": ("Visits held", "visits a week"),
    "within_intake": ("First visit offered within the standard", "%"),
    "within_follow_up": ("Follow-up visit offered within the standard", "%"),
    "wait_intake_mean": ("Mean wait for a first visit", "business days"),
    "wait_follow_up_mean": ("Mean gap before a follow-up visit", "business days"),
    "waiting_intake": ("People waiting for their first visit", "people"),
    "waitlist": ("People on the waitlist", "people"),
    "booked_ahead": ("Visits booked ahead", "visits"),
    "in_treatment": ("Patients in treatment", "people"),
    "filled_seats": ("Filled seats", "clinicians"),
    "vacancies": ("Seats that stand empty", "seats"),
    "unpaid_minutes": ("Unpaid minutes for each clinician", "minutes"),
    "meals_missed": ("Meals cut short for each clinician", "meals"),
    "network_visits": ("Visits given to network therapists", "visits"),
}


def measure_rows(
    arms: Mapping[str, Measured],
    base: str,
    calm: Mapping[str, Measured] | None,
) -> tuple[MeasureRow, ...]:
    """
    Put arms side by side, measure by measure.

    ``calm`` holds the same arms with the effect of load on leaving off.
    """
    rows = []
    for definition in definitions():
        name = definition["name"]
        if all(name in measured for measured in arms.values()):
            values = tuple(_arm_value(name, arm, arms, base, calm) for arm in arms)
            rows.append(MeasureRow(values=values, **definition))
    return tuple(rows)


def _arm_value(
    name: str,
    arm: str,
    arms: Mapping[str, Measured],
    base: str,
    calm: Mapping[str, Measured] | None,
) -> ArmValue:
    """Give one measure of one arm with its paired differences."""
    found = arms[arm][name]
    return ArmValue(
        contract_id=arm,
        estimate=found.estimate,
        difference=_difference(name, arm, arms, base),
        numerator=mean_of(found.numerators),
        denominator=mean_of(found.denominators),
        excepted=mean_of(found.excepted),
        without_leaving=calm[arm][name].estimate if calm else None,
        without_leaving_difference=_difference(name, arm, calm, base) if calm else None,
    )


def _difference(
    name: str, arm: str, arms: Mapping[str, Measured], base: str
) -> Estimate | None:
    """Subtract the base, replication by replication; the base has none."""
    if arm == base:
        return None
    return paired_difference(arms[arm][name].values, arms[base][name].values)


def weekly_series(
    contract_id: str, tally: Tally, standards: Sequence[Standard]
) -> Iterator[WeeklySeries]:
    """Yield the weekly series of one arm with 95 % bands of the mean."""
    numbers = _weekly_numbers(tally, standards)
    for name, (title, unit) in SERIES.items():
        if name not in numbers:
            continue
        weeks = [estimate(column) for column in numbers[name].T]
        yield WeeklySeries(
            name,
            title,
            unit,
            contract_id,
            tuple(_known(week.value) for week in weeks),
            tuple(week.low for week in weeks),
            tuple(week.high for week in weeks),
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _weekly_numbers(
    tally: Tally, standards: Sequence[Standard]
) -> dict[str, NDArray[np.float64]]:
    """Compute each series, shape ``(replications, weeks)``."""
    both = tally.weekly_waits.sum(axis=3)
    filled = tally.counter("filled_seats")
    numbers = {
        name: tally.counter(name).astype(np.float64)
        for name in SERIES
        if name in ("waiting_intake", "waitlist", "booked_ahead", "in_treatment")
    }
    numbers["visits"] = np.sum([tally.counter(v) for v in VISITS], axis=0).astype(float)
    numbers["filled_seats"] = filled.astype(np.float64)
    numbers["network_visits"] = tally.counter("network_visits").astype(np.float64)
    numbers["unpaid_minutes"] = ratio(tally.counter("unpaid_minutes"), filled)
    numbers["meals_missed"] = ratio(tally.counter("meals_cut"), filled)
    for clock in ("intake", "follow_up"):
        numbers[f"wait_{clock}_mean"] = mean_wait(both[:, :, CLOCKS.index(clock)])
    numbers["vacancies"] = tally.counter("vacant_seats").astype(np.float64)
    for clock in ("intake", "follow_up"):
        limit = limit_of(standards, clock)
        if limit is not None:
            judged = tally.weekly_waits[:, :, CLOCKS.index(clock), 0]
            numbers[f"within_{clock}"] = 100 * share_within(judged, limit)
    return numbers


def wait_histograms(
    contract_id: str, tally: Tally, standards: Sequence[Standard]
) -> Iterator[WaitHistogram]:
    """Yield the wait histogram of each clock, a mean replication."""
    whole = tally.waits[:, :, tally.slice_index("all", "all")].mean(axis=0)
    for clock, counts in zip(CLOCKS, whole, strict=True):
        yield WaitHistogram(
            clock,
            "hours" if clock == "urgent" else "business days",
            limit_of(standards, clock),
            contract_id,
            tuple(float(count) for count in counts[0]),
            tuple(float(count) for count in counts[1]),
        )


def slice_rows(
    contract_id: str,
    tally: Tally,
    standards: Sequence[Standard],
    whole: Measured,
) -> Iterator[SliceRow]:
    """Yield access by county, language, age group, license, small counts hidden."""
    slices = measure_slices(tally, standards)
    hidden = hidden_measurements(slices, whole.values())
    for part in slices:
        if (part.name, part.dimension, part.part) in hidden:
            yield SliceRow(
                part.name,
                part.dimension,
                part.part,
                contract_id,
                *(None,) * 5,
                hidden=True,
            )
            continue
        mean = part.estimate
        yield SliceRow(
            part.name,
            part.dimension,
            part.part,
            contract_id,
            _known(mean.value),
            mean.low,
            mean.high,
            mean_of(part.numerators),
            mean_of(part.denominators),
            hidden=False,
        )


def cost_parts(bills: Mapping[str, Bill], base: str) -> Iterator[CostPart]:
    """Yield the cost parts of each arm and their paired differences, and totals."""
    for arm, bill in bills.items():
        amounts = {**bill.parts, "total": bill.total}
        against = {**bills[base].parts, "total": bills[base].total}
        for part, cents in amounts.items():
            mean = estimate(cents.astype(float))
            gap = None
            if arm != base:
                gap = estimate((cents - against[part]).astype(float))
            yield CostPart(
                part,
                PARTS.get(part, "Total paid"),
                arm,
                round(mean.value),
                _cents(mean.low),
                _cents(mean.high),
                _cents(gap.value) if gap else None,
                _cents(gap.low) if gap else None,
                _cents(gap.high) if gap else None,
                paid=part != UNPAID,
            )


def _cents(value: float | None) -> int | None:
    return None if value is None else round(value)
