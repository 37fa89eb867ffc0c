"""The judge: order, completeness, and that planned weeks break nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.model.calendar import Calendar
from caretime.model.people import Clinician, Need
from caretime.model.terms import Contract
from caretime.model.week import Block, Template
from caretime.rules import labor
from caretime.rules.booking import BookedWeek, Visit, block_of, may_book
from caretime.rules.check import Circumstances, check, judge_week
from caretime.rules.clause_kinds import clause_family, clause_kinds, make_clause
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from caretime.rules.protected_time import encroachments, required_minutes
from caretime.rules.spans import merge, subtract, visit_activities
from caretime.rules.week_terms import clauses_on

ACTIVITIES = ["return", "intake", "group", "urgent", "notes", "patient_management",
              "meal", "paid_rest", "buffer", "meeting"]  # fmt: skip
MONDAY = date(2025, 5, 5)

blocks = st.lists(
    st.builds(
        lambda day, start, minutes, activity: Block(
            day * 1440 + start, minutes, activity
        ),
        st.integers(0, 4),
        st.integers(420, 1080),
        st.integers(5, 120),
        st.sampled_from(ACTIVITIES),
    ),
    max_size=12,
)

starts_and_sizes = st.lists(
    st.tuples(st.integers(0, 99), st.integers(1, 30)), max_size=6
)


def contract(*clauses):
    return Contract("c", "C", date(2025, 1, 1), "assumption", "made up", clauses)


def judged(template, agreement, **changes):
    who = {"clinician_id": "C1", "license_code": "LCSW", "fte": 1.0, "on": MONDAY}
    return check(template, agreement, **{**who, **changes})


@pytest.mark.parametrize("contract_id", casebook_ids())
@pytest.mark.parametrize("fte", [1.0, 0.5])
def test_the_even_week_of_a_contract_breaks_neither_it_nor_the_law(contract_id, fte):
    agreement = casebook_contract(contract_id)
    for license_code in ("LCSW", "PMHNP"):
        ledger = week_ledger(agreement, license_code=license_code, fte=fte)

        found = check(
            even_template(ledger),
            agreement,
            clinician_id="C1",
            license_code=license_code,
            fte=fte,
            on=ledger.on,
        )

        assert found == ()


def test_violations_follow_the_contract_and_the_law_comes_last():
    week = Template(tuple(Block(480 + 60 * k, 50, "return") for k in range(8)))
    agreement = contract(
        make_clause("PMT", "protected_hours", hours_per_week=5),
        make_clause("CAP", "visit_cap_daily", patients=6),
    )

    found = [v.clause_id for v in judged(week, agreement)]

    # Eight visits of fifty minutes are 6 h 40 min: a meal and two rests are owed.
    assert found == ["PMT", "CAP", "ca-meal-1", "ca-rest"]


def test_a_clause_for_others_is_not_judged():
    week = Template((Block(480, 50, "return"), Block(540, 50, "return")))
    agreement = contract(
        make_clause("CAP", "visit_cap_daily", patients=1, covers=("PMHNP",))
    )

    assert judged(week, agreement) == ()
    assert len(judged(week, agreement, license_code="PMHNP")) == 1


def test_a_clause_that_begins_later_is_not_judged_yet():
    week = Template((Block(480, 50, "return"), Block(540, 50, "return")))
    cap = make_clause("CAP", "visit_cap_daily", patients=1, effective=date(2025, 6, 1))

    assert judged(week, contract(cap)) == ()
    assert len(judged(week, contract(cap), on=date(2025, 6, 1))) == 1


def test_a_phased_number_is_judged_as_it_stands_on_the_day():
    week = Template(tuple(Block(d * 1440 + 480, 48, "notes") for d in range(5)))
    agreement = contract(
        make_clause("PMT", "protected_hours", hours_per_week=4),
        make_clause("UP", "phase_in", clause="PMT", field="hours_per_week",
                    steps=((date(2025, 9, 1), 5),)),
    )  # fmt: skip

    assert judged(week, agreement) == ()
    assert judged(week, agreement, on=date(2025, 9, 1))[0].limit == 300


def test_every_kind_that_a_week_can_break_has_a_rule():
    # A week full of everything wrong breaks one clause of each such kind.
    wrong = (
        *(Block(day * 1440 + 300, 240, "return") for day in range(6)),
        Block(480, 30, "return"),
        Block(485, 30, "meal"),
        Block(500, 30, "notes"),
        Block(505, 20, "return"),
    )
    terms = {
        "protected_hours": {"hours_per_week": 5},
        "activity_hours": {"activity": "meeting", "hours_per_week": 1},
        "notes_per_visit": {"minutes": 10},
        "buffer": {"minutes": 10},
        "visit_length": {"visit_type": "return", "minutes": 45},
        "visit_cap_daily": {"patients": 1},
        "visit_cap_weekly": {"patients": 2},
        "intake_mix": {"intakes_per_week": 2},
        "caseload_cap": {"patients": 10},
        "urgent_reserve": {"slots_per_week": 2},
        "groups": {"sessions_per_week": 1},
        "meal": {},
        "rest": {},
        "work_week": {},
    }
    clauses = [make_clause(kind, kind, **given) for kind, given in terms.items()]

    found = judge_week(wrong, clauses, Circumstances(caseload=11))

    judgeable = {
        kind
        for kind in clause_kinds()
        if clause_family(kind) in ("time", "visits", "breaks")
    }
    assert judgeable == set(terms)
    assert {v.clause_id for v in found if v.clause_id in terms} == set(terms)


@given(blocks)
def test_encroached_minutes_equal_a_count_minute_by_minute(week):
    clause = make_clause("PMT", "protected_hours", hours_per_week=0)

    found = encroachments(week, clause)

    visits = minutes_under(week, visit_activities())
    assert sum(v.observed for v in found) == len(
        visits & minutes_under(week, clause["counts"])
    )
    assert all(v.limit == 0 for v in found)


@given(blocks, st.sampled_from(["LCSW", "PSYCHIATRIST"]))
def test_judging_a_week_twice_or_shuffled_gives_the_same(week, license_code):
    clauses = clauses_on(
        casebook_contract("socal-2025-settlement"), license_code=license_code
    )
    who = Circumstances("C1", license_code)

    found = judge_week(week, clauses, who)

    assert judge_week(week[::-1], clauses, who) == found
    # Either side of the limit may be the wrong one, but never the limit itself.
    assert all(v.observed != v.limit for v in found)


@given(starts_and_sizes, starts_and_sizes)
def test_spans_are_sets_of_minutes(one, other):
    kept = [(start, start + size) for start, size in one]
    taken = [(start, start + size) for start, size in other]

    left = subtract(kept, taken)

    minutes = {m for s, e in kept for m in range(s, e)}
    assert {m for s, e in left for m in range(s, e)} == minutes - {
        m for s, e in taken for m in range(s, e)
    }
    assert merge(left) == left


def test_one_bad_day_costs_one_hour_for_the_meal_and_one_for_the_rests():
    # Eleven hours without a break: two meals and three rests are missed.
    week = [Block(480, 660, "return")]

    found = labor.missed_meals(week) + labor.missed_rests(week)

    assert [v.clause_id for v in found] == ["ca-meal-1", "ca-meal-2", "ca-rest"]
    assert labor.premium_hours(found) == 2


def test_premium_is_owed_day_by_day_and_person_by_person():
    week = [Block(480, 400, "return"), Block(1440 + 480, 400, "return")]

    found = labor.missed_meals(week, clinician_id="C1")
    found += labor.missed_meals(week, clinician_id="C2")

    assert labor.premium_hours(found) == 4


def test_a_contracts_own_breach_costs_no_premium():
    week = [Block(480, 300, "return"), Block(600, 30, "meal")]

    found = encroachments(week, make_clause("M", "meal"))

    assert len(found) == 1
    assert labor.premium_hours(found) == 0


@pytest.mark.parametrize(
    ("terms", "minutes"),
    [
        ({"hours_per_week": 5}, 150),  # half of five hours
        ({"percent": 20, "base": "full_week_40"}, 240),  # a fifth of twenty hours
        ({"percent": 20, "base": "net_of_meetings_37_5"}, 225),  # of 1200 less 75
        ({"percent": 20, "base": "scheduled"}, 240),
        ({"minutes_per_visit": 10, "base": "per_visit"}, 150),
        ({"hours_per_week": 5, "full_time_only": True}, 0),
    ],
)
def test_half_a_post_owes_what_its_base_says(terms, minutes):
    clause = make_clause("P", "protected_hours", **terms)

    owed = required_minutes(clause, fte=0.5, paid=1200, meetings=75, visits=15)

    assert owed == minutes


@given(st.data())
def test_a_booking_that_is_allowed_breaks_nothing_new(data):
    agreement = casebook_contract("socal-2025-settlement")
    template = even_template(week_ledger(agreement))
    openings = [b for b in template.blocks if b.activity in visit_activities()]
    other = [b for b in template.blocks if b.activity not in visit_activities()]
    taken = data.draw(st.lists(st.sampled_from(openings), unique=True, max_size=20))
    wanted = data.draw(st.sampled_from(openings))
    shift = data.draw(st.sampled_from([0, 0, 0, 5, 30]))
    calendar = Calendar()
    day = date.fromordinal(MONDAY.toordinal() + wanted.day)
    visit = Visit(
        wanted.activity,
        calendar.at(day, wanted.minute_of_day + shift),
        wanted.minutes,
    )
    therapist = Clinician("C1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "LA1",
                          0.5, None, MONDAY, "therapist", 1, True)  # fmt: skip
    week = BookedWeek(
        therapist, MONDAY, tuple(openings), tuple(other), tuple(taken), caseload=10
    )

    verdict = may_book(
        visit,
        Need("Kern", "adult", "en", "therapy"),
        week,
        agreement,
        calendar,
        now=calendar.at(date(2025, 5, 1), 540),
    )

    assert verdict.allowed == (shift == 0 and wanted not in taken)
    assert block_of(visit, week, calendar).start == wanted.start + shift


def test_a_visit_of_another_week_is_refused_as_an_error():
    therapist = Clinician("C1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "LA1",
                          0.5, None, MONDAY, "therapist", 1, True)  # fmt: skip
    week = BookedWeek(therapist, MONDAY, ())
    visit = Visit("return", Calendar().at(date(2025, 5, 12), 540), 50)

    with pytest.raises(ValueError, match="not in the week"):
        block_of(visit, week, Calendar())


def test_a_week_begins_on_monday():
    therapist = Clinician("C1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "LA1",
                          0.5, None, MONDAY, "therapist", 1, True)  # fmt: skip

    with pytest.raises(ValueError, match="not a Monday"):
        BookedWeek(therapist, date(2025, 5, 6), ())


def minutes_under(week, activities):
    return {m for b in week if b.activity in activities for m in range(b.start, b.end)}


@pytest.mark.parametrize(("age", "allowed"), [("child", False), ("adult", True)])
def test_a_booking_is_as_long_as_agreed_for_the_age_of_the_patient(age, allowed):
    agreement = contract(
        make_clause("ALL", "visit_length", visit_type="intake", minutes=60),
        make_clause(
            "CHILD", "visit_length", visit_type="intake", ages=("child",), minutes=90
        ),
    )
    therapist = Clinician("C1", "LCSW", ("en",), ("child", "adult"), ("therapy",),
                          1.0, "S1", 0.0, None, date(2020, 1, 1), "therapist", 1,
                          False)  # fmt: skip
    opening = Block(9 * 60, 90, "intake")
    week = BookedWeek(therapist, MONDAY, (opening,), (), (), None, frozenset())
    calendar = Calendar()
    start = calendar.at(MONDAY, 9 * 60)

    verdict = may_book(
        Visit("intake", start, 60),
        Need("Los Angeles", age, "en", "therapy"),
        week,
        agreement,
        calendar,
        now=calendar.at(date(2025, 5, 1), 9 * 60),
    )

    assert verdict.allowed is allowed
