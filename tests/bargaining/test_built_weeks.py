"""Why built weeks differ from even ones: even weeks, changed by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from caretime.bargaining.built_weeks import why_weeks_differ
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rules.even_week import even_template
from caretime.rules.ledger import week_ledger
from caretime.simulation import make_system

FIRST = ("C-00002", "C-00005")
"""Two full-time clinicians who lead no group and supervise nobody."""


@cache
def clinic():
    return make_system("clinic-of-eight", seed=1)


def contract():
    return clinic().contracts["socal-2025-settlement"]


def even(clinician_id):
    (who,) = (c for c in clinic().clinicians if c.clinician_id == clinician_id)
    ledger = week_ledger(
        contract(), license_code=who.license, fte=who.fte, ages=who.ages
    )
    return even_template(ledger)


def roster(*templates):
    weeks = zip(FIRST, templates, strict=False)
    return Roster(
        contract().contract_id,
        tuple(RosterWeek(who, t, ("",) * len(t.blocks)) for who, t in weeks),
    )


def visits(*templates):
    return sum(
        block.activity in ("intake", "return", "urgent", "group")
        for template in templates
        for block in template.blocks
    )


def turned_into(template, *changes):
    """Return a week in which the first blocks of some activities are others."""
    blocks = list(template.blocks)
    for old, new in changes:
        k = next(i for i, block in enumerate(blocks) if block.activity == old)
        blocks[k] = replace(blocks[k], activity=new)
    return Template(tuple(blocks))


def test_even_weeks_leave_out_nothing_that_even_weeks_hold():
    weeks = even(FIRST[0]), even(FIRST[1])

    told = why_weeks_differ(clinic(), contract(), roster(*weeks))

    assert "give 0.0 hours a week to what even weeks leave out and have" in told
    assert f"have as many openings ({visits(*weeks)})." in told


def test_hours_for_cover_and_supervision_are_counted_with_the_openings_they_cost():
    # Two intakes of 60 minutes become cover and one becomes supervision given, in
    # the first week; in the second one return of 50 minutes becomes travel.
    # 2 x 60 + 60 + 50 = 230 minutes = 3.83 hours, for 4 openings.
    first = turned_into(
        even(FIRST[0]),
        ("intake", "crisis_cover"),
        ("intake", "crisis_cover"),
        ("intake", "supervision"),
    )
    second = turned_into(even(FIRST[1]), ("return", "travel"))
    whole = visits(even(FIRST[0]), even(FIRST[1]))

    told = why_weeks_differ(clinic(), contract(), roster(first, second))

    assert told == (
        "Why they differ: the built weeks give 3.8 hours a week to what even weeks "
        "leave out (crisis cover 2.0, supervision given 1.0, travel 0.8) and have 4 "
        f"openings fewer ({whole - 4}, not {whole})."
    )


def test_fewer_hours_of_meetings_and_more_openings_are_told_as_such():
    # 30 minutes of meetings fewer, and one opening of that length more.
    week = even(FIRST[0])
    k = next(
        i
        for i, block in enumerate(week.blocks)
        if block.activity == "meeting" and block.minutes >= 30
    )
    old = week.blocks[k]
    pieces = [Block(old.start, 30, "return")]
    if old.minutes > 30:
        pieces.append(Block(old.start + 30, old.minutes - 30, "meeting"))
    changed = Template((*week.blocks[:k], *pieces, *week.blocks[k + 1 :]))
    whole = visits(week)

    told = why_weeks_differ(clinic(), contract(), roster(changed))

    assert "give −0.5 hours a week" in told
    assert "(team meetings −0.5)" in told
    assert f"have 1 opening more ({whole + 1}, not {whole})" in told
