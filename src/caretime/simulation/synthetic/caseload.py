"""Who is in treatment at the start, with whom, and who is referred each week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from caretime.model.care import Demand
from caretime.model.people import AGE_GROUPS, Clinician
from caretime.simulation.synthetic.balance import Course
from caretime.simulation.synthetic.draws import (
    Bools,
    Draws,
    Floats,
    Ints,
    cumulative,
    positions,
)
from caretime.simulation.synthetic.groups import Sessions
from caretime.simulation.synthetic.people import asked_languages
from caretime.simulation.synthetic.places import Places

Numbers = Mapping[str, float]
NEEDS = ("therapy", "substance_use", "medication")
SWEEPS = 60
"""Rounds of proportional fitting; shares move by less than 1e-4 long before."""


@dataclass(frozen=True)
class Mix:
    """
    Who treats what, in referrals a week.

    Parameters
    ----------
    cells
        County, age group, language and need of each column.
    carried
        Shape ``(clinicians, cells)``: referrals a week each clinician takes of
        each cell when everything is in balance.
    """

    cells: tuple[tuple[str, str, str, str], ...]
    carried: Floats

    @property
    def commonest(self) -> Ints:
        """Cell that each clinician takes most of."""
        return np.argmax(self.carried, axis=1)

    def demand(self, dispersion: float) -> tuple[Demand, ...]:
        """Return the referrals a week that just keep the caseloads as they are."""
        weekly = self.carried.sum(axis=0)
        return tuple(
            Demand(*cell, round(float(mean), 4), dispersion)
            for cell, mean in zip(self.cells, weekly, strict=True)
            if mean >= 0.00005
        )

    def draw(self, clinicians: Ints, at: Floats) -> Ints:
        """Draw a cell for each patient of the given clinicians, in order."""
        sums = np.cumsum(self.carried, axis=1)
        chosen = np.empty(len(clinicians), dtype=np.int64)
        starts = np.flatnonzero(np.diff(clinicians, prepend=-1))
        for first, last in zip(starts, [*starts[1:], len(clinicians)], strict=True):
            row = sums[clinicians[first]]
            chosen[first:last] = positions(row / row[-1], at[first:last])
        return chosen


@dataclass(frozen=True)
class Caseload:
    """
    Patients as columns: row of clinician, cell and ZIP code, and what they need.

    ``kind`` is 0 for an individual course, 1 for a group member and 2 for a new
    patient who waits for a booked intake.
    """

    clinician: Ints
    kind: Ints
    cell: Ints
    interval: Ints
    visits: Ints

    def __len__(self) -> int:
        return len(self.clinician)


def make_mix(
    clinicians: Sequence[Clinician],
    carried: Floats,
    places: Places,
    numbers: Numbers,
) -> Mix:
    """
    Spread what each clinician can carry over the kinds of people they may treat.

    In each county the wanted shares of ages, languages and needs are fitted to
    what the clinicians there can do, by proportional fitting that ends with every
    clinician full: where a kind of person finds fewer openings than wanted, its
    demand is cut and the rest goes to the others. A kind of person that nobody in
    the county may treat gets no row.

    Parameters
    ----------
    carried
        Referrals a week each clinician can carry.
    """
    cells: list[tuple[str, str, str, str]] = []
    blocks: list[tuple[Ints, Floats]] = []
    county_of = {clinic.clinic_id: clinic.county for clinic in places.clinics}
    home = np.array([places.names.index(county_of[c.clinic_id]) for c in clinicians])
    for row, county in enumerate(places.counties):
        mine = np.flatnonzero(home == row)
        wanted = _wanted(county, numbers)
        fits = np.array(
            [
                [
                    age in c.ages and language in c.languages and need in c.needs
                    for age, language, need in wanted
                ]
                for c in (clinicians[int(i)] for i in mine)
            ],
            dtype=np.bool_,
        )
        blocks.append(
            (mine, _fit(fits, np.array(list(wanted.values())), carried[mine]))
        )
        cells += [(county["county"], *kind) for kind in wanted]
    table = np.zeros((len(clinicians), len(cells)))
    column = 0
    for mine, block in blocks:
        table[mine, column : column + block.shape[1]] = block
        column += block.shape[1]
    kept = table.sum(axis=0) > 0
    chosen = tuple(cell for cell, keep in zip(cells, kept, strict=True) if keep)
    return Mix(chosen, table[:, kept])


def make_caseload(
    mix: Mix,
    course: Course,
    starts: Floats,
    sessions: Sessions,
    waiting: Ints,
    draws: Draws,
) -> Caseload:
    """
    Draw the patients of every clinician as they are when all flows are in balance.

    Parameters
    ----------
    starts
        People a week who start alone with each clinician, as the caseload shows it.
    waiting
        New patients with a booked intake of each clinician.

    Notes
    -----
    In balance, returns awaited after the j-th visit are as frequent as courses
    that get that far, and a course of longer intervals is met more often: visits
    and intervals are drawn from these laws, not from those of a new course.
    """
    weeks = np.array(list(course.intervals))
    shares = np.array(list(course.intervals.values()))
    present = shares * (weeks + course.delay_weeks)
    expected = starts * course.returns_awaited * present.sum()
    # Rounding by one running sum keeps the total and spreads the halves.
    running = np.floor(np.cumsum(expected) + 0.5).astype(np.int64)
    members = sessions.members_of(len(starts))
    clinician, kind = _in_order(np.diff(running, prepend=0), members, waiting)
    cell = mix.draw(clinician, draws.uniform("patient/cell", len(clinician)))
    cell = np.where(kind == 1, mix.commonest[clinician], cell)
    met = weeks[draws.share_out("patient/interval", present, clinician)]
    new = weeks[draws.pick("patient/new_interval", shares, len(clinician))]
    visits = 1 + positions(
        cumulative(course.in_progress), draws.uniform("patient/visits", len(clinician))
    )
    return Caseload(
        clinician,
        kind,
        cell,
        np.choose(kind, (met, np.ones_like(met), new)),
        np.where(kind == 2, 0, visits),
    )


def _in_order(*counts: Ints) -> tuple[Ints, Ints]:
    """Return clinician and kind of each patient, clinician by clinician."""
    people = np.arange(len(counts[0]))
    clinician = np.concatenate([np.repeat(people, count) for count in counts])
    kind = np.repeat(np.arange(len(counts)), [int(c.sum()) for c in counts])
    order = np.lexsort((kind, clinician))
    return clinician[order], kind[order]


def _wanted(
    county: Mapping[str, str], numbers: Numbers
) -> dict[tuple[str, str, str], float]:
    return {
        (age, language, need): numbers[f"age_{age}"] * share * numbers[f"need_{need}"]
        for age in AGE_GROUPS
        for language, share in asked_languages(county, numbers).items()
        for need in NEEDS
    }


def _fit(fits: Bools, wanted: Floats, carried: Floats) -> Floats:
    """Return what each clinician takes of each cell; rows add up to ``carried``."""
    table = np.where(fits, wanted, 0.0)
    goal = wanted * (carried.sum() / wanted.sum())
    for _ in range(SWEEPS):
        columns = table.sum(axis=0)
        table *= np.divide(goal, columns, out=np.zeros_like(goal), where=columns > 0)
        sums = table.sum(axis=1)
        table *= np.divide(carried, sums, out=np.zeros_like(sums), where=sums > 0)[
            :, None
        ]
    return table
