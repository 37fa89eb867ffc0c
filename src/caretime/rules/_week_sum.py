"""The sum behind the ledger: what a week takes with so many visits of each type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caretime.model.terms import Clause
from caretime.rules.protected_time import required_minutes
from caretime.rules.week_terms import WeekTerms, round_half_up

VISITS = ("intake", "return", "group", "urgent")
GIVES_WAY = ("intake", "group", "urgent")
"""What is cut, in this order, when a week cannot hold all that is asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """Minutes of one activity on the way to a ledger line."""

    activity: str
    minutes: int
    clause_ids: tuple[str, ...] = ()
    protected: bool = False
    bookable: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """Everything but the minutes left over."""

    parts: tuple[Part, ...]
    trigger: str

    @property
    def minutes(self) -> int:
        """Paid minutes taken."""
        return sum(part.minutes for part in self.parts)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why there are no more visits: the caps that bind, and what did not fit."""

    clause_ids: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()


def fill(terms: WeekTerms, fte: float) -> tuple[dict[str, int], Stop]:
    """Return the most visits the week holds, by type, and what stopped them."""
    counts = _asked(terms, fte)
    asked = dict(counts)
    for kind in GIVES_WAY:
        while counts[kind] and not _fits(terms, fte, counts):
            counts[kind] -= 1
    shortfalls = tuple(
        f"{kind}: {asked[kind]} asked, {counts[kind]} fit the week"
        for kind in GIVES_WAY
        if counts[kind] < asked[kind]
    )
    # What a week takes only grows with its returns, so the last number that fits
    # is found by halving.
    low, high = 0, terms.paid // terms.visits["return"].slot
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(terms, fte, _with_returns(terms, counts, middle)):
            low = middle
        else:
            high = middle - 1
    counts = _with_returns(terms, counts, low)
    # One more return need not bring another intake along; two would break a ratio.
    if _fits(terms, fte, one_more := _one_more_return(counts)):
        counts = one_more
    roomy = add_up(terms, fte, one_more).minutes <= terms.paid
    binding = _caps_broken(terms, fte, one_more) if roomy else ()
    return counts, Stop(binding, shortfalls)


def add_up(terms: WeekTerms, fte: float, counts: dict[str, int]) -> Total:
    """Return what the week takes with these visits."""
    free = [Part(a, minutes, (ident,)) for a, minutes, ident in terms.activities]
    free += _rest_parts(terms, counts, _visit_parts(terms, counts))
    trigger = "never"
    done: list[Part] = []
    for clause in terms.protected:
        needed = required_minutes(
            clause,
            fte=fte,
            paid=terms.paid,
            meetings=sum(m for a, m, _ in terms.activities if a == "meeting"),
            visits=sum(counts.values()),
        )
        short = _too_short(terms, counts, clause)
        free, counted, lacking = _count(free, clause, needed, short)
        bookable = min(_bookable(clause, needed, fte), lacking)
        if bookable:
            trigger = clause["bookable_trigger"]
        filler = _filler(clause)
        ids = (clause.clause_id,)
        done += counted
        done.append(Part(filler, lacking - bookable, ids, protected=True))
        done.append(Part(filler, bookable, ids, protected=True, bookable=True))
    return Total(tuple(done + free), trigger)


def patients(counts: dict[str, int], group_credit: int) -> int:
    """Return the patients these visits count for under a cap."""
    singles = sum(counts[kind] for kind in VISITS if kind != "group")
    return singles + counts["group"] * group_credit


def _asked(terms: WeekTerms, fte: float) -> dict[str, int]:
    counts = dict.fromkeys(VISITS, 0)
    if terms.urgent:
        counts["urgent"] = round_half_up(terms.urgent["slots_per_week"] * fte)
    if terms.groups:
        counts["group"] = round_half_up(terms.groups["sessions_per_week"] * fte)
    if terms.intake_mix and terms.intake_mix["intakes_per_week"] is not None:
        counts["intake"] = round_half_up(terms.intake_mix["intakes_per_week"] * fte)
    return counts


def _one_more_return(counts: dict[str, int]) -> dict[str, int]:
    return {**counts, "return": counts["return"] + 1}


def _with_returns(
    terms: WeekTerms, counts: dict[str, int], returns: int
) -> dict[str, int]:
    ratio = terms.intake_mix and terms.intake_mix["returns_per_intake"]
    intakes = int(returns / ratio + 1e-9) if ratio else counts["intake"]
    return {**counts, "return": returns, "intake": intakes}


def _fits(terms: WeekTerms, fte: float, counts: dict[str, int]) -> bool:
    return add_up(terms, fte, counts).minutes <= terms.paid and not _caps_broken(
        terms, fte, counts
    )


def _caps_broken(
    terms: WeekTerms, fte: float, counts: dict[str, int]
) -> tuple[str, ...]:
    broken = [
        cap.clause_id
        for cap in terms.daily_caps
        if patients(counts, cap["group_credit"]) > cap["patients"] * terms.days
    ]
    broken += [
        cap.clause_id
        for cap in terms.weekly_caps
        if patients(counts, cap["group_credit"]) > round_half_up(cap["patients"] * fte)
    ]
    return tuple(broken)


def _visit_parts(terms: WeekTerms, counts: dict[str, int]) -> list[Part]:
    setters = {
        "intake": terms.intake_mix,
        "urgent": terms.urgent,
        "group": terms.groups,
        "return": None,
    }
    parts: list[Part] = []
    for kind in VISITS:
        slot, count = terms.visits[kind], counts[kind]
        setter = setters[kind]
        ids = dict.fromkeys(((setter.clause_id,) if setter else ()) + slot.clause_ids)
        parts.append(Part(kind, count * slot.minutes, tuple(ids)))
        parts.append(Part("notes", count * slot.notes, slot.notes_ids))
        parts.append(Part("buffer", count * (slot.buffer + slot.pad), slot.buffer_ids))
    return _merged(parts)


def _rest_parts(
    terms: WeekTerms, counts: dict[str, int], visits: list[Part]
) -> list[Part]:
    """Take the paid rests out of buffers that hold them, the others beside."""
    due = terms.rest.rests(terms.paid / terms.days) * terms.days
    holders = sum(counts[kind] for kind in VISITS if terms.visits[kind].holds_rest)
    held = min(due, holders) * terms.rest.minutes
    parts = []
    for part in visits:
        if part.activity == "buffer":
            part = Part("buffer", part.minutes - held, part.clause_ids)
        parts.append(part)
    parts.append(Part("paid_rest", due * terms.rest.minutes, terms.rest.clause_ids))
    return parts


def _merged(parts: list[Part]) -> list[Part]:
    minutes: dict[str, int] = {}
    ids: dict[str, dict[str, None]] = {}
    for part in parts:
        minutes[part.activity] = minutes.get(part.activity, 0) + part.minutes
        if part.minutes:
            ids.setdefault(part.activity, {}).update(dict.fromkeys(part.clause_ids))
    return [Part(a, m, tuple(ids.get(a, ()))) for a, m in minutes.items()]


def _bookable(clause: Clause, needed: int, fte: float) -> int:
    if clause["bookable_trigger"] == "never":
        return 0
    if clause["reduced_to_hours"] is not None:
        return max(0, needed - round_half_up(clause["reduced_to_hours"] * 60 * fte))
    return round_half_up(clause["bookable_hours"] * 60 * fte)


def _too_short(
    terms: WeekTerms, counts: dict[str, int], clause: Clause
) -> tuple[str, ...]:
    """Return notes where those beside a visit are shorter than what counts."""
    beside = [terms.visits[kind].notes for kind, n in counts.items() if n]
    shortest = min((minutes for minutes in beside if minutes), default=None)
    if shortest is None or shortest >= clause["minimum_block_minutes"]:
        return ()
    return ("notes",)


def _count(
    free: list[Part], clause: Clause, needed: int, short: Sequence[str]
) -> tuple[list[Part], list[Part], int]:
    """Use minutes the clause counts; return what is free, counted and lacking."""
    rest, counted = [], []
    for part in free:
        counts = part.activity in clause["counts"] and part.activity not in short
        used = min(part.minutes, needed) if counts else 0
        needed -= used
        if used:
            ids = (*part.clause_ids, clause.clause_id)
            counted.append(Part(part.activity, used, ids, protected=True))
        if part.minutes > used:
            rest.append(Part(part.activity, part.minutes - used, part.clause_ids))
    return rest, counted, needed


def _filler(clause: Clause) -> str:
    counts: tuple[str, ...] = clause["counts"]
    return "patient_management" if "patient_management" in counts else counts[0]
