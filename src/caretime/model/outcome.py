"""What the planners return: results that say how they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretime.model.log import Tally
from caretime.model.week import Roster


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One breach of a clause or law.

    ``observed`` and ``limit`` are in ``unit``; ``where`` names day and time.
    """

    clause_id: str
    kind: str
    clinician_id: str
    where: str
    observed: int
    limit: int
    unit: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed or not, and the reasons from a closed list when not."""

    allowed: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """
    Replications of one contract on one system.

    Two results with equal ``inputs_hash``, ``contract_hash``, ``roster_hash``,
    ``assumptions``, ``seed``, ``weeks`` and number of replications are equal to the
    bit, on any number of workers, if the rosters held for the same days.

    Parameters
    ----------
    roster_hash
        Of the built weeks that were run (``formats.roster_hash``); empty for even
        weeks.
    """

    contract_id: str
    seed: int
    weeks: int
    version: str
    inputs_hash: str
    contract_hash: str
    assumptions: Mapping[str, float]
    tally: Tally
    stopped_by: str = "count"
    roster_hash: str = ""

    @property
    def replications(self) -> int:
        """How many replications were run."""
        return self.tally.replications


@dataclass(frozen=True, slots=True)
class Preference:
    """
    How far a roster meets one of the things wanted of it.

    Parameters
    ----------
    name
        A row of ``tables/roster_preferences.csv``, which has its rank and points.
    got, wanted
        Count in ``unit``; ``wanted`` is all there is to get.
    points
        What it adds to the objective (a penalty is negative).
    """

    name: str
    got: int
    wanted: int
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class Clash:
    """
    Clauses that cannot be kept together in one week.

    Parameters
    ----------
    clinician_ids
        Everyone whose week they make impossible.
    clause_ids
        A smallest set: with any one of them gone, a week exists. Stated facts that
        are no clauses stand in it as ``unavailable``, ``work_places``, ``opens`` ...
    text
        The clash in one sentence.
    change
        The cheapest single change that frees a week, in one sentence; empty where
        no single change does.
    """

    clinician_ids: tuple[str, ...]
    clause_ids: tuple[str, ...]
    text: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    What a site lacks: room-hours, or hours of people with a license.

    ``minutes`` is how much in a week; ``where`` names day and time, or "week".
    """

    clinic_id: str
    resource: str
    where: str
    minutes: int
    text: str


ROSTER_STATUSES = ("optimal", "within_gap", "wide_gap", "stopped", "infeasible")
"""
Proven best; proven within the gap asked for; valid, with more to the bound than that;
ended early, by its budget or by hand; somebody has no week or a site is short.
"""


@dataclass(frozen=True, slots=True)
class RosterResult:
    """
    Weeks built for a contract, with proof of how good they are.

    Two results with equal ``inputs_hash``, ``contract_hash``, ``seed`` and
    ``budget`` are equal, on any number of workers.

    Parameters
    ----------
    status
        One of ``ROSTER_STATUSES``.
    roster
        The weeks; clinicians in ``clashes`` have none, or one that the judge finds
        fault with.
    objective, bound
        Points of the roster, and points no roster can exceed.
    work, budget
        Work units spent on all sites together, and allowed on each of them (sweeps
        over the clinicians of a site).
    preferences
        In their order of rank.
    """

    status: str
    roster: Roster
    objective: int
    bound: int
    seed: int
    version: str
    inputs_hash: str
    contract_hash: str
    work: int
    budget: int
    preferences: tuple[Preference, ...] = ()
    clashes: tuple[Clash, ...] = ()
    shortages: tuple[Shortage, ...] = ()

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of it; 0 is proven best."""
        return (self.bound - self.objective) / max(1, abs(self.bound))
