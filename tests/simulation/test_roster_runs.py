"""Simulated years of built weeks in place of the even spread."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import polars as pl
import pytest

from caretime.errors import InputError, PlanError
from caretime.formats import roster_hash
from caretime.model.log import EventKind
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rostering import build_roster
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from caretime.simulation import event_log, make_system, simulate, simulate_many
from caretime.simulation._weeks import STAGGERS

CONTRACTS = ("socal-2021-in-force", "socal-2024-09-union", "socal-2025-settlement")
EVENING = 17 * 4 - 24  # tick of 17:00
HELD = (EventKind.ATTENDED, EventKind.NO_SHOW)


@cache
def clinic():
    return make_system("clinic-of-eight", seed=1)


def in_force():
    return clinic().contracts["socal-2021-in-force"]


def built(templates, contract_id="socal-2021-in-force") -> Roster:
    """Make a roster of templates by clinician; places do not matter here."""
    return Roster(
        contract_id,
        tuple(
            RosterWeek(who, template, ("",) * len(template.blocks))
            for who, template in templates.items()
        ),
    )


def even_weeks(system, contract) -> dict[str, Template]:
    leaders = {group.leader_id for group in system.groups}
    return {
        one.clinician_id: even_template(
            week_ledger(
                contract,
                license_code=one.license,
                fte=one.fte,
                on=max(system.first_day, contract.effective),
                ages=one.ages,
                leads_groups=one.leads_groups and one.clinician_id in leaders,
            ),
            stagger=row % STAGGERS,
        )
        for row, one in enumerate(system.clinicians)
    }


def moved(template: Template, minutes: int) -> Template:
    """Let every day begin later."""
    return Template(
        tuple(replace(block, start=block.start + minutes) for block in template.blocks)
    )


def late_weeks() -> dict[str, Template]:
    """Let half of the clinic work late: the last visits end after 20:00."""
    even = even_weeks(clinic(), in_force())
    return {
        who: moved(week, 180 if row % 2 else 0)
        for row, (who, week) in enumerate(even.items())
    }


def log_of(roster: Roster | None, **options) -> pl.DataFrame:
    return event_log(clinic(), in_force(), weeks=12, roster=roster, **options)


def visits(log: pl.DataFrame) -> pl.DataFrame:
    return log.filter(pl.col("kind").is_in(HELD))


# The same weeks, the same year


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_roster_of_the_even_weeks_gives_the_same_log_to_the_bit(name):
    system = clinic()
    contract = system.contracts[name]
    roster = built(even_weeks(system, contract), name)

    log = event_log(system, contract, weeks=26, roster=roster)

    assert log.equals(event_log(system, contract, weeks=26))


def test_a_region_of_even_weeks_gives_the_same_log_to_the_bit():
    system = make_system("southern-california", scale=0.02, seed=3)
    contract = system.contracts["socal-2024-10-employer"]
    roster = built(even_weeks(system, contract), contract.contract_id)

    log = event_log(system, contract, weeks=8, roster=roster)

    assert log.equals(event_log(system, contract, weeks=8))


@pytest.mark.parametrize("seed", range(4))
def test_both_engines_write_the_same_log_of_built_weeks(seed):
    roster = built(late_weeks())

    kernel = log_of(roster, seed=seed)
    plain = log_of(roster, seed=seed, engine="plain")

    assert len(kernel) > 1000
    assert kernel.equals(plain)


def test_both_engines_agree_when_a_roster_begins_and_ends_within_the_run():
    first = clinic().first_day
    roster = replace(
        built(late_weeks()),
        first_day=first + timedelta(days=21),
        last_day=first + timedelta(days=55),
    )

    assert log_of(roster).equals(log_of(roster, engine="plain"))


def test_both_engines_agree_on_the_weeks_that_the_builder_makes():
    roster = build_roster(clinic(), in_force(), seed=1).roster

    log = log_of(roster)

    assert len(roster.weeks) == 8
    assert log.equals(log_of(roster, engine="plain"))
    assert not log.equals(log_of(None))


# What a built week changes


def test_visits_are_held_only_at_the_openings_of_the_built_weeks():
    weeks = late_weeks()
    row = {c.clinician_id: k for k, c in enumerate(clinic().clinicians)}
    open_at = {
        (row[who], block.day, (block.minute_of_day - 360) // 15)
        for who, week in weeks.items()
        for block in week.blocks
        if block.activity in ("return", "intake", "urgent")
    }

    held = visits(log_of(built(weeks))).filter(pl.col("visit_type") != 2)

    seen = set(held.select("clinician", pl.col("day") % 5, "tick").unique().iter_rows())
    assert len(seen) > 100
    assert seen <= open_at


def test_openings_in_the_evening_bring_visits_there_and_shift_the_waits():
    even, late = log_of(None), log_of(built(late_weeks()))
    offers = pl.col("kind") == EventKind.OFFER

    evening = [
        visits(log).filter(pl.col("tick") >= EVENING).height for log in (even, late)
    ]
    waits = [log.filter(offers)["value"].to_list() for log in (even, late)]

    assert evening[0] < evening[1] / 3
    assert waits[0] != waits[1]


def test_half_the_intake_openings_lengthen_the_wait_for_a_first_visit():
    # One of two intakes becomes patient management of the same length.
    weeks = {}
    for who, week in even_weeks(clinic(), in_force()).items():
        turn, blocks = 0, []
        for block in week.blocks:
            turn += block.activity == "intake"
            drop = block.activity == "intake" and turn % 2
            quiet = replace(block, activity="patient_management")
            blocks.append(quiet if drop else block)
        weeks[who] = Template(tuple(blocks))
    runs = {"weeks": 26, "replications": 3}

    even = simulate(clinic(), in_force(), **runs)
    fewer = simulate(clinic(), in_force(), roster=built(weeks), **runs)

    def waited(result):
        waits = result.tally.weekly_waits[:, :, 0].sum(axis=(0, 1, 2))
        return (waits * range(len(waits))).sum() / waits.sum()

    assert waited(fewer) > waited(even) + 3


def test_who_has_no_week_in_the_roster_keeps_the_even_week():
    weeks = late_weeks()
    alone = built({"C-00002": weeks["C-00002"]})
    evening = visits(log_of(alone)).filter(pl.col("tick") >= EVENING + 8)

    assert evening["clinician"].unique().to_list() == [1]


def test_before_the_first_monday_of_a_roster_the_even_weeks_stand():
    first = clinic().first_day
    roster = replace(built(late_weeks()), first_day=first + timedelta(days=30))

    late = visits(log_of(roster)).filter(pl.col("tick") >= EVENING + 8)

    # Day 30 is a Wednesday of week 4; the roster holds from Monday of week 5.
    assert late["day"].min() >= 25
    assert late.height > 10


def test_a_part_timer_works_on_the_days_of_the_roster():
    weeks = even_weeks(clinic(), in_force())
    part = weeks["C-00004"]  # four days a week
    free = ({0, 1, 2, 3, 4} - {block.day for block in part.blocks}).pop()
    gone = (free + 1) % 5
    swapped = Template(
        tuple(
            replace(b, start=b.start + 1440 * (free - gone)) if b.day == gone else b
            for b in part.blocks
        )
    )
    first = clinic().first_day
    roster = replace(built({"C-00004": swapped}), first_day=first + timedelta(days=21))

    held = visits(log_of(roster)).filter(pl.col("clinician") == 3)
    on_free = held.filter(pl.col("day") % 5 == free)["day"]
    on_gone = held.filter(pl.col("day") % 5 == gone)["day"]

    assert len(on_free) > 10
    assert on_free.min() >= 15
    assert on_gone.max() < 15


def test_a_group_meets_when_its_leaders_week_says():
    [group] = clinic().groups[:1]
    week = even_weeks(clinic(), in_force())[group.leader_id]
    start = 1440 * group.weekday + 18 * 60
    session = Block(start, group.minutes, "group")
    clear = [
        b
        for b in week.blocks
        if b.activity != "group" and (b.end <= start or b.start >= session.end)
    ]
    roster = built({group.leader_id: Template((*clear, session))})
    number = [c.clinician_id for c in clinic().clinicians].index(group.leader_id)

    log = log_of(roster)

    held = visits(log).filter(
        (pl.col("visit_type") == 2) & (pl.col("clinician") == number)
    )
    assert held.height > 10
    assert set(held["tick"]) == {(18 * 60 - 360) // 15}


# What is refused


def problems(templates) -> list[str]:
    with pytest.raises(InputError) as caught:
        log_of(built(templates))
    return [str(problem) for problem in caught.value.problems]


def test_a_visit_off_the_quarter_hour_is_refused_not_rounded():
    week = Template((Block(545, 60, "return"), Block(630, 60, "return")))

    assert problems({"C-00001": week}) == [
        "roster start: C-00001 Mon 09:05 return: visits are simulated from quarter "
        "hours on"
    ]


def test_a_week_of_an_unknown_clinician_is_refused():
    week = Template((Block(540, 60, "return"),))

    assert problems({"C-77777": week}) == [
        "roster clinician_id: C-77777 is no clinician of the system"
    ]


def test_everything_that_cannot_be_run_is_told_at_once():
    saturday = Template((Block(5 * 1440 + 540, 60, "return"),))
    night = Template((Block(300, 60, "admin"), Block(1320, 60, "return")))
    lengths = Template((Block(540, 60, "return"), Block(600, 45, "return")))
    odd = Template((Block(540, 60, "juggling"), Block(600, 30, "notes")))
    unpaid = Template((Block(720, 30, "meal"),))

    told = problems(
        {
            "C-00001": saturday,
            "C-00002": night,
            "C-00003": lengths,
            "C-00004": odd,
            "C-00005": unpaid,
        }
    )

    assert told == [
        "roster activity: C-00004 Mon 09:00 juggling: no activity of "
        "tables/activities.csv",
        "roster clinician_id: C-00005 has a week without paid time (leave the "
        "clinician out to let the even week stand)",
        "roster end: C-00003 has return visits of 45 and 60 minutes, expected one "
        "length",
        "roster start: C-00002 Mon 05:00 admin: outside the simulated day, 06:00 to "
        "22:00",
        "roster start: C-00002 Mon 22:00 return: outside the simulated day, 06:00 to "
        "22:00",
        "roster weekday: C-00001 Sat 09:00 return: work on a weekend, simulated are "
        "Monday to Friday",
    ]


def test_a_roster_of_another_contract_is_refused():
    roster = built(late_weeks(), "socal-2025-settlement")

    with pytest.raises(PlanError, match="'socal-2025-settlement', which is not run"):
        simulate(clinic(), in_force(), weeks=1, replications=1, roster=roster)


def test_a_roster_without_a_contract_is_for_the_contract_that_is_run():
    named, nameless = built(late_weeks()), built(late_weeks(), "")

    assert log_of(nameless).equals(log_of(named))


def test_two_rosters_of_one_contract_are_refused():
    rosters = [built(late_weeks()), built({})]

    with pytest.raises(PlanError, match="two rosters"):
        simulate_many(clinic(), [in_force()], weeks=1, replications=1, rosters=rosters)


def test_a_roster_that_has_ended_before_the_run_is_refused():
    roster = replace(built(late_weeks()), last_day=clinic().first_day)

    log_of(roster)  # one week of it
    with pytest.raises(PlanError, match="holds in no week"):
        log_of(replace(roster, last_day=clinic().first_day - timedelta(days=1)))


# What the result says


def test_each_contract_runs_on_its_own_roster_and_says_which():
    contracts = [clinic().contracts[name] for name in CONTRACTS]
    rosters = [
        built(even_weeks(clinic(), contract), contract.contract_id)
        for contract in contracts[1:]
    ]

    results = simulate_many(
        clinic(), contracts, weeks=2, replications=1, rosters=rosters
    )

    assert [result.roster_hash for result in results] == [
        "",
        *(roster_hash(roster) for roster in rosters),
    ]
