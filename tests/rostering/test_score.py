"""Points read from blocks alone agree with what the engine counted."""

import pytest

from caretime.rostering import RosterPolicy
from caretime.rostering._asked import Asked
from caretime.rostering.score import score_week
from rostering import hard_cases
from rostering.hard_sites import build
from rostering.random_sites import random_site
from rostering.tiny import roster, week

SITES = {**hard_cases.clause_cases(), **hard_cases.stated_cases()}
NOBODY = Asked({}, {})


def counts(text, **more):
    return score_week(week("C-1", text), NOBODY, RosterPolicy(), **more)


@pytest.mark.parametrize(
    "name",
    [
        "rests of 15 minutes",
        "rests of 15 minutes beside notes",
        "ten groups",
        "a group beside meetings and protected time",
        "off around the day",
        "off at odd minutes",
        "two clinics in a day",
        "cover by the hour all day",
        "groups nobody agreed on",
    ],
)
def test_the_engine_counts_what_the_score_reads(name):
    made = build(*SITES[name], budget=4)

    assert sum(site.points for site in made.sites) == made.result.objective
    assert sum(p.points for p in made.result.preferences) == made.result.objective


@pytest.mark.parametrize(
    ("text", "runs", "stretches"),
    [
        ("Mon 08:00-12:00 return x4", 1, 0),
        ("Mon 08:00-11:00 return x3; Mon 11:00-11:30 meal; "
         "Mon 11:30-12:20 return", 0, 0),
        ("Mon 08:00-11:00 return x3; Mon 11:30-12:20 return", 0, 0),
        ("Mon 08:00-11:00 return x3; Mon 11:00-12:00 crisis_cover; "
         "Mon 12:00-13:00 return", 0, 0),
        ("Mon 08:00-11:00 return x3; Mon 11:00-11:10 notes; Mon 11:10-11:20 paid_rest; "
         "Mon 11:20-11:30 buffer; Mon 11:30-12:20 return", 1, 0),
        ("Mon 08:00-11:00 return x3; Mon 11:00-11:15 paid_rest; "
         "Mon 11:15-11:30 paid_rest; Mon 11:30-12:20 return", 0, 1),
        ("Mon 08:00-11:00 return x3; Mon 11:00-11:10 buffer; Mon 11:10-11:30 notes; "
         "Mon 11:30-12:20 return", 0, 1),
        ("Mon 08:00-09:00 admin; Mon 09:00-10:00 meeting; Mon 10:00-11:00 group; "
         "Mon 11:00-12:00 admin", 0, 2),
        ("Mon 08:00-09:00 admin; Mon 09:00-09:30 meal; Mon 09:30-10:00 admin", 0, 2),
    ],
)  # fmt: skip
def test_runs_and_stretches_are_told_by_what_stands_between(text, runs, stretches):
    found = counts(text)

    assert found["long_runs"].got == runs
    assert found["desk_stretches"].got == stretches


def test_a_visit_now_worked_off_the_quarter_hour_is_not_kept():
    town, terms = SITES["a day off"]
    now = roster(week("C-1", "Mon 09:05-09:55 return; Tue 10:00-10:50 return"))

    made = build(town, terms, week_now=now)

    assert sum(site.points for site in made.sites) == made.result.objective
    assert made.sites[0].bound >= made.result.objective


@pytest.mark.parametrize("seed", [3043, 3064])
def test_what_a_group_takes_is_still_asked_for(seed):
    made = build(*random_site(seed), budget=4, seed=seed)

    assert sum(site.points for site in made.sites) == made.result.objective
