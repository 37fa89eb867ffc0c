"""
Who an incident keeps away: one position on the path for each clinician.

Of a path of shares nobody knows beforehand who is away. Every clinician has one
keyed position for the whole incident and is away while it lies below the share, so
as the share falls the same people come back first, whatever the contract, and a
plan and a simulation of one seed speak of the same people.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caretime.model.incident import Incident
from caretime.model.people import Clinician
from caretime.simulation import streams as st

PATHS = ("shares", "shares_low", "shares_high")
"""The path as expected, and the ends of its range."""


def positions(count: int, *, seed: int, replication: int = 0) -> NDArray[np.uint64]:
    """
    Return where on the path each clinician stands, in the order of the file.

    Parameters
    ----------
    count
        Clinicians, posts behind them included.

    Returns
    -------
    ndarray of uint64
        Shape ``(count,)``; away while below ``streams.threshold`` of the share.

    Examples
    --------
    >>> some, more = positions(3, seed=1), positions(5, seed=1)
    >>> bool((some == more[:3]).all())
    True
    """
    key = st.replication_key(seed, replication)
    return np.array(
        [
            st.draw(st.entity_key(key, st.SEAT, number), st.STRIKES, 0)
            for number in range(count)
        ],
        np.uint64,
    )


def share_in(incident: Incident, week: int, path: str = "shares") -> float:
    """
    Return the share away in a week of the incident, 0 after its end.

    An incident without a range has its expected path for both ends, and one that is
    open-ended keeps its last share.

    Parameters
    ----------
    week
        0 for the week in which the incident begins.
    path
        One of ``PATHS``.

    Examples
    --------
    >>> from datetime import date
    >>> open_ended = Incident("I", date(2024, 10, 21), date(2024, 10, 10), (0.6, 0.5),
    ...     open_ended=True)
    >>> [share_in(open_ended, week) for week in (0, 1, 9)]
    [0.6, 0.5, 0.5]
    """
    if path not in PATHS:
        raise ValueError(f"path must be one of {PATHS}, got {path!r}")
    shares: tuple[float, ...] = getattr(incident, path) or incident.shares
    if not shares or week < 0 or (week >= len(shares) and not incident.open_ended):
        return 0.0
    return shares[min(week, len(shares) - 1)]


def is_covered(
    incident: Incident, clinicians: Sequence[Clinician]
) -> NDArray[np.bool_]:
    """Say of each clinician whether the incident covers the site worked at."""
    sites = frozenset(incident.clinic_ids)
    return np.array(
        [not sites or c.clinic_id in sites for c in clinicians], dtype=np.bool_
    )
