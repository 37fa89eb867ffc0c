"""What chance decides before the book opens: referrals and absences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from caretime.model.incident import Incident
from caretime.simulation import _arrays as arrays
from caretime.simulation import streams as st
from caretime.simulation._kernel.draws import draw, keep, pick
from caretime.simulation._population import Population, working_day
from caretime.simulation.participation import is_covered, positions, share_in

_GOLDEN = np.uint64(st.GOLDEN)
_M1, _M2 = np.uint64(0xBF58_476D_1CE4_E5B9), np.uint64(0x94D0_49BB_1331_11EB)
FRIDAY = 4
FIRST_TICK, TICK_SPAN = 8, 36
"""Referrals arrive from 08:00 to 17:00."""


def entity_keys(replication: int, kind: int, ids: NDArray[Any]) -> NDArray[np.uint64]:
    """Return ``streams.entity_key`` of many ids at once."""
    base = np.uint64(st.mix(replication + kind * st.GOLDEN))
    return _mix(base + ids.astype(np.uint64) * _GOLDEN)


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * _M1
    value = (value ^ (value >> np.uint64(27))) * _M2
    return value ^ (value >> np.uint64(31))


@keep
@njit(nogil=True)
def _referrals(
    keys: Any, counts: Any, weeks: int, first: int, stride: int, base: Any, rows: Any
) -> int:
    """Write the referrals of all weeks in the order of their number."""
    n = 0
    for week in range(weeks):
        for s in range(counts.shape[0]):
            u = draw(keys[s], st.COUNT, week)
            k = 0
            while k < counts.shape[1] and u >= counts[s, k]:
                if n < rows.shape[0]:
                    mid = np.uint64(first + n * stride)
                    key = base + mid * _GOLDEN
                    key = (key ^ (key >> np.uint64(30))) * _M1
                    key = (key ^ (key >> np.uint64(27))) * _M2
                    key = key ^ (key >> np.uint64(31))
                    moment = draw(key, st.MOMENT, 0)
                    rows[n].day = 5 * week + pick(moment, 5)
                    rows[n].tick = FIRST_TICK + pick(moment >> np.uint64(32), TICK_SPAN)
                    rows[n].stratum = s
                    rows[n].n = n
                n += 1
                k += 1
    return n


@keep
@njit(nogil=True)
def _absences(
    keys: Any, works: Any, weeks: int, known: int, leave: Any, sick: Any,
    away: Any, on_leave: Any, out: Any,
) -> None:  # fmt: skip
    """Write state of every seat and day; leave is taken out of ``works``."""
    for c in range(keys.shape[0]):
        for week in range(weeks):
            gone = week >= known and draw(keys[c], st.ON_LEAVE, week) < leave
            for day in range(5 * week, 5 * week + 5):
                if out[c, day] == 1:
                    away[c, day] = 3
                elif gone:
                    away[c, day] = 1
                elif works[c, day] == 0:
                    away[c, day] = on_leave[c, day]
                elif draw(keys[c], st.SICK, day) < sick:
                    away[c, day] = 2
                if gone:
                    works[c, day] = 0


def draw_pool(
    population: Population,
    pool: arrays.Pool,
    *,
    seed: int,
    replication: int,
    leave_share: float,
    sick_share: float,
    known_weeks: int,
    out: NDArray[np.uint8],
) -> arrays.Draws:
    """
    Draw referrals and absences of one pool.

    Parameters
    ----------
    out
        ``(posts, days)`` uint8 over all posts: 1 where an incident keeps the
        clinician away.
    """
    par = pool.par[0]
    key = st.replication_key(seed, replication)
    number, pools, weeks = int(par["pool"]), int(par["pools"]), int(par["weeks"])
    patients = int(par["patients"])
    seats = pool.seats.copy()
    seats["key"] = entity_keys(key, st.SEAT, seats["clinician"])
    stratum_keys = entity_keys(key, st.STRATUM, pool.strata * pools + number)
    base = np.uint64(st.mix(key + st.MEMBER * st.GOLDEN))
    room = int(pool.counts.shape[1] * len(pool.strata) * weeks)
    rows = np.zeros(min(room, 1 << 14), arrays.REFERRAL)
    first = patients + number
    n = _referrals(stratum_keys, pool.counts, weeks, first, pools, base, rows)
    if n > len(rows):
        rows = np.zeros(n, arrays.REFERRAL)
        _referrals(stratum_keys, pool.counts, weeks, first, pools, base, rows)
    rows = rows[:n]
    order = np.argsort(rows["day"].astype(np.int64) * 64 + rows["tick"], kind="stable")
    rows = rows[order]
    works = pool.works.copy()
    away = np.zeros((len(seats), 5 * weeks), np.uint8)
    on_leave = _planned(pool, weeks)
    rate_out = out[np.minimum(seats["clinician"], len(out) - 1)] if len(out) else out
    _absences(
        seats["key"], works, weeks, known_weeks,
        np.uint64(st.threshold(leave_share)), np.uint64(st.threshold(sick_share)),
        away, on_leave, rate_out,
    )  # fmt: skip
    return arrays.Draws(
        seats=seats,
        member_keys=entity_keys(key, st.MEMBER, pool.start["mid"]),
        referrals=rows,
        referral_keys=entity_keys(
            key, st.MEMBER, first + rows["n"].astype(np.int64) * pools
        ),
        away=away,
        works=works,
    )


def _planned(pool: arrays.Pool, weeks: int) -> NDArray[np.uint8]:
    """Tell planned absences from holidays and free weekdays: 1 on a working day."""
    busy: NDArray[np.bool_] = np.any(pool.masks[0, :, :3], axis=1)
    busy = busy[pool.seats["template"]]
    days = 5 * weeks
    open_ = np.diff(pool.business, prepend=0)[:days] > 0
    regular = busy[:, np.arange(days) % 5] & open_[None, :]
    return (regular & (pool.works[:, :days] == 0)).astype(np.uint8)


def participation(
    population: Population,
    incident: Incident | None,
    posts: int,
    *,
    seed: int,
    replication: int,
) -> NDArray[np.uint8]:
    """
    Return who an incident keeps away on each day, supervisors' associates too.

    ``(posts, days)``, five days a week. Of a path whole weeks are lost, from the
    Monday of the week in which it begins.
    """
    days = 5 * population.weeks
    out = np.zeros((posts, days), np.uint8)
    if incident is None:
        return out
    begins = working_day(population.system.first_day, incident.first_day)
    if incident.clinician_ids:
        first, end = _named_days(population, incident)
        named = frozenset(incident.clinician_ids)
        rows = [k for k, c in enumerate(population.posts) if c.clinician_id in named]
        out[rows, max(first, 0) : max(end, 0)] = 1
    else:
        position = positions(posts, seed=seed, replication=replication)
        covered = np.ones(posts, bool)
        homes = is_covered(incident, population.posts)
        covered[: len(homes)] = homes
        for week in range(population.weeks):
            share = share_in(incident, week - begins // 5)
            absent = covered & (position < np.uint64(st.threshold(share)))
            out[:, 5 * week : 5 * week + 5] = absent[:, None]
    row = {c.clinician_id: k for k, c in enumerate(population.posts)}
    for k, post in enumerate(population.posts):
        if post.supervisor_id in row:
            out[k] |= out[row[post.supervisor_id]]
    return out


def _named_days(population: Population, incident: Incident) -> tuple[int, int]:
    """Return first day of a named list and the day after its last, as numbers."""
    opens, day = population.system.first_day, incident.first_day
    first = working_day(opens, day) + (day.weekday() > FRIDAY)
    if incident.last_day is None:
        return first, 5 * population.weeks
    return first, working_day(opens, incident.last_day) + 1
