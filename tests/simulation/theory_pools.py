"""Pools in which the appointment book is a textbook queue: every feature off."""

from __future__ import annotations

import numpy as np

from caretime.simulation import _arrays as arrays
from caretime.simulation import streams as st

FIRST_TICK = 8
HORIZON_WEEKS = 26
INTERVALS = (5, 10, 15, 20)


def law(probabilities) -> np.ndarray:
    """Return thresholds of draws."""
    return np.array([st.threshold(p) for p in probabilities], np.uint64)


def make_book(
    *,
    weeks: int,
    seats: int = 1,
    openings: int = 1,
    shared: bool = False,
    returns: int = 0,
    ends=1.0,
    no_show=0.0,
    interval: int = 10,
    leaves: float = 0.0,
    hires: float = 0.0,
    works: np.ndarray | None = None,
) -> arrays.Pool:
    """
    Make a pool of like seats without cancellations, drop-out, groups or sickness.

    Parameters
    ----------
    openings, returns
        A day and seat, for intakes and for returns; with ``shared`` the first are
        for both.
    ends
        Chance that the course ends with a visit: one number, or one for each
        number of visits.
    no_show
        Chance of a missed visit: one number, or one for each wait in days.
    leaves, hires
        Chances of a week.
    """
    days = 5 * (weeks + HORIZON_WEEKS)
    par = np.zeros(1, arrays.PARAMETERS)
    for name, value in {
        "weeks": weeks, "days": days, "horizon": 5 * HORIZON_WEEKS, "seats": seats,
        "return_plane": int(shared), "limit_days": 100_000, "urgent_release": -1,
        "intake_release": -1, "network_wait": 1, "pool": 0, "pools": 1,
    }.items():  # fmt: skip
        par[name] = value
    par["hire"] = st.threshold(hires)
    masks = np.zeros((1, 1, 4, 5), np.uint64)
    masks[0, 0, arrays.RETURN] = np.uint64((2**returns - 1) << FIRST_TICK)
    masks[0, 0, arrays.INTAKE] = np.uint64((2**openings - 1) << FIRST_TICK)
    rows = np.zeros(seats, arrays.SEAT)
    rows["clinician"] = np.arange(seats)
    rows["cap"], rows["days"], rows["filled"], rows["hired"] = 32_000, 5, 1, -1
    words = (seats + 63) // 64
    eligible = np.zeros((1, words), np.uint64)
    for seat in range(seats):
        eligible[0, seat >> 6] |= np.uint64(1) << np.uint64(seat & 63)
    return arrays.Pool(
        par=par,
        seats=rows,
        start=np.zeros(0, arrays.START),
        groups=np.zeros(0, arrays.GROUP),
        group_eligible=np.zeros((0, 1), np.uint8),
        eligible=eligible,
        masks=masks,
        minutes=np.full((1, 1, 4), 60, np.int64),
        indirect=np.full((1, 1, 5), 480, np.int64),
        offered=np.zeros((1, 1, 5), np.int64),
        paid=np.full((1, 1), 2400, np.int64),
        phase=np.zeros(weeks + HORIZON_WEEKS, np.int64),
        works=np.ones((seats, days), np.uint8) if works is None else works,
        business=np.arange(1, days + 1, dtype=np.int32),
        end=law(np.broadcast_to(ends, 128)),
        no_show=law(np.tile(np.broadcast_to(no_show, 64), 2)).reshape(2, 64),
        leave=law(np.full(64, leaves)),
        interval=law([interval <= one for one in INTERVALS[:3]] + [0.0]),
        network=np.zeros(1, np.int64),
        network_class=np.zeros(1, np.int64),
        strata=np.zeros(1, np.int64),
        counts=np.zeros((1, 1), np.uint64),
        licenses=1,
    )


def arrivals(rng: np.random.Generator, days: int, rate: float) -> np.ndarray:
    """Draw how many people ask for care on each day: Poisson."""
    return rng.poisson(rate, days)


def make_draws(
    pool: arrays.Pool, seed: int, counts: np.ndarray, *, tick: int | None = None
) -> arrays.Draws:
    """Make referrals of given daily numbers, at drawn quarter hours or at one."""
    rng = np.random.default_rng([seed, 1])
    weeks, seats = int(pool.par[0]["weeks"]), len(pool.seats)
    total = int(counts.sum())
    rows = np.zeros(total, arrays.REFERRAL)
    rows["day"] = np.repeat(np.arange(len(counts)), counts)
    rows["tick"] = rng.integers(8, 44, total) if tick is None else tick
    rows = rows[np.lexsort((rows["tick"], rows["day"]))]
    rows["n"] = np.arange(total)
    key = st.replication_key(seed, 0)
    seat_rows = pool.seats.copy()
    seat_rows["key"] = [st.entity_key(key, st.SEAT, s) for s in range(seats)]
    return arrays.Draws(
        seats=seat_rows,
        member_keys=np.zeros(0, np.uint64),
        referrals=rows,
        referral_keys=member_keys(key, total),
        away=np.zeros((seats, 5 * weeks), np.uint8),
        works=pool.works.copy(),
    )


def member_keys(key: int, total: int) -> np.ndarray:
    """Return ``streams.entity_key`` of members 0 .. total - 1."""

    def mix(value):
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
        return value ^ (value >> np.uint64(31))

    base = np.uint64(st.mix(key + st.MEMBER * st.GOLDEN))
    return mix(base + np.arange(total, dtype=np.uint64) * np.uint64(st.GOLDEN))


def make_reduced(*, weeks: int, seats: int = 50) -> arrays.Pool:
    """
    Make the reduced book that other programs are compared on.

    Six openings a day and therapist for intakes and returns alike; nine visits on
    average, 8 to 10 working days apart; 15 % missed and booked again.
    """
    return make_book(
        weeks=weeks,
        seats=seats,
        openings=REDUCED["openings"],
        shared=True,
        ends=REDUCED["ends"],
        no_show=REDUCED["no_show"],
        interval=REDUCED["interval"],
    )


REDUCED = {"openings": 6, "ends": 1 / 9, "no_show": 0.15, "interval": 10}


def reduced_rate(seats: int, load: float) -> float:
    """Return referrals a day that use a share of the openings."""
    slots = 1 / REDUCED["ends"] / (1 - REDUCED["no_show"])
    return load * seats * REDUCED["openings"] / slots
