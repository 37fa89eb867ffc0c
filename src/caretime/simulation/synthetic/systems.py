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
from typing import NamedTuple

import numpy as np

from caretime.model.assumptions import Assumptions
from caretime.model.calendar import Calendar
from caretime.model.care import Appointment, Demand, Group, GroupMember
from caretime.model.people import Clinician, Patient
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.access import business_calendar, load_standards
from caretime.rules.ledger import Ledger
from caretime.simulation.synthetic import visits
from caretime.simulation.synthetic.balance import (
    carry,
    course_of,
    filled_share,
    present_share,
)
from caretime.simulation.synthetic.book import make_absences, make_weeks
from caretime.simulation.synthetic.caseload import make_caseload, make_mix
from caretime.simulation.synthetic.draws import Draws
from caretime.simulation.synthetic.groups import make_groups, make_sessions
from caretime.simulation.synthetic.incidents import with_incidents
from caretime.simulation.synthetic.patients import make_patients
from caretime.simulation.synthetic.people import (
    clinic_of_eight,
    make_clinicians,
    make_network,
)
from caretime.simulation.synthetic.places import Places, build_places
from caretime.simulation.synthetic.sites import SiteTables, make_sites, sites_of_eight
from caretime.tables import rows

TIME_ZONE = "America/Los_Angeles"
JURISDICTION = "california"

_EARLIEST, _LATEST = date(2001, 1, 1), date(2097, 12, 30)
"""First days of which the book before and after lies within a folder's dates."""


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
        "site",
    ),
    "northern-california": Example(
        "northern-california",
        "Northern California (synthetic)",
        "northern-california",
        date(2022, 10, 24),
        "norcal-2021-in-force",
        "norcal-",
        "site",
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


def make_system(
    example: str,
    *,
    scale: float = 1.0,
    seed: int = 1,
    first_day: date | None = None,
    incidents: bool = False,
) -> CareSystem:
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
    first_day
        A Monday; the example's own where none is given.
    incidents
        Add incidents that begin on the first day, genders, and stated preferences;
        everything else is as without them.

    Returns
    -------
    CareSystem
        With the caseload in treatment, a full book, groups, known leave and the
        casebook's contracts of the region. In balance, and slightly under
        capacity, under the contract in force.

    Raises
    ------
    ValueError
        If there is no such example, the scale leaves a county without clinicians,
        or the first day is no Monday.

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
    spec = EXAMPLES[example]
    if first_day is not None:
        spec = replace(spec, first_day=_monday(first_day))
    from caretime.formats import (
        casebook_contract,
        casebook_ids,
        default_assumptions,
    )

    contracts = {
        name: casebook_contract(name)
        for name in casebook_ids()
        if name.startswith(spec.contract_prefix)
    }
    system = assemble(
        spec,
        contracts,
        local_assumptions(default_assumptions()),
        scale=scale,
        seed=seed,
    )
    if not incidents:
        return system
    numbers, draws = synthetic_numbers(), Draws(spec.name, seed)
    return with_incidents(system, spec.name, numbers, draws)


def _monday(day: date) -> date:
    """Return a first day as it is, if a plan may begin on it."""
    if day.weekday():
        before = day - timedelta(days=day.weekday())
        raise ValueError(
            f"first day {day} is a {day:%A}, expected a Monday such as {before}"
        )
    if not _EARLIEST <= day <= _LATEST:
        raise ValueError(f"expected a first day from {_EARLIEST} to {_LATEST}")
    return day


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
    what each can carry; who is referred and in treatment; the book; what sites and
    clinicians ask of the weeks.
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
    weeks = make_weeks(clinicians, contracts[spec.contract_in_force], spec.first_day)
    absences, away = make_absences(clinicians, spec.first_day, assumptions, draws)
    frame = visits.Frame(weeks, away, spec.first_day, _calendar(spec.first_day))
    care = _care(frame, clinicians, places, assumptions, draws)
    sites = _sites(spec, clinicians, weeks.ledgers, places, care.groups, draws)
    return CareSystem(
        name=spec.title,
        first_day=spec.first_day,
        members=sizes["members"],
        jurisdiction=JURISDICTION,
        contract_in_force=spec.contract_in_force,
        pooling=spec.pooling,
        calendar=frame.calendar,
        clinics=places.clinics,
        clinicians=clinicians,
        network=make_network(sizes["network"], places, numbers, draws),
        assumptions=assumptions,
        standards=load_standards(JURISDICTION),
        contracts=MappingProxyType(contracts),
        absences=absences,
        notes=(
            f"Synthetic: {spec.name}, scale {scale:g}, seed {seed}; no real person.",
        ),
        **care._asdict(),
        **sites._asdict(),
    )


class _Care(NamedTuple):
    """The tables of a system that follow from its clinicians."""

    patients: tuple[Patient, ...]
    appointments: tuple[Appointment, ...]
    groups: tuple[Group, ...]
    group_members: tuple[GroupMember, ...]
    demand: tuple[Demand, ...]


def _care(
    frame: visits.Frame,
    clinicians: tuple[Clinician, ...],
    places: Places,
    assumptions: Assumptions,
    draws: Draws,
) -> _Care:
    """Fill the clinicians' books: flows in balance, caseload, groups, visits."""
    numbers, ledgers = synthetic_numbers(), frame.weeks.ledgers
    sessions = make_sessions(clinicians, frame.weeks, numbers, draws)
    course = course_of(assumptions, numbers["intake_wait_days"])
    holidays = _holidays_a_year(frame.calendar, frame.first_day)
    present = present_share(assumptions, holidays)
    carried, group_share = carry(
        ledgers,
        course,
        int(sessions.members.sum()),
        assumptions["group_share"],
        numbers["load"] * present * filled_share(assumptions),
    )
    mix = make_mix(clinicians, carried, places, numbers)
    weekly = carried * course.intake_bookings / present
    intakes = visits.book_intakes(frame, weekly, numbers, draws)
    waiting = np.bincount(intakes.clinician, minlength=len(clinicians))
    # A triangle of the stated standard deviation around 1.
    wide = numbers["caseload_spread"] * 6**0.5
    spread = 1 + wide * (draws.uniform("spread", 2, len(clinicians)).sum(axis=0) - 1)
    alone = carried * spread * course.starts * (1 - group_share)
    caseload = make_caseload(mix, course, alone, sessions, waiting, draws)
    patients = make_patients(caseload, mix, clinicians, places, numbers, draws)
    members = np.flatnonzero(caseload.kind == 1)
    groups, seated, session = make_groups(sessions, clinicians, patients, members)
    booked = visits.book(frame, caseload, intakes, sessions, session, draws)
    return _Care(
        patients,
        visits.make_appointments(frame, caseload, patients, clinicians, booked, draws),
        groups,
        seated,
        mix.demand(numbers["dispersion"]),
    )


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


def _sites(
    spec: Example,
    clinicians: tuple[Clinician, ...],
    ledgers: tuple[Ledger, ...],
    places: Places,
    groups: tuple[Group, ...],
    draws: Draws,
) -> SiteTables:
    numbers = synthetic_numbers()
    if spec.name == "clinic-of-eight":
        return sites_of_eight(places.clinics[0], numbers)
    return make_sites(clinicians, ledgers, places, groups, numbers, draws)


def _calendar(first_day: date) -> Calendar:
    """Return the business days from the year before to two years after."""
    return business_calendar(
        JURISDICTION, first_day.year - 1, first_day.year + 2, TIME_ZONE
    )


def _holidays_a_year(calendar: Calendar, first_day: date) -> int:
    year = (first_day + timedelta(days=1), first_day + timedelta(days=365))
    return sum(year[0] <= d <= year[1] and d.weekday() < 5 for d in calendar.holidays)
