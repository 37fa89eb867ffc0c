"""The instances: patients of Southern California, 13,000 network therapists, places."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from caretime.matching.candidates import Finder
from caretime.matching.engine import Problem
from caretime.model.incident import Incident, Substitute
from caretime.model.matching import LEVELS, MOST_POINTS
from caretime.model.system import CareSystem
from caretime.simulation import make_system

SIZES = (5_000, 20_000, 60_000, 150_000)
SMALL_SIZES = (300, 1_000)
WHOLE_SCALE = 1.0
"""At this size the network has 13,000 therapists, at any number of patients."""

PATIENTS_AT_WHOLE = 102_423
MOST_PLACES = 10
CHEAPEST = 37
"""Pairs kept for each ask: the mean number of candidates of earlier measurements."""


@cache
def region(scale: float) -> CareSystem:
    """Return Southern California at a scale, with the network of the whole."""
    system = make_system("southern-california", scale=scale, seed=1)
    if scale == WHOLE_SCALE:
        return system
    return replace(system, network=region(WHOLE_SCALE).network)


@dataclass(frozen=True)
class Pure:
    """
    A match of one week: one place for each patient, so many places a therapist.

    Parameters
    ----------
    ask_of
        ``(patients,)``: patients of one ask have the same pairs.
    start, therapist, points
        ``(asks + 1,)`` ranges of the pairs.
    tier
        ``(patients,)`` 1 to 3.
    places
        ``(therapists,)``.
    """

    ask_of: NDArray[np.int32]
    start: NDArray[np.int64]
    therapist: NDArray[np.int32]
    points: NDArray[np.int32]
    tier: NDArray[np.int8]
    places: NDArray[np.int64]

    @property
    def left_out(self) -> NDArray[np.int64]:
        """What it costs to leave each patient out."""
        weights = [0, *(LEVELS[f"tier_{tier}_left_out"] for tier in (1, 2, 3))]
        found: NDArray[np.int64] = np.array(weights, np.int64)[self.tier]
        return found

    @property
    def problem(self) -> Problem:
        """The same for the engine of matches."""
        n = len(self.ask_of)
        return Problem(
            ask_of=self.ask_of,
            start=self.start,
            substitute=self.therapist,
            points=self.points,
            tier=self.tier,
            first=np.zeros(n, np.int32),
            limit=np.zeros(n, np.int32),
            weeks=np.ones(n, np.int64),
            is_network=np.ones(len(self.places), np.bool_),
            openings=self.places[:, None].copy(),
        )

    def by_patient(self) -> tuple[NDArray[np.int64], ...]:
        """Return patient, therapist and points of every pair, patient by patient."""
        count = np.diff(self.start)[self.ask_of]
        patient = np.repeat(np.arange(len(self.ask_of)), count)
        first = np.cumsum(count) - count
        pair = np.arange(len(patient)) - first[patient]
        pair += self.start[self.ask_of][patient]
        return (
            patient,
            self.therapist[pair].astype(np.int64),
            self.points[pair].astype(np.int64),
        )

    def by_group(self) -> tuple[Pure, NDArray[np.int64], NDArray[np.int64]]:
        """
        Return a match of groups, of one ask and tier each.

        With it how many patients each group has, and the patients group by group.
        """
        key = self.ask_of.astype(np.int64) * 4 + self.tier
        groups, count = np.unique(key, return_counts=True)
        whole = replace(
            self,
            ask_of=(groups // 4).astype(np.int32),
            tier=(groups % 4).astype(np.int8),
        )
        return whole, count, np.argsort(key, kind="stable")

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{f.name: getattr(self, f.name) for f in fields(self)})


def load(path: Path) -> Pure:
    """Read an instance that was saved."""
    with np.load(path) as held:
        return Pure(**{name: held[name] for name in held.files})


def finder_of(size: int, *, therapists: int | None = None) -> Finder:
    """
    Return the finder of so many patients, all of whose clinicians are away.

    Each network therapist has 0 to 10 places, drawn; nobody is found for those with 0.
    """
    system = region(max(WHOLE_SCALE, np.ceil(10 * size / PATIENTS_AT_WHOLE) / 10))
    rng = np.random.default_rng(size)
    rows = np.sort(rng.permutation(len(system.patients))[:size]).tolist()
    network = system.network[:therapists]
    places = rng.integers(0, MOST_PLACES, len(network), endpoint=True).tolist()
    substitutes = [
        Substitute(t.therapist_id, "network", (count,))
        for t, count in zip(network, places, strict=True)
    ]
    return Finder(system, [system.patients[row] for row in rows], substitutes)


def pure_of(finder: Finder, cheapest: int = CHEAPEST) -> Pure:
    """Return the match of a finder's patients with their cheapest therapists."""
    found = finder.first(cheapest)
    return Pure(
        found.ask_of,
        found.start,
        found.substitute,
        np.minimum(found.points, MOST_POINTS),
        np.array([p.risk_tier for p in finder.patients], np.int8),
        np.array([s.openings[0] for s in finder.substitutes], np.int64),
    )


def incident_of(
    system: CareSystem,
    kind: str,
) -> Incident:
    """
    Return one of the incidents that the plans are compared on.

    ``60 %`` and ``30 %`` of all for four weeks; ``one site``: everybody of the largest;
    ``one language``: everybody who works in Spanish.
    """
    monday = monday_of(system)
    notice = monday - timedelta(days=11)
    if kind.endswith("%"):
        share = float(kind.split()[0]) / 100
        return Incident(f"share-{share:.0%}", monday, notice, (share,) * 4)
    if kind == "one site":
        site = system.clinics[0].clinic_id
        away = [c.clinician_id for c in system.clinicians if c.clinic_id == site]
    else:
        away = [c.clinician_id for c in system.clinicians if "es" in c.languages]
    last = monday + timedelta(days=25)
    name = kind.replace(" ", "-")
    return Incident(name, monday, notice, clinician_ids=tuple(away), last_day=last)


INCIDENTS = ("60 %", "30 %", "one site", "one language")


def monday_of(system: CareSystem) -> date:
    """Return the first Monday that the system has a book for."""
    return system.first_day + timedelta(days=-system.first_day.weekday() % 7)
