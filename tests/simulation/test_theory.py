"""
The engine against queueing theory, in pools where the book is a known model.

With every feature off, a pool is a *slotted* queue: ``c`` openings a day, whoever
asks takes the first free one from the next day on. From that follow, exactly or in
law: the slotted book and its one-seat case M/D/1, the loop of missed visits (a
Markov chain in two numbers, where the chance of missing depends on the delay),
staffing as independent two-state seats, the caseload as M/G/infinity, course length
and slots a referral, the fluid limit after a loss of capacity, and Little's law.

What a book of fixed openings is not, and so is not tried here: M/M/c, M/G/c, Erlang
A and M[X]/M/1 (service does not last an exponential time, nobody leaves a booking
for being impatient), Cobham's priorities (high priority has reserved openings, not a
place in front of a queue), vacations inside a service day, and the loop of Green and
Savin itself (one server with exponential service; ours is its slotted relative).

Statistics: fixed seeds, 30 replications, and a mean at most 3.5 standard errors off.
"""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from pools import make_pool
from theory_pools import arrivals, make_book, make_draws

from caretime.model.log import COUNTER, EventKind
from caretime.simulation._kernel.engine import run_pool

RUNS = 30
FAR = 3.5


def t_of(values, expected: float) -> float:
    """Return how many standard errors the mean of the values is off."""
    values = np.asarray(values, float)
    return (values.mean() - expected) / (values.std(ddof=1) / len(values) ** 0.5)


def counter(outcome, name: str) -> np.ndarray:
    """Return one weekly counter."""
    return outcome.weekly[:, COUNTER[name]]


def slotted_waits(counts, openings, backlog: int = 0) -> list[np.ndarray]:
    """Follow one path: the j-th to ask on a day takes the first free opening."""
    taken = np.zeros(len(counts) + 2_000, np.int64)
    room = np.concatenate([openings, np.full(2_000, openings[-1])])
    first, waits = 1, []
    for day, n in enumerate(counts):
        mine = np.zeros(n, np.int64)
        first = max(first, day + 1)
        for k in range(n):
            while taken[first] >= room[first]:
                first += 1
            taken[first] += 1
            mine[k] = first - day
        waits.append(mine)
    return waits


def slotted_law(openings: int, rate: float, size: int) -> np.ndarray:
    """Return the stationary law of the backlog: Q' = (Q + A - c)+, by convolution."""
    reach = int(rate + 12 * rate**0.5 + 20)
    steps = np.empty(reach)
    steps[0] = exp(-rate)
    for n in range(1, reach):
        steps[n] = steps[n - 1] * rate / n
    q = np.zeros(size)
    q[0] = 1.0
    for _ in range(200_000):
        after = np.convolve(q, steps)
        new = np.zeros(size)
        new[0] = after[: openings + 1].sum()
        rest = after[openings + 1 :][: size - 1]
        new[1 : 1 + len(rest)] = rest
        new /= new.sum()
        if np.abs(new - q).sum() < 1e-12:
            return new
        q = new
    return q


def slotted_mean(openings: int, rate: float, law: np.ndarray) -> float:
    """Return the mean wait: 1 + floor((Q + j) / c) for the j-th of a day."""
    reach = int(rate + 12 * rate**0.5 + 20)
    at_least = np.empty(reach)  # P(A > j)
    term, below = exp(-rate), 0.0
    for n in range(reach):
        below += term
        at_least[n] = 1 - below
        term *= rate / (n + 1)
    waits = 1 + (np.arange(len(law))[:, None] + np.arange(reach)) // openings
    return float((law @ waits) @ at_least / rate)


@pytest.mark.parametrize(("seats", "openings"), [(1, 1), (1, 7), (6, 2), (70, 1)])
def test_every_wait_follows_the_recursion_to_the_day(seats, openings):
    pool = make_book(weeks=60, seats=seats, openings=openings)
    counts = arrivals(np.random.default_rng(seats), 300, 0.98 * seats * openings)

    outcome = run_pool(pool, make_draws(pool, 1, counts))

    waits = slotted_waits(counts, np.full(300, seats * openings))
    by_week = [np.concatenate(waits[d : d + 5]) for d in range(0, 300, 5)]
    for week, expected in enumerate(by_week):
        told = np.bincount(expected, minlength=128)
        assert np.array_equal(outcome.weekly_waits[week, 0, 0], told)


@pytest.mark.parametrize("rate", [0.5, 0.8])
def test_one_opening_a_day_waits_like_m_d_1(rate):
    pool = make_book(weeks=400)
    queue = rate / (2 * (1 - rate))  # Pollaczek and Khinchine, one day of service

    waits = [
        mean_wait(pool, seed, arrivals(np.random.default_rng(seed), 2_000, rate), 50)
        for seed in range(RUNS)
    ]

    assert abs(t_of(waits, 1 + queue)) < FAR


def mean_wait(pool, seed: int, counts, skip: int) -> float:
    """Run a pool and return the mean wait for an intake after the first weeks."""
    outcome = run_pool(pool, make_draws(pool, seed, counts))
    table = outcome.weekly_waits[skip:, 0, 0].sum(axis=0)
    return float(table @ np.arange(len(table)) / table.sum())


@pytest.mark.parametrize(
    ("openings", "rate", "published"),
    [(5, 4.5, 1.77670), (10, 9.5, 1.83708), (50, 49.0, 1.42464)],
)
def test_the_slotted_book_has_its_stationary_law(openings, rate, published):
    law = slotted_law(openings, rate, 1_500)
    mean = slotted_mean(openings, rate, law)
    pool = make_book(weeks=240, openings=openings)

    waits = []
    for seed in range(RUNS):
        rng = np.random.default_rng([seed, openings])
        counts = arrivals(rng, 1_200, rate)
        counts[0] += rng.choice(len(law), p=law)  # week 0 carries the backlog
        waits.append(mean_wait(pool, seed, counts, 1))

    assert mean == pytest.approx(published, abs=1e-5)
    assert abs(t_of(waits, mean)) < FAR


def test_more_openings_never_make_anyone_wait_longer():
    counts = arrivals(np.random.default_rng(5), 300, 9.5)
    waits = []
    for openings in (10, 11):
        pool = make_book(weeks=60, openings=openings)
        log = run_pool(pool, make_draws(pool, 2, counts), True).log
        offers = log[log[:, 2] == EventKind.OFFER]
        waits.append(dict(zip(offers[:, 3], offers[:, 7], strict=True)))

    assert waits[0].keys() == waits[1].keys()
    assert all(waits[1][member] <= wait for member, wait in waits[0].items())
    assert sum(waits[1].values()) < sum(waits[0].values())


def loop_law(openings: int, rate: float, soon: float, late: float):
    """
    Solve the loop of missed visits: backlog and share missed, in the long run.

    At the end of a day ``r`` people have bookings made before it and ``n`` made
    theirs on it, newcomers and those who missed a visit. Tomorrow's openings go to
    min(r, c) of the first, who waited two days or more and miss with chance
    ``late``, and the rest to the second, who waited one and miss with ``soon``.
    """
    most, many = 120, 30
    steps = np.array([exp(-rate) * rate**k / np.prod(np.arange(1.0, k + 1))
                      for k in range(many)])  # fmt: skip
    r, n = np.indices((most, many))
    two = np.minimum(r, openings)
    one = np.minimum(n, openings - two)
    left = np.minimum(r + n - one - two, most - 1)
    kinds = one * (openings + 1) + two
    newcomers = np.zeros(((openings + 1) ** 2, many))
    for kind in np.unique(kinds):
        law = steps
        for chance in [soon] * (kind // (openings + 1)) + [late] * (
            kind % (openings + 1)
        ):
            law = np.convolve(law, [1 - chance, chance])
        newcomers[kind] = law[:many]
    state = np.zeros((most, many))
    state[0, 0] = 1.0
    for _ in range(20_000):
        mass = np.zeros((most, len(newcomers)))
        np.add.at(mass, (left, kinds), state)
        new = mass @ newcomers
        new /= new.sum()
        if np.abs(new - state).sum() < 1e-12:
            break
        state = new
    share = (state * (soon * one + late * two)).sum() / (state * (one + two)).sum()
    return float((state * (r + n)).sum()), float(share)


def test_missed_visits_come_back_as_the_markov_chain_says():
    openings, rate, soon, late = 3, 2.0, 0.1, 0.3
    backlog, share = loop_law(openings, rate, soon, late)
    chances = np.where(np.arange(64) <= 1, soon, late)
    pool = make_book(weeks=400, openings=openings, no_show=chances)

    levels, shares = [], []
    for seed in range(RUNS):
        counts = arrivals(np.random.default_rng([seed, 3]), 2_000, rate)
        outcome = run_pool(pool, make_draws(pool, seed, counts))
        lost = counter(outcome, "no_shows")[40:].sum()
        levels.append(counter(outcome, "waiting_intake")[40:].mean())
        shares.append(lost / (lost + counter(outcome, "visits_intake")[40:].sum()))

    assert abs(t_of(levels, backlog)) < FAR
    assert abs(t_of(shares, share)) < FAR


def test_a_full_book_may_stay_full_where_an_empty_one_stays_empty():
    # Missed visits rise from 15 % to 51 % with the wait, so that 20 openings a day
    # see 17 people soon and 9.8 late; ten a day come.
    chances = 0.51 - 0.36 * np.exp(-np.arange(64) / 2.0)
    pool = make_book(weeks=80, openings=20, no_show=chances)
    backlog = []
    for before in (0, 600):
        counts = arrivals(np.random.default_rng(11), 400, 10.0)
        counts[0] += before
        outcome = run_pool(pool, make_draws(pool, 3, counts))
        backlog.append(counter(outcome, "waiting_intake")[-40:].mean())

    assert backlog[0] < 30
    assert backlog[1] > 450


def test_filled_seats_are_binomial_with_the_share_of_time_up():
    seats, leaves, hires = 200, 1 - 0.75 ** (1 / 52), 1 / 9
    up = hires / (leaves + hires)  # T / (T + lag), both in weeks
    pool = make_book(weeks=110, seats=seats, leaves=leaves, hires=hires)

    ends = [
        run_pool(pool, make_draws(pool, seed, np.zeros(550, int))) for seed in range(60)
    ]

    filled = np.array([counter(o, "filled_seats")[-1] for o in ends])
    quits = np.array([counter(o, "clinicians_left")[40:].mean() for o in ends])
    assert abs(t_of(filled, seats * up)) < FAR
    assert abs(t_of((filled - seats * up) ** 2, seats * up * (1 - up))) < FAR
    assert abs(t_of(quits, seats * up * leaves)) < FAR


def test_the_caseload_is_poisson_where_nobody_has_to_queue():
    rate, ends, interval = 4.0, 0.125, 10
    course = (1 / ends - 1) * (interval - 1)  # days from first to last visit
    pool = make_book(
        weeks=160, seats=6, openings=50, returns=0, shared=True, ends=ends,
        interval=interval,
    )  # fmt: skip

    sizes = []
    for seed in range(60):
        counts = arrivals(np.random.default_rng([seed, 7]), 800, rate)
        outcome = run_pool(pool, make_draws(pool, seed, counts))
        sizes.append(counter(outcome, "in_treatment")[-1])

    mean = rate * course
    assert abs(t_of(sizes, mean)) < FAR
    assert abs(t_of((np.array(sizes) - mean) ** 2, mean)) < FAR


def test_courses_last_as_long_as_their_falling_hazard_says():
    hazard = 3.0 / (15.0 + np.arange(128))
    alive, mean = 1.0, 0.0
    for visits in range(1, 5_000):
        mean += alive
        alive *= 1 - hazard[min(visits, 127)]
    pool = make_book(
        weeks=320, seats=4, openings=55, shared=True, ends=hazard, interval=5
    )  # fmt: skip

    lengths = []
    for seed in range(RUNS):
        counts = np.zeros(1_600, int)
        counts[:20] = 12
        outcome = run_pool(pool, make_draws(pool, seed, counts))
        assert counter(outcome, "in_treatment")[-1] == 0
        held = outcome.weekly[:, COUNTER["visits_intake"]].sum()
        held += outcome.weekly[:, COUNTER["visits_return"]].sum()
        lengths.append(held / counts.sum())

    assert abs(t_of(lengths, mean)) < FAR


def test_a_referral_uses_its_visits_over_the_share_held():
    missed, returns = 0.15, 8
    pool = make_book(
        weeks=200, seats=4, openings=55, shared=True, no_show=missed,
        ends=1 / (1 + returns),
    )  # fmt: skip

    slots = []
    for seed in range(RUNS):
        counts = np.zeros(1_000, int)
        counts[:20] = 12
        outcome = run_pool(pool, make_draws(pool, seed, counts))
        assert counter(outcome, "in_treatment")[-1] == 0
        used = sum(
            counter(outcome, name).sum()
            for name in ("visits_intake", "visits_return", "no_shows")
        )
        slots.append(used / counts.sum())

    assert abs(t_of(slots, 10.5882)) < FAR


def test_a_loss_of_capacity_peaks_and_clears_as_the_fluid_limit():
    rate, seats, openings, lost, first, last = 285, 100, 3, 20, 50, 70
    peak = (rate - (seats - lost) * openings) * (last - first)
    cleared = peak / (seats * openings - rate)
    pool = make_book(weeks=44, seats=seats, openings=openings)
    pool.works[:lost, first:last] = 0

    peaks, times, waits = [], [], []
    for seed in range(RUNS):
        counts = arrivals(np.random.default_rng([seed, 9]), 220, rate)
        log = run_pool(pool, make_draws(pool, seed, counts), True).log
        came = np.bincount(log[log[:, 2] == EventKind.REFERRAL, 0], minlength=220)
        seen = np.bincount(log[log[:, 2] == EventKind.ATTENDED, 0], minlength=220)
        waiting = np.cumsum(came - seen) - came  # but for those of today
        before, top = waiting[first - 1], waiting[last - 1]
        peaks.append(top - before)
        times.append(np.argmax(waiting[last - 1 :] <= before))
        offers = log[(log[:, 2] == EventKind.OFFER) & (log[:, 0] == last - 1)]
        waits.append(offers[:, 7].mean())

    assert abs(t_of(peaks, peak)) < FAR
    assert abs(t_of(times, cleared)) < FAR
    assert abs(np.mean(waits) - (1 + peak / (seats * openings))) < 0.6


@pytest.mark.parametrize("seed", range(12))
def test_little_holds_on_every_path(seed):
    # Friday by Friday: how many the engine counts as waiting for their first visit,
    # and for how many Fridays each person of the log waits.
    pool, draws = make_pool(seed, seats=6, weeks=8, shared=seed % 2 == 1)

    outcome = run_pool(pool, draws, True)

    since = {int(p["mid"]): 0 for p in pool.start if p["visits"] == 0}
    fridays = 0
    gone = (EventKind.TO_NETWORK, EventKind.DROPPED, EventKind.LOST_WAITING,
            EventKind.LOST_IN_TRANSFER, EventKind.ATTENDED)  # fmt: skip
    for day, _, kind, member, *_, flag in outcome.log.tolist():
        if kind == EventKind.REFERRAL:
            since[member] = day
        elif (
            kind in gone
            and member in since
            and not (kind == EventKind.TO_NETWORK and flag == 1)
        ):
            fridays += day // 5 - since.pop(member) // 5
    fridays += sum(8 - day // 5 for day in since.values())
    assert counter(outcome, "waiting_intake").sum() == fridays
