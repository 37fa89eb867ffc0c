"""Meals and rests: what the law asks of a worked day, and the premium when missed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from caretime.model.outcome import Violation
from caretime.model.week import Block
from caretime.rules.spans import (
    DAY_NAMES,
    Span,
    by_day,
    length,
    spans_of,
    subtract,
    where,
    work_spans,
)
from caretime.rules.week_terms import RestRule
from caretime.tables import rows

PREMIUM_HOURS_PER_DAY = 1
"""One hour of pay for a day with a missed meal, one more with a missed rest."""


@dataclass(frozen=True, slots=True)
class MealRule:
    """A meal owed on days longer than ``over``, beginning within ``begins_by``."""

    rule_id: str
    over: int
    minutes: int
    begins_by: int
    waivable_to: int


def is_covered(license_code: str) -> bool:
    """
    Say whether meal and rest rules hold for a role (``tables/labor_roles.csv``).

    An unknown role is covered.

    >>> is_covered("LCSW"), is_covered("PSYCHIATRIST")
    (True, False)
    """
    return _roles().get(license_code, True)


def missed_meals(
    blocks: Sequence[Block],
    *,
    clinician_id: str = "",
    waived: Collection[int] = (),
) -> tuple[Violation, ...]:
    """
    Find the meals a week owes by law and does not give.

    Parameters
    ----------
    blocks
        The week, planned or worked; blocks may overlap.
    waived
        Which meals of each day both sides agreed to waive: 1, 2. A waiver counts
        only within its hours, the second one only where the first meal was not
        waived.

    Notes
    -----
    Labor Code 512 [1]_. Hours worked are the minutes under a paid activity, each
    once; rests are paid and belong to them. A meal is a stretch of a meal block in
    which nothing else happens: a visit reaching ten minutes into lunch leaves the
    rest of it. Time without any block is no meal, because nobody promised it. By
    the end of the fifth hour means that 300 minutes or fewer were worked before it
    begins.

    References
    ----------
    .. [1] California Labor Code, section 512(a).

    Examples
    --------
    >>> day = [Block(480, 301, "return")]
    >>> missed_meals(day)[0].message
    'Mon: no meal of 30 minutes on a day of 5 h 01 min of work'
    """
    found: list[Violation] = []
    for day_blocks in by_day(blocks).values():
        found += _meals_of_day(day_blocks, clinician_id, frozenset(waived))
    return tuple(found)


def missed_rests(
    blocks: Sequence[Block],
    *,
    clinician_id: str = "",
    rule: RestRule | None = None,
    taken_in: Collection[str] = ("paid_rest",),
) -> tuple[Violation, ...]:
    """
    Find the days with fewer paid rests than are owed.

    Parameters
    ----------
    rule
        The law by default; a contract's rest clause says its own. ``clause_ids``
        names the clause that the violations carry.
    taken_in
        Activities in which a rest is taken; a contract may let it be taken in the
        buffers beside visits.

    Notes
    -----
    A major fraction is more than half: six hours earn one rest, a minute more two.
    A rest is one stretch of full length without anything else in it; a stretch of
    twenty minutes is one rest. Where in the day it lies is not judged: the wage
    order asks for the middle of each work period only as far as practicable.

    Examples
    --------
    >>> missed_rests([Block(480, 240, "return")])[0].message
    'Mon: 0 of 1 rests of 10 minutes on a day of 4 h 00 min of work'
    """
    rule = rule or rest_rule()
    found: list[Violation] = []
    for day, day_blocks in by_day(blocks).items():
        worked = length(work_spans(day_blocks))
        owed = rule.rests(worked)
        given = sum(
            end - start >= rule.minutes for start, end in _free(day_blocks, taken_in)
        )
        if given < owed:
            found.append(
                Violation(
                    rule.clause_ids[0],
                    "rest",
                    clinician_id,
                    DAY_NAMES[day],
                    given,
                    owed,
                    "rests",
                    f"{DAY_NAMES[day]}: {given} of {owed} rests of {rule.minutes} "
                    f"minutes on a day of {_hours(worked)} of work",
                )
            )
    return tuple(found)


def premium_hours(violations: Iterable[Violation]) -> int:
    """
    Return the hours of premium pay that the violations of law cost in a week.

    One hour for each clinician and day with a missed, short or late meal, and one
    for each with a missed rest, however many of each there were. Breaches of a
    contract's own clause cost nothing here.

    >>> premium_hours(missed_meals([Block(480, 700, "return")]))
    1
    """
    legal = {rule.rule_id for rule in meal_rules()} | set(rest_rule().clause_ids)
    days = {
        (v.clinician_id, v.where[:3], v.kind)
        for v in violations
        if v.clause_id in legal
    }
    return PREMIUM_HOURS_PER_DAY * len(days)


@cache
def meal_rules() -> tuple[MealRule, ...]:
    """Return the meals the law owes, first to last."""
    return tuple(
        MealRule(
            row["rule_id"],
            int(row["over_minutes"]),
            int(row["minutes"]),
            int(row["begins_by"]),
            int(row["waivable_to"]),
        )
        for row in rows("labor_rules")
        if row["kind"] == "meal"
    )


@cache
def rest_rule() -> RestRule:
    """Return the rest the law owes."""
    (row,) = (row for row in rows("labor_rules") if row["kind"] == "rest")
    return RestRule(
        minutes=int(row["minutes"]),
        per_minutes=int(row["per_minutes"]),
        none_below=int(row["none_below"]),
        clause_ids=(row["rule_id"],),
    )


def _meals_of_day(
    blocks: list[Block], clinician_id: str, waived: frozenset[int]
) -> Iterable[Violation]:
    """Judge one day: each meal owed is looked for among the full ones, in order."""
    work = work_spans(blocks)
    worked = length(work)
    free = _free(blocks, ("meal",))
    first_waived = False
    taken = 0
    for number, rule in enumerate(meal_rules(), start=1):
        if worked <= rule.over:
            return
        may_waive = worked <= rule.waivable_to and not first_waived
        if number in waived and may_waive:
            first_waived = number == 1
            continue
        full = [span for span in free if span[1] - span[0] >= rule.minutes]
        if len(full) > taken:
            before = length(_before(work, full[taken][0]))
            if before > rule.begins_by:
                yield _late(rule, full[taken], before, clinician_id)
        else:
            longest = max((e - s for s, e in free[taken:]), default=0)
            yield _missing(rule, blocks[0].day, longest, worked, clinician_id)
        taken += 1


def _free(blocks: Sequence[Block], activities: Collection[str]) -> list[Span]:
    """Return the stretches of these blocks in which nothing else happens."""
    wanted = frozenset(activities)
    others = [(b.start, b.end) for b in blocks if b.activity not in wanted]
    found: list[Span] = []
    # One block at a time: two rests that touch are two rests.
    for span in spans_of(blocks, wanted):
        inside = [o for o in others if o[0] < span[1] and span[0] < o[1]]
        found += subtract([span], inside) if inside else [span]
    return found


def _before(spans: Iterable[Span], minute: int) -> list[Span]:
    return [(start, min(end, minute)) for start, end in spans if start < minute]


def _missing(
    rule: MealRule, day: int, longest: int, worked: int, clinician_id: str
) -> Violation:
    name = DAY_NAMES[day]
    what = f"longest free meal is {longest} minutes, not" if longest else "no meal of"
    return Violation(
        rule.rule_id,
        "meal",
        clinician_id,
        name,
        longest,
        rule.minutes,
        "min",
        f"{name}: {what} {rule.minutes} minutes on a day of {_hours(worked)} of work",
    )


def _late(rule: MealRule, meal: Span, before: int, clinician_id: str) -> Violation:
    return Violation(
        rule.rule_id,
        "meal",
        clinician_id,
        where(meal[0]),
        before,
        rule.begins_by,
        "min",
        f"{where(meal[0])}: the meal begins after {_hours(before)} of work, "
        f"later than {_hours(rule.begins_by)}",
    )


def _hours(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60:02d} min"


@cache
def _roles() -> dict[str, bool]:
    return {row["license"]: row["covered"] == "yes" for row in rows("labor_roles")}
