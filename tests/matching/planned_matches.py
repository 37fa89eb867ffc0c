"""The planner's match of a tiny system, by its public door."""

from __future__ import annotations

from tiny_systems import MONDAY, Tiny

from caretime.matching.candidates import Finder
from caretime.matching.match import match
from caretime.model.matching import Matching


def planned(case: Tiny, **known: object) -> Matching:
    """Match a tiny system, with whatever is known besides."""
    series = case.series
    patients = {p.patient_id: p for p in case.system.patients}
    finder = Finder(
        case.system,
        [patients[one.patient_id] for one in series],
        case.substitutes,
        policy=case.policy,
    )
    return match(finder, series, monday=MONDAY, **known)
