"""What an incident leaves is worked off in order, and its end has a range."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
import pytest
from hand_made_plans import plan_for

from caretime.continuity._recover_end import Waits, days_of, limit_of, modes_of
from caretime.continuity.recover import closed, recover, returns_of, shares_of
from caretime.errors import PlanError
from caretime.model.incident import Incident, Series
from caretime.model.log import BINS, CLOCKS, COUNTERS, Tally
from caretime.model.strike import Recovery, StrikePlan
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.model.way_back import EXTRA_SOURCES, RecoveryPolicy
from caretime.rules.clause_kinds import make_clause
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
TERMS = CLINIC.contracts[CLINIC.contract_in_force]
AWAY = tuple(c.clinician_id for c in CLINIC.clinicians[:5])
MONDAY = CLINIC.first_day + timedelta(days=28)


def nobody(number: int, series: Series) -> tuple[str, str]:
    return ("left_out", "")


PLAN = plan_for(CLINIC, AWAY, choose=nobody)


def recovered(
    plan: StrikePlan = PLAN,
    system: CareSystem = CLINIC,
    contract: Contract = TERMS,
    **options: Any,
) -> Recovery:
    return recover(plan, system, contract, **{"weeks": 8, "replications": 2, **options})


def with_clause(kind: str, **terms: Any) -> Contract:
    """Return the terms with protected hours, or another clause, of our own."""
    kept = [c for c in TERMS.clauses if c.kind != kind]
    return replace(TERMS, clauses=(*kept, make_clause("OURS", kind, **terms)))


def extra(recovery: Recovery, source: str) -> tuple[int, tuple[str, ...], str]:
    one = next(e for e in recovery.extras if e.source == source)
    return one.per_week, one.clause_ids, one.text


def test_everybody_who_has_nobody_is_owed_one_visit_and_gets_a_day():
    recovery = recovered()

    assert {p.patient_id for p in recovery.people} == {
        s.patient_id for s in PLAN.series
    }
    assert all(p.day is not None and p.day >= MONDAY for p in recovery.people)


def test_who_has_a_substitute_is_owed_nothing():
    plan = plan_for(CLINIC, AWAY)

    recovery = recovered(plan)

    alone = {m.patient_id for m in plan.matching.matches if m.outcome != "placed"}
    assert {p.patient_id for p in recovery.people} == alone


def test_the_weeks_add_up_to_nothing_owed():
    recovery = recovered()

    weeks = recovery.weeks
    assert weeks[0].owed == len(PLAN.series)
    assert weeks[0].monday == MONDAY
    for one, following in pairwise(weeks):
        assert following.monday == one.monday + timedelta(days=7)
        assert following.owed == one.owed - one.caught_up
    assert weeks[-1].owed == weeks[-1].caught_up


def test_the_highest_risk_of_a_clinician_is_caught_up_first():
    recovery = recovered(extra=RecoveryPolicy(release_unused=False))

    tier = {s.patient_id: s.risk_tier for s in PLAN.series}
    for who in AWAY:
        rows = [
            p
            for p in recovery.people
            if p.clinician_id == who and p.visit_type == "return"
        ]
        assert [tier[p.patient_id] for p in rows] == sorted(
            tier[p.patient_id] for p in rows
        )
        days = [p.day for p in rows]
        assert days == sorted(days, key=lambda day: day or date.max)


def test_intakes_take_intake_openings_and_none_that_are_released():
    recovery = recovered()

    intakes = [p for p in recovery.people if p.visit_type == "intake"]
    assert intakes
    assert not any(p.extra for p in intakes)


def test_protected_time_is_booked_only_where_a_clause_lets_it_be():
    closed_terms = with_clause("protected_hours", hours_per_week=4)
    open_terms = with_clause(
        "protected_hours",
        hours_per_week=4,
        bookable_hours=4,
        bookable_trigger="access_missed",
    )
    quiet = RecoveryPolicy(release_unused=False)

    never = recovered(contract=closed_terms, extra=quiet)
    missed = recovered(contract=open_terms, extra=quiet)

    assert extra(never, "protected_time") == (
        0,
        ("OURS",),
        "no clause lets protected time be booked",
    )
    assert not any(p.extra for p in never.people)
    count, clause_ids, text = extra(missed, "protected_time")
    # Four hours are four visits of an hour with the buffer, part-time less.
    assert 0 < count <= 4 * len(AWAY)
    assert clause_ids == ("OURS",)
    assert text == "protected time may be booked under access_missed"
    assert any(p.extra for p in missed.people)


def test_a_trigger_that_an_incident_is_not_opens_nothing():
    terms = with_clause(
        "protected_hours",
        hours_per_week=4,
        bookable_trigger="productivity_missed",
        reduced_to_hours=2,
    )

    plain = recovered(contract=terms)
    stated = recovered(
        contract=terms, extra=RecoveryPolicy(triggers=("productivity_missed",))
    )

    assert extra(plain, "protected_time")[0] == 0
    assert "productivity_missed alone" in extra(plain, "protected_time")[2]
    assert extra(stated, "protected_time")[0] > 0


def test_caps_close_protected_time_that_a_trigger_opens():
    terms = with_clause(
        "protected_hours",
        hours_per_week=4,
        bookable_hours=4,
        bookable_trigger="access_missed",
    )
    capped = replace(
        terms,
        clauses=(*terms.clauses, make_clause("W", "visit_cap_weekly", patients=20)),
    )

    recovery = recovered(contract=capped)

    count, _, text = extra(recovery, "protected_time")
    assert count == 0
    assert text == "protected time may be booked, but the caps leave no room"


def test_no_clause_states_overtime_and_texts_that_were_not_read_are_told():
    terms = replace(
        TERMS,
        clauses=(
            *TERMS.clauses,
            make_clause("OT", "unmodeled", text="Volunteers may work overtime."),
        ),
    )

    recovery = recovered(contract=terms)

    count, clause_ids, text = extra(recovery, "overtime")
    assert (count, clause_ids) == (0, ("OT",))
    assert text.startswith("no clause states overtime")
    assert [e.source for e in recovery.extras] == list(EXTRA_SOURCES)


def test_released_openings_are_those_that_demand_leaves():
    calm = replace(CLINIC, demand=())
    busy = replace(
        CLINIC,
        demand=tuple(replace(d, referrals_per_week=1e3) for d in CLINIC.demand),
    )

    quiet, full = recovered(system=calm), recovered(system=busy)

    assert extra(quiet, "intakes_released")[0] > 0
    assert extra(quiet, "intakes_released")[1] == ("INTAKES",)
    assert extra(full, "intakes_released")[0] == 0
    assert "expected to be asked for" in extra(full, "intakes_released")[2]


def test_no_day_is_given_twice_beyond_what_is_open_and_let_go():
    terms = with_clause(
        "protected_hours",
        hours_per_week=4,
        bookable_hours=4,
        bookable_trigger="access_missed",
    )

    recovery = recovered(contract=terms)

    taken = Counter(
        (p.day - MONDAY).days // 7 for p in recovery.people if p.extra and p.day
    )
    for week, row in enumerate(recovery.weeks):
        assert taken[week] <= row.extra


def test_an_incident_that_keeps_nobody_away_is_over_at_once():
    calm = Incident("I-1", CLINIC.first_day, CLINIC.first_day, (0.0, 0.0, 0.0, 0.0))

    recovery = recovered(replace(PLAN, incident=calm))

    assert recovery.ends == (MONDAY, MONDAY, MONDAY)
    assert recovery.ended_share == 1.0
    for part in recovery.parts:
        assert set(part.excess) == {(0, 0, 0)}
        assert part.modes == ()


def test_both_kinds_of_wait_are_told_for_every_week_and_the_end_is_the_later_one():
    recovery = recovered(replications=3)

    assert [part.name for part in recovery.parts] == ["returns", "intakes"]
    assert all(len(part.excess) == 8 for part in recovery.parts)
    for part in recovery.parts:
        assert part.ended_share >= recovery.ended_share
        for low, middle, high in part.excess:
            assert low <= middle <= high


def test_equal_seeds_give_equal_recoveries_on_any_number_of_workers():
    assert recovered(workers=1) == recovered(workers=2)
    assert recovered(seed=1).parts != recovered(seed=2).parts


def test_progress_reaches_the_end_of_both_arms():
    told: list[tuple[int, int]] = []

    recovered(progress=lambda done, total, _: told.append((done, total)))

    assert told[-1] == (4, 4)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_plans_own_shares_stand_in_for_those_assumed():
    plan = plan_for(CLINIC, AWAY)
    returns = [
        (len(s.weeks), m.kind)
        for s, m in zip(plan.series, plan.matching.matches, strict=True)
        if s.visit_type == "return"
    ]
    total = sum(n for n, _ in returns)
    home = sum(n for n, kind in returns if kind == "in_house")
    out = sum(n for n, kind in returns if kind == "network")

    fed = recovered(plan).fed

    assert fed == shares_of(plan)
    assert fed["substitute_share"] == pytest.approx(home / total)
    assert fed["incident_network_share"] == pytest.approx(out / (total - home))


def test_a_plan_that_places_everybody_leaves_fewer_late_than_one_that_places_none():
    def in_house(number: int, series: Series) -> tuple[str, str]:
        return ("in_house", CLINIC.clinicians[-1].clinician_id)

    everybody = plan_for(CLINIC, AWAY, choose=in_house)

    assert shares_of(everybody) == {
        "substitute_share": 1.0,
        "incident_network_share": 0.0,
    }
    assert shares_of(PLAN) == {"substitute_share": 0.0, "incident_network_share": 0.0}
    assert recovered(everybody).weeks == ()


def test_an_open_end_is_taken_to_be_the_last_week_planned():
    incident = Incident(
        "I-1", CLINIC.first_day, CLINIC.first_day, (0.6, 0.5), open_ended=True
    )
    plan = replace(
        PLAN,
        incident=incident,
        absent=tuple(replace(a, last_day=None) for a in PLAN.absent),
    )

    assert set(returns_of(plan).values()) == {MONDAY}
    assert closed(plan).shares == (0.6, 0.5, 0.5, 0.5)
    assert not closed(plan).open_ended


@pytest.mark.parametrize("options", [{"weeks": 0}, {"replications": 0}])
def test_nothing_to_run_is_refused(options):
    with pytest.raises(PlanError, match="nothing to run"):
        recovered(**options)


def test_a_plan_in_which_nobody_is_away_is_refused():
    with pytest.raises(PlanError, match="nobody is away"):
        recovered(replace(PLAN, absent=()))


def tally_of(late: list[list[int]], offers: int = 100) -> Tally:
    """Return intake offers by replication and week, so many of them late."""
    counts = np.array(late)
    runs, weeks = counts.shape
    waits = np.zeros((runs, weeks, len(CLOCKS), 2, BINS), np.int64)
    waits[:, :, 0, 0, 11] = counts
    waits[:, :, 0, 0, 10] = offers - counts
    return Tally(
        weekly=np.zeros((runs, weeks, len(COUNTERS)), np.int64),
        waits=np.zeros((runs, len(CLOCKS), 1, 2, BINS), np.int64),
        weekly_waits=waits,
        staff=np.zeros((runs, weeks, 1), np.int64),
        slices=(("all", "all"),),
        licenses=("LCSW",),
    )


def waits_of(late: list[list[int]]) -> Waits:
    calm = tally_of([[5] * len(late[0])] * len(late))
    return Waits("intakes", CLINIC, tally_of(late), calm, 0)


def test_a_backlog_is_over_in_the_first_week_from_which_it_stays_inside():
    # Of 100 offers 5 are late without the incident: 7 are inside two percent.
    waits = waits_of([[60, 7, 40, 7, 6, 5], [60, 5, 5, 5, 5, 5], [9, 9, 9, 9, 9, 9]])

    ends = waits.ends(0.02)

    assert ends == [3.0, 1.0, inf]
    assert days_of(ends, MONDAY) == (
        MONDAY + timedelta(days=7),
        MONDAY + timedelta(days=21),
        None,
    )


def test_what_chance_moves_is_no_backlog():
    calm = tally_of([[5, 5], [25, 5], [15, 5]])
    with_ = tally_of([[40, 5], [30, 5], [20, 5]])

    waits = Waits("intakes", CLINIC, with_, calm, 0)

    # Spread of 10 points: 3 x 1.41 x 10 = 42 points are chance in the first week.
    assert waits.ends(0.02) == [0.0, 0.0, 0.0]


def test_two_groups_of_replications_are_told_as_two():
    trapped = [[60] * 6] * 4
    free = [[60, 30, 5, 5, 5, 5]] * 6

    part = waits_of([*trapped, *free]).part(0.02, MONDAY)

    assert part.ended_share == 0.6
    low, high = part.modes
    assert low == pytest.approx((0.6, 0.0, 0.0))
    assert high == pytest.approx((0.4, 0.55, 0.55))


def test_one_stray_replication_makes_no_group():
    assert modes_of(np.array([0.0] * 9 + [0.5]), 0.02) == ()


def test_limits_are_those_of_the_jurisdiction():
    assert limit_of(CLINIC, "intake") == 10
    short = tuple(replace(s, limit=14, unit="calendar_days") for s in CLINIC.standards)
    assert limit_of(replace(CLINIC, standards=short), "intake") == 10
    assert limit_of(replace(CLINIC, standards=()), "follow_up") == 10
