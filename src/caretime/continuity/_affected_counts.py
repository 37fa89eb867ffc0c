"""What falls away, counted by day and by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from caretime.continuity._affected_touched import HIGHEST, Scene, Touched
from caretime.model.affected import AffectedCount, AffectedDay, AffectedVisit
from caretime.model.care import VISIT_TYPES

Labels = tuple[list[str], NDArray[np.int64]]
"""Names of the parts, and the part of each row."""


def days_of(
    scene: Scene, gone: Touched, visits: Iterable[AffectedVisit]
) -> tuple[AffectedDay, ...]:
    """Return every day on which something falls away or must be decided."""
    urgent = scene.tier[gone.patient] == HIGHEST
    booked, highest, due = (
        Counter(gone.day[rows].tolist())
        for rows in (gone.booked, gone.booked & urgent, ~gone.booked)
    )
    decide: Counter[int] = Counter()
    decide_highest: Counter[int] = Counter()
    for visit in visits:
        decide[visit.decide_by.toordinal()] += 1
        decide_highest[visit.decide_by.toordinal()] += visit.risk_tier == HIGHEST
    return tuple(
        AffectedDay(
            day=date.fromordinal(day),
            booked=booked[day],
            booked_highest_risk=highest[day],
            due=due[day],
            decide=decide[day],
            decide_highest_risk=decide_highest[day],
        )
        for day in sorted({*booked, *due, *decide})
    )


def counts_of(scene: Scene, gone: Touched) -> tuple[AffectedCount, ...]:
    """Return the numbers of every part of every dimension, the parts in order."""
    people = scene.system.patients
    own = {
        "county": [p.county for p in people],
        "language": [p.language for p in people],
        "county_language": [f"{p.county}, {p.language}" for p in people],
        "risk_tier": [str(p.risk_tier) for p in people],
    }
    week = (gone.day - scene.monday.toordinal()) // 7
    mondays = [str(scene.monday + timedelta(weeks=k)) for k in range(scene.weeks)]
    labels: dict[str, Labels] = {"week": (mondays, week)}
    for dimension, values in own.items():
        names, codes = _coded(values)
        labels[dimension] = names, codes[gone.patient]
    labels["visit_type"] = list(VISIT_TYPES), gone.kind
    return tuple(
        count
        for dimension, (names, codes) in labels.items()
        for count in _by_part(scene, gone, dimension, names, codes)
    )


def _coded(values: Sequence[str]) -> Labels:
    names = sorted(set(values))
    code = {name: k for k, name in enumerate(names)}
    return names, np.array([code[value] for value in values], np.int64)


def _by_part(
    scene: Scene,
    gone: Touched,
    dimension: str,
    names: Sequence[str],
    codes: NDArray[np.int64],
) -> Iterable[AffectedCount]:
    """Yield the numbers of the parts that have any; a person counts once in a part."""
    patients = max(len(scene.tier), 1)
    part, who = np.divmod(np.unique(codes * patients + gone.patient), patients)
    columns = [
        np.bincount(part, minlength=len(names)),
        np.bincount(part[scene.unreachable[who]], minlength=len(names)),
        np.bincount(codes[gone.booked], minlength=len(names)),
        np.bincount(codes[~gone.booked], minlength=len(names)),
    ]
    for name, *numbers in zip(names, *(c.tolist() for c in columns), strict=True):
        if numbers[0]:
            yield AffectedCount(dimension, name, *numbers)
