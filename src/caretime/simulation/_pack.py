"""From a population and a contract to the arrays of the engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp

import numpy as np
from numpy.typing import NDArray

from caretime.model.assumptions import Assumptions
from caretime.model.people import Clinician
from caretime.model.terms import Contract
from caretime.model.week import Template
from caretime.rules.even_week import even_template
from caretime.rules.ledger import ALWAYS_OPEN_DAYS, Ledger, week_ledger
from caretime.simulation import _arrays as arrays
from caretime.simulation._population import (
    FIRST_MINUTE,
    HORIZON_WEEKS,
    QUARTER,
    Population,
    PoolPeople,
    model_post,
)
from caretime.simulation.streams import threshold

STAGGERS = 20
"""Distinct even weeks of one ledger; a site's clinicians take turns."""

LIMIT_DAYS = 10
"""Business days after which a first visit is late (28 CCR 1300.67.2.2)."""

NOTES_ACTIVITIES = ("notes", "patient_management", "group_preparation")
_KIND = {"return": arrays.RETURN, "intake": arrays.INTAKE, "urgent": arrays.URGENT}


@dataclass(frozen=True, slots=True)
class _Week:
    """One even week as masks and minutes."""

    masks: NDArray[np.uint64]
    minutes: tuple[int, int, int, int]
    indirect: NDArray[np.int64]
    offered: NDArray[np.int64]
    paid: int
    days: int
    group: tuple[int, int] | None  # weekday and tick of the group session


def pack(
    population: Population,
    contract: Contract,
    assumptions: Assumptions,
    extra: tuple[tuple[Clinician, int], ...] | None = None,
) -> tuple[arrays.Pool, ...]:
    """
    Build the arrays of every pool under a contract.

    The contract holds from its effective date; before it the contract in force
    does. New posts of ``hiring`` clauses are spread over the pools.
    """
    system = population.system
    hires = _hires(population, contract, assumptions) if extra is None else extra
    posts = population.posts + tuple(post for post, _ in hires)
    opens = [0] * len(population.posts) + [week for _, week in hires]
    phases, phase = _phases(population, contract)
    contracts = [
        contract
        if contract.effective <= day
        else system.contracts[system.contract_in_force]
        for day in phases
    ]
    leaders = {g.leader_id for g in system.groups}
    weeks: list[_Week] = []
    numbers = _number_weeks(posts, contracts, phases, leaders, weeks)
    one = week_ledger(contracts[-1], on=phases[-1])
    shared = one.intake_release_days == ALWAYS_OPEN_DAYS
    tables = _stack(weeks, numbers, shared)
    template = numbers[1]
    pools = []
    for p, people in enumerate(population.pools):
        mine = np.concatenate(
            [people.posts, _new_posts(population, len(hires), p)]
        ).astype(np.int64)
        pools.append(
            _pool(
                population, people, p, mine, posts, opens, template, weeks,
                tables, phase, one, shared, assumptions, numbers,
            )
        )  # fmt: skip
    return tuple(pools)


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


def _phases(
    population: Population, contract: Contract
) -> tuple[list[date], NDArray[np.int64]]:
    """Cut the calendar where a clause or phase-in step begins or ends."""
    first = population.system.first_day
    weeks = population.weeks + HORIZON_WEEKS
    cuts = {first}
    dates = [contract.effective]
    for clause in contract.clauses:
        dates += [d for d in (clause.effective,) if d]
        if clause.until:
            dates.append(clause.until + timedelta(days=1))
        if clause.kind == "phase_in":
            dates += [on for on, _ in clause["steps"]]
    last = first + timedelta(days=7 * weeks - 1)
    cuts |= {d for d in dates if first < d <= last}
    starts = sorted(cuts)
    monday = [first + timedelta(days=7 * w) for w in range(weeks)]
    phase = np.array([sum(s <= m for s in starts) - 1 for m in monday], np.int64)
    return starts, phase


def _number_weeks(
    posts: tuple[Clinician, ...],
    contracts: list[Contract],
    phases: list[date],
    leaders: set[str],
    weeks: list[_Week],
) -> tuple[list[list[int]], NDArray[np.int64]]:
    """
    Give every post a template number; equal weeks share one.

    Returns for each template its week in every phase, and each post's template.
    """
    ledgers: dict[tuple[object, ...], Ledger] = {}
    rows: dict[tuple[str, int], int] = {}
    templates: dict[tuple[int, ...], int] = {}
    own = np.zeros(len(posts), np.int64)
    for k, post in enumerate(posts):
        mine = []
        for contract, day in zip(contracts, phases, strict=True):
            leads = post.leads_groups and post.clinician_id in leaders
            key = (contract.contract_id, day, post.license, post.fte, post.ages, leads)
            if key not in ledgers:
                ledgers[key] = week_ledger(
                    contract,
                    license_code=post.license,
                    fte=post.fte,
                    on=day,
                    ages=post.ages,
                    leads_groups=leads,
                )
            ledger = ledgers[key]
            alike = repr(replace(ledger, license_code="", on=phases[0]))
            like = (alike, k % STAGGERS)
            if like not in rows:
                rows[like] = len(weeks)
                weeks.append(
                    _week_of(ledger, even_template(ledger, stagger=k % STAGGERS))
                )
            mine.append(rows[like])
        own[k] = templates.setdefault(tuple(mine), len(templates))
    return [list(t) for t in templates], own


def _week_of(ledger: Ledger, template: Template) -> _Week:
    masks = np.zeros((4, 5), np.uint64)
    indirect = np.zeros(5, np.int64)
    offered = np.zeros(5, np.int64)
    group: tuple[int, int] | None = None
    quiet = []
    for block in template.blocks:
        tick = (block.minute_of_day - FIRST_MINUTE) // QUARTER
        if block.activity in _KIND:
            masks[_KIND[block.activity], block.day] |= np.uint64(1 << tick)
            offered[block.day] += block.minutes
        elif block.activity == "buffer":
            # Like the time of a missed visit: part of it serves for notes.
            offered[block.day] += block.minutes
        elif block.activity in NOTES_ACTIVITIES:
            indirect[block.day] += block.minutes
            if block.activity == "patient_management":
                quiet.append((-block.minutes, block.day, tick))
        elif block.activity == "group" and group is None:
            group = (block.day, tick)
    openings = 0
    if ledger.bookable_trigger == "access_missed":
        openings = ledger.bookable_minutes // max(ledger.return_minutes, 1)
    taken = masks[0] | masks[1] | masks[2]
    for _, day, tick in sorted(quiet)[:openings]:
        if not int(taken[day]) >> tick & 1:
            masks[arrays.BOOKABLE, day] |= np.uint64(1 << tick)
    return _Week(
        masks=masks,
        minutes=(
            ledger.intake_minutes,
            ledger.return_minutes,
            ledger.group_minutes,
            ledger.urgent_minutes,
        ),
        indirect=indirect,
        offered=offered,
        paid=ledger.paid_minutes,
        days=ledger.days,
        group=group,
    )


def _stack(
    weeks: list[_Week],
    numbers: tuple[list[list[int]], NDArray[np.int64]],
    shared: bool,
) -> dict[str, NDArray[np.generic]]:
    """Stack weeks to (phases, templates, ...) arrays."""
    order = np.array(numbers[0]).T
    masks = np.array([w.masks for w in weeks])
    if shared:
        masks[:, arrays.INTAKE] |= masks[:, arrays.RETURN]
        masks[:, arrays.RETURN] = 0
    return {
        "masks": np.ascontiguousarray(masks[order]),
        "minutes": np.array([w.minutes for w in weeks], np.int64)[order],
        "indirect": np.array([w.indirect for w in weeks])[order],
        "offered": np.array([w.offered for w in weeks])[order],
        "paid": np.array([w.paid for w in weeks], np.int64)[order],
    }


def _pool(
    population: Population,
    people: PoolPeople,
    number: int,
    mine: NDArray[np.int64],
    posts: tuple[Clinician, ...],
    opens: list[int],
    template: NDArray[np.int64],
    weeks: list[_Week],
    tables: dict[str, NDArray[np.generic]],
    phase: NDArray[np.int64],
    ledger: Ledger,
    shared: bool,
    assumptions: Assumptions,
    numbers: tuple[list[list[int]], NDArray[np.int64]],
) -> arrays.Pool:
    used, local = np.unique(template[mine], return_inverse=True)
    cut = {name: np.ascontiguousarray(a[:, used]) for name, a in tables.items()}
    seats = _seats(population, mine, posts, opens, local, ledger, assumptions)
    first_week = [weeks[numbers[0][t][0]] for t in template[mine]]
    seats["days"] = [w.days for w in first_week]
    works = _works(population, mine, cut["masks"], local)
    groups = people.groups.copy()
    for k, group in enumerate(groups):
        session = first_week[int(group["leader"])].group
        if session is not None:
            groups[k]["weekday"], groups[k]["tick"] = session
    return arrays.Pool(
        par=_parameters(population, number, len(mine), ledger, shared, assumptions),
        seats=seats,
        start=people.start,
        groups=groups,
        group_eligible=people.group_eligible,
        eligible=_bits(_eligible(population, people, mine, posts)),
        phase=phase,
        works=works,
        business=population.business,
        end=_table([_ends(assumptions, j) for j in range(128)]),
        no_show=_table(
            [
                _missed(assumptions, v, w)
                for v in ("intake", "return")
                for w in range(64)
            ]
        ).reshape(2, 64),
        leave=_table([_leaving(assumptions, 4 * k + 2) for k in range(64)]),
        interval=_table(_intervals(assumptions)),
        network=np.round(people.network * 1000).astype(np.int64),
        network_class=people.network_class,
        strata=people.strata,
        counts=_counts(people.rates, people.dispersion),
        licenses=len(population.licenses),
        **cut,  # type: ignore[arg-type]
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


def _works(
    population: Population,
    mine: NDArray[np.int64],
    masks: NDArray[np.generic],
    local: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Say on which days each seat works: no holiday, leave or free weekday."""
    days = len(population.business)
    open_ = np.diff(population.business, prepend=0).astype(np.uint8)
    works = np.tile(open_, (len(mine), 1))
    known = mine < len(population.posts)
    works[known] = population.works[mine[known]]
    busy = masks[0, :, :3].any(axis=1)
    works *= busy[local][:, np.arange(days) % 5].astype(np.uint8)
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
    from caretime.model.people import Need
    from caretime.rules.eligibility import eligibility_matrix

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


def _parameters(
    population: Population,
    number: int,
    seats: int,
    ledger: Ledger,
    shared: bool,
    assumptions: Assumptions,
) -> NDArray[np.void]:
    a = assumptions
    par = np.zeros(1, arrays.PARAMETERS)
    coins = {
        "late_cancel": a["late_cancel_share"],
        "rebook": a["rebook_after_cancel"],
        "drop_intake": a["drop_after_intake_no_show"],
        "drop_return": a["drop_after_no_show"],
        "later": a["chooses_later"],
        "urgent": a["urgent_per_visit"],
        "group": a["group_share"],
        "exception": a["exception_documented"],
        "transfer_loss": a["transfer_loss"],
        "give_up": a["give_up_per_week"],
        "substitute": a["substitute_share"],
        "incident_network": a["incident_network_share"],
        "network_refusal": a["network_refusal"],
        "hire": 1 / max(a["hiring_lag_weeks"], 1),
    }
    for name, probability in coins.items():
        par[name] = threshold(probability)
    numbers = {
        "weeks": population.weeks,
        "days": 5 * (population.weeks + HORIZON_WEEKS),
        "horizon": 5 * HORIZON_WEEKS,
        "seats": seats,
        "return_plane": arrays.INTAKE if shared else arrays.RETURN,
        "priority_openings": 0 if shared else round(a["priority_openings"]),
        "ramp_weeks": round(a["ramp_weeks"]),
        "ramp_permille": round(1000 * a["ramp_share"]),
        "limit_days": LIMIT_DAYS,
        "urgent_release": ledger.urgent_release_days,
        "intake_release": -1 if shared else ledger.intake_release_days,
        "carry_minutes": round(a["notes_carry_minutes"]),
        "idle_permille": round(1000 * a["idle_usable_share"]),
        "management_centimin": round(100 * a["management_per_patient"]),
        "notes_return": round(a["notes_return"]),
        "notes_intake": round(a["notes_intake"]),
        "notes_group": round(a["notes_group"]),
        "network_wait": max(round(a["network_wait_days"]), 1),
        "network_visits": round(a["network_visits_per_course"]),
        "trigger_permille": round(1000 * a["access_trigger_share"]),
        "reference_strain": round(1000 * a["reference_overload"]),
        "pool": number,
        "pools": len(population.pools),
        "patients": len(population.system.patients),
    }
    for name, value in numbers.items():
        par[name] = value
    return par


def _table(probabilities: list[float]) -> NDArray[np.uint64]:
    return np.array([threshold(p) for p in probabilities], np.uint64)


def _ends(a: Assumptions, visits: int) -> float:
    return min(a["course_hazard_a"] / (a["course_hazard_b"] + visits), 1.0)


def _missed(a: Assumptions, visit: str, wait: int) -> float:
    low, high = a[f"no_show_{visit}_floor"], a[f"no_show_{visit}_ceiling"]
    return high - (high - low) * exp(-wait / a["no_show_scale_days"])


def _leaving(a: Assumptions, strain_permille: int) -> float:
    base = 1 - (1 - a["turnover_per_year"]) ** (1 / 52)
    over = strain_permille / 1000 - a["reference_overload"]
    return min(base * exp(a["turnover_load_slope"] * over), 1.0)


def _intervals(a: Assumptions) -> list[float]:
    one = a["interval_1_week"]
    two = one + a["interval_2_weeks"]
    return [one, two, min(two + a["interval_3_weeks"], 1.0), a["high_priority_share"]]


def _counts(
    rates: NDArray[np.float64], dispersion: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """
    Return cumulative thresholds of the weekly number of referrals, by stratum.

    Poisson where the dispersion is 1, negative binomial above it. The number is
    how many thresholds a draw reaches, so more demand only adds referrals.
    """
    size = int(max((rates + 8 * np.sqrt(rates * dispersion) + 10).max(), 1))
    table = np.zeros((len(rates), size), np.uint64)
    for s, (mean, spread) in enumerate(zip(rates, dispersion, strict=True)):
        extra = max(spread - 1.0, 0.0)
        if extra < 1e-9:
            term, ratio = exp(-mean), [mean / (n + 1) for n in range(size)]
        else:
            shape, p = mean / extra, extra / spread
            term = (1 / spread) ** shape
            ratio = [(shape + n) / (n + 1) * p for n in range(size)]
        total = 0.0
        for n in range(size):
            total += term
            table[s, n] = threshold(min(total, 1.0))
            term *= ratio[n]
    return table
