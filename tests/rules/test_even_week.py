from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.model.terms import Contract
from caretime.rules.check import check
from caretime.rules.clause_kinds import make_clause
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from caretime.tables import rows

LICENSES = tuple(row["license"] for row in rows("licenses"))
VISITS = ("intake", "return", "group", "urgent")

weeks = st.fixed_dictionaries(
    {
        "name": st.sampled_from(casebook_ids()),
        "license_code": st.sampled_from(LICENSES),
        "fte": st.integers(50, 100).map(lambda percent: percent / 100),
        "ages": st.sampled_from([("adult",), ("child", "teen"), ("adult", "child")]),
        "leads_groups": st.booleans(),
        "stagger": st.integers(0, 12),
    }
)


def make(name, stagger=0, **who):
    ledger = week_ledger(casebook_contract(name), **who)
    return ledger, even_template(ledger, stagger=stagger)


def contract(*clauses):
    return Contract("made", "Made", date(2025, 1, 1), "assumption", "made", clauses)


@given(weeks)
def test_no_opening_and_no_minute_is_lost(asked):
    ledger, week = make(**asked)

    counts = Counter(b.activity for b in week.blocks if b.activity in VISITS)
    openings = ledger.openings
    assert counts == Counter(
        {
            "intake": openings.intake,
            "return": openings.return_,
            "group": openings.group,
            "urgent": openings.urgent,
        }
    )
    for activity in {line.activity for line in ledger.lines}:
        assert week.minutes_of(activity) == ledger.minutes_of(activity), activity


@given(weeks)
def test_the_judge_finds_nothing_in_an_even_week(asked):
    who = {key: asked[key] for key in ("license_code", "fte", "leads_groups")}
    contract = casebook_contract(asked["name"])

    _, week = make(**asked)

    found = check(week, contract, clinician_id="C", on=contract.effective, **who)
    assert [violation.message for violation in found] == []


@given(weeks)
def test_days_are_even_and_openings_start_on_quarter_hours(asked):
    ledger, week = make(**asked)

    used = sorted({block.day for block in week.blocks})
    assert len(used) == ledger.days
    for block in week.blocks:
        assert block.minute_of_day >= 7 * 60
        assert block.minute_of_day + block.minutes <= 20 * 60
        if block.activity in (*VISITS, "meal"):
            assert block.start % 15 == 0
    paid = [
        sum(b.minutes for b in week.on_day(day) if b.activity != "meal") for day in used
    ]
    # One group of 90 minutes with its preparation is the coarsest piece.
    assert max(paid) - min(paid) <= 120


def test_intakes_fall_on_different_days():
    _, week = make("socal-2025-settlement")

    days = [block.day for block in week.blocks if block.activity == "intake"]
    assert len(days) == len(set(days)) == 4


def test_clinicians_of_one_site_differ_in_start_and_in_intake_days():
    starts, days = set(), set()

    for stagger in range(5):
        _, week = make("socal-2025-settlement", stagger=stagger)
        starts.add(min(block.minute_of_day for block in week.blocks))
        days.add(frozenset(b.day for b in week.blocks if b.activity == "intake"))

    assert len(starts) == 4
    assert len(days) == 5


def test_a_half_time_week_has_three_days_that_turn_with_the_stagger():
    days = [
        {block.day for block in make("socal-2025-settlement", k, fte=0.5)[1].blocks}
        for k in range(2)
    ]

    assert [len(used) for used in days] == [3, 3]
    assert days[0] != days[1]


def test_the_meal_begins_by_the_end_of_the_fifth_hour():
    _, week = make("socal-2021-in-force")

    for day in range(5):
        blocks = list(week.on_day(day))
        meal = next(block for block in blocks if block.activity == "meal")
        assert meal.minutes >= 30
        assert meal.start - blocks[0].start <= 300


def test_a_short_day_has_no_meal():
    # 0.1 of 40 hours is one day of four hours.
    ledger = week_ledger(contract(make_clause("M", "meal")), fte=0.1)

    week = even_template(ledger)

    assert ledger.days == 1
    assert week.minutes_of("meal") == 0


def test_two_rests_lie_before_and_after_the_meal():
    _, week = make("socal-2025-settlement")

    for day in range(5):
        blocks = list(week.on_day(day))
        meal = next(block for block in blocks if block.activity == "meal")
        sides = [b.start < meal.start for b in blocks if b.activity == "paid_rest"]
        assert sides == [True, False]


def test_bookable_time_stands_in_stretches_as_long_as_a_visit():
    ledger, week = make("socal-2024-10-employer")

    slot = ledger.visits["return"].slot
    long_enough = [
        block
        for block in week.blocks
        if block.activity == "patient_management"
        and block.start % 15 == 0
        and block.minutes >= slot
    ]
    assert len(long_enough) * slot >= ledger.bookable_minutes


def test_visits_that_leave_an_odd_gap_still_start_on_quarter_hours():
    length = make_clause("L", "visit_length", visit_type="return", minutes=40)
    ledger = week_ledger(contract(length, make_clause("R", "rest")))

    week = even_template(ledger)

    starts = [block.start % 15 for block in week.blocks if block.activity == "return"]
    assert len(starts) == ledger.openings.return_
    assert set(starts) == {0}


def test_ledgers_that_differ_in_no_minute_share_one_week():
    terms = make_clause("P", "protected_hours", hours_per_week=5)
    one, other = contract(terms), replace(contract(terms), contract_id="other")
    more = contract(make_clause("P", "protected_hours", hours_per_week=6))

    shared = even_template(week_ledger(one, on=date(2025, 3, 3)), stagger=3)

    assert even_template(week_ledger(other), stagger=3) is shared
    assert even_template(week_ledger(one), stagger=4) != shared
    assert even_template(week_ledger(more), stagger=3) != shared


def test_a_negative_stagger_is_refused():
    ledger = week_ledger(casebook_contract("socal-2025-settlement"))

    with pytest.raises(ValueError, match="stagger"):
        even_template(ledger, stagger=-1)


def test_a_day_that_does_not_fit_its_hours_is_refused():
    week = make_clause("W", "work_week", start=12 * 60, latest=17 * 60)
    ledger = week_ledger(contract(week))

    with pytest.raises(ValueError, match="does not fit"):
        even_template(ledger)
