"""Two engines, one answer: the readable one and the compiled one."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import settings
from numba import njit
from pools import make_pool

from caretime.formats.casebook import casebook_contract
from caretime.model.incident import Incident
from caretime.model.log import LOG_COLUMNS, EventKind
from caretime.simulation import event_log, make_system, streams
from caretime.simulation._arrays import Draws, Outcome, Pool
from caretime.simulation._kernel import engine as compiled
from caretime.simulation._kernel import openings
from caretime.simulation._kernel.world import address_table, as_world
from caretime.simulation._plain import engine as readable
from caretime.simulation._plain.people import Booking
from caretime.simulation._population import populate
from caretime.simulation.runs import Scenario

CHUNKS = 10
POOLS = 6 * settings.default.max_examples  # 150 in the gate, 12,000 at night
CONTRACTS = (
    "socal-2021-in-force",
    "socal-2024-10-employer",
    "socal-2024-09-union",
    "socal-2025-settlement",
)


def generated(seed: int) -> tuple[Pool, Draws]:
    """Make a pool; some share one plane of openings, some need two words of bits."""
    many = seed % 25 == 0
    return make_pool(
        seed,
        seats=70 if many else 3 + seed % 6,
        weeks=5 if many else 5 + seed % 8,
        shared=seed % 3 == 2,
    )


def strained(seed: int) -> tuple[Pool, Draws]:
    """Make a pool in which what is rare elsewhere is common."""
    pool, draws = generated(seed)
    rng = np.random.default_rng(seed)
    par, masks, start = pool.par.copy(), pool.masks.copy(), pool.start.copy()
    par["urgent"] = streams.threshold(0.5)
    par["late_cancel"] = streams.threshold(0.6)
    par["urgent_release"] = rng.choice([-1, 0, 1, 4])
    # One week has few kinds of openings; bookings lie far ahead, some too far.
    masks[:, 0, rng.choice([0, 1, 2], rng.integers(1, 3))] = 0
    new = (start["group"] < 0) & (rng.random(len(start)) < 0.5)
    start["visits"][new] = start["vtype"][new] = 0
    start["day"] = rng.choice([-1, 0, 3, 60, 10_000], len(start))
    business = np.maximum(pool.business - pool.business[0], 0)  # day 0 a holiday
    works = draws.works.copy()
    works[:, 0] = 0
    seats = draws.seats.copy()
    seats["cap"] = rng.choice([1, 6, 12, 90], len(seats))
    rare = replace(
        pool,
        par=par,
        masks=masks,
        start=start,
        business=business.astype(np.int32),
        leave=np.full_like(pool.leave, streams.threshold(0.1)),
        end=np.full_like(pool.end, streams.threshold(0.05)),
    )
    return rare, replace(draws, works=works, seats=seats)


def restless(seed: int) -> tuple[Pool, Draws]:
    """Make a pool whose clinicians come and go while everyone asks for help."""
    pool, draws = generated(seed)
    par, masks = pool.par.copy(), pool.masks.copy()
    for coin, share in {
        "urgent": 1.0,
        "late_cancel": 0.3,
        "substitute": 1.0,
        "transfer_loss": 0.1,
        "drop_return": 0.05,
        "hire": 0.6,
    }.items():
        par[coin] = streams.threshold(share)
    # Minutes are round, so that limits are met exactly.
    par["carry_minutes"], par["management_centimin"] = 20, 0
    par["notes_return"] = par["notes_group"] = 10
    # Urgent visits are with others: one week has none, and few returns.
    masks[:, 0, 2] = 0
    masks[:, 0, 0, ::2] = 0
    restless_pool = replace(
        pool,
        par=par,
        masks=masks,
        indirect=pool.indirect // 10 * 10,
        leave=np.array(
            [streams.threshold(p) for p in np.linspace(0.15, 0.9, 64)], np.uint64
        ),
        end=np.full_like(pool.end, streams.threshold(0.02)),
    )
    return restless_pool, draws


def told(row: np.ndarray) -> str:
    """Write a log row so that a person can read it."""
    named = dict(zip(LOG_COLUMNS, (int(value) for value in row), strict=True))
    kind = EventKind(named.pop("kind")).name
    return kind + " " + " ".join(f"{name}={value}" for name, value in named.items())


def first_difference(one: np.ndarray, other: np.ndarray) -> str:
    """Show the rows around the first one that differs, of both logs."""
    n = min(len(one), len(other))
    differing = np.flatnonzero((one[:n] != other[:n]).any(axis=1))
    row = int(differing[0]) if len(differing) else n
    lines = [f"the logs differ from row {row} on"]
    for name, log in (("kernel", one), ("plain", other)):
        around = log[max(row - 2, 0) : row + 2]
        lines += [f"  {name:6} {told(event)}" for event in around]
    return "\n".join(lines)


def assert_twins(kernel: Outcome, plain: Outcome, what: str) -> None:
    """Compare every array whole; name the first differing event."""
    if not np.array_equal(kernel.log, plain.log):
        raise AssertionError(f"{what}: {first_difference(kernel.log, plain.log)}")
    for field in fields(Outcome):
        one, other = getattr(kernel, field.name), getattr(plain, field.name)
        assert one.dtype == other.dtype, f"{what}: type of {field.name}"
        np.testing.assert_array_equal(one, other, err_msg=f"{what}: {field.name}")


@pytest.mark.parametrize("made", [generated, strained, restless])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_engines_write_the_same_log_of_generated_pools(chunk, made):
    for seed in range(chunk, POOLS // (2 if made is generated else 4), CHUNKS):
        pool, draws = made(seed)

        kernel = compiled.run_pool(pool, draws, trace=True)
        plain = readable.run_pool(pool, draws, trace=True)

        assert_twins(kernel, plain, f"{made.__name__} pool of seed {seed}")


@njit
def compiled_plane(table, seat, day, tick, vtype, today):
    return openings.plane_of(as_world(table), seat, day, tick, vtype, today)


@pytest.mark.parametrize("seed", range(6))
def test_both_engines_give_an_opening_back_to_the_same_plane(seed):
    pool, draws = generated(seed)
    world = compiled._world(pool, draws, 0)
    table = address_table(world)
    clinic = readable._read(pool, draws)
    bookings = [
        Booking(seat, day, tick)
        for seat in clinic.seats
        for day in range(9)
        for tick in range(8, 44, 4)
    ]

    for booking, vtype, today in product(bookings, range(4), range(-1, 9)):
        clinic.today = today
        number, day, tick = booking.seat.number, booking.day, booking.tick
        plane = compiled_plane(table, number, day, tick, vtype, today)
        assert plane == clinic.plane_of(booking, vtype)


def test_the_generated_pools_let_everything_happen():
    seen: Counter[EventKind] = Counter()

    for seed in range(60):
        log = compiled.run_pool(*generated(seed), trace=True).log
        seen.update(EventKind(kind) for kind in log[:, 2])

    assert set(seen) == set(EventKind)


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_both_engines_agree_on_a_clinic_under_terms_that_were_proposed(contract_id):
    system = make_system("clinic-of-eight", seed=1)
    incident = Incident(
        "walkout", date(2025, 6, 9), date(2025, 6, 2), (0.8, 0.5, 0.2), ()
    )
    population = populate(system, system.assumptions, 26)
    scenario = Scenario.build(
        population, casebook_contract(contract_id), system.assumptions, incident
    )

    kernel = scenario.outcomes(1, 0, trace=True)
    plain = scenario.outcomes(1, 0, trace=True, engine="plain")

    for pool, (one, other) in enumerate(zip(kernel, plain, strict=True)):
        assert_twins(one, other, f"{contract_id}, pool {pool}")


def test_both_engines_agree_over_all_pools_of_a_small_region():
    system = make_system("southern-california", scale=0.02, seed=1)
    contract = system.contracts[system.contract_in_force]

    kernel = event_log(system, contract, weeks=6, seed=3, replication=2)
    plain = event_log(system, contract, weeks=6, seed=3, replication=2, engine="plain")

    assert kernel.equals(plain), first_difference(kernel.to_numpy(), plain.to_numpy())
    assert kernel.height > 5_000


def test_a_wrong_number_would_be_shown_as_a_sentence():
    right = compiled.run_pool(*generated(1), trace=True)
    row = int(np.flatnonzero(right.log[:, 2] == EventKind.NO_SHOW)[0])
    log = right.log.copy()
    log[row, 1] += 1
    wrong = replace(right, log=log)

    with pytest.raises(AssertionError, match=rf"row {row} on\n(.*\n)*.*NO_SHOW day="):
        assert_twins(right, wrong, "a pool")


def test_an_unknown_engine_is_refused():
    system = make_system("clinic-of-eight", seed=1)
    contract = system.contracts[system.contract_in_force]

    with pytest.raises(ValueError, match="engine must be one of"):
        event_log(system, contract, weeks=1, engine="fast")
