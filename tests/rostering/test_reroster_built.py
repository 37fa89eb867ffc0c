"""Re-rostering with the builder itself, on sites small enough to be quick."""

from dataclasses import replace

import pytest

from caretime.model.site import Unavailability
from caretime.rostering import build_roster
from caretime.rostering.reroster import reroster
from caretime.rules.roster import check_roster
from rostering.tiny import SITE, clause, clinic, clinician, contract, system

TERMS = contract(
    clause("REST", "rest"),
    clause("MEAL", "meal"),
    clause("PMT", "protected_hours", hours_per_week=5.0),
    clause("MEET", "activity_hours", activity="meeting", hours_per_week=1.0),
)
STAFF = tuple(clinician(f"C-{n}", fte=0.6, telehealth_share=0.3) for n in range(1, 5))


@pytest.fixture(scope="module")
def site():
    return system(*STAFF, terms=TERMS, site=clinic(rooms=3))


@pytest.fixture(scope="module")
def now(site):
    built = build_roster(site, TERMS).roster
    assert check_roster(built, site, TERMS) == ()
    return built


def visits(roster, who):
    week = roster.week_of(who)
    return [b for b in week.template.blocks if b.activity == "return"]


def test_an_hour_unavailable_changes_one_week_and_few_visits(site, now):
    busy = visits(now, "C-2")[3]
    hour = Unavailability("C-2", busy.day, busy.minute_of_day, busy.minute_of_day + 60)
    changed = replace(site, unavailable=(hour,))

    result, diff = reroster(changed, TERMS, now, clinic_id=SITE)

    assert check_roster(result.roster, changed, TERMS) == ()
    assert [w.clinician_id for w in diff.weeks if w.kind != "kept"] == ["C-2"]
    assert 1 <= diff.visits("moved", "removed") <= len(visits(now, "C-2")) // 2


def test_a_room_less_moves_no_more_weeks_than_must_move(site, now):
    # Two rooms for four people who are in person on two of three days each.
    fewer = replace(site, clinics=(clinic(rooms=2),))

    result, diff = reroster(fewer, TERMS, now, clinic_id=SITE)

    assert check_roster(result.roster, fewer, TERMS) == ()
    for week in diff.weeks:
        if week.kind == "kept":
            continue
        others = tuple(
            w for w in result.roster.weeks if w.clinician_id != week.clinician_id
        )
        old = now.week_of(week.clinician_id)
        put_back = replace(result.roster, weeks=(*others, old))
        assert check_roster(put_back, fewer, TERMS) != ()


def test_who_joins_leaves_every_other_week_as_it_is(site, now):
    grown = replace(
        site,
        clinicians=(*STAFF, clinician("C-9", fte=0.6)),
        clinics=(clinic(rooms=4),),
    )

    result, diff = reroster(grown, TERMS, now, clinic_id=SITE)

    assert check_roster(result.roster, grown, TERMS) == ()
    assert {w.kind for w in diff.weeks if w.clinician_id != "C-9"} == {"kept"}
    assert diff.freed == ("C-9",)


def test_equal_changes_give_equal_weeks(site, now):
    fewer = replace(site, clinicians=STAFF[1:])

    once, diff = reroster(fewer, TERMS, now, clinic_id=SITE)
    again, same = reroster(fewer, TERMS, now, clinic_id=SITE)

    assert (once, diff) == (again, same)
    assert once.roster.week_of("C-1") is None
