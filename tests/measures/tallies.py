"""Tallies by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from caretime.model.log import BINS, CLOCKS, COUNTER, COUNTERS, Tally

WHOLE = (("all", "all"),)


def empty(
    *,
    replications: int = 1,
    weeks: int = 2,
    slices: tuple[tuple[str, str], ...] = WHOLE,
    licenses: tuple[str, ...] = ("LCSW",),
) -> Tally:
    """A tally in which nothing happened."""
    clocks = len(CLOCKS)
    return Tally(
        weekly=np.zeros((replications, weeks, len(COUNTERS)), np.int64),
        waits=np.zeros((replications, clocks, len(slices), 2, BINS), np.int64),
        weekly_waits=np.zeros((replications, weeks, clocks, 2, BINS), np.int64),
        staff=np.zeros((replications, weeks, len(licenses)), np.int64),
        slices=slices,
        licenses=licenses,
    )


def put(tally: Tally, name: str, *weeks: int, replication: int = 0) -> None:
    """Set a counter week by week."""
    tally.weekly[replication, :, COUNTER[name]] = weeks


def offer(
    tally: Tally,
    clock: str,
    waits: Mapping[int, int],
    *,
    part: tuple[str, str] = ("all", "all"),
    excepted: bool = False,
    replication: int = 0,
) -> None:
    """Count offers by wait, in week 0."""
    where = tally.slices.index(part)
    for units, people in waits.items():
        spot = (replication, CLOCKS.index(clock), where, int(excepted), units)
        tally.waits[spot] += people
        if part == ("all", "all"):
            week = (replication, 0, CLOCKS.index(clock), int(excepted), units)
            tally.weekly_waits[week] += people
