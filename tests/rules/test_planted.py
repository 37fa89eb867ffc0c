"""One violation of everything a week can break is planted, and it alone is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from clean_site import (
    VISIT,
    clean_system,
    edited,
    group,
    roster_with,
    terms,
    week_of,
)
from sites import MONDAY

from caretime.model.site import Cover, Unavailability, WorkPlace
from caretime.model.week import Roster
from caretime.rules.clause_kinds import clause_kinds
from caretime.rules.labor import meal_rules, rest_rule
from caretime.rules.roster import SITE_RULES, check_roster, source_of
from caretime.rules.roster_scene import roster_rules

NOT_OF_A_WEEK = {
    "caseload_cap": "counts patients in treatment, of whom a week says nothing",
    "wages": "pay",
    "raise": "pay",
    "differential": "pay",
    "bonus": "pay",
    "benefits": "pay",
    "hiring": "counts positions, not minutes",
    "phase_in": "changes a number of another clause, by which the week is judged",
    "unmodeled": "text only",
}
"""Clause kinds that no week can break, and why."""


@dataclass(frozen=True)
class Planted:
    """
    One violation: what makes it, and how it must be reported.

    ``edits`` change C5's week unless ``roster`` makes one.
    """

    kind: str
    clause_id: str
    where: str
    found: int
    allowed: int
    edits: tuple[tuple[str, str, str], ...] = ()
    who: str = "C5"
    roster: Callable[[], Roster] | None = None
    changes: dict[str, object] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.kind}-{self.clause_id}"


CLAUSES = (
    Planted("work_week", "WORK", "week", 2415, 2400,
            (("Thu", "60 training", "60 training, 15 admin"),)),
    Planted("activity_hours", "TRAINING", "week", 0, 60,
            (("Thu", "60 training", "60 admin"),)),
    Planted("notes_per_visit", "NOTES", "week", 230, 240,
            (("Thu", "10 notes", "10 admin"),)),
    Planted("buffer", "BUFFER", "Tue 09:45", 0, 5,
            (("Tue", "5 buffer, 45 return", "5 admin, 45 return"),)),
    Planted("visit_length", "RETURN", "Thu 07:00", 40, 45,
            (("Thu", "45 return", "40 return, 5 admin"),)),
    Planted("visit_cap_daily", "DAILY", "Fri", 6, 5,
            (("Fri", "60 patient_management", VISIT),
             ("Mon", VISIT, "60 patient_management"))),
    Planted("visit_cap_weekly", "WEEKLY", "week", 25, 24,
            (("Mon", "60 patient_management", VISIT),)),
    Planted("intake_mix", "INTAKES", "week", 1, 2,
            (("Fri", "60 intake", "60 return"),)),
    Planted("urgent_reserve", "URGENT", "week", 0, 1,
            (("Fri", "45 urgent", "45 return"),)),
    Planted("groups", "GROUPS", "week", 0, 30,
            (("Mon", "30 group_preparation", "30 admin"),)),
    Planted("meal", "MEAL", "Thu", 40, 45,
            (("Thu", "45 meal", "40 meal, 5 free"),)),
    Planted("rest", "REST", "Thu", 1, 2,
            (("Thu", "15 paid_rest", "10 paid_rest, 5 admin"),)),
    Planted("protected_hours", "PMT", "week", 375, 390,
            (("Fri", "75 patient_management",
              "25 patient_management, 25 admin, 25 patient_management"),)),
)  # fmt: skip

LAW = (
    Planted("meal", "ca-meal-1", "Thu 12:15", 315, 300,
            (("Thu", "45 meal, 60 training, 15 paid_rest",
              "60 training, 15 paid_rest, 45 meal"),)),
    Planted("meal", "ca-meal-2", "Thu", 0, 30,
            (("Thu", f"{VISIT}, {VISIT}, 45 patient_management",
              f"{VISIT}, {VISIT}, 90 patient_management, 15 paid_rest, 75 admin"),
             ("Fri", "60 patient_management", "60 free"),
             ("Fri", ", 75 patient_management", "")),
            without=("PMT",)),
    Planted("rest", "ca-rest", "Thu", 1, 2,
            (("Thu", "15 paid_rest", "15 admin"),), without=("REST",)),
)  # fmt: skip


def c5_at(place_of, *edits):
    return lambda: roster_with(week_of("C5", edited(*edits), place_of))


def at(block, day, start, *, end=24 * 60):
    return block.day == day and start <= block.minute_of_day < end


def in_person_on_thursday_at_seven(block):
    return "S1" if at(block, 3, 420, end=480) else "telehealth"


def s2_from_noon_on_thursday(block):
    return "S2" if at(block, 3, 11 * 60 + 45) else "S1"


THU_AT_S1_THEN_S2 = (
    WorkPlace("C5", 3, 420, 660, "S1"),
    WorkPlace("C5", 3, 705, 945, "S2", travel_minutes=30),
)
AT_HOME_BUT_THURSDAY_AT_SEVEN = (
    *(WorkPlace("C5", day, 420, 960, "telehealth") for day in (0, 1, 2, 4)),
    WorkPlace("C5", 3, 420, 480, "S1"),
    WorkPlace("C5", 3, 480, 960, "telehealth"),
)

SITE = (
    Planted("site", "weeks", "week", 0, 1, roster=lambda: roster_with(without=("C5",))),
    Planted("site", "clinicians", "week", 1, 0, who="C9",
            roster=lambda: roster_with(week_of("C9"))),
    Planted("site", "fte", "week", 2415, 2400,
            (("Thu", "60 training", "60 training, 15 admin"),), without=("WORK",)),
    Planted("site", "unavailable", "Thu 15:30", 15, 0,
            changes={"unavailable": (Unavailability("C5", 3, 930, 960),)}),
    Planted("site", "places", "Thu 11:45", 1, 0,
            roster=c5_at(lambda b: "S9" if b.activity == "training" else "S1")),
    Planted("site", "visit_places", "Thu 07:00", 1, 0,
            roster=c5_at(lambda b: "" if at(b, 3, 420, end=421) else "S1")),
    Planted("site", "own_clinics", "Thu 07:00", 1, 0,
            roster=c5_at(lambda b: "S2" if at(b, 3, 420, end=421) else "S1")),
    Planted("site", "work_places", "Thu 07:00", 60, 0,
            changes={"work_places": (WorkPlace("C5", 3, 420, 480, "S2"),)}),
    Planted("site", "telehealth_share", "week", 1, 0,
            roster=c5_at(lambda b: "telehealth" if b.day == 3 else "S1")),
    Planted("site", "travel_minutes", "Thu 11:45", 0, 30,
            roster=c5_at(s2_from_noon_on_thursday),
            changes={"work_places": THU_AT_S1_THEN_S2}),
    Planted("site", "opens", "Thu 15:00", 15, 0,
            (("Thu", f"15 paid_rest, {VISIT}, {VISIT}, 45 patient_management",
              f"15 paid_rest, {VISIT}, 45 patient_management, 10 notes, 5 buffer, "
              "45 return"),)),
    Planted("site", "rooms", "S1 Thu 07:00-07:45", 5, 4, who="",
            roster=c5_at(in_person_on_thursday_at_seven),
            changes={"rooms": 4, "work_places": AT_HOME_BUT_THURSDAY_AT_SEVEN}),
    Planted("site", "supervisor_id", "week", 0, 60, who="C2",
            roster=lambda: roster_with(week_of("C2", edited(
                ("Mon", "60 patient_management", "60 admin"),
                ("Mon", "60 supervision", "60 patient_management"),
                ("Mon", "60 admin", "60 supervision"))))),
    Planted("site", "groups", "Mon 07:15", 75, 90, who="C1",
            changes={"groups": (group(7 * 60 + 15),)}),
    Planted("site", "cover", "S1 Wed 11:30-12:30", 2, 3, who="",
            changes={"cover": (Cover("S1", 2, 690, 750, ("LCSW", "LMFT"), 3),)}),
    Planted("site", "team_meetings", "Tue 11:45", 0, 60,
            (("Tue", "60 meeting, 15 paid_rest, " + VISIT,
              VISIT + ", 15 paid_rest, 60 meeting"),)),
)  # fmt: skip


def test_the_clean_roster_breaks_nothing():
    assert check_roster(roster_with(), clean_system(), terms(), on=MONDAY) == ()


@pytest.mark.parametrize("planted", CLAUSES + LAW + SITE, ids=str)
def test_a_planted_violation_is_found_and_nothing_else(planted):
    roster = planted.roster or (
        lambda: roster_with(week_of("C5", edited(*planted.edits)))
    )
    agreed = terms(without=planted.without)

    found = check_roster(roster(), clean_system(**planted.changes), agreed, on=MONDAY)

    assert [(v.kind, v.clause_id) for v in found] == [(planted.kind, planted.clause_id)]
    violation = found[0]
    assert violation.clinician_id == planted.who
    assert violation.where == planted.where
    assert (violation.observed, violation.limit) == (planted.found, planted.allowed)
    assert violation.message
    assert source_of(violation, agreed)


def test_every_clause_kind_is_planted_or_cannot_be_broken_by_a_week():
    planted = {p.kind for p in CLAUSES}

    assert planted | set(NOT_OF_A_WEEK) == set(clause_kinds())
    assert planted.isdisjoint(NOT_OF_A_WEEK)


def test_every_law_and_every_site_rule_is_planted():
    law = {rule.rule_id for rule in meal_rules()} | set(rest_rule().clause_ids)

    assert {p.clause_id for p in LAW} == law
    assert [p.clause_id for p in SITE] == list(roster_rules())


def test_each_row_of_the_table_has_its_function():
    assert list(SITE_RULES) == list(roster_rules())
