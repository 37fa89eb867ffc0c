"""Even weeks of every post under a contract, as masks and minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

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
)

STAGGERS = 20
"""Distinct even weeks of one ledger; a site's clinicians take turns."""

NOTES_ACTIVITIES = ("notes", "patient_management", "group_preparation")
_KIND = {"return": arrays.RETURN, "intake": arrays.INTAKE, "urgent": arrays.URGENT}


@dataclass(frozen=True, slots=True)
class Week:
    """One even week as masks and minutes."""

    masks: NDArray[np.uint64]
    minutes: tuple[int, int, int, int]
    indirect: NDArray[np.int64]
    offered: NDArray[np.int64]
    paid: int
    days: int
    group: tuple[int, int] | None  # weekday and tick of the group session


def week_of(ledger: Ledger, template: Template) -> Week:
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
    return Week(
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


def phases_of(
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


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The weeks of all posts under one contract.

    Parameters
    ----------
    phase
        ``(weeks,)``: which phase of the contract holds.
    template
        ``(posts,)``: the template of each post.
    first
        For each template its week in the first phase.
    tables
        Arrays ``(phases, templates, ...)`` by name, as ``Pool`` holds them.
    ledger
        A full-time therapist's week in the last phase: caps and releases.
    shared
        Intakes have no openings of their own.
    """

    phase: NDArray[np.int64]
    template: NDArray[np.int64]
    first: tuple[Week, ...]
    tables: dict[str, NDArray[np.generic]]
    ledger: Ledger
    shared: bool


def lay_out(
    population: Population, contract: Contract, posts: tuple[Clinician, ...]
) -> Layout:
    """
    Lay out every post's even week in every phase; equal weeks share one template.

    Before the contract's first day the contract in force holds.
    """
    system = population.system
    phases, phase = phases_of(population, contract)
    in_force = system.contracts[system.contract_in_force]
    terms = [(contract if contract.effective <= d else in_force, d) for d in phases]
    leaders = {g.leader_id for g in system.groups}
    weeks: list[Week] = []
    ledgers: dict[tuple[object, ...], tuple[Ledger, str]] = {}
    rows: dict[tuple[str, int], int] = {}
    templates: dict[tuple[int, ...], int] = {}
    own = np.zeros(len(posts), np.int64)
    for k, post in enumerate(posts):
        leads = post.leads_groups and post.clinician_id in leaders
        mine = []
        for p, (held, day) in enumerate(terms):
            key = (p, post.license, post.fte, post.ages, leads)
            if key not in ledgers:
                ledgers[key] = _ledger_of(held, day, post, leads)
            ledger, alike = ledgers[key]
            like = (alike, k % STAGGERS)
            if like not in rows:
                rows[like] = len(weeks)
                weeks.append(
                    week_of(ledger, even_template(ledger, stagger=k % STAGGERS))
                )
            mine.append(rows[like])
        own[k] = templates.setdefault(tuple(mine), len(templates))
    one = week_ledger(terms[-1][0], on=terms[-1][1])
    shared = one.intake_release_days == ALWAYS_OPEN_DAYS
    return Layout(
        phase=phase,
        template=own,
        first=tuple(weeks[t[0]] for t in templates),
        tables=_stack(weeks, np.array(list(templates)).T, shared),
        ledger=one,
        shared=shared,
    )


def _ledger_of(
    contract: Contract, day: date, post: Clinician, leads: bool
) -> tuple[Ledger, str]:
    """Return a post's ledger, and a text equal for ledgers with equal weeks."""
    ledger = week_ledger(
        contract,
        license_code=post.license,
        fte=post.fte,
        on=day,
        ages=post.ages,
        leads_groups=leads,
    )
    return ledger, repr(replace(ledger, license_code="", on=day.min))


def _stack(
    weeks: list[Week], order: NDArray[np.int64], shared: bool
) -> dict[str, NDArray[np.generic]]:
    """Stack weeks to (phases, templates, ...) arrays."""
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
