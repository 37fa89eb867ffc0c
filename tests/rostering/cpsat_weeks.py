"""Contracts, made and from the casebook, for the tests of the second builder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from caretime.formats.casebook import casebook_contract
from caretime.model.terms import Clause, Contract
from caretime.rostering._cpsat import Situation
from caretime.rules.clause_kinds import make_clause
from caretime.rules.week_terms import clauses_on

FIRST = date(2025, 6, 2)
SETTLEMENT = casebook_contract("socal-2025-settlement")


def contract(*clauses: Clause) -> Contract:
    return Contract("made", "Made", FIRST, "assumption", "made up", clauses)


def settlement(license_code: str = "LCSW", **changed: dict) -> tuple[Clause, ...]:
    """Return the settlement's clauses, some numbers of some clauses changed."""
    terms = {name.replace("_", "-"): new for name, new in changed.items()}
    return tuple(
        replace(c, terms={**c.terms, **terms.get(c.clause_id, {})})
        for c in clauses_on(SETTLEMENT, license_code=license_code)
    )


COUNTS = (
    ("patient_management", "notes", "group_preparation"),
    ("patient_management", "meeting", "admin"),
)
"""What protected hours count: with meetings among it, and without."""


@st.composite
def made_contracts(draw: st.DrawFn) -> tuple[Contract, Situation]:
    """Draw a contract of many kinds of clause, and somebody it is for."""

    def maybe(kind: str, **terms: object) -> list[Clause]:
        if not draw(st.booleans()):
            return []
        return [make_clause(f"{kind}-1", kind, **terms)]

    minutes = st.sampled_from((0, 5, 10, 15))
    clauses = [
        make_clause(
            "WORK",
            "work_week",
            hours=draw(st.sampled_from((36, 37.5, 40))),
            days=draw(st.sampled_from((4, 5))),
            start=draw(st.sampled_from((420, 480, 540))),
            latest=draw(st.sampled_from((1080, 1200))),
        ),
        *maybe(
            "protected_hours",
            hours_per_week=draw(st.sampled_from((2, 5, 7.5))),
            minimum_block_minutes=draw(st.sampled_from((15, 30, 60))),
            counts=draw(st.sampled_from(COUNTS)),
        ),
        *maybe(
            "activity_hours",
            activity=draw(st.sampled_from(("meeting", "training", "admin"))),
            hours_per_week=draw(st.sampled_from((0.5, 2.5, 4))),
        ),
        *maybe("notes_per_visit", minutes=draw(minutes)),
        *maybe("buffer", minutes=draw(minutes), holds_rest=draw(st.booleans())),
        *maybe(
            "visit_length",
            visit_type="return",
            minutes=draw(st.sampled_from((30, 45, 50, 60))),
        ),
        *maybe("visit_cap_daily", patients=draw(st.integers(5, 9))),
        *maybe("visit_cap_weekly", patients=draw(st.integers(18, 35))),
        *maybe("urgent_reserve", slots_per_week=draw(st.integers(1, 3))),
        *maybe("intake_mix", intakes_per_week=draw(st.integers(1, 5))),
        *maybe("meal", minutes=draw(st.sampled_from((30, 45, 60)))),
        *maybe(
            "rest",
            minutes=draw(st.sampled_from((10, 15))),
            per_hours=draw(st.sampled_from((3, 4))),
        ),
    ]
    meetings = draw(st.sampled_from(((), ((2, 720, 780),), ((0, 950, 1000),))))
    who = Situation(
        license_code=draw(st.sampled_from(("LCSW", "PMHNP", "PSYCHIATRIST"))),
        fte=draw(st.sampled_from((0.5, 0.7, 0.8, 1.0))),
        unavailable=draw(
            st.sampled_from(((), ((2, 780, 900),), ((0, 480, 720), (4, 900, 1200))))
        ),
        meetings=meetings,
    )
    return contract(*clauses), who
