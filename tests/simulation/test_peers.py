"""Other programs on the same model: C to the last integer, SimPy and Ciw in law."""

from __future__ import annotations

import numpy as np
import pytest
from peer_c import COUNTS, CBook, compiler
from theory_pools import (
    REDUCED,
    arrivals,
    make_book,
    make_draws,
    make_reduced,
    reduced_rate,
)

from caretime.model.log import COUNTER
from caretime.simulation._kernel.engine import run_pool

FAR = 3.5
SEATS, WEEKS = 20, 40


def welch(one, other) -> float:
    """Return Welch's t of two samples."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    spread = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
    return (one.mean() - other.mean()) / spread**0.5


@pytest.fixture(scope="module")
def in_c(tmp_path_factory) -> CBook:
    if compiler() is None:
        pytest.skip("no C compiler here")
    return CBook(tmp_path_factory.mktemp("c"))


@pytest.mark.parametrize(
    ("seats", "load"), [(50, 0.97), (50, 1.05), (70, 0.9), (3, 0.97), (200, 0.99)]
)
def test_the_c_program_agrees_to_the_last_integer(in_c, seats, load):
    pool = make_reduced(weeks=52, seats=seats)
    rng = np.random.default_rng(seats)
    draws = make_draws(pool, seats, arrivals(rng, 260, reduced_rate(seats, load)))

    ours, theirs = run_pool(pool, draws), in_c.run(pool, draws)

    for column, name in enumerate(COUNTS):
        weekly = ours.weekly[:, COUNTER[name]]
        assert np.array_equal(weekly, theirs.weekly[:, column]), name
    assert np.array_equal(ours.waits[:3, 0, 0], theirs.waits)
    assert theirs.weekly.sum() > 0.7 * load * seats * REDUCED["openings"] * 260


def mean_of(histogram) -> float:
    return float(histogram @ np.arange(len(histogram)) / histogram.sum())


@pytest.mark.parametrize("load", [0.97, 1.15])
def test_the_simpy_program_agrees_in_law(load):
    peer_simpy = pytest.importorskip("peer_simpy", reason="SimPy is not installed")
    rate = reduced_rate(SEATS, load)
    pool = make_reduced(weeks=WEEKS, seats=SEATS)
    ours = {"intake wait": [], "visits": [], "missed": []}
    theirs = {"intake wait": [], "visits": [], "missed": []}
    for seed in range(60):
        rng = np.random.default_rng([seed, 21])
        draws = make_draws(pool, seed, arrivals(rng, 5 * WEEKS, rate))
        outcome = run_pool(pool, draws)
        visits = outcome.weekly[:, [COUNTER[name] for name in COUNTS[:2]]].sum()
        ours["intake wait"].append(mean_of(outcome.waits[0, 0, 0]))
        ours["visits"].append(visits)
        ours["missed"].append(outcome.weekly[:, COUNTER["no_shows"]].sum())
    for seed in range(20):
        clinic = peer_simpy.simulate(
            therapists=SEATS, days=5 * WEEKS, rate=rate, seed=seed, **REDUCED
        )
        theirs["intake wait"].append(np.mean(clinic.intake_waits))
        theirs["visits"].append(clinic.visits)
        theirs["missed"].append(clinic.missed)

    for name, values in ours.items():
        assert abs(welch(values, theirs[name])) < FAR, name


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_ciw_program_agrees_on_the_intake_book():
    peer_ciw = pytest.importorskip("peer_ciw", reason="Ciw is not installed")
    openings, rate, days, skip = 10, 9.0, 400, 100
    pool = make_book(weeks=days // 5, openings=openings)
    ours, theirs = [], []
    for seed in range(30):
        counts = arrivals(np.random.default_rng([seed, 22]), days, rate)
        outcome = run_pool(pool, make_draws(pool, seed, counts))
        ours.append(mean_of(outcome.weekly_waits[skip // 5 :, 0, 0].sum(axis=0)))
    for seed in range(12):
        waits = peer_ciw.simulate(openings=openings, days=days, rate=rate, seed=seed)
        theirs.append(np.mean(waits[int(skip * rate) :]))

    assert abs(welch(ours, theirs)) < FAR
