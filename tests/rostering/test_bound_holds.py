"""The bound: no roster found in any way is worth more."""

import pytest

from caretime.rostering import RosterPolicy
from caretime.rostering.score import score_roster
from rostering import hard_sites
from rostering.hard_sites import build

SITES = hard_sites.stated_cases()

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
