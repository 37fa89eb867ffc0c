"""Weeks of every post under a contract, as masks and minutes: even or built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from caretime.errors import PlanError
from caretime.model.care import VISIT_TYPES
from caretime.model.people import Clinician
from caretime.model.terms import Contract
from caretime.model.week import Roster, Template
from caretime.rules.even_week import even_template
from caretime.rules.ledger import ALWAYS_OPEN_DAYS, Ledger, week_ledger
from caretime.rules.spans import paid_activities
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
    """One week as masks and minutes."""

    masks: NDArray[np.uint64]
    minutes: tuple[int, int, int, int]
    indirect: NDArray[np.int64]
    offered: NDArray[np.int64]
    paid: int
    days: int
    sessions: tuple[tuple[int, int], ...]  # weekday and tick of each group session


def week_of(ledger: Ledger, template: Template) -> Week:
    """Read a template that holds what the ledger holds."""
    masks = np.zeros((4, 5), np.uint64)
    indirect = np.zeros(5, np.int64)
    offered = np.zeros(5, np.int64)
    sessions = []
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
        elif block.activity == "group":
            sessions.append((block.day, tick))
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
        sessions=tuple(sessions),
    )


def built_week(ledger: Ledger, template: Template) -> Week:
    """
    Read a template as it stands: its own lengths, days and paid minutes.

    The ledger gives the lengths of visits the template has none of, and how much
    of its patient management the contract lets be booked.
    """
    week = week_of(ledger, template)
    lengths = {block.activity: block.minutes for block in template.blocks}
    own = [
        lengths.get(name, n) for name, n in zip(VISIT_TYPES, week.minutes, strict=True)
    ]
    busy = np.any(week.masks[:3], axis=0) | (week.indirect > 0)
    return replace(
        week,
        minutes=(own[0], own[1], own[2], own[3]),
        paid=template.minutes_of(*paid_activities()),
        days=max(int(np.count_nonzero(busy)), 1),
    )


def phases_of(
    population: Population, contract: Contract, roster: Roster | None = None
) -> tuple[list[date], NDArray[np.int64]]:
    """Cut the calendar where a clause, phase-in step or roster begins or ends."""
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
    if roster is not None:
        dates += [roster.first_day] if roster.first_day else []
        dates += [roster.last_day + timedelta(days=1)] if roster.last_day else []
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
    usual
        For each template its week in the first phase, or in the first in which the
        roster holds: when its groups meet, and over how many days it goes.
    tables
        Arrays ``(phases, templates, ...)`` by name, as ``Pool`` holds them.
    ledger
        A full-time therapist's week in the last phase: caps and releases.
    shared
        Intakes have no openings of their own.
    """

    phase: NDArray[np.int64]
    template: NDArray[np.int64]
    usual: tuple[Week, ...]
    tables: dict[str, NDArray[np.generic]]
    ledger: Ledger
    shared: bool


def lay_out(
    population: Population,
    contract: Contract,
    posts: tuple[Clinician, ...],
    roster: Roster | None = None,
) -> Layout:
    """
    Lay out every post's week in every phase; equal weeks share one template.

    Before the contract's first day the contract in force holds. Where the roster
    holds, who has a week in it works that week; all others work even weeks.

    Raises
    ------
    PlanError
        If the roster holds in no phase.
    """
    system = population.system
    phases, phase = phases_of(population, contract, roster)
    in_force = system.contracts[system.contract_in_force]
    terms = [(contract if contract.effective <= d else in_force, d) for d in phases]
    built = [_built(roster, held, day) for held, day in terms]
    first = next((int(p) for p in phase[: population.weeks] if built[p]), None)
    if roster is not None and first is None:
        raise PlanError(
            f"the roster of {roster.contract_id} holds in no week of the run"
        )
    shelf = _Shelf(terms, built, {g.leader_id for g in system.groups})
    templates: dict[tuple[int, ...], int] = {}
    own = np.zeros(len(posts), np.int64)
    for k, post in enumerate(posts):
        mine = tuple(shelf.row_of(p, post, k % STAGGERS) for p in range(len(terms)))
        own[k] = templates.setdefault(mine, len(templates))
    one = week_ledger(terms[-1][0], on=terms[-1][1])
    shared = one.intake_release_days == ALWAYS_OPEN_DAYS
    return Layout(
        phase=phase,
        template=own,
        usual=tuple(shelf.weeks[t[first or 0]] for t in templates),
        tables=_stack(shelf.weeks, np.array(list(templates)).T, shared),
        ledger=one,
        shared=shared,
    )


def _built(
    roster: Roster | None, contract: Contract, day: date
) -> Mapping[str, Template]:
    """Return the templates in which a roster holds from a day, by clinician."""
    if (
        roster is None
        or roster.contract_id != contract.contract_id
        or (roster.first_day is not None and day < roster.first_day)
        or (roster.last_day is not None and day > roster.last_day)
    ):
        return {}
    return {week.clinician_id: week.template for week in roster.weeks}


class _Shelf:
    """The different weeks of all posts and phases, each read once."""

    def __init__(
        self,
        terms: list[tuple[Contract, date]],
        built: list[Mapping[str, Template]],
        leaders: set[str],
    ) -> None:
        self.weeks: list[Week] = []
        self._terms = terms
        self._built = built
        self._leaders = leaders
        self._ledgers: dict[tuple[object, ...], tuple[Ledger, str]] = {}
        self._rows: dict[tuple[str, int | Template], int] = {}

    def row_of(self, phase: int, post: Clinician, stagger: int) -> int:
        """Return the place in ``weeks`` of a post's week in a phase."""
        leads = post.leads_groups and post.clinician_id in self._leaders
        key = (phase, post.license, post.fte, post.ages, leads)
        if key not in self._ledgers:
            self._ledgers[key] = _ledger_of(*self._terms[phase], post, leads)
        ledger, alike = self._ledgers[key]
        template = self._built[phase].get(post.clinician_id)
        like = (alike, stagger if template is None else template)
        if like not in self._rows:
            self._rows[like] = len(self.weeks)
            self.weeks.append(
                week_of(ledger, even_template(ledger, stagger=stagger))
                if template is None
                else built_week(ledger, template)
            )
        return self._rows[like]


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
