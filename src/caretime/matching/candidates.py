"""
Candidates: for each ask the substitutes who may take it over, cheapest first.

Judged is what ``rules.eligibility.may_treat`` judges: license, need, ages, language,
supervision by somebody present, modality and consent, distance, stated gender
preference, payer and risk tier. Ordered by the points of ``rules.fit`` without
waiting. Nobody is their own patients' substitute. A pair that may meet both ways meets
in the one with fewer points, in person where both are equal.

Not judged here: which week, and who else wants the opening. Substitutes in whose weeks
nothing opens are no candidates; ``matching.explain`` sees them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching._asks import Asks, asks_of, centroids, judged_tiers
from caretime.matching._pool import Pool, pool_of
from caretime.model.incident import Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.people import Clinician, Patient
from caretime.model.system import CareSystem
from caretime.rules.eligibility import eligibility_matrix
from caretime.rules.fit import weights
from caretime.rules.region import EARTH_RADIUS_MILES, limit_miles

if TYPE_CHECKING:
    from caretime.matching._kernel.nearest import AskColumns, Found, Known, Side

MORE = 32
"""Substitutes of one kind that ``Finder.below`` adds to an ask in one call, at most."""


@dataclass(frozen=True)
class Candidates:
    """
    Pairs, ask by ask.

    Parameters
    ----------
    ask_of
        ``(patients,)``: row of each patient's ask, in the order given.
    start
        ``(asks + 1,)``: ranges of the columns below, each ascending by points, then
        by substitute.
    substitute
        Row in the substitutes given.
    points
        Fit without waiting.
    telehealth
        Whether the pair meets by telehealth.
    miles
        From the patient's zip code to the place of care; 0 by telehealth, not a
        number where the zip code is unknown.
    """

    ask_of: NDArray[np.int32]
    start: NDArray[np.int64]
    substitute: NDArray[np.int32]
    points: NDArray[np.int32]
    telehealth: NDArray[np.bool_]
    miles: NDArray[np.float32]

    @property
    def asks(self) -> int:
        """How many asks there are."""
        return len(self.start) - 1


class Finder:
    """
    Knows patients and substitutes of one plan, and finds pairs.

    Parameters
    ----------
    patients
        Those of the series, in their order.
    substitutes
        In-house and network, with openings by week.
    present
        Clinicians at work, among whom supervisors are looked up; by default those
        who are substitutes.

    Raises
    ------
    KeyError
        If a substitute is neither a clinician nor a network therapist.
    """

    def __init__(
        self,
        system: CareSystem,
        patients: Sequence[Patient],
        substitutes: Sequence[Substitute],
        *,
        policy: MatchPolicy | None = None,
        present: Sequence[Clinician] | None = None,
    ) -> None:
        self.policy = MatchPolicy() if policy is None else policy
        self.patients = tuple(patients)
        self.substitutes = tuple(substitutes)
        rows = {s.substitute_id: row for row, s in enumerate(substitutes)}
        homes = {c.clinician_id: c for c in system.clinicians}
        if present is None:
            present = [c for c in system.clinicians if c.clinician_id in rows]
        self.present = {c.clinician_id: c for c in present}
        codes = sorted({p.license for p in (*system.clinicians, *system.network)})
        self._licenses = {code: number for number, code in enumerate(codes)}
        self._clinics = {c.clinic_id: number for number, c in enumerate(system.clinics)}
        self.pool: Pool = pool_of(
            system, substitutes, self.present, self._licenses, self._clinics
        )
        tiers = judged_tiers(self.pool.people, self.policy)
        self.asks: Asks = asks_of(self.patients, homes, rows, tiers)
        self._columns = self._ask_columns()
        open_now = self.pool.has_opening
        self._sides = (
            self._side(open_now & ~self.pool.network),
            self._side(open_now & self.pool.network),
        )

    def first(self, most: int) -> Candidates:
        """
        Find the cheapest ``most`` in-house and ``most`` network substitutes.

        Of each ask; fewer where fewer are permitted. Ties by row.
        """
        return self._with(self._none(), most, None, None)

    def below(
        self,
        candidates: Candidates,
        threshold: NDArray[np.int64],
        floor: NDArray[np.int64],
    ) -> Candidates:
        """
        Add permitted pairs that a price says are worth it.

        Parameters
        ----------
        threshold
            ``(asks,)``: pairs whose points and floor are below it are added; 0 or
            less adds none.
        floor
            ``(substitutes,)``: 0 or more, what any opening of theirs costs at least.

        Returns
        -------
        Candidates
            The same object if there are none; else at most ``MORE`` of each kind more
            for each ask, the cheapest by points and floor first.
        """
        return self._with(candidates, MORE, threshold, floor)

    def all_pairs(self) -> Candidates:
        """Find every permitted pair with an opening; for small systems."""
        return self.first(max(1, len(self.substitutes)))

    def _none(self) -> Candidates:
        return Candidates(
            self.asks.of,
            np.zeros(len(self.asks.want) + 1, np.int64),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.bool_),
            np.zeros(0, np.float32),
        )

    def _with(
        self,
        old: Candidates,
        most: int,
        threshold: NDArray[np.int64] | None,
        floor: NDArray[np.int64] | None,
    ) -> Candidates:
        from caretime.matching._kernel import nearest

        count = len(self.asks.want)
        if threshold is None:
            threshold = np.full(count, nearest.EVERYTHING, np.int64)
        if floor is None:
            floor = np.zeros(len(self.substitutes), np.int64)
        known = nearest.Known(old.start, old.substitute)
        found = [
            self._search(side, most, threshold, floor, known) for side in self._sides
        ]
        if old.substitute.size and not any(side.count.any() for side in found):
            return old
        columns = (old.start, old.substitute, old.points, old.telehealth, old.miles)
        return Candidates(self.asks.of, *nearest.merge(columns, *found))

    def _search(
        self,
        side: Side,
        most: int,
        threshold: NDArray[np.int64],
        floor: NDArray[np.int64],
        known: Known,
    ) -> Found:
        from caretime.matching._kernel import nearest

        count, most = len(self.asks.want), min(most, max(1, len(side.who)))
        found = nearest.Found(
            np.zeros(count, np.int32),
            np.empty((count, most), np.int64),
            np.empty((count, most), np.int32),
            np.empty((count, most), np.int32),
            np.empty((count, most), np.bool_),
            np.empty((count, most), np.float32),
        )
        weight = weights()
        points = nearest.Points(
            weight["miles"].points,
            weight["miles"].most,
            weight["another_clinic"].points,
            weight["another_license"].points,
        )
        in_parts(
            count,
            lambda first, last: nearest.cheapest(
                self._columns, side, points, threshold, floor, known, first, last, found
            ),
        )
        return found

    def _side(self, chosen: NDArray[np.bool_]) -> Side:
        from caretime.matching._kernel import nearest

        pool = self.pool
        who = np.flatnonzero(chosen).astype(np.int32)
        who = who[np.argsort(pool.standing[who], kind="stable")]
        places, place = np.unique(pool.point[who], axis=0, return_inverse=True)
        near = nearest.reach(self._zips, self._reach, places, EARTH_RADIUS_MILES)
        return nearest.Side(
            who,
            pool.standing[who],
            pool.profile[who],
            place.ravel().astype(np.int32),
            pool.clinic[who],
            pool.license[who],
            pool.in_person[who],
            pool.telehealth[who],
            *near,
        )

    def _ask_columns(self) -> AskColumns:
        from caretime.matching._kernel import nearest

        asked = [self.patients[row] for row in self.asks.patient]
        known = centroids()
        zips = {p.zip: 0 for p in asked}
        zips = {code: number for number, code in enumerate(zips)}
        counties = {p.county: 0 for p in asked}
        counties = {name: number for number, name in enumerate(counties)}
        limit = np.array(
            [
                [np.inf if (m := limit_miles(c, code)) is None else m
                 for code in self._licenses]
                for c in counties
            ],
            np.float64,
        ).reshape(len(counties), len(self._licenses))  # fmt: skip
        zip_of = np.array([zips[p.zip] for p in asked], np.int32)
        county_of = np.array([counties[p.county] for p in asked], np.int32)
        nowhere = (np.nan, np.nan)
        self._zips = np.array([known.get(z, nowhere) for z in zips]).reshape(-1, 2)
        self._reach = np.zeros(len(zips), np.float64)
        np.maximum.at(self._reach, zip_of, limit.max(axis=1, initial=0)[county_of])
        meets = {m: (m != "telehealth", m != "in_person") for m in _MODALITIES}
        homes = [("", "", -1) if home is None else home for home in self.asks.home]
        permitted = eligibility_matrix(
            self.pool.profiles,
            self.asks.wants,
            present=tuple(self.present.values()),
            associates_see_tier_1=self.policy.associates_see_tier_1,
        )
        video = weights()["telehealth"].points
        return nearest.AskColumns(
            self.asks.want,
            zip_of,
            county_of,
            np.array([meets[p.modality][0] for p in asked], np.bool_),
            np.array(
                [meets[p.modality][1] and p.telehealth_consent for p in asked], np.bool_
            ),
            np.array([video * (p.modality == "either") for p in asked], np.int32),
            np.array([self._clinics.get(home[0], -1) for home in homes], np.int32),
            np.array([self._licenses.get(home[1], -1) for home in homes], np.int32),
            np.array([home[2] for home in homes], np.int32),
            limit,
            np.ascontiguousarray(permitted.T),
        )


_MODALITIES = ("in_person", "telehealth", "either")


def in_parts(count: int, work: Callable[[int, int], object]) -> None:
    """Do compiled work on ranges of ``count`` at once, on all processors allowed."""
    workers = len(os.sched_getaffinity(0))
    if workers == 1 or count < 256:
        work(0, count)
        return
    cuts = [count * part // (4 * workers) for part in range(4 * workers + 1)]
    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(work, a, b) for a, b in pairwise(cuts)]:
            done.result()
