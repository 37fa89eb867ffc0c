"""
Synthetic care systems with known seeds: data of real size about nobody.

Three examples: ``southern-california`` and ``northern-california`` in the size
of the two bargaining units (facts 1.1 and 1.2), and ``clinic-of-eight`` for
tutorials and tests. Every number is a row of ``tables/synthetic.csv``,
``counties.csv`` or ``assumptions.csv`` with its source; the balance of openings
and referrals is worked out in the manual (explanation, synthetic systems).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

import numpy as np

from caretime.model.assumptions import Assumptions
from caretime.model.calendar import Calendar
from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.access import business_calendar, load_standards
from caretime.simulation import synthetic_visits as visits
from caretime.simulation.synthetic_balance import (
    Course,
    course_of,
    courses_per_week,
    filled_share,
    present_share,
)
from caretime.simulation.synthetic_book import Weeks, make_absences, make_weeks
from caretime.simulation.synthetic_caseload import (
    make_caseload,
    make_mix,
    make_patients,
)
from caretime.simulation.synthetic_draws import Draws, Floats
from caretime.simulation.synthetic_groups import (
    Sessions,
    group_cells,
    make_groups,
    make_sessions,
)
from caretime.simulation.synthetic_people import (
    clinic_of_eight,
    make_clinicians,
    make_network,
)
from caretime.simulation.synthetic_places import Places, build_places
from caretime.tables import rows

TIME_ZONE = "America/Los_Angeles"
JURISDICTION = "california"


@dataclass(frozen=True, slots=True)
class Example:
    """What sets one example apart from the others."""

    name: str
    title: str
    region: str
    first_day: date
    contract_in_force: str
    contract_prefix: str
    pooling: str


EXAMPLES = {
    "southern-california": Example(
        "southern-california",
        "Southern California (synthetic)",
        "southern-california",
        date(2025, 5, 12),
        "socal-2021-in-force",
        "socal-",
        "county",
    ),
    "northern-california": Example(
        "northern-california",
        "Northern California (synthetic)",
        "northern-california",
        date(2022, 10, 24),
        "norcal-2021-in-force",
        "norcal-",
        "county",
    ),
    "clinic-of-eight": Example(
        "clinic-of-eight",
        "A clinic of eight (synthetic)",
        "southern-california",
        date(2025, 5, 12),
        "socal-2021-in-force",
        "socal-",
        "site",
    ),
}


def make_system(example: str, *, scale: float = 1.0, seed: int = 1) -> CareSystem:
    """
    Make a synthetic care system; equal arguments give an equal system.

    Parameters
    ----------
    example
        ``southern-california``, ``northern-california`` or ``clinic-of-eight``.
    scale
        Size against the real one, above 0: clinicians, members, demand and network
        grow together; clinics do too, but each county keeps one. The clinic of
        eight has one size only.
    seed
        Zero or more. Other seeds give other people with the same proportions.

    Returns
    -------
    CareSystem
        With the caseload in treatment, a full book, groups, known leave and the
        casebook's contracts of the region. In balance, and slightly under
        capacity, under the contract in force.

    Raises
    ------
    ValueError
        If there is no such example, or the scale leaves a county without
        clinicians.

    Examples
    --------
    >>> system = make_system("clinic-of-eight", seed=3)
    >>> len(system.clinicians), system == make_system("clinic-of-eight", seed=3)
    (8, True)
    """
    if example not in EXAMPLES:
        raise ValueError(f"no example {example!r}; there are {', '.join(EXAMPLES)}")
    if scale <= 0:
        raise ValueError(f"scale must be above 0, got {scale}")
    from caretime.formats import (
        casebook_contract,
        casebook_ids,
        default_assumptions,
    )

    spec = EXAMPLES[example]
    contracts = {
        name: casebook_contract(name)
        for name in casebook_ids()
        if name.startswith(spec.contract_prefix)
    }
    return assemble(
        spec,
        contracts,
        local_assumptions(default_assumptions()),
        scale=scale,
        seed=seed,
    )


def assemble(
    spec: Example,
    contracts: dict[str, Contract],
    assumptions: Assumptions,
    *,
    scale: float,
    seed: int,
) -> CareSystem:
    """
    Make a system of an example's size under given contracts and assumptions.

    The steps: places, clinicians, the week of each under the contract in force;
    what each can carry; who is referred and in treatment; the book.
    """
    numbers = synthetic_numbers()
    draws = Draws(spec.name, seed)
    if spec.name == "clinic-of-eight":
        scale = 1.0
    sizes = {
        what: max(1, round(scale * numbers[f"{spec.name}.{what}"]))
        for what in ("clinicians", "members", "network", "sites")
    }
    places = _places(spec, sizes, draws)
    clinicians = _clinicians(spec, sizes["clinicians"], places, draws)
    calendar = _calendar(spec.first_day)
    contract = contracts[spec.contract_in_force]
    weeks = make_weeks(clinicians, contract, spec.first_day)
    absences, away = make_absences(clinicians, spec.first_day, assumptions, draws)
    sessions = make_sessions(clinicians, weeks, numbers, draws)
    course = course_of(assumptions, numbers["intake_wait_days"])
    holidays = _holidays_a_year(calendar, spec.first_day)
    carried, at_start = carry(weeks, course, sessions, assumptions, holidays)
    mix = make_mix(clinicians, carried, places, numbers)

    frame = visits.Frame(weeks, away, spec.first_day, calendar)
    intakes = visits.book_intakes(
        frame, carried * course.intake_bookings, numbers, draws
    )
    count = len(clinicians)
    caseload = make_caseload(
        mix,
        course,
        at_start,
        sessions.members_of(count),
        np.bincount(intakes.clinician, minlength=count),
        draws,
        group_cells(sessions, mix, count),
    )
    patients = make_patients(caseload, mix, clinicians, places, numbers, draws)
    groups, members, session = make_groups(
        sessions, clinicians, patients, np.flatnonzero(caseload.kind == 1)
    )
    booked = visits.book(frame, caseload, intakes, sessions, session, draws)
    return CareSystem(
        name=spec.title,
        first_day=spec.first_day,
        members=sizes["members"],
        jurisdiction=JURISDICTION,
        contract_in_force=spec.contract_in_force,
        pooling=spec.pooling,
        calendar=calendar,
        clinics=places.clinics,
        clinicians=clinicians,
        network=make_network(sizes["network"], places, numbers, draws),
        patients=patients,
        appointments=visits.make_appointments(
            frame, caseload, patients, clinicians, booked, draws
        ),
        groups=groups,
        group_members=members,
        demand=mix.demand(numbers["dispersion"]),
        assumptions=assumptions,
        standards=load_standards(JURISDICTION),
        contracts=MappingProxyType(contracts),
        absences=absences,
        notes=(
            f"Synthetic: {spec.name}, scale {scale:g}, seed {seed}. No real person.",
        ),
    )


def carry(
    weeks: Weeks,
    course: Course,
    sessions: Sessions,
    assumptions: Assumptions,
    holidays: int,
) -> tuple[Floats, Assumptions]:
    """
    Return the referrals a week that each clinician's openings can carry.

    Parameters
    ----------
    holidays
        Holidays in a year that would be working days.

    Returns
    -------
    carried
        One number a clinician: at the ``load`` of the table, after leave, sickness,
        holidays and the vacancies of the long run.
    assumptions
        With ``group_share`` as the seats of the groups allow it.
    """
    share = (
        synthetic_numbers()["load"]
        * present_share(assumptions, holidays)
        * filled_share(assumptions)
    )
    for _ in range(2):
        joins = assumptions["group_share"]
        carried = share * np.array(
            [courses_per_week(ledger, course, joins) for ledger in weeks.ledgers]
        )
        started = float(carried.sum()) * course.starts * course.returns_awaited
        seated = float(sessions.members.sum()) / (started * (1 + course.delay_weeks))
        assumptions = assumptions.with_value("group_share", round(seated, 6))
    return carried, assumptions


@cache
def synthetic_numbers() -> dict[str, float]:
    """Return the values of ``tables/synthetic.csv`` by name."""
    return {row["name"]: float(row["value"]) for row in rows("synthetic")}


def local_assumptions(shared: Assumptions) -> Assumptions:
    """
    Return the shared assumptions with the local values of the synthetic systems.

    A local value is a row ``assume.NAME`` of ``tables/synthetic.csv``; it replaces
    the shared row of the name and keeps its holder.
    """
    local = {
        row["name"].removeprefix("assume."): row
        for row in rows("synthetic")
        if row["name"].startswith("assume.")
    }
    return Assumptions.of(
        replace(
            row,
            value=float(local[row.name]["value"]),
            low=float(local[row.name]["low"]),
            high=float(local[row.name]["high"]),
            source=f"synthetic systems: {local[row.name]['source']}",
        )
        if row.name in local and row.holder in ("confirmed", "assumption")
        else row
        for row in shared.rows
    )


def _places(spec: Example, sizes: dict[str, int], draws: Draws) -> Places:
    counties = tuple(row for row in rows("counties") if row["region"] == spec.region)
    if spec.name == "clinic-of-eight":
        counties = counties[:1]
    return build_places(
        counties,
        sizes["sites"],
        sizes["clinicians"],
        spread_km=synthetic_numbers()["zip_spread_km"],
        draws=draws,
    )


def _clinicians(
    spec: Example, count: int, places: Places, draws: Draws
) -> tuple[Clinician, ...]:
    if spec.name == "clinic-of-eight":
        return clinic_of_eight(places.clinics[0].clinic_id, spec.first_day)
    if count < 2 * len(places.counties):
        raise ValueError(
            f"{count} clinicians are too few for {len(places.counties)} counties; "
            f"choose a larger scale"
        )
    return make_clinicians(count, places, spec.first_day, synthetic_numbers(), draws)


def _calendar(first_day: date) -> Calendar:
    """Return the business days from the year before to two years after."""
    return business_calendar(
        JURISDICTION, first_day.year - 1, first_day.year + 2, TIME_ZONE
    )


def _holidays_a_year(calendar: Calendar, first_day: date) -> int:
    year = (first_day + timedelta(days=1), first_day + timedelta(days=365))
    return sum(year[0] <= d <= year[1] and d.weekday() < 5 for d in calendar.holidays)
