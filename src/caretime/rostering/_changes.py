"""The cheapest single change of a clause that lets a week exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from caretime.model.terms import Clause
from caretime.rostering._clash_words import activity_word, clock, count
from caretime.rostering._cpsat import Situation, WeekSolver
from caretime.rules.clause_kinds import ClauseField, fields_of

LESS, MORE = -1, 1

TOWARD_LEAVE: dict[tuple[str, str], tuple[int, ...]] = {
    ("protected_hours", "hours_per_week"): (LESS,),
    ("protected_hours", "percent"): (LESS,),
    ("protected_hours", "minutes_per_visit"): (LESS,),
    ("protected_hours", "minimum_block_minutes"): (LESS,),
    ("activity_hours", "hours_per_week"): (LESS,),
    ("notes_per_visit", "minutes"): (LESS,),
    ("buffer", "minutes"): (LESS,),
    ("visit_length", "minutes"): (LESS,),
    ("visit_cap_daily", "patients"): (MORE,),
    ("visit_cap_daily", "group_credit"): (LESS,),
    ("visit_cap_weekly", "patients"): (MORE,),
    ("visit_cap_weekly", "group_credit"): (LESS,),
    ("intake_mix", "intakes_per_week"): (LESS,),
    ("intake_mix", "returns_per_intake"): (LESS, MORE),
    ("urgent_reserve", "slots_per_week"): (LESS,),
    ("urgent_reserve", "minutes"): (LESS,),
    ("groups", "sessions_per_week"): (LESS,),
    ("groups", "minutes"): (LESS,),
    ("groups", "preparation_minutes"): (LESS,),
    ("meal", "minutes"): (LESS,),
    ("rest", "minutes"): (LESS,),
    ("rest", "per_hours"): (MORE,),
    ("rest", "none_below_hours"): (MORE,),
    ("work_week", "hours"): (MORE, LESS),
    ("work_week", "days"): (MORE,),
    ("work_week", "start"): (LESS,),
    ("work_week", "latest"): (MORE,),
}
"""Which way a number of a clause must move to leave more weeks possible."""

STEPS = {"hours": 0.5, "percent": 1, "minutes": 5, "USD": 1}
"""Step of a number in its own unit; one where it is not named. Clocks: 15 minutes."""

CLOCK_STEP = 15
A_DAY_OF_WORK = 8 * 60
"""What a shift of the clock is set against, to compare it with other changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of one clause, moved just far enough."""

    clause: Clause
    field: ClauseField
    value: float

    @property
    def size(self) -> float:
        """How far the number moved, as a share of what it was."""
        return _size(self.clause, self.field, self.value)

    @property
    def words(self) -> str:
        """The change in words."""
        old = self.clause[self.field.name]
        if self.field.type == "clock":
            what = "start" if self.field.name == "start" else "end"
            new = f"a day that may {what} at {clock(int(self.value))}"
            return f"{self.clause.clause_id}: {new} instead of {clock(old)}"
        unit = {
            "group_credit": "patients for a group",
            "minimum_block_minutes": "minutes of the shortest stretch",
            "preparation_minutes": "minutes of preparation",
            "none_below_hours": "hours below which no rest is owed",
            "per_hours": "hours for each rest",
        }.get(self.field.name, _unit(self.clause, self.field))
        singular = unit[:-1] if unit in ("intakes", "openings", "days") else unit
        new = count(self.value, singular, unit)
        return f"{self.clause.clause_id}: {new} instead of {old:g}"


def cheapest_change(
    clauses: Sequence[Clause],
    who: Situation,
    clashing: Sequence[Clause],
    *,
    budget: float,
) -> Change | None:
    """
    Return the smallest change of one number that lets a week exist.

    Parameters
    ----------
    clashing
        Clauses of the clash: a change elsewhere cannot free it.
    budget
        Deterministic seconds of the solver for each week asked for.

    Notes
    -----
    Each number moves toward leave by steps of its own unit, within the range of its
    field; the first step that leaves a week is found by halving. Changes are
    compared by how far they move a number as a share of what it was.
    """
    best: Change | None = None
    for clause in clashing:
        for field, values in _ways(clause):
            within = [
                v for v in values if best is None or _size(clause, field, v) < best.size
            ]
            found = _first_that_frees(clauses, who, clause, field, within, budget)
            if found is not None:
                best = found
    return best


def _ways(clause: Clause) -> Iterator[tuple[ClauseField, list[float]]]:
    """Yield the fields that may move, each with its values, the nearest first."""
    for name, field in fields_of(clause.kind).items():
        old = clause.terms.get(name)
        if old is None or (clause.kind, name) not in TOWARD_LEAVE:
            continue
        for direction in TOWARD_LEAVE[clause.kind, name]:
            if values := list(_steps(field, old, direction)):
                yield field, values


def _steps(field: ClauseField, old: float, direction: int) -> Iterator[float]:
    step = CLOCK_STEP if field.type == "clock" else STEPS.get(field.unit, 1)
    if field.name == "returns_per_intake":
        step = 0.5
    end = field.low if direction == LESS else field.high
    if end is None:
        return
    value = old
    while (end - value) * direction > 0:
        value += direction * step
        if (end - value) * direction < 0:
            value = end
        # Zero of something asked for would be the clause gone, not changed.
        if value > 0 or field.low == 0:
            yield int(value) if field.type in ("integer", "clock") else value


def _first_that_frees(
    clauses: Sequence[Clause],
    who: Situation,
    clause: Clause,
    field: ClauseField,
    values: Sequence[float],
    budget: float,
) -> Change | None:
    def frees(value: float) -> bool:
        changed = [
            _with(c, field, value) if c.clause_id == clause.clause_id else c
            for c in clauses
        ]
        return WeekSolver(changed, who, budget=budget).may_hold() == "yes"

    if len(TOWARD_LEAVE[clause.kind, field.name]) == 1:
        # More leave never takes a week away, so the far end tells if any step frees.
        ends = [len(values) - 1] if values else []
    else:
        ends = [2**n - 1 for n in range(len(values).bit_length())]
    high = next((end for end in ends if frees(values[end])), None)
    if high is None:
        return None
    low = 0 if len(ends) == 1 else high // 2 + bool(high)
    while low < high:
        middle = (low + high) // 2
        if frees(values[middle]):
            high = middle
        else:
            low = middle + 1
    return Change(clause, field, values[high])


def _with(clause: Clause, field: ClauseField, value: float) -> Clause:
    terms: dict[str, Any] = {**clause.terms, field.name: value}
    return replace(clause, terms=terms)


def _size(clause: Clause, field: ClauseField, value: float) -> float:
    old = clause[field.name]
    whole = A_DAY_OF_WORK if field.type == "clock" else abs(old) or 1
    return float(abs(value - old) / whole)


def _unit(clause: Clause, field: ClauseField) -> str:
    """Return the unit of a number as it is said in a sentence."""
    match clause.kind:
        case "activity_hours":
            return f"hours of {activity_word(clause['activity'])}"
        case "protected_hours" if field.unit == "hours":
            return "protected hours"
        case "work_week" if field.unit == "hours":
            return "hours a week"
        case "visit_cap_daily":
            return "patients a day"
        case "visit_cap_weekly":
            return "patients a week"
        case "intake_mix" if field.name == "intakes_per_week":
            return "intakes a week"
        case "intake_mix":
            return "returns for each intake"
        case "urgent_reserve" if field.name == "slots_per_week":
            return "urgent openings a week"
        case "groups" if field.name == "sessions_per_week":
            return "group sessions a week"
        case "groups" | "visit_length":
            kind = clause.terms.get("visit_type", "group")
            return f"minutes of each {kind}"
        case "notes_per_visit":
            return "minutes of notes"
        case "buffer":
            return "minutes of buffer"
        case "meal":
            return "minutes of meal"
        case "rest":
            return "minutes of rest"
    return field.unit
