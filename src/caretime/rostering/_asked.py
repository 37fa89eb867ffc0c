"""When patients ask to come: hours of the day by age, and times they have now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from caretime.model.people import Clinician
from caretime.model.system import CareSystem
from caretime.rules.clause_kinds import clock_minutes
from caretime.tables import rows

MOST_AT_ONE_TIME = 2
"""Fortnightly patients share a weekly time in turn."""


@dataclass(frozen=True, slots=True)
class Band:
    """Hours of every working day that people ask for; no two bands overlap."""

    name: str
    start: int
    end: int


@cache
def bands() -> tuple[Band, ...]:
    """
    Return the bands of ``tables/asked_times.csv``, in order of the day.

    >>> [band.name for band in bands()]
    ['early', 'after_school', 'evening']
    """
    found = {
        row["band"]: Band(
            row["band"], clock_minutes(row["start"]), clock_minutes(row["end"])
        )
        for row in rows("asked_times")
    }
    return tuple(sorted(found.values(), key=lambda band: band.start))


@cache
def share_asking(band: str, age_group: str) -> float:
    """Return the share of an age group's visits that are asked for in a band."""
    return sum(
        float(row["share"])
        for row in rows("asked_times")
        if row["band"] == band and row["age_group"] == age_group
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is asked of one clinician's week.

    Parameters
    ----------
    ages
        Share of each age group among visits to come: own patients by how often
        they come, new ones by the referrals of the county this clinician may see.
    standing
        Patients who come every week or fortnight, by (weekday, minute of the day)
        of their next booked return; at most ``MOST_AT_ONE_TIME`` a time.
    """

    ages: Mapping[str, float]
    standing: Mapping[tuple[int, int], int]

    def wanted(self, visits: int) -> tuple[int, ...]:
        """Return how many of so many weekly visits are asked for in each band."""
        return tuple(
            round(
                visits
                * sum(s * share_asking(band.name, a) for a, s in self.ages.items())
            )
            for band in bands()
        )


def asked_of(system: CareSystem) -> Mapping[str, Asked]:
    """Return what is asked of each clinician of a system, by id."""
    visits: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    often: dict[str, str] = {}
    for patient in system.patients:
        visits[patient.clinician_id][patient.age_group] += 1 / patient.interval_weeks
        if patient.interval_weeks <= MOST_AT_ONE_TIME:
            often[patient.patient_id] = patient.clinician_id
    standing = _standing(system, often)
    county = {clinic.clinic_id: clinic.county for clinic in system.clinics}
    new = _referrals(system)
    return {
        c.clinician_id: Asked(
            _shares(c, visits[c.clinician_id], new[county[c.clinic_id]]),
            standing[c.clinician_id],
        )
        for c in system.clinicians
    }


def _standing(
    system: CareSystem, often: Mapping[str, str]
) -> Mapping[str, Mapping[tuple[int, int], int]]:
    first: dict[str, tuple[str, int, int]] = {}
    for visit in sorted(system.appointments, key=lambda a: a.start):
        if (
            visit.visit_type == "return"
            and visit.status == "booked"
            and often.get(visit.patient_id) == visit.clinician_id
            and visit.patient_id not in first
        ):
            local = visit.start.astimezone(system.calendar.zone)
            minute = local.hour * 60 + local.minute
            first[visit.patient_id] = (visit.clinician_id, local.weekday(), minute)
    times: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    for clinician_id, weekday, minute in first.values():
        mine = times[clinician_id]
        mine[weekday, minute] = min(
            MOST_AT_ONE_TIME, mine.get((weekday, minute), 0) + 1
        )
    return defaultdict(dict, times)


def _referrals(
    system: CareSystem,
) -> Mapping[str, Mapping[tuple[str, str, str], float]]:
    by_county: dict[str, dict[tuple[str, str, str], float]] = defaultdict(dict)
    for row in system.demand:
        key = (row.age_group, row.language, row.need)
        mine = by_county[row.county]
        mine[key] = mine.get(key, 0.0) + row.referrals_per_week
    return by_county


def _shares(
    clinician: Clinician,
    visits: Mapping[str, float],
    new: Mapping[tuple[str, str, str], float],
) -> Mapping[str, float]:
    """Mix own visits with the referrals one could see, in the ratio of four to one."""
    seen = {
        age: sum(
            rate
            for (a, language, need), rate in new.items()
            if a == age and language in clinician.languages and need in clinician.needs
        )
        for age in clinician.ages
    }
    own = {age: visits.get(age, 0.0) for age in clinician.ages}
    mixed: dict[str, float] = dict.fromkeys(clinician.ages, 0.0)
    for part, weight in ((own, 0.8), (seen, 0.2)):
        total = sum(part.values())
        for age in mixed:
            mixed[age] += weight * (
                part[age] / total if total else 1 / len(clinician.ages)
            )
    return mixed
