"""What holds for any contract: built weeks are clean, and clauses only take."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caretime.rostering import RosterPolicy, build_roster
from caretime.rules.roster import check_roster
from rostering.tiny import clause, clinician, contract, system

POLICY = RosterPolicy(gap=0.005)
FEW = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
"""Each example builds a week or two, and making it smaller would build hundreds."""

BREAKS = (clause("REST", "rest"), clause("MEAL", "meal"))
"""What every contract on record has."""


def amounts(name, kind, field, values, **more):
    """Draw a clause whose one number grows more demanding."""
    return st.sampled_from(values).map(
        lambda value: clause(name, kind, **{field: value}, **more)
    )


DEMANDS = {
    "PMT": amounts("PMT", "protected_hours", "hours_per_week", [2.0, 4.0, 5.0, 7.0]),
    "IPC": amounts("IPC", "protected_hours", "percent", [10.0, 20.0]),
    "MEET": amounts(
        "MEET", "activity_hours", "hours_per_week", [1.0, 2.5], activity="meeting"
    ),
    "TRAIN": amounts(
        "TRAIN", "activity_hours", "hours_per_week", [0.5, 2.0], activity="training"
    ),
    "NOTES": amounts("NOTES", "notes_per_visit", "minutes", [5, 10, 15]),
    "DAY": amounts("DAY", "visit_cap_daily", "patients", [4, 6, 7, 9]),
    "WEEK": amounts("WEEK", "visit_cap_weekly", "patients", [20, 25, 30]),
    "LENGTH": amounts(
        "LENGTH", "visit_length", "minutes", [55, 60, 75], visit_type="return"
    ),
    "LUNCH": amounts("LUNCH", "meal", "minutes", [45, 60]),
    "LATE": amounts("LATE", "work_week", "latest", [1020, 1080, 1140]),
}
"""Clauses that allow nothing a week without them does not allow."""

contracts = st.sets(st.sampled_from(sorted(DEMANDS)), min_size=1, max_size=6).flatmap(
    lambda names: st.tuples(*(DEMANDS[name] for name in sorted(names)))
)
"""One clause or more, beside ``BREAKS``."""

people = st.builds(
    clinician,
    st.just("C-1"),
    fte=st.sampled_from([0.5, 0.6, 0.8, 1.0]),
    license=st.sampled_from(["LCSW", "PSYCHOLOGIST", "PMHNP", "PSYCHIATRIST"]),
    ages=st.sampled_from([("adult",), ("child", "teen"), ("adult", "older")]),
    telehealth_share=st.sampled_from([0.0, 0.3, 0.5]),
)


def built(who, clauses):
    terms = contract(*BREAKS, *clauses)
    town = system(who, terms=terms)
    return build_roster(town, terms, policy=POLICY), town, terms


def note(result):
    return result.status, result.objective, result.bound


@FEW
@given(people, contracts)
def test_a_built_week_keeps_every_rule_and_is_within_its_bound(who, clauses):
    result, town, terms = built(who, clauses)

    missing = {one for clash in result.clashes for one in clash.clinician_ids}
    broken = [
        v
        for v in check_roster(result.roster, town, terms)
        if not (v.clause_id == "weeks" and v.clinician_id in missing)
    ]
    assert broken == []
    assert result.objective <= result.bound
    assert len(result.roster.weeks) + len(missing) == 1


FOUND = {
    "a cap leaves more than half of the week to desk time": (
        {"license": "PMHNP", "fte": 0.5},
        (clause("CAP", "visit_cap_daily", patients=4),),
    ),
    "a weekly cap far below what fits": (
        {"license": "PMHNP"},
        (clause("CAP", "visit_cap_weekly", patients=30),),
    ),
    "rests share the protected time": (
        {"license": "PMHNP", "telehealth_share": 0.5},
        (clause("PMT", "protected_hours", hours_per_week=2.0),),
    ),
}
"""Contracts that were once built wrong, or not at all."""


@pytest.mark.parametrize(("who", "clauses"), FOUND.values(), ids=FOUND.keys())
def test_contracts_with_a_legal_week_get_one(who, clauses):
    result, town, terms = built(clinician("C-1", **who), clauses)

    assert check_roster(result.roster, town, terms) == ()
    assert len(result.roster.weeks) == 1


def test_rests_that_only_the_law_gives_do_not_shorten_protected_time():
    terms = contract(clause("PMT", "protected_hours", hours_per_week=5.0))
    town = system(clinician("C-1", fte=0.5), terms=terms)

    result = build_roster(town, terms, policy=POLICY)

    assert check_roster(result.roster, town, terms) == ()


@FEW
@given(people, contracts, st.data())
def test_a_clause_more_never_improves_the_bound(who, clauses, data):
    dropped = data.draw(st.integers(0, len(clauses) - 1))
    fewer = clauses[:dropped] + clauses[dropped + 1 :]

    with_it, _, _ = built(who, clauses)
    without, _, _ = built(who, fewer)

    # Bounds are proven within points, not to the last fraction of one.
    assert with_it.bound <= without.bound + 1, (note(with_it), note(without))
    assert with_it.objective <= without.bound + 1


@FEW
@given(people, contracts)
def test_a_week_built_twice_is_the_same_week(who, clauses):
    once, _, _ = built(who, clauses)
    again, _, _ = built(who, clauses)

    assert once == again
    assert replace(once, seed=2) != once
