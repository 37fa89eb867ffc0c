from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.continuity.affected import series_of
from caretime.continuity.groups import cover_groups
from caretime.continuity.supply import substitutes_of
from caretime.continuity.times import give_times
from caretime.model.care import Absence
from caretime.model.matching import MatchPolicy
from caretime.model.strike import UNTIMED_REASONS
from caretime.rules.eligibility import REASONS as ELIGIBILITY
from caretime.simulation import make_system
from continuity.tiny_desks import first_that_fits, judged, shifted


def clinic(seed, *, shifts=(0,), scale=None):
    """Return a synthetic clinic with the first three clinicians away, and a match."""
    name = "southern-california" if scale else "clinic-of-eight"
    care = make_system(name, scale=scale or 1.0, seed=seed)
    care = shifted(care, shifts)
    terms = care.contracts[care.contract_in_force]
    # Every third is away, so that some of each license are at work.
    away = tuple(
        Absence(c.clinician_id, care.first_day, None)
        for k, c in enumerate(care.clinicians)
        if k % 3 == seed % 3
    )
    told = {"monday": care.first_day, "weeks": 4}
    policy = MatchPolicy()
    ones = series_of(care, away, **told)
    groups = cover_groups(care, terms, away, policy=policy, **told)
    substitutes = substitutes_of(
        care, terms, away, policy=policy, groups=groups, **told
    )
    found = first_that_fits(ones, substitutes)
    dated = give_times(care, terms, found, ones, substitutes, away, groups, **told)
    return care, terms, ones, groups, found, dated


@pytest.mark.parametrize("seed", range(3))
def test_whatever_fits_into_the_openings_finds_a_time(seed):
    _, _, _, _, found, dated = clinic(seed)

    asked = [
        (m.patient_id, k + 1)
        for m in found.matches
        if m.outcome == "placed"
        for k in range(len(m.weeks))
    ]
    assert len(asked) > 40
    assert sorted((b.patient_id, b.number) for b in dated.bookings) == sorted(asked)
    assert not dated.untimed


@settings(max_examples=12)
@given(
    seed=st.integers(0, 40),
    shifts=st.lists(st.integers(-9, 9).map(lambda k: 5 * k), min_size=1, max_size=9),
)
def test_every_visit_in_house_may_be_booked_by_the_rules(seed, shifts):
    care, terms, ones, groups, _, dated = clinic(seed, shifts=shifts)
    assert not any(cover.cover == "substitute" for cover in groups)

    verdicts = list(judged(dated.bookings, ones, care, terms))

    refused = [v.reasons for v in verdicts if set(v.reasons) - set(ELIGIBILITY)]
    assert refused == []


def test_every_visit_of_a_region_may_be_booked_by_the_rules():
    care, terms, ones, _, _, dated = clinic(1, scale=0.05)

    verdicts = list(judged(dated.bookings, ones, care, terms))

    assert len(verdicts) > 500
    assert not any(set(v.reasons) - set(ELIGIBILITY) for v in verdicts)


def test_every_visit_is_booked_or_told_and_nobody_is_in_two_places():
    _, _, _, _, found, dated = clinic(2, scale=0.03)

    places: dict[str, list[tuple[object, object]]] = defaultdict(list)
    for b in dated.bookings:
        places[b.substitute_id].append((b.start, b.minutes))
        places[b.patient_id].append((b.start, b.minutes))
    for spans in places.values():
        ordered = sorted(spans)
        for (one, minutes), (other, _) in pairwise(ordered):
            assert (other - one).total_seconds() >= 60 * minutes
    every = Counter((b.patient_id, b.number) for b in dated.bookings)
    every.update((u.patient_id, u.number) for u in dated.untimed)
    asked = sum(len(m.weeks) for m in found.matches if m.outcome == "placed")
    assert (len(every), max(every.values())) == (asked, 1)
    assert {u.reason for u in dated.untimed} <= set(UNTIMED_REASONS)


def test_equal_questions_have_equal_answers():
    assert clinic(0)[-1] == clinic(0)[-1]
