"""The judge: one week against one contract and the law."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from caretime.model.outcome import Violation
from caretime.model.people import AGE_GROUPS
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block, Template
from caretime.rules import caps, labor, protected_time, week_frame
from caretime.rules.breaches import Violations, breach
from caretime.rules.spans import DAY_NAMES, by_day, length, work_spans
from caretime.rules.week_terms import RestRule, clauses_on, round_half_up

BOOKED_KINDS = (
    "protected_hours",
    "meal",
    "visit_cap_daily",
    "visit_cap_weekly",
    "visit_length",
    "buffer",
    "rest",
)
"""Kinds that a single booking can break; the others judge how a week is planned."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    Whose week it is, and what else is known about it.

    Parameters
    ----------
    triggered
        Conditions that hold and make bookable time bookable: ``access_missed``,
        ``productivity_missed``.
    waived_meals
        Meals both sides agreed to waive: 1, 2.
    caseload
        Patients in treatment, ``None`` leaves the caseload cap unjudged.
    ages
        Age groups that the visits may be for.
    """

    clinician_id: str = ""
    license_code: str = "LCSW"
    fte: float = 1.0
    leads_groups: bool = False
    triggered: Collection[str] = ()
    waived_meals: Collection[int] = ()
    caseload: int | None = None
    ages: Collection[str] = AGE_GROUPS


def check(
    template: Template,
    contract: Contract,
    *,
    clinician_id: str,
    license_code: str,
    fte: float,
    on: date,
    leads_groups: bool = False,
    ages: Collection[str] = AGE_GROUPS,
) -> Violations:
    """
    Judge a planned week against the clauses in force on a day, and the law.

    Parameters
    ----------
    leads_groups
        Whether clauses for group leaders hold for this clinician.
    ages
        Age groups served: visits are as long as the shortest length agreed for them.

    Returns
    -------
    tuple of Violation
        In the order of the contract's clauses, then the law; within a clause in the
        order of the week. Empty where nothing is broken. Clauses of pay, staffing
        and text only are not judged by a week.

    Raises
    ------
    PlanError
        If the contract has ended before the day.

    Examples
    --------
    >>> from caretime.rules.clause_kinds import make_clause
    >>> contract = Contract("c", "C", date(2025, 1, 1), "assumption", "made up",
    ...                     (make_clause("CAP", "visit_cap_daily", patients=1),))
    >>> week = Template((Block(480, 50, "return"), Block(540, 50, "return")))
    >>> [v.message for v in check(week, contract, clinician_id="C1",
    ...                           license_code="LCSW", fte=1.0, on=date(2025, 6, 2))]
    ['2 patients on Mon, at most 1']
    """
    who = Circumstances(clinician_id, license_code, fte, leads_groups, ages=ages)
    clauses = clauses_on(contract, on, license_code=license_code)
    return judge_week(template.blocks, clauses, who)


def judge_week(
    blocks: Sequence[Block], clauses: Sequence[Clause], who: Circumstances
) -> Violations:
    """
    Judge a week, planned or worked, whose blocks may overlap.

    Parameters
    ----------
    clauses
        Those in force that cover the clinician, in file order.
    """
    return broken_clauses(blocks, clauses, who) + broken_law(blocks, clauses, who)


def broken_clauses(
    blocks: Sequence[Block],
    clauses: Sequence[Clause],
    who: Circumstances,
    *,
    kinds: Collection[str] | None = None,
) -> Violations:
    """Judge a week by the contract alone, by clauses of some kinds where given."""
    found: list[Violation] = []
    for clause in clauses:
        if kinds is None or clause.kind in kinds:
            found += _of_clause(blocks, clause, clauses, who)
    return tuple(found)


def broken_law(
    blocks: Sequence[Block], clauses: Sequence[Clause], who: Circumstances
) -> Violations:
    """Judge a week by the law alone; clauses only say where rests may be taken."""
    if not labor.is_covered(who.license_code):
        return ()
    return labor.missed_meals(
        blocks, clinician_id=who.clinician_id, waived=who.waived_meals
    ) + labor.missed_rests(
        blocks, clinician_id=who.clinician_id, taken_in=_rest_places(clauses)
    )


def _of_clause(
    blocks: Sequence[Block],
    clause: Clause,
    clauses: Sequence[Clause],
    who: Circumstances,
) -> Violations:
    """Judge one clause; those judged as a family are judged at their first clause."""
    if clause.kind in _PLAIN:
        return _PLAIN[clause.kind](blocks, clause, clinician_id=who.clinician_id)
    if clause.kind in _PRORATED:
        rule = _PRORATED[clause.kind]
        return rule(blocks, clause, fte=who.fte, clinician_id=who.clinician_id)
    match clause.kind:
        case "protected_hours":
            return _protected(blocks, clause, clauses, who)
        case "notes_per_visit":
            family = _family(clauses, clause.kind)
            if clause is not family[0]:
                return ()
            return week_frame.notes_shortfall(
                blocks, family, clinician_id=who.clinician_id
            )
        case "activity_hours":
            same = [
                c
                for c in _family(clauses, clause.kind)
                if c["activity"] == clause["activity"]
            ]
            if clause is not same[0]:
                return ()
            return week_frame.activity_shortfall(
                blocks, same, fte=who.fte, clinician_id=who.clinician_id
            )
        case "urgent_reserve":
            return _urgent(blocks, clause, clauses, who)
        case "visit_length":
            return _visit_length(blocks, clause, clauses, who)
        case "groups":
            if clause["leaders_only"] and not who.leads_groups:
                return ()
            return caps.groups_missed(
                blocks, clause, fte=who.fte, clinician_id=who.clinician_id
            )
        case "caseload_cap" if who.caseload is not None:
            return caps.over_caseload_cap(
                who.caseload, clause, fte=who.fte, clinician_id=who.clinician_id
            )
        case "rest":
            return _rests(blocks, clause, clauses, who)
    return ()


def _protected(
    blocks: Sequence[Block],
    clause: Clause,
    clauses: Sequence[Clause],
    who: Circumstances,
) -> Violations:
    family = _family(clauses, "protected_hours")
    missing = protected_time.protected_shortfalls(
        blocks,
        family,
        fte=who.fte,
        clinician_id=who.clinician_id,
        triggered=who.triggered,
    )
    return protected_time.encroachments(
        blocks,
        clause,
        fte=who.fte,
        clinician_id=who.clinician_id,
        triggered=who.triggered,
    ) + tuple(v for v in missing if v.clause_id == clause.clause_id)


def _visit_length(
    blocks: Sequence[Block],
    clause: Clause,
    clauses: Sequence[Clause],
    who: Circumstances,
) -> Violations:
    """Judge by the shortest length of the type: a block does not say for what age."""
    if clause is not _shortest(clauses, clause["visit_type"], who.ages):
        return ()
    return caps.visits_too_short(blocks, clause, clinician_id=who.clinician_id)


def _shortest(
    clauses: Sequence[Clause], visit_type: str, ages: Collection[str]
) -> Clause | None:
    """Return the clause below whose length no visit may be, if there is one."""
    by_age: dict[str, Clause] = {}
    for clause in _family(clauses, "visit_length"):
        if clause["visit_type"] == visit_type:
            # Where two clauses name an age, the later one holds.
            by_age |= dict.fromkeys(clause["ages"], clause)
    # A visit for an age that no clause names may have any length.
    if not ages or any(age not in by_age for age in ages):
        return None
    return min((by_age[age] for age in ages), key=lambda c: int(c["minutes"]))


def _urgent(
    blocks: Sequence[Block],
    clause: Clause,
    clauses: Sequence[Clause],
    who: Circumstances,
) -> Violations:
    """Judge openings of the clause's length, or of a return's where it gives none."""
    least = clause["minutes"] or 0
    own = [c for c in _family(clauses, "visit_length") if c["visit_type"] == "urgent"]
    if not least and not own:
        length_of_return = _shortest(clauses, "return", who.ages)
        least = length_of_return["minutes"] if length_of_return else 0
    return caps.urgent_reserve_short(
        blocks, clause, fte=who.fte, clinician_id=who.clinician_id, least=least
    )


def _meal(
    blocks: Sequence[Block], clause: Clause, *, clinician_id: str = ""
) -> Violations:
    """Judge the contract's meal: its length on long days, and visits reaching in."""
    found = list(
        protected_time.encroachments(blocks, clause, clinician_id=clinician_id)
    )
    rule = labor.meal_rules()[0]
    for day, day_blocks in by_day(blocks).items():
        meals = [b.minutes for b in day_blocks if b.activity == "meal"]
        longest = max(meals, default=0)
        if length(work_spans(day_blocks)) > rule.over and longest < clause["minutes"]:
            name = DAY_NAMES[day]
            text = f"the longest meal on {name} is {longest} minutes, "
            text += f"{clause['minutes']} agreed"
            figures = (longest, clause["minutes"], "min")
            found.append(breach(clause, clinician_id, name, figures, text))
    return tuple(found)


def _rests(
    blocks: Sequence[Block],
    clause: Clause,
    clauses: Sequence[Clause],
    who: Circumstances,
) -> Violations:
    if not clause["minutes"]:
        return ()
    rule = RestRule(
        minutes=clause["minutes"],
        per_minutes=round_half_up(clause["per_hours"] * 60),
        none_below=round_half_up(clause["none_below_hours"] * 60),
        clause_ids=(clause.clause_id,),
    )
    return labor.missed_rests(
        blocks,
        clinician_id=who.clinician_id,
        rule=rule,
        taken_in=_rest_places(clauses),
    )


def _rest_places(clauses: Sequence[Clause]) -> tuple[str, ...]:
    holds = any(c["holds_rest"] for c in _family(clauses, "buffer"))
    return ("paid_rest", "buffer") if holds else ("paid_rest",)


def _family(clauses: Sequence[Clause], kind: str) -> list[Clause]:
    return [clause for clause in clauses if clause.kind == kind]


_PLAIN: dict[str, Callable[..., Violations]] = {
    "visit_cap_daily": caps.over_daily_cap,
    "buffer": week_frame.buffers_cut,
    "meal": _meal,
}

_PRORATED: dict[str, Callable[..., Violations]] = {
    "visit_cap_weekly": caps.over_weekly_cap,
    "intake_mix": caps.intake_mix_missed,
    "work_week": week_frame.outside_work_week,
}
