"""What one week must hold, in quarter hours: a ledger as the engines read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from caretime.model.calendar import MINUTES_PER_DAY, WORKING_DAYS
from caretime.model.terms import Clause
from caretime.rostering._asked import Asked
from caretime.rostering._kernel import days as kernel
from caretime.rostering.policy import RosterPolicy
from caretime.rules.labor import meal_rules, rest_rule
from caretime.rules.ledger import Ledger
from caretime.rules.week_terms import GRID, RestRule, round_half_up

TICKS = MINUTES_PER_DAY // GRID
KINDS = ("intake", "return", "urgent")
"""Kinds of visits whose time is free; groups stand at times of their own."""

OTHER_DESK = ("meeting", "training", "supervision", "travel", "admin")
"""Desk time in which nobody writes notes."""


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
    other_desk
        Minutes of desk time in which no notes are written: meetings, training ...
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
    other_desk: int
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


def load_of(
    ledger: Ledger,
    clauses: Sequence[Clause],
    asked: Asked,
    policy: RosterPolicy,
    slack: int,
) -> Load:
    """Return the quarter hours a ledger asks for; ``slack`` in minutes a day."""
    slots = [ledger.visits[kind] for kind in KINDS]
    counts = [ledger.openings.intake, ledger.openings.return_, ledger.openings.urgent]
    groups = ledger.openings.group * ledger.visits["group"].slot
    visits = sum(n * s.slot for n, s in zip(counts, slots, strict=True))
    paid = ledger.paid_minutes // GRID
    desk = ledger.paid_minutes - visits - groups - ledger.unassigned_minutes
    rest = _rest(ledger, clauses)
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
        other_desk=_other_desk(ledger),
        wanted=asked.wanted(sum(counts)),
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
    needy = [not ledger.visits[kind].notes for kind in KINDS]
    rule[kernel.NEEDY : kernel.NEEDY + len(KINDS)] = needy
    rule[kernel.NOTES] = policy.notes_minutes
    rule[kernel.NOTED] = policy.worth("notes_same_day")
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


def _other_desk(ledger: Ledger) -> int:
    return sum(line.minutes for line in ledger.lines if line.activity in OTHER_DESK)
