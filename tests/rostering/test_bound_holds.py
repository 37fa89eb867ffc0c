"""The bound: no roster found in any way is worth more."""

import pytest

from caretime.model.site import Cover
from caretime.rostering import RosterPolicy
from caretime.rostering.score import score_roster
from rostering import hard_cases
from rostering.hard_sites import BREAKS, build, case, faults, group, meets, shift, team
from rostering.tiny import SITE, clause, clinician, roster, week

SITES = hard_cases.stated_cases()

ONCE_WRONG = {
    "all at home by statement": "rooms were counted for visits stated to be elsewhere",
    "at home and asked for cover": "a shift nobody can hold took points off the bound",
    "no room": "visits beyond the rooms have points too",
    "one room for three": "visits beyond the rooms have points too",
    "a group in the only room": "notes after a group need no room",
    "cover nobody may hold": "a shift nobody can hold took points off the bound",
    "cover on a quarter past": "no day of the bound began at a quarter past eight",
    "cover all day": "a shift nobody can hold took points off the bound",
}


@pytest.mark.parametrize("name", ONCE_WRONG)
def test_no_site_has_more_points_than_its_bound(name):
    made = build(*SITES[name], budget=6)

    assert [site.points > site.bound for site in made.sites] == [False]
    assert made.result.objective <= made.result.bound


@pytest.mark.parametrize("name", ["shut in the day", "groups at one time"])
def test_a_site_without_any_week_has_no_points_and_no_bound(name):
    made = build(*SITES[name])

    assert (made.result.objective, made.result.bound) == (0, 0)
    assert made.result.roster.weeks == ()
    assert len(made.result.clashes) == 1


@pytest.mark.parametrize(
    "name", ["nine to five", "cover one inside another", "two meetings"]
)
def test_one_sweep_gives_a_bound_that_more_sweeps_only_lower(name):
    little = build(*SITES[name], budget=1)
    much = build(*SITES[name], budget=40)

    best = max(little.result.objective, much.result.objective)
    assert little.sites[0].bound >= much.sites[0].bound >= best


@pytest.mark.parametrize(
    "name", ["a third at home", "two clinics in a day", "an associate", "two meetings"]
)
def test_weeks_of_other_seeds_stay_below_the_bound(name):
    town, terms = SITES[name]
    bound = build(town, terms).sites[0].bound

    others = [build(town, terms, seed=seed, budget=3).result for seed in (2, 3)]

    assert max(other.objective for other in others) <= bound


@pytest.mark.parametrize("longest", [1, 5])
def test_weeks_of_another_policy_stay_below_the_bound_when_scored_anew(longest):
    town, terms = SITES["a third at home"]
    bound = build(town, terms).sites[0].bound

    other = build(town, terms, policy=RosterPolicy(longest_run=longest)).result

    wanted = dict.fromkeys(("C-1", "C-2", "C-3"), 40)
    scored = score_roster(other.roster, town, openings_wanted=wanted)
    assert sum(preference.points for preference in scored) <= bound


def _kept(text):
    """Return a week now worked whose visits are worth keeping where they are."""
    return {"week_now": roster(week("C-1", text))}


def test_short_weeks_may_take_more_days_than_the_contract_has():
    town, terms = case(clinician("C-1", fte=0.05))
    now = _kept("Mon 09:00-09:50 return; Thu 14:00-14:50 return")

    made = build(town, terms, **now)

    assert made.sites[0].bound >= made.result.objective
    assert faults(town, terms, **now) == []


def test_who_holds_cover_while_the_team_meets_is_no_breach_of_the_bound():
    town, terms = case(
        *team(2), cover=(shift(1, 12, 13),), team_meetings=(meets(60, 1, 12),)
    )

    assert faults(town, terms) == []


@pytest.mark.parametrize("minutes", [15, 30])
def test_a_meeting_shorter_than_a_protected_block_stands_alone(minutes):
    block = clause("P", "protected_hours", hours_per_week=6, minimum_block_minutes=120)
    town, terms = case(
        *team(1), terms=(block, *BREAKS), team_meetings=(meets(minutes),)
    )

    assert faults(town, terms) == []


@pytest.mark.parametrize("long", [1.5, 2.5, 3])
@pytest.mark.parametrize("size", [2, 3])
def test_shifts_that_begin_together_are_priced_apart(long, size):
    days = range(4)
    town, terms = case(
        *team(size),
        cover=(
            *(shift(d, 9, 9 + long) for d in days),
            *(shift(d, 9, 10) for d in days),
        ),
    )

    assert faults(town, terms) == []


@pytest.mark.parametrize(("minutes", "count"), [(45, 8), (30, 10), (120, 5), (75, 6)])
def test_many_shifts_of_one_person_cost_what_they_cost_together(minutes, count):
    times = [(d, h) for h in (9, 14) for d in range(5)][:count]
    town, terms = case(
        *team(1),
        cover=tuple(Cover(SITE, d, h * 60, h * 60 + minutes, (), 1) for d, h in times),
    )

    assert faults(town, terms) == []


def test_shifts_of_different_lengths_cost_what_they_cost_together():
    times = [(d, m) for d in range(5) for m in (15, 45)]
    town, terms = case(
        *team(1),
        cover=tuple(
            Cover(SITE, d, 60 * (8 + m // 7), 60 * (8 + m // 7) + m, (), 1)
            for d, m in times
        ),
    )

    assert faults(town, terms) == []


@pytest.mark.parametrize(
    "tables",
    [
        {"groups": (group("C-1", 0, 16),), "team_meetings": (meets(30, 2, 12),)},
        {"team_meetings": (meets(30, 2, 12),)},
    ],
)
def test_the_first_weeks_need_not_hold_all_desk_time_at_once(tables):
    training = clause("T", "activity_hours", activity="training", hours_per_week=0.5)
    notes = clause("N", "notes_per_visit", visit_type="all", minutes=15)
    town, terms = case(
        clinician("C-1", fte=0.33, license="PSYCHOLOGIST"),
        terms=(training, notes),
        **tables,
    )

    made = build(town, terms, budget=2)

    assert made.sites[0].bound >= made.result.objective > 0
