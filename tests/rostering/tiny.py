"""Tiny systems and weeks: one or two clinicians, few hours, readable in a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from caretime.formats import default_assumptions
from caretime.model.calendar import Calendar
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Unavailability
from caretime.model.system import CareSystem
from caretime.model.terms import Clause, Contract
from caretime.model.week import Block, Roster, RosterWeek, Template
from caretime.rules.access import load_standards
from caretime.rules.clause_kinds import clock_minutes, make_clause
from caretime.rules.spans import DAY_NAMES

MONDAY = date(2025, 6, 2)
CONTRACT = "made"
SITE = "S-1"

clause = make_clause


def clinician(clinician_id: str, **changes: object) -> Clinician:
    """Return a full-time LCSW for adults at the one site."""
    told: dict[str, object] = {
        "license": "LCSW",
        "languages": ("en",),
        "ages": ("adult",),
        "needs": ("therapy",),
        "fte": 1.0,
        "clinic_id": SITE,
        "telehealth_share": 0.0,
        "supervisor_id": None,
        "hired_on": date(2020, 1, 6),
        "unit": "therapist",
        "step": 1,
        "leads_groups": False,
        **changes,
    }
    return Clinician(clinician_id, **told)  # type: ignore[arg-type]


def clinic(
    *, rooms: int = 9, opens: int = 8 * 60, closes: int = 18 * 60, name: str = SITE
) -> Clinic:
    """Return a site in Los Angeles."""
    return Clinic(name, "Los Angeles", "90012", 34.06, -118.24, rooms, opens, closes)


def contract(*clauses: Clause, effective: date = date(2025, 1, 1)) -> Contract:
    """Return a made-up contract of these clauses."""
    return Contract(CONTRACT, "Made", effective, "assumption", "made", clauses)


def system(
    *clinicians: Clinician,
    terms: Contract | None = None,
    site: Clinic | None = None,
    holidays: Sequence[date] = (),
    **tables: object,
) -> CareSystem:
    """Return a system of one site; ``tables`` are further fields of it."""
    terms = terms or contract()
    told: dict[str, object] = {
        "name": "Tiny",
        "first_day": MONDAY,
        "members": 1_000,
        "jurisdiction": "california",
        "contract_in_force": terms.contract_id,
        "pooling": "site",
        "calendar": Calendar("America/Los_Angeles", frozenset(holidays)),
        "clinics": (site or clinic(),),
        "clinicians": clinicians,
        "network": (),
        "patients": (),
        "appointments": (),
        "groups": (),
        "group_members": (),
        "demand": (),
        "assumptions": default_assumptions(),
        "standards": load_standards("california"),
        "contracts": {terms.contract_id: terms},
        **tables,
    }
    return CareSystem(**told)  # type: ignore[arg-type]


def week(clinician_id: str, text: str, place: str = SITE) -> RosterWeek:
    """
    Return a week written out, all of it at one place but for the meals.

    ``Mon 09:00-09:50 return; Mon-Fri 12:00-12:30 meal``; ``x4`` cuts a span.
    """
    template = Template(tuple(_blocks(text)))
    places = tuple("" if b.activity == "meal" else place for b in template.blocks)
    return RosterWeek(clinician_id, template, places)


def roster(*weeks: RosterWeek, **dates: date) -> Roster:
    """Return a roster of some weeks for the made-up contract."""
    return Roster(CONTRACT, weeks, **dates)


def only_on(clinician_id: str, days: Sequence[int]) -> tuple[Unavailability, ...]:
    """Say that a clinician works on no other days than these."""
    return tuple(
        Unavailability(clinician_id, day, 0, 24 * 60)
        for day in range(5)
        if day not in days
    )


def _blocks(text: str) -> Iterator[Block]:
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        days, clock, activity, *times = part.split()
        first, last = (DAY_NAMES.index(days.split("-")[side]) for side in (0, -1))
        start, end = (clock_minutes(side) for side in clock.split("-"))
        count = int(times[0][1:]) if times else 1
        each = (end - start) // count
        for day in range(first, last + 1):
            for k in range(count):
                yield Block(day * 1440 + start + k * each, each, activity)
