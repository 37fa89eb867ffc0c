"""Changing one term leaves the others."""

from __future__ import annotations

from datetime import date

import pytest
from bargaining_cast import contract, hours, meetings, wage

from caretime.bargaining.terms import (
    differing_groups,
    swap_groups,
    with_protected_hours,
    without_clause,
)
from caretime.errors import PlanError
from caretime.rules.clause_kinds import make_clause
from caretime.rules.ledger import week_ledger


def protected(terms) -> int:
    return sum(x.minutes for x in week_ledger(terms).lines if x.protected)


def phase_in(clause_id: str, on: date):
    steps = ((on, 6.0),)
    return make_clause("PHASE", "phase_in", clause=clause_id, steps=steps)


def test_protected_hours_are_set_and_meetings_stay():
    terms = contract("c", hours(5), meetings(2))

    changed = with_protected_hours(terms, 7)

    assert protected(changed) == 7 * 60
    assert week_ledger(changed).minutes_of("meeting") == 120
    assert changed.contract_id != terms.contract_id


def test_a_percent_of_the_week_is_replaced_by_hours():
    share = make_clause(
        "IPC", "protected_hours", percent=20, base="net_of_meetings_37_5"
    )

    assert protected(with_protected_hours(contract("c", share), 6)) == 360


def test_a_contract_without_protected_hours_gets_a_clause():
    assert protected(with_protected_hours(contract("c", meetings(2)), 3)) == 180


def test_more_is_never_bookable_than_is_protected():
    terms = contract("c", hours(6, bookable_hours=2, bookable_trigger="access_missed"))

    assert week_ledger(with_protected_hours(terms, 6)).bookable_minutes == 120
    assert week_ledger(with_protected_hours(terms, 1)).bookable_minutes == 60
    none = with_protected_hours(terms, 6, bookable_hours=0)
    assert week_ledger(none).bookable_minutes == 0


def test_hours_outside_the_week_are_refused():
    with pytest.raises(PlanError, match="0 to 40"):
        with_protected_hours(contract("c"), 41)


def test_a_phase_in_leaves_with_its_clause():
    terms = contract("c", hours(5), phase_in("PMT", date(2025, 1, 1)), meetings(1))

    kept = [clause.clause_id for clause in without_clause(terms, "PMT").clauses]

    assert kept == ["MEET"]


def test_only_kinds_that_say_something_else_differ():
    one = contract("one", hours(5), meetings(2), wage())
    other = contract("other", hours(7), meetings(2), wage())

    assert differing_groups(one, other, "kind") == ("protected_hours",)
    assert differing_groups(one, other, "family") == ("time",)
    assert differing_groups(one, one, "kind") == ()


def test_text_and_names_make_no_difference():
    note = make_clause("N", "unmodeled", text="goodwill")
    one = contract("one", hours(5))
    other = contract("other", hours(5), note)

    assert differing_groups(one, other, "kind") == ()


def test_dates_are_compared_from_the_first_day_of_each_contract():
    def with_raise(name: str, first: date, on: date):
        return contract(
            name, make_clause("R", "raise", percent=4, on=on), effective=first
        )

    one = with_raise("one", date(2024, 10, 1), date(2024, 10, 1))
    same = with_raise("same", date(2025, 5, 8), date(2025, 5, 8))
    later = with_raise("later", date(2025, 5, 8), date(2025, 6, 8))

    assert differing_groups(one, same, "kind") == ()
    assert differing_groups(one, later, "kind") == ("raise",)


def test_swapping_every_group_gives_the_terms_of_the_other():
    one = contract("one", hours(5), meetings(2))
    other = contract("other", hours(7), meetings(1))
    groups = differing_groups(one, other, "kind")

    swapped = swap_groups(one, other, groups, "kind")

    assert differing_groups(swapped, other, "kind") == ()
    assert protected(swap_groups(one, other, ["activity_hours"], "kind")) == 300


def test_a_phase_in_moves_with_its_clause_and_on_the_dates_of_the_target():
    one = contract("one", hours(5), effective=date(2024, 10, 1))
    other = contract(
        "other",
        hours(7),
        phase_in("PMT", date(2025, 6, 8)),
        effective=date(2025, 5, 8),
    )

    swapped = swap_groups(one, other, ["protected_hours"], "kind")

    phase = next(c for c in swapped.clauses if c.kind == "phase_in")
    # 31 days after the contract begins, as in the other.
    assert phase["steps"] == ((date(2024, 11, 1), 6.0),)
    assert phase["clause"] in {c.clause_id for c in swapped.clauses}
