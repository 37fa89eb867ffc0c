"""Offers within the access standards, exceptions counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.log import CLOCKS, Tally
from caretime.model.standards import Standard
from caretime.rules.access import standard_for

DAYS_A_WEEK = 7
MOST = "LCSW"
"""The license whose limits judge a slice that mixes licenses."""


@dataclass(frozen=True, slots=True)
class Offers:
    """
    First offers on one clock, one number a replication each.

    ``judged`` is the denominator; offers with a clinician's exception on record
    are in ``excepted`` only, however long or short their wait was.
    """

    within: NDArray[np.int64]
    judged: NDArray[np.int64]
    excepted: NDArray[np.int64]


def limit_of(
    standards: Iterable[Standard], clock: str, license_code: str = MOST
) -> int | None:
    """
    Return the strictest limit on a clock, in the unit of its histogram.

    Histograms count business days, and elapsed hours on the urgent clock. A
    limit in calendar days is turned into the business days it is sure to hold
    (10 calendar days hold at least 6 without holidays), which is the strict
    reading. Limits for urgent care that needs prior authorization are left
    out, because the log does not say which requests need it. ``None`` where no
    standard judges the clock or its unit does not fit the histogram.

    Examples
    --------
    >>> from caretime.rules.access import load_standards
    >>> california = load_standards("california")
    >>> limit_of(california, "intake"), limit_of(california, "intake", "PSYCHIATRIST")
    (10, 15)
    """
    standard = standard_for(tuple(standards), clock, license_code)
    if standard is None or (standard.unit == "hours") != (clock == "urgent"):
        return None
    if standard.unit == "calendar_days":
        weeks, rest = divmod(standard.limit, DAYS_A_WEEK)
        return weeks * WORKING_DAYS + max(0, rest - 2)
    return standard.limit


def offers(
    tally: Tally,
    clock: str,
    standards: Iterable[Standard],
    dimension: str = "all",
    part: str = "all",
) -> Offers | None:
    """
    Count the offers of one slice; ``None`` where no standard applies.

    A slice by license is judged by that license's own limit (psychiatrists have
    15 business days in California); every other slice by the therapists' limit.
    """
    limit = limit_of(standards, clock, part if dimension == "license" else MOST)
    return _judged(waits_of(tally, clock, dimension, part), limit)


def all_offers(
    tally: Tally, clock: str, standards: Iterable[Standard]
) -> Offers | None:
    """
    Count all offers, each judged by the limit of the license that made it.

    Offers without a license (by the network, or in a log without clinicians)
    are judged by the therapists' limit. Offers by a license that no standard
    judges on this clock stand in no number.
    """
    standards = tuple(standards)
    licenses = [part for dimension, part in tally.slices if dimension == "license"]
    rest = waits_of(tally, clock).copy()
    judged = []
    for code in licenses:
        counts = waits_of(tally, clock, "license", code)
        rest -= counts
        judged.append(_judged(counts, limit_of(standards, clock, code)))
    judged.append(_judged(rest, limit_of(standards, clock)))
    parts = [part for part in judged if part is not None]
    if not parts:
        return None
    within, counted, excepted = (
        np.sum([getattr(part, name) for part in parts], axis=0)
        for name in ("within", "judged", "excepted")
    )
    return Offers(within, counted, excepted)


def _judged(counts: NDArray[np.int64], limit: int | None) -> Offers | None:
    """Count offers against a limit; ``None`` where there is none."""
    if limit is None:
        return None
    return Offers(
        counts[:, 0, : limit + 1].sum(-1), counts[:, 0].sum(-1), counts[:, 1].sum(-1)
    )


def waits_of(
    tally: Tally, clock: str, dimension: str = "all", part: str = "all"
) -> NDArray[np.int64]:
    """Return the histograms of a slice, shape ``(replications, 2, BINS)``."""
    where = tally.slice_index(dimension, part)
    counts: NDArray[np.int64] = tally.waits[:, CLOCKS.index(clock), where]
    return counts
