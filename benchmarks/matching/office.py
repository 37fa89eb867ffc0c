"""
What a scheduling office does today: risk order, nearest available, one by one.

Series are taken by risk tier, then by the day on which they are due. Each goes to the
nearest eligible clinician in-house whose openings hold all its visits, else to the
nearest network therapist with a place, in the week it is due; else the same a week
later, and so on to the end of the plan. Nobody placed is ever moved again. The office
is given the same eligibility, openings, first visits and weeks as the plan, and looks
through every eligible substitute for everybody: more than any desk could do on the
telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from caretime.matching.candidates import Candidates, Finder
from caretime.model.incident import Series, Substitute
from caretime.model.matching import MOST_POINTS, Match, MatchPolicy
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.rules.fit import waiting_points

AT_A_TIME = 500
"""Series whose candidates are held at once."""


@dataclass
class Books:
    """
    Openings left, and who is in the network.

    Parameters
    ----------
    left
        ``(substitutes, 2 * weeks)``: openings by week, then those of first visits.
    """

    left: NDArray[np.int64]
    network: NDArray[np.bool_]

    @classmethod
    def of(cls, substitutes: Sequence[Substitute]) -> Books:
        """Return the books before anybody is placed."""
        return cls(
            np.array(
                [
                    s.openings + (s.intakes or (0,) * len(s.openings))
                    for s in substitutes
                ],
                np.int64,
            ),
            np.array([s.kind == "network" for s in substitutes], np.bool_),
        )

    @property
    def weeks(self) -> int:
        """How many weeks are planned."""
        return int(self.left.shape[1]) // 2

    def now(self, substitutes: Sequence[Substitute]) -> list[Substitute]:
        """Return the substitutes with what is left."""
        return [
            replace(s, openings=tuple(left[: self.weeks]), intakes=tuple(
                left[self.weeks :] if s.intakes else ()
            ))
            for s, left in zip(substitutes, self.left.tolist(), strict=True)
        ]  # fmt: skip

    def used_by(self, one: Series, weeks: Sequence[int]) -> list[int]:
        """Return the columns that a series in these weeks takes in-house."""
        first = self.weeks if one.visit_type == "intake" else 0
        return [weeks[0] + first, *weeks[1:]]

    def place(
        self, rows: NDArray[np.int32], one: Series, weeks: Sequence[int], network: bool
    ) -> int | None:
        """Give the first of some substitutes with room the series; say which."""
        if network:
            free = np.any(self.left[rows, : weeks[0] + 1] > 0, axis=1)
        else:
            columns = self.used_by(one, weeks)
            free = np.all(self.left[rows[:, None], columns] > 0, axis=1)
        at = int(free.argmax()) if free.any() else -1
        if at < 0:
            return None
        row = rows[at]
        if network:
            columns = [int((self.left[row, : weeks[0] + 1] > 0).argmax())]
        self.left[row, columns] -= 1
        return at


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
    books = Books.of(substitutes)
    found: dict[int, Match] = {}
    patients = {p.patient_id: p for p in system.patients}
    for first in range(0, len(ordered), AT_A_TIME):
        rows = ordered[first : first + AT_A_TIME]
        finder = Finder(
            system,
            [patients[series[row].patient_id] for row in rows],
            books.now(substitutes),
            policy=policy,
            present=present,
        )
        pairs = finder.all_pairs()
        for place, row in enumerate(rows):
            ask = pairs.ask_of[place]
            those = slice(pairs.start[ask], pairs.start[ask + 1])
            found[row] = _placed(
                series[row], pairs, those, substitutes, books, monday=monday
            )
    return tuple(found[row] for row in range(len(series)))


def _placed(
    one: Series,
    pairs: Candidates,
    those: slice,
    substitutes: Sequence[Substitute],
    books: Books,
    *,
    monday: date,
) -> Match:
    """Find the nearest with room: in person before by telehealth, in-house first."""
    who, telehealth = pairs.substitute[those], pairs.telehealth[those]
    miles = np.nan_to_num(pairs.miles[those], nan=np.inf)
    near = np.lexsort((who, miles, telehealth))
    outside = books.network[who[near]]
    kinds = ((False, near[~outside]), (True, near[outside]))
    for delay in range(books.weeks - one.weeks[0]):
        weeks = [w + delay for w in one.weeks if w + delay < books.weeks]
        for network, order in kinds:
            taken = books.place(who[order], one, weeks, network)
            if taken is None:
                continue
            at = those.start + int(order[taken])
            substitute = substitutes[pairs.substitute[at]]
            points = int(pairs.points[at]) + waiting_points(delay)
            return Match(
                one.patient_id,
                "placed",
                substitute.substitute_id,
                substitute.kind,
                tuple(weeks),
                weeks[0] <= (one.limit_day - monday).days // 7,
                points=min(MOST_POINTS, points),
                telehealth=bool(pairs.telehealth[at]),
                miles=float(pairs.miles[at]),
            )
    return Match(one.patient_id, "left_out")


def told_of(
    matches: Sequence[Match], series: Sequence[Series], system: CareSystem
) -> Mapping[str, float | int]:
    """
    Count what both ways are compared by.

    Continuity is told by what stays as it was: the own clinic, the own license.
    """
    asked = {one.patient_id: one for one in series}
    people = {c.clinician_id: c for c in system.clinicians}
    licenses = {t.therapist_id: t.license for t in system.network}
    licenses |= {c.clinician_id: c.license for c in system.clinicians}
    placed = [match for match in matches if match.outcome == "placed"]
    in_person = [m.miles for m in placed if not m.telehealth and m.miles == m.miles]
    own = [(people[asked[m.patient_id].clinician_id], m.substitute_id) for m in placed]
    highest = [m for m in matches if asked[m.patient_id].risk_tier == 1]
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
        "own clinic": sum(
            other in people and people[other].clinic_id == home.clinic_id
            for home, other in own
        ),
        "same license": sum(licenses[other] == home.license for home, other in own),
        "miles in person": float(np.mean(in_person)) if in_person else 0.0,
        "by telehealth": sum(m.telehealth for m in placed),
        "visits": sum(len(match.weeks) for match in placed),
        "points a pair": float(np.mean([m.points for m in placed])) if placed else 0.0,
    }


def over_openings(
    matches: Sequence[Match],
    series: Sequence[Series],
    substitutes: Sequence[Substitute],
) -> Iterator[str]:
    """Name the substitutes who have been given more than their openings."""
    asked = {one.patient_id: one for one in series}
    books = Books.of(substitutes)
    rows = {s.substitute_id: row for row, s in enumerate(substitutes)}
    taken = np.zeros_like(books.left)
    for match in matches:
        if match.outcome == "placed":
            row = rows[match.substitute_id]
            one = asked[match.patient_id]
            used = books.used_by(one, match.weeks)
            taken[row, match.weeks[:1] if books.network[row] else used] += 1
    # A network place stays open: by any week no more have begun than have opened.
    left = books.left - taken
    by_week = left[:, : books.weeks].cumsum(axis=1)
    left[:, : books.weeks] = np.where(
        books.network[:, None], by_week, left[:, : books.weeks]
    )
    for row in np.flatnonzero((left < 0).any(axis=1)).tolist():
        yield substitutes[row].substitute_id
