"""Series and candidates as the arrays of a problem; who is decided beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from caretime.matching.candidates import Candidates, Finder
from caretime.matching.engine import NO_OFFER, Problem
from caretime.model.incident import Series
from caretime.model.matching import Match


@dataclass(frozen=True)
class Wanted:
    """
    What the match is asked for.

    ``limit_week`` by series; the rest as in ``match``.
    """

    series: tuple[Series, ...]
    limit_week: NDArray[np.int64]
    pins: Mapping[str, str]
    waits: frozenset[str]
    offered: Mapping[str, str]
    declined: Mapping[str, frozenset[str]]
    before: Mapping[str, Match]

    def is_free(self, row: int) -> bool:
        """Say whether the match decides about this series."""
        patient = self.series[row].patient_id
        return patient not in self.waits and patient not in self.pins

    def refused(self, row: int) -> frozenset[str]:
        """Return the substitutes that are not to be offered again."""
        return self.declined.get(self.series[row].patient_id, frozenset())

    @cached_property
    def refusing(self) -> NDArray[np.int64]:
        """Rows of the series of those who declined somebody."""
        declined = {p for p, refused in self.declined.items() if refused}
        rows = [k for k, s in enumerate(self.series) if s.patient_id in declined]
        return np.array(rows, np.int64)

    def settled(self, row: int) -> Match:
        """Return what holds for a series that gets nobody in the match."""
        series = self.series[row]
        patient = series.patient_id
        if patient in self.waits:
            return Match(patient, "waits", pinned=True)
        name = self.pins.get(patient, "")
        if not name:
            return Match(patient, "left_out", pinned=patient in self.pins)
        old = self.before.get(patient)
        if old is not None and old.substitute_id == name and old.weeks:
            return replace(old, pinned=True)
        return Match(
            patient,
            "placed",
            name,
            weeks=series.weeks,
            within_limit=bool(series.weeks[0] <= self.limit_week[row]),
            pinned=True,
        )


def problem_of(
    finder: Finder, found: Candidates, wanted: Wanted
) -> tuple[Problem, NDArray[np.int64]]:
    """
    Return the problem of those whose series are to be decided.

    Returns
    -------
    tuple
        The problem; rows of its patients among the series.
    """
    rows = np.array(
        [row for row in range(len(wanted.series)) if wanted.is_free(row)], np.int64
    )
    names = {s.substitute_id: k for k, s in enumerate(finder.substitutes)}
    network = np.array([s.kind == "network" for s in finder.substitutes], np.bool_)
    span = len(finder.substitutes[0].openings) if finder.substitutes else 1
    openings = np.array([s.openings for s in finder.substitutes], np.int64).reshape(
        -1, span
    )
    intakes = np.array(
        [s.intakes or (0,) * len(s.openings) for s in finder.substitutes], np.int64
    ).reshape(-1, span)
    _take_pins(wanted, names, network, openings, intakes)
    series = [wanted.series[row] for row in rows.tolist()]
    ask, start, pairs = _own_asks(found, wanted, rows, names, np.arange(len(rows)))
    offered = [
        names.get(wanted.offered.get(s.patient_id, ""), NO_OFFER) for s in series
    ]
    plain = np.where(ask < found.asks, ask, -1).astype(np.int32)
    return (
        Problem(
            ask_of=ask,
            start=start,
            substitute=found.substitute[pairs],
            points=found.points[pairs],
            tier=np.array([s.risk_tier for s in series], np.int8),
            first=np.array([s.weeks[0] for s in series], np.int32),
            limit=wanted.limit_week[rows].astype(np.int32),
            weeks=np.array([sum(1 << w for w in s.weeks) for s in series], np.int64),
            is_network=network,
            openings=openings,
            intakes=intakes,
            intake=np.array([s.visit_type == "intake" for s in series], np.int32),
            offered=np.array(offered if wanted.offered else [], np.int32),
            plain_ask=plain,
        ),
        rows,
    )


OUTSIDE = 24
"""Network therapists looked at for each ask, the cheapest."""


def fewer_outside(finder: Finder, found: Candidates) -> Candidates:
    """
    Keep the cheapest network therapists of each ask without the highest tier.

    In-house openings are worth a longer look: they go to whoever fits their weeks;
    and so is every place for whoever is at highest risk.
    """
    first = np.zeros(found.asks, np.bool_)
    tiers = np.array([patient.risk_tier for patient in finder.patients], np.int64)
    first[found.ask_of[tiers == 1]] = True
    ask = np.repeat(np.arange(found.asks), np.diff(found.start))
    network = finder.pool.network[found.substitute]
    before = np.concatenate([[0], np.cumsum(network)])
    rank = before[:-1] - before[found.start[ask]]
    keep = ~network | (rank < OUTSIDE) | first[ask]
    many = np.bincount(ask[keep], minlength=found.asks)
    return Candidates(
        found.ask_of,
        np.concatenate([[0], np.cumsum(many)]).astype(np.int64),
        found.substitute[keep],
        found.points[keep],
        found.telehealth[keep],
        found.miles[keep],
    )


def pairs_of(
    finder: Finder,
    found: Candidates,
    wanted: Wanted,
    rows: NDArray[np.int64],
    mine: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """
    Return each patient's ask, its ranges, and pairs, without what ``mine`` declined.

    ``mine`` are places in ``rows``; refusals of all others are left aside.
    """
    names = {s.substitute_id: k for k, s in enumerate(finder.substitutes)}
    return _own_asks(found, wanted, rows, names, mine)


def _own_asks(
    found: Candidates,
    wanted: Wanted,
    rows: NDArray[np.int64],
    names: Mapping[str, int],
    mine: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Give whoever of ``mine`` declined somebody an ask of their own, without these."""
    ask = found.ask_of[rows].astype(np.int32)
    ends = [found.start[1:]]
    pairs = [np.arange(len(found.substitute), dtype=np.int64)]
    last, count = int(found.start[-1]), found.asks
    for at in mine[np.isin(rows[mine], wanted.refusing)].tolist():
        refused = wanted.refused(int(rows[at]))
        own = np.arange(found.start[ask[at]], found.start[ask[at] + 1])
        gone = [names[name] for name in refused if name in names]
        own = own[~np.isin(found.substitute[own], gone)]
        pairs.append(own)
        last += len(own)
        ends.append(np.array([last]))
        ask[at] = count
        count += 1
    start = np.concatenate([[0], *ends]).astype(np.int64)
    return ask, start, np.concatenate(pairs)


def _take_pins(
    wanted: Wanted,
    names: Mapping[str, int],
    network: NDArray[np.bool_],
    openings: NDArray[np.int64],
    intakes: NDArray[np.int64],
) -> None:
    """Take what is decided beforehand off the openings."""
    for row, series in enumerate(wanted.series):
        s = names.get(wanted.pins.get(series.patient_id, ""), -1)
        weeks = wanted.settled(row).weeks
        if s < 0 or not weeks:
            continue
        if network[s]:
            opened = np.flatnonzero(openings[s, : weeks[0] + 1] > 0)
            if len(opened):
                openings[s, opened[-1]] -= 1
            continue
        for place, week in enumerate(weeks):
            is_first = not place and series.visit_type == "intake"
            column = intakes if is_first else openings
            column[s, week] = max(0, column[s, week] - 1)


def ways_of(
    finder: Finder,
    found: Candidates,
    rows: NDArray[np.int64],
    own: NDArray[np.int32],
) -> list[tuple[bool, float]]:
    """Return how each placed patient meets: by telehealth, and miles."""
    ways = [(False, 0.0)] * len(rows)
    for at, row in enumerate(rows.tolist()):
        if own[at] < 0:
            continue
        ask = found.ask_of[row]
        span = slice(found.start[ask], found.start[ask + 1])
        k = int(found.start[ask] + np.argmax(found.substitute[span] == own[at]))
        miles = float(found.miles[k])
        ways[at] = bool(found.telehealth[k]), 0.0 if np.isnan(miles) else miles
    return ways
