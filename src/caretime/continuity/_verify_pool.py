"""Substitutes of one kind as columns: who may meet whom, and at which points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from caretime.continuity._verify_scene import Scene
from caretime.model.incident import Series, Substitute
from caretime.model.matching import Match
from caretime.model.people import Clinician, Need, NetworkTherapist
from caretime.rules.eligibility import eligibility_matrix
from caretime.rules.fit import standing_parts, weights
from caretime.rules.region import limit_miles, miles_matrix

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_PRICE = 1 << 41
"""Above all that a place can save; dearer ones are cut: any prices prove a bound."""

NEVER = 1 << 60
"""Cost of what cannot be; sums of it with any cost still fit into 64 bits."""


@dataclass(frozen=True)
class Pool:
    """
    All substitutes of one kind that have an opening.

    Parameters
    ----------
    openings, intakes, prices
        Shape ``(substitutes, weeks)``; openings less what is decided beforehand.
    needs
        Column of the two matrices by need, county and modality left aside.
    in_person, telehealth
        Shape ``(substitutes, needs)``: may treat and meet that way, distance and
        consent left aside.
    places
        Shape ``(places, 2)``, and ``place`` the place of each substitute.
    """

    kind: str
    ids: tuple[str, ...]
    people: tuple[Clinician | NetworkTherapist, ...]
    openings: Ints
    intakes: Ints
    prices: Ints
    needs: dict[Need, int]
    in_person: Bools
    telehealth: Bools
    places: NDArray[np.float64]
    place: Ints

    @cached_property
    def row(self) -> dict[str, int]:
        """Row by id."""
        return {who: k for k, who in enumerate(self.ids)}

    @cached_property
    def _licenses(self) -> tuple[tuple[str, ...], Ints]:
        codes = tuple(dict.fromkeys(person.license for person in self.people))
        number = {code: k for k, code in enumerate(codes)}
        return codes, np.array([number[p.license] for p in self.people], np.int64)

    @cached_property
    def standing(self) -> Ints:
        """Points that are the same for every patient."""
        parts = [sum(p for _, p in standing_parts(person)) for person in self.people]
        return np.array(parts, np.int64)

    def limits(self, county: str) -> NDArray[np.float64]:
        """Return the mile limit of each substitute for people of a county."""
        codes, place = self._licenses
        limits = [limit_miles(county, code) for code in codes]
        table = [np.inf if limit is None else limit for limit in limits]
        return np.array(table, np.float64)[place]

    @cached_property
    def _clinics(self) -> NDArray[np.str_]:
        own = [getattr(person, "clinic_id", "") for person in self.people]
        return np.array(own, np.str_)

    def from_home(self, clinic_id: str, license_code: str) -> Ints:
        """Return the points for another clinic and license than the own ones."""
        points = np.zeros(len(self.ids), np.int64)
        if not license_code:
            return points
        codes, place = self._licenses
        table = weights()
        if self.kind == "in_house":
            elsewhere = self._clinics != clinic_id
            points += table["another_clinic"].points * elsewhere
        others = np.array([code != license_code for code in codes], np.bool_)
        points += table["another_license"].points * others[place]
        return points


def bare(need: Need, modality: str) -> Need:
    """Return a need without its county, met in one way."""
    return replace(need, county="", modality=modality)


def pool_of(scene: Scene, kind: str, asked: set[Need]) -> Pool:
    """Lay out the substitutes of one kind for a set of needs."""
    weeks = scene.plan.weeks
    found = [
        (s, person)
        for s in scene.substitutes.values()
        if s.kind == kind and len(s.openings) == weeks and has_any(s)
        if (person := scene.person(s.substitute_id)) is not None
    ]
    people = tuple(person for _, person in found)
    ids = tuple(s.substitute_id for s, _ in found)
    row = {who: k for k, who in enumerate(ids)}
    prices = np.zeros((len(ids), weeks), np.int64)
    for price in scene.plan.matching.prices:
        if price.substitute_id in row and 0 <= price.week < weeks:
            worth = min(max(price.price, 0), MOST_PRICE)
            prices[row[price.substitute_id], price.week] = worth
    openings, intakes = _left_open(scene, kind, row, [s for s, _ in found])
    needs = sorted({bare(n, "in_person") for n in asked}, key=repr)
    places, place = _places(scene, ids)
    return Pool(
        kind=kind,
        ids=ids,
        people=people,
        openings=openings,
        intakes=intakes,
        prices=prices,
        needs={need: k for k, need in enumerate(needs)},
        in_person=_may(scene, people, needs),
        telehealth=_may(scene, people, [bare(n, "telehealth") for n in needs]),
        places=places,
        place=place,
    )


def has_any(substitute: Substitute) -> bool:
    """Say whether anything opens at a substitute in the plan."""
    return any(substitute.openings) or any(substitute.intakes)


def _left_open(
    scene: Scene, kind: str, row: dict[str, int], found: list[Substitute]
) -> tuple[Ints, Ints]:
    """Return openings and intakes by week, less those of whom it was decided."""
    weeks = scene.plan.weeks
    openings = np.array([s.openings for s in found], np.int64).reshape(-1, weeks)
    counted = [(*s.intakes, *(0,) * weeks)[:weeks] for s in found]
    intakes = np.array(counted, np.int64).reshape(-1, weeks)
    for patient_id, match in scene.matches.items():
        k = row.get(match.substitute_id)
        if k is None or not match.pinned or not match.weeks:
            continue
        if kind == "in_house":
            take(openings[k], intakes[k], match, scene.series.get(patient_id))
            continue
        # The latest place leaves those that serve the most others.
        open_ = np.flatnonzero(openings[k, : match.weeks[0] + 1] > 0)
        if len(open_):
            openings[k, open_[-1]] -= 1
    return np.maximum(openings, 0), np.maximum(intakes, 0)


def take(openings: Ints, intakes: Ints, match: Match, series: Series | None) -> None:
    """Take a match off the openings and intakes of one substitute in-house."""
    weeks = [week for week in match.weeks if week < len(openings)]
    if weeks and series is not None and series.visit_type == "intake":
        intakes[weeks.pop(0)] -= 1
    openings[weeks] -= 1


def _may(
    scene: Scene, people: tuple[Clinician | NetworkTherapist, ...], needs: list[Need]
) -> Bools:
    # An associate has no opening in weeks in which the supervisor is away, so it is
    # enough that the supervisor is there at all.
    present = [c for c in scene.system.clinicians if scene.works_at_all(c.clinician_id)]
    return eligibility_matrix(
        people,
        needs,
        present=present,
        associates_see_tier_1=scene.plan.policy.associates_see_tier_1,
    )


def _places(scene: Scene, ids: tuple[str, ...]) -> tuple[NDArray[np.float64], Ints]:
    points = [scene.place_of(who) or (np.nan, np.nan) for who in ids]
    known = {point: k for k, point in enumerate(dict.fromkeys(points))}
    table = np.array(list(known), np.float64).reshape(-1, 2)
    return table, np.array([known[point] for point in points], np.int64)


def way_points(
    pool: Pool,
    miles: NDArray[np.float64],
    limits: NDArray[np.float64],
    need: Need,
    *,
    consent: bool,
    who: Ints,
) -> Ints:
    """
    Return the points of the better way of meeting, ``NEVER`` where there is none.

    Parameters
    ----------
    miles, limits
        Shape ``(spots, who)``: to each substitute and at most; miles are NaN where
        unknown.
    who
        Rows of the substitutes looked at.

    Returns
    -------
    ndarray of int
        Shape ``(spots, who)``.
    """
    column = pool.needs[bare(need, "in_person")]
    weight = weights()["miles"]
    with np.errstate(invalid="ignore"):
        points = np.minimum(weight.most, np.floor(weight.points * miles))
        # As the rules have it, an unknown distance is not judged, and counts most.
        near = ~(miles > limits)
    points = np.where(np.isnan(miles), weight.most, points).astype(np.int64)
    visits = need.modality != "telehealth"
    best = np.where(near & pool.in_person[who, column] & visits, points, NEVER)
    if consent and need.modality != "in_person":
        either = weights()["telehealth"].points if need.modality == "either" else 0
        by_telehealth = np.where(pool.telehealth[who, column], either, NEVER)
        best = np.minimum(best, by_telehealth)
    return best


def candidates(pool: Pool, need: Need, *, consent: bool) -> Ints:
    """Return the rows that may treat a need, distance left aside."""
    column = pool.needs[bare(need, "in_person")]
    may = np.zeros(len(pool.ids), np.bool_)
    if need.modality != "telehealth":
        may |= pool.in_person[:, column]
    if consent and need.modality != "in_person":
        may |= pool.telehealth[:, column]
    return np.flatnonzero(may)


def miles_to(scene: Scene, zips: list[str], pool: Pool) -> NDArray[np.float64]:
    """Return the miles from zip codes to the pool's places, NaN where unknown."""
    homes = [scene.points_of_zip.get(code, (np.nan, np.nan)) for code in zips]
    return miles_matrix(np.array(homes, np.float64).reshape(-1, 2), pool.places)
