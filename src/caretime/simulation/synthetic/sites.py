"""
What the sites of a synthetic system ask of its weeks, and what people say of theirs.

Cover, team meetings, stated unavailability and places of work: the tables a roster
is built from. The book at the start knows nothing of them: it stands in even weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from caretime.model.care import Group
from caretime.model.people import Clinic, Clinician
from caretime.model.site import Cover, TeamMeeting, Unavailability, WorkPlace
from caretime.model.week import TELEHEALTH
from caretime.rules.ledger import Ledger
from caretime.rules.region import miles_between
from caretime.rules.week_terms import round_half_up
from caretime.simulation.synthetic.draws import Draws
from caretime.simulation.synthetic.places import Places

Numbers = Mapping[str, float]

COVER_LICENSES = ("LCSW", "LMFT", "LPCC", "PSYCHOLOGIST")
"""Who holds a crisis shift: independent therapists of the unit [M]."""

DAYS = 5
QUARTER = 15
FULL_TIME = 0.9
"""From this FTE on a week goes over five days and holds no free half day."""

# Weekdays taken, from and until; the half days are for part-time weeks only.
MORNING, AFTERNOON = (1, 0, 12 * 60), (1, 13 * 60, 24 * 60)
LATE_START, EVENINGS = (1, 0, 10 * 60), (2, 17 * 60, 24 * 60)
SCHOOL_RUN, SCHOOL_END = (5, 0, 8 * 60 + 30), (5, 14 * 60 + 30, 15 * 60 + 15)
STATED_FULL = (LATE_START, EVENINGS, SCHOOL_RUN, SCHOOL_END)
STATED_PART = (MORNING, AFTERNOON, EVENINGS, SCHOOL_RUN, SCHOOL_END)

_EIGHT_STATED = ("C-00007", 2, *AFTERNOON[1:])


class SiteTables(NamedTuple):
    """The four tables, named as in the system."""

    unavailable: tuple[Unavailability, ...]
    work_places: tuple[WorkPlace, ...]
    cover: tuple[Cover, ...]
    team_meetings: tuple[TeamMeeting, ...]


def make_sites(
    clinicians: Sequence[Clinician],
    ledgers: Sequence[Ledger],
    places: Places,
    groups: Sequence[Group],
    numbers: Numbers,
    draws: Draws,
) -> SiteTables:
    """
    Make the tables of the week.

    Parameters
    ----------
    ledgers
        Of each clinician under the contract in force: days of a week.
    groups
        Nobody is unavailable, or elsewhere, when the own group meets.
    """
    busy = {(group.leader_id, group.weekday): group for group in groups}
    stated = tuple(_unavailable(clinicians, busy, numbers, draws))
    silent = {one.clinician_id for one in stated}
    return SiteTables(
        stated,
        tuple(_work_places(clinicians, ledgers, places, busy, silent, numbers, draws)),
        tuple(_cover(clinicians, places.clinics, numbers)),
        tuple(
            TeamMeeting(clinic.clinic_id, int(numbers["team_meeting_minutes"]))
            for clinic in places.clinics
        ),
    )


def sites_of_eight(clinic: Clinic, numbers: Numbers) -> SiteTables:
    """Return the tables of the clinic of eight: one shift a day, one free afternoon."""
    who, weekday, start, end = _EIGHT_STATED
    noon = 12 * 60
    return SiteTables(
        (Unavailability(who, weekday, start, end),),
        (),
        tuple(
            Cover(
                clinic.clinic_id,
                day,
                noon - int(numbers["cover_shift_minutes"]),
                noon,
                COVER_LICENSES,
                1,
            )
            for day in range(DAYS)
        ),
        (TeamMeeting(clinic.clinic_id, int(numbers["team_meeting_minutes"])),),
    )


def _cover(
    clinicians: Sequence[Clinician], clinics: Sequence[Clinic], numbers: Numbers
) -> Iterator[Cover]:
    """
    Yield the shifts of every site with the staff to hold them.

    A small site covers one shift before noon, a larger one all core hours.
    """
    length = int(numbers["cover_shift_minutes"])
    first, last = int(numbers["cover_from"]), int(numbers["cover_until"])
    for clinic in clinics:
        staff = [c for c in clinicians if c.clinic_id == clinic.clinic_id]
        able = sum(c.license in COVER_LICENSES for c in staff)
        starts = range(first, last - length + 1, length)
        if len(staff) < numbers["cover_all_day_from"]:
            starts = range(12 * 60 - length, 12 * 60, length)
        at_once = max(1, round_half_up(len(staff) / numbers["cover_staff_each"]))
        if able < at_once or len(staff) < numbers["cover_from_staff"]:
            continue
        for day in range(DAYS):
            for start in starts:
                yield Cover(
                    clinic.clinic_id,
                    day,
                    start,
                    start + length,
                    COVER_LICENSES,
                    at_once,
                )


def _unavailable(
    clinicians: Sequence[Clinician],
    busy: Mapping[tuple[str, int], Group],
    numbers: Numbers,
    draws: Draws,
) -> Iterator[Unavailability]:
    count = len(clinicians)
    says = draws.uniform("unavailable", count) < numbers["unavailable_share"]
    kind, turn = draws.uniform("unavailable/kind", 2, count)
    for row in np.flatnonzero(says).tolist():
        who = clinicians[row]
        kinds = STATED_FULL if who.fte >= FULL_TIME else STATED_PART
        days, start, end = kinds[int(kind[row] * len(kinds))]
        free = [
            day
            for day in _from(int(turn[row] * DAYS))
            if not _overlaps(busy.get((who.clinician_id, day)), start, end)
        ]
        for day in sorted(free[:days]):
            yield Unavailability(who.clinician_id, day, start, end)


def _overlaps(group: Group | None, start: int, end: int) -> bool:
    if group is None:
        return False
    return group.start < end and start < group.start + group.minutes


def _from(first: int) -> list[int]:
    """Return the weekdays in order, beginning with one of them."""
    return [(first + day) % DAYS for day in range(DAYS)]


def _work_places(
    clinicians: Sequence[Clinician],
    ledgers: Sequence[Ledger],
    places: Places,
    busy: Mapping[tuple[str, int], Group],
    silent: set[str],
    numbers: Numbers,
    draws: Draws,
) -> Iterator[WorkPlace]:
    """Yield stated days of telehealth, and afternoons at a second clinic."""
    count = len(clinicians)
    at, turn = draws.uniform("work places", 2, count)
    telehealth = numbers["states_telehealth_days"]
    second = telehealth + numbers["second_clinic_share"]
    clinics = {clinic.clinic_id: clinic for clinic in places.clinics}
    for row in np.flatnonzero(at < second).tolist():
        who, home = clinicians[row], clinics[clinicians[row].clinic_id]
        if who.clinician_id in silent:
            continue
        free = [
            day
            for day in _from(int(turn[row] * DAYS))
            if (who.clinician_id, day) not in busy
        ]
        if at[row] >= telehealth:
            yield from _afternoon_elsewhere(who, home, places, free[0], numbers)
        elif 0 < who.telehealth_share < 1:
            days = round_half_up(who.telehealth_share * ledgers[row].days)
            for day in sorted(free[:days]):
                yield WorkPlace(
                    who.clinician_id, day, home.opens, home.closes, TELEHEALTH
                )


def _afternoon_elsewhere(
    who: Clinician, home: Clinic, places: Places, day: int, numbers: Numbers
) -> Iterator[WorkPlace]:
    """Yield a day at two clinics, if the county has another one within reach."""
    others = [
        (miles_between(home.latitude, home.longitude, c.latitude, c.longitude), c)
        for c in places.clinics
        if c.county == home.county and c.clinic_id != home.clinic_id
    ]
    if not others:
        return
    miles, other = min(others, key=lambda one: one[0])
    travel = -(-miles * numbers["travel_minutes_per_mile"] // QUARTER) * QUARTER
    if travel > numbers["travel_longest"]:
        return
    noon, meal = 12 * 60, 30
    until = max(home.opens, other.opens)
    yield WorkPlace(who.clinician_id, day, until, noon, home.clinic_id)
    yield WorkPlace(
        who.clinician_id,
        day,
        noon + meal + int(travel),
        other.closes,
        other.clinic_id,
        int(travel),
    )
