"""One clinician's week as the engines see it: quarter hours, gains, what is fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import WORKING_DAYS
from caretime.model.care import Group
from caretime.model.people import Clinic, Clinician
from caretime.model.site import WorkPlace
from caretime.model.terms import Clause
from caretime.model.week import TELEHEALTH, RosterWeek
from caretime.rostering._asked import Asked, bands
from caretime.rostering._kernel import days as kernel
from caretime.rostering._load import KINDS, TICKS, Load
from caretime.rostering.policy import RosterPolicy
from caretime.rules.week_terms import GRID, round_half_up

SHORT_DAY = 8
"""Quarter hours that are worth coming for on a day with stated unavailability."""

NATURE = {"group": kernel.A_VISIT, "crisis_cover": kernel.BREAK}


@dataclass(frozen=True, slots=True)
class Fixed:
    """
    A block that must stand at its time; ``source`` names what put it there.

    ``minutes`` is its length where that is no whole number of quarter hours, and
    with the patients for a group; 0 where it is all of its ticks.
    """

    day: int
    tick: int
    ticks: int
    activity: str
    source: str
    minutes: int = 0

    @property
    def end(self) -> int:
        """First tick after it."""
        return self.tick + self.ticks

    def meets(self, other: Fixed) -> bool:
        """Say whether the two share a quarter hour."""
        return self.day == other.day and self.tick < other.end and other.tick < self.end


@dataclass(frozen=True)
class Person:
    """
    What does not change while a roster is built.

    Parameters
    ----------
    away
        ``(days, ticks)`` bool: stated as unavailable.
    places
        For each day the stated spans, in order of time.
    standing, kept
        ``(days, ticks)`` patients who have that time now; ``(kinds, days, ticks)``
        whether the week now worked has such a visit there.
    known
        Where visits may start, as far as it was asked for.
    """

    clinician: Clinician
    clinic: Clinic
    clauses: tuple[Clause, ...]
    leads: bool
    asked: Asked
    away: NDArray[np.bool_]
    places: tuple[tuple[WorkPlace, ...], ...]
    standing: NDArray[np.int64]
    kept: NDArray[np.bool_]
    groups: tuple[Group, ...]
    known: dict[tuple[int, ...], NDArray[np.bool_]] = field(default_factory=dict)

    @property
    def clinician_id(self) -> str:
        """Id of the clinician."""
        return self.clinician.clinician_id


@dataclass
class Plan:
    """
    A person's load and fixed blocks while a site is being built.

    Parameters
    ----------
    telehealth
        Days worked from home.
    works
        Days that are worked, none others are; ``None`` leaves them open.
    most_cover
        Shifts of cover that may be held at most.
    cover_free
        Visits that cover would cost, but for minutes the week has to spare.
    """

    person: Person
    load: Load
    fixed: list[Fixed] = field(default_factory=list)
    telehealth: frozenset[int] = frozenset()
    works: frozenset[int] | None = None
    most_cover: int = 0
    cover_free: float = 0.0


@dataclass(frozen=True)
class Day:
    """The arrays the dynamic programs read for one day of one person."""

    rule: NDArray[np.int64]
    starts: NDArray[np.bool_]
    fixed: NDArray[np.int64]
    nature: NDArray[np.int64]
    may: NDArray[np.bool_]
    paid: int
    desk: int


def day_of(
    person: Person,
    load: Load,
    blocks: Sequence[Fixed],
    day: int,
    *,
    telehealth: bool,
    policy: RosterPolicy,
) -> Day | None:
    """
    Return one day's arrays, ``None`` where what is fixed cannot stand together.

    ``may`` is ``(kinds, ticks)``: a visit of the kind may start there. ``paid`` and
    ``desk`` are the fixed ticks of the day.
    """
    fixed = np.zeros(TICKS + 1, np.int64)
    nature = np.zeros(TICKS + 1, np.int64)
    taken = person.away[day].copy()
    for start, stop in _spans(person.away[day]):
        fixed[start] = start - stop
    mine = [block for block in blocks if block.day == day]
    for block in mine:
        if taken[block.tick : block.end].any():
            return None
        if block.activity == "group" and _is_shut(person, block, telehealth):
            return None
        taken[block.tick : block.end] = True
        fixed[block.tick] = block.ticks
        nature[block.tick] = NATURE.get(block.activity, kernel.AT_DESK)
    step = policy.start_step // GRID
    starts = np.zeros(TICKS + 1, np.bool_)
    first = int(load.rule[kernel.FIRST])
    starts[first : int(load.rule[kernel.LAST])] = True
    starts[[t for t in range(TICKS + 1) if t % step and t != first]] = False
    starts[:TICKS] &= ~person.away[day]
    if mine:
        starts[min(block.tick for block in mine)] = True
    rule = load.rule
    window = slice(int(rule[kernel.FIRST]), int(rule[kernel.LAST]))
    if person.away[day, window].any():
        # What is left of the day may still be worked, however short.
        rule = rule.copy()
        rule[kernel.SHORTEST] = min(rule[kernel.SHORTEST], SHORT_DAY)
    groups = sum(block.activity == "group" for block in mine)
    if groups:
        rule = rule.copy()
        rule[kernel.CAP] = max(0, rule[kernel.CAP] - groups * load.ledger.group_credit)
    return Day(
        rule=rule,
        starts=starts,
        fixed=fixed,
        nature=nature,
        may=_may_once(person, load, day, telehealth=telehealth),
        paid=sum(block.ticks for block in mine),
        desk=sum(b.ticks for b in mine if b.activity not in ("group", "crisis_cover")),
    )


def _is_shut(person: Person, group: Fixed, telehealth: bool) -> bool:
    """Say whether a group in person would meet while the clinic is closed."""
    clinic, start = person.clinic, group.tick * GRID
    where = place_ticks(person, group.day, telehealth=telehealth)[group.tick]
    is_open = clinic.opens <= start and start + group.minutes <= clinic.closes
    return bool(where == clinic.clinic_id) and not is_open


def _spans(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _may_once(
    person: Person, load: Load, day: int, *, telehealth: bool
) -> NDArray[np.bool_]:
    """Say where a visit may start, worked out once for a person and lengths."""
    key = (day, telehealth, *load.lengths.tolist(), *load.visit_ticks.tolist())
    if key not in person.known:
        person.known[key] = _may_start(person, load, day, telehealth=telehealth)
    return person.known[key]


def _may_start(
    person: Person, load: Load, day: int, *, telehealth: bool
) -> NDArray[np.bool_]:
    """Say where a visit may start: in opening hours where held in person."""
    where = place_ticks(person, day, telehealth=telehealth)
    clinic = person.clinic
    open_ = np.ones(TICKS, np.bool_)
    ticks = np.arange(TICKS)
    shut = (ticks * GRID < clinic.opens) | ((ticks + 1) * GRID > clinic.closes)
    open_[shut & (where == clinic.clinic_id)] = False
    # At another clinic visits are held in the stated hours only.
    open_ &= (where == clinic.clinic_id) | (where == TELEHEALTH) | _stated(person, day)
    may = np.zeros((len(KINDS), TICKS + 1), np.bool_)
    changes = np.append(where[1:] != where[:-1], True)  # behind each tick
    for k, n in enumerate(int(n) for n in load.visit_ticks):
        starts = TICKS - int(load.lengths[k]) + 1
        ticks = np.arange(starts)[:, None] + np.arange(n)
        whole = ~changes[ticks[:, :-1]].any(axis=1)
        may[k, :starts] = open_[ticks].all(axis=1) & whole
    return may


@lru_cache(maxsize=4096)
def _places(
    home: str, spans: tuple[WorkPlace, ...], telehealth: bool
) -> NDArray[np.object_]:
    where = np.full(TICKS, TELEHEALTH if telehealth else home, object)
    for span in spans:
        first, last = span.start // GRID, -(-span.end // GRID)
        where[first:last] = span.place
        if span.place not in (home, TELEHEALTH):
            # Nobody travels home for the hours before and after.
            where[last:] = span.place
            if span is spans[0]:
                where[:first] = span.place
    return where


def _stated(person: Person, day: int) -> NDArray[np.bool_]:
    stated = np.zeros(TICKS, np.bool_)
    for span in person.places[day]:
        stated[-(-span.start // GRID) : span.end // GRID] = True
    return stated


def place_ticks(person: Person, day: int, *, telehealth: bool) -> NDArray[np.object_]:
    """Return where each quarter hour of a day is worked."""
    return _places(person.clinic.clinic_id, person.places[day], telehealth)


def base_gain(person: Person, day: int, policy: RosterPolicy) -> NDArray[np.float64]:
    """Return what a visit of each kind is worth by its start, bands left out."""
    gain = np.full((len(KINDS), TICKS + 1), float(policy.worth("openings")))
    gain[1, :TICKS] += policy.worth("standing_times") * person.standing[day]
    gain[:, :TICKS] += policy.worth("kept_blocks") * person.kept[:, day]
    return gain


def band_ticks() -> NDArray[np.int64]:
    """Return the band of each tick, -1 where there is none."""
    found = np.full(TICKS + 1, -1, np.int64)
    for b, band in enumerate(bands()):
        found[band.start // GRID : band.end // GRID] = b
    return found


def telehealth_days(clinician: Clinician, days: int) -> int:
    """Return how many whole days of a week are worked without a room."""
    return round_half_up(clinician.telehealth_share * days)


def kept_visits(week: RosterWeek | None) -> NDArray[np.bool_]:
    """Return ``(kinds, days, ticks)``: where a week has a visit of each kind."""
    kept = np.zeros((len(KINDS), WORKING_DAYS, TICKS), np.bool_)
    for block in week.template.blocks if week else ():
        # Visits are built on quarter hours; one worked off them cannot stay.
        on_grid = block.start % GRID == 0
        if block.activity in KINDS and block.day < WORKING_DAYS and on_grid:
            kept[
                KINDS.index(block.activity), block.day, block.minute_of_day // GRID
            ] = True
    return kept


def standing_ticks(times: Mapping[tuple[int, int], int]) -> NDArray[np.int64]:
    """Return ``(days, ticks)``: how many patients have that time now."""
    found = np.zeros((WORKING_DAYS, TICKS), np.int64)
    for (weekday, minute), patients in times.items():
        if weekday < WORKING_DAYS and minute % GRID == 0:
            found[weekday, minute // GRID] += patients
    return found
