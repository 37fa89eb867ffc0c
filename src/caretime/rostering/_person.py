"""One clinician's week as the engines see it: quarter hours, gains, what is fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.care import Group
from caretime.model.people import Clinic, Clinician
from caretime.model.site import WorkPlace
from caretime.model.terms import Clause
from caretime.model.week import TELEHEALTH, RosterWeek
from caretime.rostering._asked import Asked, bands
from caretime.rostering._kernel import days as kernel
from caretime.rostering.policy import RosterPolicy
from caretime.rules.labor import meal_rules, rest_rule
from caretime.rules.ledger import Ledger
from caretime.rules.week_terms import GRID, RestRule, round_half_up

TICKS = MINUTES_PER_DAY // GRID
KINDS = ("intake", "return", "urgent")
"""Kinds of visits whose time is free; groups stand at times of their own."""

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


@dataclass(frozen=True)
class Load:
    """
    What one week must hold, in quarter hours.

    Parameters
    ----------
    lengths, visit_ticks
        Of ``KINDS``: ticks on the book, and ticks in a room.
    counts
        Of ``KINDS``; returns are at most so many.
    paid, desk
        Paid ticks of the week, and those of them that must be desk time.
    rule
        The integers of a day, fields of ``_kernel.days``.
    """

    ledger: Ledger
    lengths: NDArray[np.int64]
    visit_ticks: NDArray[np.int64]
    holders: NDArray[np.int64]
    counts: NDArray[np.int64]
    paid: int
    desk: int
    rule: NDArray[np.int64]
    rests: NDArray[np.int64]
    wanted: tuple[int, ...]
    shifts: int

    @property
    def visits(self) -> int:
        """Visits of the week, groups left out."""
        return int(self.counts.sum())

    @property
    def most_days(self) -> int:
        """Days that the week's time may be spread over; short days may be more."""
        spread = self.paid // int(self.rule[kernel.SHORTEST])
        return max(self.ledger.days, min(WORKING_DAYS, spread))


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
    """

    person: Person
    load: Load
    fixed: list[Fixed] = field(default_factory=list)
    telehealth: frozenset[int] = frozenset()
    works: frozenset[int] | None = None


def load_of(ledger: Ledger, person: Person, policy: RosterPolicy, slack: int) -> Load:
    """Return the quarter hours a ledger asks for; ``slack`` in minutes a day."""
    slots = [ledger.visits[kind] for kind in KINDS]
    counts = [ledger.openings.intake, ledger.openings.return_, ledger.openings.urgent]
    groups = ledger.openings.group * ledger.visits["group"].slot
    visits = sum(n * s.slot for n, s in zip(counts, slots, strict=True))
    paid = ledger.paid_minutes // GRID
    desk = ledger.paid_minutes - visits - groups - ledger.unassigned_minutes
    rest = _rest(ledger, person.clauses)
    return Load(
        ledger=ledger,
        lengths=np.array([s.slot // GRID for s in slots], np.int64),
        visit_ticks=np.array([-(-s.minutes // GRID) for s in slots], np.int64),
        holders=np.array([s.holds_rest for s in slots], np.int64),
        counts=np.array(counts, np.int64),
        paid=paid,
        desk=max(0, -(-desk // GRID)),
        rule=_rule(ledger, policy, paid, slack),
        rests=np.array([rest.rests(GRID * t) for t in range(TICKS + 1)], np.int64),
        wanted=person.asked.wanted(sum(counts)),
        shifts=-(-policy.shifts_of_five * ledger.days // WORKING_DAYS),
    )


def _rest(ledger: Ledger, clauses: Sequence[Clause]) -> RestRule:
    """Return the rule that owes more: the contract's rests, or the law's."""
    for clause in clauses:
        if clause.kind == "rest" and clause["minutes"] > rest_rule().minutes:
            return replace(
                rest_rule(),
                minutes=clause["minutes"],
                per_minutes=round_half_up(clause["per_hours"] * 60),
                none_below=round_half_up(clause["none_below_hours"] * 60),
            )
    return rest_rule()


def _rule(
    ledger: Ledger, policy: RosterPolicy, paid: int, slack: int
) -> NDArray[np.int64]:
    law = meal_rules()[0]
    mean, more = divmod(paid, ledger.days)
    rule = np.zeros(kernel.RULES, np.int64)
    rule[kernel.FIRST] = -(-ledger.start // GRID)
    rule[kernel.LAST] = ledger.latest // GRID
    rule[kernel.SHORTEST] = max(1, mean - slack // GRID)
    longest = min(policy.longest_day // GRID, mean + bool(more) + slack // GRID)
    rule[kernel.LONGEST] = max(mean + bool(more), longest)
    rule[kernel.MEAL] = -(-ledger.meal_minutes // GRID)
    rule[kernel.MEAL_FROM] = min(policy.meal_after, law.begins_by) // GRID
    rule[kernel.MEAL_BY] = law.begins_by // GRID
    rule[kernel.CAP] = ledger.daily_cap or paid // min(
        s.slot // GRID for s in ledger.visits.values()
    )
    rule[kernel.CAP] = min(
        rule[kernel.CAP],
        1 + rule[kernel.LONGEST] // min(s.slot // GRID for s in ledger.visits.values()),
    )
    rule[kernel.RUN] = policy.longest_run
    at_desk = _rests_at_desk(ledger)
    least = max(policy.shortest_desk, ledger.minimum_block_minutes)
    # A stretch that gives up its rests is still long enough to count.
    rule[kernel.DESK] = max(1, -(-(least + at_desk * ledger.rest_minutes) // GRID))
    spare = ledger.unassigned_minutes // max(1, ledger.rest_minutes * ledger.days)
    rule[kernel.SPARE] = at_desk + min(1, spare)
    return rule


def _rests_at_desk(ledger: Ledger) -> int:
    """Return how many rests of a day have desk time of their own in the ledger."""
    if not ledger.rest_minutes:
        return 0
    openings = ledger.openings
    counts = {
        "intake": openings.intake,
        "return": openings.return_,
        "urgent": openings.urgent,
        "group": openings.group,
    }
    held = sum(n for kind, n in counts.items() if ledger.visits[kind].holds_rest)
    due = ledger.minutes_of("paid_rest") // ledger.rest_minutes
    return -(-max(0, due - held) // ledger.days)


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
