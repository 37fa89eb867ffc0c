"""Every peer of the match finds the same optimum, and the checker is strict."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from benchmarks.matching import peers
from benchmarks.matching.cases import Pure, finder_of, load, pure_of
from benchmarks.matching.checker import bound_of, counts_of, value_of
from hypothesis import given, settings
from hypothesis import strategies as st


def drawn(seed: int, patients: int, therapists: int) -> Pure:
    """Draw a match: patients in pairs of one ask, some without any therapist."""
    rng = np.random.default_rng(seed)
    asks = max(1, patients // 2)
    listed = [
        np.flatnonzero(rng.random(therapists) < 0.6).astype(np.int32)
        for _ in range(asks)
    ]
    count = [len(one) for one in listed]
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Pure(
        rng.integers(0, asks, patients).astype(np.int32),
        start,
        np.concatenate(listed).astype(np.int32),
        rng.integers(0, 300, start[-1]).astype(np.int32),
        rng.integers(1, 4, patients).astype(np.int8),
        rng.integers(1, 3, therapists),
    )


def least(pure: Pure) -> int:
    """Try every assignment."""
    choices = []
    for patient, ask in enumerate(pure.ask_of):
        those = range(pure.start[ask], pure.start[ask + 1])
        pairs = [(int(pure.therapist[e]), int(pure.points[e])) for e in those]
        choices.append([(-1, int(pure.left_out[patient])), *pairs])
    best = int(pure.left_out.sum())
    for chosen in product(*choices):
        held = [therapist for therapist, _ in chosen if therapist >= 0]
        load = np.bincount(held, minlength=len(pure.places))
        if (load <= pure.places).all():
            best = min(best, sum(cost for _, cost in chosen))
    return best


@pytest.fixture(scope="module")
def small():
    return pure_of(finder_of(150, therapists=400))


EXACT = [
    name
    for name in peers.WAYS
    if name != "C, shortest paths" or peers.compiler() is not None
]


@pytest.mark.parametrize("name", EXACT)
def test_every_way_finds_the_same_optimum(small, name):
    answer = peers.WAYS[name](small)

    assert value_of(small, answer.therapist) == value_of(
        small, peers.by_flow(small).therapist
    )


@pytest.mark.skipif(peers.compiler() is None, reason="no C compiler")
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4))
def test_the_flow_and_c_find_what_trying_everything_finds(seed, patients, therapists):
    pure = drawn(seed, patients, therapists)

    flow, groups, c = peers.by_flow(pure), peers.by_flow_of_groups(pure), in_c(pure)

    values = [value_of(pure, answer.therapist) for answer in (flow, groups, c)]
    assert values == [least(pure)] * 3


@pytest.mark.skipif(peers.compiler() is None, reason="no C compiler")
@pytest.mark.parametrize("seed", range(5))
def test_prices_of_c_prove_that_its_answer_is_best(seed):
    pure = drawn(seed, 60, 12)

    answer = in_c(pure)

    assert bound_of(pure, answer.prices) == value_of(pure, answer.therapist)


def test_prices_that_are_none_prove_less(small):
    value = value_of(small, peers.by_flow(small).therapist)

    assert bound_of(small, np.zeros_like(small.places)) < value


def test_the_checker_catches_one_patient_too_many(small):
    full = np.full(len(small.ask_of), -1, np.int32)
    first = int(small.therapist[0])
    full[: small.places[first] + 1] = first

    with pytest.raises(AssertionError, match="more patients than places"):
        value_of(small, full)


def test_the_checker_catches_a_pair_that_is_not_allowed(small):
    allowed = set(small.therapist[: small.start[1]].tolist())
    other = next(
        t for t in range(len(small.places)) if t not in allowed and small.places[t]
    )
    wrong = np.full(len(small.ask_of), -1, np.int32)
    wrong[np.flatnonzero(small.ask_of == 0)[0]] = other

    with pytest.raises(AssertionError, match="not allowed"):
        value_of(small, wrong)


def test_left_out_is_counted_by_tier(small):
    nobody = np.full(len(small.ask_of), -1, np.int32)

    counts = counts_of(small, nobody)

    assert sum(counts.values()) == len(small.ask_of)


def test_an_instance_is_read_as_it_was_saved(small, tmp_path):
    small.save(tmp_path / "one.npz")

    back = load(tmp_path / "one.npz")

    assert value_of(back, peers.by_flow(back).therapist) == value_of(
        small, peers.by_flow(small).therapist
    )
    assert back.places.tolist() == small.places.tolist()


def test_groups_hold_everybody_once(small):
    twice = replace(small, ask_of=small.ask_of * 0)

    groups, count, members = twice.by_group()

    assert len(groups.ask_of) <= 3
    assert count.sum() == len(twice.ask_of)
    assert sorted(members.tolist()) == list(range(len(twice.ask_of)))


def in_c(pure: Pure) -> peers.Answer:
    return peers.WAYS["C, shortest paths"](pure)
