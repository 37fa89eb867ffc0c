from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from caretime.continuity._supply_groups import assign
from caretime.continuity.groups import GROUP_REASONS, cover_groups
from caretime.continuity.supply import substitutes_of
from caretime.model.care import Absence
from caretime.model.matching import MatchPolicy
from caretime.simulation import make_system
from continuity.tiny_desks import appointment, day, group, patient, seats
from rostering.tiny import MONDAY, clause, clinician, contract, system

FULL = contract(
    clause("RETURN", "visit_length", visit_type="return", minutes=50),
    clause("BUFFER", "buffer", minutes=10),
)
"""Weeks of returns from morning to evening, the meal in the middle."""

AWAY = (Absence("C-1", day(0), day(4, 1)),)


def covers(*others, groups, weeks=2, absences=AWAY, leave=(), policy=None, **tables):
    """Return the covers of groups led by C-1, who is away, with others at work."""
    care = system(
        clinician("C-1", leads_groups=True),
        *others,
        terms=FULL,
        groups=groups,
        absences=leave,
        **tables,
    )
    return cover_groups(
        care,
        FULL,
        absences,
        monday=MONDAY,
        weeks=weeks,
        policy=policy or MatchPolicy(),
    )


def leader(name="C-2", **changes):
    return clinician(name, leads_groups=True, **changes)


def test_the_sessions_are_those_that_the_leader_misses():
    (cover,) = covers(
        leader(),
        groups=(group("G-1", "C-1", weekday=1), group("G-2", "C-2", weekday=1)),
        weeks=4,
        holidays=(day(1, 1),),
    )

    # Away for two weeks, of which one Tuesday is a holiday; G-2 has its leader.
    assert (cover.group_id, cover.sessions) == ("G-1", (day(1),))


def test_sessions_on_leave_are_not_lost_to_the_incident():
    leave = (Absence("C-1", day(0), day(4)),)

    (cover,) = covers(leader(), groups=(group("G-1", "C-1"),), leave=leave)

    assert cover.sessions == (day(0, 1),)


def test_a_co_leader_at_work_runs_the_group():
    (cover,) = covers(
        leader(), leader("C-3"), groups=(group("G-1", "C-1", co_leader_id="C-3"),)
    )

    assert (cover.cover, cover.substitute_id) == ("co_leader", "C-3")


def test_a_co_leader_who_misses_a_session_leaves_the_group_to_another():
    (cover,) = covers(
        leader(),
        leader("C-3"),
        groups=(group("G-1", "C-1", co_leader_id="C-3"),),
        absences=(*AWAY, Absence("C-3", day(0, 1), day(0, 1))),
    )

    assert (cover.cover, cover.substitute_id) == ("substitute", "C-2")


def test_one_leader_takes_all_sessions():
    # C-2 could hold the first session, C-3 the second, neither both.
    (cover,) = covers(
        leader("C-2"),
        leader("C-3"),
        groups=(group("G-1", "C-1"),),
        absences=(
            *AWAY,
            Absence("C-2", day(0, 1), day(0, 1)),
            Absence("C-3", day(0), day(0)),
        ),
    )

    assert (cover.cover, cover.reason) == ("none", "leader_not_free")


def test_only_leaders_who_may_treat_the_members_are_asked():
    child_only = leader("C-2", ages=("child",))
    no_leader = clinician("C-3")
    away_supervisor = leader("C-4", license="ASW", supervisor_id="C-1")

    (cover,) = covers(
        child_only, no_leader, away_supervisor, groups=(group("G-1", "C-1"),)
    )

    assert (cover.cover, cover.reason) == ("none", "no_leader")


def test_an_associate_leads_members_of_the_highest_tier_only_where_the_policy_says():
    people = (
        leader("C-2", license="ASW", supervisor_id="C-3"),
        clinician("C-3"),
    )
    told = {
        "groups": (group("G-1", "C-1"),),
        "group_members": seats("G-1", "P-1"),
        "patients": (patient("P-1", risk_tier=1),),
    }

    (kept,) = covers(*people, **told)
    (given_,) = covers(*people, policy=MatchPolicy(associates_see_tier_1=True), **told)

    assert kept.reason == "no_leader"
    assert given_.substitute_id == "C-2"


def test_who_has_a_visit_or_a_group_at_the_time_is_not_free():
    with_visit = covers(
        leader(),
        groups=(group("G-1", "C-1"),),
        appointments=(appointment("P-9", "C-2", day(0, 1), 11 * 60),),
    )
    with_group = covers(
        leader(), groups=(group("G-1", "C-1"), group("G-2", "C-2", start=660))
    )

    assert with_visit[0].reason == with_group[0].reason == "leader_not_free"


def test_a_session_never_takes_a_meal():
    (cover,) = covers(leader(), groups=(group("G-1", "C-1", start=12 * 60 - 30),))

    assert cover.reason == "leader_not_free"


def test_openings_kept_for_own_patients_are_not_given_to_a_group():
    due = tuple(patient(f"P-{k}", "C-2", interval_weeks=1) for k in range(60))

    (cover,) = covers(leader(), groups=(group("G-1", "C-1"),), patients=due)

    assert cover.reason == "leader_not_free"


def test_two_groups_at_one_time_need_two_leaders():
    groups = (group("G-1", "C-1"), group("G-2", "C-1"))

    alone = covers(leader(), groups=groups)
    both = covers(leader(), leader("C-3"), groups=groups)

    assert [c.cover for c in alone] == ["substitute", "none"]
    assert alone[1].reason == "leaders_taken"
    assert {c.substitute_id for c in both} == {"C-2", "C-3"}


def test_one_leader_can_take_groups_of_different_days():
    groups = (group("G-1", "C-1"), group("G-2", "C-1", weekday=3))

    found = covers(leader(), groups=groups)

    assert [c.substitute_id for c in found] == ["C-2", "C-2"]


def test_members_of_the_highest_tier_come_before_a_larger_group():
    members = (*seats("G-1", "P-1", "P-2", "P-3"), *seats("G-2", "P-4"))
    people = (*(patient(f"P-{k}") for k in range(1, 4)), patient("P-4", risk_tier=1))

    small, large = covers(
        leader(),
        groups=(group("G-1", "C-1"), group("G-2", "C-1")),
        group_members=members,
        patients=people,
    )

    assert (small.cover, large.cover) == ("none", "substitute")
    assert large.patient_ids == ("P-4",)


def test_a_leader_of_another_clinic_leads_by_telehealth_or_not_at_all():
    far = {"clinic_id": "S-2"}

    (nobody,) = covers(leader(**far), groups=(group("G-1", "C-1"),))
    (by_video,) = covers(
        leader(**far, telehealth_share=0.5), groups=(group("G-1", "C-1"),)
    )
    (near,) = covers(
        leader(**far, telehealth_share=0.5),
        leader("C-3"),
        groups=(group("G-1", "C-1"),),
    )

    assert nobody.reason == "no_leader"
    assert by_video.substitute_id == "C-2"
    assert near.substitute_id == "C-3"


def test_whoever_runs_a_group_has_fewer_openings_in_the_weeks_of_its_sessions():
    care = system(
        clinician("C-1", leads_groups=True),
        leader(),
        terms=FULL,
        groups=(group("G-1", "C-1"),),
    )
    told = {"monday": MONDAY, "weeks": 3, "policy": MatchPolicy()}
    taken = cover_groups(care, FULL, AWAY, **told)

    (before,) = [
        s for s in substitutes_of(care, FULL, AWAY, **told) if s.substitute_id == "C-2"
    ]
    (after,) = [
        s
        for s in substitutes_of(care, FULL, AWAY, groups=taken, **told)
        if s.substitute_id == "C-2"
    ]

    lent = [b - a for b, a in zip(before.openings, after.openings, strict=True)]
    assert lent[0] == lent[1] >= 2
    assert lent[2] == 0


def test_a_synthetic_region_covers_groups_without_harm_to_own_patients():
    care = make_system("southern-california", scale=0.05, seed=1)
    terms = care.contracts[care.contract_in_force]
    away = tuple(
        Absence(c.clinician_id, care.first_day, None)
        for k, c in enumerate(care.clinicians)
        if k % 5 < 2
    )
    told = {"monday": care.first_day, "weeks": 2, "policy": MatchPolicy()}
    free = {
        s.substitute_id: s.openings for s in substitutes_of(care, terms, away, **told)
    }

    found = cover_groups(care, terms, away, **told)

    left = {
        s.substitute_id: s.openings
        for s in substitutes_of(care, terms, away, groups=found, **told)
    }
    run = [c for c in found if c.cover == "substitute"]
    assert run
    assert {c.reason for c in found if c.cover == "none"} <= set(GROUP_REASONS)
    for cover in run:
        who = cover.substitute_id
        assert sum(left[who]) < sum(free[who])
        assert min(left[who]) >= 0


@st.composite
def shortages(draw):
    """Draw few groups and few leaders, with days and rooms that clash."""
    groups, leaders = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    candidates = [
        draw(st.lists(st.integers(0, leaders - 1), unique=True)) for _ in range(groups)
    ]
    days = [draw(st.integers(0, 1)) for _ in range(groups)]
    room = [draw(st.integers(1, 2)) for _ in range(leaders)]
    weights = [draw(st.integers(1, 9)) for _ in range(groups)]
    return candidates, days, room, weights


@given(shortages())
def test_no_other_way_to_share_the_groups_covers_more(shortage):
    candidates, days, room, weights = shortage
    order = sorted(range(len(weights)), key=lambda g: -weights[g])

    chosen = assign(order, candidates, days, room)

    assert _is_sound(chosen, candidates, days, room)
    best = max(
        sum(w for w, leads in zip(weights, way, strict=True) if leads >= 0)
        for way in product(*[[-1, *mine] for mine in candidates])
        if _is_sound(way, candidates, days, room)
    )
    assert sum(w for w, k in zip(weights, chosen, strict=True) if k >= 0) == best


def _is_sound(chosen, candidates, days, room):
    led = [(k, days[g]) for g, k in enumerate(chosen) if k >= 0]
    return (
        all(k < 0 or k in candidates[g] for g, k in enumerate(chosen))
        and len(set(led)) == len(led)
        and all(sum(k == one for k, _ in led) <= room[one] for one in range(len(room)))
    )
