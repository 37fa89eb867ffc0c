"""Nobody stays late beside a place in time that is free, or held by a lower tier."""

from __future__ import annotations

from dataclasses import replace

from exhaustive_matching import ways
from hypothesis import given
from planned_matches import planned
from test_matching_properties import used_by
from tiny_systems import Tiny, tinies


@given(tinies())
def test_nobody_is_late_beside_a_place_in_time(case: Tiny) -> None:
    matching = planned(case)
    series = {s.patient_id: s for s in case.series}
    tier = {s.patient_id: s.risk_tier for s in case.series}

    for late in matching.matches:
        if late.outcome != "placed" or late.within_limit:
            continue
        for held in (None, *matching.matches):
            if held and (
                held.outcome != "placed"
                or tier[held.patient_id] <= tier[late.patient_id]
            ):
                continue
            others = tuple(m for m in matching.matches if m not in (late, held))
            used = used_by(case, replace(matching, matches=others))
            for way in ways(case, series[late.patient_id]):
                if way.outcome == "placed" and way.within_limit:
                    moved = replace(matching, matches=(*others, way))
                    assert used is not None
                    assert used_by(case, moved) is None, (late, held, way)
