"""Planned anew: what was accepted stands, what was declined is gone, the rest rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caretime.continuity.plan import plan_incident
from caretime.continuity.plan_diff import diff_lines, diff_plans
from caretime.continuity.replan import replan
from caretime.continuity.verify import verify_plan
from caretime.errors import InputError, PlanError
from caretime.formats import read_plan, write_plan
from caretime.model.care import Absence
from caretime.model.incident import Incident
from caretime.model.matching import Match
from caretime.model.request import Extension
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
CONTRACT = CLINIC.contracts[CLINIC.contract_in_force]
FIRST = CLINIC.first_day
NOON = CLINIC.calendar.at(FIRST, 12 * 60)
WEEK = timedelta(days=7)
FOUR = tuple(CLINIC.clinicians[k].clinician_id for k in (0, 1, 3, 6))
LED = tuple(c.clinician_id for c in CLINIC.clinicians if c.supervisor_id == FOUR[0])
"""Associates of one of them, who are sidelined with their supervisor."""

INCIDENT = Incident(
    "four",
    FIRST,
    FIRST - timedelta(days=11),
    clinician_ids=FOUR,
    last_day=FIRST + 4 * WEEK - timedelta(days=1),
)
PLAN = plan_incident(CLINIC, INCIDENT)
PLACED = [m for m in PLAN.matching.matches if m.outcome == "placed"]
OUT = [m for m in PLAN.matching.matches if m.outcome == "left_out"]
IN_HOUSE = [m for m in PLACED if m.kind == "in_house"]


def said(answer: str, *who: Match, hours: int = 0) -> tuple[Answer, ...]:
    at = NOON + timedelta(hours=hours)
    return tuple(Answer(m.patient_id, answer, at) for m in who)


def again(plan: StrikePlan, **told: object) -> StrikePlan:
    return replan(CLINIC, CONTRACT, plan, Update(**told))[0]  # type: ignore[arg-type]


def substitutes(plan: StrikePlan) -> dict[str, str]:
    return {m.patient_id: m.substitute_id for m in plan.matching.matches}


def faults(plan: StrikePlan) -> list[str]:
    return [f.text for f in verify_plan(plan, CLINIC, CONTRACT).faults]


def value_of(plan: StrikePlan, name: str) -> int:
    return next(level.value for level in plan.matching.levels if level.name == name)


def test_without_anything_new_the_plan_is_the_same():
    found, diff = replan(CLINIC, CONTRACT, PLAN, Update())

    assert found.matching == PLAN.matching
    assert (found.bookings, found.untimed) == (PLAN.bookings, PLAN.untimed)
    assert diff.is_empty
    assert diff.unchanged == len(PLAN.series)
    assert diff.visits_kept == len(PLAN.bookings)


def test_who_was_moved_once_is_not_counted_as_moved_again():
    """A plan that took an offer back is followed by one with nothing new."""
    tried = (again(PLAN, answers=said("declined", m)) for m in PLACED)
    moved = next(plan for plan in tried if value_of(plan, "moved_after_offer"))

    found = again(moved)

    assert substitutes(found) == substitutes(moved)
    assert value_of(found, "moved_after_offer") == 0
    assert faults(found) == []


def test_acceptances_change_nothing_but_that_they_are_decided():
    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(said("accepted", *PLACED[:9])))

    assert diff.is_empty
    assert found.bookings == PLAN.bookings
    assert {m.patient_id for m in found.matching.matches if m.pinned} == {
        m.patient_id for m in PLACED[:9]
    }
    assert faults(found) == []


def test_who_declined_gets_somebody_else_or_nobody():
    declines = PLACED[:5]

    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(said("declined", *declines)))

    now = substitutes(found)
    assert all(now[m.patient_id] != m.substitute_id for m in declines)
    assert {c.patient_id for c in diff.changes if c.reason == "declined"} == {
        m.patient_id for m in declines
    }
    assert faults(found) == []


def test_a_refusal_is_known_for_good():
    one = PLACED[0]
    once = again(PLAN, answers=said("declined", one))

    twice = again(once, openings={one.substitute_id: (9, 9, 9, 9)})

    assert substitutes(twice)[one.patient_id] != one.substitute_id
    assert twice.answers[0].substitute_id == one.substitute_id
    assert faults(twice) == []


def test_offers_are_kept_when_a_place_is_given_back():
    """One declined place goes to somebody left out; nobody else need move."""
    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(said("declined", PLACED[0])))

    moved = [c for c in diff.of_kind("moved") if c.reason == "rearranged"]
    assert moved == []
    assert (
        len([m for m in found.matching.matches if m.outcome == "placed"])
        >= len(PLACED) - 1
    )


def test_no_offer_is_taken_back_but_for_somebody_of_higher_risk():
    highest = [m for m in PLACED if tier(m) == 1]
    risk = {s.patient_id: s.risk_tier for s in PLAN.series}

    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(said("declined", *highest)))

    lost = [c for c in diff.changes if c.before and c.reason == "rearranged"]
    gained = {c.now for c in diff.changes if c.reason == "declined"}
    assert all(risk[c.patient_id] > 1 and c.before in gained for c in lost)
    assert faults(found) == []


def test_dates_of_unchanged_series_stay():
    declines = PLACED[:5]
    others = {m.patient_id for m in PLACED[5:]}

    found = again(PLAN, answers=said("declined", *declines))

    still = {
        m.patient_id
        for m in found.matching.matches
        if m.patient_id in others and m in PLACED
    }
    assert len(still) > len(others) // 2
    assert [b for b in found.bookings if b.patient_id in still] == [
        b for b in PLAN.bookings if b.patient_id in still
    ]


def test_who_chose_to_wait_waits_and_is_called():
    note = Extension("longer_wait", "LCSW", NOON - WEEK, "Waiting does no harm.")
    safe, other = PLACED[0].patient_id, PLACED[1].patient_id
    answers = (Answer(safe, "waits", NOON, note), Answer(other, "waits", NOON))

    found = again(PLAN, answers=answers)

    outcomes = {m.patient_id: m.outcome for m in found.matching.matches}
    must = {c.patient_id: c.clinician_must_record for c in found.contacts}
    assert (outcomes[safe], outcomes[other]) == ("waits", "waits")
    assert must[other]
    assert faults(found) == []


def test_who_stops_waiting_is_matched_again():
    waits = again(PLAN, answers=said("waits", PLACED[0]))

    found = again(waits, answers=said("declined", PLACED[0], hours=1))

    outcome = {m.patient_id: m.outcome for m in found.matching.matches}
    assert outcome[PLACED[0].patient_id] != "waits"


def test_a_decision_by_hand_is_kept_also_in_later_plans():
    one = next(m for m in OUT if tier(m) == 3)
    other = PLACED[0]
    nobody = again(PLAN, pins={one.patient_id: "", other.patient_id: ""})

    later = again(nobody, answers=said("declined", PLACED[1]))

    for plan in (nobody, later):
        assert substitutes(plan)[other.patient_id] == ""
        assert faults(plan) == []
    assert nobody.matching.matches[0].patient_id == PLAN.series[0].patient_id


def tier(match: Match) -> int:
    return next(s.risk_tier for s in PLAN.series if s.patient_id == match.patient_id)


def test_somebody_may_be_sent_to_a_place_by_hand():
    one, other = alike()
    room = {other.substitute_id: (9, 9, 9, 9)}

    found, diff = replan(
        CLINIC,
        CONTRACT,
        PLAN,
        Update(pins={one.patient_id: other.substitute_id}, openings=room),
    )

    assert substitutes(found)[one.patient_id] == other.substitute_id
    reason = {c.patient_id: c.reason for c in diff.changes}
    assert reason[one.patient_id] == "decided"
    assert faults(found) == []


def alike() -> tuple[Match, Match]:
    """Return two patients of one sort whom others see."""
    people = {p.patient_id: p for p in CLINIC.patients}

    def sort(m: Match) -> tuple[object, ...]:
        p = people[m.patient_id]
        return p.asks, p.telehealth_consent, p.zip

    return next(
        (one, other)
        for one in PLACED
        for other in PLACED
        if sort(one)[:2] == sort(other)[:2]
        and one.substitute_id != other.substitute_id
        and is_return(one)
    )


def test_a_decision_asks_for_openings_that_are_there():
    one, other = alike()
    none = {other.substitute_id: (0, 0, 0, 0)}

    with pytest.raises(InputError, match="has no openings left"):
        again(PLAN, pins={one.patient_id: other.substitute_id}, openings=none)


def test_every_decision_that_cannot_be_is_told_at_once():
    one, two, three = PLACED[:3]
    accepted, declined = said("accepted", one), said("declined", two)

    with pytest.raises(InputError) as refused:
        again(
            PLAN,
            answers=(*accepted, *declined),
            pins={
                one.patient_id: "",
                two.patient_id: two.substitute_id,
                three.patient_id: FOUR[0],
            },
        )

    told = {p.field: p.message for p in refused.value.problems}
    assert told[one.patient_id].startswith(f"accepted {one.substitute_id}")
    assert told[two.patient_id] == f"declined {two.substitute_id}"
    assert told[three.patient_id].startswith(f"{FOUR[0]} is")


def test_patients_of_who_is_back_go_home_from_that_day():
    back = FOUR[0]

    found, diff = replan(
        CLINIC, CONTRACT, PLAN, Update(returned={back: FIRST + 2 * WEEK})
    )

    theirs = [s for s in found.series if s.clinician_id in (back, *LED)]
    assert all(week < 2 for s in theirs for week in s.weeks)
    before = {s.patient_id for s in PLAN.series if s.clinician_id in (back, *LED)}
    assert {c.patient_id for c in diff.of_kind("gone")} == before - {
        s.patient_id for s in theirs
    }
    assert back in {s.substitute_id for s in found.substitutes}
    assert faults(found) == []


def test_who_is_back_may_take_over_the_patients_of_others():
    others = plan_incident(CLINIC, replace(INCIDENT, clinician_ids=FOUR[1:]))

    found = again(PLAN, returned={FOUR[0]: FIRST})

    assert found.series == others.series
    assert found.substitutes == others.substitutes


def test_who_is_newly_away_brings_patients_and_gives_up_those_taken_over():
    who = Counter(m.substitute_id for m in IN_HOUSE).most_common(1)[0][0]
    gone = Absence(who, FIRST, None)

    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(absent=(gone,)))

    now = substitutes(found)
    theirs = {m.patient_id for m in IN_HOUSE if m.substitute_id == who}
    assert all(now[patient] != who for patient in theirs)
    assert {
        c.reason for c in diff.changes if c.patient_id in theirs and c.kind != "waits"
    } == {"substitute_away"}
    assert any(s.clinician_id == who for s in found.series)
    assert faults(found) == []


def test_an_acceptance_lapses_where_the_substitute_is_away():
    who = IN_HOUSE[0].substitute_id
    accepted = again(PLAN, answers=said("accepted", IN_HOUSE[0]))

    found, diff = replan(
        CLINIC, CONTRACT, accepted, Update(absent=(Absence(who, FIRST, None),))
    )

    assert diff.lapsed == (IN_HOUSE[0].patient_id,)
    assert found.answers == ()
    assert "had accepted an offer that cannot be kept" in diff_lines(diff)[-1]
    assert faults(found) == []


def test_fewer_openings_take_the_lowest_risk_first():
    """Two accepted one substitute in the same week; then one opening is left."""
    first, second = same_week()
    accepted = again(PLAN, answers=said("accepted", first, second))
    (week,) = first.weeks
    one = tuple(int(w == week) for w in range(4))

    found, diff = replan(
        CLINIC, CONTRACT, accepted, Update(openings={first.substitute_id: one})
    )

    assert diff.lapsed == (second.patient_id,)
    assert substitutes(found)[first.patient_id] == first.substitute_id
    assert faults(found) == []


def same_week() -> tuple[Match, Match]:
    """Return two returns in one week of one substitute, the higher risk first."""
    ones = sorted(
        (m for m in IN_HOUSE if is_return(m) and len(m.weeks) == 1),
        key=lambda m: (tier(m), m.patient_id),
    )
    return next(
        (one, other)
        for k, one in enumerate(ones)
        for other in ones[k + 1 :]
        if (one.substitute_id, one.weeks) == (other.substitute_id, other.weeks)
    )


def is_return(match: Match) -> bool:
    kinds = {s.patient_id: s.visit_type for s in PLAN.series}
    return kinds[match.patient_id] == "return"


def test_new_openings_are_filled():
    who = CLINIC.network[0].therapist_id
    more = {t.therapist_id: (30, 0, 0, 0) for t in CLINIC.network}

    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(openings=more))

    assert any(c.now in more for c in diff.of_kind("placed"))
    stated = {s.substitute_id: s.openings for s in found.substitutes}
    assert stated[who] == (30, 0, 0, 0)
    assert faults(found) == []


def test_openings_of_somebody_away_are_refused():
    with pytest.raises(PlanError, match=f"openings are told of {FOUR[0]}"):
        again(PLAN, openings={FOUR[0]: (1, 1, 1, 1)})


def test_openings_told_before_somebody_left_hold_no_longer():
    who = IN_HOUSE[0].substitute_id
    more = again(PLAN, openings={who: (20, 20, 20, 20)})

    found = again(more, absent=(Absence(who, FIRST + WEEK, None),))

    stated = {s.substitute_id: s.openings for s in found.substitutes}
    assert stated[who][1:] == (0, 0, 0)
    assert found.known.openings == {}


def test_a_plan_of_another_system_or_contract_is_refused():
    with pytest.raises(PlanError, match="another care system"):
        replan(replace(CLINIC, inputs_hash="abc"), CONTRACT, PLAN, Update())
    other = replace(CONTRACT, contract_id="other")
    with pytest.raises(PlanError, match="another contract"):
        replan(CLINIC, other, PLAN, Update())


def test_it_makes_no_difference_whether_the_plan_was_written_between(tmp_path):
    declines, more = said("declined", *PLACED[:3]), said("accepted", *PLACED[3:6])
    once = again(PLAN, answers=declines)
    write_plan(once, tmp_path / "plan")

    assert read_plan(tmp_path / "plan", CLINIC) == once
    read = read_plan(tmp_path / "plan", CLINIC)
    assert again(read, answers=more) == again(once, answers=more)


def test_the_diff_of_two_plans_counts_everybody_once():
    found, diff = replan(CLINIC, CONTRACT, PLAN, Update(said("declined", *PLACED[:9])))

    assert len(diff.changes) + diff.unchanged == len(PLAN.series)
    assert diff_plans(PLAN, found, lapsed=diff.lapsed) == diff
    assert sum(len(diff.of_kind(k)) for k in ("moved", "left_out", "placed")) == len(
        diff.changes
    )


answers = st.lists(
    st.tuples(
        st.sampled_from(PLACED), st.sampled_from(("accepted", "declined", "waits"))
    ),
    max_size=12,
    unique_by=lambda told: told[0].patient_id,
)


@settings(max_examples=10)
@given(told=answers, back=st.sampled_from((None, *FOUR)), week=st.integers(0, 3))
def test_whatever_is_told_the_plan_holds_and_a_second_look_changes_nothing(
    told: Sequence[tuple[Match, str]], back: str | None, week: int
):
    returned = {} if back is None else {back: FIRST + week * WEEK}
    known = tuple(Answer(m.patient_id, what, NOON) for m, what in told)

    found = again(PLAN, answers=known, returned=returned)

    assert faults(found) == []
    same, diff = replan(CLINIC, CONTRACT, found, Update())
    assert diff.is_empty
    assert same.matching.matches == found.matching.matches
    assert same.bookings == found.bookings
