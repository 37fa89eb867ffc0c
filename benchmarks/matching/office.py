"""
What a scheduling office does today: risk order, nearest available, one by one.

Series are taken by risk tier, then by the day on which they are due. Each goes to the
nearest eligible clinician in-house whose openings hold all its visits, else to the
nearest network therapist with a place, in the week it is due; else the same a week
later, and so on to the end of the plan. Nobody placed is ever moved again. The office
is given the same eligibility, openings and weeks as the plan, and looks through every
eligible substitute for everybody: more than any desk could do on the telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from caretime.matching.candidates import Finder
from caretime.model.incident import Series, Substitute
from caretime.model.matching import Match, MatchPolicy
from caretime.model.people import Clinician
from caretime.model.system import CareSystem

AT_A_TIME = 500
"""Series whose candidates are held at once."""


@dataclass
class Books:
    """Openings left, by substitute and week, and who is in the network."""

    left: NDArray[np.int64]
    network: NDArray[np.bool_]

    def week_for(
        self, rows: NDArray[np.int32], weeks: Sequence[int], network: bool
    ) -> tuple[int, tuple[int, ...]] | None:
        """Return the first of some substitutes who has room, and where; or nobody."""
        if network:
            free = (self.left[rows, : weeks[0] + 1] > 0).any(axis=1)
        else:
            free = (self.left[rows][:, list(weeks)] > 0).all(axis=1)
        first = np.flatnonzero(free)[:1]
        if not len(first):
            return None
        row = int(rows[first[0]])
        if network:
            opened = np.flatnonzero(self.left[row, : weeks[0] + 1] > 0)
            return row, (int(opened[0]),)
        return row, tuple(weeks)


def by_office(
    system: CareSystem,
    series: Sequence[Series],
    substitutes: Sequence[Substitute],
    present: Sequence[Clinician],
    *,
    monday: date,
    policy: MatchPolicy,
) -> tuple[Match, ...]:
    """
    Place series one by one as a careful office would.

    Returns
    -------
    tuple of Match
        One for each series, in their order; points are 0, the office has none.
    """
    ordered = sorted(
        range(len(series)),
        key=lambda row: (
            series[row].risk_tier, series[row].first_due, series[row].patient_id
        ),
    )  # fmt: skip
    books = Books(
        np.array([s.openings for s in substitutes], np.int64),
        np.array([s.kind == "network" for s in substitutes], np.bool_),
    )
    found: dict[int, Match] = {}
    patients = {p.patient_id: p for p in system.patients}
    for first in range(0, len(ordered), AT_A_TIME):
        rows = ordered[first : first + AT_A_TIME]
        finder = Finder(
            system,
            [patients[series[row].patient_id] for row in rows],
            [
                Substitute(s.substitute_id, s.kind, tuple(openings))
                for s, openings in zip(substitutes, books.left.tolist(), strict=True)
            ],
            policy=policy,
            present=present,
        )
        pairs = finder.all_pairs()
        for place, row in enumerate(rows):
            ask = pairs.ask_of[place]
            those = slice(pairs.start[ask], pairs.start[ask + 1])
            found[row] = _placed(
                series[row],
                pairs.substitute[those],
                pairs.miles[those],
                pairs.telehealth[those],
                substitutes,
                books,
                monday,
            )
    return tuple(found[row] for row in range(len(series)))


def _placed(
    one: Series,
    who: NDArray[np.int32],
    miles: NDArray[np.float32],
    telehealth: NDArray[np.bool_],
    substitutes: Sequence[Substitute],
    books: Books,
    monday: date,
) -> Match:
    """Find the nearest with room: in person before by telehealth, in-house first."""
    near = np.lexsort((who, np.nan_to_num(miles, nan=np.inf), telehealth))
    inside = near[~books.network[who[near]]]
    outside = near[books.network[who[near]]]
    last_week = books.left.shape[1] - 1
    for delay in range(last_week - one.weeks[0] + 1):
        weeks = [w + delay for w in one.weeks if w + delay <= last_week]
        for network, order in ((False, inside), (True, outside)):
            placed = books.week_for(who[order], weeks, network)
            if placed is None:
                continue
            row, taken = placed
            books.left[row, list(taken)] -= 1
            at = int(order[np.flatnonzero(who[order] == row)[0]])
            return Match(
                one.patient_id,
                "placed",
                substitutes[row].substitute_id,
                substitutes[row].kind,
                tuple(weeks),
                weeks[0] <= (one.limit_day - monday).days // 7,
                telehealth=bool(telehealth[at]),
                miles=float(miles[at]),
            )
    return Match(one.patient_id, "left_out")


def told_of(
    matches: Sequence[Match], series: Sequence[Series]
) -> Mapping[str, float | int]:
    """Count what both ways are compared by."""
    tier = {one.patient_id: one.risk_tier for one in series}
    placed = [match for match in matches if match.outcome == "placed"]
    in_person = [m.miles for m in placed if not m.telehealth and m.miles == m.miles]
    highest = [m for m in matches if tier[m.patient_id] == 1]
    return {
        "patients": len(matches),
        "placed": len(placed),
        "highest risk": len(highest),
        "highest risk placed": sum(m.outcome == "placed" for m in highest),
        "within limit": sum(m.within_limit for m in placed),
        "highest risk within limit": sum(
            m.within_limit for m in highest if m.outcome == "placed"
        ),
        "in-house": sum(m.kind == "in_house" for m in placed),
        "miles in person": float(np.mean(in_person)) if in_person else 0.0,
        "by telehealth": sum(m.telehealth for m in placed),
        "visits": sum(_visits(match) for match in placed),
    }


def _visits(match: Match) -> int:
    return len(match.weeks)


def over_openings(
    matches: Sequence[Match], substitutes: Sequence[Substitute]
) -> Iterator[str]:
    """Name the substitutes who have been given more than their openings."""
    used: dict[str, list[int]] = {}
    for match in matches:
        if match.outcome == "placed":
            row = used.setdefault(match.substitute_id, [])
            row.extend(match.weeks if match.kind == "in_house" else match.weeks[:1])
    for substitute in substitutes:
        weeks = used.get(substitute.substitute_id, [])
        for week in range(len(substitute.openings)):
            if substitute.kind == "network":
                many = sum(w <= week for w in weeks) > sum(
                    substitute.openings[: week + 1]
                )
            else:
                many = weeks.count(week) > substitute.openings[week]
            if many:
                yield substitute.substitute_id
                break
