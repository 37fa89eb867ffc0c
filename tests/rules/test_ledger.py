from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.errors import PlanError
from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.model.terms import Contract
from caretime.rules.clause_kinds import make_clause
from caretime.rules.counting import count, counting_claims, counting_rules, judge_claims
from caretime.rules.ledger import ALWAYS_OPEN_DAYS, week_ledger
from caretime.tables import rows

LICENSES = tuple(row["license"] for row in rows("licenses"))

PMT = make_clause("PMT", "protected_hours", hours_per_week=5)
MEETINGS = make_clause(
    "MEETINGS", "activity_hours", activity="meeting", hours_per_week=2.5
)
TRAINING = make_clause(
    "TRAINING", "activity_hours", activity="training", hours_per_week=0.5
)


def contract(*clauses, effective=date(2025, 1, 1), until=None):
    return Contract("made", "Made", effective, "assumption", "made", clauses, until)


def minutes_and_ids(ledger, activity):
    return [(x.minutes, x.clause_ids) for x in ledger.lines if x.activity == activity]


def test_thirty_patients_and_ten_hours_are_the_forty_of_11_october_2022():
    ledger = week_ledger(casebook_contract("norcal-2022-10-11-employer"))

    # 30 patients, one an hour         30.0 h
    # 20 % of (40 - 2.5) h              7.5 h
    # meetings                          2.5 h
    #                                  40.0 h
    assert ledger.openings.total == 30
    assert ledger.openings.urgent == 2
    assert ledger.minutes_of("patient_management") == 450
    assert ledger.minutes_of("meeting") == 150
    # With the patient: 5 intakes of 60, 23 returns and 2 urgent of 50 minutes.
    assert ledger.minutes_of("intake", "return", "urgent") == 5 * 60 + 25 * 50
    # Beside the 25 fifty-minute visits: 250 minutes, 100 of them paid rests.
    assert ledger.minutes_of("buffer") == 150
    assert ledger.minutes_of("paid_rest") == 2 * 5 * 10
    assert ledger.unassigned_minutes == 0


@pytest.mark.parametrize(
    ("name", "visits"),
    [
        # 40 h - protected - 2.5 h meetings - 0.5 h training, one visit an hour
        ("socal-2021-in-force", 33),
        ("socal-2024-10-employer", 31),
        ("socal-2024-09-union", 30),
        ("socal-2025-settlement", 32),
    ],
)
def test_each_protected_hour_is_one_visit_fewer(name, visits):
    assert week_ledger(casebook_contract(name)).openings.total == visits


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"percent": 20, "base": "full_week_40"}, 480),
        ({"percent": 20, "base": "net_of_meetings_37_5"}, 450),
        ({"percent": 20, "base": "scheduled"}, 432),
        ({"hours_per_week": 7}, 420),
    ],
)
def test_a_percent_is_of_its_own_base(terms, expected):
    week = make_clause("WORK", "work_week", hours=36)
    meetings = MEETINGS
    # 36 paid hours less 2.5 of meetings are 33.5; the base of 37.5 needs 40.
    if terms.get("base") == "net_of_meetings_37_5":
        week = make_clause("WORK", "work_week", hours=40)
    clause = make_clause("P", "protected_hours", **terms)

    ledger = week_ledger(contract(week, meetings, clause))

    protected = sum(line.minutes for line in ledger.lines if line.protected)
    assert protected == expected


def test_minutes_for_each_visit_grow_with_the_visits():
    clause = make_clause("P", "protected_hours", minutes_per_visit=15, base="per_visit")

    ledger = week_ledger(contract(clause))

    # 2400 minutes = 32 x (60 + 15)
    assert ledger.openings.return_ == 32
    assert ledger.minutes_of("patient_management") == 32 * 15


def test_hours_are_prorated_by_fte_and_halves_round_up():
    mix = make_clause("MIX", "intake_mix", intakes_per_week=5)
    cap = make_clause("CAP", "caseload_cap", patients=121)

    ledger = week_ledger(contract(PMT, MEETINGS, mix, cap), fte=0.5)

    assert ledger.paid_minutes == 1200
    assert ledger.days == 3
    assert minutes_and_ids(ledger, "meeting") == [(75, ("MEETINGS",))]
    assert (150, ("PMT",)) in minutes_and_ids(ledger, "patient_management")
    assert ledger.openings.intake == 3
    assert ledger.caseload_cap == 61


def test_flat_hours_are_the_same_for_part_time():
    flat = make_clause(
        "S", "activity_hours", activity="supervision", hours_per_week=2, base="flat"
    )

    assert week_ledger(contract(flat), fte=0.5).minutes_of("supervision") == 120


def test_protected_hours_for_full_time_only_pass_part_time_by():
    clause = make_clause("P", "protected_hours", hours_per_week=5, full_time_only=True)

    half, full = (week_ledger(contract(clause), fte=fte) for fte in (0.5, 1.0))

    assert not any(line.protected for line in half.lines)
    assert any(line.protected for line in full.lines)


def test_training_that_a_clause_counts_is_not_given_twice():
    counts = ("patient_management", "notes", "training")
    clause = make_clause("P", "protected_hours", hours_per_week=5, counts=counts)

    ledger = week_ledger(contract(clause, TRAINING))

    assert minutes_and_ids(ledger, "training") == [(30, ("TRAINING", "P"))]
    assert minutes_and_ids(ledger, "patient_management")[0] == (270, ("P",))


def test_a_minute_counts_for_one_clause_only():
    counts = ("training", "patient_management")
    one = make_clause("A", "protected_hours", hours_per_week=0.5, counts=counts)
    two = make_clause("B", "protected_hours", hours_per_week=1, counts=counts)

    ledger = week_ledger(contract(one, two, TRAINING))

    assert minutes_and_ids(ledger, "training") == [(30, ("TRAINING", "A"))]
    assert (60, ("B",)) in minutes_and_ids(ledger, "patient_management")


def test_two_of_six_hours_are_bookable_when_access_is_missed():
    ledger = week_ledger(casebook_contract("socal-2024-10-employer"))

    assert ledger.bookable_minutes == 120
    assert ledger.bookable_trigger == "access_missed"
    protected = [(x.minutes, x.bookable) for x in ledger.lines if x.protected]
    assert protected == [(240, False), (120, True)]


def test_four_hours_fall_to_two_where_productivity_is_missed():
    ledger = week_ledger(casebook_contract("socal-2021-in-force"))

    assert ledger.bookable_minutes == 120
    assert ledger.bookable_trigger == "productivity_missed"


def test_minutes_that_a_cap_leaves_are_unassigned_and_name_the_cap():
    cap = make_clause("CAP", "visit_cap_daily", patients=5)

    ledger = week_ledger(contract(PMT, cap))

    # 25 visits of 60 minutes on the book; 2400 - 300 - 1500 are left
    assert ledger.openings.return_ == 25
    assert minutes_and_ids(ledger, "patient_management") == [
        (300, ("PMT",)),
        (600, ("CAP",)),
    ]
    assert ledger.unassigned_minutes == 600


def test_a_group_counts_for_its_credit_under_a_cap():
    cap = make_clause("CAP", "visit_cap_weekly", patients=20, group_credit=3)
    groups = make_clause("G", "groups", sessions_per_week=2)

    ledger = week_ledger(contract(cap, groups))

    # 20 patients less 2 x 3 for the groups
    assert ledger.openings.return_ == 14


def test_groups_of_leaders_are_for_leaders():
    groups = make_clause(
        "G",
        "groups",
        sessions_per_week=1,
        minutes=90,
        preparation_minutes=30,
        leaders_only=True,
    )

    others, leader = (
        week_ledger(contract(PMT, groups), leads_groups=leads)
        for leads in (False, True)
    )

    assert others.openings.group == 0
    assert leader.openings.group == 1
    # Preparing a group counts toward the five protected hours.
    assert minutes_and_ids(leader, "group_preparation") == [(30, ("G", "PMT"))]
    assert minutes_and_ids(leader, "patient_management")[0] == (270, ("PMT",))


def test_one_intake_goes_with_four_returns():
    mix = make_clause("MIX", "intake_mix", returns_per_intake=4)

    openings = week_ledger(contract(mix)).openings

    assert (openings.intake, openings.return_) == (8, 32)


def test_room_too_small_for_an_intake_goes_to_a_return():
    mix = make_clause("MIX", "intake_mix", returns_per_intake=4)
    longer = make_clause("L", "visit_length", visit_type="intake", minutes=90)

    openings = week_ledger(contract(mix, longer)).openings

    # 7 x 90 + 29 x 60 = 2370: an eighth intake came with the 32nd return
    assert (openings.intake, openings.return_) == (7, 29)


def test_intakes_without_a_carve_out_are_open_to_returns_at_once():
    mix = make_clause("MIX", "intake_mix", intakes_per_week=4, carve_out=False)

    ledger = week_ledger(contract(mix))

    assert ledger.openings.intake == 4
    assert ledger.intake_release_days == ALWAYS_OPEN_DAYS


def test_openings_hold_the_longest_visit_of_the_ages_served():
    child = make_clause(
        "C", "visit_length", visit_type="intake", ages=("child",), minutes=90
    )

    adult, both = (
        week_ledger(contract(child), ages=ages).intake_minutes
        for ages in (("adult",), ("adult", "child"))
    )

    assert (adult, both) == (60, 90)


@pytest.mark.parametrize(("license_code", "minutes"), [("LMFT", 50), ("PMHNP", 30)])
def test_prescribers_see_returns_for_thirty_minutes(license_code, minutes):
    ledger = week_ledger(contract(PMT), license_code=license_code)

    assert ledger.return_minutes == minutes


def test_what_lacks_to_the_quarter_hour_is_buffer():
    length = make_clause("L", "visit_length", visit_type="return", minutes=40)

    ledger = week_ledger(contract(length))

    # 40 + 5 minutes to the next quarter hour; 2400 / 45 = 53 visits and 15 minutes
    assert ledger.openings.return_ == 53
    assert ledger.minutes_of("buffer") == 53 * 5
    assert ledger.unassigned_minutes == 15


def test_rests_take_time_of_their_own_where_no_buffer_holds_them():
    rest = make_clause("R", "rest")
    length = make_clause("L", "visit_length", visit_type="return", minutes=60)

    ledger = week_ledger(contract(rest, length))

    # 2400 - 100 = 38 x 60 + 20
    assert ledger.openings.return_ == 38
    assert ledger.unassigned_minutes == 20


def test_the_meal_is_shown_and_not_paid():
    ledger = week_ledger(contract(make_clause("M", "meal")))

    assert ledger.minutes_of("meal") == 150
    paid = sum(x.minutes for x in ledger.lines if x.activity != "meal")
    assert paid == ledger.paid_minutes == 2400


def test_a_phase_in_changes_the_hours_on_its_date():
    steps = ((date(2025, 7, 1), 6.0), (date(2026, 7, 1), 7.0))
    phase = make_clause("PHASE", "phase_in", clause="PMT", steps=steps)

    hours = [
        week_ledger(contract(PMT, phase), on=on).minutes_of("patient_management")
        for on in (None, date(2025, 6, 30), date(2025, 7, 1), date(2027, 1, 1))
    ]

    assert hours == [300, 300, 360, 420]


def test_a_proposal_is_read_as_it_would_begin_on_earlier_days():
    late = contract(PMT, effective=date(2025, 5, 8))

    ledger = week_ledger(late, on=date(2024, 10, 21))

    assert ledger.on == date(2025, 5, 8)
    assert ledger.minutes_of("patient_management") == 300


def test_a_contract_that_has_ended_is_refused():
    ended = contract(PMT, until=date(2025, 9, 30))

    with pytest.raises(PlanError, match="ended on 2025-09-30"):
        week_ledger(ended, on=date(2025, 10, 1))


def test_a_week_that_is_overfull_before_any_visit_is_refused():
    clause = make_clause("P", "protected_hours", hours_per_week=39)

    with pytest.raises(PlanError, match="take 2490 minutes, 2400 are paid"):
        week_ledger(contract(clause, MEETINGS))


def test_intakes_give_way_first_and_the_ledger_says_so():
    clause = make_clause("P", "protected_hours", hours_per_week=37)
    mix = make_clause("MIX", "intake_mix", intakes_per_week=5)
    urgent = make_clause("U", "urgent_reserve", slots_per_week=2)

    ledger = week_ledger(contract(clause, mix, urgent))

    assert (ledger.openings.intake, ledger.openings.urgent) == (1, 2)
    assert ledger.shortfalls == ("intake: 5 asked, 1 fit the week",)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"license_code": "LCWS"}, "LCWS"), ({"fte": 0}, "fte"), ({"fte": 1.2}, "fte")],
)
def test_a_wrong_argument_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        week_ledger(contract(PMT), **change)


@given(
    name=st.sampled_from(casebook_ids()),
    license_code=st.sampled_from(LICENSES),
    fte=st.integers(50, 100).map(lambda percent: percent / 100),
    ages=st.sampled_from([("adult",), ("child", "teen"), ("child", "older")]),
    leads_groups=st.booleans(),
)
def test_paid_lines_add_up_to_the_paid_minutes(
    name, license_code, fte, ages, leads_groups
):
    ledger = week_ledger(
        casebook_contract(name),
        license_code=license_code,
        fte=fte,
        ages=ages,
        leads_groups=leads_groups,
    )

    paid = sum(x.minutes for x in ledger.lines if x.activity != "meal")
    assert paid == ledger.paid_minutes == round(2400 * fte)
    assert all(line.minutes > 0 for line in ledger.lines)
    # Less than one return is left, with what comes along with it: minutes of a
    # formula, or the intake of a ratio.
    along = 15 if name == "socal-2024-09-16-union" else 0
    if name.startswith("norcal"):
        along = ledger.visits["intake"].slot
    capped = any(not line.assigned and line.clause_ids for line in ledger.lines)
    assert capped or ledger.unassigned_minutes < ledger.visits["return"].slot + along


@pytest.mark.parametrize(
    "name", sorted({claim.contract for claim in counting_claims()})
)
def test_each_public_number_of_hours_fits_its_own_contract_under_some_rule(name):
    own = [claim for claim in counting_claims() if claim.contract == name]

    verdicts = judge_claims(casebook_contract(name), claims=own)

    for claim in own:
        assert any(v.holds for v in verdicts if v.claim == claim), claim.text


def test_seven_hours_and_nineteen_hours_need_different_rules():
    verdicts = judge_claims(casebook_contract("socal-2024-09-union"))

    true = {
        name: {v.rule.rule for v in verdicts if v.claim.claim == name and v.holds}
        for name in ("seven_hours", "nineteen_hours")
    }
    assert "pmt" in true["seven_hours"]
    assert true["nineteen_hours"]
    assert not true["seven_hours"] & true["nineteen_hours"]


def test_a_rule_counts_only_its_activities():
    ledger = week_ledger(casebook_contract("norcal-2022-10-11-employer"))
    rules = {rule.rule: rule for rule in counting_rules()}

    net = count(ledger, rules["ipc_net"])
    everyone = count(ledger, rules["no_patient_present"])

    assert (net.hours, net.percent) == (7.5, 20.0)
    # 450 + 150 + 150 turnover + 100 rest of 2400 minutes
    assert everyone.minutes == 850


def test_a_claim_becomes_true_from_the_hours_that_are_said():
    settled = casebook_contract("socal-2025-settlement")
    rule = next(r for r in counting_rules() if r.rule == "no_patient_present")
    claim = next(c for c in counting_claims() if c.claim == "nineteen_hours")

    verdict = next(v for v in judge_claims(settled, claims=[claim]) if v.rule == rule)

    def counted(hours):
        clauses = tuple(
            replace(c, terms={**c.terms, "hours_per_week": hours})
            if c.kind == "protected_hours"
            else c
            for c in settled.clauses
        )
        return count(week_ledger(replace(settled, clauses=clauses)), rule).hours

    assert not verdict.holds
    assert counted(verdict.true_from) >= 19
    assert counted(verdict.true_from - 0.25) < 19


def test_every_activity_of_a_counting_rule_is_in_the_taxonomy():
    known = {row["activity"] for row in rows("activities")}

    for rule in counting_rules():
        assert set(rule.activities) <= known
