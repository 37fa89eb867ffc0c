"""What the planners return: results that say how they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretime.model.log import Tally


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

    Two results with equal ``inputs_hash``, ``contract_hash``, ``assumptions``,
    ``seed``, ``weeks`` and number of replications are equal to the bit, on any
    number of workers.
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

    @property
    def replications(self) -> int:
        """How many replications were run."""
        return self.tally.replications
