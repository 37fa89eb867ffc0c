"""Small generated pools, with every feature switched on or off by chance."""

from __future__ import annotations

import numpy as np

from caretime.simulation import _arrays as arrays
from caretime.simulation import streams as st

COINS = {
    "late_cancel": 0.08, "rebook": 0.8, "drop_intake": 0.3, "drop_return": 0.2,
    "later": 0.1, "urgent": 0.05, "group": 0.3, "exception": 0.8,
    "transfer_loss": 0.3, "give_up": 0.05, "substitute": 0.4,
    "incident_network": 0.3, "network_refusal": 0.3, "hire": 0.1,
}  # fmt: skip


def table(probabilities) -> np.ndarray:
    return np.array([st.threshold(p) for p in probabilities], np.uint64)


def make_pool(seed: int, *, seats: int = 6, weeks: int = 8, shared: bool = False):
    """Make a pool and its draws from a seed; nothing in it means anything."""
    rng = np.random.default_rng(seed)
    horizon_weeks = 8
    days = 5 * (weeks + horizon_weeks)
    strata = int(rng.integers(1, 5))
    words = (seats + 63) // 64
    par = np.zeros(1, arrays.PARAMETERS)
    for name, p in COINS.items():
        par[name] = st.threshold(p * rng.uniform(0, 1.2))
    for name, value in {
        "weeks": weeks, "days": days, "horizon": 5 * horizon_weeks, "seats": seats,
        "return_plane": int(shared), "priority_openings": rng.integers(0, 2),
        "ramp_weeks": 2, "ramp_permille": 500, "limit_days": 10,
        "urgent_release": rng.integers(0, 3), "intake_release": rng.integers(-1, 3),
        "carry_minutes": 60, "idle_permille": 500, "management_centimin": 250,
        "notes_return": 12, "notes_intake": 30, "notes_group": 4, "network_wait": 5,
        "network_visits": 6, "trigger_permille": 800 * rng.integers(0, 2),
        "reference_strain": 40, "pool": 1, "pools": 3, "patients": 500,
    }.items():  # fmt: skip
        par[name] = value
    eligible = np.zeros((strata, words), np.uint64)
    for s in range(strata):
        for c in range(seats):
            if rng.random() < 0.7:
                eligible[s, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
    templates, phases = 2, 2
    masks = np.zeros((phases, templates, 4, 5), np.uint64)
    offered = np.zeros((phases, templates, 5), np.int64)
    minutes = np.array([[[60, 50, 90, 50]] * templates] * phases, np.int64)
    for p in range(phases):
        for t in range(templates):
            for d in range(5):
                ticks = rng.permutation(np.arange(8, 44, 4))[: rng.integers(3, 8)]
                for tick in ticks:
                    kind = rng.choice([0, 0, 0, 1, 1, 2, 3])
                    masks[p, t, kind, d] |= np.uint64(1) << np.uint64(tick)
                    offered[p, t, d] += 60 if kind != 3 else 0
    if shared:
        masks[:, :, 1] |= masks[:, :, 0]
        masks[:, :, 0] = 0
    indirect = rng.integers(0, 120, (phases, templates, 5)).astype(np.int64)
    paid = np.full((phases, templates), 2400, np.int64)
    phase = (np.arange(weeks + horizon_weeks) >= weeks // 2).astype(np.int64)
    business = np.cumsum(rng.random(days) > 0.03).astype(np.int32)
    works = np.ones((seats, days), np.uint8)
    works[:, np.diff(business, prepend=0) == 0] = 0
    seat_rows = np.zeros(seats, arrays.SEAT)
    seat_rows["clinician"] = np.arange(seats) + 10
    seat_rows["template"] = rng.integers(0, templates, seats)
    seat_rows["license"] = rng.integers(0, 2, seats)
    seat_rows["cap"] = rng.integers(5, 40, seats)
    seat_rows["opens"] = np.where(rng.random(seats) < 0.2, 2, 0)
    seat_rows["filled"] = seat_rows["opens"] == 0
    seat_rows["filled"][0] = 1
    seat_rows["hired"] = -1
    seat_rows["days"] = 5
    seat_rows["strain"] = 40
    groups = np.zeros(int(rng.integers(0, 3)), arrays.GROUP)
    filled = np.flatnonzero(seat_rows["filled"])
    for g in range(len(groups)):
        groups[g] = (rng.choice(filled), rng.integers(-1, seats), rng.integers(0, 5),
                     rng.integers(8, 40), 90, rng.integers(0, 5))  # fmt: skip
    start = _start(rng, int(rng.integers(0, 80)), strata, filled, len(groups))
    pool = arrays.Pool(
        par=par, seats=seat_rows, start=start, groups=groups,
        group_eligible=rng.integers(0, 2, (len(groups), strata)).astype(np.uint8),
        eligible=eligible, masks=masks, minutes=minutes, indirect=indirect,
        offered=offered, paid=paid, phase=phase, works=works, business=business,
        end=table(np.minimum(1.6 / (5.4 + np.arange(128)), 1.0)),
        no_show=table(rng.uniform(0, 0.4, 128)).reshape(2, 64),
        leave=table(np.linspace(0.005, 0.2, 64)),
        interval=table([0.3, 0.7, 0.9, 0.1]),
        network=rng.integers(0, 2500, 2).astype(np.int64),
        network_class=rng.integers(0, 2, strata).astype(np.int64),
        strata=np.arange(strata, dtype=np.int64) + 7,
        counts=np.zeros((strata, 1), np.uint64), licenses=2,
    )  # fmt: skip
    return pool, _draws(rng, pool, seed)


def _start(rng, patients, strata, filled, groups):
    start = np.zeros(patients, arrays.START)
    start["mid"] = np.sort(rng.permutation(max(500, patients))[:patients])
    start["stratum"] = rng.integers(0, strata, patients)
    start["clin"] = rng.choice(filled, patients)
    start["visits"] = np.where(rng.random(patients) < 0.1, 0, rng.integers(1, 20))
    start["interval"] = rng.choice([5, 10, 15, 20], patients)
    start["group"] = -1
    if groups:
        members = (rng.random(patients) < 0.2) & (start["visits"] > 0)
        start["group"] = np.where(members, rng.integers(0, groups, patients), -1)
    start["day"] = np.where(rng.random(patients) < 0.9, rng.integers(0, 15), -1)
    start["tick"] = rng.integers(8, 44, patients)
    start["vtype"] = np.where(start["visits"] == 0, 0, 1)
    start["tier"] = 3
    return start


def _draws(rng, pool, seed):
    par = pool.par[0]
    weeks, seats = int(par["weeks"]), int(par["seats"])
    key = st.replication_key(seed, 0)
    n = int(rng.integers(0, 25)) * weeks
    referrals = np.zeros(n, arrays.REFERRAL)
    referrals["day"] = rng.integers(0, 5 * weeks, n)
    referrals["tick"] = rng.integers(8, 40, n)
    referrals["stratum"] = rng.integers(0, len(pool.strata), n)
    referrals["n"] = np.arange(n)
    order = np.lexsort((referrals["n"], referrals["tick"], referrals["day"]))
    referrals = referrals[order]
    away = np.where(rng.random((seats, 5 * weeks)) < 0.04, 2, 0).astype(np.uint8)
    if rng.random() < 0.5:
        out = rng.random(seats) < 0.5
        away[np.ix_(out, np.arange(10, min(25, 5 * weeks)))] = 3
    works = pool.works.copy()
    leave = rng.random((seats, weeks)) < 0.05
    for c, w in zip(*np.nonzero(leave), strict=True):
        works[c, 5 * w : 5 * w + 5] = 0
        away[c, 5 * w : 5 * w + 5] = 1
    rows = pool.seats.copy()
    rows["key"] = [st.entity_key(key, st.SEAT, int(c)) for c in rows["clinician"]]
    mid = par["patients"] + referrals["n"].astype(np.int64) * par["pools"] + par["pool"]
    return arrays.Draws(
        seats=rows,
        member_keys=_keys(key, pool.start["mid"]),
        referrals=referrals,
        referral_keys=_keys(key, mid),
        away=away,
        works=works,
    )


def _keys(key, ids):
    return np.array([st.entity_key(key, st.MEMBER, int(i)) for i in ids], np.uint64)
