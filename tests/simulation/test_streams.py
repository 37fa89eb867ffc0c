"""Keyed randomness: the same number for the same question, always."""

from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from caretime.simulation import _draws
from caretime.simulation import streams as st
from caretime.simulation._kernel import draws as compiled_draws
from caretime.simulation._kernel import engine, visits

WORDS = some.integers(0, 2**64 - 1)
PURPOSES = some.integers(0, st.URGENT_SHOWS)
INDEXES = some.integers(0, 2**31 - 1)
# Published outputs of SplitMix64 started at 1234567.
PUBLISHED = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)


def test_draws_are_the_published_outputs_of_splitmix64():
    drawn = tuple(st.draw(1234567, 0, index) for index in range(5))

    assert drawn == PUBLISHED


@given(key=WORDS, purpose=PURPOSES, index=INDEXES)
def test_the_compiled_draw_is_the_plain_draw(key, purpose, index):
    compiled = compiled_draws.draw(np.uint64(key), purpose, index)

    assert int(compiled) == st.draw(key, purpose, index)


@given(value=WORDS, size=some.integers(1, 10_000))
def test_a_pick_is_the_remainder(value, size):
    assert compiled_draws.pick(np.uint64(value), size) == value % size


@given(
    replication=WORDS,
    kind=some.sampled_from((st.MEMBER, st.SEAT, st.STRATUM, st.AREA)),
    ids=some.lists(some.integers(0, 2**40), min_size=1, max_size=20),
)
def test_keys_made_together_are_the_keys_made_one_by_one(replication, kind, ids):
    together = _draws.entity_keys(replication, kind, np.array(ids, np.int64))

    assert together.tolist() == [st.entity_key(replication, kind, one) for one in ids]


def test_no_two_entities_of_a_replication_share_a_key():
    key = st.replication_key(1, 0)

    members = _draws.entity_keys(key, st.MEMBER, np.arange(200_000))
    seats = _draws.entity_keys(key, st.SEAT, np.arange(50_000))

    assert len(np.unique(np.concatenate([members, seats]))) == 250_000


@pytest.mark.parametrize("purpose", [st.SHOWS, st.ENDS, st.URGENT_SHOWS])
def test_draws_fill_sixteen_equal_boxes_evenly(purpose):
    keys = _draws.entity_keys(st.replication_key(7, 3), st.MEMBER, np.arange(4_000))
    drawn = [st.draw(int(key), purpose, k) for key in keys for k in range(4)]

    counts = np.bincount([one >> 60 for one in drawn], minlength=16)

    expected = len(drawn) / 16
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert chi_square < 37.7  # 15 degrees of freedom, one in a thousand


def test_what_a_person_draws_for_two_purposes_is_not_related():
    keys = _draws.entity_keys(st.replication_key(7, 3), st.MEMBER, np.arange(10_000))
    shows = np.array([st.draw(int(key), st.SHOWS, 1) for key in keys], float)
    drops = np.array([st.draw(int(key), st.DROPS, 1) for key in keys], float)
    next_time = np.array([st.draw(int(key), st.SHOWS, 2) for key in keys], float)

    for other in (drops, next_time):
        # Three and a half standard errors of a correlation over 10,000 pairs.
        assert abs(np.corrcoef(shows, other)[0, 1]) < 0.035


def test_neighboring_seeds_and_replications_share_no_numbers():
    keys = {
        st.replication_key(seed, replication)
        for seed in range(200)
        for replication in range(200)
    }

    assert len(keys) == 40_000


def test_a_threshold_is_reached_as_often_as_its_probability():
    keys = _draws.entity_keys(st.replication_key(1, 0), st.MEMBER, np.arange(40_000))
    bound = st.threshold(0.06)

    share = np.mean([st.draw(int(key), st.CANCELS, 0) < bound for key in keys])

    # Four standard errors of a share of 6 % among 40,000.
    assert abs(share - 0.06) < 0.0048


def test_certain_and_impossible_coins():
    assert st.threshold(0.0) == 0
    assert st.threshold(1.0) == 2**64 - 1
    assert st.threshold(7.0) == 2**64 - 1
    assert st.threshold(-1.0) == 0


def test_purposes_keep_their_numbers():
    # A changed number would silently change every simulated year.
    assert (st.COUNT, st.SHOWS, st.ENDS, st.LEAVES) == (0, 5, 9, 21)
    assert (st.NETWORK_TOOK, st.URGENT_SHOWS) == (26, 27)


def test_compiled_code_is_kept_only_while_every_source_of_it_stays():
    compiled = (engine.run, visits.visit, _draws._referrals)

    for function in compiled:
        # A changed callee or constant must not be answered from the cache.
        assert function._cache._cache_file._source_stamp == compiled_draws._FINGERPRINT


def test_a_kept_engine_is_loaded_as_one_function():
    script = (
        "from caretime.simulation._kernel import draws, engine;"
        "print(*[one.__name__ for one in draws._SIGNATURES if one.overloads])"
    )

    # Importing it here has compiled and kept it.
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["run"]


def test_every_function_compiled_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiled_draws, "_SIGNATURES", {})
    told = []

    @compiled_draws.kernel("i")
    def doubled(n):
        return 2 * n

    @compiled_draws.kernel("i")
    def beyond(n):
        return doubled(n) + 1

    with compiled_draws.watched(lambda *one: told.append(one)):
        compiled_draws.make(beyond)

    assert beyond(3) == 7
    assert told == [(1, 2), (2, 2)]
