"""
What a system brings to every contract: strata, pools, seats, demand, the book.

Built once for a system and a set of assumptions; contracts add weeks to it
(``_pack``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from caretime.model.assumptions import Assumptions
from caretime.model.care import VISIT_TYPES
from caretime.model.people import Clinician, Need
from caretime.model.system import CareSystem
from caretime.rules.eligibility import eligibility_matrix
from caretime.simulation import _arrays as arrays
from caretime.simulation._behavior import count_table

HORIZON_WEEKS = 26
"""How far ahead a visit may be booked."""

FIRST_MINUTE = 6 * 60
QUARTER = 15


@dataclass(frozen=True, slots=True)
class Stratum:
    """Kind of person: the cell of the demand table."""

    county: str
    age_group: str
    language: str
    need: str


@dataclass(frozen=True, slots=True)
class PoolPeople:
    """Who belongs to a pool; rows refer to ``Population.posts`` and ``strata``."""

    name: str
    posts: NDArray[np.int64]
    strata: NDArray[np.int64]
    rates: NDArray[np.float64]  # referrals a week, by the pool's strata
    counts: NDArray[np.uint64]  # thresholds of their weekly number
    eligible: NDArray[np.bool_]  # (strata, posts)
    start: NDArray[np.void]
    groups: NDArray[np.void]
    group_ids: tuple[str, ...]
    group_eligible: NDArray[np.uint8]
    network: NDArray[np.float64]  # intakes a week by language class
    network_class: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Population:
    """
    A system as the simulation sees it, without any contract.

    Parameters
    ----------
    posts
        The clinicians in the order of the file, then vacant posts modeled on
        them; a seat's ``clinician`` number is its place here.
    vacant
        How many of the posts are vacant at the start.
    works
        ``(posts, days)`` uint8: 0 on holidays and planned absences.
    layouts
        Weeks laid out so far, by contract and roster: a what-if lays out only
        what is new.
    """

    system: CareSystem
    posts: tuple[Clinician, ...]
    vacant: int
    licenses: tuple[str, ...]
    strata: tuple[Stratum, ...]
    pools: tuple[PoolPeople, ...]
    works: NDArray[np.uint8]
    business: NDArray[np.int32]
    weeks: int
    layouts: dict[tuple[str, str, int], Any] = field(
        default_factory=dict, compare=False
    )


def populate(system: CareSystem, assumptions: Assumptions, weeks: int) -> Population:
    """Lay out a system for a number of weeks."""
    posts, vacant = _posts(system, assumptions["vacancy_share"])
    strata = tuple(
        sorted(
            {Stratum(d.county, d.age_group, d.language, d.need) for d in system.demand}
            | {
                Stratum(p.county, p.age_group, p.language, p.need)
                for p in system.patients
            },
            key=lambda s: (s.county, s.age_group, s.language, s.need),
        )
    )
    needs = [Need(s.county, s.age_group, s.language, s.need) for s in strata]
    eligible = eligibility_matrix(posts, needs, present=system.clinicians).T
    business, works = _calendar(system, posts, weeks + HORIZON_WEEKS)
    names = _pool_names(system, posts)
    pools = _pools(system, assumptions, posts, strata, eligible, names)
    return Population(
        system=system,
        posts=posts,
        vacant=vacant,
        licenses=tuple(sorted({c.license for c in posts})),
        strata=strata,
        pools=pools,
        works=works,
        business=business,
        weeks=weeks,
    )


def model_post(clinicians: Sequence[Clinician], number: int) -> Clinician:
    """Return a full description of a new post: like one of those that exist."""
    return replace(
        clinicians[(number * 37) % len(clinicians)],
        clinician_id=f"post-{number}",
        leads_groups=False,
    )


def working_day(first: date, day: date) -> int:
    """Return the day's number: 5 a week; weekends count as the Friday before."""
    days = (day - first).days
    return 5 * (days // 7) + min(days % 7, 4)


def _posts(
    system: CareSystem, vacancy_share: float
) -> tuple[tuple[Clinician, ...], int]:
    staff = system.clinicians
    vacant = round(len(staff) * vacancy_share / (1 - vacancy_share))
    return (*staff, *(model_post(staff, k) for k in range(vacant))), vacant


def _calendar(
    system: CareSystem, posts: Sequence[Clinician], weeks: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    days = [
        system.first_day + timedelta(days=7 * (d // 5) + d % 5)
        for d in range(5 * weeks)
    ]
    open_ = np.array([system.calendar.is_business_day(d) for d in days])
    works = np.tile(open_.astype(np.uint8), (len(posts), 1))
    row = {c.clinician_id: k for k, c in enumerate(posts)}
    for absence in system.absences:
        first = max(working_day(system.first_day, absence.first_day), 0)
        last = absence.last_day
        end = len(days) if last is None else working_day(system.first_day, last) + 1
        works[row[absence.clinician_id], first : max(end, 0)] = 0
    return np.cumsum(open_).astype(np.int32), works


def _pool_names(system: CareSystem, posts: Sequence[Clinician]) -> list[str]:
    county = {clinic.clinic_id: clinic.county for clinic in system.clinics}
    if system.pooling == "region":
        return ["region" for _ in posts]
    if system.pooling == "county":
        return [county[c.clinic_id] for c in posts]
    return [c.clinic_id for c in posts]


def _pools(
    system: CareSystem,
    assumptions: Assumptions,
    posts: Sequence[Clinician],
    strata: Sequence[Stratum],
    eligible: NDArray[np.bool_],
    names: list[str],
) -> tuple[PoolPeople, ...]:
    order = sorted(set(names))
    pool_of = np.array([order.index(name) for name in names])
    county = {clinic.clinic_id: clinic.county for clinic in system.clinics}
    counties: list[set[str]] = [set() for _ in order]
    for c, p in enumerate(pool_of.tolist()):
        counties[p].add(county[posts[c].clinic_id])
    index = {s: k for k, s in enumerate(strata)}
    fte = np.array([c.fte for c in posts])
    rates, dispersion = _rates(system, index, eligible, fte, pool_of, counties)
    network = _network(system, assumptions, strata, rates)
    start, pool_of_patient = _start(system, index, pool_of)
    members = {m.patient_id: m.group_id for m in system.group_members}
    pools = []
    for p, name in enumerate(order):
        mine = np.flatnonzero(pool_of == p)
        local = {int(c): k for k, c in enumerate(mine)}
        rows = np.flatnonzero(pool_of_patient == p)
        book = start[rows].copy()
        used = np.union1d(np.flatnonzero(rates[p] > 0), np.unique(book["stratum"]))
        used = used.astype(np.int64)
        book["stratum"] = np.searchsorted(used, book["stratum"])
        book["clin"] = [local[int(c)] for c in book["clin"]]
        ids, groups, fits = _groups(system, posts, local, [strata[k] for k in used])
        place = {group_id: k for k, group_id in enumerate(ids)}
        for k, row in enumerate(rows):
            group = members.get(system.patients[row].patient_id)
            if group in place:
                book["group"][k] = place[group]
                groups["free"][place[group]] -= 1
        languages = sorted({strata[k].language for k in used})
        kinds = [languages.index(strata[k].language) for k in used]
        totals = np.zeros(len(languages))
        np.add.at(totals, kinds, network[p, used])
        pools.append(
            PoolPeople(
                name=name,
                posts=mine,
                strata=used,
                rates=rates[p, used],
                counts=count_table(rates[p, used], dispersion[used]),
                eligible=eligible[used][:, mine],
                start=book,
                groups=groups,
                group_ids=ids,
                group_eligible=fits,
                network=totals,
                network_class=np.array(kinds, np.int64),
            )
        )
    return tuple(pools)


def _rates(
    system: CareSystem,
    index: dict[Stratum, int],
    eligible: NDArray[np.bool_],
    fte: NDArray[np.float64],
    pool_of: NDArray[np.int64],
    counties: list[set[str]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share each demand cell among the pools of its county by who may treat it."""
    pools = len(counties)
    rates = np.zeros((pools, len(index)))
    dispersion = np.ones(len(index))
    able = np.zeros((pools, len(index)))
    for p in range(pools):
        able[p] = eligible[:, pool_of == p] @ fte[pool_of == p]
    size = np.bincount(pool_of, fte, pools)
    for cell in system.demand:
        s = index[Stratum(cell.county, cell.age_group, cell.language, cell.need)]
        here = np.array([cell.county in c for c in counties])
        weight = np.where(here, able[:, s], 0.0)
        if not weight.any():
            weight = able[:, s]
        if not weight.any():
            weight = np.where(here, size, 0.0) if here.any() else size
        rates[:, s] += cell.referrals_per_week * weight / weight.sum()
        dispersion[s] = cell.dispersion
    return rates, dispersion


def _network(
    system: CareSystem,
    assumptions: Assumptions,
    strata: Sequence[Stratum],
    rates: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Return network intakes a week for each pool and stratum.

    A therapist's openings are counted once, for the rarest of the languages; a
    county's openings are shared by where its referrals are.
    """
    speakers: dict[str, float] = {}
    for t in system.network:
        for language in t.languages:
            speakers[language] = speakers.get(language, 0) + 1
    capacity: dict[tuple[str, str], float] = {}
    for t in system.network:
        language = min(t.languages, key=lambda x: (speakers[x], x))
        key = (t.county, language)
        had = t.openings_per_week * t.acceptance * assumptions["network_use"]
        capacity[key] = capacity.get(key, 0.0) + had
    total: dict[tuple[str, str], float] = {}
    for k, s in enumerate(strata):
        key = (s.county, s.language)
        total[key] = total.get(key, 0.0) + rates[:, k].sum()
    share = np.zeros(rates.shape)
    for k, s in enumerate(strata):
        key = (s.county, s.language)
        if total[key] > 0:
            share[:, k] = rates[:, k] / total[key] * capacity.get(key, 0.0)
    return share


def _start(
    system: CareSystem, index: dict[Stratum, int], pool_of: NDArray[np.int64]
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Enter the patients of the folder with their next booked visit."""
    patients = system.patients
    clinician = {c.clinician_id: k for k, c in enumerate(system.clinicians)}
    row = {p.patient_id: k for k, p in enumerate(patients)}
    start = np.zeros(len(patients), arrays.START)
    start["mid"] = np.arange(len(patients))
    start["stratum"] = [
        index[Stratum(p.county, p.age_group, p.language, p.need)] for p in patients
    ]
    start["clin"] = [clinician[p.clinician_id] for p in patients]
    start["visits"] = [p.visits_attended for p in patients]
    start["interval"] = [5 * p.interval_weeks for p in patients]
    start["tier"] = [p.risk_tier for p in patients]
    start["group"] = start["day"] = -1
    start["vtype"] = np.where(start["visits"] == 0, 0, 1)
    kind = {name: k for k, name in enumerate(VISIT_TYPES)}
    day, tick, vtype = start["day"], start["tick"], start["vtype"]
    first = system.first_day
    for a in system.appointments:
        if a.status != "booked" or a.visit_type == "group":
            continue
        k = row[a.patient_id]
        if a.clinician_id != patients[k].clinician_id:
            continue
        when = working_day(first, a.start.date())
        if when >= 0 and (day[k] < 0 or when < day[k]):
            minute = a.start.hour * 60 + a.start.minute - FIRST_MINUTE
            day[k] = when
            tick[k] = min(max(minute // QUARTER, 0), arrays.TICKS - 1)
            vtype[k] = 0 if kind[a.visit_type] == 0 else 1
    return start, pool_of[start["clin"]]


def _groups(
    system: CareSystem,
    posts: Sequence[Clinician],
    local: dict[int, int],
    strata: Sequence[Stratum],
) -> tuple[tuple[str, ...], NDArray[np.void], NDArray[np.uint8]]:
    row = {posts[c].clinician_id: k for c, k in local.items()}
    mine = [g for g in system.groups if g.leader_id in row]
    groups = np.zeros(len(mine), arrays.GROUP)
    for k, g in enumerate(mine):
        co_leader = row.get(g.co_leader_id, -1) if g.co_leader_id else -1
        tick = (g.start - FIRST_MINUTE) // QUARTER
        groups[k] = (row[g.leader_id], co_leader, g.weekday, tick, g.minutes, g.seats)
    fits = np.array(
        [
            [
                (s.age_group, s.language, s.need) == (g.age_group, g.language, g.need)
                for s in strata
            ]
            for g in mine
        ],
        np.uint8,
    ).reshape(len(mine), len(strata))
    return tuple(g.group_id for g in mine), groups, fits
