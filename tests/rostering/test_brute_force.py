"""The builder beside every legal week there is, on weeks small enough to list."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from caretime.model.care import Appointment
from caretime.model.week import Roster
from caretime.rostering import RosterPolicy, build_roster
from caretime.rules.roster import check_roster
from formats.small import patient
from rostering.exhaustive import best_roster, fits_rooms, person, points_of
from rostering.tiny import (
    clause,
    clinic,
    clinician,
    contract,
    only_on,
    roster,
    system,
    week,
)

POLICY = RosterPolicy(day_slack=30, start_step=60, gap=0.0)
NEAR = 0.99
"""Prices cannot say that the first early day is free, so a week may miss points of
the last rank; openings it never missed."""

NEAR_IN_ONE_ROOM = 0.98
"""Two people who get in each other's way lose an asked time or two."""


def frame(hours=10.0, start=480, latest=720):
    return clause("FRAME", "work_week", hours=hours, days=4, start=start, latest=latest)


PMT = clause("PMT", "protected_hours", hours_per_week=1.0)
LONG_PMT = clause(
    "PMT", "protected_hours", hours_per_week=2.0, minimum_block_minutes=45
)
MEETING = clause("M", "activity_hours", activity="meeting", hours_per_week=1.0)
NOTES = clause("NOTES", "notes_per_visit", minutes=10)
BUFFER = clause("BUFFER", "buffer", minutes=10)
CAP = clause("CAP", "visit_cap_daily", patients=2)
INTAKES = clause("MIX", "intake_mix", intakes_per_week=2.0)
URGENT = clause("URGENT", "urgent_reserve", slots_per_week=2)
SHORT = clause("SHORT", "visit_length", visit_type="return", minutes=30)
BANDS = frame(start=720, latest=1140)


@dataclass(frozen=True)
class Tiny:
    """A contract's clauses, and what differs from a half-time LCSW on two days."""

    clauses: tuple
    policy: RosterPolicy = POLICY
    who: dict = field(default_factory=dict)
    tables: dict = field(default_factory=dict)
    now: Roster | None = None

    def system(self):
        one = clinician("C-1", fte=0.5, **self.who)
        terms = contract(*self.clauses)
        away = only_on("C-1", (0, 1))
        return system(one, terms=terms, unavailable=away, **self.tables), terms


def standing(*starts):
    """Return weekly patients of C-1, each with a return booked at a time."""
    people, booked = [], []
    for number, (day, hour) in enumerate(starts):
        start = datetime(2025, 6, day, hour, tzinfo=system().calendar.zone)
        people.append(patient(f"P-{number}", "C-1"))
        booked.append(
            Appointment(
                f"A-{number}",
                f"P-{number}",
                "C-1",
                "return",
                start,
                50,
                "in_person",
                "booked",
                None,
                None,
            )
        )
    return {"patients": tuple(people), "appointments": tuple(booked)}


WORKED = roster(week("C-1", "Mon 09:15-10:05 return; Tue 10:15-11:05 return"))

TINY = {
    "visits only": Tiny((frame(),)),
    "a meeting and protected time": Tiny((frame(), PMT, MEETING)),
    "notes beside visits": Tiny((frame(), NOTES)),
    "notes and buffers": Tiny((frame(), NOTES, BUFFER)),
    "a daily cap": Tiny((frame(), CAP)),
    "intakes": Tiny((frame(hours=8.0), INTAKES)),
    "urgent openings": Tiny((frame(hours=8.0), URGENT, PMT)),
    "long protected blocks": Tiny((frame(), LONG_PMT)),
    "a break after each visit": Tiny((frame(), PMT), replace(POLICY, longest_run=1)),
    "short visits": Tiny((frame(hours=6.0), SHORT, PMT), replace(POLICY, day_slack=15)),
    "evenings": Tiny((BANDS, PMT), replace(POLICY, late_after=1020, start_step=120)),
    "children after school": Tiny(
        (BANDS, PMT), replace(POLICY, start_step=120), {"ages": ("child",)}
    ),
    "a site that closes early": Tiny(
        (BANDS, PMT),
        replace(POLICY, start_step=120),
        tables={"site": clinic(opens=720, closes=1020)},
    ),
    "standing times": Tiny(
        (frame(), PMT), tables=standing((2, 9), (2, 10), (3, 11), (10, 11))
    ),
    "the week now worked": Tiny((frame(), PMT), now=WORKED),
    "the week now worked above all": Tiny(
        (frame(), PMT),
        replace(POLICY, points={**POLICY.points, "kept_blocks": 500}),
        now=WORKED,
    ),
}

tiny_weeks = pytest.mark.parametrize("tiny", TINY.values(), ids=TINY.keys())


@tiny_weeks
def test_no_legal_week_is_above_the_bound_and_the_built_one_is_near_the_best(tiny):
    people, terms = tiny.system()
    best, _ = best_roster(people, terms, tiny.policy, tiny.now)

    built = build_roster(people, terms, policy=tiny.policy, week_now=tiny.now)

    assert check_roster(built.roster, people, terms) == ()
    assert NEAR * best <= built.objective <= best <= built.bound
    assert built.objective // 1000 == best // 1000


@tiny_weeks
def test_the_objective_is_what_its_own_definition_counts(tiny):
    people, terms = tiny.system()
    (one,) = people.clinicians
    who = person(people, terms, one, tiny.policy, tiny.now)

    built = build_roster(people, terms, policy=tiny.policy, week_now=tiny.now)

    assert [points_of(w, who) for w in built.roster.weeks] == [built.objective]


def pair(rooms, hours):
    people = [clinician(f"C-{n}", fte=0.5) for n in (1, 2)]
    terms = contract(frame(hours=hours))
    away = only_on("C-1", (0, 1)) + only_on("C-2", (0, 1))
    site = clinic(rooms=rooms)
    return system(*people, terms=terms, site=site, unavailable=away), terms


@pytest.mark.parametrize("rooms", [1, 2])
def test_two_people_share_the_rooms_as_well_as_any_two_weeks_can(rooms):
    people, terms = pair(rooms, hours=8.0)
    policy = replace(POLICY, day_slack=15)
    best, _ = best_roster(people, terms, policy)

    built = build_roster(people, terms, policy=policy)

    assert check_roster(built.roster, people, terms) == ()
    assert fits_rooms(built.roster.weeks, people.clinics[0])
    assert NEAR_IN_ONE_ROOM * best <= built.objective <= best <= built.bound


def test_a_room_that_is_nearly_full_costs_two_people_little():
    # Two people of ten hours each and one room for eight hours.
    people, terms = pair(1, hours=10.0)
    policy = replace(POLICY, day_slack=15)
    best, _ = best_roster(people, terms, policy)

    built = build_roster(people, terms, policy=policy)

    assert check_roster(built.roster, people, terms) == ()
    assert NEAR_IN_ONE_ROOM * best <= built.objective <= best <= built.bound


def test_where_no_week_is_legal_none_is_built():
    # Five hours of protected time do not fit into five hours with a meeting.
    terms = contract(
        frame(), MEETING, clause("PMT", "protected_hours", hours_per_week=10.0)
    )
    people = system(clinician("C-1", fte=0.5), terms=terms)

    built = build_roster(people, terms, policy=POLICY)

    assert built.status == "infeasible"
    assert built.roster.weeks == ()
    assert [clash.clinician_ids for clash in built.clashes] == [("C-1",)]
