"""From a population and a contract to the arrays of the engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from caretime.formats import contract_hash, roster_hash
from caretime.model.assumptions import Assumptions
from caretime.model.people import Clinician, Need
from caretime.model.terms import Contract
from caretime.model.week import Roster
from caretime.rules.eligibility import eligibility_matrix
from caretime.rules.ledger import Ledger
from caretime.simulation import _arrays as arrays
from caretime.simulation._behavior import (
    end_table,
    interval_table,
    leave_table,
    no_show_table,
    parameters,
)
from caretime.simulation._population import PoolPeople, Population, model_post
from caretime.simulation._weeks import Layout, lay_out


def pack(
    population: Population,
    contract: Contract,
    assumptions: Assumptions,
    roster: Roster | None = None,
) -> tuple[arrays.Pool, ...]:
    """
    Build the arrays of every pool under a contract.

    The contract holds from its effective date; before it the contract in force
    does. New posts of ``hiring`` clauses are spread over the pools; they, like
    everyone without a week in the roster, work even weeks.
    """
    hires = _hires(population, contract, assumptions)
    posts = population.posts + tuple(post for post, _ in hires)
    opens = [0] * len(population.posts) + [week for _, week in hires]
    key = (contract_hash(contract), _key_of(roster), len(posts))
    if key not in population.layouts:
        population.layouts[key] = lay_out(population, contract, posts, roster)
    layout = population.layouts[key]
    pools = []
    for p, people in enumerate(population.pools):
        extra = _new_posts(population, len(hires), p)
        mine = np.concatenate([people.posts, extra]).astype(np.int64)
        pools.append(
            _pool(population, people, p, mine, posts, opens, layout, assumptions)
        )
    return tuple(pools)


def _key_of(roster: Roster | None) -> str:
    """Return a text that is equal for rosters with equal weeks and days."""
    if roster is None:
        return ""
    return f"{roster_hash(roster)} {roster.first_day} {roster.last_day}"


def _new_posts(population: Population, hires: int, pool: int) -> NDArray[np.int64]:
    """Deal new posts to the pools in turn, the largest pool first."""
    sizes = [len(p.posts) for p in population.pools]
    order = sorted(range(len(sizes)), key=lambda k: (-sizes[k], k))
    turn = order.index(pool)
    first = len(population.posts)
    return np.arange(first + turn, first + hires, len(sizes), dtype=np.int64)


def _hires(
    population: Population, contract: Contract, assumptions: Assumptions
) -> tuple[tuple[Clinician, int], ...]:
    """Return the posts a contract promises, and the week each is opened."""
    found: list[tuple[Clinician, int]] = []
    lag = assumptions["hiring_lag_weeks"]
    for clause in contract.clauses:
        if clause.kind != "hiring":
            continue
        due = (clause["by"] - population.system.first_day).days // 7
        week = max(int(due - lag), 0)
        if week >= population.weeks:
            continue
        alike = [
            c for c in population.system.clinicians if c.license == clause["license"]
        ] or list(population.system.clinicians)
        for k in range(clause["positions"]):
            post = replace(model_post(alike, k), license=clause["license"], fte=1.0)
            found.append((post, week))
    return tuple(found)


def _pool(
    population: Population,
    people: PoolPeople,
    number: int,
    mine: NDArray[np.int64],
    posts: tuple[Clinician, ...],
    opens: list[int],
    layout: Layout,
    assumptions: Assumptions,
) -> arrays.Pool:
    template = layout.template[mine]
    used, local = np.unique(template, return_inverse=True)
    cut = {n: np.ascontiguousarray(a[:, used]) for n, a in layout.tables.items()}
    seats = _seats(population, mine, posts, opens, local, layout.ledger, assumptions)
    seats["days"] = [layout.usual[t].days for t in template]
    groups = people.groups.copy()
    sessions = [layout.usual[t].sessions for t in template]
    for k, session in _sessions(groups, sessions):
        groups[k]["weekday"], groups[k]["tick"] = session
    return arrays.Pool(
        par=parameters(
            population, number, len(mine), layout.ledger, layout.shared, assumptions
        ),
        seats=seats,
        start=people.start,
        groups=groups,
        group_eligible=people.group_eligible,
        eligible=_bits(_eligible(population, people, mine, posts)),
        phase=layout.phase,
        works=_works(population, mine, cut, layout.phase, local),
        business=population.business,
        end=end_table(assumptions),
        no_show=no_show_table(assumptions),
        leave=leave_table(assumptions),
        interval=interval_table(assumptions),
        network=np.round(people.network * 1000).astype(np.int64),
        network_class=people.network_class,
        strata=people.strata,
        counts=people.counts,
        licenses=len(population.licenses),
        **cut,
    )


def _seats(
    population: Population,
    mine: NDArray[np.int64],
    posts: tuple[Clinician, ...],
    opens: list[int],
    local: NDArray[np.int64],
    ledger: Ledger,
    assumptions: Assumptions,
) -> NDArray[np.void]:
    seats = np.zeros(len(mine), arrays.SEAT)
    seats["clinician"] = mine
    seats["template"] = local
    seats["license"] = [population.licenses.index(posts[c].license) for c in mine]
    cap = ledger.caseload_cap
    full = 32_000 if cap is None else cap
    seats["cap"] = [max(round(full * posts[c].fte), 1) for c in mine]
    seats["opens"] = [opens[c] for c in mine]
    seats["filled"] = mine < len(population.system.clinicians)
    seats["hired"] = -1
    seats["strain"] = round(1000 * assumptions["reference_overload"])
    return seats


def _sessions(
    groups: NDArray[np.void], sessions: list[tuple[tuple[int, int], ...]]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """
    Yield when each group meets: at a session of its leader's week.

    A group stays at its own time where the week has a session then; others take
    the sessions left, in order. Where the week has none, groups stay as they are.
    """
    for leader in np.unique(groups["leader"]):
        left = list(sessions[leader])
        if not left:
            continue
        moved = []
        for k in np.flatnonzero(groups["leader"] == leader).tolist():
            own = (int(groups[k]["weekday"]), int(groups[k]["tick"]))
            if own in left:
                left.remove(own)
            else:
                moved.append(k)
        for turn, k in enumerate(moved):
            choice = left or list(sessions[leader])
            yield k, choice[turn % len(choice)]


def _works(
    population: Population,
    mine: NDArray[np.int64],
    cut: Mapping[str, NDArray[Any]],
    phase: NDArray[np.int64],
    local: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Say on which days each seat works: no holiday, leave or free weekday."""
    day = np.arange(len(population.business))
    open_ = np.diff(population.business, prepend=0).astype(np.uint8)
    works = np.tile(open_, (len(mine), 1))
    known = mine < len(population.posts)
    works[known] = population.works[mine[known]]
    # (phases, templates, weekdays): a day of visits, or of notes and groups alone.
    busy = np.any(cut["masks"][:, :, :3], axis=2) | (cut["indirect"] > 0)
    works *= busy[phase[day // 5], :, day % 5].T[local].astype(np.uint8)
    return works


def _eligible(
    population: Population,
    people: PoolPeople,
    mine: NDArray[np.int64],
    posts: tuple[Clinician, ...],
) -> NDArray[np.bool_]:
    extra = mine[len(people.posts) :]
    if not len(extra):
        return people.eligible
    needs = [
        Need(s.county, s.age_group, s.language, s.need)
        for s in (population.strata[k] for k in people.strata)
    ]
    more = eligibility_matrix(
        [posts[c] for c in extra], needs, present=population.system.clinicians
    ).T
    return np.concatenate([people.eligible, more], axis=1)


def _bits(eligible: NDArray[np.bool_]) -> NDArray[np.uint64]:
    strata, seats = eligible.shape
    words = max((seats + 63) // 64, 1)
    padded = np.zeros((strata, words * 64), np.uint8)
    padded[:, :seats] = eligible
    packed = np.packbits(padded, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view(np.uint64)
