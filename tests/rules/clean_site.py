"""
A site of five whose roster breaks nothing, to plant one violation at a time.

Everyone works the same week, so that meetings, supervision and cover coincide: C1
supervises C2, C3 supervises C4, C5 is tied to nobody, C1 leads the group.
"""

from __future__ import annotations

from dataclasses import replace

from sites import TWO_CLINICS, clinician, contract, system

from caretime.model.care import Group
from caretime.model.site import Cover, TeamMeeting
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rules.clause_kinds import make_clause
from caretime.rules.spans import DAY_NAMES

PEOPLE = (
    clinician("C1", leads_groups=True),
    clinician("C2", "ASW", supervisor_id="C1"),
    clinician("C3", "LMFT"),
    clinician("C4", "AMFT", supervisor_id="C3"),
    clinician("C5", "PSYCHOLOGIST"),
)


def hours(clause_id, activity, number, **changes):
    return make_clause(
        clause_id, "activity_hours", activity=activity, hours_per_week=number, **changes
    )


CLAUSES = (
    make_clause("WORK", "work_week", hours=40, start=7 * 60, latest=20 * 60),
    hours("MEETING", "meeting", 1),
    hours("TRAINING", "training", 1),
    hours("SUPERVISION", "supervision", 1, covers=("ASW", "AMFT", "APCC")),
    make_clause("NOTES", "notes_per_visit", visit_type="all", minutes=10),
    make_clause("BUFFER", "buffer", visit_type="all", minutes=5, holds_rest=False),
    make_clause("RETURN", "visit_length", visit_type="return", minutes=45),
    make_clause("DAILY", "visit_cap_daily", patients=5),
    make_clause("WEEKLY", "visit_cap_weekly", patients=24),
    make_clause("INTAKES", "intake_mix", intakes_per_week=2),
    make_clause("URGENT", "urgent_reserve", slots_per_week=1),
    make_clause(
        "GROUPS", "groups", sessions_per_week=1, minutes=90, preparation_minutes=30
    ),
    make_clause("MEAL", "meal", minutes=45),
    make_clause("REST", "rest", minutes=15),
    make_clause(
        "PMT",
        "protected_hours",
        hours_per_week=6.5,
        counts=("patient_management",),
        minimum_block_minutes=30,
    ),
)

VISIT = "45 return, 10 notes, 5 buffer"

WEEK = {
    "Mon": "90 group, 10 notes, 5 buffer, 15 paid_rest, 15 admin, "
    f"{VISIT}, 30 group_preparation, 45 meal, 60 supervision, 15 paid_rest, "
    f"{VISIT}, {VISIT}, 60 patient_management",
    "Tue": f"{VISIT}, 15 paid_rest, 45 patient_management, {VISIT}, {VISIT}, 45 meal, "
    f"60 meeting, 15 paid_rest, {VISIT}, {VISIT}, 45 patient_management",
    "Wed": f"{VISIT}, 15 paid_rest, 30 patient_management, {VISIT}, {VISIT}, 45 meal, "
    f"60 crisis_cover, 15 paid_rest, {VISIT}, 60 intake, 10 notes, 5 buffer, "
    "45 patient_management",
    "Thu": f"{VISIT}, 15 paid_rest, 45 patient_management, {VISIT}, {VISIT}, 45 meal, "
    f"60 training, 15 paid_rest, {VISIT}, {VISIT}, 45 patient_management",
    "Fri": "60 intake, 10 notes, 5 buffer, 15 paid_rest, 60 patient_management, "
    f"45 urgent, 10 notes, 5 buffer, {VISIT}, 45 meal, 15 paid_rest, {VISIT}, {VISIT}, "
    "75 patient_management",
}
"""Each day from 07:00 on without a gap; each line is eight paid hours and a meal."""


def clean_system(*, rooms=5, **changes):
    sites = (replace(TWO_CLINICS[0], rooms=rooms), TWO_CLINICS[1])
    tables = {
        "groups": (group(7 * 60),),
        "cover": (Cover("S1", 2, 11 * 60 + 30, 12 * 60 + 30, ("LCSW", "LMFT"), 2),),
        "team_meetings": (TeamMeeting("S1", 60),),
    }
    return system(
        PEOPLE,
        clinics=[replace(site, opens=7 * 60, closes=15 * 60 + 30) for site in sites],
        terms=terms(),
        **tables | changes,
    )


def group(start):
    return Group("G1", "C1", None, 0, start, 90, 8, "adult", "en", "therapy")


def terms(*, without=()):
    return contract(*(c for c in CLAUSES if c.clause_id not in without))


def blocks_of(week):
    made = []
    for day, line in week.items():
        now = DAY_NAMES.index(day) * 1440 + 7 * 60
        for piece in line.split(", "):
            minutes, activity = piece.split()
            if activity != "free":
                made.append(Block(now, int(minutes), activity))
            now += int(minutes)
    return tuple(made)


def edited(*edits):
    """Return the clean week with pieces of days put in place of others."""
    week = dict(WEEK)
    for day, old, new in edits:
        assert old in week[day], f"{old!r} is not in the week's {day}"
        week[day] = week[day].replace(old, new, 1)
    return blocks_of(week)


def week_of(who, blocks=None, place_of=None):
    """Return somebody's week, at S1 but for what ``place_of`` says of a block."""
    template = Template(edited() if blocks is None else blocks)
    places = [(place_of or at_s1)(block) for block in template.blocks]
    return RosterWeek(who, template, tuple(places))


def at_s1(block):
    return "" if block.activity == "meal" else "S1"


def roster_with(*weeks, without=()):
    """Return the clean roster with some weeks in place of the clean ones."""
    made = {c.clinician_id: week_of(c.clinician_id) for c in PEOPLE}
    made |= {week.clinician_id: week for week in weeks}
    return Roster("made", tuple(w for who, w in made.items() if who not in without))
