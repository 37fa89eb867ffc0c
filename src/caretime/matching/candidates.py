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

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from caretime.matching._asks import Asks, asks_of, judged_tiers
from caretime.matching._columns import Zips, ask_columns, reach_of, side_of, zips_of
from caretime.matching._pool import Pool, pool_of
from caretime.matching._threads import in_parts
from caretime.model.incident import Substitute
from caretime.model.matching import MatchPolicy
from caretime.model.people import Clinician, Patient
from caretime.model.system import CareSystem
from caretime.rules.eligibility import eligibility_matrix
from caretime.rules.fit import weights

if TYPE_CHECKING:
    from caretime.matching._kernel.nearest import Found, Known, Side

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

    Attributes
    ----------
    patients, substitutes, policy, present
        As given; ``present`` by id.
    asks
        Which patients are alike; ``asks.patient`` names one for each ask.
    pool
        Columns of the substitutes, ``pool.network`` and ``pool.has_opening`` among
        them.

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
        self.pool: Pool = pool_of(system, substitutes, self.present)
        tiers = judged_tiers(self.pool.people, self.policy)
        self.asks: Asks = asks_of(self.patients, homes, rows, tiers)
        self.zips: Zips = zips_of(self.asks, self.patients, self.pool)
        permitted = eligibility_matrix(
            self.pool.profiles,
            self.asks.wants,
            present=tuple(self.present.values()),
            associates_see_tier_1=self.policy.associates_see_tier_1,
        )
        self.columns = ask_columns(
            self.asks, self.patients, self.pool, self.zips, permitted
        )
        has_opening, network = self.pool.has_opening, self.pool.network
        reach = reach_of(self.zips, self.zips.limit)
        self._sides = (
            side_of(self.pool, self.zips, has_opening & ~network, reach),
            side_of(self.pool, self.zips, has_opening & network, reach),
        )

    def first(self, most: int) -> Candidates:
        """
        Find the cheapest ``most`` in-house and ``most`` network substitutes.

        Of each ask, ``most`` 1 or more; fewer where fewer are permitted. Ties by row.
        """
        return self._with(self.none(), most, None, None)

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

        Raises
        ------
        ValueError
            If an array has another length, a floor is negative, or the candidates
            are of another finder.
        """
        # Compiled loops look at no bounds: what comes in is checked here.
        expected = len(self.asks.want), len(self.substitutes)
        if (len(threshold), len(floor)) != expected or candidates.asks != expected[0]:
            raise ValueError(f"expected {expected[0]} asks, {expected[1]} substitutes")
        if len(floor) and floor.min() < 0:
            raise ValueError("a floor is negative")
        threshold = np.ascontiguousarray(threshold, np.int64)
        floor = np.ascontiguousarray(floor, np.int64)
        return self._with(candidates, MORE, threshold, floor)

    def all_pairs(self) -> Candidates:
        """Find every permitted pair with an opening; for small systems."""
        return self.first(max(1, len(self.substitutes)))

    def none(self) -> Candidates:
        """Return no pair at all, to begin from."""
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
        if old.substitute.size and not any(side.counts.any() for side in found):
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
                self.columns, side, points, threshold, floor, known, first, last, found
            ),
        )
        return found
