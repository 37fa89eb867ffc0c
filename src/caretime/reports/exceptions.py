"""
What the shares within a standard leave out: offers with a clinician's exception.

An exception allows a longer wait, so the offers it takes out of a share are late
ones. How many they are is printed beside every such share, and what the share
would be with all of them counted as late.
"""

from __future__ import annotations

from caretime.bargaining.comparison import Comparison, MeasureRow
from caretime.reports import wording
from caretime.reports.names import name_arms

PREFIX = "within_"
THINGS = {
    "within_intake": "first visits offered",
    "within_first_treatment": "first treatment visits offered",
    "within_follow_up": "follow-up visits offered",
    "within_urgent": "urgent visits offered",
}


def excepted_share(comparison: Comparison, name: str, contract_id: str) -> float | None:
    """
    Return the percent of offers with a clinician's exception on record.

    Parameters
    ----------
    name
        A ``within_...`` measure.

    Returns
    -------
    float or None
        0 to 100; ``None`` where the measure is no share of offers, or where
        neither its row nor the wait histograms say.
    """
    found = _counts(comparison, name, contract_id)
    if found is None:
        return None
    _, judged, excepted = found
    return 100 * excepted / (judged + excepted)


def counted_late(comparison: Comparison, name: str, contract_id: str) -> float | None:
    """
    Return the percent of all offers within the standard, exceptions taken as late.

    A ratio of counts over all replications together, so it has no interval;
    ``None`` as in `excepted_share`.
    """
    found = _counts(comparison, name, contract_id)
    if found is None:
        return None
    within, judged, excepted = found
    return 100 * within / (judged + excepted)


def any_excepted(comparison: Comparison, name: str) -> bool:
    """Say whether a measure leaves offers out under any proposal."""
    return any(
        excepted_share(comparison, name, arm.contract_id) for arm in comparison.arms
    )


def share_told(comparison: Comparison, name: str) -> str | None:
    """
    Say how many percent of offers a measure leaves out, over all proposals.

    ``None`` where it leaves out none; ``19 to 20 %`` where proposals differ.
    """
    if not any_excepted(comparison, name):
        return None
    shares = (
        excepted_share(comparison, name, arm.contract_id) for arm in comparison.arms
    )
    known = sorted(share for share in shares if share is not None)
    told = [wording.number(s, places=0 if s >= 1 else None) for s in known]
    ends = dict.fromkeys((told[0], told[-1]))
    return wording.of_unit(" to ".join(ends), "%")


def left_out(comparison: Comparison, name: str) -> str:
    """Say beside a share which offers it is of; empty where it is of all."""
    told = share_told(comparison, name)
    if told is None:
        return ""
    return f"of offers without a clinician's exception on record; {told} have one"


def sentences(comparison: Comparison) -> list[tuple[str, str]]:
    """Give a heading and a sentence for each share that leaves offers out."""
    return [
        _sentence(comparison, row)
        for row in comparison.measures
        if any_excepted(comparison, row.name)
    ]


def _sentence(comparison: Comparison, row: MeasureRow) -> tuple[str, str]:
    names = name_arms(comparison)
    told = share_told(comparison, row.name)
    late = [(counted_late(comparison, row.name, arm), names[arm].full) for arm in names]
    shares = wording.listed(
        [
            f"{wording.of_unit(wording.number(share, places=1), '%')} under {full}"
            for share, full in late
            if share is not None
        ]
    )
    opening = "Exceptions"
    return opening, (
        f"{opening}: {told} of {THINGS.get(row.name, row.title.lower())} have a "
        "clinician's exception on record, which allows a longer wait; they stand "
        f"outside the share within the standard. With all of them counted as late "
        f"it is {shares}."
    )


def _counts(
    comparison: Comparison, name: str, contract_id: str
) -> tuple[float, float, float] | None:
    """Return offers within the limit, offers judged, and offers excepted."""
    if not name.startswith(PREFIX):
        return None
    for row in comparison.measures:
        for value in row.values:
            if (row.name, value.contract_id) != (name, contract_id):
                continue
            numbers = (value.numerator, value.denominator, value.excepted)
            within, judged, excepted = numbers
            if within is not None and judged is not None and excepted is not None:
                return (within, judged, excepted) if judged + excepted else None
    return _counts_of_waits(comparison, name, contract_id)


def _counts_of_waits(
    comparison: Comparison, name: str, contract_id: str
) -> tuple[float, float, float] | None:
    clock = name.removeprefix(PREFIX)
    for histogram in comparison.waits:
        if (histogram.clock, histogram.contract_id) != (clock, contract_id):
            continue
        if histogram.limit is None:
            return None
        within = _sum(histogram.counts[: histogram.limit + 1])
        judged, excepted = _sum(histogram.counts), _sum(histogram.excepted)
        return (within, judged, excepted) if judged + excepted else None
    return None


def _sum(counts: tuple[float | None, ...]) -> float:
    """Add counts up; hidden ones count as none."""
    return sum(count or 0.0 for count in counts)
